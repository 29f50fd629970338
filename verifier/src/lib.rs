//! Receipt files, checked in a browser by the code that the server and `raspiska verify` use.
//!
//! In scope: bytes in, a report out as JSON. Out of scope, and who does it: everything about receipts, proofs and files
//! (`raspiska-shared`), the words and the page (`server/src/http/verify`, `www/verify`).

mod report;

use wasm_bindgen::prelude::wasm_bindgen;

/// Checks a receipt file. With `trusted`, a log's verifier key, the file's own key must be that one.
///
/// Gives JSON, by its member `verdict`:
/// - `{"verdict":"holds","facts":{…}}`: the members of `raspiska_shared::facts::Facts`;
/// - `{"verdict":"fails","kind":"signature","detail":"…"}`: the first thing that does not hold;
/// - `{"verdict":"unchecked","kind":"vkey","detail":"…"}`: `trusted` is not a verifier key.
#[wasm_bindgen]
#[must_use]
pub fn check(file: &[u8], trusted: Option<String>) -> String {
    report::write(file, trusted.as_deref())
}
