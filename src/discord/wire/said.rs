//! Messages of people: as they are written, as they are changed, and as the history of a channel gives them later.
//! <https://discord.com/developers/docs/resources/message#message-object>

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::discord::wire::incoming::{Incoming, unreadable};
use crate::discord::wire::snowflake::Snowflake;
use crate::domain::event::{Address, Body, Event, EventKey, Origin, Platform, Source};

/// Keys of what people wrote begin so; the message's id follows.
const WRITTEN: &str = "dc:m:";
/// Keys of what they changed begin so; the message's id and the time of the change follow, since one message can be
/// changed many times.
const EDITED: &str = "dc:e:";
/// An ordinary message, and an answer to one. All other kinds are the platform's own notices.
/// <https://discord.com/developers/docs/resources/message#message-object-message-types>
const KINDS: [u64; 2] = [0, 19];
/// A chat between two. <https://discord.com/developers/docs/resources/channel#channel-object-channel-types>
const DM: u64 = 1;

/// Something that a person said.
#[derive(Debug)]
pub struct Said {
    /// For the service.
    pub event: Event,
    /// The chat between the person and the bot.
    pub channel: Snowflake,
    /// The message.
    pub message: Snowflake,
}

/// A page of a channel's history.
#[derive(Debug)]
pub struct History {
    /// What people wrote in it, oldest first, and what cannot be read. Nothing that is not for the service.
    pub said: Vec<Incoming>,
    /// The newest message, whoever wrote it: the next page begins after it. `None` on an empty page.
    pub newest: Option<Snowflake>,
    /// How many messages the page has. A page with fewer than were asked for is the last one.
    pub messages: usize,
}

/// Reads the answer of `GET /channels/{id}/messages?after=`, which is newest first; `None` when it is no list.
pub fn history(raw: &str, now: Timestamp) -> Option<History> {
    let page: Vec<&RawValue> = serde_json::from_str(raw).ok()?;
    let id = |raw: &&RawValue| serde_json::from_str::<OnlyId>(raw.get()).ok().map(|only| only.id);
    let mut ordered: Vec<(Option<Snowflake>, &RawValue)> = page.iter().map(|raw| (id(raw), *raw)).collect();
    ordered.sort_by_key(|(id, _)| *id);
    let said = ordered.iter().map(|(_, raw)| written(raw.get(), now));
    Some(History {
        said: said.filter(|said| !matches!(said, Incoming::Nothing)).collect(),
        newest: ordered.last().and_then(|(id, _)| *id),
        messages: page.len(),
    })
}

/// Reads the data of a `MESSAGE_CREATE`.
pub(super) fn written(raw: &str, now: Timestamp) -> Incoming {
    let Ok(message) = serde_json::from_str::<Message<'_>>(raw) else { return unreadable(raw, WRITTEN, now) };
    let body = match message.words() {
        Some(words) => Body::from_typed(words),
        None => Body::Wordless,
    };
    message.said(EventKey(format!("{WRITTEN}{}", message.id)), message.id.at(), body)
}

/// Reads the data of a `MESSAGE_UPDATE`. It comes also when the platform itself adds to a message, such as the preview of
/// a link; then nobody has changed their words.
pub(super) fn edited(raw: &str, now: Timestamp) -> Incoming {
    let Ok(message) = serde_json::from_str::<Message<'_>>(raw) else { return unreadable(raw, EDITED, now) };
    let (Some(words), Some(at)) = (message.words(), message.edited_timestamp.as_deref()) else {
        return Incoming::Nothing;
    };
    let key = EventKey(format!("{EDITED}{}:{at}", message.id));
    message.said(key, at.parse().unwrap_or(now), Body::from_edited(words))
}

#[derive(Deserialize)]
struct OnlyId {
    id: Snowflake,
}

#[derive(Deserialize)]
struct Message<'a> {
    id: Snowflake,
    channel_id: Snowflake,
    channel_type: Option<u64>,
    guild_id: Option<IgnoredAny>,
    webhook_id: Option<IgnoredAny>,
    author: Option<Author>,
    #[serde(rename = "type", default)]
    kind: u64,
    #[serde(borrow)]
    content: Option<Cow<'a, str>>,
    #[serde(borrow)]
    edited_timestamp: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Author {
    id: Snowflake,
    #[serde(default)]
    bot: bool,
    #[serde(default)]
    system: bool,
}

impl Message<'_> {
    /// What was written. Without words it was a picture, a sticker, a voice message, a poll, something passed on.
    fn words(&self) -> Option<&str> {
        self.content.as_deref().filter(|words| !words.trim().is_empty())
    }

    /// Only what people say to the bot alone is for the service.
    fn said(&self, key: EventKey, at: Timestamp, body: Body) -> Incoming {
        let is_private = self.guild_id.is_none() && self.channel_type.is_none_or(|kind| kind == DM);
        let is_written = KINDS.contains(&self.kind) && self.webhook_id.is_none();
        let author = self.author.as_ref().filter(|author| !author.bot && !author.system);
        let Some(author) = author.filter(|_| is_private && is_written) else { return Incoming::Nothing };
        let origin = Origin { message: i64::try_from(self.id.0).ok(), language: None };
        let source = Source::Address(address(author.id, self.channel_id));
        Incoming::Said(Said {
            event: Event { key, source, at, body, origin },
            channel: self.channel_id,
            message: self.id,
        })
    }
}

/// Where a person is reached.
pub(super) fn address(account: Snowflake, chat: Snowflake) -> Address {
    Address { platform: Platform::Discord, account: account.to_string(), chat: chat.to_string() }
}
