//! The receipt file: what it proves, and that no byte of it is loose.

use raspiska_shared::{
    facts::Facts,
    file::{FileError, MAX_LEN, ReceiptFile},
    text::Block,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::{
    actors::{NOW, log},
    folder::cases,
    logs,
};

fn good() -> Vec<u8> {
    cases()
        .find(|case| case.path == "file/contact.txt")
        .unwrap()
        .body
}

#[test]
fn a_file_proves_receipt_time_place_and_tree() {
    let file = ReceiptFile::parse(&good()).unwrap();
    let report = file.verify(Some(log().vkey())).unwrap();
    assert_eq!(report.receipt.hash(), logs::receipt());
    assert_eq!((report.time, report.index), (NOW * 1000 + 2, 2));
    assert_eq!(
        (report.checkpoint.size, report.checkpoint.root),
        (5, logs::checkpoint(5).root)
    );
    assert_eq!(file.to_json().as_bytes(), good());
}

#[test]
fn every_flipped_byte_is_noticed() {
    let good = good();
    for at in 0..good.len() {
        for mask in [0x01, 0x20, 0x80] {
            let mut changed = good.clone();
            changed[at] ^= mask;
            let verdict = ReceiptFile::parse(&changed).and_then(|file| file.verify(None).map(drop));
            assert!(verdict.is_err(), "byte {at}, mask {mask:#x}");
        }
    }
}

#[test]
fn a_file_over_the_limit_is_not_read() {
    let mut long = good();
    long.resize(MAX_LEN, b' ');
    assert!(matches!(
        ReceiptFile::parse(&long),
        Err(FileError::Form { .. })
    ));
    long.push(b' ');
    assert_eq!(ReceiptFile::parse(&long), Err(FileError::TooLarge));
}

#[test]
fn the_facts_are_those_of_the_file() {
    let file = ReceiptFile::parse(&good()).unwrap();
    let report = file.verify(None).unwrap();
    let facts = Facts::of(&file, &report);
    assert_eq!(facts.audience, "acme.example");
    assert_eq!(facts.page, Some("https://acme.example/contacts"));
    assert_eq!((facts.index, facts.size, facts.hidden), (2, 5, 0));
    let names: Vec<&str> = facts.values.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["name", "email", "message"]);
    assert_eq!(facts.title, "Согласие на обработку персональных данных");
    assert!(matches!(facts.text[1], Block::Paragraph(_)));
}

#[test]
fn values_that_are_gone_are_counted() {
    let erased = cases()
        .find(|case| case.path == "file/values-erased.txt")
        .unwrap();
    let file = ReceiptFile::parse(&erased.body).unwrap();
    let report = file.verify(None).unwrap();
    let facts = Facts::of(&file, &report);
    assert_eq!((facts.values.len(), facts.hidden), (0, 3));
}
