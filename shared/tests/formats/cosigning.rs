//! Witnesses: what they sign is found again, and a note takes further lines without its text moving.

use raspiska_shared::log::{LogError, note};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::{
    actors::{SIGNED, log, other_witness, witness},
    logs::checkpoint,
};

/// A checkpoint's note, and its text.
fn note() -> (String, String) {
    let note = checkpoint(5).sign(&log());
    let text = note::open(&note, log().vkey()).unwrap().to_owned();
    (note, text)
}

#[test]
fn the_newest_word_of_a_witness_is_found_among_others() {
    let (note, text) = note();
    let lines = [SIGNED, SIGNED + 2, SIGNED + 1].map(|time| witness().cosign(&text, time));
    let grease = "\u{2014} grease.example AAAAAAA=\n";
    let others = other_witness().cosign(&text, SIGNED + 9) + grease;
    let note = note::append(&note, &(lines.concat() + &others)).unwrap();
    let (found, signatures) = note::parse(&note).unwrap();
    assert_eq!(found, text);
    let cosignature = witness().vkey().find(found, &signatures).unwrap();
    assert_eq!(cosignature.time, SIGNED + 2);
    assert_eq!(cosignature.line, lines[1].trim_end());
    let other = other_witness().vkey().find(found, &signatures).unwrap();
    assert_eq!(other.time, SIGNED + 9);
    // The log's own signature holds as before.
    assert_eq!(note::open(&note, log().vkey()), Ok(&text[..]));
}

#[test]
fn what_is_appended_are_signature_lines_and_nothing_else() {
    let (note, text) = note();
    let line = witness().cosign(&text, SIGNED);
    for (longer, lines) in [
        (note.clone(), String::new()),
        (note.clone(), "\n".to_owned()),
        (note.clone(), line.trim_end().to_owned()),
        // The log's line would become part of the text.
        (note.clone(), format!("\n{line}")),
        (note.clone(), format!("{line}\n{line}")),
        (note.clone(), line.repeat(64)),
        // The text alone has no place for them.
        (text.clone(), line.clone()),
        (format!("{text}\n"), line.clone()),
    ] {
        assert_eq!(
            note::append(&longer, &lines),
            Err(LogError::Note),
            "{lines:?}"
        );
    }
    assert!(note::append(&note, &line.repeat(63)).is_ok());
}

#[test]
fn a_key_is_written_as_it_was_read() {
    let vkey = witness().vkey().to_string();
    assert_eq!(vkey.parse().as_ref(), Ok(witness().vkey()));
    assert!(!format!("{:?}", witness()).contains("key"));
}
