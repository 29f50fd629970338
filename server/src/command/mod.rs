//! The subcommands of `raspiska`.

mod acts;
mod audit;
mod backup;
mod check;
mod counts;
mod duties;
mod export;
mod fsck;
mod hook;
mod inbox;
mod key;
mod norms;
mod office;
mod policy;
mod serve;
mod services;
mod verify;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Parser;

use crate::router;

/// Consent receipts: taken, logged, proved.
#[derive(Parser)]
#[command(name = "raspiska", version)]
enum Command {
    /// Serve sites: their loaders, policies, receipts and logs.
    Serve(serve::Serve),
    /// Acts of destruction: list them, show one, write the files to be signed.
    Acts(acts::Acts),
    /// Check a log from outside, over the network: that it only grew, and that it serves what it has signed.
    Audit(audit::Audit),
    /// Copy the store, also while it is in use, and check the copy.
    Backup(backup::Backup),
    /// How visitors answer: how often the banner was shown, what was given and refused. Of few visitors nothing is told.
    Counts(counts::CountsOf),
    /// What has to be done with people's data, and by when: the most urgent first, each with its norm.
    Duties(duties::Duties),
    /// Check a whole store: every receipt, the log over them, the sealed personal data. Changes nothing.
    Fsck(fsck::Fsck),
    /// Webhooks: their secrets, what waits, what was given up, what was acknowledged; deliver again.
    Hook(hook::HookCommand),
    /// For the operator: list receipts that disclose personal data, or show what one discloses. Showing is recorded.
    Inbox(inbox::Inbox),
    /// Write an evidence pack: a receipt with everything that proves it, and programs that check it.
    Export(export::Export),
    /// Keys: make them in advance, give them successors, list them.
    Key(key::Key),
    /// For those who work with personal data: accounts, and what they ask of a running server.
    Office(office::Office),
    /// The terms of the law, counted from a day: each with its last day, the norm, and where that was read.
    Norms(norms::Norms),
    /// Policies: read an operator's plain text, check a site's directory.
    Policy(policy::Policy),
    /// The catalogue of services: what `use = "…"` in a site.toml may name, or to which service an address belongs.
    Services(services::Services),
    /// Check a receipt file, without any network.
    Verify(verify::Verify),
    /// Print the description of the HTTP interface.
    #[command(hide = true)]
    Openapi,
}

/// Runs what the command line asks for.
#[must_use]
pub fn run() -> ExitCode {
    let done = match Command::parse() {
        Command::Serve(serve) => serve.run().map_err(|error| error.to_string()),
        Command::Acts(acts) => acts.run().map_err(|error| error.to_string()),
        Command::Backup(backup) => backup.run().map_err(|error| error.to_string()),
        Command::Counts(counts) => counts.run().map_err(|error| error.to_string()),
        Command::Duties(duties) => duties.run().map_err(|error| error.to_string()),
        Command::Hook(hook) => hook.run().map_err(|error| error.to_string()),
        Command::Inbox(inbox) => inbox.run().map_err(|error| error.to_string()),
        Command::Export(export) => export.run().map_err(|error| error.to_string()),
        Command::Key(key) => key.run().map_err(|error| error.to_string()),
        Command::Office(office) => office.run().map_err(|error| error.to_string()),
        Command::Norms(norms) => norms.run().map_err(|error| error.to_string()),
        Command::Services(services) => services.run().map_err(|error| error.to_string()),
        Command::Openapi => {
            write!(io::stdout(), "{}", router::openapi()).map_err(|error| error.to_string())
        }
        Command::Audit(audit) => return audit.run(),
        Command::Fsck(fsck) => return fsck.run(),
        Command::Policy(policy) => return policy.run(),
        Command::Verify(verify) => return verify.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            // Nothing can be done about a reader that went away; the exit code still says what happened.
            let _ = writeln!(io::stderr(), "raspiska: {sentence}");
            ExitCode::FAILURE
        }
    }
}
