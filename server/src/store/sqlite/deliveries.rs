//! The tables of what goes to other systems.

use std::ops::Range;

use raspiska_shared::{digest::Digest, party::SubjectId};
use rusqlite::{Row as SqlRow, Transaction, TransactionBehavior, params, types::Type};

use super::{
    super::{
        Acknowledgement, Deliveries, Delivery, EventKind, Hook, Outcome, Row, Settled, StoreError,
        Waiting,
    },
    Sqlite, place,
    rows::{self, digest, int, select_rows, uint},
};

/// Made at any start that finds them missing: stores are older than the hooks.
pub(super) const TABLES: &str = include_str!("../deliveries.sql");

/// What [`delivery`] reads; `{}` is what follows.
macro_rules! select_deliveries {
    ($rest:literal) => {
        concat!(
            "SELECT idx, kind, subject, time, attempts, tried, wait, dead, said FROM delivery AS d WHERE log = ?1 AND hook = ?2 ",
            $rest
        )
    };
}

impl Deliveries for Sqlite {
    fn outbox(&self, site: &str, first: u64, count: u16) -> Result<Vec<Row>, StoreError> {
        let log = self.log(site)?;
        let (first, end) = (place(log, first)?, place(log + 1, 0)?);
        self.connections.read(|db| {
            let mut query = db.prepare_cached(select_rows!(
                "WHERE e.place >= ?1 AND e.place < ?2 ORDER BY e.place LIMIT ?3"
            ))?;
            let rows = query.query_map(params![first, end, count], |row| rows::row(row, log))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn begin_hook(&self, site: &str, hook: &str, next: u64) -> Result<(), StoreError> {
        let (log, next) = (self.log(site)?, int(next)?);
        self.connections.write(|db| {
            db.execute(
                "INSERT INTO hook (log, name, next) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![log, hook, next],
            )?;
            Ok(())
        })
    }

    fn hooks(&self, site: &str) -> Result<Vec<Hook>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| {
            let mut query = db.prepare_cached(
                "SELECT name, next, off, count(idx) FILTER (WHERE dead IS NULL), min(time) FILTER (WHERE dead IS NULL), count(dead)
                 FROM hook LEFT JOIN delivery ON delivery.log = hook.log AND delivery.hook = hook.name
                 WHERE hook.log = ?1 GROUP BY name ORDER BY name",
            )?;
            let hooks = query.query_map([log], |row| {
                Ok(Hook {
                    name: row.get(0)?,
                    next: uint(row, 1)?,
                    off: maybe(row, 2)?,
                    waiting: uint(row, 3)?,
                    oldest: maybe(row, 4)?,
                    dead: uint(row, 5)?,
                })
            })?;
            Ok(hooks.collect::<Result<_, _>>()?)
        })
    }

    fn claim(
        &self,
        site: &str,
        hook: &str,
        range: Range<u64>,
        events: &[Waiting],
    ) -> Result<(), StoreError> {
        let log = self.log(site)?;
        self.connections.write(|db| {
            let claim = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let moved = claim
                .prepare_cached(
                    "UPDATE hook SET next = ?4 WHERE log = ?1 AND name = ?2 AND next = ?3",
                )?
                .execute(params![log, hook, int(range.start)?, int(range.end)?])?;
            if moved != 1 {
                return Err(StoreError::Conflict);
            }
            wait_for(&claim, log, hook, events)?;
            Ok(claim.commit()?)
        })
    }

    fn due(
        &self,
        site: &str,
        hook: &str,
        now: u64,
        count: u16,
    ) -> Result<Vec<Delivery>, StoreError> {
        let (log, now) = (self.log(site)?, int(now)?);
        self.connections.read(|db| {
            // An attempt that is in the future was made by another clock: nothing is known of how long ago it was.
            let mut query = db.prepare_cached(select_deliveries!(
                "AND dead IS NULL AND (tried > ?3 OR tried + wait <= ?3)
                 AND NOT EXISTS (SELECT 1 FROM delivery AS earlier WHERE earlier.log = d.log AND earlier.hook = d.hook
                                 AND earlier.subject = d.subject AND earlier.idx < d.idx AND earlier.dead IS NULL
                                 AND (earlier.kind IN ('request.opened', 'duty.near')) = (d.kind IN ('request.opened', 'duty.near')))
                 ORDER BY idx LIMIT ?4"
            ))?;
            let due = query.query_map(params![log, hook, now, count], delivery)?;
            Ok(due.collect::<Result<_, _>>()?)
        })
    }

    fn undelivered(&self, site: &str, hook: &str) -> Result<Vec<Delivery>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| {
            let mut query = db.prepare_cached(select_deliveries!("ORDER BY idx"))?;
            let all = query.query_map(params![log, hook], delivery)?;
            Ok(all.collect::<Result<_, _>>()?)
        })
    }

    fn settle(&self, site: &str, hook: &str, settled: &[Settled]) -> Result<(), StoreError> {
        let log = self.log(site)?;
        self.connections.write(|db| {
            let settle = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for one in settled {
                settle_one(&settle, log, hook, one)?;
            }
            Ok(settle.commit()?)
        })
    }

    fn rewind(&self, site: &str, hook: &str, next: u64) -> Result<(), StoreError> {
        let (log, next) = (self.log(site)?, int(next)?);
        self.connections.write(|db| {
            db.execute(
                "UPDATE hook SET next = min(next, ?3) WHERE log = ?1 AND name = ?2",
                params![log, hook, next],
            )?;
            Ok(())
        })
    }

    fn redeliver(&self, site: &str, hook: &str, events: &[Waiting]) -> Result<(), StoreError> {
        let log = self.log(site)?;
        self.connections.write(|db| {
            let again = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            wait_for(&again, log, hook, events)?;
            Ok(again.commit()?)
        })
    }

    fn resume(&self, site: &str, hook: &str) -> Result<(), StoreError> {
        let log = self.log(site)?;
        self.connections.write(|db| {
            let resume = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            resume.execute(
                "UPDATE hook SET off = NULL WHERE log = ?1 AND name = ?2",
                params![log, hook],
            )?;
            resume.execute(
                "UPDATE delivery SET wait = 0 WHERE log = ?1 AND hook = ?2 AND dead IS NULL",
                params![log, hook],
            )?;
            Ok(resume.commit()?)
        })
    }

    fn acknowledgements(
        &self,
        site: &str,
        receipt: &Digest,
    ) -> Result<Vec<Acknowledgement>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| {
            let mut query = db.prepare_cached(
                "SELECT hook, kind, idx, time, status, attempts FROM acknowledgement WHERE log = ?1 AND receipt = ?2 ORDER BY rowid",
            )?;
            let found = query.query_map(params![log, receipt.as_bytes()], |row| {
                Ok(Acknowledgement {
                    hook: row.get(0)?,
                    kind: kind(row, 1)?,
                    index: uint(row, 2)?,
                    time: uint(row, 3)?,
                    status: row.get(4)?,
                    attempts: row.get(5)?,
                })
            })?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }
}

/// Notes what a hook is to be told of; what is there already begins anew.
pub(super) fn wait_for(
    write: &Transaction<'_>,
    log: i64,
    hook: &str,
    events: &[Waiting],
) -> Result<(), StoreError> {
    let mut insert = write.prepare_cached(
        "INSERT INTO delivery (log, hook, idx, kind, subject, time) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO UPDATE SET attempts = 0, tried = 0, wait = 0, dead = NULL, said = ''",
    )?;
    for event in events {
        insert.execute(params![
            log,
            hook,
            int(event.index)?,
            event.kind.word(),
            event.subject.0.as_bytes(),
            int(event.time)?
        ])?;
    }
    Ok(())
}

fn settle_one(
    settle: &Transaction<'_>,
    log: i64,
    hook: &str,
    one: &Settled,
) -> Result<(), StoreError> {
    let (index, kind, time) = (int(one.index)?, one.kind.word(), int(one.time)?);
    let (wait, dead, said) = match &one.outcome {
        Outcome::Acknowledged { receipt, status } => {
            let waited = end(settle, log, hook, index, kind)?;
            // Said a second time, it is settled already.
            if waited == 1 {
                settle
                    .prepare_cached(
                        "INSERT INTO acknowledgement (log, receipt, hook, idx, kind, time, status, attempts)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    )?
                    .execute(params![
                        log,
                        receipt.as_bytes(),
                        hook,
                        index,
                        kind,
                        time,
                        status,
                        one.attempts
                    ])?;
            }
            return Ok(());
        }
        Outcome::Over => {
            end(settle, log, hook, index, kind)?;
            return Ok(());
        }
        Outcome::Gone { said } => {
            settle.execute(
                "UPDATE hook SET off = coalesce(off, ?3) WHERE log = ?1 AND name = ?2",
                params![log, hook, time],
            )?;
            (0, None, said)
        }
        Outcome::Later { wait, said } => (int(*wait)?, None, said),
        Outcome::Dead { said } => (0, Some(time), said),
    };
    settle
        .prepare_cached(
            "UPDATE delivery SET attempts = ?5, tried = ?6, wait = ?7, dead = ?8, said = ?9
             WHERE log = ?1 AND hook = ?2 AND idx = ?3 AND kind = ?4",
        )?
        .execute(params![
            log,
            hook,
            index,
            kind,
            one.attempts,
            time,
            wait,
            dead,
            said
        ])?;
    Ok(())
}

/// It waits no more. Gives how many did.
fn end(
    settle: &Transaction<'_>,
    log: i64,
    hook: &str,
    index: i64,
    kind: &str,
) -> rusqlite::Result<usize> {
    settle
        .prepare_cached(
            "DELETE FROM delivery WHERE log = ?1 AND hook = ?2 AND idx = ?3 AND kind = ?4",
        )?
        .execute(params![log, hook, index, kind])
}

fn delivery(row: &SqlRow<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        event: Waiting {
            index: uint(row, 0)?,
            kind: kind(row, 1)?,
            subject: SubjectId(digest(row, 2)?),
            time: uint(row, 3)?,
        },
        attempts: row.get(4)?,
        tried: uint(row, 5)?,
        wait: uint(row, 6)?,
        dead: maybe(row, 7)?,
        said: row.get(8)?,
    })
}

pub(super) fn kind(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<EventKind> {
    let word: String = row.get(column)?;
    EventKind::from_word(&word).ok_or(rusqlite::Error::InvalidColumnType(column, word, Type::Text))
}

fn maybe(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    let there: Option<i64> = row.get(column)?;
    there.map(|_| uint(row, column)).transpose()
}
