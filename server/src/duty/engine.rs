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
    Duty, NEAR_DAYS, What, local, moment_of,
    reckon::{At, earlier},
    span::{End, Span, event, spans},
};
use crate::{
    law::{self, Law},
    store::{Fact, FactKind},
};

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
    /// The request's number.
    pub(crate) number: String,
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
        let duties = at.asked(request.kind, request.time, event).into_iter();
        found.duties.extend(duties.map(|duty| Duty {
            request: Some(request.number.clone()),
            ..duty
        }));
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
}
