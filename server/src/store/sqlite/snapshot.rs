//! One look at a whole store, for its check: read-only, and of one moment, whatever a server beside it goes on to write.
//!
//! While it lasts SQLite cannot empty the write-ahead log: the log grows, and an erasure answers that the store is in use.

use std::path::Path;

use raspiska_shared::{digest::Digest, log::tree::Hash, party::SubjectId};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, params};

use super::{
    super::{Evidence, Head, Identities, KeyPeriod, Published, Row, Sealed, StoreError},
    connections, evidence, files, identities, keys,
    lookup::{self, By, Lookup},
    published,
    rows::{self, INDEX_BITS, digest, hash, hashes, int, place, select_rows, uint},
    schema,
};

/// A store as it was at one moment. One connection, one read transaction.
pub(crate) struct Snapshot {
    db: Connection,
    /// Finds what the lookup tables do not have yet, as the server does.
    lookup: Lookup,
}

/// The number of a log in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LogId(i64);

/// What a lookup table has of an entry: the begin of a digest, and where the entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Pair {
    key: i64,
    place: i64,
}

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
            Err(error) if cannot_open(&error) => {
                let wal = path.with_extension("sqlite-wal");
                if wal.metadata().is_ok_and(|file| file.len() > 0) {
                    return Err(StoreError::Unreadable(error.into()));
                }
                // Nothing waits in a write-ahead log, and nobody can begin one here: the file alone is the store.
                let alone = flags | OpenFlags::SQLITE_OPEN_URI;
                Self::begin(Connection::open_with_flags(immutable(path), alone))
            }
            result => result,
        }
    }

    fn begin(opened: rusqlite::Result<Connection>) -> Result<Self, StoreError> {
        let db = opened?;
        db.busy_timeout(connections::BUSY)?;
        db.execute_batch("BEGIN")?;
        // The first read takes the snapshot.
        schema::recognise(&db)?;
        let lookup = Lookup::default();
        Ok(Self { db, lookup })
    }

    /// Every key there is and was.
    pub(crate) fn keys(&self) -> Result<Vec<KeyPeriod>, StoreError> {
        keys::all(&self.db)
    }

    /// Which logs and which vault the store belongs to.
    pub(crate) fn identities(&self) -> Result<Identities, StoreError> {
        identities(&self.db)
    }

    /// The log of a site, and up to which index the lookup tables have its entries.
    pub(crate) fn log(&self, site: &str) -> Result<(LogId, u64), StoreError> {
        let sql = "SELECT id, found FROM log WHERE site = ?1";
        let found = self
            .db
            .query_row(sql, [site], |row| Ok((LogId(row.get(0)?), uint(row, 1)?)));
        found.optional()?.ok_or(StoreError::UnknownSite)
    }

    /// The head of a log.
    pub(crate) fn head(&self, log: LogId) -> Result<Head, StoreError> {
        let sql = "SELECT size, root, checkpoint FROM log WHERE id = ?1";
        Ok(self.db.query_row(sql, [log.0], |row| {
            Ok(Head {
                size: uint(row, 0)?,
                root: hash(row, 1)?,
                checkpoint: row.get(2)?,
            })
        })?)
    }

    /// What is published of a log with witnesses.
    pub(crate) fn published(&self, log: LogId) -> Result<Option<Published>, StoreError> {
        published::select(&self.db, log.0)
    }

    /// Up to which index there are entries, or leaves in tiles.
    pub(crate) fn end(&self, log: LogId) -> Result<u64, StoreError> {
        let last_entry = "SELECT max(place) FROM entry WHERE place >= ?1 AND place < ?2";
        let last_entry: Option<i64> =
            self.db
                .query_row(last_entry, [log.first()?, log.end()?], |row| row.get(0))?;
        let entries = last_entry.map_or(0, |place| place - log.first().unwrap_or(place) + 1);
        let leaves: Option<i64> = self
            .db
            .query_row(
                "SELECT idx * 256 + length(hashes) / 32 FROM tile WHERE log = ?1 AND level = 0 ORDER BY idx DESC LIMIT 1",
                [log.0],
                |row| row.get(0),
            )
            .optional()?;
        Ok(u64::try_from(entries.max(leaves.unwrap_or(0))).unwrap_or(0))
    }

    /// The rows `first..end` that are there, in the order of the log. The token of one that has none is empty.
    pub(crate) fn rows(&self, log: LogId, first: u64, end: u64) -> Result<Vec<Row>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT e.place, e.receipt, e.time, e.subject, coalesce(t.token, '') FROM entry AS e LEFT JOIN token AS t USING (place)
             WHERE e.place >= ?1 AND e.place < ?2 ORDER BY e.place",
        )?;
        let rows = query.query_map([place(log.0, first)?, place(log.0, end)?], |row| {
            rows::row(row, log.0)
        })?;
        // What does not read as a row is as good as lost; whoever counts the indexes misses it.
        rows.filter(|row| !matches!(row, Err(error) if rows::is_unreadable(error)))
            .map(|row| row.map_err(StoreError::from))
            .collect()
    }

    /// What was logged under a receipt's hash, found as the server finds it.
    pub(crate) fn row(&self, log: LogId, receipt: &Digest) -> Result<Option<Row>, StoreError> {
        for place in self.lookup.places(&self.db, log.0, By::Receipt, receipt)? {
            let row = self.at(log, place)?;
            if row.as_ref().is_some_and(|row| row.receipt == *receipt) {
                return Ok(row);
            }
        }
        Ok(None)
    }

    /// All rows of one subject before `end`, one after the other in the order of the log, found as the server finds them.
    pub(crate) fn history(
        &self,
        log: LogId,
        subject: &SubjectId,
        end: u64,
        mut each: impl FnMut(Row),
    ) -> Result<(), StoreError> {
        for place in self
            .lookup
            .places(&self.db, log.0, By::Subject, &subject.0)?
        {
            if let Some(row) = self.at(log, place)?
                && row.subject == *subject
                && row.index < end
            {
                each(row);
            }
        }
        Ok(())
    }

    fn at(&self, log: LogId, place: i64) -> Result<Option<Row>, StoreError> {
        let mut query = self.db.prepare_cached(select_rows!("WHERE e.place = ?1"))?;
        let row = query.query_row([place], |row| rows::row(row, log.0));
        Ok(row.optional()?)
    }

    /// A whole lookup table, in any order.
    pub(crate) fn pairs(&self, by: By, mut each: impl FnMut(Pair)) -> Result<(), StoreError> {
        let mut query = self.db.prepare(match by {
            By::Receipt => "SELECT key, place FROM by_receipt",
            By::Subject => "SELECT key, place FROM by_subject",
        })?;
        let mut pairs = query.query([])?;
        while let Some(row) = pairs.next()? {
            each(Pair {
                key: row.get(0)?,
                place: row.get(1)?,
            });
        }
        Ok(())
    }

    /// Is it in the lookup table?
    pub(crate) fn has_pair(&self, by: By, pair: Pair) -> Result<bool, StoreError> {
        let mut query = self.db.prepare_cached(match by {
            By::Receipt => "SELECT 1 FROM by_receipt WHERE key = ?1 AND place = ?2",
            By::Subject => "SELECT 1 FROM by_subject WHERE key = ?1 AND place = ?2",
        })?;
        Ok(query.exists([pair.key, pair.place])?)
    }

    /// Does the entry at its place have this digest?
    pub(crate) fn is_of_an_entry(&self, by: By, pair: Pair) -> Result<bool, StoreError> {
        let mut query = self.db.prepare_cached(match by {
            By::Receipt => "SELECT receipt FROM entry WHERE place = ?1",
            By::Subject => "SELECT subject FROM entry WHERE place = ?1",
        })?;
        let found = query.query_row([pair.place], |row| digest(row, 0));
        Ok(found
            .optional()?
            .is_some_and(|digest| lookup::key(&digest) == pair.key))
    }

    /// The hashes of a tile.
    pub(crate) fn tile(
        &self,
        log: LogId,
        level: u8,
        index: u64,
    ) -> Result<Option<Vec<Hash>>, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT hashes FROM tile WHERE log = ?1 AND level = ?2 AND idx = ?3")?;
        let found = query.query_row(params![log.0, level, int(index)?], |row| hashes(row, 0));
        Ok(found.optional()?)
    }

    /// Level and index of every tile.
    pub(crate) fn tiles(
        &self,
        log: LogId,
        mut each: impl FnMut(i64, i64),
    ) -> Result<(), StoreError> {
        let sql = "SELECT level, idx FROM tile WHERE log = ?1 ORDER BY level, idx";
        let mut query = self.db.prepare(sql)?;
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
            "SELECT place, name, sealed FROM disclosure WHERE place >= ?1 AND place < ?2 ORDER BY place, name",
        )?;
        let rows = query.query_map([place(log.0, first)?, place(log.0, end)?], |row| {
            Ok(Sealed {
                index: rows::index(row, 0, log.0)?,
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
        let mut query = self
            .db
            .prepare_cached("SELECT wrapped FROM subject_key WHERE log = ?1 AND subject = ?2")?;
        let found = query.query_row(params![log.0, subject.0.as_bytes()], |row| row.get(0));
        Ok(found.optional()?)
    }

    /// Place by place, what files there are: each is read when it is looked at.
    pub(crate) fn files(&self, log: LogId) -> Result<Vec<(u64, String)>, StoreError> {
        if !files::is_there(&self.db)? {
            return Ok(Vec::new());
        }
        let mut query = self.db.prepare(
            "SELECT place, name FROM file WHERE place >= ?1 AND place < ?2 ORDER BY place, name",
        )?;
        let found = query.query_map([log.first()?, log.end()?], |row| {
            Ok((rows::index(row, 0, log.0)?, row.get(1)?))
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// All sealed evidence of a log.
    pub(crate) fn evidence(&self, log: LogId) -> Result<Vec<Evidence>, StoreError> {
        evidence::of(&self.db, log.0)
    }

    /// One file, sealed.
    pub(crate) fn file(
        &self,
        log: LogId,
        index: u64,
        name: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        files::read(&self.db, log.0, index, name)
    }

    /// Every subject that has a wrapped key. Requests that have a key of their own are none.
    pub(crate) fn key_owners(
        &self,
        log: LogId,
        mut each: impl FnMut(SubjectId),
    ) -> Result<(), StoreError> {
        let mut owners = "SELECT subject FROM subject_key WHERE log = ?1".to_owned();
        // A store that only older programs have written has no requests.
        if self.db.table_exists(None, "request_step")? {
            owners += " EXCEPT SELECT holder FROM request WHERE log = ?1 AND holder IS NOT subject
                 EXCEPT SELECT s.holder FROM request_step AS s JOIN request AS r USING (log, number) WHERE log = ?1 AND s.holder IS NOT r.subject";
        }
        let mut query = self.db.prepare(&owners)?;
        let mut found = query.query([log.0])?;
        while let Some(row) = found.next()? {
            each(SubjectId(digest(row, 0)?));
        }
        Ok(())
    }

    /// How many entries, tokens and sealed disclosures lie from `size` on.
    pub(crate) fn beyond(&self, log: LogId, size: u64) -> Result<[u64; 3], StoreError> {
        let (first, end) = (place(log.0, size)?, log.end()?);
        let count = |sql| self.db.query_row(sql, [first, end], |row| uint(row, 0));
        Ok([
            count("SELECT count(*) FROM entry WHERE place >= ?1 AND place < ?2")?,
            count("SELECT count(*) FROM token WHERE place >= ?1 AND place < ?2")?,
            count("SELECT count(*) FROM disclosure WHERE place >= ?1 AND place < ?2")?,
        ])
    }

    /// The tables that have rows of a log that is not there.
    pub(crate) fn strays(&self) -> Result<Vec<&'static str>, StoreError> {
        const BY_PLACE: [&str; 4] = ["entry", "token", "disclosure", "file"];
        const BY_LOG: [&str; 6] = [
            "tile",
            "subject_key",
            "published",
            "witness",
            "evidence",
            "opening",
        ];
        let by_place = BY_PLACE.map(|table| (table, format!("place >> {INDEX_BITS}"), "place"));
        let by_log = BY_LOG.map(|table| (table, "log".to_owned(), "log"));
        let mut strays = Vec::new();
        for (table, log, column) in by_place.into_iter().chain(by_log) {
            let is_there = match table {
                "file" => files::is_there(&self.db)?,
                "evidence" | "opening" => evidence::is_there(&self.db)?,
                _ => true,
            };
            if !is_there {
                continue;
            }
            let next = if column == "log" {
                "log > own.id".to_owned()
            } else {
                format!("place >= (own.id + 1) << {INDEX_BITS}")
            };
            // From one log to the next by the primary key, which begins with it.
            let sql = format!(
                "WITH RECURSIVE own (id) AS (
                     SELECT (SELECT {log} FROM {table} ORDER BY {column} LIMIT 1)
                     UNION ALL SELECT (SELECT {log} FROM {table} WHERE {next} ORDER BY {column} LIMIT 1) FROM own WHERE id IS NOT NULL)
                 SELECT EXISTS (SELECT 1 FROM own WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM log))"
            );
            if self.db.query_row(&sql, [], |row| row.get(0))? {
                strays.push(table);
            }
        }
        Ok(strays)
    }
}

impl LogId {
    /// What a lookup table has to have of an entry.
    pub(crate) fn pair(self, digest: &Digest, index: u64) -> Result<Pair, StoreError> {
        Ok(Pair {
            key: lookup::key(digest),
            place: place(self.0, index)?,
        })
    }

    fn first(self) -> Result<i64, StoreError> {
        place(self.0, 0)
    }

    fn end(self) -> Result<i64, StoreError> {
        place(self.0 + 1, 0)
    }
}

impl Pair {
    /// The log that it is of.
    pub(crate) fn log(self) -> LogId {
        LogId(self.place >> INDEX_BITS)
    }

    /// The entry's index in its log.
    pub(crate) fn index(self) -> u64 {
        u64::try_from(self.place & ((1 << INDEX_BITS) - 1)).unwrap_or(0)
    }
}

/// As a URI, in which three characters would mean something else.
pub(super) fn immutable(path: &Path) -> String {
    let path = path.to_string_lossy();
    let path = path
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    format!("file:{path}?immutable=1")
}

fn cannot_open(error: &StoreError) -> bool {
    match error {
        StoreError::ReadOnly => true,
        StoreError::Failed(error) => error
            .downcast_ref::<rusqlite::Error>()
            .and_then(rusqlite::Error::sqlite_error_code)
            .is_some_and(|code| code == ErrorCode::CannotOpen),
        _ => false,
    }
}
