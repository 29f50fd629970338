//! `raspiska audit`: a log that grows is followed, and a log that lies is told so.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::State as Shared,
    http::{StatusCode, Uri},
    response::Response,
    routing::get,
};
use ed25519_dalek::SigningKey;
use raspiska_server::clock::Clock;
use raspiska_shared::{
    digest::Digest,
    log::{
        checkpoint::Checkpoint,
        entry::Entry,
        note::NoteSigner,
        tile::{Level, TilePath},
        tree,
    },
    receipt::State,
};
use tokio::net::TcpListener;

use crate::house::{House, Scratch, root};
use crate::person::Person;

/// What an audit says, and its exit code.
fn audit(url: &str, more: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_raspiska"))
        .args(["audit", url])
        .args(more)
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap(), text)
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn grow(house: &House, from: u64, to: u64) {
    for number in from..to {
        house
            .log(&Person::new(number).analytics(&house.site, State::Given))
            .await;
    }
}

fn state(dir: &Scratch) -> (String, impl Fn() -> String) {
    let path = dir.0.join("state");
    let text = path.to_str().unwrap().to_owned();
    (text, move || fs::read_to_string(&path).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_followed_as_it_grows_and_caught_when_it_forks() {
    let house = House::open().await;
    let url = serve(house.router.clone()).await + "/log/jetcrm";
    let scratch = Scratch::new();
    let (file, read) = state(&scratch);
    let known: &[&str] = &["--state", &file];

    let (code, text) = audit(&url, known);
    assert!(
        code == 0
            && text.contains("It has 0 entries.")
            && text.contains("came from the log itself"),
        "{text}"
    );
    grow(&house, 0, 3).await;
    let (code, text) = audit(&url, known);
    assert!(
        code == 0 && text.contains("It has 3 entries: 0 as at the last audit, and 3 new ones"),
        "{text}"
    );
    assert!(!text.contains("came from"), "{text}");
    let at_three = read();
    assert!(
        at_three.starts_with("raspiska/audit/v1\njetcrm.ru/jetcrm+") && at_three.contains("\n3\n"),
        "{at_three}"
    );
    let (code, text) = audit(&url, known);
    assert!(code == 0 && text.contains("as at the last audit"), "{text}");

    // The same log goes on in two ways.
    let data = house.close();
    let other = data.copy();
    let open = |data| House::open_in(data, |_| (), Clock::system());
    let (one, two) = (
        open(data).await.unwrap(),
        open(Arc::new(other)).await.unwrap(),
    );
    grow(&one, 10, 12).await;
    grow(&two, 20, 22).await;
    let one_url = serve(one.router.clone()).await + "/log/jetcrm";
    let two_url = serve(two.router.clone()).await + "/log/jetcrm/";
    let (code, text) = audit(&one_url, known);
    assert!(
        code == 0 && text.contains("3 as at the last audit, and 2 new"),
        "{text}"
    );
    let at_five = read();
    let (code, text) = audit(&two_url, known);
    assert!(code == 1 && text.contains("the log has a fork"), "{text}");
    // Both notes, verbatim, are the evidence.
    let shown = |text: &str, note: &str| text.contains(note.split_once("\n\n").unwrap().1);
    let theirs = two.get("/log/jetcrm/checkpoint").await;
    assert!(
        shown(&text, &at_five) && text.contains(theirs.text()),
        "{text}"
    );
    // And when the other one is larger, and past a full tile.
    grow(&two, 30, 300).await;
    let (code, text) = audit(&two_url, known);
    assert!(code == 1 && text.contains("the log has a fork"), "{text}");
    assert_eq!(read(), at_five, "what was seen stays");
    // The other one alone is as good a log as any: nobody but who has seen both can tell.
    fs::write(&file, &at_three).unwrap();
    let (code, text) = audit(&two_url, known);
    assert!(
        code == 0 && text.contains("3 as at the last audit, and 272 new"),
        "{text}"
    );
    let (code, text) = audit(&one_url, known);
    assert!(
        code == 1 && text.contains("went back from 275 entries to 5"),
        "{text}"
    );
    assert!(shown(&text, &at_five), "{text}");
}

/// What is served: the body of each path.
type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A log made by hand, to lie with.
struct Made {
    signer: NoteSigner,
    files: Files,
    url: String,
    scratch: Scratch,
}

impl Made {
    async fn new(seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let files = Files::default();
        let router = Router::new()
            .fallback(get(serve_file))
            .with_state(Arc::clone(&files));
        Self {
            signer: NoteSigner::new("log.example.org/site", key).unwrap(),
            files,
            url: serve(router).await,
            scratch: Scratch::new(),
        }
    }

    fn put(&self, path: &str, body: Vec<u8>) {
        self.files.lock().unwrap().insert(format!("/{path}"), body);
    }

    fn remove(&self, path: &str) {
        let gone = self.files.lock().unwrap().remove(&format!("/{path}"));
        assert!(gone.is_some(), "{path}");
    }

    fn change(&self, path: &str, at: usize) {
        let mut files = self.files.lock().unwrap();
        files.get_mut(&format!("/{path}")).unwrap()[at] ^= 1;
    }

    /// Serves these entries, whole and honest.
    fn publish(&self, entries: &[Vec<u8>]) {
        self.files.lock().unwrap().clear();
        let vkey = self.signer.vkey();
        self.put("vkey", format!("{vkey}\n").into_bytes());
        for (index, bundle) in (0..).zip(entries.chunks(256)) {
            let body = bundle
                .iter()
                .flat_map(|entry| {
                    let length = u16::try_from(entry.len()).unwrap().to_be_bytes();
                    [&length[..], entry].concat()
                })
                .collect();
            self.put(&tile(Level::Entries, index, bundle.len()), body);
        }
        let mut row: Vec<tree::Hash> = entries.iter().map(|entry| tree::leaf_hash(entry)).collect();
        self.sign(entries.len() as u64, root(&row));
        for level in 0.. {
            if row.is_empty() {
                break;
            }
            for (index, hashes) in (0..).zip(row.chunks(256)) {
                let path = tile(Level::Hashes(level), index, hashes.len());
                self.put(&path, hashes.as_flattened().to_vec());
            }
            row = row.chunks_exact(256).map(root).collect();
        }
    }

    fn sign(&self, size: u64, root: tree::Hash) {
        let origin = self.signer.vkey().name().to_owned();
        let note = Checkpoint { origin, size, root }.sign(&self.signer);
        self.put("checkpoint", note.into_bytes());
    }

    /// An audit that remembers.
    fn audit(&self) -> (i32, String) {
        audit(&self.url, &["--state", &state(&self.scratch).0])
    }

    #[track_caller]
    fn found(&self, part: &str) {
        let (code, text) = self.audit();
        assert!(code == 1 && text.contains(part), "{text}");
    }

    #[track_caller]
    fn holds(&self, part: &str) {
        let (code, text) = self.audit();
        assert!(code == 0 && text.contains(part), "{text}");
    }
}

async fn serve_file(Shared(files): Shared<Files>, uri: Uri) -> Response {
    let body = files.lock().unwrap().get(uri.path()).cloned();
    let status = if body.is_some() {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    Response::builder()
        .status(status)
        .body(Body::from(body.unwrap_or_default()))
        .unwrap()
}

fn tile(level: Level, index: u64, width: usize) -> String {
    let width = u16::try_from(width).unwrap();
    TilePath {
        level,
        index,
        width,
    }
    .to_string()
}

fn entries(count: u64) -> Vec<Vec<u8>> {
    let entry = |time: u64| Entry {
        site: "site".to_owned(),
        receipt: Digest::of(&time.to_be_bytes()),
        time,
    };
    (0..count).map(|time| entry(time).to_bytes()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_lie_is_told() {
    let log = Made::new(4).await;
    let all = entries(600);
    log.publish(&all[..300]);
    log.holds("It has 300 entries.");

    // From here on 300 entries have been seen.
    log.publish(&all);
    log.change("tile/entries/001", 100 * 50 + 3);
    log.found("is not the one in the tree");
    log.publish(&all);
    log.change("tile/0/001", 32 * 200);
    log.found("tile 1 of level 0 is not the one of the tree");
    log.publish(&all);
    log.change("tile/1/000.p/2", 40);
    log.found("tile 0 of level 1 is not the one of the tree");
    log.publish(&all);
    log.remove("tile/0/002.p/88");
    log.found("tile/0/002.p/88 is not served");
    log.publish(&all);
    log.remove("tile/entries/001");
    log.found("tile/entries/001 is not served");
    log.publish(&all);
    log.put("tile/entries/001", vec![0, 3, 1]);
    log.found("tile/entries/001 is not of the form");
    log.publish(&all);
    log.put("tile/0/001", vec![0; 32 * 255]);
    log.found("tile/0/001 is not of the form");
    log.publish(&all);
    log.change("checkpoint", 30);
    log.found("no signature by the log's key verifies");
    log.publish(&all[..299]);
    log.found("went back from 300 entries to 299");

    // Signed, but of nothing that is served: the same size, and another one.
    log.publish(&all);
    log.sign(300, [7; 32]);
    log.found("the log has a fork");
    log.sign(600, [7; 32]);
    log.found("does not lead to the root that it has signed");
    // Another beginning, and the end that follows from it.
    let mut rewritten = all.clone();
    rewritten[5] = entries(1).remove(0);
    log.publish(&rewritten);
    log.found("the log has a fork");
    // The beginning that was seen, and the checkpoint of the other.
    let note = log.files.lock().unwrap()["/checkpoint"].clone();
    log.publish(&all);
    log.put("checkpoint", note);
    log.found("does not lead to the root that it has signed");

    // Signed and served, but none of our entries.
    let mut foreign = all.clone();
    foreign[400] = b"anything".to_vec();
    log.publish(&foreign);
    log.found("entry 400 is not one of this log: not a log entry");
    foreign[400] = Entry {
        site: "other".to_owned(),
        receipt: Digest::of(b""),
        time: 0,
    }
    .to_bytes();
    log.publish(&foreign);
    log.found("entry 400 is of another site");

    // After all that, the truth: what was seen has not been touched by a lie.
    let mut late = all.clone();
    late[599] = all[0].clone();
    log.publish(&late);
    log.holds("300 as at the last audit, and 300 new ones");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn full_tiles_stand_in_for_partial_ones_that_were_cleared_away() {
    let log = Made::new(4).await;
    let all = entries(600);
    log.publish(&all);
    let full = log.files.lock().unwrap().clone();
    log.publish(&all[..300]);
    for path in ["tile/0/001.p/44", "tile/entries/001.p/44"] {
        log.remove(path);
    }
    for path in ["tile/0/001", "tile/entries/001"] {
        log.put(path, full[&format!("/{path}")].clone());
    }
    log.holds("It has 300 entries.");
    // Entries that go back in time are told, not blamed.
    let mut late = all.clone();
    late[599] = all[0].clone();
    log.publish(&late);
    log.holds("1 new entries bear an earlier time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_is_the_one_that_is_known() {
    let (log, other) = (Made::new(4).await, Made::new(5).await);
    let all = entries(10);
    log.publish(&all);
    other.publish(&all);
    let key = log.signer.vkey().to_string();
    let other_key = other.signer.vkey().to_string();

    let (code, text) = audit(&log.url, &["--vkey", &key]);
    assert!(code == 0 && !text.contains("came from"), "{text}");
    // The key is not asked for where it is known: other logs have none beside them.
    log.remove("vkey");
    assert_eq!(audit(&log.url, &["--vkey", &key]).0, 0);
    let (code, text) = audit(&log.url, &[]);
    assert!(code == 2 && text.contains("/vkey: status 404"), "{text}");
    let (code, text) = audit(&other.url, &["--vkey", &key]);
    assert!(
        code == 1
            && text.contains("signed by another key than before")
            && text.contains(&other_key),
        "{text}"
    );

    let (file, _) = state(&log.scratch);
    assert_eq!(audit(&log.url, &["--vkey", &key, "--state", &file]).0, 0);
    let (code, text) = audit(&other.url, &["--state", &file]);
    assert!(
        code == 1 && text.contains("signed by another key"),
        "{text}"
    );
    let (code, text) = audit(&other.url, &["--state", &file, "--vkey", &other_key]);
    assert!(
        code == 2 && text.contains("the state file is of the key"),
        "{text}"
    );
    let (code, text) = audit(&log.url, &["--vkey", "x"]);
    assert!(
        code == 2 && text.contains("--vkey: not a verifier key"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_audited_is_no_finding() {
    let refused = |url: &str, state: &Path, part: &str| {
        let (code, text) = audit(url, &["--state", state.to_str().unwrap()]);
        assert!(code == 2 && text.contains(part), "{text}");
    };
    let log = Made::new(4).await;
    let state = log.scratch.0.join("state");
    refused(
        "log.example.org",
        &state,
        "https://HOST/log/SITE is expected",
    );
    refused("http://127.0.0.1:1", &state, "http://127.0.0.1:1/vkey: ");
    log.publish(&entries(3));
    log.remove("checkpoint");
    refused(&log.url, &state, "/checkpoint: status 404");
    log.publish(&entries(3));
    log.put("vkey", b"x\n".to_vec());
    refused(&log.url, &state, "give the log's key with --vkey");

    log.publish(&entries(3));
    assert_eq!(log.audit().0, 0);
    let good = fs::read_to_string(&state).unwrap();
    for (text, part) in [
        ("x".to_owned(), "this is not the state of an audit"),
        (
            good.replace("audit/v1", "audit/v2"),
            "this is not the state of an audit",
        ),
        (good.replace("\n3\n", "\n2\n"), "is not signed by its key"),
    ] {
        fs::write(&state, text).unwrap();
        refused(&log.url, &state, part);
    }
    refused(&log.url, &log.scratch.0, "Is a directory");
    // What cannot be written is said, though the log was found in order.
    refused(&log.url, &log.scratch.0.join("none/state"), "none/state: ");
}
