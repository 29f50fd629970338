//! Every check there is, in the order in which they run: the quick ones first.

use crate::browser::{self, Browser};
use crate::command::{self, ask, cargo, follow, run, run_within};
use crate::failure::Failure;
use crate::report::{self, Row, Tally};
use crate::wasm_target::{self, TARGET};
use crate::{assets, budget, crash, e2e, fuzz, hostile};
use std::process::Command;
use std::time::{Duration, Instant};

/// One step of `cargo xtask test`.
struct Check {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<Tally, Failure>,
}

const CHECKS: [Check; 13] = [
    Check {
        name: "fmt",
        about: "the code is formatted",
        run: fmt,
    },
    Check {
        name: "assets",
        about: "loader, widget and verifier build for the browser",
        run: build_assets,
    },
    Check {
        name: "sizes",
        about: "their sizes are within www/budgets.toml",
        run: sizes,
    },
    Check {
        name: "clippy",
        about: "no warning, all packages, natively",
        run: clippy,
    },
    Check {
        name: "clippy-wasm",
        about: "no warning, shared, widget and verifier, for the browser",
        run: clippy_wasm,
    },
    Check {
        name: "deny",
        about: "licences, sources, bans and advisories of dependencies",
        run: deny,
    },
    Check {
        name: "unit",
        about: "unit, property and documentation tests",
        run: unit,
    },
    Check {
        name: "fuzz",
        about: "the seeds of the fuzz targets, whole and damaged",
        run: fuzz::replay,
    },
    Check {
        name: "unit-wasm",
        about: "tests of shared as Wasm, in Chromium",
        run: unit_wasm,
    },
    Check {
        name: "docs",
        about: "documentation builds without a warning",
        run: docs,
    },
    Check {
        name: "crash",
        about: "the log survives kills, failing system calls and full disks",
        run: || crash::run(&[]),
    },
    Check {
        name: "hostile",
        about: "schemathesis and a million requests against the release server",
        run: hostile::strangers,
    },
    Check {
        name: "e2e",
        about: "stories in Chromium against the release server",
        run: || e2e::run(&[], &[]),
    },
];

/// The release that CI installs.
const CARGO_DENY: &str = "0.20.2";

/// Runs the named checks, or all; answers whether nothing failed.
pub(crate) fn test(names: &[String]) -> Result<bool, Failure> {
    if names.iter().any(|name| name == "--list") {
        for check in &CHECKS {
            println!("{:<12} {}", check.name, check.about);
        }
        return Ok(true);
    }
    if let Some(unknown) = names
        .iter()
        .find(|name| CHECKS.iter().all(|check| check.name != *name))
    {
        return Err(Failure::Usage(format!(
            "there is no step {unknown}; `cargo xtask test --list` names all"
        )));
    }
    let chosen = |check: &&Check| names.is_empty() || names.iter().any(|name| name == check.name);
    let rows = CHECKS.iter().filter(chosen).map(one).collect();
    Ok(report::close(rows))
}

fn one(check: &Check) -> Row {
    println!("\n=== {}: {}", check.name, check.about);
    let began = Instant::now();
    let tally = (check.run)().unwrap_or_else(|failure| {
        eprintln!("  {failure}");
        Tally {
            failed: 1,
            ..Tally::default()
        }
    });
    let took = began.elapsed();
    println!(
        "=== {}: {} in {:.1} s",
        check.name,
        report::outcome(&tally),
        took.as_secs_f32()
    );
    Row {
        name: check.name,
        took,
        tally,
    }
}

/// Whether this is the machine where nothing may be left out.
pub(crate) fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true")
}

/// Runs tests and counts them. What does not even build counts as one failure, and so does a run without a test.
pub(crate) fn count(tests: &mut Command) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    let content = follow(tests, |line| tally.read(line))?;
    if !content && tally.failed == 0 {
        tally.failed = 1;
    }
    if tally == Tally::default() {
        return Err(Failure::NoTest(command::shown(tests)));
    }
    Ok(tally)
}

fn fmt() -> Result<Tally, Failure> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    Ok(Tally::held())
}

fn build_assets() -> Result<Tally, Failure> {
    assets::build()?;
    Ok(Tally::held())
}

fn sizes() -> Result<Tally, Failure> {
    assets::build()?;
    budget::check()?;
    Ok(Tally::held())
}

fn clippy() -> Result<Tally, Failure> {
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-Dwarnings"]))?;
    Ok(Tally::held())
}

fn clippy_wasm() -> Result<Tally, Failure> {
    wasm_target::ensure()?;
    run(cargo()
        .args([
            "clippy",
            "--package",
            "raspiska-shared",
            "--package",
            "raspiska-widget",
            "--package",
            "raspiska-verifier",
        ])
        .args(["--lib", "--tests", "--target", TARGET, "--", "-Dwarnings"]))?;
    Ok(Tally::held())
}

fn unit() -> Result<Tally, Failure> {
    let mut tally = count(
        cargo()
            .args(["test", "--workspace", "--no-fail-fast"])
            .args(["--exclude", "raspiska-tests", "--exclude", "xtask"]),
    )?;
    // Alone it is what is running now; together its dependencies would get others' features and build again.
    tally.add(count(cargo().args(["test", "--package", "xtask"]))?);
    Ok(tally)
}

fn unit_wasm() -> Result<Tally, Failure> {
    wasm_target::ensure()?;
    let Browser { chromium, .. } = browser::ensure()?;
    let ourselves = std::env::current_exe().map_err(|source| Failure::Start {
        command: "xtask".to_owned(),
        source,
    })?;
    // A list, not one string: a path may have spaces.
    let runner = serde_json::json!([ourselves, "wasm-runner"]);
    count(
        cargo()
            .args(["test", "--package", "raspiska-shared"])
            .args([
                "--lib",
                "--tests",
                "--no-fail-fast",
                "--target",
                TARGET,
                "--config",
            ])
            .arg(format!("target.{TARGET}.runner={runner}"))
            .env("CHROMIUM", chromium),
    )
}

fn docs() -> Result<Tally, Failure> {
    run(cargo()
        .args([
            "doc",
            "--workspace",
            "--no-deps",
            "--document-private-items",
        ])
        .env("RUSTDOCFLAGS", "-Dwarnings"))?;
    Ok(Tally::held())
}

fn deny() -> Result<Tally, Failure> {
    let present = || ask(cargo().args(["deny", "--version"])).is_some();
    let install = format!("cargo install --locked cargo-deny@{CARGO_DENY}");
    if !present() {
        if !is_ci() {
            return Ok(Tally::skipped(format!(
                "cargo-deny is not installed: {install}"
            )));
        }
        run(cargo().args(install.split(' ').skip(1)))?;
    }
    run(cargo().args([
        "deny",
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ]))?;
    let mut tally = Tally::held();

    // The advisories are in a repository of their own, which not every network reaches.
    if run_within(
        cargo().args(["deny", "fetch", "db"]),
        Duration::from_secs(120),
    )
    .is_err()
    {
        tally.add(Tally::skipped(
            "the database of advisories cannot be fetched from here",
        ));
        return Ok(tally);
    }
    run(cargo().args(["deny", "check", "--hide-inclusion-graph", "advisories"]))?;
    tally.add(Tally::held());
    Ok(tally)
}
