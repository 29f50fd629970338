//! The office's tables.

use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, TransactionBehavior, params};

use super::{
    super::{Access, Account, OfficeRole, Offices, Session, StoreError},
    Sqlite,
    rows::{digest, int, uint},
};
use raspiska_shared::digest::Digest;

/// Made at any start that finds them missing: stores are older than the office.
const TABLES: &str = include_str!("../office.sql");

/// The columns of `access` that stores older than the office lack.
const WIDER: [&str; 4] = ["login", "site", "purpose", "reason"];

/// Makes what older programs have not made.
pub(super) fn ensure(db: &Connection) -> Result<(), StoreError> {
    db.execute_batch(TABLES)?;
    for column in WIDER {
        if !db.column_exists(None, "access", column)? {
            db.execute_batch(&format!(
                "ALTER TABLE access ADD COLUMN {column} TEXT NOT NULL DEFAULT ''"
            ))?;
        }
    }
    Ok(())
}

impl Offices for Sqlite {
    fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.connections.read(|db| {
            let mut query = db.prepare(
                "SELECT login, name, role, password, since, closed FROM account ORDER BY login",
            )?;
            let rows = query.query_map([], account)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn account(&self, login: &str) -> Result<Option<Account>, StoreError> {
        self.connections.read(|db| {
            Ok(db
                .prepare_cached("SELECT login, name, role, password, since, closed FROM account WHERE login = ?1")?
                .query_row([login], account)
                .optional()?)
        })
    }

    fn set_account(&self, account: &Account) -> Result<(), StoreError> {
        self.connections.write(|db| {
            let set = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let closed = account.closed.map(int).transpose()?;
            set.execute(
                "INSERT INTO account (login, name, role, password, since, closed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (login) DO UPDATE SET name = excluded.name, role = excluded.role, password = excluded.password, closed = excluded.closed",
                params![
                    account.login,
                    account.name,
                    account.role.word(),
                    account.password,
                    int(account.since)?,
                    closed
                ],
            )?;
            set.execute("DELETE FROM session WHERE login = ?1", [&account.login])?;
            Ok(set.commit()?)
        })
    }

    fn begin_session(&self, session: &Session) -> Result<(), StoreError> {
        self.connections.write(|db| {
            let begin = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            begin.execute(
                "DELETE FROM session WHERE ends <= ?1",
                [int(session.began)?],
            )?;
            begin.execute(
                "INSERT INTO session (token, login, began, ends) VALUES (?1, ?2, ?3, ?4)",
                params![
                    session.token.as_bytes(),
                    session.login,
                    int(session.began)?,
                    int(session.ends)?
                ],
            )?;
            Ok(begin.commit()?)
        })
    }

    fn session(&self, token: &Digest) -> Result<Option<Session>, StoreError> {
        self.connections.read(|db| {
            Ok(db
                .prepare_cached("SELECT token, login, began, ends FROM session WHERE token = ?1")?
                .query_row([token.as_bytes()], |row| {
                    Ok(Session {
                        token: digest(row, 0)?,
                        login: row.get(1)?,
                        began: uint(row, 2)?,
                        ends: uint(row, 3)?,
                    })
                })
                .optional()?)
        })
    }

    fn end_session(&self, token: &Digest) -> Result<(), StoreError> {
        self.connections.write(|db| {
            db.execute("DELETE FROM session WHERE token = ?1", [token.as_bytes()])?;
            Ok(())
        })
    }

    fn note_access(&self, access: &Access) -> Result<(), StoreError> {
        let time = int(access.time)?;
        self.connections.write(|db| {
            db.execute(
                "INSERT INTO access (time, receipt, what, login, site, purpose, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    time,
                    access.receipt.as_bytes(),
                    access.what,
                    access.login,
                    access.site,
                    access.purpose,
                    access.reason
                ],
            )?;
            Ok(())
        })
    }

    fn accesses(&self, after: u64, count: u16) -> Result<Vec<(u64, Access)>, StoreError> {
        let after = int(after)?;
        self.connections.read(|db| {
            // Rows are only ever added, so their numbers stay.
            let mut query = db.prepare_cached(
                "SELECT rowid, time, receipt, what, login, site, purpose, reason FROM access WHERE rowid > ?1 ORDER BY rowid LIMIT ?2",
            )?;
            let rows = query.query_map(params![after, count], |row| {
                let access = Access {
                    time: uint(row, 1)?,
                    receipt: digest(row, 2)?,
                    what: row.get(3)?,
                    login: row.get(4)?,
                    site: row.get(5)?,
                    purpose: row.get(6)?,
                    reason: row.get(7)?,
                };
                Ok((uint(row, 0)?, access))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn account(row: &SqlRow<'_>) -> rusqlite::Result<Account> {
    let role: String = row.get(2)?;
    let closed: Option<i64> = row.get(5)?;
    Ok(Account {
        login: row.get(0)?,
        name: row.get(1)?,
        // The table takes no other word.
        role: OfficeRole::from_word(&role).unwrap_or(OfficeRole::Auditor),
        password: row.get(3)?,
        since: uint(row, 4)?,
        closed: closed.map(|_| uint(row, 5)).transpose()?,
    })
}
