//! Project Wycheproof's Ed25519 set, through the two calls that open a receipt or a note: the key, then the strict check.

use ed25519_dalek::{Signature, VerifyingKey};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use wycheproof::{
    TestResult,
    eddsa::{TestName, TestSet},
};

fn verifies(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let Some(key) = <&[u8; 32]>::try_from(key)
        .ok()
        .and_then(|key| VerifyingKey::from_bytes(key).ok())
    else {
        return false;
    };
    Signature::from_slice(signature)
        .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
}

#[test]
fn valid_signatures_verify_and_invalid_ones_do_not() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let mut met = 0;
    for group in set.test_groups {
        for test in group.tests {
            // No case is left out: the strict check is stricter than the set only for keys of small order, which it has none of.
            let expected = match test.result {
                TestResult::Valid => true,
                TestResult::Invalid => false,
                TestResult::Acceptable => panic!("case {} wants a decision", test.tc_id),
            };
            assert_eq!(
                verifies(&group.key.pk, &test.msg, &test.sig),
                expected,
                "case {}: {}",
                test.tc_id,
                test.comment
            );
            met += 1;
        }
    }
    assert_eq!(met, set.number_of_tests);
}
