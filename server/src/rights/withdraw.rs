//! Taking back, for whoever was recognised without the device: the operator states it, receipt by receipt.

use std::collections::BTreeMap;

use raspiska_shared::{
    digest::Digest,
    purpose::{PurposeId, Retention},
    receipt::{Method, ReceiptError},
    term::{Anchor, Norm, Task},
};

use super::Person;
use crate::{
    app::{App, SiteState},
    duty,
    law::{self, Law},
    problem::Problem,
    sequencer::Outcome,
    statement,
};

/// A statement that was logged.
pub(crate) struct Withdrawn {
    /// Its index in the log.
    pub(crate) index: u64,
    /// When, UNIX milliseconds.
    pub(crate) time: u64,
    /// Its hash.
    pub(crate) statement: Digest,
    pub(crate) purposes: Vec<PurposeId>,
}

/// States that those of `wanted` that are still given are withdrawn, one statement for each receipt that gave some. Nothing left is
/// no error: done is done. It is durable, and holds, when this returns.
pub(crate) async fn withdraw(
    app: &App,
    site: &SiteState,
    person: &Person,
    wanted: impl Fn(&PurposeId) -> bool,
    method: Method,
) -> Result<Vec<Withdrawn>, Problem> {
    let now = app.clock().millis();
    let mut by_receipt: BTreeMap<u64, Vec<PurposeId>> = BTreeMap::new();
    for line in person.given().filter(|line| wanted(&line.purpose)) {
        by_receipt
            .entry(line.by.index)
            .or_default()
            .push(line.purpose);
    }
    let mut done = Vec::new();
    for (index, purposes) in by_receipt {
        let entry = person.history.iter().find(|(row, _)| row.index == index);
        let Some((row, payload)) = entry else {
            continue;
        };
        let statement = statement::withdrawn(
            &site.operator,
            payload.clone(),
            row.receipt,
            purposes.clone(),
            method,
            now,
        )?;
        match site.sequencer.log(statement, person.subject, now).await {
            Outcome::Logged(proof) => done.push(Withdrawn {
                index: proof.index,
                time: proof.entry.time,
                statement: proof.entry.receipt,
                purposes,
            }),
            // Somebody was first, or a category took its services with it.
            Outcome::Refused(ReceiptError::Withdrawal(_)) => {}
            Outcome::Refused(error) => return Err(Problem::from(&error)),
            // A statement has a fresh id, so it cannot have been logged before.
            Outcome::Known(_) | Outcome::Unavailable => return Err(Problem::unavailable()),
        }
    }
    Ok(done)
}

/// The last day on which data may still be there after a withdrawal at `since`, UNIX milliseconds: the earliest of what norms and
/// policy say, with the norm that says it, or none where it is the policy. None: the calendar does not reach so far.
pub(crate) fn gone_by<'a>(
    law: &'a Law,
    retention: &Retention,
    since: u64,
) -> Option<(jiff::civil::Date, Option<&'a Norm>)> {
    let since = duty::local(since);
    let own = law::last_day(law, since.date(), retention.destroy_within)?;
    let norms = law
        .since(Anchor::ConsentWithdrawn)
        .filter(|norm| norm.task == Task::Destroy);
    let by_law = norms.filter_map(|norm| {
        let due = norm.term.deadline(since, norm.off_day, &law.calendar);
        due.ok().map(|due| (due.day(), norm))
    });
    match by_law.min_by_key(|(day, _)| *day) {
        Some((day, norm)) if day <= own => Some((day, Some(norm))),
        _ => Some((own, None)),
    }
}
