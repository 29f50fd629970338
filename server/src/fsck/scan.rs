//! Reads a log once, from its first entry to its last, while workers on all cores look at what was read.

use std::{
    collections::BTreeMap,
    num::NonZero,
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
};

use raspiska_shared::log::tile::WIDTH;

use super::{
    log::Log,
    verify::{Checked, Chunk, Verifier},
};
use crate::store::StoreError;

/// Chunks under way for each worker: one that it works on, one that waits, one that is folded. A chunk is as wide as a
/// tile; with receipts of 1 KiB it takes a quarter of a MiB, with the longest 8 MiB.
const UNDER_WAY: usize = 3;

/// Gives each chunk of a log's first `size` entries, checked, in the order of the log; ends early where `each` says so.
///
/// Only this thread reads the store: a snapshot is one connection's.
pub(super) fn scan(
    log: &Log<'_>,
    size: u64,
    verifier: &Verifier<'_>,
    mut each: impl FnMut(Checked) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let limit = workers * UNDER_WAY;
    thread::scope(|scope| {
        // Both have room for all that is under way: sending never blocks.
        let (hand_out, work) = mpsc::sync_channel::<Chunk>(limit);
        let (hand_in, done) = mpsc::sync_channel::<Checked>(limit);
        let work = std::sync::Arc::new(Mutex::new(work));
        for _ in 0..workers {
            let (work, hand_in) = (std::sync::Arc::clone(&work), hand_in.clone());
            scope.spawn(move || {
                while let Some(chunk) = next(&work) {
                    if hand_in.send(verifier.check(&chunk)).is_err() {
                        break;
                    }
                }
            });
        }
        // The workers have theirs: when all of them are gone, so is the channel.
        drop((work, hand_in));

        let mut under_way = 0;
        let mut ordered = Ordered::default();
        for first in (0..size).step_by(usize::from(WIDTH)) {
            if under_way == limit {
                ordered.take(done.recv().map_err(|_| GONE)?, &mut each)?;
                under_way -= 1;
            }
            hand_out.send(read(log, first, size)?).map_err(|_| GONE)?;
            under_way += 1;
        }
        drop(hand_out);
        for _ in 0..under_way {
            ordered.take(done.recv().map_err(|_| GONE)?, &mut each)?;
        }
        Ok(())
    })
}

/// A worker that ended before its time panicked, and the scope passes that on.
const GONE: StoreError = StoreError::Damaged("a worker ended before its time");

fn next(work: &Mutex<Receiver<Chunk>>) -> Option<Chunk> {
    work.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .recv()
        .ok()
}

fn read(log: &Log<'_>, first: u64, size: u64) -> Result<Chunk, StoreError> {
    let end = size.min(first + u64::from(WIDTH));
    let rows = log.snapshot.rows(log.id, first, end)?;
    let sealed = log.snapshot.sealed(log.id, first, end)?;
    let mut keys = BTreeMap::new();
    for row in &rows {
        if sealed
            .binary_search_by_key(&row.index, |sealed| sealed.index)
            .is_ok()
            && let Some(wrapped) = log.snapshot.subject_key(log.id, &row.subject)?
        {
            keys.insert(row.index, wrapped);
        }
    }
    Ok(Chunk {
        first,
        #[expect(clippy::cast_possible_truncation, reason = "at most a tile's width")]
        width: (end - first) as u16,
        rows,
        sealed,
        keys,
    })
}

/// Lets chunks through in the order of the log.
#[derive(Default)]
struct Ordered {
    next: u64,
    early: BTreeMap<u64, Checked>,
}

impl Ordered {
    fn take(
        &mut self,
        checked: Checked,
        each: &mut impl FnMut(Checked) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.early.insert(checked.first, checked);
        while let Some(checked) = self.early.remove(&self.next) {
            self.next += u64::from(WIDTH);
            each(checked)?;
        }
        Ok(())
    }
}
