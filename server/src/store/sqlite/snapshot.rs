//! One look at a whole store, for its check: read-only, and of one moment, whatever a server beside it goes on to write.
//!
//! While it lasts SQLite cannot empty the write-ahead log: the log grows, and an erasure answers that the store is in use.

use std::path::Path;

use raspiska_shared::{digest::Digest, log::tree::Hash, party::SubjectId};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, params};

use super::{
    super::{Head, Identities, Row, Sealed, StoreError},
    identities,
    rows::{self, digest, hash, hashes, int, uint},
    schema,
};

/// The tables whose rows belong to a log.
const OF_A_LOG: [&str; 4] = ["entry", "tile", "subject_key", "disclosure"];

/// A store as it was at one moment. One connection, one read transaction.
pub(crate) struct Snapshot {
    db: Connection,
}

/// The number of a log in its store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogId(i64);

impl Snapshot {
    /// Looks at the file; makes none and changes none.
    ///
    /// # Errors
    /// [`StoreError::Schema`] for a file of another version or program, [`StoreError::Unreadable`] for a file that cannot
    /// be read in this place; others.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        match Self::begin(Connection::open_with_flags(path, flags)) {
            // A file in WAL mode needs its index beside it, which SQLite cannot make in a directory that is read-only.
            Err(StoreError::Failed(error)) if cannot_open(&*error) => {
                let wal = path.with_extension("sqlite-wal");
                if wal.metadata().is_ok_and(|file| file.len() > 0) || !path.is_file() {
                    return Err(StoreError::Unreadable(error));
                }
                // Nothing waits in a write-ahead log and nobody can begin one: the file alone is the store.
                Self::begin(Connection::open_with_flags(
                    immutable(path),
                    flags | OpenFlags::SQLITE_OPEN_URI,
                ))
            }
            result => result,
        }
    }

    fn begin(opened: rusqlite::Result<Connection>) -> Result<Self, StoreError> {
        let db = opened?;
        db.busy_timeout(super::connections::BUSY)?;
        db.execute_batch("BEGIN")?;
        // The first read takes the snapshot.
        schema::recognise(&db)?;
        Ok(Self { db })
    }

    /// Which logs and which vault the store belongs to.
    pub(crate) fn identities(&self) -> Result<Identities, StoreError> {
        identities(&self.db)
    }

    /// The log of a site.
    pub(crate) fn log(&self, site: &str) -> Result<LogId, StoreError> {
        let mut query = self.db.prepare("SELECT id FROM log WHERE site = ?1")?;
        let found = query.query_row([site], |row| row.get(0)).optional()?;
        found.map(LogId).ok_or(StoreError::UnknownSite)
    }

    /// The head of a log.
    pub(crate) fn head(&self, log: LogId) -> Result<Head, StoreError> {
        let mut query = self
            .db
            .prepare("SELECT size, root, checkpoint FROM log WHERE id = ?1")?;
        Ok(query.query_row([log.0], |row| {
            Ok(Head {
                size: uint(row, 0)?,
                root: hash(row, 1)?,
                checkpoint: row.get(2)?,
            })
        })?)
    }

    /// Up to which index there are entries, or leaves in tiles.
    pub(crate) fn end(&self, log: LogId) -> Result<u64, StoreError> {
        Ok(self.db.query_row(
            "SELECT max(coalesce((SELECT max(idx) + 1 FROM entry WHERE log = ?1), 0), coalesce(
                 (SELECT idx * 256 + length(hashes) / 32 FROM tile WHERE log = ?1 AND level = 0 ORDER BY idx DESC LIMIT 1), 0))",
            [log.0],
            |row| uint(row, 0),
        )?)
    }

    /// The rows `first..end` that are there, in the order of the log.
    pub(crate) fn rows(&self, log: LogId, first: u64, end: u64) -> Result<Vec<Row>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT idx, receipt, time, subject, token FROM entry WHERE log = ?1 AND idx >= ?2 AND idx < ?3 ORDER BY idx",
        )?;
        let rows = query.query_map(params![log.0, int(first)?, int(end)?], rows::row)?;
        // What does not read as a row is as good as lost; whoever counts the indexes misses it.
        rows.filter(|row| !matches!(row, Err(error) if is_unreadable(error)))
            .map(|row| row.map_err(StoreError::from))
            .collect()
    }

    /// What was logged under a receipt's hash.
    pub(crate) fn row(&self, log: LogId, receipt: &Digest) -> Result<Option<Row>, StoreError> {
        self.db
            .prepare_cached(
                "SELECT idx, receipt, time, subject, token FROM entry WHERE log = ?1 AND receipt = ?2",
            )?
            .query_row(params![log.0, receipt.as_bytes()], rows::row)
            .optional()
            .map_err(StoreError::from)
    }

    /// All rows of one subject before `end`, one after the other in the order of the log.
    pub(crate) fn history(
        &self,
        log: LogId,
        subject: &SubjectId,
        end: u64,
        mut each: impl FnMut(Row),
    ) -> Result<(), StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT idx, receipt, time, subject, token FROM entry WHERE log = ?1 AND subject = ?2 AND idx < ?3 ORDER BY idx",
        )?;
        let rows = query.query_map(params![log.0, subject.0.as_bytes(), int(end)?], rows::row)?;
        for row in rows {
            match row {
                Ok(row) => each(row),
                Err(error) if is_unreadable(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The lookup by hash as it is stored, from one end to the other: receipt and index.
    pub(crate) fn by_receipt(
        &self,
        log: LogId,
        each: impl FnMut(Digest, u64),
    ) -> Result<(), StoreError> {
        self.lookup(
            "SELECT receipt, idx FROM entry INDEXED BY entry_receipt WHERE log = ?1",
            log,
            each,
        )
    }

    /// The lookup by subject as it is stored, from one end to the other: subject and index.
    pub(crate) fn by_subject(
        &self,
        log: LogId,
        each: impl FnMut(Digest, u64),
    ) -> Result<(), StoreError> {
        self.lookup(
            "SELECT subject, idx FROM entry INDEXED BY entry_subject WHERE log = ?1",
            log,
            each,
        )
    }

    fn lookup(
        &self,
        sql: &str,
        log: LogId,
        mut each: impl FnMut(Digest, u64),
    ) -> Result<(), StoreError> {
        let mut query = self.db.prepare(sql)?;
        let mut found = query.query([log.0])?;
        while let Some(row) = found.next()? {
            each(digest(row, 0)?, uint(row, 1)?);
        }
        Ok(())
    }

    /// Does the lookup by subject find this row?
    pub(crate) fn files(&self, log: LogId, row: &Row) -> Result<bool, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM entry INDEXED BY entry_subject WHERE log = ?1 AND subject = ?2 AND idx = ?3)",
            )?
            .query_row(
                params![log.0, row.subject.0.as_bytes(), int(row.index)?],
                |row| row.get(0),
            )?)
    }

    /// The hashes of a tile.
    pub(crate) fn tile(
        &self,
        log: LogId,
        level: u8,
        index: u64,
    ) -> Result<Option<Vec<Hash>>, StoreError> {
        self.db
            .prepare_cached("SELECT hashes FROM tile WHERE log = ?1 AND level = ?2 AND idx = ?3")?
            .query_row(params![log.0, level, int(index)?], |row| hashes(row, 0))
            .optional()
            .map_err(StoreError::from)
    }

    /// Level and index of every tile.
    pub(crate) fn tiles(
        &self,
        log: LogId,
        mut each: impl FnMut(i64, i64),
    ) -> Result<(), StoreError> {
        let mut query = self
            .db
            .prepare("SELECT level, idx FROM tile WHERE log = ?1 ORDER BY level, idx")?;
        let mut found = query.query([log.0])?;
        while let Some(row) = found.next()? {
            each(row.get(0)?, row.get(1)?);
        }
        Ok(())
    }

    /// The sealed disclosures of the entries `first..end`, in the order of the log.
    pub(crate) fn sealed(
        &self,
        log: LogId,
        first: u64,
        end: u64,
    ) -> Result<Vec<Sealed>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT idx, name, sealed FROM disclosure WHERE log = ?1 AND idx >= ?2 AND idx < ?3 ORDER BY idx, name",
        )?;
        let rows = query.query_map(params![log.0, int(first)?, int(end)?], |row| {
            Ok(Sealed {
                index: uint(row, 0)?,
                name: row.get(1)?,
                blob: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The wrapped key of a subject.
    pub(crate) fn subject_key(
        &self,
        log: LogId,
        subject: &SubjectId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.db
            .prepare_cached("SELECT wrapped FROM subject_key WHERE log = ?1 AND subject = ?2")?
            .query_row(params![log.0, subject.0.as_bytes()], |row| row.get(0))
            .optional()
            .map_err(StoreError::from)
    }

    /// Every subject that has a wrapped key.
    pub(crate) fn key_owners(
        &self,
        log: LogId,
        mut each: impl FnMut(SubjectId),
    ) -> Result<(), StoreError> {
        let mut query = self
            .db
            .prepare("SELECT subject FROM subject_key WHERE log = ?1")?;
        let mut found = query.query([log.0])?;
        while let Some(row) = found.next()? {
            each(SubjectId(digest(row, 0)?));
        }
        Ok(())
    }

    /// How many rows and how many sealed disclosures lie outside `0..size`.
    pub(crate) fn outside(&self, log: LogId, size: u64) -> Result<(u64, u64), StoreError> {
        let size = int(size)?;
        let count = |sql: &str| {
            self.db
                .query_row(sql, params![log.0, size], |row| uint(row, 0))
        };
        Ok((
            count(
                "SELECT (SELECT count(*) FROM entry WHERE log = ?1 AND idx >= ?2) + (SELECT count(*) FROM entry WHERE log = ?1 AND idx < 0)",
            )?,
            count(
                "SELECT (SELECT count(*) FROM disclosure WHERE log = ?1 AND idx >= ?2) + (SELECT count(*) FROM disclosure WHERE log = ?1 AND idx < 0)",
            )?,
        ))
    }

    /// The tables that have rows of a log that is not there.
    pub(crate) fn strays(&self) -> Result<Vec<&'static str>, StoreError> {
        let mut strays = Vec::new();
        for table in OF_A_LOG {
            // From one log to the next by the primary key, which begins with it.
            let stray: bool = self.db.query_row(
                &format!(
                    "WITH RECURSIVE own (id) AS (SELECT min(log) FROM {table} UNION ALL
                         SELECT (SELECT min(log) FROM {table} WHERE log > own.id) FROM own WHERE own.id IS NOT NULL)
                     SELECT EXISTS (SELECT 1 FROM own WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM log))"
                ),
                [],
                |row| row.get(0),
            )?;
            if stray {
                strays.push(table);
            }
        }
        Ok(strays)
    }
}

/// As a URI, in which three characters would mean something else.
fn immutable(path: &Path) -> String {
    let path = path.to_string_lossy();
    let path = path
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    format!("file:{path}?immutable=1")
}

fn cannot_open(error: &(dyn std::error::Error + 'static)) -> bool {
    matches!(
        error
            .downcast_ref::<rusqlite::Error>()
            .and_then(rusqlite::Error::sqlite_error_code),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)
    )
}

/// A value of the wrong type or length, in a file that SQLite can read.
fn is_unreadable(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..)
    )
}
