//! Between Rust's types and SQLite's: every conversion that can fail, fails here.

use raspiska_shared::{digest::Digest, log::tree::Hash, party::SubjectId};
use rusqlite::{Connection, Row as SqlRow, Transaction, TransactionBehavior, params, types::Type};

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

/// `idx, receipt, time, subject, token`
pub(super) fn row(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        index: uint(row, 0)?,
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
        "INSERT INTO entry (log, idx, receipt, time, subject, token) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for row in batch.rows {
        entry.execute(params![
            log,
            int(row.index)?,
            row.receipt.as_bytes(),
            int(row.time)?,
            row.subject.0.as_bytes(),
            row.token
        ])?;
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
    let mut disclosure = append.prepare_cached(
        "INSERT INTO disclosure (log, idx, name, sealed) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for sealed in batch.sealed {
        disclosure.execute(params![log, int(sealed.index)?, sealed.name, sealed.blob])?;
    }
    Ok(())
}

/// Destroys the personal data of one subject, in the file and in the write-ahead log.
pub(super) fn erase(db: &mut Connection, log: i64, subject: &SubjectId) -> Result<(), StoreError> {
    // Deleted rows are overwritten, not only unlinked; then the write-ahead log, which has copies, is emptied.
    db.pragma_update(None, "secure_delete", true)?;
    let erase = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    erase.execute(
        "DELETE FROM disclosure WHERE log = ?1 AND idx IN (SELECT idx FROM entry WHERE log = ?1 AND subject = ?2)",
        params![log, subject.0.as_bytes()],
    )?;
    erase.execute(
        "DELETE FROM subject_key WHERE log = ?1 AND subject = ?2",
        params![log, subject.0.as_bytes()],
    )?;
    // A crash after this leaves copies in the write-ahead log: whoever erases has no answer and does it again.
    erase.commit()?;
    db.pragma_update(None, "secure_delete", false)?;
    let busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 {
        Ok(())
    } else {
        Err(StoreError::Busy)
    }
}
