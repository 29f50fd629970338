//! A key gets a successor while the server is stopped. [`crate::keys`] says what each step leaves to a crash.

use ed25519_dalek::SigningKey;
use raspiska_shared::{
    log::{
        LogError,
        checkpoint::Checkpoint,
        note::{self, NoteSigner, VerifierKey},
    },
    party::SubjectId,
    receipt::thumbprint,
};

use crate::{
    data::DataDir,
    keys::{self, Found, KeyError, Secret},
    sequencer::{self, LoadError},
    store::{Identities, KeyOf, Role, Rotation, Store, StoreError},
    vault::Vault,
};

/// Newest entries whose times are held against the clock: more than come in while one request takes its longest.
const NEWEST: u16 = 1024;

/// What is to be done: one role's key on one site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change<'a> {
    pub(crate) role: Role,
    /// Empty for the vault.
    pub(crate) site: &'a str,
    /// UNIX milliseconds.
    pub(crate) time: u64,
}

/// The public halves before and after.
#[derive(Debug)]
pub(crate) struct Rotated {
    pub(crate) old: String,
    pub(crate) new: String,
}

/// Why a key has no successor.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RotateError {
    #[error("the key was changed, but after that: {0}")]
    Afterwards(StoreError),
    #[error(
        "the clock is behind the log's last entry or the key's own beginning; correct the clock, or wait until it has passed them"
    )]
    Clock,
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error(transparent)]
    Log(#[from] LoadError),
    #[error("the log's name is not a name for a key ({0}); restore the store from a backup")]
    Name(LogError),
    #[error("the store has no keys yet; raspiska key new makes them")]
    NoKeys,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives a key its successor. The data directory is held: no server runs.
pub(crate) fn rotate(
    data: &DataDir,
    store: &dyn Store,
    change: Change<'_>,
) -> Result<Rotated, RotateError> {
    let prepared = Prepared::make(data, store, change)?;
    let committed = prepared.commit(store);
    if let Err(error) = committed {
        // It may have happened all the same: the store has the last word, here as after a crash.
        if prepared.is_in_force(store)? {
            prepared.settle()?;
            return Err(RotateError::Afterwards(error));
        }
        return Err(error.into());
    }
    prepared.settle()?;
    Ok(prepared.rotated)
}

/// A successor that is on the disk and that the store does not know yet.
struct Prepared<'a> {
    data: &'a DataDir,
    change: Change<'a>,
    old: Old,
    new: Secret,
    rotated: Rotated,
}

/// What the change needs of the key before.
enum Old {
    Log {
        at: (u64, [u8; 32]),
        checkpoint: String,
        published: Option<String>,
    },
    Operator(SubjectId),
    Vault(Vault),
}

impl<'a> Prepared<'a> {
    /// First durable step: `.new` is on the disk.
    fn make(data: &'a DataDir, store: &dyn Store, change: Change<'a>) -> Result<Self, RotateError> {
        let known = store.identities()?;
        check_clock(store, &known, change)?;
        let old = present(data, change, &known)?;
        if let Some(old) = &old {
            old.settle()?;
        }
        let identity = known.logs.get(change.site);
        // Nothing is signed anew before what was signed holds.
        let said = match (change.role, identity) {
            (Role::Log, Some(identity)) => Some(Said::read(store, change.site, &identity.vkey)?),
            _ => None,
        };
        let new = keys::make_successor(data.path(), change.role, change.site)?;
        let key = SigningKey::from_bytes(&new);
        let (old, rotated) = match (change.role, identity, said, old) {
            (Role::Log, Some(identity), Some(said), _) => {
                let name = identity.vkey.split('+').next().unwrap_or_default();
                let signer = NoteSigner::new(name, key).map_err(RotateError::Name)?;
                let rotated = Rotated {
                    old: identity.vkey.clone(),
                    new: signer.vkey().to_string(),
                };
                (said.again(&signer).map_err(LoadError::Checkpoint)?, rotated)
            }
            (Role::Operator, Some(identity), ..) => {
                let rotated = Rotated {
                    old: identity.operator.0.to_string(),
                    new: thumbprint(&key.verifying_key()).0.to_string(),
                };
                (Old::Operator(identity.operator), rotated)
            }
            (Role::Vault, _, _, Some(found)) => {
                let vault = Vault::new(found.secret);
                let rotated = Rotated {
                    old: vault.check().to_string(),
                    new: Vault::new(new.clone()).check().to_string(),
                };
                (Old::Vault(vault), rotated)
            }
            _ => return Err(RotateError::NoKeys),
        };
        Ok(Self {
            data,
            change,
            old,
            new,
            rotated,
        })
    }

    /// Second durable step: the store changes over.
    fn commit(&self, store: &dyn Store) -> Result<(), StoreError> {
        let Change { site, time, .. } = self.change;
        match &self.old {
            Old::Log {
                at,
                checkpoint,
                published,
            } => {
                let rotation = Rotation::Log {
                    site,
                    vkeys: (&self.rotated.old, &self.rotated.new),
                    at: *at,
                    checkpoint,
                    published: published.as_deref(),
                };
                store.rotate(time, &rotation)
            }
            Old::Operator(old) => {
                let new = thumbprint(&SigningKey::from_bytes(&self.new).verifying_key());
                let thumbprints = (*old, new);
                store.rotate(time, &Rotation::Operator { site, thumbprints })
            }
            Old::Vault(old) => {
                let new = Vault::new(self.new.clone());
                let rewrap = |site: &str, whose: KeyOf, wrapped: &[u8]| {
                    old.rewrap(&new, site, whose, wrapped).map_err(|_| {
                        StoreError::Damaged("a sealed key does not open with the vault's key")
                    })
                };
                let rotation = Rotation::Vault {
                    checks: (old.check(), new.check()),
                    rewrap: &rewrap,
                };
                store.rotate(time, &rotation)
            }
        }
    }

    /// The last two: the old file is overwritten, the new one takes its name.
    fn settle(&self) -> Result<(), KeyError> {
        keys::settle_successor(self.data.path(), self.change.role, self.change.site)
    }

    fn is_in_force(&self, store: &dyn Store) -> Result<bool, StoreError> {
        let keys = store.keys()?;
        Ok(keys.iter().any(|key| {
            key.role == self.change.role
                && key.site == self.change.site
                && key.until.is_none()
                && key.public == self.rotated.new
        }))
    }
}

/// What the old key has said of the log, and the new one is to say as well: two keys say one thing, never two.
struct Said {
    head: Checkpoint,
    /// Of a log with witnesses: what was published last, and the note with their lines.
    published: Option<(Checkpoint, String)>,
}

impl Said {
    fn read(store: &dyn Store, site: &str, vkey: &str) -> Result<Self, RotateError> {
        let vkey: VerifierKey = vkey.parse().map_err(RotateError::Name)?;
        let head = sequencer::check(store, site, &vkey)?;
        let open = |note: &str| Checkpoint::open(note, &vkey).map_err(LoadError::Checkpoint);
        let published = match store.published(site)? {
            Some(published) => Some((open(&published.checkpoint)?, published.checkpoint)),
            None => None,
        };
        Ok(Self {
            head: open(&head.checkpoint)?,
            published,
        })
    }

    /// The same by the new key. The witnesses' lines are over the text alone and hold on.
    fn again(&self, signer: &NoteSigner) -> Result<Old, LogError> {
        let published = match &self.published {
            None => None,
            Some((checkpoint, note)) => {
                let (_, lines) = note::parse(note)?;
                let others = lines
                    .iter()
                    .filter(|line| line.name != signer.vkey().name());
                let others: String = others.map(|line| format!("{}\n", line.line)).collect();
                let note = checkpoint.sign(signer);
                Some(if others.is_empty() {
                    note
                } else {
                    note::append(&note, &others)?
                })
            }
        };
        Ok(Old::Log {
            at: (self.head.size, self.head.root),
            checkpoint: self.head.sign(signer),
            published,
        })
    }
}

/// The key that is in force. One of a log or an operator may be lost: its successor needs only the store. The vault's key
/// has to open what it wrapped.
fn present(
    data: &DataDir,
    change: Change<'_>,
    known: &Identities,
) -> Result<Option<Found>, KeyError> {
    match keys::find(data.path(), change.role, change.site, known) {
        Ok(found) if found.fits => Ok(Some(found)),
        Ok(_) => {
            let path = keys::path(data.path(), change.role, change.site);
            Err(KeyError::Other(path))
        }
        Err(KeyError::Missing(_)) if change.role != Role::Vault => Ok(None),
        Err(error) => Err(error),
    }
}

/// A period that ends before what was done in it would make receipts and statements unverifiable.
fn check_clock(
    store: &dyn Store,
    known: &Identities,
    change: Change<'_>,
) -> Result<(), RotateError> {
    let began = store
        .keys()?
        .into_iter()
        .find(|key| key.role == change.role && key.site == change.site && key.until.is_none())
        .ok_or(RotateError::NoKeys)?
        .since;
    let mut last = began;
    if known.logs.contains_key(change.site) {
        let size = store.head(change.site)?.size;
        let first = size.saturating_sub(u64::from(NEWEST));
        let newest = store.entries(change.site, first, NEWEST)?;
        last = newest.iter().map(|(_, time)| *time).fold(last, u64::max);
    }
    if change.time > last {
        Ok(())
    } else {
        Err(RotateError::Clock)
    }
}

#[cfg(test)]
mod tests;
