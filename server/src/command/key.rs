//! `raspiska key`: the keys of a data directory, by their public halves. No secret is ever shown.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand, ValueEnum};

use crate::{
    app::{StartError, accord},
    clock::{Clock, moment},
    data::{DataDir, DataError},
    keys::{self, KeyError, Keyring},
    rotate::{self, Change, RotateError},
    store::{Identities, Role, Sqlite, Store, StoreError},
};

/// The subcommands of `raspiska key`.
#[derive(Debug, Args)]
pub(super) struct Key {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the keys of new sites before the first start, and print what to publish. The server has to be stopped
    New {
        #[command(flatten)]
        data: Data,
        /// Directory of a site that the data directory does not know yet. Once for each site
        #[arg(long = "site", value_name = "DIR", required = true)]
        sites: Vec<PathBuf>,
    },
    /// Give a key its successor, and destroy it. The server has to be stopped
    Rotate {
        /// Which key
        #[arg(value_enum)]
        role: RoleName,
        #[command(flatten)]
        data: Data,
        /// The site's id; may be left out if there is only one
        #[arg(long, value_name = "ID")]
        site: Option<String>,
    },
    /// Say which keys there are and were, and since when. The server may be running
    List {
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Args)]
struct Data {
    /// The server's data directory
    #[arg(long = "data", value_name = "DIR", env = "RASPISKA_DATA")]
    dir: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleName {
    /// Signs the site's checkpoints
    Log,
    /// Signs the operator's statements about the site's receipts
    Operator,
    /// Wraps the keys of all personal data
    Vault,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("site {0} has keys already; raspiska key rotate gives them successors")]
    Exists(String),
    #[error("there is no site {site} in this store; it has {known}")]
    NoSite { site: String, known: String },
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Rotate(#[from] RotateError),
    #[error("the vault's key is one for all sites; leave out --site")]
    SiteForVault,
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the store has several sites; say which one with --site: {0}")]
    WhichSite(String),
}

impl From<KeyError> for CommandError {
    fn from(error: KeyError) -> Self {
        Self::Start(error.into())
    }
}

impl Key {
    pub(super) fn run(&self) -> Result<(), CommandError> {
        let (clock, mut out) = (Clock::system(), io::stdout().lock());
        match &self.command {
            Command::New { data, sites } => make(&data.dir, sites, &clock, &mut out),
            Command::Rotate { role, data, site } => {
                let role = match role {
                    RoleName::Log => Role::Log,
                    RoleName::Operator => Role::Operator,
                    RoleName::Vault => Role::Vault,
                };
                change(&data.dir, role, site.as_deref(), &clock, &mut out)
            }
            Command::List { data } => {
                let data = DataDir::visit(&data.dir)?;
                list(&data, &mut out)
            }
        }
    }
}

fn make(
    dir: &Path,
    sites: &[PathBuf],
    clock: &Clock,
    out: &mut impl Write,
) -> Result<(), CommandError> {
    let loaded = accord::load_sites(sites)?;
    let data = DataDir::hold(dir)?;
    let store = Sqlite::open(&data.store())?;
    let known = store.identities()?;
    if let Some(site) = loaded.keys().find(|site| known.logs.contains_key(*site)) {
        return Err(CommandError::Exists(site.clone()));
    }
    let names: Vec<&str> = loaded.keys().map(String::as_str).collect();
    let ring = Keyring::open(data.path(), &names, &known)?;
    let accord = accord::agree(loaded.values(), &ring, &known)?;
    accord.begin(clock.millis(), &ring, &known, &store)?;
    list(&data, out)
}

fn change(
    dir: &Path,
    role: Role,
    site: Option<&str>,
    clock: &Clock,
    out: &mut impl Write,
) -> Result<(), CommandError> {
    // Before holding it, which would make it.
    DataDir::visit(dir)?;
    let data = DataDir::hold(dir)?;
    let store = Sqlite::open(&data.store())?;
    let site = choose(&store.identities()?, role, site)?;
    let change = Change {
        role,
        site: &site,
        time: clock.millis(),
    };
    let rotated = rotate::rotate(&data, &store, change)?;
    writeln!(out, "{} key of {}", role.name(), owner(&site))?;
    for (state, public) in [("retired", &rotated.old), ("in force", &rotated.new)] {
        writeln!(out, "  {state:<10} {}", known_as(role, public))?;
    }
    let path = keys::path(data.path(), role, &site);
    let more = if role == Role::Vault {
        "Every subject's key is wrapped anew. Backups made before this open with the old key alone, which is destroyed here: make a new one."
    } else {
        "The old secret is destroyed. When the server runs again, /.well-known/raspiska.json tells both."
    };
    writeln!(out, "{more}\nKeep a copy of {} elsewhere.", path.display())?;
    Ok(())
}

/// The site that is meant.
fn choose(known: &Identities, role: Role, site: Option<&str>) -> Result<String, CommandError> {
    let all = || known.logs.keys().cloned().collect::<Vec<_>>().join(", ");
    match (role, site) {
        (Role::Vault, None) => Ok(String::new()),
        (Role::Vault, Some(_)) => Err(CommandError::SiteForVault),
        (_, Some(site)) if known.logs.contains_key(site) => Ok(site.to_owned()),
        (_, Some(site)) => Err(CommandError::NoSite {
            site: site.to_owned(),
            known: all(),
        }),
        (_, None) if known.logs.len() > 1 => Err(CommandError::WhichSite(all())),
        (_, None) => match known.logs.keys().next() {
            Some(site) => Ok(site.clone()),
            None => Err(CommandError::Rotate(RotateError::NoKeys)),
        },
    }
}

fn list(data: &DataDir, out: &mut impl Write) -> Result<(), CommandError> {
    let store = Sqlite::open_read_only(&data.store())?;
    let periods = store.keys()?;
    for key in periods.iter().filter(|key| key.until.is_none()) {
        let before = periods.iter().filter(|other| {
            (other.role, &other.site) == (key.role, &key.site) && other.until.is_some()
        });
        writeln!(out, "{} key of {}", key.role.name(), owner(&key.site))?;
        writeln!(out, "  {}", known_as(key.role, &key.public))?;
        writeln!(out, "  in force since {}", moment(key.since))?;
        let path = keys::path(data.path(), key.role, &key.site);
        if !path.exists() {
            writeln!(out, "  {} is missing", path.display())?;
        }
        for old in before {
            let until = moment(old.until.unwrap_or_default());
            let since = moment(old.since);
            writeln!(out, "  retired: {}", known_as(old.role, &old.public))?;
            writeln!(out, "    in force since {since} until {until}")?;
        }
    }
    Ok(())
}

fn owner(site: &str) -> String {
    if site.is_empty() {
        "all sites".to_owned()
    } else {
        format!("site {site}")
    }
}

/// What is public about it. The vault's check value is of use to nobody else: a piece of it is enough to tell keys apart.
fn known_as(role: Role, public: &str) -> String {
    match role {
        Role::Log | Role::Operator => public.to_owned(),
        Role::Vault => format!("check value {}…", public.get(..12).unwrap_or_default()),
    }
}
