//! Chromium and its driver: found, or installed where we may.

use crate::apt;
use crate::failure::Failure;
use std::env;
use std::path::PathBuf;

/// The browser that the tests drive.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    /// Chromium itself.
    pub(crate) chromium: PathBuf,
    /// The program that speaks WebDriver for it.
    pub(crate) driver: PathBuf,
}

/// Finds both, installing them first if they are missing and we are root on Debian.
pub(crate) fn ensure() -> Result<Browser, Failure> {
    if let Some(browser) = find() {
        return Ok(browser);
    }
    println!("Chromium or its driver is missing.");
    // Without recommended packages there would be no font at all, and every letter a box.
    let packages = ["chromium", "chromium-driver", "fonts-liberation"];
    let what = "the tests need Chromium and its driver";
    apt::install(what, &packages)?;
    find().ok_or_else(|| Failure::Missing {
        what: what.to_owned(),
        remedy: format!("sudo apt-get install {}", packages.join(" ")),
    })
}

fn find() -> Option<Browser> {
    Some(Browser {
        chromium: program(
            "CHROMIUM",
            &["chromium", "chromium-browser", "google-chrome"],
        )?,
        driver: program("CHROMEDRIVER", &["chromedriver"])?,
    })
}

/// What the variable names, else the first of the names that is on the PATH.
fn program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(named) = env::var_os(variable).map(PathBuf::from) {
        return named.is_file().then_some(named);
    }
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

/// A start without screen, network chatter or questions; root has no sandbox.
pub(crate) const HEADLESS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];
