//! `raspiska inbox`: the operator reads what people wrote into forms. Every look at personal data is recorded first.

use std::{collections::BTreeMap, io, path::PathBuf};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use clap::Args;
use raspiska_shared::digest::{Digest, DigestError};
use zeroize::Zeroizing;

use crate::{
    clock::{Clock, moment},
    data::{DataDir, DataError},
    keys::{self, KeyError},
    standing,
    store::{Role, Row, Sqlite, Store, StoreError},
    vault::{Vault, VaultError},
};

/// What the record of access says was done.
const SHOWN: &str = "inbox: shown to the operator";

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
    #[error("the values of this receipt were erased, or it had none")]
    Erased,
    #[error("not a receipt's hash: {0}")]
    Hash(#[from] DigestError),
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error("no receipt with this hash was logged here")]
    NotFound,
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
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
        for row in store.disclosing(site)? {
            let notice = standing::payload(&row)?.notice.id;
            writeln!(
                out,
                "{site}\t{}\t{}\t{notice}\t{}",
                row.index,
                moment(row.time),
                row.receipt
            )?;
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
        let (name, value) = value(&disclosure).ok_or(VaultError::Open)?;
        values.insert(name, value);
    }
    serde_json::to_writer_pretty(&mut *out, &values).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

/// The encoded disclosures of a receipt. That they are opened is recorded, with `what` for.
pub(super) fn open(
    data: &DataDir,
    store: &dyn Store,
    site: &str,
    row: &Row,
    clock: &Clock,
    what: &str,
) -> Result<Vec<String>, InboxError> {
    let vault = keys::find(data.path(), Role::Vault, "", &store.identities()?)?;
    let vault = Vault::new(vault.secret);
    let wrapped = store
        .subject_key(site, &row.subject)?
        .ok_or(InboxError::Erased)?;
    let key = vault.unwrap_key(site, &row.subject, &wrapped)?;
    let sealed = store.sealed(site, row.index)?;
    if sealed.is_empty() {
        return Err(InboxError::Erased);
    }
    // Before anything is opened: a look that was not recorded must not happen. 152-ФЗ art. 19(2)8.
    store.record_access(clock.millis(), &row.receipt, what)?;
    sealed
        .iter()
        .map(|own| {
            let disclosure = key.open(&row.receipt, &own.name, &own.blob)?;
            let text = std::str::from_utf8(&disclosure).map_err(|_| VaultError::Open)?;
            Ok(text.to_owned())
        })
        .collect()
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

/// Name and value of `base64url(["salt","name","value"])`, which was checked before it was sealed.
fn value(disclosure: &str) -> Option<(String, String)> {
    let json = Zeroizing::new(Base64UrlUnpadded::decode_vec(disclosure).ok()?);
    let [_, name, value]: [String; 3] = serde_json::from_slice(&json).ok()?;
    Some((name, value))
}
