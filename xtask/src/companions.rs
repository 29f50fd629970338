//! Programs of others that the tests ask for a second opinion: axe-core on accessibility, Python's `cryptography` and Node's
//! `jose` on receipts, schemathesis on the HTTP interface, React and Vue as host pages.

use crate::apt;
use crate::command::{ask, run};
use crate::failure::{Failure, at};
use crate::place;
use sha2::{Digest as _, Sha256};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// schemathesis and all that it needs, each at one release.
const REQUIREMENTS: &str = include_str!("../../tests/api/requirements.txt");

/// The release of axe-core whose rules the pages are held to.
const AXE: &str = "4.14.1";

/// The release of jose that checks receipts.
const JOSE: &str = "6.2.17";

/// The frameworks that the guides tell of, as a page without a bundler takes them.
const FRAMEWORKS: [&str; 3] = ["react@18.3.1", "react-dom@18.3.1", "vue@3.5.13"];

/// Where Debian puts the library that tells a program another time, by the machine's architecture.
const FAKETIME: &str = "faketime/libfaketimeMT.so.1";

/// The library that tells a program another time: for stories in which months go by.
pub(crate) fn faketime() -> Result<PathBuf, Failure> {
    let what = "libfaketime, a clock that can be moved";
    let find = || {
        let folders = fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok);
        let mut files = folders.map(|folder| folder.path().join(FAKETIME));
        files.find(|file| file.is_file())
    };
    if let Some(file) = find() {
        return Ok(file);
    }
    apt::install(what, &["libfaketime"])?;
    find().ok_or_else(|| Failure::Missing {
        what: what.to_owned(),
        remedy: "sudo apt-get install libfaketime".to_owned(),
    })
}

/// The file `axe.min.js`, fetched once by npm.
pub(crate) fn axe() -> Result<PathBuf, Failure> {
    let folder = place::tools().join(format!("axe-core-{AXE}"));
    let script = folder.join("package/axe.min.js");
    if script.is_file() {
        return Ok(script);
    }
    npm("axe-core, the accessibility rules, comes by npm")?;
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    run(Command::new("npm").current_dir(&folder).args([
        "pack",
        "--silent",
        &format!("axe-core@{AXE}"),
    ]))?;
    run(Command::new("tar").current_dir(&folder).args([
        "-xzf",
        &format!("axe-core-{AXE}.tgz"),
        "package/axe.min.js",
    ]))?;
    Ok(script)
}

/// The folder in whose `node_modules` jose is, fetched once by npm.
pub(crate) fn jose() -> Result<PathBuf, Failure> {
    let folder = place::tools().join(format!("jose-{JOSE}"));
    if folder.join("node_modules/jose/package.json").is_file() {
        return Ok(folder);
    }
    npm("jose, a second opinion on receipts, comes by npm")?;
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    run(Command::new("npm").current_dir(&folder).args([
        "install",
        "--silent",
        "--no-save",
        "--prefix",
        ".",
        &format!("jose@{JOSE}"),
    ]))?;
    Ok(folder)
}

/// The folder in whose `node_modules` the frameworks are, fetched once by npm.
pub(crate) fn frameworks() -> Result<PathBuf, Failure> {
    let folder = place::tools().join(FRAMEWORKS.join("-"));
    if folder.join("node_modules/vue/package.json").is_file() {
        return Ok(folder);
    }
    npm("React and Vue, which the guides tell of, come by npm")?;
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    run(Command::new("npm")
        .current_dir(&folder)
        .args(["install", "--silent", "--no-save", "--prefix", "."])
        .args(FRAMEWORKS))?;
    Ok(folder)
}

/// npm, and Node with it.
fn npm(what: &str) -> Result<(), Failure> {
    if apt::on_path("npm") {
        return Ok(());
    }
    apt::install(what, &["npm"])
}

/// A Python that has `cryptography`, with which a second client is written.
pub(crate) fn python() -> Result<PathBuf, Failure> {
    if let Some(found) = python_with_cryptography() {
        return Ok(found);
    }
    let what = "the independent client needs Python with `cryptography`";
    apt::install(what, &["python3-cryptography"])?;
    python_with_cryptography().ok_or_else(|| Failure::Missing {
        what: what.to_owned(),
        remedy: "sudo apt-get install python3-cryptography".to_owned(),
    })
}

/// schemathesis in an environment of its own, which is made once for each list of releases.
pub(crate) fn schemathesis() -> Result<PathBuf, Failure> {
    let hash: String = Sha256::digest(REQUIREMENTS)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let folder = place::tools().join(format!("schemathesis-{hash}"));
    let program = folder.join("bin/schemathesis");
    if ask(Command::new(&program).arg("--version")).is_some() {
        return Ok(program);
    }
    let what = "schemathesis, which tries the HTTP interface, comes by Python's pip";
    let make = || {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder))
    };
    if make().is_err() {
        apt::install(what, &["python3-venv"])?;
        make()?;
    }
    run(Command::new(folder.join("bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check"])
        .arg("--requirement")
        .arg(place::root().join("tests/api/requirements.txt")))?;
    Ok(program)
}

/// Debian's own is asked too: another one may come first on the PATH and not see Debian's packages.
fn python_with_cryptography() -> Option<PathBuf> {
    env::var_os("PYTHON")
        .map(PathBuf::from)
        .into_iter()
        .chain(["python3".into(), "/usr/bin/python3".into()])
        .find(|python| ask(Command::new(python).args(["-c", "import cryptography"])).is_some())
}
