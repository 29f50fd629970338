//! `raspiska office`: for those who work with personal data. Accounts are made on the machine; everything else asks a running
//! server over its API, as the account that logged in.

mod account;
mod acts;
mod desk;
mod duties;
mod evidence;
mod file;
mod print;
mod requests;
mod work;

use std::{io, path::PathBuf};

use clap::{Args, Subcommand};

use crate::{data::DataError, office::PasswordError, remote::RemoteError, store::StoreError};

/// The flags of `raspiska office`.
#[derive(Args)]
pub(super) struct Office {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Accounts: make one, list them, change a password, close one. On the server's machine
    Account(account::AccountOf),
    /// Log in at a server; the session is kept in a file of yours
    Login(work::Login),
    /// End the session
    Logout(work::Plain),
    /// Say who is logged in
    Who(work::Plain),
    /// List receipts with which people sent personal data; nothing personal is shown
    Receipts(work::Receipts),
    /// Show what one receipt holds, for a purpose; the access log keeps purpose and reason
    Values(work::Values),
    /// Save a file that came with a receipt, for a purpose; the access log keeps purpose and reason
    File(file::File),
    /// Record a withdrawal that came by letter or by call
    Withdraw(work::Withdraw),
    /// Give the link with which whoever gets a letter takes back what it rests on, and its two mail headers
    UnsubscribeLink(work::UnsubscribeLink),
    /// List requests of data subjects that wait, the most urgent first
    Requests(requests::Requests),
    /// Read a request, or take it one step on
    Request(requests::Request),
    /// List what has to be done, the most urgent first
    Duties(duties::Duties),
    /// State that something happened: an applicant was refused, a duty was done, …
    Fact(duties::Stated),
    /// Destroy what people wrote with some receipts; the receipts go on to verify
    Destroy(acts::Destroy),
    /// Save an act of destruction as the PDF that is signed
    Act(file::Act),
    /// List the acts of destruction
    Acts(acts::Acts),
    /// What was kept as evidence when values were destroyed: list it, open it together with somebody else, destroy it
    Evidence(evidence::Evidence),
    /// Note what a certified tool said about what an act destroyed
    Tool(acts::Tool),
    /// Show who looked at what
    Access(work::Accesses),
}

/// Where the session is.
#[derive(Args)]
struct Flags {
    /// The file of the session; otherwise raspiska/session.json where programs of yours keep their state
    #[arg(long, value_name = "FILE", env = "RASPISKA_SESSION")]
    session: Option<PathBuf>,
    /// Print the server's answer, as JSON
    #[arg(long)]
    json: bool,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum OfficeError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("the account {0:?} is closed; a closed one is not opened again, make another")]
    Closed(String),
    #[error("{}: {source}", .path.display())]
    File { path: PathBuf, source: io::Error },
    #[error(
        "name the file of the session with --session: this system has no home directory for it"
    )]
    Home,
    #[error("the input cannot be read: {0}")]
    Input(#[source] io::Error),
    #[error("a login is 1 to 64 characters of a-z, 0-9, '.', '_' and '-', beginning with a letter")]
    Login,
    #[error("a name is one line of at most 200 characters")]
    Name,
    #[error("name the server's data directory with --data DIR or in RASPISKA_DATA")]
    NoData,
    #[error("nobody is logged in; `raspiska office login` first")]
    NoSession,
    #[error("there is an account {0:?} already; change it with `password` or `close`")]
    Occupied(String),
    #[error("the output cannot be written: {0}")]
    Output(#[source] io::Error),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the password cannot be read: {0}")]
    PasswordInput(#[source] io::Error),
    #[error("{detail} ({status})")]
    Refused { status: u16, detail: String },
    #[error(transparent)]
    Remote(#[from] RemoteError),
    #[error("the two passwords differ; nothing was changed")]
    Retyped,
    #[error("{0}: the answer is not one of a raspiska server")]
    Strange(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no account {0:?}; `raspiska office account list` shows them")]
    Unknown(String),
    #[error(
        "the password would go over the network in clear: use https://, or http:// on this machine"
    )]
    Unsafe,
}

impl Office {
    pub(super) fn run(&self) -> Result<(), OfficeError> {
        match &self.command {
            Command::Account(account) => account.run(),
            Command::Login(login) => login.run(),
            Command::Logout(plain) => plain.log_out(),
            Command::Who(plain) => plain.who(),
            Command::Receipts(receipts) => receipts.run(),
            Command::Values(values) => values.run(),
            Command::File(file) => file.run(),
            Command::Withdraw(withdraw) => withdraw.run(),
            Command::UnsubscribeLink(link) => link.run(),
            Command::Requests(requests) => requests.run(),
            Command::Request(request) => request.run(),
            Command::Duties(duties) => duties.run(),
            Command::Fact(fact) => fact.run(),
            Command::Destroy(destroy) => destroy.run(),
            Command::Act(act) => act.run(),
            Command::Acts(acts) => acts.run(),
            Command::Evidence(evidence) => evidence.run(),
            Command::Tool(tool) => tool.run(),
            Command::Access(access) => access.run(),
        }
    }
}
