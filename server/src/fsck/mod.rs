//! The check of a whole store: everything that is stored is recomputed from the receipts up, and nothing is changed.
//!
//! ```text
//!            ┌─ rows, sealed values ──► workers: signature · hash · subject · leaf · values ─┐
//! snapshot ──┤                                                                               ├─► in the order of the log
//!            └─ tiles ──────────────► tree: leaves · tiles of every level · root · checkpoint ◄┘
//! ```
//!
//! Memory does not grow with the receipts: a bounded number of chunks is under way, the tree is its right edge. What does
//! grow are two sets of 64-bit numbers, of subjects that withdrew and of subjects with personal data.

mod destroyed;
mod documents;
mod evidence;
mod fault;
mod files;
mod index;
mod keys;
mod log;
mod progress;
mod published;
mod report;
mod scan;
mod standing;
mod tree;
mod values;
mod verify;

use crate::{
    data::DataDir,
    erasure::{self, Ledger},
    site::Loaded,
    store::{Role, Snapshot, StoreError},
};
use documents::Documents;
pub(crate) use fault::{Fault, Place};
use index::Sums;
use log::Log;
pub(crate) use report::{Counts, Report};

/// Why the check cannot be made; that something is wrong with the store is no such reason.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FsckError {
    /// The key files.
    #[error(transparent)]
    Keys(#[from] crate::keys::KeyError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A site's directory is given, and the store knows nothing of it.
    #[error("the store has no log of site {0}; give --site the directory of a site that it serves")]
    UnknownSite(String),
}

/// Checks the store of a data directory; with the directories of sites also that they have what the receipts name.
pub(crate) fn fsck(
    data: &DataDir,
    sites: &[Loaded],
    report: &mut Report<'_>,
) -> Result<(), FsckError> {
    // Before the store: what is done by the journal is done in any store that is looked at later.
    let journal = match erasure::read(&data.erasures()) {
        Ok((journal, _)) => journal,
        Err(error) => {
            report.fault(&Place::Store, &Fault::Journal(error));
            Ledger::default()
        }
    };
    match check(data, &journal, sites, report) {
        // The file cannot be read to its end: that is an answer too, and the worst.
        Err(FsckError::Store(StoreError::Damaged(what))) => {
            report.fault(&Place::Store, &Fault::Damaged(what));
            Ok(())
        }
        Err(FsckError::Store(error @ StoreError::Foreign)) => {
            report.fault(&Place::Store, &Fault::Foreign(error));
            Ok(())
        }
        result => result,
    }
}

fn check(
    data: &DataDir,
    journal: &Ledger,
    sites: &[Loaded],
    report: &mut Report<'_>,
) -> Result<(), FsckError> {
    let dir = data.path();
    let snapshot = Snapshot::open(&data.store())?;
    let identities = snapshot.identities()?;
    if let Some(unknown) = sites
        .iter()
        .map(|loaded| &loaded.site.site)
        .find(|site| !identities.logs.contains_key(*site))
    {
        return Err(FsckError::UnknownSite(unknown.clone()));
    }
    let vault = keys::vault(dir, &identities, report)?;
    let periods = snapshot.keys()?;
    keys::periods(&periods, &identities, report);
    for table in snapshot.strays()? {
        report.fault(&Place::Store, &Fault::Stray(table));
    }
    let mut logs = Vec::new();
    for (site, identity) in &identities.logs {
        let (id, found) = snapshot.log(site)?;
        let head = snapshot.head(id)?;
        report.expect(head.size);
        let documents = sites.iter().find(|loaded| loaded.site.site == *site);
        logs.push(Log {
            snapshot: &snapshot,
            id,
            found,
            site,
            identity,
            operators: periods
                .iter()
                .filter(|key| key.role == Role::Operator && key.site == *site)
                .collect(),
            head,
            vault: vault.as_ref(),
            journal,
            documents: documents.map(|loaded| Documents::of(&loaded.site)),
        });
    }
    let mut sums = Sums::default();
    for log in &logs {
        keys::of_log(dir, log.site, &identities, report)?;
        log::check(log, &mut sums, report)?;
        files::check(log, report)?;
        evidence::check(log, report)?;
        destroyed::check(log, &periods, report)?;
    }
    Ok(index::check(&snapshot, &logs, &sums, report)?)
}
