//! The SQLite driver: one file in WAL mode with `synchronous=FULL`, one connection that writes, a few that read.
//!
//! A commit has reached the disk when it returns; a connection on which a write failed is thrown away, because what it
//! believes about the file can no longer be trusted.

mod backup;
mod checkpointer;
mod connections;
mod counts;
mod deliveries;
mod erasures;
mod evidence;
mod facts;
mod files;
mod keys;
mod lookup;
mod notices;
mod office;
mod published;
mod requests;
mod rows;
mod schema;
mod snapshot;

use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    path::Path,
    sync::{PoisonError, RwLock},
};

use raspiska_shared::{digest::Digest, log::tree::Hash, party::SubjectId};
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, TransactionBehavior, params};

use super::{
    Added, Batch, Counts, Erasures, Fact, Facts, Files, Head, Identities, Identity, KeyPeriod,
    Mark, Position, Published, Role, Rotation, Row, Scrubbed, Sealed, Store, StoreError,
};
use connections::{Access, Connections};
use erasures::Deletion;
pub(crate) use lookup::By;
use lookup::Lookup;
use rows::{digest, hash, hashes, int, place, select_rows, uint};
pub(crate) use snapshot::{LogId, Pair, Snapshot};

/// The row of `meta` with the check value of the vault's key.
const VAULT: &str = "vault";

/// A store in one SQLite file.
pub struct Sqlite {
    connections: Connections,
    /// The numbers of the logs; they never change. Never locked together with a connection.
    logs: RwLock<BTreeMap<String, i64>>,
    /// Locked last, and never during a commit.
    lookup: Lookup,
}

impl Sqlite {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// [`StoreError::Schema`] for a file of another version or program; others.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connections = Connections::open(path, Access::Write)?;
        connections.write(schema::ensure)?;
        Self::over(connections)
    }

    /// Opens the file for reading and changes nothing, not even beside it; a server may be writing it.
    ///
    /// # Errors
    /// As [`Self::open`]; every call that writes fails.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let connections = Connections::open(path, Access::Read)?;
        connections.read(schema::recognise)?;
        Self::over(connections)
    }

    fn over(connections: Connections) -> Result<Self, StoreError> {
        let store = Self {
            connections,
            logs: RwLock::new(BTreeMap::new()),
            lookup: Lookup::default(),
        };
        store.number_logs()?;
        Ok(store)
    }

    fn number_logs(&self) -> Result<(), StoreError> {
        let numbers: BTreeMap<String, i64> = self.connections.read(|db| {
            let mut query = db.prepare("SELECT site, id FROM log")?;
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        for log in numbers.values() {
            self.connections.read(|db| self.lookup.load(db, *log))?;
        }
        *self.logs.write().unwrap_or_else(PoisonError::into_inner) = numbers;
        Ok(())
    }

    fn log(&self, site: &str) -> Result<i64, StoreError> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        logs.get(site).copied().ok_or(StoreError::UnknownSite)
    }
}

impl Store for Sqlite {
    fn identities(&self) -> Result<Identities, StoreError> {
        self.connections.read(identities)
    }

    fn establish(
        &self,
        time: u64,
        vault: &Digest,
        logs: &[(String, Identity, Head)],
    ) -> Result<(), StoreError> {
        self.connections.write(|db| {
            let begin = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let new = begin.execute(
                "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                params![VAULT, vault.as_bytes()],
            )?;
            if new == 1 {
                keys::begin(&begin, Role::Vault, "", &vault.to_string(), time)?;
            }
            let stored = begin.query_row("SELECT value FROM meta WHERE name = ?1", [VAULT], |row| digest(row, 0))?;
            if stored != *vault {
                return Err(StoreError::Conflict);
            }
            for (site, identity, head) in logs {
                begin.execute(
                    "INSERT INTO log (site, vkey, operator, size, root, checkpoint) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![
                        site,
                        identity.vkey,
                        identity.operator.0.as_bytes(),
                        int(head.size)?,
                        head.root,
                        head.checkpoint
                    ],
                )?;
                keys::begin(&begin, Role::Log, site, &identity.vkey, time)?;
                keys::begin(&begin, Role::Operator, site, &identity.operator.0.to_string(), time)?;
            }
            Ok(begin.commit()?)
        })?;
        self.number_logs()
    }

    fn keys(&self) -> Result<Vec<KeyPeriod>, StoreError> {
        self.connections.read(keys::all)
    }

    fn rotate(&self, time: u64, rotation: &Rotation<'_>) -> Result<(), StoreError> {
        self.connections
            .write(|db| keys::rotate(db, time, rotation))
    }

    fn probe(&self) -> Result<(), StoreError> {
        self.connections.write(|db| schema::touch(db))
    }

    fn head(&self, site: &str) -> Result<Head, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| {
            let mut query =
                db.prepare_cached("SELECT size, root, checkpoint FROM log WHERE id = ?1")?;
            Ok(query.query_row([log], |row| {
                Ok(Head {
                    size: uint(row, 0)?,
                    root: hash(row, 1)?,
                    checkpoint: row.get(2)?,
                })
            })?)
        })
    }

    fn append(&self, site: &str, batch: &Batch<'_>) -> Result<(), StoreError> {
        let log = self.log(site)?;
        let appended = self.connections.write(|db| {
            let append = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let slice = self.lookup.slice(&append, log, batch.rows.len())?;
            let deletion = Deletion::prepare(&append, log, batch.erased, &self.lookup)?;
            let moved = append
                .prepare_cached(
                    "UPDATE log SET size = ?1, root = ?2, checkpoint = ?3 WHERE id = ?4 AND size = ?5 AND root = ?6",
                )?
                .execute(params![
                    int(batch.head.size)?,
                    batch.head.root,
                    batch.head.checkpoint,
                    log,
                    int(batch.from.0)?,
                    batch.from.1
                ])?;
            if moved != 1 {
                return Err(StoreError::Conflict);
            }
            rows::insert(&append, log, batch)?;
            deletion.make(&append, log, batch)?;
            if let Some(slice) = &slice {
                slice.write(&append, log)?;
            }
            append.commit()?;
            self.lookup.appended(log, batch.rows, slice.as_ref())
        });
        if appended.is_err() {
            self.lookup.forget(log);
        }
        appended
    }

    fn tile(&self, site: &str, level: u8, index: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        let log = self.log(site)?;
        let index = int(index)?;
        self.connections.read(|db| {
            db.prepare_cached("SELECT hashes FROM tile WHERE log = ?1 AND level = ?2 AND idx = ?3")?
                .query_row(params![log, level, index], |row| hashes(row, 0))
                .optional()
                .map_err(StoreError::from)
        })
    }

    fn row(&self, site: &str, receipt: &Digest) -> Result<Option<Row>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| {
            let mut query =
                db.prepare_cached(select_rows!("WHERE e.place = ?1 AND e.receipt = ?2"))?;
            for place in self.lookup.places(db, log, By::Receipt, receipt)? {
                let found = query
                    .query_row(params![place, receipt.as_bytes()], |row| {
                        rows::row(row, log)
                    })
                    .optional()?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            Ok(None)
        })
    }

    fn positions(
        &self,
        site: &str,
        receipts: &[Digest],
    ) -> Result<Vec<Option<Position>>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| {
            let mut query = db.prepare_cached(
                "SELECT place, time FROM entry WHERE place = ?1 AND receipt = ?2",
            )?;
            let mut position = |receipt: &Digest| {
                for place in self.lookup.places(db, log, By::Receipt, receipt)? {
                    let found = query
                        .query_row(params![place, receipt.as_bytes()], |row| {
                            Ok(Position {
                                index: rows::index(row, 0, log)?,
                                time: uint(row, 1)?,
                            })
                        })
                        .optional()?;
                    if found.is_some() {
                        return Ok(found);
                    }
                }
                Ok(None)
            };
            receipts.iter().map(&mut position).collect()
        })
    }

    fn history(&self, site: &str, subject: &SubjectId) -> Result<Vec<Row>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| {
            let mut query =
                db.prepare_cached(select_rows!("WHERE e.place = ?1 AND e.subject = ?2"))?;
            let mut history = Vec::new();
            for place in self.lookup.places(db, log, By::Subject, &subject.0)? {
                let found = query.query_row(params![place, subject.0.as_bytes()], |row| {
                    rows::row(row, log)
                });
                history.extend(found.optional()?);
            }
            Ok(history)
        })
    }

    fn entries(
        &self,
        site: &str,
        first: u64,
        count: u16,
    ) -> Result<Vec<(Digest, u64)>, StoreError> {
        let log = self.log(site)?;
        let first = place(log, first)?;
        let end = place(log + 1, 0)?;
        self.connections.read(|db| {
            let mut query = db.prepare_cached(
                "SELECT receipt, time FROM entry WHERE place >= ?1 AND place < ?2 ORDER BY place LIMIT ?3",
            )?;
            let rows = query.query_map(params![first, end, count], |row| Ok((digest(row, 0)?, uint(row, 1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn rows(&self, site: &str, first: u64, count: u16) -> Result<Vec<Row>, StoreError> {
        let log = self.log(site)?;
        let (first, end) = (place(log, first)?, place(log + 1, 0)?);
        self.connections.read(|db| {
            let mut query = db.prepare_cached(select_rows!(
                "WHERE e.place >= ?1 AND e.place < ?2 ORDER BY e.place LIMIT ?3"
            ))?;
            let rows = query.query_map(params![first, end, count], |row| rows::row(row, log))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn subject_key(&self, site: &str, subject: &SubjectId) -> Result<Option<Vec<u8>>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| {
            db.prepare_cached("SELECT wrapped FROM subject_key WHERE log = ?1 AND subject = ?2")?
                .query_row(params![log, subject.0.as_bytes()], |row| row.get(0))
                .optional()
                .map_err(StoreError::from)
        })
    }

    fn sealed(&self, site: &str, index: u64) -> Result<Vec<Sealed>, StoreError> {
        let log = self.log(site)?;
        let place = place(log, index)?;
        self.connections.read(|db| {
            let mut query = db.prepare_cached(
                "SELECT name, sealed FROM disclosure WHERE place = ?1 ORDER BY name",
            )?;
            let rows = query.query_map([place], |row| {
                Ok(Sealed {
                    index,
                    name: row.get(0)?,
                    blob: row.get(1)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn disclosing(&self, site: &str, first: u64, count: u16) -> Result<Vec<Row>, StoreError> {
        let log = self.log(site)?;
        let (first, end) = (place(log, first)?, place(log + 1, 0)?);
        self.connections.read(|db| {
            let mut query = db.prepare_cached(select_rows!(
                "WHERE e.place IN (SELECT DISTINCT place FROM disclosure WHERE place >= ?1 AND place < ?2 ORDER BY place LIMIT ?3) ORDER BY e.place"
            ))?;
            let rows = query.query_map(params![first, end, count], |row| rows::row(row, log))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn published(&self, site: &str) -> Result<Option<Published>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| published::read(db, log))
    }

    fn publish(&self, site: &str, published: Option<&Published>) -> Result<(), StoreError> {
        let log = self.log(site)?;
        self.connections
            .write(|db| published::write(db, log, published))
    }

    fn counts(&self, site: &str, days: RangeInclusive<&str>) -> Result<Counts, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| counts::read(db, log, days))
    }

    fn set_counts(&self, site: &str, counts: &Counts) -> Result<(), StoreError> {
        let log = self.log(site)?;
        self.connections.write(|db| counts::set(db, log, counts))
    }
}

impl Erasures for Sqlite {
    fn scrub(&self, marks: &[Mark]) -> Result<Scrubbed, StoreError> {
        erasures::scrub(&self.connections, marks)
    }
}

impl Facts for Sqlite {
    fn add_fact(&self, site: &str, fact: &Fact) -> Result<(), StoreError> {
        let log = self.log(site)?;
        self.connections.write(|db| facts::add(db, log, fact))
    }

    fn facts(&self, site: &str, after: u64, count: u16) -> Result<Vec<(u64, Fact)>, StoreError> {
        let log = self.log(site)?;
        self.connections
            .read(|db| facts::after(db, log, after, count))
    }

    fn facts_of(&self, site: &str, subject: &SubjectId) -> Result<Vec<Fact>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| facts::of(db, log, subject))
    }
}

impl Files for Sqlite {
    fn add_file(&self, site: &str, file: &Sealed) -> Result<Added, StoreError> {
        let log = self.log(site)?;
        self.connections.write(|db| files::add(db, log, file))
    }

    fn file(&self, site: &str, index: u64, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let log = self.log(site)?;
        self.connections
            .read(|db| files::read(db, log, index, name))
    }

    fn files(&self, site: &str, index: u64) -> Result<Vec<String>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| files::names(db, log, index))
    }
}

/// Which logs and which vault the store belongs to.
fn identities(db: &Connection) -> Result<Identities, StoreError> {
    let vault = db
        .query_row("SELECT value FROM meta WHERE name = ?1", [VAULT], |row| {
            digest(row, 0)
        })
        .optional()?;
    let mut query = db.prepare("SELECT site, vkey, operator FROM log")?;
    let logs = query.query_map([], |row| {
        let operator = SubjectId(digest(row, 2)?);
        Ok((
            row.get(0)?,
            Identity {
                vkey: row.get(1)?,
                operator,
            },
        ))
    })?;
    let logs = logs.collect::<Result<_, _>>()?;
    Ok(Identities { vault, logs })
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sqlite")
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged("SQLite finds its file malformed"),
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::NotADatabase) => Self::Foreign,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            None if rows::is_unreadable(&error) => {
                Self::Damaged("a stored value has another type or length than it was stored with")
            }
            _ => Self::Failed(Box::new(error)),
        }
    }
}
