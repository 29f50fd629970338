//! The operator's own statements about a receipt: signed by the operator's key, logged like receipts, never an act of the person.

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

/// Why there is no statement. None of it is anybody's fault outside.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StatementError {
    /// No randomness for its id.
    #[error("the system gives no random numbers: {0}")]
    Random(#[source] getrandom::Error),
    /// What was made does not hold.
    #[error("the statement does not hold: {0}")]
    Receipt(#[from] ReceiptError),
}

impl From<StatementError> for Problem {
    fn from(error: StatementError) -> Self {
        tracing::error!(error = %error, "statement not signed");
        Self::internal()
    }
}

/// What the receipt gave and the subject still gives, now withdrawn.
pub(crate) fn left(payload: &Payload, standing: &Standing) -> Vec<Decision> {
    payload
        .decisions
        .iter()
        .filter(|decision| decision.state == State::Given && standing.allows(&decision.purpose))
        .map(|decision| Decision {
            purpose: decision.purpose.clone(),
            state: State::Withdrawn,
        })
        .collect()
}

/// These purposes, withdrawn.
pub(crate) fn withdrawn(purposes: Vec<PurposeId>) -> Vec<Decision> {
    let decisions = purposes.into_iter().map(|purpose| Decision {
        purpose,
        state: State::Withdrawn,
    });
    decisions.collect()
}

/// The operator's statement about `receipt`, whose payload is `about`, signed at `millis`.
pub(crate) fn sign(
    operator: &SigningKey,
    about: Payload,
    receipt: Digest,
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
        of: Some(receipt),
        withdrawal: None,
        client: None,
        disclosures: Vec::new(),
    };
    // Opened again like anyone's receipt: what is logged has been verified, whoever made it.
    let signed = sign_draft(draft, operator)?;
    Ok(Receipt::open(signed.text.as_bytes())?)
}
