//! Chance that can be had again: all of it follows from one seed, which every run prints.

use std::cell::Cell;
use std::env;
use std::time::Duration;

use raspiska_tests::must;

/// `cargo xtask crash --seed`
const SEED: &str = "RASPISKA_CRASH_SEED";

/// SplitMix64, from <https://prng.di.unimi.it/splitmix64.c>. It decides when and what; keys and salts are the system's.
#[derive(Debug)]
pub(crate) struct Chance(Cell<u64>);

impl Chance {
    /// From the seed that was given, or a new one.
    pub(crate) fn new(test: &str) -> Self {
        let seed = env::var(SEED).map_or_else(
            |_| {
                let mut bytes = [0; 4];
                must("random bytes", getrandom::fill(&mut bytes));
                u64::from(u32::from_be_bytes(bytes))
            },
            |seed| must("the seed, a number", seed.parse()),
        );
        tell(&format!("{test}: seed {seed}"));
        Self(Cell::new(seed))
    }

    /// Another one, for somebody who acts at the same time.
    pub(crate) fn fork(&self) -> Self {
        Self(Cell::new(self.next()))
    }

    /// Below `end`, which is not 0.
    pub(crate) fn below(&self, end: u64) -> u64 {
        self.next() % end
    }

    /// From `low` to `high`.
    pub(crate) fn millis(&self, low: u64, high: u64) -> Duration {
        Duration::from_millis(low + self.below(high - low + 1))
    }

    /// Up to `count` numbers of 1 to `end`, in order, the first and the last among them.
    pub(crate) fn sample(&self, count: u64, end: u64) -> Vec<u64> {
        if end <= count {
            return (1..=end).collect();
        }
        let mut picked = vec![1, end];
        while (picked.len() as u64) < count {
            let next = 1 + self.below(end);
            if !picked.contains(&next) {
                picked.push(next);
            }
        }
        picked.sort_unstable();
        picked
    }

    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Says what was counted, to whoever reads the run.
#[expect(
    clippy::print_stderr,
    reason = "counts are half of what these tests are for"
)]
pub(crate) fn tell(line: &str) {
    eprintln!("  {line}");
}
