//! The loader's side of the wall: storage, gate, lock. All that the widget asks of the page goes through here.

use std::cell::OnceCell;

use js_sys::Promise;
use raspiska_shared::lang::Lang;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::json::Json;

#[wasm_bindgen]
extern "C" {
    /// What the loader gives to `start`.
    pub type Host;
    #[wasm_bindgen(method, getter)]
    fn site(this: &Host) -> String;
    #[wasm_bindgen(method, getter)]
    fn base(this: &Host) -> String;
    #[wasm_bindgen(method, getter)]
    fn lang(this: &Host) -> String;
    #[wasm_bindgen(method)]
    fn get(this: &Host, name: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    fn set(this: &Host, name: &str, value: Option<&str>);
    #[wasm_bindgen(method)]
    fn decisions(this: &Host) -> String;
    #[wasm_bindgen(method)]
    fn decide(this: &Host, method: &str, wanted: &str);
    #[wasm_bindgen(method)]
    fn lock(this: &Host, work: &JsValue) -> Promise;
    #[wasm_bindgen(method)]
    fn stored(this: &Host, hash: &str, index: f64);
    #[wasm_bindgen(method)]
    fn closed(this: &Host);
}

thread_local! {
    static HOST: OnceCell<Host> = const { OnceCell::new() };
}

/// Takes the loader's object, once.
pub(crate) fn take(host: Host) {
    HOST.with(|own| {
        let _ = own.set(host);
    });
}

/// The site's id.
pub(crate) fn site() -> String {
    with(Host::site).unwrap_or_default()
}

/// Where the server is, without a slash at the end.
pub(crate) fn base() -> String {
    with(Host::base).unwrap_or_default()
}

/// An address of the API for this site.
pub(crate) fn api(path: &str) -> String {
    [&base(), "/v1/sites/", &site(), path].concat()
}

/// Where a receipt is opened on any device: `www/spec/http.md`, the page of whoever comes without it.
pub(crate) fn my_page(hash: &str, code: &str) -> String {
    [&base(), "/my/", &site(), "#", hash, ".", code].concat()
}

/// The page of an edition of the policy.
pub(crate) fn policy_page(edition: &str, lang: Lang) -> String {
    [
        &base(),
        "/policy/",
        &site(),
        "/",
        edition,
        "?lang=",
        lang.tag(),
    ]
    .concat()
}

/// The language of the page.
pub(crate) fn lang() -> Lang {
    with(Host::lang)
        .and_then(|tag| Lang::from_tag(&tag))
        .unwrap_or_default()
}

/// A value kept on this device.
pub(crate) fn get(name: &str) -> Option<String> {
    with(|host| host.get(name)).flatten()
}

/// Keeps a value, or forgets it.
pub(crate) fn set(name: &str, value: Option<&str>) {
    with(|host| host.set(name, value));
}

/// What was decided about cookies and is in force: states by purpose.
pub(crate) fn decisions() -> Json {
    Json::read(&with(Host::decisions).unwrap_or_default())
}

/// Decides about cookies: the gate, the storage and the outbox follow.
pub(crate) fn decide(method: &str, wanted: &str) {
    with(|host| host.decide(method, wanted));
}

/// Runs `work`, a function that gives a promise, while no other page of this site does the same.
pub(crate) fn lock(work: &JsValue) -> Option<Promise> {
    with(|host| host.lock(work))
}

/// A receipt is in the log.
pub(crate) fn stored(hash: &str, index: u64) {
    with(|host| host.stored(hash, index as f64));
}

/// The dialog is closed: the focus goes back to where it was.
pub(crate) fn closed() {
    with(Host::closed);
}

fn with<T>(ask: impl FnOnce(&Host) -> T) -> Option<T> {
    HOST.with(|host| host.get().map(ask))
}
