//! The schema, made once and recognised ever after.

use rusqlite::{Connection, TransactionBehavior};

use super::super::StoreError;

const SCHEMA: &str = include_str!("../schema.sql");
/// `PRAGMA user_version`: the schema's number.
const VERSION: i64 = 1;
/// `PRAGMA application_id`: "rasp".
const APPLICATION_ID: i64 = 0x7261_7370;

/// Makes the tables in a new file; leaves a file of another version, or of another program, alone.
pub(super) fn ensure(db: &mut Connection) -> Result<(), StoreError> {
    let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if found == 0 && tables == 0 {
        let make = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        make.execute_batch(SCHEMA)?;
        make.pragma_update(None, "application_id", APPLICATION_ID)?;
        make.pragma_update(None, "user_version", VERSION)?;
        // A crash before this leaves an empty file, which the next start fills.
        return Ok(make.commit()?);
    }
    recognise(db)
}

/// Is it a store of this version?
pub(super) fn recognise(db: &Connection) -> Result<(), StoreError> {
    let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found == VERSION {
        Ok(())
    } else {
        Err(StoreError::Schema {
            found,
            expected: VERSION,
        })
    }
}
