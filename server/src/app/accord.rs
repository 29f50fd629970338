//! Sites, keys and store held against each other: they agree, or nothing begins.

use std::{collections::BTreeMap, path::PathBuf};

use raspiska_shared::{
    log::{checkpoint::Checkpoint, note::NoteSigner, tree::EMPTY_ROOT},
    receipt::thumbprint,
};

use super::StartError;
use crate::{
    keys::Keyring,
    site::{self, Loaded, SiteError},
    store::{Head, Identities, Identity, Store},
};

/// What the start found to fit together.
pub(crate) struct Accord {
    /// Sign the checkpoints, by site.
    pub(crate) signers: BTreeMap<String, NoteSigner>,
    /// Logs that are to begin.
    fresh: Vec<(String, Identity, Head)>,
}

/// Reads the sites, each once, as they are today.
pub(crate) fn load_sites(dirs: &[PathBuf]) -> Result<BTreeMap<String, Loaded>, StartError> {
    load_sites_on(dirs, &site::today())
}

/// Reads the sites, each once, as they are on this day, `YYYY-MM-DD`.
pub(super) fn load_sites_on(
    dirs: &[PathBuf],
    day: &str,
) -> Result<BTreeMap<String, Loaded>, StartError> {
    let mut sites = BTreeMap::new();
    for dir in dirs {
        let loaded = site::load_on(dir, day).map_err(|error: SiteError| StartError::Site {
            dir: dir.display().to_string(),
            message: error.to_string(),
        })?;
        let name = loaded.site.site.clone();
        if sites.insert(name.clone(), loaded).is_some() {
            return Err(StartError::SiteTwice(name));
        }
    }
    Ok(sites)
}

/// Holds the keys of these sites against what the store knows. Changes nothing.
pub(crate) fn agree<'a>(
    sites: impl Iterator<Item = &'a Loaded>,
    keyring: &Keyring,
    known: &Identities,
) -> Result<Accord, StartError> {
    if let Some(check) = known.vault
        && check != keyring.vault()?.check()
    {
        return Err(StartError::OtherVault);
    }
    let mut accord = Accord {
        signers: BTreeMap::new(),
        fresh: Vec::new(),
    };
    for loaded in sites {
        let (name, origin) = (&loaded.site.site, &loaded.site.log.origin);
        let signer = keyring
            .note_signer(name, origin)
            .map_err(|source| StartError::Origin {
                site: name.clone(),
                source,
            })?;
        let identity = Identity {
            vkey: signer.vkey().to_string(),
            operator: thumbprint(&keyring.operator(name)?.verifying_key()),
        };
        match known.logs.get(name) {
            Some(stored) => check_identity(name, stored, &identity)?,
            None => {
                let head = empty_head(origin, &signer);
                accord.fresh.push((name.clone(), identity, head));
            }
        }
        accord.signers.insert(name.clone(), signer);
    }
    Ok(accord)
}

impl Accord {
    /// Begins what is to begin, at `time`, UNIX milliseconds, and gives new keys their names.
    pub(crate) fn begin(
        &self,
        time: u64,
        keyring: &Keyring,
        known: &Identities,
        store: &dyn Store,
    ) -> Result<(), StartError> {
        if known.vault.is_none() || !self.fresh.is_empty() {
            // A crash before this leaves `.new` key files and a store without these logs: the next start makes other keys. A
            // crash after it leaves `.new` files that fit the store: the next start takes them.
            store.establish(time, &keyring.vault()?.check(), &self.fresh)?;
        }
        Ok(keyring.keep()?)
    }
}

fn empty_head(origin: &str, signer: &NoteSigner) -> Head {
    let empty = Checkpoint {
        origin: origin.to_owned(),
        size: 0,
        root: EMPTY_ROOT,
    };
    Head {
        size: 0,
        root: EMPTY_ROOT,
        checkpoint: empty.sign(signer),
    }
}

/// A log under another key or name would be a second history: refuse rather than begin one.
fn check_identity(site: &str, stored: &Identity, expected: &Identity) -> Result<(), StartError> {
    let site = site.to_owned();
    if stored.vkey != expected.vkey {
        let (stored, expected) = (stored.vkey.clone(), expected.vkey.clone());
        return Err(StartError::OtherLog {
            site,
            stored,
            expected,
        });
    }
    if stored.operator != expected.operator {
        return Err(StartError::OtherOperator { site });
    }
    Ok(())
}
