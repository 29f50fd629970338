//! The store's two lookup tables, by receipt and by subject, held against the entries.
//!
//! Looking up every entry would cost as much as its signature. Instead each pair of key and place is hashed under a key of
//! this run, and the sums over the entries and over the table are compared: equal sums, equal content, in any order. Only
//! where they differ is every pair looked up.

use std::{
    collections::{BTreeMap, hash_map::RandomState},
    hash::BuildHasher as _,
};

use raspiska_shared::log::tile::WIDTH;

use super::{Fault, Place, Report, log::Log};
use crate::store::{By, LogId, Pair, Row, Snapshot, StoreError};

/// Sums over the entries of all logs that the tables have to have.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) marks: RandomState,
    pub(super) by_receipt: u64,
    pub(super) by_subject: u64,
}

/// Compares both tables with the entries of all logs.
pub(super) fn check(
    snapshot: &Snapshot,
    logs: &[Log<'_>],
    sums: &Sums,
    report: &mut Report<'_>,
) -> Result<(), StoreError> {
    for (by, name, entries) in [
        (By::Receipt, "receipt", sums.by_receipt),
        (By::Subject, "subject", sums.by_subject),
    ] {
        if !equal(snapshot, logs, by, &sums.marks, entries)? {
            locate(snapshot, logs, by, name, report)?;
        }
    }
    Ok(())
}

/// Does a table have all entries that it has to have, and nothing that is none?
fn equal(
    snapshot: &Snapshot,
    logs: &[Log<'_>],
    by: By,
    marks: &RandomState,
    entries: u64,
) -> Result<bool, StoreError> {
    let bounds: BTreeMap<LogId, u64> = logs.iter().map(|log| (log.id, log.found)).collect();
    let mut sum = 0_u64;
    let mut moving = Vec::new();
    snapshot.pairs(by, |pair| {
        if bounds
            .get(&pair.log())
            .is_some_and(|found| pair.index() < *found)
        {
            sum = sum.wrapping_add(marks.hash_one(pair));
        } else if moving.len() <= MAX_MOVING * logs.len() {
            moving.push(pair);
        }
    })?;
    if sum != entries || moving.len() > MAX_MOVING * logs.len() {
        return Ok(false);
    }
    // What is on its way into the table: the table need not have it, but what it has is right.
    for pair in moving {
        if !holds(snapshot, logs, by, pair)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Most pairs of one log that can be on their way: far more than a generation of the driver.
const MAX_MOVING: usize = 1 << 20;

/// Is the pair of an entry below the head of its log?
fn holds(snapshot: &Snapshot, logs: &[Log<'_>], by: By, pair: Pair) -> Result<bool, StoreError> {
    let below = logs
        .iter()
        .any(|log| log.id == pair.log() && pair.index() < log.head.size);
    Ok(below && snapshot.is_of_an_entry(by, pair)?)
}

/// Names each entry that a table does not have, and counts what the table has of no entry.
fn locate(
    snapshot: &Snapshot,
    logs: &[Log<'_>],
    by: By,
    name: &'static str,
    report: &mut Report<'_>,
) -> Result<(), StoreError> {
    for log in logs {
        let end = log.stored()?.min(log.found);
        let mut first = 0;
        while first < end {
            let next = end.min(first + u64::from(WIDTH));
            for row in snapshot.rows(log.id, first, next)? {
                if !snapshot.has_pair(by, log.id.pair(digest(by, &row), row.index)?)? {
                    report.fault(
                        &log.entry(row.index, Some(row.receipt)),
                        &Fault::NotFound(name),
                    );
                }
            }
            first = next;
        }
    }
    let mut wrong = 0;
    let mut failed = None;
    snapshot.pairs(by, |pair| match holds(snapshot, logs, by, pair) {
        Ok(true) => {}
        Ok(false) => wrong += 1,
        Err(error) => failed = Some(error),
    })?;
    if wrong > 0 {
        report.fault(&Place::Store, &Fault::Lookup(name, wrong));
    }
    failed.map_or(Ok(()), Err)
}

fn digest(by: By, row: &Row) -> &raspiska_shared::digest::Digest {
    match by {
        By::Receipt => &row.receipt,
        By::Subject => &row.subject.0,
    }
}
