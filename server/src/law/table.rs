//! What each norm, and each purpose's retention, means from one day on.

use jiff::civil::{Date, Time};
use raspiska_shared::{
    period::Period,
    purpose::{Purpose, PurposeId, Until},
    term::{Deadline, Norm, OffDay, Term, TermError},
};
use serde::Serialize;

use super::Law;

/// One norm, counted from a day.
#[derive(Debug, Serialize)]
pub(crate) struct Row<'a> {
    #[serde(flatten)]
    pub(crate) norm: &'a Norm,
    /// The last day, or the reason why it is not known.
    #[serde(serialize_with = "told")]
    pub(crate) due: Result<Deadline, TermError>,
    /// The last day once it is extended.
    #[serde(serialize_with = "told_if", skip_serializing_if = "Option::is_none")]
    pub(crate) extended: Option<Result<Deadline, TermError>>,
}

/// How long data of one purpose are kept, counted from a day on which the processing ends.
#[derive(Debug, Serialize)]
pub(crate) struct Kept {
    pub(crate) purpose: PurposeId,
    /// What ends it.
    pub(crate) until: Until,
    /// The norm or clause by the policy.
    pub(crate) norm: String,
    /// If the day is that of the consent: the last day on which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) holds_until: Option<Date>,
    /// When data have to be destroyed.
    pub(crate) destroyed_by: Option<Date>,
    /// When copies on backup media have to be, where the policy gives them more time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) backups: Option<Backups>,
}

/// A policy may count the term of backups from the end of the processing in one place and from the deletion in another. The earlier
/// one binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Backups {
    /// Counted from the day on which the processing ends: it binds.
    pub(crate) from_end: Date,
    /// Counted from the last day of the deletion.
    pub(crate) from_deletion: Date,
}

/// Every norm from the first moment of a day.
pub(crate) fn table(law: &Law, from: Date) -> Vec<Row<'_>> {
    let event = from.to_datetime(Time::midnight());
    let rows = law.norms.iter().map(|norm| {
        let due = norm.term.deadline(event, norm.off_day, &law.calendar);
        let extended = norm.extension.and_then(|extension| {
            let due = *due.as_ref().ok()?;
            Some(extension.extend(due, norm.off_day, &law.calendar))
        });
        Row {
            norm,
            due,
            extended,
        }
    });
    rows.collect()
}

/// The retention of each purpose, with `from` as the day on which it was given and on which it ended.
pub(crate) fn kept(law: &Law, purposes: &[Purpose], from: Date) -> Vec<Kept> {
    let row = |purpose: &Purpose| {
        let retention = &purpose.retention;
        let destroyed_by = last_day(law, from, retention.destroy_within);
        let backups = retention.backups_within.and_then(|within| {
            Some(Backups {
                from_end: last_day(law, from, within)?,
                from_deletion: last_day(law, destroyed_by?, within)?,
            })
        });
        Kept {
            purpose: purpose.id.clone(),
            until: retention.until,
            norm: retention.norm.clone(),
            holds_until: retention
                .at_most
                .and_then(|at_most| last_day(law, from, at_most)),
            destroyed_by,
            backups,
        }
    };
    purposes.iter().map(row).collect()
}

/// The last day of a period that an event on `from` begins; none: after the year 9999.
pub(crate) fn last_day(law: &Law, from: Date, period: Period) -> Option<Date> {
    let event = from.to_datetime(Time::midnight());
    let deadline = Term::Calendar(period).deadline(event, OffDay::Stays, &law.calendar);
    deadline.ok().map(Deadline::day)
}

fn told<S: serde::Serializer>(
    due: &Result<Deadline, TermError>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    due.as_ref().ok().serialize(serializer)
}

fn told_if<S: serde::Serializer>(
    due: &Option<Result<Deadline, TermError>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    due.as_ref()
        .and_then(|due| due.as_ref().ok())
        .serialize(serializer)
}
