//! Evidence of what was destroyed: what is kept, how two people open it, its end.

use clap::{Args, Subcommand, builder::PossibleValuesParser};
use serde_json::{Value, json};

use super::{Flags, OfficeError, acts, print};
use crate::{clock::moment, erasure::ORDER_179};

/// The flags of `raspiska office evidence`.
#[derive(Args)]
pub(super) struct Evidence {
    #[command(flatten)]
    flags: Flags,
    /// The site's id
    #[arg(long, value_name = "SITE", global = true, default_value = "")]
    site: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List what is kept, until when, and who asks to open it
    List,
    /// Ask to open one; another officer or an auditor has a day to confirm
    Ask {
        /// One line for whoever confirms, and for the access log
        #[arg(long)]
        reason: String,
        /// The receipt's hash
        #[arg(allow_hyphen_values = true)]
        receipt: String,
    },
    /// Confirm what somebody else asks; they have an hour to read it, once
    Confirm {
        /// The receipt's hash
        #[arg(allow_hyphen_values = true)]
        receipt: String,
        /// When it was asked for, as `list` shows it
        #[arg(long, value_name = "NUMBER")]
        asked: u64,
    },
    /// Read what was confirmed
    Read {
        /// The receipt's hash
        #[arg(allow_hyphen_values = true)]
        receipt: String,
    },
    /// Destroy what has come to the end of its term; before that only what was unlawful or not needed
    Destroy {
        /// Why: ids of www/acts/order-179.toml
        #[arg(long, default_value = "term-ended", value_parser = PossibleValuesParser::new(ORDER_179.reasons.iter().map(|reason| reason.id.as_str())))]
        reason: String,
        /// Who processes on the operator's instruction, with the address, for the act
        #[arg(long, value_name = "NAME")]
        processor: Option<String>,
        /// Hashes of the receipts
        #[arg(required = true, allow_hyphen_values = true)]
        receipts: Vec<String>,
    },
}

impl Evidence {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let all = format!("/v1/office/sites/{}/evidence", self.site);
        let desk = self.flags.desk()?;
        let step = |receipt: &str, step: &str, body: &Value| {
            desk.post(&format!("{all}/{receipt}/{step}"), body)
        };
        match &self.command {
            Command::List => self.list(&desk.get(&all)?),
            Command::Ask { reason, receipt } => {
                let answer = step(receipt, "ask", &json!({"reason": reason}))?;
                let asked = &answer["asked"];
                let sentence = format!(
                    "asked; another officer or an auditor confirms it: raspiska office evidence --site {} confirm {receipt} --asked {asked}",
                    self.site
                );
                self.say(&answer, &sentence)
            }
            Command::Confirm { receipt, asked } => {
                let answer = step(receipt, "confirm", &json!({"asked": asked}))?;
                self.say(
                    &answer,
                    "confirmed; whoever asked may read it once, within an hour",
                )
            }
            Command::Read { receipt } => {
                let answer = step(receipt, "read", &Value::Null)?;
                if self.flags.json {
                    return print::json(&answer);
                }
                let values = answer["values"].as_object().into_iter().flatten();
                for (name, value) in values {
                    print::line(&format!("{name}: {}", value.as_str().unwrap_or_default()))?;
                }
                Ok(())
            }
            Command::Destroy {
                reason,
                processor,
                receipts,
            } => {
                let body = json!({"receipts": receipts, "reason": reason, "processor": processor});
                let answer = desk.post(&format!("{all}/acts"), &body)?;
                acts::told(self.flags.json, &self.site, &answer)
            }
        }
    }

    fn list(&self, answer: &Value) -> Result<(), OfficeError> {
        if self.flags.json {
            return print::json(answer);
        }
        let mut all = answer["evidence"].as_array().cloned().unwrap_or_default();
        for held in &mut all {
            let opening = held["opening"].take();
            let state = match &opening {
                Value::Null if held["ended"] == true => "to be destroyed",
                Value::Null => "sealed",
                opening if !opening["read"].is_null() => "was read",
                opening if !opening["confirmed"].is_null() => "confirmed",
                _ => "asked for",
            };
            held["state"] = state.into();
            held["by"] = opening["by"].clone();
            held["reason"] = opening["reason"].clone();
            held["asked"] = opening["asked"].clone();
            held["when"] = opening["asked"].as_u64().map(moment).into();
        }
        let columns = [
            ("RECEIPT", "receipt"),
            ("UNTIL", "until"),
            ("STATE", "state"),
            ("BY", "by"),
            ("WHEN", "when"),
            ("ASKED", "asked"),
            ("REASON", "reason"),
        ];
        print::table(&columns, &all)
    }

    fn say(&self, answer: &Value, sentence: &str) -> Result<(), OfficeError> {
        if self.flags.json {
            return print::json(answer);
        }
        print::line(sentence)
    }
}
