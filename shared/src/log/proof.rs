//! Proofs, C2SP tlog-proof: that an entry is in the log, to be checked offline.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <base64 of the entry>
//! index <decimal>
//! <base64 hash>*
//!
//! <checkpoint note>
//! ```
//! The extra data are the entry itself: its time is not known to a verifier otherwise. They are not trusted; the entry has
//! to name the receipt, and its hash has to lead to the root.

use alloc::{string::String, vec::Vec};
use base64ct::{Base64, Encoding as _};
use core::fmt::Write as _;

use super::{
    LogError,
    checkpoint::Checkpoint,
    decimal,
    entry::Entry,
    hash_from_base64, hash_to_base64,
    note::VerifierKey,
    tree::{self, Hash},
};
use crate::digest::Digest;

const LABEL: &str = "c2sp.org/tlog-proof@v1";

/// A tree of 2^64 leaves has paths of 64 hashes.
const MAX_HASHES: usize = 64;

/// An entry with its path to a signed root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What was logged.
    pub entry: Entry,
    /// Where.
    pub index: u64,
    /// The path, the leaf's sibling first.
    pub hashes: Vec<Hash>,
    /// The checkpoint's note, verbatim.
    pub checkpoint: String,
}

impl Proof {
    /// The proof's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(1024);
        let entry = Base64::encode_string(&self.entry.to_bytes());
        // Writing into a String does not fail.
        let _ = write!(text, "{LABEL}\nextra {entry}\nindex {}\n", self.index);
        for hash in &self.hashes {
            text.push_str(&hash_to_base64(hash));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads a proof's text.
    ///
    /// # Errors
    /// [`LogError::Proof`], or [`LogError::EntryForm`] if the extra data are not an entry.
    pub fn parse(text: &str) -> Result<Self, LogError> {
        // By bytes: the standard search for a text would be the largest part of this in the widget.
        let mut pairs = text.as_bytes().array_windows();
        let end = pairs
            .position(|pair| pair == b"\n\n")
            .ok_or(LogError::Proof)?;
        let (head, checkpoint) = (&text[..end], &text[end + 2..]);
        let mut lines = head.split('\n');
        let (Some(LABEL), Some(extra), Some(index)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(LogError::Proof);
        };
        let extra = extra.strip_prefix("extra ").ok_or(LogError::Proof)?;
        let entry = Base64::decode_vec(extra).map_err(|_| LogError::Proof)?;
        let index = index
            .strip_prefix("index ")
            .and_then(decimal)
            .ok_or(LogError::Proof)?;
        let hashes = lines
            .map(|line| hash_from_base64(line).ok_or(LogError::Proof))
            .collect::<Result<Vec<_>, _>>()?;
        if hashes.len() > MAX_HASHES {
            return Err(LogError::Proof);
        }
        Ok(Self {
            entry: Entry::parse(&entry)?,
            index,
            hashes,
            checkpoint: String::from(checkpoint),
        })
    }

    /// Checks that the log behind `vkey` has the entry of this receipt.
    ///
    /// # Errors
    /// [`LogError::EntryMismatch`], those of [`Checkpoint::open`], [`LogError::Inclusion`].
    pub fn verify(&self, vkey: &VerifierKey, receipt: &Digest) -> Result<Checkpoint, LogError> {
        if self.entry.receipt != *receipt {
            return Err(LogError::EntryMismatch);
        }
        let checkpoint = Checkpoint::open(&self.checkpoint, vkey)?;
        // The origin is `<log host>/<site>`.
        let mut bytes = checkpoint.origin.bytes();
        let site = bytes
            .rposition(|byte| byte == b'/')
            .map_or(0, |slash| slash + 1);
        let site = checkpoint.origin.get(site..);
        if site != Some(self.entry.site.as_str()) {
            return Err(LogError::EntryMismatch);
        }
        tree::verify_inclusion(
            self.index,
            checkpoint.size,
            self.entry.leaf(),
            &self.hashes,
            &checkpoint.root,
        )?;
        Ok(checkpoint)
    }
}
