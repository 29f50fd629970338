//! Signed notes, C2SP signed-note: a text, an empty line, signature lines. The signatures are a list; unknown ones are ignored.
//!
//! ```text
//! <text, ended by LF>
//!
//! — <key name> base64(key id || signature)
//! ```
//! Keys of witnesses and what they sign are in [`super::cosignature`].

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

    fn id(&self) -> [u8; 4] {
        key_id(&self.name, ED25519, &self.key)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_vkey(f, &self.name, ED25519, &self.key)
    }
}

impl FromStr for VerifierKey {
    type Err = LogError;

    fn from_str(text: &str) -> Result<Self, LogError> {
        let (name, key) = read_vkey(text, ED25519)?;
        Ok(Self { name, key })
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
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let line = signature_line(&self.vkey.name, self.vkey.id(), &signature);
        format!("{text}\n{line}")
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSigner({})", self.vkey.name)
    }
}

/// A signature line, read and not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine<'a> {
    /// The whole line without its LF.
    pub line: &'a str,
    /// Of whom it says that it is: the key's name.
    pub name: &'a str,
    /// The key's id, and at least one byte behind it.
    blob: Vec<u8>,
}

impl SignatureLine<'_> {
    /// Was it made, by its own word, with the key of this name and id? Signed-note: the two together name a key.
    pub(super) fn is_of(&self, name: &str, id: [u8; 4]) -> bool {
        self.name == name && self.blob[..4] == id
    }

    /// What stands behind the id; its form is a matter of the key's type.
    pub(super) fn signature(&self) -> &[u8] {
        &self.blob[4..]
    }
}

/// The text of `note`, if the known key signed it. Signatures of unknown keys are ignored, one of the known key that does
/// not verify spoils the note.
///
/// # Errors
/// [`LogError::Note`] if it is not a note, [`LogError::NoteSignature`] if the key did not sign it.
pub fn open<'a>(note: &'a str, vkey: &VerifierKey) -> Result<&'a str, LogError> {
    let (text, lines) = split(note)?;
    let mut verified = false;
    for line in read_lines(lines)? {
        let line = line?;
        if !line.is_of(&vkey.name, vkey.id()) {
            continue;
        }
        let signature =
            Signature::from_slice(line.signature()).map_err(|_| LogError::NoteSignature)?;
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

/// Text and signature lines of `note`; nothing is verified.
///
/// # Errors
/// [`LogError::Note`].
pub fn parse(note: &str) -> Result<(&str, Vec<SignatureLine<'_>>), LogError> {
    let (text, lines) = split(note)?;
    Ok((text, signature_lines(lines)?))
}

/// Reads signature lines without the text that they are of, as a witness answers with them.
///
/// # Errors
/// [`LogError::Note`] if it is none, too many, or anything else.
pub fn signature_lines(lines: &str) -> Result<Vec<SignatureLine<'_>>, LogError> {
    read_lines(lines)?.collect()
}

/// Text and signature lines, each with its last LF.
fn split(note: &str) -> Result<(&str, &str), LogError> {
    if note.len() > MAX_LEN || note.chars().any(|c| c.is_control() && c != '\n') {
        return Err(LogError::Note);
    }
    // The last empty line separates: the text itself may have empty lines.
    let mut pairs = note.as_bytes().array_windows();
    let separator = pairs
        .rposition(|pair| pair == b"\n\n")
        .ok_or(LogError::Note)?;
    Ok((&note[..=separator], &note[separator + 2..]))
}

fn read_lines(
    lines: &str,
) -> Result<impl Iterator<Item = Result<SignatureLine<'_>, LogError>>, LogError> {
    let lines = lines.strip_suffix('\n').ok_or(LogError::Note)?;
    Ok(lines.split('\n').enumerate().map(|(count, line)| {
        let rest = line.strip_prefix(SIGNATURE_PREFIX).ok_or(LogError::Note)?;
        let (name, blob) = rest.split_once(' ').ok_or(LogError::Note)?;
        let blob = Base64::decode_vec(blob).map_err(|_| LogError::Note)?;
        if count >= MAX_SIGNATURES || !is_key_name(name) || blob.len() < 5 {
            return Err(LogError::Note);
        }
        Ok(SignatureLine { line, name, blob })
    }))
}

/// `note` with further signature lines, each ended by LF. What they are of is not looked at.
///
/// # Errors
/// [`LogError::Note`] if one or the other is malformed, or together they are too many.
pub fn append(note: &str, lines: &str) -> Result<String, LogError> {
    // Each for itself: together, an empty line in one of them could move the line between text and signatures.
    parse(note)?;
    signature_lines(lines)?;
    let longer = format!("{note}{lines}");
    parse(&longer)?;
    Ok(longer)
}

/// The signature line, ended by LF, of the key with this name and id.
pub(super) fn signature_line(name: &str, id: [u8; 4], signature: &[u8]) -> String {
    let blob = Base64::encode_string(&[&id[..], signature].concat());
    format!("{SIGNATURE_PREFIX}{name} {blob}\n")
}

fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// `SHA-256(name || LF || type || key)[:4]`
pub(super) fn key_id(name: &str, signature_type: u8, key: &VerifyingKey) -> [u8; 4] {
    let hash = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', signature_type])
        .chain_update(key.as_bytes())
        .finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// `<name>+<hex key id>+<base64(type || key)>`
pub(super) fn write_vkey(
    f: &mut impl fmt::Write,
    name: &str,
    signature_type: u8,
    key: &VerifyingKey,
) -> fmt::Result {
    let mut material = [signature_type; 33];
    material[1..].copy_from_slice(key.as_bytes());
    let id = u32::from_be_bytes(key_id(name, signature_type, key));
    write!(f, "{name}+{id:08x}+{}", Base64::encode_string(&material))
}

/// Name and key of a verifier key of this signature type.
pub(super) fn read_vkey(
    text: &str,
    signature_type: u8,
) -> Result<(String, VerifyingKey), LogError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(_), Some(material)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(LogError::Vkey);
    };
    let mut buffer = [0; 33];
    let material = Base64::decode(material, &mut buffer).map_err(|_| LogError::Vkey)?;
    let (&[found], key) = material.split_at_checked(1).ok_or(LogError::Vkey)? else {
        return Err(LogError::Vkey);
    };
    let key = <&[u8; 32]>::try_from(key).map_err(|_| LogError::Vkey)?;
    let key = VerifyingKey::from_bytes(key).map_err(|_| LogError::Vkey)?;
    // Printing it back checks the key id and refuses other spellings.
    let mut printed = String::with_capacity(text.len());
    let _ = write_vkey(&mut printed, name, signature_type, &key);
    if found == signature_type && is_key_name(name) && printed == text {
        Ok((name.to_string(), key))
    } else {
        Err(LogError::Vkey)
    }
}
