//! What the journal of erasures says was destroyed is not there.

use super::{Fault, Report, log::Log};
use crate::{
    erasure,
    store::{KeyPeriod, StoreError},
};

/// Checks the orders that are about this log.
pub(super) fn check(
    log: &Log<'_>,
    keys: &[KeyPeriod],
    report: &mut Report<'_>,
) -> Result<(), StoreError> {
    let acts = log.journal.0.values();
    for act in acts.filter(|act| act.order.site == log.site) {
        for target in &act.order.receipts {
            if !erasure::is_signed(target, &act.order, keys) {
                report.fault(&log.place(), &Fault::Forged(act.order.act.clone()));
                continue;
            }
            // A store from before the receipt has nothing of it.
            let Some(row) = log.snapshot.row(log.id, &target.receipt)? else {
                continue;
            };
            let next = row.index + 1;
            // What is ordered and under way is no fault: the order comes before the deed.
            if !act.pending
                && !act.order.evidence
                && !log.snapshot.sealed(log.id, row.index, next)?.is_empty()
            {
                let place = log.entry(row.index, Some(row.receipt));
                report.fault(&place, &Fault::Returned(act.order.act.clone()));
            }
        }
        if act.pending {
            let act = &act.order.act;
            report.note(format!(
                "whether act {act} is carried out: it is ordered, and the server goes on with it"
            ));
        }
    }
    Ok(())
}
