//! Deliveries to the operator's other systems: what waits, what was given up, what was acknowledged.

use std::ops::Range;

use raspiska_shared::{digest::Digest, party::SubjectId};

use super::{Row, StoreError};

/// Hooks with their places in the log, and what became of each event.
pub trait Deliveries {
    /// Up to `count` rows from index `first` on, in the order of the log; a row whose text was destroyed is not among them.
    ///
    /// Entries never change, but a text that was destroyed must not come back.
    ///
    /// # Errors
    /// [`StoreError`].
    fn outbox(&self, site: &str, first: u64, count: u16) -> Result<Vec<Row>, StoreError>;

    /// Begins a hook at index `next`; one that is there already stays where it is.
    ///
    /// Durable when it returns.
    ///
    /// # Errors
    /// [`StoreError`].
    fn begin_hook(&self, site: &str, hook: &str, next: u64) -> Result<(), StoreError>;

    /// All hooks that a site ever had, by name.
    ///
    /// Reads what was last committed, also by another process.
    ///
    /// # Errors
    /// [`StoreError`].
    fn hooks(&self, site: &str) -> Result<Vec<Hook>, StoreError>;

    /// Moves a hook from the beginning of `range` to its end, and notes what it is to be told of in between. What is dead or
    /// waiting among it begins anew.
    ///
    /// One transaction, durable when it returns.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], changing nothing, if the hook is elsewhere; others.
    fn claim(
        &self,
        site: &str,
        hook: &str,
        range: Range<u64>,
        events: &[Waiting],
    ) -> Result<(), StoreError>;

    /// Up to `count` deliveries that may be tried at `now`, UNIX milliseconds, in the order of the log: of each subject the
    /// first that waits. Notices have an order of their own.
    ///
    /// Sees everything that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn due(
        &self,
        site: &str,
        hook: &str,
        now: u64,
        count: u16,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// Everything that is not delivered, dead or not, in the order of the log.
    ///
    /// Reads what was last committed, also by another process.
    ///
    /// # Errors
    /// [`StoreError`].
    fn undelivered(&self, site: &str, hook: &str) -> Result<Vec<Delivery>, StoreError>;

    /// Notes what came of attempts. To say the same again does no harm.
    ///
    /// One transaction, durable when it returns. After an error it may have happened or not.
    ///
    /// # Errors
    /// [`StoreError`].
    fn settle(&self, site: &str, hook: &str, settled: &[Settled]) -> Result<(), StoreError>;

    /// Takes a hook back to index `next`, if it is further: what follows is delivered again.
    ///
    /// Durable when it returns. A server that is at work notices.
    ///
    /// # Errors
    /// [`StoreError`].
    fn rewind(&self, site: &str, hook: &str, next: u64) -> Result<(), StoreError>;

    /// Has these delivered, once more or at last.
    ///
    /// One transaction, durable when it returns. A server that is at work notices.
    ///
    /// # Errors
    /// [`StoreError`].
    fn redeliver(&self, site: &str, hook: &str, events: &[Waiting]) -> Result<(), StoreError>;

    /// Ends the time in which nothing is sent; what waits may be tried at once.
    ///
    /// Durable when it returns. A server that is at work notices.
    ///
    /// # Errors
    /// [`StoreError`].
    fn resume(&self, site: &str, hook: &str) -> Result<(), StoreError>;

    /// Who acknowledged what a receipt brought about, in the order in which they did.
    ///
    /// Sees everything that was settled before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn acknowledgements(
        &self,
        site: &str,
        receipt: &Digest,
    ) -> Result<Vec<Acknowledgement>, StoreError>;
}

/// What other systems are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Consent was given.
    Given,
    /// Something was decided, and nothing of it given or withdrawn.
    Changed,
    /// Consent was withdrawn.
    Withdrawn,
    /// The term of a consent ended.
    Expired,
    /// Personal data were destroyed.
    Erased,
    /// Somebody asked for something.
    RequestOpened,
    /// The last day of a duty is near.
    DutyNear,
}

/// Where a hook is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Its name.
    pub name: String,
    /// It was not told of the entries from here on.
    pub next: u64,
    /// Since when nothing is sent to it, UNIX milliseconds; none: it is on.
    pub off: Option<u64>,
    /// How many events wait.
    pub waiting: u64,
    /// When the oldest of them happened, UNIX milliseconds.
    pub oldest: Option<u64>,
    /// How many were given up.
    pub dead: u64,
}

/// Something that a hook is to be told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What happened.
    pub kind: EventKind,
    /// The index of the entry that says so; of a notice, its place.
    pub index: u64,
    /// Whose data it is about.
    pub subject: SubjectId,
    /// When it happened, UNIX milliseconds.
    pub time: u64,
}

/// One event on its way to one hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What it is about.
    pub event: Waiting,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was tried last, UNIX milliseconds; 0: never.
    pub tried: u64,
    /// It is not tried again for so long, milliseconds.
    pub wait: u64,
    /// Since when it is not tried any more.
    pub dead: Option<u64>,
    /// What the last attempt met.
    pub said: String,
}

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Of which event.
    pub kind: EventKind,
    /// Its index.
    pub index: u64,
    /// How often it was tried by now.
    pub attempts: u32,
    /// When, UNIX milliseconds.
    pub time: u64,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Acknowledged {
        /// The receipt that it is about; of a notice, the digest of its id.
        receipt: Digest,
        /// The HTTP status.
        status: u16,
    },
    /// It is tried no more.
    Dead {
        /// What the attempt met.
        said: String,
    },
    /// The receiver wants nothing any more.
    Gone {
        /// What the attempt met.
        said: String,
    },
    /// There is nothing left to tell.
    Over,
    /// It is tried again.
    Later {
        /// Not for so long, milliseconds.
        wait: u64,
        /// What the attempt met.
        said: String,
    },
}

/// A receiver had it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Which hook.
    pub hook: String,
    /// Of what.
    pub kind: EventKind,
    /// The entry's index.
    pub index: u64,
    /// When, UNIX milliseconds.
    pub time: u64,
    /// The HTTP status.
    pub status: u16,
    /// How often it was tried.
    pub attempts: u32,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Given,
        Self::Changed,
        Self::Withdrawn,
        Self::Expired,
        Self::Erased,
        Self::RequestOpened,
        Self::DutyNear,
    ];

    /// Its word, in site.toml, in bodies and in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Given => "consent.given",
            Self::Changed => "consent.changed",
            Self::Withdrawn => "consent.withdrawn",
            Self::Expired => "consent.expired",
            Self::Erased => "data.erased",
            Self::RequestOpened => "request.opened",
            Self::DutyNear => "duty.near",
        }
    }

    /// Is it told by a notice, and not by an entry of the log?
    #[must_use]
    pub const fn is_notice(self) -> bool {
        matches!(self, Self::RequestOpened | Self::DutyNear)
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
