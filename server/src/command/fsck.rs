//! `raspiska fsck`: is everything in a store what it was when it was stored?

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;

use crate::{
    data::{DataDir, DataError},
    fsck::{self, Counts, FsckError, Report},
    site::{self, SiteError},
};

/// Something is wrong with the store.
const FAULTY: u8 = 1;
/// It could not be checked.
const UNCHECKED: u8 = 2;

/// The flags of `raspiska fsck`.
#[derive(Args)]
pub(super) struct Fsck {
    /// The server's data directory; the server may be running. Nothing in it is changed.
    #[arg(long, value_name = "DIR", env = "RASPISKA_DATA")]
    data: PathBuf,
    /// Directory of a site: checks also that it has the documents that the receipts name. Once for each site.
    #[arg(long = "site", value_name = "DIR")]
    sites: Vec<PathBuf>,
    /// End with one line of JSON instead of sentences
    #[arg(long)]
    json: bool,
}

/// Why nothing was checked.
#[derive(Debug, thiserror::Error)]
enum UncheckedError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Fsck(#[from] FsckError),
    #[error("{}: {source}", .dir.display())]
    Site { dir: PathBuf, source: SiteError },
}

impl Fsck {
    /// 0: all holds. 1: something is wrong. 2: it could not be checked.
    pub(super) fn run(&self) -> ExitCode {
        let mut out = io::stdout().lock();
        // Nothing can be done about a reader that went away; the exit code still says what was found.
        match self.check(&mut out) {
            Ok(counts) => {
                let end = if self.json {
                    // Numbers, texts and maps with names as keys always serialise.
                    serde_json::to_string(&counts).unwrap_or_default() + "\n"
                } else {
                    describe(&counts)
                };
                let _ = out.write_all(end.as_bytes());
                ExitCode::from(if counts.clean { 0 } else { FAULTY })
            }
            Err(error) => {
                let _ = writeln!(io::stderr(), "raspiska: {error}");
                ExitCode::from(UNCHECKED)
            }
        }
    }

    fn check(&self, out: &mut dyn io::Write) -> Result<Counts, UncheckedError> {
        let data = DataDir::visit(&self.data)?;
        let mut sites = Vec::new();
        for dir in &self.sites {
            sites.push(site::load(dir).map_err(|source| UncheckedError::Site {
                dir: dir.clone(),
                source,
            })?);
        }
        let mut report = Report::new(out);
        let done = fsck::fsck(&data, &sites, &mut report);
        let counts = report.close();
        done?;
        Ok(counts)
    }
}

fn describe(counts: &Counts) -> String {
    let mut out = String::new();
    // Writing into a String does not fail.
    for log in &counts.logs {
        let _ = writeln!(
            out,
            "{}: {} receipts, {} of them statements of the operator; {} with values, {} of these erased; {} sealed values; {} subjects that withdrew.",
            log.site,
            log.size,
            log.statements,
            log.with_values,
            log.erased,
            log.sealed,
            log.withdrew
        );
    }
    for note in &counts.notes {
        let _ = writeln!(out, "Not checked: {note}.");
    }
    let verdict = match counts.faults {
        0 => "All of it holds".to_owned(),
        1 => {
            "1 fault; stop the server, keep a copy, and restore the store from a backup".to_owned()
        }
        many => format!(
            "{many} faults; stop the server, keep a copy, and restore the store from a backup"
        ),
    };
    let _ = writeln!(out, "{verdict}. {:.1} seconds.", counts.seconds);
    out
}
