//! A clock that moves only when the test moves it.

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use mendwell::service::ports::Clock;
use tokio::sync::watch;

pub(crate) struct ManualClock(watch::Sender<Timestamp>);

impl ManualClock {
    pub(crate) fn at(now: Timestamp) -> Self {
        Self(watch::Sender::new(now))
    }

    /// Who waits for it, or was woken and has not looked yet.
    pub(crate) fn waiting(&self) -> usize {
        self.0.receiver_count()
    }

    /// Moves the clock; it may also be set back, as real ones are.
    pub(crate) fn set(&self, now: Timestamp) {
        self.0.send_replace(now);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.0.subscribe().wait_for(|now| *now >= at).await.unwrap();
        })
    }

    /// Setting the clock ahead is time that passes; setting it back is none.
    fn pass(&self, length: SignedDuration) -> BoxFuture<'_, ()> {
        let (mut left, mut last, mut seen) = (length, self.now(), self.0.subscribe());
        Box::pin(async move {
            let is_over = |now: &Timestamp| {
                left -= now.duration_since(last).max(SignedDuration::ZERO);
                last = *now;
                !left.is_positive()
            };
            seen.wait_for(is_over).await.unwrap();
        })
    }
}
