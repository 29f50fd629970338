//! Waiting for something to become true, with a deadline and a sentence: never for an amount of time.

use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine, shorter than a reader's patience.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(40);

/// Looks until there is something to see, and gives it.
///
/// # Panics
/// When the deadline passes; `what` says what was awaited.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(
            began.elapsed() < DEADLINE,
            "waited {} s in vain: {what}",
            DEADLINE.as_secs()
        );
        tokio::time::sleep(PAUSE).await;
    }
}

/// Looks until two looks say the same, and that is `wanted`.
///
/// # Panics
/// When the deadline passes; the sentence ends with what was seen last.
pub async fn equal<T: PartialEq + std::fmt::Debug>(
    what: &str,
    wanted: T,
    mut look: impl AsyncFnMut() -> T,
) {
    let began = Instant::now();
    loop {
        let seen = look().await;
        if seen == wanted {
            return;
        }
        assert!(
            began.elapsed() < DEADLINE,
            "waited {} s in vain: {what}\n  wanted: {wanted:?}\n    seen: {seen:?}",
            DEADLINE.as_secs()
        );
        tokio::time::sleep(PAUSE).await;
    }
}
