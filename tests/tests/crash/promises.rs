//! Everything that a server has ever promised, remembered outside of the process that is killed.

use std::collections::{BTreeMap, HashMap};

use raspiska_shared::api::{Logged, Withdrawal};
use raspiska_shared::digest::Digest;
use raspiska_shared::log::tree::Hash;
use raspiska_shared::receipt::Signed;

use super::history::History;

/// What somebody sent.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    /// A receipt.
    Receipt(Signed),
    /// A withdrawal by code.
    Code(Withdrawal),
}

/// What came back.
#[derive(Debug)]
pub(crate) enum Heard {
    /// It is in the log: a promise.
    Confirmed(Logged),
    /// There is nothing left to withdraw.
    Done,
    /// 503: send it again.
    NotNow,
    /// No answer: the server is dead.
    Gone,
}

/// What has to be kept.
#[derive(Debug, Default)]
pub(crate) struct Promised {
    /// Index and time of what was confirmed.
    places: HashMap<Digest, (u64, u64)>,
    /// Confirmed since the last check.
    recent: Vec<Digest>,
    /// Sent, and not confirmed.
    open: Vec<Sent>,
    /// Every checkpoint ever seen.
    checkpoints: BTreeMap<u64, Hash>,
}

impl Promised {
    /// How many receipts were confirmed.
    pub(crate) fn confirmed(&self) -> usize {
        self.places.len()
    }

    /// How many checkpoints were seen.
    pub(crate) fn checkpoints(&self) -> usize {
        self.checkpoints.len()
    }

    /// A receipt is in the log, as a `new` entry or as one from before. What was confirmed keeps its place, and is not new again;
    /// what was never sent before is new. `again`: it was sent before, and what became of it is not known.
    pub(crate) fn confirm(&mut self, logged: &Logged, new: bool, again: bool) {
        let receipt = logged.receipt;
        let place = (logged.index, logged.time);
        match self.places.insert(receipt, place) {
            None => {
                assert!(
                    new || again,
                    "{receipt} was never sent, and is said to be known"
                );
                self.recent.push(receipt);
            }
            Some(before) => {
                assert_eq!(
                    place, before,
                    "{receipt} has another place than it was promised"
                );
                assert!(!new, "{receipt} was confirmed before, and is logged as new");
            }
        }
    }

    /// Two checkpoints of one size have one root: another one would be a fork.
    pub(crate) fn see(&mut self, (size, root): (u64, Hash)) {
        let before = self.checkpoints.insert(size, root);
        assert!(
            before.is_none_or(|before| before == root),
            "two signed checkpoints of {size} entries contradict each other"
        );
    }

    /// It is not known what became of this.
    pub(crate) fn leave_open(&mut self, sent: Sent) {
        self.open.push(sent);
    }

    /// All of which that is not known, in the order in which it was sent.
    pub(crate) fn take_open(&mut self) -> Vec<Sent> {
        std::mem::take(&mut self.open)
    }

    /// Every confirmed receipt is at its index, every checkpoint is consistent. Gives what was confirmed since the last time.
    pub(crate) fn kept_by(&mut self, history: &History) -> Vec<Digest> {
        for (receipt, (index, _)) in &self.places {
            assert_eq!(
                history.place(receipt),
                Some(*index),
                "{receipt} was confirmed at index {index}"
            );
        }
        for (size, root) in &self.checkpoints {
            assert!(
                *size <= history.size(),
                "a checkpoint of {size} is forgotten"
            );
            assert_eq!(
                history.root(*size),
                *root,
                "the checkpoint of {size} is contradicted"
            );
        }
        std::mem::take(&mut self.recent)
    }
}
