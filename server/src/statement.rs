//! The operator's own statements about receipts: signed by the operator's key, logged like anyone's receipt, never an act of the
//! person.

use ed25519_dalek::SigningKey;
use raspiska_shared::{
    digest::Digest,
    purpose::PurposeId,
    receipt::{
        Actor, Decision, Draft, Event, Method, Payload, Receipt, ReceiptError, State, Uuid,
        sign as sign_draft,
    },
    status::Standing,
};

use crate::problem::Problem;

/// Why there is no statement.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StatementError {
    /// No random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
    /// It would not be a receipt.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
}

impl From<StatementError> for Problem {
    fn from(error: StatementError) -> Self {
        tracing::error!(error = %error, "statement not signed");
        Self::internal()
    }
}

/// What the receipt gave and the subject still gives.
pub(crate) fn left(payload: &Payload, standing: &Standing) -> Vec<PurposeId> {
    payload
        .decisions
        .iter()
        .filter(|decision| decision.state == State::Given && standing.allows(&decision.purpose))
        .map(|decision| decision.purpose.clone())
        .collect()
}

/// All that the receipt gave, as withdrawn.
pub(crate) fn given(payload: &Payload) -> impl Iterator<Item = Decision> {
    payload
        .decisions
        .iter()
        .filter(|decision| decision.state == State::Given)
        .map(|decision| withdrawal(decision.purpose.clone()))
}

/// States that these purposes, which `about` gave under the hash `of`, are given no more. `millis` is now.
pub(crate) fn withdrawn(
    operator: &SigningKey,
    about: Payload,
    of: Digest,
    purposes: impl IntoIterator<Item = PurposeId>,
    method: Method,
    millis: u64,
) -> Result<Receipt, StatementError> {
    let decisions = purposes.into_iter().map(withdrawal).collect();
    sign(operator, about, of, decisions, method, millis)
}

fn withdrawal(purpose: PurposeId) -> Decision {
    Decision {
        purpose,
        state: State::Withdrawn,
    }
}

/// States these decisions about the receipt with the hash `of`, whose payload is `about`.
pub(crate) fn sign(
    operator: &SigningKey,
    about: Payload,
    of: Digest,
    decisions: Vec<Decision>,
    method: Method,
    millis: u64,
) -> Result<Receipt, StatementError> {
    let mut random = [0; 10];
    getrandom::fill(&mut random).map_err(StatementError::Random)?;
    let draft = Draft {
        jti: Uuid::v7(millis, random),
        iat: millis / 1000,
        aud: about.aud,
        category: about.category,
        policy: about.policy,
        notice: about.notice,
        decisions,
        event: Event {
            by: Actor::Operator,
            method,
        },
        prev: None,
        of: Some(of),
        withdrawal: None,
        client: None,
        disclosures: Vec::new(),
    };
    // Opened again like anyone's receipt: what is logged has been verified, whoever made it.
    Ok(Receipt::open(sign_draft(draft, operator)?.text.as_bytes())?)
}
