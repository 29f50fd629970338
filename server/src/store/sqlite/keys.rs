//! Keys change: the log's row or the vault's wrappings, and the period of each key, in one transaction.

use raspiska_shared::{digest::Digest, party::SubjectId};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{
    super::{KeyOf, KeyPeriod, Rewrap, Role, Rotation, StoreError},
    VAULT,
    rows::{digest, int, uint},
};

/// Wrapped keys that are read before they are written anew: some hundred kilobytes.
const CHUNK: u16 = 1024;

/// Every key, in the order of [`super::super::Store::keys`].
pub(super) fn all(db: &Connection) -> Result<Vec<KeyPeriod>, StoreError> {
    let mut query = db.prepare(
        "SELECT site, role, public, since, until FROM key_period ORDER BY site, role, since",
    )?;
    let mut rows = query.query([])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        let role: String = row.get(1)?;
        keys.push(KeyPeriod {
            site: row.get(0)?,
            role: Role::from_name(&role).ok_or(StoreError::Damaged("a key has an unknown role"))?,
            public: row.get(2)?,
            since: uint(row, 3)?,
            until: match row.get_ref(4)? {
                rusqlite::types::ValueRef::Null => None,
                _ => Some(uint(row, 4)?),
            },
        });
    }
    Ok(keys)
}

/// A key is in force since `time`.
pub(super) fn begin(
    db: &Transaction<'_>,
    role: Role,
    site: &str,
    public: &str,
    time: u64,
) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO key_period (site, role, since, public) VALUES (?1, ?2, ?3, ?4)",
        params![site, role.name(), int(time)?, public],
    )?;
    Ok(())
}

/// See [`super::super::Store::rotate`].
pub(super) fn rotate(
    db: &mut Connection,
    time: u64,
    rotation: &Rotation<'_>,
) -> Result<(), StoreError> {
    let wipes = matches!(rotation, Rotation::Vault { .. });
    if wipes {
        // What the old key wrapped is overwritten, not only unlinked.
        db.pragma_update(None, "secure_delete", true)?;
    }
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match rotation {
        Rotation::Log {
            site,
            vkeys: (old, new),
            at: (size, root),
            checkpoint,
            published,
        } => {
            let moved = change.execute(
                "UPDATE log SET vkey = ?1, checkpoint = ?2 WHERE site = ?3 AND vkey = ?4 AND size = ?5 AND root = ?6",
                params![new, checkpoint, site, old, int(*size)?, root],
            )?;
            one(moved)?;
            let shown = change.execute(
                "UPDATE published SET checkpoint = coalesce(?1, '') WHERE log = (SELECT id FROM log WHERE site = ?2)",
                params![published, site],
            )?;
            if shown != usize::from(published.is_some()) {
                return Err(StoreError::Conflict);
            }
            succeed(&change, Role::Log, site, (old, new), time)?;
        }
        Rotation::Operator {
            site,
            thumbprints: (old, new),
        } => {
            let moved = change.execute(
                "UPDATE log SET operator = ?1 WHERE site = ?2 AND operator = ?3",
                params![new.0.as_bytes(), site, old.0.as_bytes()],
            )?;
            one(moved)?;
            let names = (&*old.0.to_string(), &*new.0.to_string());
            succeed(&change, Role::Operator, site, names, time)?;
        }
        Rotation::Vault {
            checks: (old, new),
            rewrap,
        } => {
            let moved = change.execute(
                "UPDATE meta SET value = ?1 WHERE name = ?2 AND value = ?3",
                params![new.as_bytes(), VAULT, old.as_bytes()],
            )?;
            one(moved)?;
            let names = (&*old.to_string(), &*new.to_string());
            succeed(&change, Role::Vault, "", names, time)?;
            let subjects = |whose| KeyOf::Subject(SubjectId(whose));
            wrap_anew(&change, rewrap, ("subject_key", "subject", subjects))?;
            wrap_anew(&change, rewrap, ("evidence", "receipt", KeyOf::Evidence))?;
        }
    }
    change.commit()?;
    if wipes {
        db.pragma_update(None, "secure_delete", false)?;
        // The write-ahead log has the old wrappings. A crash before it is emptied leaves them there until the next start
        // writes over them; without the old key they are noise.
        let busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy != 0 {
            return Err(StoreError::Busy);
        }
    }
    Ok(())
}

/// Ends the old key's period and begins the new one's.
fn succeed(
    change: &Transaction<'_>,
    role: Role,
    site: &str,
    (old, new): (&str, &str),
    time: u64,
) -> Result<(), StoreError> {
    let ended = change.execute(
        "UPDATE key_period SET until = ?1
         WHERE site = ?2 AND role = ?3 AND public = ?4 AND until IS NULL AND since < ?1",
        params![int(time)?, site, role.name(), old],
    )?;
    one(ended)?;
    begin(change, role, site, new, time)
}

fn one(changed: usize) -> Result<(), StoreError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::Conflict)
    }
}

/// Wraps every key of a table anew, a chunk at a time: what is written is never what is being read. `whose` is the column that
/// says whose it is.
fn wrap_anew(
    change: &Transaction<'_>,
    rewrap: &Rewrap<'_>,
    (table, whose, key_of): (&str, &str, fn(Digest) -> KeyOf),
) -> Result<(), StoreError> {
    let mut next = change.prepare(&format!(
        "SELECT k.log, k.{whose}, k.wrapped, l.site FROM {table} AS k JOIN log AS l ON l.id = k.log
         WHERE (k.log, k.{whose}) > (?1, ?2) ORDER BY k.log, k.{whose} LIMIT ?3"
    ))?;
    let mut write = change.prepare(&format!(
        "UPDATE {table} SET wrapped = ?1 WHERE log = ?2 AND {whose} = ?3"
    ))?;
    // Before the first row: logs are numbered from 1.
    let mut last: (i64, [u8; 32]) = (0, [0xff; 32]);
    loop {
        let rows = next.query_map(params![last.0, last.1, CHUNK], |row| {
            Ok((row.get(0)?, digest(row, 1)?, row.get(2)?, row.get(3)?))
        })?;
        let chunk: Vec<(i64, Digest, Vec<u8>, String)> = rows.collect::<Result<_, _>>()?;
        for (log, whose, wrapped, site) in &chunk {
            let wrapped = rewrap(site, key_of(*whose), wrapped)?;
            write.execute(params![wrapped, log, whose.as_bytes()])?;
            last = (*log, *whose.as_bytes());
        }
        if chunk.len() < usize::from(CHUNK) {
            return Ok(());
        }
    }
}
