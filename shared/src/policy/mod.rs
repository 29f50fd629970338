//! The policy: its text as a document, its matrix of purposes as data, its editions with effective dates.

pub mod document;
pub mod import;

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use crate::{
    digest::Digest,
    lang::Localized,
    party::Controller,
    purpose::{Purpose, SubjectCategory},
};

/// One edition of a policy as data: `policy.toml` beside its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The edition's name: its effective date, `YYYY-MM-DD`.
    pub edition: String,
    /// First day in force, `YYYY-MM-DD`.
    pub effective: String,
    /// Who is responsible and how to reach them.
    pub controller: Controller,
    /// Whose data the policy speaks of, clause 1.1.
    pub subjects: Vec<Subjects>,
    /// The matrix, 152-ФЗ art. 18.1(1)2.
    pub purposes: Vec<Purpose>,
}

/// A category of data subjects with the policy's name for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subjects {
    /// The category.
    pub category: SubjectCategory,
    /// What the policy calls them.
    pub title: Localized,
}

/// An edition by name and digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionRef {
    /// The edition's name.
    pub edition: String,
    /// First day in force, `YYYY-MM-DD`.
    pub effective: String,
    /// SHA-256 over the exact bytes of its text in the governing language.
    pub sha256: Digest,
    /// Where it stays readable for ever.
    pub url: String,
}

/// A name for one exact edition, as in a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRef {
    /// The edition's name.
    pub edition: String,
    /// SHA-256 over the exact bytes of its text.
    pub sha256: Digest,
}
