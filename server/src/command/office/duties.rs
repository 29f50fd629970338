//! What has to be done, and what happened.

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::{Flags, OfficeError, print};

/// The flags of `raspiska office duties`.
#[derive(Args)]
pub(super) struct Duties {
    #[command(flatten)]
    flags: Flags,
    /// The site's id
    #[arg(long, value_name = "SITE")]
    site: String,
}

/// The flags of `raspiska office fact`.
#[derive(Args)]
pub(super) struct Stated {
    #[command(flatten)]
    flags: Flags,
    /// The site's id
    #[arg(long, value_name = "SITE")]
    site: String,
    /// What happened: applicant_refused, purpose_reached, contract_ended, blocked, unblocked, done, extended, …
    kind: String,
    /// When, e.g. 2026-03-02T10:00:00+03; otherwise now
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// The hash of the receipt that it is about
    #[arg(long, value_name = "HASH", allow_hyphen_values = true)]
    receipt: Option<String>,
    /// The purpose that it is about, if not all of the receipt's
    #[arg(long)]
    purpose: Option<String>,
    /// The duty that was done or is extended
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    duty: Option<String>,
    /// SHA-256 of the notice that gives the reasons of an extension, base64url
    #[arg(long, value_name = "SHA-256", allow_hyphen_values = true)]
    notice: Option<String>,
}

impl Duties {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let path = format!("/v1/office/sites/{}/duties", self.site);
        let answer = self.flags.desk()?.get(&path)?;
        if self.flags.json {
            return print::json(&answer);
        }
        let columns = [
            ("DUE", "due"),
            ("DAYS", "days_left"),
            ("STATE", "state"),
            ("WHAT", "what"),
            ("PURPOSE", "purpose"),
            ("BY", "norm"),
            ("RECEIPT", "receipt"),
            ("DUTY", "id"),
        ];
        let duties = answer["duties"].as_array();
        print::table(&columns, duties.map(Vec::as_slice).unwrap_or_default())
    }
}

impl Stated {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let path = format!("/v1/office/sites/{}/facts", self.site);
        let body = json!({
            "kind": self.kind,
            "time": self.at.map(Timestamp::as_millisecond),
            "receipt": self.receipt,
            "purpose": self.purpose,
            "duty": self.duty,
            "notice": self.notice,
        });
        let answer = self.flags.desk()?.post(&path, &body)?;
        if self.flags.json {
            return print::json(&answer);
        }
        print::line(&format!("kept: {}", self.kind))
    }
}
