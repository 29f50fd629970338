//! Stories in a real browser against the real server.

use crate::checks::{count, is_ci};
use crate::command::{self, cargo};
use crate::companions::{axe, faketime, frameworks, jose, python};
use crate::failure::{Failure, at};
use crate::report::Tally;
use crate::{assets, browser, budget, place};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// A program of others that some tests need: the variable that leads the tests to it, a word in the names of
/// those tests, and how it is had.
type Companion = (&'static str, &'static str, fn() -> Result<PathBuf, Failure>);

const COMPANIONS: [Companion; 5] = [
    ("AXE", "axe", axe),
    ("JOSE", "node", jose),
    ("PYTHON", "python", python),
    ("FRAMEWORKS", "framework", frameworks),
    ("FAKETIME", "moved_clock", faketime),
];

/// Builds what the stories need and runs those whose names contain a filter, or all.
/// `extra` are more variables for the tests.
pub(crate) fn run(filters: &[String], extra: &[(&str, OsString)]) -> Result<Tally, Failure> {
    let browser = browser::ensure()?;
    assets::build()?;
    build_server()?;

    let mut tally = Tally::default();
    let mut tests = cargo();
    tests
        .args(["test", "--package", "raspiska-tests", "--no-fail-fast"])
        .env("RASPISKA_BIN", place::server())
        .env("RASPISKA_ROOT", place::root())
        .env(
            "RASPISKA_LOADER_BUDGET",
            budget::read()?.whole_response.to_string(),
        )
        .env(
            "RASPISKA_BRIEF_BUDGET",
            budget::read()?.brief_response.to_string(),
        )
        .env("CHROMIUM", browser.chromium)
        .env("CHROMEDRIVER", browser.driver)
        .envs(extra.iter().map(|(name, value)| (name, value)))
        // Those are a step of their own.
        .args(["--", "--skip", "crash::"])
        .args(filters);
    for (variable, word, get) in COMPANIONS {
        match get() {
            Ok(path) => {
                tests.env(variable, path);
            }
            // Where nothing may be left out, its absence is a failure like any other.
            Err(failure) if is_ci() => return Err(failure),
            Err(failure) => {
                tests.args(["--skip", word]);
                tally.add(Tally::skipped(format!("tests named {word}: {failure}")));
            }
        }
    }
    tally.add(count(&mut tests)?);
    Ok(tally)
}

/// Makes the pictures of the README: the story that draws them, told where to put them.
pub(crate) fn shots(folder: Option<&str>) -> Result<Tally, Failure> {
    let folder = folder.map_or_else(|| place::root().join("target/shots"), PathBuf::from);
    let folder = std::path::absolute(&folder).map_err(at(Path::new(&folder)))?;
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let tally = run(
        &["shots".to_owned()],
        &[("RASPISKA_SHOTS", folder.clone().into())],
    )?;
    println!("Pictures are in {}", folder.display());
    Ok(tally)
}

/// The server as it is delivered, with the browser's files inside.
pub(crate) fn build_server() -> Result<(), Failure> {
    command::run(cargo().args(["build", "--release", "--package", "raspiska-server"]))
}
