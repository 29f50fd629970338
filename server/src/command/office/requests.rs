//! Requests of data subjects: what waits, what is in one, and each step towards its answer.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Flags, OfficeError, print};
use crate::clock::moment;

/// The flags of `raspiska office requests`.
#[derive(Args)]
pub(super) struct Requests {
    #[command(flatten)]
    flags: Flags,
    /// The site's id
    #[arg(long, value_name = "SITE")]
    site: String,
    /// Those that are over
    #[arg(long)]
    over: bool,
}

/// The flags of `raspiska office request`.
#[derive(Args)]
pub(super) struct Request {
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
    /// Show a request with all that was written; the access log keeps it
    Read {
        /// Its number
        number: String,
    },
    /// Take in a request that came by letter or call: standard input has the sender on the first line, then the text. Prints its number and the code for whoever asked
    New {
        /// What is asked for: access, confirm, correct, block, destroy, stop, stop_advertising, objection, complaint
        #[arg(long)]
        kind: String,
        /// How it came
        #[arg(long, value_parser = ["letter", "call"])]
        by: String,
        /// The day on which it came, YYYY-MM-DD; otherwise today
        #[arg(long, default_value = "")]
        came: String,
        /// The language of the answer
        #[arg(long, default_value = "ru")]
        lang: String,
    },
    /// Work on it
    Take {
        /// Its number
        number: String,
    },
    /// Take more time; the person reads why
    Extend {
        /// Its number
        number: String,
        /// The notice
        #[arg(long)]
        notice: String,
    },
    /// Answer; of a request for access the records are told by themselves
    Answer {
        /// Its number
        number: String,
        /// The answer, or what is put behind the records
        #[arg(long, default_value = "")]
        text: String,
    },
    /// Refuse; the person reads the reason
    Refuse {
        /// Its number
        number: String,
        /// The reason
        #[arg(long)]
        reason: String,
        /// The norm that it rests on
        #[arg(long)]
        norm: String,
    },
    /// Nothing is left to do
    Close {
        /// Its number
        number: String,
    },
}

impl Requests {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let path = format!("/v1/office/sites/{}/requests?over={}", self.site, self.over);
        let answer = self.flags.desk()?.get(&path)?;
        if self.flags.json {
            return print::json(&answer);
        }
        let mut rows = answer["requests"].as_array().cloned().unwrap_or_default();
        for row in &mut rows {
            row["came"] = Value::from(moment(row["came"].as_u64().unwrap_or_default()));
        }
        let columns = [
            ("DUE", "due"),
            ("LEFT", "days_left"),
            ("NUMBER", "number"),
            ("KIND", "kind"),
            ("STATE", "state"),
            ("BY", "by"),
            ("CAME", "came"),
        ];
        print::table(&columns, &rows)
    }
}

impl Request {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let (number, body) = match &self.command {
            Command::Read { number } => return self.read(number),
            Command::New {
                kind,
                by,
                came,
                lang,
            } => return self.take_in(&json!({"kind": kind, "by": by, "came": came, "lang": lang})),
            Command::Take { number } => (number, json!({"step": "take"})),
            Command::Extend { number, notice } => {
                (number, json!({"step": "extend", "text": notice}))
            }
            Command::Answer { number, text } => (number, json!({"step": "answer", "text": text})),
            Command::Refuse {
                number,
                reason,
                norm,
            } => (
                number,
                json!({"step": "refuse", "text": reason, "norm": norm}),
            ),
            Command::Close { number } => (number, json!({"step": "close"})),
        };
        let path = format!("/v1/office/sites/{}/requests/{number}/steps", self.site);
        let answer = self.flags.desk()?.post(&path, &body)?;
        if self.flags.json {
            return print::json(&answer);
        }
        let state = answer["state"].as_str().unwrap_or_default();
        let due = answer["due"].as_str().unwrap_or("unknown");
        print::line(&format!("request {number}: {state}; due {due}"))
    }

    /// Sender and text come from standard input: a command's arguments can be seen by others on the machine.
    fn take_in(&self, body: &Value) -> Result<(), OfficeError> {
        let mut lines = std::io::stdin().lines();
        let sender = lines.next().transpose().map_err(OfficeError::Input)?;
        let text = lines
            .collect::<Result<Vec<_>, _>>()
            .map_err(OfficeError::Input)?;
        let mut body = body.clone();
        body["sender"] = Value::from(sender.unwrap_or_default());
        body["text"] = Value::from(text.join("\n"));
        let path = format!("/v1/office/sites/{}/requests", self.site);
        let answer = self.flags.desk()?.post(&path, &body)?;
        if self.flags.json {
            return print::json(&answer);
        }
        let text = |name: &str| answer[name].as_str().unwrap_or_default();
        print::line(&format!(
            "request {}; its code is {}",
            text("number"),
            text("code")
        ))
    }

    fn read(&self, number: &str) -> Result<(), OfficeError> {
        let path = format!("/v1/office/sites/{}/requests/{number}/reading", self.site);
        let answer = self.flags.desk()?.post(&path, &json!({}))?;
        if self.flags.json {
            return print::json(&answer);
        }
        let request = &answer["request"];
        for (label, value) in [
            ("number", &request["number"]),
            ("kind", &request["kind"]),
            ("due", &request["due"]),
            ("receipt", &request["receipt"]),
            ("sender", &answer["sender"]),
            ("text", &answer["text"]),
        ] {
            if let Some(value) = value.as_str() {
                print::line(&format!("{label}: {value}"))?;
            }
        }
        for step in answer["steps"].as_array().into_iter().flatten() {
            let text = |name: &str| step[name].as_str().unwrap_or_default();
            let time = moment(step["time"].as_u64().unwrap_or_default());
            print::line(&format!("{time} {} {}", text("state"), text("login")))?;
            if !text("text").is_empty() {
                print::line(text("text"))?;
            }
        }
        Ok(())
    }
}
