//! Looks after the duties of a running server: an hour apart, and whenever somebody asks.

use std::{
    collections::BTreeMap,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use raspiska_shared::{party::SubjectId, receipt::Method};

use super::{
    Book, Duty, Ledger, Opened, State,
    ledger::{Expired, Open},
};
use crate::{
    app::SiteState,
    clock::Clock,
    law::Law,
    metrics::Metrics,
    rights,
    sequencer::Outcome,
    standing, statement,
    store::{EventKind, Notice, Store, StoreError},
};

/// After a start, whoever waits to be served comes first.
const SETTLE: Duration = Duration::from_secs(60);

/// Terms are days; a term in hours is near for seven days before.
const PACE: Duration = Duration::from_secs(60 * 60);

/// Statements that are handed in together: a quarter of what the sequencer lets wait, so that visitors find room.
const TOGETHER: usize = 256;

/// What a runner works with.
pub(crate) struct Setup {
    pub(crate) sites: Vec<Arc<SiteState>>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) law: Law,
    pub(crate) metrics: Metrics,
    pub(crate) clock: Clock,
}

/// The duties of all sites.
pub(crate) struct Runner {
    watch: Arc<Watch>,
    thread: Mutex<Option<(mpsc::Sender<()>, JoinHandle<()>)>>,
}

/// Looks after duties, and has hooks told of what is near.
pub(crate) struct Watch {
    setup: Setup,
    /// By site.
    ledgers: Mutex<BTreeMap<String, Ledger>>,
    stopping: AtomicBool,
}

impl Runner {
    /// Starts the thread; it ends when this is dropped.
    pub(crate) fn start(setup: Setup) -> io::Result<Self> {
        let watch = Arc::new(Watch {
            setup,
            ledgers: Mutex::default(),
            stopping: AtomicBool::new(false),
        });
        let (end, ended) = mpsc::channel();
        let own = Arc::clone(&watch);
        let thread = thread::Builder::new()
            .name("duties".to_owned())
            .spawn(move || {
                let mut pace = SETTLE;
                while ended.recv_timeout(pace) == Err(mpsc::RecvTimeoutError::Timeout) {
                    pace = PACE;
                    own.attend();
                }
            })?;
        Ok(Self {
            watch,
            thread: Mutex::new(Some((end, thread))),
        })
    }

    /// What looks after them, also at other times.
    pub(crate) fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }

    /// Ends after what has begun. Blocks; the second call does nothing. Before the sequencers: it may wait for one.
    pub(crate) fn stop(&self) {
        self.watch.stopping.store(true, Ordering::Relaxed);
        let thread = lock(&self.thread).take();
        if let Some((end, thread)) = thread {
            drop(end);
            // It fails only if the thread has panicked: then there is nothing left to wait for.
            let _ = thread.join();
        }
    }
}

impl Watch {
    /// Does what the thread does every hour: states which consents have ended, counts what is due. Blocks.
    pub(crate) fn attend(&self) {
        for site in &self.setup.sites {
            if let Err(error) = self.attend_to(site) {
                let id = &site.loaded.site.site;
                tracing::warn!(site = %id, error = %error, "duties not looked after; again in an hour");
            }
        }
    }

    /// The law that duties are counted by.
    pub(crate) fn law(&self) -> &Law {
        &self.setup.law
    }

    fn attend_to(&self, site: &SiteState) -> Result<(), StoreError> {
        let id = &site.loaded.site.site;
        let mut open = self.open(site)?;
        let mut stated = false;
        for some in open.expired.chunks(TOGETHER) {
            stated |= self.state_expiry(site, some)?;
            if self.stopping.load(Ordering::Relaxed) {
                return Ok(());
            }
        }
        if stated {
            open = self.open(site)?;
        }
        for state in State::ALARMING {
            let count = open
                .duties
                .iter()
                .filter(|duty| duty.state == state)
                .count();
            self.setup.metrics.duties(id, state.word(), count);
        }
        self.give_notice(site, &open.duties)
    }

    /// Lets hooks be told of what is near. What is told of already stays as it was told.
    fn give_notice(&self, site: &SiteState, duties: &[Duty]) -> Result<(), StoreError> {
        let hooks = site.loaded.hooks.iter();
        let mut notices = Vec::new();
        for hook in hooks.filter(|hook| hook.events.contains(&EventKind::DutyNear)) {
            let near = duties.iter().filter(|duty| duty.is_near(hook.near_days));
            notices.extend(near.map(|duty| Notice {
                hook: Some(hook.name.clone()),
                kind: EventKind::DutyNear,
                about: duty.id.to_string(),
                subject: duty.subject.unwrap_or(SubjectId(duty.id)),
                time: self.setup.clock.millis(),
            }));
        }
        if notices.is_empty() {
            return Ok(());
        }
        let id = &site.loaded.site.site;
        self.setup.store.add_notices(id, &notices)
    }

    /// The duty of a notice, if it still has to be done.
    pub(crate) fn duty_of(&self, site: &str, notice: &Notice) -> Result<Option<Duty>, StoreError> {
        let mut sites = self.setup.sites.iter();
        let Some(site) = sites.find(|state| state.loaded.site.site == site) else {
            return Ok(None);
        };
        // Nobody in particular is written as the duty itself.
        let subject = Some(notice.subject).filter(|subject| subject.0.to_string() != notice.about);
        let duties = self.with_ledger(site, |ledger, book, requests, now| {
            ledger.of(&*self.setup.store, book, requests, subject, now)
        })?;
        let mut open = duties.into_iter().filter(|duty| duty.state != State::Done);
        Ok(open.find(|duty| duty.id.to_string() == notice.about))
    }

    /// What has to be done on one site, with the requests that wait there. Blocks, the first time for a look at the whole log.
    pub(crate) fn open(&self, site: &SiteState) -> Result<Open, StoreError> {
        self.with_ledger(site, |ledger, book, requests, now| {
            ledger.open(&*self.setup.store, book, requests, now)
        })
    }

    fn with_ledger<T>(
        &self,
        site: &SiteState,
        look: impl FnOnce(&mut Ledger, &Book<'_>, &[Opened], u64) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let id = &site.loaded.site.site;
        let book = Book {
            site: id,
            law: &self.setup.law,
            editions: &site.loaded.policies,
        };
        let mut ledgers = lock(&self.ledgers);
        let ledger = ledgers.entry(id.clone()).or_default();
        let now = self.setup.clock.millis();
        let requests = rights::waiting(&*self.setup.store, &self.setup.law, id)?;
        look(ledger, &book, &requests, now)
    }

    /// States in the log that the terms of these consents are over; some of them may be logged. Said twice it would be refused:
    /// nothing is left to withdraw.
    fn state_expiry(&self, site: &SiteState, expired: &[Expired]) -> Result<bool, StoreError> {
        let id = &site.loaded.site.site;
        let (answer, outcomes) = mpsc::channel();
        for (subject, receipt, purposes) in expired {
            let Some(row) = self.setup.store.row(id, receipt)? else {
                continue;
            };
            let (about, now) = (standing::payload(&row)?, self.setup.clock.millis());
            let (purposes, method) = (purposes.iter().cloned(), Method::Expiry);
            let made = statement::withdrawn(&site.operator, about, *receipt, purposes, method, now);
            match made {
                Ok(statement) => {
                    let answer = answer.clone();
                    site.sequencer
                        .submit(statement, *subject, now, move |outcome| {
                            // The receiver waits below, unless the store has failed meanwhile.
                            let _ = answer.send(matches!(outcome, Outcome::Logged(_)));
                        });
                }
                Err(error) => {
                    tracing::error!(site = %id, error = %error, "expiry not stated");
                }
            }
        }
        drop(answer);
        // What was refused was withdrawn since; what is in doubt is found expired again by the next look, or was stated.
        Ok(outcomes.iter().fold(false, |any, logged| any | logged))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
