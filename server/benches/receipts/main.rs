//! How fast receipts become durable, measured beside what the machine can do at all, in one run:
//! `cargo xtask bench server [--json] [--size N] [--seconds S]`.
//!
//! | module | holds |
//! |---|---|
//! | `author` | distinct signed receipts, made in advance |
//! | `limits` | what the machine can do: signatures, durable commits, requests |
//! | `load` | the load generator |
//! | `server` | the server as a process: started, watched |
//! | `shelf` | a log of millions, filled without the server |
//! | `table` | the figures and their ratios |

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a bench talks to the person who started it, and ends at the first surprise"
)]

mod author;
mod limits;
mod load;
mod server;
mod shelf;
mod table;

use std::{cell::RefCell, path::PathBuf, rc::Rc, time::Duration};

use author::Author;
use server::Server;
use table::{Figures, Measured};

/// Rounds of the comparison between the fresh log and the large one, which take turns.
const ROUNDS: usize = 3;

/// Connections of the phases.
const CONNECTIONS: [usize; 3] = [1, 16, 64];

struct Options {
    binary: PathBuf,
    json: bool,
    /// Receipts in the large log.
    size: u64,
    /// How long a phase lasts.
    phase: Duration,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == "--empty-handler") {
        return limits::serve_nothing();
    }
    let options = options(&words);
    let scratch = server::Scratch::new();
    let mut figures = Figures::default();

    eprintln!("the machine's limits …");
    figures.limits = limits::measure(&scratch.folder("limits"), options.phase);

    let fresh_data = scratch.folder("fresh");
    let fresh = Server::start(&options.binary, &fresh_data);
    let author = Author::reads(&fresh);
    eprintln!("a log of {} receipts …", options.size);
    let large_data = scratch.folder("large");
    Server::start(&options.binary, &large_data).stop();
    shelf::fill(&large_data, &author, options.size);
    let large = Server::start(&options.binary, &large_data);
    figures.start_large = large.started_in;

    let receipts = Rc::new(RefCell::new(
        author.many(receipts_needed(&figures, &options)),
    ));
    for connections in CONNECTIONS {
        eprintln!("{connections} connections …");
        figures
            .empty_handler
            .push(limits::empty_handler(connections, options.phase));
        let before = fresh.usage();
        let phase = load::drive(fresh.address, connections, options.phase, &receipts);
        figures
            .phases
            .push(Measured::new(connections, phase, before, fresh.usage()));
    }
    for round in 1..=ROUNDS {
        eprintln!("64 connections, fresh and large, round {round} of {ROUNDS} …");
        let [fresh, large] = [&fresh, &large]
            .map(|server| load::drive(server.address, 64, options.phase, &receipts));
        figures.rounds.push((fresh.rate(), large.rate()));
    }
    figures.resident_fresh = fresh.resident();
    figures.resident_large = large.resident();
    figures.commit_in_server = fresh.mean_commit();
    let logged = fresh.stop();
    large.stop();
    figures.receipt_length = author.mean_length();
    figures.stored_length = server::size(&fresh_data) / logged as f64;
    figures.large = options.size;

    eprintln!("fsck of the large log …");
    figures.fsck = server::fsck(&options.binary, &large_data);
    figures.cores = std::thread::available_parallelism().map_or(1, usize::from);

    print!("{}", figures.table());
    if options.json {
        println!("{}", figures.json());
    }
}

/// Enough for every phase, should the server be as fast as the signatures allow.
fn receipts_needed(figures: &Figures, options: &Options) -> usize {
    let phases = CONNECTIONS.len() + 2 * ROUNDS;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of a bench"
    )]
    let most = (figures.limits.verify_strict * options.phase.as_secs_f64() * 0.75) as usize;
    phases * most
}

fn options(words: &[String]) -> Options {
    let mut options = Options {
        binary: std::env::var_os("RASPISKA_BIN")
            .expect("RASPISKA_BIN leads to the server; start this by `cargo xtask bench server`")
            .into(),
        json: false,
        size: 2_000_000,
        phase: Duration::from_secs(3),
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut number = || {
            let value = words.next().and_then(|value| value.parse().ok());
            value.unwrap_or_else(|| panic!("{word} needs a number"))
        };
        match word.as_str() {
            "--json" => options.json = true,
            "--seconds" => options.phase = Duration::from_secs(number()),
            "--size" => options.size = number(),
            // Cargo's own, to every bench.
            "--bench" => {}
            other => panic!("--json, --seconds and --size are known, not {other}"),
        }
    }
    options
}
