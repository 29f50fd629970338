//! Signing a receipt: the counterpart of [`super::Receipt::open`].

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};

use super::{
    disclosure::{self, Disclosure},
    error::{JsonFault, PayloadFault, ReceiptError},
    header::{self, thumbprint},
    open::{MAX_DISCLOSURES, MAX_LEN},
    payload::{Client, Decision, Event, MEMBERS, Payload, SCHEMA, SD_ALG, WithdrawalCode},
    uuid::Uuid,
};
use crate::{digest::Digest, notice::NoticeRef, policy::PolicyRef, purpose::SubjectCategory};

/// Everything of a receipt that its signer chooses; see [`Payload`] for the members.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The receipt's id.
    pub jti: Uuid,
    /// UNIX seconds.
    pub iat: u64,
    /// The site's audience.
    pub aud: String,
    /// Whose data.
    pub category: SubjectCategory,
    /// The edition in force.
    pub policy: PolicyRef,
    /// The notice on the screen.
    pub notice: NoticeRef,
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// Who and how.
    pub event: Event,
    /// The previous receipt.
    pub prev: Option<Digest>,
    /// The receipt that an operator's statement concerns.
    pub of: Option<Digest>,
    /// The commitment to a withdrawal code.
    pub withdrawal: Option<WithdrawalCode>,
    /// What the person used.
    pub client: Option<Client>,
    /// The values of a form.
    pub disclosures: Vec<Disclosure>,
}

/// A receipt, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The whole SD-JWT with its disclosures.
    pub text: String,
    /// The receipt's hash.
    pub hash: Digest,
}

/// Signs `draft` with the subject's (or, for a statement, the operator's) key.
///
/// # Errors
/// What [`super::Receipt::open`] would refuse: a draft that breaks a rule is not signed.
pub fn sign(draft: Draft, key: &SigningKey) -> Result<Signed, ReceiptError> {
    let verifying = key.verifying_key();
    // Sorted: the order of the digests must not tell which field is which. RFC 9901 section 4.2.4.1.
    let sd = disclosure::sorted(draft.disclosures.iter().map(Disclosure::digest))
        .map_err(ReceiptError::Disclosure)?;
    let payload = Payload {
        schema: SCHEMA.to_string(),
        jti: draft.jti,
        iat: draft.iat,
        aud: draft.aud,
        sub: thumbprint(&verifying),
        category: draft.category,
        policy: draft.policy,
        notice: draft.notice,
        decisions: draft.decisions,
        event: draft.event,
        prev: draft.prev,
        of: draft.of,
        withdrawal: draft.withdrawal,
        client: draft.client,
        sd_alg: (!sd.is_empty()).then(|| SD_ALG.to_string()),
        sd,
    };
    payload.check().map_err(ReceiptError::Payload)?;
    if draft.disclosures.len() > MAX_DISCLOSURES {
        return Err(ReceiptError::Form(super::FormFault::TooManyDisclosures));
    }
    let payload_json = serde_json::to_string(&payload)
        .map_err(|error| ReceiptError::Payload(PayloadFault::Json(JsonFault::from(error))))?;

    let mut text = Base64UrlUnpadded::encode_string(header::write(&verifying).as_bytes());
    text.push('.');
    text.push_str(&Base64UrlUnpadded::encode_string(payload_json.as_bytes()));
    let signature = key.sign(text.as_bytes());
    text.push('.');
    text.push_str(&Base64UrlUnpadded::encode_string(&signature.to_bytes()));
    let hash = Digest::of(text.as_bytes());
    text.push('~');
    for disclosure in &draft.disclosures {
        text.push_str(disclosure.encoded());
        text.push('~');
    }
    if text.len() > MAX_LEN {
        return Err(ReceiptError::TooLarge);
    }
    disclosure::check(&draft.disclosures, &payload.sd, |name| {
        MEMBERS.contains(&name)
    })
    .map_err(ReceiptError::Disclosure)?;
    Ok(Signed { text, hash })
}
