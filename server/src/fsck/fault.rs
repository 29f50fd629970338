//! What can be wrong with a store, and where. None of it is personal data.

use std::fmt;

use raspiska_shared::{digest::Digest, log::LogError, receipt::ReceiptError};

use crate::{
    erasure::{ActId, JournalError},
    keys::KeyError,
    store::StoreError,
};

/// Where something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the store as a whole.
    Store,
    /// In a site's log as a whole.
    Log(String),
    /// At one entry.
    Entry {
        site: String,
        index: u64,
        /// None: it is not there.
        receipt: Option<Digest>,
    },
    /// In one tile.
    Tile {
        site: String,
        level: i64,
        index: i64,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store => f.write_str("store"),
            Self::Log(site) => write!(f, "{site}"),
            Self::Entry {
                site,
                index,
                receipt: Some(receipt),
            } => write!(f, "{site}, entry {index}, receipt {receipt}"),
            Self::Entry {
                site,
                index,
                receipt: None,
            } => write!(f, "{site}, entry {index}"),
            Self::Tile { site, level, index } => write!(f, "{site}, tile {level}/{index}"),
        }
    }
}

macro_rules! faults {
    ($($(#[$meta:meta])* $variant:ident $(($($field:ty),+))? = $slug:literal;)*) => {
        /// What is wrong. The word in quotes is the fault's name in the machine's report.
        #[derive(Debug, thiserror::Error)]
        pub(crate) enum Fault {
            $($(#[$meta])* $variant $(($($field),+))?,)*
        }

        impl Fault {
            /// Its name in the machine's report.
            pub(crate) fn slug(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $slug,)*
                }
            }
        }
    };
}

faults! {
    // The store.
    #[error("{0}")]
    Damaged(&'static str) = "damaged";
    #[error("{0}")]
    Foreign(StoreError) = "damaged";
    #[error("table {0} has rows of a log that is not there")]
    Stray(&'static str) = "stray";
    #[error("{0}")]
    Journal(JournalError) = "journal";
    #[error("{0}")]
    Key(KeyError) = "key";
    #[error("the lookup by {0} has {1} rows of no entry")]
    Lookup(&'static str, u64) = "lookup";
    #[error("vault.key is not the key that the personal data are sealed with")]
    VaultKey = "vault-key";
    #[error("there are logs, but no check value of the vault's key")]
    NoVault = "vault-key";

    // A log.
    #[error("the stored verifier key is none: {0}")]
    Vkey(LogError) = "vkey";
    #[error("the log's origin is {0}, by the site's directory it is {1}")]
    Origin(String, String) = "origin";
    #[error("the periods of its {0} keys do not follow each other, or another key is in force")]
    Periods(&'static str) = "periods";
    #[error("the log's key file is not the key of the stored log")]
    LogKey = "log-key";
    #[error("the operator's key file is not the key that the store names")]
    OperatorKey = "operator-key";
    #[error("the checkpoint does not hold: {0}")]
    Checkpoint(LogError) = "checkpoint";
    #[error("size or root of the stored head are not those of its checkpoint")]
    Head = "head";
    #[error("the tiles do not lead to the root of the head")]
    Root = "root";
    #[error("the published checkpoint does not hold: {0}")]
    Published(LogError) = "published";
    #[error("the published checkpoint is not over a beginning of this log")]
    PublishedTree = "published";
    #[error("a witness is noted that is none, or with more entries than the log has")]
    Witness = "witness";
    #[error("neither entries nor tiles are stored from entry {0} on; the head has {1} entries")]
    Lost(u64, u64) = "entry-missing";
    #[error("{0} {1} lie beyond the head")]
    Beyond(u64, &'static str) = "entry-beyond";
    #[error("{0} sealed values belong to no entry of the log")]
    SealedBeyond(u64) = "sealed-beyond";
    #[error("the wrapped key of subject {0} is left, though nothing is sealed with it")]
    KeyLeft(Digest) = "key-left";

    // A tile.
    #[error("the tile is missing")]
    TileMissing = "tile-missing";
    #[error("the tile has {0} hashes, the log's size asks for {1}")]
    TileWidth(usize, u16) = "tile-width";
    #[error("hash {0} is not the one of the tile below it")]
    TileHash(usize) = "tile-hash";
    #[error("the tile lies beyond the head")]
    TileBeyond = "tile-beyond";

    // An entry.
    #[error("the entry is missing, or cannot be read")]
    Missing = "entry-missing";
    #[error("receipt hash and time do not give the leaf that is in the tile")]
    Leaf = "leaf";
    #[error("the receipt itself is missing")]
    NoToken = "receipt-missing";
    #[error("the stored receipt is not the one of this hash")]
    Hash = "hash";
    #[error("the stored receipt does not hold: {0}")]
    Receipt(ReceiptError) = "receipt";
    #[error("it is stored for another subject than the one that signed")]
    Subject = "subject";
    #[error("a statement of the operator, but no key signed it that was the operator's at the time")]
    Operator = "operator";
    #[error("the statement concerns a receipt that was not logged before it")]
    Of = "of";
    #[error("it is stored for another subject than the receipt that it concerns")]
    OfSubject = "subject";
    #[error("it does not fit the site's directory: {0}")]
    Documents(ReceiptError) = "documents";
    #[error("it withdraws what was not given")]
    Withdrawal = "withdrawal";
    #[error("the lookup by {0} does not find it")]
    NotFound(&'static str) = "lookup";

    // Personal data.
    #[error("{0} of its {1} signed values are sealed; an erasure would have taken all")]
    SealedCount(usize, usize) = "sealed-count";
    #[error("its signed values are gone, and neither the log nor the journal of erasures says that they were destroyed")]
    SealedLost = "sealed-count";
    #[error("its sealed values are there, though the log says that they were destroyed")]
    Kept = "erased-kept";
    #[error("its sealed values are there, though they were destroyed under act {0}: the store is from before; start the server, which destroys them again")]
    Returned(ActId) = "erased-returned";
    #[error("act {0} in the journal of erasures has an order that no key of the operator signed")]
    Forged(ActId) = "erased-forged";
    #[error("it has sealed values, but its subject has no key; they cannot be opened any more")]
    NoKey = "subject-key";
    #[error("the wrapped key of its subject does not open")]
    WrappedKey = "subject-key";
    #[error("the sealed value {0:?} does not open")]
    Sealed(String) = "sealed";
    #[error("the sealed value {0:?} is not one that was signed under this name")]
    SealedOther(String) = "sealed-other";
    #[error("sealed values are left of an entry that is not there")]
    SealedAlone = "sealed-beyond";
    #[error("evidence is kept of it, and no act in the journal of erasures keeps any; restore the journal, or look who put it there")]
    EvidenceAlone = "evidence-alone";
    #[error("by the journal of erasures evidence is kept of it, and it is not there: it was deleted, or the values had gone before it could be kept")]
    EvidenceLost = "evidence-lost";
    #[error("its evidence is kept for another term than its act says")]
    EvidenceTerm = "evidence-term";
    #[error("its evidence does not open, or is not what was signed")]
    Evidence = "evidence";
    #[error("a file is there for {0:?}, and no sealed value that tells of it; an erasure would have taken both")]
    FileAlone(String) = "file-alone";
    #[error("the file of {0:?} does not open")]
    File(String) = "file";
    #[error("the file of {0:?} is not the one that was signed")]
    FileOther(String) = "file-other";
}
