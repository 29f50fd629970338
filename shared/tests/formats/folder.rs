//! Every file of `shared/vectors` does what its header says, and the generator writes these very files.

use std::collections::{BTreeMap, BTreeSet};

use base64ct::{Base64, Encoding as _};
use include_dir::{Dir, include_dir};
use raspiska_shared::{
    file::ReceiptFile,
    log::{
        LogError,
        checkpoint::Checkpoint,
        cosignature::WitnessKey,
        entry::Entry,
        note::{self, VerifierKey},
        proof::Proof,
        tile::{Level, TilePath},
        tree::{self, Hash},
    },
    problem::Kind,
    receipt::{Moment, Payload, Receipt, ReceiptError, admit},
    site::Site,
    status::Standing,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::{actors, vector};

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/vectors");

/// A vector as it lies in the folder.
pub(crate) struct Case {
    pub(crate) path: String,
    expect: Result<(), Kind>,
    keys: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Case {
    fn parse(path: &str, bytes: &[u8]) -> Self {
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap();
        let header = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut keys: BTreeMap<String, String> = header
            .lines()
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let expect = match keys.remove("expect").unwrap().as_str() {
            "ok" => Ok(()),
            slug => Err(Kind::from_slug(slug).unwrap()),
        };
        assert!(!keys.remove("comment").unwrap().is_empty());
        Self {
            path: path.to_owned(),
            expect,
            keys,
            body: bytes[end + 2..].to_vec(),
        }
    }

    fn key(&self, name: &str) -> &str {
        &self.keys[name]
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn vkey(&self) -> Result<VerifierKey, LogError> {
        self.key("vkey").parse()
    }

    fn run(&self) -> Result<(), Kind> {
        match self.path.split('/').next().unwrap() {
            "receipt" => Receipt::open(&self.body).map(drop).map_err(|e| e.kind()),
            "admit" => self.admit().map_err(|e| e.kind()),
            "note" => self.open_note().map_err(LogError::kind),
            "checkpoint" => self.open_checkpoint().map_err(LogError::kind),
            "proof" => self.verify_proof().map_err(LogError::kind),
            "cosignature" => self.find_cosignature().map_err(LogError::kind),
            "consistency" => self.verify_consistency().map_err(LogError::kind),
            "file" => {
                let trusted = self.keys.get("trusted").map(|vkey| vkey.parse().unwrap());
                ReceiptFile::parse(&self.body)
                    .and_then(|file| file.verify(trusted.as_ref()).map(drop))
                    .map_err(|error| error.kind())
            }
            "entry" => self.read_entry().map_err(LogError::kind),
            "tile" => self.read_tile_path(),
            "vkey" => self.read_vkey().map_err(LogError::kind),
            folder => panic!("nothing reads {folder}"),
        }
    }

    fn admit(&self) -> Result<(), ReceiptError> {
        let site: Site =
            serde_json::from_slice(FOLDER.get_file("site.json").unwrap().contents()).unwrap();
        let receipt = Receipt::open(&self.body)?;
        let moment = Moment {
            now: self.key("now").parse().unwrap(),
            signed_on: self.key("day"),
        };
        admit(&receipt, &site, &moment)?;
        let mut standing = Standing::default();
        if let Some(held) = self.keys.get("held") {
            standing.apply(&earlier(receipt.payload(), held), receipt.hash());
        }
        standing.check_withdrawals(receipt.payload())
    }

    fn open_note(&self) -> Result<(), LogError> {
        note::open(self.text(), &self.vkey()?).map(drop)
    }

    fn open_checkpoint(&self) -> Result<(), LogError> {
        Checkpoint::open(self.text(), &self.vkey()?).map(drop)
    }

    fn find_cosignature(&self) -> Result<(), LogError> {
        let key: WitnessKey = self.key("vkey").parse()?;
        let (text, lines) = note::parse(self.text())?;
        key.find(text, &lines).map(drop)
    }

    fn verify_proof(&self) -> Result<(), LogError> {
        let receipt = self.key("receipt").parse().unwrap();
        let proof = Proof::parse(self.text())?;
        proof.verify(&self.vkey()?, &receipt).map(drop)
    }

    fn read_entry(&self) -> Result<(), LogError> {
        let entry = Entry::parse(&self.body)?;
        assert_eq!(entry.site, self.key("site"));
        assert_eq!(entry.receipt.to_string(), self.key("receipt"));
        assert_eq!(entry.time.to_string(), self.key("time"));
        Ok(())
    }

    /// An address that no log has is answered like any other at which nothing is.
    fn read_tile_path(&self) -> Result<(), Kind> {
        let path: TilePath = self.text().parse().map_err(|_| Kind::NotFound)?;
        let level = match path.level {
            Level::Entries => "entries".to_owned(),
            Level::Hashes(level) => level.to_string(),
        };
        assert_eq!(level, self.key("level"));
        assert_eq!(path.index.to_string(), self.key("index"));
        assert_eq!(path.width.to_string(), self.key("width"));
        Ok(())
    }

    fn read_vkey(&self) -> Result<(), LogError> {
        let vkey: VerifierKey = self.text().parse()?;
        assert_eq!(vkey.name(), self.key("name"));
        Ok(())
    }

    fn verify_consistency(&self) -> Result<(), LogError> {
        let head = |name: &str| -> (u64, Hash) {
            let (size, root) = self.key(name).split_once(' ').unwrap();
            (size.parse().unwrap(), hash(root))
        };
        let ((old, old_root), (new, new_root)) = (head("old"), head("new"));
        let path: Vec<Hash> = self.text().lines().map(hash).collect();
        tree::verify_consistency(old, new, &path, &old_root, &new_root)
    }
}

fn hash(base64: &str) -> Hash {
    Base64::decode_vec(base64).unwrap().try_into().unwrap()
}

/// A receipt like `payload`, but deciding `purpose=state`.
fn earlier(payload: &Payload, held: &str) -> Payload {
    let (purpose, state) = held.split_once('=').unwrap();
    let state = serde_json::from_value(serde_json::json!(state)).unwrap();
    Payload {
        decisions: vec![actors::decision(purpose, state)],
        ..payload.clone()
    }
}

/// Every vector but the requests, which a test of the server sends.
pub(crate) fn cases() -> impl Iterator<Item = Case> {
    let files = FOLDER
        .dirs()
        .filter(|folder| !folder.path().ends_with("http"))
        .flat_map(Dir::files);
    files.map(|file| Case::parse(file.path().to_str().unwrap(), file.contents()))
}

#[test]
fn every_vector_does_what_its_header_says() {
    let wrong: Vec<String> = cases()
        .filter(|case| case.run() != case.expect)
        .map(|case| {
            format!(
                "{}: {:?} in place of {:?}",
                case.path,
                case.run(),
                case.expect
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_kind_that_needs_no_server_has_a_vector() {
    let shown: BTreeSet<Kind> = cases().filter_map(|case| case.expect.err()).collect();
    // A tile's path is the one address among the formats.
    let of_a_request = |kind: &Kind| *kind >= Kind::BadRequest && *kind != Kind::NotFound;
    let missing: Vec<_> = Kind::ALL
        .iter()
        .filter(|kind| !of_a_request(kind) && !shown.contains(kind))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(!shown.iter().any(of_a_request));
}

#[test]
fn the_generator_writes_what_lies_in_the_folder() {
    let lying: BTreeMap<String, &[u8]> = FOLDER
        .dirs()
        .flat_map(Dir::files)
        .chain(FOLDER.files())
        .map(|file| (file.path().to_str().unwrap().to_owned(), file.contents()))
        .collect();
    let made = vector::all();
    let differing: BTreeSet<&String> = made
        .iter()
        .filter(|(path, bytes)| lying.get(*path) != Some(&&bytes[..]))
        .map(|(path, _)| path)
        .chain(lying.keys().filter(|path| !made.contains_key(*path)))
        .collect();
    assert!(
        differing.is_empty(),
        "run `cargo run -p raspiska-shared --example vectors`: {differing:?}"
    );
}
