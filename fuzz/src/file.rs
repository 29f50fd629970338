//! Receipt files: no byte of one is loose.

use raspiska_shared::{file::ReceiptFile, log::proof::Proof};

use crate::{change, known, known::RECEIPTS, vectors::bodies};

pub(crate) fn file(data: &[u8]) -> bool {
    let Ok(file) = ReceiptFile::parse(data) else {
        return false;
    };
    assert_eq!(file.to_json().as_bytes(), data);
    let Ok(report) = file.verify(None) else {
        return false;
    };
    assert!(
        RECEIPTS.contains(&report.receipt.hash()),
        "nobody signed it"
    );
    assert!(
        known::is_signed(&report.checkpoint),
        "the log did not sign it"
    );
    let proof = Proof::parse(&file.proof).expect("it was verified");
    assert_eq!(
        (proof.entry.time, proof.index),
        (report.time, report.index),
        "the report says something else than the proof"
    );
    let trusted = file.log.vkey.parse().expect("it was verified");
    assert!(file.verify(Some(&trusted)).is_ok());

    // Signature lines of keys that nobody knows are ignored, so they are the one thing that may change.
    let lines = proof.checkpoint.lines().count();
    let changed = change::one_byte(data);
    if lines == 5 && ReceiptFile::parse(&changed).is_ok_and(|file| file.verify(None).is_ok()) {
        panic!("a changed byte was not noticed");
    }
    true
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    bodies(&["file"])
}
