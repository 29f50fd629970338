//! The store's two lookups, by receipt and by subject, held against the entries.
//!
//! Looking up every entry would cost as much as its signature. Instead each pair of key and index is hashed under a key of
//! this run, and the sums over the entries and over the lookup are compared: equal sums, equal content, in any order. Only
//! where they differ is every entry looked up.

use std::{collections::hash_map::RandomState, hash::BuildHasher as _};

use raspiska_shared::{digest::Digest, log::tile::WIDTH};

use super::{Fault, Place, Report, log::Log};
use crate::store::{Row, StoreError};

/// Compares both lookups with the sums over the entries.
pub(super) fn check(
    log: &Log<'_>,
    marks: &RandomState,
    entries: (u64, u64),
    report: &mut Report<'_>,
) -> Result<(), StoreError> {
    let (mut by_receipt, mut by_subject) = (0_u64, 0_u64);
    let size = log.head.size;
    let add = |sum: &mut u64, key: Digest, index: u64| {
        // What lies beyond the head is said of the entries themselves.
        if index < size {
            *sum = sum.wrapping_add(marks.hash_one((key, index)));
        }
    };
    log.snapshot
        .by_receipt(log.id, |key, index| add(&mut by_receipt, key, index))?;
    log.snapshot
        .by_subject(log.id, |key, index| add(&mut by_subject, key, index))?;
    if by_receipt != entries.0 {
        locate(log, "receipt", report, |row| {
            let found = log.snapshot.row(log.id, &row.receipt)?;
            Ok(found.is_some_and(|found| found.index == row.index))
        })?;
    }
    if by_subject != entries.1 {
        locate(log, "subject", report, |row| {
            log.snapshot.files(log.id, row)
        })?;
    }
    Ok(())
}

/// Names each entry that a lookup does not find; if it finds all, it has something that is no entry.
fn locate(
    log: &Log<'_>,
    lookup: &'static str,
    report: &mut Report<'_>,
    finds: impl Fn(&Row) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let mut found_all = true;
    let mut first = 0;
    while first < log.head.size {
        let end = log.head.size.min(first + u64::from(WIDTH));
        let rows = log.snapshot.rows(log.id, first, end)?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            if !finds(row)? {
                found_all = false;
                report.fault(
                    &log.entry(row.index, Some(row.receipt)),
                    &Fault::NotFound(lookup),
                );
            }
        }
        first = end;
    }
    if found_all {
        report.fault(&Place::Log(log.site.to_owned()), &Fault::Lookup(lookup));
    }
    Ok(())
}
