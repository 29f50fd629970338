//! `raspiska policy diff`: what a new edition changes, and who has to be asked again.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use raspiska_shared::lang::Lang;
use serde::Serialize;

use super::PolicyError;
use crate::{
    editions::{Change, Mark, Passage, changes, passages},
    http::policies::{difference, verdict},
    site,
};

/// The flags of `raspiska policy diff`.
#[derive(Debug, clap::Args)]
pub(super) struct Diff {
    /// The older edition's folder, e.g. www/sites/jetcrm/policy/2025-01-01
    old: PathBuf,
    /// The newer edition's folder
    new: PathBuf,
    /// A line of JSON
    #[arg(long)]
    json: bool,
}

/// What a program is told.
#[derive(Debug, Serialize)]
struct Account {
    old: String,
    new: String,
    purposes: Vec<Change>,
    /// Purposes that take a new consent of those who gave one before.
    ask_again: Vec<String>,
    text: Vec<Passage>,
}

impl Diff {
    pub(super) fn run(&self) -> Result<String, PolicyError> {
        let account = account(&self.old, &self.new)?;
        if self.json {
            // Strings, lists and maps with string keys always serialise.
            return Ok(serde_json::to_string(&account).unwrap_or_default() + "\n");
        }
        Ok(told(&account))
    }
}

fn account(old: &Path, new: &Path) -> Result<Account, PolicyError> {
    let ((old, before), (new, after)) = (site::read_edition(old)?, site::read_edition(new)?);
    let purposes = changes(&old, &new);
    let widened = purposes.iter().filter(|change| change.ask_again);
    Ok(Account {
        ask_again: widened.map(|change| change.purpose.to_string()).collect(),
        text: passages(&before, &after),
        old: old.edition,
        new: new.edition,
        purposes,
    })
}

fn told(account: &Account) -> String {
    let mut out = format!("{} → {}\n", account.old, account.new);
    // Writing into a String does not fail.
    for change in &account.purposes {
        let _ = writeln!(
            out,
            "  {:<12} {}",
            verdict(Lang::En, change.verdict),
            change.purpose
        );
        for own in &change.differences {
            let _ = writeln!(out, "  {:<12}   {}", "", difference(Lang::En, own));
        }
    }
    let _ = match &account.ask_again[..] {
        [] => writeln!(out, "Nobody has to be asked again."),
        ids => writeln!(
            out,
            "To be asked again, of those who consented: {}.",
            ids.join(", ")
        ),
    };
    let _ = writeln!(out, "\n{} changed passages:", account.text.len());
    for passage in &account.text {
        let _ = write!(out, "  {:<5} ", passage.at.as_deref().unwrap_or("-"));
        for (mark, text) in &passage.parts {
            let _ = match mark {
                Mark::Come => write!(out, "{{+{text}+}}"),
                Mark::Gone => write!(out, "[-{text}-]"),
                Mark::Kept => write!(out, "{text}"),
            };
        }
        out.push('\n');
    }
    out
}
