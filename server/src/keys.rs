//! The server's secret keys: 32 random bytes each, as hex in files that only their owner may read.
//!
//! Keys and store are made together, once. A key without its store, or a store without its keys, is half of something
//! that was lost; going on would begin a second history under the same name, so the server refuses to start.
//!
//! New keys are first written as `<name>.key.new`; then the store notes whose it is; then the files get their names. After
//! a crash in between, the store says whether the `.new` files count.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use ed25519_dalek::SigningKey;
use raspiska_shared::log::{LogError, note::NoteSigner};
use zeroize::Zeroizing;

use crate::{data::sync_dir, store::Identities};

/// A secret that is overwritten when it is dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// All keys of one data directory.
pub(crate) struct Keyring {
    dir: PathBuf,
    vault: Secret,
    sites: BTreeMap<String, SiteKeys>,
    /// Names of keys that still have to lose their `.new`.
    fresh: Vec<String>,
}

struct SiteKeys {
    log: Secret,
    operator: Secret,
}

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file system.
    #[error("{}: {source}", .path.display())]
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
    #[error("{}: this key is missing, but the store was made with it; restore it from a backup", .0.display())]
    Missing(PathBuf),
    /// Others may read it.
    #[error("{}: others may read this key; chmod 600 it, and think about who did", .0.display())]
    Open(PathBuf),
    /// The key is there, the store is not.
    #[error("{}: there is a key, but the store knows nothing of it; restore the store from a backup, or move the key away if you mean to begin anew", .0.display())]
    Orphan(PathBuf),
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
        let mut ring = Self {
            dir: dir.to_owned(),
            vault: Secret::default(),
            sites: BTreeMap::new(),
            fresh: Vec::new(),
        };
        ring.vault = ring.key("vault".to_owned(), known.vault.is_some())?;
        for site in sites {
            let stored = known.logs.contains_key(*site);
            let log = ring.key(format!("log-{site}"), stored)?;
            let operator = ring.key(format!("operator-{site}"), stored)?;
            ring.sites
                .insert((*site).to_owned(), SiteKeys { log, operator });
        }
        if !ring.fresh.is_empty() {
            // The store must not outlive the keys that it is about to name: not even over a loss of power.
            ring.sync_dir()?;
        }
        Ok(ring)
    }

    /// Gives new keys their names, now that the store knows them. A crash before this is mended by the next start.
    pub(crate) fn keep(&self) -> Result<(), KeyError> {
        for name in &self.fresh {
            let path = self.path(name);
            fs::rename(new(&path), &path).map_err(|source| KeyError::Io { path, source })?;
        }
        self.sync_dir()
    }

    pub(crate) fn vault(&self) -> Secret {
        self.vault.clone()
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

    fn key(&mut self, name: String, stored: bool) -> Result<Secret, KeyError> {
        let path = self.path(&name);
        let there = path.exists();
        if stored && there {
            return read(&path);
        }
        if there {
            return Err(KeyError::Orphan(path));
        }
        let unnamed = new(&path);
        let secret = if stored {
            if !unnamed.exists() {
                return Err(KeyError::Missing(path));
            }
            read(&unnamed)?
        } else {
            make(&unnamed)?
        };
        self.fresh.push(name);
        Ok(secret)
    }

    fn sync_dir(&self) -> Result<(), KeyError> {
        sync_dir(&self.dir).map_err(|source| KeyError::Io {
            path: self.dir.clone(),
            source,
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.key"))
    }
}

fn new(path: &Path) -> PathBuf {
    path.with_extension("key.new")
}

/// Reads a key.
pub(crate) fn read(path: &Path) -> Result<Secret, KeyError> {
    let fault = |source| KeyError::Io {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(fault)?;
    if open_to_others(&file).map_err(fault)? {
        return Err(KeyError::Open(path.to_owned()));
    }
    let mut text = Zeroizing::new([0; 65]);
    let mut filled = 0;
    while filled < text.len() {
        match file.read(&mut text[filled..]).map_err(fault)? {
            0 => break,
            count => filled += count,
        }
    }
    let digits = text[..filled]
        .strip_suffix(b"\n")
        .unwrap_or(&text[..filled]);
    from_hex(digits).ok_or_else(|| KeyError::Malformed(path.to_owned()))
}

/// Makes a key; a leftover of an interrupted start, which nothing refers to, is replaced.
fn make(path: &Path) -> Result<Secret, KeyError> {
    let fault = |source| KeyError::Io {
        path: path.to_owned(),
        source,
    };
    let mut secret = Secret::default();
    getrandom::fill(&mut secret[..]).map_err(KeyError::Random)?;
    if path.exists() {
        fs::remove_file(path).map_err(fault)?;
    }
    let mut file = create_private(path).map_err(fault)?;
    file.write_all(&to_hex(&secret)[..]).map_err(fault)?;
    file.sync_all().map_err(fault)?;
    Ok(secret)
}

fn to_hex(secret: &Secret) -> Zeroizing<[u8; 65]> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Zeroizing::new([b'\n'; 65]);
    for (pair, byte) in text.chunks_exact_mut(2).zip(secret.iter()) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    text
}

fn from_hex(digits: &[u8]) -> Option<Secret> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    if digits.len() != 64 {
        return None;
    }
    let mut secret = Secret::default();
    for (pair, byte) in digits.chunks_exact(2).zip(secret.iter_mut()) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(secret)
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(unix)]
fn open_to_others(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(file.metadata()?.mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn open_to_others(_: &File) -> io::Result<bool> {
    Ok(false)
}
