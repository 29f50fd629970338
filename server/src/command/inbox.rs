//! `raspiska inbox`: the operator reads what people wrote into forms. Every look at personal data is recorded first.

use std::{collections::BTreeMap, io, path::PathBuf};

use clap::Args;
use raspiska_shared::digest::{Digest, DigestError};

use crate::{
    clock::{Clock, moment},
    data::{DataDir, DataError},
    erasure::{self, ActId, JournalError},
    keys::{self, KeyError},
    office::{self, ReadError, Shown},
    standing,
    store::{Access, Role, Row, Sqlite, Store, StoreError},
    vault::{Vault, VaultError},
};

/// What the record of access says was done.
const SHOWN: &str = "inbox: shown to the operator";
/// Rows that are read at once.
const PAGE: u16 = 1000;

/// The flags of `raspiska inbox`.
#[derive(Args)]
pub(super) struct Inbox {
    /// The server's data directory; the server may be running.
    #[arg(long, value_name = "DIR", env = "RASPISKA_DATA")]
    data: PathBuf,
    /// The hash of a receipt whose values are shown; without: a list, which has no personal data.
    #[arg(allow_hyphen_values = true)]
    receipt: Option<String>,
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum InboxError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("the values of this receipt were destroyed on {1}, act no. {0}")]
    Destroyed(ActId, String),
    #[error("not a receipt's hash: {0}")]
    Hash(#[from] DigestError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error("no receipt with this hash was logged here")]
    NotFound,
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl Inbox {
    pub(super) fn run(&self) -> Result<(), InboxError> {
        let data = DataDir::visit(&self.data)?;
        let store = Sqlite::open(&data.store())?;
        let mut out = io::stdout().lock();
        match &self.receipt {
            None => list(&store, &mut out),
            Some(hash) => show(&data, &store, &hash.parse()?, &Clock::system(), &mut out),
        }
    }
}

fn list(store: &dyn Store, out: &mut impl io::Write) -> Result<(), InboxError> {
    for site in store.identities()?.logs.keys() {
        let mut first = 0;
        loop {
            let rows = store.disclosing(site, first, PAGE)?;
            for row in &rows {
                let notice = standing::payload(row)?.notice.id;
                write!(
                    out,
                    "{site}\t{}\t{}\t{notice}\t{}",
                    row.index,
                    moment(row.time),
                    row.receipt
                )?;
                let files = store.files(site, row.index)?;
                if !files.is_empty() {
                    write!(out, "\tfiles: {}", files.join(", "))?;
                }
                writeln!(out)?;
            }
            match rows.last() {
                Some(last) if rows.len() == usize::from(PAGE) => first = last.index + 1,
                _ => break,
            }
        }
    }
    Ok(())
}

fn show(
    data: &DataDir,
    store: &dyn Store,
    receipt: &Digest,
    clock: &Clock,
    out: &mut impl io::Write,
) -> Result<(), InboxError> {
    let (site, row) = find(store, receipt)?.ok_or(InboxError::NotFound)?;
    let mut values = BTreeMap::new();
    for disclosure in open(data, store, &site, &row, clock, SHOWN)? {
        let (name, value) = office::value(&disclosure).ok_or(VaultError::Open)?;
        values.insert(name, value);
    }
    serde_json::to_writer_pretty(&mut *out, &values).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

/// The encoded disclosures of a receipt. That they are opened is noted, with `what` for.
pub(super) fn open(
    data: &DataDir,
    store: &dyn Store,
    site: &str,
    row: &Row,
    clock: &Clock,
    what: &str,
) -> Result<Vec<Shown>, InboxError> {
    let vault = keys::find(data.path(), Role::Vault, "", &store.identities()?)?;
    // Whoever has the machine needs no account: the vault's key is there.
    let access = Access {
        time: clock.millis(),
        receipt: row.receipt,
        what: what.to_owned(),
        login: String::new(),
        site: site.to_owned(),
        purpose: String::new(),
        reason: String::new(),
    };
    match office::open(store, &Vault::new(vault.secret), site, row, &access) {
        Err(ReadError::Erased) => Err(match erasure::gone(data.path(), &row.receipt)? {
            Some((act, day)) => InboxError::Destroyed(act, day),
            None => ReadError::Erased.into(),
        }),
        opened => Ok(opened?),
    }
}

/// The site and the row of a logged receipt.
pub(super) fn find(
    store: &dyn Store,
    receipt: &Digest,
) -> Result<Option<(String, Row)>, StoreError> {
    for site in store.identities()?.logs.into_keys() {
        if let Some(row) = store.row(&site, receipt)? {
            return Ok(Some((site, row)));
        }
    }
    Ok(None)
}
