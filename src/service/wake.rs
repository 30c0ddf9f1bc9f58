//! The scheduler's alarm: a turn that makes something due sooner rings it.

use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::Notify;

/// The scheduler's alarm: rung when something becomes due before the instant it sleeps until.
#[derive(Debug)]
pub(crate) struct Wake {
    bell: Notify,
    sleeps_until_ms: AtomicI64,
}

impl Wake {
    pub(crate) fn new() -> Self {
        Self { bell: Notify::new(), sleeps_until_ms: AtomicI64::new(i64::MAX) }
    }

    /// Something is due at this instant, in milliseconds: wakes the scheduler if it would sleep past it.
    pub(crate) fn ring(&self, due_ms: i64) {
        if due_ms < self.sleeps_until_ms.load(Ordering::SeqCst) {
            self.bell.notify_one();
        }
    }

    /// The scheduler will sleep until then.
    pub(crate) fn sleeps_until(&self, at_ms: i64) {
        self.sleeps_until_ms.store(at_ms, Ordering::SeqCst);
    }

    pub(crate) async fn rung(&self) {
        self.bell.notified().await;
    }
}
