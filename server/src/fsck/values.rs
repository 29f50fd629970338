//! The sealed values of one entry: all or none, each opens, and each is what was signed.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use raspiska_shared::digest::Digest;
use zeroize::Zeroizing;

use super::Fault;
use crate::{
    store::{Row, Sealed},
    vault::Vault,
};

/// Checks what is sealed for an entry against `signed`, the digests in its receipt. Without the vault's key it counts.
pub(super) fn check(
    site: &str,
    vault: Option<&Vault>,
    row: &Row,
    signed: &[Digest],
    sealed: &[Sealed],
    wrapped: Option<&[u8]>,
    mut fault: impl FnMut(Fault),
) {
    // None at all: erased, or there never were any.
    if sealed.is_empty() {
        return;
    }
    if sealed.len() != signed.len() {
        fault(Fault::SealedCount(sealed.len(), signed.len()));
    }
    let Some(wrapped) = wrapped else {
        return fault(Fault::NoKey);
    };
    let Some(vault) = vault else { return };
    let Ok(key) = vault.unwrap_key(site, &row.subject, wrapped) else {
        return fault(Fault::WrappedKey);
    };
    for own in sealed {
        match key.open(&row.receipt, &own.name, &own.blob) {
            Err(_) => fault(Fault::Sealed(own.name.clone())),
            Ok(disclosure) => {
                if !signed.contains(&Digest::of(&disclosure)) || !is_named(&disclosure, &own.name) {
                    fault(Fault::SealedOther(own.name.clone()));
                }
            }
        }
    }
}

/// Does `base64url(["salt","name","value"])` have this name?
fn is_named(disclosure: &[u8], name: &str) -> bool {
    let Ok(text) = std::str::from_utf8(disclosure) else {
        return false;
    };
    let Ok(json) = Base64UrlUnpadded::decode_vec(text).map(Zeroizing::new) else {
        return false;
    };
    serde_json::from_slice::<[String; 3]>(&json).is_ok_and(|parts| {
        let [_, own, _] = &*Zeroizing::new(parts);
        own == name
    })
}
