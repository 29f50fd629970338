//! The counts' table.

use std::ops::RangeInclusive;

use rusqlite::{Connection, TransactionBehavior, params};

use super::{
    super::{CountEvent, Counted, Counts, StoreError},
    rows::{int, uint},
};

/// Made at any start that finds it missing: stores are older than the counts.
pub(super) const TABLE: &str = include_str!("../counts.sql");

pub(super) fn read(
    db: &Connection,
    log: i64,
    days: RangeInclusive<&str>,
) -> Result<Counts, StoreError> {
    // A store that only older programs have written, read without a right to make the table.
    if !db.table_exists(None, "counts")? {
        return Ok(Counts::new());
    }
    let mut query = db.prepare_cached(
        "SELECT day, event, category, n FROM counts WHERE log = ?1 AND day BETWEEN ?2 AND ?3",
    )?;
    let mut rows = query.query(params![log, days.start(), days.end()])?;
    let mut counts = Counts::new();
    while let Some(row) = rows.next()? {
        let event: String = row.get(1)?;
        let counted = Counted {
            day: row.get(0)?,
            event: CountEvent::from_word(&event)
                .ok_or(StoreError::Damaged("a count is of nothing that is counted"))?,
            category: row.get(2)?,
        };
        counts.insert(counted, uint(row, 3)?);
    }
    Ok(counts)
}

pub(super) fn set(db: &mut Connection, log: i64, counts: &Counts) -> Result<(), StoreError> {
    let write = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    {
        let mut set = write.prepare_cached(
            "INSERT INTO counts (log, day, event, category, n) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (log, day, event, category) DO UPDATE SET n = excluded.n",
        )?;
        for (counted, n) in counts {
            let event = counted.event.word();
            set.execute(params![log, counted.day, event, counted.category, int(*n)?])?;
        }
    }
    Ok(write.commit()?)
}
