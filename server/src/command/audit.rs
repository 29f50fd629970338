//! `raspiska audit`: does a log keep what it has signed? Asks the log alone, and nobody's leave.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use raspiska_shared::log::{LogError, note::VerifierKey};

use crate::audit::{self, Address, AuditError, Audited, Published, Seen, SeenError};

/// Something is wrong with the log.
const FOUND: u8 = 1;
/// It could not be audited.
const UNCHECKED: u8 = 2;

/// The flags of `raspiska audit`.
#[derive(Args)]
pub(super) struct Audit {
    /// The log's address, https://HOST/log/SITE
    #[arg(value_name = "URL")]
    address: Address,
    /// File that keeps the last checkpoint: the next audit shows that the log only grew, and reads what is new
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// The log's verifier key, from a source that you trust; otherwise the log's own is taken at the first audit
    #[arg(long, value_name = "KEY")]
    vkey: Option<String>,
}

/// Why there is no good answer.
#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error(transparent)]
    Audit(#[from] AuditError),
    #[error("--vkey: {0}")]
    Key(#[from] LogError),
    #[error(
        "the state file is of the key {0}, not of the one in --vkey; give another --state, or leave --vkey out"
    )]
    OtherKey(String),
    #[error(transparent)]
    Seen(#[from] SeenError),
}

impl Audit {
    /// 0: all holds. 1: something is wrong. 2: it could not be audited.
    pub(super) fn run(&self) -> ExitCode {
        // Nothing can be done about a reader that went away; the exit code still says what was found.
        match self.audit() {
            Ok(text) => {
                let _ = io::stdout().lock().write_all(text.as_bytes());
                ExitCode::SUCCESS
            }
            Err(NoAnswer::Audit(AuditError::Finding(finding))) => {
                let _ = writeln!(io::stdout(), "Does not hold: {finding}");
                ExitCode::from(FOUND)
            }
            Err(error) => {
                let _ = writeln!(io::stderr(), "raspiska: {error}");
                ExitCode::from(UNCHECKED)
            }
        }
    }

    fn audit(&self) -> Result<String, NoAnswer> {
        let trusted: Option<VerifierKey> = self.vkey.as_deref().map(str::parse).transpose()?;
        let seen = match &self.state {
            Some(path) => Seen::read(path)?,
            None => None,
        };
        if let (Some(trusted), Some(seen)) = (&trusted, &seen)
            && trusted != seen.vkey()
        {
            return Err(NoAnswer::OtherKey(seen.vkey().to_string()));
        }
        let log = Published::at(self.address.clone());
        let audited = audit::audit(&log, trusted, seen.as_ref())?;
        if let Some(path) = &self.state {
            audited.seen.write(path)?;
        }
        Ok(describe(&audited))
    }
}

fn describe(audited: &Audited) -> String {
    let vkey = audited.seen.vkey();
    let size = audited.size;
    let mut out = format!("The log {} holds. It has {size} entries", vkey.name());
    // Writing into a String does not fail.
    let _ = match audited.before {
        Some(before) if before == size => {
            writeln!(out, ", as at the last audit, under the same root.")
        }
        Some(before) => writeln!(
            out,
            ": {before} as at the last audit, and {} new ones behind them.",
            size - before
        ),
        None => writeln!(out, "."),
    };
    out.push_str(
        "Checked: the checkpoint's signature, each new entry against its leaf, every new tile, and the root over all.\n",
    );
    if audited.earlier > 0 {
        let _ = writeln!(
            out,
            "{} new entries bear an earlier time than the one before them: that is a clock, and no proof of anything.",
            audited.earlier
        );
    }
    if audited.key_on_trust {
        let _ = writeln!(
            out,
            "The log's key came from the log itself. Compare it with the one that the operator publishes elsewhere:\n  {vkey}"
        );
    }
    out
}
