//! `raspiska verify`: does a receipt file hold? Needs no network and asks no server.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read as _, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use raspiska_shared::{
    file::{FileError, ReceiptFile, Report},
    log::{LogError, note::VerifierKey},
    problem::Kind,
    receipt::{Actor, Method, Payload, State},
    text::{Block, blocks},
};

/// Longest file that is read: a receipt of 32 KiB and a long notice are far below.
const MAX_LEN: u64 = 1024 * 1024;

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
    /// Too long for a receipt file.
    #[error("the file has more than 1 MiB; a receipt file is much shorter")]
    TooLarge,
    /// The key on the command line.
    #[error("--vkey: {0}")]
    TrustedKey(LogError),
}

impl VerifyError {
    fn kind(&self) -> Kind {
        match self {
            Self::File(error) => error.kind(),
            Self::Read { .. } => Kind::File,
            Self::TooLarge => Kind::TooLarge,
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
                let verdict = if matches!(error, VerifyError::Read { .. }) {
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
        let read = if self.file.as_os_str() == "-" {
            io::stdin().lock().take(MAX_LEN + 1).read_to_end(&mut json)
        } else {
            File::open(&self.file).and_then(|file| file.take(MAX_LEN + 1).read_to_end(&mut json))
        };
        match read {
            Ok(length) if length as u64 > MAX_LEN => Err(VerifyError::TooLarge),
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
    Ok(describe(&file, &report, trusted.is_some()))
}

fn describe(file: &ReceiptFile, report: &Report, key_is_trusted: bool) -> String {
    let payload = report.receipt.payload();
    let mut out = String::from("The receipt holds.\n\n");
    let mut line = |name: &str, value: &str| {
        // Writing into a String does not fail.
        let _ = writeln!(out, "  {name:<11} {}", visible(value));
    };
    line(
        "who",
        &format!("{}, {}", actor(payload), payload.category.name()),
    );
    line("", &format!("key {}", payload.sub.0));
    line("site", &payload.aud);
    line(
        "signed",
        &format!("{}, by the signer's clock", second(payload.iat)),
    );
    line("how", method(payload.event.method));
    for (at, decision) in payload.decisions.iter().enumerate() {
        let name = if at == 0 { "decided" } else { "" };
        line(
            name,
            &format!("{}: {}", decision.purpose, state(decision.state)),
        );
    }
    if let Some(other) = payload.of {
        line("about", &format!("the receipt {other}"));
    }
    for (at, disclosure) in report.receipt.disclosures().iter().enumerate() {
        let name = if at == 0 { "with" } else { "" };
        line(
            name,
            &format!("{}: {}", disclosure.name(), disclosure.value()),
        );
    }
    let hidden = payload.sd.len() - report.receipt.disclosures().len();
    if hidden > 0 {
        line("", &format!("{hidden} signed values are not in this file"));
    }
    let title = match blocks(&file.notice.text).first() {
        Some(Block::Heading(_, title) | Block::Paragraph(title) | Block::Bullet(title)) => {
            (*title).to_owned()
        }
        None => String::new(),
    };
    line("text", &format!("{title:?}"));
    line(
        "",
        &format!(
            "notice {} ({}), SHA-256 {}",
            payload.notice.id,
            payload.notice.lang.tag(),
            payload.notice.sha256
        ),
    );
    line(
        "policy",
        &format!("edition {}, {}", file.policy.edition, file.policy.url),
    );
    line("", &format!("SHA-256 {}", file.policy.sha256));
    line("receipt", &format!("SHA-256 {}", report.receipt.hash()));
    let checkpoint = &report.checkpoint;
    line(
        "logged",
        &format!(
            "{}, entry {} of {}",
            second(report.time / 1000),
            report.index,
            checkpoint.origin
        ),
    );
    line(
        "checkpoint",
        &format!(
            "{} entries, signed by {}",
            checkpoint.size, checkpoint.origin
        ),
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
            visible(&file.log.vkey)
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

const fn actor(payload: &Payload) -> &'static str {
    match payload.event.by {
        Actor::Operator => "the operator's statement, not an act of the person",
        Actor::Representative => "someone acting for the person",
        Actor::Subject => "the person who holds the key",
    }
}

const fn method(method: Method) -> &'static str {
    match method {
        Method::Call => "the person called",
        Method::Choices => "chosen one by one",
        Method::Code => "somebody showed the withdrawal code",
        Method::Erasure => "the data were destroyed",
        Method::Expiry => "the term ended",
        Method::Form => "with a form",
        Method::GiveAll => "with the button that gives all",
        Method::Letter => "the person wrote a letter",
        Method::RefuseAll => "with the button that refuses all",
        Method::Withdraw => "with the button that withdraws",
    }
}

const fn state(state: State) -> &'static str {
    match state {
        State::Given => "given",
        State::Refused => "refused",
        State::Withdrawn => "withdrawn",
    }
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
