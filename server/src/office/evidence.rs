//! Opening evidence takes two people: one asks with a reason, another confirms, and the first reads once, within an hour. Each step,
//! and each one that is refused, is in the access log before it has an effect.
//!
//! The server sees to it; the key of the evidence is wrapped by the vault's key alone. Whoever has the machine, and so the vault's
//! key and the store, needs nobody's confirmation, and whoever makes accounts can be two people.

use std::collections::BTreeMap;

use raspiska_shared::digest::Digest;

use super::{Reason, Shown, Who, values::value};
use crate::{
    store::{Access, Evidence, Opening, Store, StoreError},
    vault::{Vault, VaultError},
};

/// How long somebody who asked waits for a second person, in milliseconds: a day.
const WAITS: u64 = 24 * 60 * 60 * 1000;

/// How long what is confirmed may be read, in milliseconds: an hour.
const OPEN: u64 = 60 * 60 * 1000;

/// Why evidence is not opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EvidenceError {
    /// An opening is under way.
    #[error("{0} has asked to open it already; confirm that, or wait until it is over")]
    Asked(String),
    /// Somebody else changed it meanwhile.
    #[error("somebody was first; look again at what is asked for")]
    First,
    /// Not for this role.
    #[error(
        "the role {0} does not open evidence: an officer asks, another officer or an auditor confirms"
    )]
    Forbidden(&'static str),
    /// There is none.
    #[error("nothing is kept as evidence of this receipt")]
    NotFound,
    /// What is to be confirmed is not asked for any more.
    #[error(
        "nobody asks for this opening, or it is over; it waits for a day, and what is confirmed for an hour"
    )]
    Over,
    /// Confirmed by whoever asked.
    #[error("whoever asked cannot confirm it; another officer or an auditor has to")]
    Same,
    /// Read by somebody else than who asked.
    #[error("{0} asked, so only {0} may read it")]
    Theirs(String),
    /// Read before it was confirmed.
    #[error("nobody has confirmed it; another officer or an auditor has to")]
    Unconfirmed,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// The evidence of one receipt, and who stands before it.
pub(crate) struct Safe<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) site: &'a str,
    pub(crate) receipt: Digest,
    pub(crate) who: &'a Who,
    /// UNIX milliseconds.
    pub(crate) now: u64,
}

impl Safe<'_> {
    /// Asks to open it. When that was is what the second person confirms.
    pub(crate) fn ask(&self, reason: &Reason) -> Result<u64, EvidenceError> {
        let last = self.last()?;
        let asked = self.may_ask(last.as_ref());
        self.noted(asked, "evidence asked", reason.as_str())?;
        let opening = Opening {
            // Never the time of the one before it: a confirmation names what it is about.
            asked: match &last {
                Some(last) if last.asked == self.now => self.now + 1,
                _ => self.now,
            },
            by: self.who.login.clone(),
            reason: reason.as_str().to_owned(),
            confirmed: None,
            read: None,
        };
        self.set(last.as_ref(), &opening)?;
        Ok(opening.asked)
    }

    /// Confirms what was asked for at this time.
    pub(crate) fn confirm(&self, asked: u64) -> Result<(), EvidenceError> {
        let last = self.last()?;
        let found = self.may_confirm(last.as_ref(), asked);
        let reason = last.as_ref().map_or("", |last| &last.reason);
        let opening = self.noted(found, "evidence confirmed", reason)?;
        let confirmed = Opening {
            confirmed: Some((self.now, self.who.login.clone())),
            ..opening.clone()
        };
        self.set(last.as_ref(), &confirmed)
    }

    /// Opens it, once: the values by field.
    pub(crate) fn read(&self, vault: &Vault) -> Result<BTreeMap<String, Shown>, EvidenceError> {
        let last = self.last()?;
        let found = self.may_read(last.as_ref());
        let reason = last.as_ref().map_or("", |last| &last.reason);
        let opening = self.noted(found, "evidence read", reason)?;
        let read = Opening {
            read: Some(self.now),
            ..opening.clone()
        };
        // It is used up before anything is shown: of two who read at once one comes too late.
        self.set(last.as_ref(), &read)?;
        let evidence = self.store.evidence(self.site, &self.receipt)?;
        let Evidence {
            wrapped, sealed, ..
        } = evidence.ok_or(EvidenceError::NotFound)?;
        let plain = vault.open_evidence(self.site, &self.receipt, &wrapped, &sealed)?;
        let text = std::str::from_utf8(&plain).map_err(|_| VaultError::Open)?;
        text.split('~')
            .map(|disclosure| Ok(value(disclosure).ok_or(VaultError::Open)?))
            .collect()
    }

    /// The last opening of what is there.
    fn last(&self) -> Result<Option<Opening>, EvidenceError> {
        let mut held = self.store.evidences(self.site)?.into_iter();
        let own = held.find(|held| held.receipt == self.receipt);
        Ok(own.ok_or(EvidenceError::NotFound)?.opening)
    }

    fn may_ask(&self, last: Option<&Opening>) -> Result<(), EvidenceError> {
        if !self.who.role.acts() {
            return Err(EvidenceError::Forbidden(self.who.role.word()));
        }
        match last.filter(|last| is_open(last, self.now)) {
            // Whoever asked may say it better, as long as nobody has confirmed it.
            Some(last) if last.by != self.who.login || last.confirmed.is_some() => {
                Err(EvidenceError::Asked(last.by.clone()))
            }
            _ => Ok(()),
        }
    }

    fn may_confirm<'o>(
        &self,
        last: Option<&'o Opening>,
        asked: u64,
    ) -> Result<&'o Opening, EvidenceError> {
        if !self.who.role.confirms() {
            return Err(EvidenceError::Forbidden(self.who.role.word()));
        }
        let waits = |last: &&Opening| {
            last.asked == asked && last.confirmed.is_none() && is_open(last, self.now)
        };
        let last = last.filter(waits).ok_or(EvidenceError::Over)?;
        // By the name too: one person may have two accounts.
        let asker = self.store.account(&last.by)?;
        let is_namesake = asker.is_some_and(|asker| asker.name == self.who.name);
        if last.by == self.who.login || is_namesake {
            return Err(EvidenceError::Same);
        }
        Ok(last)
    }

    fn may_read<'o>(&self, last: Option<&'o Opening>) -> Result<&'o Opening, EvidenceError> {
        if !self.who.role.acts() {
            return Err(EvidenceError::Forbidden(self.who.role.word()));
        }
        let open = |last: &&Opening| is_open(last, self.now);
        let last = last.filter(open).ok_or(EvidenceError::Over)?;
        if last.by != self.who.login {
            return Err(EvidenceError::Theirs(last.by.clone()));
        }
        if last.confirmed.is_none() {
            return Err(EvidenceError::Unconfirmed);
        }
        Ok(last)
    }

    /// Notes a step before it is taken, and one that is refused.
    fn noted<T>(
        &self,
        step: Result<T, EvidenceError>,
        what: &str,
        reason: &str,
    ) -> Result<T, EvidenceError> {
        let what = match &step {
            Err(EvidenceError::Store(_)) => return step,
            Err(_) => "evidence refused",
            Ok(_) => what,
        };
        self.store.note_access(&Access {
            time: self.now,
            receipt: self.receipt,
            what: what.to_owned(),
            login: self.who.login.clone(),
            site: self.site.to_owned(),
            purpose: String::new(),
            reason: reason.to_owned(),
        })?;
        step
    }

    fn set(&self, before: Option<&Opening>, after: &Opening) -> Result<(), EvidenceError> {
        let set = self
            .store
            .set_opening(self.site, &self.receipt, before, after)?;
        if set {
            Ok(())
        } else {
            Err(EvidenceError::First)
        }
    }
}

/// May it still be confirmed, or read? A clock that was set back opens nothing for longer.
fn is_open(opening: &Opening, now: u64) -> bool {
    let (since, term) = match &opening.confirmed {
        None => (opening.asked, WAITS),
        Some((confirmed, _)) => (*confirmed, OPEN),
    };
    // What is asked twice in one millisecond lies one ahead.
    opening.read.is_none() && since <= now + 1 && now < since.saturating_add(term)
}
