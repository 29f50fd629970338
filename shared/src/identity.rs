//! The published identity: which keys sign for each site now, and which did before. `GET /.well-known/raspiska.json`.

use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};
use serde::{Deserialize, Serialize};

use crate::{
    file::{MAX_LEN, ReceiptFile, Report},
    log::{LogError, note::VerifierKey},
    party::SubjectId,
    problem::Kind,
    receipt::Actor,
};

/// The first member's value.
pub const SCHEMA: &str = "urn:raspiska:identity:1";

/// The document. Members that it does not know are ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// [`SCHEMA`].
    pub schema: String,
    /// The logs, by site.
    pub logs: Vec<LogKeys>,
    /// The operators, by site.
    pub operators: Vec<OperatorKeys>,
}

/// The keys of one log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogKeys {
    /// The site's id.
    pub site: String,
    /// The log's name, which every key of it has.
    pub origin: String,
    /// The verifier key of now.
    pub vkey: String,
    /// In force since, UNIX milliseconds.
    pub since: u64,
    /// Those before it, oldest first.
    pub retired: Vec<RetiredVkey>,
}

/// A log key that signs no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetiredVkey {
    /// The verifier key.
    pub vkey: String,
    /// In force since, UNIX milliseconds.
    pub since: u64,
    /// The first millisecond in which it was not.
    pub until: u64,
}

/// The keys of one operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorKeys {
    /// The site's id.
    pub site: String,
    /// RFC 7638 thumbprint of the key of now: `sub` of its statements.
    pub thumbprint: SubjectId,
    /// In force since, UNIX milliseconds.
    pub since: u64,
    /// Those before it, oldest first.
    pub retired: Vec<RetiredThumbprint>,
}

/// An operator's key that signs no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetiredThumbprint {
    /// RFC 7638 thumbprint.
    pub thumbprint: SubjectId,
    /// In force since, UNIX milliseconds.
    pub since: u64,
    /// The first millisecond in which it was not.
    pub until: u64,
}

/// Why a published identity does not vouch for a receipt file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Not the document.
    #[error("not a published identity: {message}")]
    Form {
        /// What is wrong. No content.
        message: String,
    },
    /// The file's key is none of the log's.
    #[error("the file's log key is none of those that the published identity has for this log")]
    Key,
    /// No log of this name.
    #[error("the published identity has no log of this name")]
    Log,
    /// The statement's key was not the operator's.
    #[error("the statement is not signed by the key that was the operator's at the entry's time")]
    Operator,
    /// The key had been retired by then.
    #[error("the file's log key was retired before the entry's time")]
    Retired,
}

impl IdentityError {
    /// The kind, for answers, vectors and counts.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Form { .. } => Kind::Identity,
            Self::Key | Self::Log | Self::Retired => Kind::Vkey,
            Self::Operator => Kind::Subject,
        }
    }
}

impl Identity {
    /// Reads the document, at most as long as a receipt file may be, and checks that it fits together.
    ///
    /// # Errors
    /// [`IdentityError::Form`].
    pub fn parse(json: &[u8]) -> Result<Self, IdentityError> {
        if json.len() > MAX_LEN {
            return Err(form(format!("it has more than {MAX_LEN} bytes")));
        }
        let identity: Self = serde_json::from_slice(json).map_err(|error| {
            form(format!(
                "unexpected JSON near line {}, column {}",
                error.line(),
                error.column()
            ))
        })?;
        if identity.schema != SCHEMA {
            return Err(form(format!("`schema` is not {SCHEMA}")));
        }
        let mut sites = BTreeSet::new();
        for log in &identity.logs {
            log.check()
                .map_err(|_| form("a log's key is not a key of its origin".to_string()))?;
            let periods = log.retired.iter().map(|key| (key.since, key.until));
            in_order(periods, log.since)?;
            if !sites.insert(&log.site) {
                return Err(form("a log stands twice".to_string()));
            }
        }
        sites.clear();
        for operator in &identity.operators {
            let periods = operator.retired.iter().map(|key| (key.since, key.until));
            in_order(periods, operator.since)?;
            if !sites.insert(&operator.site) {
                return Err(form("an operator stands twice".to_string()));
            }
        }
        Ok(identity)
    }

    /// Does it vouch for the keys of a file that was verified? Gives the log's key if it is a retired one.
    ///
    /// A key vouches for every entry from before its end, also for those from before its beginning: a checkpoint covers all
    /// that was logged until then.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub fn vouch(
        &self,
        file: &ReceiptFile,
        report: &Report,
    ) -> Result<Option<&RetiredVkey>, IdentityError> {
        let origin = &report.checkpoint.origin;
        let log = self.logs.iter().find(|log| log.origin == *origin);
        let log = log.ok_or(IdentityError::Log)?;
        let retired = if log.vkey == file.log.vkey {
            None
        } else {
            let known = log.retired.iter().find(|key| key.vkey == file.log.vkey);
            let key = known.ok_or(IdentityError::Key)?;
            if report.time >= key.until {
                return Err(IdentityError::Retired);
            }
            Some(key)
        };
        let payload = report.receipt.payload();
        if payload.event.by == Actor::Operator {
            let operator = self.operators.iter().find(|own| own.site == log.site);
            if operator.and_then(|own| own.at(report.time)) != Some(payload.sub) {
                return Err(IdentityError::Operator);
            }
        }
        Ok(retired)
    }
}

impl LogKeys {
    fn check(&self) -> Result<(), LogError> {
        let last = self.origin.rsplit('/').next();
        if last != Some(self.site.as_str()) {
            return Err(LogError::Origin);
        }
        let retired = self.retired.iter().map(|key| &key.vkey);
        for vkey in retired.chain([&self.vkey]) {
            let vkey: VerifierKey = vkey.parse()?;
            if vkey.name() != self.origin {
                return Err(LogError::Origin);
            }
        }
        Ok(())
    }
}

impl OperatorKeys {
    /// The key in force at `time`, UNIX milliseconds.
    #[must_use]
    pub fn at(&self, time: u64) -> Option<SubjectId> {
        if time >= self.since {
            return Some(self.thumbprint);
        }
        let before = self
            .retired
            .iter()
            .find(|key| key.since <= time && time < key.until);
        before.map(|key| key.thumbprint)
    }
}

fn form(message: String) -> IdentityError {
    IdentityError::Form { message }
}

/// Periods have a length, follow each other, and end before the present one begins.
fn in_order(periods: impl Iterator<Item = (u64, u64)>, present: u64) -> Result<(), IdentityError> {
    let mut end = 0;
    for (since, until) in periods {
        if since < end || until <= since {
            return Err(form(
                "periods of keys overlap or are out of order".to_string(),
            ));
        }
        end = until;
    }
    if present < end {
        return Err(form(
            "the present key began before the last one ended".to_string(),
        ));
    }
    Ok(())
}
