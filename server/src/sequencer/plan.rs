//! What becomes of each receipt of a batch, decided in the order in which they came.

use std::collections::{BTreeMap, HashMap};

use raspiska_shared::{
    digest::Digest,
    log::entry::Entry,
    party::SubjectId,
    receipt::{Payload, Receipt, ReceiptError, State},
    status::Standing,
};

use super::{Submission, writer::BatchError};
use crate::{
    erasure::Destroyed,
    standing,
    store::{Erased, Position, Row, Sealed, Store},
    vault::{SubjectKey, Vault},
};

/// A batch, decided and not yet written.
pub(super) struct Plan<'a> {
    /// One for each submission, in their order.
    pub(super) verdicts: Vec<Verdict>,
    /// The new rows.
    pub(super) rows: Vec<Row>,
    /// Their entries.
    pub(super) entries: Vec<Entry>,
    /// Wrapped keys of subjects that had none.
    pub(super) keys: Vec<(SubjectId, Vec<u8>)>,
    /// Sealed disclosures of the new rows.
    pub(super) sealed: Vec<Sealed>,
    /// Entries before this batch whose values are deleted.
    pub(super) erased: Vec<Erased>,

    store: &'a dyn Store,
    vault: &'a Vault,
    destroyed: &'a Destroyed,
    site: &'a str,
    first: u64,
    /// Where in `rows` a receipt of this batch is.
    places: HashMap<Digest, usize>,
    /// The payloads of the new rows, for standings that are folded later in the batch.
    payloads: Vec<&'a Payload>,
    /// Standings of subjects that withdraw something in this batch.
    standings: BTreeMap<SubjectId, Standing>,
    /// Keys of subjects that disclose something in this batch.
    opened: BTreeMap<SubjectId, SubjectKey>,
}

/// What becomes of one receipt.
pub(super) enum Verdict {
    /// Logged as this row of the batch.
    New(usize),
    /// Logged before, or earlier in this batch.
    Known(Position),
    /// Not logged.
    Refused(ReceiptError),
}

impl<'a> Plan<'a> {
    /// Decides about each submission; the first new one gets index `first`.
    pub(super) fn make(
        store: &'a dyn Store,
        vault: &'a Vault,
        destroyed: &'a Destroyed,
        site: &'a str,
        first: u64,
        batch: &'a [Submission],
    ) -> Result<Self, BatchError> {
        let mut plan = Self {
            verdicts: Vec::with_capacity(batch.len()),
            rows: Vec::with_capacity(batch.len()),
            entries: Vec::with_capacity(batch.len()),
            keys: Vec::new(),
            sealed: Vec::new(),
            erased: Vec::new(),
            store,
            vault,
            destroyed,
            site,
            first,
            places: HashMap::with_capacity(batch.len()),
            payloads: Vec::with_capacity(batch.len()),
            standings: BTreeMap::new(),
            opened: BTreeMap::new(),
        };
        let hashes: Vec<Digest> = batch
            .iter()
            .map(|submission| submission.receipt.hash())
            .collect();
        let known = store.positions(site, &hashes)?;
        for (submission, known) in batch.iter().zip(known) {
            let verdict = plan.decide(submission, known)?;
            plan.verdicts.push(verdict);
        }
        Ok(plan)
    }

    fn decide(
        &mut self,
        submission: &'a Submission,
        known: Option<Position>,
    ) -> Result<Verdict, BatchError> {
        let Submission {
            receipt,
            subject,
            received,
            erases,
            ..
        } = submission;
        let hash = receipt.hash();
        // The same receipt again has the same place, also within one batch.
        if let Some(row) = self.places.get(&hash).and_then(|&at| self.rows.get(at)) {
            return Ok(Verdict::Known(Position {
                index: row.index,
                time: row.time,
            }));
        }
        if let Some(position) = known {
            return Ok(Verdict::Known(position));
        }
        let payload = receipt.payload();
        // Only a withdrawal depends on what was before: nothing else costs a look at the subject's history.
        if payload
            .decisions
            .iter()
            .any(|decision| decision.state == State::Withdrawn)
            && let Err(error) = self.standing(subject)?.check_withdrawals(payload)
        {
            return Ok(Verdict::Refused(error));
        }
        let at = self.rows.len();
        let index = self.first + at as u64;
        self.seal(receipt, subject, hash, index)?;
        self.erased.extend(erases.map(|index| Erased {
            index,
            subject: *subject,
        }));
        if let Some(standing) = self.standings.get_mut(subject) {
            standing.apply(payload, hash);
        }
        self.places.insert(hash, at);
        self.payloads.push(payload);
        self.entries.push(Entry {
            site: self.site.to_owned(),
            receipt: hash,
            time: *received,
        });
        self.rows.push(Row {
            index,
            receipt: hash,
            time: *received,
            subject: *subject,
            token: receipt.token().to_owned(),
        });
        Ok(Verdict::New(at))
    }

    /// What holds for a subject by the log and by this batch so far.
    fn standing(&mut self, subject: &SubjectId) -> Result<&Standing, BatchError> {
        if !self.standings.contains_key(subject) {
            let mut standing = standing::of_subject(self.store, self.site, subject)?;
            for (row, payload) in self.rows.iter().zip(&self.payloads) {
                if row.subject == *subject {
                    standing.apply(payload, row.receipt);
                }
            }
            self.standings.insert(*subject, standing);
        }
        Ok(self.standings.entry(*subject).or_default())
    }

    /// Seals the disclosures of a receipt under its subject's key, which is made if there is none.
    fn seal(
        &mut self,
        receipt: &Receipt,
        subject: &SubjectId,
        hash: Digest,
        index: u64,
    ) -> Result<(), BatchError> {
        // A log that went back to a backup may be sent a receipt again whose values were destroyed meanwhile.
        if receipt.disclosures().is_empty() || self.destroyed.has(&hash) {
            return Ok(());
        }
        if !self.opened.contains_key(subject) {
            let key = match self.store.subject_key(self.site, subject)? {
                Some(wrapped) => self.vault.unwrap_key(self.site, subject, &wrapped)?,
                None => {
                    let (key, wrapped) = self.vault.subject_key(self.site, subject)?;
                    self.keys.push((*subject, wrapped));
                    key
                }
            };
            self.opened.insert(*subject, key);
        }
        let Some(key) = self.opened.get(subject) else {
            return Ok(());
        };
        for disclosure in receipt.disclosures() {
            let name = disclosure.name().to_owned();
            let blob = key.seal(&hash, &name, disclosure.encoded())?;
            self.sealed.push(Sealed { index, name, blob });
        }
        Ok(())
    }
}
