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

#[cfg(test)]
mod tests {
    use raspiska_shared::{party::SubjectId, receipt::Disclosure};

    use super::*;

    /// What is said when `disclosures` are sealed under these names for a receipt that signed `signed`.
    fn said(signed: &[&Disclosure], disclosures: &[(&str, &Disclosure)]) -> Vec<&'static str> {
        let vault = Vault::new(Zeroizing::new([7; 32]));
        let row = Row {
            index: 0,
            receipt: Digest::of(b"receipt"),
            time: 0,
            subject: SubjectId(Digest::of(b"subject")),
            token: String::new(),
        };
        let (key, wrapped) = vault.subject_key("site", &row.subject).unwrap();
        let sealed: Vec<Sealed> = disclosures
            .iter()
            .map(|(name, disclosure)| Sealed {
                index: 0,
                name: (*name).to_owned(),
                blob: key.seal(&row.receipt, name, disclosure.encoded()).unwrap(),
            })
            .collect();
        let signed: Vec<Digest> = signed.iter().map(|own| own.digest()).collect();
        let mut said = Vec::new();
        check(
            "site",
            Some(&vault),
            &row,
            &signed,
            &sealed,
            Some(&wrapped),
            |fault| said.push(fault.slug()),
        );
        said
    }

    #[test]
    fn all_or_none_of_what_was_signed_and_nothing_else() {
        let email = Disclosure::new([1; 16], "email", "a@example.org");
        let other = Disclosure::new([2; 16], "email", "a@example.org");
        assert!(said(&[&email], &[("email", &email)]).is_empty());
        assert!(said(&[&email], &[]).is_empty());
        assert_eq!(said(&[&email], &[("email", &other)]), ["sealed-other"]);
        assert_eq!(said(&[&email], &[("name", &email)]), ["sealed-other"]);
        assert_eq!(
            said(&[&email, &other], &[("email", &email)]),
            ["sealed-count"]
        );
        assert_eq!(
            said(&[], &[("email", &email)]),
            ["sealed-count", "sealed-other"]
        );
    }
}
