//! What a worker does: everything about an entry that needs nothing but the entry.

use std::{
    collections::{BTreeMap, hash_map::RandomState},
    hash::BuildHasher as _,
};

use raspiska_shared::{
    digest::Digest,
    log::{entry::Entry, tree::Hash},
    party::SubjectId,
    receipt::{Actor, Method, Payload, Receipt, State},
};

use super::{Fault, documents::Documents, values};
use crate::{
    store::{KeyPeriod, LogId, Row, Sealed},
    vault::Vault,
};

/// Entries that stand side by side, with what is sealed for them.
pub(super) struct Chunk {
    /// The index of the first.
    pub(super) first: u64,
    /// How many there have to be.
    pub(super) width: u16,
    /// Those that are there.
    pub(super) rows: Vec<Row>,
    /// Their sealed values, in the order of the log.
    pub(super) sealed: Vec<Sealed>,
    /// The wrapped keys of their subjects, by index.
    pub(super) keys: BTreeMap<u64, Vec<u8>>,
}

/// What came out for a chunk.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) first: u64,
    /// The leaf of each entry; none: the entry is missing.
    pub(super) leaves: Vec<Option<Hash>>,
    pub(super) faults: Vec<(u64, Option<Digest>, Fault)>,
    /// The operator's statements and the receipts that they concern: those may be anywhere before.
    pub(super) statements: Vec<(Link, Digest)>,
    /// Receipts whose values the operator's statements say are destroyed.
    pub(super) erased: Vec<Digest>,
    /// Who withdraws.
    pub(super) withdrawals: Vec<SubjectId>,
    /// Entries with signed values, and whether any of them is sealed here.
    pub(super) values: Vec<(Link, bool)>,
    /// Sealed values that were looked at.
    pub(super) sealed: u64,
    /// Sums of marks over the rows, by receipt and by subject: see [`super::index`].
    pub(super) marks: (u64, u64),
}

/// An entry, as far as others hang on it.
pub(super) struct Link {
    pub(super) index: u64,
    pub(super) receipt: Digest,
    pub(super) subject: SubjectId,
}

/// What all workers know.
pub(super) struct Verifier<'a> {
    pub(super) id: LogId,
    pub(super) found: u64,
    pub(super) site: &'a str,
    pub(super) operators: &'a [&'a KeyPeriod],
    pub(super) vault: Option<&'a Vault>,
    pub(super) documents: Option<&'a Documents>,
    pub(super) marks: &'a RandomState,
}

impl Verifier<'_> {
    /// Looks at each entry of a chunk.
    pub(super) fn check(&self, chunk: &Chunk) -> Checked {
        let mut checked = Checked {
            first: chunk.first,
            leaves: Vec::with_capacity(usize::from(chunk.width)),
            ..Checked::default()
        };
        let mut rows = chunk.rows.iter().peekable();
        let mut sealed = &chunk.sealed[..];
        for index in chunk.first..chunk.first + u64::from(chunk.width) {
            let own = sealed.iter().take_while(|own| own.index == index).count();
            let (own, rest) = sealed.split_at(own);
            sealed = rest;
            checked.sealed += own.len() as u64;
            match rows.next_if(|row| row.index == index) {
                Some(row) => {
                    let key = chunk.keys.get(&index).map(Vec::as_slice);
                    self.entry(row, own, key, &mut checked);
                }
                None => {
                    checked.leaves.push(None);
                    checked.faults.push((index, None, Fault::Missing));
                    if !own.is_empty() {
                        checked.faults.push((index, None, Fault::SealedAlone));
                    }
                }
            }
        }
        checked
    }

    /// Was it the operator's key at that time?
    fn is_operator(&self, key: SubjectId, time: u64) -> bool {
        self.operators.iter().any(|own| {
            own.since <= time
                && own.until.is_none_or(|until| time < until)
                && own.thumbprint().is_ok_and(|thumbprint| thumbprint == key)
        })
    }

    fn entry(&self, row: &Row, sealed: &[Sealed], key: Option<&[u8]>, checked: &mut Checked) {
        let entry = Entry {
            site: self.site.to_owned(),
            receipt: row.receipt,
            time: row.time,
        };
        checked.leaves.push(Some(entry.leaf()));
        if row.index < self.found {
            checked.marks.0 = self.mark(checked.marks.0, &row.receipt, row.index);
            checked.marks.1 = self.mark(checked.marks.1, &row.subject.0, row.index);
        }
        let faults = &mut checked.faults;
        let mut fault = |fault| faults.push((row.index, Some(row.receipt), fault));
        if row.token.is_empty() {
            return fault(Fault::NoToken);
        }
        // Stored without its disclosures; the form of a receipt has a tilde before them.
        let mut text = String::with_capacity(row.token.len() + 1);
        text.push_str(&row.token);
        text.push('~');
        let opened = Receipt::open(text.as_bytes());
        // Opening has hashed it already.
        let hash = match &opened {
            Ok(receipt) => receipt.hash(),
            Err(_) => Digest::of(row.token.as_bytes()),
        };
        if hash != row.receipt {
            fault(Fault::Hash);
        }
        let receipt = match opened {
            Ok(receipt) => receipt,
            Err(error) => return fault(Fault::Receipt(error)),
        };
        let payload = receipt.payload();
        let link = || Link {
            index: row.index,
            receipt: row.receipt,
            subject: row.subject,
        };
        match payload.of {
            // Whose status a statement changes is said by the receipt that it concerns, not by who signed.
            Some(_) if !self.is_operator(payload.sub, row.time) => fault(Fault::Operator),
            Some(of) => {
                checked.statements.push((link(), of));
                if payload.event.method == Method::Erasure {
                    checked.erased.push(of);
                }
            }
            None if payload.sub != row.subject => fault(Fault::Subject),
            None => {}
        }
        if let Some(error) = self.documents.and_then(|known| known.check(payload).err()) {
            fault(Fault::Documents(error));
        }
        values::check(
            self.site,
            self.vault,
            row,
            &payload.sd,
            sealed,
            key,
            &mut fault,
        );
        if !payload.sd.is_empty() {
            checked.values.push((link(), !sealed.is_empty()));
        }
        if withdraws(payload) {
            checked.withdrawals.push(row.subject);
        }
    }

    /// An index of at least 2^40 is in no table.
    fn mark(&self, sum: u64, digest: &Digest, index: u64) -> u64 {
        self.id
            .pair(digest, index)
            .map_or(sum, |pair| sum.wrapping_add(self.marks.hash_one(pair)))
    }
}

/// Does it take anything back? Only then it depends on what was before.
pub(super) fn withdraws(payload: &Payload) -> bool {
    payload.event.by == Actor::Operator
        || payload
            .decisions
            .iter()
            .any(|decision| decision.state == State::Withdrawn)
}
