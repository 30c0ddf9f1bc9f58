//! The platform's clock, which a test moves, and the ids that are made from it.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// The first second of 2015, from which ids count.
const EPOCH_MS: u64 = 1_420_070_400_000;
/// Below the milliseconds of an id.
const COUNTER_BITS: u32 = 22;

pub(super) struct Clock {
    base: Duration,
    running_since: Option<Instant>,
    last_id: u64,
}

impl Clock {
    /// Standing still at so many seconds after 1970.
    pub(super) fn at(seconds: u64) -> Self {
        Self { base: Duration::from_secs(seconds), running_since: None, last_id: 0 }
    }

    /// Since 1970.
    pub(super) fn now(&self) -> Duration {
        self.base + self.running_since.map_or(Duration::ZERO, |since| Instant::now().duration_since(since))
    }

    pub(super) fn advance(&mut self, by: Duration) {
        self.base += by;
    }

    /// From now on it goes by itself, or stands where it is.
    pub(super) fn run(&mut self, is_running: bool) {
        self.base = self.now();
        self.running_since = is_running.then(Instant::now);
    }

    /// An id that no other thing has, above all ids so far and as the platform makes them from the time.
    pub(super) fn next_id(&mut self) -> u64 {
        let ms = u64::try_from(self.now().as_millis()).unwrap_or(u64::MAX).saturating_sub(EPOCH_MS);
        self.last_id = (ms << COUNTER_BITS).max(self.last_id + 1);
        self.last_id
    }
}

/// As the platform writes a time.
pub(super) fn written(since_1970: Duration) -> String {
    let ms = i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX);
    let time = Timestamp::from_millisecond(ms).expect("the test's time is one that jiff knows");
    time.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}
