//! `receipt/`: receipts that are accepted, and those that are not of the form `header.payload.signature~[disclosure~]*`.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use raspiska_shared::{problem::Kind, receipt::sign};

use crate::{
    actors::{acme, alice, contact, cookies, noted, statement, value},
    forge::{Parts, encode, padded, swap},
    vector::Vector,
};

/// The longest receipt.
const LIMIT: usize = 32 * 1024;

pub(crate) fn vectors() -> Vec<Vector> {
    [accepted(), form()].concat()
}

fn form_text() -> String {
    sign(contact(), &alice()).unwrap().text
}

/// Opens a vector that breaks a rule of this kind.
fn bad(case: &str, kind: Kind, comment: &str, body: impl Into<Vec<u8>>) -> Vector {
    Vector::bad(&format!("receipt/{case}"), kind, comment, body)
}

fn accepted() -> Vec<Vector> {
    let ok = |case: &str, comment: &str, body: String| {
        Vector::ok(&format!("receipt/{case}"), comment, body)
    };
    let parts = Parts::of(contact(), &alice());
    let token = |text: &str| text.split_inclusive('~').next().unwrap().to_owned();
    let statement = statement(sign(contact(), &alice()).unwrap().hash);
    vec![
        ok(
            "contact-form",
            "a form with three values and a withdrawal code",
            form_text(),
        ),
        ok(
            "cookie-choices",
            "no personal data: no disclosures, one tilde",
            sign(cookies(), &alice()).unwrap().text,
        ),
        ok(
            "withdraw-refused",
            "a category is taken back, and one of its services is refused",
            Parts::of(cookies(), &alice())
                .payload("\"method\":\"choices\"", "\"method\":\"withdraw\"")
                .payload(
                    "\"analytics\",\"state\":\"given\"",
                    "\"analytics\",\"state\":\"withdrawn\"",
                )
                .sign(&alice()),
        ),
        ok(
            "operator-statement",
            "the operator states that somebody showed the withdrawal code",
            sign(statement, &acme()).unwrap().text,
        ),
        ok(
            "values-erased",
            "the same receipt without its values",
            token(&form_text()),
        ),
        ok(
            "value-withheld",
            "two of three values shown",
            form_text().split_inclusive('~').take(3).collect(),
        ),
        ok(
            "alg-ed25519",
            "the algorithm under its name of RFC 9864",
            parts
                .clone()
                .header(r#""EdDSA""#, r#""Ed25519""#)
                .sign(&alice()),
        ),
        ok(
            "header-order",
            "the order of a header's members and white space between them are free",
            {
                let x = Base64UrlUnpadded::encode_string(alice().verifying_key().as_bytes());
                let mut parts = parts.clone();
                parts.header = format!(
                    "{{ \"typ\": \"consent-receipt+sd-jwt\",\n \"jwk\": {{ \"kty\": \"OKP\", \"x\": \"{x}\", \"crv\": \"Ed25519\" }}, \"alg\": \"EdDSA\" }}"
                );
                parts.sign(&alice())
            },
        ),
        ok(
            "unknown-members",
            "members that nobody knows are kept and ignored, at the top and below",
            parts
                .clone()
                .payload(r#"{"schema""#, r#"{"x-grease":[null,{"a":-1}],"schema""#)
                .payload(r#""method":"form""#, r#""method":"form","x-grease":true"#)
                .sign(&alice()),
        ),
        ok(
            "payload-escapes",
            "a string may be escaped: the signed bytes count, the meaning is the same",
            parts
                .payload("acme.example\",\"sub", "acme\\u002eexample\",\"sub")
                .sign(&alice()),
        ),
        ok(
            "gate-and-account",
            "what the page did before the decision, and the commitment to the account customer-42 with 16 bytes 0xac as salt",
            sign(noted(), &alice()).unwrap().text,
        ),
        ok("gate-longest", "a gate's note of 2048 bytes, a day long", {
            let mut note = "held counters 1\n".repeat(126);
            note.push_str("held counters/the-last 86400000\n");
            assert_eq!(note.len(), 2048);
            Parts::of(noted(), &alice()).note(&note).sign(&alice())
        }),
        ok("longest", "exactly 32 KiB", of_length(LIMIT)),
    ]
}

/// A receipt of exactly this many bytes.
fn of_length(length: usize) -> String {
    let fill = |count: usize| {
        let mut draft = contact();
        draft.client = None;
        draft.disclosures = vec![value(0xa1, "message", &"x".repeat(count))];
        // Base64 grows in steps; the length of the page makes up for them.
        draft.client = Some(raspiska_shared::receipt::Client {
            page: Some("https://acme.example/".to_owned()),
            ..Default::default()
        });
        Parts::of(draft, &alice())
    };
    let mut count = 23_000;
    loop {
        let parts = fill(count);
        for slack in 0..8 {
            let page = format!("https://acme.example/{}", "x".repeat(slack));
            let text = parts
                .clone()
                .payload("https://acme.example/", &page)
                .sign(&alice());
            if text.len() == length {
                return text;
            }
        }
        count += 1;
    }
}

fn form() -> Vec<Vector> {
    let text = form_text();
    let form = |case: &str, comment: &str, body: String| bad(case, Kind::Form, comment, body);
    let parts = Parts::of(contact(), &alice());
    let (header, payload) = (encode(&parts.header), encode(&parts.payload));
    let token = text.split('~').next().unwrap();
    let signature = Base64UrlUnpadded::decode_vec(token.rsplit('.').next().unwrap()).unwrap();
    let mut many = contact();
    many.disclosures = (0..64)
        .map(|salt| value(salt, &format!("field{salt}"), ""))
        .collect();
    vec![
        bad(
            "too-large",
            Kind::TooLarge,
            "one byte more than 32 KiB",
            of_length(LIMIT + 1),
        ),
        form(
            "tilde-missing",
            "no tilde at all: a JWT and not an SD-JWT",
            token.to_owned(),
        ),
        form(
            "key-binding",
            "something behind the last tilde",
            format!("{text}e30.e30.e30"),
        ),
        form(
            "empty-disclosure",
            "two tildes in a row",
            swap(&text, &format!("{token}~"), &format!("{token}~~")),
        ),
        form(
            "two-parts",
            "no signature part",
            format!("{header}.{payload}~"),
        ),
        form(
            "four-parts",
            "one part too many",
            swap(&text, token, &format!("{token}.e30")),
        ),
        form("empty", "no bytes", String::new()),
        form(
            "line-end",
            "a line feed behind the last tilde",
            format!("{text}\n"),
        ),
        form(
            "signature-short",
            "a signature of 63 bytes",
            parts.seal(&format!("{header}.{payload}"), &signature[..63]),
        ),
        form(
            "base64-padded",
            "the payload's base64url has padding; the signature is over it",
            parts.sign_encoded(&header, &padded(&parts.payload), &alice()),
        ),
        form(
            "base64-loose-bits",
            "the signature's last character has bits that mean nothing",
            loosen(&text, token),
        ),
        form(
            "base64-standard",
            "the other alphabet: + and / for - and _",
            {
                let parts = parts
                    .clone()
                    .payload("{\"schema\"", "{\"x\":\">>>???\",\"schema\"");
                let payload = encode(&parts.payload);
                let other = payload.replace('-', "+").replace('_', "/");
                assert_ne!(payload, other, "nothing to replace");
                parts.sign_encoded(&header, &other, &alice())
            },
        ),
        bad("not-utf8", Kind::Form, "bytes that are not text", {
            let mut bytes = text.clone().into_bytes();
            bytes[5] = 0xff;
            bytes
        }),
        form(
            "too-many-disclosures",
            "65 disclosures",
            Parts::of(many, &alice())
                .disclosing(r#"["gICAgICAgICAgICAgICAgA","field64",""]"#)
                .sign(&alice()),
        ),
    ]
}

/// 64 bytes are 85 characters and two bits of the 86th.
fn loosen(text: &str, token: &str) -> String {
    let last = token.chars().last().unwrap();
    let next = char::from(u8::try_from(last).unwrap() + 1);
    swap(
        text,
        &format!("{token}~"),
        &format!("{}{next}~", &token[..token.len() - 1]),
    )
}
