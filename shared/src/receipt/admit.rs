//! Admission: does a receipt that holds in itself fit one site's documents and a clock?

use super::{
    error::{DisclosureFault, PurposeFault, ReceiptError},
    open::Receipt,
    payload::{Actor, Payload, State},
};
use crate::{
    attachment::Attachment,
    notice::Notice,
    purpose::{LegalBasis, PurposeId},
    site::{Field, FieldKind, Site},
};

/// How far a device's clock may be ahead of the server's, in seconds.
const MAX_AHEAD: u64 = 24 * 60 * 60;

/// How late the outbox may deliver, in seconds.
const MAX_BEHIND: u64 = 30 * 24 * 60 * 60;

/// The server's moment, and the day on which the receipt says it was signed.
#[derive(Clone, Debug)]
pub struct Moment<'a> {
    /// UNIX seconds by the server's clock.
    pub now: u64,
    /// The calendar day of `iat` where the operator is, `YYYY-MM-DD`.
    pub signed_on: &'a str,
}

/// Checks in the order of the contract: audience, clock, notice and policy, purposes; then that only values are sent that
/// the notice's form asks for.
///
/// That a withdrawal refers to something given depends on the subject's other receipts: [`crate::status`].
///
/// # Errors
/// The first of these that fails.
pub fn admit(receipt: &Receipt, site: &Site, moment: &Moment<'_>) -> Result<(), ReceiptError> {
    let payload = receipt.payload();
    // Values that were signed but not sent could never be shown to the person again.
    if !receipt.shows_all() {
        return Err(ReceiptError::Disclosure(DisclosureFault::Missing));
    }
    if payload.aud != site.audience {
        return Err(ReceiptError::Audience);
    }
    if payload.iat > moment.now.saturating_add(MAX_AHEAD) {
        return Err(ReceiptError::ClockAhead);
    }
    if payload.iat < moment.now.saturating_sub(MAX_BEHIND) {
        return Err(ReceiptError::ClockBehind);
    }
    let notice = find_notice(payload, site, moment.signed_on)?;
    find_policy(payload, site, moment.signed_on)?;
    check_purposes(payload, site, notice).map_err(ReceiptError::Purpose)?;
    check_values(receipt, site, notice).map_err(ReceiptError::Disclosure)
}

/// A person may withdraw what a replaced notice asked for, so for withdrawals the notice need not be in force.
fn find_notice<'a>(
    payload: &Payload,
    site: &'a Site,
    day: &str,
) -> Result<&'a Notice, ReceiptError> {
    let named = &payload.notice;
    // The same text may come into force a second time.
    let mut known = site
        .notices
        .iter()
        .filter(|notice| {
            notice.sha256 == named.sha256 && notice.id == named.id && notice.lang == named.lang
        })
        .peekable();
    let any = *known.peek().ok_or(ReceiptError::NoticeUnknown)?;
    let in_force = known.find(|notice| {
        notice.since.as_str() <= day && notice.until.as_deref().is_none_or(|until| day < until)
    });
    match in_force {
        Some(notice) => Ok(notice),
        None if payload.only_withdraws() => Ok(any),
        None => Err(ReceiptError::NoticeNotCurrent),
    }
}

fn find_policy(payload: &Payload, site: &Site, day: &str) -> Result<(), ReceiptError> {
    let named = &payload.policy;
    if !site
        .editions
        .iter()
        .any(|edition| edition.edition == named.edition && edition.sha256 == named.sha256)
    {
        return Err(ReceiptError::PolicyUnknown);
    }
    let in_force = site
        .editions
        .iter()
        .filter(|edition| edition.effective.as_str() <= day)
        .max_by(|a, b| a.effective.cmp(&b.effective));
    if payload.only_withdraws() || in_force.is_some_and(|edition| edition.edition == named.edition)
    {
        Ok(())
    } else {
        Err(ReceiptError::PolicyNotCurrent)
    }
}

fn check_purposes(payload: &Payload, site: &Site, notice: &Notice) -> Result<(), PurposeFault> {
    for decision in &payload.decisions {
        let id = &decision.purpose;
        let category = id.category().unwrap_or(id.as_str());
        let purpose = site
            .purposes
            .iter()
            .find(|purpose| purpose.id.as_str() == category)
            .filter(|_| known(site, id));
        // What an earlier edition asked for may be withdrawn after the policy has dropped it.
        if purpose.is_none() && !payload.only_withdraws() {
            return Err(PurposeFault::Unknown(id.clone()));
        }
        if !notice.covers(id) {
            return Err(PurposeFault::NotOfNotice(id.clone()));
        }
        let Some(purpose) = purpose else { continue };
        if purpose.basis != LegalBasis::Consent {
            return Err(PurposeFault::NotConsent(id.clone()));
        }
        // The operator's statement takes the category of the receipt that it concerns.
        if purpose.category != payload.category && payload.event.by != Actor::Operator {
            return Err(PurposeFault::Category(id.clone()));
        }
    }
    if !payload.only_withdraws() {
        for required in notice.purposes.iter().filter(|purpose| purpose.required) {
            if !payload
                .decisions
                .iter()
                .any(|decision| decision.purpose == required.id)
            {
                return Err(PurposeFault::Undecided(required.id.clone()));
            }
        }
    }
    Ok(())
}

/// Nobody may fill the vault with what no form asks for, and who gives no consent hands over no data.
fn check_values(receipt: &Receipt, site: &Site, notice: &Notice) -> Result<(), DisclosureFault> {
    let gives = receipt
        .payload()
        .decisions
        .iter()
        .any(|decision| decision.state == State::Given);
    for value in receipt.disclosures() {
        let field = asked(site, &notice.id)
            .find(|field| field.id == value.name())
            .filter(|_| gives)
            .ok_or(DisclosureFault::NotAsked)?;
        if value.value().chars().count() > usize::from(field.max) {
            return Err(DisclosureFault::TooLong);
        }
        if field.kind == FieldKind::File && !tells_of_a_file(field, value.value()) {
            return Err(DisclosureFault::File);
        }
    }
    if gives {
        check_signer(receipt, site, notice)?;
    }
    Ok(())
}

/// Where a form asks how old somebody is, its answer says who signs (152-ФЗ, art. 9(6)): whatever the page did, no consent of a
/// child is taken from the child.
fn check_signer(receipt: &Receipt, site: &Site, notice: &Notice) -> Result<(), DisclosureFault> {
    let told = |field: &Field| {
        let mut values = receipt.disclosures().iter();
        values.find(|value| value.name() == field.id)
    };
    for field in asked(site, &notice.id) {
        let Some(age) = &field.age else { continue };
        let chosen = told(field).ok_or(DisclosureFault::Age)?.value();
        if !field.options.iter().any(|option| option.says(chosen)) {
            return Err(DisclosureFault::Age);
        }
        let represented = age.represents(chosen);
        let signed = receipt.payload().event.by == Actor::Representative;
        let fits = |own: &Field| {
            let there = told(own).is_some_and(|value| !value.value().trim().is_empty());
            !own.of_representative
                || if represented {
                    there || !own.required
                } else {
                    !there
                }
        };
        if signed != represented || !asked(site, &notice.id).all(fits) {
            return Err(DisclosureFault::Representative);
        }
    }
    Ok(())
}

/// Nobody commits to a file that would not be taken afterwards.
fn tells_of_a_file(field: &Field, value: &str) -> bool {
    let (Some(rule), Ok(file)) = (&field.file, value.parse::<Attachment>()) else {
        return false;
    };
    file.size <= rule.max_bytes && rule.named(file.extension()).is_some()
}

/// The fields whose values a receipt for this notice may carry.
fn asked<'a>(site: &'a Site, notice: &'a str) -> impl Iterator<Item = &'a Field> {
    site.forms.iter().flat_map(move |form| {
        form.fields.iter().filter(move |field| {
            form.notice == notice || field.also_for.iter().any(|other| other == notice)
        })
    })
}

/// A purpose of the matrix, or a service of a cookie category that the site has.
fn known(site: &Site, id: &PurposeId) -> bool {
    match id.as_str().split_once('/') {
        None => site.purposes.iter().any(|purpose| purpose.id == *id),
        Some((category, service)) => site
            .cookies
            .iter()
            .filter(|own| own.id == category)
            .any(|own| own.services.iter().any(|own| own.id == service)),
    }
}
