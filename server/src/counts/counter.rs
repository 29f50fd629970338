//! Counts on their way to the store: added up in memory, written together every few seconds and at the end.
//!
//! What is written are totals, so that a write that failed, and may have happened all the same, can be made again. A crash
//! loses what came since the last write.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::store::{CountEvent, Counted, Counts, Store, StoreError};

/// How often counts are written: the most that a crash loses, and a transaction that receipts hardly notice.
const PACE: Duration = Duration::from_secs(5);

/// By site, what came since the last write.
type Fresh = BTreeMap<String, Counts>;

/// The way to the counts.
pub(crate) struct Counter {
    fresh: Arc<Mutex<Fresh>>,
    thread: Mutex<Option<(mpsc::Sender<()>, JoinHandle<()>)>>,
}

impl Counter {
    /// Starts the thread that writes; it ends when this is dropped.
    pub(crate) fn start(store: Arc<dyn Store>) -> io::Result<Self> {
        let fresh = Arc::default();
        let (end, ended) = mpsc::channel();
        let writer = Writer {
            store,
            fresh: Arc::clone(&fresh),
            under_way: BTreeMap::new(),
            troubled: false,
        };
        let thread = thread::Builder::new()
            .name("counts".to_owned())
            .spawn(move || writer.run(&ended))?;
        Ok(Self {
            fresh,
            thread: Mutex::new(Some((end, thread))),
        })
    }

    /// Counts what a page of a site told of on a day.
    pub(crate) fn add(&self, site: &str, day: &str, told: &[(CountEvent, &str)]) {
        let mut fresh = lock(&self.fresh);
        let counts = fresh.entry(site.to_owned()).or_default();
        for (event, category) in told {
            let counted = Counted {
                day: day.to_owned(),
                event: *event,
                category: (*category).to_owned(),
            };
            add(counts, counted, 1);
        }
    }

    /// Writes what there is, and ends. Blocks; the second call does nothing.
    pub(crate) fn stop(&self) {
        let thread = lock(&self.thread).take();
        if let Some((end, thread)) = thread {
            drop(end);
            // It fails only if the thread has panicked: then there is nothing left to wait for.
            let _ = thread.join();
        }
    }
}

/// The thread's side.
struct Writer {
    store: Arc<dyn Store>,
    fresh: Arc<Mutex<Fresh>>,
    /// Totals that were handed to the store and not confirmed.
    under_way: BTreeMap<String, Counts>,
    /// A failure was logged and is not over.
    troubled: bool,
}

impl Writer {
    fn run(mut self, ended: &mpsc::Receiver<()>) {
        while ended.recv_timeout(PACE) == Err(mpsc::RecvTimeoutError::Timeout) {
            self.write();
        }
        self.write();
        if self.troubled {
            // Once more: what failed took its connection with it, and the next one may be better.
            self.write();
        }
        if self.troubled {
            tracing::warn!("the last counts are lost");
        }
    }

    fn write(&mut self) {
        let mut sites: Vec<String> = lock(&self.fresh).keys().cloned().collect();
        sites.extend(self.under_way.keys().cloned());
        sites.sort_unstable();
        sites.dedup();
        let mut failed = None;
        for site in sites {
            failed = self.write_of(&site).err().or(failed);
        }
        match &failed {
            Some(error) if !self.troubled => {
                tracing::warn!(error = %error, "counts not written; they wait in memory");
            }
            None if self.troubled => tracing::info!("counts are written again"),
            _ => {}
        }
        self.troubled = failed.is_some();
    }

    fn write_of(&mut self, site: &str) -> Result<(), StoreError> {
        // Before anything is read: it may have happened, and must not be counted a second time.
        self.hand_over(site)?;
        let Some(fresh) = lock(&self.fresh).remove(site) else {
            return Ok(());
        };
        match self.totals(site, &fresh) {
            Ok(totals) => {
                self.under_way.insert(site.to_owned(), totals);
                self.hand_over(site)
            }
            Err(error) => {
                let mut waiting = lock(&self.fresh);
                let counts = waiting.entry(site.to_owned()).or_default();
                for (counted, n) in fresh {
                    add(counts, counted, n);
                }
                Err(error)
            }
        }
    }

    fn hand_over(&mut self, site: &str) -> Result<(), StoreError> {
        if let Some(totals) = self.under_way.get(site) {
            self.store.set_counts(site, totals)?;
            self.under_way.remove(site);
        }
        Ok(())
    }

    /// What is stored, with what came since.
    fn totals(&self, site: &str, fresh: &Counts) -> Result<Counts, StoreError> {
        let mut totals = fresh.clone();
        if let (Some((first, _)), Some((last, _))) =
            (fresh.first_key_value(), fresh.last_key_value())
        {
            for (counted, n) in self.store.counts(site, &first.day..=&last.day)? {
                if let Some(total) = totals.get_mut(&counted) {
                    *total = total.saturating_add(n);
                }
            }
        }
        Ok(totals)
    }
}

fn add(counts: &mut Counts, counted: Counted, n: u64) {
    let total = counts.entry(counted).or_default();
    *total = total.saturating_add(n);
}

/// Counts are whole after a panic: each addition is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
