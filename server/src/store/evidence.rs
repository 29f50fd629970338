//! Evidence: what is kept, sealed, of values that are destroyed otherwise, and who may open it once.

use raspiska_shared::digest::Digest;

use super::StoreError;

/// Sealed evidence and its openings.
pub trait Evidences {
    /// Keeps evidence of a receipt; what is there already stays as it is.
    ///
    /// Durable when it returns: it comes before the values are deleted.
    ///
    /// # Errors
    /// [`StoreError`].
    fn keep_evidence(&self, site: &str, evidence: &Evidence) -> Result<(), StoreError>;

    /// The evidence of a receipt.
    ///
    /// Sees every call that was acknowledged before: what was deleted must not be opened.
    ///
    /// # Errors
    /// [`StoreError`].
    fn evidence(&self, site: &str, receipt: &Digest) -> Result<Option<Evidence>, StoreError>;

    /// All that is kept of a site, what ends first before the others.
    ///
    /// Sees every call that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn evidences(&self, site: &str) -> Result<Vec<Held>, StoreError>;

    /// Puts an opening in the place of `before`. False: the evidence is gone, or somebody else was first.
    ///
    /// One transaction, durable when it returns: two people who read at once must not both succeed.
    ///
    /// # Errors
    /// [`StoreError`].
    fn set_opening(
        &self,
        site: &str,
        receipt: &Digest,
        before: Option<&Opening>,
        after: &Opening,
    ) -> Result<bool, StoreError>;

    /// Deletes the evidence of a receipt with its opening, if it is there. See [`super::Erasures::scrub`].
    ///
    /// Durable when it returns.
    ///
    /// # Errors
    /// [`StoreError`].
    fn delete_evidence(&self, site: &str, receipt: &Digest) -> Result<(), StoreError>;
}

/// The sealed values of a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The receipt that committed to them.
    pub receipt: Digest,
    /// The first moment at which it has to go, UNIX milliseconds.
    pub until: u64,
    /// Its key, wrapped by the vault's.
    pub wrapped: Vec<u8>,
    /// The disclosures, sealed with that key.
    pub sealed: Vec<u8>,
}

/// That there is evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Of which receipt.
    pub receipt: Digest,
    /// The first moment at which it has to go, UNIX milliseconds.
    pub until: u64,
    /// Its last opening.
    pub opening: Option<Opening>,
}

/// One opening: asked for by one person, confirmed by another, read once by the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// When it was asked for, UNIX milliseconds.
    pub asked: u64,
    /// The login of who asked.
    pub by: String,
    /// Why, in their words.
    pub reason: String,
    /// When it was confirmed, and by whom.
    pub confirmed: Option<(u64, String)>,
    /// When it was read.
    pub read: Option<u64>,
}
