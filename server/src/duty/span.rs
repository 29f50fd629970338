//! For how long each purpose of one person is covered, folded from the log and the facts.

use std::collections::BTreeMap;

use jiff::civil::Date;
use raspiska_shared::{
    digest::Digest,
    purpose::{LegalBasis, Purpose, PurposeId, Until},
    receipt::State,
    status::Standing,
    term::Anchor,
};

use super::{
    engine::{Book, Records},
    local, moment_of,
};
use crate::{
    law,
    store::{Fact, FactKind},
};

/// One purpose, since it was last given.
pub(super) struct Span {
    /// By which receipt.
    pub(super) receipt: Digest,
    /// The last day on which the consent holds, where the policy sets a term.
    pub(super) holds_until: Option<Date>,
    /// The log says that it is still given.
    pub(super) stands: bool,
    /// What ended the processing, if anything did by now.
    pub(super) end: Option<End>,
    /// When it was given, UNIX milliseconds.
    given: u64,
}

/// What ended the processing for a purpose.
#[derive(Clone, Copy)]
pub(super) struct End {
    pub(super) anchor: Anchor,
    /// UNIX milliseconds.
    pub(super) since: u64,
    /// What the end is told by: a receipt, a fact.
    pub(super) event: Digest,
}

/// Every purpose that was ever given.
pub(super) fn spans(book: &Book<'_>, records: &Records, now: u64) -> BTreeMap<PurposeId, Span> {
    let mut spans: BTreeMap<PurposeId, Span> = BTreeMap::new();
    let mut standing = Standing::default();
    for logged in &records.receipts {
        let payload = &logged.payload;
        standing.apply(payload, logged.hash);
        for (purpose, span) in &mut spans {
            span.stands = standing.allows(purpose);
            // Of a term that ended this is the statement: its own day, which is below, is earlier.
            if !span.stands && span.end.is_none() {
                span.end = Some(End {
                    anchor: Anchor::ConsentWithdrawn,
                    since: logged.time,
                    event: logged.hash,
                });
            }
        }
        for decision in &payload.decisions {
            if decision.state != State::Given {
                continue;
            }
            // The earlier of two clocks: a term is never longer than it was said to be.
            let given = logged.time.min(payload.iat.saturating_mul(1000));
            let at_most = book
                .purpose(&payload.policy.edition, &decision.purpose)
                .filter(|purpose| purpose.basis == LegalBasis::Consent)
                .and_then(|purpose| purpose.retention.at_most);
            let span = Span {
                receipt: logged.hash,
                holds_until: at_most
                    .and_then(|at_most| law::last_day(book.law, local(given).date(), at_most)),
                stands: true,
                end: None,
                given,
            };
            spans.insert(decision.purpose.clone(), span);
        }
    }
    for (purpose, span) in &mut spans {
        span.end = [span.end, expiry(span, now)]
            .into_iter()
            .flatten()
            .chain(told(book, records, purpose, span))
            .min_by_key(|end| end.since);
    }
    spans
}

/// The end of the consent's last day, if that is over.
fn expiry(span: &Span, now: u64) -> Option<End> {
    let last = span.holds_until.filter(|last| local(now).date() > *last)?;
    Some(End {
        anchor: Anchor::ConsentExpired,
        since: moment_of(last.at(23, 59, 59, 999_000_000)),
        event: span.receipt,
    })
}

/// The first fact that ended it.
fn told(book: &Book<'_>, records: &Records, purpose: &PurposeId, span: &Span) -> Option<End> {
    let edition = |logged: &&super::engine::Logged| logged.hash == span.receipt;
    let edition = records.receipts.iter().find(edition)?;
    let matrix = book.purpose(&edition.payload.policy.edition, purpose);
    let ends = records.facts.iter().filter_map(|fact| {
        let FactKind::Event(anchor) = fact.kind else {
            return None;
        };
        let fits = fact.time >= span.given
            && ends(anchor, fact, purpose, matrix)
            && fact.receipt.is_none_or(|receipt| receipt == span.receipt);
        fits.then(|| End {
            anchor,
            since: fact.time,
            event: event(fact),
        })
    });
    ends.min_by_key(|end| end.since)
}

/// A fact that names no purpose ends those that end that way: a refused applicant stays in the talent pool.
fn ends(anchor: Anchor, fact: &Fact, purpose: &PurposeId, matrix: Option<&Purpose>) -> bool {
    let until = matrix.map(|matrix| matrix.retention.until);
    let by_its_kind = match anchor {
        Anchor::ApplicantRefused | Anchor::PurposeReached => until == Some(Until::PurposeReached),
        Anchor::ContractEnded => matches!(until, Some(Until::ContractEnd | Until::GroundCeases)),
        _ => return false,
    };
    match &fact.purpose {
        Some(named) => named == purpose,
        None => by_its_kind,
    }
}

/// A fact as the event of a duty.
pub(super) fn event(fact: &Fact) -> Digest {
    Digest::of(fact.id.to_string().as_bytes())
}
