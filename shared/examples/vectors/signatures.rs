//! `receipt/header-*`, `receipt/signature-*` and `receipt/subject-*`: who signed, and how that is said.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use raspiska_shared::{problem::Kind, receipt::sign};

use crate::{
    actors::{alice, bob, contact},
    forge::{Parts, encode},
    vector::Vector,
};

pub(crate) fn vectors() -> Vec<Vector> {
    [header(), signature()].concat()
}

fn header() -> Vec<Vector> {
    let parts = || Parts::of(contact(), &alice());
    let header = |case: &str, comment: &str, parts: Parts| {
        Vector::bad(
            &format!("receipt/header-{case}"),
            Kind::Header,
            comment,
            parts.sign(&alice()),
        )
    };
    let x = Base64UrlUnpadded::encode_string(alice().verifying_key().as_bytes());
    let private = Base64UrlUnpadded::encode_string(&alice().to_bytes());
    vec![
        header(
            "alg-none",
            "alg none",
            parts().header(r#""EdDSA""#, r#""none""#),
        ),
        header(
            "alg-hs256",
            "an algorithm that would use the public key as a secret",
            parts().header(r#""EdDSA""#, r#""HS256""#),
        ),
        header(
            "alg-missing",
            "no alg",
            parts().header(r#""alg":"EdDSA","#, ""),
        ),
        header(
            "alg-twice",
            "a member stands twice",
            parts().header("{\"alg\"", "{\"alg\":\"none\",\"alg\""),
        ),
        header(
            "crit",
            "crit asks for what this verifier does not do",
            parts().header("{\"alg\"", "{\"crit\":[\"exp\"],\"alg\""),
        ),
        header(
            "jku",
            "a key from elsewhere",
            parts().header("{\"alg\"", "{\"jku\":\"https://acme.example/keys\",\"alg\""),
        ),
        header(
            "kid",
            "any other member",
            parts().header("{\"alg\"", "{\"kid\":\"1\",\"alg\""),
        ),
        header(
            "typ-other",
            "the type of another SD-JWT",
            parts().header("consent-receipt+sd-jwt", "vc+sd-jwt"),
        ),
        header(
            "typ-missing",
            "no typ",
            parts().header(r#","typ":"consent-receipt+sd-jwt""#, ""),
        ),
        header(
            "kty-ec",
            "a key of another type",
            parts().header(r#""OKP""#, r#""EC""#),
        ),
        header(
            "crv-x25519",
            "a key of another curve",
            parts().header(r#""crv":"Ed25519""#, r#""crv":"X25519""#),
        ),
        header(
            "jwk-private",
            "the private key is sent along",
            parts().header(r#""x":"#, &format!(r#""d":"{private}","x":"#)),
        ),
        header(
            "jwk-array",
            "the key as an array",
            parts().header(
                &format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#),
                &format!(r#"["Ed25519","OKP","{x}"]"#),
            ),
        ),
        header(
            "x-short",
            "a key of 31 bytes",
            parts().header(&x, &Base64UrlUnpadded::encode_string(&[1; 31])),
        ),
        header(
            "x-off-curve",
            "32 bytes that are no point of the curve",
            parts().header(&x, &Base64UrlUnpadded::encode_string(&off_curve())),
        ),
        header("not-json", "no JSON", parts().header("{\"alg\"", "\"alg\"")),
    ]
}

/// The smallest y without an x on the curve.
fn off_curve() -> [u8; 32] {
    (0..=u8::MAX)
        .map(|y| {
            let mut bytes = [0; 32];
            bytes[0] = y;
            bytes
        })
        .find(|bytes| ed25519_dalek::VerifyingKey::from_bytes(bytes).is_err())
        .unwrap()
}

fn signature() -> Vec<Vector> {
    let parts = Parts::of(contact(), &alice());
    let text = sign(contact(), &alice()).unwrap().text;
    let (header, payload) = (encode(&parts.header), encode(&parts.payload));
    let token = text.split('~').next().unwrap();
    let signature = Base64UrlUnpadded::decode_vec(token.rsplit('.').next().unwrap()).unwrap();
    let later = parts
        .clone()
        .payload("\"iat\":1760000000", "\"iat\":1760000001");
    let signed = format!("{header}.{payload}");
    let bad = |case: &str, comment: &str, body: String| {
        Vector::bad(
            &format!("receipt/signature-{case}"),
            Kind::Signature,
            comment,
            body,
        )
    };
    // The neutral point as key and as R, with s = 0: it fits every message, unless points of small order are refused.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut forged = [0; 64];
    forged[0] = 1;
    let x = |key: &[u8; 32]| Base64UrlUnpadded::encode_string(key);
    let thumbprint = |key: &[u8; 32]| {
        let key = ed25519_dalek::VerifyingKey::from_bytes(key).unwrap();
        raspiska_shared::receipt::thumbprint(&key).0.to_string()
    };
    let alice_key = alice().verifying_key().to_bytes();
    let weak = parts
        .clone()
        .header(&x(&alice_key), &x(&neutral))
        .payload(&thumbprint(&alice_key), &thumbprint(&neutral));
    vec![
        bad("payload-changed", "one second later than signed", {
            parts.seal(&format!("{header}.{}", encode(&later.payload)), &signature)
        }),
        bad(
            "header-changed",
            "the other name of the algorithm than signed",
            {
                let other = encode(&parts.header.replace("EdDSA", "Ed25519"));
                parts.seal(&format!("{other}.{payload}"), &signature)
            },
        ),
        bad(
            "other-key",
            "signed by another key than the one in the header",
            parts.sign(&bob()),
        ),
        bad("zero", "64 zero bytes", parts.seal(&signed, &[0; 64])),
        bad(
            "s-not-reduced",
            "s + L in place of s: the same equation, other bytes",
            parts.seal(&signed, &plus_order(&signature)),
        ),
        bad(
            "weak-key",
            "a key of small order, which fits any message",
            {
                weak.seal(
                    &format!("{}.{}", encode(&weak.header), encode(&weak.payload)),
                    &forged,
                )
            },
        ),
        Vector::bad(
            "receipt/subject-of-another-key",
            Kind::Subject,
            "sub is the thumbprint of another key",
            parts
                .clone()
                .payload(
                    &thumbprint(&alice_key),
                    &thumbprint(&bob().verifying_key().to_bytes()),
                )
                .sign(&alice()),
        ),
    ]
}

/// Adds the order of the group to a signature's second half. RFC 8032 section 5.1.
fn plus_order(signature: &[u8]) -> Vec<u8> {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut changed = signature.to_vec();
    let mut carry = 0;
    for (byte, order) in changed[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    changed
}
