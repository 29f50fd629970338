//! The status: what a subject's receipts, one after the other, amount to. The one place that answers "may this be processed?"

use alloc::collections::BTreeMap;

use crate::{
    digest::Digest,
    purpose::PurposeId,
    receipt::{Method, Payload, ReceiptError, State},
};

/// What holds for each purpose after the receipts applied so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing(BTreeMap<PurposeId, Held>);

/// The last decision about one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// What was decided.
    pub state: State,
    /// By which receipt.
    pub receipt: Digest,
    /// When, UNIX seconds.
    pub since: u64,
}

impl Standing {
    /// Takes one more receipt, or an operator's statement about one, in the order of the log.
    pub fn apply(&mut self, payload: &Payload, receipt: Digest) {
        let held = |state| Held {
            state,
            receipt,
            since: payload.iat,
        };
        // What is destroyed is what that receipt brought: a decision by another receipt, before or after, stays as it is.
        if payload.event.method == Method::Erasure {
            for own in self.0.values_mut() {
                if own.state == State::Given && Some(own.receipt) == payload.of {
                    *own = held(State::Withdrawn);
                }
            }
            return;
        }
        // A category first: it takes its services with it, and the same receipt may except some of them.
        for decision in payload
            .decisions
            .iter()
            .filter(|decision| decision.purpose.category().is_none())
        {
            self.0
                .retain(|purpose, _| purpose.category() != Some(decision.purpose.as_str()));
            self.0
                .insert(decision.purpose.clone(), held(decision.state));
        }
        for decision in payload
            .decisions
            .iter()
            .filter(|decision| decision.purpose.category().is_some())
        {
            self.0
                .insert(decision.purpose.clone(), held(decision.state));
        }
    }

    /// What holds for a purpose; a service follows its category unless it was decided itself. None: never decided.
    #[must_use]
    pub fn held(&self, purpose: &PurposeId) -> Option<Held> {
        self.0.get(purpose).copied().or_else(|| {
            let category: PurposeId = purpose.category()?.parse().ok()?;
            self.0.get(&category).copied()
        })
    }

    /// The state of a purpose.
    #[must_use]
    pub fn state(&self, purpose: &PurposeId) -> Option<State> {
        self.held(purpose).map(|held| held.state)
    }

    /// May personal data be processed for this purpose on the ground of consent? Only what is given may.
    #[must_use]
    pub fn allows(&self, purpose: &PurposeId) -> bool {
        self.state(purpose) == Some(State::Given)
    }

    /// A withdrawal refers to something given. An erasure need not: mostly it follows a withdrawal.
    ///
    /// # Errors
    /// [`ReceiptError::Withdrawal`] with the first purpose that is not given.
    pub fn check_withdrawals(&self, payload: &Payload) -> Result<(), ReceiptError> {
        if payload.event.method == Method::Erasure {
            return Ok(());
        }
        payload
            .decisions
            .iter()
            .find(|decision| decision.state == State::Withdrawn && !self.allows(&decision.purpose))
            .map_or(Ok(()), |decision| {
                Err(ReceiptError::Withdrawal(decision.purpose.clone()))
            })
    }
}
