//! What was signed: whatever a reader accepts under these keys has to be one of it, as no input can sign.

use std::{collections::BTreeSet, sync::LazyLock};

use ed25519_dalek::SigningKey;
use raspiska_shared::{
    digest::Digest,
    file::ReceiptFile,
    log::{
        checkpoint::Checkpoint,
        note::{self, NoteSigner, VerifierKey},
        proof::Proof,
    },
    receipt::{Moment, Receipt},
    site::Site,
};

use crate::vectors::{Vector, folder, read, root};

/// The server's clock when it gets the vectors' receipts: see `shared/vectors/admit`.
pub(crate) const MOMENT: Moment<'static> = Moment {
    now: 1_760_000_005,
    signed_on: "2025-10-09",
};

/// The origin of the vectors' log.
pub(crate) const ORIGIN: &str = "log.acme.example/acme";

/// The site of the vectors.
pub(crate) static SITE: LazyLock<Site> = LazyLock::new(|| {
    serde_json::from_slice(&read(&root().join("shared/vectors/site.json"))).unwrap()
});

/// Alice, Bob, the operator: `www/spec/README.md`.
pub(crate) fn signers() -> [SigningKey; 3] {
    [1, 2, 3].map(|byte| SigningKey::from_bytes(&[byte; 32]))
}

/// A log with the key of the vectors' log.
///
/// None if the name cannot be a key's.
pub(crate) fn log(name: &str) -> Option<NoteSigner> {
    NoteSigner::new(name, SigningKey::from_bytes(&[4; 32])).ok()
}

/// The hashes of all receipts that the vectors' people signed.
pub(crate) static RECEIPTS: LazyLock<BTreeSet<Digest>> = LazyLock::new(|| {
    let files = folder("file").into_iter().filter_map(|vector| {
        let file = ReceiptFile::parse(&vector.body).ok()?;
        Some(file.receipt.into_bytes())
    });
    ["receipt", "admit"]
        .into_iter()
        .flat_map(folder)
        .map(|vector| vector.body)
        .chain(files)
        .filter_map(|bytes| {
            // What is wrong may be outside the signed part.
            let token = bytes.split(|byte| *byte == b'~').next()?;
            Receipt::open(&[token, b"~"].concat()).ok()
        })
        .map(|receipt| receipt.hash())
        .collect()
});

/// All verifier keys of the vectors.
pub(crate) static KEYS: LazyLock<Vec<VerifierKey>> = LazyLock::new(|| {
    let texts: BTreeSet<String> = ["note", "checkpoint", "proof"]
        .into_iter()
        .flat_map(folder)
        .filter_map(|vector| vector.keys.get("vkey").cloned())
        .collect();
    texts.iter().filter_map(|text| text.parse().ok()).collect()
});

/// All texts that one of [`KEYS`] signed.
pub(crate) static TEXTS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut notes: Vec<String> = ["note", "checkpoint"]
        .into_iter()
        .flat_map(folder)
        .filter_map(|vector| vector.text().map(str::to_owned))
        .collect();
    let proofs = folder("proof");
    let proofs = proofs.iter().filter_map(Vector::text).map(str::to_owned);
    let files = folder("file");
    let files = files.iter().filter_map(|vector| {
        let file = ReceiptFile::parse(&vector.body).ok()?;
        Some(file.proof)
    });
    notes.extend(proofs.chain(files).filter_map(|text| {
        let proof = Proof::parse(&text).ok()?;
        Some(proof.checkpoint)
    }));
    notes
        .iter()
        .flat_map(|text| KEYS.iter().filter_map(|key| note::open(text, key).ok()))
        .map(str::to_owned)
        .collect()
});

/// Was this checkpoint signed?
pub(crate) fn is_signed(checkpoint: &Checkpoint) -> bool {
    log(&checkpoint.origin).is_some_and(|log| {
        let note = checkpoint.sign(&log);
        let text = note.split_once("\n\n").unwrap().0;
        TEXTS.contains(&format!("{text}\n"))
    })
}
