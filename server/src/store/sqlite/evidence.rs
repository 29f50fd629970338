//! The tables of evidence.

use raspiska_shared::digest::Digest;
use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, TransactionBehavior, params};

use super::{
    super::{Evidence, Evidences, Held, Opening, StoreError},
    Sqlite,
    rows::{digest, int, uint},
};

/// Made at any start that finds them missing: stores are older than the evidence.
pub(super) const TABLES: &str = include_str!("../evidence.sql");

impl Evidences for Sqlite {
    fn keep_evidence(&self, site: &str, evidence: &Evidence) -> Result<(), StoreError> {
        let log = self.log(site)?;
        let until = int(evidence.until)?;
        self.connections.write(|db| {
            db.execute(
                "INSERT INTO evidence (log, receipt, until, wrapped, sealed) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
                params![
                    log,
                    evidence.receipt.as_bytes(),
                    until,
                    evidence.wrapped,
                    evidence.sealed
                ],
            )?;
            Ok(())
        })
    }

    fn evidence(&self, site: &str, receipt: &Digest) -> Result<Option<Evidence>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| {
            let mut query = db.prepare_cached(
                "SELECT receipt, until, wrapped, sealed FROM evidence WHERE log = ?1 AND receipt = ?2",
            )?;
            let found = query.query_row(params![log, receipt.as_bytes()], evidence);
            Ok(found.optional()?)
        })
    }

    fn evidences(&self, site: &str) -> Result<Vec<Held>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| {
            if !is_there(db)? {
                return Ok(Vec::new());
            }
            let mut query = db.prepare_cached(
                "SELECT e.receipt, e.until, o.asked, o.login, o.reason, o.confirmed, o.confirmed_by, o.read
                 FROM evidence AS e LEFT JOIN opening AS o USING (log, receipt) WHERE e.log = ?1 ORDER BY e.until, e.receipt",
            )?;
            let held = query.query_map([log], |row| {
                let asked: Option<i64> = row.get(2)?;
                Ok(Held {
                    receipt: digest(row, 0)?,
                    until: uint(row, 1)?,
                    opening: asked.map(|_| opening(row, 2)).transpose()?,
                })
            })?;
            Ok(held.collect::<Result<_, _>>()?)
        })
    }

    fn set_opening(
        &self,
        site: &str,
        receipt: &Digest,
        before: Option<&Opening>,
        after: &Opening,
    ) -> Result<bool, StoreError> {
        let log = self.log(site)?;
        let (asked, read) = (int(after.asked)?, after.read.map(int).transpose()?);
        let (confirmed, by) = match &after.confirmed {
            None => (None, None),
            Some((time, by)) => (Some(int(*time)?), Some(by)),
        };
        self.connections.write(|db| {
            let set = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let at = params![log, receipt.as_bytes()];
            let is_there = set
                .prepare_cached("SELECT 1 FROM evidence WHERE log = ?1 AND receipt = ?2")?
                .exists(at)?;
            let found = set
                .prepare_cached("SELECT asked, login, reason, confirmed, confirmed_by, read FROM opening WHERE log = ?1 AND receipt = ?2")?
                .query_row(at, |row| opening(row, 0))
                .optional()?;
            if !is_there || found.as_ref() != before {
                return Ok(false);
            }
            set.execute(
                "INSERT OR REPLACE INTO opening (log, receipt, asked, login, reason, confirmed, confirmed_by, read)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![log, receipt.as_bytes(), asked, after.by, after.reason, confirmed, by, read],
            )?;
            set.commit()?;
            Ok(true)
        })
    }

    fn delete_evidence(&self, site: &str, receipt: &Digest) -> Result<(), StoreError> {
        let log = self.log(site)?;
        self.connections.write(|db| {
            let delete = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for table in ["evidence", "opening"] {
                let sql = format!("DELETE FROM {table} WHERE log = ?1 AND receipt = ?2");
                delete.execute(&sql, params![log, receipt.as_bytes()])?;
            }
            Ok(delete.commit()?)
        })
    }
}

/// All that is kept of a log.
pub(super) fn of(db: &Connection, log: i64) -> Result<Vec<Evidence>, StoreError> {
    if !is_there(db)? {
        return Ok(Vec::new());
    }
    let mut query = db.prepare(
        "SELECT receipt, until, wrapped, sealed FROM evidence WHERE log = ?1 ORDER BY receipt",
    )?;
    let found = query.query_map([log], evidence)?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Not in a store that only older programs have written, read without a right to make the tables.
pub(super) fn is_there(db: &Connection) -> Result<bool, StoreError> {
    Ok(db.table_exists(None, "opening")?)
}

fn evidence(row: &SqlRow<'_>) -> rusqlite::Result<Evidence> {
    Ok(Evidence {
        receipt: digest(row, 0)?,
        until: uint(row, 1)?,
        wrapped: row.get(2)?,
        sealed: row.get(3)?,
    })
}

/// From the column `asked` on.
fn opening(row: &SqlRow<'_>, first: usize) -> rusqlite::Result<Opening> {
    let by: Option<String> = row.get(first + 4)?;
    let read: Option<i64> = row.get(first + 5)?;
    Ok(Opening {
        asked: uint(row, first)?,
        by: row.get(first + 1)?,
        reason: row.get(first + 2)?,
        confirmed: by
            .map(|by| Ok::<_, rusqlite::Error>((uint(row, first + 3)?, by)))
            .transpose()?,
        read: read.map(|_| uint(row, first + 5)).transpose()?,
    })
}
