//! Destruction.

use clap::{Args, builder::PossibleValuesParser};
use serde_json::{Value, json};

use super::{Flags, OfficeError, print};
use crate::{clock::moment, erasure::ORDER_179};

/// The flags of `raspiska office destroy`.
#[derive(Args)]
pub(super) struct Destroy {
    #[command(flatten)]
    flags: Flags,
    /// The site's id
    #[arg(long, value_name = "SITE")]
    site: String,
    /// Why: ids of www/acts/order-179.toml
    #[arg(long, value_parser = PossibleValuesParser::new(ORDER_179.reasons.iter().map(|reason| reason.id.as_str())))]
    reason: String,
    /// Who processes on the operator's instruction, with the address, for the act
    #[arg(long, value_name = "NAME")]
    processor: Option<String>,
    /// Hashes of the receipts whose values are destroyed
    #[arg(required = true, allow_hyphen_values = true)]
    receipts: Vec<String>,
}

/// The flags of `raspiska office acts`.
#[derive(Args)]
pub(super) struct Acts {
    #[command(flatten)]
    flags: Flags,
    /// The site's id
    #[arg(long, value_name = "SITE")]
    site: String,
}

/// The flags of `raspiska office tool`.
#[derive(Args)]
pub(super) struct Tool {
    #[command(flatten)]
    flags: Flags,
    /// The site's id
    #[arg(long, value_name = "SITE")]
    site: String,
    /// The tool's name
    #[arg(long)]
    tool: String,
    /// The number of its certificate
    #[arg(long)]
    certificate: String,
    /// What it said
    #[arg(long)]
    result: String,
    /// The act's number
    act: String,
}

impl Destroy {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let path = format!("/v1/office/sites/{}/acts", self.site);
        let body = json!({
            "receipts": self.receipts,
            "reason": self.reason,
            "processor": self.processor,
        });
        let answer = self.flags.desk()?.post(&path, &body)?;
        told(self.flags.json, &self.site, &answer)
    }
}

/// What became of an order.
pub(super) fn told(as_json: bool, site: &str, answer: &Value) -> Result<(), OfficeError> {
    if as_json {
        return print::json(answer);
    }
    let act = answer["act"].as_str().unwrap_or_default();
    if answer["done"] == true {
        let sentence = format!("act {act}: destroyed; nothing of it is left in any file");
        print::line(&format!(
            "{sentence}. `raspiska office act {act} --site {site} --out FILE.pdf` gives what is signed"
        ))?;
    } else {
        print::line(&format!(
            "act {act}: deleted; somebody still reads the store, and the server searches its files as soon as it can"
        ))?;
    }
    for (receipt, until) in answer["sealed"].as_object().into_iter().flatten() {
        let until = until.as_str().unwrap_or_default();
        print::line(&format!(
            "receipt {receipt}: a copy is sealed as evidence up to {until}; `raspiska office evidence` opens and destroys it"
        ))?;
    }
    Ok(())
}

impl Acts {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let path = format!("/v1/office/sites/{}/acts", self.site);
        let answer = self.flags.desk()?.get(&path)?;
        if self.flags.json {
            return print::json(&answer);
        }
        let mut acts = answer["acts"].as_array().cloned().unwrap_or_default();
        for act in &mut acts {
            act["count"] = Value::from(act["receipts"].as_array().map_or(0, Vec::len));
            act["done"] = act["done"].as_u64().map(moment).into();
        }
        let columns = [
            ("ACT", "act"),
            ("DONE", "done"),
            ("BY", "by"),
            ("REASON", "reason"),
            ("RECEIPTS", "count"),
            ("KEEP UNTIL", "kept_until"),
        ];
        print::table(&columns, &acts)
    }
}

impl Tool {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let path = format!("/v1/office/sites/{}/acts/{}/tool", self.site, self.act);
        let body = json!({
            "tool": self.tool,
            "certificate": self.certificate,
            "result": self.result,
        });
        self.flags.desk()?.post(&path, &body)?;
        print::line(&format!("noted for act {}", self.act))
    }
}
