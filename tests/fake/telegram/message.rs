//! Messages as they stand in a chat, and how the platform writes them down.

use serde_json::{Map, Value, json};

use crate::fake_http::multipart::FilePart;

use super::html::{Entity, Formatted};

/// A message as it stands now, after its edits.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// Of the chat.
    pub(crate) id: i64,
    /// Unix seconds.
    pub(crate) date: i64,
    /// The person, or None for the bot.
    pub(crate) from: Option<i64>,
    /// What it is.
    pub(crate) kind: Kind,
    /// The text or caption without markup, as it is read.
    pub(crate) text: String,
    /// The text or caption as it was sent.
    pub(crate) source: String,
    /// Of the text.
    pub(crate) entities: Vec<Entity>,
    /// The rows of buttons under it.
    pub(crate) keyboard: Vec<Vec<Button>>,
    /// What stands in the empty field when the person is asked to reply; empty if nothing was given.
    pub(crate) placeholder: Option<String>,
    /// What it carries.
    pub(crate) file: Option<FilePart>,
    /// No sound was to be made.
    pub(crate) is_silent: bool,
    /// It cannot be forwarded or kept.
    pub(crate) is_protected: bool,
    /// The message that it replies to.
    pub(crate) reply_to: Option<i64>,
    /// How often it was changed.
    pub(crate) edits: u32,
    /// Fields that only some messages have, as the platform writes them.
    pub(super) extra: Map<String, Value>,
}

/// A button under a message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Button {
    /// Its label.
    pub(crate) text: String,
    /// What a press sends.
    pub(crate) data: Option<String>,
    /// What a press opens.
    pub(crate) url: Option<String>,
}

/// What a message is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Contact,
    Document,
    Location,
    Photo,
    /// The platform's own, such as "the group was upgraded".
    Service,
    Sticker,
    Text,
    Voice,
}

impl Message {
    pub(super) fn new(id: i64, date: i64, from: Option<i64>, kind: Kind) -> Self {
        Self {
            id,
            date,
            from,
            kind,
            text: String::new(),
            source: String::new(),
            entities: Vec::new(),
            keyboard: Vec::new(),
            placeholder: None,
            file: None,
            is_silent: false,
            is_protected: false,
            reply_to: None,
            edits: 0,
            extra: Map::new(),
        }
    }

    /// It stands in a topic of its group.
    pub(super) fn in_topic(&mut self, topic: Option<i64>) {
        if let Some(topic) = topic {
            self.extra.insert("message_thread_id".to_owned(), topic.into());
            self.extra.insert("is_topic_message".to_owned(), true.into());
        }
    }

    /// The topic of its group that it stands in.
    pub(crate) fn topic(&self) -> Option<i64> {
        self.extra.get("message_thread_id")?.as_i64()
    }

    pub(super) fn write(&mut self, formatted: Formatted, source: &str) {
        self.text = formatted.plain;
        self.entities = formatted.entities;
        source.clone_into(&mut self.source);
    }

    /// Labels in the order they are read.
    pub(crate) fn labels(&self) -> Vec<&str> {
        self.keyboard.iter().flatten().map(|button| button.text.as_str()).collect()
    }

    /// As the platform writes it, from and chat given as it writes them.
    pub(super) fn json(&self, from: Value, chat: Value) -> Value {
        let mut fields = self.extra.clone();
        fields.insert("message_id".to_owned(), self.id.into());
        fields.insert("from".to_owned(), from);
        fields.insert("chat".to_owned(), chat);
        fields.insert("date".to_owned(), self.date.into());
        let (text, entities) = match self.kind {
            Kind::Text => ("text", "entities"),
            Kind::Contact
            | Kind::Document
            | Kind::Location
            | Kind::Photo
            | Kind::Service
            | Kind::Sticker
            | Kind::Voice => ("caption", "caption_entities"),
        };
        if !self.text.is_empty() {
            fields.insert(text.to_owned(), self.text.as_str().into());
        }
        if !self.entities.is_empty() {
            fields.insert(entities.to_owned(), self.entities.iter().map(Entity::json).collect());
        }
        if !self.keyboard.is_empty() {
            let rows: Vec<Value> = self.keyboard.iter().map(|row| row.iter().map(Button::json).collect()).collect();
            fields.insert("reply_markup".to_owned(), json!({"inline_keyboard": rows}));
        }
        if self.edits > 0 {
            fields.insert("edit_date".to_owned(), self.date.into());
        }
        Value::Object(fields)
    }
}

impl Button {
    /// The rows of an inline keyboard.
    pub(super) fn rows(markup: &Value) -> Vec<Vec<Self>> {
        let text = |button: &Value, field: &str| button[field].as_str().map(str::to_owned);
        let button = |button: &Value| Self {
            text: text(button, "text").unwrap_or_default(),
            data: text(button, "callback_data"),
            url: text(button, "url"),
        };
        let rows = markup["inline_keyboard"].as_array().map_or(&[][..], Vec::as_slice);
        rows.iter().filter_map(Value::as_array).map(|row| row.iter().map(button).collect()).collect()
    }

    fn json(&self) -> Value {
        let mut button = json!({"text": self.text});
        for (field, value) in [("callback_data", &self.data), ("url", &self.url)] {
            if let Some(value) = value {
                button[field] = json!(value);
            }
        }
        button
    }
}
