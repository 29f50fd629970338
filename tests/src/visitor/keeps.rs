//! What the browser keeps for its person.

use serde_json::Value;

use super::Visitor;
use crate::ledger::Held;
use crate::{must, wait};

impl Visitor {
    /// The receipts that the server has confirmed, oldest first.
    pub async fn receipts(&self) -> Vec<Held> {
        let stored = self
            .stored("receipts")
            .await
            .unwrap_or(Value::Array(Vec::new()));
        must(
            "the receipts that the browser keeps",
            serde_json::from_value(stored),
        )
    }

    /// Waits until the browser holds so many receipts and owes nothing to the server; each of them is sound.
    pub async fn holds(&self, wanted: usize) -> Vec<Held> {
        wait::equal(
            "confirmed receipts, and decisions on their way",
            (wanted, 0),
            async || (self.receipts().await.len(), self.outbox().await.len()),
        )
        .await;
        let receipts = self.receipts().await;
        receipts.iter().for_each(Held::check);
        receipts
    }

    /// What was decided and is not confirmed yet.
    pub async fn outbox(&self) -> Vec<Value> {
        match self.stored("outbox").await {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        }
    }
}
