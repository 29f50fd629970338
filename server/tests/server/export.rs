//! `raspiska export`: everything that proves a receipt, and nothing personal unless it is asked for and recorded.

use std::{collections::BTreeMap, fs, path::PathBuf, process::Command};

use axum::{body::Body, http::Request};
use raspiska_shared::{
    digest::Digest,
    file::ReceiptFile,
    receipt::{Client, Signed, State},
};
use rusqlite::Connection;

use crate::house::{House, demo_site, send};
use crate::person::Person;

const VALUE: &str = "visitor-4618@example.org";
const CODE: &str = "7KQF-2M9X-4TRA-8HWD";

fn export(house: &House, more: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_raspiska"))
        .args(["export", "--data"])
        .arg(&house.data.0)
        .arg("--site")
        .arg(demo_site())
        .args(more)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

/// Exports a receipt, and reads the archive.
fn exported(house: &House, receipt: &str, name: &str, more: &[&str]) -> (PathBuf, Vec<u8>) {
    let path = house.data.0.join(name);
    let out = path.to_str().unwrap().to_owned();
    let (done, told) = export(house, &[&[receipt, "--out", &out][..], more].concat());
    assert!(done && told.is_empty(), "{told}");
    let archive = fs::read(&path).unwrap();
    (path, archive)
}

/// The files of an archive that only stores.
fn files(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut rest = archive;
    while let Some(header) = rest.strip_prefix(b"PK\x03\x04") {
        let size = u32::from_le_bytes(header[14..18].try_into().unwrap()) as usize;
        let name = usize::from(u16::from_le_bytes(header[22..24].try_into().unwrap()));
        let (name, bytes) = header[26..].split_at(name);
        let (bytes, after) = bytes.split_at(size);
        let name = String::from_utf8(name.to_vec()).unwrap();
        files.insert(name, bytes.to_vec());
        rest = after;
    }
    files
}

fn looks(house: &House) -> Vec<(Vec<u8>, String)> {
    let db = Connection::open(house.data.0.join("store.sqlite")).unwrap();
    let mut query = db.prepare("SELECT receipt, what FROM access").unwrap();
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

fn contains(bytes: &[u8], part: &str) -> bool {
    bytes
        .windows(part.len())
        .any(|window| window == part.as_bytes())
}

async fn withdraw(house: &House, form: &Signed) {
    let body = serde_json::json!({ "receipt": form.hash, "code": CODE });
    let request = Request::post("/v1/sites/jetcrm/withdrawals")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    assert_eq!(send(&house.router, request).await.status, 201);
}

#[tokio::test]
async fn a_pack_has_what_proves_the_receipt_and_what_came_later() {
    let house = House::open().await;
    let (visitor, other) = (Person::new(1), Person::new(2));
    let form = visitor.contact(&house.site, &[("email", VALUE), ("name", "Visitor")], CODE);
    house.log(&form).await;
    let hash = form.hash.to_string();
    let (_, first) = exported(&house, &hash, "first.zip", &[]);

    // What others decide, and what the person decides about something else, is no business of this pack.
    house.log(&other.analytics(&house.site, State::Given)).await;
    house
        .log(&visitor.analytics(&house.site, State::Given))
        .await;
    withdraw(&house, &form).await;
    let (path, archive) = exported(&house, &hash, "pack.zip", &[]);
    let (before, after) = (files(&first), files(&archive));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    let later = format!("later/{:020}.json", 3);
    assert!(!names(&before).iter().any(|name| name.starts_with("later")));
    let mut packed = names(&after);
    packed.retain(|name| name.starts_with("later"));
    assert_eq!(packed, [&*later]);

    // Each receipt file holds under the log's key, and has no values.
    for name in ["receipt.json", &later] {
        let file = ReceiptFile::parse(&after[name]).unwrap();
        let report = file.verify(Some(&house.vkey)).unwrap();
        assert!(report.receipt.disclosures().is_empty());
    }
    assert!(!contains(&archive, VALUE) && looks(&house).is_empty());
    let text = fs::read(demo_site().join("policy/2025-01-01/en.md")).unwrap();
    assert_eq!(after["policy.en.md"], text);
    let summary = String::from_utf8(after["summary.html"].clone()).unwrap();
    for said in [
        "согласие дано",
        "согласие отозвано",
        "По коду отзыва",
        &hash,
    ] {
        assert!(summary.contains(said), "{said}");
    }
    assert!(!String::from_utf8_lossy(&before["summary.html"]).contains("согласие отозвано"));

    // The manifest lists everything but itself.
    let manifest = String::from_utf8(after["manifest.sha256"].clone()).unwrap();
    let listed: Vec<&str> = manifest.lines().map(|line| &line[66..]).collect();
    let mut expected = names(&after);
    expected.retain(|name| name != "manifest.sha256");
    assert_eq!(listed, expected);

    // The same evidence gives the same bytes; the receipt may also be named by its file.
    let mine = house.data.0.join("mine.receipt.json");
    fs::write(&mine, &after["receipt.json"]).unwrap();
    let (_, again) = exported(&house, mine.to_str().unwrap(), "again.zip", &[]);
    assert_eq!(again, archive);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[tokio::test]
async fn the_summary_says_what_the_page_did_before_the_decision() {
    let house = House::open().await;
    let visitor = Person::new(1);
    let decisions = [("analytics", State::Given)];
    let mut draft = visitor.draft(&house.site, "cookies-analytics", &decisions);
    draft.client = Some(Client {
        gate: Some("held analytics 12\nonce media 90\n".parse().unwrap()),
        ..Client::default()
    });
    let signed = visitor.sign(draft);
    house.log(&signed).await;
    let (_, archive) = exported(&house, &signed.hash.to_string(), "pack.zip", &[]);
    let summary = String::from_utf8(files(&archive)["summary.html"].clone()).unwrap();
    for said in [
        "Ждали ответа: ",
        "(analytics).",
        "Открыты один раз, по просьбе человека: ",
        "Так записала сама страница.",
    ] {
        assert!(summary.contains(said), "{said}");
    }
    assert!(!summary.contains("ничего не запускалось"));
}

#[tokio::test]
async fn values_are_in_a_pack_only_if_asked_for_and_on_the_record() {
    let house = House::open().await;
    let visitor = Person::new(1);
    let form = visitor.contact(&house.site, &[("email", VALUE), ("name", "Visitor")], CODE);
    house.log(&form).await;
    let hash = form.hash.to_string();
    let (_, archive) = exported(&house, &hash, "with.zip", &["--with-values"]);
    let files = files(&archive);
    let file = ReceiptFile::parse(&files["receipt.json"]).unwrap();
    let report = file.verify(Some(&house.vkey)).unwrap();
    assert!(report.receipt.shows_all());
    assert!(contains(&files["summary.html"], VALUE));
    let seen = looks(&house);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].0, form.hash.as_bytes());
    assert!(seen[0].1.starts_with("export"), "{}", seen[0].1);

    // A receipt without values needs no look.
    let choice = visitor.analytics(&house.site, State::Given);
    house.log(&choice).await;
    exported(
        &house,
        &choice.hash.to_string(),
        "choice.zip",
        &["--with-values"],
    );
    assert_eq!(looks(&house).len(), 1);

    // What was erased is not there to be given; the proof is.
    house.erase(&[form.hash]).unwrap();
    let out = house.data.0.join("erased.zip");
    let out = out.to_str().unwrap();
    let (done, told) = export(&house, &[&hash, "--out", out, "--with-values"]);
    assert!(!done && told.contains("leave out --with-values"), "{told}");
    exported(&house, &hash, "erased.zip", &[]);
}

#[tokio::test]
async fn what_cannot_be_exported_is_said_in_a_sentence() {
    let house = House::open().await;
    let choice = Person::new(1).analytics(&house.site, State::Given);
    house.log(&choice).await;
    let hash = choice.hash.to_string();
    let at = |name: &str| house.data.0.join(name).to_str().unwrap().to_owned();
    let refused = |arguments: &[&str], words: &str| {
        let (done, told) = export(&house, arguments);
        assert!(!done && told.contains(words), "{told}");
    };
    let unknown = Digest::of(b"").to_string();
    refused(
        &[&unknown, "--out", &at("a.zip")],
        "no receipt with this hash",
    );
    refused(
        &["nothing", "--out", &at("a.zip")],
        "neither a receipt's hash",
    );
    fs::write(at("not.json"), "{}").unwrap();
    refused(
        &[&at("not.json"), "--out", &at("a.zip")],
        "not a receipt file",
    );
    refused(&[&hash, "--out", &at("no/folder/a.zip")], "a.zip");
    exported(&house, &hash, "a.zip", &[]);
    refused(&[&hash, "--out", &at("a.zip")], "is there already");

    // A directory that lacks what was signed proves nothing.
    for (text, words) in [
        ("notices/cookies-analytics.ru.md", "has no notice"),
        ("policy/2025-01-01/ru.md", "has no edition"),
    ] {
        let changed = house.data.0.join(words);
        copy(&demo_site(), &changed);
        let path = changed.join(text);
        let before = fs::read_to_string(&path).unwrap();
        fs::write(&path, before.replacen("анных", "аннЫх", 1)).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_raspiska"))
            .args(["export", &hash, "--data"])
            .arg(&house.data.0)
            .args(["--out", &at("b.zip"), "--site"])
            .arg(&changed)
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && told.contains(words), "{told}");
    }
    assert!(!house.data.0.join("b.zip").exists());
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
