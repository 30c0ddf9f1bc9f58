//! What the service needs from outside: the time, and a way to reach people. Platforms and tests implement these.

use futures::future::{BoxFuture, select};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::event::Address;
use crate::domain::ids::{OutboxId, SessionId};
use crate::domain::message::{RichText, View};
use crate::domain::text::UserText;
use crate::store::SecretBytes;

/// The time. [`crate::service::clock::SystemClock`] is the real one.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Resolves when `now()` has reached this instant; at once when it has already. When the clock is set back meanwhile,
    /// that takes so much longer.
    fn until(&self, at: Timestamp) -> BoxFuture<'_, ()>;

    /// Resolves when this much time has passed, whatever the clock is set to meanwhile.
    fn pass(&self, length: SignedDuration) -> BoxFuture<'_, ()>;

    /// Resolves when `now()` has reached this instant, or as much time has passed as it was away: whoever waits looks at
    /// the clock again, so that one that was set back holds nothing up.
    fn until_or_passed(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        let passed = self.pass(at.duration_since(self.now()));
        Box::pin(async move { drop(select(self.until(at), passed).await) })
    }
}

/// What sends.
pub trait Messenger: Send + Sync + 'static {
    /// Tries once to send one item. At most one send per address is under way at a time, and beside it at most the card
    /// of somebody who asks whom to reach while the store takes no writes.
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
    /// Attempts before this one that count: those at a platform that was silent anyway do not.
    pub attempts: u32,
    /// Where the message of the item's turn stands, when that is known: to be edited by a `Freeze` and by a `Show` that
    /// is `in_place`; any other `Show` comes anew, and takes the buttons from there. Of a `Remove` what is to go, where
    /// the platform cannot list it.
    pub shown: Option<Place>,
    /// Whether it should arrive without a sound.
    pub silent: bool,
    /// What to send.
    pub item: Item,
}

impl Delivery {
    /// The platform's id of the chat that it goes to: in a space its own, else the person's.
    pub fn chat(&self) -> &str {
        match &self.item {
            Item::InSpace { chat, .. } => chat,
            Item::Show { .. } | Item::Freeze { .. } | Item::Remove { .. } | Item::File { .. } => &self.to.chat,
        }
    }
}

/// Where a message stands: the platform's own id of it, within its chat. What came as several messages has all of their
/// ids, with commas between them; the last one carries the buttons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Place(pub String);

impl Place {
    /// Of one message or several, in their order; `None` of none.
    pub fn of(ids: impl IntoIterator<Item = String>) -> Option<Self> {
        let ids: Vec<String> = ids.into_iter().collect();
        (!ids.is_empty()).then(|| Self(ids.join(",")))
    }

    /// The ids, in the order of the messages.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.split(',')
    }

    /// The id of the message with the buttons.
    pub fn last(&self) -> &str {
        self.0.rsplit(',').next().unwrap_or_default()
    }
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
        /// The turn whose message it is.
        #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
        turn: Option<u64>,
        /// Whether nothing was said since it was last shown: it is edited in place where the platform can.
        #[serde(rename = "i", default, skip_serializing_if = "std::ops::Not::not")]
        in_place: bool,
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
        /// What the message asked.
        #[serde(rename = "b", default, skip_serializing_if = "RichText::is_empty")]
        body: RichText,
        /// The label that was chosen; it may hold what the person wrote before.
        #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
        chosen: Option<UserText>,
    },
    /// Messages go from the chat, whoever wrote them, as far as the platform lets the bot. What is gone already is no
    /// failure, so that it can be repeated.
    #[serde(rename = "r")]
    Remove {
        /// Only this; else everything of the last [`crate::domain::limits::HIDE_HOURS`].
        #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
        only: Option<Place>,
        /// What is said after it; nothing when empty.
        #[serde(rename = "v", default, skip_serializing_if = "RichText::is_empty")]
        done: RichText,
        /// What is said instead when the platform let some of it stay.
        #[serde(rename = "k", default, skip_serializing_if = "RichText::is_empty")]
        kept: RichText,
    },
    /// A message in a space, where others read along.
    #[serde(rename = "g")]
    InSpace {
        /// The platform's id of the channel, chat or topic.
        #[serde(rename = "w")]
        chat: String,
        /// The message that is changed instead; a new one comes when it is not there any more.
        #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
        at: Option<Place>,
        /// The message.
        #[serde(rename = "v")]
        view: View,
        /// The name of a thread that begins with it, where the platform has threads.
        #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
        thread: Option<String>,
    },
    /// A picture or a document.
    #[serde(rename = "d")]
    File {
        /// How it is shown.
        #[serde(rename = "k")]
        kind: FileKind,
        /// Its name, with the ending that says what it is.
        #[serde(rename = "f")]
        name: String,
        /// What stands with it.
        #[serde(rename = "v")]
        caption: RichText,
        /// What it shows, in words, for people who do not see it; the whole of it where no file can be shown.
        #[serde(rename = "a")]
        alt: RichText,
        /// Its bytes.
        #[serde(rename = "y", with = "base64_bytes")]
        bytes: SecretBytes,
    },
}

/// How a file is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileKind {
    /// In the chat: PNG or JPEG.
    Picture,
    /// As a file to keep.
    Document,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It arrived; where it stands, on platforms whose messages can be edited.
    Sent(Option<Place>),
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
    /// Nobody: the platform was not asked, because it does not want to be asked anything for this long; does not count as
    /// an attempt, and says nothing of whether the platform answers.
    Held(SignedDuration),
    /// Nobody: the person is not where they could read it; it is kept, tried again when they come or after an hour, and
    /// does not count as an attempt.
    Away,
    /// The author of this program: the platform refuses this very item; it is dropped and counted.
    Rejected,
    /// The person: they blocked the bot or are gone; their check-ins rest until they write again.
    Gone,
}

/// Bytes as Base64, so that the JSON of an item stays small.
mod base64_bytes {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::store::SecretBytes;

    pub(super) fn serialize<S: Serializer>(bytes: &SecretBytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes.expose()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretBytes, D::Error> {
        let bytes = STANDARD.decode(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)?;
        Ok(SecretBytes::new(bytes))
    }
}
