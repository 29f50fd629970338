//! The office: who works with what is stored, and who looked at personal data.

use raspiska_shared::digest::Digest;

use super::StoreError;

/// Accounts, sessions, the access log.
pub trait Offices {
    /// All accounts, by login; closed ones too.
    ///
    /// Reads what was last committed, also by another process.
    ///
    /// # Errors
    /// [`StoreError`].
    fn accounts(&self) -> Result<Vec<Account>, StoreError>;

    /// The account with this login.
    ///
    /// Reads what was last committed, also by another process: who was shut out must not come in.
    ///
    /// # Errors
    /// [`StoreError`].
    fn account(&self, login: &str) -> Result<Option<Account>, StoreError>;

    /// Makes an account, or changes it and ends its sessions.
    ///
    /// One transaction, durable when it returns.
    ///
    /// # Errors
    /// [`StoreError`].
    fn set_account(&self, account: &Account) -> Result<(), StoreError>;

    /// Notes that a session began, and forgets those that ended before it.
    ///
    /// Durable when it returns.
    ///
    /// # Errors
    /// [`StoreError`].
    fn begin_session(&self, session: &Session) -> Result<(), StoreError>;

    /// The session with this token's digest, also one that has ended by its time.
    ///
    /// Sees every end that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn session(&self, token: &Digest) -> Result<Option<Session>, StoreError>;

    /// Ends a session; one that is not there is ended already.
    ///
    /// Durable when it returns.
    ///
    /// # Errors
    /// [`StoreError`].
    fn end_session(&self, token: &Digest) -> Result<(), StoreError>;

    /// Notes that somebody looked at personal data, or was not let. Durable when it returns: it comes before the data are shown.
    ///
    /// # Errors
    /// [`StoreError`].
    fn note_access(&self, access: &Access) -> Result<(), StoreError>;

    /// Up to `count` of what was noted, with their numbers, in the order of the numbers, from the one after `after` on.
    ///
    /// Sees everything that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn accesses(&self, after: u64, count: u16) -> Result<Vec<(u64, Access)>, StoreError>;
}

/// Somebody who works in the office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What they log in with.
    pub login: String,
    /// Their full name, as acts have it.
    pub name: String,
    /// What they may do.
    pub role: OfficeRole,
    /// A PHC string of Argon2id.
    pub password: String,
    /// Since when it is there, UNIX milliseconds.
    pub since: u64,
    /// Since when it is not let in any more.
    pub closed: Option<u64>,
}

/// What an account may do: what that is, `server/src/office` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfficeRole {
    /// Sees all but values, changes nothing.
    Auditor,
    /// Works with applicants.
    Hr,
    /// Works with those who want advertising.
    Marketing,
    /// Answers for personal data: 152-ФЗ art. 22.1.
    Officer,
}

/// A login that was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of its token.
    pub token: Digest,
    /// Whose.
    pub login: String,
    /// Since when, UNIX milliseconds.
    pub began: u64,
    /// Until when.
    pub ends: u64,
}

/// One look at personal data, or one that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// When, UNIX milliseconds.
    pub time: u64,
    /// Whose: the receipt that committed to the data.
    pub receipt: Digest,
    /// What was done, or why it was not.
    pub what: String,
    /// By whom; empty: whoever has the machine.
    pub login: String,
    /// On which site; empty in what was noted before there was an office.
    pub site: String,
    /// For which purpose; empty where none was named.
    pub purpose: String,
    /// Why, in the words of whoever looked.
    pub reason: String,
}

impl OfficeRole {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Officer, Self::Auditor, Self::Hr, Self::Marketing];

    /// Its word, on the command line, in bodies and in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auditor => "auditor",
            Self::Hr => "hr",
            Self::Marketing => "marketing",
            Self::Officer => "officer",
        }
    }

    /// The role with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}
