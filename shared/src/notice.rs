//! Notices: the separate consent documents, 152-ФЗ art. 9(1). The digest over a notice's exact bytes goes into the receipt.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use crate::{digest::Digest, lang::Lang, purpose::PurposeId};

/// One consent document in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Its id: `contact`, `cookies-analytics`, …
    pub id: String,
    /// The language of its text.
    pub lang: Lang,
    /// SHA-256 over the exact bytes of `text`.
    pub sha256: Digest,
    /// First day in force, `YYYY-MM-DD`.
    pub since: String,
    /// First day no longer in force, for a notice that was replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What it asks consent for.
    pub purposes: Vec<NoticePurpose>,
    /// The text, in the form of [`crate::text`].
    pub text: String,
}

/// A purpose that a notice asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticePurpose {
    /// The purpose; for a cookie category also its services may be decided, see [`PurposeId::category`].
    pub id: PurposeId,
    /// A receipt for this notice has to decide it.
    #[serde(default)]
    pub required: bool,
}

impl Notice {
    /// Does this notice speak of `purpose`, or of the category that `purpose` is a service of?
    #[must_use]
    pub fn covers(&self, purpose: &PurposeId) -> bool {
        let category = purpose.category();
        self.purposes
            .iter()
            .any(|own| own.id == *purpose || category == Some(own.id.as_str()))
    }
}

/// A name for one exact notice, as in a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRef {
    /// The notice's id.
    pub id: String,
    /// The language that was on the screen.
    pub lang: Lang,
    /// SHA-256 over the exact bytes that were on the screen.
    pub sha256: Digest,
}
