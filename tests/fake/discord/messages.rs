//! What the routes of channels do: messages made, changed, deleted and read again.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fake_http::multipart::FilePart;

use super::components::items;
use super::ledger::Breach;
use super::message::{Attachment, Message};
use super::refusal::Refusal;
use super::route::Route;
use super::world::{Channel, Named, World, dm_of};

/// "The past few minutes" in which the platform knows a nonce again.
pub(crate) const NONCE_WINDOW: Duration = Duration::from_secs(3 * 60);
const PAGE_MAX: usize = 100;
const PAGE_USUAL: usize = 50;

/// What a request has led to.
pub(super) struct Applied {
    pub(super) status: u16,
    /// Null: no content.
    pub(super) body: Value,
    pub(super) message_id: Option<u64>,
}

impl Applied {
    pub(super) fn new(body: Value) -> Self {
        Self { status: 200, body, message_id: None }
    }

    pub(super) fn nothing() -> Self {
        Self { status: 204, body: Value::Null, message_id: None }
    }

    pub(super) fn of_message(body: Value, id: u64) -> Self {
        Self { message_id: Some(id), ..Self::new(body) }
    }
}

impl World {
    pub(super) fn open_dm(&mut self, body: &Value) -> Result<Applied, Refusal> {
        let person = body["recipient_id"].as_str().and_then(|id| id.parse().ok()).unwrap_or(0);
        if !self.people.contains_key(&person) {
            return Err(Refusal::new(400, 50_033, "Invalid Recipient(s)"));
        }
        let id = dm_of(person);
        let channel = self.channels.entry(id).or_insert_with(|| Channel::new(Some(person)));
        channel.is_opened = true;
        let last = channel.messages.back().map(|message| message.id.to_string());
        let recipients = [self.user_json(person)];
        Ok(Applied::new(
            json!({"id": id.to_string(), "type": 1, "flags": 0, "last_message_id": last, "recipients": recipients}),
        ))
    }

    pub(super) fn create(&mut self, channel: u64, body: &Value, files: &[FilePart]) -> Result<Applied, Refusal> {
        if self.writable(channel)?.is_closed {
            return Err(Refusal::coded(403, 50_007));
        }
        let reply_to = body["message_reference"]["message_id"].as_str().and_then(|id| id.parse().ok());
        if reply_to.is_some_and(|id| self.message(channel, id).is_none())
            && body["message_reference"]["fail_if_not_exists"] != false
        {
            return Err(Refusal::new(400, 50_035, "Invalid Form Body"));
        }
        let mut message = Message::new(self.clock.next_id(), channel, None, self.clock.now());
        message.write(body);
        message.reply_to = reply_to;
        message.nonce = Some(body["nonce"].clone()).filter(|nonce| !nonce.is_null());
        let nonce = message.nonce.as_ref().filter(|_| body["enforce_nonce"] == true).map(Value::to_string);
        if let Some(known) = nonce.as_ref().and_then(|nonce| self.known(nonce, &message)) {
            return Ok(Applied::of_message(self.fresh_json(&known), known.id));
        }
        message.attachments = self.attachments(body, files);
        let (id, json) = (message.id, self.fresh_json(&message));
        if let Some(nonce) = nonce {
            let until = self.clock.now() + NONCE_WINDOW;
            self.nonces.insert(nonce, Named { until, channel, message: id });
        }
        self.place(message);
        Ok(Applied::of_message(json, id))
    }

    pub(super) fn edit(&mut self, channel: u64, id: u64, body: &Value, files: &[FilePart]) -> Result<Applied, Refusal> {
        self.visible(channel)?;
        let message = self.message(channel, id).ok_or_else(Refusal::unknown_message)?;
        if message.from.is_some() {
            return Err(Refusal::coded(403, 50_005));
        }
        let mut changed = message.clone();
        self.rewrite(&mut changed, body, files)?;
        if let Some(message) = self.message_mut(channel, id) {
            *message = changed;
        }
        self.edited(channel, id);
        let json = self.message(channel, id).map(|message| self.message_json(message)).unwrap_or_default();
        Ok(Applied::of_message(json, id))
    }

    pub(super) fn delete(&mut self, channel: u64, id: u64) -> Result<Applied, Refusal> {
        self.visible(channel)?;
        let message = self.message(channel, id).ok_or_else(Refusal::unknown_message)?;
        if message.from.is_some() {
            return Err(Refusal::new(403, 50_003, "Cannot execute action on a DM channel"));
        }
        self.removed(channel, id);
        Ok(Applied { message_id: Some(id), ..Applied::nothing() })
    }

    pub(super) fn get(&self, channel: u64, id: u64) -> Result<Applied, Refusal> {
        self.visible(channel)?;
        let message = self.message(channel, id).ok_or_else(Refusal::unknown_message)?;
        Ok(Applied::of_message(self.message_json(message), id))
    }

    /// A page of a channel, newest first: those next to the id that is asked for.
    pub(super) fn history(&self, channel: u64, query: &[(String, String)]) -> Result<Applied, Refusal> {
        let place = self.visible(channel)?;
        let (messages, is_guild) = (&place.messages, place.guild.is_some());
        let number =
            |name: &str| query.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.parse::<u64>().ok());
        let limit = number("limit").and_then(|limit| usize::try_from(limit).ok()).unwrap_or(PAGE_USUAL).min(PAGE_MAX);
        let page: Vec<&Message> = match (number("after"), number("before")) {
            (Some(after), _) => {
                let mut page: Vec<_> = messages.iter().filter(|message| message.id > after).take(limit).collect();
                page.reverse();
                page
            }
            (None, before) => {
                let is_before = |message: &&Message| before.is_none_or(|before| message.id < before);
                messages.iter().rev().filter(is_before).take(limit).collect()
            }
        };
        let json = |message: &Message| {
            let mut json = self.message_json(message);
            // What people write in a server is told only to bots that have asked for it.
            if is_guild && message.from.is_some() {
                json["content"] = json!("");
            }
            json
        };
        Ok(Applied::new(page.into_iter().map(json).collect()))
    }

    pub(super) fn type_in(&mut self, channel: u64) -> Result<Applied, Refusal> {
        self.writable(channel)?;
        if let Some(channel) = self.channels.get_mut(&channel) {
            channel.typing += 1;
        }
        Ok(Applied::nothing())
    }

    /// Takes what an edit says into a message that nobody sees yet.
    pub(super) fn rewrite(&mut self, message: &mut Message, body: &Value, files: &[FilePart]) -> Result<(), Refusal> {
        message.write(body);
        if body.get("attachments").is_some() {
            let id = |kept: &Value| kept["id"].as_str().and_then(|id| id.parse::<u64>().ok());
            let is_kept = |attachment: &Attachment| {
                items(&body["attachments"]).iter().any(|kept| id(kept) == Some(attachment.id))
            };
            message.attachments.retain(is_kept);
        }
        message.attachments.extend(self.attachments(body, files));
        let is_empty = message.content.is_empty() && message.rows.is_empty() && message.attachments.is_empty();
        if is_empty { Err(Refusal { is_breach: true, ..Refusal::coded(400, 50_006) }) } else { Ok(()) }
    }

    pub(super) fn attachments(&mut self, body: &Value, files: &[FilePart]) -> Vec<Attachment> {
        let described = |file: &FilePart| {
            let given = items(&body["attachments"]).iter();
            let of_file = |given: &&Value| given["id"].as_str().is_some_and(|id| file.field == format!("files[{id}]"));
            given.filter(of_file).find_map(|given| given["description"].as_str()).map(str::to_owned)
        };
        let attachment = |file: &FilePart| Attachment {
            id: self.clock.next_id(),
            name: file.name.clone(),
            description: described(file),
            bytes: file.bytes.clone(),
        };
        files.iter().map(attachment).collect()
    }

    /// The message that already has this name; if it is another one, the bot will never say what it wants to say.
    fn known(&mut self, nonce: &str, wanted: &Message) -> Option<Message> {
        let now = self.clock.now();
        let named = self.nonces.get(nonce).filter(|named| named.until > now)?;
        let known = self.message(named.channel, named.message)?.clone();
        if known.channel != wanted.channel || known.edits == 0 && known.content != wanted.content {
            let what = "the nonce already names another message";
            self.ledger.breaches.push(Breach::of(Route::CreateMessage, what, "/nonce"));
        }
        Some(known)
    }
}
