//! The script of the page that checks receipt files: glue and fragments in one function, minified.

use crate::failure::Failure;
use crate::minify::{Kind, minify};
use crate::{loader, place};
use std::path::PathBuf;

/// Each fragment sees the names of those before it, and the first `wasm_bindgen`.
pub(crate) const FRAGMENTS: [&str; 4] = ["check.js", "show.js", "ask.js", "start.js"];

/// Where the fragments are.
pub(crate) fn folder() -> PathBuf {
    place::root().join("www/verify")
}

/// The script around this glue: one file, so that all of it is there when the network goes away.
pub(crate) fn build(glue: &str) -> Result<String, Failure> {
    let body = loader::join(&folder(), &FRAGMENTS)?;
    let script = loader::wrap(&format!("{glue}\n{body}"));
    minify("the script of /verify", &script, Kind::Script)
}
