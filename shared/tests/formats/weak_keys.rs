//! Keys of small order: one signature fits many messages, and verifiers disagree about them. None signs a receipt.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use raspiska_shared::{
    problem::Kind,
    receipt::{Receipt, thumbprint},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::{
    actors::{alice, contact},
    forge::{Parts, encode},
};

/// The y-coordinates of the eight points of small order; p - 1, p and p + 1 are second spellings or -1, 0 and 1.
const SMALL: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// Every encoding: each y with either sign of x.
fn encodings() -> impl Iterator<Item = [u8; 32]> {
    SMALL.iter().flat_map(|hex| {
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
        }
        let mut other = bytes;
        other[31] ^= 0x80;
        [bytes, other]
    })
}

#[test]
fn no_key_of_small_order_signs_a_receipt() {
    // R neutral and s = 0 fit when the challenge is a multiple of the key's order: one message in eight at most.
    let mut forged = [0; 64];
    forged[0] = 1;
    let signature = Signature::from_bytes(&forged);
    let alice_key = alice().verifying_key();
    let mut tried = 0;
    for bytes in encodings() {
        let Ok(key) = VerifyingKey::from_bytes(&bytes) else {
            continue;
        };
        let parts = Parts::of(contact(), &alice())
            .header(
                &Base64UrlUnpadded::encode_string(alice_key.as_bytes()),
                &Base64UrlUnpadded::encode_string(&bytes),
            )
            .payload(
                &thumbprint(&alice_key).0.to_string(),
                &thumbprint(&key).0.to_string(),
            );
        let forgery = (0..400).find_map(|second| {
            let parts = parts.clone().payload(
                "\"iat\":1760000000",
                &format!("\"iat\":{}", 1_760_000_000 + second),
            );
            let signed = format!("{}.{}", encode(&parts.header), encode(&parts.payload));
            key.verify(signed.as_bytes(), &signature).ok()?;
            Some(parts.seal(&signed, &forged))
        });
        let Some(forgery) = forgery else { continue };
        let refused = Receipt::open(forgery.as_bytes()).map_err(|error| error.kind());
        assert_eq!(refused.map(drop), Err(Kind::Signature), "{bytes:?}");
        tried += 1;
    }
    // A lenient verifier takes a forgery for every one of them.
    assert!(tried >= 8, "{tried}");
}
