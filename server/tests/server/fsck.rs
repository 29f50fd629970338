//! `raspiska fsck`: a store that holds is said to hold, and of each thing that can be wrong the right one is named.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    sync::Arc,
};

use axum::{body::Body, http::Request};
use raspiska_server::{clock::Clock, config::Config, store::Store as _};
use raspiska_shared::receipt::{State, thumbprint};
use rusqlite::Connection;

use crate::house::{House, SITE, Scratch, demo_site, send};
use crate::person::Person;

/// More than a full tile.
const SIZE: u64 = 260;
/// Nobody else's.
const VALUE: &str = "visitor-4410@example.org";

/// A store with everything in it: a withdrawal (1), forms (2, 3, 6), a statement of the operator (4), an erasure (5).
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
    house
        .log(&people[3].contact(site, &[("email", VALUE)], "x"))
        .await;
    let erased = thumbprint(&people[3].key.verifying_key());
    house.store.erase(SITE, &erased).unwrap();
    house
        .log(&people[1].contact(site, &[("email", VALUE)], "x"))
        .await;
    for person in &people[4..=256] {
        house.log(&person.analytics(site, State::Given)).await;
    }
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

/// What is done to a store, and what has to be said of it: the begin of a line and a part of it, for each line.
type Case = (&'static str, &'static [(&'static str, &'static str)]);

/// The place of entry `n` is `1 << 40 | n`: the first log of a store has number 1.
const CASES: &[Case] = &[
    // One byte of a receipt, in its signature; and in its payload.
    (
        "UPDATE token SET token = substr(token, 1, length(token) - 20) || CASE substr(token, -20, 1) WHEN 'A' THEN 'B' ELSE 'A' END || substr(token, -19) WHERE place = (1 << 40) + 9",
        &[
            ("jetcrm, entry 9, receipt ", "not the one of this hash"),
            ("jetcrm, entry 9, receipt ", "the signature does not fit"),
        ],
    ),
    // The signature of another receipt.
    (
        "UPDATE token SET token = substr(token, 1, length(token) - 86) || (SELECT substr(token, -86) FROM token WHERE place = (1 << 40) + 10) WHERE place = (1 << 40) + 9",
        &[
            ("jetcrm, entry 9, receipt ", "not the one of this hash"),
            ("jetcrm, entry 9, receipt ", "the signature does not fit"),
        ],
    ),
    // A receipt that holds, in the place of another.
    (
        "UPDATE token SET token = (SELECT token FROM token WHERE place = (1 << 40) + 10) WHERE place = (1 << 40) + 9",
        &[
            ("jetcrm, entry 9, receipt ", "not the one of this hash"),
            ("jetcrm, entry 9, receipt ", "another subject than the one that signed"),
        ],
    ),
    // Two entries that changed places, with all that is theirs.
    (
        "UPDATE entry SET place = 0 WHERE place = (1 << 40) + 9; UPDATE entry SET place = (1 << 40) + 9 WHERE place = (1 << 40) + 10; UPDATE entry SET place = (1 << 40) + 10 WHERE place = 0;
         UPDATE token SET place = 0 WHERE place = (1 << 40) + 9; UPDATE token SET place = (1 << 40) + 9 WHERE place = (1 << 40) + 10; UPDATE token SET place = (1 << 40) + 10 WHERE place = 0",
        &[
            ("jetcrm, entry 9: ", "do not give the leaf"),
            ("jetcrm, entry 10: ", "do not give the leaf"),
        ],
    ),
    (
        "UPDATE entry SET time = time + 1 WHERE place = (1 << 40) + 9",
        &[("jetcrm, entry 9: ", "do not give the leaf")],
    ),
    (
        "UPDATE entry SET subject = zeroblob(32) WHERE place = (1 << 40) + 9",
        &[("jetcrm, entry 9, receipt ", "another subject than the one that signed")],
    ),
    (
        "DELETE FROM token WHERE place = (1 << 40) + 9",
        &[("jetcrm, entry 9, receipt ", "the receipt itself is missing")],
    ),
    (
        "DELETE FROM entry WHERE place = (1 << 40) + 9; DELETE FROM token WHERE place = (1 << 40) + 9",
        &[("jetcrm, entry 9: ", "the entry is missing")],
    ),
    // A receipt that others hang on.
    (
        "DELETE FROM entry WHERE place = (1 << 40) + 2; DELETE FROM token WHERE place = (1 << 40) + 2",
        &[
            ("jetcrm, entry 2: ", "the entry is missing"),
            ("jetcrm, entry 2: ", "sealed values are left of an entry that is not there"),
            ("jetcrm, entry 4, receipt ", "a receipt that was not logged before it"),
            ("jetcrm, entry 4, receipt ", "withdraws what was not given"),
        ],
    ),
    // The last one: what only a shorter log would not miss.
    (
        "DELETE FROM entry WHERE place = (1 << 40) + 259; DELETE FROM token WHERE place = (1 << 40) + 259",
        &[("jetcrm, entry 259: ", "the entry is missing")],
    ),
    (
        "PRAGMA ignore_check_constraints = 1; UPDATE entry SET subject = x'00' WHERE place = (1 << 40) + 9",
        &[
            ("jetcrm, entry 9: ", "cannot be read"),
            ("store: ", "another type or length"),
        ],
    ),
    // Half of the log, with its tiles.
    (
        "DELETE FROM entry WHERE place >= (1 << 40) + 256; DELETE FROM token WHERE place >= (1 << 40) + 256; DELETE FROM tile WHERE level = 0 AND idx = 1",
        &[
            ("jetcrm: ", "from entry 256 on; the head has 260 entries"),
            ("jetcrm: ", "do not lead to the root"),
        ],
    ),
    (
        "INSERT INTO entry SELECT place + 1, zeroblob(32), time, subject FROM entry WHERE place = (1 << 40) + 259; INSERT INTO token VALUES ((1 << 40) + 260, 'x')",
        &[
            ("jetcrm: ", "1 entries lie beyond the head"),
            ("jetcrm: ", "1 receipts lie beyond the head"),
        ],
    ),
    (
        "INSERT INTO entry SELECT place + (1 << 40), receipt, time, subject FROM entry WHERE place = (1 << 40) + 9",
        &[("store: ", "table entry has rows of a log that is not there")],
    ),
    (
        "PRAGMA foreign_keys = 0; INSERT INTO tile VALUES (7, 0, 0, zeroblob(32))",
        &[("store: ", "table tile has rows of a log that is not there")],
    ),
    // Tiles.
    (
        "UPDATE tile SET hashes = CAST(zeroblob(32) || substr(hashes, 33) AS BLOB) WHERE level = 0 AND idx = 1",
        &[
            ("jetcrm, entry 256: ", "do not give the leaf"),
            ("jetcrm: ", "do not lead to the root"),
        ],
    ),
    (
        "UPDATE tile SET hashes = zeroblob(32) WHERE level = 1",
        &[("jetcrm, tile 1/0: ", "hash 0 is not the one of the tile below")],
    ),
    (
        "DELETE FROM tile WHERE level = 0 AND idx = 0",
        &[("jetcrm, tile 0/0: ", "missing")],
    ),
    (
        "DELETE FROM tile WHERE level = 1",
        &[("jetcrm, tile 1/0: ", "missing")],
    ),
    (
        "UPDATE tile SET hashes = substr(hashes, 1, 96) WHERE level = 0 AND idx = 1",
        &[("jetcrm, tile 0/1: ", "has 3 hashes, the log's size asks for 4")],
    ),
    (
        "UPDATE tile SET hashes = CAST(hashes || zeroblob(32) AS BLOB) WHERE level = 0 AND idx = 1",
        &[("jetcrm, tile 0/1: ", "has 5 hashes, the log's size asks for 4")],
    ),
    (
        "INSERT INTO tile VALUES (1, 0, 2, zeroblob(32)), (1, 2, 0, zeroblob(32))",
        &[
            ("jetcrm, tile 0/2: ", "beyond the head"),
            ("jetcrm, tile 2/0: ", "beyond the head"),
        ],
    ),
    // The head.
    (
        "UPDATE log SET root = zeroblob(32)",
        &[
            ("jetcrm: ", "are not those of its checkpoint"),
            ("jetcrm: ", "do not lead to the root"),
        ],
    ),
    (
        "UPDATE log SET checkpoint = substr(checkpoint, 1, length(checkpoint) - 12) || 'AAAAAAA' || substr(checkpoint, -5)",
        &[("jetcrm: ", "no signature by the log's key verifies")],
    ),
    (
        "UPDATE log SET checkpoint = 'x'",
        &[("jetcrm: ", "not a signed note")],
    ),
    (
        "UPDATE log SET vkey = 'x'",
        &[("jetcrm: ", "the stored verifier key is none")],
    ),
    (
        "UPDATE log SET operator = zeroblob(32)",
        &[
            ("jetcrm: ", "the operator's key file is not the key"),
            ("jetcrm, entry 4, receipt ", "the operator's key did not sign it"),
        ],
    ),
    // A statement of the operator.
    (
        "UPDATE entry SET subject = (SELECT subject FROM entry WHERE place = (1 << 40) + 3) WHERE place = (1 << 40) + 4",
        &[("jetcrm, entry 4, receipt ", "another subject than the receipt that it concerns")],
    ),
    // The lookup tables: three entries have moved, one of them wrongly; then one pair too many.
    (
        "UPDATE log SET found = 2; INSERT INTO by_receipt SELECT key, place FROM moved_receipt WHERE place IN ((1 << 40) + 0, (1 << 40) + 1);
         INSERT INTO by_subject SELECT key, place FROM moved_subject WHERE place = (1 << 40) + 1",
        &[
            // Nor does the fold of what was decided.
            ("jetcrm, entry 1, receipt ", "withdraws what was not given"),
("jetcrm, entry 0, receipt ", "the lookup by subject does not find it")],
    ),
    (
        "INSERT INTO by_receipt VALUES (17, (1 << 40) + 3)",
        &[("store: ", "the lookup by receipt has 1 rows of no entry")],
    ),
    (
        "INSERT INTO by_subject VALUES (17, (5 << 40) + 3)",
        &[("store: ", "the lookup by subject has 1 rows of no entry")],
    ),
    // Standing: nobody withdraws what was not given. The first of two becomes somebody else's.
    (
        "UPDATE entry SET subject = zeroblob(32) WHERE place = (1 << 40) + 0",
        &[
            ("jetcrm, entry 0, receipt ", "another subject than the one that signed"),
            ("jetcrm, entry 1, receipt ", "withdraws what was not given"),
        ],
    ),
    // Personal data.
    (
        "UPDATE disclosure SET sealed = CAST(substr(sealed, 2) || x'00' AS BLOB) WHERE place = (1 << 40) + 3 AND name = 'email'",
        &[("jetcrm, entry 3, receipt ", "the sealed value \"email\" does not open")],
    ),
    (
        "UPDATE disclosure SET sealed = (SELECT sealed FROM disclosure WHERE place = (1 << 40) + 6 AND name = 'email') WHERE place = (1 << 40) + 2 AND name = 'email'",
        &[("jetcrm, entry 2, receipt ", "the sealed value \"email\" does not open")],
    ),
    (
        "DELETE FROM disclosure WHERE place = (1 << 40) + 3 AND name = 'email'",
        &[("jetcrm, entry 3, receipt ", "1 of its 2 signed values are sealed")],
    ),
    (
        "DELETE FROM disclosure WHERE place = (1 << 40) + 6",
        &[("jetcrm, entry 6, receipt ", "its signed values are gone, though earlier ones")],
    ),
    (
        "DELETE FROM disclosure WHERE place = (1 << 40) + 3",
        &[("jetcrm: ", "is left, though nothing is sealed with it")],
    ),
    (
        "INSERT INTO disclosure VALUES ((1 << 40) + 260, 'email', x'00')",
        &[("jetcrm: ", "1 sealed values belong to no entry")],
    ),
    (
        "DELETE FROM subject_key WHERE subject = (SELECT subject FROM entry WHERE place = (1 << 40) + 3)",
        &[("jetcrm, entry 3, receipt ", "its subject has no key")],
    ),
    (
        "UPDATE subject_key SET wrapped = zeroblob(72) WHERE subject = (SELECT subject FROM entry WHERE place = (1 << 40) + 3)",
        &[("jetcrm, entry 3, receipt ", "the wrapped key of its subject does not open")],
    ),
    (
        "DELETE FROM meta",
        &[("store: ", "no check value of the vault's key")],
    ),
    (
        "UPDATE meta SET value = zeroblob(32)",
        &[("store: ", "vault.key is not the key")],
    ),
];

#[tokio::test]
async fn each_fault_is_named_where_it_is_and_nothing_is_changed() {
    let whole = fill().await;
    let (lines, counts, code) = faults(&whole.0);
    assert!(lines.is_empty() && code == 0, "{lines:#?}");
    assert_eq!(
        counts["logs"],
        serde_json::json!([{
            "site": "jetcrm", "size": SIZE, "with_values": 4, "erased": 1, "sealed": 5, "statements": 1, "withdrew": 2,
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
        lines.len() == 1 && lines[0].contains("SQLite finds its file malformed") && code == 1,
        "{lines:#?}"
    );
}
