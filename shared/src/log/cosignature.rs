//! Cosignatures, C2SP tlog-cosignature: a witness's word, with a time, that it has seen a log grow only.
//!
//! ```text
//! cosignature/v1
//! time <UNIX seconds>
//! <the checkpoint's text>
//! ```
//! A cosignature is a further signature line of the checkpoint's note. Of the spec's two kinds this is the one by Ed25519,
//! signature type 0x04; lines of the other kind are lines of unknown keys.

use alloc::{format, string::String, string::ToString as _, vec::Vec};
use core::{fmt, str::FromStr};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::{
    LogError,
    note::{self, SignatureLine, VerifierKey},
};

/// Signature type of timestamped Ed25519 cosignatures.
const COSIGNATURE: u8 = 0x04;

/// Largest time that the spec allows: it is read as a signed number elsewhere.
const MAX_TIME: u64 = u64::MAX >> 1;

/// The public half of a witness's key: `<name>+<hex key id>+<base64(0x04 || key)>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    key: VerifyingKey,
}

/// One witness's line under a checkpoint, verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cosignature<'a> {
    /// The signature line without its LF.
    pub line: &'a str,
    /// When the witness signed, UNIX seconds.
    pub time: u64,
}

impl WitnessKey {
    /// The witness's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key alone: two names for one key are one witness.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// This witness's cosignature of the checkpoint with this text; of several the newest. Lines of other keys are ignored,
    /// one of this key that does not verify spoils them all.
    ///
    /// The text has to be one that the log's key signed: a witness's word is about a log, and does not stand for it.
    ///
    /// # Errors
    /// [`LogError::Cosignature`].
    pub fn find<'a>(
        &self,
        text: &str,
        lines: &[SignatureLine<'a>],
    ) -> Result<Cosignature<'a>, LogError> {
        let mut newest: Option<Cosignature<'a>> = None;
        for line in lines
            .iter()
            .filter(|line| line.is_of(&self.name, self.id()))
        {
            let time = self
                .verify(text, &line.signature)
                .ok_or(LogError::Cosignature)?;
            if newest.is_none_or(|newest| newest.time <= time) {
                newest = Some(Cosignature {
                    line: line.line,
                    time,
                });
            }
        }
        newest.ok_or(LogError::Cosignature)
    }

    /// The time of a cosignature that verifies: `timestamp as 8 bytes, big-endian || Ed25519 signature`.
    fn verify(&self, text: &str, blob: &[u8]) -> Option<u64> {
        let (time, signature) = blob.split_first_chunk()?;
        let time = u64::from_be_bytes(*time);
        let signature = Signature::from_slice(signature).ok()?;
        let verified = self.key.verify_strict(&message(text, time), &signature);
        (verified.is_ok() && time <= MAX_TIME).then_some(time)
    }

    fn id(&self) -> [u8; 4] {
        note::key_id(&self.name, COSIGNATURE, &self.key)
    }
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        note::write_vkey(f, &self.name, COSIGNATURE, &self.key)
    }
}

impl FromStr for WitnessKey {
    type Err = LogError;

    fn from_str(text: &str) -> Result<Self, LogError> {
        let (name, key) = note::read_vkey(text, COSIGNATURE)?;
        Ok(Self { name, key })
    }
}

/// Cosigns under one name. The key is erased from memory when it is dropped.
pub struct Cosigner {
    vkey: WitnessKey,
    key: SigningKey,
}

impl Cosigner {
    /// A cosigner with this name. Ed25519 cosignatures do not bind it: the key has to be this cosigner's alone.
    ///
    /// # Errors
    /// [`LogError::Vkey`] if the name is not one for a key.
    pub fn new(name: &str, key: SigningKey) -> Result<Self, LogError> {
        VerifierKey::new(name, key.verifying_key())?;
        let vkey = WitnessKey {
            name: name.to_string(),
            key: key.verifying_key(),
        };
        Ok(Self { vkey, key })
    }

    /// The public half.
    #[must_use]
    pub fn vkey(&self) -> &WitnessKey {
        &self.vkey
    }

    /// The signature line, ended by LF, over a checkpoint's text at a time in UNIX seconds.
    #[must_use]
    pub fn cosign(&self, text: &str, time: u64) -> String {
        let signature = self.key.sign(&message(text, time)).to_bytes();
        let blob = [&time.to_be_bytes()[..], &signature].concat();
        note::signature_line(&self.vkey.name, self.vkey.id(), &blob)
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({})", self.vkey.name)
    }
}

fn message(text: &str, time: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{text}").into_bytes()
}
