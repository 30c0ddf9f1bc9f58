//! Where others can read along: what concerns a server that has the bot, and commands that are taken in private.

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use crate::discord::wire::custom_id::CustomId;
use crate::discord::wire::interaction::{Asks, CHAT_INPUT, COMMAND, COMPONENT, KEY, MODAL_SUBMIT, Raw, modal_words};
use crate::discord::wire::permissions::{self, Permissions};
use crate::discord::wire::said::address;
use crate::discord::wire::snowflake::Snowflake;
use crate::discord::wire::words::{self, Line};
use crate::domain::command::Command;
use crate::domain::event::{Address, Body, Event, EventKey, Origin, Platform, Source};
use crate::domain::space::{Actor, NO_ROLE, ROLE_TOKEN, SPACE_ACCOUNT, SPACE_TOKEN, SpaceAsk, SpaceEvent};
use crate::domain::text::UserText;

/// A server. <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-context-types>
const GUILD: u64 = 0;
/// Kinds of threads. <https://discord.com/developers/docs/resources/channel#channel-object-channel-types>
const THREADS: [u64; 3] = [10, 11, 12];
/// The token of the button by which members ask moderators.
const ASK_TOKEN: &str = "g.ask";
/// How the token of a button begins that opens a field for the answer to a request; the number of the request follows.
const ANSWER_TOKEN: &str = "g.q.answer.";
/// Under what in `authorizing_integration_owners` stands the server that has the bot.
const OWNER_GUILD: &str = "0";

/// A slash command given where others can read along. `Debug` shows only that.
pub struct Elsewhere {
    pub(super) account: Snowflake,
    pub(super) event: Event,
}

impl Elsewhere {
    /// The account that gave it, to open the chat with.
    pub fn account(&self) -> Snowflake {
        self.account
    }

    /// The command as if it had been given in this chat, which is the person's own with the bot.
    pub fn in_private(self, chat: Snowflake) -> Event {
        Event { source: Source::Address(address(self.account, chat)), ..self.event }
    }
}

/// A command for a server or a press of a button that belongs to it. `Debug` shows only that.
pub struct InSpace {
    /// For the service: the server is its source, and the channel where in it.
    pub event: Event,
    /// Whether something was pressed, rather than a command given.
    pub is_press: bool,
    /// Stands below the answer: what does not work here.
    pub without: Option<Line>,
    account: Snowflake,
    id: Snowflake,
    at: Timestamp,
    language: Option<String>,
}

impl InSpace {
    /// The account that did it, to open the chat with.
    pub fn account(&self) -> Snowflake {
        self.account
    }

    /// Whether an admin sets the server up by it.
    pub fn sets_up(&self) -> bool {
        let Body::Space(asked) = &self.event.body else { return false };
        let is_admin = asked.actor.as_ref().is_some_and(|actor| actor.is_admin);
        is_admin && matches!(asked.ask, SpaceAsk::Setup(_))
    }

    /// Goes on with a dialog in this chat, which is the person's own with the bot.
    pub fn in_private(&self, chat: Snowflake, dialog: &str) -> Event {
        Event {
            key: EventKey(format!("{KEY}{}:dm", self.id)),
            source: Source::Address(address(self.account, chat)),
            at: self.at,
            body: Body::Command(Command::Start, UserText::new(dialog)),
            origin: Origin { message: None, language: self.language.clone() },
        }
    }
}

impl Raw<'_> {
    /// What concerns the server; none for everything else, and where somebody has the bot only for themselves.
    pub(super) fn in_space(&self, account: Snowflake) -> Option<Asks> {
        let (guild, channel) = (self.guild()?, self.channel_id?);
        let ask = match self.kind {
            COMMAND => self.space_command()?,
            COMPONENT => {
                let token = self.space_token()?;
                if token.starts_with(ANSWER_TOKEN) {
                    return Some(Asks::WriteInSpace { token });
                }
                SpaceAsk::Press(token)
            }
            MODAL_SUBMIT => self.space_answer()?,
            _ => return None,
        };
        let is_admin = self.member.as_ref().is_some_and(|member| permissions::read(&member.permissions).is_admin());
        let mut without = None;
        if is_admin && matches!(ask, SpaceAsk::Setup(_)) {
            let can = self.app_permissions();
            if let Some(line) = words::lacking(
                can.sees(),
                can.writes(self.is_thread()),
                self.is_thread(),
                self.language().unwrap_or_default(),
            ) {
                return Some(Asks::Lacking(line));
            }
            without = (!self.is_thread() && !can.opens_threads()).then_some(words::NO_THREADS);
        }
        let actor = Some(Actor { account: account.to_string(), is_admin, roles: self.roles() });
        let is_press = self.kind == COMPONENT;
        let message = self.message["id"].as_str().map(str::to_owned);
        let account_of_guild = format!("{SPACE_ACCOUNT}{guild}");
        let event = Event {
            key: EventKey(format!("{KEY}{}", self.id)),
            source: Source::Address(Address {
                platform: Platform::Discord,
                account: account_of_guild,
                chat: channel.to_string(),
            }),
            at: self.id.at(),
            body: Body::Space(Box::new(SpaceEvent { actor, ask, message })),
            origin: Origin { message: None, language: self.guild_locale.as_deref().map(str::to_owned) },
        };
        let language = self.locale.as_deref().map(str::to_owned);
        Some(Asks::InSpace(InSpace { event, is_press, without, account, id: self.id, at: self.id.at(), language }))
    }

    /// The server that has the bot, if it was there.
    fn guild(&self) -> Option<Snowflake> {
        let guild = self.guild_id.as_str()?;
        let is_owner = self.owners[OWNER_GUILD].as_str() == Some(guild);
        let is_guild = self.context.is_none_or(|context| context == GUILD);
        Snowflake::parse(guild).filter(|_| is_owner && is_guild)
    }

    fn space_command(&self) -> Option<SpaceAsk> {
        if self.data["type"].as_u64().is_some_and(|kind| kind != CHAT_INPUT) {
            return None;
        }
        let words = || UserText::new(self.option_words().trim());
        match self.data["name"].as_str()? {
            words::SETUP => Some(SpaceAsk::Setup(words())),
            words::SUGGEST => Some(SpaceAsk::Suggest(words())),
            words::ANSWER => {
                let parts = [words::ANSWER_NUMBER.name, words::ANSWER_WORDS.name].map(|name| self.option_named(name));
                Some(SpaceAsk::Answer(UserText::new(parts.join(" "))))
            }
            words::QUEUE => Some(SpaceAsk::Queue),
            words::MODERATOR => Some(SpaceAsk::Press(ASK_TOKEN.to_owned())),
            _ => None,
        }
    }

    /// What was pressed or chosen, if it belongs to a space.
    fn space_token(&self) -> Option<String> {
        let token = match self.data["custom_id"].as_str().map(CustomId::read)? {
            CustomId::Tap(ROLE_TOKEN) => return self.chosen_role(),
            CustomId::Tap(token) => Some(token),
            CustomId::Pick(_) => self.data["values"][0].as_str(),
            CustomId::Ticks(_) | CustomId::Write(_) | CustomId::Pin => None,
        };
        token.filter(|token| token.starts_with(SPACE_TOKEN)).map(str::to_owned)
    }

    /// The token of a role that was chosen from the platform's own list, or of none.
    fn chosen_role(&self) -> Option<String> {
        let (page, _) = ROLE_TOKEN.rsplit_once('.')?;
        let role = match self.data["values"].as_array()?.first() {
            Some(id) => Snowflake::parse(id.as_str()?)?.to_string(),
            None => NO_ROLE.to_owned(),
        };
        Some(format!("{page}.{role}"))
    }

    /// The words of a field that was opened to answer a request.
    fn space_answer(&self) -> Option<SpaceAsk> {
        let CustomId::Write(token) = self.data["custom_id"].as_str().map(CustomId::read)? else { return None };
        let number = token.strip_prefix(ANSWER_TOKEN)?;
        let words = modal_words(&self.data["components"]).unwrap_or_default();
        Some(SpaceAsk::Answer(UserText::new(format!("{number} {words}"))))
    }

    /// The ids of the roles that whoever did it has there.
    fn roles(&self) -> Vec<String> {
        let roles = self.member.as_ref().and_then(|member| member.roles.as_array());
        roles.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// What the bot may do there; everything where the platform does not say.
    fn app_permissions(&self) -> Permissions {
        if self.app_permissions.is_null() { Permissions::ALL } else { permissions::read(&self.app_permissions) }
    }

    fn is_thread(&self) -> bool {
        let kind = self.channel.as_ref().and_then(|channel| channel.kind);
        kind.is_some_and(|kind| THREADS.contains(&kind))
    }

    /// The words of a command's options.
    pub(super) fn option_words(&self) -> String {
        let options = self.data["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        options.iter().filter_map(|option| value(&option["value"])).collect::<Vec<_>>().join(" ")
    }

    /// The words of one of a command's options.
    fn option_named(&self, name: &str) -> String {
        let options = self.data["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        let option = options.iter().find(|option| option["name"].as_str() == Some(name));
        option.and_then(|option| value(&option["value"])).unwrap_or_default()
    }
}

/// The value of an option, which is text with us; a number where the platform should ever send one.
fn value(value: &Value) -> Option<String> {
    match value {
        Value::String(words) => Some(words.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

impl fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Elsewhere")
    }
}

impl fmt::Debug for InSpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InSpace")
    }
}
