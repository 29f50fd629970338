//! Deleting sealed values, and proving that the files have nothing of them.
//!
//! SQLite overwrites what is deleted (`secure_delete`). It does not overwrite the copy that stays behind where a row once moved
//! to another page, so the files are searched, and what is found there is written over.

use std::{
    collections::HashMap,
    io::{self, Read},
};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{
    super::{Batch, Erased, Mark, Scrubbed, StoreError},
    checkpointer::READERS_LEAVE,
    connections::{self, Connections},
    lookup::{By, Lookup},
    rows::place,
};

/// Tables by place that have what is sealed for an entry.
const SEALED: [&str; 2] = ["disclosure", "file"];

/// What has personal data, sealed, or keys to them: rows of these are moved to leave no copy behind.
const VAULT: [&str; 4] = ["disclosure", "evidence", "file", "subject_key"];

/// How often readers are waited for: two seconds in all. Who reads longer than that, as a check of the store does, stays for
/// minutes.
const PATIENCE: u32 = 20;

/// Read at a time: a MiB.
const CHUNK: usize = 1 << 20;

/// What a batch erases, with the places of all entries of those subjects.
pub(super) struct Deletion<'a> {
    erased: &'a [Erased],
    places: Vec<Vec<i64>>,
}

impl<'a> Deletion<'a> {
    /// Looks the subjects up: before the batch has changed anything.
    pub(super) fn prepare(
        append: &Transaction<'_>,
        log: i64,
        erased: &'a [Erased],
        lookup: &Lookup,
    ) -> Result<Self, StoreError> {
        let places = erased
            .iter()
            .map(|erased| lookup.places(append, log, By::Subject, &erased.subject.0))
            .collect::<Result<_, _>>()?;
        Ok(Self { erased, places })
    }

    /// Deletes it; and a subject's key if nothing is sealed with it, by this batch either.
    pub(super) fn make(
        &self,
        append: &Transaction<'_>,
        log: i64,
        batch: &Batch<'_>,
    ) -> Result<(), StoreError> {
        for erased in self.erased {
            for table in SEALED {
                let delete = format!("DELETE FROM {table} WHERE place = ?1");
                append.execute(&delete, [place(log, erased.index)?])?;
            }
        }
        for (Erased { subject, .. }, places) in self.erased.iter().zip(&self.places) {
            let mut new = batch.rows.iter().filter(|row| row.subject == *subject);
            let seals = new.any(|row| batch.sealed.iter().any(|sealed| sealed.index == row.index));
            if !seals && !has_sealed(append, places)? {
                append.execute(
                    "DELETE FROM subject_key WHERE log = ?1 AND subject = ?2",
                    params![log, subject.0.as_bytes()],
                )?;
            }
        }
        Ok(())
    }
}

fn has_sealed(append: &Transaction<'_>, places: &[i64]) -> Result<bool, StoreError> {
    for table in SEALED {
        let mut query =
            append.prepare_cached(&format!("SELECT 1 FROM {table} WHERE place = ?1"))?;
        for place in places {
            if query.exists([place])? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Empties the write-ahead log, and searches; what is found is overwritten by moving the vault's rows, then by writing the
/// whole file anew.
pub(super) fn scrub(connections: &Connections, marks: &[Mark]) -> Result<Scrubbed, StoreError> {
    let search = Search::of(marks);
    for (rewrite, rewritten) in [
        ((|_| Ok(())) as fn(&mut Connection) -> _, false),
        (move_vault, true),
        (|db| Ok(db.execute_batch("VACUUM")?), true),
    ] {
        connections.write(rewrite)?;
        truncate(connections)?;
        // Others may write on: what a page has left between its rows stays in that page, and goes nowhere else.
        let [file, wal] = connections
            .bytes(|bytes| search.whole(bytes))
            .map_err(|error| StoreError::Failed(error.into()))?;
        if !file.1 && !wal.1 {
            let bytes = file.0 + wal.0;
            return Ok(Scrubbed { bytes, rewritten });
        }
    }
    Err(StoreError::Remains)
}

/// Cuts the write-ahead log off, which has pages of before: as soon as nobody reads those any more.
fn truncate(connections: &Connections) -> Result<(), StoreError> {
    for _ in 0..PATIENCE {
        let busy: i64 = connections.write(|db| {
            // Between two tries others may write.
            db.busy_timeout(READERS_LEAVE)?;
            let busy = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            db.busy_timeout(connections::BUSY)?;
            Ok(busy)
        })?;
        if busy == 0 {
            return Ok(());
        }
    }
    Err(StoreError::Busy)
}

/// Out of its pages, which are overwritten as they are freed, and back.
fn move_vault(db: &mut Connection) -> Result<(), StoreError> {
    let moving = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for table in VAULT {
        moving.execute_batch(&format!(
            "CREATE TABLE moving AS SELECT * FROM {table};
             DELETE FROM {table};
             INSERT INTO {table} SELECT * FROM moving;
             DROP TABLE moving;"
        ))?;
    }
    Ok(moving.commit()?)
}

/// Looks for many marks at once.
struct Search<'a> {
    /// By their first four bytes.
    marks: HashMap<[u8; 4], Vec<&'a [u8]>>,
    /// Is there a mark that begins with these two bytes?
    begins: Box<[bool; 1 << 16]>,
    longest: usize,
}

impl<'a> Search<'a> {
    fn of(marks: &'a [Mark]) -> Self {
        let mut search = Self {
            marks: HashMap::new(),
            begins: Box::new([false; 1 << 16]),
            longest: 0,
        };
        for mark in marks {
            let mark: &[u8] = mark.as_bytes();
            if let Some((first, _)) = mark.split_first_chunk::<4>() {
                search.begins[usize::from(u16::from_be_bytes([first[0], first[1]]))] = true;
                search.marks.entry(*first).or_default().push(mark);
                search.longest = search.longest.max(mark.len());
            }
        }
        search
    }

    /// How many bytes there are, and whether any of the marks is in them.
    fn whole(&self, from: &mut dyn Read) -> io::Result<(u64, bool)> {
        let mut window = Vec::with_capacity(CHUNK + self.longest);
        let mut bytes = 0;
        loop {
            let read = from.take(CHUNK as u64).read_to_end(&mut window)?;
            if read == 0 {
                return Ok((bytes, false));
            }
            if self.is_in(&window) {
                return Ok((bytes, true));
            }
            bytes += read as u64;
            // A mark may lie across two reads.
            window.drain(..window.len().saturating_sub(self.longest));
        }
    }

    fn is_in(&self, window: &[u8]) -> bool {
        window.windows(4).enumerate().any(|(at, first)| {
            self.begins[usize::from(u16::from_be_bytes([first[0], first[1]]))]
                && first
                    .first_chunk::<4>()
                    .and_then(|first| self.marks.get(first))
                    .is_some_and(|marks| marks.iter().any(|mark| window[at..].starts_with(mark)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        site::sample::Scratch,
        store::{Erasures as _, Sqlite},
    };

    #[test]
    fn a_mark_is_found_wherever_it_lies() {
        let mark = |byte: u8| Mark::of(&[byte; 40]).unwrap();
        let marks = [mark(1), mark(2)];
        let search = Search::of(&marks);
        for at in [
            0,
            5,
            CHUNK - 16,
            CHUNK - 15,
            CHUNK - 1,
            CHUNK,
            2 * CHUNK + 3,
        ] {
            let mut bytes = vec![0; 3 * CHUNK];
            assert_eq!(search.whole(&mut &bytes[..]).unwrap(), (3 << 20, false));
            bytes[at..at + 16].fill(2);
            assert!(search.whole(&mut &bytes[..]).unwrap().1, "{at}");
            // One byte of it is another one.
            bytes[at + 7] = 1;
            assert!(!search.whole(&mut &bytes[..]).unwrap().1, "{at}");
        }
        assert!(!Search::of(&[]).whole(&mut &[1; 99][..]).unwrap().1);
    }

    /// A store that has a mark in its file, where `sql` has left it without overwriting; how it was found and ended.
    fn scrubbed(name: &str, sql: &str) -> (Scrubbed, u32) {
        let scratch = Scratch::new(name);
        let path = scratch.path().join("store.sqlite");
        let store = Sqlite::open(&path).unwrap();
        let db = Connection::open(&path).unwrap();
        db.execute_batch("PRAGMA secure_delete = 0").unwrap();
        db.execute_batch(sql).unwrap();
        db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let mark = Mark::of(&[b'm'; 40]).unwrap();
        let there = |store: &Sqlite| {
            let marks = [mark];
            let search = Search::of(&marks);
            let [file, wal] = store
                .connections
                .bytes(|bytes| search.whole(bytes))
                .unwrap();
            file.1 || wal.1
        };
        assert!(there(&store), "{name}: it is there before");
        let scrubbed = store.scrub(&[mark]).unwrap();
        assert!(!there(&store), "{name}");
        let rows = db.query_row("SELECT count(*) FROM disclosure", [], |row| row.get(0));
        (scrubbed, rows.unwrap())
    }

    #[test]
    fn what_was_not_overwritten_when_it_was_deleted_is_overwritten_then() {
        const INSERT: &str = "INSERT INTO disclosure VALUES (1, 'a', zeroblob(60)), (1, 'b', CAST(zeroblob(24) || printf('%.*c', 36, 'm') AS BLOB)), (1, 'c', zeroblob(60));";
        let delete = format!("{INSERT} DELETE FROM disclosure WHERE name = 'b'");
        let (found, rows) = scrubbed("scrub-row", &delete);
        assert!(found.rewritten && found.bytes > 0);
        assert_eq!(rows, 2, "what was not deleted is there");
        // In a page that no table has any more.
        let drop = "CREATE TABLE old AS SELECT printf('%.*c', 9000, 'm') AS x; DROP TABLE old";
        assert!(scrubbed("scrub-page", drop).0.rewritten);
    }

    #[test]
    fn what_is_not_deleted_is_not_said_to_be_gone() {
        let scratch = Scratch::new("scrub-kept");
        let path = scratch.path().join("store.sqlite");
        let store = Sqlite::open(&path).unwrap();
        let nothing = store.scrub(&[Mark::of(&[b'm'; 40]).unwrap()]).unwrap();
        assert!(!nothing.rewritten);
        let db = Connection::open(&path).unwrap();
        let kept = "INSERT INTO disclosure VALUES (1, 'a', CAST(printf('%.*c', 60, 'm') AS BLOB))";
        db.execute_batch(kept).unwrap();
        let error = store.scrub(&[Mark::of(&[b'm'; 40]).unwrap()]).unwrap_err();
        assert!(matches!(error, StoreError::Remains), "{error}");
    }
}
