//! Between Rust's types and SQLite's: every conversion that can fail, fails here.

use raspiska_shared::{digest::Digest, log::tree::Hash, party::SubjectId};
use rusqlite::{Row as SqlRow, Transaction, params, types::Type};

use super::super::{Batch, Row, StoreError};

/// SQLite's integers are signed.
pub(super) fn int(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Damaged("a number is above 2^63"))
}

pub(super) fn uint(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

pub(super) fn hash(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<Hash> {
    row.get(column)
}

pub(super) fn digest(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<Digest> {
    hash(row, column).map(Digest::from_bytes)
}

pub(super) fn hashes(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<Vec<Hash>> {
    let blob = row.get_ref(column)?.as_blob()?;
    match blob.as_chunks::<32>() {
        (hashes, []) => Ok(hashes.to_vec()),
        _ => Err(rusqlite::Error::InvalidColumnType(
            column,
            "hashes".to_owned(),
            Type::Blob,
        )),
    }
}

/// Bits of a place that are the index: see the schema.
pub(super) const INDEX_BITS: u32 = 40;

/// A value of another type or length, in a file that SQLite can read.
pub(super) fn is_unreadable(error: &rusqlite::Error) -> bool {
    use rusqlite::Error as E;
    matches!(
        error,
        E::FromSqlConversionFailure(..)
            | E::IntegralValueOutOfRange(..)
            | E::InvalidColumnType(..)
            | E::Utf8Error(..)
    )
}

/// Where an entry of a log is: see the schema.
pub(super) fn place(log: i64, index: u64) -> Result<i64, StoreError> {
    if index >> INDEX_BITS == 0 {
        Ok((log << INDEX_BITS) + int(index)?)
    } else {
        Err(StoreError::Damaged("an index is above 2^40"))
    }
}

/// The index of an entry of `log` at this place.
pub(super) fn index(row: &SqlRow<'_>, column: usize, log: i64) -> rusqlite::Result<u64> {
    let stored: i64 = row.get(column)?;
    let first = place(log, 0).unwrap_or_default();
    u64::try_from(stored - first)
        .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, stored))
}

/// What [`row`] reads; `{}` is what follows.
macro_rules! select_rows {
    ($rest:literal) => {
        concat!(
            "SELECT e.place, e.receipt, e.time, e.subject, t.token FROM entry AS e JOIN token AS t USING (place) ",
            $rest
        )
    };
}
pub(super) use select_rows;

/// A row of [`select_rows`].
pub(super) fn row(row: &SqlRow<'_>, log: i64) -> rusqlite::Result<Row> {
    Ok(Row {
        index: index(row, 0, log)?,
        receipt: digest(row, 1)?,
        time: uint(row, 2)?,
        subject: SubjectId(digest(row, 3)?),
        token: row.get(4)?,
    })
}

/// Everything of a batch but the head.
pub(super) fn insert(
    append: &Transaction<'_>,
    log: i64,
    batch: &Batch<'_>,
) -> Result<(), StoreError> {
    let mut entry = append.prepare_cached(
        "INSERT INTO entry (place, receipt, time, subject) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let mut token = append.prepare_cached("INSERT INTO token (place, token) VALUES (?1, ?2)")?;
    for row in batch.rows {
        let place = place(log, row.index)?;
        entry.execute(params![
            place,
            row.receipt.as_bytes(),
            int(row.time)?,
            row.subject.0.as_bytes(),
        ])?;
        token.execute(params![place, row.token])?;
    }
    let mut tile = append.prepare_cached(
        "INSERT INTO tile (log, level, idx, hashes) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (log, level, idx) DO UPDATE SET hashes = excluded.hashes",
    )?;
    for (level, index, hashes) in batch.tiles {
        tile.execute(params![log, level, int(*index)?, hashes.as_flattened()])?;
    }
    let mut key = append
        .prepare_cached("INSERT INTO subject_key (log, subject, wrapped) VALUES (?1, ?2, ?3)")?;
    for (subject, wrapped) in batch.keys {
        key.execute(params![log, subject.0.as_bytes(), wrapped])?;
    }
    let mut disclosure = append
        .prepare_cached("INSERT INTO disclosure (place, name, sealed) VALUES (?1, ?2, ?3)")?;
    for sealed in batch.sealed {
        disclosure.execute(params![place(log, sealed.index)?, sealed.name, sealed.blob])?;
    }
    Ok(())
}
