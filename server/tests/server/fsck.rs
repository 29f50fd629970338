//! `raspiska fsck`: a store that holds is said to hold, and of each thing that can be wrong the right one is named.

mod cases;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
    sync::Arc,
};

use axum::{body::Body, http::Request};
use raspiska_server::{
    clock::Clock,
    config::Config,
    store::{Published, Store as _},
};
use raspiska_shared::receipt::State;
use rusqlite::Connection;

use cases::CASES;

use crate::house::{House, SITE, Scratch, demo_site, send};
use crate::person::Person;

/// More than a full tile.
const SIZE: u64 = 260;
/// Nobody else's.
const VALUE: &str = "visitor-4410@example.org";

const WITNESS: &str = "witness.example.org+659b8c9e+BMqTrBcFGHBx1nuDx/8O/oEI6OxFMFdddyaHkzPb2r58";

/// A store with everything in it: a withdrawal (1), forms (2, 3, 6), a statement of the operator (4), what was erased (5) at the end.
async fn fill() -> Arc<Scratch> {
    let house = House::open().await;
    let people: Vec<Person> = (1..SIZE).map(Person::new).collect();
    let site = &house.site;
    house.log(&people[0].analytics(site, State::Given)).await;
    house
        .log(&people[0].analytics(site, State::Withdrawn))
        .await;
    let form = people[1].contact(site, &[("email", VALUE), ("name", "A")], "code");
    house.log(&form).await;
    house
        .log(&people[2].contact(site, &[("email", VALUE), ("name", "B")], "x"))
        .await;
    let body = serde_json::json!({"receipt": form.hash, "code": "code"}).to_string();
    let withdraw = Request::post("/v1/sites/jetcrm/withdrawals")
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap();
    assert_eq!(send(&house.router, withdraw).await.status.as_u16(), 201);
    let erased = people[3].contact(site, &[("email", VALUE)], "x");
    house.log(&erased).await;
    house
        .log(&people[1].contact(site, &[("email", VALUE)], "x"))
        .await;
    for person in &people[4..=255] {
        house.log(&person.analytics(site, State::Given)).await;
    }
    house.erase(&[erased.hash]).unwrap();
    assert_eq!(house.checkpoint().await.size, SIZE);
    house.close()
}

fn fsck(data: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_raspiska"))
        .args(["fsck", "--data"])
        .arg(data)
        .args(more)
        .output()
        .unwrap()
}

/// The lines about faults, the counts, the exit code. Checks that the check has changed nothing.
fn faults(data: &Path) -> (Vec<String>, serde_json::Value, i32) {
    let files = |dir: &Path| -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(dir)
            .unwrap()
            .map(|file| file.unwrap())
            .map(|file| {
                let name = file.file_name().into_string().unwrap();
                (name, fs::read(file.path()).unwrap())
            })
            // SQLite's shared memory is no part of what is stored, nor is an empty write-ahead log.
            .filter(|(name, bytes)| !name.ends_with("-shm") && !bytes.is_empty())
            .collect();
        files.sort();
        files
    };
    let before = files(data);
    let output = fsck(data, &["--json", "--site", demo_site().to_str().unwrap()]);
    assert!(before == files(data), "the check has changed the store");
    let text = String::from_utf8(output.stdout).unwrap();
    let code = output.status.code().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.is_empty(), "{error}");
    assert!(!text.contains(VALUE));
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let counts: serde_json::Value = serde_json::from_str(&lines.pop().unwrap()).unwrap();
    assert_eq!(counts["faults"], lines.len());
    assert_eq!(counts["clean"], lines.is_empty());
    (lines, counts, code)
}

#[tokio::test]
async fn each_fault_is_named_where_it_is_and_nothing_is_changed() {
    let whole = fill().await;
    let (lines, counts, code) = faults(&whole.0);
    assert!(lines.is_empty() && code == 0, "{lines:#?}");
    assert_eq!(
        counts["logs"],
        serde_json::json!([{
            "site": "jetcrm", "size": SIZE, "with_values": 4, "erased": 1, "sealed": 5, "statements": 2, "withdrew": 3,
        }])
    );
    assert_eq!(counts["notes"], serde_json::json!([]));

    let mut wrong = Vec::new();
    for (sql, expected) in CASES {
        let data = whole.copy();
        let db = Connection::open(data.0.join("store.sqlite")).unwrap();
        moved(&db);
        if let Err(error) = db.execute_batch(sql) {
            wrong.push(format!("{sql}: {error}"));
            continue;
        }
        drop(db);
        let (lines, _, code) = faults(&data.0);
        let named = lines.len() == expected.len()
            && lines
                .iter()
                .zip(*expected)
                .all(|(line, (begin, part))| line.starts_with(begin) && line.contains(part));
        if !named || code != 1 {
            wrong.push(format!("{sql}\n{lines:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What a generation that has moved would have put into the lookup tables: SQL alone cannot make numbers of blobs.
fn moved(db: &Connection) {
    db.execute_batch(
        "CREATE TEMP TABLE moved_receipt (key INTEGER, place INTEGER); CREATE TEMP TABLE moved_subject (key INTEGER, place INTEGER)",
    )
    .unwrap();
    let mut query = db
        .prepare("SELECT place, receipt, subject FROM entry")
        .unwrap();
    let mut rows = query.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let place: i64 = row.get(0).unwrap();
        for (column, table) in [(1, "moved_receipt"), (2, "moved_subject")] {
            let digest: [u8; 32] = row.get(column).unwrap();
            let key = i64::from_be_bytes(digest[..8].try_into().unwrap());
            let sql = format!("INSERT INTO {table} VALUES (?1, ?2)");
            db.execute(&sql, [key, place]).unwrap();
        }
    }
}

#[tokio::test]
async fn what_is_published_with_witnesses_is_a_beginning_of_the_log() {
    let house = House::open().await;
    let head = |house: &House| house.store.head(SITE).unwrap();
    let empty = head(&house);
    grow(&house, SITE, 0..3).await;
    let three = head(&house);
    grow(&house, SITE, 3..5).await;
    for head in [empty, three, head(&house)] {
        let published = Published {
            size: head.size,
            checkpoint: head.checkpoint,
            confirmed: BTreeMap::from([(WITNESS.to_owned(), head.size)]),
        };
        house.store.publish(SITE, Some(&published)).unwrap();
        let (lines, _, code) = faults(&house.data.0);
        assert!(lines.is_empty() && code == 0, "{lines:#?}");
    }
}

#[tokio::test]
async fn lookup_tables_that_have_moved_or_are_moving_hold() {
    let data = fill().await;
    let db = Connection::open(data.0.join("store.sqlite")).unwrap();
    moved(&db);
    db.execute_batch(
        "UPDATE log SET found = 100;
         INSERT INTO by_receipt SELECT * FROM moved_receipt WHERE place < (1 << 40) + 100 OR place = (1 << 40) + 130;
         INSERT INTO by_subject SELECT * FROM moved_subject WHERE place < (1 << 40) + 100 OR place = (1 << 40) + 131",
    )
    .unwrap();
    drop(db);
    let (lines, _, code) = faults(&data.0);
    assert!(lines.is_empty() && code == 0, "{lines:#?}");
}

#[tokio::test]
async fn two_logs_share_the_lookup_tables() {
    let other = Scratch::new();
    copy_site(
        &other,
        ("site.toml", "site = \"jetcrm\"", "site = \"other\""),
    );
    let data = Arc::new(Scratch::new());
    let add = |config: &mut Config| config.sites.push(other.0.clone());
    let house = House::open_in(data, add, Clock::system()).await.unwrap();
    grow(&house, "jetcrm", 0..3).await;
    grow(&house, "other", 10..12).await;
    let data = house.close();

    let db = Connection::open(data.0.join("store.sqlite")).unwrap();
    moved(&db);
    db.execute_batch(
        "UPDATE log SET found = size; INSERT INTO by_receipt SELECT * FROM moved_receipt; INSERT INTO by_subject SELECT * FROM moved_subject",
    )
    .unwrap();
    let (lines, counts, _) = faults(&data.0);
    assert!(lines.is_empty(), "{lines:#?}");
    assert_eq!(counts["logs"][1]["size"], 2);

    db.execute_batch("UPDATE by_subject SET key = key + 1 WHERE place = (2 << 40) + 1")
        .unwrap();
    drop(db);
    let (lines, _, _) = faults(&data.0);
    assert!(
        lines.len() == 2
            && lines[0].starts_with("other, entry 1, receipt ")
            && lines[0].contains("the lookup by subject does not find it")
            && lines[1].contains("the lookup by subject has 1 rows of no entry"),
        "{lines:#?}"
    );
}

/// Logs receipts of these people in a site's log.
async fn grow(house: &House, site: &str, people: std::ops::Range<u64>) {
    for person in people {
        let receipt = Person::new(person)
            .analytics(&house.site, State::Given)
            .text;
        let request = Request::post(format!("/v1/sites/{site}/receipts"))
            .header("content-type", "application/sd-jwt")
            .body(Body::from(receipt));
        let answer = send(&house.router, request.unwrap()).await;
        assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
    }
}

#[tokio::test]
async fn beside_a_running_server_and_without_its_keys() {
    let house = House::open().await;
    house
        .log(&Person::new(1).analytics(&house.site, State::Given))
        .await;
    // Committed, and in the write-ahead log alone.
    let output = fsck(&house.data.0, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success()
            && text.contains("jetcrm: 1 receipts")
            && text.contains("All of it holds"),
        "{text}"
    );
    house
        .log(&Person::new(2).analytics(&house.site, State::Given))
        .await;

    for key in ["vault", "log-jetcrm", "operator-jetcrm"] {
        fs::remove_file(house.data.0.join(format!("{key}.key"))).unwrap();
    }
    let output = fsck(&house.data.0, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && text.contains("jetcrm: 2 receipts"),
        "{text}"
    );
    assert_eq!(text.matches("Not checked: ").count(), 4, "{text}");
}

#[tokio::test]
async fn keys_and_documents_of_others_are_named() {
    let (data, other) = (House::open().await, House::open().await.close());
    data.log(&Person::new(1).analytics(&data.site, State::Given))
        .await;
    let data = data.close();
    for (key, part) in [
        ("vault", "vault.key is not the key"),
        ("log-jetcrm", "is not the key of the stored log"),
        ("operator-jetcrm", "is not the key that the store names"),
    ] {
        let copy = data.copy();
        let name = format!("{key}.key");
        fs::copy(other.0.join(&name), copy.0.join(&name)).unwrap();
        let (lines, _, code) = faults(&copy.0);
        assert!(
            lines.len() == 1 && lines[0].contains(part) && code == 1,
            "{lines:#?}"
        );
        fs::write(copy.0.join(&name), "x").unwrap();
        let (lines, _, _) = faults(&copy.0);
        assert!(
            lines.len() == 1 && lines[0].contains("not a key"),
            "{lines:#?}"
        );
    }

    // A directory whose notice was written anew: what the person saw is nowhere any more.
    let notice = ("notices/cookies-analytics.ru.md", "\n", " И ещё.\n");
    let (code, text) = with_site(&data, notice);
    assert!(
        code == Some(1)
            && text.contains("entry 0, receipt ")
            && text.contains(
                "it does not fit the site's directory: this site never published that notice"
            ),
        "{text}"
    );
    // A log that moved to another host would be another log.
    let (code, text) = with_site(&data, ("site.toml", "log_host = \"", "log_host = \"other."));
    assert!(
        code == Some(1) && text.contains("jetcrm: the log's origin is "),
        "{text}"
    );
    let (code, text) = with_site(
        &data,
        ("site.toml", "site = \"jetcrm\"", "site = \"other\""),
    );
    assert!(
        code == Some(2) && text.contains("the store has no log of site other"),
        "{text}"
    );
}

/// A change of a text: the file, what is in it, what takes its place.
type Change = (&'static str, &'static str, &'static str);

/// Checks against a copy of the demo site in which one thing is changed.
fn with_site(data: &Scratch, change: Change) -> (Option<i32>, String) {
    let site = Scratch::new();
    copy_site(&site, change);
    let output = fsck(&data.0, &["--site", site.0.to_str().unwrap()]);
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code(), text)
}

fn copy_site(to: &Scratch, (file, from, into): Change) {
    let copied = Command::new("cp")
        .arg("-r")
        .arg(demo_site().join("."))
        .arg(&to.0)
        .status();
    assert!(copied.unwrap().success());
    let path = to.0.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(&path, text.replacen(from, into, 1)).unwrap();
}

#[tokio::test]
async fn what_cannot_be_checked_is_no_fault() {
    let empty = Scratch::new();
    let refused = |data: &Path, more: &[&str], part: &str| {
        let output = fsck(data, more);
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(2) && text.contains(part),
            "{text}"
        );
    };
    refused(&empty.0, &[], "there is no store here");

    let data = House::open_in(Arc::new(Scratch::new()), |_| (), Clock::system())
        .await
        .unwrap()
        .close();
    refused(&data.0, &["--site", "/nowhere"], "/nowhere");
    let db = Connection::open(data.0.join("store.sqlite")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    refused(&data.0, &[], "schema 99");
    fs::write(data.0.join("store.sqlite"), [7; 4096]).unwrap();
    let (lines, _, code) = faults(&data.0);
    assert!(
        lines.len() == 1 && lines[0].contains("its first page is destroyed") && code == 1,
        "{lines:#?}"
    );
}
