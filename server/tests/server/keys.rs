//! Keys are made, listed and changed by the command; what was signed before goes on to hold.

use std::{fs, path::Path};

use raspiska_server::store::{Role, Sqlite, Store as _};
use raspiska_shared::{
    api::Logged,
    file::{LogKey, NoticeText, PolicyLink, ReceiptFile},
    identity::Identity,
    log::checkpoint::Checkpoint,
    receipt::{Payload, Receipt, State},
    site::Site,
};

use crate::{
    house::{House, SITE, Scratch, demo_site, raspiska, send},
    person::Person,
    refusals::copy,
    start::Process,
};

const KEYS: [&str; 3] = ["log-jetcrm.key", "operator-jetcrm.key", "vault.key"];

fn key(command: &[&str], data: &Path) -> (Option<i32>, String, String) {
    let mut arguments = vec!["key"];
    arguments.extend(command);
    let data = data.to_str().unwrap();
    arguments.extend(["--data", data]);
    raspiska(&arguments)
}

/// What the command says when it does what it should.
fn done(command: &[&str], data: &Path) -> String {
    let (code, told, error) = key(command, data);
    assert_eq!((code, error.as_str()), (Some(0), ""), "{command:?}");
    told
}

fn secrets(data: &Path) -> Vec<String> {
    let read = |name| fs::read_to_string(data.join(name)).unwrap();
    KEYS.into_iter()
        .map(|name| read(name).trim().to_owned())
        .collect()
}

/// The file that a person keeps.
fn file(house: &House, receipt: &str, logged: &Logged) -> ReceiptFile {
    let opened = Receipt::open(receipt.as_bytes()).unwrap();
    let payload: &Payload = opened.payload();
    let notice = house.site.notice_by_digest(&payload.notice.sha256).unwrap();
    ReceiptFile {
        receipt: receipt.to_owned(),
        proof: logged.proof.clone(),
        notice: NoticeText {
            lang: notice.lang,
            text: notice.text.clone(),
        },
        policy: PolicyLink {
            edition: payload.policy.edition.clone(),
            url: Site::policy_url(&payload.aud, SITE, &payload.policy.edition),
            sha256: payload.policy.sha256,
        },
        log: LogKey {
            vkey: house.vkey.to_string(),
        },
    }
}

async fn identity(house: &House) -> Identity {
    let answer = house.get("/.well-known/raspiska.json").await;
    assert_eq!(answer.header("cache-control"), "public, max-age=60");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let request = axum::http::Request::get("/.well-known/raspiska.json")
        .header("if-none-match", answer.header("etag"))
        .body(axum::body::Body::empty())
        .unwrap();
    assert_eq!(send(&house.router, request).await.status.as_u16(), 304);
    Identity::parse(&answer.body).unwrap()
}

#[tokio::test]
async fn what_was_signed_before_a_change_of_keys_holds_after_it() {
    let house = House::open().await;
    let visitor = Person::new(1);
    let form = visitor.contact(&house.site, &[("email", "a@example.org")], "code");
    let logged = house.log(&form).await;
    let before = file(&house, &form.text, &logged);
    assert!(identity(&house).await.logs[0].retired.is_empty());

    // The operator states a withdrawal by code.
    let body = format!(r#"{{"receipt":"{}","code":"code"}}"#, form.hash);
    let request = axum::http::Request::post("/v1/sites/jetcrm/withdrawals")
        .header("content-type", "application/json")
        .body(axum::body::Body::from(body))
        .unwrap();
    let answer = send(&house.router, request).await;
    let stated: Logged = serde_json::from_slice(&answer.body).unwrap();
    let row = house.store.row(SITE, &stated.receipt);
    let statement = row.unwrap().unwrap().token + "~";
    let statement = file(&house, &statement, &stated);
    let head = house.checkpoint().await;
    let old_vkey = house.vkey.clone();

    let data = house.close();
    let old = secrets(&data.0);
    let mut told = String::new();
    for role in ["log", "operator", "vault"] {
        told += &done(&["rotate", role], &data.0);
    }
    told += &done(&["list"], &data.0);
    let new = secrets(&data.0);
    for secret in old.iter().chain(&new) {
        assert!(!told.contains(secret), "a secret was shown");
    }
    assert!(old.iter().zip(&new).all(|(old, new)| old != new));
    assert!(
        told.contains(&old_vkey.to_string()) && told.contains("retired"),
        "{told}"
    );
    // Nobody has the old ones any more.
    for entry in fs::read_dir(&data.0).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for secret in &old {
            let secret = secret.as_bytes();
            assert!(!bytes.windows(secret.len()).any(|window| window == secret));
        }
    }

    let house = House::open_in(data, |_| (), raspiska_server::clock::Clock::system())
        .await
        .unwrap();
    assert_ne!(house.vkey, old_vkey);
    assert_eq!(house.vkey.name(), old_vkey.name());
    // The same head, signed by the new key and by nobody else.
    assert_eq!(house.checkpoint().await, head);
    let note = house.get("/log/jetcrm/checkpoint").await;
    assert!(Checkpoint::open(note.text(), &old_vkey).is_err());

    // The log goes on, and all of it holds by what is published.
    let later = house
        .log(&visitor.analytics(&house.site, State::Given))
        .await;
    assert_eq!(later.index, 2);
    house.audit().await;
    let published = identity(&house).await;
    assert_eq!(published.logs[0].vkey, house.vkey.to_string());
    assert_eq!(published.logs[0].since, published.logs[0].retired[0].until);
    for kept in [&before, &statement] {
        let report = kept.verify(None).unwrap();
        let retired = published.vouch(kept, &report).unwrap().unwrap();
        assert_eq!(retired.vkey, old_vkey.to_string());
    }
    // A proof that is fetched anew is the present key's, also for what was logged before it.
    let again = house
        .get(&format!("/v1/sites/jetcrm/receipts/{}", form.hash))
        .await;
    let again = file(&house, &form.text, &house.check(&again, &form));
    let report = again.verify(Some(&house.vkey)).unwrap();
    assert_eq!(published.vouch(&again, &report).unwrap(), None);

    let (code, told, _) = raspiska(&["fsck", "--data", house.data.0.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{told}");

    // By the command, as a person does it.
    let document = house.get("/.well-known/raspiska.json").await.body;
    let path = |name: &str| house.data.0.join(name);
    fs::write(path("raspiska.json"), &document).unwrap();
    fs::write(path("kept.receipt.json"), before.to_json()).unwrap();
    let (code, told, error) = raspiska(&[
        "verify".as_ref(),
        path("kept.receipt.json").as_os_str(),
        "--identity".as_ref(),
        path("raspiska.json").as_os_str(),
    ]);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    assert!(told.contains("a retired one of the operator's"), "{told}");

    // The values open with the new vault key.
    let data = house.data.0.to_str().unwrap();
    let (code, told, _) = raspiska(&["inbox", &form.hash.to_string(), "--data", data]);
    assert_eq!(code, Some(0));
    assert!(told.contains("a@example.org"), "{told}");
}

#[tokio::test]
async fn keys_made_before_the_first_start_are_the_ones_it_takes() {
    let scratch = std::sync::Arc::new(Scratch::new());
    let site = demo_site();
    let told = done(&["new", "--site", site.to_str().unwrap()], &scratch.0);
    #[cfg(unix)]
    for name in KEYS {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(scratch.0.join(name)).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{name}");
    }
    for secret in secrets(&scratch.0) {
        assert!(!told.contains(&secret), "a secret was shown");
    }
    let (code, _, error) = key(&["new", "--site", site.to_str().unwrap()], &scratch.0);
    assert_eq!(code, Some(1));
    assert!(error.contains("has keys already"), "{error}");

    let clock = raspiska_server::clock::Clock::system();
    let house = House::open_in(scratch, |_| (), clock).await.unwrap();
    assert!(told.contains(&house.vkey.to_string()), "{told}");
    let published = identity(&house).await;
    let thumbprint = published.operators[0].thumbprint.0.to_string();
    assert!(told.contains(&thumbprint), "{told}");
    house
        .log(&Person::new(1).analytics(&house.site, State::Given))
        .await;
}

#[test]
fn keys_of_a_running_server_are_left_alone() {
    let scratch = Scratch::new();
    let server = Process::start(&scratch.0);
    let before = secrets(&scratch.0);
    let site = demo_site();
    for command in [
        &["rotate", "log"][..],
        &["new", "--site", site.to_str().unwrap()],
    ] {
        let (code, _, error) = key(command, &scratch.0);
        assert_eq!(code, Some(1), "{command:?}");
        assert!(error.contains("stop it first"), "{error}");
    }
    // Looking is free.
    let told = done(&["list"], &scratch.0);
    assert!(told.contains("log key of site jetcrm"), "{told}");
    assert_eq!(secrets(&scratch.0), before);
    let answer =
        server.exchange("GET /log/jetcrm/vkey HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(told.contains(answer.lines().last().unwrap()), "{told}");
    assert_eq!(server.end().0, Some(0));
}

#[tokio::test]
async fn the_command_wants_to_know_which_key() {
    let data = House::open().await.close();
    let refused = |command: &[&str], sentence: &str| {
        let (code, _, error) = key(command, &data.0);
        assert_eq!(code, Some(1), "{command:?}");
        assert!(error.contains(sentence), "{error}");
    };
    refused(&["rotate", "vault", "--site", SITE], "leave out --site");
    refused(&["rotate", "log", "--site", "other"], "it has jetcrm");
    let second = second_site();
    done(&["new", "--site", second.0.to_str().unwrap()], &data.0);
    refused(&["rotate", "log"], "--site: jetcrm, second");
    done(&["rotate", "operator", "--site", "second"], &data.0);

    // Periods are each key's own.
    let store = Sqlite::open_read_only(&data.0.join("store.sqlite")).unwrap();
    let keys = store.keys().unwrap();
    let retired: Vec<_> = keys.iter().filter(|key| key.until.is_some()).collect();
    assert_eq!(retired.len(), 1);
    assert_eq!(
        (retired[0].role, retired[0].site.as_str()),
        (Role::Operator, "second")
    );

    let empty = Scratch::new();
    let (code, _, error) = key(&["rotate", "log"], &empty.0);
    assert_eq!(code, Some(1));
    assert!(error.contains("there is no store here"), "{error}");
    assert_eq!(fs::read_dir(&empty.0).unwrap().count(), 0);
}

/// The demo site under another name.
fn second_site() -> Scratch {
    let scratch = Scratch::new();
    copy(&demo_site(), &scratch.0);
    let path = scratch.0.join("site.toml");
    let config = fs::read_to_string(&path).unwrap();
    let renamed = config.replace("site = \"jetcrm\"", "site = \"second\"");
    assert_ne!(config, renamed);
    fs::write(path, renamed).unwrap();
    scratch
}
