//! The files' table.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::{
    super::{Added, Sealed, StoreError},
    rows::place,
};

/// Made at any start that finds it missing: stores are older than the files.
pub(super) const TABLE: &str = include_str!("../files.sql");

pub(super) fn add(db: &mut Connection, log: i64, file: &Sealed) -> Result<Added, StoreError> {
    let place = place(log, file.index)?;
    let adding = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let owned = adding
        .prepare_cached("SELECT 1 FROM disclosure WHERE place = ?1 AND name = ?2")?
        .exists(params![place, file.name])?;
    if !owned {
        return Ok(Added::Ownerless);
    }
    let added = adding
        .prepare_cached(
            "INSERT INTO file (place, name, sealed) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![place, file.name, file.blob])?;
    adding.commit()?;
    Ok(if added == 1 { Added::New } else { Added::Known })
}

pub(super) fn read(
    db: &Connection,
    log: i64,
    index: u64,
    name: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    if !is_there(db)? {
        return Ok(None);
    }
    let mut query = db.prepare_cached("SELECT sealed FROM file WHERE place = ?1 AND name = ?2")?;
    let found = query.query_row(params![place(log, index)?, name], |row| row.get(0));
    Ok(found.optional()?)
}

pub(super) fn names(db: &Connection, log: i64, index: u64) -> Result<Vec<String>, StoreError> {
    if !is_there(db)? {
        return Ok(Vec::new());
    }
    let mut query = db.prepare_cached("SELECT name FROM file WHERE place = ?1 ORDER BY name")?;
    let names = query.query_map([place(log, index)?], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// Not in a store that only older programs have written, read without a right to make the table.
pub(super) fn is_there(db: &Connection) -> Result<bool, StoreError> {
    Ok(db.table_exists(None, "file")?)
}
