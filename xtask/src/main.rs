//! `cargo xtask`: builds, serves and checks the project. One module, one idea:
//!
//! | module | holds |
//! |---|---|
//! | `up` | the demo site, built and served |
//! | `checks` | every check, in order; `report` counts what they found |
//! | `crash` | the server killed, and its system calls made to fail |
//! | `bench` | the server's speed beside the machine's limits, a page's with the widget beside the same without |
//! | `e2e` | stories in a browser; `companions` brings axe-core and Python for them |
//! | `fuzz`, `hostile` | input that breaks a promise; strangers at the release server |
//! | `assets` | the browser's files; `loader`, `verify_page` and `minify` make the scripts, `budget` weighs them |
//! | `wasm_target`, `std_sources` | the standard library for the browser, and the sources that it is compiled from |
//! | `wasm_runner` | Wasm tests inside Chromium |
//! | `browser`, `apt` | what the machine must have, found or installed |
//! | `command`, `failure`, `place` | running programs, what goes wrong, where things are |

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to the person who started it"
)]

mod apt;
mod assets;
mod bench;
mod browser;
mod budget;
mod checks;
mod command;
mod companions;
mod crash;
mod e2e;
mod failure;
mod fuzz;
mod hostile;
mod loader;
mod minify;
mod place;
mod report;
mod std_sources;
mod up;
mod verify_page;
mod wasm_runner;
mod wasm_target;

use failure::{Failure, at};
use report::Tally;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask up [--listen ADDRESS] [--data FOLDER]   build everything, serve the demo site
cargo xtask test [STEP…] [--list]                   run every check, or those named
cargo xtask e2e [NAME…]                             the browser stories alone, or those whose names contain NAME
cargo xtask crash [--rounds N] [--seed N]           the crash tests alone, longer, or the same again
cargo xtask fuzz [TARGET…] [--minutes N]            search for input that breaks a promise
cargo xtask build                                   the browser's files alone, into target/www
cargo xtask shots [FOLDER]                          pictures of the running widget
cargo xtask bench server [--json] [--size N]        the server's speed beside the machine's limits
cargo xtask bench widget [--json] [--runs N]        what a visitor meets on a slow telephone";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<bool, Failure> {
    // The server's build embeds the folder: it must be there, even empty, before anything is checked.
    let folder = place::assets();
    std::fs::create_dir_all(&folder).map_err(at(&folder))?;
    let (command, rest) = match arguments {
        [command, rest @ ..] => (command.as_str(), rest),
        [] => ("help", arguments),
    };
    match command {
        "up" => up::up(rest).map(|()| true),
        "test" => checks::test(rest),
        "e2e" => e2e::run(rest, &[]).map(closed),
        "crash" => crash::run(rest).map(closed),
        "fuzz" => fuzz::search(rest).map(|()| true),
        "shots" => e2e::shots(rest.first().map(String::as_str)).map(closed),
        "bench" => bench::bench(rest).map(|()| true),
        "build" => assets::build().map(|()| true),
        "wasm-runner" => match rest {
            [binary, rest @ ..] => {
                let filter = rest.iter().find(|word| !word.starts_with("--"));
                wasm_runner::run(Path::new(binary), filter.map(String::as_str)).map(|()| true)
            }
            [] => Err(Failure::Usage("wasm-runner needs a Wasm file".to_owned())),
        },
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(true)
        }
        other => Err(Failure::Usage(format!(
            "there is no command {other}\n{USAGE}"
        ))),
    }
}

fn closed(tally: Tally) -> bool {
    println!("{}", report::outcome(&tally));
    for why in &tally.skipped {
        println!("  skipped: {why}");
    }
    tally.failed == 0
}
