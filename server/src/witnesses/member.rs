//! What is known of one witness, and how long it is left alone after it failed.

use std::time::{Duration, Instant};

use crate::site::Witness;

/// The wait after the first failure; each further one doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// Doublings at most: a witness that was away for long is asked again after 256 seconds.
const MAX_DOUBLINGS: u32 = 8;

/// One witness.
pub(super) struct Member {
    pub(super) witness: Witness,
    /// How many entries it confirmed, as far as we know; it says so if it is otherwise.
    pub(super) confirmed: u64,
    /// The size that it is being asked about.
    pub(super) asked: Option<u64>,
    /// Not asked before.
    due: Instant,
    /// Failures since it last cosigned.
    failures: u32,
    /// The reason of the last failure; none: all is well.
    failing: Option<&'static str>,
}

impl Member {
    pub(super) fn new(witness: Witness, confirmed: u64) -> Self {
        Self {
            witness,
            confirmed,
            asked: None,
            due: Instant::now(),
            failures: 0,
            failing: None,
        }
    }

    /// May it be asked?
    pub(super) fn is_ready(&self, now: Instant) -> bool {
        self.asked.is_none() && self.due <= now
    }

    /// It cosigned a head of this size. Gives whether it had failed before.
    pub(super) fn cosigned(&mut self, size: u64) -> bool {
        self.confirmed = size;
        self.failures = 0;
        self.failing.take().is_some()
    }

    /// It did not. Gives whether the reason is another one than before.
    pub(super) fn failed(&mut self, reason: &'static str) -> bool {
        let wait = FIRST_WAIT * 2_u32.pow(self.failures.min(MAX_DOUBLINGS));
        self.due = Instant::now() + jittered(wait);
        self.failures = self.failures.saturating_add(1);
        self.failing.replace(reason) != Some(reason)
    }
}

/// Between half of `wait` and all of it, so that logs that lost a witness together do not come back together.
fn jittered(wait: Duration) -> Duration {
    let mut random = [0; 4];
    // Without random numbers it is half.
    let _ = getrandom::fill(&mut random);
    let share = f64::from(u32::from_be_bytes(random)) / f64::from(u32::MAX);
    wait.mul_f64(0.5 + share / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member() -> Member {
        let vkey = "witness.example/w1+c3c1499d+BIqHX/8es4RRV3rNWv7kBUVlaN18ieCQhjoFV7x69J8X";
        let witness = Witness {
            key: vkey.parse().unwrap(),
            url: String::new(),
        };
        Member::new(witness, 3)
    }

    #[test]
    fn whoever_fails_is_left_alone_ever_longer_up_to_a_limit() {
        let mut member = member();
        assert!(member.is_ready(Instant::now()));
        for failures in 0..12 {
            let before = Instant::now();
            member.failed("status");
            let full = FIRST_WAIT * 2_u32.pow(failures.min(MAX_DOUBLINGS));
            assert!(member.due >= before + full / 2, "{failures}");
            assert!(member.due <= Instant::now() + full, "{failures}");
            assert!(!member.is_ready(before));
            assert!(member.is_ready(Instant::now() + full));
        }
        member.cosigned(5);
        let before = Instant::now();
        member.failed("status");
        assert!(member.is_ready(Instant::now() + FIRST_WAIT));
        assert!(!member.is_ready(before));
    }

    #[test]
    fn a_reason_is_told_once_until_it_changes_or_ends() {
        let mut member = member();
        assert!(!member.cosigned(4));
        let told = ["status", "status", "unreachable"].map(|reason| member.failed(reason));
        assert_eq!(told, [true, false, true]);
        assert!(member.cosigned(5));
        assert!(!member.cosigned(6));
        assert!(member.failed("unreachable"));
        assert_eq!(member.confirmed, 6);
    }
}
