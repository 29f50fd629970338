//! The data directory: made private, and held by one server at a time.
//!
//! ```text
//! lock                  held by the running server
//! store.sqlite          receipts, log, sealed personal data
//! vault.key             unwraps the keys of the personal data
//! log-<site>.key        signs the site's checkpoints
//! erasures.jsonl        what was destroyed, so that no restored store brings it back
//! operator-<site>.key   signs the operator's own statements
//! hook-<site>.<hook>.secret   signs what the operator's other systems are told
//! calendars/            years of working days that the program does not know yet: put there by hand
//! ```

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// An open data directory; dropping it lets the next server in.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    // Never read: the lock lasts as long as the file is open, also through a crash.
    _lock: Option<File>,
}

/// Why the directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Another server has it.
    #[error("{}: another server uses this data directory; stop it first, or give --data another directory", .0.display())]
    InUse(PathBuf),
    /// The file system.
    #[error("{}: {source}{}", .path.display(), advice(.source))]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Nothing is there.
    #[error("{}: there is no store here; give --data the directory of a server that has run", .0.display())]
    NoStore(PathBuf),
}

impl DataDir {
    /// For the server: makes the directory, 0700, and locks it.
    ///
    /// # Errors
    /// [`DataError`].
    pub fn hold(path: &Path) -> Result<Self, DataError> {
        let fault = |path: &Path| {
            let path = path.to_owned();
            move |source| DataError::Io { path, source }
        };
        if !path.exists() {
            make_private(path).map_err(fault(path))?;
            // What is durable in a directory is lost with the directory.
            if let Some(parent) = std::path::absolute(path).map_err(fault(path))?.parent() {
                sync_dir(parent).map_err(fault(parent))?;
            }
        }
        let lock = path.join("lock");
        let file = private_file(&lock).map_err(fault(&lock))?;
        match file.try_lock() {
            Ok(()) => {
                let held = Self {
                    path: path.to_owned(),
                    _lock: Some(file),
                };
                // Private from its first byte, also in a directory that is not; SQLite gives its log the same mode.
                let store = held.store();
                private_file(&store).map_err(fault(&store))?;
                Ok(held)
            }
            Err(TryLockError::WouldBlock) => Err(DataError::InUse(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(DataError::Io { path: lock, source }),
        }
    }

    /// For commands beside a running server: the directory has to be there.
    ///
    /// # Errors
    /// [`DataError::NoStore`].
    pub fn visit(path: &Path) -> Result<Self, DataError> {
        let dir = Self {
            path: path.to_owned(),
            _lock: None,
        };
        if dir.store().is_file() {
            Ok(dir)
        } else {
            Err(DataError::NoStore(path.to_owned()))
        }
    }

    /// Is a server at work in it? Changes nothing.
    ///
    /// # Errors
    /// [`DataError::Io`].
    pub fn in_use(path: &Path) -> Result<bool, DataError> {
        let lock = path.join("lock");
        let held = match File::open(&lock) {
            Ok(file) => file.try_lock_shared(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => Err(TryLockError::Error(error)),
        };
        match held {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(source)) => Err(DataError::Io { path: lock, source }),
        }
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The store's file.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.path.join("store.sqlite")
    }

    /// The journal of erasures; absent: nothing was destroyed yet.
    #[must_use]
    pub fn erasures(&self) -> PathBuf {
        erasures(&self.path)
    }
}

/// The journal of erasures in a data directory.
pub(crate) fn erasures(dir: &Path) -> PathBuf {
    dir.join("erasures.jsonl")
}

/// What to do about an error of the file system, as the end of its sentence.
pub(crate) fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "; give the server's user the right to it",
        io::ErrorKind::ReadOnlyFilesystem => "; the server has to write here, mount it writable",
        io::ErrorKind::StorageFull => "; the disk is full, free some space",
        _ => "",
    }
}

/// New and renamed files are durable only when their directory is.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(dir)?.sync_all()
    } else {
        Ok(())
    }
}

/// Opens a file, 0600 if it is new.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).create(path)
}
