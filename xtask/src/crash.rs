//! The crash tests: kills, failing system calls, full and read-only disks, against the release server.

use crate::checks::{count, is_ci};
use crate::command::{ask, cargo};
use crate::failure::Failure;
use crate::report::Tally;
use crate::{apt, assets, e2e, place};
use std::process::Command;

/// How long and which chance.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    rounds: Option<u64>,
    seed: Option<u64>,
}

/// Builds the server and lets it be killed. What this machine does not allow is left out, but not in CI.
pub(crate) fn run(arguments: &[String]) -> Result<Tally, Failure> {
    let options = options(arguments)?;
    assets::build()?;
    e2e::build_server()?;

    let mut tally = Tally::default();
    let namespace = allowed("mounts", namespace(), &mut tally)?;
    let tracer = allowed("injected", strace(), &mut tally)?;

    let tests = cargo();
    let mut command = match namespace {
        Some(unshare) => {
            let mut command = Command::new("unshare");
            command.args(unshare).arg("--").arg(tests.get_program());
            command
                .current_dir(place::root())
                .env("RASPISKA_MOUNTS", "1");
            command
        }
        None => tests,
    };
    command
        .args(["test", "--package", "raspiska-tests", "--test", "crash"])
        .args(["--no-fail-fast", "--", "--nocapture"])
        .env("RASPISKA_BIN", place::server())
        .env("RASPISKA_ROOT", place::root());
    for (variable, number) in [
        ("RASPISKA_CRASH_ROUNDS", options.rounds),
        ("RASPISKA_CRASH_SEED", options.seed),
    ] {
        if let Some(number) = number {
            command.env(variable, number.to_string());
        }
    }
    if namespace.is_none() {
        command.args(["--skip", "::mounts::"]);
    }
    if tracer.is_none() {
        command.args(["--skip", "::injected::"]);
    }
    tally.add(count(&mut command)?);
    Ok(tally)
}

/// What was found, or a word about what is left out without it. Where nothing may be left out, that is a failure.
fn allowed<T>(
    module: &str,
    found: Result<T, Failure>,
    tally: &mut Tally,
) -> Result<Option<T>, Failure> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(failure) if is_ci() => Err(failure),
        Err(failure) => {
            tally.add(Tally::skipped(format!("tests in {module}: {failure}")));
            Ok(None)
        }
    }
}

/// The flags with which `unshare` gives the tests mounts of their own: as root, or as one's own root.
fn namespace() -> Result<&'static [&'static str], Failure> {
    const WAYS: [&[&str]; 2] = [&["--mount"], &["--mount", "--map-root-user"]];
    let works = |way: &&[&str]| {
        ask(Command::new("unshare")
            .args(*way)
            .args(["mount", "-t", "tmpfs", "none", "/mnt"]))
        .is_some()
    };
    WAYS.into_iter()
        .find(works)
        .ok_or_else(|| {
            Failure::Missing {
        what: "full and read-only disks need a mount namespace, which this system does not give us"
            .to_owned(),
        remedy: "sudo cargo xtask crash".to_owned(),
    }
        })
}

/// strace, there and allowed to trace.
fn strace() -> Result<(), Failure> {
    let works = || ask(Command::new("strace").args(["-f", "-o", "/dev/null", "true"])).is_some();
    if works() {
        return Ok(());
    }
    let what = "strace makes system calls fail";
    apt::install(what, &["strace"])?;
    if works() {
        return Ok(());
    }
    Err(Failure::Missing {
        what: format!("{what}, and this system does not let it trace"),
        remedy: "sudo sysctl kernel.yama.ptrace_scope=0".to_owned(),
    })
}

fn options(arguments: &[String]) -> Result<Options, Failure> {
    let mut options = Options::default();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word.as_str(), words.next().map(String::as_str)),
        };
        let number = value.and_then(|value| value.parse().ok());
        let number = number.ok_or_else(|| Failure::Usage(format!("{name} needs a number")))?;
        match name {
            "--rounds" => options.rounds = Some(number),
            "--seed" => options.seed = Some(number),
            _ => {
                return Err(Failure::Usage(format!(
                    "`crash` knows --rounds N and --seed N, not {name}"
                )));
            }
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::{Options, options};

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn rounds_and_seed_are_numbers() {
        let expected = Options {
            rounds: Some(5),
            seed: Some(7),
        };
        assert_eq!(options(&words("--rounds 5 --seed=7")).unwrap(), expected);
        assert_eq!(options(&[]).unwrap(), Options::default());
        for wrong in ["--rounds", "--rounds x", "--speed 1"] {
            options(&words(wrong)).unwrap_err();
        }
    }
}
