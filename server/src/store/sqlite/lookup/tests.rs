//! Whatever has moved, and whatever went wrong in between: each entry is found, once, by its receipt and by its subject.

use std::{fs, path::PathBuf};

use raspiska_shared::{digest::Digest, log::tree::EMPTY_ROOT, party::SubjectId};

use super::{super::Sqlite, Lookup};
use crate::store::{Batch, Head, Identity, Position, Row, Store as _, StoreError};

const SITES: [&str; 2] = ["first", "second"];
/// Small, so that generations come and go within a test.
const GENERATION: usize = 5;

/// A store in a file that goes with its owner.
struct Shelf {
    path: PathBuf,
    store: Sqlite,
}

impl Shelf {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("raspiska-lookup-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("store.sqlite");
        let store = open(&path);
        let identity = Identity {
            vkey: String::new(),
            operator: subject(0),
        };
        let logs = SITES.map(|site| (site.to_owned(), identity.clone(), head(0)));
        store.establish(0, &Digest::of(b"vault"), &logs).unwrap();
        Self { path, store }
    }

    fn append(&self, site: &str, from: u64, count: u64) -> Result<(), StoreError> {
        append(&self.store, site, from, count)
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.path.parent().unwrap());
    }
}

fn open(path: &std::path::Path) -> Sqlite {
    let mut store = Sqlite::open(path).unwrap();
    store.lookup = Lookup::with_generation(GENERATION);
    store
}

fn head(size: u64) -> Head {
    Head {
        size,
        root: EMPTY_ROOT,
        checkpoint: String::new(),
    }
}

fn receipt(site: &str, index: u64) -> Digest {
    Digest::of(format!("{site} {index}").as_bytes())
}

/// Three subjects take turns.
fn subject(index: u64) -> SubjectId {
    SubjectId(Digest::of(&[u8::try_from(index % 3).unwrap()]))
}

fn append(store: &Sqlite, site: &str, from: u64, count: u64) -> Result<(), StoreError> {
    let rows: Vec<Row> = (from..from + count)
        .map(|index| Row {
            index,
            receipt: receipt(site, index),
            time: index + 1000,
            subject: subject(index),
            token: format!("token {index}"),
        })
        .collect();
    let batch = Batch {
        from: (from, EMPTY_ROOT),
        head: &head(from + count),
        rows: &rows,
        tiles: &[],
        keys: &[],
        sealed: &[],
        erased: &[],
    };
    store.append(site, &batch)
}

/// Everything below `size` is found where it is, and nothing beyond.
fn check(store: &Sqlite, site: &str, size: u64) {
    let receipts: Vec<Digest> = (0..size + 3).map(|index| receipt(site, index)).collect();
    let expected: Vec<_> = (0..size + 3)
        .map(|index| {
            (index < size).then_some(Position {
                index,
                time: index + 1000,
            })
        })
        .collect();
    assert_eq!(store.positions(site, &receipts).unwrap(), expected);
    for turn in 0..3 {
        let history = store.history(site, &subject(turn)).unwrap();
        let found: Vec<u64> = history.iter().map(|row| row.index).collect();
        let expected: Vec<u64> = (0..size).filter(|index| index % 3 == turn).collect();
        assert_eq!(found, expected, "subject {turn} of {size}");
    }
    for index in 0..size {
        let row = store.row(site, &receipt(site, index)).unwrap().unwrap();
        assert_eq!((row.index, row.token), (index, format!("token {index}")));
    }
    assert_eq!(store.row(site, &receipt(site, size)).unwrap(), None);
}

#[test]
fn entries_are_found_while_generations_move() {
    let shelf = Shelf::new("move");
    // Another process that reads all the while, and one that comes and goes.
    let reader = open(&shelf.path);
    let mut size = 0;
    for count in [1, 2, 1, 3, 1, 1, 4, 1, 7, 1, 1, 1, 12, 1, 1] {
        shelf.append(SITES[0], size, count).unwrap();
        shelf.append(SITES[1], size, count).unwrap();
        size += count;
        for store in [&shelf.store, &reader, &open(&shelf.path)] {
            check(store, SITES[0], size);
            check(store, SITES[1], size);
        }
    }
    let found: i64 = rusqlite::Connection::open(&shelf.path)
        .unwrap()
        .query_row("SELECT min(found) FROM log", [], |row| row.get(0))
        .unwrap();
    assert!(found > 20, "{found} of {size} have moved");
}

#[test]
fn a_new_start_goes_on_where_the_last_stopped() {
    let mut shelf = Shelf::new("start");
    for size in 0..40 {
        shelf.append(SITES[0], size, 1).unwrap();
        // In the middle of a generation as well as between two.
        shelf.store = open(&shelf.path);
        check(&shelf.store, SITES[0], size + 1);
    }
}

#[test]
fn what_was_not_appended_is_not_found() {
    let shelf = Shelf::new("conflict");
    let mut size = 0;
    for _ in 0..20 {
        shelf.append(SITES[0], size, 2).unwrap();
        size += 2;
        let conflict = shelf.append(SITES[0], size + 1, 1).unwrap_err();
        assert!(matches!(conflict, StoreError::Conflict), "{conflict}");
        check(&shelf.store, SITES[0], size);
    }
}

#[test]
fn another_writer_is_noticed() {
    let shelf = Shelf::new("writers");
    let other = open(&shelf.path);
    for size in 0..40 {
        let writer = if size % 3 == 0 { &other } else { &shelf.store };
        append(writer, SITES[0], size, 1).unwrap();
        check(&shelf.store, SITES[0], size + 1);
        check(&other, SITES[0], size + 1);
    }
}
