//! What is asked of a running server.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Flags, OfficeError, account::read_password, desk::Desk, print};
use crate::clock::moment;

/// The flags of `raspiska office login`.
#[derive(Args)]
pub(super) struct Login {
    #[command(flatten)]
    flags: Flags,
    /// The server, e.g. `https://consent.example`
    #[arg(long, value_name = "URL", env = "RASPISKA_URL")]
    url: String,
    /// The account
    login: String,
}

/// Of commands that need nothing else.
#[derive(Args)]
pub(super) struct Plain {
    #[command(flatten)]
    flags: Flags,
}

/// The flags of `raspiska office receipts`.
#[derive(Args)]
pub(super) struct Receipts {
    #[command(flatten)]
    flags: Flags,
    /// The site's id
    #[arg(long, value_name = "SITE")]
    site: String,
    /// Only those whose purpose is in this state now, e.g. candidate=given
    #[arg(long = "where", value_name = "PURPOSE=STATE", value_parser = condition)]
    condition: Option<(String, String)>,
}

/// The flags of `raspiska office values`.
#[derive(Args)]
pub(super) struct Values {
    #[command(flatten)]
    flags: Flags,
    /// The site's id
    #[arg(long, value_name = "SITE")]
    site: String,
    /// What the data are needed for: a purpose that the receipt gave
    #[arg(long)]
    purpose: String,
    /// One line for the access log
    #[arg(long)]
    reason: String,
    /// The receipt's hash
    #[arg(allow_hyphen_values = true)]
    receipt: String,
}

/// The flags of `raspiska office withdraw`.
#[derive(Args)]
pub(super) struct Withdraw {
    #[command(flatten)]
    flags: Flags,
    /// The site's id
    #[arg(long, value_name = "SITE")]
    site: String,
    /// How the person told
    #[arg(long)]
    by: Means,
    /// What is withdrawn; otherwise everything that the receipt gave
    #[arg(long = "purpose", value_name = "PURPOSE")]
    purposes: Vec<String>,
    /// The receipt's hash
    #[arg(allow_hyphen_values = true)]
    receipt: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Means {
    /// A call
    Call,
    /// A letter, on paper or by e-mail
    Letter,
}

/// The flags of `raspiska office unsubscribe-link`.
#[derive(Args)]
pub(super) struct UnsubscribeLink {
    #[command(flatten)]
    flags: Flags,
    /// The site's id
    #[arg(long, value_name = "SITE")]
    site: String,
    /// What the letter rests on
    #[arg(long, value_name = "PURPOSE")]
    purpose: String,
    /// The hash of the receipt that gave it
    #[arg(allow_hyphen_values = true)]
    receipt: String,
}

/// The flags of `raspiska office access`.
#[derive(Args)]
pub(super) struct Accesses {
    #[command(flatten)]
    flags: Flags,
    /// Only what comes after this number
    #[arg(long, value_name = "N", default_value_t = 0)]
    after: u64,
}

impl Login {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let password = read_password("Password: ")?;
        let login = json!({"login": self.login, "password": *password});
        let (desk, session) = Desk::open(&self.url, &login)?;
        desk.keep(self.flags.session.as_deref())?;
        say_who(&session, self.flags.json)
    }
}

impl Plain {
    pub(super) fn log_out(&self) -> Result<(), OfficeError> {
        let file = self.flags.session.as_deref();
        Desk::read(file)?.close(file)?;
        print::line("logged out")
    }

    pub(super) fn who(&self) -> Result<(), OfficeError> {
        let session = self.flags.desk()?.get("/v1/office/session")?;
        say_who(&session, self.flags.json)
    }
}

impl Receipts {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let path = format!("/v1/office/sites/{}/receipts", self.site);
        let mut receipts = self.flags.desk()?.all(&path, "from", "receipts")?;
        if let Some((purpose, state)) = &self.condition {
            receipts.retain(|receipt| receipt["status"][purpose] == **state);
        }
        if self.flags.json {
            return print::json(&Value::from(receipts));
        }
        readable_times(&mut receipts);
        let columns = [
            ("TIME", "time"),
            ("RECEIPT", "receipt"),
            ("DOCUMENT", "notice"),
            ("NOW", "status"),
            ("FILES", "files"),
        ];
        print::table(&columns, &receipts)
    }
}

impl Values {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let path = format!(
            "/v1/office/sites/{}/receipts/{}/values",
            self.site, self.receipt
        );
        let body = json!({"purpose": self.purpose, "reason": self.reason});
        let answer = self.flags.desk()?.post(&path, &body)?;
        if self.flags.json {
            return print::json(&answer);
        }
        for (name, value) in answer["values"].as_object().into_iter().flatten() {
            print::line(&format!("{name}: {}", value.as_str().unwrap_or_default()))?;
        }
        Ok(())
    }
}

impl Withdraw {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let path = format!(
            "/v1/office/sites/{}/receipts/{}/withdrawal",
            self.site, self.receipt
        );
        let by = match self.by {
            Means::Call => "call",
            Means::Letter => "letter",
        };
        let purposes = (!self.purposes.is_empty()).then_some(&self.purposes);
        let body = json!({"by": by, "purposes": purposes});
        let answer = self.flags.desk()?.post(&path, &body)?;
        if self.flags.json {
            return print::json(&answer);
        }
        let withdrawn = answer["status"].as_object().into_iter().flatten();
        let withdrawn: Vec<&str> = withdrawn.map(|(purpose, _)| purpose.as_str()).collect();
        let statement = answer["receipt"].as_str().unwrap_or_default();
        print::line(&format!(
            "withdrawn: {}; the statement is {statement}",
            withdrawn.join(", ")
        ))
    }
}

impl UnsubscribeLink {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let path = format!(
            "/v1/office/sites/{}/receipts/{}/unsubscribe",
            self.site, self.receipt
        );
        let answer = self
            .flags
            .desk()?
            .post(&path, &json!({"purpose": self.purpose}))?;
        if self.flags.json {
            return print::json(&answer);
        }
        let text = |name: &str| answer[name].as_str().unwrap_or_default();
        print::line(text("url"))?;
        print::line(&format!("List-Unsubscribe: {}", text("list_unsubscribe")))?;
        print::line(&format!(
            "List-Unsubscribe-Post: {}",
            text("list_unsubscribe_post")
        ))
    }
}

impl Accesses {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let path = format!("/v1/office/access?after={}", self.after);
        let mut accesses = self.flags.desk()?.all(&path, "after", "accesses")?;
        if self.flags.json {
            return print::json(&Value::from(accesses));
        }
        readable_times(&mut accesses);
        let columns = [
            ("NO", "number"),
            ("TIME", "time"),
            ("WHO", "login"),
            ("WHAT", "what"),
            ("PURPOSE", "purpose"),
            ("REASON", "reason"),
            ("RECEIPT", "receipt"),
        ];
        print::table(&columns, &accesses)
    }
}

impl Flags {
    pub(super) fn desk(&self) -> Result<Desk, OfficeError> {
        Desk::read(self.session.as_deref())
    }
}

impl Desk {
    /// The members `name` of all pages of a list; the next page is asked for by `next`.
    fn all(&self, path: &str, next: &str, name: &str) -> Result<Vec<Value>, OfficeError> {
        let mut all = Vec::new();
        let mut page = self.get(path)?;
        loop {
            if let Some(rows) = page[name].as_array_mut() {
                all.append(rows);
            }
            let Some(at) = page["next"].as_u64() else {
                return Ok(all);
            };
            let path = path.split('?').next().unwrap_or_default();
            page = self.get(&format!("{path}?{next}={at}"))?;
        }
    }
}

fn say_who(session: &Value, as_json: bool) -> Result<(), OfficeError> {
    if as_json {
        return print::json(session);
    }
    let text = |name: &str| session[name].as_str().unwrap_or_default().to_owned();
    let until = moment(session["ends"].as_u64().unwrap_or_default());
    print::line(&format!(
        "{} ({}), {}, until {until}",
        text("name"),
        text("login"),
        text("role")
    ))
}

fn readable_times(rows: &mut [Value]) {
    for row in rows {
        if let Some(time) = row["time"].as_u64() {
            row["time"] = Value::from(moment(time));
        }
    }
}

fn condition(text: &str) -> Result<(String, String), String> {
    let (purpose, state) = text
        .split_once('=')
        .ok_or("write a purpose, = and a state, e.g. candidate=given")?;
    if ["given", "refused", "withdrawn"].contains(&state) {
        Ok((purpose.to_owned(), state.to_owned()))
    } else {
        Err("the state is given, refused or withdrawn".to_owned())
    }
}
