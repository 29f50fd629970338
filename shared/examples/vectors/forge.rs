//! Receipts that [`raspiska_shared::receipt::sign`] would not make: valid but for one fault, so signed after the fault went in.

use base64ct::{Base64Url, Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use raspiska_shared::receipt::{Draft, sign};

use crate::actors::NOTE;

/// The parts of a receipt before they are encoded and signed.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    /// The header's JSON.
    pub(crate) header: String,
    /// The payload's JSON.
    pub(crate) payload: String,
    /// The encoded disclosures.
    pub(crate) disclosures: Vec<String>,
}

impl Parts {
    /// The parts of a valid receipt.
    pub(crate) fn of(draft: Draft, key: &SigningKey) -> Self {
        let text = sign(draft, key).unwrap().text;
        let (token, disclosures) = text.split_once('~').unwrap();
        let mut decoded = token
            .split('.')
            .take(2)
            .map(|part| String::from_utf8(Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap());
        Self {
            header: decoded.next().unwrap(),
            payload: decoded.next().unwrap(),
            disclosures: disclosures
                .split_terminator('~')
                .map(str::to_owned)
                .collect(),
        }
    }

    /// With one piece of the header replaced.
    pub(crate) fn header(mut self, from: &str, to: &str) -> Self {
        self.header = swap(&self.header, from, to);
        self
    }

    /// With another gate's note in place of [`NOTE`].
    pub(crate) fn note(self, note: &str) -> Self {
        let escaped = |text| serde_json::to_string(text).unwrap();
        self.payload(&escaped(NOTE), &escaped(note))
    }

    /// With one piece of the payload replaced.
    pub(crate) fn payload(mut self, from: &str, to: &str) -> Self {
        self.payload = swap(&self.payload, from, to);
        self
    }

    /// With one more disclosure, which the payload references.
    pub(crate) fn disclosing(mut self, json: &str) -> Self {
        let encoded = encode(json);
        let digest = raspiska_shared::digest::Digest::of(encoded.as_bytes());
        self.disclosures.push(encoded);
        self.payload(r#""_sd":["#, &format!(r#""_sd":["{digest}","#))
    }

    /// Signed by `key`, whatever the header says.
    pub(crate) fn sign(&self, key: &SigningKey) -> String {
        self.sign_encoded(&encode(&self.header), &encode(&self.payload), key)
    }

    /// Signed by `key`, with parts that are encoded in some other way.
    pub(crate) fn sign_encoded(&self, header: &str, payload: &str, key: &SigningKey) -> String {
        let signed = format!("{header}.{payload}");
        let signature = key.sign(signed.as_bytes()).to_bytes();
        self.seal(&signed, &signature)
    }

    /// With a signature from elsewhere.
    pub(crate) fn seal(&self, signed: &str, signature: &[u8]) -> String {
        let mut text = format!("{signed}.{}~", Base64UrlUnpadded::encode_string(signature));
        for disclosure in &self.disclosures {
            text.push_str(disclosure);
            text.push('~');
        }
        text
    }
}

/// base64url without padding.
pub(crate) fn encode(text: &str) -> String {
    Base64UrlUnpadded::encode_string(text.as_bytes())
}

/// base64url with padding; a space behind the JSON makes a length that has some.
pub(crate) fn padded(json: &str) -> String {
    let json = if json.len().is_multiple_of(3) {
        format!("{json} ")
    } else {
        json.to_owned()
    };
    Base64Url::encode_string(json.as_bytes())
}

/// `text` with the one occurrence of `from` replaced.
///
/// # Panics
/// When there is not exactly one: the case would not have the fault that it names.
pub(crate) fn swap(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from:?} in {text}");
    text.replacen(from, to, 1)
}
