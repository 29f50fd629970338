//! What the store promises of files that follow a receipt.

use super::{Sealed, StoreError};

/// Sealed files, beside the sealed values that tell of them.
pub trait Files {
    /// Keeps a file that belongs to a sealed value of the same entry and name; one that is there stays.
    ///
    /// One transaction, which looks whether that value is there: after an erasure nothing comes back. Durable when it returns.
    /// After an error it may have happened or not: to say the same again does no harm.
    ///
    /// # Errors
    /// [`StoreError`].
    fn add_file(&self, site: &str, file: &Sealed) -> Result<Added, StoreError>;

    /// A sealed file; none: it has not come, or was destroyed.
    ///
    /// Sees every [`Self::add_file`] and every append that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn file(&self, site: &str, index: u64, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// The names of the values of an entry whose files are there.
    ///
    /// As [`Self::file`].
    ///
    /// # Errors
    /// [`StoreError`].
    fn files(&self, site: &str, index: u64) -> Result<Vec<String>, StoreError>;
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is there now.
    New,
    /// It was there before.
    Known,
    /// The value that tells of it is not there.
    Ownerless,
}
