//! The schema, made once and recognised ever after.

use rusqlite::{Connection, TransactionBehavior};

use super::{
    super::StoreError, counts, deliveries, evidence, facts, files, notices, office, requests,
};

const SCHEMA: &str = include_str!("../schema.sql");
/// `PRAGMA user_version`: the schema's number.
const VERSION: i64 = 1;
/// `PRAGMA application_id`: "rasp".
const APPLICATION_ID: i64 = 0x7261_7370;

/// Makes the tables in a new file; leaves a file of another version, or of another program, alone.
pub(super) fn ensure(db: &mut Connection) -> Result<(), StoreError> {
    match recognise(db) {
        Err(StoreError::Empty) => {
            let make = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            make.execute_batch(SCHEMA)?;
            complete(&make)?;
            make.pragma_update(None, "application_id", APPLICATION_ID)?;
            make.pragma_update(None, "user_version", VERSION)?;
            // A crash before this leaves an empty file, which the next start fills.
            Ok(make.commit()?)
        }
        Err(other) => Err(other),
        Ok(()) => complete(db),
    }
}

/// Makes the tables that stores of older programs lack.
fn complete(db: &Connection) -> Result<(), StoreError> {
    db.execute_batch(counts::TABLE)?;
    db.execute_batch(deliveries::TABLES)?;
    db.execute_batch(evidence::TABLES)?;
    db.execute_batch(facts::TABLE)?;
    db.execute_batch(files::TABLE)?;
    db.execute_batch(notices::TABLES)?;
    db.execute_batch(requests::TABLES)?;
    office::ensure(db)
}

/// A file of another version, or of another program, is not ours to read.
pub(super) fn recognise(db: &Connection) -> Result<(), StoreError> {
    let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let program: i64 = db.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if (found, program, tables) == (0, 0, 0) {
        return Err(StoreError::Empty);
    }
    if program != APPLICATION_ID {
        return Err(StoreError::Foreign);
    }
    if found == VERSION {
        Ok(())
    } else {
        Err(StoreError::Schema {
            found,
            expected: VERSION,
        })
    }
}

/// Writes the first page as it is: a transaction like any other, and nothing has changed.
pub(super) fn touch(db: &Connection) -> Result<(), StoreError> {
    Ok(db.pragma_update(None, "user_version", VERSION)?)
}
