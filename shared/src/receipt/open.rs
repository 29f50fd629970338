//! Opening a receipt: from bytes that anyone may have sent to a value that is what its subject signed.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signature, VerifyingKey};

use super::{
    disclosure::{self, Disclosure},
    error::{FormFault, PayloadFault, ReceiptError},
    header,
    header::thumbprint,
    json,
    payload::Payload,
};
use crate::digest::Digest;

/// Longest receipt with its disclosures, in bytes.
pub const MAX_LEN: usize = 32 * 1024;

/// Most disclosures: forms have a dozen fields, and each disclosure costs a hash.
pub const MAX_DISCLOSURES: usize = 64;

/// A receipt whose signature, subject and disclosures hold. Whether a site admits it is [`super::admit()`]'s question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    token: String,
    hash: Digest,
    key: VerifyingKey,
    payload: Payload,
    disclosures: Vec<Disclosure>,
}

impl Receipt {
    /// Checks in the order of the contract: size and form, header, signature, payload, subject, disclosures.
    ///
    /// # Errors
    /// The first of these that fails.
    pub fn open(bytes: &[u8]) -> Result<Self, ReceiptError> {
        // 1. Size and form.
        if bytes.len() > MAX_LEN {
            return Err(ReceiptError::TooLarge);
        }
        let text = core::str::from_utf8(bytes).map_err(|_| ReceiptError::Form(FormFault::Parts))?;
        let (token, rest) = text
            .split_once('~')
            .ok_or(ReceiptError::Form(FormFault::Tilde))?;
        let encoded: Vec<&str> = match rest.strip_suffix('~') {
            Some(disclosures) => disclosures.split('~').collect(),
            None if rest.is_empty() => Vec::new(),
            None => return Err(ReceiptError::Form(FormFault::Tilde)),
        };
        if encoded.iter().any(|disclosure| disclosure.is_empty()) {
            return Err(ReceiptError::Form(FormFault::Tilde));
        }
        if encoded.len() > MAX_DISCLOSURES {
            return Err(ReceiptError::Form(FormFault::TooManyDisclosures));
        }
        let (signed, signature) = token
            .rsplit_once('.')
            .ok_or(ReceiptError::Form(FormFault::Parts))?;
        let (header, payload) = signed
            .split_once('.')
            .ok_or(ReceiptError::Form(FormFault::Parts))?;
        let decode = |part: &str| match Base64UrlUnpadded::decode_vec(part) {
            Ok(decoded) if !decoded.is_empty() => Ok(decoded),
            _ => Err(ReceiptError::Form(FormFault::Parts)),
        };
        let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
        let signature = Signature::from_slice(&signature)
            .map_err(|_| ReceiptError::Form(FormFault::SignatureLength))?;

        // 2. Header.
        let key = header::read(&header).map_err(ReceiptError::Header)?;

        // 3. Signature, over the bytes received. The strict check refuses keys and signatures of small order, on which
        // verifiers disagree. RFC 8032 section 5.1.7.
        key.verify_strict(signed.as_bytes(), &signature)
            .map_err(|_| ReceiptError::Signature)?;

        // 4. Payload.
        let (payload, members) = json::object::<Payload>(&payload)
            .map_err(|fault| ReceiptError::Payload(PayloadFault::Json(fault)))?;
        payload.check().map_err(ReceiptError::Payload)?;

        // 5. The subject is the key.
        if payload.sub != thumbprint(&key) {
            return Err(ReceiptError::Subject);
        }

        // 6. Disclosures.
        let disclosures = encoded
            .into_iter()
            .map(Disclosure::parse)
            .collect::<Result<Vec<_>, _>>()
            .map_err(ReceiptError::Disclosure)?;
        disclosure::check(&disclosures, &payload.sd, |name| members.contains(name))
            .map_err(ReceiptError::Disclosure)?;

        Ok(Self {
            hash: Digest::of(token.as_bytes()),
            token: token.to_string(),
            key,
            payload,
            disclosures,
        })
    }

    /// `header.payload.signature`: what is logged, and all that remains after an erasure.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// SHA-256 over [`Self::token`].
    #[must_use]
    pub fn hash(&self) -> Digest {
        self.hash
    }

    /// Whose signature it is.
    #[must_use]
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// What was signed.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The values that are shown. Personal data.
    #[must_use]
    pub fn disclosures(&self) -> &[Disclosure] {
        &self.disclosures
    }

    /// Is every value that was signed also shown?
    #[must_use]
    pub fn shows_all(&self) -> bool {
        self.disclosures.len() == self.payload.sd.len()
    }
}
