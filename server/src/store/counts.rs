//! Counts: how often pages told of something, by day. Statistics, not evidence: nothing here is about a person, and nothing
//! rests on it.

use std::collections::BTreeMap;

/// How often each was told of.
pub type Counts = BTreeMap<Counted, u64>;

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    /// The day where the operator is, `YYYY-MM-DD`.
    pub day: String,
    /// What happened.
    pub event: CountEvent,
    /// To which category of cookies; empty where it is about none.
    pub category: String,
}

/// What a page tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CountEvent {
    /// The banner was shown.
    Shown,
    /// Somebody went through the preferences.
    Chosen,
    /// A category was given.
    Given,
    /// A category was refused.
    Refused,
}

impl CountEvent {
    /// Every event.
    pub const ALL: [Self; 4] = [Self::Shown, Self::Chosen, Self::Given, Self::Refused];

    /// Its word, in bodies and in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Chosen => "chosen",
            Self::Given => "given",
            Self::Refused => "refused",
        }
    }

    /// The event with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.word() == word)
    }

    /// Is it about a category?
    #[must_use]
    pub const fn has_category(self) -> bool {
        matches!(self, Self::Given | Self::Refused)
    }
}
