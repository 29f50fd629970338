//! The start: sites, keys and logs have to fit together, or there is none.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicBool},
};

use raspiska_shared::log::{LogError, note::VerifierKey};

use super::{
    App, HookError, KeyError, LawError, LoadError, Parts, SiteState, accord, periods::Periods,
};
use crate::{
    clock::Clock,
    config::Config,
    counts::Counter,
    duty,
    erasure::{self, ErasureError, Erasures, JournalError},
    files,
    hooks::{self, Courier, Couriers},
    http::{
        assets::{Asset, Assets},
        identity,
        limit::Limits,
        loader::Loader,
        policies::Policies,
        verify::VerifyPage,
    },
    intake::Intake,
    keys::Keyring,
    law::Law,
    metrics::Metrics,
    office::Door,
    sequencer::{self, Sequencer},
    site::{self, Loaded},
    store::{Store, StoreError},
    witnesses::{self, Publisher},
};

/// Why the server does not start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// What was destroyed is back, and cannot be destroyed again.
    #[error("what the journal of erasures says is not carried out: {0}")]
    Erasure(#[from] ErasureError),
    /// A hook.
    #[error("site {site}: {source}")]
    Hook {
        /// The site.
        site: String,
        /// Why.
        source: HookError,
    },
    /// The journal of erasures.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// A calendar in the data directory.
    #[error(transparent)]
    Law(#[from] LawError),
    /// The log's name.
    #[error(
        "site {site}: the log's origin is not a name for a key ({source}); correct log_host in site.toml"
    )]
    Origin {
        /// The site.
        site: String,
        /// What is wrong with it.
        source: LogError,
    },
    /// The store has another log under this name.
    #[error(
        "site {site}: the store's log is {stored}, the keys and site.toml say {expected}; point --data at the right directory, or restore its keys"
    )]
    OtherLog {
        /// The site.
        site: String,
        /// In the store.
        stored: String,
        /// By keys and configuration.
        expected: String,
    },
    /// The operator's key is another one.
    #[error("site {site}: the store knows another operator key; restore operator-{site}.key")]
    OtherOperator {
        /// The site.
        site: String,
    },
    /// The vault's key is another one.
    #[error("the store's personal data are sealed with another key; restore vault.key")]
    OtherVault,
    /// A log cannot be written.
    #[error("site {site}: {source}")]
    Log {
        /// The site.
        site: String,
        /// Why.
        source: LoadError,
    },
    /// No folder of host pages.
    #[error("{0}: there is no such folder; correct --pages, or leave it out")]
    Pages(String),
    /// A site's directory.
    #[error("{dir}: {message}")]
    Site {
        /// The directory.
        dir: String,
        /// What is wrong.
        message: String,
    },
    /// The same site twice.
    #[error("site {0} is given twice; give each --site once")]
    SiteTwice(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No thread for a sequencer.
    #[error("a thread cannot be started: {0}")]
    Thread(std::io::Error),
}

impl App {
    /// Brings everything up: sites, keys, logs. What is in doubt ends the start.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(config: &Config, store: Arc<dyn Store>, clock: Clock) -> Result<Self, StartError> {
        let today = site::day(clock.seconds());
        let loaded = accord::load_sites_on(&config.sites, &today)?;
        check_pages(config)?;
        check_hooks(config, loaded.values())?;
        let names: Vec<&str> = loaded.keys().map(String::as_str).collect();
        let known = store.identities()?;
        let keyring = Keyring::open(&config.data, &names, &known)?;
        let law = Law::read(Some(&config.data))?;
        let accord = accord::agree(loaded.values(), &keyring, &known)?;
        accord.begin(clock.millis(), &keyring, &known, &*store)?;
        let vault = Arc::new(keyring.vault()?);
        let identity = identity::publish(&store.keys()?, loaded.values())?;

        let erasures = Erasures::open(&config.data)?;
        let counter = Counter::start(Arc::clone(&store)).map_err(StartError::Thread)?;
        let metrics = Metrics::new(clock.seconds());
        let assets = Assets::load();
        let mut sites = BTreeMap::new();
        let mut shown = Vec::new();
        for ((name, mut site), signer) in loaded.into_iter().zip(accord.signers.into_values()) {
            let vkey = signer.vkey().clone();
            site.set_vkey(vkey.to_string());
            let setup = sequencer::Setup {
                site: name.clone(),
                store: Arc::clone(&store),
                vault: Arc::clone(&vault),
                signer,
                metrics: metrics.sequencer(&name),
                destroyed: erasures.destroyed(),
            };
            let sequencer = Sequencer::start(setup).map_err(|error| match error {
                sequencer::StartError::Load(source) => StartError::Log {
                    site: name.clone(),
                    source,
                },
                sequencer::StartError::Thread(source) => StartError::Thread(source),
            })?;
            let sequencer = Arc::new(sequencer);
            let publisher = publisher(&name, &site, &vkey, &store, &metrics, &clock)?.map(Arc::new);
            let operator = keyring.operator(&name)?;
            let state = |loaded: Loaded| {
                Arc::new(SiteState {
                    bundle: bundle(&loaded),
                    loader: Loader::build(&loaded, &assets),
                    policies: Policies::build(&loaded, &assets),
                    operator: operator.clone(),
                    loaded,
                    vkey: vkey.clone(),
                    sequencer: Arc::clone(&sequencer),
                    publisher: publisher.clone(),
                })
            };
            let later = site.later().map_err(|error| StartError::Site {
                dir: name.clone(),
                message: error.to_string(),
            })?;
            let later = later
                .into_iter()
                .map(|(since, loaded)| (since, state(loaded)));
            let later = later.collect();
            let first = state(site);
            shown.push(Arc::clone(&first));
            sites.insert(name, Periods::new(first, later));
        }
        let loaded = shown.iter().map(|state| &state.loaded);
        let verify_page = VerifyPage::build(loaded, &assets);
        let duties = duty::Runner::start(duty::Setup {
            sites: shown.clone(),
            store: Arc::clone(&store),
            law,
            metrics: metrics.clone(),
            clock: clock.clone(),
        })
        .map_err(StartError::Thread)?;
        let couriers = couriers(config, &shown, duties.watch(), &store, &metrics, &clock)?;
        let app = Self(Arc::new(Parts {
            sites,
            store,
            vault,
            door: Door::new(),
            door_turn: tokio::sync::Mutex::default(),
            assets,
            identity,
            verify_page,
            pages: config.pages.clone(),
            operation_apart: config.operation_listen.is_some(),
            stopping: AtomicBool::new(false),
            limits: Limits::new(config),
            intake: Intake::start().map_err(StartError::Thread)?,
            counter,
            couriers,
            duties,
            erasures,
            uploads: tokio::sync::Semaphore::new(files::AT_ONCE),
            metrics,
            clock,
        }));
        erasure::resume(&app)?;
        Ok(app)
    }
}

/// Begins to publish what the site's witnesses confirm, if it has any.
fn publisher(
    name: &str,
    site: &Loaded,
    vkey: &VerifierKey,
    store: &Arc<dyn Store>,
    metrics: &Metrics,
    clock: &Clock,
) -> Result<Option<Publisher>, StartError> {
    let Some(witnesses) = site.witnesses.clone() else {
        witnesses::leave(&**store, name)?;
        return Ok(None);
    };
    let setup = witnesses::Setup {
        site: name.to_owned(),
        store: Arc::clone(store),
        vkey: vkey.clone(),
        witnesses,
        metrics: metrics.clone(),
        clock: clock.clone(),
    };
    let started = Publisher::start(setup).map_err(|error| match error {
        witnesses::StartError::Load(source) => StartError::Log {
            site: name.to_owned(),
            source,
        },
        witnesses::StartError::Thread(source) => StartError::Thread(source),
    })?;
    Ok(Some(started))
}

/// Begins to tell the operator's other systems.
fn couriers(
    config: &Config,
    sites: &[Arc<SiteState>],
    watch: &Arc<duty::Watch>,
    store: &Arc<dyn Store>,
    metrics: &Metrics,
    clock: &Clock,
) -> Result<Couriers, StartError> {
    let mut couriers = Couriers::default();
    for state in sites {
        let site = &state.loaded.site.site;
        for hook in &state.loaded.hooks {
            let setup = hooks::Setup {
                site: site.clone(),
                hook: hook.clone(),
                data: config.data.clone(),
                store: Arc::clone(store),
                watch: Arc::clone(watch),
                metrics: metrics.clone(),
                clock: clock.clone(),
            };
            couriers.add(Courier::start(setup).map_err(|source| of_hook(site, source))?);
        }
    }
    Ok(couriers)
}

/// Has every hook of these sites what it signs with?
pub(crate) fn check_hooks<'a>(
    config: &Config,
    mut sites: impl Iterator<Item = &'a Loaded>,
) -> Result<(), StartError> {
    sites.try_for_each(|loaded| {
        hooks::check(&config.data, loaded).map_err(|source| of_hook(&loaded.site.site, source))
    })
}

fn of_hook(site: &str, source: HookError) -> StartError {
    match source {
        HookError::Store(error) => StartError::Store(error),
        source => StartError::Hook {
            site: site.to_owned(),
            source,
        },
    }
}

/// A folder that is not there would only be noticed by visitors.
pub(crate) fn check_pages(config: &Config) -> Result<(), StartError> {
    match &config.pages {
        Some(folder) if !folder.is_dir() => Err(StartError::Pages(folder.display().to_string())),
        _ => Ok(()),
    }
}

/// The site bundle's bytes; a change of the documents is with everyone after a minute.
fn bundle(loaded: &Loaded) -> Asset {
    // Strings, numbers and maps with string keys always serialise.
    let json = serde_json::to_vec(&loaded.site).unwrap_or_default();
    Asset::new(json, "application/json", "public, max-age=60").compressed()
}
