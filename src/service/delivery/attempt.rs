//! One attempt to send one item.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::service::delivery::Handed;
use crate::service::delivery::standing::Lookup;
use crate::service::ports::{Clock, Delivery, Messenger, Outcome, Place};
use crate::service::writer::Work;
use crate::store::Store;

/// What every attempt needs.
pub(super) struct Courier {
    pub(super) store: Arc<Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) messenger: Arc<dyn Messenger>,
    pub(super) work: mpsc::Sender<Work>,
}

/// How an attempt ended.
pub(super) enum Ended {
    /// It was handed to the messenger, which says this.
    Tried(Outcome),
    /// A nudge whose time is over; it was not handed over.
    Late,
    /// The intent could not be written, so it was not handed over.
    NotTried,
}

impl Courier {
    /// The intent is committed first, unless the row was born with it.
    pub(super) async fn attempt(self: Arc<Self>, item: Handed, lookup: Lookup) -> (Handed, Ended) {
        if item.is_late(|| self.clock.now()) {
            return (item, Ended::Late);
        }
        if !item.intended {
            let (done, intended) = oneshot::channel();
            let doubled = item.unknown_before.then_some("doubled_possible_total");
            let intent = Work::Intent { id: item.id, attempts: item.attempts, counter: doubled, done };
            if self.work.send(intent).await.is_err() || intended.await.is_err() {
                // The writer has ended or the store refuses: nothing was sent, and the row still says so.
                return (item, Ended::NotTried);
            }
            // A commit can take long: the disk may have been full.
            if item.is_late(|| self.clock.now()) {
                return (item, Ended::Late);
            }
        }
        let delivery = Delivery {
            id: item.id,
            to: item.to.clone(),
            class: item.class,
            attempts: item.attempts,
            shown: self.place(lookup).await,
            silent: item.nudge.as_ref().is_some_and(|terms| terms.silent),
            item: item.item.clone(),
        };
        let outcome = self.messenger.send(&delivery).await;
        (item, Ended::Tried(outcome))
    }

    /// Where the message of a turn stands, if anybody knows.
    async fn place(&self, lookup: Lookup) -> Option<Place> {
        let (session, turn) = match lookup {
            Lookup::Known(place) => return place,
            Lookup::Stored { session, turn } => (session, turn),
        };
        match self.store.shown_load(session).await {
            Ok(shown) => shown.filter(|(of, _)| *of == turn).map(|(_, place)| Place(place)),
            Err(error) => {
                tracing::warn!(%error, "Where a message stands could not be read; it is shown anew.");
                None
            }
        }
    }
}

impl Handed {
    fn is_late(&self, now: impl FnOnce() -> Timestamp) -> bool {
        self.nudge.as_ref().is_some_and(|terms| terms.is_late(self.created_at, now()))
    }
}
