//! `raspiska export`: one receipt as an evidence pack, for a court, an inspection, or the person whose consent it is.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;
use raspiska_shared::{
    digest::{Digest, DigestError},
    file::{FileError, ReceiptFile},
    receipt::Receipt,
};

use super::inbox::{self, InboxError};
use crate::{
    clock::Clock,
    data::{DataDir, DataError},
    erasure::{self, ActId, JournalError},
    office::ReadError,
    pack::{self, Evidence, EvidenceError},
    site::{self, Loaded, SiteError},
    standing,
    store::{Sqlite, StoreError},
};

/// What the record of access says was done.
const EXPORTED: &str = "export: values written into an evidence pack";

/// The flags of `raspiska export`.
#[derive(Args)]
pub(super) struct Export {
    /// The receipt: its hash, or a receipt file of it.
    #[arg(allow_hyphen_values = true)]
    receipt: String,
    /// The server's data directory; the server may be running.
    #[arg(long, value_name = "DIR", env = "RASPISKA_DATA")]
    data: PathBuf,
    /// A site's directory, as for `serve`; may be given several times.
    #[arg(long = "site", value_name = "DIR", required = true)]
    sites: Vec<PathBuf>,
    /// The zip archive to write. What is there already is never overwritten.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// With what the person typed. This is personal data, and that it was read is recorded.
    #[arg(long)]
    with_values: bool,
}

/// Why there is no pack.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExportError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(
        "the values of this receipt were erased, or it had none; leave out --with-values for a pack without them"
    )]
    Erased,
    #[error(
        "the values of this receipt were destroyed on {1}, act no. {0}; leave out --with-values for a pack without them"
    )]
    Destroyed(ActId, String),
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    #[error("{}: {source}", .path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{}: {source}", .path.display())]
    NotAReceipt { path: PathBuf, source: FileError },
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("{0:?} is neither a receipt's hash ({1}) nor a file")]
    NeitherHashNorFile(String, DigestError),
    #[error("no receipt with this hash was logged here")]
    NotFound,
    #[error("none of the directories is of site {0}; add its own with --site")]
    NoSite(String),
    #[error("{} is there already; name another file", .0.display())]
    Occupied(PathBuf),
    #[error(transparent)]
    Site(#[from] SiteError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Values(InboxError),
}

impl Export {
    pub(super) fn run(&self) -> Result<(), ExportError> {
        let receipt = receipt_hash(&self.receipt)?;
        let data = DataDir::visit(&self.data)?;
        let store = Sqlite::open(&data.store())?;
        let (site, row) = inbox::find(&store, &receipt)?.ok_or(ExportError::NotFound)?;
        let loaded = self.load(&site)?;
        if self.out.exists() {
            return Err(ExportError::Occupied(self.out.clone()));
        }
        // Nothing personal is opened for a pack that cannot be made.
        let mut evidence = Evidence::gather(&store, loaded.clone(), &row, &[])?;
        if self.with_values && !standing::payload(&row)?.sd.is_empty() {
            let disclosures = inbox::open(&data, &store, &site, &row, &Clock::system(), EXPORTED)
                .map_err(|error| match error {
                InboxError::Destroyed(act, day) => ExportError::Destroyed(act, day),
                InboxError::Read(ReadError::Erased) => ExportError::Erased,
                other => ExportError::Values(other),
            })?;
            evidence = Evidence::gather(&store, loaded, &row, &disclosures)?;
        }
        evidence.destroyed = erasure::gone(data.path(), &receipt)?;
        write(&self.out, &pack::archive(&evidence))
    }

    fn load(&self, site: &str) -> Result<Loaded, ExportError> {
        for dir in &self.sites {
            let loaded = site::load(dir)?;
            if loaded.site.site == site {
                return Ok(loaded);
            }
        }
        Err(ExportError::NoSite(site.to_owned()))
    }
}

/// The hash that is named, or that of the receipt in the file that is named.
fn receipt_hash(named: &str) -> Result<Digest, ExportError> {
    let no_hash = match named.parse() {
        Ok(hash) => return Ok(hash),
        Err(error) => error,
    };
    let path = PathBuf::from(named);
    let json = fs::read(&path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => ExportError::NeitherHashNorFile(named.to_owned(), no_hash),
        _ => ExportError::File {
            path: path.clone(),
            source,
        },
    })?;
    let receipt = ReceiptFile::parse(&json)
        .and_then(|file| Ok(Receipt::open(file.receipt.as_bytes())?.hash()));
    receipt.map_err(|source| ExportError::NotAReceipt { path, source })
}

/// For its owner only, and whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => ExportError::Occupied(path.to_owned()),
        _ => ExportError::File {
            path: path.to_owned(),
            source,
        },
    })?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|source| {
        // Half of a pack is none; the error to tell is the first one.
        let _ = fs::remove_file(path);
        ExportError::File {
            path: path.to_owned(),
            source,
        }
    })
}
