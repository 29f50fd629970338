//! Facts: what the office knows and no receipt says. They change no consent, and duties follow from them.

use raspiska_shared::{
    digest::Digest, party::SubjectId, purpose::PurposeId, receipt::Uuid, term::Anchor,
};

use super::StoreError;

/// Where facts are kept, in the order in which they came.
pub trait Facts {
    /// Adds a fact.
    ///
    /// One transaction, durable when it returns. A fact whose id is there already stays as it is: after an error it may have
    /// been added or not, and to say it again does no harm.
    ///
    /// # Errors
    /// [`StoreError`].
    fn add_fact(&self, site: &str, fact: &Fact) -> Result<(), StoreError>;

    /// Up to `count` facts with numbers above `after`, each with its number, in their order.
    ///
    /// Sees every fact that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn facts(&self, site: &str, after: u64, count: u16) -> Result<Vec<(u64, Fact)>, StoreError>;

    /// All facts of one subject, in their order.
    ///
    /// Sees every fact that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn facts_of(&self, site: &str, subject: &SubjectId) -> Result<Vec<Fact>, StoreError>;
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its id, made by whoever states it.
    pub id: Uuid,
    /// When it happened, UNIX milliseconds: what a term is counted from.
    pub time: u64,
    /// What happened.
    pub kind: FactKind,
    /// Whose data; none: it is about no one person, such as an incident.
    pub subject: Option<SubjectId>,
    /// About this receipt alone.
    pub receipt: Option<Digest>,
    /// About this purpose alone.
    pub purpose: Option<PurposeId>,
    /// The duty that was done or extended, or for which data are blocked.
    pub duty: Option<Digest>,
    /// Digest of the notice that was sent, where one has to be.
    pub notice: Option<Digest>,
    /// The login of whoever stated it.
    pub by: String,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactKind {
    /// An event that terms are counted from.
    Event(Anchor),
    /// A block was lifted.
    Unblocked,
    /// More time was taken for a duty, with a notice that gives reasons.
    Extended,
    /// A duty was done.
    Done,
}

impl FactKind {
    /// Its word in the store and in output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Event(anchor) => anchor.word(),
            Self::Unblocked => "unblocked",
            Self::Extended => "extended",
            Self::Done => "done",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Unblocked, Self::Extended, Self::Done]
            .into_iter()
            .find(|kind| kind.word() == word)
            .or_else(|| Anchor::from_word(word).map(Self::Event))
    }
}
