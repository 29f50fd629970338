//! Which days are worked: weekends, the holidays of the law, and the days off that a government moves each year.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::norm::Mark;

/// One year as it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Year {
    /// Which.
    pub year: i16,
    /// Where the moved days were published.
    pub source: String,
    /// How far that was checked.
    pub mark: Mark,
    /// Non-working holidays, each of them a day off whatever else is said.
    pub holidays: Vec<Date>,
    /// Days off that were moved.
    #[serde(default)]
    pub moved: Vec<Moved>,
}

/// A day off that was moved to another day of its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// Where it would have been: a weekend. It is worked, unless it is a holiday too.
    pub from: Date,
    /// Where it is.
    pub to: Date,
}

/// The years that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar(BTreeMap<i16, Days>);

/// The days of one year that are not what their weekday says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Days {
    off: BTreeSet<Date>,
    worked: BTreeSet<Date>,
}

/// Why a calendar is refused, or does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No data of that year. Weekends alone would be a guess, wrong in January and May.
    #[error(
        "the calendar of {0} is not known: its moved days off are published the autumn before; add them to the calendars, then ask again"
    )]
    Missing(i16),
    /// A year twice.
    #[error("the year {0} is there twice; keep one of the two")]
    Twice(i16),
    /// A date of another year.
    #[error("{date} is not in {year}; put it into the calendar of its own year")]
    OtherYear {
        /// The date.
        date: Date,
        /// The year of the file.
        year: i16,
    },
    /// A date named twice.
    #[error("{0} is named twice; name each holiday once and move each day once")]
    Repeated(Date),
    /// A working day was moved.
    #[error("{0} is worked, so there is no day off to move from it; correct `from`")]
    NothingToMove(Date),
    /// A day off was moved to a day off.
    #[error("{0} is a day off already, so none can be moved to it; correct `to`")]
    NoRoom(Date),
    /// The term ends beyond every calendar.
    #[error("the term ends after the year 9999; shorten it")]
    TooFar,
}

impl Calendar {
    /// A calendar of these years.
    ///
    /// # Errors
    /// [`CalendarError`] with the first date that cannot be as it is said.
    pub fn new(years: &[Year]) -> Result<Self, CalendarError> {
        let mut known = BTreeMap::new();
        for year in years {
            if known.insert(year.year, days(year)?).is_some() {
                return Err(CalendarError::Twice(year.year));
            }
        }
        Ok(Self(known))
    }

    /// Is this day worked?
    ///
    /// # Errors
    /// [`CalendarError::Missing`].
    pub fn is_worked(&self, day: Date) -> Result<bool, CalendarError> {
        let year = self
            .0
            .get(&day.year())
            .ok_or(CalendarError::Missing(day.year()))?;
        Ok(year.worked.contains(&day) || !(is_weekend(day) || year.off.contains(&day)))
    }

    /// This day, or the next one that is worked.
    ///
    /// # Errors
    /// [`CalendarError::Missing`], [`CalendarError::TooFar`].
    pub fn worked_from(&self, mut day: Date) -> Result<Date, CalendarError> {
        while !self.is_worked(day)? {
            day = next(day)?;
        }
        Ok(day)
    }

    /// The `count`th working day after this one, which itself does not count; of none, the day itself.
    ///
    /// # Errors
    /// [`CalendarError::Missing`], [`CalendarError::TooFar`].
    pub fn after(&self, mut day: Date, count: u16) -> Result<Date, CalendarError> {
        for _ in 0..count {
            day = self.worked_from(next(day)?)?;
        }
        Ok(day)
    }

    /// How many days are worked after `from`, up to `to` and with it; below zero if `to` is before `from`.
    ///
    /// # Errors
    /// [`CalendarError::Missing`].
    pub fn between(&self, from: Date, to: Date) -> Result<i32, CalendarError> {
        let (first, last, sign) = if from <= to {
            (from, to, 1)
        } else {
            (to, from, -1)
        };
        let mut count = 0;
        let mut day = first;
        while day < last {
            day = next(day)?;
            count += i32::from(self.is_worked(day)?);
        }
        Ok(sign * count)
    }

    /// How many days of a year are worked, and how many are not.
    ///
    /// # Errors
    /// [`CalendarError::Missing`].
    pub fn totals(&self, year: i16) -> Result<(u16, u16), CalendarError> {
        let first = Date::new(year, 1, 1).map_err(|_| CalendarError::Missing(year))?;
        let (mut worked, mut off) = (0, 0);
        for day in first
            .series(jiff::Span::new().days(1))
            .take_while(|day| day.year() == year)
        {
            if self.is_worked(day)? {
                worked += 1;
            } else {
                off += 1;
            }
        }
        Ok((worked, off))
    }

    /// The years that are known, in their order.
    pub fn years(&self) -> impl Iterator<Item = i16> {
        self.0.keys().copied()
    }
}

fn days(year: &Year) -> Result<Days, CalendarError> {
    let mut days = Days::default();
    let own = |date: Date| {
        let year = year.year;
        (date.year() == year)
            .then_some(date)
            .ok_or(CalendarError::OtherYear { date, year })
    };
    for &date in &year.holidays {
        if !days.off.insert(own(date)?) {
            return Err(CalendarError::Repeated(date));
        }
    }
    let holidays = days.off.clone();
    let mut moved = BTreeSet::new();
    for &Moved { from, to } in &year.moved {
        if !is_weekend(own(from)?) && !holidays.contains(&from) {
            return Err(CalendarError::NothingToMove(from));
        }
        if is_weekend(own(to)?) || holidays.contains(&to) {
            return Err(CalendarError::NoRoom(to));
        }
        for date in [from, to] {
            if !moved.insert(date) {
                return Err(CalendarError::Repeated(date));
            }
        }
        // Labour code art. 112: a holiday stays off when the weekend that it fell on goes elsewhere.
        if !holidays.contains(&from) {
            days.worked.insert(from);
        }
        days.off.insert(to);
    }
    Ok(days)
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn next(day: Date) -> Result<Date, CalendarError> {
    day.tomorrow().map_err(|_| CalendarError::TooFar)
}
