//! Purposes: for each, whose data, on what ground, which data, what is done with them, for how long, who receives them.
//!
//! This is the matrix that 152-ФЗ art. 18.1(1)2 asks an operator's documents to define.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::{fmt, str::FromStr};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{lang::Localized, party::Recipient, period::Period};

/// The id of a purpose: `analytics`, or of one service within a cookie category: `analytics/counter`.
///
/// 1–64 characters of `a-z`, `0-9`, `_`, `-`, beginning with a letter; at most one `/` between two such parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PurposeId(String);

/// The text is not the id of a purpose.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a purpose's id is 1 to {max} characters of a-z, 0-9, _ and -, beginning with a letter, with at most one /", max = PurposeId::MAX_LEN)]
pub struct PurposeIdError;

impl PurposeId {
    /// Longest id, in bytes: ids stand in receipts, which are limited, and in the status index.
    pub const MAX_LEN: usize = 64;

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For a service's id, the category that it follows unless it was decided itself.
    #[must_use]
    pub fn category(&self) -> Option<&str> {
        self.0.split_once('/').map(|(category, _)| category)
    }
}

impl FromStr for PurposeId {
    type Err = PurposeIdError;

    fn from_str(text: &str) -> Result<Self, PurposeIdError> {
        if is_purpose(text) {
            Ok(Self(text.to_string()))
        } else {
            Err(PurposeIdError)
        }
    }
}

/// Is it the id of a purpose?
pub(crate) fn is_purpose(text: &str) -> bool {
    let word = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
    };
    let well_formed = match text.split_once('/') {
        Some((category, service)) => word(category) && word(service),
        None => word(text),
    };
    well_formed && text.len() <= PurposeId::MAX_LEN
}

impl fmt::Display for PurposeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PurposeId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Whose data: the subject categories of the policy, section 1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectCategory {
    /// Applies for a job.
    Candidate,
    /// A customer's own client, whose data the customer handed over.
    CustomerClient,
    /// Acts for a customer.
    CustomerRepresentative,
    /// Acts for a partner.
    PartnerRepresentative,
    /// Uses the site.
    SiteUser,
    /// Acts for a supplier.
    SupplierRepresentative,
}

impl SubjectCategory {
    /// The name in receipts and in the policy's data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::CustomerClient => "customer_client",
            Self::CustomerRepresentative => "customer_representative",
            Self::PartnerRepresentative => "partner_representative",
            Self::SiteUser => "site_user",
            Self::SupplierRepresentative => "supplier_representative",
        }
    }
}

/// The ground of processing, 152-ФЗ art. 6. Only [`LegalBasis::Consent`] ever gets a notice and a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalBasis {
    /// Consent of the data subject, art. 6(1)1.
    Consent,
    /// A contract, art. 6(1)5.
    Contract,
    /// Another operator's instruction, art. 6(3).
    Instruction,
}

/// One action with personal data, 152-ФЗ art. 3(3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the variants are the law's own list; art. 3(3) defines each"
)]
pub enum Action {
    Accumulate,
    Block,
    Collect,
    Delete,
    Destroy,
    Extract,
    Record,
    Store,
    Systematise,
    Transfer,
    Update,
    Use,
}

/// What ends the processing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// The contract has ended.
    ContractEnd,
    /// The ground has ceased, with no term set by the policy («бессрочно»).
    GroundCeases,
    /// The purpose is reached.
    PurposeReached,
    /// The consent is withdrawn.
    Withdrawal,
}

/// How long data are kept and what happens then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// The event that ends the processing.
    pub until: Until,
    /// The longest term, if one is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Period>,
    /// Time from the event to destruction.
    pub destroy_within: Period,
    /// Time from the event to destruction of blocked copies on backup media, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backups_within: Option<Period>,
    /// The norm or clause that sets the time to destruction.
    pub norm: String,
}

/// One purpose of processing with all that the law asks to be defined for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Its id in receipts.
    pub id: PurposeId,
    /// Whose data.
    pub category: SubjectCategory,
    /// A name of a few words.
    pub title: Localized,
    /// One sentence for a person who decides.
    pub about: Localized,
    /// The ground.
    pub basis: LegalBasis,
    /// Clauses of the policy that it rests on, as `section.clause`.
    pub clauses: Vec<String>,
    /// The closed list of data.
    pub data: Vec<Localized>,
    /// The closed list of actions.
    pub actions: Vec<Action>,
    /// How long.
    pub retention: Retention,
    /// Who receives the data; empty: nobody.
    #[serde(default)]
    pub recipients: Vec<Recipient>,
    /// Does it promote goods or services by contacting people? Art. 15: only with consent given before, never a condition.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub advertising: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_service_names_its_category() {
        let service: PurposeId = "analytics/counter".parse().unwrap();
        assert_eq!(service.category(), Some("analytics"));
        let category: PurposeId = "analytics".parse().unwrap();
        assert_eq!(category.category(), None);
    }

    #[test]
    fn a_malformed_id_is_refused() {
        let long = "a".repeat(PurposeId::MAX_LEN + 1);
        for text in [
            "",
            "/",
            "a/",
            "/a",
            "a/b/c",
            "A",
            "1a",
            "a b",
            "аналитика",
            &long,
        ] {
            assert_eq!(text.parse::<PurposeId>(), Err(PurposeIdError), "{text:?}");
        }
    }
}
