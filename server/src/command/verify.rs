//! `raspiska verify`: does a receipt file hold? Needs no network and asks no server.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read as _, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use raspiska_shared::{
    facts::Facts,
    file::{FileError, MAX_LEN, ReceiptFile},
    lang::Lang,
    log::{LogError, note::VerifierKey},
    problem::Kind,
};

use crate::words;

/// Check a receipt file without a network.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// The file that was downloaded, *.receipt.json; - reads standard input
    file: PathBuf,
    /// The log's verifier key, from a source that you trust; otherwise the file's own is used
    #[arg(long, value_name = "KEY")]
    vkey: Option<String>,
}

/// Why the answer is no.
#[derive(Debug, thiserror::Error)]
enum VerifyError {
    /// What is in the file does not hold.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is nothing to look at.
    #[error("{} cannot be read: {source}", .path.display())]
    Read { path: PathBuf, source: io::Error },
    /// The key on the command line.
    #[error("--vkey: {0}")]
    TrustedKey(LogError),
}

impl VerifyError {
    fn kind(&self) -> Kind {
        match self {
            Self::File(error) => error.kind(),
            Self::Read { .. } => Kind::File,
            Self::TrustedKey(_) => Kind::Vkey,
        }
    }
}

impl Verify {
    /// Says what holds, or the first thing that does not.
    pub(crate) fn run(&self) -> ExitCode {
        let answer = self
            .read()
            .and_then(|json| verify(&json, self.vkey.as_deref()));
        // Nothing can be done about a reader that went away; the exit code still says what was found.
        match answer {
            Ok(text) => {
                let _ = io::stdout().lock().write_all(text.as_bytes());
                ExitCode::SUCCESS
            }
            Err(error) => {
                let verdict =
                    if matches!(error, VerifyError::Read { .. } | VerifyError::TrustedKey(_)) {
                        "Not checked"
                    } else {
                        "Does not hold"
                    };
                let _ = writeln!(
                    io::stderr().lock(),
                    "{verdict} ({}): {error}.",
                    error.kind().slug()
                );
                ExitCode::FAILURE
            }
        }
    }

    fn read(&self) -> Result<Vec<u8>, VerifyError> {
        let mut json = Vec::new();
        // One byte more than a file may have tells the reader that it is too long.
        let most = MAX_LEN as u64 + 1;
        let read = if self.file.as_os_str() == "-" {
            io::stdin().lock().take(most).read_to_end(&mut json)
        } else {
            File::open(&self.file).and_then(|file| file.take(most).read_to_end(&mut json))
        };
        match read {
            Ok(_) => Ok(json),
            Err(source) => Err(VerifyError::Read {
                path: self.file.clone(),
                source,
            }),
        }
    }
}

/// What a file proves, in plain words.
fn verify(json: &[u8], trusted: Option<&str>) -> Result<String, VerifyError> {
    let trusted: Option<VerifierKey> = trusted
        .map(str::parse)
        .transpose()
        .map_err(VerifyError::TrustedKey)?;
    let file = ReceiptFile::parse(json)?;
    let report = file.verify(trusted.as_ref())?;
    Ok(describe(&Facts::of(&file, &report), trusted.is_some()))
}

fn describe(facts: &Facts<'_>, key_is_trusted: bool) -> String {
    let mut out = String::from("The receipt holds.\n\n");
    let mut line = |name: &str, value: &str| {
        // Writing into a String does not fail.
        let _ = writeln!(out, "  {name:<11} {}", visible(value));
    };
    let who = words::actor(Lang::En, facts.event.by);
    let whose = words::category(Lang::En, facts.category);
    line("who", &format!("{who}, {whose}"));
    line("", &format!("key {}", facts.subject.0));
    line("site", facts.audience);
    if let Some(page) = facts.page {
        line("page", page);
    }
    line(
        "signed",
        &format!("{}, by the signer's clock", second(facts.signed)),
    );
    line("how", words::method(Lang::En, facts.event.method));
    for (at, decision) in facts.decisions.iter().enumerate() {
        let name = if at == 0 { "decided" } else { "" };
        let state = words::state(Lang::En, decision.state);
        line(name, &format!("{}: {state}", decision.purpose));
    }
    if let Some(other) = facts.of {
        line("about", &format!("the receipt {other}"));
    }
    for (at, (field, value)) in facts.values.iter().enumerate() {
        let name = if at == 0 { "with" } else { "" };
        line(name, &format!("{field}: {value}"));
    }
    if facts.hidden > 0 {
        line(
            "",
            &format!("{} signed values are not in this file", facts.hidden),
        );
    }
    line("text", &format!("{:?}", facts.title));
    let notice = facts.notice;
    line(
        "",
        &format!(
            "notice {} ({}), SHA-256 {}",
            notice.id,
            notice.lang.tag(),
            notice.sha256
        ),
    );
    line(
        "policy",
        &format!("edition {}, {}", facts.policy.edition, facts.policy.url),
    );
    line("", &format!("SHA-256 {}", facts.policy.sha256));
    line("receipt", &format!("SHA-256 {}", facts.receipt));
    line(
        "logged",
        &format!(
            "{}, entry {} of {}",
            second(facts.logged / 1000),
            facts.index,
            facts.origin
        ),
    );
    line(
        "checkpoint",
        &format!("{} entries, signed by {}", facts.size, facts.origin),
    );
    out.push_str(
        "\nChecked: the signature, the values, the text that was shown, the policy's reference,\n",
    );
    out.push_str("the log's entry, its proof, and the log's signature.\n");
    if !key_is_trusted {
        out.push_str("\nThe log's key came from the file itself. Compare it with the one that the operator publishes,\n");
        let _ = writeln!(
            out,
            "or give that one with --vkey:\n  {}",
            visible(facts.vkey)
        );
    }
    out
}

/// A file is somebody else's text: it must not move the cursor or colour the terminal.
fn visible(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// A moment as `2025-06-01 12:00:00 UTC`.
fn second(unix: u64) -> String {
    match i64::try_from(unix).map(jiff::Timestamp::from_second) {
        Ok(Ok(moment)) => moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        _ => format!("second {unix} since 1970"),
    }
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
