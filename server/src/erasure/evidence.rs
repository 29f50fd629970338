//! Evidence: when values are destroyed, a copy of the disclosures may stay, sealed with a key of its own, for as long as a claim may
//! come. Which purposes keep any is the site's `[[evidence]]`; the words are data of `www/acts/evidence.toml`.
//!
//! ```text
//! destroyed: order (with what is kept) ──► evidence stored ──► statement logged, values deleted ──► act: "sealed until …"
//! its end:   order (of evidence)       ──► evidence deleted ──► files searched                 ──► act: "destroyed"
//! ```
//!
//! Files are never kept: a disclosure has the digest of each, by which one that somebody else has is recognised.

use std::{collections::BTreeMap, sync::LazyLock};

use raspiska_shared::{
    digest::Digest,
    purpose::PurposeId,
    receipt::{Decision, Method},
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    ErasureError, ORDER_179, Reason, Request,
    act::{ActId, Kept, Ledger, Line, Order, Target},
    paper,
};
use crate::{
    app::{App, SiteState},
    duty::{local, moment_of},
    site::EvidenceRule,
    standing, statement,
    store::{Evidence, Mark, Row, StoreError},
};

const TEXT: &str = include_str!("../../../www/acts/evidence.toml");

/// As it was built in; a test reads it.
static WORDS: LazyLock<Words> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    limit: String,
    limit_source: String,
    /// Reasons for which nothing is kept.
    full: Vec<String>,
    act: String,
    end: String,
    way: String,
    sealed: String,
    note: String,
}

/// Orders that what acts before this one kept as evidence of some receipts is destroyed. As [`super::order`].
///
/// # Errors
/// [`ErasureError::Evidenceless`], [`ErasureError::Sealed`]; those of [`super::order`].
pub fn order_evidence(app: &App, site: &str, request: &Request<'_>) -> Result<ActId, ErasureError> {
    place_evidence(app, site, request).map(|order| order.act)
}

/// The same, with all that was ordered.
pub(crate) fn place_evidence(
    app: &App,
    site: &str,
    request: &Request<'_>,
) -> Result<Order, ErasureError> {
    let site = app
        .site(site)
        .ok_or_else(|| ErasureError::UnknownSite(site.to_owned()))?;
    let mut journal = app.erasures().lock();
    let order = request.evidence_order(app, site, journal.ledger())?;
    journal.append(Line::Order(Box::new(order.clone())))?;
    Ok(order)
}

/// What is kept of a receipt that gave these decisions, if it is destroyed now for this reason: up to the last of the days that its
/// purposes name.
pub(super) fn kept(
    rules: &BTreeMap<PurposeId, EvidenceRule>,
    decisions: &[Decision],
    reason: &Reason,
    time: u64,
) -> Option<Kept> {
    if WORDS.full.contains(&reason.id) {
        return None;
    }
    let own = decisions
        .iter()
        .filter_map(|decision| rules.get(&decision.purpose));
    let longest = own.max_by_key(|rule| rule.days)?;
    let days = jiff::Span::new().days(i32::from(longest.days));
    // The day on which it is destroyed does not count: ГК РФ art. 191.
    let first = local(time).date().saturating_add(days).tomorrow().ok()?;
    Some(Kept {
        until: moment_of(first.at(0, 0, 0, 0)),
        norm: longest.norm.clone(),
    })
}

/// Stores the evidence of a receipt whose values are about to be deleted.
pub(super) fn keep(app: &App, site: &str, row: &Row, kept: &Kept) -> Result<(), ErasureError> {
    let (store, vault) = (app.store(), app.vault());
    let sealed = store.sealed(site, row.index)?;
    let Some(wrapped) = store
        .subject_key(site, &row.subject)?
        .filter(|_| !sealed.is_empty())
    else {
        tracing::error!(receipt = %row.receipt, "nothing was there to be kept as evidence");
        return Ok(());
    };
    let open = || {
        let key = vault.unwrap_key(site, &row.subject, &wrapped)?;
        let mut plain = Zeroizing::new(Vec::new());
        for own in &sealed {
            if !plain.is_empty() {
                plain.push(b'~');
            }
            plain.extend_from_slice(&key.open(&row.receipt, &own.name, &own.blob)?);
        }
        vault.seal_evidence(site, &row.receipt, &plain)
    };
    let Ok((wrapped, sealed)) = open() else {
        // What does not open is evidence of nothing; it has to go all the same.
        tracing::error!(receipt = %row.receipt, "the values do not open, so nothing is kept as evidence");
        return Ok(());
    };
    Ok(store.keep_evidence(
        site,
        &Evidence {
            receipt: row.receipt,
            until: kept.until,
            wrapped,
            sealed,
        },
    )?)
}

/// What has to go for the evidence of one receipt, with the statement about it and that one's hash. The statement makes the order
/// one that only the operator's key can give; it is not logged, as the log has said already that the values were destroyed.
pub(super) fn target(
    app: &App,
    site: &SiteState,
    ledger: &Ledger,
    receipt: &Digest,
    reason: &Reason,
    time: u64,
) -> Result<(Target, Digest), ErasureError> {
    let (store, id) = (app.store(), &site.loaded.site.site);
    if let Some(act) = ledger.of_evidence(receipt) {
        return Err(ErasureError::Already(*receipt, act.order.act.clone()));
    }
    let none = || ErasureError::Evidenceless(*receipt);
    let kept = ledger.kept(receipt).ok_or_else(none)?;
    let act = ledger
        .of_receipt(receipt)
        .filter(|act| act.order.site == *id);
    let mut targets = act.ok_or_else(none)?.order.receipts.iter();
    let before = targets
        .find(|target| target.receipt == *receipt)
        .ok_or_else(none)?;
    if time < kept.until && !WORDS.full.contains(&reason.id) {
        return Err(ErasureError::Sealed(*receipt, last_day(kept.until)));
    }
    let row = store
        .row(id, receipt)?
        .ok_or(ErasureError::UnknownReceipt(*receipt))?;
    let payload = standing::payload(&row)?;
    let decisions = statement::given(&payload).collect();
    let statement = statement::sign(
        &site.operator,
        payload,
        *receipt,
        decisions,
        Method::Erasure,
        time,
    )
    .map_err(|error| ErasureError::Statement(error.to_string()))?;
    let evidence = store.evidence(id, receipt)?;
    let target = Target {
        marks: evidence.iter().flat_map(marks).collect(),
        values: Vec::new(),
        statement: statement.token().to_owned(),
        kept: None,
        ..before.clone()
    };
    Ok((target, statement.hash()))
}

/// Deletes the evidence of a receipt. By what is given its remains are found: a store from a backup may have another copy than the
/// order knew.
pub(super) fn delete(app: &App, site: &str, receipt: &Digest) -> Result<Vec<Mark>, StoreError> {
    let found = app.store().evidence(site, receipt)?;
    app.store().delete_evidence(site, receipt)?;
    Ok(found.iter().flat_map(marks).collect())
}

fn marks(evidence: &Evidence) -> impl Iterator<Item = Mark> {
    let sealed = Mark::throughout(&evidence.sealed);
    sealed.chain(Mark::of(&evidence.wrapped))
}

/// How an act that keeps evidence destroys.
pub(super) fn way() -> String {
    format!("{}; {}", ORDER_179.way, WORDS.way)
}

/// What an act that keeps evidence, or ends it, is called.
pub(super) fn name(order: &Order) -> Option<&'static str> {
    if order.evidence {
        Some(&WORDS.end)
    } else {
        keeps(order).then_some(&WORDS.act)
    }
}

/// What stands below the items of an act that keeps evidence.
pub(super) fn note(order: &Order) -> Option<&'static str> {
    keeps(order).then_some(&WORDS.note)
}

/// What stands beside a receipt of which evidence is kept.
pub(super) fn sealed(kept: &Kept) -> String {
    let said = WORDS.sealed.replace("{until}", &last_day(kept.until));
    said.replace("{norm}", &kept.norm)
}

/// The last day on which evidence is kept, as people write it.
pub(crate) fn last_day(until: u64) -> String {
    paper::written(until.saturating_sub(1))
}

/// Is evidence kept for longer than a claim may come? If so, by which norm it may.
pub(crate) fn is_too_long(days: u16, today: jiff::civil::Date) -> Option<&'static str> {
    let limit: jiff::Span = WORDS.limit.parse().ok()?;
    let last = today.checked_add(limit).ok()?;
    let own = today.saturating_add(jiff::Span::new().days(i32::from(days)));
    (own > last).then_some(&WORDS.limit_source)
}

fn keeps(order: &Order) -> bool {
    order.receipts.iter().any(|target| target.kept.is_some())
}

#[cfg(test)]
mod tests {
    use raspiska_shared::receipt::State;

    use super::*;

    fn rules(rules: &[(&str, u16, &str)]) -> BTreeMap<PurposeId, EvidenceRule> {
        let rule = |(id, days, norm): &(&str, u16, &str)| {
            let (days, norm) = (*days, (*norm).to_owned());
            (id.parse().unwrap(), EvidenceRule { days, norm })
        };
        rules.iter().map(rule).collect()
    }

    fn given(purposes: &[&str]) -> Vec<Decision> {
        let decision = |id: &&str| Decision {
            purpose: id.parse().unwrap(),
            state: State::Given,
        };
        purposes.iter().map(decision).collect()
    }

    fn reason(id: &str) -> &'static Reason {
        let mut reasons = ORDER_179.reasons.iter();
        reasons.find(|reason| reason.id == id).unwrap()
    }

    #[test]
    fn the_words_are_read_and_name_reasons_that_there_are() {
        let words: Words = toml::from_str(TEXT).unwrap();
        assert!(words.limit_source.contains('['));
        assert!(words.sealed.contains("{until}") && words.sealed.contains("{norm}"));
        assert!(!words.full.is_empty());
        assert!(words.full.iter().all(|id| reason(id).id == *id));
    }

    #[test]
    fn the_longest_term_counts_and_ends_with_a_day_in_moscow() {
        let rules = rules(&[("a", 1, "short"), ("b", 10, "long")]);
        // 2026-12-31T21:30Z is 2027 in Moscow.
        let time = 1_798_752_600_000;
        let kept = |purposes: &[&str], why| kept(&rules, &given(purposes), reason(why), time);
        let both = kept(&["a", "b", "c"], "withdrawal").unwrap();
        assert_eq!(
            (both.norm.as_str(), last_day(both.until)),
            ("long", "11.01.2027".to_owned())
        );
        assert_eq!(local(both.until).to_string(), "2027-01-12T00:00:00");
        assert_eq!(
            last_day(kept(&["a"], "withdrawal").unwrap().until),
            "02.01.2027"
        );
        assert_eq!(kept(&["c"], "withdrawal"), None);
        assert_eq!(kept(&["a"], "unlawful"), None);
    }

    #[test]
    fn three_years_are_not_too_long() {
        let today: jiff::civil::Date = "2025-01-01".parse().unwrap();
        assert_eq!(is_too_long(3 * 365, today), None);
        assert!(is_too_long(3 * 365 + 1, today).is_some_and(|norm| norm.contains("196")));
    }
}
