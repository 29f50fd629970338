//! Which keys were in force when: public halves and times, never a secret.

use raspiska_shared::{digest::Digest, log::tree::Hash, party::SubjectId};

use super::StoreError;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Signs a log's checkpoints; known by its verifier key.
    Log,
    /// Signs an operator's statements; known by its thumbprint.
    Operator,
    /// Wraps the keys of personal data; known by its check value.
    Vault,
}

impl Role {
    /// In the store and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Operator => "operator",
            Self::Vault => "vault",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Log, Self::Operator, Self::Vault]
            .into_iter()
            .find(|role| role.name() == name)
    }
}

/// A key and the time in which it was in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPeriod {
    /// What for.
    pub role: Role,
    /// The site; empty for the vault, which all sites share.
    pub site: String,
    /// What it is known by.
    pub public: String,
    /// The first millisecond, UNIX time.
    pub since: u64,
    /// The first millisecond in which it was not any more; none: it is in force.
    pub until: Option<u64>,
}

impl KeyPeriod {
    /// What an operator's key is known by.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] for a key of another role.
    pub fn thumbprint(&self) -> Result<SubjectId, StoreError> {
        let thumbprint = self.public.parse();
        thumbprint
            .map(SubjectId)
            .map_err(|_| StoreError::Damaged("an operator's key is no thumbprint"))
    }
}

/// A key takes the place of the one before it.
pub enum Rotation<'a> {
    /// The log goes on where it is, under a head that the new key has signed.
    Log {
        /// The site.
        site: &'a str,
        /// The verifier keys before and after.
        vkeys: (&'a str, &'a str),
        /// Where the log has to be, before and after: size and root.
        at: (u64, Hash),
        /// The checkpoint over it by the new key.
        checkpoint: &'a str,
        /// Of a log with witnesses: what was published last, of the same size as before, by the new key.
        published: Option<&'a str>,
    },
    /// Statements are signed by the new key from now on.
    Operator {
        /// The site.
        site: &'a str,
        /// The thumbprints before and after.
        thumbprints: (SubjectId, SubjectId),
    },
    /// Every subject's key, and that of each piece of evidence, is wrapped anew; what was sealed with it stays.
    Vault {
        /// The check values before and after.
        checks: (Digest, Digest),
        /// From the old wrapping of a key of a site to the new one.
        rewrap: &'a Rewrap<'a>,
    },
}

/// See [`Rotation::Vault`].
pub type Rewrap<'a> = dyn Fn(&str, KeyOf, &[u8]) -> Result<Vec<u8>, StoreError> + 'a;

/// Whose key is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOf {
    /// The evidence of a receipt.
    Evidence(Digest),
    /// A subject.
    Subject(SubjectId),
}

impl std::fmt::Debug for Rotation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Log { .. } => "Rotation::Log",
            Self::Operator { .. } => "Rotation::Operator",
            Self::Vault { .. } => "Rotation::Vault",
        })
    }
}
