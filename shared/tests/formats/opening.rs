//! Receipts: what is signed opens again, and nothing else does.

use raspiska_shared::{
    digest::Digest,
    receipt::{
        Disclosure, DisclosureFault, FormFault, HeaderFault, MAX_DISCLOSURES, PayloadFault,
        Receipt, ReceiptError, Uuid, sign, thumbprint,
    },
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::{
    actors::{alice, bob, contact, cookies, value},
    forge::Parts,
};

#[test]
fn what_is_signed_opens_as_it_was_meant() {
    let draft = contact();
    let signed = sign(draft.clone(), &alice()).unwrap();
    let receipt = Receipt::open(signed.text.as_bytes()).unwrap();
    let payload = receipt.payload();
    assert_eq!(receipt.hash(), signed.hash);
    assert_eq!(receipt.hash(), Digest::of(receipt.token().as_bytes()));
    assert_eq!(*receipt.key(), alice().verifying_key());
    assert_eq!(payload.sub, thumbprint(&alice().verifying_key()));
    assert_eq!(receipt.disclosures(), draft.disclosures);
    assert!(receipt.shows_all());
    assert_eq!(
        (payload.jti, payload.iat, &payload.aud, payload.category),
        (draft.jti, draft.iat, &draft.aud, draft.category)
    );
    assert_eq!(
        (&payload.policy, &payload.notice),
        (&draft.policy, &draft.notice)
    );
    assert_eq!(
        (&payload.decisions, &payload.event),
        (&draft.decisions, &draft.event)
    );
    assert_eq!(
        (
            payload.prev,
            payload.of,
            payload.withdrawal,
            &payload.client
        ),
        (draft.prev, draft.of, draft.withdrawal, &draft.client)
    );
}

#[test]
fn an_erasure_changes_neither_hash_nor_signature() {
    let signed = sign(contact(), &alice()).unwrap();
    let receipt = Receipt::open(signed.text.as_bytes()).unwrap();
    let erased = Receipt::open(format!("{}~", receipt.token()).as_bytes()).unwrap();
    assert_eq!(erased.hash(), signed.hash);
    assert!(erased.disclosures().is_empty());
    assert!(!erased.shows_all());
}

#[test]
fn the_order_of_digests_does_not_tell_the_fields() {
    let mut backwards = contact();
    backwards.disclosures.reverse();
    let digests = |draft| {
        Receipt::open(sign(draft, &alice()).unwrap().text.as_bytes())
            .unwrap()
            .payload()
            .sd
            .clone()
    };
    assert_eq!(digests(contact()), digests(backwards));
}

#[test]
fn a_value_never_stands_in_debug_output() {
    let receipt = Receipt::open(sign(contact(), &alice()).unwrap().text.as_bytes()).unwrap();
    assert!(!format!("{receipt:?}").contains("Алиса"));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let mut draft = contact();
    draft.disclosures.truncate(1);
    let text = sign(draft, &alice()).unwrap().text.into_bytes();
    let bits = (0..text.len()).flat_map(|byte| (0..8).map(move |bit| (byte, 1 << bit)));
    // A signature costs a tenth of a millisecond: every third bit is enough to meet every byte.
    for (byte, mask) in bits.step_by(3) {
        let mut changed = text.clone();
        changed[byte] ^= mask;
        assert!(Receipt::open(&changed).is_err(), "byte {byte}, mask {mask}");
    }
}

#[test]
fn a_draft_that_breaks_a_rule_is_not_signed() {
    let disclosing = |disclosures: Vec<Disclosure>| {
        let mut draft = contact();
        draft.disclosures = disclosures;
        sign(draft, &alice()).unwrap_err()
    };
    let named = |name| disclosing(vec![value(1, name, "")]);
    let name = ReceiptError::Disclosure(DisclosureFault::Name);
    for reserved in ["_sd", "...", "iat", "_sd_alg"] {
        assert_eq!(named(reserved), name, "{reserved}");
    }
    assert_eq!(disclosing(vec![value(1, "a", ""), value(2, "a", "")]), name);
    assert_eq!(
        disclosing(vec![value(1, "a", ""), value(1, "a", "")]),
        ReceiptError::Disclosure(DisclosureFault::ReferencedTwice)
    );
    let many = (0..=MAX_DISCLOSURES)
        .map(|n| Disclosure::new([u8::try_from(n).unwrap(); 16], &format!("f{n}"), ""));
    assert_eq!(
        disclosing(many.collect()),
        ReceiptError::Form(FormFault::TooManyDisclosures)
    );
    assert_eq!(
        disclosing(vec![value(1, "a", &"x".repeat(32 * 1024))]),
        ReceiptError::TooLarge
    );
    let mut undecided = cookies();
    undecided.decisions.clear();
    assert_eq!(
        sign(undecided, &alice()),
        Err(ReceiptError::Payload(PayloadFault::DecisionCount))
    );
}

#[test]
fn no_member_of_the_payload_can_be_hidden_by_a_value() {
    // The names that a signer knows are the names that it writes.
    let mut full = contact();
    full.prev = Some(Digest::of(b""));
    let payload: serde_json::Value =
        serde_json::from_str(&Parts::of(full, &alice()).payload).unwrap();
    for name in payload.as_object().unwrap().keys() {
        let mut draft = contact();
        draft.disclosures = vec![value(1, name, "")];
        assert_eq!(
            sign(draft, &alice()),
            Err(ReceiptError::Disclosure(DisclosureFault::Name)),
            "{name}"
        );
    }
}

#[test]
fn the_first_failure_in_the_order_of_the_contract_is_the_one_that_is_told() {
    let open = |text: String| Receipt::open(text.as_bytes()).unwrap_err();
    let good = || Parts::of(contact(), &alice());
    // Each keeps the faults of those below it.
    let mut parts = good();
    parts.disclosures.push("!".to_owned());
    assert_eq!(
        open(parts.sign(&alice())),
        ReceiptError::Disclosure(DisclosureFault::Encoding)
    );
    let thumbprint =
        |key: &ed25519_dalek::SigningKey| thumbprint(&key.verifying_key()).0.to_string();
    let parts = parts.payload(&thumbprint(&alice()), &thumbprint(&bob()));
    assert_eq!(open(parts.sign(&alice())), ReceiptError::Subject);
    let parts = parts.payload("urn:raspiska:receipt:1", "urn:raspiska:receipt:0");
    assert_eq!(
        open(parts.sign(&alice())),
        ReceiptError::Payload(PayloadFault::Schema)
    );
    assert_eq!(open(parts.sign(&bob())), ReceiptError::Signature);
    let parts = parts.header("EdDSA", "none");
    assert_eq!(
        open(parts.sign(&bob())),
        ReceiptError::Header(HeaderFault::Algorithm)
    );
    assert_eq!(
        open(parts.sign(&bob()).replace('~', "")),
        ReceiptError::Form(FormFault::Tilde)
    );
    assert_eq!(
        open(parts.sign(&bob()) + &"~".repeat(40_000)),
        ReceiptError::TooLarge
    );
}

#[test]
fn ids_sort_by_their_time() {
    let early = Uuid::v7(1_760_000_000_000, [0xff; 10]);
    let late = Uuid::v7(1_760_000_000_001, [0; 10]);
    assert!(early < late);
    assert!(early.to_string() < late.to_string());
}
