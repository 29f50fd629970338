//! The thread of one log: asks its witnesses in rounds, publishes what reached the quorum.
//!
//! A round is about one head, as cosignatures of different sizes do not add up. It begins when enough witnesses are ready to
//! reach the quorum, and lasts until they have or all have answered. Each is asked by a thread of its own that knows nothing
//! and posts its answer here: all state is this thread's, and a witness that hangs holds up nobody once the quorum is there.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use raspiska_shared::log::note;

use super::{
    Newest, Setup,
    exchange::{self, Said, WitnessError},
};
use crate::{
    proofs,
    remote::{Answer, Remote, RemoteError},
    site::Witness,
    store::{Head, Published, StoreError},
};

/// How often it looks for a newer head: the most that a checkpoint waits, and the most that witnesses are asked.
pub(super) const PACE: Duration = Duration::from_secs(1);

/// The wait after the first failure of a witness; each further one doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// Doublings at most: a witness that was away for long is asked again after 256 seconds.
const MAX_DOUBLINGS: u32 = 8;

/// What the thread is told.
pub(super) enum Event {
    /// A witness answered, or did not.
    Answered(Question, Result<Answer, RemoteError>),
    /// The end.
    Stop,
}

/// What a witness was asked.
#[derive(Clone)]
pub(super) struct Question {
    /// Which one, by its place in the list.
    witness: usize,
    /// From this size.
    old: u64,
    /// About this head.
    head: Arc<Head>,
    /// Whether it is asked a second time, after it named its size.
    again: bool,
}

/// The thread's side. Nobody else has any of it but `newest`.
pub(super) struct Thread {
    setup: Setup,
    newest: Newest,
    events: mpsc::Sender<Event>,
    remote: Remote,
    members: Vec<Member>,
    /// None until there was an entry.
    round: Option<Round>,
    /// The store's failure was logged and is not over.
    troubled: bool,
}

/// What is known of one witness.
struct Member {
    witness: Witness,
    /// How many entries it confirmed, as far as we know; it says so if it is otherwise.
    confirmed: u64,
    /// The size that it is being asked about.
    asked: Option<u64>,
    /// Not asked before.
    due: Instant,
    /// Failures since it last cosigned.
    failures: u32,
    /// The reason that was logged last; none: all is well.
    failing: Option<&'static str>,
}

/// One head on its way to the quorum.
struct Round {
    head: Arc<Head>,
    /// The lines that it has, by witness.
    lines: BTreeMap<usize, String>,
}

impl Thread {
    pub(super) fn new(setup: Setup, newest: Newest, events: mpsc::Sender<Event>) -> Self {
        let published = read(&newest);
        let member = |witness: &Witness| Member {
            confirmed: published
                .confirmed
                .get(&witness.key.to_string())
                .copied()
                .unwrap_or_default(),
            witness: witness.clone(),
            asked: None,
            due: Instant::now(),
            failures: 0,
            failing: None,
        };
        Self {
            members: setup.witnesses.list.iter().map(member).collect(),
            setup,
            newest,
            events,
            remote: Remote::new(),
            round: None,
            troubled: false,
        }
    }

    pub(super) fn run(mut self, events: &mpsc::Receiver<Event>) {
        let mut next = Instant::now();
        loop {
            let wait = next.saturating_duration_since(Instant::now());
            match events.recv_timeout(wait) {
                Ok(Event::Answered(question, answer)) => self.answered(question, answer),
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let stepped = self.step();
                    self.look_after_store(stepped);
                    next = Instant::now() + PACE;
                }
                // Answers that are on their way find nobody and are dropped; the witness is asked again by the next server.
                Ok(Event::Stop) | Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Goes on with the round, or begins the next one.
    fn step(&mut self) -> Result<(), StoreError> {
        // Only after a failure of the store is anything left to publish here.
        self.publish()?;
        if self.is_waiting() {
            return Ok(());
        }
        let head = Arc::new(self.setup.store.head(&self.setup.site)?);
        let newest = read(&self.newest);
        if head.size < newest.size {
            return Err(StoreError::Damaged("the log is behind what was published"));
        }
        // Of the empty tree there is nothing to confirm.
        if head.size == 0 {
            return Ok(());
        }
        if self
            .round
            .as_ref()
            .is_none_or(|round| round.head.size != head.size)
        {
            let lines = self.lines_of(&newest, &head);
            self.round = Some(Round { head, lines });
        }
        let Some(round) = &self.round else {
            return Ok(());
        };
        let now = Instant::now();
        let ready: Vec<usize> = (0..self.members.len())
            .filter(|at| !round.lines.contains_key(at))
            .filter(|&at| self.members[at].asked.is_none() && self.members[at].due <= now)
            .collect();
        // Those who are ready wait for the others where they alone could not publish anything.
        if round.lines.len() + ready.len() >= self.setup.witnesses.quorum {
            for witness in ready {
                self.ask(witness, false);
            }
        }
        Ok(())
    }

    /// Is the round's quorum open, and an answer on its way that may reach it?
    fn is_waiting(&self) -> bool {
        self.round.as_ref().is_some_and(|round| {
            let asked = Some(round.head.size);
            round.lines.len() < self.setup.witnesses.quorum
                && self.members.iter().any(|member| member.asked == asked)
        })
    }

    /// The lines that a published checkpoint of this head has of witnesses that are still ours.
    fn lines_of(&self, published: &Published, head: &Head) -> BTreeMap<usize, String> {
        let parsed = note::parse(&published.checkpoint);
        let Some((text, lines)) = parsed.ok().filter(|_| published.size == head.size) else {
            return BTreeMap::new();
        };
        let own = self.members.iter().enumerate();
        own.filter_map(|(at, member)| {
            let found = member.witness.key.find(text, &lines).ok()?;
            Some((at, format!("{}\n", found.line)))
        })
        .collect()
    }

    /// Sends the round's head to a witness.
    fn ask(&mut self, witness: usize, again: bool) {
        if let Err(error) = self.send(witness, again) {
            self.failed(witness, &error);
        }
    }

    fn send(&mut self, witness: usize, again: bool) -> Result<(), WitnessError> {
        let Some(round) = &self.round else {
            return Ok(());
        };
        let member = &mut self.members[witness];
        let Setup { site, store, .. } = &self.setup;
        let question = Question {
            witness,
            old: member.confirmed,
            head: Arc::clone(&round.head),
            again,
        };
        let proof = proofs::consistency(&**store, site, question.old, &round.head)?;
        let body = exchange::request(question.old, &proof, &round.head.checkpoint);
        let (remote, url) = (self.remote.clone(), member.witness.url.clone());
        let events = self.events.clone();
        thread::Builder::new()
            .name(format!("witness {}", member.witness.key.name()))
            .spawn(move || {
                let answer = remote.post(&url, body.as_bytes(), exchange::MAX_ANSWER);
                // Nobody is there any more if the server has ended.
                let _ = events.send(Event::Answered(question, answer));
            })
            .map_err(WitnessError::Thread)?;
        member.asked = Some(round.head.size);
        Ok(())
    }

    fn answered(&mut self, question: Question, answer: Result<Answer, RemoteError>) {
        let witness = question.witness;
        self.members[witness].asked = None;
        match self.judge(&question, answer) {
            Ok(Said::Cosigned(line)) => self.cosigned(&question, line),
            Ok(Said::Knows(_)) => self.ask(witness, true),
            Err(error) => self.failed(witness, &error),
        }
    }

    /// What a witness said, if it is of use: the line, or a size from which to ask it once more.
    fn judge(
        &mut self,
        question: &Question,
        answer: Result<Answer, RemoteError>,
    ) -> Result<Said, WitnessError> {
        let answer = answer?;
        let Setup {
            site, store, clock, ..
        } = &self.setup;
        let Question {
            witness,
            old,
            ref head,
            again,
        } = *question;
        let member = &mut self.members[witness];
        let key = &member.witness.key;
        let said = exchange::read(&answer, &head.checkpoint, key, clock.seconds())?;
        let Said::Knows(size) = said else {
            return Ok(said);
        };
        // The head of now: somebody who got a newer one in a proof may have sent it to the witness.
        let ours = store.head(site)?.size;
        if size > ours {
            // Not noted as confirmed: if it is a lie, the next question is as good as this one.
            return Err(WitnessError::RolledBack {
                witness: size,
                ours,
            });
        }
        member.confirmed = size;
        if size > head.size {
            return Err(WitnessError::Ahead {
                witness: size,
                sent: head.size,
            });
        }
        // A witness that changes its mind could be asked for ever.
        if again || size == old {
            return Err(WitnessError::Restless);
        }
        Ok(said)
    }

    /// A witness did cosign; the line counts if the round is still about the same head.
    fn cosigned(&mut self, question: &Question, line: String) {
        let member = &mut self.members[question.witness];
        let (site, witness) = (&self.setup.site, member.witness.key.name());
        self.setup.metrics.cosigned(site, witness);
        if member.failing.take().is_some() {
            tracing::info!(site, witness, "the witness cosigns again");
        }
        member.failures = 0;
        member.confirmed = question.head.size;
        let round = self.round.as_mut();
        if let Some(round) = round.filter(|round| round.head.size == question.head.size) {
            round.lines.insert(question.witness, line);
        }
        let published = self.publish();
        self.look_after_store(published);
    }

    /// A witness did not cosign: it is left alone for a while. The reason is logged when it is another one than before.
    fn failed(&mut self, witness: usize, error: &WitnessError) {
        let member = &mut self.members[witness];
        let wait = FIRST_WAIT * 2_u32.pow(member.failures.min(MAX_DOUBLINGS));
        member.failures = member.failures.saturating_add(1);
        member.due = Instant::now() + jittered(wait);
        let (site, name, reason) = (&self.setup.site, member.witness.key.name(), error.reason());
        self.setup.metrics.witness_failed(site, name, reason);
        if member.failing.replace(reason) == Some(reason) {
            return;
        }
        if error.accuses() {
            tracing::error!(site, witness = name, error = %error, "not cosigned");
        } else {
            tracing::warn!(site, witness = name, error = %error, "not cosigned");
        }
    }

    /// Publishes the round's head with the lines that it has, if these are enough and not published yet.
    fn publish(&mut self) -> Result<(), StoreError> {
        let Setup {
            site,
            store,
            witnesses,
            metrics,
            ..
        } = &self.setup;
        let Some(round) = &self.round else {
            return Ok(());
        };
        if round.lines.len() < witnesses.quorum {
            return Ok(());
        }
        let lines: String = round.lines.values().map(String::as_str).collect();
        let checkpoint = note::append(&round.head.checkpoint, &lines)
            .map_err(|_| StoreError::Damaged("the head's checkpoint is not a note"))?;
        let newest = read(&self.newest);
        if newest.checkpoint == checkpoint || newest.size > round.head.size {
            return Ok(());
        }
        let confirmed = self.members.iter();
        let published = Published {
            size: round.head.size,
            checkpoint,
            confirmed: confirmed
                .map(|member| (member.witness.key.to_string(), member.confirmed))
                .collect(),
        };
        // First durable, then shown: a crash in between publishes it at the next start, and nobody has seen less since.
        store.publish(site, Some(&published))?;
        metrics.published(site, published.size);
        *self.newest.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(published);
        Ok(())
    }

    /// Logs the store's failures, once each time they begin; all of it is tried again at the next step.
    fn look_after_store(&mut self, result: Result<(), StoreError>) {
        let site = &self.setup.site;
        match result {
            Ok(()) => self.troubled = false,
            Err(error) if !self.troubled => {
                tracing::error!(site, error = %error, "nothing published");
                self.troubled = true;
            }
            Err(_) => {}
        }
    }
}

fn read(newest: &Newest) -> Arc<Published> {
    Arc::clone(&newest.read().unwrap_or_else(PoisonError::into_inner))
}

/// Between half of `wait` and all of it, so that logs that lost a witness together do not come back together.
fn jittered(wait: Duration) -> Duration {
    let mut random = [0; 4];
    // Without random numbers it is half.
    let _ = getrandom::fill(&mut random);
    let share = f64::from(u32::from_be_bytes(random)) / f64::from(u32::MAX);
    wait.mul_f64(0.5 + share / 2.0)
}
