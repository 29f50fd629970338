//! Files from the server, saved for whoever asked and nobody else: one that came with a receipt, an act to be signed.

use std::{
    fs::OpenOptions,
    io::Write as _,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;
use zeroize::Zeroizing;

use super::{Flags, OfficeError, print};

/// The flags of `raspiska office file`.
#[derive(Args)]
pub(super) struct File {
    #[command(flatten)]
    flags: Flags,
    /// The site's id
    #[arg(long, value_name = "SITE")]
    site: String,
    /// What the file is needed for: a purpose that the receipt gave
    #[arg(long)]
    purpose: String,
    /// One line for the access log
    #[arg(long)]
    reason: String,
    /// Where it goes; a file that is there is not written over
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The receipt's hash
    #[arg(allow_hyphen_values = true)]
    receipt: String,
    /// The form's field
    field: String,
}

/// The flags of `raspiska office act`.
#[derive(Args)]
pub(super) struct Act {
    #[command(flatten)]
    flags: Flags,
    /// The site's id
    #[arg(long, value_name = "SITE")]
    site: String,
    /// Where it goes; a file that is there is not written over
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The act's number
    act: String,
}

impl File {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let desk = self.flags.desk()?;
        let path = format!(
            "/v1/office/sites/{}/receipts/{}/files/{}",
            self.site, self.receipt, self.field
        );
        let body = json!({"purpose": self.purpose, "reason": self.reason});
        save(&self.flags, &self.out, || {
            desk.fetch(&path, Some(&body), "application/octet-stream")
        })
    }
}

impl Act {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let desk = self.flags.desk()?;
        let path = format!("/v1/office/sites/{}/acts/{}", self.site, self.act);
        save(&self.flags, &self.out, || {
            desk.fetch(&path, None, "application/pdf")
        })
    }
}

/// Makes the file before anybody has looked: a look is noted for good.
fn save(
    flags: &Flags,
    out: &Path,
    fetch: impl FnOnce() -> Result<Zeroizing<Vec<u8>>, OfficeError>,
) -> Result<(), OfficeError> {
    let mut saved = create(out)?;
    let fault = |source| OfficeError::File {
        path: out.to_owned(),
        source,
    };
    let written = fetch().and_then(|bytes| {
        saved.write_all(&bytes).map_err(fault)?;
        saved.sync_all().map_err(fault)?;
        Ok(bytes.len())
    });
    if written.is_err() {
        // Half a file is none; nothing of it was there before.
        let _ = std::fs::remove_file(out);
    }
    let size = written?;
    if flags.json {
        return print::json(&json!({"file": out, "size": size}));
    }
    print::line(&format!("{size} bytes in {}", out.display()))
}

/// For its owner only.
fn create(path: &Path) -> Result<std::fs::File, OfficeError> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|source| OfficeError::File {
        path: path.to_owned(),
        source,
    })
}
