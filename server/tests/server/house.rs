//! The harness: a server in this process over a store in a folder, and an auditor who re-checks everything.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use raspiska_server::{
    app::{App, StartError},
    clock::Clock,
    config::{Config, LogFormat, LogLevel},
    erasure::{self, ActId, Done, ErasureError, Request as Erasure},
    router::router,
    store::Sqlite,
};
use raspiska_shared::{
    api::Logged,
    digest::Digest,
    log::{
        checkpoint::Checkpoint,
        entry::Entry,
        note::VerifierKey,
        proof::Proof,
        tile::{Level, TilePath},
        tree,
    },
    receipt::Signed,
    site::Site,
};
use tower::ServiceExt as _;

use crate::faulty::Faulty;

pub(crate) const SITE: &str = "jetcrm";

/// Who destroys, in acts.
pub(crate) const OFFICER: &str = "Ответственный за уничтожение";

/// A folder that goes with its owner.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "server-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Another folder with the same files.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::new();
        for file in fs::read_dir(&self.0).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), copy.0.join(file.file_name())).unwrap();
        }
        copy
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn demo_site() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/sites/jetcrm")
}

pub(crate) fn config(data: &Path) -> Config {
    Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        operation_listen: None,
        data: data.to_owned(),
        sites: vec![demo_site()],
        pages: None,
        rate: 0,
        trust_proxy: false,
        log_format: LogFormat::Text,
        log_level: LogLevel::Error,
    }
}

/// What became of an order to destroy.
#[derive(Debug)]
pub(crate) struct Outset {
    pub(crate) act: ActId,
    /// None: not yet gone from the files.
    pub(crate) done: Option<Done>,
}

/// The command, and what it says: on standard output, on standard error.
pub(crate) fn raspiska<S: AsRef<OsStr>>(arguments: &[S]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_raspiska"))
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// A running server.
pub(crate) struct House {
    pub(crate) data: Arc<Scratch>,
    pub(crate) store: Arc<Faulty>,
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) site: Site,
    pub(crate) vkey: VerifierKey,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::open_in(Arc::new(Scratch::new()), |_| (), Clock::system())
            .await
            .unwrap()
    }

    pub(crate) async fn open_in(
        data: Arc<Scratch>,
        change: impl FnOnce(&mut Config),
        clock: Clock,
    ) -> Result<Self, StartError> {
        let store = Arc::new(Faulty::new(Sqlite::open(&data.0.join("store.sqlite"))?));
        Self::open_over(data, store, change, clock).await
    }

    /// Over a store that may fail during the start.
    pub(crate) async fn open_over(
        data: Arc<Scratch>,
        store: Arc<Faulty>,
        change: impl FnOnce(&mut Config),
        clock: Clock,
    ) -> Result<Self, StartError> {
        let mut config = config(&data.0);
        change(&mut config);
        let app = App::start(&config, store.clone(), clock)?;
        let router = router(app.clone());
        let bundle = send(&router, get("/v1/sites/jetcrm")).await;
        let site: Site = serde_json::from_slice(&bundle.body).unwrap();
        let vkey = site.log.vkey.parse().unwrap();
        Ok(Self {
            data,
            store,
            app,
            router,
            site,
            vkey,
        })
    }

    /// The next server over the same folder.
    pub(crate) async fn restart(self) -> Self {
        let data = self.close();
        Self::open_in(data, |_| (), Clock::system()).await.unwrap()
    }

    /// Ends the server in peace; the folder stays.
    pub(crate) fn close(self) -> Arc<Scratch> {
        let Self {
            data, app, router, ..
        } = self;
        drop(router);
        std::thread::spawn(move || app.stop()).join().unwrap();
        data
    }

    /// Destroys the values of these receipts.
    pub(crate) fn erase(&self, receipts: &[Digest]) -> Result<Outset, ErasureError> {
        let request = Erasure {
            receipts,
            reason: "withdrawal",
            by: "officer",
            name: OFFICER,
            processor: None,
        };
        let act = erasure::order(&self.app, SITE, &request)?;
        let done = erasure::finish(&self.app, &act)?;
        Ok(Outset { act, done })
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(&self.router, get(path)).await
    }

    pub(crate) async fn post(&self, receipt: &str) -> Answer {
        send(&self.router, receipt_request(receipt.to_owned())).await
    }

    /// Posts a receipt that has to be logged.
    pub(crate) async fn log(&self, signed: &Signed) -> Logged {
        let answer = self.post(&signed.text).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        self.check(&answer, signed)
    }

    /// An answer about a receipt, with its proof verified.
    pub(crate) fn check(&self, answer: &Answer, signed: &Signed) -> Logged {
        let logged: Logged = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(logged.receipt, signed.hash);
        let proof = Proof::parse(&logged.proof).unwrap();
        proof.verify(&self.vkey, &signed.hash).unwrap();
        assert_eq!((proof.index, proof.entry.time), (logged.index, logged.time));
        logged
    }

    pub(crate) async fn checkpoint(&self) -> Checkpoint {
        let note = self.get("/log/jetcrm/checkpoint").await;
        Checkpoint::open(note.text(), &self.vkey).unwrap()
    }

    /// Re-checks the whole published log: checkpoint, entries, hash tiles of every level, root. Gives the entries.
    pub(crate) async fn audit(&self) -> Vec<Entry> {
        let checkpoint = self.checkpoint().await;
        let mut entries = Vec::new();
        for (index, width) in tiles(checkpoint.size) {
            let bundle = self.tile(Level::Entries, index, width).await;
            let mut rest = &bundle[..];
            while let Some((length, tail)) = rest.split_first_chunk::<2>() {
                let (entry, tail) = tail.split_at(usize::from(u16::from_be_bytes(*length)));
                entries.push(Entry::parse(entry).unwrap());
                rest = tail;
            }
        }
        assert_eq!(entries.len() as u64, checkpoint.size);
        let mut row: Vec<tree::Hash> = entries.iter().map(Entry::leaf).collect();
        assert_eq!(root(&row), checkpoint.root);
        let mut level = 0;
        while !row.is_empty() {
            for (index, width) in tiles(row.len() as u64) {
                let first = usize::try_from(index).unwrap() * 256;
                let expected = row[first..first + usize::from(width)].as_flattened();
                assert_eq!(
                    self.tile(Level::Hashes(level), index, width).await,
                    expected
                );
            }
            row = row.chunks_exact(256).map(root).collect();
            level += 1;
        }
        entries
    }

    async fn tile(&self, level: Level, index: u64, width: u16) -> Bytes {
        let path = TilePath {
            level,
            index,
            width,
        };
        let answer = self.get(&format!("/log/jetcrm/{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        answer.body
    }
}

/// The tiles over `count` hashes: index and width.
fn tiles(count: u64) -> impl Iterator<Item = (u64, u16)> {
    (0..count.div_ceil(256)).map(move |index| {
        (
            index,
            u16::try_from((count - index * 256).min(256)).unwrap(),
        )
    })
}

pub(crate) fn root(leaves: &[tree::Hash]) -> tree::Hash {
    match leaves {
        [] => tree::EMPTY_ROOT,
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            tree::node_hash(&root(left), &root(right))
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The problem's kind; everything else about a problem is checked on the way.
    pub(crate) fn kind(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text()
        );
        let problem: raspiska_shared::api::ProblemBody =
            serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status.as_u16());
        assert!(!problem.detail.is_empty());
        problem
            .kind
            .strip_prefix("urn:raspiska:problem:")
            .unwrap()
            .to_owned()
    }
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Answer {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

pub(crate) fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

pub(crate) fn receipt_request(receipt: String) -> Request<Body> {
    Request::post("/v1/sites/jetcrm/receipts")
        .header("content-type", "application/sd-jwt")
        .body(Body::from(receipt))
        .unwrap()
}
