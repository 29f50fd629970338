//! How far it is, on a terminal's last line; nowhere else.

use std::{
    io::{self, IsTerminal as _, Write as _},
    time::{Duration, Instant},
};

/// How often the line changes: quick enough to look alive, slow enough to read.
const EVERY: Duration = Duration::from_millis(200);
/// Goes to the line's begin and clears it. ECMA-48, EL.
const CLEAR: &str = "\r\x1b[K";

/// A line that is drawn over and over.
pub(super) struct Progress {
    terminal: bool,
    began: Instant,
    drawn: Option<Instant>,
    done: u64,
    all: u64,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            terminal: io::stderr().is_terminal(),
            began: Instant::now(),
            drawn: None,
            done: 0,
            all: 0,
        }
    }

    pub(super) fn expect(&mut self, more: u64) {
        self.all = self.all.saturating_add(more);
    }

    pub(super) fn advance(&mut self, more: u64) {
        self.done += more;
        let due = self.drawn.is_none_or(|drawn| drawn.elapsed() >= EVERY);
        if self.terminal && due {
            let line = describe(self.done, self.all, self.began.elapsed());
            let _ = write!(io::stderr(), "{CLEAR}{line}");
            self.drawn = Some(Instant::now());
        }
    }

    pub(super) fn clear(&mut self) {
        if self.drawn.take().is_some() {
            let _ = write!(io::stderr(), "{CLEAR}");
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "shown to a person, rounded"
)]
fn describe(done: u64, all: u64, took: Duration) -> String {
    let rate = done as f64 / took.as_secs_f64().max(0.001);
    let share = 100.0 * done as f64 / all.max(1) as f64;
    let left = (all.saturating_sub(done) as f64 / rate.max(0.001)).ceil() as u64;
    format!(
        "{done} of {all} receipts, {share:.0} %, {rate:.0} a second, {}:{:02} left",
        left / 60,
        left % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_how_fast_and_how_long() {
        assert_eq!(
            describe(250_000, 1_000_000, Duration::from_secs(25)),
            "250000 of 1000000 receipts, 25 %, 10000 a second, 1:15 left"
        );
        assert_eq!(
            describe(0, 0, Duration::ZERO),
            "0 of 0 receipts, 0 %, 0 a second, 0:00 left"
        );
    }
}
