//! Do the key files belong to the store, and the periods of the keys to each other? A key that is not there is no fault:
//! backups are kept without.

use std::path::Path;

use super::{Fault, FsckError, Place, Report};
use crate::{
    keys::{self, KeyError, Secret},
    store::{Identities, KeyPeriod, Role},
    vault::Vault,
};

/// The vault, if its key is there and the right one.
pub(super) fn vault(
    dir: &Path,
    identities: &Identities,
    report: &mut Report<'_>,
) -> Result<Option<Vault>, FsckError> {
    if identities.vault.is_none() {
        if !identities.logs.is_empty() {
            report.fault(&Place::Store, &Fault::NoVault);
        }
        return Ok(None);
    }
    let Some(key) = compare(dir, Role::Vault, "", identities, report)? else {
        report.note("sealed values were counted and not opened".to_owned());
        return Ok(None);
    };
    Ok(Some(Vault::new(key)))
}

/// Compares a log's two keys with what the store says of them.
pub(super) fn of_log(
    dir: &Path,
    site: &str,
    identities: &Identities,
    report: &mut Report<'_>,
) -> Result<(), FsckError> {
    compare(dir, Role::Log, site, identities, report)?;
    compare(dir, Role::Operator, site, identities, report)?;
    Ok(())
}

/// Each key follows the one before it, and the last one is the one that the store works with.
pub(super) fn periods(periods: &[KeyPeriod], identities: &Identities, report: &mut Report<'_>) {
    let expect = |role, site: &str, public: String, place: Place, report: &mut Report<'_>| {
        let own: Vec<&KeyPeriod> = periods
            .iter()
            .filter(|key| key.role == role && key.site == site)
            .collect();
        let follow = own
            .windows(2)
            .all(|pair| pair[0].until == Some(pair[1].since));
        let in_force = own
            .last()
            .is_some_and(|key| key.until.is_none() && key.public == public);
        if !follow || !in_force {
            report.fault(&place, &Fault::Periods(role.name()));
        }
    };
    if let Some(check) = identities.vault {
        expect(Role::Vault, "", check.to_string(), Place::Store, report);
    }
    for (site, identity) in &identities.logs {
        let place = || Place::Log(site.clone());
        expect(Role::Log, site, identity.vkey.clone(), place(), report);
        let operator = identity.operator.0.to_string();
        expect(Role::Operator, site, operator, place(), report);
    }
}

/// The key, if it is there and the one that the store knows.
fn compare(
    dir: &Path,
    role: Role,
    site: &str,
    identities: &Identities,
    report: &mut Report<'_>,
) -> Result<Option<Secret>, FsckError> {
    let (place, other) = match role {
        Role::Log => (Place::Log(site.to_owned()), Fault::LogKey),
        Role::Operator => (Place::Log(site.to_owned()), Fault::OperatorKey),
        Role::Vault => (Place::Store, Fault::VaultKey),
    };
    match keys::find(dir, role, site, identities) {
        Ok(found) if found.fits => return Ok(Some(found.secret)),
        Ok(_) => report.fault(&place, &other),
        Err(KeyError::Missing(path)) => {
            let name = path.file_name().unwrap_or_default().display();
            report.note(format!("{name} is not there and was not compared"));
        }
        Err(error @ KeyError::Io { .. }) => return Err(error.into()),
        Err(error) => report.fault(&place, &Fault::Key(error)),
    }
    Ok(None)
}
