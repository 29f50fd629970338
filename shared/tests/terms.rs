//! Terms over the real calendars: known totals, known days, and a second calculation that walks from day to day.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops and says where"
)]

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, date};
use proptest::prelude::*;
use raspiska_shared::{
    period::Period,
    term::{Calendar, CalendarError, Deadline, Mark, Moved, OffDay, Term, TermError, Year},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const YEARS: [&str; 2] = [
    include_str!("../../www/calendars/ru/2025.toml"),
    include_str!("../../www/calendars/ru/2026.toml"),
];

fn years() -> Vec<Year> {
    YEARS.map(|text| toml::from_str(text).unwrap()).to_vec()
}

fn calendar() -> Calendar {
    Calendar::new(&years()).unwrap()
}

fn on(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn end(term: &str, event: &str, off: OffDay) -> String {
    let term: Term = term.parse().unwrap();
    term.deadline(on(event), off, &calendar())
        .unwrap()
        .to_string()
}

#[test]
fn a_year_has_the_days_that_were_published() {
    let calendar = calendar();
    assert_eq!(calendar.totals(2025), Ok((247, 118)));
    assert_eq!(calendar.totals(2026), Ok((247, 118)));
    for (day, worked) in [
        (date(2025, 11, 1), true),
        (date(2025, 11, 3), false),
        (date(2025, 12, 31), false),
        (date(2026, 1, 3), false),
        (date(2026, 1, 9), false),
        (date(2026, 1, 12), true),
        (date(2026, 2, 23), false),
        (date(2026, 3, 9), false),
        (date(2026, 5, 11), false),
        (date(2026, 12, 31), false),
    ] {
        assert_eq!(calendar.is_worked(day), Ok(worked), "{day}");
    }
}

#[test]
fn a_year_that_is_not_known_is_said_and_never_guessed() {
    let missing = Err(CalendarError::Missing(2027));
    assert_eq!(calendar().is_worked(date(2027, 1, 11)), missing);
    let term: Term = "10 wd".parse().unwrap();
    let asked = term.deadline(on("2026-12-25T12:00"), OffDay::Stays, &calendar());
    assert_eq!(
        asked,
        Err(TermError::Calendar(CalendarError::Missing(2027)))
    );
    // Days of the calendar need no calendar of work, unless the end moves.
    assert_eq!(end("P30D", "2026-12-25T12:00", OffDay::Stays), "2027-01-24");
    let moves = Term::Calendar(Period::Days(30)).deadline(
        on("2026-12-25T12:00"),
        OffDay::Moves,
        &calendar(),
    );
    assert!(moves.is_err());
}

#[test]
fn terms_end_where_a_person_counts_them_to() {
    for (term, event, ends) in [
        // Working days over the new year, over May, over a Saturday that is worked.
        ("10 wd", "2025-12-24T10:00", "2026-01-19"),
        ("3 wd", "2025-12-30T23:59", "2026-01-14"),
        ("3 wd", "2026-04-30T00:00", "2026-05-06"),
        ("5 wd", "2026-05-08T12:00", "2026-05-18"),
        ("1 wd", "2025-10-31T12:00", "2025-11-01"),
        ("1 wd", "2025-11-01T12:00", "2025-11-05"),
        ("7 wd", "2026-02-20T12:00", "2026-03-04"),
        // The last minute of a day and the first one of the next are two days.
        ("P30D", "2026-01-15T23:59:59", "2026-02-14"),
        ("P30D", "2026-01-16T00:00:00", "2026-02-15"),
        // Ends of months, and the day that most years have not.
        ("P1M", "2026-01-31T12:00", "2026-02-28"),
        ("P1M", "2028-01-31T12:00", "2028-02-29"),
        ("P6M", "2026-08-31T12:00", "2027-02-28"),
        ("P1Y", "2028-02-29T12:00", "2029-02-28"),
        ("P3Y", "2026-02-28T12:00", "2029-02-28"),
        ("P1M", "2026-02-28T12:00", "2026-03-28"),
        // Hours run through the night and the holidays.
        ("24 h", "2025-12-31T18:30", "2026-01-01 18:30"),
        ("72 h", "2026-03-07T09:05", "2026-03-10 09:05"),
        ("at once", "2026-03-07T09:05", "2026-03-07 09:05"),
        ("day 15 of next month", "2026-01-31T12:00", "2026-02-15"),
        ("day 15 of next month", "2026-12-01T12:00", "2027-01-15"),
    ] {
        assert_eq!(end(term, event, OffDay::Stays), ends, "{term} from {event}");
    }
}

#[test]
fn an_end_on_a_day_off_moves_where_the_norm_says_so() {
    // A Sunday; a holiday before a weekend; a day off that was moved there.
    for (event, stays, moves) in [
        ("2026-01-16T12:00", "2026-02-15", "2026-02-16"),
        ("2026-05-13T12:00", "2026-06-12", "2026-06-15"),
        ("2026-04-11T12:00", "2026-05-11", "2026-05-12"),
        ("2026-01-14T12:00", "2026-02-13", "2026-02-13"),
    ] {
        assert_eq!(end("P30D", event, OffDay::Stays), stays);
        assert_eq!(end("P30D", event, OffDay::Moves), moves);
    }
}

#[test]
fn a_deadline_is_over_after_its_last_moment() {
    let day = Deadline::EndOf(date(2026, 2, 14));
    assert!(!day.is_over(on("2026-02-14T23:59:59")));
    assert!(day.is_over(on("2026-02-15T00:00:00")));
    let moment = Deadline::At(on("2026-02-14T12:00"));
    assert!(!moment.is_over(on("2026-02-14T12:00:00")));
    assert!(moment.is_over(on("2026-02-14T12:00:01")));
    assert_eq!(day.min(moment), moment);
    assert_eq!(moment.min(day), moment);
    assert_eq!(
        day.min(Deadline::EndOf(date(2026, 2, 13))).day(),
        date(2026, 2, 13)
    );
}

#[test]
fn more_time_is_counted_from_the_deadline() {
    let (calendar, term) = (calendar(), "10 wd".parse::<Term>().unwrap());
    let due = term
        .deadline(on("2025-12-24T10:00"), OffDay::Stays, &calendar)
        .unwrap();
    let extended = "5 wd".parse::<Term>().unwrap();
    let extended = extended.extend(due, OffDay::Stays, &calendar).unwrap();
    assert_eq!(extended.to_string(), "2026-01-26");
}

#[test]
fn a_term_has_one_spelling() {
    for text in [
        "at once",
        "24 h",
        "10 wd",
        "P30D",
        "P6M",
        "P3Y",
        "day 15 of next month",
    ] {
        assert_eq!(text.parse::<Term>().unwrap().to_string(), text);
    }
    for text in [
        "",
        "10",
        "wd",
        "10wd",
        "P10W",
        "0 wd",
        "010 wd",
        "+1 h",
        "1000 h",
        "10 wd ",
        "day 0 of next month",
        "day 29 of next month",
        "At once",
    ] {
        let refused = text.parse::<Term>();
        assert_eq!(
            refused,
            Err(TermError::Notation(text.to_owned())),
            "{text:?}"
        );
    }
}

#[test]
fn a_calendar_that_contradicts_itself_is_refused() {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let with = |change: &dyn Fn(&mut Year)| {
        let mut years = years();
        change(&mut years[1]);
        Calendar::new(&years).unwrap_err()
    };
    let moved = |from: &str, to: &str| Moved {
        from: day(from),
        to: day(to),
    };
    use CalendarError as E;
    assert_eq!(
        with(&|year| year.year = 2025),
        E::OtherYear {
            date: day("2026-01-01"),
            year: 2025
        }
    );
    assert_eq!(
        with(&|year| year.holidays.push(day("2026-05-09"))),
        E::Repeated(day("2026-05-09"))
    );
    assert_eq!(
        with(&|year| year.moved.push(moved("2026-07-01", "2026-07-02"))),
        E::NothingToMove(day("2026-07-01"))
    );
    assert_eq!(
        with(&|year| year.moved.push(moved("2026-07-04", "2026-07-05"))),
        E::NoRoom(day("2026-07-05"))
    );
    assert_eq!(
        with(&|year| year.moved.push(moved("2026-01-03", "2026-07-01"))),
        E::Repeated(day("2026-01-03"))
    );
    let twice = [years()[0].clone(), years()[0].clone()];
    assert_eq!(Calendar::new(&twice), Err(E::Twice(2025)));
    let last = Term::Calendar(Period::Years(999)).deadline(
        on("9500-01-01T00:00"),
        OffDay::Stays,
        &calendar(),
    );
    assert_eq!(last, Err(TermError::Calendar(E::TooFar)));
}

/// The other calculation: dates are texts, days are numbered from 1970 by adding months up, a year is a table of letters.
mod walked {
    use super::{BTreeMap, Year};

    const MONTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

    pub(super) fn length(year: i32, month: u32) -> u32 {
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        if month == 2 && leap {
            29
        } else {
            MONTHS[month as usize - 1]
        }
    }

    /// From one day to the next, and on: the date with its weekday, Monday 1.
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
    pub(super) struct Day(
        pub(super) i32,
        pub(super) u32,
        pub(super) u32,
        pub(super) u32,
    );

    /// 1 January 2024 was a Monday.
    pub(super) const FIRST: Day = Day(2024, 1, 1, 1);

    impl Day {
        pub(super) fn next(self) -> Self {
            let Self(year, month, day, weekday) = self;
            let weekday = weekday % 7 + 1;
            if day < length(year, month) {
                Self(year, month, day + 1, weekday)
            } else if month < 12 {
                Self(year, month + 1, 1, weekday)
            } else {
                Self(year + 1, 1, 1, weekday)
            }
        }

        pub(super) fn text(self) -> String {
            format!("{:04}-{:02}-{:02}", self.0, self.1, self.2)
        }
    }

    pub(super) fn nth(count: u32) -> Day {
        (0..count).fold(FIRST, |day, _| day.next())
    }

    /// Of each day that is not as its weekday: is it worked?
    pub(super) fn exceptions(years: &[Year]) -> BTreeMap<String, bool> {
        let mut days = BTreeMap::new();
        for year in years {
            for moved in &year.moved {
                days.insert(moved.from.to_string(), true);
                days.insert(moved.to.to_string(), false);
            }
            for holiday in &year.holidays {
                days.insert(holiday.to_string(), false);
            }
        }
        days
    }

    pub(super) fn worked(day: Day, exceptions: &BTreeMap<String, bool>) -> bool {
        exceptions.get(&day.text()).copied().unwrap_or(day.3 <= 5)
    }

    /// Same number of a later month, or its last day.
    pub(super) fn later(day: Day, months: u32) -> String {
        let month = day.1 - 1 + months;
        let (year, month) = (day.0 + i32::try_from(month / 12).unwrap(), month % 12 + 1);
        let number = day.2.min(length(year, month));
        format!("{year:04}-{month:02}-{number:02}")
    }
}

/// Years like ours, made up: any holidays, any weekends moved to any days.
fn any_years() -> impl Strategy<Value = Vec<Year>> {
    let days = || proptest::collection::vec((1i8..=12, 1i8..=28), 0..24);
    let year = |year: i16| {
        (days(), days()).prop_map(move |(holidays, pairs)| {
            let mut year = Year {
                year,
                source: String::new(),
                mark: Mark::M,
                holidays: Vec::new(),
                moved: Vec::new(),
            };
            let free = |year: &Year, day: Date| {
                !year.holidays.contains(&day)
                    && !year
                        .moved
                        .iter()
                        .any(|own| own.from == day || own.to == day)
            };
            for (month, day) in holidays {
                let day = date(year.year, month, day);
                if free(&year, day) {
                    year.holidays.push(day);
                }
            }
            for pair in pairs.chunks_exact(2) {
                let [from, to] = [pair[0], pair[1]].map(|(m, d)| date(year.year, m, d));
                let weekend = |day: Date| day.weekday().to_monday_one_offset() > 5;
                if weekend(from) && !weekend(to) && free(&year, from) && free(&year, to) {
                    year.moved.push(Moved { from, to });
                }
            }
            year
        })
    };
    (2024i16..=2029).map(year).collect::<Vec<_>>()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    /// Every calendar, every event of three years, every minute of it.
    #[test]
    fn both_calculations_agree(
        years in any_years(),
        start in 0u32..1000,
        minute in 0i8..60,
        hour in 0i8..24,
        count in 1u16..60,
        months in 1u16..24,
    ) {
        let calendar = Calendar::new(&years).unwrap();
        let exceptions = walked::exceptions(&years);
        let first = walked::nth(start);
        let event = date(
            i16::try_from(first.0).unwrap(),
            i8::try_from(first.1).unwrap(),
            i8::try_from(first.2).unwrap(),
        )
        .at(hour, minute, 0, 0);
        let end = |term: Term, off| term.deadline(event, off, &calendar).unwrap().to_string();

        let (mut day, mut left) = (first, count);
        while left > 0 {
            day = day.next();
            left -= u16::from(walked::worked(day, &exceptions));
        }
        prop_assert_eq!(end(Term::WorkingDays(count), OffDay::Moves), day.text());
        let last = day.text().parse().unwrap();
        prop_assert_eq!(calendar.between(event.date(), last).unwrap(), i32::from(count));
        prop_assert_eq!(calendar.between(last, event.date()).unwrap(), -i32::from(count));

        let mut day = walked::nth(start + u32::from(count));
        prop_assert_eq!(end(Term::Calendar(Period::Days(count)), OffDay::Stays), day.text());
        while !walked::worked(day, &exceptions) {
            day = day.next();
        }
        prop_assert_eq!(end(Term::Calendar(Period::Days(count)), OffDay::Moves), day.text());

        let later = walked::later(first, u32::from(months));
        prop_assert_eq!(end(Term::Calendar(Period::Months(months)), OffDay::Stays), later);
        let later = walked::later(first, u32::from(months) * 12);
        prop_assert_eq!(end(Term::Calendar(Period::Years(months)), OffDay::Stays), later);

        let hours = u32::from(count) + u32::try_from(hour).unwrap();
        let expected = format!("{} {:02}:{minute:02}", walked::nth(start + hours / 24).text(), hours % 24);
        prop_assert_eq!(end(Term::Hours(count), OffDay::Moves), expected);
    }
}
