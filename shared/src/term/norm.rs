//! A norm with a term: what has to be done, by when, counted from which event. All of it is data.

use alloc::string::{String, ToString};
use core::{fmt, str::FromStr};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::deadline::{OffDay, Term};
use crate::lang::Localized;

/// The id of a norm: `152-fz-21-5-destroy`. 1–64 characters of `a-z`, `0-9` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct NormId(String);

/// The text is not the id of a norm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a norm's id is 1 to 64 characters of a-z, 0-9 and -")]
pub struct NormIdError;

/// How far a statement about the law was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Mark {
    /// Read in the text of the law itself.
    P,
    /// Read in a source that quotes or explains it.
    S,
    /// From memory: a lawyer has to confirm it.
    M,
}

/// The event that a term is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the law's own events")]
pub enum Anchor {
    // What becomes of a consent and of what it allowed.
    ApplicantRefused,
    ConsentExpired,
    ConsentWithdrawn,
    ContractEnded,
    PurposeReached,
    // What somebody asks for.
    AccessRequested,
    AdvertisingStopRequested,
    AuthorityAsked,
    AutomatedDecisionObjected,
    DisseminationStopRequested,
    InaccuracyClaimed,
    InaccuracyProved,
    ProcessingStopRequested,
    UnlawfulnessClaimed,
    UnlawfulnessProved,
    // What happens to the operator.
    Blocked,
    Destroyed,
    IncidentFound,
    ProcessingEnded,
    RegisterChanged,
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Answer, or refuse with reasons.
    Answer,
    /// Block for as long as it is looked into.
    Block,
    /// Correct.
    Correct,
    /// Destroy.
    Destroy,
    /// Keep at least so long.
    Keep,
    /// Tell the authority.
    Notify,
    /// Tell the authority what came of it.
    Report,
    /// Stop.
    Stop,
}

/// A norm with a term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Norm {
    /// Its id.
    pub id: NormId,
    /// Where it is written: «152-ФЗ, ст. 21 ч. 5».
    pub norm: Localized,
    /// What it asks for, in a few words.
    pub about: Localized,
    /// What has to be done.
    pub task: Task,
    /// Since when time runs.
    pub since: Anchor,
    /// For how long.
    pub term: Term,
    /// By how much it can be extended once, with a notice that gives reasons and before the term is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Term>,
    /// What if it ends on a day off.
    #[serde(default)]
    pub off_day: OffDay,
    /// The server does it itself as soon as it learns of the event: there is nothing left for anybody to do.
    #[serde(default)]
    pub automatic: bool,
    /// Where that was read.
    pub source: String,
    /// How far that was checked.
    pub mark: Mark,
    /// What is not certain about it.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub note: Localized,
}

impl Anchor {
    /// Every anchor.
    pub const ALL: [Self; 20] = [
        Self::ApplicantRefused,
        Self::ConsentExpired,
        Self::ConsentWithdrawn,
        Self::ContractEnded,
        Self::PurposeReached,
        Self::AccessRequested,
        Self::AdvertisingStopRequested,
        Self::AuthorityAsked,
        Self::AutomatedDecisionObjected,
        Self::DisseminationStopRequested,
        Self::InaccuracyClaimed,
        Self::InaccuracyProved,
        Self::ProcessingStopRequested,
        Self::UnlawfulnessClaimed,
        Self::UnlawfulnessProved,
        Self::Blocked,
        Self::Destroyed,
        Self::IncidentFound,
        Self::ProcessingEnded,
        Self::RegisterChanged,
    ];

    /// Its word in data and in output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ApplicantRefused => "applicant_refused",
            Self::ConsentExpired => "consent_expired",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::ContractEnded => "contract_ended",
            Self::PurposeReached => "purpose_reached",
            Self::AccessRequested => "access_requested",
            Self::AdvertisingStopRequested => "advertising_stop_requested",
            Self::AuthorityAsked => "authority_asked",
            Self::AutomatedDecisionObjected => "automated_decision_objected",
            Self::DisseminationStopRequested => "dissemination_stop_requested",
            Self::InaccuracyClaimed => "inaccuracy_claimed",
            Self::InaccuracyProved => "inaccuracy_proved",
            Self::ProcessingStopRequested => "processing_stop_requested",
            Self::UnlawfulnessClaimed => "unlawfulness_claimed",
            Self::UnlawfulnessProved => "unlawfulness_proved",
            Self::Blocked => "blocked",
            Self::Destroyed => "destroyed",
            Self::IncidentFound => "incident_found",
            Self::ProcessingEnded => "processing_ended",
            Self::RegisterChanged => "register_changed",
        }
    }

    /// The anchor with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|anchor| anchor.word() == word)
    }
}

impl NormId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NormId {
    type Err = NormIdError;

    fn from_str(text: &str) -> Result<Self, NormIdError> {
        let fits = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        fits.then(|| Self(text.to_string())).ok_or(NormIdError)
    }
}

impl fmt::Display for NormId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for NormId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl Task {
    /// Its word in output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Block => "block",
            Self::Correct => "correct",
            Self::Destroy => "destroy",
            Self::Keep => "keep",
            Self::Notify => "notify",
            Self::Report => "report",
            Self::Stop => "stop",
        }
    }
}
