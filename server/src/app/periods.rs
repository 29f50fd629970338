//! A site over time: the state of each period between two changes of its documents, chosen by the clock at each request.
//!
//! All that are to come are composed at the start. A day on which the documents would not fit together thus stops the start
//! and not that night's visitors, and no request waits for a page to be written.

use std::sync::Arc;

use super::SiteState;

/// One site from the start on.
pub(super) struct Periods {
    first: Arc<SiteState>,
    /// Each with its first moment, UNIX seconds; ascending.
    later: Vec<(u64, Arc<SiteState>)>,
}

impl Periods {
    pub(super) fn new(first: Arc<SiteState>, later: Vec<(u64, Arc<SiteState>)>) -> Self {
        Self { first, later }
    }

    /// The state at a moment, UNIX seconds. A clock that goes back finds the earlier one again.
    pub(super) fn at(&self, now: u64) -> &Arc<SiteState> {
        let begun = self.later.iter().rev().find(|(since, _)| *since <= now);
        begun.map_or(&self.first, |(_, state)| state)
    }
}
