//! The sources of exactly this compiler's standard library, where cargo looks for them (`-Zbuild-std`).
//!
//! Three ways, the first that works: they are there; rustup adds them; on Debian, where rustup cannot reach its server, they
//! come as a package.

use crate::apt;
use crate::command::{ask, run, run_quietly, run_within};
use crate::failure::{Failure, at};
use crate::wasm_target::{files, name_matches, rustc};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Debian's suites that carry compilers newer than its stable release, and the ones before the newest.
const SUITES: &str = "trixie-backports forky sid";

/// Makes sure that std can be compiled from its sources.
pub(crate) fn ensure() -> Result<(), Failure> {
    let sysroot = ask(rustc().args(["--print", "sysroot"]))
        .ok_or_else(|| missing("rustc does not say where it is installed"))?;
    let place = Path::new(&sysroot).join("lib/rustlib/src/rust");
    let there = || place.join("library/std/Cargo.toml").is_file();
    if there() {
        return Ok(());
    }
    println!("The sources of the standard library are missing.");
    let mut rustup = Command::new("rustup");
    rustup
        .current_dir(crate::place::root())
        .args(["component", "add", "rust-src"]);
    if run_within(&mut rustup, Duration::from_secs(180)).is_ok() && there() {
        return Ok(());
    }
    if !apt::may_install() || !is_debian() {
        return Err(missing("the sources of the standard library are missing"));
    }
    println!("rustup could not add them: taking Debian's package of the same version.");
    let work = crate::place::tools().join("std-sources");
    if work.exists() {
        fs::remove_dir_all(&work).map_err(at(&work))?;
    }
    let sources = unpacked(&work)?;
    fs::create_dir_all(&place).map_err(at(&place))?;
    run(Command::new("cp").arg("-r").arg(&sources).arg(&place))?;
    fs::remove_dir_all(&work).map_err(at(&work))?;
    if there() {
        Ok(())
    } else {
        Err(missing(
            "Debian's package has no sources of the standard library",
        ))
    }
}

fn missing(what: &str) -> Failure {
    Failure::Missing {
        what: what.to_owned(),
        remedy: "rustup component add rust-src".to_owned(),
    }
}

fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

/// Downloads `rust-src` of this compiler's version and unpacks it. Apt checks the signatures as always.
fn unpacked(work: &Path) -> Result<PathBuf, Failure> {
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
