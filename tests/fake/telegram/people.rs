//! People and groups in a test's hands. Everything here takes effect at once and wakes the bot's poll.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::message::{Button, Kind};
use super::shared::Shared;
use super::world::{BOT_ID, Chat, ChatKind, Facts, HIDDEN_ADMIN_ID, Standing, World};

/// Somebody, in a private chat with the bot or, through `inside`, in a group.
#[derive(Clone)]
pub(crate) struct Person {
    shared: Arc<Shared>,
    /// The platform's id of the person, and of their private chat.
    pub(crate) id: i64,
    chat: i64,
    topic: Option<i64>,
}

/// A group that may have the bot in it.
#[derive(Clone)]
pub(crate) struct Group {
    shared: Arc<Shared>,
    /// Negative; below -10^12 it is a supergroup.
    pub(crate) id: i64,
    title: String,
}

impl Person {
    /// Has a private chat with the bot from the first moment.
    pub(super) fn new(shared: &Arc<Shared>, id: i64) -> Self {
        shared.change(|world| {
            let facts = Facts { first_name: format!("Person {id}"), language: Some("en".to_owned()) };
            world.people.entry(id).or_insert(facts);
            world.chats.entry(id).or_insert_with(|| Chat::new(ChatKind::Private, &format!("Person {id}")));
        });
        Self { shared: Arc::clone(shared), id, chat: id, topic: None }
    }

    /// Changes the first name.
    pub(crate) fn named(self, first_name: &str) -> Self {
        self.shared.change(|world| {
            world.people.entry(self.id).and_modify(|facts| first_name.clone_into(&mut facts.first_name));
            world.chats.entry(self.id).and_modify(|chat| first_name.clone_into(&mut chat.title));
        });
        self
    }

    /// Changes the language of the person's app, such as `de`; None: it tells none.
    pub(crate) fn speaking(self, language: Option<&str>) -> Self {
        self.shared.change(|world| {
            world.people.entry(self.id).and_modify(|facts| facts.language = language.map(str::to_owned));
        });
        self
    }

    /// The same person, acting in a group.
    pub(crate) fn inside(&self, group: &Group) -> Self {
        Self { chat: group.id, ..self.clone() }
    }

    /// The same person, acting in a topic of a group.
    pub(crate) fn inside_topic(&self, group: &Group, topic: i64) -> Self {
        Self { topic: Some(topic), ..self.inside(group) }
    }

    /// Writes in a group as an admin who hides their name; the message's id.
    pub(crate) fn say_hidden(&self, text: &str) -> i64 {
        self.shared.change(|world| {
            let extra = Map::from_iter([("sender_chat".to_owned(), world.chat_json(self.chat))]);
            world.written(self.chat, HIDDEN_ADMIN_ID, Kind::Text, text, extra)
        })
    }

    /// Writes; the message's id.
    pub(crate) fn say(&self, text: &str) -> i64 {
        self.write(Kind::Text, text, json!({}))
    }

    /// Sends a photo with a caption, which may be empty; the message's id.
    pub(crate) fn photo(&self, caption: &str) -> i64 {
        let sizes = [(90, 60), (1280, 853)].map(|(width, height)| {
            json!({"file_id": format!("AgAC{width}"), "file_unique_id": format!("AQAD{width}"), "width": width,
                "height": height, "file_size": width * 60})
        });
        self.write(Kind::Photo, caption, json!({"photo": sizes}))
    }

    /// Sends so many photos of an album, the first with a caption, which may be empty; the messages' ids.
    pub(crate) fn album(&self, album: &str, photos: usize, caption: &str) -> Vec<i64> {
        let photo = |at: usize| {
            let size = json!({"file_id": format!("AgAC{at}"), "file_unique_id": format!("AQAD{at}"), "width": 90, "height": 60});
            let caption = if at == 0 { caption } else { "" };
            self.write(Kind::Photo, caption, json!({"photo": [size], "media_group_id": album}))
        };
        (0..photos).map(photo).collect()
    }

    /// Sends a voice message; its id.
    pub(crate) fn voice(&self) -> i64 {
        let voice = json!({"file_id": "AwAC1", "file_unique_id": "AgAD2", "duration": 4, "mime_type": "audio/ogg", "file_size": 9120});
        self.write(Kind::Voice, "", json!({ "voice": voice }))
    }

    /// Sends a sticker; the message's id.
    pub(crate) fn sticker(&self) -> i64 {
        let sticker = json!({"file_id": "CAAC1", "file_unique_id": "AgAD1", "type": "regular", "width": 512, "height": 512,
            "is_animated": false, "is_video": false, "emoji": "\u{1f44b}", "set_name": "Greetings", "file_size": 21000});
        self.write(Kind::Sticker, "", json!({ "sticker": sticker }))
    }

    /// Sends a place; the message's id.
    pub(crate) fn location(&self) -> i64 {
        self.write(Kind::Location, "", json!({"location": {"latitude": 52.52, "longitude": 13.405}}))
    }

    /// Sends the contact of a third person; the message's id.
    pub(crate) fn contact(&self) -> i64 {
        self.write(Kind::Contact, "", json!({"contact": {"phone_number": "+10000000000", "first_name": "Third"}}))
    }

    /// Forwards what somebody else has written; the message's id.
    pub(crate) fn forward(&self, text: &str) -> i64 {
        let origin = json!({"type": "hidden_user", "sender_user_name": "Somebody", "date": 1_700_000_000});
        self.write(Kind::Text, text, json!({ "forward_origin": origin }))
    }

    /// Changes what the person has written.
    pub(crate) fn edit(&self, message_id: i64, text: &str) {
        self.shared.change(|world| world.rewritten(self.chat, self.id, message_id, text));
    }

    /// Presses the button with this label under the newest message that has buttons; the query's id.
    pub(crate) fn tap(&self, label: &str) -> String {
        self.tap_where(|button| button.text == label)
    }

    /// Presses the first such button under the newest message that has buttons; the query's id.
    pub(crate) fn tap_where(&self, is_wanted: impl Fn(&Button) -> bool) -> String {
        self.shared.change(|world| {
            let (message_id, data) = button(world, self.chat, is_wanted);
            world.pressed(self.chat, self.id, message_id, &data)
        })
    }

    /// Presses it so often that nothing happens in between; the queries' ids.
    pub(crate) fn tap_many(&self, label: &str, times: usize) -> Vec<String> {
        self.shared.change(|world| {
            let (message_id, data) = button(world, self.chat, |button| button.text == label);
            (0..times).map(|_| world.pressed(self.chat, self.id, message_id, &data)).collect()
        })
    }

    /// Presses what may never have been a button; the query's id.
    pub(crate) fn tap_data(&self, message_id: i64, data: &str) -> String {
        self.shared.change(|world| world.pressed(self.chat, self.id, message_id, data))
    }

    /// Blocks the bot.
    pub(crate) fn block(&self) {
        self.shared.change(|world| world.stand(self.id, Standing::Blocked, self.id));
    }

    /// Lets the bot speak again.
    pub(crate) fn unblock(&self) {
        self.shared.change(|world| world.stand(self.id, Standing::Open, self.id));
    }

    /// Goes from a group. Of one with many members the platform says nothing in it, only to admins.
    pub(crate) fn leaves(&self, group: &Group, is_large: bool) {
        self.shared.change(|world| world.departed(group.id, self.id, is_large));
    }

    fn write(&self, kind: Kind, text: &str, extra: Value) -> i64 {
        let mut extra = extra.as_object().cloned().unwrap_or_else(Map::new);
        if let Some(topic) = self.topic {
            extra.insert("message_thread_id".to_owned(), topic.into());
            extra.insert("is_topic_message".to_owned(), true.into());
        }
        self.shared.change(|world| world.written(self.chat, self.id, kind, text, extra))
    }
}

impl Group {
    pub(super) fn new(shared: &Arc<Shared>, id: i64, title: &str) -> Self {
        assert!(id < 0, "a group's id is negative");
        Self { shared: Arc::clone(shared), id, title: title.to_owned() }
    }

    /// Somebody takes the bot in.
    pub(crate) fn add_bot(&self, by: &Person) {
        self.shared.change(|world| world.joined(self.id, &self.title, by.id));
    }

    /// Somebody may change the group from now on, or may not.
    pub(crate) fn lets(&self, person: &Person, is_admin: bool) {
        self.change(|chat| {
            if is_admin {
                chat.admins.insert(person.id)
            } else {
                chat.admins.remove(&person.id)
            };
        });
    }

    /// The bot is an admin of the group from now on.
    pub(crate) fn lets_bot(&self) {
        self.change(|chat| {
            chat.admins.insert(BOT_ID);
        });
    }

    /// A topic is there and open, or closed.
    pub(crate) fn topic(&self, topic: i64, is_open: bool) {
        self.change(|chat| {
            chat.topics.insert(topic, is_open);
        });
    }

    /// A topic is there no longer.
    pub(crate) fn drop_topic(&self, topic: i64) {
        self.change(|chat| {
            chat.topics.remove(&topic);
        });
    }

    /// Whether the bot may not write although it is there.
    pub(crate) fn mutes_bot(&self, is_muted: bool) {
        self.change(|chat| chat.is_muted = is_muted);
    }

    fn change(&self, change: impl FnOnce(&mut Chat)) {
        self.shared.change(|world| world.chats.get_mut(&self.id).map(change));
    }

    /// The group is deleted, of which the platform tells nobody.
    pub(crate) fn delete(&self) {
        self.shared.change(|world| world.chats.remove(&self.id));
    }

    /// Somebody throws the bot out.
    pub(crate) fn remove_bot(&self, by: &Person) {
        self.shared.change(|world| world.stand(self.id, Standing::Kicked, by.id));
    }

    /// The group becomes a supergroup with another id.
    pub(crate) fn migrate(&self, by: &Person) -> Self {
        let moved = self.moved();
        self.shared.change(|world| world.migrated(self.id, moved.id, by.id));
        moved
    }

    /// The platform says that the bot is in the supergroup, before it says that the group became one.
    pub(crate) fn migrate_soon(&self, by: &Person) -> Self {
        let moved = self.moved();
        self.shared.change(|world| world.migrating(self.id, moved.id, by.id));
        moved
    }

    fn moved(&self) -> Self {
        Self { id: -1_000_000_000_000 + self.id, ..self.clone() }
    }
}

/// Message and data of a button, or a panic that says which there are.
fn button(world: &World, chat: i64, is_wanted: impl Fn(&Button) -> bool) -> (i64, String) {
    let newest = world.messages(chat).rev().find(|message| !message.keyboard.is_empty());
    let message = newest.unwrap_or_else(|| panic!("there is no button in chat {chat}"));
    let button = message.keyboard.iter().flatten().find(|button| is_wanted(button) && button.data.is_some());
    let button = button.unwrap_or_else(|| panic!("no such button among {:?}", message.labels()));
    (message.id, button.data.clone().unwrap_or_default())
}
