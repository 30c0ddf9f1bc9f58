//! What happens in groups: only commands and presses that are meant for the bot are read, and nothing else.
//! <https://core.telegram.org/bots/features#privacy-mode>

use std::fmt;

use jiff::Timestamp;

use crate::domain::event::{Address, Body, Event, EventKey, Origin, Platform, Source};
use crate::domain::space::{Actor, SPACE_ACCOUNT, SPACE_TOKEN, SpaceAsk, SpaceEvent};
use crate::domain::text::UserText;

/// Something in a group that is meant for the bot, as it may turn out. `Debug` shows only what is wanted.
pub struct InGroup {
    /// Of the event that it becomes, once it is known whether whoever did it may change the group.
    pub key: EventKey,
    /// Where in which group.
    pub source: Source,
    /// When.
    pub at: Timestamp,
    /// The language of whoever did it.
    pub language: Option<String>,
    /// What is wanted.
    pub ask: SpaceAsk,
    /// The group's chat.
    pub chat: i64,
    /// Who did it; none for an admin who hides their name, and when the platform says it of itself.
    pub account: Option<i64>,
    /// Whether it was an admin who hides their name.
    pub is_hidden_admin: bool,
    /// The bot that a command names.
    pub named: Option<String>,
    /// The message whose button was pressed.
    pub message: Option<i64>,
    /// The query to answer, so that the button stops turning.
    pub query: Option<String>,
}

impl InGroup {
    /// Whether it matters that whoever did it may change the group.
    pub fn needs_rights(&self) -> bool {
        match &self.ask {
            SpaceAsk::Setup(_) | SpaceAsk::Answer(_) | SpaceAsk::Queue => true,
            SpaceAsk::Press(token) => !is_for_everybody(token),
            SpaceAsk::Added
            | SpaceAsk::Removed
            | SpaceAsk::Moved(_)
            | SpaceAsk::Departed(_)
            | SpaceAsk::Missing(_)
            | SpaceAsk::Suggest(_)
            | SpaceAsk::Help => false,
        }
    }

    /// The event, once the platform has said whether whoever did it is an admin.
    pub fn known(self, is_admin: bool) -> Event {
        let account = self.account.map_or_else(String::new, |account| account.to_string());
        let actor =
            (self.account.is_some() || self.is_hidden_admin).then_some(Actor { account, is_admin, roles: Vec::new() });
        let message = self.message.map(|message| message.to_string());
        let body = Body::Space(Box::new(SpaceEvent { actor, ask: self.ask, message }));
        let origin = Origin { message: None, language: self.language };
        Event { key: self.key, source: self.source, at: self.at, body, origin }
    }
}

/// The buttons of a question are for every member.
fn is_for_everybody(token: &str) -> bool {
    let token = token.strip_prefix(SPACE_TOKEN).unwrap_or_default();
    ["ask", "buddy"].contains(&token)
        || ["private.", "share.", "reply.", "report.", "mood."].iter().any(|word| token.starts_with(word))
}

/// Where in a group something happened: the group's account, and the chat or topic.
pub(super) fn source(chat: i64, topic: Option<i64>) -> Source {
    let spot = topic.map_or_else(|| chat.to_string(), |topic| format!("{chat}/{topic}"));
    Source::Address(Address { platform: Platform::Telegram, account: account(chat), chat: spot })
}

/// The account of a group.
pub(super) fn account(chat: i64) -> String {
    format!("{SPACE_ACCOUNT}{chat}")
}

/// Reads a command in a group: what is wanted, and which bot it names. `None` for everything else that is written.
pub(super) fn command(text: &str) -> Option<(SpaceAsk, Option<String>)> {
    let rest = text.strip_prefix('/')?;
    let (head, words) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let (word, named) = match head.split_once('@') {
        Some((word, named)) => (word, Some(named.to_owned())),
        None => (head, None),
    };
    let words = UserText::new(words.trim());
    let ask = match word.to_lowercase().as_str() {
        "setup" => SpaceAsk::Setup(words),
        "suggest" => SpaceAsk::Suggest(words),
        "answer" => SpaceAsk::Answer(words),
        "queue" => SpaceAsk::Queue,
        // Whatever else is meant for this very bot is answered with what it does here.
        _ if named.is_some() => SpaceAsk::Help,
        _ => return None,
    };
    Some((ask, named))
}

impl fmt::Debug for InGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InGroup").field(&self.ask).finish()
    }
}
