//! Accounts: made and closed by whoever has the server's machine. The server may be running.

use std::{
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    path::PathBuf,
};

use clap::{Args, Subcommand, builder::PossibleValuesParser};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{OfficeError, print};
use crate::{
    clock::{Clock, moment},
    data::DataDir,
    office,
    store::{Account, OfficeRole, Offices as _, Sqlite},
};

/// The flags of `raspiska office account`.
#[derive(Args)]
pub(super) struct AccountOf {
    /// The server's data directory; the server may be running.
    #[arg(
        long,
        value_name = "DIR",
        env = "RASPISKA_DATA",
        global = true,
        required = false
    )]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make an account; its password is asked for, or read from standard input
    Add {
        /// What the person logs in with
        login: String,
        /// What they may do
        #[arg(long, value_parser = PossibleValuesParser::new(OfficeRole::ALL.map(OfficeRole::word)))]
        role: String,
        /// Their full name, as acts have it
        #[arg(long)]
        name: String,
    },
    /// List all accounts, closed ones too
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Give an account another password; its sessions end
    Password {
        /// The account
        login: String,
    },
    /// Let an account in no more; its sessions end
    Close {
        /// The account
        login: String,
    },
}

impl AccountOf {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        let data = DataDir::visit(self.data.as_deref().ok_or(OfficeError::NoData)?)?;
        let store = Sqlite::open(&data.store())?;
        let now = Clock::system().millis();
        let known = |login: &str| {
            let account = store.account(login)?;
            let account = account.ok_or_else(|| OfficeError::Unknown(login.to_owned()))?;
            match account.closed {
                None => Ok(account),
                Some(_) => Err(OfficeError::Closed(login.to_owned())),
            }
        };
        match &self.command {
            Command::Add { login, role, name } => {
                if !is_login(login) {
                    return Err(OfficeError::Login);
                }
                if name.trim().is_empty()
                    || name.chars().count() > 200
                    || name.chars().any(char::is_control)
                {
                    return Err(OfficeError::Name);
                }
                if store.account(login)?.is_some() {
                    return Err(OfficeError::Occupied(login.clone()));
                }
                let password = read_new_password()?;
                store.set_account(&Account {
                    login: login.clone(),
                    name: name.trim().to_owned(),
                    // clap takes no other word.
                    role: OfficeRole::from_word(role).unwrap_or(OfficeRole::Auditor),
                    password: office::hash(&password)?,
                    since: now,
                    closed: None,
                })?;
                print::line(&format!("account {login}: {role}"))
            }
            Command::List { json } => {
                let accounts = store.accounts()?;
                let rows: Vec<Value> = accounts.iter().map(row).collect();
                if *json {
                    return print::json(&Value::from(rows));
                }
                let columns = [
                    ("LOGIN", "login"),
                    ("ROLE", "role"),
                    ("NAME", "name"),
                    ("SINCE", "since"),
                    ("CLOSED", "closed"),
                ];
                print::table(&columns, &rows)
            }
            Command::Password { login } => {
                let account = known(login)?;
                let password = read_new_password()?;
                store.set_account(&Account {
                    password: office::hash(&password)?,
                    ..account
                })?;
                print::line(&format!("account {login}: the password is new"))
            }
            Command::Close { login } => {
                let account = known(login)?;
                store.set_account(&Account {
                    closed: Some(now),
                    ..account
                })?;
                print::line(&format!("account {login}: closed"))
            }
        }
    }
}

fn row(account: &Account) -> Value {
    json!({
        "login": account.login,
        "role": account.role.word(),
        "name": account.name,
        "since": moment(account.since),
        "closed": account.closed.map(moment),
    })
}

fn is_login(login: &str) -> bool {
    login.len() <= 64
        && login.starts_with(|c: char| c.is_ascii_lowercase())
        && login
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
}

/// Twice from a terminal, once from anything else.
fn read_new_password() -> Result<Zeroizing<String>, OfficeError> {
    let first = read_password("New password: ")?;
    if io::stdin().is_terminal() && *read_password("Once more: ")? != *first {
        return Err(OfficeError::Retyped);
    }
    Ok(first)
}

/// Without showing it on a terminal; a line of standard input else.
pub(super) fn read_password(prompt: &str) -> Result<Zeroizing<String>, OfficeError> {
    let read = if io::stdin().is_terminal() {
        let mut terminal = io::stderr();
        terminal
            .write_all(prompt.as_bytes())
            .and_then(|()| terminal.flush())
            .and_then(|()| rpassword::read_password())
    } else {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map(|_| line)
    };
    let mut password = Zeroizing::new(read.map_err(OfficeError::PasswordInput)?);
    let length = password.trim_end_matches(['\r', '\n']).len();
    password.truncate(length);
    Ok(password)
}
