//! What the checks found, and the lines that say so at the end.

use std::time::Duration;

/// How many checks or tests of one step passed, failed or were left out.
#[derive(Default, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Those that held.
    pub(crate) passed: usize,
    /// Those that did not.
    pub(crate) failed: usize,
    /// Those left out, with the reason.
    pub(crate) skipped: Vec<String>,
}

impl Tally {
    /// A step that is one check, and held.
    pub(crate) fn held() -> Self {
        Self {
            passed: 1,
            ..Self::default()
        }
    }

    /// A step that could not be done here, and why.
    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        Self {
            skipped: vec![why.into()],
            ..Self::default()
        }
    }

    /// Adds what one line of Rust's test harness says.
    pub(crate) fn read(&mut self, line: &str) {
        if let Some(counts) = line.trim().strip_prefix("test result: ") {
            self.passed += number_before(counts, " passed");
            self.failed += number_before(counts, " failed");
        } else if let Some(test) = line.trim().strip_prefix("test ")
            && let Some((name, why)) = test.split_once(" ... ignored")
        {
            let why = why.trim_start_matches([',', ' ']);
            let why = if why.is_empty() { "ignored" } else { why };
            self.skipped.push(format!("{name}: {why}"));
        }
    }

    /// Adds another's counts.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped.extend(other.skipped);
    }
}

fn number_before(text: &str, word: &str) -> usize {
    text.split_once(word)
        .and_then(|(before, _)| before.rsplit([' ', ';']).next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

/// One step that ran.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its name.
    pub(crate) name: &'static str,
    /// How long it took.
    pub(crate) took: Duration,
    /// What it found.
    pub(crate) tally: Tally,
}

/// Prints the table, what was left out and the closing line; answers whether nothing failed.
pub(crate) fn close(rows: Vec<Row>) -> bool {
    println!("\n{:<12} {:>8}  outcome", "step", "seconds");
    let mut total = Tally::default();
    for Row { name, took, tally } in rows {
        println!(
            "{name:<12} {:>8.1}  {}",
            took.as_secs_f32(),
            outcome(&tally)
        );
        let Tally {
            passed,
            failed,
            skipped,
        } = tally;
        total.add(Tally {
            passed,
            failed,
            skipped: skipped
                .into_iter()
                .map(|why| format!("{name}: {why}"))
                .collect(),
        });
    }
    if !total.skipped.is_empty() {
        println!("\nSkipped:");
        for why in &total.skipped {
            println!("  {why}");
        }
    }
    println!(
        "\n{} passed, {} failed, {} skipped",
        total.passed,
        total.failed,
        total.skipped.len()
    );
    total.failed == 0
}

/// One step in a few words.
pub(crate) fn outcome(tally: &Tally) -> String {
    let word = match (tally.failed, tally.passed) {
        (0, 0) => "skipped",
        (0, _) => "ok",
        _ => "FAILED",
    };
    format!(
        "{word} ({} passed, {} failed, {} skipped)",
        tally.passed,
        tally.failed,
        tally.skipped.len()
    )
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn counts_come_from_the_harness() {
        let mut tally = Tally::default();
        for line in [
            "running 4 tests",
            "test a ... ok",
            "test b ... ignored, needs a camera",
            "test c ... ignored",
            "test result: FAILED. 1 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: ok. 30 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        ] {
            tally.read(line);
        }
        assert_eq!((tally.passed, tally.failed), (31, 1));
        assert_eq!(tally.skipped, ["b: needs a camera", "c: ignored"]);
    }
}
