//! What is published of a log with witnesses.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::{
    super::{Published, StoreError},
    rows::{int, uint},
};

pub(super) fn read(db: &Connection, log: i64) -> Result<Option<Published>, StoreError> {
    // One snapshot for both tables.
    let read = db.unchecked_transaction()?;
    select(&read, log)
}

/// Reads both tables within a transaction.
pub(super) fn select(read: &Connection, log: i64) -> Result<Option<Published>, StoreError> {
    let found = read
        .query_row(
            "SELECT size, checkpoint FROM published WHERE log = ?1",
            [log],
            |row| Ok((uint(row, 0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((size, checkpoint)) = found else {
        return Ok(None);
    };
    let mut query = read.prepare("SELECT vkey, size FROM witness WHERE log = ?1")?;
    let confirmed = query.query_map([log], |row| Ok((row.get(0)?, uint(row, 1)?)))?;
    Ok(Some(Published {
        size,
        checkpoint,
        confirmed: confirmed.collect::<Result<_, _>>()?,
    }))
}

pub(super) fn write(
    db: &mut Connection,
    log: i64,
    published: Option<&Published>,
) -> Result<(), StoreError> {
    let write = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    write.execute("DELETE FROM witness WHERE log = ?1", [log])?;
    match published {
        None => {
            write.execute("DELETE FROM published WHERE log = ?1", [log])?;
        }
        Some(Published {
            size,
            checkpoint,
            confirmed,
        }) => {
            let moved = write
                .prepare_cached(
                    "INSERT INTO published (log, size, checkpoint) VALUES (?1, ?2, ?3) ON CONFLICT (log)
                     DO UPDATE SET size = excluded.size, checkpoint = excluded.checkpoint WHERE size <= excluded.size",
                )?
                .execute(params![log, int(*size)?, checkpoint])?;
            if moved != 1 {
                return Err(StoreError::Conflict);
            }
            let mut insert = write
                .prepare_cached("INSERT INTO witness (log, vkey, size) VALUES (?1, ?2, ?3)")?;
            for (vkey, size) in confirmed {
                insert.execute(params![log, vkey, int(*size)?])?;
            }
        }
    }
    Ok(write.commit()?)
}
