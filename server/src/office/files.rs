//! Reading a file that came with a receipt: by the same rules as what was written into its form.

use raspiska_shared::site::Site;
use zeroize::Zeroizing;

use super::{
    ReadError, Wanted, Who,
    values::{Look, let_in},
};
use crate::{
    files,
    store::Store,
    vault::{Vault, VaultError},
};

/// A file that is shown.
pub(crate) struct File {
    /// As the person called it.
    pub(crate) name: Zeroizing<String>,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// The file in a field of a receipt. That it is read, or is not given out, is noted first.
pub(crate) fn read_file(
    store: &dyn Store,
    vault: &Vault,
    site: &Site,
    who: &Who,
    wanted: &Wanted<'_>,
    field: &str,
    now: u64,
) -> Result<File, ReadError> {
    let Look { row, access } = let_in(store, site, who, wanted, "file read", now)?;
    let wrapped = store
        .subject_key(&site.site, &row.subject)?
        .ok_or(ReadError::Erased)?;
    let sealed = store.sealed(&site.site, row.index)?;
    if sealed.is_empty() {
        return Err(ReadError::Erased);
    }
    let blob = store
        .file(&site.site, row.index, field)?
        .ok_or(ReadError::NoFile)?;
    let key = vault.unwrap_key(&site.site, &row.subject, &wrapped)?;
    store.note_access(&access)?;
    let told = files::told(&key, &row, &sealed, field)?.ok_or(VaultError::Open)?;
    Ok(File {
        bytes: key.open_file(&row.receipt, field, &blob)?,
        name: Zeroizing::new(told.name().to_owned()),
    })
}
