//! What `raspiska hook` tells: for people a line each, for programs a line of JSON each.

use std::io::{self, Write};

use serde::Serialize;

use super::{HookCommandError, all};
use crate::{
    clock::moment,
    hooks,
    store::{Acknowledgement, Delivery, Row, Store, StoreError, Waiting},
};

#[derive(Serialize)]
struct Listed {
    site: String,
    hook: String,
    next: u64,
    size: u64,
    waiting: u64,
    oldest: Option<u64>,
    dead: u64,
    off: Option<u64>,
}

#[derive(Serialize)]
struct Dead {
    site: String,
    hook: String,
    event: &'static str,
    id: Option<String>,
    index: u64,
    dead: u64,
    attempts: u32,
    said: String,
}

/// What became of one event at one hook.
#[derive(Serialize)]
struct Ack {
    hook: String,
    event: &'static str,
    index: u64,
    receipt: String,
    /// When it was acknowledged; none: it was not.
    time: Option<u64>,
    status: Option<u16>,
    attempts: u32,
    said: String,
}

pub(super) fn list(
    store: &dyn Store,
    json: bool,
    out: &mut impl Write,
) -> Result<(), HookCommandError> {
    for (site, hook) in all(store)? {
        let listed = Listed {
            size: store.head(&site)?.size,
            site,
            hook: hook.name,
            next: hook.next,
            waiting: hook.waiting,
            oldest: hook.oldest,
            dead: hook.dead,
            off: hook.off,
        };
        if json {
            line(&listed, out)?;
            continue;
        }
        let Listed {
            site,
            hook,
            next,
            size,
            waiting,
            dead,
            ..
        } = &listed;
        write!(out, "{site} {hook}: told of {next} of {size} entries")?;
        write!(out, ", {waiting} waiting")?;
        if let Some(oldest) = listed.oldest {
            write!(out, " since {}", moment(oldest))?;
        }
        write!(out, ", {dead} given up")?;
        if let Some(off) = listed.off {
            write!(out, "; off since {}, as the receiver said 410", moment(off))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

pub(super) fn dead(
    store: &dyn Store,
    json: bool,
    out: &mut impl Write,
) -> Result<(), HookCommandError> {
    for (site, hook) in all(store)? {
        for delivery in store.undelivered(&site, &hook.name)? {
            let Some(since) = delivery.dead else {
                continue;
            };
            let event = delivery.event;
            let told = Dead {
                event: event.kind.word(),
                id: id(store, &site, &event)?,
                index: event.index,
                site: site.clone(),
                hook: hook.name.clone(),
                dead: since,
                attempts: delivery.attempts,
                said: delivery.said,
            };
            if json {
                line(&told, out)?;
                continue;
            }
            writeln!(
                out,
                "{site} {}: {} {}, given up {} after {} attempts: {}",
                told.hook,
                told.event,
                told.id.as_deref().unwrap_or("(its text was destroyed)"),
                moment(since),
                told.attempts,
                told.said
            )?;
        }
    }
    Ok(())
}

/// What became of a receipt, and of everything that the same person decided after it.
pub(super) fn acks(
    store: &dyn Store,
    site: &str,
    row: &Row,
    json: bool,
    out: &mut impl Write,
) -> Result<(), HookCommandError> {
    let mut undelivered = Vec::new();
    for hook in store.hooks(site)? {
        for delivery in store.undelivered(site, &hook.name)? {
            undelivered.push((hook.name.clone(), delivery));
        }
    }
    let history = store.history(site, &row.subject)?;
    for entry in history.iter().filter(|entry| entry.index >= row.index) {
        let receipt = entry.receipt.to_string();
        for ack in store.acknowledgements(site, &entry.receipt)? {
            tell(&acknowledged(ack, &receipt), json, out)?;
        }
        // Places of notices are no indices.
        let of_entry = |event: &Waiting| !event.kind.is_notice() && event.index == entry.index;
        let open = undelivered.iter();
        for (hook, delivery) in open.filter(|(_, delivery)| of_entry(&delivery.event)) {
            tell(&waits(hook, delivery, &receipt), json, out)?;
        }
    }
    Ok(())
}

/// What became of a notice.
pub(super) fn notice_acks(
    store: &dyn Store,
    id: &str,
    json: bool,
    out: &mut impl Write,
) -> Result<(), HookCommandError> {
    let of = hooks::stand_in(id);
    let mut known = false;
    for site in store.identities()?.logs.into_keys() {
        for ack in store.acknowledgements(&site, &of)? {
            known = true;
            tell(&acknowledged(ack, id), json, out)?;
        }
        for hook in store.hooks(&site)? {
            for delivery in store.undelivered(&site, &hook.name)? {
                if self::id(store, &site, &delivery.event)?.as_deref() == Some(id) {
                    known = true;
                    tell(&waits(&hook.name, &delivery, id), json, out)?;
                }
            }
        }
    }
    if known {
        Ok(())
    } else {
        Err(HookCommandError::Event(id.to_owned()))
    }
}

fn acknowledged(ack: Acknowledgement, receipt: &str) -> Ack {
    Ack {
        hook: ack.hook,
        event: ack.kind.word(),
        index: ack.index,
        receipt: receipt.to_owned(),
        time: Some(ack.time),
        status: Some(ack.status),
        attempts: ack.attempts,
        said: String::new(),
    }
}

fn waits(hook: &str, delivery: &Delivery, receipt: &str) -> Ack {
    Ack {
        hook: hook.to_owned(),
        event: delivery.event.kind.word(),
        index: delivery.event.index,
        receipt: receipt.to_owned(),
        time: None,
        status: None,
        attempts: delivery.attempts,
        said: match delivery.dead {
            Some(_) => format!("given up: {}", delivery.said),
            None => format!("waiting {}", delivery.said),
        },
    }
}

fn tell(told: &Ack, json: bool, out: &mut impl Write) -> io::Result<()> {
    if json {
        return line(told, out);
    }
    let (hook, event, index, receipt) = (&told.hook, told.event, told.index, &told.receipt);
    write!(out, "{event} {index} {receipt}, {hook}: ")?;
    match (told.time, told.status) {
        (Some(time), Some(status)) => writeln!(
            out,
            "acknowledged {} with {status}, attempt {}",
            moment(time),
            told.attempts
        ),
        _ => writeln!(out, "{}, {} attempts", told.said.trim_end(), told.attempts),
    }
}

/// The id of an event; none: the text of its entry was destroyed.
fn id(store: &dyn Store, site: &str, event: &Waiting) -> Result<Option<String>, StoreError> {
    if event.kind.is_notice() {
        let notice = store.notice(site, event.index)?;
        return Ok(notice.map(|notice| hooks::notice_id(notice.kind, &notice.about)));
    }
    let row = store.outbox(site, event.index, 1)?.pop();
    let row = row.filter(|row| row.index == event.index);
    row.map(|row| hooks::event(site, &row).map(|event| event.id))
        .transpose()
}

fn line(told: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, told).map_err(io::Error::from)?;
    writeln!(out)
}
