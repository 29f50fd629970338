//! The facts' table.

use raspiska_shared::{digest::Digest, party::SubjectId};
use rusqlite::{Connection, Row as SqlRow, params};

use super::{
    super::{Fact, FactKind, StoreError},
    rows::{digest, int, uint},
};

/// Made at any start that finds it missing: stores are older than the facts.
pub(super) const TABLE: &str = include_str!("../facts.sql");

/// What [`read`] reads; `{}` is what follows.
macro_rules! select_facts {
    ($rest:literal) => {
        concat!(
            "SELECT number, id, time, kind, subject, receipt, purpose, duty, notice, login FROM fact ",
            $rest
        )
    };
}

pub(super) fn add(db: &Connection, log: i64, fact: &Fact) -> Result<(), StoreError> {
    let bytes = |digest: &Option<Digest>| digest.map(|digest| *digest.as_bytes());
    db.prepare_cached(
        "INSERT INTO fact (log, id, time, kind, subject, receipt, purpose, duty, notice, login)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id) DO NOTHING",
    )?
    .execute(params![
        log,
        fact.id.to_string(),
        int(fact.time)?,
        fact.kind.word(),
        bytes(&fact.subject.map(|subject| subject.0)),
        bytes(&fact.receipt),
        fact.purpose.as_ref().map(|purpose| purpose.as_str()),
        bytes(&fact.duty),
        bytes(&fact.notice),
        fact.by,
    ])?;
    Ok(())
}

pub(super) fn after(
    db: &Connection,
    log: i64,
    after: u64,
    count: u16,
) -> Result<Vec<(u64, Fact)>, StoreError> {
    if !db.table_exists(None, "fact")? {
        return Ok(Vec::new());
    }
    let mut query = db.prepare_cached(select_facts!(
        "WHERE number > ?1 AND log = ?2 ORDER BY number LIMIT ?3"
    ))?;
    let mut rows = query.query(params![int(after)?, log, count])?;
    let mut facts = Vec::new();
    while let Some(row) = rows.next()? {
        facts.push((uint(row, 0)?, read(row)?));
    }
    Ok(facts)
}

pub(super) fn of(db: &Connection, log: i64, subject: &SubjectId) -> Result<Vec<Fact>, StoreError> {
    // A store that only older programs have written, read without a right to make the table.
    if !db.table_exists(None, "fact")? {
        return Ok(Vec::new());
    }
    let mut query = db.prepare_cached(select_facts!(
        "WHERE log = ?1 AND subject = ?2 ORDER BY number"
    ))?;
    let mut rows = query.query(params![log, subject.0.as_bytes()])?;
    let mut facts = Vec::new();
    while let Some(row) = rows.next()? {
        facts.push(read(row)?);
    }
    Ok(facts)
}

fn read(row: &SqlRow<'_>) -> Result<Fact, StoreError> {
    let damaged = || StoreError::Damaged("a fact cannot be read");
    let optional = |column| match row.get_ref(column)? {
        rusqlite::types::ValueRef::Null => Ok(None),
        _ => digest(row, column).map(Some),
    };
    let (id, kind): (String, String) = (row.get(1)?, row.get(3)?);
    let purpose: Option<String> = row.get(6)?;
    let purpose = purpose.map(|text| text.parse().map_err(|_| damaged()));
    Ok(Fact {
        id: id.parse().map_err(|_| damaged())?,
        time: uint(row, 2)?,
        kind: FactKind::from_word(&kind).ok_or_else(damaged)?,
        subject: optional(4)?.map(SubjectId),
        receipt: optional(5)?,
        purpose: purpose.transpose()?,
        duty: optional(7)?,
        notice: optional(8)?,
        by: row.get(9)?,
    })
}
