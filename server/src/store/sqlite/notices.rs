//! The tables of what hooks are told of beside the log.

use std::ops::Range;

use raspiska_shared::party::SubjectId;
use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, TransactionBehavior, params};

use super::{
    super::{EventKind, Notice, Notices, StoreError, Unheard, Waiting},
    Sqlite, deliveries,
    rows::{digest, int, uint},
};

/// Made at any start that finds them missing: stores are older than the notices.
pub(super) const TABLES: &str = include_str!("../notices.sql");

/// What [`read`] reads, and what follows.
macro_rules! select_notices {
    ($rest:literal) => {
        concat!(
            "SELECT place, hook, kind, about, subject, time FROM notice WHERE log = ?1 ",
            $rest
        )
    };
}

impl Notices for Sqlite {
    fn begin_notices(&self, site: &str, hook: &str, at_first: bool) -> Result<(), StoreError> {
        let log = self.log(site)?;
        self.connections.write(|db| {
            db.execute(
                "INSERT INTO hook_notice (log, name, next)
                 VALUES (?1, ?2, CASE WHEN ?3 THEN 0 ELSE (SELECT coalesce(max(place), 0) + 1 FROM notice) END)
                 ON CONFLICT DO NOTHING",
                params![log, hook, at_first],
            )?;
            Ok(())
        })
    }

    fn add_notices(&self, site: &str, notices: &[Notice]) -> Result<(), StoreError> {
        let log = self.log(site)?;
        self.connections.write(|db| {
            let all = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for notice in notices {
                add(&all, log, notice)?;
            }
            Ok(all.commit()?)
        })
    }

    fn unheard(&self, site: &str, hook: &str, count: u16) -> Result<Unheard, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| {
            let next: i64 = db
                .prepare_cached("SELECT next FROM hook_notice WHERE log = ?1 AND name = ?2")?
                .query_row(params![log, hook], |row| row.get(0))
                .optional()?
                .ok_or(StoreError::Damaged("a hook has no place among the notices"))?;
            let mut query = db.prepare_cached(select_notices!(
                "AND hook IN ('', ?2) AND place >= ?3 ORDER BY place LIMIT ?4"
            ))?;
            let notices = query.query_map(params![log, hook, next, count], read)?;
            let notices: Vec<_> = notices.collect::<Result<_, _>>()?;
            let next = u64::try_from(next).map_err(|_| StoreError::Damaged("a place below 0"))?;
            let end = notices.last().map_or(next, |(place, _)| place + 1);
            Ok(Unheard {
                range: next..end,
                notices,
            })
        })
    }

    fn claim_notices(
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
                    "UPDATE hook_notice SET next = ?4 WHERE log = ?1 AND name = ?2 AND next = ?3",
                )?
                .execute(params![log, hook, int(range.start)?, int(range.end)?])?;
            if moved != 1 {
                return Err(StoreError::Conflict);
            }
            deliveries::wait_for(&claim, log, hook, events)?;
            Ok(claim.commit()?)
        })
    }

    fn notice(&self, site: &str, place: u64) -> Result<Option<Notice>, StoreError> {
        let (log, place) = (self.log(site)?, int(place)?);
        self.connections.read(|db| {
            let found = db
                .prepare_cached(select_notices!("AND place = ?2"))?
                .query_row(params![log, place], read)
                .optional()?;
            Ok(found.map(|(_, notice)| notice))
        })
    }

    fn find_notice(
        &self,
        site: &str,
        hook: &str,
        kind: EventKind,
        about: &str,
    ) -> Result<Option<(u64, Notice)>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| {
            Ok(db
                .prepare_cached(select_notices!(
                    "AND hook IN ('', ?2) AND kind = ?3 AND about = ?4"
                ))?
                .query_row(params![log, hook, kind.word(), about], read)
                .optional()?)
        })
    }
}

/// Adds one, if it is not there.
pub(super) fn add(db: &Connection, log: i64, notice: &Notice) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO notice (log, hook, kind, about, subject, time) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (log, kind, about, hook) DO NOTHING",
    )?
    .execute(params![
        log,
        notice.hook.as_deref().unwrap_or_default(),
        notice.kind.word(),
        notice.about,
        notice.subject.0.as_bytes(),
        int(notice.time)?,
    ])?;
    Ok(())
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<(u64, Notice)> {
    let hook: String = row.get(1)?;
    let notice = Notice {
        hook: Some(hook).filter(|hook| !hook.is_empty()),
        kind: deliveries::kind(row, 2)?,
        about: row.get(3)?,
        subject: SubjectId(digest(row, 4)?),
        time: uint(row, 5)?,
    };
    Ok((uint(row, 0)?, notice))
}
