//! `raspiska hook`: what the operator's other systems were told. All of it works beside the running server.

mod told;

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::{Args, Subcommand};
use raspiska_shared::digest::{Digest, DigestError};

use super::inbox;
use crate::{
    data::{DataDir, DataError},
    hooks::{self, SecretError},
    store::{Deliveries as _, Hook, Sqlite, Store, StoreError, Waiting},
};

/// The subcommands of `raspiska hook`.
#[derive(Debug, Args)]
pub(super) struct HookCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Where each hook is: what waits, what was given up
    List {
        #[command(flatten)]
        data: Data,
        /// A line of JSON for each
        #[arg(long)]
        json: bool,
    },
    /// Make a hook's secret and print it, for whoever runs the receiver
    Secret {
        /// The hook's name in site.toml
        name: String,
        /// The server's data directory
        #[arg(long = "data", value_name = "DIR", env = "RASPISKA_DATA")]
        dir: PathBuf,
        /// The site's id
        #[arg(long, value_name = "ID")]
        site: String,
        /// Make another one beside it; both sign, so that the receiver may change over at any time
        #[arg(long, conflicts_with = "retire")]
        rotate: bool,
        /// End the older one, when the receiver has changed over
        #[arg(long)]
        retire: bool,
    },
    /// What was given up, and why
    Dead {
        #[command(flatten)]
        data: Data,
        /// A line of JSON for each
        #[arg(long)]
        json: bool,
    },
    /// Deliver again: all that was given up, or what is named. Receivers know a repeated event by its id
    Replay {
        #[command(flatten)]
        which: Which,
        /// Everything from this index of the log on
        #[arg(long, value_name = "INDEX", conflicts_with = "event")]
        since: Option<u64>,
        /// The event with this webhook-id
        #[arg(long, value_name = "ID")]
        event: Option<String>,
    },
    /// Send again to a hook whose receiver had answered 410
    On {
        #[command(flatten)]
        which: Which,
    },
    /// Who acknowledged a receipt, and what the same person decided after it
    Acks {
        /// The receipt's hash; of a request or a duty, the event's webhook-id
        #[arg(allow_hyphen_values = true)]
        receipt: String,
        #[command(flatten)]
        data: Data,
        /// A line of JSON for each
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
struct Data {
    /// The server's data directory
    #[arg(long = "data", value_name = "DIR", env = "RASPISKA_DATA")]
    dir: PathBuf,
}

/// One hook.
#[derive(Debug, Args)]
struct Which {
    /// The hook's name
    name: String,
    #[command(flatten)]
    data: Data,
    /// The site's id; may be left out if only one site has a hook of this name
    #[arg(long, value_name = "ID")]
    site: Option<String>,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(super) enum HookCommandError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("no event of this log has the id {0}; copy it whole, from the header webhook-id")]
    Event(String),
    #[error("not a receipt's hash: {0}")]
    Hash(#[from] DigestError),
    #[error("no receipt with this hash was logged here")]
    NotFound,
    #[error("there is no hook {name} here; there are: {known}")]
    NoHook { name: String, known: String },
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(
        "the log of {site} has {size} entries; give --since the index of one of them, below that"
    )]
    Since { site: String, size: u64 },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("several sites have a hook {name}; say which one with --site: {sites}")]
    WhichSite { name: String, sites: String },
}

impl HookCommand {
    pub(super) fn run(&self) -> Result<(), HookCommandError> {
        let mut out = io::stdout().lock();
        match &self.command {
            Command::Secret {
                name,
                dir,
                site,
                rotate,
                retire,
            } => {
                if !dir.exists() {
                    DataDir::hold(dir)?;
                }
                if *retire {
                    hooks::secret::retire(dir, site, name)?;
                    writeln!(out, "The newest secret alone signs from now on.")?;
                    return Ok(());
                }
                let secret = if *rotate {
                    hooks::secret::rotate(dir, site, name)?
                } else {
                    hooks::secret::make(dir, site, name)?
                };
                Ok(writeln!(out, "{}", *secret)?)
            }
            Command::List { data, json } => told::list(&open(data)?, *json, &mut out),
            Command::Dead { data, json } => told::dead(&open(data)?, *json, &mut out),
            Command::Replay {
                which,
                since,
                event,
            } => {
                let store = open(&which.data)?;
                let (site, hook) = find(&store, which)?;
                match (since, event) {
                    (Some(since), _) => replay_since(&store, &site, &hook, *since, &mut out),
                    (None, Some(id)) => replay_one(&store, &site, &hook, id, &mut out),
                    (None, None) => replay_dead(&store, &site, &hook, &mut out),
                }
            }
            Command::On { which } => {
                let store = open(&which.data)?;
                let (site, hook) = find(&store, which)?;
                store.resume(&site, &hook.name)?;
                let waiting = hook.waiting;
                Ok(writeln!(
                    out,
                    "{site} {}: on; {waiting} events wait.",
                    hook.name
                )?)
            }
            Command::Acks {
                receipt,
                data,
                json,
            } => {
                let store = open(data)?;
                if hooks::notice_of(receipt).is_some() {
                    return told::notice_acks(&store, receipt, *json, &mut out);
                }
                let receipt: Digest = receipt.parse()?;
                let found = inbox::find(&store, &receipt)?;
                let (site, row) = found.ok_or(HookCommandError::NotFound)?;
                told::acks(&store, &site, &row, *json, &mut out)
            }
        }
    }
}

fn open(data: &Data) -> Result<Sqlite, HookCommandError> {
    let dir = DataDir::visit(&data.dir)?;
    Ok(Sqlite::open(&dir.store())?)
}

/// All hooks of all sites, also those that site.toml does not name any more.
fn all(store: &dyn Store) -> Result<Vec<(String, Hook)>, StoreError> {
    let mut all = Vec::new();
    for site in store.identities()?.logs.into_keys() {
        let hooks = store.hooks(&site)?;
        all.extend(hooks.into_iter().map(|hook| (site.clone(), hook)));
    }
    Ok(all)
}

fn find(store: &dyn Store, which: &Which) -> Result<(String, Hook), HookCommandError> {
    let all = all(store)?;
    let names: Vec<_> = all
        .iter()
        .map(|(site, hook)| format!("{site} {}", hook.name))
        .collect();
    let mut found: Vec<_> = all
        .into_iter()
        .filter(|(site, hook)| {
            hook.name == which.name && which.site.as_ref().is_none_or(|own| own == site)
        })
        .collect();
    match (found.pop(), &found[..]) {
        (Some(one), []) => Ok(one),
        (None, _) => Err(HookCommandError::NoHook {
            name: which.name.clone(),
            known: names.join(", "),
        }),
        (Some((last, _)), others) => {
            let mut sites: Vec<_> = others.iter().map(|(site, _)| site.as_str()).collect();
            sites.push(&last);
            Err(HookCommandError::WhichSite {
                name: which.name.clone(),
                sites: sites.join(", "),
            })
        }
    }
}

fn replay_since(
    store: &dyn Store,
    site: &str,
    hook: &Hook,
    since: u64,
    out: &mut impl Write,
) -> Result<(), HookCommandError> {
    let size = store.head(site)?.size;
    if since >= size {
        let site = site.to_owned();
        return Err(HookCommandError::Since { site, size });
    }
    store.rewind(site, &hook.name, since)?;
    let name = &hook.name;
    Ok(writeln!(
        out,
        "{site} {name}: what was logged from index {since} on is delivered again."
    )?)
}

fn replay_one(
    store: &dyn Store,
    site: &str,
    hook: &Hook,
    id: &str,
    out: &mut impl Write,
) -> Result<(), HookCommandError> {
    let unknown = || HookCommandError::Event(id.to_owned());
    if let Some((kind, about)) = hooks::notice_of(id) {
        let found = store.find_notice(site, &hook.name, kind, about)?;
        let (place, notice) = found.ok_or_else(unknown)?;
        return redeliver(store, site, hook, &[hooks::waiting(place, &notice)], out);
    }
    let index = hooks::index_of(id).ok_or_else(unknown)?;
    let row = store.outbox(site, index, 1)?.pop().ok_or_else(unknown)?;
    let event = hooks::event(site, &row)?;
    if event.id != id {
        return Err(unknown());
    }
    redeliver(store, site, hook, &[event.waiting], out)
}

fn replay_dead(
    store: &dyn Store,
    site: &str,
    hook: &Hook,
    out: &mut impl Write,
) -> Result<(), HookCommandError> {
    let events: Vec<_> = store
        .undelivered(site, &hook.name)?
        .into_iter()
        .filter(|delivery| delivery.dead.is_some())
        .map(|delivery| delivery.event)
        .collect();
    redeliver(store, site, hook, &events, out)
}

fn redeliver(
    store: &dyn Store,
    site: &str,
    hook: &Hook,
    events: &[Waiting],
    out: &mut impl Write,
) -> Result<(), HookCommandError> {
    store.redeliver(site, &hook.name, events)?;
    let (name, count) = (&hook.name, events.len());
    Ok(writeln!(
        out,
        "{site} {name}: {count} events are delivered again."
    )?)
}
