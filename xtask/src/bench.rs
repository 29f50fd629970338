//! Benches: figures beside their limits, measured in one run. No check: a busy machine must not fail a build.

use crate::assets;
use crate::command::{cargo, run};
use crate::e2e;
use crate::failure::Failure;
use crate::place;

/// `cargo xtask bench server [--json] [--size N] [--seconds S]`: the release server under load, `server/benches/receipts`.
pub(crate) fn bench(words: &[String]) -> Result<(), Failure> {
    let Some(("server", rest)) = words
        .split_first()
        .map(|(name, rest)| (name.as_str(), rest))
    else {
        return Err(Failure::Usage("`bench` knows one bench: server".to_owned()));
    };
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
        .args(rest)
        .env("RASPISKA_BIN", place::server()))
}
