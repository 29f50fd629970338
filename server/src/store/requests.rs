//! Requests of data subjects: what somebody asked for, and what became of it.

use raspiska_shared::{digest::Digest, lang::Lang, party::SubjectId};

use super::{Fact, StoreError};

/// Where requests are kept.
pub trait Requests {
    /// Adds a request with its first step, the notice that tells hooks of it, and what the office states with it. `key` is the
    /// wrapped key of the request's holder, if that has none yet.
    ///
    /// One transaction, durable when it returns: the person gets the number only then.
    ///
    /// # Errors
    /// [`StoreError`].
    fn open_request(
        &self,
        site: &str,
        request: &Request,
        first: &Step,
        key: Option<&[u8]>,
        facts: &[Fact],
    ) -> Result<(), StoreError>;

    /// Adds a step to a request that has `after` steps, with what the office states by it; false, changing nothing, if it has another
    /// number of them: somebody was first. `key` is the wrapped key of the step's holder, if that has none yet.
    ///
    /// One transaction, durable when it returns.
    ///
    /// # Errors
    /// [`StoreError`].
    fn add_step(
        &self,
        site: &str,
        number: &str,
        after: usize,
        step: &Step,
        key: Option<&[u8]>,
        facts: &[Fact],
    ) -> Result<bool, StoreError>;

    /// One request with all its steps.
    ///
    /// Sees every step that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn case(&self, site: &str, number: &str) -> Result<Option<Case>, StoreError>;

    /// Requests by when they came, oldest first; of those that are over, the last five hundred.
    ///
    /// Sees every step that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn cases(&self, site: &str, which: Which<'_>) -> Result<Vec<Case>, StoreError>;
}

/// Which requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// Those that wait for an answer.
    Open,
    /// Those that do not.
    Over,
    /// All of one subject.
    Of(&'a SubjectId),
}

/// What somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Random: it is not guessed.
    pub number: String,
    /// SHA-256 of the code that goes with it.
    pub code: Digest,
    /// What is asked for, by its id.
    pub kind: String,
    /// When it came, UNIX milliseconds: time runs since then.
    pub came: u64,
    /// In which language it is answered.
    pub lang: Lang,
    /// How it came.
    pub channel: Channel,
    /// Who asks, where a receipt was shown.
    pub subject: Option<SubjectId>,
    /// That receipt.
    pub receipt: Option<Digest>,
    /// With whose key the next two are sealed.
    pub holder: SubjectId,
    /// The person's words.
    pub text: Option<Vec<u8>>,
    /// Who sent it and how to answer, where that is not known by a receipt.
    pub sender: Option<Vec<u8>>,
}

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Somebody called.
    Call,
    /// A letter, on paper or by e-mail.
    Letter,
    /// The page.
    Page,
}

/// One step of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is now.
    pub state: RequestState,
    /// Since when, UNIX milliseconds.
    pub time: u64,
    /// By whom: a login; empty: the person, or the server itself.
    pub by: String,
    /// The norm of a refusal; empty otherwise.
    pub norm: String,
    /// What was said to the person: whose key seals it, and the sealed.
    pub text: Option<(SubjectId, Vec<u8>)>,
}

/// The state of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// Answered: what was asked for is done or told.
    Answered,
    /// Nothing is left to do or to ask.
    Closed,
    /// More time was taken, with reasons.
    Extended,
    /// Somebody works on it.
    InProgress,
    /// It came.
    New,
    /// Answered with a reasoned refusal.
    Refused,
}

/// A request with its steps, the first one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What was asked.
    pub request: Request,
    /// What became of it; never empty.
    pub steps: Vec<Step>,
}

impl Case {
    /// Its state now.
    #[must_use]
    pub fn state(&self) -> RequestState {
        self.steps
            .last()
            .map_or(RequestState::New, |step| step.state)
    }
}

impl Channel {
    /// Its word in the store and in bodies.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Letter => "letter",
            Self::Page => "page",
        }
    }

    /// The channel with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Call, Self::Letter, Self::Page]
            .into_iter()
            .find(|channel| channel.word() == word)
    }
}

impl RequestState {
    /// Every state, in the order of a request's life.
    pub const ALL: [Self; 6] = [
        Self::New,
        Self::InProgress,
        Self::Extended,
        Self::Answered,
        Self::Refused,
        Self::Closed,
    ];

    /// Its word in the store and in bodies.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Closed => "closed",
            Self::Extended => "extended",
            Self::InProgress => "in_progress",
            Self::New => "new",
            Self::Refused => "refused",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Does it wait for an answer?
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::New | Self::InProgress | Self::Extended)
    }
}
