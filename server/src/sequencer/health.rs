//! What a log's last batch met: whether the next one has a chance.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use super::{LoadError, writer::BatchError};
use crate::store::StoreError;

/// Shortest time between two looks whether a store that failed takes writes again: anyone may ask for one.
const BETWEEN_PROBES: Duration = Duration::from_secs(1);

/// How a log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Its last batch was logged.
    Ready,
    /// Its last batch failed for a reason that may pass: a full disk, a store in use.
    Failing,
    /// What is stored contradicts what was signed. It calls for a human.
    Damaged,
    /// Its thread has ended.
    Ended,
}

/// Shared by a log's thread and those who ask.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// One of the constants below.
    state: AtomicU8,
    probed: Mutex<Option<Instant>>,
}

const READY: u8 = 0;
const FAILING: u8 = 1;
const DAMAGED: u8 = 2;

impl Health {
    pub(super) fn logged(&self) {
        self.state.store(READY, Ordering::Relaxed);
    }

    pub(super) fn failed(&self, error: &BatchError) {
        let passing = matches!(
            error,
            BatchError::Store(error) | BatchError::Load(LoadError::Store(error))
                if !matches!(error, StoreError::Damaged(_))
        );
        let state = if passing { FAILING } else { DAMAGED };
        self.state.store(state, Ordering::Relaxed);
    }

    pub(super) fn state(&self) -> State {
        match self.state.load(Ordering::Relaxed) {
            READY => State::Ready,
            FAILING => State::Failing,
            _ => State::Damaged,
        }
    }

    /// After a failure that may pass: looks again, not too often. A batch that fails meanwhile says so again.
    pub(super) fn recover(&self, probe: impl FnOnce() -> Result<(), StoreError>) -> State {
        // Held during the probe: whoever asks at the same time waits for this answer instead of making another write.
        let mut probed = self.probed.lock().unwrap_or_else(PoisonError::into_inner);
        let due = probed.is_none_or(|last| last.elapsed() >= BETWEEN_PROBES);
        if self.state() == State::Failing && due {
            *probed = Some(Instant::now());
            if probe().is_ok() {
                let (from, to) = (FAILING, READY);
                // Another state by now is a newer one, and stays.
                let _ = self
                    .state
                    .compare_exchange(from, to, Ordering::Relaxed, Ordering::Relaxed);
            }
        }
        self.state()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing() -> Health {
        let health = Health::default();
        health.failed(&BatchError::Store(StoreError::Full));
        assert_eq!(health.state(), State::Failing);
        health
    }

    #[test]
    fn what_may_pass_is_looked_at_again_but_not_too_often() {
        let health = failing();
        assert_eq!(health.recover(|| Err(StoreError::Full)), State::Failing);
        assert_eq!(health.recover(|| panic!("too early")), State::Failing);
        *health.probed.lock().unwrap() = None;
        assert_eq!(health.recover(|| Ok(())), State::Ready);
        assert_eq!(health.recover(|| panic!("no need")), State::Ready);
    }

    #[test]
    fn a_batch_that_is_logged_ends_every_doubt() {
        let health = failing();
        health.logged();
        assert_eq!(health.state(), State::Ready);
    }

    #[test]
    fn damage_does_not_pass_by_itself() {
        for error in [
            BatchError::Load(LoadError::Root),
            BatchError::Store(StoreError::Damaged("x")),
            BatchError::Load(LoadError::Store(StoreError::Damaged("x"))),
        ] {
            let health = Health::default();
            health.failed(&error);
            assert_eq!(health.recover(|| Ok(())), State::Damaged, "{error}");
        }
    }
}
