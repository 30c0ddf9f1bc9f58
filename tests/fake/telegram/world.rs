//! The platform's side of things: who is there, what stands in their chats, what waits for the bot.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use serde_json::{Value, json};

use crate::fake_http::multipart::FilePart;

use super::faults::Faults;
use super::ledger::{Breach, CallbackAnswer, Ledger, Request};
use super::message::Message;
use super::rate::Rations;
use super::refusal::Refusal;
use super::updates::{Poll, Updates};

/// Who writes for an admin that hides their name.
pub(super) const HIDDEN_ADMIN_ID: i64 = 1_087_968_824;
/// Of the bot itself.
pub(super) const BOT_ID: i64 = 7_000_000_001;
pub(super) const BOT_USERNAME: &str = "mendwell_test_bot";

/// Everything that is so at one moment; what a test looks at.
pub(crate) struct World {
    pub(super) ledger: Ledger,
    pub(super) faults: Faults,
    pub(super) rations: Option<Rations>,
    pub(super) updates: Updates,
    pub(super) people: HashMap<i64, Facts>,
    pub(super) chats: HashMap<i64, Chat>,
    pub(super) files: HashMap<String, FilePart>,
    /// Presses that the bot may still answer.
    pub(super) queries: HashSet<String>,
    pub(super) profile: Profile,
    /// Unix seconds of everything that happens.
    pub(super) date: i64,
    /// Before each answer.
    pub(super) latency: Duration,
    pub(super) messages_a_chat_max: usize,
    pub(super) last_message_id: i64,
    pub(super) last_query: u64,
}

/// What the platform says of a person.
#[derive(Clone)]
pub(super) struct Facts {
    pub(super) first_name: String,
    pub(super) language: Option<String>,
}

/// What the bot shows of itself, by language; "" is for all others.
#[derive(Default)]
pub(super) struct Profile {
    /// By scope and language: names and descriptions.
    pub(super) commands: BTreeMap<(String, String), Vec<(String, String)>>,
    pub(super) descriptions: BTreeMap<String, String>,
    pub(super) short_descriptions: BTreeMap<String, String>,
}

pub(super) struct Chat {
    pub(super) kind: ChatKind,
    pub(super) title: String,
    pub(super) standing: Standing,
    /// In the order of their ids.
    pub(super) messages: VecDeque<Message>,
    /// Only a supergroup counts its own.
    pub(super) last_message_id: i64,
    /// What the bot is shown to be doing.
    pub(super) actions: Vec<String>,
    /// Who may change a group.
    pub(super) admins: HashSet<i64>,
    /// Whether each topic of a group is open.
    pub(super) topics: BTreeMap<i64, bool>,
    /// Whether the bot may not write there although it is in it.
    pub(super) is_muted: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ChatKind {
    Group,
    Private,
    Supergroup,
}

/// Whether the bot may speak in a chat.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Standing {
    Blocked,
    Kicked,
    Left,
    MigratedTo(i64),
    Open,
}

impl World {
    pub(super) fn new(date: i64, is_ledger_kept: bool, messages_a_chat_max: usize, rations: Option<Rations>) -> Self {
        Self {
            ledger: Ledger { is_kept: is_ledger_kept, ..Ledger::default() },
            faults: Faults::default(),
            rations,
            updates: Updates::default(),
            people: HashMap::new(),
            chats: HashMap::new(),
            files: HashMap::new(),
            queries: HashSet::new(),
            profile: Profile::default(),
            date,
            latency: Duration::ZERO,
            messages_a_chat_max,
            last_message_id: 0,
            last_query: 0,
        }
    }

    /// Every request in its order.
    pub(crate) fn requests(&self) -> &[Request] {
        &self.ledger.requests
    }

    /// Everything that the platform would have refused as malformed.
    pub(crate) fn breaches(&self) -> &[Breach] {
        &self.ledger.breaches
    }

    /// What answered presses, in order.
    pub(crate) fn callback_answers(&self) -> &[CallbackAnswer] {
        &self.ledger.callback_answers
    }

    /// A chat as the person sees it now, oldest first, both sides.
    pub(crate) fn messages(&self, chat: i64) -> impl DoubleEndedIterator<Item = &Message> {
        self.chats.get(&chat).into_iter().flat_map(|chat| &chat.messages)
    }

    /// What the bot has said there and what still stands, without markup.
    pub(crate) fn said(&self, chat: i64) -> Vec<&str> {
        self.messages(chat).filter(|message| message.from.is_none()).map(|message| message.text.as_str()).collect()
    }

    /// What the bot was shown to be doing there ("typing").
    pub(crate) fn chat_actions(&self, chat: i64) -> &[String] {
        self.chats.get(&chat).map_or(&[], |chat| &chat.actions)
    }

    /// Names and descriptions; the scope is its type, and after a colon its chat and member if it has them.
    pub(crate) fn commands(&self, scope: &str, language: &str) -> &[(String, String)] {
        self.profile.commands.get(&(scope.to_owned(), language.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// What stands in an empty chat with the bot.
    pub(crate) fn description(&self, language: &str) -> Option<&str> {
        self.profile.descriptions.get(language).map(String::as_str)
    }

    /// What stands on the bot's own page.
    pub(crate) fn short_description(&self, language: &str) -> Option<&str> {
        self.profile.short_descriptions.get(language).map(String::as_str)
    }

    /// Updates below this are forgotten, because the bot said so.
    pub(crate) fn confirmed_offset(&self) -> i64 {
        self.updates.confirmed
    }

    /// How many updates the bot has not confirmed.
    pub(crate) fn pending_updates(&self) -> usize {
        self.updates.queue.len()
    }

    /// The address that updates are posted to.
    pub(crate) fn webhook(&self) -> Option<&str> {
        self.updates.webhook.as_ref().map(|webhook| webhook.url.as_str())
    }

    /// Why the last post there was in vain.
    pub(crate) fn webhook_error(&self) -> Option<&str> {
        self.updates.webhook.as_ref().and_then(|webhook| webhook.last_error.as_deref())
    }

    pub(super) fn person_json(&self, id: i64) -> Value {
        if id == HIDDEN_ADMIN_ID {
            return json!({"id": id, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"});
        }
        let facts = self.people.get(&id);
        let mut person = json!({"id": id, "is_bot": false, "first_name": facts.map_or("Somebody", |facts| facts.first_name.as_str())});
        if let Some(language) = facts.and_then(|facts| facts.language.as_deref()) {
            person["language_code"] = json!(language);
        }
        person
    }

    pub(super) fn chat_json(&self, id: i64) -> Value {
        let Some(chat) = self.chats.get(&id) else { return json!({"id": id, "type": "private"}) };
        match chat.kind {
            ChatKind::Private => json!({"id": id, "type": "private", "first_name": chat.title}),
            ChatKind::Group => json!({"id": id, "type": "group", "title": chat.title}),
            ChatKind::Supergroup => json!({"id": id, "type": "supergroup", "title": chat.title}),
        }
    }

    pub(super) fn message_json(&self, chat: i64, message: &Message) -> Value {
        let from = message.from.map_or_else(bot_json, |id| self.person_json(id));
        let mut json = message.json(from, self.chat_json(chat));
        if let Some(replied) = message.reply_to.and_then(|id| self.message(chat, id)) {
            json["reply_to_message"] = self.message_json_without_reply(chat, replied);
        }
        json
    }

    /// What a poll gets now; None: nothing yet.
    pub(super) fn take_updates(&self, poll: Poll) -> Result<Option<String>, Refusal> {
        if self.faults.is_down {
            return Err(Refusal::new(502, "Bad Gateway"));
        }
        self.updates.take(poll)
    }

    pub(super) fn message(&self, chat: i64, id: i64) -> Option<&Message> {
        let messages = &self.chats.get(&chat)?.messages;
        messages.binary_search_by_key(&id, |message| message.id).ok().and_then(|at| messages.get(at))
    }

    pub(super) fn message_mut(&mut self, chat: i64, id: i64) -> Option<&mut Message> {
        let messages = &mut self.chats.get_mut(&chat)?.messages;
        messages.binary_search_by_key(&id, |message| message.id).ok().and_then(|at| messages.get_mut(at))
    }

    pub(super) fn next_message_id(&mut self, chat: i64) -> i64 {
        let own = self.chats.get_mut(&chat).filter(|chat| chat.kind == ChatKind::Supergroup);
        let counter = own.map_or(&mut self.last_message_id, |chat| &mut chat.last_message_id);
        *counter += 1;
        *counter
    }

    /// The message stands in its chat; the oldest goes if there are too many.
    pub(super) fn place(&mut self, chat: i64, message: Message) {
        let max = self.messages_a_chat_max;
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.messages.push_back(message);
            if chat.messages.len() > max {
                chat.messages.pop_front();
            }
        }
    }

    fn message_json_without_reply(&self, chat: i64, message: &Message) -> Value {
        message.json(message.from.map_or_else(bot_json, |id| self.person_json(id)), self.chat_json(chat))
    }
}

impl Chat {
    pub(super) fn new(kind: ChatKind, title: &str) -> Self {
        Self {
            kind,
            title: title.to_owned(),
            standing: Standing::Open,
            messages: VecDeque::new(),
            last_message_id: 0,
            actions: Vec::new(),
            admins: HashSet::new(),
            topics: BTreeMap::new(),
            is_muted: false,
        }
    }
}

pub(super) fn bot_json() -> Value {
    json!({"id": BOT_ID, "is_bot": true, "first_name": "Mendwell", "username": BOT_USERNAME})
}
