//! Why a witness did not cosign. Each says what to do.

use crate::{remote::RemoteError, store::StoreError};

/// Why a witness did not cosign. The log goes on without it.
#[derive(Debug, thiserror::Error)]
pub(super) enum WitnessError {
    /// 409 with more than it was sent, and the log has as much by now.
    #[error(
        "the witness confirmed {witness} entries already and was sent {sent}; the next head is sent later"
    )]
    Ahead {
        /// What it knows.
        witness: u64,
        /// What it was sent.
        sent: u64,
    },
    /// Its clock.
    #[error(
        "the cosignature's time is {seconds} seconds from ours; one of the clocks is wrong, set it"
    )]
    Clock {
        /// How far it is.
        seconds: u64,
    },
    /// 200 without a cosignature of this key that verifies.
    #[error(
        "the answer is not a cosignature of the checkpoint by the witness's key; check log.witness.vkey in site.toml"
    )]
    Cosignature,
    /// 403.
    #[error(
        "the witness does not accept the signature of the log's key; give its operator the key that /log/<site>/vkey shows"
    )]
    Forbidden,
    /// 422.
    #[error(
        "the witness knows another history under this log's key: the log may have been rolled back and gone on; stop, and compare the store with its newest backup"
    )]
    Inconsistent,
    /// 409 again, or with the size that was sent.
    #[error("the witness wants another size each time it is asked; tell its operator")]
    Restless,
    /// 409 with more than the log has.
    #[error(
        "the witness confirmed {witness} entries, the log has {ours}: the log may have been rolled back; stop, and restore the newest state of the store"
    )]
    RolledBack {
        /// What it knows.
        witness: u64,
        /// What we have.
        ours: u64,
    },
    /// 409 without a size.
    #[error(
        "the witness answered 409 without the size that it knows; check log.witness.url in site.toml"
    )]
    Size,
    /// Another status.
    #[error("the witness answered with status {0}; it is asked again later")]
    Status(u16),
    /// The proof cannot be made.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The question cannot be sent.
    #[error("a thread to ask the witness cannot be started: {0}")]
    Thread(std::io::Error),
    /// 404.
    #[error(
        "the witness does not know this log; give its operator the key that /log/<site>/vkey shows"
    )]
    Unknown,
    /// No answer.
    #[error(transparent)]
    Unreachable(#[from] RemoteError),
}

impl WitnessError {
    /// A word for counts.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::Ahead { .. } => "ahead",
            Self::Clock { .. } => "clock",
            Self::Cosignature => "cosignature",
            Self::Forbidden => "forbidden",
            Self::Inconsistent => "inconsistent",
            Self::Restless => "restless",
            Self::RolledBack { .. } => "rolled-back",
            Self::Size => "size",
            Self::Status(_) => "status",
            Self::Store(_) => "store",
            Self::Thread(_) => "thread",
            Self::Unknown => "unknown",
            Self::Unreachable(_) => "unreachable",
        }
    }

    /// Does it speak against the log, and not only against the witness?
    pub(super) fn accuses(&self) -> bool {
        matches!(
            self,
            Self::Inconsistent | Self::RolledBack { .. } | Self::Store(_)
        )
    }
}
