//! The server's clock, handed in so that tests can pin it.

use std::{
    fmt,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

/// Where the time comes from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(|| {
            let since = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
    }

    /// A clock that reads UNIX milliseconds from `now`.
    pub fn new(now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// UNIX milliseconds.
    #[must_use]
    pub fn millis(&self) -> u64 {
        (self.0)()
    }

    /// UNIX seconds.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        self.millis() / 1000
    }
}

/// UNIX milliseconds as people read them, in UTC.
pub(crate) fn moment(millis: u64) -> String {
    let moment = i64::try_from(millis)
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    moment.map_or_else(|| millis.to_string(), |moment| moment.to_string())
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
