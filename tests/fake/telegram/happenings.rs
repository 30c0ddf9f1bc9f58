//! What people do, as it changes the world and becomes an update for the bot.

use serde_json::{Map, Value, json};

use super::html::{self, Entity};
use super::message::{Kind, Message};
use super::world::{BOT_ID, BOT_USERNAME, Chat, ChatKind, Standing, World, bot_json};

const COMMAND_MAX_CHARS: usize = 32;

impl World {
    /// A person writes; the message's id.
    pub(super) fn written(&mut self, chat: i64, from: i64, kind: Kind, text: &str, extra: Map<String, Value>) -> i64 {
        let standing = self.chats.get(&chat).map(|chat| chat.standing);
        assert_eq!(standing, Some(Standing::Open), "nobody can write in a chat that the bot is not in");
        let id = self.next_message_id(chat);
        let mut message = Message::new(id, self.date, Some(from), kind);
        message.write(html::plain(text), text);
        message.entities = commands_in(&message.text);
        message.extra = extra;
        let json = self.message_json(chat, &message);
        self.updates.push("message", json);
        self.place(chat, message);
        id
    }

    pub(super) fn rewritten(&mut self, chat: i64, from: i64, id: i64, text: &str) {
        let message = self.message_mut(chat, id).filter(|message| message.from == Some(from));
        let message = message.expect("a person changes only what they have written");
        message.write(html::plain(text), text);
        message.entities = commands_in(&message.text);
        message.edits += 1;
        let json = self.message(chat, id).map(|message| self.message_json(chat, message)).unwrap_or_default();
        self.updates.push("edited_message", json);
    }

    /// A button is pressed, whether there is one with this data or not; the query's id.
    pub(super) fn pressed(&mut self, chat: i64, from: i64, message_id: i64, data: &str) -> String {
        self.last_query += 1;
        let query = format!("{}", 4_000_000_000_000_000_000 + self.last_query);
        let message = self.message(chat, message_id).map(|message| self.message_json(chat, message));
        let inaccessible = || json!({"chat": self.chat_json(chat), "message_id": message_id, "date": 0});
        let content = json!({
            "id": query,
            "from": self.person_json(from),
            "message": message.unwrap_or_else(inaccessible),
            "chat_instance": format!("{}", chat.wrapping_mul(31)),
            "data": data,
        });
        if self.updates.push("callback_query", content).is_some() {
            self.queries.insert(query.clone());
        }
        query
    }

    /// The bot's standing in a chat changes, by somebody's doing.
    pub(super) fn stand(&mut self, id: i64, standing: Standing, by: i64) {
        let Some(chat) = self.chats.get_mut(&id) else { return };
        let before = std::mem::replace(&mut chat.standing, standing);
        let from = if by == BOT_ID { bot_json() } else { self.person_json(by) };
        let content = json!({
            "chat": self.chat_json(id),
            "from": from,
            "date": self.date,
            "old_chat_member": member_json(before),
            "new_chat_member": member_json(standing),
        });
        self.updates.push("my_chat_member", content);
    }

    /// The bot is taken into a group, new to it or left before.
    pub(super) fn joined(&mut self, group: i64, title: &str, by: i64) {
        let kind = if group < -1_000_000_000_000 { ChatKind::Supergroup } else { ChatKind::Group };
        let chat = self.chats.entry(group).or_insert_with(|| Chat::new(kind, title));
        if chat.messages.is_empty() {
            chat.standing = Standing::Left;
        }
        self.stand(group, Standing::Open, by);
        let extra = Map::from_iter([("new_chat_members".to_owned(), json!([bot_json()]))]);
        self.written(group, by, Kind::Service, "", extra);
    }

    /// Somebody goes from a group.
    pub(super) fn departed(&mut self, group: i64, who: i64, is_large: bool) {
        let user = self.person_json(who);
        if self.chats.get(&group).is_some_and(|chat| chat.admins.contains(&BOT_ID)) {
            let content = json!({
                "chat": self.chat_json(group),
                "from": user,
                "date": self.date,
                "old_chat_member": {"user": user, "status": "member"},
                "new_chat_member": {"user": user, "status": "left"},
            });
            self.updates.push("chat_member", content);
        }
        if !is_large {
            self.written(group, who, Kind::Service, "", Map::from_iter([("left_chat_member".to_owned(), user)]));
        }
    }

    /// A group is about to become a supergroup, and the bot is in that already.
    pub(super) fn migrating(&mut self, group: i64, to: i64, by: i64) {
        let title = self.chats.get(&group).map(|chat| chat.title.clone()).expect("there is such a group");
        self.chats.insert(to, Chat { standing: Standing::Left, ..Chat::new(ChatKind::Supergroup, &title) });
        self.stand(to, Standing::Open, by);
    }

    /// A group becomes a supergroup: its old id is dead, and both sides say so.
    pub(super) fn migrated(&mut self, group: i64, to: i64, by: i64) {
        let title = self.chats.get(&group).map(|chat| chat.title.clone()).expect("there is such a group");
        self.chats.entry(to).or_insert_with(|| Chat::new(ChatKind::Supergroup, &title));
        let gone = Map::from_iter([("migrate_to_chat_id".to_owned(), json!(to))]);
        self.written(group, by, Kind::Service, "", gone);
        let come = Map::from_iter([("migrate_from_chat_id".to_owned(), json!(group))]);
        self.written(to, by, Kind::Service, "", come);
        if let Some(chat) = self.chats.get_mut(&group) {
            chat.standing = Standing::MigratedTo(to);
        }
    }
}

fn member_json(standing: Standing) -> Value {
    let (status, until) = match standing {
        Standing::Open => ("member", None),
        Standing::Left | Standing::MigratedTo(_) => ("left", None),
        Standing::Blocked | Standing::Kicked => ("kicked", Some(0)),
    };
    let mut member = json!({"user": bot_json(), "status": status});
    if let Some(until) = until {
        member["until_date"] = json!(until);
    }
    member
}

/// `/words` at the beginning of a word, as the platform marks them for the bot.
fn commands_in(text: &str) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let trimmed = word.trim_end();
        let (name, bot) = trimmed.split_once('@').map_or((trimmed, None), |(name, bot)| (name, Some(bot)));
        if let Some(name) = name.strip_prefix('/') {
            let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
            if (1..=COMMAND_MAX_CHARS).contains(&length) {
                let tail = bot.filter(|bot| *bot == BOT_USERNAME && length == name.len());
                let length = 1 + length + tail.map_or(0, |bot| bot.len() + 1);
                found.push(Entity { kind: "bot_command", offset, length, detail: None });
            }
        }
        offset += html::units(word);
    }
    found
}
