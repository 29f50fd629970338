//! What can go wrong, each with what to do about it where something can be done.

use std::io;
use std::path::{Path, PathBuf};

/// One way in which a task fails.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Usage(String),
    #[error("cannot start `{command}`: {source}")]
    Start { command: String, source: io::Error },
    #[error("`{command}` ended with {status}")]
    Ended { command: String, status: String },
    #[error("`{command}` did not end within {seconds} s")]
    TooLong { command: String, seconds: u64 },
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{what}; this command helps: {remedy}")]
    Missing { what: String, remedy: String },
    #[error("wasm-bindgen: {0}")]
    Bindgen(String),
    #[error("the glue imports `{0}`, and the pages load two files only: glue and Wasm")]
    Snippet(String),
    #[error("{file} is not JavaScript that the minifier reads: {message}")]
    Script { file: String, message: String },
    #[error("the loader has {found} places for {literal}, and needs exactly one")]
    Placeholder { literal: &'static str, found: usize },
    #[error("{}: {message}", path.display())]
    Malformed { path: PathBuf, message: String },
    #[error("{0}")]
    Budget(String),
    #[error(
        "{address} is in use: end what listens there, or choose another with --listen ({source})"
    )]
    PortInUse { address: String, source: io::Error },
    #[error("the server did not answer every request of the flood: {source}")]
    Flood { source: io::Error },
    #[error(
        "the server's memory grew from {before} KiB to {after} KiB under requests that leave nothing; {allowed} KiB more are allowed"
    )]
    Grew {
        before: u64,
        after: u64,
        allowed: u64,
    },
    #[error("`{0}` ran no test")]
    NoTest(String),
    #[error("the tests in the browser failed: {0}")]
    Browser(String),
}

/// Names the file in an I/O error, which on its own does not.
pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Failure + '_ {
    move |source| Failure::File {
        path: path.to_owned(),
        source,
    }
}
