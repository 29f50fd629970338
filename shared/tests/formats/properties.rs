//! Properties: what is printed is read again, and no bytes make a reader panic.

use proptest::{collection::vec, prelude::*};
use raspiska_shared::{
    digest::Digest,
    file::ReceiptFile,
    log::{
        checkpoint::Checkpoint,
        entry::Entry,
        note::{self, VerifierKey},
        proof::Proof,
        tile::{Level, TilePath, WIDTH},
    },
    policy::{document::Document, import::import},
    receipt::{Receipt, Uuid, sign},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::{
    actors::{ORIGIN, alice, contact, log, value},
    folder::cases,
};

fn entry() -> impl Strategy<Value = Entry> {
    ("[a-z][a-z0-9-]{0,20}", any::<[u8; 32]>(), any::<u64>()).prop_map(|(site, receipt, time)| {
        Entry {
            site,
            receipt: Digest::from_bytes(receipt),
            time,
        }
    })
}

fn path() -> impl Strategy<Value = TilePath> {
    let level = prop_oneof![Just(Level::Entries), (0u8..8).prop_map(Level::Hashes)];
    // Indices of every magnitude.
    let index = (any::<u64>(), 0u32..64).prop_map(|(index, shift)| index >> shift);
    (level, index, 1..=WIDTH).prop_map(|(level, index, width)| TilePath {
        level,
        index,
        width,
    })
}

/// A vector with a few bytes replaced: looks enough like the real thing to get far.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let bodies: Vec<Vec<u8>> = cases()
        .map(|case| case.body)
        .filter(|body| !body.is_empty() && body.len() < 8192)
        .collect();
    (
        proptest::sample::select(bodies),
        vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    )
        .prop_map(|(mut body, changes)| {
            for (at, byte) in changes {
                let at = at.index(body.len());
                body[at] = byte;
            }
            body
        })
}

/// Every reader of the crate; what they say does not matter here.
fn read(bytes: &[u8]) {
    let _ = Receipt::open(bytes);
    let _ = Entry::parse(bytes);
    if let Ok(file) = ReceiptFile::parse(bytes) {
        let _ = file.verify(None);
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let _ = note::open(text, log().vkey());
    let _ = Checkpoint::open(text, log().vkey());
    if let Ok(proof) = Proof::parse(text) {
        let _ = proof.verify(log().vkey(), &Digest::of(b""));
    }
    let _ = text.parse::<VerifierKey>();
    let _ = text.parse::<TilePath>();
    let _ = text.parse::<Digest>();
    let _ = text.parse::<Uuid>();
    let _ = Document::parse(text);
    let _ = import(text);
}

proptest! {
    // Nothing is written beside the sources: a failure prints its input, and the input becomes a vector.
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_digest_reads_as_it_prints(bytes: [u8; 32]) {
        let digest = Digest::from_bytes(bytes);
        prop_assert_eq!(digest.to_string().parse(), Ok(digest));
    }

    #[test]
    fn a_uuid_reads_as_it_prints(time in 0u64..1 << 48, random: [u8; 10]) {
        let uuid = Uuid::v7(time, random);
        prop_assert_eq!(uuid.to_string().parse(), Ok(uuid));
    }

    #[test]
    fn an_entry_reads_as_it_prints(entry in entry()) {
        prop_assert_eq!(Entry::parse(&entry.to_bytes()), Ok(entry));
    }

    #[test]
    fn a_tile_path_reads_as_it_prints(path in path()) {
        prop_assert_eq!(path.to_string().parse(), Ok(path));
    }

    #[test]
    fn a_path_that_is_read_prints_the_same(text in "tile/(entries|[0-9]{1,2})/(x[0-9]{3}/){0,3}[0-9]{3}(\\.p/[0-9]{1,3})?") {
        if let Ok(path) = text.parse::<TilePath>() {
            prop_assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn a_checkpoint_reads_as_it_signs(size: u64, root: [u8; 32]) {
        let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size, root };
        prop_assert_eq!(Checkpoint::open(&checkpoint.sign(&log()), log().vkey()), Ok(checkpoint));
    }

    #[test]
    fn a_note_gives_back_its_text(lines in vec("[^\\p{Cc}]{0,20}", 0..5)) {
        let text = lines.join("\n") + "\n";
        let note = log().sign(&text);
        prop_assert_eq!(note::open(&note, log().vkey()), Ok(&text[..]));
    }

    #[test]
    fn a_proof_reads_as_it_prints(
        entry in entry(),
        index: u64,
        hashes in vec(any::<[u8; 32]>(), 0..65),
        checkpoint in "[ -~\n]{0,80}",
    ) {
        let proof = Proof { entry, index, hashes, checkpoint };
        prop_assert_eq!(Proof::parse(&proof.to_text()), Ok(proof));
    }

    #[test]
    fn any_value_survives_signing(name in "[a-z]{1,12}x", text in any::<String>(), salt: u8) {
        let mut draft = contact();
        draft.disclosures = vec![value(salt, &name, &text)];
        let signed = sign(draft, &alice()).unwrap();
        let receipt = Receipt::open(signed.text.as_bytes()).unwrap();
        let shown = &receipt.disclosures()[0];
        prop_assert_eq!((shown.name(), shown.value()), (&name[..], &text[..]));
    }

    #[test]
    fn any_file_reads_as_it_prints(text in any::<String>()) {
        let good = cases().find(|case| case.path == "file/contact.txt").unwrap();
        let mut file = ReceiptFile::parse(&good.body).unwrap();
        file.notice.text = text;
        prop_assert_eq!(ReceiptFile::parse(file.to_json().as_bytes()), Ok(file));
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in vec(any::<u8>(), 0..300)) {
        read(&bytes);
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in any::<String>()) {
        read(text.as_bytes());
    }

    #[test]
    fn no_damage_makes_a_reader_panic(bytes in damaged()) {
        read(&bytes);
    }
}
