//! The clocks of the program: the system's, and one that a terminal chat can move.

use std::sync::Mutex;
use std::time::Duration;

use futures::future::{BoxFuture, select};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use crate::service::ports::Clock;

/// The machine's clock: the only place that reads it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// A clock that runs with the machine's, moved ahead by an offset that only grows.
#[derive(Debug, Default)]
pub struct ShiftedClock {
    ahead: Mutex<SignedDuration>,
    moved: Notify,
}

/// Longest single sleep: a machine that was suspended, or whose clock was set, is noticed within this time.
const SLEEP_MAX: Duration = Duration::from_secs(30);

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            while let Some(left) = time_left(self.now(), at) {
                tokio::time::sleep(left.min(SLEEP_MAX)).await;
            }
        })
    }

    fn pass(&self, length: SignedDuration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(length.try_into().unwrap_or_default()))
    }
}

impl ShiftedClock {
    /// Moves the clock so that it shows at least this instant. Never moves it back.
    pub fn advance_to(&self, at: Timestamp) {
        let system = SystemClock.now();
        let mut ahead = self.ahead.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *ahead = (*ahead).max(at.duration_since(system));
        drop(ahead);
        self.moved.notify_waiters();
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let ahead = *self.ahead.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        SystemClock.now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            loop {
                let moved = self.moved.notified();
                let Some(left) = time_left(self.now(), at) else { return };
                let _either = select(Box::pin(moved), Box::pin(tokio::time::sleep(left.min(SLEEP_MAX)))).await;
            }
        })
    }

    /// Moving this clock ahead is time that passes.
    fn pass(&self, length: SignedDuration) -> BoxFuture<'_, ()> {
        let moved = self.until(self.now().checked_add(length).unwrap_or(Timestamp::MAX));
        Box::pin(async move { drop(select(moved, SystemClock.pass(length)).await) })
    }
}

fn time_left(now: Timestamp, at: Timestamp) -> Option<Duration> {
    let left = at.duration_since(now);
    left.is_positive().then(|| left.unsigned_abs())
}
