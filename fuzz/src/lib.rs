//! What has to hold whatever bytes come in.
//!
//! A target reads bytes as somebody hostile may send them and panics where a promise is broken: what is read prints back to
//! the same bytes, what verifies is covered by what was signed, nothing holds any more after one byte has changed.
//! [`TARGETS`] is the whole list. `cargo xtask fuzz` searches for input that breaks one; `cargo test` replays the seeds.

#![forbid(unsafe_code)]

// Readers of what a person signed.
mod file;
mod receipts;

// Readers of the log's texts.
mod logs;
mod spelling;

// Readers of what an operator writes.
mod policies;
mod sites;

// What the targets stand on.
mod change;
mod known;
mod vectors;

/// A reader and what has to hold of it.
#[derive(Debug)]
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// Reads the bytes, panics where a promise is broken, and says whether they were accepted.
    pub run: fn(&[u8]) -> bool,
    /// Where a search begins: good input and input with one fault.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target.
pub const TARGETS: [Target; 12] = [
    Target {
        name: "receipt",
        run: receipts::receipt,
        seeds: receipts::receipt_seeds,
    },
    Target {
        name: "payload",
        run: receipts::payload,
        seeds: receipts::payload_seeds,
    },
    Target {
        name: "disclosure",
        run: receipts::disclosure,
        seeds: receipts::disclosure_seeds,
    },
    Target {
        name: "file",
        run: file::file,
        seeds: file::seeds,
    },
    Target {
        name: "note",
        run: logs::note,
        seeds: logs::note_seeds,
    },
    Target {
        name: "checkpoint",
        run: logs::checkpoint,
        seeds: logs::checkpoint_seeds,
    },
    Target {
        name: "proof",
        run: logs::proof,
        seeds: logs::proof_seeds,
    },
    Target {
        name: "consistency",
        run: logs::consistency,
        seeds: logs::consistency_seeds,
    },
    Target {
        name: "spelling",
        run: spelling::spelling,
        seeds: spelling::seeds,
    },
    Target {
        name: "import",
        run: policies::import,
        seeds: policies::import_seeds,
    },
    Target {
        name: "document",
        run: policies::document,
        seeds: policies::document_seeds,
    },
    Target {
        name: "site",
        run: sites::site,
        seeds: sites::seeds,
    },
];

/// Runs the target of this name.
///
/// # Panics
/// If there is none, and where the target does.
pub fn run(name: &str, data: &[u8]) -> bool {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.expect("a target of the list").run)(data)
}
