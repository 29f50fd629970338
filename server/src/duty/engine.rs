//! From what is known of one person to the duties that follow. Pure: the same records and the same moment give the same duties.

use std::collections::BTreeMap;

use raspiska_shared::{
    digest::Digest,
    party::SubjectId,
    policy::Policy,
    purpose::{Purpose, PurposeId},
    receipt::{Payload, State as Decided, Uuid},
    term::{Anchor, Deadline, Norm, Task, TermError},
};

use super::{
    Duty, NEAR_DAYS, State, What, local, moment_of,
    span::{End, Span, event, spans},
};
use crate::{
    law::{self, Law},
    store::{Fact, FactKind},
};

/// Before what a duty's id is a digest of.
const ID_LABEL: &str = "raspiska/duty/v1";

/// What duties of a site follow from, besides the records.
pub(crate) struct Book<'a> {
    pub(crate) site: &'a str,
    pub(crate) law: &'a Law,
    /// The policy's editions by name: a receipt keeps the retention of its own.
    pub(crate) editions: &'a BTreeMap<String, Policy>,
}

/// What is known of one person, or of nobody in particular.
#[derive(Default)]
pub(crate) struct Records {
    /// In the order of the log.
    pub(crate) receipts: Vec<Logged>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) requests: Vec<Opened>,
}

/// A logged receipt.
pub(crate) struct Logged {
    pub(crate) hash: Digest,
    /// When it came, UNIX milliseconds.
    pub(crate) time: u64,
    pub(crate) payload: Payload,
    /// Does the vault still have values of it?
    pub(crate) kept: bool,
}

/// A request that waits for an answer.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) id: Uuid,
    /// What is asked for.
    pub(crate) kind: Anchor,
    /// When it came, UNIX milliseconds.
    pub(crate) time: u64,
    pub(crate) subject: Option<SubjectId>,
}

/// What follows for one person.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) duties: Vec<Duty>,
    /// Consents whose term is over and of which the log does not say so yet: the receipt, its purposes.
    pub(crate) expired: BTreeMap<Digest, Vec<PurposeId>>,
    /// When more follows by itself, UNIX milliseconds.
    pub(crate) next: Option<u64>,
}

impl Book<'_> {
    /// A purpose of an edition; a service has its category's.
    pub(super) fn purpose(&self, edition: &str, id: &PurposeId) -> Option<&Purpose> {
        let purposes = &self.editions.get(edition)?.purposes;
        let named = |id: &str| purposes.iter().find(|own| own.id.as_str() == id);
        named(id.as_str()).or_else(|| named(id.category()?))
    }
}

/// The duties that follow from `records` at `now`, UNIX milliseconds. `subject` is whose they are.
pub(crate) fn find(
    book: &Book<'_>,
    subject: Option<SubjectId>,
    records: &Records,
    now: u64,
) -> Found {
    let at = At {
        book,
        subject,
        facts: &records.facts,
        now,
    };
    let spans = spans(book, records, now);
    let mut found = Found::default();
    for logged in records.receipts.iter().filter(|logged| logged.kept) {
        at.expiry(logged, &spans, &mut found);
        if let Some((purpose, end)) = ended(logged, &spans) {
            found.duties.extend(at.destruction(logged, purpose, end));
        }
    }
    for fact in &records.facts {
        found.duties.extend(at.told(fact));
    }
    for request in &records.requests {
        let event = Digest::of(request.id.to_string().as_bytes());
        found
            .duties
            .extend(at.asked(request.kind, request.time, event));
    }
    found
}

/// What ended last of a receipt's purposes, if all of them have ended; of a receipt that gave nothing, itself.
fn ended(logged: &Logged, spans: &BTreeMap<PurposeId, Span>) -> Option<(Option<PurposeId>, End)> {
    let decisions = logged.payload.decisions.iter();
    let mut last: Option<(Option<PurposeId>, End)> = None;
    for decision in decisions.filter(|decision| decision.state == Decided::Given) {
        let end = spans.get(&decision.purpose)?.end?;
        if last.as_ref().is_none_or(|(_, last)| last.since < end.since) {
            last = Some((Some(decision.purpose.clone()), end));
        }
    }
    let nothing_given = End {
        anchor: Anchor::ConsentWithdrawn,
        since: logged.time,
        event: logged.hash,
    };
    last.or(Some((None, nothing_given)))
}

/// Where duties of one person are found.
struct At<'a> {
    book: &'a Book<'a>,
    subject: Option<SubjectId>,
    facts: &'a [Fact],
    now: u64,
}

impl At<'_> {
    /// Consents of a receipt that end, and those that have ended.
    fn expiry(&self, logged: &Logged, spans: &BTreeMap<PurposeId, Span>, found: &mut Found) {
        let today = local(self.now).date();
        for (purpose, span) in spans {
            let Some(last) = span.holds_until.filter(|_| span.receipt == logged.hash) else {
                continue;
            };
            if today > last {
                if span.stands {
                    let expired = found.expired.entry(logged.hash).or_default();
                    expired.push(purpose.clone());
                }
            } else if span.end.is_none() {
                let near = last.saturating_sub(jiff::Span::new().days(NEAR_DAYS));
                if today < near {
                    let near = moment_of(near.at(0, 0, 0, 0));
                    found.next = Some(found.next.map_or(near, |next| next.min(near)));
                    continue;
                }
                let matrix = self.book.purpose(&logged.payload.policy.edition, purpose);
                let mut duty = self.duty(
                    What::ConsentExpires,
                    "consent_given",
                    logged.time,
                    logged.hash,
                    Ok(Deadline::EndOf(last)),
                    (Some(logged.hash), Some(purpose.clone())),
                );
                duty.by = matrix.map_or_else(String::new, |own| own.retention.norm.clone());
                found.duties.push(self.judged(duty));
            }
        }
    }

    /// What has to become of a receipt's values: the earlier of what the law and the policy say.
    fn destruction(&self, logged: &Logged, purpose: Option<PurposeId>, end: End) -> Option<Duty> {
        let norms = self.book.law.since(end.anchor);
        let norm = norms
            .filter(|norm| norm.task == Task::Destroy)
            .map(|norm| (self.due(norm, end.since), norm))
            .reduce(earlier)?;
        let matrix = purpose
            .as_ref()
            .and_then(|id| self.book.purpose(&logged.payload.policy.edition, id));
        let (what, about) = (
            What::Task(Task::Destroy),
            (Some(logged.hash), purpose.clone()),
        );
        let mut duty = self.duty(what, end.anchor.word(), end.since, end.event, norm.0, about);
        self.by_norm(&mut duty, norm.1);
        if let Some(retention) = matrix.map(|matrix| &matrix.retention) {
            let ended = local(end.since).date();
            let own = law::last_day(self.book.law, ended, retention.destroy_within);
            if let (Some(own), Ok(due)) = (own, &duty.due)
                && own < due.day()
            {
                duty.due = Ok(Deadline::EndOf(own));
                duty.norm = None;
                duty.by.clone_from(&retention.norm);
            }
        }
        Some(self.judged(self.blocked(duty)))
    }

    /// What an event asks that the office told of.
    fn told(&self, fact: &Fact) -> Vec<Duty> {
        match fact.kind {
            // A limit for the duty that it names, and nothing by itself; a log knows the next two by itself.
            FactKind::Event(
                Anchor::Blocked | Anchor::ConsentExpired | Anchor::ConsentWithdrawn,
            )
            | FactKind::Done
            | FactKind::Extended
            | FactKind::Unblocked => Vec::new(),
            // Of a person, it ended what receipts gave; what is left are copies.
            FactKind::Event(
                Anchor::ApplicantRefused | Anchor::ContractEnded | Anchor::PurposeReached,
            ) if self.subject.is_some() => self.backups(fact),
            FactKind::Event(anchor) => {
                let mut duties = self.asked(anchor, fact.time, event(fact));
                for duty in &mut duties {
                    duty.purpose.clone_from(&fact.purpose);
                }
                duties.extend(self.backups(fact));
                duties
            }
        }
    }

    /// Every task that an event begins, each by its earliest norm.
    fn asked(&self, anchor: Anchor, time: u64, event: Digest) -> Vec<Duty> {
        let mut tasks: BTreeMap<Task, (Result<Deadline, TermError>, &Norm)> = BTreeMap::new();
        for norm in self.book.law.since(anchor) {
            // To keep something is no task with an end.
            if norm.automatic || norm.task == Task::Keep {
                continue;
            }
            let due = (self.due(norm, time), norm);
            let first = match tasks.remove(&norm.task) {
                Some(other) => earlier(other, due),
                None => due,
            };
            tasks.insert(norm.task, first);
        }
        let duties = tasks.into_iter().map(|(task, (due, norm))| {
            let what = What::Task(task);
            let mut duty = self.duty(what, anchor.word(), time, event, due, (None, None));
            self.by_norm(&mut duty, norm);
            self.judged(self.blocked(self.extended(duty, norm)))
        });
        duties.collect()
    }

    /// Copies on backup media, where the policy gives them a term of their own. It is counted from the end: the earlier of the two
    /// days that the policy can be read to name.
    fn backups(&self, fact: &Fact) -> Vec<Duty> {
        let FactKind::Event(anchor) = fact.kind else {
            return Vec::new();
        };
        let newest = self.book.editions.values().next_back();
        let matrix = fact.purpose.as_ref().and_then(|id| {
            let purposes = &newest?.purposes;
            purposes.iter().find(|own| own.id == *id)
        });
        let Some((matrix, within)) =
            matrix.and_then(|matrix| Some((matrix, matrix.retention.backups_within?)))
        else {
            return Vec::new();
        };
        let ended = local(fact.time).date();
        let Some(last) = law::last_day(self.book.law, ended, within) else {
            return Vec::new();
        };
        let about = (fact.receipt, fact.purpose.clone());
        let due = Ok(Deadline::EndOf(last));
        let (what, word) = (What::DestroyBackups, anchor.word());
        let mut duty = self.duty(what, word, fact.time, event(fact), due, about);
        duty.by.clone_from(&matrix.retention.norm);
        vec![self.judged(duty)]
    }

    fn due(&self, norm: &Norm, since: u64) -> Result<Deadline, TermError> {
        let calendar = &self.book.law.calendar;
        norm.term.deadline(local(since), norm.off_day, calendar)
    }

    fn duty(
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

    fn by_norm(&self, duty: &mut Duty, norm: &Norm) {
        duty.norm = Some(norm.id.clone());
        duty.by = norm
            .norm
            .get(raspiska_shared::lang::Lang::default())
            .to_owned();
    }

    /// More time, taken once, before the term was over, with a notice that is kept: 152-ФЗ art. 14(3), 20(1), 20(4), 21(5.1).
    fn extended(&self, mut duty: Duty, norm: &Norm) -> Duty {
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
    fn blocked(&self, mut duty: Duty) -> Duty {
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
    fn judged(&self, mut duty: Duty) -> Duty {
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
fn earlier<'a>(
    a: (Result<Deadline, TermError>, &'a Norm),
    b: (Result<Deadline, TermError>, &'a Norm),
) -> (Result<Deadline, TermError>, &'a Norm) {
    match (&a.0, &b.0) {
        (Ok(first), Ok(second)) if first.min(*second) != *first => b,
        (Ok(_), Err(_)) => b,
        _ => a,
    }
}
