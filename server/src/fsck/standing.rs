//! What one subject's receipts amount to: nobody withdraws what was not given.

use raspiska_shared::{party::SubjectId, status::Standing};

use super::{Fault, Report, log::Log, verify::withdraws};
use crate::{standing, store::StoreError};

/// Folds a subject's history from its begin, as admission did.
pub(super) fn check(
    log: &Log<'_>,
    subject: &SubjectId,
    report: &mut Report<'_>,
) -> Result<(), StoreError> {
    let mut standing = Standing::default();
    log.snapshot.history(log.id, subject, log.head.size, |row| {
        // What cannot be read was said when the entry was looked at.
        let Ok(payload) = standing::payload(&row) else {
            return;
        };
        if withdraws(&payload) && standing.check_withdrawals(&payload).is_err() {
            report.fault(&log.entry(row.index, Some(row.receipt)), &Fault::Withdrawal);
        }
        standing.apply(&payload, row.receipt);
    })
}
