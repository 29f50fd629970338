//! Delivery: the outbox's items are signed and sent, one after the other, while no other page of the site does the same.
//!
//! What a crash leaves: before the write in (1), the item as it was, to be signed anew; after it, a signed item that is sent
//! again with the same bytes; after (2), a receipt that is kept and an item that is sent once more and answered with the same
//! index, so it is kept once.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use raspiska_shared::{api::RECEIPT_TYPE, lang::Lang};
use wasm_bindgen::prelude::{Closure, JsValue};
use wasm_bindgen_futures::JsFuture;
use yew::Callback;

use crate::{
    api,
    bundle::Bundle,
    calendar::Moment,
    consents::Mail,
    document::Document,
    dom, host,
    json::{Json, strings},
    key,
    outbox::{self, Hand, Item, Verdict},
    storage,
};

thread_local! {
    static BUNDLE: RefCell<Option<Rc<Bundle>>> = const { RefCell::new(None) };
    static WATCHERS: RefCell<Vec<Callback<Rc<Mail>>>> = const { RefCell::new(Vec::new()) };
    static WAITING: Cell<bool> = const { Cell::new(false) };
    static RUNNING: Cell<bool> = const { Cell::new(false) };
    static AGAIN: Cell<bool> = const { Cell::new(false) };
}

/// The site bundle, fetched once.
pub(crate) async fn bundle() -> Option<Rc<Bundle>> {
    if let Some(bundle) = BUNDLE.with_borrow(Clone::clone) {
        return Some(bundle);
    }
    let bundle = Rc::new(Bundle::read(
        &api::get(&host::api("")).await?,
        host::lang(),
    )?);
    BUNDLE.set(Some(bundle.clone()));
    Some(bundle)
}

/// Calls `watcher` whenever something about decisions changes.
pub(crate) fn watch(watcher: Callback<Rc<Mail>>) {
    WATCHERS.with_borrow_mut(|watchers| watchers.push(watcher));
}

/// Tells everyone how things stand.
pub(crate) fn tell() {
    let mail = Rc::new(mail());
    let watchers = WATCHERS.with_borrow(Clone::clone);
    watchers
        .iter()
        .for_each(|watcher| watcher.emit(mail.clone()));
}

/// How things stand.
pub(crate) fn mail() -> Mail {
    Mail {
        outbox: storage::outbox(),
        receipts: storage::receipts(),
        decided: host::decisions(),
        waiting: WAITING.get(),
        now: dom::now() / 1000,
        ahead: dom::ahead(),
    }
}

/// Puts items into the outbox and sends them.
pub(crate) fn post(items: Vec<Item>) {
    let mut all = storage::outbox();
    all.extend(items);
    storage::set_outbox(all);
    tell();
    let _ = dom::run(Box::pin(flush()));
}

/// Sends everything that can be sent. When to try again is the loader's to say.
pub(crate) async fn flush() {
    AGAIN.set(true);
    if RUNNING.replace(true) {
        return;
    }
    while AGAIN.replace(false) {
        let work = Closure::once_into_js(|| -> JsValue {
            dom::run(Box::pin(async { WAITING.set(!deliver_all().await) })).into()
        });
        if let Some(done) = host::lock(&work) {
            // A lock that is refused is an attempt that failed.
            WAITING.set(JsFuture::from(done).await.is_err() || WAITING.get());
        }
    }
    RUNNING.set(false);
    tell();
}

/// Withdraws by code; gives the index of the operator's statement, or the kind of error ("" for no answer).
pub(crate) async fn withdraw(hash: &str, code: &str) -> Result<u64, String> {
    let body = strings(&[("receipt", hash), ("code", code)]).write();
    let answer = api::post(&host::api("/withdrawals"), "application/json", &body)
        .await
        .ok_or_else(String::new)?;
    match answer.status {
        200 | 201 => {}
        429 | 500.. => return Err(String::new()),
        _ => return Err(outbox::problem(&answer.body)),
    }
    let mut receipts = storage::receipts();
    for kept in receipts.iter_mut().filter(|kept| kept.text("hash") == hash) {
        kept.0
            .set("withdrawn", Json::from_number(dom::now() / 1000));
    }
    storage::set_receipts(receipts);
    tell();
    Ok(Json::read(&answer.body).get("index").number())
}

/// True if nothing is left that should be sent later.
async fn deliver_all() -> bool {
    loop {
        let items = storage::outbox();
        let Some(item) = outbox::next(&items) else {
            return true;
        };
        // Signing needs the site's audience, and checking the answer needs the log's key.
        let Some(bundle) = bundle().await else {
            return false;
        };
        let Some(item) = sealed(item.clone(), &bundle) else {
            return false;
        };
        if item.refused() {
            continue;
        }
        let Some(answer) =
            api::post(&host::api("/receipts"), RECEIPT_TYPE, item.text("receipt")).await
        else {
            return false;
        };
        let hash = item.text("hash");
        match outbox::judge(answer.status, &answer.body, hash, bundle.vkey()) {
            Verdict::Stored { index, time, proof } => {
                let mut receipts = storage::receipts();
                if receipts.iter().all(|own| own.text("hash") != hash) {
                    receipts.push(item.keep(&bundle, index, time, proof));
                    // (2)
                    storage::set_receipts(receipts);
                }
                replace(item.text("id"), None);
                host::stored(hash, index);
            }
            Verdict::Refused(kind) => {
                let mut refused = item.clone();
                refused.refuse(&kind);
                replace(item.text("id"), Some(refused));
            }
            Verdict::Later => {
                // The log's key may have changed since the bundle came.
                BUNDLE.set(None);
                return false;
            }
        }
        tell();
    }
}

/// The item with its signature; nothing if this device cannot sign now.
fn sealed(mut item: Item, bundle: &Bundle) -> Option<Item> {
    if !item.text("receipt").is_empty() {
        return Some(item);
    }
    let mut random_failed = false;
    let mut random = |buffer: &mut [u8]| random_failed |= getrandom::fill(buffer).is_err();
    let key = key::device()?;
    let hand = Hand {
        key: &key,
        prev: host::get(storage::PREV).and_then(|prev| prev.parse().ok()),
        now: dom::now(),
        random: &mut random,
    };
    item.complete(bundle);
    let sealed = item.seal(bundle.audience(), hand);
    if random_failed {
        return None;
    }
    match sealed {
        Ok(()) => host::set(storage::PREV, Some(item.text("hash"))),
        Err(kind) => item.refuse(kind.slug()),
    }
    // (1)
    replace(item.text("id"), Some(item.clone()));
    tell();
    Some(item)
}

/// Puts an item in the place of the one with its id, or takes that away. Everything else stays as the loader may have just
/// written it.
fn replace(id: &str, by: Option<Item>) {
    let mut items = storage::outbox();
    if let Some(at) = items.iter().position(|item| item.text("id") == id) {
        match by {
            Some(item) => items[at] = item,
            None => drop(items.remove(at)),
        }
        storage::set_outbox(items);
    }
}

/// The day on which receipts are dated: that of Moscow, where Russian operators are.
pub(crate) fn operators_day(now: u64) -> String {
    Moment::new(now, 180).iso()
}

/// The policy's text.
pub(crate) async fn document(lang: Lang) -> Option<Rc<Document>> {
    let text = api::get(&host::policy_page(bundle().await?.edition(), lang)).await?;
    Document::read(&text).map(Rc::new)
}
