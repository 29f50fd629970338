//! The payload: who decided what, about which text, when and how.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use super::{error::PayloadFault, gate::GateNote, json, uuid::Uuid};
use crate::{
    digest::Digest,
    notice::NoticeRef,
    party::SubjectId,
    policy::PolicyRef,
    purpose::{PurposeId, SubjectCategory},
};

/// The value of `schema`.
pub const SCHEMA: &str = "urn:raspiska:receipt:1";

/// The value of `_sd_alg`: the only hash in use.
pub(super) const SD_ALG: &str = "sha-256";

/// Every member that a payload may have: no disclosure takes one of these names.
pub(super) const MEMBERS: [&str; 16] = [
    "schema",
    "jti",
    "iat",
    "aud",
    "sub",
    "category",
    "policy",
    "notice",
    "decisions",
    "event",
    "prev",
    "of",
    "withdrawal",
    "client",
    "_sd",
    "_sd_alg",
];

/// Most decisions in one receipt: a notice asks for a handful of purposes, a category has a handful of services.
pub const MAX_DECISIONS: usize = 64;

/// Longest page address, the common limit of browsers and servers.
const MAX_PAGE: usize = 2048;

/// Longest short text (audience, ids, versions): the limit of a DNS name.
const MAX_NAME: usize = 255;

/// The members that a verifier looks at. Others are kept, because the signed bytes are kept, and ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The receipt's id.
    pub jti: Uuid,
    /// UNIX seconds by the subject's clock.
    pub iat: u64,
    /// The site's audience.
    pub aud: String,
    /// Thumbprint of the key that signs.
    pub sub: SubjectId,
    /// Whose data.
    pub category: SubjectCategory,
    /// The edition of the policy that was in force for the person.
    pub policy: PolicyRef,
    /// The exact notice that was on the screen.
    pub notice: NoticeRef,
    /// What was decided, each purpose once.
    pub decisions: Vec<Decision>,
    /// Who decided and how.
    pub event: Event,
    /// Hash of this subject's previous receipt on this site.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub prev: Option<Digest>,
    /// In an operator's statement: hash of the receipt that it concerns.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub of: Option<Digest>,
    /// Lets whoever knows the code withdraw without the key.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub withdrawal: Option<WithdrawalCode>,
    /// What the person used.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub client: Option<Client>,
    /// Digests of the disclosures.
    #[serde(rename = "_sd", default, skip_serializing_if = "Vec::is_empty")]
    pub sd: Vec<Digest>,
    /// Their hash: `sha-256`.
    #[serde(
        rename = "_sd_alg",
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub sd_alg: Option<String>,
}

/// One decision about one purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The purpose.
    pub purpose: PurposeId,
    /// What was decided.
    pub state: State,
}

/// What was decided. A purpose that nobody decided has no state at all, and no state is not consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The person agrees.
    Given,
    /// The person does not agree.
    Refused,
    /// The person agreed before and no longer does.
    Withdrawn,
}

/// Who acted and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Who.
    pub by: Actor,
    /// How.
    pub method: Method,
}

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// The operator states what happened elsewhere; never an act of the person.
    Operator,
    /// Someone who may act for the person.
    Representative,
    /// The person.
    Subject,
}

/// How it was done. The first five are acts of a person, the others are stated by the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// One button for all.
    GiveAll,
    /// One button against all.
    RefuseAll,
    /// Choices one by one.
    Choices,
    /// A form was sent.
    Form,
    /// The button that withdraws.
    Withdraw,
    /// Somebody showed the withdrawal code.
    Code,
    /// A letter came.
    Letter,
    /// Somebody called.
    Call,
    /// The term ended.
    Expiry,
    /// The data were destroyed.
    Erasure,
}

impl Method {
    fn actor_fits(self, actor: Actor) -> bool {
        let of_a_person = matches!(
            self,
            Self::GiveAll | Self::RefuseAll | Self::Choices | Self::Form | Self::Withdraw
        );
        of_a_person == (actor != Actor::Operator)
    }

    fn state_fits(self, state: State) -> bool {
        match self {
            Self::GiveAll => state == State::Given,
            // Taking back a category also refuses those of its services that never were given.
            Self::RefuseAll | Self::Withdraw => state != State::Given,
            Self::Choices | Self::Form => true,
            Self::Code | Self::Letter | Self::Call | Self::Expiry | Self::Erasure => {
                state == State::Withdrawn
            }
        }
    }
}

/// The commitment to a withdrawal code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawalCode {
    /// SHA-256 of the code's text.
    pub code_sha256: Digest,
}

/// What the person used. Nothing here identifies a person to whoever does not know more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// The page, without query and fragment: those may carry personal data.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub page: Option<String>,
    /// The widget's version.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub version: Option<String>,
    /// Digest of the widget's code.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub wasm_sha256: Option<Digest>,
    /// What the page held back and let go before the decision.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub gate: Option<GateNote>,
    /// The salted commitment to the id of the account in which the person was logged in: SHA-256 over salt, a zero byte, id.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub account: Option<Digest>,
}

impl Payload {
    /// Does it take back something and give nothing?
    #[must_use]
    pub fn only_withdraws(&self) -> bool {
        let state = |wanted| {
            self.decisions
                .iter()
                .any(|decision| decision.state == wanted)
        };
        state(State::Withdrawn) && !state(State::Given)
    }

    /// The rules that hold for every payload, whichever site it is for.
    pub(super) fn check(&self) -> Result<(), PayloadFault> {
        if self.schema != SCHEMA {
            return Err(PayloadFault::Schema);
        }
        let short = [&self.aud, &self.policy.edition, &self.notice.id];
        if short
            .into_iter()
            .any(|text| text.is_empty() || text.len() > MAX_NAME)
        {
            return Err(PayloadFault::Name);
        }
        if self.decisions.is_empty() || self.decisions.len() > MAX_DECISIONS {
            return Err(PayloadFault::DecisionCount);
        }
        let twice = |(at, decision): (usize, &Decision)| {
            self.decisions[..at]
                .iter()
                .any(|before| before.purpose == decision.purpose)
        };
        if self.decisions.iter().enumerate().any(twice) {
            return Err(PayloadFault::DecisionTwice);
        }
        let method = self.event.method;
        if !method.actor_fits(self.event.by) {
            return Err(PayloadFault::Method);
        }
        if !self
            .decisions
            .iter()
            .all(|decision| method.state_fits(decision.state))
        {
            return Err(PayloadFault::State);
        }
        // Only a statement of the operator points at another receipt, and it always does.
        if self.of.is_some() != (self.event.by == Actor::Operator) {
            return Err(PayloadFault::Of);
        }
        if let Some(client) = &self.client {
            if client
                .page
                .as_ref()
                .is_some_and(|page| page.len() > MAX_PAGE || page.contains(['?', '#']))
            {
                return Err(PayloadFault::Page);
            }
            if client
                .version
                .as_ref()
                .is_some_and(|version| version.len() > MAX_NAME)
            {
                return Err(PayloadFault::Name);
            }
        }
        let algorithm_fits = match &self.sd_alg {
            Some(algorithm) => algorithm == SD_ALG,
            None => self.sd.is_empty(),
        };
        if !algorithm_fits {
            return Err(PayloadFault::SdAlg);
        }
        Ok(())
    }
}
