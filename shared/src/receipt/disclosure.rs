//! Disclosures: personal data beside the signed part, bound to it by salted digests. RFC 9901 section 4.2.1.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use base64ct::{Base64UrlUnpadded, Encoding as _};

use super::error::DisclosureFault;
use crate::digest::Digest;

/// Fewest random bytes in a salt: with less, a digest of a telephone number could be guessed.
pub const MIN_SALT_LEN: usize = 16;

/// One value, its name and its salt.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    encoded: String,
    name: String,
    value: String,
}

impl Disclosure {
    /// The disclosure of a form field.
    #[must_use]
    pub fn new(salt: [u8; MIN_SALT_LEN], name: &str, value: &str) -> Self {
        let salt = Base64UrlUnpadded::encode_string(&salt);
        // Three strings always serialise.
        let json = serde_json::to_string(&[salt.as_str(), name, value]).unwrap_or_default();
        Self {
            encoded: Base64UrlUnpadded::encode_string(json.as_bytes()),
            name: name.to_string(),
            value: value.to_string(),
        }
    }

    /// Reads `base64url(["salt","name","value"])`.
    pub(super) fn parse(encoded: &str) -> Result<Self, DisclosureFault> {
        let json = Base64UrlUnpadded::decode_vec(encoded).map_err(|_| DisclosureFault::Encoding)?;
        let [salt, name, value]: [String; 3] =
            serde_json::from_slice(&json).map_err(|_| DisclosureFault::Shape)?;
        let salt_len = Base64UrlUnpadded::decode_vec(&salt).map_or(0, |salt| salt.len());
        if salt_len < MIN_SALT_LEN {
            return Err(DisclosureFault::Salt);
        }
        Ok(Self {
            encoded: encoded.to_string(),
            name,
            value,
        })
    }

    /// The form field's id.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was typed. Personal data.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// As it stands between the tildes.
    #[must_use]
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// What the payload's `_sd` has of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.encoded.as_bytes())
    }
}

// By hand: a derived one would put personal data into logs.
impl core::fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Disclosure({})", self.digest())
    }
}

/// Every disclosure is referenced exactly once, none is left over, and no name hides a member. RFC 9901 section 7.1.
///
/// A reference without its disclosure is fine here: the value was erased or is not shown.
pub(super) fn check(
    disclosures: &[Disclosure],
    references: &[Digest],
    is_member: impl Fn(&str) -> bool,
) -> Result<(), DisclosureFault> {
    let referenced = sorted(references.iter().copied())?;
    for (at, disclosure) in disclosures.iter().enumerate() {
        if referenced.binary_search(&disclosure.digest()).is_err() {
            return Err(DisclosureFault::Unreferenced);
        }
        let mut before = disclosures[..at].iter();
        if before
            .clone()
            .any(|other| other.encoded == disclosure.encoded)
        {
            return Err(DisclosureFault::Repeated);
        }
        let name = disclosure.name.as_str();
        if matches!(name, "_sd" | "...")
            || is_member(name)
            || before.any(|other| other.name == name)
        {
            return Err(DisclosureFault::Name);
        }
    }
    Ok(())
}

/// The digests in order, each once. By insertion: they are few, and a general sort weighs kilobytes in the browser.
pub(super) fn sorted(
    digests: impl Iterator<Item = Digest>,
) -> Result<Vec<Digest>, DisclosureFault> {
    let mut sorted = Vec::new();
    for digest in digests {
        match sorted.binary_search(&digest) {
            Ok(_) => return Err(DisclosureFault::ReferencedTwice),
            Err(at) => sorted.insert(at, digest),
        }
    }
    Ok(sorted)
}
