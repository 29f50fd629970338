//! The receipt file that a person keeps, `*.receipt.json`: with it, and no network, anyone can check everything.

use alloc::string::{String, ToString};
use serde::{Deserialize, Serialize};

use crate::{
    digest::Digest,
    lang::Lang,
    log::{LogError, checkpoint::Checkpoint, note::VerifierKey, proof::Proof},
    problem::Kind,
    receipt::{Receipt, ReceiptError},
    site::Site,
};

/// Longest file in bytes: a receipt of 32 KiB, a proof and a long notice are far below.
pub const MAX_LEN: usize = 1024 * 1024;

/// A receipt with everything that is needed to check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptFile {
    /// The SD-JWT.
    pub receipt: String,
    /// The tlog-proof.
    pub proof: String,
    /// The text that was on the screen.
    pub notice: NoticeText,
    /// The policy that was in force.
    pub policy: PolicyLink,
    /// The log.
    pub log: LogKey,
}

/// A notice's exact text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeText {
    /// Its language.
    pub lang: Lang,
    /// Its text.
    pub text: String,
}

/// Where to find the policy's text and how to recognise it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyLink {
    /// The edition.
    pub edition: String,
    /// [`Site::policy_url`].
    pub url: String,
    /// SHA-256 over its text.
    pub sha256: Digest,
}

/// The log's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogKey {
    /// The verifier key, C2SP signed-note.
    pub vkey: String,
}

/// What a receipt file proves.
#[derive(Clone, Debug)]
#[must_use]
pub struct Report {
    /// The receipt.
    pub receipt: Receipt,
    /// When the server received it, UNIX milliseconds.
    pub time: u64,
    /// Its index in the log.
    pub index: u64,
    /// The checkpoint that covers it.
    pub checkpoint: Checkpoint,
}

/// Why a receipt file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Not the JSON of a receipt file.
    #[error("not a receipt file: {message}")]
    Form {
        /// Where the reader stopped. No content.
        message: String,
    },
    /// The log's part.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The notice's text is not the signed one.
    #[error("the notice's text or language is not the one that was signed")]
    NoticeText,
    /// The policy's reference is not the signed one.
    #[error("the policy's edition, address or digest is not the one that was signed")]
    Policy,
    /// The receipt itself.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// Over [`MAX_LEN`].
    #[error("the file has more than 1 MiB; a receipt file is much shorter")]
    TooLarge,
    /// Another key than the one that was expected.
    #[error("the file names another log key than the one that you trust")]
    VkeyMismatch,
}

impl FileError {
    /// The kind, for answers, vectors and counts.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Form { .. } => Kind::File,
            Self::Log(error) => error.kind(),
            Self::NoticeText => Kind::NoticeText,
            Self::Policy => Kind::PolicyRef,
            Self::Receipt(error) => error.kind(),
            Self::TooLarge => Kind::TooLarge,
            Self::VkeyMismatch => Kind::Vkey,
        }
    }
}

impl ReceiptFile {
    /// Reads a file. It has to be exactly what [`Self::to_json`] writes, so that no byte of it is loose.
    ///
    /// # Errors
    /// [`FileError::TooLarge`], [`FileError::Form`].
    pub fn parse(json: &[u8]) -> Result<Self, FileError> {
        if json.len() > MAX_LEN {
            return Err(FileError::TooLarge);
        }
        let fault = |message: String| FileError::Form { message };
        let file: Self = serde_json::from_slice(json).map_err(|error| {
            fault(alloc::format!(
                "unexpected JSON near line {}, column {}",
                error.line(),
                error.column()
            ))
        })?;
        if file.to_json().as_bytes() == json {
            Ok(file)
        } else {
            Err(fault(
                "it has white space or escapes that the format does not have".to_string(),
            ))
        }
    }

    /// The file's bytes: JSON without white space, members in the order of the type.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings and maps of strings always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Checks everything that can be checked without a network: the receipt with its disclosures, the text that was shown,
    /// the policy's reference, the entry, the proof and the checkpoint. With `trusted`, the file's own key must be that one.
    ///
    /// # Errors
    /// The first that fails.
    pub fn verify(&self, trusted: Option<&VerifierKey>) -> Result<Report, FileError> {
        let receipt = Receipt::open(self.receipt.as_bytes())?;
        let payload = receipt.payload();
        if Digest::of(self.notice.text.as_bytes()) != payload.notice.sha256
            || self.notice.lang != payload.notice.lang
        {
            return Err(FileError::NoticeText);
        }
        let vkey: VerifierKey = self.log.vkey.parse()?;
        if trusted.is_some_and(|trusted| *trusted != vkey) {
            return Err(FileError::VkeyMismatch);
        }
        let proof = Proof::parse(&self.proof)?;
        let checkpoint = proof.verify(&vkey, &receipt.hash())?;
        let url = Site::policy_url(&payload.aud, &proof.entry.site, &payload.policy.edition);
        if self.policy.edition != payload.policy.edition
            || self.policy.sha256 != payload.policy.sha256
            || self.policy.url != url
        {
            return Err(FileError::Policy);
        }
        Ok(Report {
            time: proof.entry.time,
            index: proof.index,
            checkpoint,
            receipt,
        })
    }
}
