//! Evidence: what acts have kept is there, nothing else is, and it is what was signed.

use raspiska_shared::digest::Digest;

use super::{Fault, Report, log::Log};
use crate::{
    standing,
    store::{Evidence, StoreError},
};

/// Checks the evidence of a log against the journal, both ways.
pub(super) fn check(log: &Log<'_>, report: &mut Report<'_>) -> Result<(), StoreError> {
    let found = log.snapshot.evidence(log.id)?;
    for evidence in &found {
        let index = log.snapshot.row(log.id, &evidence.receipt)?;
        let place = index.as_ref().map_or_else(
            || log.place(),
            |row| log.entry(row.index, Some(row.receipt)),
        );
        let ended = log.journal.of_evidence(&evidence.receipt);
        match (log.journal.kept(&evidence.receipt), ended) {
            // What is ordered and under way is no fault.
            (None, Some(act)) if act.pending => {}
            (None, Some(act)) => {
                report.fault(&place, &Fault::Returned(act.order.act.clone()));
            }
            (None, None) => report.fault(&place, &Fault::EvidenceAlone),
            (Some(kept), _) if kept.until != evidence.until => {
                report.fault(&place, &Fault::EvidenceTerm);
            }
            (Some(_), _) if !is_signed(log, evidence)? => {
                report.fault(&place, &Fault::Evidence);
            }
            (Some(_), _) => {}
        }
    }
    let acts = log.journal.0.values();
    let done = acts.filter(|act| act.order.site == log.site && !act.pending);
    for target in done.flat_map(|act| &act.order.receipts) {
        let receipt = &target.receipt;
        // A store from before the receipt has nothing of it.
        let (Some(_), Some(row)) = (
            target.kept.as_ref().and(log.journal.kept(receipt)),
            log.snapshot.row(log.id, receipt)?,
        ) else {
            continue;
        };
        if !found.iter().any(|evidence| evidence.receipt == *receipt) {
            report.fault(&log.entry(row.index, Some(*receipt)), &Fault::EvidenceLost);
        }
    }
    Ok(())
}

/// Does it open, and is each disclosure one that the receipt committed to? Without the vault's key nobody can tell.
fn is_signed(log: &Log<'_>, evidence: &Evidence) -> Result<bool, StoreError> {
    let Some(vault) = log.vault else {
        return Ok(true);
    };
    let Some(row) = log.snapshot.row(log.id, &evidence.receipt)? else {
        return Ok(false);
    };
    let signed = standing::payload(&row)?.sd;
    let Evidence {
        receipt,
        wrapped,
        sealed,
        ..
    } = evidence;
    let plain = vault.open_evidence(log.site, receipt, wrapped, sealed);
    Ok(plain.is_ok_and(|plain| {
        let mut disclosures = plain.split(|byte| *byte == b'~');
        disclosures.all(|own| signed.contains(&Digest::of(own)))
    }))
}
