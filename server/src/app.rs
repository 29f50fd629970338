//! The state that all handlers share, and how it comes up and goes down.

pub(crate) mod accord;
mod periods;
mod start;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use ed25519_dalek::SigningKey;
use raspiska_shared::{api::Current, log::note::VerifierKey, notice::NoticeRef, policy::PolicyRef};
use tokio::sync::{Mutex, MutexGuard, Semaphore};

use self::periods::Periods;
use crate::{
    clock::Clock,
    counts::Counter,
    duty,
    erasure::Erasures,
    hooks::Couriers,
    http::{
        assets::{Asset, Assets},
        limit::Limits,
        loader::Loader,
        policies::Policies,
        verify::VerifyPage,
    },
    intake::Intake,
    metrics::Metrics,
    office::Door,
    sequencer::Sequencer,
    site::Loaded,
    store::{Published, Store},
    vault::Vault,
    witnesses::Publisher,
};
pub use crate::{
    hooks::{HookError, SecretError},
    keys::KeyError,
    law::LawError,
    sequencer::LoadError,
};
pub use start::StartError;
pub(crate) use start::{check_hooks, check_pages};

/// Everything that a request reaches. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// Shared, and but for the last member never changed: what changes is behind the store and the sequencers.
struct Parts {
    sites: BTreeMap<String, Periods>,
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    door: Door,
    /// Whoever logs in holds it meanwhile.
    door_turn: Mutex<()>,
    assets: Assets,
    /// The published identity: keys change only between two runs.
    identity: Asset,
    verify_page: VerifyPage,
    pages: Option<PathBuf>,
    operation_apart: bool,
    limits: Limits,
    intake: Intake,
    counter: Counter,
    couriers: Couriers,
    duties: duty::Runner,
    erasures: Erasures,
    uploads: Semaphore,
    metrics: Metrics,
    clock: Clock,
    stopping: AtomicBool,
}

/// One site as it is served from one change of its documents to the next.
pub(crate) struct SiteState {
    /// Its directory, read, as it is in this period; `log.vkey` is set.
    pub(crate) loaded: Loaded,
    /// The site bundle as it is sent.
    pub(crate) bundle: Asset,
    /// The loader with this site's configuration.
    pub(crate) loader: Loader,
    /// The pages of its policy.
    pub(crate) policies: Policies,
    /// The public half of its log's key.
    pub(crate) vkey: VerifierKey,
    /// Signs the operator's own statements.
    pub(crate) operator: SigningKey,
    /// The way into its log.
    pub(crate) sequencer: Arc<Sequencer>,
    /// What its witnesses confirmed; none: it has none, and its heads are shown as they are.
    pub(crate) publisher: Option<Arc<Publisher>>,
}

impl App {
    /// The site with this id, as it is now.
    pub(crate) fn site(&self, id: &str) -> Option<&Arc<SiteState>> {
        let now = self.clock().seconds();
        self.0.sites.get(id).map(|periods| periods.at(now))
    }

    /// All sites, as they are now.
    pub(crate) fn sites(&self) -> impl Iterator<Item = &Arc<SiteState>> {
        let now = self.clock().seconds();
        self.0.sites.values().map(move |periods| periods.at(now))
    }

    /// The store. Its calls block: see [`crate::http::read`].
    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    /// The vault of personal data.
    pub(crate) fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// Lets people into the office.
    pub(crate) fn door(&self) -> &Door {
        &self.0.door
    }

    /// Waits for one's turn at the door.
    pub(crate) async fn door_turn(&self) -> MutexGuard<'_, ()> {
        self.0.door_turn.lock().await
    }

    /// Forgets callers and names that have been quiet.
    pub(crate) fn forget(&self) {
        self.0.limits.forget();
        self.0.door.forget();
    }

    /// What the browser loads.
    pub(crate) fn assets(&self) -> &Assets {
        &self.0.assets
    }

    /// The published identity.
    pub(crate) fn identity(&self) -> &Asset {
        &self.0.identity
    }

    /// The page that checks receipt files.
    pub(crate) fn verify_page(&self) -> &VerifyPage {
        &self.0.verify_page
    }

    /// The folder of host pages.
    pub(crate) fn pages(&self) -> Option<&PathBuf> {
        self.0.pages.as_ref()
    }

    /// Do health and counts have an address of their own?
    pub(crate) fn operation_apart(&self) -> bool {
        self.0.operation_apart
    }

    /// What one caller may use.
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Where receipts are verified.
    pub(crate) fn intake(&self) -> &Intake {
        &self.0.intake
    }

    /// Where what pages tell of is counted.
    pub(crate) fn counter(&self) -> &Counter {
        &self.0.counter
    }

    /// What was destroyed.
    pub(crate) fn erasures(&self) -> &Erasures {
        &self.0.erasures
    }

    /// Places for files that are being received.
    pub(crate) fn uploads(&self) -> &Semaphore {
        &self.0.uploads
    }

    /// What is measured.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The time.
    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// From now on the server is not ready: it finishes what has begun.
    pub fn begin_stop(&self) {
        self.0.stopping.store(true, Ordering::Relaxed);
    }

    /// Has the end begun?
    pub(crate) fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::Relaxed)
    }

    /// Does at once what the server does every hour: states which consents have ended, and counts what is due. Blocks.
    pub fn attend_to_duties(&self) {
        self.duties().attend();
    }

    /// Who looks after duties.
    pub(crate) fn duties(&self) -> &duty::Watch {
        self.0.duties.watch()
    }

    /// Ends the sequencers: each logs what it has taken, then stops; the publishers; the couriers; and the counts. Blocks.
    pub fn stop(&self) {
        self.0.duties.stop();
        for site in self.sites() {
            site.sequencer.stop();
            if let Some(publisher) = &site.publisher {
                publisher.stop();
            }
        }
        // After the last entry: what it says may still be taken up, and is sent by the next server.
        self.0.couriers.stop();
        self.0.counter.stop();
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.sites.keys()).finish()
    }
}

impl SiteState {
    /// The checkpoint that is shown in place of the log's head, if the log has witnesses.
    pub(crate) fn published(&self) -> Option<Arc<Published>> {
        self.publisher.as_deref().map(Publisher::newest)
    }

    /// The documents in force on `day`, in every language: what a 409 carries.
    pub(crate) fn current(&self, day: &str) -> Option<Current> {
        let site = &self.loaded.site;
        let edition = site
            .editions
            .iter()
            .filter(|edition| edition.effective.as_str() <= day)
            .max_by(|a, b| a.effective.cmp(&b.effective))?;
        let in_force = |since: &str, until: Option<&str>| {
            since <= day && until.is_none_or(|until| day < until)
        };
        let notices = site
            .notices
            .iter()
            .filter(|notice| in_force(&notice.since, notice.until.as_deref()))
            .map(|notice| NoticeRef {
                id: notice.id.clone(),
                lang: notice.lang,
                sha256: notice.sha256,
            })
            .collect();
        let policy = PolicyRef {
            edition: edition.edition.clone(),
            sha256: edition.sha256,
        };
        Some(Current { policy, notices })
    }
}
