//! From an event to the last moment in which a duty can still be fulfilled.

use alloc::{
    format,
    string::{String, ToString},
};
use core::{fmt, str::FromStr};
use jiff::{
    Span,
    civil::{Date, DateTime},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::calendar::{Calendar, CalendarError};
use crate::period::Period;

/// How long somebody has. Written `at once`, `24 h`, `10 wd` (working days), `P30D`, `P6M`, `P3Y` or `day 15 of next month`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// No time at all.
    AtOnce,
    /// Hours from the moment, 1–999.
    Hours(u16),
    /// Working days, 1–999.
    WorkingDays(u16),
    /// Calendar days, months or years.
    Calendar(Period),
    /// Up to this day, 1–28, of the month after.
    OfNextMonth(u8),
}

/// What becomes of a term in calendar days whose last day is a day off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffDay {
    /// It ends on that day: the earlier of two readings.
    #[default]
    Stays,
    /// It ends on the next working day, Civil Code art. 193.
    Moves,
}

/// The end of a term, on the operator's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deadline {
    /// The end of this day.
    EndOf(Date),
    /// This moment.
    At(DateTime),
}

/// Why there is no deadline, or no such term.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// The text is not a term.
    #[error(
        "{0:?} is not a term: write \"at once\", \"24 h\", \"10 wd\", \"P30D\" (D, M or Y) or \"day 15 of next month\", with numbers from 1 to 999, and 28 for the day of a month"
    )]
    Notation(String),
    /// The calendar.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

impl Term {
    /// The deadline of a term that an event at `event` begins.
    ///
    /// A term in days, months or years begins on the day after the event (Civil Code art. 191) and ends with its last day
    /// (art. 194); in months and years that is the day of the same number, or the last one of a month that has none
    /// (art. 192(1), (3)). Hours run from the moment itself.
    ///
    /// # Errors
    /// [`TermError::Calendar`] if a year is needed that is not known.
    pub fn deadline(
        self,
        event: DateTime,
        off: OffDay,
        calendar: &Calendar,
    ) -> Result<Deadline, TermError> {
        let last = match self {
            Self::AtOnce => return Ok(Deadline::At(event)),
            Self::Hours(count) => {
                let end = event.checked_add(Span::new().hours(i64::from(count)));
                return end.map(Deadline::At).map_err(|_| too_far());
            }
            Self::WorkingDays(count) => {
                return Ok(Deadline::EndOf(calendar.after(event.date(), count)?));
            }
            Self::Calendar(period) => add(event.date(), period)?,
            Self::OfNextMonth(day) => {
                let next = add(event.date(), Period::Months(1))?;
                let of_month = i8::try_from(day).ok();
                let of_month =
                    of_month.and_then(|day| Date::new(next.year(), next.month(), day).ok());
                of_month.ok_or_else(too_far)?
            }
        };
        Ok(Deadline::EndOf(match off {
            OffDay::Stays => last,
            OffDay::Moves => calendar.worked_from(last)?,
        }))
    }

    /// A deadline after which this much more time was given.
    ///
    /// # Errors
    /// As [`Self::deadline`].
    pub fn extend(
        self,
        deadline: Deadline,
        off: OffDay,
        calendar: &Calendar,
    ) -> Result<Deadline, TermError> {
        let from = match deadline {
            Deadline::EndOf(day) => day.at(0, 0, 0, 0),
            Deadline::At(moment) => moment,
        };
        self.deadline(from, off, calendar)
    }
}

impl Deadline {
    /// Its day.
    #[must_use]
    pub fn day(self) -> Date {
        match self {
            Self::EndOf(day) => day,
            Self::At(moment) => moment.date(),
        }
    }

    /// Is it over at this moment?
    #[must_use]
    pub fn is_over(self, now: DateTime) -> bool {
        match self {
            Self::EndOf(day) => now.date() > day,
            Self::At(moment) => now > moment,
        }
    }

    /// The earlier of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        // A moment is before the end of its own day.
        if (other.day(), matches!(other, Self::EndOf(_)), other.time())
            < (self.day(), matches!(self, Self::EndOf(_)), self.time())
        {
            other
        } else {
            self
        }
    }

    fn time(self) -> Option<DateTime> {
        match self {
            Self::EndOf(_) => None,
            Self::At(moment) => Some(moment),
        }
    }
}

/// The day, and the hour where it counts: `2026-01-12`, `2026-01-12 14:30`.
impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndOf(day) => write!(f, "{day}"),
            Self::At(moment) => write!(
                f,
                "{} {:02}:{:02}",
                moment.date(),
                moment.hour(),
                moment.minute()
            ),
        }
    }
}

impl Serialize for Deadline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::EndOf(day) => day.serialize(serializer),
            Self::At(moment) => moment.serialize(serializer),
        }
    }
}

impl FromStr for Term {
    type Err = TermError;

    fn from_str(text: &str) -> Result<Self, TermError> {
        let fault = || TermError::Notation(text.to_string());
        // Printing it back refuses "+5 h", "05 h" and everything else that is not the one spelling.
        let number = |digits: &str| {
            let count: u16 = digits.parse().map_err(|_| fault())?;
            (1..=999)
                .contains(&count)
                .then_some(count)
                .ok_or_else(fault)
        };
        let term = if text == "at once" {
            Self::AtOnce
        } else if let Some(hours) = text.strip_suffix(" h") {
            Self::Hours(number(hours)?)
        } else if let Some(days) = text.strip_suffix(" wd") {
            Self::WorkingDays(number(days)?)
        } else if let Some(day) = text
            .strip_prefix("day ")
            .and_then(|rest| rest.strip_suffix(" of next month"))
        {
            // Every month has 28 days.
            let day = u8::try_from(number(day)?).map_err(|_| fault())?;
            (day <= 28)
                .then_some(Self::OfNextMonth(day))
                .ok_or_else(fault)?
        } else {
            Self::Calendar(text.parse().map_err(|_| fault())?)
        };
        (term.to_string() == text).then_some(term).ok_or_else(fault)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtOnce => f.write_str("at once"),
            Self::Hours(count) => write!(f, "{count} h"),
            Self::WorkingDays(count) => write!(f, "{count} wd"),
            Self::Calendar(period) => write!(f, "{period}"),
            Self::OfNextMonth(day) => write!(f, "day {day} of next month"),
        }
    }
}

impl Serialize for Term {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{self}"))
    }
}

impl<'de> Deserialize<'de> for Term {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// The last day of a period that begins on the day after `day`. The library ends in a shorter month on its last day.
fn add(day: Date, period: Period) -> Result<Date, TermError> {
    let span = match period {
        Period::Days(count) => Span::new().days(count),
        Period::Months(count) => Span::new().months(count),
        Period::Years(count) => Span::new().years(count),
    };
    day.checked_add(span).map_err(|_| too_far())
}

fn too_far() -> TermError {
    CalendarError::TooFar.into()
}
