//! Delivery to the operator's other systems: signed webhooks after the Standard Webhooks specification 1.0.0.
//!
//! ```text
//! log, notices ──► claim ──► delivery ──► POST ──► 2xx: acknowledgement
//!           next moves on        │          └────► else: later, and after three days never
//! ```
//!
//! The log is the outbox. A hook has its place in the log; what is behind it waits, is dead, or was acknowledged, and the body of
//! an event is made of the log's entry each time it is sent. So nothing is lost between two writes, and there is no second
//! truth. What a crash interrupts is sent again under the same id: at least once, as long as the receiver remembers ids.
//!
//! What no log says has a second outbox, the notices: that a request was opened is written with the request, in one transaction;
//! that a duty is near, once, when the hourly look finds it so. Of both only the name is kept, and the body is made when it is sent.
//!
//! One thread per hook. It knows of the sequencer only by what that has committed, so no receipt waits for a receiver. Events of
//! one subject go out one after the other; those of others do not wait for them.

mod courier;
mod event;
mod notice;
mod schedule;
pub(crate) mod secret;
mod signature;

use std::{io, path::Path};

pub(crate) use courier::{Courier, Setup};
pub(crate) use event::{event, index_of};
pub(crate) use notice::{notice_id, notice_of, stand_in, waiting};
pub use secret::SecretError;
use serde::Serialize;

use crate::site::Loaded;

/// Standard Webhooks, "Payload structure".
#[derive(Serialize)]
struct Envelope<T> {
    r#type: &'static str,
    timestamp: String,
    data: T,
}

/// All couriers of one server.
#[derive(Default)]
pub(crate) struct Couriers(Vec<Courier>);

/// Why a hook does not begin.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// What signs.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The store.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// No thread.
    #[error("a thread cannot be started: {0}")]
    Thread(io::Error),
}

/// Has every hook what it signs with? Changes nothing.
pub(crate) fn check(data: &Path, site: &Loaded) -> Result<(), HookError> {
    for hook in &site.hooks {
        secret::read(data, &site.site.site, &hook.name)?;
    }
    Ok(())
}

impl Couriers {
    /// One more.
    pub(crate) fn add(&mut self, courier: Courier) {
        self.0.push(courier);
    }

    /// Ends them all: nothing more is sent, and what is on its way has a moment to be answered. Blocks.
    pub(crate) fn stop(&self) {
        self.0.iter().for_each(Courier::tell_to_stop);
        self.0.iter().for_each(Courier::join);
    }
}
