//! The standard library for the browser: `wasm32-unknown-unknown`.
//!
//! Three ways, the first that works: it is there; rustup adds it; on Debian, where rustup cannot reach its
//! server, the sources of exactly this compiler's std come as a package and are compiled once.

use crate::apt;
use crate::command::{ask, cargo, run, run_quietly, run_within};
use crate::failure::{Failure, at};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The target's name.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's suites that carry compilers newer than its stable release, and the ones before the newest.
const SUITES: &str = "trixie-backports forky sid";

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
    if !apt::may_install() || !is_debian() {
        return Err(missing("there is no standard library for the browser"));
    }
    println!("rustup could not add it: building it from Debian's package of the same version.");
    from_debian(&library)?;
    if has_std(&library) {
        return Ok(());
    }
    Err(missing(
        "Debian's sources did not make a standard library for the browser",
    ))
}

fn missing(what: &str) -> Failure {
    Failure::Missing {
        what: what.to_owned(),
        remedy: format!("rustup target add {TARGET}"),
    }
}

fn rustc() -> Command {
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

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
}

fn name_matches(file: &Path, start: &str, end: &str) -> bool {
    file.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with(start) && name.ends_with(end))
}

fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

fn from_debian(library: &Path) -> Result<(), Failure> {
    let work = crate::place::tools().join("std");
    if work.exists() {
        fs::remove_dir_all(&work).map_err(at(&work))?;
    }
    let sources = unpacked_sources(&work)?;

    // Cargo compiles std only from this one place; a component of rustup that is already there stays.
    let sysroot = ask(rustc().args(["--print", "sysroot"]))
        .ok_or_else(|| missing("rustc does not say where it is installed"))?;
    let place = Path::new(&sysroot).join("lib/rustlib/src/rust");
    let lent = !place.join("library").exists();
    if lent {
        fs::create_dir_all(&place).map_err(at(&place))?;
        run(Command::new("cp").arg("-r").arg(&sources).arg(&place))?;
    }
    let built = compile(&work, library);
    if lent {
        let copy = place.join("library");
        fs::remove_dir_all(&copy).map_err(at(&copy))?;
    }
    built?;
    fs::remove_dir_all(&work).map_err(at(&work))
}

/// Downloads `rust-src` of this compiler's version and unpacks it. Apt checks the signatures as always.
fn unpacked_sources(work: &Path) -> Result<PathBuf, Failure> {
    let folder = work.join("sources");
    let lists = work.join("lists");
    for needed in [&folder, &lists.join("partial")] {
        fs::create_dir_all(needed).map_err(at(needed))?;
    }
    let sources = folder.join("newer.sources");
    fs::write(&sources, newer_suites()?).map_err(at(&sources))?;
    let settings = work.join("apt.conf");
    let text = format!(
        "Dir::Etc::SourceList \"/dev/null\";\nDir::Etc::SourceParts \"{}\";\nDir::State::Lists \"{}\";\n\
         APT::Sandbox::User \"root\";\nAcquire::Languages \"none\";\n",
        folder.display(),
        lists.display(),
    );
    fs::write(&settings, text).map_err(at(&settings))?;
    let apt = || {
        let mut command = apt::apt_get();
        command.current_dir(work).env("APT_CONFIG", &settings);
        command
    };
    // One suite that is gone or signed by a key unknown here must not hide the others.
    run_quietly(apt().args(["-q", "update"])).ok();

    let version = ask(rustc().arg("--version"))
        .and_then(|line| line.split(' ').nth(1).map(str::to_owned))
        .ok_or_else(|| missing("rustc does not say its version"))?;
    let package = format!("rust-src={version}*");
    run(apt().args(["-q", "download", &package]))?;
    let package = files(work)
        .find(|file| name_matches(file, "rust-src_", ".deb"))
        .ok_or_else(|| missing("Debian has no sources of this compiler's version"))?;
    let unpacked = work.join("unpacked");
    run(Command::new("dpkg-deb")
        .arg("-x")
        .arg(&package)
        .arg(&unpacked))?;
    Ok(unpacked.join(format!("usr/src/rustc-{version}/library")))
}

/// The machine's own Debian mirror and keys, pointed at newer suites.
fn newer_suites() -> Result<String, Failure> {
    let stanzas = Path::new("/etc/apt/sources.list.d/debian.sources");
    if stanzas.is_file() {
        let text = fs::read_to_string(stanzas).map_err(at(stanzas))?;
        return Ok(stanzas_for(&text, SUITES));
    }
    let lines = Path::new("/etc/apt/sources.list");
    let text = fs::read_to_string(lines).map_err(at(lines))?;
    one_line_source(&text, SUITES).ok_or_else(|| missing("no Debian mirror is set up"))
}

/// Stanzas of a `debian.sources` file with their suites replaced; the security archive has no such suites.
fn stanzas_for(text: &str, suites: &str) -> String {
    let mut kept = String::new();
    for stanza in text
        .split("\n\n")
        .filter(|stanza| !stanza.contains("security"))
    {
        for line in stanza.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with("Suites:") {
                kept.push_str("Suites: ");
                kept.push_str(suites);
            } else {
                kept.push_str(line);
            }
            kept.push('\n');
        }
        kept.push('\n');
    }
    kept
}

/// The first mirror of an old `sources.list`, as a stanza.
fn one_line_source(text: &str, suites: &str) -> Option<String> {
    let mirror = text
        .lines()
        .filter(|line| line.starts_with("deb ") && !line.contains("security"))
        .flat_map(str::split_whitespace)
        .find(|word| word.starts_with("http"))?;
    Some(format!(
        "Types: deb\nURIs: {mirror}\nSuites: {suites}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    ))
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

#[cfg(test)]
mod tests {
    use super::{one_line_source, stanzas_for};

    #[test]
    fn stanzas_keep_the_mirror_and_leave_security_out() {
        let text = "Types: deb\n# a note\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\nSigned-By: /k.gpg\n\n\
                    Types: deb\nURIs: http://mirror.example/debian-security\nSuites: bookworm-security\n";
        assert_eq!(
            stanzas_for(text, "sid"),
            "Types: deb\nURIs: http://mirror.example/debian\nSuites: sid\nSigned-By: /k.gpg\n\n"
        );
    }

    #[test]
    fn an_old_list_gives_its_mirror() {
        let text = "# comment\ndeb [arch=amd64] http://mirror.example/debian bookworm main\n";
        let stanza = one_line_source(text, "sid").unwrap();
        assert!(stanza.contains("URIs: http://mirror.example/debian\nSuites: sid\n"));
    }

    #[test]
    fn a_list_of_security_alone_has_no_mirror() {
        assert_eq!(
            one_line_source("deb http://mirror.example/debian-security x main\n", "sid"),
            None
        );
    }
}
