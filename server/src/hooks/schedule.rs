//! When a delivery is tried again.

use std::time::Duration;

/// The waits after the first attempt, the second one, and so on; then it is dead, after some three days. Standard Webhooks,
/// "Deliverability and reliability", with more attempts at the beginning: most receivers are only restarted. It is their
/// number that ends it and no clock, which may jump.
const WAITS: [Duration; 11] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// Longest wait that a receiver can ask for: the longest of ours.
const MAX_RETRY_AFTER: Duration = WAITS[WAITS.len() - 1];

/// How long to wait after so many attempts, at least as long as the receiver asked for; none: it is tried no more.
pub(super) fn wait(attempts: u32, asked: Option<Duration>) -> Option<Duration> {
    let nth = usize::try_from(attempts).ok()?.checked_sub(1)?;
    let wait = jittered(*WAITS.get(nth)?);
    Some(wait.max(asked.unwrap_or_default().min(MAX_RETRY_AFTER)))
}

/// What `Retry-After` asks for, at `now`, UNIX seconds. RFC 9110 section 10.2.3: seconds, or a date.
pub(super) fn retry_after(value: &str, now: u64) -> Option<Duration> {
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?;
    let then = u64::try_from(date.timestamp().as_second()).ok()?;
    Some(Duration::from_secs(then.saturating_sub(now)))
}

/// Between three quarters of `wait` and all of it, so that what failed together does not come back together.
fn jittered(wait: Duration) -> Duration {
    let mut random = [0; 4];
    // Without random numbers it is three quarters.
    let _ = getrandom::fill(&mut random);
    let share = f64::from(u32::from_be_bytes(random)) / f64::from(u32::MAX);
    wait.mul_f64(0.75 + share / 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_over_three_days_and_end() {
        let mut sum = Duration::ZERO;
        for (attempts, full) in (1..).zip(WAITS) {
            let wait = wait(attempts, None).unwrap();
            assert!(
                (full * 3 / 4..=full).contains(&wait),
                "{attempts}: {wait:?}"
            );
            sum += full;
        }
        assert!(
            (Duration::from_hours(72)..Duration::from_hours(78)).contains(&sum),
            "{sum:?}"
        );
        assert!(WAITS.is_sorted());
        let after = u32::try_from(WAITS.len()).unwrap() + 1;
        for attempts in [0, after, u32::MAX] {
            assert_eq!(wait(attempts, Some(Duration::from_secs(1))), None);
        }
    }

    #[test]
    fn a_receiver_may_ask_for_more_up_to_a_day() {
        let asked = |seconds| wait(1, Some(Duration::from_secs(seconds))).unwrap();
        assert!(asked(0) <= WAITS[0]);
        assert_eq!(asked(600), Duration::from_secs(600));
        assert_eq!(asked(u64::MAX), MAX_RETRY_AFTER);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = 784_111_777;
        for (value, seconds) in [
            ("0", Some(0)),
            ("120", Some(120)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:40:37 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            let found = retry_after(value, now);
            assert_eq!(found, seconds.map(Duration::from_secs), "{value}");
        }
    }
}
