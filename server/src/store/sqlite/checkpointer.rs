//! Moves what the write-ahead log has gathered into the file, beside the writer: done within a commit, as SQLite would, it
//! would hold up every receipt that waits for that commit.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, Receiver, SyncSender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use rusqlite::Connection;

use super::{super::StoreError, connections};

/// Commits between two looks.
const COMMITS: u32 = 64;

/// From so many pages of 4 KiB on, the writer begins the write-ahead log anew: 64 MiB, read in a moment after a crash.
const PAGES: u32 = 16 * 1024;

/// How long the writer waits for readers to leave the write-ahead log. Answers take a moment; a check of the whole store
/// stays for minutes and must not hold up who writes: the log grows until it is done.
const READERS_LEAVE: Duration = Duration::from_millis(100);

/// A thread that checkpoints. It ends with its owner.
pub(super) struct Checkpointer {
    commits: AtomicU32,
    /// Taken when it ends.
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Starts the thread for the file at `path`, whose only writer is `writer`.
    pub(super) fn start(
        path: &Path,
        writer: Arc<Mutex<Option<Connection>>>,
    ) -> Result<Self, StoreError> {
        let (wake, woken) = mpsc::sync_channel(1);
        let path = path.to_owned();
        let thread = thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || run(&path, &writer, &woken))
            .map_err(|error| StoreError::Failed(error.into()))?;
        Ok(Self {
            commits: AtomicU32::new(0),
            wake: Some(wake),
            thread: Some(thread),
        })
    }

    /// One more commit is in the write-ahead log.
    pub(super) fn committed(&self) {
        let before = self.commits.fetch_add(1, Ordering::Relaxed);
        if before % COMMITS == COMMITS - 1
            && let Some(wake) = &self.wake
        {
            // Full: it has been told, and has not come to it yet.
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(path: &Path, writer: &Mutex<Option<Connection>>, woken: &Receiver<()>) {
    let mut connection = None;
    while woken.recv().is_ok() {
        if let Err(error) = checkpoint(path, &mut connection, writer) {
            // What failed takes its connection with it; the pages stay in the write-ahead log, and nothing is lost.
            connection = None;
            tracing::warn!(error = %error, "write-ahead log not moved into the file");
        }
    }
}

fn checkpoint(
    path: &Path,
    connection: &mut Option<Connection>,
    writer: &Mutex<Option<Connection>>,
) -> Result<(), StoreError> {
    let own = match connection {
        Some(own) => own,
        None => connection.insert(connections::connect(path)?),
    };
    let pages: u32 = own.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))?;
    if pages < PAGES {
        return Ok(());
    }
    // Once more, for what came in the meantime; the little that comes after that is moved while the writer waits, so that its
    // next commit begins the log anew.
    own.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(db) = writer.take() else {
        return Ok(());
    };
    db.busy_timeout(READERS_LEAVE)?;
    db.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()))?;
    db.busy_timeout(connections::BUSY)?;
    *writer = Some(db);
    Ok(())
}
