//! The fold: what a subject's receipts, one after the other, amount to.

use raspiska_shared::{
    digest::Digest,
    purpose::PurposeId,
    receipt::{Decision, Draft, Method, Payload, Receipt, ReceiptError, State, sign},
    status::Standing,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::actors::{acme, alice, contact, cookies, decision, statement, withdrawal};

fn id(text: &str) -> PurposeId {
    text.parse().unwrap()
}

fn payload(draft: Draft) -> (Payload, Digest) {
    let key = if draft.of.is_some() { acme() } else { alice() };
    let signed = sign(draft, &key).unwrap();
    let receipt = Receipt::open(signed.text.as_bytes()).unwrap();
    (receipt.payload().clone(), signed.hash)
}

fn decided(decisions: &[(&str, State)]) -> (Payload, Digest) {
    let decisions: Vec<Decision> = decisions
        .iter()
        .map(|(purpose, state)| decision(purpose, *state))
        .collect();
    payload(Draft {
        decisions,
        ..cookies()
    })
}

fn fold(receipts: &[(Payload, Digest)]) -> Standing {
    let mut standing = Standing::default();
    for (payload, hash) in receipts {
        standing.apply(payload, *hash);
    }
    standing
}

#[test]
fn no_receipt_is_no_consent() {
    let standing = Standing::default();
    assert_eq!(standing.state(&id("contact")), None);
    assert!(!standing.allows(&id("contact")));
}

#[test]
fn the_last_decision_holds_and_names_its_receipt() {
    let (given, hash) = payload(contact());
    let standing = fold(&[(given.clone(), hash)]);
    let held = standing.held(&id("contact")).unwrap();
    assert_eq!(
        (held.state, held.receipt, held.since),
        (State::Given, hash, given.iat)
    );
    assert!(standing.allows(&id("contact")));
    let standing = fold(&[(given, hash), payload(withdrawal())]);
    assert_eq!(standing.state(&id("contact")), Some(State::Withdrawn));
    assert!(!standing.allows(&id("contact")));
}

#[test]
fn a_service_follows_its_category_unless_it_was_decided_itself() {
    let given = [decided(&[("analytics", State::Given)])];
    assert!(fold(&given).allows(&id("analytics/counter")));
    let but = [
        decided(&[("analytics", State::Given)]),
        decided(&[("analytics/counter", State::Refused)]),
    ];
    assert!(fold(&but).allows(&id("analytics")));
    assert!(!fold(&but).allows(&id("analytics/counter")));
    assert!(fold(&but).allows(&id("analytics/pixel")));
}

#[test]
fn a_decision_about_a_category_takes_its_services_with_it() {
    let standing = fold(&[
        decided(&[
            ("analytics", State::Refused),
            ("analytics/counter", State::Given),
        ]),
        decided(&[("analytics", State::Withdrawn)]),
    ]);
    assert_eq!(
        standing.state(&id("analytics/counter")),
        Some(State::Withdrawn)
    );
    let standing = fold(&[
        decided(&[
            ("analytics", State::Given),
            ("analytics/counter", State::Refused),
        ]),
        decided(&[("analytics", State::Given)]),
    ]);
    assert!(standing.allows(&id("analytics/counter")));
}

#[test]
fn a_receipt_may_except_a_service_from_its_category_in_either_order() {
    for decisions in [
        [
            ("analytics", State::Given),
            ("analytics/counter", State::Refused),
        ],
        [
            ("analytics/counter", State::Refused),
            ("analytics", State::Given),
        ],
    ] {
        let standing = fold(&[decided(&decisions)]);
        assert!(standing.allows(&id("analytics")));
        assert!(!standing.allows(&id("analytics/counter")));
    }
}

#[test]
fn a_category_does_not_touch_purposes_that_begin_alike() {
    let standing = fold(&[
        decided(&[
            ("analytics-plus", State::Given),
            ("analytics-plus/x", State::Given),
        ]),
        decided(&[("analytics", State::Refused)]),
    ]);
    assert!(standing.allows(&id("analytics-plus")));
    assert!(standing.allows(&id("analytics-plus/x")));
}

#[test]
fn only_what_is_given_can_be_withdrawn() {
    let (withdrawal, hash) = payload(withdrawal());
    let refused = Err(ReceiptError::Withdrawal(id("contact")));
    assert_eq!(Standing::default().check_withdrawals(&withdrawal), refused);
    let mut standing = fold(&[payload(contact())]);
    assert_eq!(standing.check_withdrawals(&withdrawal), Ok(()));
    standing.apply(&withdrawal, hash);
    assert_eq!(standing.check_withdrawals(&withdrawal), refused);
    // Giving and refusing need nothing before.
    assert_eq!(
        Standing::default().check_withdrawals(&payload(contact()).0),
        Ok(())
    );
}

#[test]
fn a_withdrawal_of_a_service_refers_to_its_category() {
    let (service, _) = decided(&[("analytics/counter", State::Withdrawn)]);
    let standing = fold(&[decided(&[("analytics", State::Given)])]);
    assert_eq!(standing.check_withdrawals(&service), Ok(()));
}

#[test]
fn a_statement_of_the_operator_ends_a_consent_like_a_withdrawal() {
    let (given, hash) = payload(contact());
    let standing = fold(&[(given, hash), payload(statement(hash))]);
    assert_eq!(standing.state(&id("contact")), Some(State::Withdrawn));
}

#[test]
fn an_erasure_ends_what_its_own_receipt_gave_and_nothing_else() {
    let erasure = |of| {
        let mut draft = statement(of);
        draft.event.method = Method::Erasure;
        payload(draft)
    };
    let (given, first) = payload(contact());
    let alone = fold(&[(given.clone(), first), erasure(first)]);
    assert_eq!(alone.state(&id("contact")), Some(State::Withdrawn));

    // Given again since then, by a receipt whose values stay.
    let (again, second) = payload(Draft {
        iat: given.iat + 60,
        ..contact()
    });
    let twice = fold(&[(given.clone(), first), (again, second), erasure(first)]);
    let held = twice.held(&id("contact")).unwrap();
    assert_eq!((held.state, held.receipt), (State::Given, second));

    // Withdrawn long ago: it can be erased all the same, and the withdrawal goes on to be what ended it.
    let (withdrawal, by) = payload(withdrawal());
    let mut gone = fold(&[(given, first), (withdrawal, by)]);
    let (statement, hash) = erasure(first);
    assert_eq!(gone.check_withdrawals(&statement), Ok(()));
    gone.apply(&statement, hash);
    let held = gone.held(&id("contact")).unwrap();
    assert_eq!((held.state, held.receipt), (State::Withdrawn, by));
}
