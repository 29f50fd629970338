//! Whom to look at, and when: follows log and facts by cursors, so that nobody is looked at without a reason.
//!
//! Watched are only people of whom the vault has values, or of whom the office stated something; a choice about cookies has nothing
//! to destroy, ends in the browser that asks again, and is not watched: to state each end would double the log and
//! tell nobody anything. Of a watched person is kept when they are next of interest: 40 bytes, however many receipts.
//! What it costs: the first look reads each row of the log once, a later one what came since, and the histories of people with
//! open duties or a date that has come.

use std::collections::BTreeMap;

use raspiska_shared::{digest::Digest, party::SubjectId, purpose::PurposeId};

use super::{
    Duty, State,
    engine::{Book, Found, Logged, Opened, Records, find},
    evidence,
};
use crate::{
    standing,
    store::{Fact, Store, StoreError},
};

/// Rows and facts that are read at a time: what is in memory at once.
const PAGE: u16 = 256;

/// What was seen of one site, and whom to look at.
#[derive(Default)]
pub(crate) struct Ledger {
    /// The next row of the log.
    row: u64,
    /// The last fact.
    fact: u64,
    /// When somebody is next of interest, UNIX milliseconds.
    watched: BTreeMap<SubjectId, u64>,
    /// Facts about nobody in particular.
    loose: Vec<Fact>,
}

/// What follows on one site.
pub(crate) struct Open {
    /// What has to be done, the most urgent first.
    pub(crate) duties: Vec<Duty>,
    /// Consents whose term is over and of which the log does not say so.
    pub(crate) expired: Vec<Expired>,
}

/// Whose consent, by which receipt, for which purposes.
pub(crate) type Expired = (SubjectId, Digest, Vec<PurposeId>);

impl Ledger {
    /// What follows at `now`, UNIX milliseconds. After an error nothing is lost: the next call goes on.
    pub(crate) fn open(
        &mut self,
        store: &dyn Store,
        book: &Book<'_>,
        requests: &[Opened],
        now: u64,
    ) -> Result<Open, StoreError> {
        self.follow_log(store, book.site)?;
        self.follow_facts(store, book.site)?;
        for request in requests {
            self.touch(request.subject);
        }
        let mut open = Open {
            duties: find(book, None, &self.loose(requests), now).duties,
            expired: Vec::new(),
        };
        let due: Vec<SubjectId> = self
            .watched
            .iter()
            .filter(|(_, next)| **next <= now)
            .map(|(subject, _)| *subject)
            .collect();
        for subject in due {
            let mut records = read(store, book.site, &subject)?;
            records.requests = of(requests, Some(subject));
            let found = find(book, Some(subject), &records, now);
            self.note(subject, &records, &found, now);
            open.duties.extend(found.duties);
            let expired = found.expired.into_iter();
            open.expired
                .extend(expired.map(|(receipt, purposes)| (subject, receipt, purposes)));
        }
        open.duties.extend(evidence::due(store, book, now)?);
        open.duties.retain(|duty| duty.state != State::Done);
        Duty::sort(&mut open.duties);
        Ok(open)
    }

    /// What has to be done with the data of one person, or of nobody in particular.
    pub(crate) fn of(
        &mut self,
        store: &dyn Store,
        book: &Book<'_>,
        requests: &[Opened],
        subject: Option<SubjectId>,
        now: u64,
    ) -> Result<Vec<Duty>, StoreError> {
        let records = match subject {
            Some(subject) => Records {
                requests: of(requests, Some(subject)),
                ..read(store, book.site, &subject)?
            },
            None => {
                self.follow_facts(store, book.site)?;
                self.loose(requests)
            }
        };
        Ok(find(book, subject, &records, now).duties)
    }

    /// What is known of nobody in particular.
    fn loose(&self, requests: &[Opened]) -> Records {
        Records {
            facts: self.loose.clone(),
            requests: of(requests, None),
            ..Records::default()
        }
    }

    fn follow_log(&mut self, store: &dyn Store, site: &str) -> Result<(), StoreError> {
        loop {
            let rows = store.rows(site, self.row, PAGE)?;
            for row in &rows {
                if self.watched.contains_key(&row.subject) || !standing::payload(row)?.sd.is_empty()
                {
                    self.touch(Some(row.subject));
                }
            }
            self.row += rows.len() as u64;
            if rows.len() < usize::from(PAGE) {
                return Ok(());
            }
        }
    }

    fn follow_facts(&mut self, store: &dyn Store, site: &str) -> Result<(), StoreError> {
        loop {
            let facts = store.facts(site, self.fact, PAGE)?;
            let whole = facts.len() == usize::from(PAGE);
            for (number, fact) in facts {
                self.fact = number;
                match fact.subject {
                    None => self.loose.push(fact),
                    subject => self.touch(subject),
                }
            }
            if !whole {
                return Ok(());
            }
        }
    }

    /// Somebody is of interest now.
    fn touch(&mut self, subject: Option<SubjectId>) {
        if let Some(subject) = subject {
            self.watched.insert(subject, 0);
        }
    }

    /// When to look at somebody again: at every call while something is open or to be stated, else when a date comes, and never
    /// if there is nothing left.
    fn note(&mut self, subject: SubjectId, records: &Records, found: &Found, now: u64) {
        let is_open =
            found.duties.iter().any(|duty| duty.state != State::Done) || !found.expired.is_empty();
        let kept = records.receipts.iter().any(|logged| logged.kept);
        match found.next {
            _ if is_open => self.watched.insert(subject, 0),
            Some(next) if kept => self.watched.insert(subject, next),
            // Kept on a ground without a term: only a row or a fact can change it.
            None if kept => self.watched.insert(subject, u64::MAX),
            _ => self.watched.remove(&subject),
        };
        debug_assert!(found.next.is_none_or(|next| next > now));
    }
}

fn of(requests: &[Opened], subject: Option<SubjectId>) -> Vec<Opened> {
    let own = |request: &&Opened| request.subject == subject;
    requests.iter().filter(own).cloned().collect()
}

/// All that is known of one person.
fn read(store: &dyn Store, site: &str, subject: &SubjectId) -> Result<Records, StoreError> {
    let mut receipts = Vec::new();
    for row in store.history(site, subject)? {
        let payload = standing::payload(&row)?;
        let kept = !payload.sd.is_empty() && !store.sealed(site, row.index)?.is_empty();
        receipts.push(Logged {
            hash: row.receipt,
            time: row.time,
            payload,
            kept,
        });
    }
    Ok(Records {
        receipts,
        facts: store.facts_of(site, subject)?,
        requests: Vec::new(),
    })
}
