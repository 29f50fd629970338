//! Who takes part: the controller, the recipients, the data subject.

use alloc::string::String;
use serde::{Deserialize, Serialize};

use crate::{digest::Digest, lang::Localized};

/// The operator of personal data, 152-ФЗ art. 3(2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// Full legal name.
    pub name: Localized,
    /// The name that people know it by.
    pub brand: String,
    /// Where requests and withdrawals by letter go.
    pub email: String,
    /// The site on which data are collected.
    pub website: String,
    /// Taxpayer number, 10 or 12 digits, where the policy states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inn: Option<String>,
    /// Registered address, where the policy states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Localized>,
}

/// Someone to whom data are handed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Who it is.
    pub name: Localized,
    /// Two-letter country code of where the data go.
    pub country: String,
}

/// A data subject on one device: the RFC 7638 thumbprint of the device's key. A pseudonym, never a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubjectId(pub Digest);
