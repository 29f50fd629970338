//! The entry: what the log commits to. Only hashes and a time; nothing here is about a person.
//!
//! ```text
//! raspiska/entry/v1
//! <site>
//! <receipt hash, standard base64>
//! <time received, UNIX milliseconds, decimal>
//! ```
//! Each line is ended by LF.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{LogError, decimal, hash_from_base64, hash_to_base64, tree};
use crate::digest::Digest;

/// First line: keeps an entry from being read as any other text.
const LABEL: &str = "raspiska/entry/v1";

/// One entry of a site's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The site's id.
    pub site: String,
    /// The receipt's hash.
    pub receipt: Digest,
    /// When the server received it, UNIX milliseconds.
    pub time: u64,
}

impl Entry {
    /// The entry's exact bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let hash = hash_to_base64(self.receipt.as_bytes());
        format!("{LABEL}\n{}\n{hash}\n{}\n", self.site, self.time).into_bytes()
    }

    /// Reads an entry's exact bytes.
    ///
    /// # Errors
    /// [`LogError::EntryForm`] for anything that [`Self::to_bytes`] would not write.
    pub fn parse(bytes: &[u8]) -> Result<Self, LogError> {
        let text = core::str::from_utf8(bytes).map_err(|_| LogError::EntryForm)?;
        let text = text.strip_suffix('\n').ok_or(LogError::EntryForm)?;
        let mut lines = text.split('\n');
        let (Some(LABEL), Some(site), Some(hash), Some(time), None) = (
            lines.next(),
            lines.next(),
            lines.next(),
            lines.next(),
            lines.next(),
        ) else {
            return Err(LogError::EntryForm);
        };
        if site.is_empty() || site.chars().any(char::is_control) {
            return Err(LogError::EntryForm);
        }
        Ok(Self {
            site: site.to_string(),
            receipt: Digest::from_bytes(hash_from_base64(hash).ok_or(LogError::EntryForm)?),
            time: decimal(time).ok_or(LogError::EntryForm)?,
        })
    }

    /// Its leaf in the tree.
    #[must_use]
    pub fn leaf(&self) -> tree::Hash {
        tree::leaf_hash(&self.to_bytes())
    }
}
