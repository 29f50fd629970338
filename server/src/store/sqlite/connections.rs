//! Connections to one file: one that writes, a few that read.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::Connection;

use super::{super::StoreError, checkpointer::Checkpointer};

/// How long a connection waits for another process, such as the command that reads the inbox.
pub(super) const BUSY: Duration = Duration::from_secs(5);
/// Idle reading connections that are kept.
const READERS: usize = 4;
/// The writer's cache: the indexes' upper pages of a log of millions. In KiB, as SQLite wants it, negative.
const CACHE_KIB: i64 = -32 * 1024;
/// Pages in the write-ahead log at which a commit moves them into the file by itself, should the checkpointer not have come to
/// it: 256 MiB.
const LATEST_CHECKPOINT: i64 = 64 * 1024;

/// All connections of this process to one store.
pub(super) struct Connections {
    path: PathBuf,
    /// None after a failed write: the next write opens anew. Held for as long as a write takes.
    writer: Arc<Mutex<Option<Connection>>>,
    /// The idle ones. Held for a moment only, never together with `writer`.
    readers: Mutex<Vec<Connection>>,
    checkpointer: Checkpointer,
}

impl Connections {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = Arc::new(Mutex::new(Some(connect_to_write(path)?)));
        Ok(Self {
            path: path.to_owned(),
            checkpointer: Checkpointer::start(path, Arc::clone(&writer))?,
            writer,
            readers: Mutex::new(Vec::new()),
        })
    }

    /// Reads; what fails takes its connection with it.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = lock(&self.readers).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&self.path)?,
        };
        let result = work(&connection)?;
        let mut readers = lock(&self.readers);
        if readers.len() < READERS {
            readers.push(connection);
        }
        Ok(result)
    }

    /// Writes, one at a time; what fails takes the connection with it.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut writer = lock(&self.writer);
        let mut connection = match writer.take() {
            Some(connection) => connection,
            None => connect_to_write(&self.path)?,
        };
        let result = work(&mut connection)?;
        *writer = Some(connection);
        drop(writer);
        self.checkpointer.committed();
        Ok(result)
    }
}

fn connect_to_write(path: &Path) -> Result<Connection, StoreError> {
    let db = connect(path)?;
    db.pragma_update(None, "cache_size", CACHE_KIB)?;
    db.pragma_update(None, "wal_autocheckpoint", LATEST_CHECKPOINT)?;
    Ok(db)
}

pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let db = Connection::open(path)?;
    db.busy_timeout(BUSY)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    // The log is fsynced by every commit: an answer survives a loss of power.
    db.pragma_update(None, "synchronous", "full")?;
    db.pragma_update(None, "foreign_keys", true)?;
    Ok(db)
}

/// What is behind these locks is whole after a panic: connections roll back by themselves.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
