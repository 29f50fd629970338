//! `raspiska duties`: what has to be done with people's data, and by when. Nothing personal is told, and nothing is changed.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use jiff::civil::{Date, Time};

use crate::{
    clock::Clock,
    data::{DataDir, DataError},
    duty::{Book, Duty, Ledger, local, moment_of},
    law::{Law, LawError},
    site::{self, SiteError},
    store::{Sqlite, Store as _, StoreError},
};

/// The flags of `raspiska duties`.
#[derive(Args)]
pub(super) struct Duties {
    /// The server's data directory; the server may be running.
    #[arg(long, value_name = "DIR", env = "RASPISKA_DATA")]
    data: PathBuf,
    /// Directory of a site, whose policy sets how long data are kept. Once for each site; without it, the log's sites by the law alone
    #[arg(
        long = "site",
        value_name = "DIR",
        env = "RASPISKA_SITES",
        value_delimiter = ':'
    )]
    sites: Vec<PathBuf>,
    /// As things will stand at noon of this day; otherwise now
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<Date>,
    /// Only values of receipts that have to be destroyed
    #[arg(long)]
    destroy: bool,
    /// A line of JSON for each duty
    #[arg(long)]
    json: bool,
}

/// Why nothing is told.
#[derive(Debug, thiserror::Error)]
pub(super) enum DutiesError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Law(#[from] LawError),
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Site(#[from] SiteError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Duties {
    pub(super) fn run(&self) -> Result<(), DutiesError> {
        self.write(&Clock::system(), &mut io::stdout().lock())
    }

    fn write(&self, clock: &Clock, out: &mut impl Write) -> Result<(), DutiesError> {
        let data = DataDir::visit(&self.data)?;
        let store = Sqlite::open_read_only(&data.store())?;
        let law = Law::read(Some(data.path()))?;
        let now = self.on.map_or_else(
            || clock.millis(),
            |day| moment_of(day.to_datetime(Time::constant(12, 0, 0, 0))),
        );
        let mut policies = BTreeMap::new();
        for dir in &self.sites {
            let loaded = site::load(dir)?;
            policies.insert(loaded.site.site, loaded.policies);
        }
        let none = BTreeMap::new();
        let mut duties = Vec::new();
        for site in store.identities()?.logs.keys() {
            if !policies.is_empty() && !policies.contains_key(site) {
                continue;
            }
            let book = Book {
                site,
                law: &law,
                editions: policies.get(site).unwrap_or(&none),
            };
            duties.extend(Ledger::default().open(&store, &book, &[], now)?.duties);
        }
        duties.retain(|duty| !self.destroy || duty.is_destruction());
        Duty::sort(&mut duties);
        if self.json {
            for duty in &duties {
                // Strings, numbers and maps with string keys always serialise.
                writeln!(out, "{}", serde_json::to_string(duty).unwrap_or_default())?;
            }
            return Ok(());
        }
        let day = local(now).date();
        if duties.is_empty() {
            return Ok(writeln!(out, "Nothing is due: {day}, at UTC+3.")?);
        }
        writeln!(
            out,
            "{} to do, as of {day} at UTC+3, the most urgent first.",
            duties.len()
        )?;
        for duty in &duties {
            describe(out, duty)?;
        }
        if policies.is_empty() {
            writeln!(
                out,
                "\nBy the law alone: with --site, also by the terms of that site's policy."
            )?;
        }
        Ok(())
    }
}

fn describe(out: &mut impl Write, duty: &Duty) -> io::Result<()> {
    let (what, state) = (duty.what.word(), duty.state.word());
    match (duty.binding(), &duty.due) {
        (Some(deadline), _) => write!(out, "\n{deadline}  {what}  [{state}]")?,
        (None, Err(error)) => write!(out, "\n{what}  [{state}]: {error}")?,
        (None, Ok(_)) => {}
    }
    if let Some(days) = duty.days_left {
        let working = duty
            .working_days_left
            .map_or_else(String::new, |days| format!(", {days} of them worked"));
        write!(out, "  {days} days left{working}")?;
    }
    writeln!(out)?;
    if duty.hard_limit.is_some()
        && let Ok(due) = &duty.due
    {
        writeln!(out, "    blocked: it was due by {due}")?;
    }
    writeln!(
        out,
        "    {} on {} · {}",
        duty.event,
        local(duty.since).date(),
        duty.by
    )?;
    write!(out, "    site {}", duty.site)?;
    if let Some(purpose) = &duty.purpose {
        write!(out, " · purpose {purpose}")?;
    }
    if let Some(receipt) = &duty.receipt {
        write!(out, " · receipt {receipt}")?;
    }
    writeln!(out, "\n    duty {}", duty.id)
}
