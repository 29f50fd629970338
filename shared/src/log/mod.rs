//! The transparency log: RFC 6962 hashing, C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles and
//! tlog-proof.
//!
//! In scope: formats, hashing, making and verifying proofs. Out of scope: keeping a log, which is the server's sequencer
//! and store.

pub mod checkpoint;
pub mod cosignature;
pub mod entry;
pub mod note;
pub mod proof;
pub mod tile;
pub mod tree;

use alloc::string::{String, ToString as _};

use crate::problem::Kind;

/// Why a text of the log is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// Not a checkpoint. C2SP tlog-checkpoint.
    #[error(
        "not a checkpoint: three lines with origin, size and root hash are expected, and no others"
    )]
    Checkpoint,
    /// Two checkpoints do not belong to one log.
    #[error("the proof does not lead from the smaller checkpoint to the larger one")]
    Consistency,
    /// The witness's cosignature does not verify, or there is none.
    #[error("no cosignature by the witness's key verifies")]
    Cosignature,
    /// Not an entry.
    #[error(
        "not a log entry: four lines with raspiska/entry/v1, site, receipt hash and time are expected"
    )]
    EntryForm,
    /// An entry of something else.
    #[error("the entry in the proof is not the one of this receipt")]
    EntryMismatch,
    /// The proof and the root disagree.
    #[error("the proof does not lead from the entry to the checkpoint's root hash")]
    Inclusion,
    /// Not a note. C2SP signed-note.
    #[error("not a signed note: text, an empty line and signature lines are expected")]
    Note,
    /// The known key's signature does not verify, or there is none.
    #[error("no signature by the log's key verifies")]
    NoteSignature,
    /// The checkpoint is of another log.
    #[error("the checkpoint is of another log than the key")]
    Origin,
    /// Not a proof. C2SP tlog-proof.
    #[error(
        "not a proof: c2sp.org/tlog-proof@v1, extra, index, hashes, an empty line and a checkpoint are expected"
    )]
    Proof,
    /// Not a verifier key. C2SP signed-note.
    #[error(
        "not a verifier key: name+hex key id+base64 of signature type and Ed25519 key is expected"
    )]
    Vkey,
}

impl LogError {
    /// The kind, for answers, vectors and counts.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Checkpoint | Self::Origin => Kind::Checkpoint,
            Self::Consistency => Kind::Consistency,
            Self::EntryForm | Self::EntryMismatch => Kind::Entry,
            Self::Inclusion => Kind::Inclusion,
            Self::Note => Kind::Note,
            Self::Cosignature | Self::NoteSignature => Kind::NoteSignature,
            Self::Proof => Kind::Proof,
            Self::Vkey => Kind::Vkey,
        }
    }
}

/// A non-negative decimal without leading zeroes, sign or space: the only spelling that the C2SP texts allow.
fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A hash in standard base64 with padding.
fn hash_from_base64(text: &str) -> Option<tree::Hash> {
    use base64ct::Encoding as _;
    let mut hash = [0; 32];
    match base64ct::Base64::decode(text, &mut hash) {
        Ok(decoded) if decoded.len() == 32 => Some(hash),
        _ => None,
    }
}

fn hash_to_base64(hash: &tree::Hash) -> String {
    use base64ct::Encoding as _;
    base64ct::Base64::encode_string(hash)
}
