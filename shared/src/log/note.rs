//! Signed notes, C2SP signed-note: a text, an empty line, signature lines. The signatures are a list; unknown ones are ignored.
//!
//! ```text
//! <text, ended by LF>
//!
//! — <key name> base64(key id || signature)
//! ```

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use base64ct::{Base64, Encoding as _};
use core::{fmt, str::FromStr};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::LogError;

/// Signature type of Ed25519 over the note's text.
const ED25519: u8 = 0x01;

/// Most signature lines that are read; the spec asks for at least 16.
const MAX_SIGNATURES: usize = 64;

/// Longest note in bytes: a checkpoint with some ten post-quantum signatures.
const MAX_LEN: usize = 64 * 1024;

/// Begins a signature line.
const SIGNATURE_PREFIX: &str = "\u{2014} ";

/// The public half of a note's key: `<name>+<hex key id>+<base64(0x01 || key)>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: VerifyingKey,
}

impl VerifierKey {
    /// The verifier key with this name.
    ///
    /// # Errors
    /// [`LogError::Vkey`] if the name is empty or has a space, a plus or a control character.
    pub fn new(name: &str, key: VerifyingKey) -> Result<Self, LogError> {
        if !is_key_name(name) {
            return Err(LogError::Vkey);
        }
        Ok(Self {
            name: name.to_string(),
            key,
        })
    }

    /// The key's name; for a log its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `SHA-256(name || LF || 0x01 || key)[:4]`
    fn id(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', ED25519])
            .chain_update(self.key.as_bytes())
            .finalize();
        [hash[0], hash[1], hash[2], hash[3]]
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut material = [ED25519; 33];
        material[1..].copy_from_slice(self.key.as_bytes());
        let id = u32::from_be_bytes(self.id());
        write!(
            f,
            "{}+{id:08x}+{}",
            self.name,
            Base64::encode_string(&material)
        )
    }
}

impl FromStr for VerifierKey {
    type Err = LogError;

    fn from_str(text: &str) -> Result<Self, LogError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(material)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(LogError::Vkey);
        };
        let mut buffer = [0; 33];
        let material = Base64::decode(material, &mut buffer).map_err(|_| LogError::Vkey)?;
        let (&[ED25519], key) = material.split_at_checked(1).ok_or(LogError::Vkey)? else {
            return Err(LogError::Vkey);
        };
        let key = <&[u8; 32]>::try_from(key).map_err(|_| LogError::Vkey)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| LogError::Vkey)?;
        let vkey = Self::new(name, key)?;
        // Printing it back checks the key id and refuses other spellings.
        if vkey.to_string() == text {
            Ok(vkey)
        } else {
            Err(LogError::Vkey)
        }
    }
}

/// Signs notes under one name. The key is erased from memory when it is dropped.
pub struct NoteSigner {
    vkey: VerifierKey,
    key: SigningKey,
}

impl NoteSigner {
    /// A signer with this name.
    ///
    /// # Errors
    /// As [`VerifierKey::new`].
    pub fn new(name: &str, key: SigningKey) -> Result<Self, LogError> {
        Ok(Self {
            vkey: VerifierKey::new(name, key.verifying_key())?,
            key,
        })
    }

    /// The public half.
    #[must_use]
    pub fn vkey(&self) -> &VerifierKey {
        &self.vkey
    }

    /// The note over `text`, which has to end with LF.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let mut blob = Vec::with_capacity(68);
        blob.extend_from_slice(&self.vkey.id());
        blob.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!(
            "{text}\n{SIGNATURE_PREFIX}{} {}\n",
            self.vkey.name,
            Base64::encode_string(&blob)
        )
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSigner({})", self.vkey.name)
    }
}

fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// The text of `note`, if the known key signed it. Signatures of unknown keys are ignored, one of the known key that does
/// not verify spoils the note.
///
/// # Errors
/// [`LogError::Note`] if it is not a note, [`LogError::NoteSignature`] if the key did not sign it.
pub fn open<'a>(note: &'a str, vkey: &VerifierKey) -> Result<&'a str, LogError> {
    if note.len() > MAX_LEN || note.chars().any(|c| c.is_control() && c != '\n') {
        return Err(LogError::Note);
    }
    // The last empty line separates: the text itself may have empty lines.
    let separator = note.rfind("\n\n").ok_or(LogError::Note)?;
    let (text, signatures) = (&note[..=separator], &note[separator + 2..]);
    let signatures = signatures.strip_suffix('\n').ok_or(LogError::Note)?;
    let mut verified = false;
    for (count, line) in signatures.split('\n').enumerate() {
        let line = line.strip_prefix(SIGNATURE_PREFIX).ok_or(LogError::Note)?;
        let (name, blob) = line.split_once(' ').ok_or(LogError::Note)?;
        let blob = Base64::decode_vec(blob).map_err(|_| LogError::Note)?;
        if count >= MAX_SIGNATURES || !is_key_name(name) || blob.len() < 5 {
            return Err(LogError::Note);
        }
        if name != vkey.name || blob[..4] != vkey.id() {
            continue;
        }
        let signature = Signature::from_slice(&blob[4..]).map_err(|_| LogError::NoteSignature)?;
        vkey.key
            .verify_strict(text.as_bytes(), &signature)
            .map_err(|_| LogError::NoteSignature)?;
        verified = true;
    }
    if verified {
        Ok(text)
    } else {
        Err(LogError::NoteSignature)
    }
}
