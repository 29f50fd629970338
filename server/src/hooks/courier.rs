//! The thread of one hook: takes what is new in the log, sends what is due, notes what came of it.
//!
//! Each event is sent by a thread of its own that knows nothing and posts the answer here: all state is this thread's, and a
//! receiver that hangs on one event holds up only its place among [`LANES`].

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use raspiska_shared::digest::Digest;

use super::{
    HookError,
    event::{Event as Sent, event},
    notice, schedule, secret,
    secret::SecretError,
    signature,
};
use crate::{
    clock::Clock,
    duty::Watch,
    metrics::Metrics,
    remote::{Receipted, Remote, RemoteError},
    site::SiteHook,
    store::{Delivery, EventKind, Hook, Outcome, Settled, Store, StoreError, Waiting},
};

/// How often it looks for new entries and for what is due again.
const PACE: Duration = Duration::from_millis(500);

/// Events on their way at once: a receiver that takes long is not asked for more by us than by four browsers.
const LANES: usize = 4;

/// Entries that are taken out of the log at once.
const PAGE: u16 = 256;

/// Pages that are taken in one step: what is sent meanwhile waits for its note, and the end for the step.
const PAGES: usize = 16;

/// While so many wait, the rest stays in the log: a receiver that is away for days costs a table of a megabyte, and what it has
/// missed beyond that cannot die meanwhile.
const MAX_WAITING: u64 = 10_000;

/// Longest time for one attempt. Standard Webhooks, "Request timeouts": between 15 and 30 seconds.
const TIMEOUT: Duration = Duration::from_secs(15);

/// How long the end waits for what is on its way. What comes later is sent again by the next server.
const GRACE: Duration = Duration::from_secs(2);

/// The way to one receiver.
pub(crate) struct Courier {
    events: mpsc::Sender<Event>,
    /// Taken by whoever joins it.
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What a courier works with.
pub(crate) struct Setup {
    pub(crate) site: String,
    pub(crate) hook: SiteHook,
    /// The directory of its secrets. Read at every step: they may change beside the running server.
    pub(crate) data: PathBuf,
    pub(crate) store: Arc<dyn Store>,
    /// Knows duties.
    pub(crate) watch: Arc<Watch>,
    pub(crate) metrics: Metrics,
    pub(crate) clock: Clock,
}

/// What the thread is told.
enum Event {
    Answered(Attempt, Result<Receipted, RemoteError>),
    Stop,
}

/// Which attempt was made.
struct Attempt {
    event: Waiting,
    receipt: Digest,
    attempts: u32,
}

impl Courier {
    /// Begins at the log's end, or at its beginning; a hook that was there goes on where it was.
    pub(crate) fn start(setup: Setup) -> Result<Self, HookError> {
        let Setup { site, hook, .. } = &setup;
        let first = if hook.from_beginning {
            0
        } else {
            setup.store.head(site)?.size
        };
        setup.store.begin_hook(site, &hook.name, first)?;
        let store = &setup.store;
        store.begin_notices(site, &hook.name, hook.from_beginning)?;
        let name = format!("hook {}", hook.name);
        let (events, inbox) = mpsc::channel();
        let work = Thread {
            setup,
            events: events.clone(),
            remote: Remote::with_timeout(TIMEOUT),
            under_way: BTreeMap::new(),
            settled: Vec::new(),
            troubled: None,
            failing: None,
        };
        let thread = thread::Builder::new()
            .name(name)
            .spawn(move || work.run(&inbox))
            .map_err(HookError::Thread)?;
        Ok(Self {
            events,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// From now on nothing is sent.
    pub(super) fn tell_to_stop(&self) {
        // It fails only if the thread is gone already, which is what is wanted.
        let _ = self.events.send(Event::Stop);
    }

    /// Waits for its end; the second call does nothing.
    pub(super) fn join(&self) {
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        // It holds a sender of its own events, so it would not notice that nobody else is there.
        self.tell_to_stop();
    }
}

/// The thread's side.
struct Thread {
    setup: Setup,
    events: mpsc::Sender<Event>,
    remote: Remote,
    /// What is sent and not settled in the store; of each whether it was answered.
    under_way: BTreeMap<(u64, EventKind), bool>,
    /// What the store is still to be told.
    settled: Vec<Settled>,
    /// Our own failure that was logged and is not over.
    troubled: Option<String>,
    /// The receiver's failure that was logged and is not over.
    failing: Option<String>,
}

/// Why nothing is sent for now. It is tried again.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a thread to send it cannot be started: {0}")]
    Thread(std::io::Error),
}

impl Thread {
    fn run(mut self, events: &mpsc::Receiver<Event>) {
        let mut next = Instant::now();
        loop {
            let wait = next.saturating_duration_since(Instant::now());
            match events.recv_timeout(wait) {
                Ok(Event::Answered(attempt, answer)) => {
                    self.answered(attempt, answer);
                    // Those that came meanwhile are noted with it, in one transaction.
                    for more in events.try_iter() {
                        match more {
                            Event::Answered(attempt, answer) => self.answered(attempt, answer),
                            Event::Stop => return self.end(events),
                        }
                    }
                }
                Err(mpsc::RecvTimeoutError::Timeout) => next = Instant::now() + PACE,
                Ok(Event::Stop) | Err(mpsc::RecvTimeoutError::Disconnected) => {
                    return self.end(events);
                }
            }
            let stepped = self.step();
            self.look_after(stepped);
        }
    }

    /// Notes what came back, takes what is new, sends what is due.
    fn step(&mut self) -> Result<(), Trouble> {
        self.settle()?;
        let hook = self.catch_up()?;
        let heard = if hook.waiting < MAX_WAITING {
            self.hear()?
        } else {
            0
        };
        if hook.off.is_none() && hook.waiting + heard > 0 {
            self.send()?;
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        if self.settled.is_empty() {
            return Ok(());
        }
        let Setup {
            site, hook, store, ..
        } = &self.setup;
        store.settle(site, &hook.name, &self.settled)?;
        for settled in self.settled.drain(..) {
            self.under_way.remove(&(settled.index, settled.kind));
        }
        Ok(())
    }

    /// Moves what is new in the log to what waits. Gives where the hook is then.
    fn catch_up(&self) -> Result<Hook, StoreError> {
        let Setup {
            site,
            hook: own,
            store,
            metrics,
            clock,
            ..
        } = &self.setup;
        let mut pages = 0..PAGES;
        loop {
            let mut hooks = store.hooks(site)?.into_iter();
            let hook = hooks
                .find(|hook| hook.name == own.name)
                .ok_or(StoreError::Damaged("a hook has no place in the log"))?;
            let now = clock.millis();
            let age = hook.oldest.map_or(0, |oldest| now.saturating_sub(oldest));
            let end = store.head(site)?.size;
            let behind = end.saturating_sub(hook.next);
            metrics.hook_waits(site, &own.name, hook.waiting + behind, age / 1000);
            if behind == 0 || hook.waiting >= MAX_WAITING || pages.next().is_none() {
                return Ok(hook);
            }
            let to = end.min(hook.next + u64::from(PAGE));
            let mut events = Vec::new();
            for row in store.outbox(site, hook.next, PAGE)? {
                let event = event(site, &row)?.waiting;
                if event.index < to && own.events.contains(&event.kind) {
                    events.push(event);
                }
            }
            store.claim(site, &own.name, hook.next..to, &events)?;
        }
    }

    /// Moves new notices to what waits. Gives how many.
    fn hear(&self) -> Result<u64, StoreError> {
        let Setup {
            site, hook, store, ..
        } = &self.setup;
        let unheard = store.unheard(site, &hook.name, PAGE)?;
        if unheard.notices.is_empty() {
            return Ok(0);
        }
        let notices = unheard.notices.iter();
        let events: Vec<_> = notices
            .filter(|(_, notice)| hook.events.contains(&notice.kind))
            .map(|(place, notice)| notice::waiting(*place, notice))
            .collect();
        store.claim_notices(site, &hook.name, unheard.range, &events)?;
        Ok(events.len() as u64)
    }

    /// Sends what is due, as far as there are lanes.
    fn send(&mut self) -> Result<(), Trouble> {
        let Setup {
            site,
            hook,
            store,
            clock,
            ..
        } = &self.setup;
        if self.under_way.len() >= LANES {
            return Ok(());
        }
        // What is under way is due as well, until it is settled.
        let count = u16::try_from(LANES + self.under_way.len()).unwrap_or(u16::MAX);
        let due = store.due(site, &hook.name, clock.millis(), count)?;
        let free = LANES - self.under_way.len();
        let due: Vec<_> = due
            .into_iter()
            .filter(|delivery| !self.under_way.contains_key(&key(&delivery.event)))
            .take(free)
            .collect();
        due.into_iter()
            .try_for_each(|delivery| self.send_one(delivery))
    }

    fn send_one(&mut self, delivery: Delivery) -> Result<(), Trouble> {
        let Setup {
            site,
            hook,
            data,
            clock,
            ..
        } = &self.setup;
        let attempts = delivery.attempts.saturating_add(1);
        let sent = match self.compose(&delivery.event)? {
            Ok(event) => event,
            Err(outcome) => {
                self.settled.push(Settled {
                    kind: delivery.event.kind,
                    index: delivery.event.index,
                    attempts: delivery.attempts,
                    time: clock.millis(),
                    outcome,
                });
                self.under_way.insert(key(&delivery.event), true);
                return Ok(());
            }
        };
        let secrets = secret::read(data, site, &hook.name)?;
        let timestamp = clock.seconds();
        let headers = [
            ("webhook-id", sent.id.clone()),
            ("webhook-timestamp", timestamp.to_string()),
            (
                "webhook-signature",
                signature::header(&secrets, &sent.id, timestamp, &sent.body),
            ),
        ];
        let attempt = Attempt {
            event: delivery.event,
            receipt: sent.receipt,
            attempts,
        };
        let under_way = key(&attempt.event);
        let (remote, url, events) = (self.remote.clone(), hook.url.clone(), self.events.clone());
        thread::Builder::new()
            .name(format!("to {}", hook.name))
            .spawn(move || {
                let answer = remote.deliver(&url, &headers, &sent.body);
                // Nobody is there any more if the server has ended.
                let _ = events.send(Event::Answered(attempt, answer));
            })
            .map_err(Trouble::Thread)?;
        self.under_way.insert(under_way, false);
        Ok(())
    }

    /// What is sent, or what becomes of it where there is nothing to send any more.
    fn compose(&self, waiting: &Waiting) -> Result<Result<Sent, Outcome>, StoreError> {
        let Setup {
            site, store, watch, ..
        } = &self.setup;
        let index = waiting.index;
        if waiting.kind.is_notice() {
            let notice = store.notice(site, index)?;
            let notice = notice.ok_or(StoreError::Damaged("a notice is not in its place"))?;
            let event = notice::event_of(site, index, &notice, &**store, watch)?;
            return Ok(event.ok_or(Outcome::Over));
        }
        let row = store.outbox(site, index, 1)?.pop();
        let Some(row) = row.filter(|row| row.index == index) else {
            let said = "the entry's text was destroyed before".to_owned();
            return Ok(Err(Outcome::Dead { said }));
        };
        event(site, &row).map(Ok)
    }

    fn answered(&mut self, attempt: Attempt, answer: Result<Receipted, RemoteError>) {
        let Setup {
            site,
            hook,
            metrics,
            clock,
            ..
        } = &self.setup;
        let now = clock.millis();
        let outcome = match answer {
            Ok(Receipted { status, .. }) if (200..300).contains(&status) => {
                metrics.hook_acknowledged(site, &hook.name);
                if self.failing.take().is_some() {
                    tracing::info!(site, hook = hook.name, "the receiver acknowledges again");
                }
                Outcome::Acknowledged {
                    receipt: attempt.receipt,
                    status,
                }
            }
            Ok(Receipted { status: 410, .. }) => {
                self.failed("gone", "status 410");
                let (site, name) = (&self.setup.site, &self.setup.hook.name);
                tracing::error!(
                    site,
                    hook = name,
                    "the receiver wants nothing any more; nothing is sent until: raspiska hook on"
                );
                Outcome::Gone {
                    said: "status 410".to_owned(),
                }
            }
            Ok(Receipted {
                status,
                retry_after,
            }) => {
                let asked = retry_after.and_then(|value| schedule::retry_after(&value, now / 1000));
                self.later(&attempt, "status", format!("status {status}"), asked)
            }
            Err(error) => {
                // Without the address: it may have a password of its own in its query.
                let said = error.cause();
                self.later(&attempt, "unreachable", said, None)
            }
        };
        self.under_way.insert(key(&attempt.event), true);
        self.settled.push(Settled {
            kind: attempt.event.kind,
            index: attempt.event.index,
            attempts: attempt.attempts,
            time: now,
            outcome,
        });
    }

    /// A failed attempt: tried again, or for the last time.
    fn later(
        &mut self,
        attempt: &Attempt,
        reason: &'static str,
        said: String,
        asked: Option<Duration>,
    ) -> Outcome {
        self.failed(reason, &said);
        match schedule::wait(attempt.attempts, asked) {
            Some(wait) => Outcome::Later {
                wait: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                said,
            },
            None => {
                let Setup { site, hook, .. } = &self.setup;
                tracing::error!(
                    site,
                    hook = hook.name,
                    index = attempt.event.index,
                    "given up; see: raspiska hook dead"
                );
                Outcome::Dead { said }
            }
        }
    }

    /// Counts a failure, and logs it when it is another one than before.
    fn failed(&mut self, reason: &'static str, said: &str) {
        let Setup {
            site,
            hook,
            metrics,
            ..
        } = &self.setup;
        metrics.hook_failed(site, &hook.name, reason);
        if self.failing.as_deref() != Some(said) {
            tracing::warn!(site, hook = hook.name, said, "not acknowledged");
            self.failing = Some(said.to_owned());
        }
    }

    /// Waits a moment for what is on its way, and notes it.
    fn end(mut self, events: &mpsc::Receiver<Event>) {
        let last = Instant::now() + GRACE;
        while self.under_way.values().any(|answered| !answered) {
            let wait = last.saturating_duration_since(Instant::now());
            match events.recv_timeout(wait) {
                Ok(Event::Answered(attempt, answer)) => self.answered(attempt, answer),
                Ok(Event::Stop) => {}
                Err(_) => break,
            }
        }
        let settled = self.settle().map_err(Trouble::from);
        self.look_after(settled);
    }

    /// Logs our own failures, once each time they change; all of it is tried again at the next step.
    fn look_after(&mut self, stepped: Result<(), Trouble>) {
        let Setup { site, hook, .. } = &self.setup;
        match stepped {
            Ok(()) => self.troubled = None,
            // Somebody has taken the hook back meanwhile.
            Err(Trouble::Store(StoreError::Conflict)) => {}
            Err(trouble) => {
                let sentence = trouble.to_string();
                if self.troubled.as_ref() != Some(&sentence) {
                    tracing::error!(
                        site,
                        hook = hook.name,
                        error = sentence,
                        "nothing delivered"
                    );
                    self.troubled = Some(sentence);
                }
            }
        }
    }
}

/// A delivery's place among those of its hook.
fn key(event: &Waiting) -> (u64, EventKind) {
    (event.index, event.kind)
}
