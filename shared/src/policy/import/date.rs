//! The effective date, as the preamble of a Russian policy states it.

use alloc::{format, string::String};

use super::{ImportError, ImportFault};
use crate::policy::document::words;

const PHRASE: &str = "вступает в силу";

/// In the genitive, as they stand in a date.
const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// The one date that follows the phrase «вступает в силу», `YYYY-MM-DD`, in the title or in a paragraph.
pub(super) fn effective(
    first: usize,
    title: &str,
    preamble: &[(usize, String)],
) -> Result<Option<String>, ImportError> {
    let mut effective = None;
    let preamble = preamble
        .iter()
        .map(|(line, paragraph)| (*line, paragraph.as_str()));
    for (line, text) in core::iter::once((first, title)).chain(preamble) {
        let text = text.to_lowercase();
        for (at, phrase) in text.match_indices(PHRASE) {
            let stated =
                date(&text[at + phrase.len()..]).map_err(|fault| ImportError { line, fault })?;
            if effective.as_ref().is_some_and(|other| *other != stated) {
                return Err(ImportError {
                    line,
                    fault: ImportFault::TwoDates,
                });
            }
            effective = Some(stated);
        }
    }
    Ok(effective)
}

/// Reads `[с] 01 января 2025` or `[с] 01.01.2025` at the beginning of a text.
fn date(text: &str) -> Result<String, ImportFault> {
    let mut words = words(text).skip_while(|word| *word == "с");
    let (Some(day), Some(month), Some(year)) = (words.next(), words.next(), words.next()) else {
        return Err(ImportFault::Date);
    };
    let month = match MONTHS.iter().position(|name| *name == month) {
        Some(index) => index + 1,
        None => number(month, 1..=2)?,
    };
    let (day, year) = (number(day, 1..=2)?, number(year, 4..=4)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    if !(1..=days).contains(&day) || year == 0 {
        return Err(ImportFault::Impossible);
    }
    Ok(format!("{year:04}-{month:02}-{day:02}"))
}

fn number(word: &str, digits: core::ops::RangeInclusive<usize>) -> Result<usize, ImportFault> {
    let value = word.parse().map_err(|_| ImportFault::Date)?;
    if digits.contains(&word.len()) {
        Ok(value)
    } else {
        Err(ImportFault::Date)
    }
}
