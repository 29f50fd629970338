//! The audit of a log from outside: what anyone can check who knows its address, without asking anybody's leave.
//!
//! Remembers the last checkpoint and reads what came since: the edge of the old tree is authenticated by the old root, the
//! leaves of the new entries are computed from the entries, and both together have to give the new root. So one walk shows
//! that the log was only appended to, and that what it serves is what it signed.

mod finding;
mod follow;
mod published;
mod seen;

use raspiska_shared::log::{LogError, checkpoint::Checkpoint, note::VerifierKey};

use crate::remote::RemoteError;
pub(crate) use finding::{Finding, Signed};
use follow::follow;
pub(crate) use published::{Address, Published};
pub(crate) use seen::{Seen, SeenError};

/// What an audit found in order.
#[derive(Debug)]
pub(crate) struct Audited {
    /// What the next audit goes on from.
    pub(crate) seen: Seen,
    /// How many entries it has.
    pub(crate) size: u64,
    /// How many it had at the last audit; none: this is the first.
    pub(crate) before: Option<u64>,
    /// The key came from the log itself.
    pub(crate) key_on_trust: bool,
    /// New entries that bear an earlier time than the one before them.
    pub(crate) earlier: u64,
}

/// Why it is not in order, or not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuditError {
    /// Something is wrong with the log.
    #[error(transparent)]
    Finding(#[from] Finding),
    /// It cannot be asked.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// It answers with something else.
    #[error(
        "{url}: status {status} instead of 200; ask again later, or look whether this is a log's address"
    )]
    Status { url: String, status: u16 },
    /// The key that it publishes is none.
    #[error("{url}: {source}; give the log's key with --vkey")]
    Vkey { url: String, source: LogError },
}

/// Audits a log: everything at the first time, later what came since. `trusted` is its key, if it is known otherwise.
pub(crate) fn audit(
    log: &Published,
    trusted: Option<VerifierKey>,
    seen: Option<&Seen>,
) -> Result<Audited, AuditError> {
    let known = trusted.or_else(|| seen.map(|seen| seen.vkey().clone()));
    let key_on_trust = known.is_none();
    let vkey = match known {
        Some(vkey) => vkey,
        None => log.vkey()?,
    };
    let note = log.checkpoint()?;
    let checkpoint = match Checkpoint::open(&note, &vkey) {
        Ok(checkpoint) => checkpoint,
        Err(error) => return Err(unsigned(log, &vkey, note, error).into()),
    };
    let new = Signed { note, checkpoint };
    let earlier = follow(log, seen.map(Seen::signed), &new)?;
    Ok(Audited {
        size: new.checkpoint.size,
        before: seen.map(|seen| seen.signed().checkpoint.size),
        key_on_trust,
        earlier,
        seen: Seen::new(vkey, new),
    })
}

/// The known key did not sign the checkpoint. Did another one that the log publishes?
fn unsigned(log: &Published, known: &VerifierKey, note: String, error: LogError) -> Finding {
    match log.vkey() {
        Ok(published) if published != *known && Checkpoint::open(&note, &published).is_ok() => {
            Finding::OtherKey {
                known: known.to_string(),
                published: published.to_string(),
            }
        }
        _ => Finding::Checkpoint { error, note },
    }
}
