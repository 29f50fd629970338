//! A store that fails when told to: before the call has had its effect, or after.

use std::sync::{Condvar, Mutex};

use raspiska_server::store::{
    Batch, Head, Identities, Identity, KeyPeriod, Position, Published, Rotation, Row, Sealed,
    Sqlite, Store, StoreError,
};
use raspiska_shared::{digest::Digest, log::tree::Hash, party::SubjectId};

/// Which call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Append,
    Head,
    History,
    Positions,
    Probe,
    Publish,
    SubjectKey,
    Tile,
}

/// What really happened when a call said that it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Nothing,
    Everything,
}

/// A store with one fault to come.
pub(crate) struct Faulty {
    inner: Sqlite,
    next: Mutex<Option<(Call, Fault)>>,
    /// Appends wait while this is true, so that a batch gathers behind them.
    held: Mutex<bool>,
    released: Condvar,
}

impl Faulty {
    pub(crate) fn new(inner: Sqlite) -> Self {
        Self {
            inner,
            next: Mutex::new(None),
            held: Mutex::new(false),
            released: Condvar::new(),
        }
    }

    /// The next call of this kind fails.
    pub(crate) fn fail(&self, call: Call, fault: Fault) {
        *self.next.lock().unwrap() = Some((call, fault));
    }

    /// Has the fault happened?
    pub(crate) fn has_failed(&self) -> bool {
        self.next.lock().unwrap().is_none()
    }

    /// Lets appends wait, or go on.
    pub(crate) fn hold(&self, held: bool) {
        *self.held.lock().unwrap() = held;
        self.released.notify_all();
    }

    fn call<T>(
        &self,
        call: Call,
        work: impl FnOnce(&Sqlite) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let fault = {
            let mut next = self.next.lock().unwrap();
            next.take_if(|(own, _)| *own == call)
                .map(|(_, fault)| fault)
        };
        match fault {
            None => work(&self.inner),
            Some(Fault::Nothing) => Err(StoreError::Failed("injected".into())),
            Some(Fault::Everything) => {
                work(&self.inner)?;
                Err(StoreError::Failed("injected after the effect".into()))
            }
        }
    }
}

impl Store for Faulty {
    fn identities(&self) -> Result<Identities, StoreError> {
        self.inner.identities()
    }

    fn establish(
        &self,
        time: u64,
        vault: &Digest,
        logs: &[(String, Identity, Head)],
    ) -> Result<(), StoreError> {
        self.inner.establish(time, vault, logs)
    }

    fn keys(&self) -> Result<Vec<KeyPeriod>, StoreError> {
        self.inner.keys()
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
            held = self.released.wait(held).unwrap();
        }
        drop(held);
        self.call(Call::Append, |inner| inner.append(site, batch))
    }

    fn tile(&self, site: &str, level: u8, index: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        self.call(Call::Tile, |inner| inner.tile(site, level, index))
    }

    fn row(&self, site: &str, receipt: &Digest) -> Result<Option<Row>, StoreError> {
        self.inner.row(site, receipt)
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
        self.inner.entries(site, first, count)
    }

    fn subject_key(&self, site: &str, subject: &SubjectId) -> Result<Option<Vec<u8>>, StoreError> {
        self.call(Call::SubjectKey, |inner| inner.subject_key(site, subject))
    }

    fn sealed(&self, site: &str, index: u64) -> Result<Vec<Sealed>, StoreError> {
        self.inner.sealed(site, index)
    }

    fn disclosing(&self, site: &str) -> Result<Vec<Row>, StoreError> {
        self.inner.disclosing(site)
    }

    fn record_access(&self, time: u64, receipt: &Digest, what: &str) -> Result<(), StoreError> {
        self.inner.record_access(time, receipt, what)
    }

    fn published(&self, site: &str) -> Result<Option<Published>, StoreError> {
        self.inner.published(site)
    }

    fn publish(&self, site: &str, published: Option<&Published>) -> Result<(), StoreError> {
        self.call(Call::Publish, |inner| inner.publish(site, published))
    }

    fn erase(&self, site: &str, subject: &SubjectId) -> Result<(), StoreError> {
        self.inner.erase(site, subject)
    }
}
