//! The store: what it keeps, and the consistency that each call needs of whoever implements it.
//!
//! A driver is trusted and must neither lose nor roll back what it acknowledged. Calls block: handlers make them off the
//! async threads. The sequencer is the only caller of [`Store::append`], but a driver does not rely on that.

mod counts;
mod deliveries;
mod erasures;
mod evidence;
mod facts;
mod files;
mod keys;
mod notices;
mod office;
mod requests;
mod sqlite;

use std::{collections::BTreeMap, ops::RangeInclusive};

use raspiska_shared::{digest::Digest, log::tree::Hash, party::SubjectId};

pub use counts::{CountEvent, Counted, Counts};
pub use deliveries::{
    Acknowledgement, Deliveries, Delivery, EventKind, Hook, Outcome, Settled, Waiting,
};
pub use erasures::{Erased, Erasures, Mark, MarkError, Scrubbed};
pub use evidence::{Evidence, Evidences, Held, Opening};
pub use facts::{Fact, FactKind, Facts};
pub use files::{Added, Files};
pub use keys::{KeyOf, KeyPeriod, Rewrap, Role, Rotation};
pub use notices::{Notice, Notices, Unheard};
pub use office::{Access, Account, OfficeRole, Offices, Session};
pub use requests::{Case, Channel, Request, RequestState, Requests, Step, Which};
pub use sqlite::Sqlite;
pub(crate) use sqlite::{By, LogId, Pair, Snapshot};

/// Where receipts, the log and the sealed personal data are kept, and what the office does with them.
pub trait Store:
    Deliveries + Erasures + Evidences + Facts + Files + Notices + Offices + Requests + Send + Sync
{
    /// Which logs and which vault the store belongs to.
    ///
    /// Reads what was last committed. Called once, at the start.
    ///
    /// # Errors
    /// [`StoreError`].
    fn identities(&self) -> Result<Identities, StoreError>;

    /// Begins the logs of new sites, and the vault if there is none; their keys are in force since `time`, UNIX milliseconds.
    ///
    /// One transaction, durable when it returns; fails, changing nothing, if one of the sites has a log or the vault has
    /// another check value.
    ///
    /// # Errors
    /// [`StoreError`].
    fn establish(
        &self,
        time: u64,
        vault: &Digest,
        logs: &[(String, Identity, Head)],
    ) -> Result<(), StoreError>;

    /// Every key there is and was: by site, then role, oldest first.
    ///
    /// Reads what was last committed.
    ///
    /// # Errors
    /// [`StoreError`].
    fn keys(&self) -> Result<Vec<KeyPeriod>, StoreError>;

    /// Ends the period of one key at `time`, UNIX milliseconds, and begins that of the next.
    ///
    /// One transaction, durable when it returns. After an error it may have happened or not; the caller has to look.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], changing nothing, if another key is in force, the log is elsewhere, or the period of the
    /// old key would be empty; others.
    fn rotate(&self, time: u64, rotation: &Rotation<'_>) -> Result<(), StoreError>;

    /// Is there room and right to write? Makes a durable write that changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]: why an append would fail.
    fn probe(&self) -> Result<(), StoreError>;

    /// The signed head of a log.
    ///
    /// Reads the last committed append, also one of another process; never an earlier head than a call before gave.
    ///
    /// # Errors
    /// [`StoreError`].
    fn head(&self, site: &str) -> Result<Head, StoreError>;

    /// Appends to a log.
    ///
    /// Serializable: compares the log's size and root with `batch.from` and moves the head, the tiles, the rows and the
    /// vault together or not at all. Durable when it returns `Ok`, also over a loss of power. After an error it may have
    /// happened or not; the caller has to look.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the log is not where the batch begins; others.
    fn append(&self, site: &str, batch: &Batch<'_>) -> Result<(), StoreError>;

    /// The hashes of a tile, as many as it has by now; none: there is no such tile.
    ///
    /// Tiles only grow, so a read after [`Self::head`] has at least what that head covers.
    ///
    /// # Errors
    /// [`StoreError`].
    fn tile(&self, site: &str, level: u8, index: u64) -> Result<Option<Vec<Hash>>, StoreError>;

    /// What was logged under a receipt's hash.
    ///
    /// Sees every append that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn row(&self, site: &str, receipt: &Digest) -> Result<Option<Row>, StoreError>;

    /// Index and time of each of these receipts that was logged, in their order: for the sequencer's check of a whole batch.
    ///
    /// Sees every append that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn positions(
        &self,
        site: &str,
        receipts: &[Digest],
    ) -> Result<Vec<Option<Position>>, StoreError>;

    /// All rows of one subject, in the order of the log.
    ///
    /// Sees every append that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn history(&self, site: &str, subject: &SubjectId) -> Result<Vec<Row>, StoreError>;

    /// Hashes and times of up to `count` entries from index `first` on. Entries never change: any snapshot will do.
    ///
    /// # Errors
    /// [`StoreError`].
    fn entries(&self, site: &str, first: u64, count: u16)
    -> Result<Vec<(Digest, u64)>, StoreError>;

    /// Up to `count` rows from index `first` on. Rows never change: any snapshot will do.
    ///
    /// # Errors
    /// [`StoreError`].
    fn rows(&self, site: &str, first: u64, count: u16) -> Result<Vec<Row>, StoreError>;

    /// The wrapped key of a subject; none: no personal data, or erased.
    ///
    /// Sees every append that was acknowledged before: a key that was erased must not come back.
    ///
    /// # Errors
    /// [`StoreError`].
    fn subject_key(&self, site: &str, subject: &SubjectId) -> Result<Option<Vec<u8>>, StoreError>;

    /// The sealed disclosures of one entry.
    ///
    /// # Errors
    /// [`StoreError`].
    fn sealed(&self, site: &str, index: u64) -> Result<Vec<Sealed>, StoreError>;

    /// Up to `count` rows that have sealed disclosures, from index `first` on, in the order of the log. Any snapshot will do.
    ///
    /// # Errors
    /// [`StoreError`].
    fn disclosing(&self, site: &str, first: u64, count: u16) -> Result<Vec<Row>, StoreError>;

    /// What was last published of a log with witnesses; none: it has none.
    ///
    /// Reads what [`Self::publish`] acknowledged last. Called once, at the start.
    ///
    /// # Errors
    /// [`StoreError`].
    fn published(&self, site: &str) -> Result<Option<Published>, StoreError>;

    /// Notes what is published of a log with witnesses, or that it has none any more.
    ///
    /// One transaction, durable when it returns: it comes before anybody is shown the checkpoint.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], changing nothing, if a larger one was published before; others.
    fn publish(&self, site: &str, published: Option<&Published>) -> Result<(), StoreError>;

    /// What was counted on these days, `YYYY-MM-DD`.
    ///
    /// Sees every [`Self::set_counts`] that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn counts(&self, site: &str, days: RangeInclusive<&str>) -> Result<Counts, StoreError>;

    /// Says how often each of these was counted; what is not among them stays as it is.
    ///
    /// One transaction. After an error it may have happened or not: to say the same again does no harm.
    ///
    /// # Errors
    /// [`StoreError`].
    fn set_counts(&self, site: &str, counts: &Counts) -> Result<(), StoreError>;
}

/// What a store belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identities {
    /// Check value of the vault's key; none: the store is new.
    pub vault: Option<Digest>,
    /// The logs by site.
    pub logs: BTreeMap<String, Identity>,
}

/// Whose log it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The log's verifier key; its name is the origin.
    pub vkey: String,
    /// Thumbprint of the operator's key.
    pub operator: SubjectId,
}

/// The head of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The signed checkpoint that says so.
    pub checkpoint: String,
}

/// What is shown of a log with witnesses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// How many entries.
    pub size: u64,
    /// The signed checkpoint that says so, with the cosignatures that it has.
    pub checkpoint: String,
    /// For each witness, by its verifier key, how many entries it is known to have confirmed.
    pub confirmed: BTreeMap<String, u64>,
}

/// One logged receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its index in the log.
    pub index: u64,
    /// Its hash.
    pub receipt: Digest,
    /// When it was received, UNIX milliseconds.
    pub time: u64,
    /// Whose status it changes.
    pub subject: SubjectId,
    /// `header.payload.signature`.
    pub token: String,
}

/// Where a receipt was logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Its index in the log.
    pub index: u64,
    /// When it was received, UNIX milliseconds.
    pub time: u64,
}

/// One sealed disclosure, or the file that it tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The entry that it belongs to.
    pub index: u64,
    /// The form field's id.
    pub name: String,
    /// Ciphertext, bound to its receipt and name.
    pub blob: Vec<u8>,
}

/// One append: everything that one transaction writes.
#[derive(Clone, Debug)]
pub struct Batch<'a> {
    /// Where the log has to be: size and root.
    pub from: (u64, Hash),
    /// Where it is afterwards.
    pub head: &'a Head,
    /// The new rows, by index.
    pub rows: &'a [Row],
    /// The tiles that grew: level, index, all hashes.
    pub tiles: &'a [(u8, u64, &'a [Hash])],
    /// Wrapped keys of subjects that had none.
    pub keys: &'a [(SubjectId, Vec<u8>)],
    /// What was sealed for the new rows.
    pub sealed: &'a [Sealed],
    /// Entries before this batch whose sealed values are deleted, and with the last ones of a subject its key.
    pub erased: &'a [Erased],
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else holds on to it.
    #[error("the store is in use by another process; end it and try again")]
    Busy,
    /// The log is not where the batch begins.
    #[error(
        "the log moved: another writer is at work, or an earlier append was persisted after all"
    )]
    Conflict,
    /// What is stored contradicts itself.
    #[error("the store is damaged: {0}; restore it from a backup")]
    Damaged(&'static str),
    /// Nothing was stored yet.
    #[error("there is no store in this file yet; the first start makes it")]
    Empty,
    /// Not a database, or not ours.
    #[error(
        "this is not a store of raspiska: it is another program's file, or its first page is destroyed; point --data at the right directory, or restore the store from a backup"
    )]
    Foreign,
    /// SQLite takes names in UTF-8.
    #[error("the name of the file is not UTF-8; give it another")]
    Name,
    /// The database or the file below it.
    #[error("the store failed: {0}; look at the disk and at what the system says of it")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No space left.
    #[error(
        "the disk of the store is full; free some space, then it goes on by itself, and nothing that was confirmed is lost"
    )]
    Full,
    /// What was deleted cannot be overwritten.
    #[error(
        "what was erased is still in the store's file after writing it anew; look at the disk and at what else has the file, then try again"
    )]
    Remains,
    /// It can be read and not written.
    #[error(
        "the store cannot be written; make its file, its directory and their disk writable for the server"
    )]
    ReadOnly,
    /// Made by another version, or not ours.
    #[error(
        "the store has schema {found}, this program writes {expected}; use the version that made it"
    )]
    Schema {
        /// In the file.
        found: i64,
        /// Ours.
        expected: i64,
    },
    /// No log of that site.
    #[error("the store has no log of that site")]
    UnknownSite,
    /// SQLite cannot read the file where it is.
    #[error(
        "the store cannot be read here ({0}); SQLite needs to write beside a store that has a write-ahead log: copy store.sqlite and store.sqlite-wal to a directory of yours, and look there"
    )]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
