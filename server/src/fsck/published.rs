//! What is shown of a log with witnesses is over a beginning of it, and nobody has confirmed more than there is.

use raspiska_shared::log::{
    checkpoint::Checkpoint, cosignature::WitnessKey, note::VerifierKey, tree::Hash,
};

use super::{Fault, Report, log::Log};
use crate::store::Published;

/// `root` is that of the entries at the published size.
pub(super) fn check(log: &Log<'_>, shown: &Published, root: Option<Hash>, report: &mut Report<'_>) {
    // A stored key that is none is said where the head is looked at.
    if let Ok(vkey) = log.identity.vkey.parse::<VerifierKey>() {
        match Checkpoint::open(&shown.checkpoint, &vkey) {
            Err(error) => report.fault(&log.place(), &Fault::Published(error)),
            Ok(signed) if signed.size != shown.size || root != Some(signed.root) => {
                report.fault(&log.place(), &Fault::PublishedTree);
            }
            Ok(_) => {}
        }
    }
    for (witness, size) in &shown.confirmed {
        if witness.parse::<WitnessKey>().is_err() || *size > log.head.size {
            report.fault(&log.place(), &Fault::Witness);
        }
    }
}
