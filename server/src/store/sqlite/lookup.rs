//! Finding places by a receipt's hash or by its subject.
//!
//! Hashes are random. An index that follows every append would touch a page of its own for every receipt: in a log of millions
//! that is most of what is written. So the newest entries are found in memory, and a generation of them moves into the
//! tables together, in the order of the keys, a slice with each append: then one written page takes many of them.
//!
//! ```text
//! entries    0 ……………………… found ……………………… ……………………… size
//!            by_receipt,   old generation,    young
//!            by_subject    being moved
//! ```
//! What is moved stays in memory until all of its generation is in the tables. A crash leaves a part of a generation there;
//! the next start loads the whole of it again, and moving a pair twice changes nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use raspiska_shared::{digest::Digest, party::SubjectId};
use rusqlite::{Connection, params};

use super::{super::StoreError, place, rows};

/// Entries in a generation: some 12 MiB in memory for two, and a start that reads them in a fraction of a second.
const GENERATION: usize = 128 * 1024;

/// Pairs that move with each new entry. Two: a generation has moved when the next is half full.
const PACE: usize = 2;

/// The first eight bytes of a digest, and a place. Few digests share them; whoever finds a place compares the whole.
type Pair = (i64, i64);

/// By what something is found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By {
    /// Its hash.
    Receipt,
    /// Whose status it changes.
    Subject,
}

/// What the tables do not have yet, of each log.
pub(super) struct Lookup {
    /// Entries in a generation.
    generation: usize,
    tails: Mutex<BTreeMap<i64, Tail>>,
}

/// The newest entries of one log.
#[derive(Default)]
struct Tail {
    /// Entries below this index are here or in the tables.
    end: u64,
    young: [BTreeSet<Pair>; 2],
    old: Option<Generation>,
}

/// A generation that moves into the tables.
struct Generation {
    /// Entries below this index are in the tables when all of it has moved.
    end: u64,
    /// In the order of the keys.
    pairs: [Vec<Pair>; 2],
    /// How many of each have moved.
    moved: usize,
}

/// One slice on its way into the tables, within an append.
pub(super) struct Slice {
    pairs: [Vec<Pair>; 2],
    moved: usize,
    /// With this slice the tables have all entries below this index.
    found: Option<u64>,
}

impl Default for Lookup {
    fn default() -> Self {
        Self::with_generation(GENERATION)
    }
}

impl Lookup {
    pub(super) fn with_generation(generation: usize) -> Self {
        Self {
            generation,
            tails: Mutex::default(),
        }
    }

    /// Reads what the tables do not have, so that the first who asks need not wait for it.
    pub(super) fn load(&self, db: &Connection, log: i64) -> Result<(), StoreError> {
        self.lock().entry(log).or_default().catch_up(db, log)
    }

    /// The places whose digest begins as this one does, in order. Sees at least what `db` sees.
    pub(super) fn places(
        &self,
        db: &Connection,
        log: i64,
        by: By,
        digest: &Digest,
    ) -> Result<Vec<i64>, StoreError> {
        let key = key(digest);
        // Memory before the tables: what leaves memory in between is in the tables by then.
        let mut places = {
            let mut tails = self.lock();
            let tail = tails.entry(log).or_default();
            tail.catch_up(db, log)?;
            tail.places(by, key)
        };
        let statement = match by {
            By::Receipt => {
                "SELECT place FROM by_receipt WHERE key = ?1 AND place >= ?2 AND place < ?3"
            }
            By::Subject => {
                "SELECT place FROM by_subject WHERE key = ?1 AND place >= ?2 AND place < ?3"
            }
        };
        let mut query = db.prepare_cached(statement)?;
        let found = query.query_map(params![key, place(log, 0)?, place(log + 1, 0)?], |row| {
            row.get(0)
        })?;
        for place in found {
            places.insert(place?);
        }
        Ok(places.into_iter().collect())
    }

    /// What has to move into the tables with an append of `rows` entries.
    pub(super) fn slice(
        &self,
        db: &Connection,
        log: i64,
        rows: usize,
    ) -> Result<Option<Slice>, StoreError> {
        let mut tails = self.lock();
        let tail = tails.entry(log).or_default();
        tail.catch_up(db, log)?;
        tail.age(self.generation);
        Ok(tail.old.as_ref().map(|old| old.slice(rows * PACE)))
    }

    /// The append is committed: its entries are found from here on, and so is the slice in the tables.
    pub(super) fn appended(
        &self,
        log: i64,
        rows: &[super::Row],
        slice: Option<&Slice>,
    ) -> Result<(), StoreError> {
        let mut tails = self.lock();
        let tail = tails.entry(log).or_default();
        for row in rows {
            tail.add(place(log, row.index)?, &row.receipt, &row.subject);
            tail.end = tail.end.max(row.index + 1);
        }
        if let Some(slice) = slice {
            if slice.found.is_some() {
                tail.old = None;
            } else if let Some(old) = &mut tail.old {
                old.moved = slice.moved;
            }
        }
        Ok(())
    }

    /// What is in memory is in doubt: it is loaded anew when it is needed.
    pub(super) fn forget(&self, log: i64) {
        self.lock().remove(&log);
    }

    /// What is behind this lock is whole after a panic: sets of pairs, each right by itself.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<i64, Tail>> {
        self.tails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tail {
    /// Takes what was appended behind our back: by another process, or before the start.
    fn catch_up(&mut self, db: &Connection, log: i64) -> Result<(), StoreError> {
        let (size, found): (u64, u64) = db
            .prepare_cached("SELECT size, found FROM log WHERE id = ?1")?
            .query_row([log], |row| Ok((rows::uint(row, 0)?, rows::uint(row, 1)?)))?;
        if size <= self.end {
            return Ok(());
        }
        let mut query = db.prepare_cached(
            "SELECT place, receipt, subject FROM entry WHERE place >= ?1 AND place < ?2",
        )?;
        let mut entries =
            query.query(params![place(log, self.end.max(found))?, place(log, size)?])?;
        while let Some(row) = entries.next()? {
            let subject = SubjectId(rows::digest(row, 2)?);
            self.add(row.get(0)?, &rows::digest(row, 1)?, &subject);
        }
        self.end = size;
        Ok(())
    }

    fn add(&mut self, place: i64, receipt: &Digest, subject: &SubjectId) {
        let [receipts, subjects] = &mut self.young;
        receipts.insert((key(receipt), place));
        subjects.insert((key(&subject.0), place));
    }

    fn places(&self, by: By, key: i64) -> BTreeSet<i64> {
        let young = self.young[by as usize].range((key, i64::MIN)..=(key, i64::MAX));
        let mut places: BTreeSet<i64> = young.map(|pair| pair.1).collect();
        if let Some(old) = &self.old {
            let pairs = &old.pairs[by as usize];
            let first = pairs.partition_point(|pair| pair.0 < key);
            places.extend(
                pairs[first..]
                    .iter()
                    .take_while(|pair| pair.0 == key)
                    .map(|pair| pair.1),
            );
        }
        places
    }

    /// A full generation begins to move, unless the one before is still moving.
    fn age(&mut self, generation: usize) {
        if self.old.is_none() && self.young[0].len() >= generation {
            let young = std::mem::take(&mut self.young);
            self.old = Some(Generation {
                end: self.end,
                pairs: young.map(|pairs| pairs.into_iter().collect()),
                moved: 0,
            });
        }
    }
}

impl Generation {
    fn slice(&self, count: usize) -> Slice {
        // Of both as many: each entry has one receipt and one subject.
        let all = self.pairs[0].len();
        let moved = all.min(self.moved + count);
        Slice {
            pairs: self
                .pairs
                .each_ref()
                .map(|pairs| pairs[self.moved..moved].to_vec()),
            moved,
            found: (moved == all).then_some(self.end),
        }
    }
}

impl Slice {
    /// Writes it, within the transaction of an append.
    pub(super) fn write(&self, db: &Connection, log: i64) -> Result<(), StoreError> {
        let mut receipt =
            db.prepare_cached("INSERT OR IGNORE INTO by_receipt (key, place) VALUES (?1, ?2)")?;
        for (key, place) in &self.pairs[By::Receipt as usize] {
            receipt.execute([key, place])?;
        }
        let mut subject =
            db.prepare_cached("INSERT OR IGNORE INTO by_subject (key, place) VALUES (?1, ?2)")?;
        for (key, place) in &self.pairs[By::Subject as usize] {
            subject.execute([key, place])?;
        }
        if let Some(found) = self.found {
            db.execute(
                "UPDATE log SET found = max(found, ?1) WHERE id = ?2",
                params![rows::int(found)?, log],
            )?;
        }
        Ok(())
    }
}

pub(super) fn key(digest: &Digest) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = *digest.as_bytes();
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests;
