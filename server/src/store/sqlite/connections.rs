//! Connections to one file: one that writes, a few that read.

use std::{
    fs::File,
    io::{self, Read, Seek as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

use super::{super::StoreError, checkpointer::Checkpointer, snapshot};

/// How long a connection waits for another process, such as the command that reads the inbox.
pub(super) const BUSY: Duration = Duration::from_secs(5);
/// Idle reading connections that are kept.
const READERS: usize = 4;
/// The writer's cache: the indexes' upper pages of a log of millions. In KiB, as SQLite wants it, negative.
const CACHE_KIB: i64 = -32 * 1024;
/// Pages in the write-ahead log at which a commit moves them into the file by itself, should the checkpointer not have come to
/// it: 256 MiB.
const LATEST_CHECKPOINT: i64 = 64 * 1024;

/// What connections may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// All connections of this process to one store.
pub(super) struct Connections {
    path: PathBuf,
    access: Access,
    /// None after a failed write: the next write opens anew. Held for as long as a write takes.
    writer: Arc<Mutex<Option<Connection>>>,
    /// The idle ones. Held for a moment only, never together with `writer`.
    readers: Mutex<Vec<Connection>>,
    /// None: nothing is written here.
    checkpointer: Option<Checkpointer>,
    /// The file as bytes, opened when it is first searched. Closing any descriptor of a file takes away all locks that this
    /// process has on it, SQLite's too: it stays open as long as they do, and goes last.
    raw: Mutex<Option<File>>,
}

impl Connections {
    pub(super) fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let (writer, checkpointer) = match access {
            Access::Read => (Arc::default(), None),
            Access::Write => {
                let writer = Arc::new(Mutex::new(Some(connect_to_write(path)?)));
                let checkpointer = Checkpointer::start(path, Arc::clone(&writer))?;
                (writer, Some(checkpointer))
            }
        };
        Ok(Self {
            path: path.to_owned(),
            access,
            checkpointer,
            writer,
            readers: Mutex::new(Vec::new()),
            raw: Mutex::new(None),
        })
    }

    /// The bytes of the file, from its begin, and then those of its write-ahead log.
    pub(super) fn bytes<T>(
        &self,
        mut work: impl FnMut(&mut dyn Read) -> io::Result<T>,
    ) -> io::Result<[T; 2]> {
        let mut raw = lock(&self.raw);
        let file = match &mut *raw {
            Some(file) => file,
            none => none.insert(File::open(&self.path)?),
        };
        file.rewind()?;
        let file = work(file)?;
        // SQLite has no locks on this one.
        let mut wal = self.path.as_os_str().to_owned();
        wal.push("-wal");
        let wal = match File::open(wal) {
            Ok(mut wal) => work(&mut wal)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => work(&mut io::empty())?,
            Err(error) => return Err(error),
        };
        Ok([file, wal])
    }

    /// Reads; what fails takes its connection with it.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = lock(&self.readers).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => match self.access {
                Access::Read => connect_read_only(&self.path)?,
                Access::Write => connect(&self.path)?,
            },
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
            None if self.access == Access::Read => return Err(StoreError::ReadOnly),
            None => connect_to_write(&self.path)?,
        };
        let result = work(&mut connection)?;
        *writer = Some(connection);
        drop(writer);
        if let Some(checkpointer) = &self.checkpointer {
            checkpointer.committed();
        }
        Ok(result)
    }
}

fn connect_to_write(path: &Path) -> Result<Connection, StoreError> {
    let db = connect(path)?;
    db.pragma_update(None, "cache_size", CACHE_KIB)?;
    db.pragma_update(None, "wal_autocheckpoint", LATEST_CHECKPOINT)?;
    // What is deleted is overwritten. Always, and not only for an erasure: rows that move between pages leave copies too.
    db.pragma_update(None, "secure_delete", true)?;
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

fn connect_read_only(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // Without a write-ahead log nobody has it open. Then "immutable" keeps SQLite from making an empty one, which a reader
    // could not take away again.
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let db = if Path::new(&wal).exists() {
        Connection::open_with_flags(path, flags)?
    } else {
        let alone = flags | OpenFlags::SQLITE_OPEN_URI;
        Connection::open_with_flags(snapshot::immutable(path), alone)?
    };
    db.busy_timeout(BUSY)?;
    Ok(db)
}

/// What is behind these locks is whole after a panic: connections roll back by themselves.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
