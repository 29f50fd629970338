//! Handlers, one file per resource; bad input ends in [`extract`] before a handler runs.

pub(crate) mod accept;
pub(crate) mod assets;
pub(crate) mod counts;
pub(crate) mod extract;
pub(crate) mod files;
pub(crate) mod health;
pub(crate) mod identity;
pub(crate) mod limit;
pub(crate) mod loader;
pub(crate) mod log;
pub(crate) mod my;
pub(crate) mod observe;
pub(crate) mod office;
pub(crate) mod pages;
pub(crate) mod policies;
pub(crate) mod receipts;
pub(crate) mod schema;
pub(crate) mod sites;
pub(crate) mod spec;
pub(crate) mod verify;
pub(crate) mod withdrawals;

use crate::{problem::Problem, store::StoreError};

/// Reads from the store on a thread that may block.
pub(crate) async fn read<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::error!(error = %error, "store not read");
            Err(Problem::unavailable())
        }
        Err(_) => Err(Problem::internal()),
    }
}
