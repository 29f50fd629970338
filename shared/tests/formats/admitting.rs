//! Admission, with the exact fault where the vectors know the kind.

use raspiska_shared::{
    digest::Digest,
    lang::{Lang, Localized},
    problem::Kind,
    purpose::SubjectCategory,
    receipt::{
        Actor, Disclosure, DisclosureFault, Draft, MIN_SALT_LEN, Moment, PurposeFault, Receipt,
        ReceiptError, State, admit, sign,
    },
    site::{AgeRule, FieldKind, Site},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::actors::{
    ADVERTISING, CONTACT_OLD, DAY, NOW, SIGNED, acme, alice, contact, cookies, decision, notice,
    policy_old, site, statement, withdrawal,
};

fn admit_at(draft: Draft, site: &Site, now: u64, day: &str) -> Result<(), ReceiptError> {
    let receipt = Receipt::open(sign(draft, &alice()).unwrap().text.as_bytes()).unwrap();
    admit(
        &receipt,
        site,
        &Moment {
            now,
            signed_on: day,
        },
    )
}

fn admit_here(draft: Draft) -> Result<(), ReceiptError> {
    admit_at(draft, &site(), NOW, DAY)
}

fn purpose_fault(draft: Draft) -> PurposeFault {
    match admit_here(draft) {
        Err(ReceiptError::Purpose(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_clock_may_differ_by_a_day_ahead_and_thirty_days_behind_to_the_second() {
    let at = |now| admit_at(contact(), &site(), now, DAY);
    let (day, month) = (24 * 60 * 60, 30 * 24 * 60 * 60);
    assert_eq!(at(SIGNED - day), Ok(()));
    assert_eq!(at(SIGNED - day - 1), Err(ReceiptError::ClockAhead));
    assert_eq!(at(SIGNED + month), Ok(()));
    assert_eq!(at(SIGNED + month + 1), Err(ReceiptError::ClockBehind));
    assert_eq!(at(0), Err(ReceiptError::ClockAhead));
    assert_eq!(at(u64::MAX), Err(ReceiptError::ClockBehind));
}

#[test]
fn documents_are_in_force_from_their_first_day_until_the_day_before_the_next() {
    let on = |day| admit_at(contact(), &site(), NOW, day);
    assert_eq!(on("2025-01-01"), Ok(()));
    assert_eq!(on("2025-12-31"), Ok(()));
    assert_eq!(on("2024-12-31"), Err(ReceiptError::NoticeNotCurrent));
    assert_eq!(on("2026-01-01"), Err(ReceiptError::NoticeNotCurrent));
    let old = || Draft {
        notice: notice("contact", Lang::Ru, CONTACT_OLD),
        policy: policy_old(),
        ..contact()
    };
    assert_eq!(admit_at(old(), &site(), NOW, "2024-12-31"), Ok(()));
    assert_eq!(
        admit_at(old(), &site(), NOW, "2023-12-31"),
        Err(ReceiptError::NoticeNotCurrent)
    );
    let mut mixed = old();
    mixed.notice = contact().notice;
    assert_eq!(admit_here(mixed), Err(ReceiptError::PolicyNotCurrent));
}

#[test]
fn a_text_may_come_into_force_a_second_time() {
    let mut site = site();
    let mut again = site.notices[0].clone();
    again.since = "2025-06-01".to_owned();
    again.until = None;
    site.notices.push(again);
    let mut draft = contact();
    draft.notice = notice("contact", Lang::Ru, CONTACT_OLD);
    assert_eq!(admit_at(draft, &site, NOW, DAY), Ok(()));
}

#[test]
fn each_purpose_has_to_fit_the_notice_and_the_policy() {
    let decided = |purposes: &[&str]| Draft {
        decisions: purposes
            .iter()
            .map(|purpose| decision(purpose, State::Given))
            .collect(),
        ..contact()
    };
    let id = |text: &str| text.parse().unwrap();
    assert_eq!(
        purpose_fault(decided(&["contact", "telepathy"])),
        PurposeFault::Unknown(id("telepathy"))
    );
    assert_eq!(
        purpose_fault(decided(&["contact", "advertising"])),
        PurposeFault::NotOfNotice(id("advertising"))
    );
    assert_eq!(
        purpose_fault(decided(&["contact", "contact/pigeon"])),
        PurposeFault::Unknown(id("contact/pigeon"))
    );
    let mut candidate = contact();
    candidate.category = SubjectCategory::Candidate;
    assert_eq!(
        purpose_fault(candidate),
        PurposeFault::Category(id("contact"))
    );
    let mut only_service = cookies();
    only_service.decisions = vec![decision("analytics/counter", State::Given)];
    assert_eq!(
        purpose_fault(only_service),
        PurposeFault::Undecided(id("analytics"))
    );
}

#[test]
fn what_rests_on_a_contract_is_never_consented_to() {
    let mut site = site();
    for purpose in &mut site.purposes {
        purpose.basis = raspiska_shared::purpose::LegalBasis::Contract;
    }
    assert_eq!(
        admit_at(contact(), &site, NOW, DAY),
        Err(ReceiptError::Purpose(PurposeFault::NotConsent(
            "contact".parse().unwrap()
        )))
    );
}

#[test]
fn a_withdrawal_outlives_notice_edition_and_purpose() {
    let old = Draft {
        notice: notice("contact", Lang::Ru, CONTACT_OLD),
        policy: policy_old(),
        ..withdrawal()
    };
    assert_eq!(admit_here(old.clone()), Ok(()));
    let mut later = site();
    later
        .purposes
        .retain(|purpose| purpose.id.as_str() != "contact");
    assert_eq!(admit_at(old.clone(), &later, NOW, DAY), Ok(()));
    let mut elsewhere = old.clone();
    elsewhere.decisions = vec![decision("advertising", State::Withdrawn)];
    assert_eq!(
        admit_here(elsewhere),
        Err(ReceiptError::Purpose(PurposeFault::NotOfNotice(
            "advertising".parse().unwrap()
        )))
    );
    let mut never = old;
    never.notice.sha256 = Digest::of(ADVERTISING.as_bytes());
    assert_eq!(admit_here(never), Err(ReceiptError::NoticeUnknown));
}

#[test]
fn a_statement_of_the_operator_fits_the_receipt_that_it_concerns() {
    let of = sign(contact(), &alice()).unwrap().hash;
    let text = sign(statement(of), &acme()).unwrap().text;
    let receipt = Receipt::open(text.as_bytes()).unwrap();
    let moment = Moment {
        now: NOW,
        signed_on: DAY,
    };
    assert_eq!(admit(&receipt, &site(), &moment), Ok(()));
    assert_eq!(receipt.payload().of, Some(of));
}

/// The contact form, which asks how old somebody is; its options are two, and a representative signs for the first.
fn asks_for_age() -> Site {
    let text = |text: &str| Localized::new([(Lang::Ru, String::from(text))].into());
    let mut site = site();
    let form = site
        .forms
        .iter_mut()
        .find(|form| form.notice == "contact")
        .unwrap();
    let mut age = form.fields[0].clone();
    age.id = String::from("age");
    age.kind = FieldKind::Choice;
    age.options = vec![text("до 18"), text("от 18")];
    age.age = Some(AgeRule {
        represented: vec![text("до 18")],
        norm: String::from("152-ФЗ, ст. 9(6)"),
    });
    let mut name = form.fields[0].clone();
    name.id = String::from("representative");
    name.required = true;
    name.of_representative = true;
    form.fields.extend([age, name]);
    site
}

#[test]
fn whoever_has_to_sign_at_an_age_has_signed() {
    let site = asks_for_age();
    let told = |by: Actor, values: &[(&str, &str)]| {
        let mut draft = contact();
        draft.event.by = by;
        for (salt, (name, value)) in (0_u8..).zip(values) {
            let value = Disclosure::new([salt; MIN_SALT_LEN], name, value);
            draft.disclosures.push(value);
        }
        match admit_at(draft, &site, NOW, DAY) {
            Err(ReceiptError::Disclosure(fault)) => Some(fault),
            other => {
                assert_eq!(other, Ok(()));
                None
            }
        }
    };
    use DisclosureFault::{Age, Representative as NotTheirs};
    let (child, adult, named) = (
        ("age", "до 18"),
        ("age", "от 18"),
        ("representative", "Ольга"),
    );
    assert_eq!(told(Actor::Subject, &[adult]), None);
    assert_eq!(told(Actor::Representative, &[child, named]), None);
    assert_eq!(told(Actor::Subject, &[]), Some(Age));
    assert_eq!(told(Actor::Subject, &[("age", "сорок")]), Some(Age));
    assert_eq!(told(Actor::Subject, &[child]), Some(NotTheirs));
    assert_eq!(told(Actor::Subject, &[child, named]), Some(NotTheirs));
    assert_eq!(told(Actor::Representative, &[child]), Some(NotTheirs));
    let blank = ("representative", " ");
    assert_eq!(
        told(Actor::Representative, &[child, blank]),
        Some(NotTheirs)
    );
    assert_eq!(told(Actor::Representative, &[adult]), Some(NotTheirs));
    assert_eq!(told(Actor::Subject, &[adult, named]), Some(NotTheirs));
    assert_eq!(Kind::Disclosure.status(), 422);

    let refuses = Draft {
        decisions: vec![decision("contact", State::Refused)],
        disclosures: Vec::new(),
        withdrawal: None,
        ..contact()
    };
    assert_eq!(
        admit_at(refuses, &site, NOW, DAY),
        Ok(()),
        "who gives nothing tells nothing"
    );
}
