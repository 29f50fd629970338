//! Two editions of a policy side by side: which words changed, which purposes widened, and who has to be asked again.

mod change;
mod passage;

pub(crate) use change::{Change, Difference, Verdict, changes};
pub(crate) use passage::{Mark, Passage, passages};
