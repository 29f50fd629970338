//! Duties: what the operator has to do with somebody's data, and by when.
//!
//! They are computed from the log, the facts of the office, the policy's retention, the norms and the clock, and kept nowhere:
//! a server that slept for a month finds all of them, and a clock that was set back repeats none. What was done is a fact
//! with the duty's id, or the absence of what had to be destroyed. One thing happens by itself: when the term of a
//! consent is over, the operator states so in the log.
//!
//! ```text
//! log, facts ──► ledger (whom to look at, and when) ──► engine (one person, pure) ──► list, metrics, statements of expiry
//! ```

mod engine;
mod evidence;
mod ledger;
mod reckon;
mod runner;
mod span;

pub(crate) use engine::{Book, Opened, Records, find};
pub(crate) use ledger::Ledger;
pub(crate) use runner::{Runner, Setup, Watch};

use jiff::civil::DateTime;
use raspiska_shared::{
    digest::Digest,
    party::SubjectId,
    purpose::PurposeId,
    term::{Deadline, NormId, Task, TermError},
};
use serde::{Serialize, Serializer};

use crate::site::MOSCOW_HOURS;

/// How many days before its last one a duty is near: whoever looks once a week sees each in time.
pub(crate) const NEAR_DAYS: i32 = 7;

/// Something that has to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Duty {
    /// Always the same for the same duty: a digest of what it is about.
    pub(crate) id: Digest,
    pub(crate) what: What,
    pub(crate) state: State,
    pub(crate) site: String,
    /// Whose data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<SubjectId>,
    /// Of which receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) receipt: Option<Digest>,
    /// For which purpose they were kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) purpose: Option<PurposeId>,
    /// The number of the request that is to be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<String>,
    /// The event that time runs from, in one word.
    pub(crate) event: &'static str,
    /// When that was, UNIX milliseconds.
    pub(crate) since: u64,
    /// The norm; none: the policy alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) norm: Option<NormId>,
    /// Where it is written.
    pub(crate) by: String,
    /// The last moment, or why it is not known.
    #[serde(serialize_with = "due")]
    pub(crate) due: Result<Deadline, TermError>,
    /// The last moment of all, for what is blocked in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hard_limit: Option<Deadline>,
    /// Days up to it, below zero when it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) days_left: Option<i32>,
    /// The same in working days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) working_days_left: Option<i32>,
}

/// What has to be done, or will happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// What a norm asks.
    Task(Task),
    /// Destroy evidence whose term has ended.
    DestroyEvidence,
    /// Destroy what is left on backup media.
    DestroyBackups,
    /// The term of a consent ends; the server states it.
    ConsentExpires,
}

/// How urgent it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// The calendar does not reach so far.
    Unknown,
    /// The last moment has passed.
    Overdue,
    /// It is today.
    DueToday,
    /// It is within a week.
    Near,
    /// There is time.
    Coming,
    /// Nothing is left to do.
    Done,
}

impl What {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Task(task) => task.word(),
            Self::DestroyEvidence => "destroy_evidence",
            Self::DestroyBackups => "destroy_backups",
            Self::ConsentExpires => "consent_expires",
        }
    }
}

impl Serialize for What {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl State {
    /// The states that somebody should hear of.
    pub(crate) const ALARMING: [Self; 4] =
        [Self::Unknown, Self::Overdue, Self::DueToday, Self::Near];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Overdue => "overdue",
            Self::DueToday => "due_today",
            Self::Near => "near",
            Self::Coming => "coming",
            Self::Done => "done",
        }
    }
}

impl Duty {
    /// The last moment that counts.
    pub(crate) fn binding(&self) -> Option<Deadline> {
        self.hard_limit.or(self.due.as_ref().ok().copied())
    }

    /// Has somebody to do it, whose last day is at most so many days away or over?
    pub(crate) fn is_near(&self, days: i32) -> bool {
        let left = self.days_left.filter(|_| self.state != State::Done);
        self.what != What::ConsentExpires && left.is_some_and(|left| left <= days)
    }

    /// Are values of a receipt to be destroyed, which the vault still has?
    pub(crate) fn is_destruction(&self) -> bool {
        self.what == What::Task(Task::Destroy) && self.receipt.is_some()
    }

    /// What is due first comes first; what is not known, before everything.
    pub(crate) fn sort(duties: &mut [Self]) {
        let order = |duty: &Self| {
            let moment = duty.binding().map(|deadline| match deadline {
                Deadline::At(moment) => moment,
                Deadline::EndOf(day) => day.at(23, 59, 59, 999_999_999),
            });
            (moment, duty.what, duty.id)
        };
        duties.sort_by_key(order);
    }
}

/// UNIX milliseconds on the operator's clock.
pub(crate) fn local(millis: u64) -> DateTime {
    let moment = i64::try_from(millis)
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok())
        .unwrap_or(jiff::Timestamp::MAX);
    jiff::tz::offset(MOSCOW_HOURS).to_datetime(moment)
}

/// The moment on the operator's clock in UNIX milliseconds.
pub(crate) fn moment_of(moment: DateTime) -> u64 {
    let moment = jiff::tz::offset(MOSCOW_HOURS).to_timestamp(moment);
    moment.map_or(u64::MAX, |moment| {
        u64::try_from(moment.as_millisecond()).unwrap_or_default()
    })
}

fn due<S: Serializer>(due: &Result<Deadline, TermError>, serializer: S) -> Result<S::Ok, S::Error> {
    due.as_ref().ok().serialize(serializer)
}

#[cfg(test)]
mod tests;
