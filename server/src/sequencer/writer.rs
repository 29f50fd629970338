//! The thread that writes a log: takes what waits, and makes of it one durable step.

use std::{sync::Arc, time::Instant};

use raspiska_shared::log::{checkpoint::Checkpoint, proof::Proof, tree};
use tokio::sync::mpsc;

use super::{
    Job, LoadError, Outcome, Setup, Submission,
    edge::Edge,
    health::Health,
    plan::{Plan, Verdict},
};
use crate::{
    store::{Batch, Head, StoreError},
    vault::VaultError,
};

/// Most receipts in one transaction: bounds how long the first of a batch waits for the last.
const MAX_BATCH: usize = 512;

/// The thread's side. Nobody else has any of it, so there is nothing to lock.
pub(super) struct Writer {
    setup: Setup,
    health: Arc<Health>,
    /// The log's edge as of the last acknowledged append; none when that is in doubt.
    edge: Option<Edge>,
    /// Size and root of the largest head that was ever seen: the log never goes behind it.
    seen: (u64, tree::Hash),
}

impl Writer {
    pub(super) fn new(setup: Setup, edge: Edge, health: Arc<Health>) -> Self {
        Self {
            setup,
            health,
            seen: edge.mark(),
            edge: Some(edge),
        }
    }

    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut batch = Vec::with_capacity(MAX_BATCH);
        let mut open = true;
        while open {
            // Whoever came while the last batch was committed is the next batch.
            let Some(first) = jobs.blocking_recv() else {
                break;
            };
            let mut next = Some(first);
            while let Some(job) = next.take() {
                match job {
                    Job::Log(submission) => batch.push(*submission),
                    Job::Stop => {
                        jobs.close();
                        open = false;
                    }
                }
                if batch.len() < MAX_BATCH {
                    next = jobs.try_recv().ok();
                }
            }
            self.take(&mut batch);
        }
        // Closed, so nobody is added: what was sent before the end is still logged.
        while let Some(job) = jobs.blocking_recv() {
            if let Job::Log(submission) = job {
                batch.push(*submission);
                self.take(&mut batch);
            }
        }
    }

    fn take(&mut self, batch: &mut Vec<Submission>) {
        if batch.is_empty() {
            return;
        }
        let sequenced = self.sequence(batch);
        match &sequenced {
            Ok(_) => self.health.logged(),
            Err(error) => self.health.failed(error),
        }
        let outcomes = sequenced.unwrap_or_else(|error| {
            // The edge was taken out of `self` and is gone: the next batch loads it anew.
            tracing::error!(site = self.setup.site, batch = batch.len(), error = %error, "batch not logged");
            self.setup.metrics.failed();
            batch.iter().map(|_| Outcome::Unavailable).collect()
        });
        for (submission, outcome) in batch.drain(..).zip(outcomes) {
            (submission.answer)(outcome);
        }
    }

    /// One batch, from the decision about each receipt to the proofs.
    fn sequence(&mut self, batch: &[Submission]) -> Result<Vec<Outcome>, BatchError> {
        let Setup {
            site,
            store,
            vault,
            signer,
            metrics,
            destroyed,
        } = &self.setup;
        let store = &**store;
        // 1. The edge. It goes back into `self` only at the end: any failure in between leaves none.
        let mut edge = match self.edge.take() {
            Some(edge) => edge,
            None => Edge::load(store, site, signer.vkey(), Some(self.seen))?,
        };
        self.seen = edge.mark();

        // 2. What becomes of each receipt: new, known, or refused. Nothing is written yet.
        let plan = Plan::make(store, vault, destroyed, site, edge.head.size, batch)?;
        if plan.rows.is_empty() {
            self.edge = Some(edge);
            return Ok(plan
                .verdicts
                .into_iter()
                .map(|verdict| verdict.outcome(&mut []))
                .collect());
        }

        // 3. The tree, and the checkpoint over it. A crash here leaves nothing: all of this is in memory, and a signed
        // checkpoint that is not committed never leaves this function.
        let from = edge.mark();
        for entry in &plan.entries {
            edge.tiles.append(entry.leaf());
        }
        let size = edge.tiles.size();
        let root = edge.root()?;
        let checkpoint = Checkpoint {
            origin: signer.vkey().name().to_owned(),
            size,
            root,
        }
        .sign(signer);
        edge.head = Head {
            size,
            root,
            checkpoint,
        };

        // 4. One transaction for head, rows, tiles and vault. A crash before its commit leaves the log as it was; the
        // clients have no answer and send again. A crash after it leaves everything, and nobody was answered: the clients
        // send again and are told the same index. An error leaves one or the other; the next load shows which.
        let tiles: Vec<_> = edge.tiles.touched().collect();
        let began = Instant::now();
        store.append(
            site,
            &Batch {
                from,
                head: &edge.head,
                rows: &plan.rows,
                tiles: &tiles,
                keys: &plan.keys,
                sealed: &plan.sealed,
                erased: &plan.erased,
            },
        )?;
        metrics.committed(plan.rows.len(), began.elapsed(), size);

        // 5. From here on the batch is logged, whatever happens. Proofs come from the tiles that this batch touched,
        // before they are let go.
        let mut proofs = plan
            .entries
            .into_iter()
            .zip(&plan.rows)
            .map(|(entry, row)| {
                Ok(Some(Proof {
                    entry,
                    index: row.index,
                    hashes: tree::inclusion(row.index, size, |node| edge.node(node))?,
                    checkpoint: edge.head.checkpoint.clone(),
                }))
            })
            .collect::<Result<Vec<_>, LoadError>>()?;
        edge.tiles.settle();
        self.seen = edge.mark();
        self.edge = Some(edge);
        Ok(plan
            .verdicts
            .into_iter()
            .map(|verdict| verdict.outcome(&mut proofs))
            .collect())
    }
}

impl Verdict {
    /// Each proof is taken once: a row has one submission that made it.
    fn outcome(self, proofs: &mut [Option<Proof>]) -> Outcome {
        match self {
            Self::Known(position) => Outcome::Known(position),
            Self::Refused(error) => Outcome::Refused(error),
            Self::New(at) => proofs
                .get_mut(at)
                .and_then(Option::take)
                .map_or(Outcome::Unavailable, Outcome::Logged),
        }
    }
}

/// Why a batch was not logged, or not surely.
#[derive(Debug, thiserror::Error)]
pub(super) enum BatchError {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}
