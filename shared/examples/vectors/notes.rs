//! `note/` and `checkpoint/`: signed texts of the log. Key: `vkey`, the verifier key.

use base64ct::{Base64, Encoding as _};
use raspiska_shared::{
    log::{checkpoint::Checkpoint, note::NoteSigner, tree},
    problem::Kind,
};

use crate::{
    actors::{ORIGIN, log, other_log},
    forge::swap,
    vector::Vector,
};

/// The example of C2SP signed-note.
const SPEC_VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const SPEC_NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

pub(crate) fn vectors() -> Vec<Vector> {
    [accepted(), malformed(), unsigned(), keys(), checkpoints()].concat()
}

fn signed() -> String {
    log().sign("hello\n")
}

/// A signature line of a kind that nobody here knows.
fn grease(name: &str) -> String {
    format!("\u{2014} {name} {}\n", Base64::encode_string(&[0xfa; 40]))
}

fn ok(case: &str, comment: &str, body: String) -> Vector {
    Vector::ok(&format!("note/{case}"), comment, body).key("vkey", log().vkey())
}

fn bad(case: &str, kind: Kind, comment: &str, body: impl Into<Vec<u8>>) -> Vector {
    Vector::bad(&format!("note/{case}"), kind, comment, body).key("vkey", log().vkey())
}

fn accepted() -> Vec<Vector> {
    let mut many = signed();
    for number in 0..15 {
        many.push_str(&grease(&format!("witness{number}.example")));
    }
    let (text, signature) = signed()
        .split_once("\n\n")
        .map(|(t, s)| (t.to_owned(), s.to_owned()))
        .unwrap();
    vec![
        Vector::ok("note/spec", "the example of C2SP signed-note", SPEC_NOTE)
            .key("vkey", SPEC_VKEY),
        ok(
            "empty-lines",
            "the last empty line separates: the text has two of its own",
            log().sign("a\n\n\nb\n"),
        ),
        ok(
            "unknown-keys",
            "sixteen signatures; those of unknown keys are ignored",
            many,
        ),
        ok(
            "known-key-second",
            "the known key's signature need not be the first",
            format!("{text}\n\n{}{signature}", grease("witness.example")),
        ),
        ok(
            "same-name",
            "an unknown key with the known name",
            format!("{}{}", signed(), grease(ORIGIN)),
        ),
    ]
}

fn malformed() -> Vec<Vector> {
    let note = |case: &str, comment: &str, body: String| bad(case, Kind::Note, comment, body);
    let base64 = signed().trim_end().rsplit(' ').next().unwrap().to_owned();
    let mut many = signed();
    for number in 0..64 {
        many.push_str(&grease(&format!("witness{number}.example")));
    }
    vec![
        note(
            "no-signature",
            "a text and nothing else",
            "hello\n".to_owned(),
        ),
        note(
            "no-lines",
            "no signature line behind the empty line",
            "hello\n\n".to_owned(),
        ),
        note(
            "no-empty-line",
            "no empty line between text and signatures",
            swap(&signed(), "\n\n", "\n"),
        ),
        note(
            "no-line-end",
            "the last line is not ended",
            signed().trim_end().to_owned(),
        ),
        note(
            "hyphen",
            "a hyphen in place of the em dash",
            swap(&signed(), "\u{2014}", "-"),
        ),
        note(
            "carriage-return",
            "a control character in the text",
            log().sign("hello\r\n"),
        ),
        note(
            "signature-base64",
            "a signature that is not base64",
            swap(&signed(), &base64, "!!!!"),
        ),
        note(
            "signature-short",
            "a signature line without a signature behind the key's id",
            format!("{}\u{2014} x AAAAAA==\n", signed()),
        ),
        note(
            "name-plus",
            "a plus in a key's name",
            format!("{}{}", signed(), grease("a+b")),
        ),
        note(
            "name-space",
            "a no-break space in a key's name",
            format!("{}{}", signed(), grease("a\u{a0}b")),
        ),
        note("too-many", "65 signatures", many),
    ]
}

fn unsigned() -> Vec<Vector> {
    let unsigned =
        |case: &str, comment: &str, body: String| bad(case, Kind::NoteSignature, comment, body);
    let id = key_id();
    let broken = |length: usize| {
        let mut blob = id.clone();
        blob.resize(4 + length, 0);
        format!("\u{2014} {ORIGIN} {}\n", Base64::encode_string(&blob))
    };
    vec![
        unsigned(
            "text-changed",
            "another text than was signed",
            swap(&signed(), "hello", "Hello"),
        ),
        unsigned(
            "other-key",
            "signed by an unknown key alone",
            other_log().sign("hello\n"),
        ),
        unsigned(
            "known-key-twice",
            "a good and a bad signature of the known key",
            format!("{}{}", signed(), broken(64)),
        ),
        unsigned(
            "signature-length",
            "a signature of 63 bytes",
            format!("hello\n\n{}", broken(63)),
        ),
    ]
}

fn key_id() -> Vec<u8> {
    let vkey = log().vkey().to_string();
    let hex = vkey.split('+').nth(1).unwrap();
    (0..4)
        .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}

fn keys() -> Vec<Vector> {
    let vkey = log().vkey().to_string();
    let mut parts = vkey.splitn(3, '+').map(str::to_owned);
    let (name, id, key) = (
        parts.next().unwrap(),
        parts.next().unwrap(),
        parts.next().unwrap(),
    );
    let raw = Base64::decode_vec(&key).unwrap();
    let join =
        |name: &str, id: &str, key: &[u8]| format!("{name}+{id}+{}", Base64::encode_string(key));
    let typed = |kind: u8| [&[kind], &raw[1..]].concat();
    let vkey = |case: &str, comment: &str, vkey: String| {
        Vector::bad(&format!("note/vkey-{case}"), Kind::Vkey, comment, signed()).key("vkey", vkey)
    };
    vec![
        vkey(
            "id",
            "the key id is not the one of name and key",
            join(&name, "00000000", &raw),
        ),
        vkey(
            "id-case",
            "the key id in upper case",
            join(&name, &id.to_uppercase(), &raw),
        ),
        vkey(
            "type",
            "a key of another signature type",
            join(&name, &id, &typed(4)),
        ),
        vkey("short", "a key of 31 bytes", join(&name, &id, &raw[..32])),
        vkey("name", "no name", join("", &id, &raw)),
        vkey("parts", "two parts", format!("{name}+{key}")),
    ]
}

fn checkpoints() -> Vec<Vector> {
    let root = Base64::encode_string(&tree::leaf_hash(b"x"));
    let other = NoteSigner::new(ORIGIN, ed25519_dalek::SigningKey::from_bytes(&[4; 32])).unwrap();
    let text = |text: String| other.sign(&text);
    let bad = |case: &str, comment: &str, body: String| {
        Vector::bad(
            &format!("checkpoint/{case}"),
            Kind::Checkpoint,
            comment,
            body,
        )
        .key("vkey", log().vkey())
    };
    let checkpoint = |size, root| {
        let origin = ORIGIN.to_owned();
        Checkpoint { origin, size, root }.sign(&log())
    };
    let ok = |case: &str, comment: &str, body: String| {
        Vector::ok(&format!("checkpoint/{case}"), comment, body).key("vkey", log().vkey())
    };
    vec![
        ok(
            "one-leaf",
            "a tree of one leaf",
            checkpoint(1, tree::leaf_hash(b"x")),
        ),
        ok(
            "empty-tree",
            "a tree of no leaves",
            checkpoint(0, tree::EMPTY_ROOT),
        ),
        ok(
            "largest",
            "the largest size",
            checkpoint(u64::MAX, tree::leaf_hash(b"x")),
        ),
        bad("two-lines", "no root hash", text(format!("{ORIGIN}\n1\n"))),
        bad(
            "extension",
            "an extension line",
            text(format!("{ORIGIN}\n1\n{root}\nmore\n")),
        ),
        bad(
            "size-zeroes",
            "a size with a leading zero",
            text(format!("{ORIGIN}\n01\n{root}\n")),
        ),
        bad(
            "size-sign",
            "a size with a sign",
            text(format!("{ORIGIN}\n+1\n{root}\n")),
        ),
        bad(
            "size-large",
            "a size of more than 64 bits",
            text(format!("{ORIGIN}\n18446744073709551616\n{root}\n")),
        ),
        bad(
            "root-short",
            "a root hash of 31 bytes",
            text(format!(
                "{ORIGIN}\n1\n{}\n",
                Base64::encode_string(&[1; 31])
            )),
        ),
        bad(
            "root-unpadded",
            "a root hash without padding",
            text(format!("{ORIGIN}\n1\n{}\n", root.trim_end_matches('='))),
        ),
        bad("origin-empty", "no origin", text(format!("\n1\n{root}\n"))),
        bad(
            "origin-other",
            "another log's origin under this log's signature",
            text(format!("log.other.example/other\n1\n{root}\n")),
        ),
        Vector::bad(
            "checkpoint/unsigned",
            Kind::NoteSignature,
            "signed by another log",
            other_log().sign(&format!("{ORIGIN}\n1\n{root}\n")),
        )
        .key("vkey", log().vkey()),
    ]
}
