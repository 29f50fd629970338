//! `proof/`: that a receipt is in a log. Keys: `vkey`; `receipt`, the hash that has to be in the log.

use base64ct::{Base64, Encoding as _};
use raspiska_shared::{
    log::{
        checkpoint::Checkpoint,
        proof::Proof,
        tree::{self, Hash},
    },
    problem::Kind,
};

use crate::{
    actors::{ORIGIN, log, other_log},
    forge::swap,
    logs::{INDEX, SIZE, checkpoint, entry, leaves, proof, reader, receipt},
    vector::Vector,
};

fn keyed(vector: Vector) -> Vector {
    vector.key("vkey", log().vkey()).key("receipt", receipt())
}

pub(crate) fn vectors() -> Vec<Vector> {
    let ok = |case: &str, comment: &str, body: String| {
        keyed(Vector::ok(&format!("proof/{case}"), comment, body))
    };
    let bad = |case: &str, kind: Kind, comment: &str, body: String| {
        keyed(Vector::bad(&format!("proof/{case}"), kind, comment, body))
    };
    let good = || proof(INDEX, SIZE).to_text();
    let with = |change: &dyn Fn(&mut Proof)| {
        let mut proof = proof(INDEX, SIZE);
        change(&mut proof);
        proof.to_text()
    };
    let hashes = |change: &dyn Fn(&mut Vec<Hash>)| with(&|proof| change(&mut proof.hashes));
    let extra = Base64::encode_string(&entry(INDEX).to_bytes());
    // The same log, but with an entry that is spelt otherwise at the receipt's place: all but the entry's form is right.
    let spelt = |change: &dyn Fn(String) -> String| {
        let bytes = change(String::from_utf8(entry(INDEX).to_bytes()).unwrap()).into_bytes();
        let mut leaves = leaves(SIZE);
        leaves[2] = tree::leaf_hash(&bytes);
        let root = tree::root(SIZE, reader(&leaves)).unwrap();
        let checkpoint = Checkpoint {
            root,
            ..checkpoint(SIZE)
        }
        .sign(&log());
        let text = Proof {
            checkpoint,
            ..proof(INDEX, SIZE)
        }
        .to_text();
        swap(&text, &extra, &Base64::encode_string(&bytes))
    };
    let time = entry(INDEX).time.to_string();
    let last = SIZE - 1;
    let hash = Base64::encode_string(&proof(INDEX, SIZE).hashes[0]);
    let other = checkpoint(SIZE).sign(&other_log());
    vec![
        ok("third-of-five", "the third of five entries", good()),
        ok(
            "third-of-three",
            "the last entry of a tree that is not full",
            proof(INDEX, 3).to_text(),
        ),
        keyed_last(
            Vector::ok(
                "proof/last-of-five",
                "a path that skips levels",
                proof(last, SIZE).to_text(),
            ),
            last,
        ),
        keyed_last(
            Vector::ok(
                "proof/only",
                "a tree of one leaf: no hashes",
                proof(0, 1).to_text(),
            ),
            0,
        ),
        bad(
            "label",
            Kind::Proof,
            "another version",
            swap(&good(), "tlog-proof@v1", "tlog-proof@v2"),
        ),
        bad(
            "extra-missing",
            Kind::Proof,
            "no entry",
            swap(&good(), &format!("extra {extra}\n"), ""),
        ),
        bad(
            "extra-base64",
            Kind::Proof,
            "the entry in the other alphabet",
            swap(&good(), &extra, &extra.replace('=', "")),
        ),
        bad(
            "index-missing",
            Kind::Proof,
            "no index",
            swap(&good(), "index 2\n", ""),
        ),
        bad(
            "index-zeroes",
            Kind::Proof,
            "an index with a leading zero",
            swap(&good(), "index 2", "index 02"),
        ),
        bad(
            "hash-short",
            Kind::Proof,
            "a hash of 31 bytes",
            swap(&good(), &hash, &Base64::encode_string(&[0; 31])),
        ),
        bad(
            "hashes-many",
            Kind::Proof,
            "65 hashes",
            hashes(&|hashes| hashes.resize(65, [0; 32])),
        ),
        bad(
            "no-empty-line",
            Kind::Proof,
            "no empty line before the checkpoint",
            swap(&good(), &format!("\n\n{ORIGIN}"), &format!("\n{ORIGIN}")).replace("\n\n", "\n"),
        ),
        bad(
            "entry-label",
            Kind::Entry,
            "an entry of another version",
            spelt(&|text| swap(&text, "entry/v1", "entry/v2")),
        ),
        bad(
            "entry-five-lines",
            Kind::Entry,
            "an entry with one line more",
            spelt(&|text| format!("{text}more\n")),
        ),
        bad(
            "entry-line-end",
            Kind::Entry,
            "an entry whose last line is not ended",
            spelt(&|text| text.trim_end().to_owned()),
        ),
        bad(
            "entry-time-zeroes",
            Kind::Entry,
            "a time with a leading zero",
            spelt(&|text| swap(&text, &time, &format!("0{time}"))),
        ),
        bad(
            "entry-of-other-receipt",
            Kind::Entry,
            "a good proof of another receipt",
            proof(1, SIZE).to_text(),
        ),
        bad(
            "entry-of-other-site",
            Kind::Entry,
            "an entry of another site in this log",
            spelt(&|text| swap(&text, "\nacme\n", "\nother\n")),
        ),
        bad(
            "entry-time-changed",
            Kind::Inclusion,
            "another time than was logged",
            with(&|proof| proof.entry.time += 1),
        ),
        bad(
            "index-changed",
            Kind::Inclusion,
            "another place",
            with(&|proof| proof.index = 3),
        ),
        bad(
            "index-outside",
            Kind::Inclusion,
            "a place behind the last",
            with(&|proof| proof.index = SIZE),
        ),
        bad(
            "hash-missing",
            Kind::Inclusion,
            "one hash fewer",
            hashes(&|hashes| hashes.truncate(1)),
        ),
        bad(
            "hash-superfluous",
            Kind::Inclusion,
            "one hash more",
            hashes(&|hashes| hashes.push([0; 32])),
        ),
        bad(
            "hash-changed",
            Kind::Inclusion,
            "one bit changed",
            hashes(&|hashes| hashes[1][31] ^= 1),
        ),
        bad(
            "hashes-swapped",
            Kind::Inclusion,
            "two hashes in the wrong order",
            hashes(&|hashes| hashes.swap(0, 1)),
        ),
        bad(
            "checkpoint-older",
            Kind::Inclusion,
            "the checkpoint of a smaller tree",
            with(&|proof| proof.checkpoint = checkpoint(4).sign(&log())),
        ),
        bad(
            "checkpoint-unsigned",
            Kind::NoteSignature,
            "a checkpoint that another log signed",
            with(&|proof| proof.checkpoint = other.clone()),
        ),
        bad(
            "checkpoint-malformed",
            Kind::Checkpoint,
            "a signed text that is not a checkpoint",
            with(&|proof| proof.checkpoint = log().sign("hello\n")),
        ),
        bad(
            "checkpoint-missing",
            Kind::Note,
            "nothing behind the empty line",
            with(&|proof| proof.checkpoint = String::new()),
        ),
    ]
}

fn keyed_last(vector: Vector, index: u64) -> Vector {
    vector
        .key("vkey", log().vkey())
        .key("receipt", entry(index).receipt)
}
