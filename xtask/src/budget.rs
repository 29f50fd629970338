//! Sizes that may not grow: `www/budgets.toml` against what was built.

use crate::assets::{self, brotli};
use crate::failure::{Failure, at};
use crate::place;
use serde::Deserialize;
use std::fs;

/// Bytes after brotli, per file.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Budgets {
    /// The script of a page, before a site's configuration is put into it: for whoever has not answered yet,
    whole: usize,
    /// for whoever has,
    brief: usize,
    /// and both for sites that ask for more.
    whole_more: usize,
    /// See above.
    brief_more: usize,
    /// What a brief one fetches when something is clicked.
    acts: usize,
    /// What pages need seldom.
    later: usize,
    /// What puts a consent into a page's own form.
    attach: usize,
    /// What sends the files that go with a form.
    file: usize,
    /// What reads that which another manager has left.
    moving: usize,
    /// The calls of other managers.
    calls: usize,
    /// What shows a developer what runs without consent.
    watch: usize,
    /// The whole one as the demo site's visitors get it; the browser tests ask the server for it.
    pub(crate) whole_response: usize,
    /// The brief one.
    pub(crate) brief_response: usize,
    /// The widget's glue.
    glue: usize,
    /// The widget's Wasm.
    wasm: usize,
    /// The script of the page that checks receipt files, its glue included.
    verify: usize,
    /// Its Wasm.
    verifier: usize,
}

/// Reads the budgets.
pub(crate) fn read() -> Result<Budgets, Failure> {
    let path = place::root().join("www/budgets.toml");
    let text = fs::read_to_string(&path).map_err(at(&path))?;
    toml::from_str(&text).map_err(|error| Failure::Malformed {
        path,
        message: error.to_string(),
    })
}

/// Prints every size beside its budget; the error names each file that is over.
pub(crate) fn check() -> Result<(), Failure> {
    let budgets = read()?;
    let manifest = assets::manifest()?;
    let folder = place::assets();
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).map_err(at(&path))
    };
    let sent = |name: &str| Ok::<_, Failure>(read(&format!("{name}.br"))?.len());
    let script = |name: &str| {
        let file = format!("{}/{name}", assets::SITE);
        Ok::<_, Failure>(brotli(&read(&file)?).len())
    };
    let rows = [
        ("whole", script("whole.js")?, budgets.whole),
        ("brief", script("brief.js")?, budgets.brief),
        ("whole, more", script("whole-more.js")?, budgets.whole_more),
        ("brief, more", script("brief-more.js")?, budgets.brief_more),
        ("acts", script("acts.js")?, budgets.acts),
        ("later", script("later.js")?, budgets.later),
        ("attach", script("attach.js")?, budgets.attach),
        ("file", script("file.js")?, budgets.file),
        ("moving", script("moving.js")?, budgets.moving),
        ("calls", script("calls.js")?, budgets.calls),
        ("watch", script("watch.js")?, budgets.watch),
        ("glue", sent(&manifest.widget)?, budgets.glue),
        ("wasm", sent(&manifest.wasm)?, budgets.wasm),
        ("verify", sent(&manifest.verify)?, budgets.verify),
        ("verifier", sent(&manifest.verifier)?, budgets.verifier),
    ];
    let mut over = Vec::new();
    for (name, is, may) in rows {
        println!("  {name:<11} {is:>6} of {may:>6} bytes");
        if is > may {
            over.push(format!("{name} is {} bytes over", is - may));
        }
    }
    if over.is_empty() {
        return Ok(());
    }
    Err(Failure::Budget(over.join(", ")))
}
