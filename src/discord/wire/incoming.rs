//! Dispatches of the gateway, read as what they ask of us. Tolerant: a kind or a field that is not known is passed over,
//! so that a new version of the platform stops nothing. <https://discord.com/developers/docs/events/gateway-events>

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::discord::wire::interaction::{self, Interaction};
use crate::discord::wire::said::{self, Said};
use crate::discord::wire::snowflake::Snowflake;
use crate::domain::event::{Body, Event, EventKey, Origin, Source};

/// What a payload of the gateway says.
#[derive(Debug)]
pub enum Incoming {
    /// A new session has begun: what was said between the last one and this one was not heard, and is to be caught up.
    Ready(Ready),
    /// The session goes on; everything missed comes by itself.
    Resumed,
    /// Somebody wrote, or changed what they wrote, in their own chat with the bot.
    Said(Said),
    /// Somebody pressed something or gave a slash command, and waits for an answer.
    Asked(Interaction),
    /// It cannot be read: to be set apart, if it has an id.
    Unreadable(Option<Event>),
    /// Nothing that concerns us.
    Nothing,
}

/// What the platform says about the bot when a session begins.
#[derive(Debug, Default)]
pub struct Ready {
    /// The id of the application, which names its commands and the webhooks of its answers.
    pub application: Option<Snowflake>,
    /// The id of the bot's own account.
    pub bot: Option<Snowflake>,
}

/// Reads one payload of the gateway, as text. `now` is the time of what carries none of its own.
pub fn read(raw: &str, now: Timestamp) -> Incoming {
    let Ok(payload) = serde_json::from_str::<Payload<'_>>(raw) else { return Incoming::Unreadable(None) };
    let (Some(kind), Some(data)) = (payload.t.filter(|_| payload.op == 0), payload.d) else { return Incoming::Nothing };
    match kind.as_ref() {
        "READY" => Incoming::Ready(ready(data.get())),
        "RESUMED" => Incoming::Resumed,
        "MESSAGE_CREATE" => said::written(data.get(), now),
        "MESSAGE_UPDATE" => said::edited(data.get(), now),
        "INTERACTION_CREATE" => interaction::asked(data.get(), now),
        _ => Incoming::Nothing,
    }
}

/// Something with an id that cannot be read further, under `prefix` and its id.
pub(super) fn unreadable(raw: &str, prefix: &str, now: Timestamp) -> Incoming {
    let id = serde_json::from_str::<OnlyId>(raw).ok().map(|only| only.id);
    Incoming::Unreadable(id.map(|id| Event {
        key: EventKey(format!("{prefix}{id}")),
        source: Source::Platform,
        at: now,
        body: Body::Unreadable(raw.len()),
        origin: Origin::default(),
    }))
}

#[derive(Deserialize)]
struct OnlyId {
    id: Snowflake,
}

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(default)]
    op: u64,
    #[serde(borrow)]
    t: Option<Cow<'a, str>>,
    #[serde(borrow)]
    d: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawReady {
    application: Option<OnlyId>,
    user: Option<OnlyId>,
}

/// A session has begun whatever else is said about it.
fn ready(raw: &str) -> Ready {
    let read = serde_json::from_str::<RawReady>(raw).ok();
    read.map_or_else(Ready::default, |ready| Ready {
        application: ready.application.map(|only| only.id),
        bot: ready.user.map(|only| only.id),
    })
}
