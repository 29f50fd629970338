//! The server's secret keys: 32 random bytes each, as hex in files that only their owner may read.
//!
//! Keys and store are made together, once. A key without its store, or a store without its keys, is half of something
//! that was lost; going on would begin a second history under the same name, so the server refuses to start.
//!
//! What the store says decides which file counts. A new key, the first one or a successor, goes its way in four steps, and
//! after a crash between any two of them the next start or rotation finds out where it was:
//!
//! | durable step | a crash after it leaves | and then |
//! |---|---|---|
//! | `<name>.key.new` is written | a key that the store does not know | the `.new` file is destroyed |
//! | the store changes over | `.new` fits the store, `<name>.key` is missing or does not | goes on with the next step |
//! | the old `<name>.key` is overwritten | `.new` fits, `<name>.key` is no key | goes on with the next step |
//! | `.new` is renamed to `<name>.key` | the new state | nothing is to be done |

mod file;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use ed25519_dalek::SigningKey;
use raspiska_shared::{
    log::{LogError, note::NoteSigner},
    receipt::thumbprint,
};
use zeroize::Zeroizing;

use crate::{
    data::advice,
    store::{Identities, Identity, Role},
    vault::Vault,
};
use file::read;
pub(crate) use file::{create_private, open_to_others};

/// A secret that is overwritten when it is dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// All keys of one data directory.
pub(crate) struct Keyring {
    dir: PathBuf,
    /// None: looked at before the first start.
    vault: Option<Secret>,
    sites: BTreeMap<String, SiteKeys>,
    /// What [`Self::keep`] has to do.
    unsettled: Vec<Unsettled>,
}

struct SiteKeys {
    log: Secret,
    operator: Secret,
}

/// A `.new` file that a crash left, or that was just made.
enum Unsettled {
    /// It is the key.
    Successor(PathBuf),
    /// The store never heard of it.
    Stray(PathBuf),
}

/// A key that the store knows.
pub(crate) struct Found {
    pub(crate) secret: Secret,
    /// Is it the one that the store knows?
    pub(crate) fits: bool,
    unsettled: Option<Unsettled>,
}

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file system.
    #[error("{}: {source}{}", .path.display(), advice(.source))]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not a key.
    #[error("{}: not a key; it has to be 64 hexadecimal digits. Restore it from a backup", .0.display())]
    Malformed(PathBuf),
    /// The store is there, the key is not.
    #[error("{}: this key is missing, but the store was made with it; restore it from a backup. A log's or an operator's key that is lost for good can be given a successor: raspiska key rotate", .0.display())]
    Missing(PathBuf),
    /// Others may read it.
    #[error("{}: others may read this key; chmod 600 it, and think about who did", .0.display())]
    Open(PathBuf),
    /// The key is there, the store is not.
    #[error("{}: there is a key, but the store knows nothing of it; restore the store from a backup, or move the key away if you mean to begin anew", .0.display())]
    Orphan(PathBuf),
    /// Another key than the store's.
    #[error("{}: this is not the key that the store knows; restore the right one from a backup", .0.display())]
    Other(PathBuf),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
    /// Asked for a site that was not opened.
    #[error("no keys were opened for site {0}")]
    UnknownSite(String),
}

impl Keyring {
    /// Reads the keys of what the store knows, makes those of what it does not know yet.
    pub(crate) fn open(dir: &Path, sites: &[&str], known: &Identities) -> Result<Self, KeyError> {
        let mut ring = Self::look(dir, sites, known)?;
        if ring.vault.is_none() {
            ring.vault = Some(ring.make(Role::Vault, "")?);
        }
        for site in sites {
            if !ring.sites.contains_key(*site) {
                let log = ring.make(Role::Log, site)?;
                let operator = ring.make(Role::Operator, site)?;
                let keys = SiteKeys { log, operator };
                ring.sites.insert((*site).to_owned(), keys);
            }
        }
        // The store must not know of a key that a loss of power takes away.
        file::sync_dir(dir)?;
        Ok(ring)
    }

    /// Reads the keys of what the store knows, and looks that no file is in the way of the others. Changes nothing.
    pub(crate) fn look(dir: &Path, sites: &[&str], known: &Identities) -> Result<Self, KeyError> {
        let mut ring = Self {
            dir: dir.to_owned(),
            vault: None,
            sites: BTreeMap::new(),
            unsettled: Vec::new(),
        };
        if known.vault.is_some() {
            ring.vault = Some(ring.take(Role::Vault, "", known)?);
        } else {
            vacant(dir, Role::Vault, "")?;
        }
        for site in sites {
            if known.logs.contains_key(*site) {
                let log = ring.take(Role::Log, site, known)?;
                let operator = ring.take(Role::Operator, site, known)?;
                let keys = SiteKeys { log, operator };
                ring.sites.insert((*site).to_owned(), keys);
            } else {
                vacant(dir, Role::Log, site)?;
                vacant(dir, Role::Operator, site)?;
            }
        }
        Ok(ring)
    }

    /// Gives new keys their names and destroys what was left over, now that the store agrees. A crash before this is mended
    /// by the next start.
    pub(crate) fn keep(&self) -> Result<(), KeyError> {
        self.unsettled.iter().try_for_each(Unsettled::settle)?;
        file::sync_dir(&self.dir)
    }

    /// Wraps the keys of personal data.
    pub(crate) fn vault(&self) -> Result<Vault, KeyError> {
        let missing = || KeyError::Missing(path(&self.dir, Role::Vault, ""));
        self.vault.clone().map(Vault::new).ok_or_else(missing)
    }

    /// Signs the checkpoints of a site.
    pub(crate) fn note_signer(&self, site: &str, origin: &str) -> Result<NoteSigner, LogError> {
        let keys = self.sites.get(site).ok_or(LogError::Vkey)?;
        NoteSigner::new(origin, SigningKey::from_bytes(&keys.log))
    }

    /// Signs the operator's own statements for a site.
    pub(crate) fn operator(&self, site: &str) -> Result<SigningKey, KeyError> {
        let keys = self
            .sites
            .get(site)
            .ok_or_else(|| KeyError::UnknownSite(site.to_owned()))?;
        Ok(SigningKey::from_bytes(&keys.operator))
    }

    fn take(&mut self, role: Role, site: &str, known: &Identities) -> Result<Secret, KeyError> {
        let found = find(&self.dir, role, site, known)?;
        self.unsettled.extend(found.unsettled);
        Ok(found.secret)
    }

    fn make(&mut self, role: Role, site: &str) -> Result<Secret, KeyError> {
        let path = path(&self.dir, role, site);
        let secret = file::make(&new(&path))?;
        self.unsettled.push(Unsettled::Successor(path));
        Ok(secret)
    }
}

impl Found {
    /// Ends what a crash interrupted.
    pub(crate) fn settle(&self) -> Result<(), KeyError> {
        self.unsettled.as_ref().map_or(Ok(()), Unsettled::settle)
    }
}

impl Unsettled {
    fn settle(&self) -> Result<(), KeyError> {
        match self {
            Self::Successor(path) => {
                file::blank(path)?;
                // A crash here leaves `.new`, which fits the store, and no other key.
                fs::rename(new(path), path).map_err(|source| KeyError::Io {
                    path: path.clone(),
                    source,
                })
            }
            Self::Stray(path) => file::destroy(&new(path)),
        }
    }
}

/// The key that the store knows, in whichever file a crash left it. Changes nothing.
pub(crate) fn find(
    dir: &Path,
    role: Role,
    site: &str,
    known: &Identities,
) -> Result<Found, KeyError> {
    let path = path(dir, role, site);
    let there = path.exists();
    let named = if there {
        read(&path)
    } else {
        Err(KeyError::Missing(path.clone()))
    };
    let fits = |secret: &Secret| fits(role, site, known, secret);
    let unnamed = new(&path);
    if named.as_ref().is_ok_and(fits) || !unnamed.exists() {
        let secret = named?;
        return Ok(Found {
            fits: fits(&secret),
            secret,
            unsettled: unnamed.exists().then_some(Unsettled::Stray(path)),
        });
    }
    let successor = read(&unnamed);
    match (successor, named) {
        (Ok(secret), named) if fits(&secret) || !there => {
            drop(named);
            Ok(Found {
                fits: fits(&secret),
                secret,
                unsettled: Some(Unsettled::Successor(path)),
            })
        }
        (Err(error), _) if !there => Err(error),
        (_, named) => Ok(Found {
            secret: named?,
            fits: false,
            unsettled: None,
        }),
    }
}

/// Makes the key that is to follow: durable, and nothing before the store says so.
pub(crate) fn make_successor(dir: &Path, role: Role, site: &str) -> Result<Secret, KeyError> {
    let secret = file::make(&new(&path(dir, role, site)))?;
    file::sync_dir(dir)?;
    Ok(secret)
}

/// Puts the successor in the place of the old key, which is destroyed.
pub(crate) fn settle_successor(dir: &Path, role: Role, site: &str) -> Result<(), KeyError> {
    Unsettled::Successor(path(dir, role, site)).settle()?;
    file::sync_dir(dir)
}

/// The file of a key.
pub(crate) fn path(dir: &Path, role: Role, site: &str) -> PathBuf {
    let role = role.name();
    dir.join(if site.is_empty() {
        format!("{role}.key")
    } else {
        format!("{role}-{site}.key")
    })
}

fn new(path: &Path) -> PathBuf {
    path.with_extension("key.new")
}

fn vacant(dir: &Path, role: Role, site: &str) -> Result<(), KeyError> {
    let path = path(dir, role, site);
    if path.exists() {
        Err(KeyError::Orphan(path))
    } else {
        Ok(())
    }
}

/// Is this the key that the store knows?
fn fits(role: Role, site: &str, known: &Identities, secret: &Secret) -> bool {
    let log = known.logs.get(site);
    match role {
        Role::Log => log.is_some_and(|log| is_key_of(&log.vkey, secret)),
        Role::Operator => log.is_some_and(|log: &Identity| {
            thumbprint(&SigningKey::from_bytes(secret).verifying_key()) == log.operator
        }),
        Role::Vault => known.vault == Some(Vault::new(secret.clone()).check()),
    }
}

/// The stored name counts here; whether it is also the configured one is the start's question.
fn is_key_of(vkey: &str, secret: &Secret) -> bool {
    let name = vkey.split('+').next().unwrap_or_default();
    NoteSigner::new(name, SigningKey::from_bytes(secret))
        .is_ok_and(|signer| signer.vkey().to_string() == vkey)
}
