//! The requests' tables.

use raspiska_shared::{digest::Digest, lang::Lang, party::SubjectId};
use rusqlite::{
    Connection, Params, Row as SqlRow, Transaction, TransactionBehavior, params, types::ValueRef,
};

use super::{
    super::{
        Case, Channel, EventKind, Fact, Notice, Request, RequestState, Requests, Step, StoreError,
        Which,
    },
    Sqlite, facts, notices,
    rows::{digest, int, uint},
};

/// Made at any start that finds them missing: stores are older than the requests.
pub(super) const TABLES: &str = include_str!("../requests.sql");

/// What [`request`] reads, and what follows.
macro_rules! select_requests {
    ($rest:literal) => {
        concat!(
            "SELECT number, code, kind, came, lang, channel, subject, receipt, holder, text, sender FROM request AS r WHERE log = ?1 ",
            $rest
        )
    };
}

/// Is a request one of those that wait? Its last step says so.
macro_rules! open {
    () => {
        "(SELECT state FROM request_step AS s WHERE s.log = r.log AND s.number = r.number ORDER BY seq DESC LIMIT 1) IN ('new', 'in_progress', 'extended')"
    };
}

impl Requests for Sqlite {
    fn open_request(
        &self,
        site: &str,
        request: &Request,
        first: &Step,
        key: Option<&[u8]>,
        facts: &[Fact],
    ) -> Result<(), StoreError> {
        let log = self.log(site)?;
        self.connections.write(|db| {
            let open = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            insert_key(&open, log, &request.holder, key)?;
            let bytes = |digest: Option<Digest>| digest.map(|digest| *digest.as_bytes());
            open.prepare_cached(
                "INSERT INTO request (log, number, code, kind, came, lang, channel, subject, receipt, holder, text, sender)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                log,
                request.number,
                request.code.as_bytes(),
                request.kind,
                int(request.came)?,
                request.lang.tag(),
                request.channel.word(),
                bytes(request.subject.map(|subject| subject.0)),
                bytes(request.receipt),
                request.holder.0.as_bytes(),
                request.text,
                request.sender,
            ])?;
            insert_step(&open, log, &request.number, 0, first)?;
            let opened = Notice {
                hook: None,
                kind: EventKind::RequestOpened,
                about: request.number.clone(),
                subject: request.subject.unwrap_or(request.holder),
                time: first.time,
            };
            notices::add(&open, log, &opened)?;
            for fact in facts {
                facts::add(&open, log, fact)?;
            }
            Ok(open.commit()?)
        })
    }

    fn add_step(
        &self,
        site: &str,
        number: &str,
        after: usize,
        step: &Step,
        key: Option<&[u8]>,
        facts: &[Fact],
    ) -> Result<bool, StoreError> {
        let log = self.log(site)?;
        self.connections.write(|db| {
            let add = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let count: i64 = add.query_row(
                "SELECT count(*) FROM request_step WHERE log = ?1 AND number = ?2",
                params![log, number],
                |row| row.get(0),
            )?;
            if usize::try_from(count) != Ok(after) {
                return Ok(false);
            }
            if let Some((holder, _)) = &step.text {
                insert_key(&add, log, holder, key)?;
            }
            insert_step(&add, log, number, count, step)?;
            for fact in facts {
                facts::add(&add, log, fact)?;
            }
            add.commit()?;
            Ok(true)
        })
    }

    fn case(&self, site: &str, number: &str) -> Result<Option<Case>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| {
            let found = read(
                db,
                select_requests!("AND number = ?2"),
                log,
                params![log, number],
            )?;
            Ok(found.into_iter().next())
        })
    }

    fn cases(&self, site: &str, which: Which<'_>) -> Result<Vec<Case>, StoreError> {
        let log = self.log(site)?;
        self.connections.read(|db| match which {
            Which::Open => read(
                db,
                concat!(select_requests!("AND "), open!(), " ORDER BY came"),
                log,
                [log],
            ),
            Which::Over => {
                let newest = concat!(
                    select_requests!("AND NOT "),
                    open!(),
                    " ORDER BY came DESC LIMIT 500"
                );
                let mut cases = read(db, newest, log, [log])?;
                cases.reverse();
                Ok(cases)
            }
            Which::Of(subject) => read(
                db,
                select_requests!("AND subject = ?2 ORDER BY came"),
                log,
                params![log, subject.0.as_bytes()],
            ),
        })
    }
}

fn insert_key(
    db: &Transaction<'_>,
    log: i64,
    holder: &SubjectId,
    key: Option<&[u8]>,
) -> Result<(), StoreError> {
    if let Some(wrapped) = key {
        db.prepare_cached("INSERT INTO subject_key (log, subject, wrapped) VALUES (?1, ?2, ?3)")?
            .execute(params![log, holder.0.as_bytes(), wrapped])?;
    }
    Ok(())
}

fn insert_step(
    db: &Transaction<'_>,
    log: i64,
    number: &str,
    seq: i64,
    step: &Step,
) -> Result<(), StoreError> {
    let (holder, text) = step
        .text
        .as_ref()
        .map(|(holder, text)| (holder, text))
        .unzip();
    db.prepare_cached(
        "INSERT INTO request_step (log, number, seq, state, time, login, norm, holder, text)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        log,
        number,
        seq,
        step.state.word(),
        int(step.time)?,
        step.by,
        step.norm,
        holder.map(|holder| *holder.0.as_bytes()),
        text,
    ])?;
    Ok(())
}

fn read(
    db: &Connection,
    query: &str,
    log: i64,
    parameters: impl Params,
) -> Result<Vec<Case>, StoreError> {
    let mut query = db.prepare_cached(query)?;
    let mut rows = query.query(parameters)?;
    let mut cases = Vec::new();
    while let Some(row) = rows.next()? {
        let request = request(row)?;
        let steps = steps(db, log, &request.number)?;
        cases.push(Case { request, steps });
    }
    Ok(cases)
}

fn request(row: &SqlRow<'_>) -> Result<Request, StoreError> {
    let (lang, channel): (String, String) = (row.get(4)?, row.get(5)?);
    let damaged = || StoreError::Damaged("a request cannot be read");
    Ok(Request {
        number: row.get(0)?,
        code: digest(row, 1)?,
        kind: row.get(2)?,
        came: uint(row, 3)?,
        lang: Lang::from_tag(&lang).ok_or_else(damaged)?,
        channel: Channel::from_word(&channel).ok_or_else(damaged)?,
        subject: optional(row, 6)?.map(SubjectId),
        receipt: optional(row, 7)?,
        holder: SubjectId(digest(row, 8)?),
        text: row.get(9)?,
        sender: row.get(10)?,
    })
}

fn steps(db: &Connection, log: i64, number: &str) -> Result<Vec<Step>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT state, time, login, norm, holder, text FROM request_step WHERE log = ?1 AND number = ?2 ORDER BY seq",
    )?;
    let mut rows = query.query(params![log, number])?;
    let mut steps = Vec::new();
    while let Some(row) = rows.next()? {
        let state: String = row.get(0)?;
        let text: Option<Vec<u8>> = row.get(5)?;
        steps.push(Step {
            state: RequestState::from_word(&state)
                .ok_or(StoreError::Damaged("a request's step cannot be read"))?,
            time: uint(row, 1)?,
            by: row.get(2)?,
            norm: row.get(3)?,
            text: optional(row, 4)?.map(SubjectId).zip(text),
        });
    }
    Ok(steps)
}

fn optional(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<Option<Digest>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => digest(row, column).map(Some),
    }
}
