//! `raspiska acts`: the acts of destruction, as a list, one by one, and as files to be signed.

use std::{
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    clock::moment,
    data::{DataDir, DataError, advice},
    erasure::{self, Act, ActId, JournalError, Ledger, ORDER_179, paper},
};

/// The flags of `raspiska acts`.
#[derive(Args)]
pub(super) struct Acts {
    /// The number of an act; without: a list of all.
    id: Option<ActId>,
    /// The server's data directory; the server may be running. Nothing in it is changed.
    #[arg(long, value_name = "DIR", env = "RASPISKA_DATA")]
    data: PathBuf,
    /// A directory to write the act to, made if it is not there: the page to sign, the export from the log, the list for a certified tool, the record.
    #[arg(long, value_name = "DIR", requires = "id")]
    out: Option<PathBuf>,
    /// JSON instead of sentences
    #[arg(long)]
    json: bool,
}

/// Why nothing is told.
#[derive(Debug, thiserror::Error)]
pub(super) enum ActsError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("{}: {source}{}", .path.display(), advice(.source))]
    Io { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error(
        "act {0} is not done yet, so there is nothing to sign: it was ordered on {1}, and the server goes on with it"
    )]
    Pending(ActId, String),
    #[error("there is no act {0}; without a number all are listed")]
    Unknown(ActId),
}

impl Acts {
    pub(super) fn run(&self) -> Result<(), ActsError> {
        let data = DataDir::visit(&self.data)?;
        let (ledger, _) = erasure::read(&data.erasures())?;
        let mut out = io::stdout().lock();
        let Some(id) = &self.id else {
            return Ok(out.write_all(self.list(&ledger).as_bytes())?);
        };
        let act = ledger
            .0
            .get(id)
            .ok_or_else(|| ActsError::Unknown(id.clone()))?;
        match &self.out {
            Some(dir) => write(act, dir, &mut out),
            None => Ok(out.write_all(self.one(act).as_bytes())?),
        }
    }

    fn list(&self, ledger: &Ledger) -> String {
        if self.json {
            let acts: Vec<&Act> = ledger.0.values().collect();
            return json(&acts);
        }
        let mut text = String::new();
        for act in ledger.0.values() {
            let order = &act.order;
            let state = paper::date(act)
                .map_or_else(|| "not done yet".to_owned(), |day| format!("done {day}"));
            // Writing into a String does not fail.
            let _ = writeln!(
                text,
                "{}  {}  {} receipts  {}  {state}",
                order.act,
                order.site,
                order.receipts.len(),
                order.reason.id
            );
        }
        text
    }

    fn one(&self, act: &Act) -> String {
        if self.json {
            return json(act);
        }
        let mut text = format!(
            "Act {}, ordered {}\n",
            act.order.act,
            moment(act.order.time)
        );
        match paper::items(act) {
            None => text.push_str("Not done yet: the server goes on with it.\n"),
            Some(items) => {
                for (item, said) in items {
                    let _ = writeln!(
                        text,
                        "{}) {}: {said}  ({})",
                        item.item, item.title, item.source
                    );
                }
                let until = paper::kept_until(act).unwrap_or_default();
                let _ = writeln!(
                    text,
                    "Keep it and the export until {until}  ({})",
                    ORDER_179.keep_source
                );
            }
        }
        for target in &act.order.receipts {
            let _ = writeln!(
                text,
                "receipt {}, subject {}",
                target.receipt, target.subject.0
            );
        }
        for done in &act.done {
            let searched = if done.rewritten {
                ", after writing over remains"
            } else {
                ""
            };
            let _ = writeln!(
                text,
                "done {}: nothing left in {} bytes{searched}",
                moment(done.time),
                done.bytes
            );
        }
        for tool in &act.tools {
            let _ = writeln!(
                text,
                "tool {}, certificate {}: {}, noted {} by {}",
                tool.tool,
                tool.certificate,
                tool.result,
                moment(tool.time),
                tool.by
            );
        }
        text
    }
}

/// The files of an act that is done. What is there already is not overwritten: somebody may have signed it.
fn write(act: &Act, dir: &Path, out: &mut impl io::Write) -> Result<(), ActsError> {
    let id = &act.order.act;
    let pending = || ActsError::Pending(id.clone(), moment(act.order.time));
    let files = [
        ("html", paper::page(act).ok_or_else(pending)?),
        ("log.csv", paper::export(act).ok_or_else(pending)?),
        ("objects.csv", paper::objects(act).ok_or_else(pending)?),
        ("json", json(act)),
    ];
    fs::create_dir_all(dir).map_err(|source| ActsError::Io {
        path: dir.to_owned(),
        source,
    })?;
    for (ending, text) in files {
        let path = dir.join(format!("act-{id}.{ending}"));
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()));
        match written {
            Ok(()) => writeln!(out, "{}", path.display())?,
            Err(source) => return Err(ActsError::Io { path, source }),
        }
    }
    Ok(())
}

/// Texts, numbers and lists always serialise.
fn json(what: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(what).unwrap_or_default() + "\n"
}
