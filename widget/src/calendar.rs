//! Dates for people: the day of a moment, written as the language writes it.

use raspiska_shared::{lang::Lang, period::Period};

use crate::texts::digits;

const DAY: u64 = 24 * 60 * 60;

/// A day of the calendar and a time of that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    year: u64,
    month: u64,
    day: u64,
    minute: u64,
}

impl Moment {
    /// The moment `seconds` after the UNIX epoch, where the clocks are `ahead` minutes ahead of UTC.
    pub(crate) fn new(seconds: u64, ahead: i32) -> Self {
        let local = seconds.saturating_add_signed(i64::from(ahead) * 60);
        // Years that begin in March have their odd day at the end; 400 of them are 146097 days.
        let days = local / DAY + 719_468;
        let era = days / 146_097;
        let of_era = days % 146_097;
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        Self {
            year: era * 400 + year_of_era + u64::from(month <= 2),
            month,
            day: of_year - (153 * from_march + 2) / 5 + 1,
            minute: local % DAY / 60,
        }
    }

    /// `2026-11-22`
    pub(crate) fn iso(self) -> String {
        [
            &digits(self.year),
            "-",
            &two(self.month),
            "-",
            &two(self.day),
        ]
        .concat()
    }

    /// `22 ноября 2026`
    pub(crate) fn date(self, lang: Lang) -> String {
        let months = match lang {
            Lang::Ru => RU,
            Lang::En => EN,
        };
        let month = months
            .get(self.month as usize - 1)
            .copied()
            .unwrap_or_default();
        [&digits(self.day), " ", month, " ", &digits(self.year)].concat()
    }

    /// `22 ноября 2026, 14:05`
    pub(crate) fn date_and_time(self, lang: Lang) -> String {
        [
            &self.date(lang),
            ", ",
            &two(self.minute / 60),
            ":",
            &two(self.minute % 60),
        ]
        .concat()
    }
}

/// The last second of a period of days that begins at `seconds`; months and years are counted as 30 and 365 days, which errs
/// towards an earlier promise.
pub(crate) fn after(seconds: u64, period: Period) -> u64 {
    let days = match period {
        Period::Days(days) => u64::from(days),
        Period::Months(months) => u64::from(months) * 30,
        Period::Years(years) => u64::from(years) * 365,
    };
    seconds + days * DAY
}

/// The date in an ISO day, `2025-01-01`, as the language writes it; the text itself if it is none.
pub(crate) fn written(iso: &str, lang: Lang) -> String {
    let mut parts = iso.split('-').map(str::parse::<u64>);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month @ 1..=12)), Some(Ok(day @ 1..=31))) => Moment {
            year,
            month,
            day,
            minute: 0,
        }
        .date(lang),
        _ => String::from(iso),
    }
}

fn two(number: u64) -> String {
    [if number < 10 { "0" } else { "" }, &digits(number)].concat()
}

const RU: [&str; 12] = [
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
const EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_fall_on_their_days() {
        for (seconds, ahead, expected) in [
            (0, 0, "1970-01-01"),
            (951_782_400, 0, "2000-02-29"),
            (951_868_800, 0, "2000-03-01"),
            (1_735_678_799, 180, "2024-12-31"),
            (1_735_678_800, 180, "2025-01-01"),
            (1_735_689_600, -60, "2024-12-31"),
            (4_107_542_400, 0, "2100-03-01"),
        ] {
            assert_eq!(Moment::new(seconds, ahead).iso(), expected);
        }
    }

    #[test]
    fn a_date_reads_as_people_write_it() {
        let moment = Moment::new(1_795_345_500, 180);
        assert_eq!(moment.date_and_time(Lang::Ru), "22 ноября 2026, 14:05");
        assert_eq!(moment.date_and_time(Lang::En), "22 November 2026, 14:05");
        assert_eq!(written("2025-01-01", Lang::Ru), "1 января 2025");
        assert_eq!(written("2025-05-09", Lang::En), "9 May 2025");
        assert_eq!(written("soon", Lang::En), "soon");
    }

    #[test]
    fn thirty_days_are_thirty_days() {
        assert_eq!(after(0, Period::Days(30)), 30 * DAY);
    }
}
