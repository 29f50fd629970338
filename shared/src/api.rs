//! Bodies of the HTTP API.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use crate::{
    digest::Digest, notice::NoticeRef, policy::PolicyRef, purpose::PurposeId, receipt::State,
};

/// Media type of a receipt, RFC 9901 section 11.2.
pub const RECEIPT_TYPE: &str = "application/sd-jwt";

/// The answer to a logged receipt, and what `GET …/receipts/{hash}` gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// The receipt's hash.
    pub receipt: Digest,
    /// Its index in the log.
    pub index: u64,
    /// When the server received it, UNIX milliseconds.
    pub time: u64,
    /// A C2SP tlog-proof; its extra data are the entry.
    pub proof: String,
    /// What holds now for each purpose that the receipt decided.
    pub status: BTreeMap<PurposeId, State>,
}

/// `POST …/withdrawals`: withdrawal without the device's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The hash of the receipt whose consents are withdrawn.
    pub receipt: Digest,
    /// The preimage of its `withdrawal.code_sha256`.
    pub code: String,
}

/// An error, RFC 9457.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemBody {
    /// Names the kind: [`crate::problem::Kind::urn`].
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong and what to do.
    pub detail: String,
    /// With 409: what is current.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
}

/// The documents that are in force now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Current {
    /// The policy.
    pub policy: PolicyRef,
    /// The notices, in every language.
    pub notices: Vec<NoticeRef>,
}
