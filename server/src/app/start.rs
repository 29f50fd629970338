//! The start: sites, keys and logs have to fit together, or there is none.

use std::{collections::BTreeMap, sync::Arc};

use raspiska_shared::{
    log::{
        LogError,
        checkpoint::Checkpoint,
        note::{NoteSigner, VerifierKey},
        tree::EMPTY_ROOT,
    },
    receipt::thumbprint,
};

use super::{App, KeyError, LoadError, Parts, SiteState};
use crate::{
    clock::Clock,
    config::Config,
    http::{
        assets::{Asset, Assets},
        limit::Limits,
        loader::Loader,
        policies::Policies,
        verify::VerifyPage,
    },
    intake::Intake,
    keys::Keyring,
    metrics::Metrics,
    sequencer::{self, Sequencer},
    site::{self, Loaded, SiteError},
    store::{Head, Identities, Identity, Store, StoreError},
    vault::Vault,
    witnesses::{self, Publisher},
};

/// Why the server does not start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
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
        let loaded = load_sites(config)?;
        let names: Vec<&str> = loaded.keys().map(String::as_str).collect();
        let known = store.identities()?;
        let keyring = Keyring::open(&config.data, &names, &known)?;
        let vault = Arc::new(Vault::new(keyring.vault()));
        let signers = agree(&loaded, &keyring, &vault, &known, &*store)?;

        let metrics = Metrics::new();
        let assets = Assets::load();
        let mut sites = BTreeMap::new();
        for ((name, mut site), signer) in loaded.into_iter().zip(signers) {
            let vkey = signer.vkey().clone();
            site.set_vkey(vkey.to_string());
            let setup = sequencer::Setup {
                site: name.clone(),
                store: Arc::clone(&store),
                vault: Arc::clone(&vault),
                signer,
                metrics: metrics.sequencer(&name),
            };
            let sequencer = Sequencer::start(setup).map_err(|error| match error {
                sequencer::StartError::Load(source) => StartError::Log {
                    site: name.clone(),
                    source,
                },
                sequencer::StartError::Thread(source) => StartError::Thread(source),
            })?;
            let publisher = publisher(&name, &site, &vkey, &store, &metrics, &clock)?;
            let state = SiteState {
                bundle: bundle(&site),
                loader: Loader::build(&site, &assets),
                policies: Policies::build(&site, &assets),
                operator: keyring.operator(&name)?,
                loaded: site,
                vkey,
                sequencer,
                publisher,
            };
            sites.insert(name, Arc::new(state));
        }
        let loaded = sites.values().map(|state: &Arc<SiteState>| &state.loaded);
        let verify_page = VerifyPage::build(loaded, &assets);
        Ok(Self(Arc::new(Parts {
            sites,
            store,
            assets,
            verify_page,
            pages: config.pages.clone(),
            limits: Limits::new(config),
            intake: Intake::start().map_err(StartError::Thread)?,
            metrics,
            clock,
        })))
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

/// Holds keys and store against each other, and begins the logs of new sites. Gives the sites' signers in their order.
fn agree(
    sites: &BTreeMap<String, Loaded>,
    keyring: &Keyring,
    vault: &Vault,
    known: &Identities,
    store: &dyn Store,
) -> Result<Vec<NoteSigner>, StartError> {
    if known.vault.is_some_and(|check| check != vault.check()) {
        return Err(StartError::OtherVault);
    }
    let mut signers = Vec::new();
    let mut fresh = Vec::new();
    for (name, site) in sites {
        let origin = &site.site.log.origin;
        let signer = keyring
            .note_signer(name, origin)
            .map_err(|source| StartError::Origin {
                site: name.clone(),
                source,
            })?;
        let identity = Identity {
            vkey: signer.vkey().to_string(),
            operator: thumbprint(&keyring.operator(name)?.verifying_key()),
        };
        if let Some(stored) = known.logs.get(name) {
            check_identity(name, stored, &identity)?;
        } else {
            let empty = Checkpoint {
                origin: origin.clone(),
                size: 0,
                root: EMPTY_ROOT,
            };
            let head = Head {
                size: 0,
                root: EMPTY_ROOT,
                checkpoint: empty.sign(&signer),
            };
            fresh.push((name.clone(), identity, head));
        }
        signers.push(signer);
    }
    if known.vault.is_none() || !fresh.is_empty() {
        // A crash before this leaves `.new` key files and a store without these logs: the next start makes other keys. A
        // crash after it leaves `.new` files that fit the store: the next start takes them.
        store.establish(&vault.check(), &fresh)?;
    }
    keyring.keep()?;
    Ok(signers)
}

fn load_sites(config: &Config) -> Result<BTreeMap<String, Loaded>, StartError> {
    let mut sites = BTreeMap::new();
    for dir in &config.sites {
        let loaded = site::load(dir).map_err(|error: SiteError| StartError::Site {
            dir: dir.display().to_string(),
            message: error.to_string(),
        })?;
        let name = loaded.site.site.clone();
        if sites.insert(name.clone(), loaded).is_some() {
            return Err(StartError::SiteTwice(name));
        }
    }
    Ok(sites)
}

/// A log under another key or name would be a second history: refuse rather than begin one.
fn check_identity(site: &str, stored: &Identity, expected: &Identity) -> Result<(), StartError> {
    let site = site.to_owned();
    if stored.vkey != expected.vkey {
        let (stored, expected) = (stored.vkey.clone(), expected.vkey.clone());
        return Err(StartError::OtherLog {
            site,
            stored,
            expected,
        });
    }
    if stored.operator != expected.operator {
        return Err(StartError::OtherOperator { site });
    }
    Ok(())
}

/// The site bundle's bytes; a change of the documents is with everyone after a minute.
fn bundle(loaded: &Loaded) -> Asset {
    // Strings, numbers and maps with string keys always serialise.
    let json = serde_json::to_vec(&loaded.site).unwrap_or_default();
    Asset::new(json, "application/json", "public, max-age=60").compressed()
}
