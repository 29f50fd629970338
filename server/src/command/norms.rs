//! `raspiska norms`: every term of the law and of a site's policy, counted from one day, with where it is written.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use jiff::civil::Date;
use raspiska_shared::{
    lang::Lang,
    purpose::Until,
    term::{Deadline, Mark, TermError},
};

use crate::{
    clock::Clock,
    law::{self, Kept, Law, LawError, Row},
    site::{self, SiteError},
};

/// The flags of `raspiska norms`.
#[derive(Args)]
pub(super) struct Norms {
    /// The day of the event that terms are counted from; otherwise today
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Date>,
    /// A site's directory, whose purposes are told too: how long each keeps its data
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// The server's data directory, if its calendars/ has years that the program does not know
    #[arg(long, value_name = "DIR", env = "RASPISKA_DATA")]
    data: Option<PathBuf>,
    /// JSON, in Russian and English, instead of tables
    #[arg(long)]
    json: bool,
}

/// Why nothing is told.
#[derive(Debug, thiserror::Error)]
pub(super) enum NormsError {
    #[error(transparent)]
    Law(#[from] LawError),
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Site(#[from] SiteError),
    #[error("today is not a day of the calendar; correct the machine's clock, or give --from")]
    Today,
}

impl Norms {
    pub(super) fn run(&self) -> Result<(), NormsError> {
        self.write(&Clock::system(), &mut io::stdout().lock())
    }

    fn write(&self, clock: &Clock, out: &mut impl Write) -> Result<(), NormsError> {
        let today = site::day(clock.seconds());
        let from = match self.from {
            Some(day) => day,
            None => today.parse().map_err(|_| NormsError::Today)?,
        };
        let law = Law::read(self.data.as_deref())?;
        let rows = law::table(&law, from);
        let kept = match &self.site {
            Some(dir) => {
                let loaded = site::load(dir)?;
                law::kept(&law, &loaded.site.purposes, from)
            }
            None => Vec::new(),
        };
        if self.json {
            let told = serde_json::json!({"from": from, "norms": rows, "purposes": kept});
            return Ok(writeln!(out, "{told:#}")?);
        }
        terms(out, from, &rows)?;
        if self.site.is_some() {
            retention(out, from, &kept)?;
        }
        Ok(())
    }
}

fn terms(out: &mut impl Write, from: Date, rows: &[Row<'_>]) -> Result<(), NormsError> {
    writeln!(
        out,
        "What an event on {from} begins, and the last day for it."
    )?;
    let marks = [Mark::P, Mark::S, Mark::M].map(mark).join(", ");
    writeln!(out, "How far a norm was checked: {marks}.\n")?;
    for Row {
        norm,
        due,
        extended,
    } in rows
    {
        let about = norm.about.get(Lang::En);
        writeln!(
            out,
            "{} [{:?}]: {about}",
            norm.norm.get(Lang::En),
            norm.mark
        )?;
        write!(
            out,
            "    {} since {}: {}",
            norm.term,
            norm.since.word(),
            by(due)
        )?;
        if let (Some(more), Some(extended)) = (norm.extension, extended) {
            write!(
                out,
                "; with {more} more, for reasons given in time: {}",
                by(extended)
            )?;
        }
        if norm.automatic {
            write!(out, "; the server does it itself")?;
        }
        writeln!(out, "\n    read in: {}", norm.source)?;
        if !norm.note.is_empty() {
            writeln!(out, "    note: {}", norm.note.get(Lang::En))?;
        }
    }
    Ok(())
}

fn retention(out: &mut impl Write, from: Date, kept: &[Kept]) -> Result<(), NormsError> {
    writeln!(
        out,
        "\nWhat the policy says of each purpose, if it was given and ended on {from}.\n"
    )?;
    for kept in kept {
        writeln!(
            out,
            "{}: until {} [{}]",
            kept.purpose,
            until(kept.until),
            kept.norm
        )?;
        if let Some(day) = kept.holds_until {
            writeln!(out, "    a consent of {from} holds until {day}")?;
        }
        if let Some(day) = kept.destroyed_by {
            writeln!(out, "    destroyed by {day}")?;
        }
        if let Some(backups) = kept.backups {
            writeln!(
                out,
                "    in backups by {}, counted from the end, which binds; counted from the deletion it would be {}",
                backups.from_end, backups.from_deletion
            )?;
        }
    }
    Ok(())
}

fn by(due: &Result<Deadline, TermError>) -> String {
    match due {
        Ok(due) => format!("by {due}"),
        Err(error) => format!("not known: {error}"),
    }
}

const fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::P => "P in the law itself",
        Mark::S => "S in a source that cites it",
        Mark::M => "M from memory, for a lawyer to confirm",
    }
}

const fn until(until: Until) -> &'static str {
    match until {
        Until::ContractEnd => "the contract ends",
        Until::GroundCeases => "its ground ceases",
        Until::PurposeReached => "the purpose is reached",
        Until::Withdrawal => "it is withdrawn",
    }
}
