//! `raspiska verify`: does a receipt file hold? Needs no network and asks no server.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use raspiska_shared::{
    facts::{Facts, Gate},
    file::{FileError, MAX_LEN, ReceiptFile},
    identity::{Identity, IdentityError, RetiredVkey},
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
    /// The keys that the operator publishes, saved from https://HOST/.well-known/raspiska.json
    #[arg(long, value_name = "FILE", conflicts_with = "vkey")]
    identity: Option<PathBuf>,
}

/// Why the log's key is believed.
enum Trust<'a> {
    /// It is not: it came with the file.
    Nobody,
    /// It was given.
    Given,
    /// The operator publishes it, perhaps as a retired one.
    Published(Option<&'a RetiredVkey>),
}

/// Why the answer is no.
#[derive(Debug, thiserror::Error)]
enum VerifyError {
    /// What is in the file does not hold.
    #[error(transparent)]
    File(#[from] FileError),
    /// What is published does not vouch for it.
    #[error(transparent)]
    Identity(#[from] IdentityError),
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
            Self::Identity(error) => error.kind(),
            Self::Read { .. } => Kind::File,
            Self::TrustedKey(_) => Kind::Vkey,
        }
    }
}

impl Verify {
    /// Says what holds, or the first thing that does not.
    pub(crate) fn run(&self) -> ExitCode {
        let answer = self.answer();
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

    fn answer(&self) -> Result<String, VerifyError> {
        let json = read(&self.file)?;
        match &self.identity {
            Some(identity) => verify_published(&json, &read(identity)?),
            None => verify(&json, self.vkey.as_deref()),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, VerifyError> {
    let mut json = Vec::new();
    // One byte more than a file may have tells the reader that it is too long.
    let most = MAX_LEN as u64 + 1;
    let read = if path.as_os_str() == "-" {
        io::stdin().lock().take(most).read_to_end(&mut json)
    } else {
        File::open(path).and_then(|file| file.take(most).read_to_end(&mut json))
    };
    match read {
        Ok(_) => Ok(json),
        Err(source) => Err(VerifyError::Read {
            path: path.to_owned(),
            source,
        }),
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
    let trust = match trusted {
        Some(_) => Trust::Given,
        None => Trust::Nobody,
    };
    Ok(describe(&Facts::of(&file, &report), &trust))
}

/// What a file proves by the keys that the operator publishes.
fn verify_published(json: &[u8], identity: &[u8]) -> Result<String, VerifyError> {
    let file = ReceiptFile::parse(json)?;
    let report = file.verify(None)?;
    let identity = Identity::parse(identity)?;
    let retired = identity.vouch(&file, &report)?;
    let facts = Facts::of(&file, &report);
    Ok(describe(&facts, &Trust::Published(retired)))
}

fn describe(facts: &Facts<'_>, trust: &Trust<'_>) -> String {
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
    if let Some(gate) = &facts.gate {
        before(gate, &mut line);
    }
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
    if let Some(account) = facts.account {
        line(
            "account",
            &format!("{account}, SHA-256 of salt, zero byte and id"),
        );
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
    match trust {
        Trust::Given => {}
        Trust::Nobody => {
            out.push_str("\nThe log's key came from the file itself. Compare it with the one that the operator publishes,\n");
            let _ = writeln!(
                out,
                "or give that one with --vkey:\n  {}",
                visible(facts.vkey)
            );
        }
        Trust::Published(None) => {
            out.push_str("\nThe log's key is the one that the operator publishes.\n");
        }
        Trust::Published(Some(key)) => {
            let _ = writeln!(
                out,
                "\nThe log's key is a retired one of the operator's, in force until {}: after this entry.\n\
                 That alone does not prove when it signed; ask the server whether the log has this receipt.",
                second(key.until / 1000)
            );
        }
    }
    out
}

/// What the page did while it waited for the answer.
fn before(gate: &Gate<'_>, line: &mut impl FnMut(&str, &str)) {
    let mut told = Vec::new();
    for (purposes, why) in [
        (&gate.held, "waited for the decision"),
        (&gate.passed, "ran before it, as decided earlier"),
        (&gate.once, "let run this once, before it"),
    ] {
        if !purposes.is_empty() {
            told.push(format!("{}: {why}", purposes.join(", ")));
        }
    }
    if gate.passed.is_empty() && gate.once.is_empty() {
        told.push("nothing of theirs ran before it".to_owned());
    }
    for (at, told) in told.iter().enumerate() {
        line(if at == 0 { "the page" } else { "" }, told);
    }
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
