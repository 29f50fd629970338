//! Files that follow a receipt: a candidate's CV. The receipt commits to digest, size and name; the bytes come when it is logged, are
//! sealed with the key of its subject, and go with its values.
//!
//! To see what a receipt says of a file its sealed value is opened, by the server and for nobody's eyes: that is no look of a
//! person, and the access log has no line of it.

mod kind;

use raspiska_shared::{
    attachment::Attachment,
    digest::Digest,
    problem::Kind,
    site::{FieldKind, FileRule, FileType, Form, Site},
};

use crate::{
    app::{App, SiteState},
    office, standing, statement,
    store::{Added, Row, Sealed, Store, StoreError},
    vault::{SubjectKey, Vault, VaultError},
};

/// Files that are received at a time. Each is in memory up to four times: as it came, whole, sealed, and with its nonce before it.
pub(crate) const AT_ONCE: usize = 4;

/// A file that a receipt tells of, and that may come now.
pub(crate) struct Expected {
    row: Row,
    field: String,
    told: Attachment,
    /// By its name.
    kind: FileType,
    pub(crate) max_bytes: u64,
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    /// The values are gone, and a file would be left alone.
    #[error("the values of this receipt were destroyed, so its file is not taken any more")]
    Erased,
    /// Nothing was logged under this hash.
    #[error("no receipt with this hash was logged here; send the file when its receipt is logged")]
    NotFound,
    /// There is no consent to process it any more.
    #[error("nothing that this receipt gave is given any more, so its file is not taken")]
    NotGiven,
    /// Other bytes.
    #[error(
        "these bytes are not the file that was signed: digest or size is another; send the file as it was when it was chosen"
    )]
    Other,
    /// Not what its name says.
    #[error(
        "the file is not what the end of its name says; save it anew as {0} and send the form again"
    )]
    Type(&'static str),
    /// No file there.
    #[error("this receipt has no file in this field; check the address")]
    Unknown,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl FileError {
    /// As which it leaves the server.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Erased => Kind::Gone,
            Self::NotFound | Self::Unknown => Kind::NotFound,
            Self::NotGiven => Kind::NotGiven,
            Self::Other => Kind::FileDigest,
            Self::Type(_) => Kind::FileType,
            Self::Store(_) => Kind::Unavailable,
            Self::Vault(_) => Kind::Internal,
        }
    }
}

/// The file that a receipt tells of in a field, if it may come now.
pub(crate) fn expect(
    app: &App,
    site: &SiteState,
    receipt: &Digest,
    field: &str,
) -> Result<Expected, FileError> {
    let (store, site) = (&**app.store(), &site.loaded.site);
    let row = store.row(&site.site, receipt)?.ok_or(FileError::NotFound)?;
    let payload = standing::payload(&row)?;
    let rule = rule(site, &payload.notice.id, field).ok_or(FileError::Unknown)?;
    let key = key(store, app.vault(), &site.site, &row)?.ok_or(FileError::Erased)?;
    let sealed = store.sealed(&site.site, row.index)?;
    if sealed.is_empty() {
        return Err(FileError::Erased);
    }
    let told = told(&key, &row, &sealed, field)?.ok_or(FileError::Unknown)?;
    let standing = standing::of_subject(store, &site.site, &row.subject)?;
    if statement::left(&payload, &standing).is_empty() {
        return Err(FileError::NotGiven);
    }
    Ok(Expected {
        kind: rule.named(told.extension()).ok_or(FileError::Unknown)?,
        max_bytes: rule.max_bytes,
        field: field.to_owned(),
        row,
        told,
    })
}

/// Keeps the bytes, if they are the ones that were signed. Durable when it returns. Blocks.
pub(crate) fn keep(
    app: &App,
    site: &SiteState,
    expected: &Expected,
    bytes: &[u8],
) -> Result<Added, FileError> {
    let Expected { row, field, .. } = expected;
    if bytes.len() as u64 != expected.told.size || Digest::of(bytes) != expected.told.sha256 {
        return Err(FileError::Other);
    }
    if !kind::is(expected.kind, bytes) {
        return Err(FileError::Type(expected.kind.extension()));
    }
    let (store, id) = (&**app.store(), &site.loaded.site.site);
    // No erasure in between: it would not know of the file, nor look for what is left of it.
    app.erasures().held_off(|destroyed| {
        if destroyed.has(&row.receipt) {
            return Err(FileError::Erased);
        }
        let key = key(store, app.vault(), id, row)?.ok_or(FileError::Erased)?;
        let sealed = Sealed {
            index: row.index,
            name: field.clone(),
            blob: key.seal_file(&row.receipt, field, bytes)?,
        };
        match store.add_file(id, &sealed)? {
            Added::Ownerless => Err(FileError::Erased),
            added => Ok(added),
        }
    })
}

/// What a receipt's sealed values say of the file in a field.
pub(crate) fn told(
    key: &SubjectKey,
    row: &Row,
    sealed: &[Sealed],
    field: &str,
) -> Result<Option<Attachment>, VaultError> {
    let Some(own) = sealed.iter().find(|own| own.name == field) else {
        return Ok(None);
    };
    let disclosure = key.open(&row.receipt, &own.name, &own.blob)?;
    let text = std::str::from_utf8(&disclosure).map_err(|_| VaultError::Open)?;
    let (_, value) = office::value(text).ok_or(VaultError::Open)?;
    Ok(value.parse().ok())
}

fn key(
    store: &dyn Store,
    vault: &Vault,
    site: &str,
    row: &Row,
) -> Result<Option<SubjectKey>, FileError> {
    let wrapped = store.subject_key(site, &row.subject)?;
    let key = wrapped.map(|wrapped| vault.unwrap_key(site, &row.subject, &wrapped));
    Ok(key.transpose()?)
}

/// What a form with this notice takes in this field.
fn rule<'a>(site: &'a Site, notice: &str, field: &str) -> Option<&'a FileRule> {
    let asks = |form: &&Form| form.notice == notice || form.optional.iter().any(|id| id == notice);
    let fields = site.forms.iter().filter(asks).flat_map(|form| &form.fields);
    let mut files = fields.filter(|own| own.kind == FieldKind::File && own.id == field);
    files.next()?.file.as_ref()
}
