//! Destruction: personal data go, and that they went can be shown; receipts, log and proofs stay as they are. Where the
//! site's directory says so, a sealed copy stays for its term as evidence, which two people open.
//!
//! ```text
//! order ──► journal ──► one transaction for each receipt:      ──► files searched ──► journal ──► act
//!           (durable)   statement logged, values, key deleted       nothing left      (done)
//! ```
//!
//! A crash before the journal's line leaves all as it was. A crash after it leaves an order that the next start carries out.
//! That something is destroyed is said only when the files have been searched and have nothing of it. The journal is no part
//! of the store: what a backup brings back is destroyed again before the server serves.

mod act;
mod evidence;
mod journal;
mod norms;
pub(crate) mod paper;
pub(crate) mod print;
mod request;

use std::{
    collections::HashSet,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use raspiska_shared::{digest::Digest, receipt::Receipt};

use crate::{
    app::{App, SiteState},
    data,
    sequencer::Outcome,
    store::{KeyPeriod, Mark, Role, Row, StoreError},
};
pub use act::{Act, ActId, ActIdError, Done, Kept, Ledger, Order, Target, Tool};
use act::{Again, Line};
pub use evidence::order_evidence;
pub(crate) use evidence::{is_too_long, last_day, place_evidence};
use journal::Journal;
pub use journal::JournalError;
pub(crate) use journal::read;
pub(crate) use norms::ORDER_179;
pub use norms::Reason;
pub use request::{MAX_RECEIPTS, Request};

/// What the server knows of erasures.
pub(crate) struct Erasures {
    /// Locked for as long as an erasure takes: there is one at a time.
    journal: Mutex<Journal>,
    destroyed: Arc<Destroyed>,
}

/// The receipts whose values are destroyed, or ordered to be.
#[derive(Debug, Default)]
pub(crate) struct Destroyed(RwLock<HashSet<Digest>>);

/// Why nothing was destroyed, or not surely.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// It was ordered before.
    #[error("the values of receipt {0} are destroyed under act {1} already")]
    Already(Digest, ActId),
    /// None is there.
    #[error(
        "nothing is kept as evidence of receipt {0}; `raspiska office evidence list` shows what is"
    )]
    Evidenceless(Digest),
    /// Its term has not ended.
    #[error(
        "the evidence of receipt {0} is kept up to and including {1}; before that it goes only because it was unlawful or not needed"
    )]
    Sealed(Digest, String),
    /// The operator's statement was not signed.
    #[error("the operator's statement cannot be made: {0}")]
    Statement(String),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A line that nobody with the operator's key wrote.
    #[error(
        "the journal of erasures has an order for receipt {0} that the operator's key did not sign; restore the journal from a backup"
    )]
    Forged(Digest),
    /// None is named, or too many.
    #[error("an act is about 1 to {MAX_RECEIPTS} receipts, each named once")]
    Receipts,
    /// A name that an act cannot have.
    #[error(
        "an act needs the login and the full name of who destroys, each 1 to 255 characters in one line"
    )]
    Person,
    /// The reason is not in the list.
    #[error("{0:?} is no reason for destruction; the list of them is in www/acts/order-179.toml")]
    Reason(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log did not take the statement.
    #[error("the log takes nothing at the moment; what was ordered is done as soon as it does")]
    Unavailable,
    /// No such receipt.
    #[error("no receipt {0} was logged here")]
    UnknownReceipt(Digest),
    /// No such act.
    #[error("there is no act {0}")]
    UnknownAct(ActId),
    /// No such site.
    #[error("there is no site {0}")]
    UnknownSite(String),
    /// There is nothing.
    #[error("receipt {0} has no values that could be destroyed")]
    Valueless(Digest),
}

/// Orders that the values of some receipts of a site are destroyed: the number of the act. Blocks while something else is.
///
/// From now on nobody reads them. [`finish`] destroys them, and if nobody calls it, [`settle`] does, or the next start.
///
/// # Errors
/// [`ErasureError`]: then nothing is ordered.
pub fn order(app: &App, site: &str, request: &Request<'_>) -> Result<ActId, ErasureError> {
    place(app, site, request).map(|order| order.act)
}

/// The same, with all that was ordered.
pub(crate) fn place(app: &App, site: &str, request: &Request<'_>) -> Result<Order, ErasureError> {
    let site = app
        .site(site)
        .ok_or_else(|| ErasureError::UnknownSite(site.to_owned()))?;
    let mut journal = app.erasures().lock();
    let order = request.order(app, site, journal.ledger())?;
    let receipts: Vec<Digest> = order.receipts.iter().map(|target| target.receipt).collect();
    journal.append(Line::Order(Box::new(order.clone())))?;
    app.erasures().destroyed.add(receipts);
    Ok(order)
}

/// Does what is ordered. None: deleted, but not yet gone from the files, as somebody still reads them. Blocks, for seconds where an
/// act is about hundreds of receipts.
///
/// # Errors
/// [`ErasureError`]; the order stays.
pub fn finish(app: &App, act: &ActId) -> Result<Option<Done>, ErasureError> {
    let mut journal = app.erasures().lock();
    carry_out(app, &mut journal)?;
    let act = journal.ledger().0.get(act);
    Ok(act.and_then(|act| act.done.last()).cloned())
}

/// Does what was ordered and is not done. True: nothing is left to do. Blocks.
///
/// # Errors
/// As [`finish`].
pub fn settle(app: &App) -> Result<bool, ErasureError> {
    let mut journal = app.erasures().lock();
    carry_out(app, &mut journal)?;
    let served = |act: &&Act| app.site(&act.order.site).is_some();
    let mut acts = journal.ledger().0.values().filter(served);
    Ok(!acts.any(|act| act.pending))
}

/// Before the server serves: what the store has and the journal says is destroyed is destroyed again.
///
/// # Errors
/// As [`finish`]; then nothing may be served.
pub(crate) fn resume(app: &App) -> Result<(), ErasureError> {
    let keys = app.store().keys()?;
    let mut journal = app.erasures().lock();
    let mut returned = Vec::new();
    for act in journal.ledger().0.values() {
        let Some(site) = app.site(&act.order.site) else {
            continue;
        };
        for target in &act.order.receipts {
            if !is_signed(target, &act.order, &keys) {
                return Err(ErasureError::Forged(target.receipt));
            }
            if !act.pending && is_undone(app, site, &act.order, target)? {
                returned.push(act.order.act.clone());
                break;
            }
        }
    }
    for act in returned {
        tracing::warn!(%act, "the store is from before this erasure; it is done again");
        let time = app.clock().millis();
        journal.append(Line::Again(Again { act, time }))?;
    }
    carry_out(app, &mut journal)
}

/// Notes what a certified tool said about what an act destroyed.
///
/// # Errors
/// [`ErasureError::UnknownAct`], [`ErasureError::Person`]; others.
pub fn record_tool(app: &App, tool: Tool) -> Result<(), ErasureError> {
    let mut journal = app.erasures().lock();
    if !journal.ledger().0.contains_key(&tool.act) {
        return Err(ErasureError::UnknownAct(tool.act));
    }
    if ![&tool.by, &tool.tool, &tool.certificate, &tool.result]
        .into_iter()
        .all(|text| request::is_line(text))
    {
        return Err(ErasureError::Person);
    }
    Ok(journal.append(Line::Tool(tool))?)
}

/// Where and when the values of a receipt were destroyed, for whoever asks for them. None: not by any act.
pub(crate) fn gone(dir: &Path, receipt: &Digest) -> Result<Option<(ActId, String)>, JournalError> {
    let (ledger, _) = read(&data::erasures(dir))?;
    let act = ledger.of_receipt(receipt);
    Ok(act.and_then(|act| Some((act.order.act.clone(), paper::date(act)?))))
}

/// All acts.
#[must_use]
pub fn acts(app: &App) -> Ledger {
    app.erasures().lock().ledger().clone()
}

/// Does all that is pending, of the sites that are served.
fn carry_out(app: &App, journal: &mut Journal) -> Result<(), ErasureError> {
    let pending = |act: &&Act| act.pending;
    let acts = journal.ledger().0.values().filter(pending);
    let orders: Vec<Order> = acts.map(|act| act.order.clone()).collect();
    for order in orders {
        let Some(site) = app.site(&order.site) else {
            continue;
        };
        let mut marks = Vec::new();
        for target in &order.receipts {
            if order.evidence {
                marks.extend(evidence::delete(app, &order.site, &target.receipt)?);
            } else if let Some((statement, row)) = unlogged(app, site, target)? {
                if let Some(kept) = &target.kept
                    && journal.ledger().of_evidence(&target.receipt).is_none()
                {
                    evidence::keep(app, &order.site, &row, kept)?;
                }
                // With the time of then: the key that signed it was the operator's at that time.
                match site.sequencer.erase(statement, &row, order.time) {
                    Outcome::Logged(_) | Outcome::Known(_) => {}
                    Outcome::Refused(_) | Outcome::Unavailable => {
                        return Err(ErasureError::Unavailable);
                    }
                }
            }
        }
        marks.extend(sought(app, &order)?);
        match app.store().scrub(&marks) {
            Ok(scrubbed) => journal.append(Line::Done(Done {
                act: order.act,
                time: app.clock().millis(),
                bytes: scrubbed.bytes,
                rewritten: scrubbed.rewritten,
            }))?,
            // Not yet. Nobody is told that it is done, and the next one tries again.
            Err(StoreError::Busy) => {
                tracing::warn!(act = %order.act, "the store is being read: its files still have what was deleted");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Does the store have what an act that is done has destroyed?
fn is_undone(
    app: &App,
    site: &SiteState,
    order: &Order,
    target: &Target,
) -> Result<bool, ErasureError> {
    if order.evidence {
        return Ok(app
            .store()
            .evidence(&order.site, &target.receipt)?
            .is_some());
    }
    Ok(unlogged(app, site, target)?.is_some())
}

/// The statement about a receipt that the store has, if its log lacks it.
fn unlogged(
    app: &App,
    site: &SiteState,
    target: &Target,
) -> Result<Option<(Receipt, Row)>, ErasureError> {
    let statement = open(target).ok_or(ErasureError::Forged(target.receipt))?;
    let (store, id) = (app.store(), &site.loaded.site.site);
    if store.positions(id, &[statement.hash()])? != [None] {
        return Ok(None);
    }
    // A store from before the receipt has nothing of it.
    Ok(store.row(id, &target.receipt)?.map(|row| (statement, row)))
}

/// What is looked for: all but the keys of subjects that have other values, which stay.
fn sought(app: &App, order: &Order) -> Result<Vec<Mark>, StoreError> {
    let mut kept = HashSet::new();
    for target in &order.receipts {
        let wrapped = app.store().subject_key(&order.site, &target.subject)?;
        kept.extend(wrapped.as_deref().and_then(Mark::of));
    }
    let marks = order.receipts.iter().flat_map(|target| &target.marks);
    Ok(marks.copied().filter(|mark| !kept.contains(mark)).collect())
}

fn open(target: &Target) -> Option<Receipt> {
    let receipt = Receipt::open(format!("{}~", target.statement).as_bytes()).ok()?;
    (receipt.payload().of == Some(target.receipt)).then_some(receipt)
}

/// Did the operator's key of that time sign it?
pub(crate) fn is_signed(target: &Target, order: &Order, keys: &[KeyPeriod]) -> bool {
    let Some(statement) = open(target) else {
        return false;
    };
    let payload = statement.payload();
    payload.event.method == raspiska_shared::receipt::Method::Erasure
        && keys.iter().any(|key| {
            key.role == Role::Operator
                && key.site == order.site
                && key.since <= order.time
                && key.until.is_none_or(|until| order.time < until)
                && key.thumbprint().is_ok_and(|own| own == payload.sub)
        })
}

impl Erasures {
    /// Opens the journal in a data directory.
    pub(crate) fn open(dir: &Path) -> Result<Self, JournalError> {
        let journal = Journal::open(&data::erasures(dir))?;
        let destroyed = Arc::new(Destroyed::default());
        for act in journal.ledger().0.values() {
            destroyed.add(act.order.receipts.iter().map(|target| target.receipt));
        }
        Ok(Self {
            journal: Mutex::new(journal),
            destroyed,
        })
    }

    /// For the sequencers.
    pub(crate) fn destroyed(&self) -> Arc<Destroyed> {
        Arc::clone(&self.destroyed)
    }

    /// Does something while nothing is destroyed, knowing what was.
    pub(crate) fn held_off<T>(&self, work: impl FnOnce(&Destroyed) -> T) -> T {
        let _journal = self.lock();
        work(&self.destroyed)
    }

    /// The journal is whole after a panic: a line is in the ledger only when it is in the file.
    fn lock(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Destroyed {
    /// Must the values of this receipt not be stored?
    pub(crate) fn has(&self, receipt: &Digest) -> bool {
        let set = self.0.read().unwrap_or_else(PoisonError::into_inner);
        set.contains(receipt)
    }

    fn add(&self, receipts: impl IntoIterator<Item = Digest>) {
        let mut set = self.0.write().unwrap_or_else(PoisonError::into_inner);
        set.extend(receipts);
    }
}
