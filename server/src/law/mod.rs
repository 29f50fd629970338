//! The law as data: norms with their terms, `www/norms/*.toml`, and calendars of working days, `www/calendars/ru/*.toml`.
//!
//! Both are in the program. A year whose calendar was published later comes with a file in the data directory,
//! `calendars/<year>.toml`, which also replaces the program's own.

mod table;

pub(crate) use table::{Kept, Row, kept, last_day, table};

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use raspiska_shared::term::{Anchor, Calendar, CalendarError, Norm, Year};
use serde::Deserialize;

const NORMS: [&str; 2] = [
    include_str!("../../../www/norms/152-fz.toml"),
    include_str!("../../../www/norms/others.toml"),
];

const YEARS: [&str; 2] = [
    include_str!("../../../www/calendars/ru/2025.toml"),
    include_str!("../../../www/calendars/ru/2026.toml"),
];

/// The folder of later calendars in the data directory.
const FOLDER: &str = "calendars";

/// What the law asks, and when days are worked.
#[derive(Clone, Debug)]
pub(crate) struct Law {
    /// Every norm that has a term.
    pub(crate) norms: Vec<Norm>,
    /// The days that are worked.
    pub(crate) calendar: Calendar,
}

/// Why there is no law to go by.
#[derive(Debug, thiserror::Error)]
pub enum LawError {
    /// A calendar that contradicts itself.
    #[error("{path}: {source}", path = .path.display())]
    Calendar {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: CalendarError,
    },
    /// A file that cannot be read.
    #[error("{path}: {source}; make it readable, or take it away", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file that is no calendar.
    #[error("{path}: {message}; write it as www/calendars/ru/2026.toml is written", path = .path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    norm: Vec<Norm>,
}

impl Law {
    /// The program's own, with the calendars that the data directory adds.
    pub(crate) fn read(data: Option<&Path>) -> Result<Self, LawError> {
        let mut years = BTreeMap::new();
        for (path, text) in own_years() {
            add(&mut years, &path, &text)?;
        }
        if let Some(data) = data {
            for path in later_years(&data.join(FOLDER))? {
                let text = fs::read_to_string(&path).map_err(|source| LawError::Read {
                    path: path.clone(),
                    source,
                })?;
                add(&mut years, &path, &text)?;
            }
        }
        let years: Vec<Year> = years.into_values().collect();
        let calendar = Calendar::new(&years).map_err(|source| LawError::Calendar {
            path: PathBuf::from(FOLDER),
            source,
        })?;
        // A test reads every file: none is lost here.
        let norms = NORMS
            .iter()
            .filter_map(|text| toml::from_str::<File>(text).ok())
            .flat_map(|file| file.norm)
            .collect();
        Ok(Self { norms, calendar })
    }

    /// What an event asks of the operator.
    pub(crate) fn since(&self, anchor: Anchor) -> impl Iterator<Item = &Norm> {
        self.norms.iter().filter(move |norm| norm.since == anchor)
    }
}

fn own_years() -> impl Iterator<Item = (PathBuf, String)> {
    YEARS
        .iter()
        .map(|text| (PathBuf::from("www/calendars/ru"), (*text).to_owned()))
}

/// The files of the folder, in the order of their names; none where there is no folder.
fn later_years(folder: &Path) -> Result<Vec<PathBuf>, LawError> {
    let fault = |source| LawError::Read {
        path: folder.to_owned(),
        source,
    };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(fault)?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(fault)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Each year is checked by itself, so that what is wrong is said with the file's name.
fn add(years: &mut BTreeMap<i16, Year>, path: &Path, text: &str) -> Result<(), LawError> {
    let year: Year = toml::from_str(text).map_err(|error| LawError::Toml {
        path: path.to_owned(),
        message: error.message().to_owned(),
    })?;
    Calendar::new(std::slice::from_ref(&year)).map_err(|source| LawError::Calendar {
        path: path.to_owned(),
        source,
    })?;
    years.insert(year.year, year);
    Ok(())
}

#[cfg(test)]
mod tests;
