//! Receipts: as they come in, and, since no input can sign, with the signature made here over what came in.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use raspiska_shared::{
    digest::Digest,
    receipt::{MAX_DISCLOSURES, MAX_LEN, Receipt, State, admit, thumbprint},
};
use serde_json::{Value, json};

use crate::{
    change,
    known::{MOMENT, RECEIPTS, SITE, signers},
    vectors::bodies,
};

/// The bytes that are posted.
pub(crate) fn receipt(data: &[u8]) -> bool {
    let Ok(receipt) = Receipt::open(data) else {
        return false;
    };
    assert!(
        RECEIPTS.contains(&receipt.hash()),
        "accepted, and nobody signed it"
    );
    holds(data, &receipt);
    true
}

pub(crate) fn receipt_seeds() -> Vec<Vec<u8>> {
    bodies(&["receipt", "admit"])
}

/// The payload's JSON, then one line of JSON for each disclosure; signed here.
pub(crate) fn payload(data: &[u8]) -> bool {
    let mut lines = data.split(|byte| *byte == b'\n');
    let payload = lines.next().unwrap_or_default();
    let disclosures: Vec<String> = lines.map(Base64UrlUnpadded::encode_string).collect();
    let key = signer(payload);
    let signed = sign(payload, &disclosures, &key);
    let Ok(receipt) = Receipt::open(signed.as_bytes()) else {
        return false;
    };
    holds(signed.as_bytes(), &receipt);

    // Another reader sees the same members.
    let seen: Value = serde_json::from_slice(payload).expect("what was opened is JSON");
    let own = receipt.payload();
    assert_eq!(seen["schema"], json!(own.schema));
    assert_eq!(seen["jti"], json!(own.jti));
    assert_eq!(seen["iat"], json!(own.iat));
    assert_eq!(seen["aud"], json!(own.aud));
    assert_eq!(seen["sub"], json!(thumbprint(&key.verifying_key())));
    assert_eq!(seen["category"], json!(own.category));
    assert_eq!(seen.get("prev").cloned(), own.prev.map(|it| json!(it)));
    assert_eq!(seen.get("of").cloned(), own.of.map(|it| json!(it)));
    let decisions = seen["decisions"].as_array().expect("an array");
    assert_eq!(decisions.len(), own.decisions.len());
    for (seen, own) in decisions.iter().zip(&own.decisions) {
        assert_eq!(seen["purpose"], json!(own.purpose));
        assert_eq!(seen["state"], json!(own.state));
    }
    for member in ["policy", "notice", "event", "withdrawal", "client"] {
        let own = serde_json::to_value(own).unwrap();
        let own = own.get(member).and_then(Value::as_object);
        let seen = seen.get(member).and_then(Value::as_object);
        assert_eq!(own.is_some(), seen.is_some(), "{member}");
        for (name, value) in own.into_iter().flatten() {
            assert_eq!(seen.and_then(|seen| seen.get(name)), Some(value), "{name}");
        }
    }
    true
}

pub(crate) fn payload_seeds() -> Vec<Vec<u8>> {
    bodies(&["receipt", "admit"])
        .iter()
        .filter_map(|body| {
            let (token, disclosures) = std::str::from_utf8(body).ok()?.split_once('~')?;
            let mut lines = vec![decode(token.split('.').nth(1)?)?];
            lines.extend(disclosures.split('~').filter_map(decode));
            Some(lines.join(&b'\n'))
        })
        .collect()
}

/// A line of JSON for each disclosure of a receipt that refers to all of them; signed here.
pub(crate) fn disclosure(data: &[u8]) -> bool {
    let disclosures: Vec<String> = data
        .split(|byte| *byte == b'\n')
        .map(Base64UrlUnpadded::encode_string)
        .collect();
    let digests = disclosures
        .iter()
        .map(|encoded| Digest::of(encoded.as_bytes()));
    let key = SigningKey::from_bytes(&[1; 32]);
    let payload = contact(&key, &digests.collect::<Vec<_>>());
    let signed = sign(payload.as_bytes(), &disclosures, &key);
    let Ok(receipt) = Receipt::open(signed.as_bytes()) else {
        return false;
    };
    holds(signed.as_bytes(), &receipt);
    assert!(receipt.shows_all());
    assert_eq!(receipt.disclosures().len(), disclosures.len());
    for (at, (own, encoded)) in receipt.disclosures().iter().zip(&disclosures).enumerate() {
        let seen: [String; 3] = serde_json::from_slice(&decode(encoded).unwrap()).unwrap();
        assert_eq!((own.name(), own.value()), (&seen[1][..], &seen[2][..]));
        assert!(decode(&seen[0]).unwrap().len() >= 16, "a short salt");
        let before = &receipt.disclosures()[..at];
        assert!(before.iter().all(|other| other.name() != own.name()));
    }
    true
}

pub(crate) fn disclosure_seeds() -> Vec<Vec<u8>> {
    bodies(&["receipt", "admit"])
        .iter()
        .filter_map(|body| {
            let (_, disclosures) = std::str::from_utf8(body).ok()?.split_once('~')?;
            let lines: Vec<_> = disclosures.split('~').filter_map(decode).collect();
            (!lines.is_empty()).then(|| lines.join(&b'\n'))
        })
        .collect()
}

/// What holds of every receipt that was opened from `bytes`.
fn holds(bytes: &[u8], receipt: &Receipt) {
    assert!(bytes.len() <= MAX_LEN);
    assert!(receipt.disclosures().len() <= MAX_DISCLOSURES);
    assert_eq!(receipt.payload().sub, thumbprint(receipt.key()));
    assert_eq!(receipt.hash(), Digest::of(receipt.token().as_bytes()));

    let mut written = format!("{}~", receipt.token());
    for disclosure in receipt.disclosures() {
        written.push_str(disclosure.encoded());
        written.push('~');
        assert!(receipt.payload().sd.contains(&disclosure.digest()));
        assert!(!format!("{receipt:?}").contains(disclosure.encoded()));
    }
    assert_eq!(written.as_bytes(), bytes, "a byte that nobody read");
    assert_eq!(Receipt::open(bytes).as_ref(), Ok(receipt));

    let erased = Receipt::open(format!("{}~", receipt.token()).as_bytes())
        .expect("an erasure leaves the receipt whole");
    assert_eq!(erased.hash(), receipt.hash());
    assert_eq!(erased.payload(), receipt.payload());

    assert!(
        Receipt::open(&change::one_byte(bytes)).is_err(),
        "a changed byte was not noticed"
    );

    if admit(receipt, &SITE, &MOMENT).is_ok() {
        fits(receipt);
    }
}

/// What holds of every receipt that the vectors' site admits, told in other words than the code does.
fn fits(receipt: &Receipt) {
    let payload = receipt.payload();
    assert_eq!(payload.aud, SITE.audience);
    assert!(payload.iat <= MOMENT.now + 86_400);
    assert!(payload.iat + 30 * 86_400 >= MOMENT.now);
    let notice = SITE
        .notices
        .iter()
        .find(|notice| notice.sha256 == payload.notice.sha256)
        .expect("a text that the site has");
    assert_eq!(
        (&notice.id, notice.lang),
        (&payload.notice.id, payload.notice.lang)
    );
    let edition = SITE
        .editions
        .iter()
        .find(|edition| edition.edition == payload.policy.edition)
        .expect("an edition that the site has");
    assert_eq!(edition.sha256, payload.policy.sha256);
    for decision in &payload.decisions {
        let id = decision.purpose.as_str();
        let asked = notice.purposes.iter().any(|purpose| {
            let rest = id.strip_prefix(purpose.id.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        assert!(asked, "decided, and nobody asked");
    }
    let gives = |state| {
        payload
            .decisions
            .iter()
            .any(|decision| decision.state == state)
    };
    assert!(receipt.disclosures().is_empty() || gives(State::Given));
    assert_eq!(receipt.disclosures().len(), payload.sd.len());
    for value in receipt.disclosures() {
        let field = SITE
            .forms
            .iter()
            .flat_map(|form| &form.fields)
            .find(|field| field.id == value.name())
            .expect("a field that a form has");
        assert!(value.value().chars().count() <= usize::from(field.max));
    }
}

/// The one whose thumbprint the payload names; anybody else's signature would be refused for the subject, once and for all.
fn signer(payload: &[u8]) -> SigningKey {
    let names = |key: &SigningKey| {
        let sub = thumbprint(&key.verifying_key()).0.to_string();
        payload
            .windows(sub.len())
            .any(|window| window == sub.as_bytes())
    };
    let [alice, bob, operator] = signers();
    [bob, operator].into_iter().find(names).unwrap_or(alice)
}

fn sign(payload: &[u8], disclosures: &[String], key: &SigningKey) -> String {
    let x = Base64UrlUnpadded::encode_string(key.verifying_key().as_bytes());
    let header = format!(
        r#"{{"alg":"EdDSA","jwk":{{"crv":"Ed25519","kty":"OKP","x":"{x}"}},"typ":"consent-receipt+sd-jwt"}}"#
    );
    let mut text = Base64UrlUnpadded::encode_string(header.as_bytes());
    text.push('.');
    text.push_str(&Base64UrlUnpadded::encode_string(payload));
    let signature = key.sign(text.as_bytes()).to_bytes();
    text.push('.');
    text.push_str(&Base64UrlUnpadded::encode_string(&signature));
    text.push('~');
    for disclosure in disclosures {
        text.push_str(disclosure);
        text.push('~');
    }
    text
}

/// A payload like that of the contact form, with these references.
fn contact(key: &SigningKey, digests: &[Digest]) -> String {
    let notice = SITE
        .notices
        .iter()
        .find(|notice| notice.id == "contact" && notice.until.is_none())
        .expect("the vectors' contact form");
    let edition = SITE.editions.last().expect("an edition");
    json!({
        "schema": "urn:raspiska:receipt:1",
        "jti": "0199c82c-c000-7111-9111-111111111111",
        "iat": 1_760_000_000,
        "aud": SITE.audience,
        "sub": thumbprint(&key.verifying_key()),
        "category": "site_user",
        "policy": {"edition": edition.edition, "sha256": edition.sha256},
        "notice": {"id": notice.id, "lang": notice.lang, "sha256": notice.sha256},
        "decisions": [{"purpose": "contact", "state": "given"}],
        "event": {"by": "subject", "method": "form"},
        "_sd": digests,
        "_sd_alg": "sha-256",
    })
    .to_string()
}

fn decode(part: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(part)
        .ok()
        .filter(|bytes| !bytes.is_empty())
}
