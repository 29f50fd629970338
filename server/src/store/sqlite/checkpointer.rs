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

/// Pages that may be left to move while the writer waits: more are left only behind somebody who reads for long, as a backup
/// does, and who would keep the writer waiting.
const LEFT: u32 = 1024;

/// How long the writer waits for readers to leave the write-ahead log. Answers take a moment; a check of the whole store
/// stays for minutes and must not hold up who writes: the log grows until it is done.
pub(super) const READERS_LEAVE: Duration = Duration::from_millis(100);

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
    let left: u32 = own.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        let (pages, moved): (u32, u32) = (row.get(1)?, row.get(2)?);
        Ok(pages.saturating_sub(moved))
    })?;
    if left > LEFT {
        return Ok(());
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::sample::Scratch;

    #[test]
    fn who_reads_for_long_does_not_keep_the_writer_waiting() {
        let scratch = Scratch::new("checkpointer");
        let path = scratch.path().join("store.sqlite");
        let writer = connections::connect(&path).unwrap();
        writer
            .execute_batch(
                "PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = off; CREATE TABLE t (x)",
            )
            .unwrap();
        let reader = connections::connect(&path).unwrap();
        reader.execute_batch("BEGIN; SELECT * FROM t").unwrap();
        // More than what makes the writer begin its log anew, all of it after what the reader sees.
        let fill = "INSERT INTO t SELECT zeroblob(1000000) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT i FROM n)";
        writer
            .execute(fill, [PAGES * 4096 / 1_000_000 + 5])
            .unwrap();
        let writer = Arc::new(Mutex::new(Some(writer)));
        let finished = |writer: &Arc<Mutex<Option<Connection>>>| {
            let (done, finished) = mpsc::channel();
            let (path, writer) = (path.clone(), Arc::clone(writer));
            thread::spawn(move || {
                checkpoint(&path, &mut None, &writer).unwrap();
                done.send(()).unwrap();
            });
            finished
        };
        // The test has the writer: a checkpoint that wants it would not come back.
        let held = writer.lock().unwrap();
        let checkpointed = finished(&writer);
        checkpointed.recv_timeout(Duration::from_secs(60)).unwrap();

        // Without the reader it takes the writer, for the little that is left.
        drop(reader);
        let checkpointed = finished(&writer);
        assert!(checkpointed.recv_timeout(Duration::from_secs(1)).is_err());
        drop(held);
        checkpointed.recv_timeout(Duration::from_secs(60)).unwrap();
    }
}
