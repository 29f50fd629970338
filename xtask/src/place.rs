//! Where things are in the workspace.

use std::env;
use std::path::{Path, PathBuf};

/// The workspace's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a directory of the workspace")
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// The browser's files, ready to be served; the server embeds this folder.
pub(crate) fn assets() -> PathBuf {
    root().join("target/www")
}

/// What is fetched for the tests alone.
pub(crate) fn tools() -> PathBuf {
    root().join("target/tools")
}

/// The server that `cargo build --release` made.
pub(crate) fn server() -> PathBuf {
    target()
        .join("release")
        .join(format!("raspiska{}", env::consts::EXE_SUFFIX))
}
