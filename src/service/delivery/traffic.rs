//! How much is on its way, so that others can wait until nothing is.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

/// How many items are on their way; what waits for a retry does not count, and nothing that stands behind it.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    count: watch::Sender<usize>,
    hurried: AtomicUsize,
}

/// While it lives, outcomes are recorded without waiting for company.
#[derive(Debug)]
pub(crate) struct Hurry<'a>(&'a Traffic);

impl Traffic {
    pub(crate) fn begin(&self, items: usize) {
        self.count.send_modify(|count| *count += items);
    }

    pub(crate) fn end(&self, items: usize) {
        self.count.send_modify(|count| *count = count.saturating_sub(items));
    }

    pub(crate) fn hurry(&self) -> Hurry<'_> {
        self.hurried.fetch_add(1, Ordering::SeqCst);
        Hurry(self)
    }

    pub(crate) fn is_hurried(&self) -> bool {
        self.hurried.load(Ordering::SeqCst) > 0
    }

    /// Resolves when nothing is on its way.
    pub(crate) async fn still(&self) {
        // The sender lives in `self`, so the channel cannot close while this waits.
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for Hurry<'_> {
    fn drop(&mut self) {
        self.0.hurried.fetch_sub(1, Ordering::SeqCst);
    }
}
