//! The receipt file: what it proves, and that no byte of it is loose.

use raspiska_shared::file::ReceiptFile;
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
