//! Messages as they stand in a channel, and how the platform writes them down.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::clock::written;
use super::components::{self, Button, Component, Select};

/// Only the person who is answered sees it.
pub(crate) const EPHEMERAL: u64 = 1 << 6;
/// The answer is still to come.
pub(crate) const LOADING: u64 = 1 << 7;
/// No sound was to be made.
pub(crate) const SILENT: u64 = 1 << 12;

/// A message as it stands now, after its edits.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// As the platform counts.
    pub(crate) id: u64,
    /// Where it stands.
    pub(crate) channel: u64,
    /// The person, or None for the bot.
    pub(crate) from: Option<u64>,
    /// Without white space at its ends.
    pub(crate) content: String,
    /// Rows of buttons and selects under it.
    pub(crate) rows: Vec<Vec<Component>>,
    /// What it carries.
    pub(crate) attachments: Vec<Attachment>,
    /// What the bot has named it.
    pub(crate) nonce: Option<Value>,
    /// See the constants.
    pub(crate) flags: u64,
    /// The message that it replies to.
    pub(crate) reply_to: Option<u64>,
    /// How often it was changed.
    pub(crate) edits: u32,
    pub(super) made: Duration,
    pub(super) edited: Option<Duration>,
    /// As the platform writes the rows.
    pub(super) components: Value,
    /// Fields that only some messages have, as the platform writes them.
    pub(super) extra: Map<String, Value>,
}

/// A file in a message.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    /// As the platform counts.
    pub(crate) id: u64,
    /// As its sender named it.
    pub(crate) name: String,
    /// Its words for those who do not see it.
    pub(crate) description: Option<String>,
    /// Its content.
    pub(crate) bytes: Arc<[u8]>,
}

impl Message {
    pub(super) fn new(id: u64, channel: u64, from: Option<u64>, made: Duration) -> Self {
        Self {
            id,
            channel,
            from,
            content: String::new(),
            rows: Vec::new(),
            attachments: Vec::new(),
            nonce: None,
            flags: 0,
            reply_to: None,
            edits: 0,
            made,
            edited: None,
            components: json!([]),
            extra: Map::new(),
        }
    }

    /// Every button in the order in which they are read.
    pub(crate) fn buttons(&self) -> impl Iterator<Item = &Button> {
        self.rows.iter().flatten().filter_map(Component::button)
    }

    /// Every select in the order in which they are read.
    pub(crate) fn selects(&self) -> impl Iterator<Item = &Select> {
        self.rows.iter().flatten().filter_map(Component::select)
    }

    /// Labels of buttons in the order in which they are read.
    pub(crate) fn labels(&self) -> Vec<&str> {
        self.buttons().map(|button| button.label.as_str()).collect()
    }

    /// Whether only one person sees it.
    pub(crate) fn is_ephemeral(&self) -> bool {
        self.flags & EPHEMERAL != 0
    }

    /// Whether it stands for an answer that is still to come.
    pub(crate) fn is_loading(&self) -> bool {
        self.flags & LOADING != 0
    }

    /// Takes content and components from a body; what the body does not name stays.
    pub(super) fn write(&mut self, body: &Value) {
        if let Some(content) = body.get("content") {
            self.content = content.as_str().unwrap_or("").trim().to_owned();
        }
        if let Some(given) = body.get("components") {
            self.components = components::written(given);
            self.rows = components::rows(&self.components);
        }
        if let Some(flags) = body["flags"].as_u64() {
            self.flags = flags | self.flags & (EPHEMERAL | LOADING);
        }
    }

    /// As the platform writes it, its author given as it writes them.
    pub(super) fn json(&self, author: Value) -> Value {
        let mut fields = self.extra.clone();
        let attachments: Vec<Value> = self.attachments.iter().map(|attachment| attachment.json(self.channel)).collect();
        let all = json!({
            "id": self.id.to_string(),
            "channel_id": self.channel.to_string(),
            "author": author,
            "content": self.content,
            "components": self.components,
            "attachments": attachments,
            "flags": self.flags,
            "timestamp": written(self.made),
            "edited_timestamp": self.edited.map(written),
            "embeds": [],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": false,
            "pinned": false,
            "tts": false,
            "type": if self.reply_to.is_some() { 19 } else { 0 },
        });
        for (name, value) in all.as_object().into_iter().flatten() {
            fields.entry(name.clone()).or_insert_with(|| value.clone());
        }
        if let Some(replied) = self.reply_to {
            fields.insert(
                "message_reference".to_owned(),
                json!({"type": 0, "channel_id": self.channel.to_string(), "message_id": replied.to_string()}),
            );
        }
        Value::Object(fields)
    }
}

impl Attachment {
    fn json(&self, channel: u64) -> Value {
        let url = format!("https://cdn.discordapp.com/attachments/{channel}/{}/{}", self.id, self.name);
        let mut fields = json!({
            "id": self.id.to_string(),
            "filename": self.name,
            "size": self.bytes.len(),
            "url": url,
            "proxy_url": url.replace("cdn.discordapp.com", "media.discordapp.net"),
        });
        if let Some(description) = &self.description {
            fields["description"] = json!(description);
        }
        fields
    }
}
