//! A store that fails when told to: before the call has had its effect, or after.

use std::{
    collections::BTreeMap,
    ops::{Range, RangeInclusive},
    sync::{
        Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use raspiska_server::store::{
    Access, Account, Acknowledgement, Added, Batch, Case, Counts, Deliveries, Delivery, Erasures,
    EventKind, Evidence, Evidences, Fact, Facts, Files, Head, Held, Hook, Identities, Identity,
    KeyPeriod, Mark, Notice, Notices, Offices, Opening, Position, Published, Request, Requests,
    Rotation, Row, Scrubbed, Sealed, Session, Settled, Sqlite, Step, Store, StoreError, Unheard,
    Waiting, Which,
};
use raspiska_shared::{digest::Digest, log::tree::Hash, party::SubjectId};

/// Which call fails: every one of [`Store`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Call {
    Accesses,
    Account,
    Accounts,
    AddFact,
    AddStep,
    AddFile,
    AddNotices,
    Append,
    BeginHook,
    BeginNotices,
    BeginSession,
    Claim,
    ClaimNotices,
    Case,
    Cases,
    Counts,
    Disclosing,
    DeleteEvidence,
    Due,
    EndSession,
    Entries,
    Establish,
    Evidence,
    Evidences,
    Facts,
    FactsOf,
    File,
    Files,
    Head,
    History,
    Hooks,
    Identities,
    KeepEvidence,
    Keys,
    NoteAccess,
    Notice,
    Outbox,
    OpenRequest,
    Positions,
    Probe,
    Publish,
    Published,
    Row,
    Rows,
    Scrub,
    Sealed,
    Session,
    SetAccount,
    SetCounts,
    SetOpening,
    Settle,
    SubjectKey,
    Tile,
    Unheard,
}

/// What really happened when a call said that it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Nothing,
    Everything,
}

/// A fault to come.
struct Plan {
    call: Call,
    fault: Fault,
    /// So many calls go well before.
    spared: u64,
    /// All calls after it fail too.
    lasting: bool,
}

/// A store that fails as planned.
pub(crate) struct Faulty {
    inner: Sqlite,
    plan: Mutex<Option<Plan>>,
    /// Has the plan come true?
    failed: AtomicBool,
    /// Calls so far.
    calls: Mutex<BTreeMap<Call, u64>>,
    /// Appends wait while this is true, so that a batch gathers behind them.
    held: Mutex<bool>,
    waits: AtomicBool,
    released: Condvar,
}

impl Faulty {
    pub(crate) fn new(inner: Sqlite) -> Self {
        Self {
            inner,
            plan: Mutex::default(),
            failed: AtomicBool::new(false),
            calls: Mutex::default(),
            held: Mutex::new(false),
            waits: AtomicBool::new(false),
            released: Condvar::new(),
        }
    }

    /// The next call of this kind fails.
    pub(crate) fn fail(&self, call: Call, fault: Fault) {
        self.fail_at(call, fault, 1, false);
    }

    /// The `nth` call of this kind fails, or all from it on.
    pub(crate) fn fail_at(&self, call: Call, fault: Fault, nth: u64, lasting: bool) {
        self.failed.store(false, Ordering::SeqCst);
        *self.plan.lock().unwrap() = Some(Plan {
            call,
            fault,
            spared: nth - 1,
            lasting,
        });
    }

    /// Nothing fails any more.
    pub(crate) fn mend(&self) {
        self.plan.lock().unwrap().take();
    }

    /// Has the fault happened?
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::SeqCst)
    }

    /// How many calls of this kind there were.
    pub(crate) fn calls(&self, call: Call) -> u64 {
        let calls = self.calls.lock().unwrap();
        calls.get(&call).copied().unwrap_or_default()
    }

    /// Lets appends wait, or go on.
    pub(crate) fn hold(&self, held: bool) {
        *self.held.lock().unwrap() = held;
        self.released.notify_all();
    }

    /// Does an append wait, or has one waited?
    pub(crate) fn waits(&self) -> bool {
        self.waits.load(Ordering::SeqCst)
    }

    fn call<T>(
        &self,
        call: Call,
        work: impl FnOnce(&Sqlite) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        *self.calls.lock().unwrap().entry(call).or_default() += 1;
        match self.planned(call) {
            None => work(&self.inner),
            Some(Fault::Nothing) => Err(StoreError::Failed("injected".into())),
            Some(Fault::Everything) => {
                work(&self.inner)?;
                Err(StoreError::Failed("injected after the effect".into()))
            }
        }
    }

    fn planned(&self, call: Call) -> Option<Fault> {
        let mut next = self.plan.lock().unwrap();
        let plan = next.as_mut().filter(|plan| plan.call == call)?;
        if plan.spared > 0 {
            plan.spared -= 1;
            return None;
        }
        self.failed.store(true, Ordering::SeqCst);
        let fault = plan.fault;
        if !plan.lasting {
            next.take();
        }
        Some(fault)
    }
}

impl Store for Faulty {
    fn identities(&self) -> Result<Identities, StoreError> {
        self.call(Call::Identities, |inner| inner.identities())
    }

    fn establish(
        &self,
        time: u64,
        vault: &Digest,
        logs: &[(String, Identity, Head)],
    ) -> Result<(), StoreError> {
        self.call(Call::Establish, |inner| inner.establish(time, vault, logs))
    }

    fn keys(&self) -> Result<Vec<KeyPeriod>, StoreError> {
        self.call(Call::Keys, Sqlite::keys)
    }

    fn rotate(&self, time: u64, rotation: &Rotation<'_>) -> Result<(), StoreError> {
        self.inner.rotate(time, rotation)
    }

    fn probe(&self) -> Result<(), StoreError> {
        self.call(Call::Probe, Sqlite::probe)
    }

    fn head(&self, site: &str) -> Result<Head, StoreError> {
        self.call(Call::Head, |inner| inner.head(site))
    }

    fn append(&self, site: &str, batch: &Batch<'_>) -> Result<(), StoreError> {
        let mut held = self.held.lock().unwrap();
        while *held {
            self.waits.store(true, Ordering::SeqCst);
            held = self.released.wait(held).unwrap();
        }
        drop(held);
        self.call(Call::Append, |inner| inner.append(site, batch))
    }

    fn tile(&self, site: &str, level: u8, index: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        self.call(Call::Tile, |inner| inner.tile(site, level, index))
    }

    fn row(&self, site: &str, receipt: &Digest) -> Result<Option<Row>, StoreError> {
        self.call(Call::Row, |inner| inner.row(site, receipt))
    }

    fn positions(
        &self,
        site: &str,
        receipts: &[Digest],
    ) -> Result<Vec<Option<Position>>, StoreError> {
        self.call(Call::Positions, |inner| inner.positions(site, receipts))
    }

    fn history(&self, site: &str, subject: &SubjectId) -> Result<Vec<Row>, StoreError> {
        self.call(Call::History, |inner| inner.history(site, subject))
    }

    fn entries(
        &self,
        site: &str,
        first: u64,
        count: u16,
    ) -> Result<Vec<(Digest, u64)>, StoreError> {
        self.call(Call::Entries, |inner| inner.entries(site, first, count))
    }

    fn rows(&self, site: &str, first: u64, count: u16) -> Result<Vec<Row>, StoreError> {
        self.call(Call::Rows, |inner| inner.rows(site, first, count))
    }

    fn subject_key(&self, site: &str, subject: &SubjectId) -> Result<Option<Vec<u8>>, StoreError> {
        self.call(Call::SubjectKey, |inner| inner.subject_key(site, subject))
    }

    fn sealed(&self, site: &str, index: u64) -> Result<Vec<Sealed>, StoreError> {
        self.call(Call::Sealed, |inner| inner.sealed(site, index))
    }

    fn disclosing(&self, site: &str, first: u64, count: u16) -> Result<Vec<Row>, StoreError> {
        self.call(Call::Disclosing, |inner| {
            inner.disclosing(site, first, count)
        })
    }

    fn published(&self, site: &str) -> Result<Option<Published>, StoreError> {
        self.call(Call::Published, |inner| inner.published(site))
    }

    fn publish(&self, site: &str, published: Option<&Published>) -> Result<(), StoreError> {
        self.call(Call::Publish, |inner| inner.publish(site, published))
    }

    fn counts(&self, site: &str, days: RangeInclusive<&str>) -> Result<Counts, StoreError> {
        self.call(Call::Counts, |inner| inner.counts(site, days))
    }

    fn set_counts(&self, site: &str, counts: &Counts) -> Result<(), StoreError> {
        self.call(Call::SetCounts, |inner| inner.set_counts(site, counts))
    }
}

impl Erasures for Faulty {
    fn scrub(&self, marks: &[Mark]) -> Result<Scrubbed, StoreError> {
        self.call(Call::Scrub, |inner| inner.scrub(marks))
    }
}

/// What only commands call does not fail here.
impl Deliveries for Faulty {
    fn outbox(&self, site: &str, first: u64, count: u16) -> Result<Vec<Row>, StoreError> {
        self.call(Call::Outbox, |inner| inner.outbox(site, first, count))
    }

    fn begin_hook(&self, site: &str, hook: &str, next: u64) -> Result<(), StoreError> {
        self.call(Call::BeginHook, |inner| inner.begin_hook(site, hook, next))
    }

    fn hooks(&self, site: &str) -> Result<Vec<Hook>, StoreError> {
        self.call(Call::Hooks, |inner| inner.hooks(site))
    }

    fn claim(
        &self,
        site: &str,
        hook: &str,
        range: Range<u64>,
        events: &[Waiting],
    ) -> Result<(), StoreError> {
        self.call(Call::Claim, |inner| inner.claim(site, hook, range, events))
    }

    fn due(
        &self,
        site: &str,
        hook: &str,
        now: u64,
        count: u16,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.call(Call::Due, |inner| inner.due(site, hook, now, count))
    }

    fn undelivered(&self, site: &str, hook: &str) -> Result<Vec<Delivery>, StoreError> {
        self.inner.undelivered(site, hook)
    }

    fn settle(&self, site: &str, hook: &str, settled: &[Settled]) -> Result<(), StoreError> {
        self.call(Call::Settle, |inner| inner.settle(site, hook, settled))
    }

    fn rewind(&self, site: &str, hook: &str, next: u64) -> Result<(), StoreError> {
        self.inner.rewind(site, hook, next)
    }

    fn redeliver(&self, site: &str, hook: &str, events: &[Waiting]) -> Result<(), StoreError> {
        self.inner.redeliver(site, hook, events)
    }

    fn resume(&self, site: &str, hook: &str) -> Result<(), StoreError> {
        self.inner.resume(site, hook)
    }

    fn acknowledgements(
        &self,
        site: &str,
        receipt: &Digest,
    ) -> Result<Vec<Acknowledgement>, StoreError> {
        self.inner.acknowledgements(site, receipt)
    }
}

impl Notices for Faulty {
    fn begin_notices(&self, site: &str, hook: &str, at_first: bool) -> Result<(), StoreError> {
        self.call(Call::BeginNotices, |inner| {
            inner.begin_notices(site, hook, at_first)
        })
    }

    fn add_notices(&self, site: &str, notices: &[Notice]) -> Result<(), StoreError> {
        self.call(Call::AddNotices, |inner| inner.add_notices(site, notices))
    }

    fn unheard(&self, site: &str, hook: &str, count: u16) -> Result<Unheard, StoreError> {
        self.call(Call::Unheard, |inner| inner.unheard(site, hook, count))
    }

    fn claim_notices(
        &self,
        site: &str,
        hook: &str,
        range: Range<u64>,
        events: &[Waiting],
    ) -> Result<(), StoreError> {
        self.call(Call::ClaimNotices, |inner| {
            inner.claim_notices(site, hook, range, events)
        })
    }

    fn notice(&self, site: &str, place: u64) -> Result<Option<Notice>, StoreError> {
        self.call(Call::Notice, |inner| inner.notice(site, place))
    }

    fn find_notice(
        &self,
        site: &str,
        hook: &str,
        kind: EventKind,
        about: &str,
    ) -> Result<Option<(u64, Notice)>, StoreError> {
        self.inner.find_notice(site, hook, kind, about)
    }
}

impl Offices for Faulty {
    fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.call(Call::Accounts, |inner| inner.accounts())
    }

    fn account(&self, login: &str) -> Result<Option<Account>, StoreError> {
        self.call(Call::Account, |inner| inner.account(login))
    }

    fn set_account(&self, account: &Account) -> Result<(), StoreError> {
        self.call(Call::SetAccount, |inner| inner.set_account(account))
    }

    fn begin_session(&self, session: &Session) -> Result<(), StoreError> {
        self.call(Call::BeginSession, |inner| inner.begin_session(session))
    }

    fn session(&self, token: &Digest) -> Result<Option<Session>, StoreError> {
        self.call(Call::Session, |inner| inner.session(token))
    }

    fn end_session(&self, token: &Digest) -> Result<(), StoreError> {
        self.call(Call::EndSession, |inner| inner.end_session(token))
    }

    fn note_access(&self, access: &Access) -> Result<(), StoreError> {
        self.call(Call::NoteAccess, |inner| inner.note_access(access))
    }

    fn accesses(&self, after: u64, count: u16) -> Result<Vec<(u64, Access)>, StoreError> {
        self.call(Call::Accesses, |inner| inner.accesses(after, count))
    }
}

impl Requests for Faulty {
    fn open_request(
        &self,
        site: &str,
        request: &Request,
        first: &Step,
        key: Option<&[u8]>,
        facts: &[Fact],
    ) -> Result<(), StoreError> {
        self.call(Call::OpenRequest, |inner| {
            inner.open_request(site, request, first, key, facts)
        })
    }

    fn add_step(
        &self,
        site: &str,
        number: &str,
        after: usize,
        step: &Step,
        key: Option<&[u8]>,
        facts: &[Fact],
    ) -> Result<bool, StoreError> {
        self.call(Call::AddStep, |inner| {
            inner.add_step(site, number, after, step, key, facts)
        })
    }

    fn case(&self, site: &str, number: &str) -> Result<Option<Case>, StoreError> {
        self.call(Call::Case, |inner| inner.case(site, number))
    }

    fn cases(&self, site: &str, which: Which<'_>) -> Result<Vec<Case>, StoreError> {
        self.call(Call::Cases, |inner| inner.cases(site, which))
    }
}

impl Evidences for Faulty {
    fn keep_evidence(&self, site: &str, evidence: &Evidence) -> Result<(), StoreError> {
        self.call(Call::KeepEvidence, |inner| {
            inner.keep_evidence(site, evidence)
        })
    }

    fn evidence(&self, site: &str, receipt: &Digest) -> Result<Option<Evidence>, StoreError> {
        self.call(Call::Evidence, |inner| inner.evidence(site, receipt))
    }

    fn evidences(&self, site: &str) -> Result<Vec<Held>, StoreError> {
        self.call(Call::Evidences, |inner| inner.evidences(site))
    }

    fn set_opening(
        &self,
        site: &str,
        receipt: &Digest,
        before: Option<&Opening>,
        after: &Opening,
    ) -> Result<bool, StoreError> {
        self.call(Call::SetOpening, |inner| {
            inner.set_opening(site, receipt, before, after)
        })
    }

    fn delete_evidence(&self, site: &str, receipt: &Digest) -> Result<(), StoreError> {
        self.call(Call::DeleteEvidence, |inner| {
            inner.delete_evidence(site, receipt)
        })
    }
}

impl Facts for Faulty {
    fn add_fact(&self, site: &str, fact: &Fact) -> Result<(), StoreError> {
        self.call(Call::AddFact, |inner| inner.add_fact(site, fact))
    }

    fn facts(&self, site: &str, after: u64, count: u16) -> Result<Vec<(u64, Fact)>, StoreError> {
        self.call(Call::Facts, |inner| inner.facts(site, after, count))
    }

    fn facts_of(&self, site: &str, subject: &SubjectId) -> Result<Vec<Fact>, StoreError> {
        self.call(Call::FactsOf, |inner| inner.facts_of(site, subject))
    }
}

impl Files for Faulty {
    fn add_file(&self, site: &str, file: &Sealed) -> Result<Added, StoreError> {
        self.call(Call::AddFile, |inner| inner.add_file(site, file))
    }

    fn file(&self, site: &str, index: u64, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.call(Call::File, |inner| inner.file(site, index, name))
    }

    fn files(&self, site: &str, index: u64) -> Result<Vec<String>, StoreError> {
        self.call(Call::Files, |inner| inner.files(site, index))
    }
}
