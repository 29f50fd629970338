//! The vault: personal data of receipts, sealed so that they can be shown, and erased for good.
//!
//! Each subject has a random key, which the vault's own key wraps. Without the wrapped key all that was sealed for the
//! subject is noise: erasing deletes it and the ciphertexts. The signed part of a receipt, the log and the proofs have
//! only salted digests and stay as they are.
//!
//! ```text
//! wrapped = nonce(24) || XChaCha20-Poly1305(vault key,   nonce, subject key; "raspiska/vault/v1/key" LF site LF subject)
//! sealed  = nonce(24) || XChaCha20-Poly1305(subject key, nonce, disclosure;  "raspiska/vault/v1/value" LF receipt LF name)
//! file    = nonce(24) || XChaCha20-Poly1305(subject key, nonce, bytes;       "raspiska/vault/v1/file"  LF receipt LF name)
//! ```
//!
//! Evidence of values that are destroyed has a key of its own for each receipt, wrapped in the same way for a place of its own: what
//! reads the values of subjects opens neither the one nor the other.
//!
//! ```text
//! wrapped  = nonce(24) || XChaCha20-Poly1305(vault key,    nonce, evidence key; "raspiska/evidence/v1/key" LF site LF receipt)
//! evidence = nonce(24) || XChaCha20-Poly1305(evidence key, nonce, disclosures;  "raspiska/evidence/v1/values" LF receipt LF)
//! ```

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use raspiska_shared::{digest::Digest, party::SubjectId};
use zeroize::Zeroizing;

use crate::{keys::Secret, store::KeyOf};

/// Separates wrapped keys from sealed values, and these from files.
const KEY_LABEL: &str = "raspiska/vault/v1/key";
const VALUE_LABEL: &str = "raspiska/vault/v1/value";
/// Before the key in the digest that is the key of links.
const LINK_KEY_LABEL: &[u8] = b"raspiska/unsubscribe/v1/key\n";
const LINK_LABEL: &str = "raspiska/unsubscribe/v1";
const FILE_LABEL: &str = "raspiska/vault/v1/file";
const EVIDENCE_KEY_LABEL: &str = "raspiska/evidence/v1/key";
const EVIDENCE_LABEL: &str = "raspiska/evidence/v1/values";
/// Before the key in the check value.
const CHECK_LABEL: &[u8] = b"raspiska/vault/v1/check\n";

const NONCE_LEN: usize = 24;

/// Wraps and unwraps subject keys.
pub(crate) struct Vault(Secret);

/// The key of one subject's personal data.
pub(crate) struct SubjectKey(Secret);

/// Why something is not sealed or opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultError {
    /// The cipher refuses: too long, which no receipt is.
    #[error("the value cannot be sealed")]
    Seal,
    /// Another key, another place, or damaged.
    #[error("the sealed value does not open: it is damaged, or sealed elsewhere")]
    Open,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
}

impl Vault {
    pub(crate) fn new(key: Secret) -> Self {
        Self(key)
    }

    /// Recognises the key without telling anything about it: a digest over 256 random bits.
    pub(crate) fn check(&self) -> Digest {
        let mut input = Zeroizing::new(CHECK_LABEL.to_vec());
        input.extend_from_slice(&self.0[..]);
        Digest::of(&input)
    }

    /// A new key for a subject, with its wrapping.
    pub(crate) fn subject_key(
        &self,
        site: &str,
        subject: &SubjectId,
    ) -> Result<(SubjectKey, Vec<u8>), VaultError> {
        let mut key = Secret::default();
        getrandom::fill(&mut key[..]).map_err(VaultError::Random)?;
        let wrapped = encrypt(&self.0, &key[..], &key_context(site, subject))?;
        Ok((SubjectKey(key), wrapped))
    }

    /// The key in a wrapping.
    pub(crate) fn unwrap_key(
        &self,
        site: &str,
        subject: &SubjectId,
        wrapped: &[u8],
    ) -> Result<SubjectKey, VaultError> {
        let plain = decrypt(&self.0, wrapped, &key_context(site, subject))?;
        let key: &[u8; 32] = plain.as_slice().try_into().map_err(|_| VaultError::Open)?;
        Ok(SubjectKey(Zeroizing::new(*key)))
    }

    /// Seals what a link of a site is about, with a key of its own that is derived from the vault's.
    pub(crate) fn seal_link(&self, site: &str, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        encrypt(&self.link_key(), plain, &format!("{LINK_LABEL}\n{site}"))
    }

    /// Opens what [`Self::seal_link`] sealed for the same site.
    pub(crate) fn open_link(
        &self,
        site: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        decrypt(&self.link_key(), sealed, &format!("{LINK_LABEL}\n{site}"))
    }

    /// One input, of 256 random bits after a label: a digest is all the derivation that it needs.
    fn link_key(&self) -> Secret {
        let mut input = Zeroizing::new(LINK_KEY_LABEL.to_vec());
        input.extend_from_slice(&self.0[..]);
        Zeroizing::new(*Digest::of(&input).as_bytes())
    }

    /// Seals the disclosures of a receipt as evidence, with a new key: its wrapping, and what is sealed.
    pub(crate) fn seal_evidence(
        &self,
        site: &str,
        receipt: &Digest,
        disclosures: &[u8],
    ) -> Result<(Vec<u8>, Vec<u8>), VaultError> {
        let mut key = Secret::default();
        getrandom::fill(&mut key[..]).map_err(VaultError::Random)?;
        let wrapped = encrypt(&self.0, &key[..], &evidence_context(site, receipt))?;
        let sealed = encrypt(&key, disclosures, &context(EVIDENCE_LABEL, receipt, ""))?;
        Ok((wrapped, sealed))
    }

    /// Opens what [`Self::seal_evidence`] sealed.
    pub(crate) fn open_evidence(
        &self,
        site: &str,
        receipt: &Digest,
        wrapped: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let key = decrypt(&self.0, wrapped, &evidence_context(site, receipt))?;
        let key: &[u8; 32] = key.as_slice().try_into().map_err(|_| VaultError::Open)?;
        let key = Zeroizing::new(*key);
        decrypt(&key, sealed, &context(EVIDENCE_LABEL, receipt, ""))
    }

    /// The same key, wrapped by the vault's next key.
    pub(crate) fn rewrap(
        &self,
        next: &Self,
        site: &str,
        whose: KeyOf,
        wrapped: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let context = match whose {
            KeyOf::Evidence(receipt) => evidence_context(site, &receipt),
            KeyOf::Subject(subject) => key_context(site, &subject),
        };
        encrypt(&next.0, &decrypt(&self.0, wrapped, &context)?, &context)
    }
}

impl SubjectKey {
    /// Seals a disclosure for one receipt and name: it opens nowhere else.
    pub(crate) fn seal(
        &self,
        receipt: &Digest,
        name: &str,
        disclosure: &str,
    ) -> Result<Vec<u8>, VaultError> {
        encrypt(
            &self.0,
            disclosure.as_bytes(),
            &context(VALUE_LABEL, receipt, name),
        )
    }

    /// Opens what [`Self::seal`] sealed.
    pub(crate) fn open(
        &self,
        receipt: &Digest,
        name: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        decrypt(&self.0, sealed, &context(VALUE_LABEL, receipt, name))
    }

    /// Seals the file that the value under this name tells of.
    pub(crate) fn seal_file(
        &self,
        receipt: &Digest,
        name: &str,
        bytes: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        encrypt(&self.0, bytes, &context(FILE_LABEL, receipt, name))
    }

    /// Opens what [`Self::seal_file`] sealed.
    pub(crate) fn open_file(
        &self,
        receipt: &Digest,
        name: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        decrypt(&self.0, sealed, &context(FILE_LABEL, receipt, name))
    }
}

fn key_context(site: &str, subject: &SubjectId) -> String {
    format!("{KEY_LABEL}\n{site}\n{}", subject.0)
}

fn evidence_context(site: &str, receipt: &Digest) -> String {
    format!("{EVIDENCE_KEY_LABEL}\n{site}\n{receipt}")
}

fn context(label: &str, receipt: &Digest, name: &str) -> String {
    format!("{label}\n{receipt}\n{name}")
}

fn encrypt(key: &Secret, plain: &[u8], context: &str) -> Result<Vec<u8>, VaultError> {
    let mut nonce = [0; NONCE_LEN];
    // 192 random bits do not repeat.
    getrandom::fill(&mut nonce).map_err(VaultError::Random)?;
    let payload = Payload {
        msg: plain,
        aad: context.as_bytes(),
    };
    let sealed = XChaCha20Poly1305::new((&**key).into())
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| VaultError::Seal)?;
    Ok([&nonce[..], &sealed].concat())
}

fn decrypt(key: &Secret, sealed: &[u8], context: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (nonce, sealed) = sealed
        .split_first_chunk::<NONCE_LEN>()
        .ok_or(VaultError::Open)?;
    let payload = Payload {
        msg: sealed,
        aad: context.as_bytes(),
    };
    XChaCha20Poly1305::new((&**key).into())
        .decrypt(&XNonce::from(*nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| VaultError::Open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> SubjectId {
        SubjectId(Digest::of(b"subject"))
    }

    #[test]
    fn what_was_sealed_opens_in_its_place_only() {
        let vault = Vault::new(Zeroizing::new([7; 32]));
        let (key, wrapped) = vault.subject_key("site", &subject()).unwrap();
        let (receipt, other) = (Digest::of(b"a"), Digest::of(b"b"));
        let sealed = key.seal(&receipt, "email", "a@example.org").unwrap();
        let key = vault.unwrap_key("site", &subject(), &wrapped).unwrap();
        assert_eq!(
            key.open(&receipt, "email", &sealed).unwrap().as_slice(),
            b"a@example.org"
        );
        assert!(key.open(&other, "email", &sealed).is_err());
        assert!(key.open(&receipt, "name", &sealed).is_err());
        assert!(key.open_file(&receipt, "email", &sealed).is_err());
        let file = key.seal_file(&receipt, "cv", b"%PDF-").unwrap();
        assert_eq!(
            key.open_file(&receipt, "cv", &file).unwrap().as_slice(),
            b"%PDF-"
        );
        assert!(key.open_file(&other, "cv", &file).is_err());
        assert!(key.open(&receipt, "cv", &file).is_err());
        assert!(key.open(&receipt, "email", &sealed[..NONCE_LEN]).is_err());
        assert!(vault.unwrap_key("other", &subject(), &wrapped).is_err());
    }

    #[test]
    fn evidence_opens_in_its_place_only_and_with_the_next_key() {
        let vault = Vault::new(Zeroizing::new([7; 32]));
        let (receipt, other) = (Digest::of(b"a"), Digest::of(b"b"));
        let (wrapped, sealed) = vault.seal_evidence("site", &receipt, b"a~b").unwrap();
        let open = |vault: &Vault, site, receipt, wrapped: &[u8]| {
            let opened = vault.open_evidence(site, receipt, wrapped, &sealed);
            opened.ok().map(|plain| plain.to_vec())
        };
        assert_eq!(open(&vault, "site", &receipt, &wrapped).unwrap(), b"a~b");
        assert_eq!(open(&vault, "site", &other, &wrapped), None);
        assert_eq!(open(&vault, "other", &receipt, &wrapped), None);
        // The key of a subject with the same number is another one.
        let subject = SubjectId(receipt);
        assert!(vault.unwrap_key("site", &subject, &wrapped).is_err());
        let next = Vault::new(Zeroizing::new([8; 32]));
        let whose = KeyOf::Evidence(receipt);
        let anew = vault.rewrap(&next, "site", whose, &wrapped).unwrap();
        assert_eq!(open(&next, "site", &receipt, &anew).unwrap(), b"a~b");
        assert_eq!(open(&vault, "site", &receipt, &anew), None);
    }

    #[test]
    fn two_keys_and_two_sealings_differ() {
        let vault = Vault::new(Zeroizing::new([7; 32]));
        let (key, first) = vault.subject_key("site", &subject()).unwrap();
        let (_, second) = vault.subject_key("site", &subject()).unwrap();
        assert_ne!(first, second);
        let receipt = Digest::of(b"a");
        assert_ne!(
            key.seal(&receipt, "n", "v").unwrap(),
            key.seal(&receipt, "n", "v").unwrap()
        );
        assert_ne!(vault.check(), Vault::new(Zeroizing::new([8; 32])).check());
    }
}
