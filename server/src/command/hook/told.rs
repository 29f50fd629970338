//! What `raspiska hook` tells: for people a line each, for programs a line of JSON each.

use std::io::{self, Write};

use serde::Serialize;

use super::{HookCommandError, all};
use crate::{
    clock::moment,
    hooks,
    store::{Row, Store, StoreError},
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
                id: id(store, &site, event.index)?,
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
            let told = Ack {
                hook: ack.hook,
                event: ack.kind.word(),
                index: ack.index,
                receipt: receipt.clone(),
                time: Some(ack.time),
                status: Some(ack.status),
                attempts: ack.attempts,
                said: String::new(),
            };
            tell(&told, json, out)?;
        }
        let open = undelivered.iter();
        for (hook, delivery) in open.filter(|(_, delivery)| delivery.event.index == entry.index) {
            let told = Ack {
                hook: hook.clone(),
                event: delivery.event.kind.word(),
                index: entry.index,
                receipt: receipt.clone(),
                time: None,
                status: None,
                attempts: delivery.attempts,
                said: match delivery.dead {
                    Some(_) => format!("given up: {}", delivery.said),
                    None => format!("waiting {}", delivery.said),
                },
            };
            tell(&told, json, out)?;
        }
    }
    Ok(())
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

/// The id of the event that an entry is; none: its text was destroyed.
fn id(store: &dyn Store, site: &str, index: u64) -> Result<Option<String>, StoreError> {
    let row = store.outbox(site, index, 1)?.pop();
    let row = row.filter(|row| row.index == index);
    row.map(|row| hooks::event(site, &row).map(|event| event.id))
        .transpose()
}

fn line(told: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, told).map_err(io::Error::from)?;
    writeln!(out)
}
