//! Witnesses: others who confirm that a log only grows, before its checkpoints are published. C2SP tlog-witness.
//!
//! ```text
//! store.head ──► publisher ──► add-checkpoint at every witness ──► quorum ──► store.publish ──► GET checkpoint
//! ```
//!
//! One thread per log with witnesses. It takes the newest head once in [`publisher::PACE`] and knows of the sequencer only
//! by what that has committed, so receipts wait neither for it nor for any witness.
//!
//! The log's key signs one history. Nothing here signs: what witnesses get and readers see are notes that the sequencer
//! signed and committed by compare-and-swap on the head before. Heads that are read from the store therefore follow each
//! other, so no two roots of one size and no smaller size after a larger one leave this server. What is published follows
//! the heads: [`Store::publish`] refuses a smaller one, and the thread shows none that is not stored.
//!
//! All this rests on the store. If somebody puts back an older state of it, the log forks without anything in it that could
//! tell. The witnesses' memory can, see [`exchange::WitnessError::RolledBack`] and [`exchange::WitnessError::Inconsistent`].

mod exchange;
mod publisher;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError, RwLock, mpsc},
    thread::{self, JoinHandle},
};

use raspiska_shared::log::{checkpoint::Checkpoint, note::VerifierKey};

use crate::{
    clock::Clock,
    metrics::Metrics,
    sequencer::LoadError,
    site,
    store::{Published, Store, StoreError},
};
use publisher::{Event, Thread};

/// What is published of one log with witnesses, and the thread that sees to it.
pub(crate) struct Publisher {
    newest: Newest,
    events: mpsc::Sender<Event>,
    /// Taken by whoever stops it.
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What a publisher works with.
pub(crate) struct Setup {
    pub(crate) site: String,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) vkey: VerifierKey,
    pub(crate) witnesses: site::Witnesses,
    pub(crate) metrics: Metrics,
    pub(crate) clock: Clock,
}

/// What everyone is shown. Replaced as a whole, after the store has it.
type Newest = Arc<RwLock<Arc<Published>>>;

/// Why a publisher does not begin.
#[derive(Debug)]
pub(crate) enum StartError {
    Load(LoadError),
    Thread(io::Error),
}

impl Publisher {
    /// Takes up what was published before, and begins.
    pub(crate) fn start(setup: Setup) -> Result<Self, StartError> {
        let published = take_up(&setup).map_err(StartError::Load)?;
        setup.metrics.published(&setup.site, published.size);
        let newest = Arc::new(RwLock::new(Arc::new(published)));
        let (events, inbox) = mpsc::channel();
        let name = format!("witnesses {}", setup.site);
        let work = Thread::new(setup, Arc::clone(&newest), events.clone());
        let thread = thread::Builder::new()
            .name(name)
            .spawn(move || work.run(&inbox))
            .map_err(StartError::Thread)?;
        Ok(Self {
            newest,
            events,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// The newest checkpoint that reached the quorum.
    pub(crate) fn newest(&self) -> Arc<Published> {
        Arc::clone(&self.newest.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends the thread without waiting for any witness. Blocks for a moment; the second call does nothing.
    pub(crate) fn stop(&self) {
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // Both fail only if the thread is gone already, which is what is wanted.
            let _ = self.events.send(Event::Stop);
            let _ = thread.join();
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        // It holds a sender of its own events, so it would not notice that nobody else is there.
        let _ = self.events.send(Event::Stop);
    }
}

/// What was published last, or, when the witnesses are new, what was shown until now: the head, without their word. A log
/// that served its heads does not go behind the newest of them.
fn take_up(setup: &Setup) -> Result<Published, LoadError> {
    let Setup {
        site, store, vkey, ..
    } = setup;
    let head = store.head(site)?;
    if let Some(published) = store.published(site)? {
        let signed =
            Checkpoint::open(&published.checkpoint, vkey).map_err(LoadError::Checkpoint)?;
        if signed.size != published.size || signed.size > head.size {
            return Err(LoadError::Head);
        }
        return Ok(published);
    }
    let published = Published {
        size: head.size,
        checkpoint: head.checkpoint,
        ..Published::default()
    };
    store.publish(site, Some(&published))?;
    Ok(published)
}

/// Forgets what was published of a log that has no witnesses any more: its heads are shown from now on, and when it gets
/// witnesses again, they begin behind these.
pub(crate) fn leave(store: &dyn Store, site: &str) -> Result<(), StoreError> {
    match store.published(site)? {
        Some(_) => store.publish(site, None),
        None => Ok(()),
    }
}
