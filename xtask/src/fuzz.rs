//! Input that breaks a promise: searched for by `cargo xtask fuzz`, and the seeds replayed by the check of that name.

use crate::checks::count;
use crate::command::{ask, cargo, run};
use crate::failure::{Failure, at};
use crate::place;
use crate::report::Tally;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The release that starts the searches.
const CARGO_FUZZ: &str = "0.13.2";

/// How long a search takes if nobody says.
const MINUTES: u64 = 10;

/// No input may take longer, in seconds: the longest that is read takes milliseconds, also on a busy machine.
const TIMEOUT: u64 = 20;

/// What to search, and for how long each.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    targets: Vec<String>,
    minutes: u64,
}

/// Searches, one target after the other; the first input that breaks a promise ends it.
pub(crate) fn search(arguments: &[String]) -> Result<(), Failure> {
    let all = targets()?;
    let options = options(arguments, &all)?;
    let program = cargo_fuzz()?;
    // Beside whatever earlier searches have found.
    run(fuzz(&["run", "--quiet", "--example", "seeds"]).args(["--target-dir", "target"]))?;
    for target in &options.targets {
        run(Command::new(&program)
            .current_dir(place::root())
            // The engine needs switches that a stable compiler hides.
            .env("RUSTC_BOOTSTRAP", "1")
            // None of our code is unsafe: a sanitizer would only make it slower.
            .args(["run", "--sanitizer", "none", "--target-dir", "target/fuzz"])
            .args([target, "--", "-dict=fuzz/words.dict"])
            .arg(format!("-max_total_time={}", options.minutes * 60))
            .args([&format!("-timeout={TIMEOUT}"), "-print_final_stats=1"]))?;
    }
    println!(
        "\nNothing was broken. What was found on the way is in fuzz/corpus; the next search begins there."
    );
    println!(
        "To go on: cargo xtask fuzz {} --minutes 60",
        options.targets.join(" ")
    );
    Ok(())
}

/// The seeds through their targets, whole and damaged, without the engine.
pub(crate) fn replay() -> Result<Tally, Failure> {
    run(fuzz(&["fmt"]).arg("--check"))?;
    let clippy = ["clippy", "--target-dir", "target", "--all-targets"];
    run(fuzz(&clippy).args(["--", "-Dwarnings"]))?;
    count(&mut fuzz(&[
        "test",
        "--target-dir",
        "target",
        "--no-fail-fast",
    ]))
}

/// Cargo on the workspace of the targets.
fn fuzz(words: &[&str]) -> Command {
    let mut command = cargo();
    let (word, rest) = words.split_first().unwrap_or((&"help", &[]));
    command
        .arg(word)
        .args(["--manifest-path", "fuzz/Cargo.toml"])
        .args(rest);
    command
}

/// The names of all targets.
fn targets() -> Result<Vec<String>, Failure> {
    let path = place::root().join("fuzz/Cargo.toml");
    let text = fs::read_to_string(&path).map_err(at(&path))?;
    let malformed = |message: String| Failure::Malformed {
        path: path.clone(),
        message,
    };
    let manifest: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| malformed(error.to_string()))?;
    let binaries = manifest.get("bin").and_then(toml::Value::as_array);
    let names = binaries.into_iter().flatten().filter_map(|binary| {
        let name = binary.get("name")?.as_str()?;
        Some(name.to_owned())
    });
    let names: Vec<String> = names.collect();
    if names.is_empty() {
        return Err(malformed("it names no [[bin]]".to_owned()));
    }
    Ok(names)
}

fn options(arguments: &[String], all: &[String]) -> Result<Options, Failure> {
    let mut options = Options {
        targets: Vec::new(),
        minutes: MINUTES,
    };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--minutes" {
            let number = words.next().and_then(|word| word.parse().ok());
            options.minutes =
                number.ok_or_else(|| Failure::Usage("--minutes needs a number".to_owned()))?;
        } else if all.contains(word) {
            options.targets.push(word.clone());
        } else {
            let known = all.join(", ");
            return Err(Failure::Usage(format!(
                "there is no target {word}; there are {known}"
            )));
        }
    }
    if options.targets.is_empty() {
        options.targets = all.to_vec();
    }
    Ok(options)
}

/// The program, installed once beside what else is fetched.
fn cargo_fuzz() -> Result<PathBuf, Failure> {
    let program = place::tools().join("bin/cargo-fuzz");
    let version = ask(Command::new(&program).arg("--version"));
    if version.is_none_or(|version| !version.ends_with(CARGO_FUZZ)) {
        run(cargo()
            .args(["install", "--locked", &format!("cargo-fuzz@{CARGO_FUZZ}")])
            .arg("--root")
            .arg(place::tools()))?;
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::{MINUTES, options, targets};

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn all_targets_are_searched_unless_some_are_named() {
        let all = targets().unwrap();
        assert!(all.len() >= 10, "{all:?}");
        let chosen = options(&[], &all).unwrap();
        assert_eq!((&chosen.targets, chosen.minutes), (&all, MINUTES));
        let chosen = options(&words("note --minutes 3"), &all).unwrap();
        assert_eq!((chosen.targets, chosen.minutes), (words("note"), 3));
    }

    #[test]
    fn an_unknown_target_and_a_missing_number_are_named() {
        let all = words("note proof");
        let unknown = options(&words("nothing"), &all).unwrap_err().to_string();
        assert!(unknown.contains("nothing") && unknown.contains("note, proof"));
        for line in ["--minutes", "--minutes x"] {
            let missing = options(&words(line), &all).unwrap_err().to_string();
            assert!(missing.contains("--minutes needs a number"), "{missing}");
        }
    }
}
