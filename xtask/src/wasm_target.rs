//! The standard library for the browser: `wasm32-unknown-unknown`.
//!
//! Three ways, the first that works: it is there; rustup adds it; it is compiled once from its sources.

use crate::command::{ask, cargo, run, run_within};
use crate::failure::{Failure, at};
use crate::std_sources;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The target's name.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Makes sure that the toolchain in use can build for the browser.
pub(crate) fn ensure() -> Result<(), Failure> {
    let Some(library) = target_library() else {
        return Err(missing("rustc does not say where its libraries are"));
    };
    if has_std(&library) {
        return Ok(());
    }
    println!("The standard library for {TARGET} is missing.");
    let mut rustup = Command::new("rustup");
    rustup
        .current_dir(crate::place::root())
        .args(["target", "add", TARGET]);
    if run_within(&mut rustup, Duration::from_secs(180)).is_ok() && has_std(&library) {
        return Ok(());
    }
    println!("rustup could not add it: building it from its sources.");
    std_sources::ensure()?;
    from_sources(&library)?;
    if has_std(&library) {
        return Ok(());
    }
    Err(missing(
        "its sources did not make a standard library for the browser",
    ))
}

fn missing(what: &str) -> Failure {
    Failure::Missing {
        what: what.to_owned(),
        remedy: format!("rustup target add {TARGET}"),
    }
}

/// The compiler in use.
pub(crate) fn rustc() -> Command {
    let mut command = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.current_dir(crate::place::root());
    command
}

fn target_library() -> Option<PathBuf> {
    ask(rustc().args(["--print", "target-libdir", "--target", TARGET])).map(PathBuf::from)
}

/// `test` is asked for too: with std alone programs build, and their tests do not.
fn has_std(library: &Path) -> bool {
    ["libstd-", "libtest-"]
        .iter()
        .all(|name| files(library).any(|file| name_matches(&file, name, ".rlib")))
}

/// What is in a folder; nothing if it is not there.
pub(crate) fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
}

/// Is this the name of such a file?
pub(crate) fn name_matches(file: &Path, start: &str, end: &str) -> bool {
    file.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with(start) && name.ends_with(end))
}

fn from_sources(library: &Path) -> Result<(), Failure> {
    let work = crate::place::tools().join("std");
    if work.exists() {
        fs::remove_dir_all(&work).map_err(at(&work))?;
    }
    compile(&work, library)?;
    fs::remove_dir_all(&work).map_err(at(&work))
}

/// Compiles std and lays it where rustc looks for it.
fn compile(work: &Path, library: &Path) -> Result<(), Failure> {
    let package = work.join("std");
    let source = package.join("src");
    fs::create_dir_all(&source).map_err(at(&source))?;
    let manifest = package.join("Cargo.toml");
    fs::write(
        &manifest,
        "[package]\nname = \"std-for-wasm\"\nedition = \"2024\"\n[workspace]\n",
    )
    .map_err(at(&manifest))?;
    let code = source.join("lib.rs");
    fs::write(&code, "#![no_std]\n").map_err(at(&code))?;

    let target = package.join("target");
    // Bitcode lets fat LTO see through std; the bootstrap switch is for this one build alone.
    run(cargo()
        .current_dir(&package)
        .args([
            "build",
            "--release",
            "-Zbuild-std=std,panic_abort,test",
            "--target",
            TARGET,
        ])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", &target))?;

    // Two builds of std side by side would be one too many for rustc.
    for old in files(library).filter(|file| name_matches(file, "lib", "")) {
        fs::remove_file(&old).map_err(at(&old))?;
    }
    fs::create_dir_all(library).map_err(at(library))?;
    let built = target.join(TARGET).join("release/deps");
    for file in files(&built).filter(|file| name_matches(file, "lib", ".rlib")) {
        if name_matches(&file, "libstd_for_wasm-", ".rlib") {
            continue;
        }
        if let Some(name) = file.file_name() {
            fs::copy(&file, library.join(name)).map_err(at(&file))?;
        }
    }
    Ok(())
}
