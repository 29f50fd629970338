//! One log, from its entries to its signed head.

use std::{
    collections::{HashSet, hash_map::RandomState},
    hash::BuildHasher as _,
};

use raspiska_shared::{
    digest::Digest,
    log::{checkpoint::Checkpoint, note::VerifierKey},
    party::SubjectId,
};

use super::{
    Fault, Place, Report,
    documents::Documents,
    index::Sums,
    published,
    report::LogCounts,
    scan::scan,
    standing,
    tree::Tree,
    verify::{Checked, Link, Verifier},
};
use crate::{
    erasure::Ledger,
    store::{Head, Identity, KeyPeriod, LogId, Snapshot, StoreError},
    vault::Vault,
};

/// A log that is looked at.
pub(super) struct Log<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) id: LogId,
    /// Up to which index the lookup tables have its entries.
    pub(super) found: u64,
    pub(super) site: &'a str,
    pub(super) identity: &'a Identity,
    /// The operator's keys, those of before as well.
    pub(super) operators: Vec<&'a KeyPeriod>,
    pub(super) head: Head,
    /// None: its key is not there.
    pub(super) vault: Option<&'a Vault>,
    /// What was destroyed.
    pub(super) journal: &'a Ledger,
    /// None: the site's directory was not given.
    pub(super) documents: Option<Documents>,
}

impl Log<'_> {
    /// The place of an entry.
    pub(super) fn entry(&self, index: u64, receipt: Option<Digest>) -> Place {
        Place::Entry {
            site: self.site.to_owned(),
            index,
            receipt,
        }
    }

    /// The log's own place.
    pub(super) fn place(&self) -> Place {
        Place::Log(self.site.to_owned())
    }

    /// Up to where the store has entries or leaves. A damaged head may say anything.
    pub(super) fn stored(&self) -> Result<u64, StoreError> {
        Ok(self.head.size.min(self.snapshot.end(self.id)?))
    }
}

/// Checks all of a log but its part of the lookup tables; adds to the sums by which those are checked.
pub(super) fn check(
    log: &Log<'_>,
    sums: &mut Sums,
    report: &mut Report<'_>,
) -> Result<(), StoreError> {
    head(log, report);
    let size = log.stored()?;
    let verifier = Verifier {
        id: log.id,
        found: log.found,
        site: log.site,
        operators: &log.operators,
        vault: log.vault,
        documents: log.documents.as_ref(),
        marks: &sums.marks,
    };
    let shown = log.snapshot.published(log.id)?;
    let watched = shown.as_ref().map(|shown| Tree::watching(shown.size));
    let mut pass = Pass::new(log, watched.unwrap_or_default(), report);
    scan(log, size, &verifier, |checked| pass.take(checked))?;
    pass.missing();
    let Pass {
        tree,
        owners,
        marks,
        counts,
        ..
    } = pass;
    sums.by_receipt = sums.by_receipt.wrapping_add(marks.0);
    sums.by_subject = sums.by_subject.wrapping_add(marks.1);
    if size < log.head.size {
        report.fault(&log.place(), &Fault::Lost(size, log.head.size));
    }
    tree.close(log, report)?;
    if let Some(shown) = &shown {
        published::check(log, shown, tree.watched(), report);
    }
    leftovers(log, &owners, report)?;
    report.log(counts);
    Ok(())
}

/// The signed head is signed, and what the store says beside it is the same.
fn head(log: &Log<'_>, report: &mut Report<'_>) {
    let vkey: VerifierKey = match log.identity.vkey.parse() {
        Ok(vkey) => vkey,
        Err(error) => return report.fault(&log.place(), &Fault::Vkey(error)),
    };
    if let Some(documents) = &log.documents
        && documents.origin != vkey.name()
    {
        let origins = Fault::Origin(vkey.name().to_owned(), documents.origin.clone());
        report.fault(&log.place(), &origins);
    }
    match Checkpoint::open(&log.head.checkpoint, &vkey) {
        Err(error) => report.fault(&log.place(), &Fault::Checkpoint(error)),
        Ok(signed) if (signed.size, signed.root) != (log.head.size, log.head.root) => {
            report.fault(&log.place(), &Fault::Head);
        }
        Ok(_) => {}
    }
}

/// Nothing is stored that belongs to no entry.
fn leftovers(log: &Log<'_>, owners: &Subjects, report: &mut Report<'_>) -> Result<(), StoreError> {
    let [entries, tokens, sealed] = log.snapshot.beyond(log.id, log.head.size)?;
    if entries > 0 {
        report.fault(&log.place(), &Fault::Beyond(entries, "entries"));
    }
    if tokens > 0 {
        report.fault(&log.place(), &Fault::Beyond(tokens, "receipts"));
    }
    if sealed > 0 {
        report.fault(&log.place(), &Fault::SealedBeyond(sealed));
    }
    log.snapshot.key_owners(log.id, |subject| {
        if !owners.has(&subject) {
            report.fault(&log.place(), &Fault::KeyLeft(subject.0));
        }
    })
}

/// What is known after some chunks, in the order of the log.
struct Pass<'a, 'r, 'o> {
    log: &'a Log<'a>,
    report: &'r mut Report<'o>,
    tree: Tree,
    /// Who withdrew something, and was looked at.
    withdrew: Subjects,
    /// Who has sealed values.
    owners: Subjects,
    /// Entries whose values are gone.
    gone: Vec<(u64, Digest)>,
    /// Receipts whose values were destroyed, by the log.
    erased: HashSet<Digest>,
    marks: (u64, u64),
    counts: LogCounts,
}

impl<'a, 'r, 'o> Pass<'a, 'r, 'o> {
    fn new(log: &'a Log<'a>, tree: Tree, report: &'r mut Report<'o>) -> Self {
        Self {
            log,
            report,
            tree,
            withdrew: Subjects::default(),
            owners: Subjects::default(),
            gone: Vec::new(),
            erased: HashSet::new(),
            marks: (0, 0),
            counts: LogCounts {
                site: log.site.to_owned(),
                size: log.head.size,
                ..LogCounts::default()
            },
        }
    }

    fn take(&mut self, checked: Checked) -> Result<(), StoreError> {
        let Self { log, report, .. } = self;
        for (index, receipt, fault) in &checked.faults {
            report.fault(&log.entry(*index, *receipt), fault);
        }
        for at in self.tree.take(log, &checked.leaves, report)? {
            report.fault(&log.entry(checked.first + at as u64, None), &Fault::Leaf);
        }
        for (statement, of) in &checked.statements {
            self.statement(statement, of)?;
        }
        for of in checked.erased {
            self.erasure(of)?;
        }
        for (entry, sealed) in &checked.values {
            self.values(entry, *sealed);
        }
        for subject in &checked.withdrawals {
            if self.withdrew.add(subject) {
                self.counts.withdrew += 1;
                standing::check(self.log, subject, self.report)?;
            }
        }
        self.counts.sealed += checked.sealed;
        self.marks.0 = self.marks.0.wrapping_add(checked.marks.0);
        self.marks.1 = self.marks.1.wrapping_add(checked.marks.1);
        self.report.advance(checked.leaves.len() as u64);
        Ok(())
    }

    /// A statement concerns an earlier receipt, and changes the status of that one's subject.
    fn statement(&mut self, statement: &Link, of: &Digest) -> Result<(), StoreError> {
        self.counts.statements += 1;
        let fault = match self.log.snapshot.row(self.log.id, of)? {
            Some(row) if row.index < statement.index => {
                (row.subject != statement.subject).then_some(Fault::OfSubject)
            }
            _ => Some(Fault::Of),
        };
        if let Some(fault) = fault {
            let place = self.log.entry(statement.index, Some(statement.receipt));
            self.report.fault(&place, &fault);
        }
        Ok(())
    }

    /// What the log says is destroyed is not there.
    fn erasure(&mut self, of: Digest) -> Result<(), StoreError> {
        let Log { snapshot, id, .. } = self.log;
        if let Some(row) = snapshot.row(*id, &of)?
            && !snapshot.sealed(*id, row.index, row.index + 1)?.is_empty()
        {
            let place = self.log.entry(row.index, Some(of));
            self.report.fault(&place, &Fault::Kept);
        }
        self.erased.insert(of);
        Ok(())
    }

    /// What is gone was destroyed, and the log or the journal says so: otherwise it was lost.
    fn missing(&mut self) {
        let gone = std::mem::take(&mut self.gone);
        for (index, receipt) in gone {
            if !self.erased.contains(&receipt) && self.log.journal.of_receipt(&receipt).is_none() {
                let place = self.log.entry(index, Some(receipt));
                self.report.fault(&place, &Fault::SealedLost);
            }
        }
    }

    /// Whose values are there, and which entries have none any more.
    fn values(&mut self, entry: &Link, sealed: bool) {
        self.counts.with_values += 1;
        if sealed {
            self.owners.add(&entry.subject);
            return;
        }
        self.counts.erased += 1;
        self.gone.push((entry.index, entry.receipt));
    }
}

/// A set of subjects in 64 bits each, under a key of this run: two of a million fall together once in 10^7 runs.
#[derive(Default)]
struct Subjects {
    hasher: RandomState,
    set: HashSet<u64>,
}

impl Subjects {
    /// Is it new?
    fn add(&mut self, subject: &SubjectId) -> bool {
        self.set.insert(self.hasher.hash_one(subject))
    }

    fn has(&self, subject: &SubjectId) -> bool {
        self.set.contains(&self.hasher.hash_one(subject))
    }
}
