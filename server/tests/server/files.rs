//! Files that follow a receipt: only the one that was signed is taken, only for a purpose it is shown, and with the values it goes.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use raspiska_server::store::{Added, Files as _, Sealed, Store as _};
use raspiska_shared::{
    digest::Digest,
    receipt::{Disclosure, Method, Signed, State},
};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    erasure::remains,
    faulty::{Call, Fault},
    house::{Answer, House, SITE, raspiska, send},
    office::office,
    person::Person,
    vault::{contains, on_disk},
};

/// Nobody else's.
const WORDS: &str = "visitor-7702 has worked for five years";

/// A CV of some pages of the store's file, no two parts of which are alike.
fn pdf() -> Vec<u8> {
    let mut bytes = format!("%PDF-1.7\n{WORDS}\n").into_bytes();
    bytes.extend(
        (0_u32..40_000).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()),
    );
    bytes.extend_from_slice(WORDS.as_bytes());
    bytes
}

fn line(bytes: &[u8], name: &str) -> String {
    format!("{} {} {name}", Digest::of(bytes), bytes.len())
}

/// An application, with what it says of a file.
fn application(house: &House, person: &Person, cv: Option<&str>) -> Signed {
    let mut draft = person.draft(&house.site, "candidate", &[("candidate", State::Given)]);
    draft.event.method = Method::Form;
    let values = [("name", "Visitor"), ("age", "18 лет или больше")];
    let values = values.into_iter().chain(cv.map(|line| ("cv", line)));
    draft.disclosures = values
        .map(|(name, value)| Disclosure::new([9; 16], name, value))
        .collect();
    person.sign(draft)
}

/// One that is logged, of this file.
async fn applied(house: &House, number: u64, bytes: &[u8], name: &str) -> Signed {
    let signed = application(house, &Person::new(number), Some(&line(bytes, name)));
    house.log(&signed).await;
    signed
}

fn put(receipt: &Digest, field: &str, bytes: &[u8]) -> Request<Body> {
    Request::put(format!("/v1/sites/jetcrm/receipts/{receipt}/files/{field}"))
        .header("content-type", "application/octet-stream")
        .body(Body::from(bytes.to_owned()))
        .unwrap()
}

async fn sends(house: &House, receipt: &Signed, bytes: &[u8]) -> Answer {
    send(&house.router, put(&receipt.hash, "cv", bytes)).await
}

async fn reads(house: &House, token: &str, receipt: &Signed, purpose: &str) -> Answer {
    let path = format!("/sites/jetcrm/receipts/{}/files/cv", receipt.hash);
    let body = json!({"purpose": purpose, "reason": "a test reads"});
    house.ask("POST", &path, token, body).await
}

fn says(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.kind())
}

fn refusal(status: u16, kind: &str) -> (u16, String) {
    (status, kind.to_owned())
}

#[tokio::test]
async fn the_bytes_that_were_signed_come_and_are_read_for_their_purpose() {
    let (house, _) = office().await;
    let (hr, marketing) = (house.log_in("hr").await, house.log_in("marketing").await);
    let cv = pdf();
    let receipt = applied(&house, 1, &cv, "Моё резюме.pdf").await;
    let early = reads(&house, &hr, &receipt, "candidate").await;
    assert_eq!(says(&early), refusal(404, "not-found"));

    assert_eq!(
        sends(&house, &receipt, &cv).await.status,
        StatusCode::CREATED
    );
    assert_eq!(sends(&house, &receipt, &cv).await.status, StatusCode::OK);
    assert!(!contains(&on_disk(&house.data.0), WORDS), "it is sealed");

    let answer = reads(&house, &hr, &receipt, "candidate").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body, cv);
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
    let named = answer.header("content-disposition");
    assert!(
        named.starts_with("attachment; ")
            && named.ends_with("''%D0%9C%D0%BE%D1%91%20%D1%80%D0%B5%D0%B7%D1%8E%D0%BC%D0%B5.pdf"),
        "{named}"
    );
    let answer = reads(&house, &marketing, &receipt, "candidate").await;
    assert_eq!(says(&answer), refusal(403, "forbidden"));
    let answer = reads(&house, &hr, &receipt, "contact").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let looks: Vec<_> = house
        .looks()
        .into_iter()
        .map(|[login, _, what]| (login, what))
        .collect();
    let look = |login: &str, what: &str| (login.to_owned(), what.to_owned());
    assert_eq!(
        looks,
        [
            look("hr", "file read"),
            look("marketing", "refused"),
            look("hr", "refused")
        ],
        "that the server itself has opened the value is no look"
    );

    let listed = house
        .ask("GET", "/sites/jetcrm/receipts", &hr, Value::Null)
        .await;
    let listed: Value = serde_json::from_slice(&listed.body).unwrap();
    assert_eq!(listed["receipts"][0]["files"], json!(["cv"]));
    let (_, told, _) = raspiska(&["inbox", "--data", house.data.0.to_str().unwrap()]);
    assert!(told.trim_end().ends_with("files: cv"), "{told}");
}

#[tokio::test]
async fn nothing_but_that_file_is_taken() {
    let (house, _) = office().await;
    let cv = pdf();
    let receipt = applied(&house, 1, &cv, "cv.pdf").await;
    let bare = application(&house, &Person::new(2), None);
    house.log(&bare).await;
    let form = Person::new(3).contact(&house.site, &[("name", "A")], "x");
    house.log(&form).await;
    let program = applied(&house, 4, b"MZ\x90\x00\x03", "cv.pdf").await;

    let mut other = cv.clone();
    other[100] ^= 1;
    let large = vec![b' '; 3 * 1024 * 1024 + 1];
    let unlogged = application(&house, &Person::new(5), Some(&line(&cv, "cv.pdf"))).hash;
    let cases: [(&str, Request<Body>, u16, &str); 9] = [
        ("not logged", put(&unlogged, "cv", &cv), 404, "not-found"),
        (
            "a field of text",
            put(&receipt.hash, "name", &cv),
            404,
            "not-found",
        ),
        (
            "no such field",
            put(&receipt.hash, "../x", &cv),
            404,
            "not-found",
        ),
        (
            "no file in it",
            put(&bare.hash, "cv", &cv),
            404,
            "not-found",
        ),
        ("another form", put(&form.hash, "cv", &cv), 404, "not-found"),
        (
            "other bytes",
            put(&receipt.hash, "cv", &other),
            422,
            "file-digest",
        ),
        (
            "cut off",
            put(&receipt.hash, "cv", &cv[..99]),
            422,
            "file-digest",
        ),
        (
            "too large",
            put(&receipt.hash, "cv", &large),
            413,
            "too-large",
        ),
        (
            "a program",
            put(&program.hash, "cv", b"MZ\x90\x00\x03"),
            415,
            "file-type",
        ),
    ];
    for (what, request, status, kind) in cases {
        let answer = send(&house.router, request).await;
        assert_eq!(
            says(&answer),
            refusal(status, kind),
            "{what}: {}",
            answer.text()
        );
    }
    let mut typed = put(&receipt.hash, "cv", &cv);
    typed
        .headers_mut()
        .insert("content-type", "application/pdf".parse().unwrap());
    assert_eq!(
        says(&send(&house.router, typed).await),
        refusal(415, "media-type")
    );
    let mut packed = put(&receipt.hash, "cv", &cv);
    packed
        .headers_mut()
        .insert("content-encoding", "gzip".parse().unwrap());
    assert_eq!(
        says(&send(&house.router, packed).await),
        refusal(415, "media-type")
    );
    for hash in [&receipt.hash, &bare.hash, &program.hash] {
        let row = house.store.row(SITE, hash).unwrap().unwrap();
        assert_eq!(house.store.files(SITE, row.index).unwrap(), [""; 0]);
    }
}

#[tokio::test]
async fn a_receipt_commits_to_no_file_that_would_not_be_taken() {
    let house = House::open().await;
    let digest = Digest::of(b"x");
    for (number, told) in [
        "cv.pdf".to_owned(),
        "C:\\fakepath\\cv.pdf".to_owned(),
        format!("{digest} 3145729 cv.pdf"),
        format!("{digest} 10 cv.exe"),
        format!("{digest} 10 cv"),
        format!("{digest} 10 ../cv.pdf"),
        format!("{digest} 10 cv\u{202e}fdp.pdf"),
    ]
    .iter()
    .enumerate()
    {
        let signed = application(&house, &Person::new(number as u64), Some(told));
        let answer = house.post(&signed.text).await;
        assert_eq!(says(&answer), refusal(422, "disclosure"), "{told:?}");
    }
}

#[tokio::test]
async fn without_consent_or_values_no_file_is_taken_or_read() {
    let (house, _) = office().await;
    let (hr, officer) = (house.log_in("hr").await, house.log_in("officer").await);
    let cv = pdf();
    let receipt = applied(&house, 1, &cv, "cv.pdf").await;
    let late = applied(&house, 2, &cv, "cv.pdf").await;
    sends(&house, &receipt, &cv).await;
    for signed in [&receipt, &late] {
        let path = format!("/sites/jetcrm/receipts/{}/withdrawal", signed.hash);
        let answer = house
            .ask("POST", &path, &officer, json!({"by": "letter"}))
            .await;
        assert_eq!(answer.status, StatusCode::CREATED);
    }
    assert_eq!(
        says(&sends(&house, &late, &cv).await),
        refusal(403, "not-given")
    );
    let answer = reads(&house, &hr, &receipt, "candidate").await;
    assert_eq!(says(&answer), refusal(403, "not-given"));

    house.erase(&[late.hash]).unwrap();
    assert_eq!(says(&sends(&house, &late, &cv).await), refusal(410, "gone"));
    let gone = Sealed {
        index: house.store.row(SITE, &late.hash).unwrap().unwrap().index,
        name: "cv".to_owned(),
        blob: vec![0; 99],
    };
    // Whoever had looked before the erasure is stopped by the store itself.
    assert_eq!(house.store.add_file(SITE, &gone).unwrap(), Added::Ownerless);
}

#[tokio::test]
async fn nothing_of_a_file_is_left_when_its_values_are_destroyed() {
    let house = House::open().await;
    let cv = pdf();
    let mut other = pdf();
    other[200] ^= 1;
    let (gone, left) = (
        applied(&house, 1, &cv, "cv.pdf").await,
        applied(&house, 2, &other, "cv.pdf").await,
    );
    sends(&house, &gone, &cv).await;
    sends(&house, &left, &other).await;
    let blob = |receipt: &Signed| {
        let row = house.store.row(SITE, &receipt.hash).unwrap().unwrap();
        house.store.file(SITE, row.index, "cv").unwrap()
    };
    let (sealed, kept) = (blob(&gone).unwrap(), blob(&left).unwrap());
    assert!(
        remains(&on_disk(&house.data.0), &sealed),
        "it is there before"
    );
    let outset = house.erase(&[gone.hash]).unwrap();
    assert!(outset.done.is_some());
    let disk = on_disk(&house.data.0);
    assert!(!remains(&disk, &sealed[24..]));
    assert!(remains(&disk, &kept), "the other one is there");
    assert_eq!(blob(&gone), None);
    assert_eq!(sends(&house, &left, &other).await.status, StatusCode::OK);
    // Each page of it was looked for.
    let journal = std::fs::read_to_string(house.data.0.join("erasures.jsonl")).unwrap();
    let order: Value = serde_json::from_str(journal.lines().next().unwrap()).unwrap();
    let marks = order["order"]["receipts"][0]["marks"]
        .as_array()
        .unwrap()
        .len();
    assert!(marks > sealed.len() / 4096, "{marks}");
    let (code, told, _) = raspiska(&["fsck", "--data", house.data.0.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_that_comes_while_its_values_are_destroyed_is_kept_or_not_and_never_left_alone() {
    let house = Arc::new(House::open().await);
    let cv = pdf();
    for number in 0..12 {
        let receipt = applied(&house, number, &cv, "cv.pdf").await;
        let (erasing, hash) = (Arc::clone(&house), receipt.hash);
        let erased = tokio::task::spawn_blocking(move || erasing.erase(&[hash]).unwrap());
        let status = sends(&house, &receipt, &cv).await.status.as_u16();
        erased.await.unwrap();
        assert!([201, 403, 410].contains(&status), "{status}");
        let row = house.store.row(SITE, &hash).unwrap().unwrap();
        assert_eq!(house.store.files(SITE, row.index).unwrap(), [""; 0]);
    }
    let (code, told, _) = raspiska(&["fsck", "--data", house.data.0.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{told}");
}

#[tokio::test]
async fn a_store_that_fails_is_told_of_and_the_file_comes_the_next_time() {
    let house = House::open().await;
    let cv = pdf();
    for (number, call) in (0..).zip([
        Call::Row,
        Call::SubjectKey,
        Call::Sealed,
        Call::History,
        Call::AddFile,
    ]) {
        for (more, fault) in [(0, Fault::Nothing), (100, Fault::Everything)] {
            let receipt = applied(&house, number + more, &cv, "cv.pdf").await;
            house.store.fail(call, fault);
            let answer = sends(&house, &receipt, &cv).await;
            assert_eq!(
                says(&answer),
                refusal(503, "unavailable"),
                "{call:?} {fault:?}"
            );
            assert!(house.store.has_failed());
            house.store.mend();
            let status = sends(&house, &receipt, &cv).await.status.as_u16();
            let there = call == Call::AddFile && fault == Fault::Everything;
            assert_eq!(status, if there { 200 } else { 201 }, "{call:?} {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_damaged_file_is_found() {
    let house = House::open().await;
    let cv = pdf();
    let receipt = applied(&house, 1, &cv, "cv.pdf").await;
    applied(&house, 2, &cv, "cv.pdf").await;
    sends(&house, &receipt, &cv).await;
    let data = house.close();
    let fsck = || raspiska(&["fsck", "--data", data.0.to_str().unwrap()]);
    assert_eq!(fsck().0, Some(0), "a file that has not come is no fault");
    for (damage, mend, told) in [
        (
            "UPDATE file SET sealed = CAST(substr(sealed, 1, 5000) || x'00' || substr(sealed, 5002) AS BLOB)",
            "",
            "the file of \"cv\" does not open",
        ),
        (
            "UPDATE file SET name = 'name'",
            "UPDATE file SET name = 'cv'",
            "the file of \"name\" does not open",
        ),
        (
            "UPDATE file SET name = 'photo'",
            "UPDATE file SET name = 'cv'",
            "a file is there for \"photo\", and no sealed value",
        ),
        (
            "UPDATE file SET place = place + 7",
            "UPDATE file SET place = place - 7",
            "a file is there for \"cv\", and no sealed value",
        ),
        (
            "UPDATE file SET place = place + (5 << 40)",
            "UPDATE file SET place = place - (5 << 40)",
            "table file has rows of a log that is not there",
        ),
    ] {
        let db = Connection::open(data.0.join("store.sqlite")).unwrap();
        let whole: Vec<u8> = db
            .query_row("SELECT sealed FROM file", [], |row| row.get(0))
            .unwrap();
        db.execute_batch(damage).unwrap();
        drop(db);
        let (code, found, _) = fsck();
        assert!(code == Some(1) && found.contains(told), "{told}: {found}");
        let db = Connection::open(data.0.join("store.sqlite")).unwrap();
        db.execute_batch(mend).unwrap();
        db.execute("UPDATE file SET sealed = ?1", [whole]).unwrap();
    }
    assert_eq!(fsck().0, Some(0));
}
