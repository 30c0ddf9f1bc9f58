//! Slash commands, presses, selections and submitted modals.
//! <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object>

pub mod elsewhere;

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::discord::wire::custom_id::CustomId;
use crate::discord::wire::incoming::{Incoming, unreadable};
use crate::discord::wire::interaction::elsewhere::{Elsewhere, InSpace};
use crate::discord::wire::said::address;
use crate::discord::wire::snowflake::Snowflake;
use crate::domain::command::Command;
use crate::domain::event::{Body, Event, EventKey, Origin, Source};
use crate::domain::language::Language;
use crate::domain::secret::Secret;
use crate::domain::text::UserText;

/// Keys of interactions begin so; the interaction's id follows.
const KEY: &str = "dc:i:";
/// A person's own chat with the bot. <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-context-types>
const BOT_DM: u64 = 1;
/// A chat between two. <https://discord.com/developers/docs/resources/channel#channel-object-channel-types>
const DM_CHANNEL: u64 = 1;

/// Somebody waits for an answer: within 3 seconds, and by its token for 15 minutes. `Debug` shows only what kind it is.
pub struct Interaction {
    /// Its id, which names where it is answered.
    pub id: Snowflake,
    /// Lets anybody answer it.
    pub token: Secret,
    /// Who asks.
    pub account: Snowflake,
    /// The language of their app, if it is spoken here.
    pub language: Option<Language>,
    /// What is asked.
    pub asks: Asks,
}

/// What an interaction asks. `Debug` shows only what kind it is.
pub enum Asks {
    /// A slash command in the person's own chat with the bot.
    Command(Event),
    /// A slash command where others can read along: it is taken in private.
    CommandElsewhere(Elsewhere),
    /// Something that concerns a server that has the bot.
    InSpace(InSpace),
    /// The button in a server that opens a field for the answer to a request; its modal is the answer.
    WriteInSpace {
        /// The token of the button.
        token: String,
    },
    /// `/setup` where the bot may not do what it needs, and what to say then.
    Lacking(String),
    /// A press of a button, or one option of a list.
    Press(Event),
    /// The ticks of a question with several answers: each that changed is one press, the cleared ones first so that there
    /// is room for the others. Empty when nothing has changed.
    Ticks(Vec<Event>),
    /// The button that opens a field for words; its modal is the answer.
    Write {
        /// The tap of the question: whether it is still open.
        token: String,
    },
    /// Words from such a field.
    Written {
        /// The words.
        event: Event,
        /// The tap of the question they were written for.
        token: String,
    },
    /// The button that opens a field for a PIN; its modal is the answer.
    WritePin,
    /// What was put into such a field.
    Pin(Event),
    /// A press or words where others can read along, where no button of ours belongs.
    NotHere,
    /// Something that we never offer.
    Unknown,
}

/// Reads the data of an `INTERACTION_CREATE`.
pub(super) fn asked(raw: &str, now: Timestamp) -> Incoming {
    let read = serde_json::from_str::<Raw<'_>>(raw).ok();
    match read.as_ref().and_then(Raw::interaction) {
        Some(interaction) => Incoming::Asked(interaction),
        None => unreadable(raw, KEY, now),
    }
}

#[derive(Deserialize)]
struct Raw<'a> {
    id: Snowflake,
    #[serde(borrow)]
    token: Cow<'a, str>,
    #[serde(rename = "type")]
    kind: u64,
    /// What is in it depends on the kind.
    #[serde(default)]
    data: Value,
    #[serde(default)]
    guild_id: Value,
    #[serde(borrow)]
    guild_locale: Option<Cow<'a, str>>,
    /// Who has brought the bot there.
    #[serde(rename = "authorizing_integration_owners", default)]
    owners: Value,
    /// What the bot may do there.
    #[serde(default)]
    app_permissions: Value,
    context: Option<u64>,
    channel_id: Option<Snowflake>,
    channel: Option<Channel>,
    user: Option<User>,
    member: Option<Member>,
    #[serde(borrow)]
    locale: Option<Cow<'a, str>>,
    /// The message that was pressed.
    #[serde(default)]
    message: Value,
}

#[derive(Deserialize)]
struct Channel {
    #[serde(rename = "type")]
    kind: Option<u64>,
}

#[derive(Deserialize)]
struct User {
    id: Snowflake,
}

#[derive(Deserialize)]
struct Member {
    user: Option<User>,
    /// What they may do there.
    #[serde(default)]
    permissions: Value,
    /// The ids of the roles that they have there.
    #[serde(default)]
    roles: Value,
}

/// The kinds of interactions. <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-type>
const COMMAND: u64 = 2;
const COMPONENT: u64 = 3;
const MODAL_SUBMIT: u64 = 5;
/// The kind of a slash command. <https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-types>
const CHAT_INPUT: u64 = 1;

impl Raw<'_> {
    /// None when it does not say who asks.
    fn interaction(&self) -> Option<Interaction> {
        let user = self.user.as_ref().or(self.member.as_ref().and_then(|member| member.user.as_ref()))?;
        let asks = self.in_space(user.id).unwrap_or_else(|| match self.kind {
            COMMAND => self.command(user.id),
            COMPONENT | MODAL_SUBMIT => match self.private_chat() {
                Some(chat) => self.pressed(user.id, chat),
                None => Asks::NotHere,
            },
            _ => Asks::Unknown,
        });
        let language = self.language();
        Some(Interaction { id: self.id, token: Secret::new(self.token.as_ref()), account: user.id, language, asks })
    }

    /// The language of their app, if it is spoken here.
    fn language(&self) -> Option<Language> {
        self.locale.as_deref().and_then(Language::of_tag)
    }

    /// The person's own chat with the bot, if it was there.
    fn private_chat(&self) -> Option<Snowflake> {
        let channel = self.channel.as_ref().and_then(|channel| channel.kind);
        let is_private = self.context.is_none_or(|context| context == BOT_DM)
            && self.guild_id.is_null()
            && channel.is_none_or(|kind| kind == DM_CHANNEL);
        self.channel_id.filter(|_| is_private)
    }

    fn command(&self, account: Snowflake) -> Asks {
        if self.data["type"].as_u64().is_some_and(|kind| kind != CHAT_INPUT) {
            return Asks::Unknown;
        }
        let (name, words) = (self.data["name"].as_str().unwrap_or_default(), self.option_words());
        let body = match Command::from_word(name) {
            Some(command) => Body::Command(command, UserText::new(words.trim())),
            None => Body::UnknownCommand(UserText::new(format!("/{name} {words}"))),
        };
        match self.private_chat() {
            Some(chat) => Asks::Command(self.event(account, chat, None, body)),
            None => {
                let event = Event { source: Source::Platform, ..self.event(account, Snowflake(0), None, body) };
                Asks::CommandElsewhere(Elsewhere { account, event })
            }
        }
    }

    fn pressed(&self, account: Snowflake, chat: Snowflake) -> Asks {
        let event = |body| self.event(account, chat, None, body);
        let custom_id = self.data["custom_id"].as_str().map(CustomId::read);
        match (self.kind, custom_id) {
            (COMPONENT, Some(CustomId::Tap(token))) => Asks::Press(event(Body::Tap(token.to_owned()))),
            (COMPONENT, Some(CustomId::Pick(_))) => match self.data["values"][0].as_str() {
                Some(token) => Asks::Press(event(Body::Tap(token.to_owned()))),
                None => Asks::Unknown,
            },
            (COMPONENT, Some(CustomId::Ticks(_))) => Asks::Ticks(self.ticks(account, chat)),
            (COMPONENT, Some(CustomId::Pin)) => Asks::WritePin,
            (MODAL_SUBMIT, Some(CustomId::Pin)) => {
                let digits = modal_words(&self.data["components"]).unwrap_or_default();
                Asks::Pin(event(Body::Pin(UserText::new(digits))))
            }
            (COMPONENT, Some(CustomId::Write(token))) => Asks::Write { token: token.to_owned() },
            (MODAL_SUBMIT, Some(CustomId::Write(token))) => {
                let body = modal_words(&self.data["components"]).map_or(Body::Wordless, typed);
                Asks::Written { event: event(body), token: token.to_owned() }
            }
            _ => Asks::Unknown,
        }
    }

    /// One press for each option whose tick is another one than the message showed.
    fn ticks(&self, account: Snowflake, chat: Snowflake) -> Vec<Event> {
        let chosen = self.data["values"].as_array().map(Vec::as_slice).unwrap_or_default();
        let shown = options(&self.message["components"], &self.data["custom_id"]);
        let was = |option: &Value| option["default"] == Value::Bool(true);
        let mut changed: Vec<&Value> =
            shown.iter().filter(|option| was(option) != chosen.contains(&option["value"])).collect();
        changed.sort_by_key(|option| !was(option));
        let tokens = changed.into_iter().filter_map(|option| option["value"].as_str());
        let tap = |(number, token): (usize, &str)| self.event(account, chat, Some(number), Body::Tap(token.to_owned()));
        tokens.enumerate().map(tap).collect()
    }

    fn event(&self, account: Snowflake, chat: Snowflake, number: Option<usize>, body: Body) -> Event {
        let number = number.map(|number| format!(":{number}")).unwrap_or_default();
        let language = self.locale.as_ref().map(|locale| locale.clone().into_owned());
        Event {
            key: EventKey(format!("{KEY}{}{number}", self.id)),
            source: Source::Address(address(account, chat)),
            at: self.id.at(),
            body,
            origin: Origin { message: None, language },
        }
    }
}

/// What somebody put into a field: a command is one there too, and an unknown one is words.
fn typed(words: &str) -> Body {
    let body = Body::from_typed(words);
    if matches!(body, Body::UnknownCommand(_)) { Body::Text(UserText::new(words)) } else { body }
}

/// The options of the list with this custom id among the rows of a message.
fn options<'a>(rows: &'a Value, custom_id: &Value) -> &'a [Value] {
    let rows = rows.as_array().into_iter().flatten();
    let mut lists = rows.filter_map(|row| row["components"].as_array()).flatten();
    let list = lists.find(|list| list["custom_id"] == *custom_id).and_then(|list| list["options"].as_array());
    list.map(Vec::as_slice).unwrap_or_default()
}

/// The words in a modal's field, in a label as it is sent today or in a row as it was.
fn modal_words(components: &Value) -> Option<&str> {
    let mut fields = components.as_array().into_iter().flatten().flat_map(|outer| {
        let rows = outer["components"].as_array().into_iter().flatten();
        rows.chain([&outer["component"]])
    });
    fields.find_map(|field| field["value"].as_str()).filter(|words| !words.trim().is_empty())
}

impl fmt::Debug for Interaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interaction({:?})", self.asks)
    }
}

impl fmt::Debug for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Command(_) => "command",
            Self::CommandElsewhere(_) => "command elsewhere",
            Self::InSpace(_) => "in a space",
            Self::WriteInSpace { .. } => "write in a space",
            Self::Lacking(_) => "lacking",
            Self::Press(_) => "press",
            Self::Ticks(_) => "ticks",
            Self::Write { .. } => "write",
            Self::Written { .. } => "written",
            Self::WritePin => "write pin",
            Self::Pin(_) => "pin",
            Self::NotHere => "not here",
            Self::Unknown => "unknown",
        })
    }
}
