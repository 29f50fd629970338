//! Personal data: sealed on disk, shown to the operator on the record, erased for good.

use std::{fs, path::Path, process::Command};

use raspiska_server::store::Store as _;
use raspiska_shared::{
    party::SubjectId,
    receipt::{Receipt, thumbprint},
};
use rusqlite::Connection;

use crate::house::{House, SITE};
use crate::person::Person;

const VALUE: &str = "visitor-7391@example.org";

/// Every byte of the data directory's files, read by another process: where this one closes the store's file, SQLite's locks
/// on it are gone.
pub(crate) fn on_disk(dir: &Path) -> Vec<u8> {
    let files = fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    let output = Command::new("cat").args(files).output().unwrap();
    assert!(output.status.success());
    output.stdout
}

pub(crate) fn contains(bytes: &[u8], part: &str) -> bool {
    bytes
        .windows(part.len())
        .any(|window| window == part.as_bytes())
}

fn raspiska(house: &House, more: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_raspiska"))
        .args(["inbox", "--data"])
        .arg(&house.data.0)
        .args(more)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[tokio::test]
async fn values_are_sealed_shown_on_the_record_and_erased() {
    let house = House::open().await;
    let visitor = Person::new(1);
    let form = visitor.contact(&house.site, &[("email", VALUE), ("name", "Visitor")], "x");
    house.log(&form).await;
    let hash = form.hash.to_string();

    // Sealed: neither the value nor its disclosure is on the disk.
    let disclosures = Receipt::open(form.text.as_bytes()).unwrap();
    let disk = on_disk(&house.data.0);
    assert!(
        contains(&disk, &form.text[..form.text.find('~').unwrap()]),
        "the signed part is there"
    );
    assert!(!contains(&disk, VALUE));
    for disclosure in disclosures.disclosures() {
        assert!(!contains(&disk, disclosure.encoded()));
    }

    // The list has no personal data; looking is recorded, a list and a miss are not looks.
    let (listed, list) = raspiska(&house, &[]);
    assert!(
        listed && list.contains(&hash) && list.contains("contact") && !list.contains(VALUE),
        "{list}"
    );
    // A hash may begin with a hyphen, and is no flag then.
    let (found, sentence) = raspiska(&house, &["-7DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"]);
    assert!(!found && sentence.contains("no receipt"), "{sentence}");
    let looks = || -> Vec<Vec<u8>> {
        let db = Connection::open(house.data.0.join("store.sqlite")).unwrap();
        let mut query = db.prepare("SELECT receipt FROM access").unwrap();
        query
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    };
    assert!(looks().is_empty());
    let (shown, values) = raspiska(&house, &[&hash]);
    assert!(shown, "{values}");
    let values: serde_json::Value = serde_json::from_str(&values).unwrap();
    assert_eq!(
        values,
        serde_json::json!({"email": VALUE, "name": "Visitor"})
    );
    assert_eq!(looks(), [form.hash.as_bytes().to_vec()]);

    // Erased: the key and the ciphertexts are gone, also from the files; receipt, log and proofs stay.
    let subject: SubjectId = thumbprint(&visitor.key.verifying_key());
    let (wrapped, sealed) = (
        house.store.subject_key(SITE, &subject).unwrap().unwrap(),
        house.store.sealed(SITE, 0).unwrap(),
    );
    let erased = house.erase(&[form.hash]).unwrap();
    assert!(erased.done.is_some());
    let disk = on_disk(&house.data.0);
    for gone in sealed.iter().map(|sealed| &sealed.blob).chain([&wrapped]) {
        assert!(!disk.windows(gone.len()).any(|window| window == &gone[..]));
    }
    let (shown, sentence) = raspiska(&house, &[&hash]);
    assert!(!shown && sentence.contains("destroyed"), "{sentence}");
    let answer = house
        .get(&format!("/v1/sites/jetcrm/receipts/{hash}"))
        .await;
    house.check(&answer, &form);
    house.audit().await;

    // Whoever writes again gets a new key.
    let again = visitor.contact(&house.site, &[("email", VALUE)], "y");
    house.log(&again).await;
    assert_ne!(
        house.store.subject_key(SITE, &subject).unwrap().unwrap(),
        wrapped
    );
    let (shown, sentence) = raspiska(&house, &[&again.hash.to_string()]);
    assert!(shown, "{sentence}");
}
