//! Files: each belongs to a sealed value that tells of it, opens, and is what was signed. That a file is missing is no fault: it may
//! never have come.

use raspiska_shared::digest::Digest;

use super::{Fault, Report, log::Log};
use crate::{files, store::StoreError, vault::Vault};

/// Checks the files of a log, one after the other: they are large, and few beside the receipts.
pub(super) fn check(log: &Log<'_>, report: &mut Report<'_>) -> Result<(), StoreError> {
    for (index, name) in log.snapshot.files(log.id)? {
        if let Some(fault) = look(log, index, &name)? {
            report.fault(&log.entry(index, None), &fault);
        }
    }
    Ok(())
}

fn look(log: &Log<'_>, index: u64, name: &str) -> Result<Option<Fault>, StoreError> {
    let rows = log.snapshot.rows(log.id, index, index + 1)?;
    let sealed = log.snapshot.sealed(log.id, index, index + 1)?;
    let own = rows
        .first()
        .filter(|_| sealed.iter().any(|own| own.name == name));
    let Some(row) = own else {
        return Ok(Some(Fault::FileAlone(name.to_owned())));
    };
    // What is wrong with the key is said of the values.
    let wrapped = log.snapshot.subject_key(log.id, &row.subject)?;
    let unwrap = |vault: &Vault| {
        vault
            .unwrap_key(log.site, &row.subject, wrapped.as_deref()?)
            .ok()
    };
    let Some(key) = log.vault.and_then(unwrap) else {
        return Ok(None);
    };
    let blob = log.snapshot.file(log.id, index, name)?;
    let blob = blob.ok_or(StoreError::Damaged("a file cannot be read"))?;
    let Ok(bytes) = key.open_file(&row.receipt, name, &blob) else {
        return Ok(Some(Fault::File(name.to_owned())));
    };
    let told = files::told(&key, row, &sealed, name).ok().flatten();
    let is_told = told
        .is_some_and(|told| (told.sha256, told.size) == (Digest::of(&bytes), bytes.len() as u64));
    Ok((!is_told).then(|| Fault::FileOther(name.to_owned())))
}
