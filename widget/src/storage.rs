//! What is kept on this device, and under which names. The loader keeps it: in the browser's storage, or in memory where the
//! browser refuses.

use crate::{host, json::Json, kept::Kept, outbox::Item};

/// The seed of the device's key.
pub(crate) const KEY: &str = "key";
/// Hash of the last receipt signed here.
pub(crate) const PREV: &str = "prev";
/// Decisions on their way to the server, oldest first.
const OUTBOX: &str = "outbox";
/// Receipts with their proofs, newest last.
const RECEIPTS: &str = "receipts";

/// The outbox. Read anew each time: the loader writes to it too.
pub(crate) fn outbox() -> Vec<Item> {
    read(OUTBOX).into_iter().map(Item).collect()
}

/// Writes the outbox.
pub(crate) fn set_outbox(items: Vec<Item>) {
    write(OUTBOX, items.into_iter().map(|item| item.0).collect());
}

/// The receipts.
pub(crate) fn receipts() -> Vec<Kept> {
    read(RECEIPTS).into_iter().map(Kept).collect()
}

/// Writes the receipts.
pub(crate) fn set_receipts(receipts: Vec<Kept>) {
    write(RECEIPTS, receipts.into_iter().map(|kept| kept.0).collect());
}

fn read(name: &str) -> Vec<Json> {
    match Json::read(&host::get(name).unwrap_or_default()) {
        Json::List(list) => list,
        _ => Vec::new(),
    }
}

fn write(name: &str, list: Vec<Json>) {
    let text = (!list.is_empty()).then(|| Json::List(list).write());
    host::set(name, text.as_deref());
}
