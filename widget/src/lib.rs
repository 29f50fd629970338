//! The browser's side of Raspiska, fetched only when something has to be signed or opened: preferences, forms, the policy,
//! "my consents"; and the outbox that signs decisions and sends them.
//!
//! In scope: what a person sees and decides, and the way of a decision to the server. Out of scope, and who does it: what is
//! held back and let through, storage, the banner, when to try again (the loader, `www/loader`); formats and cryptography
//! (`raspiska-shared`).

// The site and its texts.
mod bundle;
mod calendar;
mod document;
mod json;
mod search;
mod texts;

// What a person does.
mod code;
mod consents;
mod form;
mod state;

// The way of a decision.
mod deliver;
mod kept;
mod key;
mod outbox;
mod storage;

// The browser.
mod api;
mod app;
mod components;
mod dom;
mod host;

use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

use crate::state::View;

/// Takes the loader's object. Once, before anything else.
#[wasm_bindgen]
pub fn start(host: host::Host) {
    host::take(host);
}

/// Opens the dialog: `preferences`, `policy` or `consents`.
#[wasm_bindgen]
pub fn open(what: &str) {
    app::open(match what {
        "policy" => View::Policy,
        "consents" => View::Consents,
        _ => View::Preferences,
    });
}

/// Draws the form `name` in an element's open shadow root.
#[wasm_bindgen]
pub fn mount_form(element: &Element, name: String) {
    app::mount_form(element, name);
}

/// Signs and sends what waits in the outbox; the promise is kept when that was tried.
#[wasm_bindgen]
pub fn flush() -> Promise {
    dom::run(Box::pin(deliver::flush()))
}
