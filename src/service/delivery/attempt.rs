//! One attempt to send one item.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, oneshot};

use crate::domain::event::Platform;
use crate::domain::ids::{PersonId, SessionId};
use crate::service::delivery::Handed;
use crate::service::delivery::parcel::Load;
use crate::service::delivery::standing::Lookup;
use crate::service::orders::Orders;
use crate::service::ports::{Class, Clock, Delivery, Item, Messenger, NotSent, Outcome, Place};
use crate::service::writer::Work;
use crate::store::Store;

/// How long to wait when the store does not say which messages a chat has.
const UNREAD_WAIT: SignedDuration = SignedDuration::from_secs(5);

/// What every attempt needs.
pub(super) struct Courier {
    pub(super) store: Arc<Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) messenger: Arc<dyn Messenger>,
    pub(super) work: mpsc::Sender<Work>,
    pub(super) orders: Orders,
}

/// How an attempt finds out where the messages of a parcel stand.
pub(super) struct Places {
    pub(super) before: Option<Lookup>,
    pub(super) item: Lookup,
}

/// How an attempt ended.
pub(super) enum Ended {
    /// It was handed to the messenger, which says this.
    Tried(Outcome),
    /// A nudge whose time is over; it was not handed over.
    Late,
    /// The intent could not be written, so it was not handed over.
    NotTried,
    /// There is nobody any more to whom it may go; it was not handed over.
    Moot,
}

impl Courier {
    /// The intent is committed first, unless the row was born with it.
    pub(super) async fn attempt(self: Arc<Self>, mut item: Handed, places: Places) -> (Handed, Ended) {
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
        if let (Some(before), Some(lookup)) = (&item.parcel.before, places.before) {
            let outcome = self.send(&item, before, lookup).await;
            if must_wait(item.class, &outcome) {
                return (item, Ended::Tried(outcome));
            }
            item.parcel.before = None;
        }
        let outcome = match &item.parcel.load {
            Load::Item(load) => self.send(&item, load, places.item).await,
            Load::Order(order) => match self.orders.made(*order, item.id, &item.to).await {
                Some(made) => self.send(&item, &made, places.item).await,
                None => return (item, Ended::Moot),
            },
        };
        (item, Ended::Tried(outcome))
    }

    async fn send(&self, handed: &Handed, item: &Item, lookup: Lookup) -> Outcome {
        let shown = match lookup {
            Lookup::Said { person, platform } => match self.said(person, platform).await {
                Ok(places) => Place::of(places),
                Err(()) => return Outcome::NotSent(NotSent::Held(UNREAD_WAIT)),
            },
            Lookup::Known(place) => place,
            Lookup::Stored { session, turn, platform } => self.place(session, turn, platform).await,
        };
        let delivery = Delivery {
            id: handed.id,
            to: handed.to.clone(),
            class: handed.class,
            attempts: handed.attempts,
            shown,
            silent: handed.nudge.as_ref().is_some_and(|terms| terms.silent),
            item: item.clone(),
        };
        self.messenger.send(&delivery).await
    }

    /// Where the message of a turn stands, if anybody knows.
    async fn place(&self, session: SessionId, turn: u64, platform: Platform) -> Option<Place> {
        match self.store.shown_load(session).await {
            Ok(shown) => {
                let stands = shown.filter(|shown| shown.turn == turn && shown.platform == platform);
                stands.map(|shown| Place(shown.place))
            }
            Err(error) => {
                tracing::warn!(%error, "Where a message stands could not be read; it is shown anew.");
                None
            }
        }
    }
}

impl Courier {
    /// Where the messages of the last days stand in a chat, once it is written where the newest of them do.
    async fn said(&self, person: PersonId, platform: Platform) -> Result<Vec<String>, ()> {
        let (done, written) = oneshot::channel();
        self.work.send(Work::Flush(done)).await.map_err(drop)?;
        written.await.map_err(drop)?;
        let said = self.store.said_recent(person, platform, self.clock.now()).await;
        said.map_err(
            |error| tracing::warn!(%error, "Which messages stand in a chat could not be read; it is tried again."),
        )
    }
}

/// Whether a message must not follow the end of its predecessor's buttons. A check-in is tried once and for itself:
/// nobody knowing about the buttons does not end it.
fn must_wait(class: Class, buttons: &Outcome) -> bool {
    match buttons {
        Outcome::Sent(_) | Outcome::NotSent(NotSent::Rejected) => false,
        Outcome::Unknown => class == Class::Reply,
        Outcome::NotSent(NotSent::Retry | NotSent::Wait(_) | NotSent::Held(_) | NotSent::Away | NotSent::Gone) => true,
    }
}

impl Handed {
    fn is_late(&self, now: impl FnOnce() -> Timestamp) -> bool {
        self.nudge.as_ref().is_some_and(|terms| terms.is_late(self.created_at, now()))
    }
}
