//! Do the key files belong to the store? A key that is not there is no fault: backups are kept without.

use std::{io, path::Path};

use ed25519_dalek::SigningKey;
use raspiska_shared::{
    log::note::{NoteSigner, VerifierKey},
    receipt::thumbprint,
};

use super::{Fault, FsckError, Place, Report};
use crate::{
    keys::{self, KeyError, Secret},
    store::{Identities, Identity},
    vault::Vault,
};

/// The vault, if its key is there and the right one.
pub(super) fn vault(
    dir: &Path,
    identities: &Identities,
    report: &mut Report<'_>,
) -> Result<Option<Vault>, FsckError> {
    let Some(check) = identities.vault else {
        if !identities.logs.is_empty() {
            report.fault(&Place::Store, &Fault::NoVault);
        }
        return Ok(None);
    };
    let Some(key) = read(dir, "vault", &Place::Store, report)? else {
        report.note("sealed values were counted and not opened".to_owned());
        return Ok(None);
    };
    let vault = Vault::new(key);
    if vault.check() == check {
        return Ok(Some(vault));
    }
    report.fault(&Place::Store, &Fault::VaultKey);
    Ok(None)
}

/// Compares a log's two keys with what the store says of them.
pub(super) fn of_log(
    dir: &Path,
    site: &str,
    identity: &Identity,
    report: &mut Report<'_>,
) -> Result<(), FsckError> {
    let place = Place::Log(site.to_owned());
    if let Some(key) = read(dir, &format!("log-{site}"), &place, report)? {
        let name = identity.vkey.parse::<VerifierKey>();
        let signer =
            name.and_then(|vkey| NoteSigner::new(vkey.name(), SigningKey::from_bytes(&key)));
        // A stored key that is none is said where the checkpoint is opened.
        if signer.is_ok_and(|signer| signer.vkey().to_string() != identity.vkey) {
            report.fault(&place, &Fault::LogKey);
        }
    }
    if let Some(key) = read(dir, &format!("operator-{site}"), &place, report)?
        && thumbprint(&SigningKey::from_bytes(&key).verifying_key()) != identity.operator
    {
        report.fault(&place, &Fault::OperatorKey);
    }
    Ok(())
}

fn read(
    dir: &Path,
    name: &str,
    place: &Place,
    report: &mut Report<'_>,
) -> Result<Option<Secret>, FsckError> {
    match keys::read(&dir.join(format!("{name}.key"))) {
        Ok(key) => Ok(Some(key)),
        Err(KeyError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            report.note(format!("{name}.key is not there and was not compared"));
            Ok(None)
        }
        Err(error @ KeyError::Io { .. }) => Err(error.into()),
        Err(error) => {
            report.fault(place, &Fault::Key(error));
            Ok(None)
        }
    }
}
