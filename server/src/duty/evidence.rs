//! Evidence whose term has ended has to be destroyed, as anything whose purpose is reached.

use raspiska_shared::term::{Anchor, Task};

use super::{
    Book, Duty, What,
    reckon::{At, earlier},
};
use crate::store::{Store, StoreError};

/// The duties that follow from what is kept.
pub(super) fn due(store: &dyn Store, book: &Book<'_>, now: u64) -> Result<Vec<Duty>, StoreError> {
    let mut held = store.evidences(book.site)?;
    held.retain(|held| held.until <= now);
    let at = At {
        book,
        subject: None,
        // What is there is not destroyed, whoever says so.
        facts: &[],
        now,
    };
    let duties = held.iter().filter_map(|held| {
        let norms = book.law.since(Anchor::PurposeReached);
        let (due, norm) = norms
            .filter(|norm| norm.task == Task::Destroy)
            .map(|norm| (at.due(norm, held.until), norm))
            .reduce(earlier)?;
        let (what, about) = (What::DestroyEvidence, (Some(held.receipt), None));
        let mut duty = at.duty(what, "evidence_ended", held.until, held.receipt, due, about);
        at.by_norm(&mut duty, norm);
        Some(at.judged(duty))
    });
    Ok(duties.collect())
}
