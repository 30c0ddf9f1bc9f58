//! What the service needs from outside: the time, and a way to reach people. Platforms and tests implement these.

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::event::Address;
use crate::domain::ids::{OutboxId, SessionId};
use crate::domain::message::View;

/// The time. [`crate::service::clock::SystemClock`] is the real one.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Resolves when `now()` has reached this instant; at once when it has already.
    fn until(&self, at: Timestamp) -> BoxFuture<'_, ()>;
}

/// What sends.
pub trait Messenger: Send + Sync + 'static {
    /// Tries once to send one item. At most one send per address is under way at a time.
    fn send<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Outcome>;
}

/// One item on its way to one person.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The outbox row: the same for every attempt, so that a platform can drop a second one.
    pub id: OutboxId,
    /// Where to.
    pub to: Address,
    /// What happens when nobody knows whether it arrived.
    pub class: Class,
    /// Attempts before this one.
    pub attempts: u32,
    /// What to send.
    pub item: Item,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Item {
    /// A message.
    #[serde(rename = "s")]
    Show {
        /// The session that says it; `None` for the service's own lines.
        #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
        session: Option<SessionId>,
        /// The turn whose message it is: shown again, it is edited in place where the platform can.
        #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
        turn: Option<u64>,
        /// The message.
        #[serde(rename = "v")]
        view: View,
    },
    /// The buttons of an earlier message are over.
    #[serde(rename = "f")]
    Freeze {
        /// The session.
        #[serde(rename = "s")]
        session: SessionId,
        /// The turn whose message it is.
        #[serde(rename = "n")]
        turn: u64,
        /// The label that was chosen.
        #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
        chosen: Option<String>,
    },
}

/// How an item is treated when its outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// An answer to somebody who is there: sent again, at least once.
    Reply,
    /// A check-in: never sent again, at most once.
    Nudge,
}

/// What became of one attempt. There is no fourth case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It arrived.
    Sent,
    /// It certainly did not arrive.
    NotSent(NotSent),
    /// The request was written and no readable answer came.
    Unknown,
}

/// Why an item certainly did not arrive, by who must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// Nobody: the network or the platform; tried again by the ladder.
    Retry,
    /// Nobody: the platform asked to wait this long; does not count as an attempt.
    Wait(SignedDuration),
    /// Nobody: the person is not where they could read it; it is kept, tried again when they come or after an hour, and
    /// does not count as an attempt.
    Away,
    /// The author of this program: the platform refuses this very item; it is dropped and counted.
    Rejected,
    /// The person: they blocked the bot or are gone; their check-ins rest until they write again.
    Gone,
}
