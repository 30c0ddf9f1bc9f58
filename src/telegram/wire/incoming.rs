//! Updates of the platform, read as events. Tolerant: a kind or a field that is not known is passed over, so that a
//! new version of the platform stops nothing. <https://core.telegram.org/bots/api#update>

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::domain::event::{Address, Body, Event, EventKey, Origin, Platform, Source};
use crate::domain::language::Language;
use crate::domain::space::{SPACE_TOKEN, SpaceAsk};
use crate::telegram::wire::group::{self, InGroup};

/// The kinds of updates that [`read`] understands, as `allowed_updates` names them.
/// `chat_member`, of other people, comes only from groups that the bot is an admin of.
pub const UPDATE_KINDS: [&str; 5] = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"];

/// An update.
#[derive(Debug)]
pub struct Update {
    /// Its number, by which it is confirmed; `None` when not even that can be read.
    pub id: Option<i64>,
    /// What it says.
    pub what: Incoming,
}

/// What an update says. `Debug` shows no number of a chat or of a query.
pub enum Incoming {
    /// Something for the service.
    Event(Event),
    /// A picture of an album, with words or without, for the service.
    OfAlbum {
        /// The picture.
        event: Event,
        /// The album, as the platform calls it.
        album: String,
    },
    /// A press of a button in its owner's own chat.
    Press {
        /// The press.
        event: Event,
        /// The query to answer, so that the button stops turning.
        query: String,
    },
    /// A press that is not for the service: in a group, or without a button of ours.
    ForeignPress {
        /// The query to answer.
        query: String,
        /// The account that pressed.
        account: String,
        /// The language of their app, if it is spoken here.
        language: Option<Language>,
    },
    /// Something in a group that is meant for the bot.
    Group(Box<InGroup>),
    /// It cannot be read: to be set apart, if it has a number.
    Unreadable(Option<Event>),
    /// Nothing that concerns us.
    Nothing,
}

impl Update {
    /// An update of which nothing can be read.
    pub fn unreadable() -> Self {
        Self { id: None, what: Incoming::Unreadable(None) }
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(event) => f.debug_tuple("Event").field(event).finish(),
            Self::OfAlbum { event, .. } => f.debug_tuple("OfAlbum").field(event).finish(),
            Self::Press { event, .. } => f.debug_tuple("Press").field(event).finish(),
            Self::ForeignPress { .. } => f.write_str("ForeignPress"),
            Self::Group(group) => f.debug_tuple("Group").field(group).finish(),
            Self::Unreadable(event) => f.debug_tuple("Unreadable").field(event).finish(),
            Self::Nothing => f.write_str("Nothing"),
        }
    }
}

/// Reads one update. `now` is the time of what carries none of its own.
pub fn read(raw: &str, now: Timestamp) -> Update {
    match serde_json::from_str::<RawUpdate<'_>>(raw) {
        Ok(update) => Update { id: Some(update.update_id), what: update.what(now) },
        Err(_) => {
            let id = serde_json::from_str::<OnlyId>(raw).ok().map(|only| only.update_id);
            let body = Body::Unreadable(raw.len());
            let event = id.map(|id| event(id, Source::Platform, now, body, Origin::default()));
            Update { id, what: Incoming::Unreadable(event) }
        }
    }
}

/// The first update of an answer that is no JSON, by its number, to be set apart; `None` when no number can be found.
pub fn salvage(answer: &[u8], now: Timestamp) -> Option<Update> {
    const NAME: &[u8] = b"\"update_id\"";
    let at = answer.windows(NAME.len()).position(|window| window == NAME)?;
    let rest = answer.get(at + NAME.len()..)?.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let id: i64 = std::str::from_utf8(rest.get(..digits)?).ok()?.parse().ok()?;
    let event = event(id, Source::Platform, now, Body::Unreadable(answer.len()), Origin::default());
    Some(Update { id: Some(id), what: Incoming::Unreadable(Some(event)) })
}

#[derive(Deserialize)]
struct OnlyId {
    update_id: i64,
}

#[derive(Deserialize)]
struct RawUpdate<'a> {
    update_id: i64,
    #[serde(borrow)]
    message: Option<Message<'a>>,
    #[serde(borrow)]
    edited_message: Option<Message<'a>>,
    #[serde(borrow)]
    callback_query: Option<CallbackQuery<'a>>,
    #[serde(borrow)]
    my_chat_member: Option<MemberUpdated<'a>>,
    #[serde(borrow)]
    chat_member: Option<MemberUpdated<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    message_id: i64,
    #[serde(borrow)]
    from: Option<User<'a>>,
    #[serde(borrow)]
    chat: Chat<'a>,
    date: i64,
    /// The group itself, when an admin hides their name.
    sender_chat: Option<OnlyChat>,
    message_thread_id: Option<i64>,
    #[serde(default)]
    is_topic_message: bool,
    /// The group is a supergroup now, and that is its chat.
    migrate_to_chat_id: Option<i64>,
    /// Who went from the group. The platform leaves this out where there are many members.
    #[serde(borrow)]
    left_chat_member: Option<User<'a>>,
    #[serde(borrow)]
    text: Option<Cow<'a, str>>,
    #[serde(borrow)]
    caption: Option<Cow<'a, str>>,
    #[serde(borrow)]
    media_group_id: Option<Cow<'a, str>>,
    // What people send that is not words. Every other message without a text is the platform's own notice.
    animation: Option<IgnoredAny>,
    audio: Option<IgnoredAny>,
    checklist: Option<IgnoredAny>,
    contact: Option<IgnoredAny>,
    dice: Option<IgnoredAny>,
    document: Option<IgnoredAny>,
    game: Option<IgnoredAny>,
    giveaway: Option<IgnoredAny>,
    invoice: Option<IgnoredAny>,
    live_photo: Option<IgnoredAny>,
    location: Option<IgnoredAny>,
    paid_media: Option<IgnoredAny>,
    photo: Option<IgnoredAny>,
    poll: Option<IgnoredAny>,
    rich_message: Option<IgnoredAny>,
    sticker: Option<IgnoredAny>,
    story: Option<IgnoredAny>,
    venue: Option<IgnoredAny>,
    video: Option<IgnoredAny>,
    video_note: Option<IgnoredAny>,
    voice: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct OnlyChat {
    id: i64,
}

#[derive(Deserialize)]
struct User<'a> {
    id: i64,
    #[serde(default)]
    is_bot: bool,
    #[serde(borrow)]
    language_code: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Chat<'a> {
    id: i64,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
}

#[derive(Deserialize)]
struct CallbackQuery<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    from: User<'a>,
    #[serde(borrow)]
    message: Option<Pressed<'a>>,
    #[serde(borrow)]
    data: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Pressed<'a> {
    message_id: i64,
    #[serde(borrow)]
    chat: Chat<'a>,
    message_thread_id: Option<i64>,
    #[serde(default)]
    is_topic_message: bool,
}

#[derive(Deserialize)]
struct MemberUpdated<'a> {
    #[serde(borrow)]
    chat: Chat<'a>,
    #[serde(borrow)]
    from: User<'a>,
    date: i64,
    #[serde(borrow)]
    old_chat_member: Member<'a>,
    #[serde(borrow)]
    new_chat_member: Member<'a>,
}

#[derive(Deserialize)]
struct Member<'a> {
    #[serde(borrow)]
    user: Option<User<'a>>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    /// Of somebody who may not do everything: whether they are there at all.
    is_member: Option<bool>,
}

impl RawUpdate<'_> {
    fn what(&self, now: Timestamp) -> Incoming {
        if let Some(message) = &self.message {
            message.said(self.update_id)
        } else if let Some(message) = &self.edited_message {
            message.edited(self.update_id)
        } else if let Some(query) = &self.callback_query {
            query.pressed(self.update_id, now)
        } else if let Some(member) = &self.my_chat_member {
            member.changed(self.update_id)
        } else if let Some(member) = &self.chat_member {
            member.departed(self.update_id)
        } else {
            Incoming::Nothing
        }
    }
}

impl Message<'_> {
    fn said(&self, update: i64) -> Incoming {
        if self.chat.is_group() {
            return self.in_group(update);
        }
        let body = match (&self.text, &self.caption) {
            (Some(words), _) | (None, Some(words)) => Body::from_typed(words),
            (None, None) if self.is_wordless() => Body::Wordless,
            (None, None) => return Incoming::Nothing,
        };
        match (self.event(update, body), &self.media_group_id) {
            (Incoming::Event(event), Some(album)) => Incoming::OfAlbum { event, album: album.clone().into_owned() },
            (said, _) => said,
        }
    }

    /// Only commands of people and of admins who hide their name.
    fn in_group(&self, update: i64) -> Incoming {
        let is_hidden_admin = self.sender_chat.as_ref().is_some_and(|sender| sender.id == self.chat.id);
        let from = self.from.as_ref().filter(|from| !from.is_bot);
        let (ask, named) = match (self.migrate_to_chat_id, self.text.as_deref().and_then(group::command)) {
            (Some(chat), _) => (SpaceAsk::Moved(group::account(chat)), None),
            (None, Some(command)) if from.is_some() || is_hidden_admin => command,
            (None, _) => {
                let left = self.left_chat_member.as_ref();
                return left.map_or(Incoming::Nothing, |left| departed(update, &self.chat, left, seconds(self.date)));
            }
        };
        let topic = self.message_thread_id.filter(|_| self.is_topic_message);
        Incoming::Group(Box::new(InGroup {
            key: key(update),
            source: group::source(self.chat.id, topic),
            at: seconds(self.date),
            language: from.and_then(User::language),
            ask,
            chat: self.chat.id,
            account: from.map(|from| from.id),
            is_hidden_admin,
            named,
            message: None,
            query: None,
        }))
    }

    fn edited(&self, update: i64) -> Incoming {
        match self.text.as_ref().or(self.caption.as_ref()) {
            Some(words) => self.event(update, Body::from_edited(words)),
            None => Incoming::Nothing,
        }
    }

    fn is_wordless(&self) -> bool {
        let kinds = [
            &self.animation,
            &self.audio,
            &self.checklist,
            &self.contact,
            &self.dice,
            &self.document,
            &self.game,
            &self.giveaway,
            &self.invoice,
            &self.live_photo,
            &self.location,
            &self.paid_media,
            &self.photo,
            &self.poll,
            &self.rich_message,
            &self.sticker,
            &self.story,
            &self.venue,
            &self.video,
            &self.video_note,
            &self.voice,
        ];
        kinds.iter().any(|kind| kind.is_some())
    }

    /// Only what people say to the bot alone is for the service.
    fn event(&self, update: i64, body: Body) -> Incoming {
        let Some(from) = self.from.as_ref().filter(|from| !from.is_bot && self.chat.is_private_of(from)) else {
            return Incoming::Nothing;
        };
        let origin = Origin { message: Some(self.message_id), language: from.language() };
        Incoming::Event(event(update, from.source(), seconds(self.date), body, origin))
    }
}

impl CallbackQuery<'_> {
    fn pressed(&self, update: i64, now: Timestamp) -> Incoming {
        let query = self.id.clone().into_owned();
        let is_own = self.message.as_ref().is_some_and(|message| message.chat.is_private_of(&self.from));
        match &self.data {
            Some(token) if is_own => {
                let origin = Origin { message: None, language: self.from.language() };
                let body = Body::Tap(token.clone().into_owned());
                Incoming::Press { event: event(update, self.from.source(), now, body, origin), query }
            }
            Some(token) if token.starts_with(SPACE_TOKEN) => self.in_group(update, now, token, query),
            _ => self.foreign(query),
        }
    }
}

impl CallbackQuery<'_> {
    fn foreign(&self, query: String) -> Incoming {
        let language = self.from.language_code.as_deref().and_then(Language::of_tag);
        Incoming::ForeignPress { query, account: self.from.id.to_string(), language }
    }

    fn in_group(&self, update: i64, now: Timestamp, token: &str, query: String) -> Incoming {
        let Some(message) = self.message.as_ref().filter(|message| message.chat.is_group()) else {
            return self.foreign(query);
        };
        let topic = message.message_thread_id.filter(|_| message.is_topic_message);
        Incoming::Group(Box::new(InGroup {
            key: key(update),
            source: group::source(message.chat.id, topic),
            at: now,
            language: self.from.language(),
            ask: SpaceAsk::Press(token.to_owned()),
            chat: message.chat.id,
            account: Some(self.from.id),
            is_hidden_admin: false,
            named: None,
            message: Some(message.message_id),
            query: Some(query),
        }))
    }
}

impl MemberUpdated<'_> {
    /// Somebody else's standing in a chat has changed: only going matters.
    fn departed(&self, update: i64) -> Incoming {
        let user = self.new_chat_member.user.as_ref().filter(|_| self.chat.is_group() && !self.new_chat_member.is_in());
        user.map_or(Incoming::Nothing, |user| departed(update, &self.chat, user, seconds(self.date)))
    }

    /// The bot's own standing in a chat has changed.
    fn changed(&self, update: i64) -> Incoming {
        let is_in = Member::is_in;
        let at = seconds(self.date);
        if self.chat.is_private_of(&self.from) {
            if is_in(&self.new_chat_member) {
                return Incoming::Nothing;
            }
            return Incoming::Event(event(update, self.from.source(), at, Body::Left, Origin::default()));
        }
        let ask = match (is_in(&self.old_chat_member), is_in(&self.new_chat_member)) {
            (false, true) => SpaceAsk::Added,
            (true, false) => SpaceAsk::Removed,
            _ => return Incoming::Nothing,
        };
        if !self.chat.is_group() {
            return Incoming::Nothing;
        }
        Incoming::Group(Box::new(InGroup {
            key: key(update),
            source: group::source(self.chat.id, None),
            at,
            language: self.from.language(),
            ask,
            chat: self.chat.id,
            account: None,
            is_hidden_admin: false,
            named: None,
            message: None,
            query: None,
        }))
    }
}

impl Member<'_> {
    fn is_in(&self) -> bool {
        !matches!(self.status.as_ref(), "left" | "kicked") && self.is_member != Some(false)
    }
}

/// A person goes from a group. Bots, this one among them, are told of otherwise.
fn departed(update: i64, chat: &Chat<'_>, who: &User<'_>, at: Timestamp) -> Incoming {
    if who.is_bot {
        return Incoming::Nothing;
    }
    Incoming::Group(Box::new(InGroup {
        key: key(update),
        source: group::source(chat.id, None),
        at,
        language: None,
        ask: SpaceAsk::Departed(who.id.to_string()),
        chat: chat.id,
        account: None,
        is_hidden_admin: false,
        named: None,
        message: None,
        query: None,
    }))
}

impl Chat<'_> {
    fn is_group(&self) -> bool {
        matches!(self.kind.as_ref(), "group" | "supergroup")
    }

    fn is_private_of(&self, user: &User<'_>) -> bool {
        self.kind == "private" && self.id == user.id
    }
}

impl User<'_> {
    fn source(&self) -> Source {
        let id = self.id.to_string();
        Source::Address(Address { platform: Platform::Telegram, account: id.clone(), chat: id })
    }

    fn language(&self) -> Option<String> {
        self.language_code.as_ref().map(|code| code.clone().into_owned())
    }
}

fn event(update: i64, source: Source, at: Timestamp, body: Body, origin: Origin) -> Event {
    Event { key: key(update), source, at, body, origin }
}

fn key(update: i64) -> EventKey {
    EventKey(format!("tg:u:{update}"))
}

fn seconds(date: i64) -> Timestamp {
    Timestamp::from_second(date).unwrap_or(Timestamp::UNIX_EPOCH)
}
