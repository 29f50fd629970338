//! The sequencer: the only writer of a log. One thread per log takes what waits, decides, and commits it as one.
//!
//! ```text
//! handlers ──► queue ──► [ dedupe · status · seal ] ──► [ tiles · root · checkpoint ] ──► store.append ──► answers
//! ```
//!
//! An answer leaves only after the durable commit. In doubt, all of a batch are told to come back, the state in memory is
//! thrown away, and the next batch begins from what the store says: the way after a failure is the way of the start.

mod edge;
mod health;
mod plan;
mod writer;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
};

use raspiska_shared::{
    log::{
        note::{NoteSigner, VerifierKey},
        proof::Proof,
    },
    party::SubjectId,
    receipt::{Receipt, ReceiptError},
};
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};

use crate::{
    erasure::Destroyed,
    metrics::SequencerMetrics,
    store::{Head, Position, Row, Store, StoreError},
    vault::Vault,
};
use edge::Edge;
pub use edge::LoadError;
use health::Health;
pub(crate) use health::State;
use writer::Writer;

/// Most receipts that wait. At 32 KiB each this is the memory that a flood can take.
const QUEUE: usize = 1024;

/// The way into one log.
pub(crate) struct Sequencer {
    queue: mpsc::Sender<Job>,
    health: Arc<Health>,
    /// Taken by whoever stops it.
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What a sequencer works with.
pub(crate) struct Setup {
    pub(crate) site: String,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) signer: NoteSigner,
    pub(crate) metrics: SequencerMetrics,
    /// Which values are destroyed and must not come again.
    pub(crate) destroyed: Arc<Destroyed>,
}

/// What became of a receipt.
#[derive(Debug)]
#[must_use]
pub(crate) enum Outcome {
    /// It is in the log, durably, under this proof.
    Logged(Proof),
    /// It was in the log before.
    Known(Position),
    /// It does not fit the subject's other receipts.
    Refused(ReceiptError),
    /// Whether it is in the log is not known, or it was never tried: send it again.
    Unavailable,
}

/// Why a sequencer does not begin.
#[derive(Debug)]
pub(crate) enum StartError {
    Load(LoadError),
    Thread(io::Error),
}

enum Job {
    Log(Box<Submission>),
    Stop,
}

/// A verified receipt that waits for its place in the log.
struct Submission {
    receipt: Receipt,
    /// Whose status it changes.
    subject: SubjectId,
    /// UNIX milliseconds.
    received: u64,
    /// The entry whose sealed values are deleted in the same step.
    erases: Option<u64>,
    /// Takes what became of it, on the sequencer's thread: has to be quick.
    answer: Box<dyn FnOnce(Outcome) + Send>,
}

/// Checks a log as its sequencer would before it begins, and gives its head.
pub(crate) fn check(store: &dyn Store, site: &str, vkey: &VerifierKey) -> Result<Head, LoadError> {
    Edge::load(store, site, vkey, None).map(|edge| edge.head)
}

impl Sequencer {
    /// Loads the log's edge and begins.
    pub(crate) fn start(setup: Setup) -> Result<Self, StartError> {
        let edge = Edge::load(&*setup.store, &setup.site, setup.signer.vkey(), None)
            .map_err(StartError::Load)?;
        setup.metrics.tree_size(edge.head.size);
        let (queue, jobs) = mpsc::channel(QUEUE);
        let name = format!("log {}", setup.site);
        let health = Arc::new(Health::default());
        let writer = Writer::new(setup, edge, Arc::clone(&health));
        let thread = thread::Builder::new()
            .name(name)
            .spawn(move || writer.run(jobs))
            .map_err(StartError::Thread)?;
        Ok(Self {
            queue,
            health,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Logs a verified receipt that changes the status of `subject`, and hands `answer` what became of it.
    pub(crate) fn submit(
        &self,
        receipt: Receipt,
        subject: SubjectId,
        received: u64,
        answer: impl FnOnce(Outcome) + Send + 'static,
    ) {
        self.send(Submission {
            receipt,
            subject,
            received,
            erases: None,
            answer: Box::new(answer),
        });
    }

    /// Logs the statement that the values of `row` are destroyed, and destroys them: both, or neither. Blocks.
    pub(crate) fn erase(&self, statement: Receipt, row: &Row, received: u64) -> Outcome {
        let (answer, outcome) = std::sync::mpsc::sync_channel(1);
        self.send(Submission {
            receipt: statement,
            subject: row.subject,
            received,
            erases: Some(row.index),
            answer: Box::new(move |outcome| {
                // Somebody waits below, until this is sent or dropped.
                let _ = answer.send(outcome);
            }),
        });
        outcome.recv().unwrap_or(Outcome::Unavailable)
    }

    fn send(&self, submission: Submission) {
        // A full queue is answered at once: waiting in front of it would hold the memory that it bounds.
        if let Err(
            TrySendError::Full(Job::Log(submission)) | TrySendError::Closed(Job::Log(submission)),
        ) = self.queue.try_send(Job::Log(Box::new(submission)))
        {
            (submission.answer)(Outcome::Unavailable);
        }
    }

    /// [`Self::submit`], for who can wait.
    pub(crate) async fn log(&self, receipt: Receipt, subject: SubjectId, received: u64) -> Outcome {
        let (answer, outcome) = oneshot::channel();
        self.submit(receipt, subject, received, |outcome| {
            // Nobody waits any more if the request has ended; the receipt stays logged.
            let _ = answer.send(outcome);
        });
        outcome.await.unwrap_or(Outcome::Unavailable)
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// How it is.
    pub(crate) fn state(&self) -> State {
        if self.queue.is_closed() {
            State::Ended
        } else {
            self.health.state()
        }
    }

    /// How it is, after another look if it failed for a reason that may have passed. Blocks.
    pub(crate) fn recover(&self, probe: impl FnOnce() -> Result<(), StoreError>) -> State {
        match self.state() {
            State::Failing => self.health.recover(probe),
            state => state,
        }
    }

    /// Logs what has been taken, then ends. Blocks; the second call does nothing.
    pub(crate) fn stop(&self) {
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // Both fail only if the thread is gone already, which is what is wanted.
            let _ = self.queue.blocking_send(Job::Stop);
            let _ = thread.join();
        }
    }
}
