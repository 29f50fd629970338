//! One duty: its id, its deadline with what changes that, and how urgent it is.

use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    party::SubjectId,
    purpose::PurposeId,
    term::{Anchor, Deadline, Norm, TermError},
};

use super::{Book, Duty, NEAR_DAYS, State, What, local};
use crate::store::{Fact, FactKind};

/// Before what a duty's id is a digest of.
const ID_LABEL: &str = "raspiska/duty/v1";

/// Where duties of one person are found.
pub(super) struct At<'a> {
    pub(super) book: &'a Book<'a>,
    pub(super) subject: Option<SubjectId>,
    pub(super) facts: &'a [Fact],
    pub(super) now: u64,
}

impl At<'_> {
    pub(super) fn due(&self, norm: &Norm, since: u64) -> Result<Deadline, TermError> {
        let calendar = &self.book.law.calendar;
        norm.term.deadline(local(since), norm.off_day, calendar)
    }

    pub(super) fn duty(
        &self,
        what: What,
        word: &'static str,
        since: u64,
        event: Digest,
        due: Result<Deadline, TermError>,
        (receipt, purpose): (Option<Digest>, Option<PurposeId>),
    ) -> Duty {
        let site = self.book.site;
        let or_none = |text: Option<String>| text.unwrap_or_default();
        // The norm is not in it: another edition of the law does not make another duty.
        let about = [
            ID_LABEL.to_owned(),
            site.to_owned(),
            what.word().to_owned(),
            or_none(self.subject.map(|subject| subject.0.to_string())),
            or_none(receipt.map(|receipt| receipt.to_string())),
            event.to_string(),
            word.to_owned(),
        ];
        Duty {
            id: Digest::of(about.join("\n").as_bytes()),
            what,
            state: State::Coming,
            site: site.to_owned(),
            subject: self.subject,
            receipt,
            purpose,
            request: None,
            event: word,
            since,
            norm: None,
            by: String::new(),
            due,
            hard_limit: None,
            days_left: None,
            working_days_left: None,
        }
    }

    pub(super) fn by_norm(&self, duty: &mut Duty, norm: &Norm) {
        duty.norm = Some(norm.id.clone());
        duty.by = norm.norm.get(Lang::default()).to_owned();
    }

    /// More time, taken once, before the term was over, with a notice that is kept: 152-ФЗ art. 14(3), 20(1), 20(4), 21(5.1).
    pub(super) fn extended(&self, mut duty: Duty, norm: &Norm) -> Duty {
        let (Some(extension), Ok(due)) = (norm.extension, &duty.due) else {
            return duty;
        };
        let in_time = |fact: &&Fact| {
            fact.kind == FactKind::Extended
                && fact.duty == Some(duty.id)
                && fact.notice.is_some()
                && !due.is_over(local(fact.time))
        };
        if self.facts.iter().any(|fact| in_time(&fact)) {
            duty.due = extension.extend(*due, norm.off_day, &self.book.law.calendar);
        }
        duty
    }

    /// The limit of what was blocked in time because it could not be destroyed: 152-ФЗ art. 21(6).
    pub(super) fn blocked(&self, mut duty: Duty) -> Duty {
        let kinds = [FactKind::Event(Anchor::Blocked), FactKind::Unblocked];
        let last = self
            .facts
            .iter()
            .rfind(|fact| fact.duty == Some(duty.id) && kinds.contains(&fact.kind))
            .filter(|fact| fact.kind != FactKind::Unblocked);
        let limits = self.book.law.since(Anchor::Blocked);
        let limit = limits
            .into_iter()
            .find(|norm| What::Task(norm.task) == duty.what);
        if let (Some(block), Some(limit), Ok(due)) = (last, limit, &duty.due)
            && !due.is_over(local(block.time))
        {
            duty.hard_limit = self.due(limit, block.time).ok();
        }
        duty
    }

    /// How urgent it is by now.
    pub(super) fn judged(&self, mut duty: Duty) -> Duty {
        let now = local(self.now);
        let told = |fact: &Fact| fact.kind == FactKind::Done && fact.duty == Some(duty.id);
        // Values that are there are not destroyed, whoever says so.
        let done = !duty.is_destruction() && self.facts.iter().any(told);
        let Some(deadline) = duty.binding() else {
            duty.state = if done { State::Done } else { State::Unknown };
            return duty;
        };
        let days = (deadline.day() - now.date()).get_days();
        duty.days_left = Some(days);
        let calendar = &self.book.law.calendar;
        duty.working_days_left = calendar.between(now.date(), deadline.day()).ok();
        duty.state = match days {
            _ if done => State::Done,
            _ if deadline.is_over(now) => State::Overdue,
            ..=0 => State::DueToday,
            1..=NEAR_DAYS => State::Near,
            _ => State::Coming,
        };
        duty
    }
}

/// The earlier of two deadlines; one that is not known comes first, so that nobody overlooks it.
pub(super) fn earlier<'a>(
    a: (Result<Deadline, TermError>, &'a Norm),
    b: (Result<Deadline, TermError>, &'a Norm),
) -> (Result<Deadline, TermError>, &'a Norm) {
    match (&a.0, &b.0) {
        (Ok(first), Ok(second)) if first.min(*second) != *first => b,
        (Ok(_), Err(_)) => b,
        _ => a,
    }
}
