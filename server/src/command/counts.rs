//! `raspiska counts`: how visitors answer, for the operator. Few visitors are never told of by themselves.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io::{self, Write as _},
    path::PathBuf,
};

use clap::Args;
use jiff::civil::Date;
use serde::Serialize;

use crate::{
    data::{DataDir, DataError},
    store::{CountEvent, Counts, Sqlite, Store as _, StoreError},
};

/// The flags of `raspiska counts`.
#[derive(Args)]
pub(super) struct CountsOf {
    /// The server's data directory; the server may be running.
    #[arg(long, value_name = "DIR", env = "RASPISKA_DATA")]
    data: PathBuf,
    /// The site's id
    #[arg(long, value_name = "SITE")]
    site: String,
    /// The first day, at UTC+3; otherwise from the beginning
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Date>,
    /// The last day, at UTC+3; otherwise up to now
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<Date>,
    /// Days on which the banner was shown less often are joined with the next ones
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(10..))]
    least: u64,
    /// A line of JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// Why nothing is told.
#[derive(Debug, thiserror::Error)]
pub(super) enum CountsError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("--from is after --to; give the earlier day first")]
    Days,
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is told.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Told {
    site: String,
    least: u64,
    periods: Vec<Period>,
    /// The days at the end on which the banner was shown too seldom.
    #[serde(skip_serializing_if = "Option::is_none")]
    fewer: Option<Days>,
}

/// The first of some days, and the last.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Days {
    from: String,
    to: String,
}

/// One day, or as many as it takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Period {
    from: String,
    to: String,
    shown: u64,
    chosen: u64,
    categories: BTreeMap<String, Answers>,
}

/// How a category was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Answers {
    given: u64,
    refused: u64,
}

impl CountsOf {
    pub(super) fn run(&self) -> Result<(), CountsError> {
        if matches!((self.from, self.to), (Some(from), Some(to)) if from > to) {
            return Err(CountsError::Days);
        }
        let data = DataDir::visit(&self.data)?;
        let store = Sqlite::open_read_only(&data.store())?;
        let from = self.from.unwrap_or(Date::ZERO).to_string();
        let to = self.to.unwrap_or(Date::MAX).to_string();
        let told = tell(
            &self.site,
            &store.counts(&self.site, &from..=&to)?,
            self.least,
        );
        let text = if self.json {
            // Strings, numbers and maps with string keys always serialise.
            serde_json::to_string(&told).unwrap_or_default() + "\n"
        } else {
            describe(&told)
        };
        Ok(io::stdout().lock().write_all(text.as_bytes())?)
    }
}

/// Days in their order, each joined with the next until the banner was shown often enough.
fn tell(site: &str, counts: &Counts, least: u64) -> Told {
    let mut periods = Vec::new();
    let mut open: Option<Period> = None;
    let days: BTreeSet<&String> = counts.keys().map(|counted| &counted.day).collect();
    for day in days {
        let mut period = open.take().unwrap_or_else(|| Period {
            from: day.clone(),
            ..Period::default()
        });
        period.to.clone_from(day);
        for (counted, n) in counts.iter().filter(|(counted, _)| counted.day == *day) {
            let answers = || counted.category.clone();
            match counted.event {
                CountEvent::Shown => period.shown += n,
                CountEvent::Chosen => period.chosen += n,
                CountEvent::Given => period.categories.entry(answers()).or_default().given += n,
                CountEvent::Refused => period.categories.entry(answers()).or_default().refused += n,
            }
        }
        if period.shown < least {
            open = Some(period);
        } else {
            periods.push(period);
        }
    }
    Told {
        site: site.to_owned(),
        least,
        periods,
        fewer: open.map(|Period { from, to, .. }| Days { from, to }),
    }
}

fn describe(told: &Told) -> String {
    let mut out = format!(
        "How visitors of {} answer: how often the banner was shown, and what part of that was decided so.\n",
        told.site
    );
    // Writing into a String does not fail.
    let _ = writeln!(out, "Told by browsers: statistics, not evidence.\n");
    if told.periods.is_empty() && told.fewer.is_none() {
        out.push_str("Nothing was counted in this time.\n");
        return out;
    }
    let categories: BTreeSet<&String> = told
        .periods
        .iter()
        .flat_map(|period| period.categories.keys())
        .collect();
    let mut rows = vec![heads(&categories)];
    for period in &told.periods {
        rows.push(row(period, &categories));
    }
    let widths: Vec<usize> = (0..rows[0].len())
        .map(|at| {
            rows.iter()
                .map(|row| row[at].len())
                .max()
                .unwrap_or_default()
        })
        .collect();
    for row in rows.iter().filter(|_| !told.periods.is_empty()) {
        let _ = write!(out, "{:<1$}", row[0], widths[0]);
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            let _ = write!(out, "  {cell:>width$}");
        }
        out.push('\n');
    }
    if let Some(Days { from, to }) = &told.fewer {
        let days = span(from, to);
        let _ = writeln!(out, "{days}  shown fewer than {} times", told.least);
    }
    out
}

fn heads(categories: &BTreeSet<&String>) -> Vec<String> {
    let fixed = ["day", "shown", "preferences"].map(str::to_owned);
    let answers = categories
        .iter()
        .flat_map(|category| [format!("{category} given"), format!("{category} refused")]);
    fixed.into_iter().chain(answers).collect()
}

fn row(period: &Period, categories: &BTreeSet<&String>) -> Vec<String> {
    let mut row = vec![
        span(&period.from, &period.to),
        period.shown.to_string(),
        part(period.chosen, period.shown),
    ];
    for category in categories {
        let answers = period.categories.get(*category);
        let Answers { given, refused } = answers.copied().unwrap_or_default();
        row.extend([part(given, period.shown), part(refused, period.shown)]);
    }
    row
}

/// `54 (45 %)`; of what is shown, which is never zero here.
fn part(n: u64, shown: u64) -> String {
    let percent = (u128::from(n) * 100 + u128::from(shown) / 2) / u128::from(shown.max(1));
    format!("{n} ({percent} %)")
}

fn span(from: &str, to: &str) -> String {
    if from == to {
        from.to_owned()
    } else {
        format!("{from} to {to}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Counted;

    fn counts(days: &[(&str, u64)]) -> Counts {
        let mut counts = Counts::new();
        for (day, shown) in days {
            for (event, category, n) in [
                (CountEvent::Shown, "", *shown),
                (CountEvent::Chosen, "", 1),
                (CountEvent::Given, "media", shown / 2),
                (CountEvent::Refused, "media", 2),
            ] {
                let counted = Counted {
                    day: (*day).to_owned(),
                    event,
                    category: category.to_owned(),
                };
                counts.insert(counted, n);
            }
        }
        counts
    }

    #[test]
    fn days_with_few_are_joined_and_the_last_of_them_are_not_told() {
        let days = [
            ("2026-11-01", 20),
            ("2026-11-02", 19),
            ("2026-11-04", 1),
            ("2026-11-05", 100),
            ("2026-11-06", 3),
            ("2026-11-07", 16),
        ];
        let told = tell("acme", &counts(&days), 20);
        let periods = told.periods.iter();
        let periods = periods.map(|own| (&*own.from, &*own.to, own.shown));
        let periods: Vec<_> = periods.collect();
        assert_eq!(
            periods,
            [
                ("2026-11-01", "2026-11-01", 20),
                ("2026-11-02", "2026-11-04", 20),
                ("2026-11-05", "2026-11-05", 100),
            ]
        );
        assert_eq!(told.periods[1].chosen, 2);
        let media = told.periods[2].categories["media"];
        assert_eq!((media.given, media.refused), (50, 2));
        assert_eq!(
            told.fewer,
            Some(Days {
                from: "2026-11-06".to_owned(),
                to: "2026-11-07".to_owned()
            })
        );

        let text = describe(&told);
        for words in [
            "media given",
            "2026-11-02 to 2026-11-04",
            "50 (50 %)",
            "2026-11-06 to 2026-11-07  shown fewer than 20 times",
        ] {
            assert!(text.contains(words), "{words:?} is not in\n{text}");
        }
        assert!(!text.contains("16") && !text.contains("(84 %)"), "{text}");
        let json = serde_json::to_string(&told).unwrap();
        assert!(
            !json.contains("\"shown\":16") && !json.contains("\"shown\":3"),
            "{json}"
        );
    }

    #[test]
    fn a_store_without_counts_says_so() {
        let told = tell("acme", &Counts::new(), 20);
        assert!(describe(&told).contains("Nothing was counted"));
    }

    #[test]
    fn only_few_are_told_without_a_table() {
        let told = tell("acme", &counts(&[("2026-11-06", 3)]), 20);
        let text = describe(&told);
        assert!(
            text.ends_with("\n\n2026-11-06  shown fewer than 20 times\n"),
            "{text}"
        );
    }
}
