//! Why a receipt is refused. A sentence says what is wrong and what to do; none repeats what the receipt contains.

pub use super::json::JsonFault;
use crate::{problem::Kind, purpose::PurposeId};

/// Why a receipt is refused, in the order in which a verifier looks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Over [`super::MAX_LEN`].
    #[error("the receipt is longer than 32 KiB; send fewer or shorter fields")]
    TooLarge,
    /// Not `header.payload.signature~[disclosure~]*`.
    #[error("the receipt is not of the form header.payload.signature~[disclosure~]*: {0}")]
    Form(FormFault),
    /// The header.
    #[error("the receipt's header is not the expected one: {0}")]
    Header(HeaderFault),
    /// The signature.
    #[error(
        "the signature does not fit the receipt; it was changed after signing, or another key signed it"
    )]
    Signature,
    /// The payload.
    #[error("the receipt's payload is not the expected one: {0}")]
    Payload(PayloadFault),
    /// `sub` is not the thumbprint.
    #[error("`sub` is not the RFC 7638 thumbprint of the key in the header; compute it anew")]
    Subject,
    /// The disclosures.
    #[error("the disclosures do not fit the receipt: {0}")]
    Disclosure(DisclosureFault),
    /// Another site's.
    #[error("the receipt is for another site; send it to the site named in `aud`")]
    Audience,
    /// `iat` ahead of the clock.
    #[error(
        "the receipt was signed more than a day in the future; set the device's clock and sign again"
    )]
    ClockAhead,
    /// `iat` behind the clock.
    #[error("the receipt was signed more than 30 days ago; ask the person again")]
    ClockBehind,
    /// No such notice.
    #[error("this site never published that notice; load the site bundle and ask again")]
    NoticeUnknown,
    /// Not in force.
    #[error(
        "that notice was not in force when the receipt was signed; show the current one and ask again"
    )]
    NoticeNotCurrent,
    /// No such edition.
    #[error(
        "this site never published that edition of its policy; load the site bundle and ask again"
    )]
    PolicyUnknown,
    /// Not in force.
    #[error(
        "that edition of the policy was not in force when the receipt was signed; show the current one and ask again"
    )]
    PolicyNotCurrent,
    /// The purposes.
    #[error("the decisions do not fit the notice: {0}")]
    Purpose(PurposeFault),
    /// Nothing to withdraw.
    #[error("purpose {0} is not given by this subject, so it cannot be withdrawn")]
    Withdrawal(PurposeId),
}

impl ReceiptError {
    /// The kind, for answers, vectors and counts.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::TooLarge => Kind::TooLarge,
            Self::Form(_) => Kind::Form,
            Self::Header(_) => Kind::Header,
            Self::Signature => Kind::Signature,
            Self::Payload(_) => Kind::Payload,
            Self::Subject => Kind::Subject,
            Self::Disclosure(_) => Kind::Disclosure,
            Self::Audience => Kind::Audience,
            Self::ClockAhead | Self::ClockBehind => Kind::Clock,
            Self::NoticeUnknown => Kind::NoticeUnknown,
            Self::NoticeNotCurrent => Kind::NoticeNotCurrent,
            Self::PolicyUnknown => Kind::PolicyUnknown,
            Self::PolicyNotCurrent => Kind::PolicyNotCurrent,
            Self::Purpose(_) => Kind::Purpose,
            Self::Withdrawal(_) => Kind::Withdrawal,
        }
    }
}

/// What is wrong with the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormFault {
    /// The signed part has not three parts in base64url without padding.
    #[error("the signed part is not three parts of base64url without padding, joined by dots")]
    Parts,
    /// The signature is not 64 bytes.
    #[error("the signature is not 64 bytes")]
    SignatureLength,
    /// Too many disclosures.
    #[error("there are more than 64 disclosures")]
    TooManyDisclosures,
    /// No tilde at the end, or an empty disclosure.
    #[error("each part ends with ~, and no disclosure is empty")]
    Tilde,
}

/// What is wrong with the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// `alg`
    #[error("`alg` is not EdDSA or Ed25519")]
    Algorithm,
    /// Not the JSON of a header; among others, unknown members.
    #[error("{0}; its members are alg, jwk (crv, kty, x) and typ, and no others")]
    Json(JsonFault),
    /// `x`
    #[error("`x` is not an Ed25519 public key")]
    Key,
    /// `kty` or `crv`
    #[error("`jwk` is not of type OKP and curve Ed25519")]
    KeyType,
    /// `typ`
    #[error("`typ` is not consent-receipt+sd-jwt")]
    Type,
}

/// What is wrong with the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadFault {
    /// None, or too many.
    #[error("`decisions` has to have 1 to 64 members")]
    DecisionCount,
    /// A purpose twice.
    #[error("`decisions` decides a purpose twice")]
    DecisionTwice,
    /// Not the JSON of a payload.
    #[error("{0}")]
    Json(JsonFault),
    /// `event.method` of the wrong actor.
    #[error("`event.method` does not fit `event.by`")]
    Method,
    /// A short text is empty or long.
    #[error("a name is empty or longer than 255 bytes")]
    Name,
    /// `of`
    #[error("`of` stands in an operator's statement and only there")]
    Of,
    /// `client.page`
    #[error("`client.page` has a query or a fragment, or is longer than 2048 bytes")]
    Page,
    /// `schema`
    #[error("`schema` is not urn:raspiska:receipt:1")]
    Schema,
    /// `_sd_alg`
    #[error("`_sd_alg` is not sha-256")]
    SdAlg,
    /// A state that the method cannot have.
    #[error("a decision's state does not fit `event.method`")]
    State,
}

/// What is wrong with the disclosures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureFault {
    /// The form asks how old the person is, and that is not among the values, or not one of the options.
    #[error("the form asks for an age band, and none of its options is told; let one be chosen")]
    Age,
    /// Not base64url without padding.
    #[error("one is not base64url without padding")]
    Encoding,
    /// The value of a file's field says nothing of a file, or of one that the field does not take.
    #[error(
        "the value of a file's field is its digest, size and name, of a type and size that the field takes"
    )]
    File,
    /// A reference without its disclosure, where all are wanted.
    #[error("a value that was signed is not shown")]
    Missing,
    /// The name is a member's, reserved, or used twice.
    #[error("a name is reserved or stands twice")]
    Name,
    /// No form with this notice has such a field, or nothing is given.
    #[error("a value is not one that the notice's form asks for, or no consent is given for it")]
    NotAsked,
    /// `_sd` has a digest twice.
    #[error("`_sd` has a digest twice")]
    ReferencedTwice,
    /// Who signed is not who has to sign at this age, or the representative is not named.
    #[error(
        "for that age band another one signs: see `represented` in the form; a representative says so in `event.by` and fills in their own fields, nobody else does"
    )]
    Representative,
    /// The same disclosure twice.
    #[error("one stands twice")]
    Repeated,
    /// Too few random bytes.
    #[error("a salt has fewer than 128 bits")]
    Salt,
    /// Not three strings.
    #[error("one is not an array of three strings: salt, name, value")]
    Shape,
    /// Longer than the field allows.
    #[error("a value is longer than its field allows")]
    TooLong,
    /// Not in `_sd`.
    #[error("one is not referenced by the signed part")]
    Unreferenced,
}

/// What is wrong with the purposes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PurposeFault {
    /// The purpose is about other people.
    #[error("purpose {0} is not about the subject category of the receipt")]
    Category(PurposeId),
    /// The purpose rests on another ground.
    #[error("purpose {0} does not rest on consent, so nobody is asked for it")]
    NotConsent(PurposeId),
    /// The notice does not ask for it.
    #[error("purpose {0} is not one that the notice asks for")]
    NotOfNotice(PurposeId),
    /// A required purpose is not decided.
    #[error("purpose {0} has to be decided and is not")]
    Undecided(PurposeId),
    /// Not in the policy, or a service that the site does not have.
    #[error("purpose {0} is not one of this site's")]
    Unknown(PurposeId),
}
