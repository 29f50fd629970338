//! Reading the vault: for a purpose that the person gave, with a reason, on the record.

use std::collections::BTreeMap;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use raspiska_shared::{
    digest::Digest, purpose::PurposeId, receipt::State, site::Site, term::Anchor,
};
use zeroize::Zeroizing;

use super::{Shown, Who};
use crate::{
    standing,
    store::{Access, FactKind, Row, Store, StoreError},
    vault::{Vault, VaultError},
};

/// Longest reason, in characters: a sentence.
const MAX_REASON: usize = 200;

/// Why somebody reads: one line that the access log keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason(String);

/// The text says no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("say in one line of at most {MAX_REASON} characters what the data are needed for")]
pub(crate) struct ReasonError;

/// Why no values are shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// They were destroyed, or there were none.
    #[error("the values of this receipt were destroyed, or it had none")]
    Erased,
    /// Told of, and not here.
    #[error("no file has come for this field of the receipt; it may still be on its way")]
    NoFile,
    /// Not for this role.
    #[error("the role {0} does not read what was given for this purpose")]
    Forbidden(&'static str),
    /// Nothing was logged under this hash.
    #[error("no receipt with this hash was logged here")]
    NotFound,
    /// The person's will stands against it.
    #[error("the purpose {purpose} is {state}, so its data may not be read for it")]
    NotGiven {
        /// The purpose.
        purpose: PurposeId,
        /// What holds.
        state: &'static str,
    },
    /// The receipt gave something else.
    #[error("this receipt did not give the purpose {0}; name one that it gave")]
    OtherPurpose(PurposeId),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl Reason {
    /// In their words.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Reason {
    type Err = ReasonError;

    fn from_str(text: &str) -> Result<Self, ReasonError> {
        let text = text.trim();
        let fits = (1..=MAX_REASON).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ReasonError)
        }
    }
}

/// What is asked for.
pub(crate) struct Wanted<'a> {
    pub(crate) receipt: Digest,
    pub(crate) purpose: &'a PurposeId,
    pub(crate) reason: &'a Reason,
}

/// The values that a receipt committed to, by field. That they are read, or are not given out, is noted first.
pub(crate) fn read(
    store: &dyn Store,
    vault: &Vault,
    site: &Site,
    who: &Who,
    wanted: &Wanted<'_>,
    now: u64,
) -> Result<BTreeMap<String, Shown>, ReadError> {
    let Look { row, access } = let_in(store, site, who, wanted, "values read", now)?;
    open(store, vault, &site.site, &row, &access)?
        .iter()
        .map(|disclosure| Ok(value(disclosure).ok_or(VaultError::Open)?))
        .collect()
}

/// A look that is allowed, and not noted yet.
pub(super) struct Look {
    pub(super) row: Row,
    pub(super) access: Access,
}

/// May this person look? That somebody may not is noted at once; `what` is what the log is to say otherwise.
pub(super) fn let_in(
    store: &dyn Store,
    site: &Site,
    who: &Who,
    wanted: &Wanted<'_>,
    what: &str,
    now: u64,
) -> Result<Look, ReadError> {
    let row = store
        .row(&site.site, &wanted.receipt)?
        .ok_or(ReadError::NotFound)?;
    let access = |what: &str| Access {
        time: now,
        receipt: row.receipt,
        what: what.to_owned(),
        login: who.login.clone(),
        site: site.site.clone(),
        purpose: wanted.purpose.to_string(),
        reason: wanted.reason.0.clone(),
    };
    if let Err(refusal) = may_read(store, site, who, wanted, &row) {
        if !matches!(refusal, ReadError::Store(_)) {
            store.note_access(&access("refused"))?;
        }
        return Err(refusal);
    }
    let access = access(what);
    Ok(Look { row, access })
}

fn may_read(
    store: &dyn Store,
    site: &Site,
    who: &Who,
    wanted: &Wanted<'_>,
    row: &Row,
) -> Result<(), ReadError> {
    let purpose = site.purposes.iter().find(|own| own.id == *wanted.purpose);
    if !who.role.reads_values() || purpose.is_some_and(|purpose| !who.role.sees(purpose)) {
        return Err(ReadError::Forbidden(who.role.word()));
    }
    let other = || ReadError::OtherPurpose(wanted.purpose.clone());
    purpose.ok_or_else(other)?;
    let mut decisions = standing::payload(row)?.decisions.into_iter();
    decisions
        .find(|own| own.purpose == *wanted.purpose && own.state == State::Given)
        .ok_or_else(other)?;
    // Said before anything else: nobody need look for a reason why.
    if store.sealed(&site.site, row.index)?.is_empty() {
        return Err(ReadError::Erased);
    }
    // What holds now, by everything that is logged of the person: a withdrawal takes effect with its entry.
    let standing = standing::of_subject(store, &site.site, &row.subject)?;
    let state = match standing.state(wanted.purpose) {
        Some(State::Given) if !is_blocked(store, &site.site, row, wanted.purpose)? => return Ok(()),
        Some(State::Given) => "blocked",
        Some(State::Refused) => "refused",
        _ => "withdrawn",
    };
    Err(ReadError::NotGiven {
        purpose: wanted.purpose.clone(),
        state,
    })
}

/// Blocked data are stored and not used: 152-ФЗ art. 3(7). A block that names a duty was made for that one alone: it is lifted with
/// that duty, or with all of them.
fn is_blocked(
    store: &dyn Store,
    site: &str,
    row: &Row,
    purpose: &PurposeId,
) -> Result<bool, StoreError> {
    let mut blocks = Vec::new();
    for fact in store.facts_of(site, &row.subject)? {
        let is_about = fact.receipt.is_none_or(|receipt| receipt == row.receipt)
            && fact.purpose.as_ref().is_none_or(|own| own == purpose);
        match fact.kind {
            FactKind::Event(Anchor::Blocked) if is_about => blocks.push(fact.duty),
            FactKind::Unblocked if is_about => {
                blocks.retain(|duty| fact.duty.is_some() && *duty != fact.duty);
            }
            _ => {}
        }
    }
    Ok(!blocks.is_empty())
}

/// The encoded disclosures of a receipt, opened after `access` was noted: a look that was not noted must not happen.
/// 152-ФЗ art. 19(2)8.
pub(crate) fn open(
    store: &dyn Store,
    vault: &Vault,
    site: &str,
    row: &Row,
    access: &Access,
) -> Result<Vec<Shown>, ReadError> {
    let wrapped = store
        .subject_key(site, &row.subject)?
        .ok_or(ReadError::Erased)?;
    let sealed = store.sealed(site, row.index)?;
    if sealed.is_empty() {
        return Err(ReadError::Erased);
    }
    let key = vault.unwrap_key(site, &row.subject, &wrapped)?;
    store.note_access(access)?;
    sealed
        .iter()
        .map(|own| {
            let disclosure = key.open(&row.receipt, &own.name, &own.blob)?;
            let text = std::str::from_utf8(&disclosure).map_err(|_| VaultError::Open)?;
            Ok(Zeroizing::new(text.to_owned()))
        })
        .collect()
}

/// Name and value of `base64url(["salt","name","value"])`, which was checked before it was sealed.
pub(crate) fn value(disclosure: &str) -> Option<(String, Shown)> {
    let json = Zeroizing::new(Base64UrlUnpadded::decode_vec(disclosure).ok()?);
    let [_, name, value]: [String; 3] = serde_json::from_slice(&json).ok()?;
    Some((name, Zeroizing::new(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line() {
        let long = "я".repeat(MAX_REASON);
        assert!("ответ на обращение".parse::<Reason>().is_ok());
        assert!(long.parse::<Reason>().is_ok());
        for text in ["", "  ", "two\nlines", &format!("{long}я")] {
            assert_eq!(text.parse::<Reason>(), Err(ReasonError), "{text:?}");
        }
    }
}
