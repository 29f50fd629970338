//! Signatures of webhooks: Standard Webhooks 1.0.0, "Signature scheme", the symmetric one.

use std::str::FromStr;

use base64ct::{Base64, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

/// "Secret serialization".
pub(super) const PREFIX: &str = "whsec_";

/// "At least 24 bytes (192 bits, 512 maximum)". The largest is a block of SHA-256, so that no key is hashed before its use.
const LEN: std::ops::RangeInclusive<usize> = 24..=64;

/// What signs: the key of HMAC-SHA256, filled up with zeroes to a block, RFC 2104 section 2.
pub(crate) struct Secret(Zeroizing<[u8; 64]>);

/// Not `whsec_` and 24 to 64 bytes in base64.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoSecret;

impl FromStr for Secret {
    type Err = NoSecret;

    fn from_str(text: &str) -> Result<Self, NoSecret> {
        let base64 = text.strip_prefix(PREFIX).ok_or(NoSecret)?;
        let bytes = Zeroizing::new(Base64::decode_vec(base64).map_err(|_| NoSecret)?);
        if !LEN.contains(&bytes.len()) {
            return Err(NoSecret);
        }
        let mut key = Zeroizing::new([0; 64]);
        key[..bytes.len()].copy_from_slice(&bytes);
        Ok(Self(key))
    }
}

/// The value of `webhook-signature`: one signature for each secret, in their order. Never of nothing.
pub(super) fn header(secrets: &[Secret], id: &str, timestamp: u64, body: &[u8]) -> String {
    let signatures: Vec<_> = secrets
        .iter()
        .map(|secret| {
            let mut mac = Hmac::<Sha256>::new((&*secret.0).into());
            mac.update(format!("{id}.{timestamp}.").as_bytes());
            mac.update(body);
            format!("v1,{}", Base64::encode_string(&mac.finalize().into_bytes()))
        })
        .collect();
    signatures.join(" ")
}

/// A new secret, as it is written down: 32 bytes, as long as what they make.
pub(super) fn make() -> Result<Zeroizing<String>, getrandom::Error> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut bytes[..])?;
    let mut base64 = Base64::encode_string(&bytes[..]);
    let text = Zeroizing::new(format!("{PREFIX}{base64}"));
    base64.zeroize();
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn secret(text: &str) -> Secret {
        text.parse().ok().unwrap()
    }

    /// The example of the specification's own libraries.
    #[test]
    fn the_published_example_is_signed_as_it_is_published() {
        let signed = header(
            &[secret(SECRET)],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    /// Against the same crate with the bare key: filling up is ours.
    #[test]
    fn keys_of_every_length_that_is_taken_sign_as_hmac_does() {
        for length in LEN {
            let key = vec![7; length];
            let text = format!("{PREFIX}{}", Base64::encode_string(&key));
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            mac.update(b"1_x.2.{}");
            let expected = Base64::encode_string(&mac.finalize().into_bytes());
            let signed = header(&[secret(&text)], "1_x", 2, b"{}");
            assert_eq!(signed, format!("v1,{expected}"), "{length}");
        }
    }

    #[test]
    fn two_secrets_make_two_signatures() {
        let other = make().unwrap();
        let both = header(&[secret(&other), secret(SECRET)], "i", 1, b"b");
        let alone = [secret(&other), secret(SECRET)].map(|one| header(&[one], "i", 1, b"b"));
        assert_eq!(both, alone.join(" "));
        assert_ne!(alone[0], alone[1]);
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        let of = |bytes| format!("{PREFIX}{}", Base64::encode_string(&vec![1; bytes]));
        for text in [
            "",
            "whsec_",
            &SECRET[6..],
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
            "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            &of(23),
            &of(65),
        ] {
            assert!(text.parse::<Secret>().is_err(), "{text}");
        }
        assert!(of(24).parse::<Secret>().is_ok() && of(64).parse::<Secret>().is_ok());
    }
}
