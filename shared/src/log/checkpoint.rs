//! Checkpoints, C2SP tlog-checkpoint: origin, size and root of a tree, signed as a note. No extension lines.
//!
//! ```text
//! log.example.org/site
//! 20852163
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//! ```

use alloc::{
    format,
    string::{String, ToString},
};

use super::{
    LogError, decimal, hash_from_base64, hash_to_base64,
    note::{self, NoteSigner, VerifierKey},
    tree::Hash,
};

/// A tree head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: `<log host>/<site>`.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The signed note over this checkpoint.
    #[must_use]
    pub fn sign(&self, signer: &NoteSigner) -> String {
        let root = hash_to_base64(&self.root);
        signer.sign(&format!("{}\n{}\n{root}\n", self.origin, self.size))
    }

    /// The checkpoint in a note that the log's key signed. The key's name is the log's origin.
    ///
    /// # Errors
    /// As [`note::open`]; [`LogError::Checkpoint`] if the text is not a checkpoint; [`LogError::Origin`] if it is another
    /// log's.
    pub fn open(note: &str, vkey: &VerifierKey) -> Result<Self, LogError> {
        let checkpoint = Self::parse(note::open(note, vkey)?)?;
        if checkpoint.origin == vkey.name() {
            Ok(checkpoint)
        } else {
            Err(LogError::Origin)
        }
    }

    fn parse(text: &str) -> Result<Self, LogError> {
        let text = text.strip_suffix('\n').ok_or(LogError::Checkpoint)?;
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(LogError::Checkpoint);
        };
        if origin.is_empty() {
            return Err(LogError::Checkpoint);
        }
        Ok(Self {
            origin: origin.to_string(),
            size: decimal(size).ok_or(LogError::Checkpoint)?,
            root: hash_from_base64(root).ok_or(LogError::Checkpoint)?,
        })
    }
}
