//! What the check has found, told as it goes: a line for each fault, counts at the end.

use std::{collections::BTreeMap, io::Write, time::Instant};

use serde::Serialize;

use super::{Fault, Place, progress::Progress};

/// Most faults that are printed; the others are counted. More lines than this help nobody.
const PRINTED: u64 = 100;

/// The account of one check.
pub(crate) struct Report<'a> {
    out: &'a mut dyn Write,
    progress: Progress,
    began: Instant,
    counts: Counts,
}

/// What was looked at and what is wrong, for people and for programs.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Counts {
    /// Is nothing wrong?
    pub(crate) clean: bool,
    /// How many faults.
    pub(crate) faults: u64,
    /// How many of each name.
    pub(crate) kinds: BTreeMap<&'static str, u64>,
    /// The logs that were read to their end.
    pub(crate) logs: Vec<LogCounts>,
    /// What could not be looked at, and why.
    pub(crate) notes: Vec<String>,
    /// How long it took.
    pub(crate) seconds: f64,
}

/// What was looked at in one log.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct LogCounts {
    pub(crate) site: String,
    /// Entries by the head.
    pub(crate) size: u64,
    /// Receipts that have signed values.
    pub(crate) with_values: u64,
    /// Those of them whose values are gone.
    pub(crate) erased: u64,
    /// Sealed values that were looked at.
    pub(crate) sealed: u64,
    /// Statements of the operator.
    pub(crate) statements: u64,
    /// Subjects that withdrew something.
    pub(crate) withdrew: u64,
}

impl<'a> Report<'a> {
    pub(crate) fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            progress: Progress::new(),
            began: Instant::now(),
            counts: Counts::default(),
        }
    }

    /// So many receipts more will be read.
    pub(crate) fn expect(&mut self, receipts: u64) {
        self.progress.expect(receipts);
    }

    /// So many were read.
    pub(crate) fn advance(&mut self, receipts: u64) {
        self.progress.advance(receipts);
    }

    /// Something is wrong.
    pub(crate) fn fault(&mut self, place: &Place, fault: &Fault) {
        self.counts.faults += 1;
        *self.counts.kinds.entry(fault.slug()).or_default() += 1;
        if self.counts.faults <= PRINTED {
            self.line(&format!("{place}: {fault}."));
        } else if self.counts.faults == PRINTED + 1 {
            self.line("More faults follow; from here on they are only counted.");
        }
    }

    /// Something could not be looked at.
    pub(crate) fn note(&mut self, note: String) {
        self.counts.notes.push(note);
    }

    /// A log was read to its end.
    pub(crate) fn log(&mut self, log: LogCounts) {
        self.counts.logs.push(log);
    }

    /// Ends the account.
    pub(crate) fn close(mut self) -> Counts {
        self.progress.clear();
        self.counts.clean = self.counts.faults == 0;
        self.counts.seconds = self.began.elapsed().as_secs_f64();
        self.counts
    }

    fn line(&mut self, line: &str) {
        self.progress.clear();
        // Nothing can be done about a reader that went away; the exit code still says what was found.
        let _ = writeln!(self.out, "{line}");
    }
}
