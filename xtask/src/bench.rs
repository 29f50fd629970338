//! Benches: figures beside their limits, measured in one run. No check: a busy machine must not fail a build.

use crate::assets;
use crate::browser;
use crate::command::{cargo, run};
use crate::e2e;
use crate::failure::Failure;
use crate::place;

/// `cargo xtask bench server|widget …`
pub(crate) fn bench(words: &[String]) -> Result<(), Failure> {
    match words
        .split_first()
        .map(|(name, rest)| (name.as_str(), rest))
    {
        Some(("server", rest)) => server(rest),
        Some(("widget", rest)) => widget(rest),
        _ => Err(Failure::Usage(
            "`bench` knows two benches: server, widget".to_owned(),
        )),
    }
}

/// `[--json] [--size N] [--seconds S]`: the release server under load, `server/benches/receipts`.
fn server(words: &[String]) -> Result<(), Failure> {
    assets::build()?;
    e2e::build_server()?;
    run(cargo()
        .args([
            "bench",
            "--quiet",
            "--package",
            "raspiska-server",
            "--bench",
            "receipts",
            "--",
        ])
        .args(words)
        .env("RASPISKA_BIN", place::server()))
}

/// `[--runs N] [--json]`: what a visitor meets on a slow telephone, `tests/benches/widget`.
fn widget(words: &[String]) -> Result<(), Failure> {
    let browser = browser::ensure()?;
    assets::build()?;
    e2e::build_server()?;
    run(cargo()
        .args([
            "bench",
            "--quiet",
            // The stories' own build: it drives the browser and is no part of what is measured.
            "--profile",
            "dev",
            "--package",
            "raspiska-tests",
            "--bench",
            "widget",
            "--",
        ])
        .args(words)
        .env("RASPISKA_BIN", place::server())
        .env("RASPISKA_ROOT", place::root())
        .env("CHROMIUM", browser.chromium)
        .env("CHROMEDRIVER", browser.driver))
}
