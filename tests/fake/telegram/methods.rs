//! What each method does to the world, and what it answers.

use serde_json::{Value, json};

use crate::fake_http::multipart::FilePart;

use super::html::Formatted;
use super::ledger::CallbackAnswer;
use super::message::{Button, Kind, Message};
use super::method::Method;
use super::profile::{set_text, text_of};
use super::refusal::Refusal;
use super::world::{BOT_ID, Standing, World, bot_json};

const IMAGE_HEADS: &[&[u8]] = &[b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF"];

const DELETABLE_SECONDS: i64 = 48 * 60 * 60;

/// What a request that was carried out answers.
pub(super) struct Applied {
    /// The `result`, as JSON.
    pub(super) result: String,
    pub(super) message_id: Option<i64>,
}

impl Applied {
    pub(super) fn new(result: &Value) -> Self {
        Self { result: result.to_string(), message_id: None }
    }

    pub(super) fn yes() -> Self {
        Self { result: "true".to_owned(), message_id: None }
    }
}

/// What of a message is changed; its keyboard always is.
enum Edit<'a> {
    Caption(&'a str),
    Markup,
    Text(&'a str),
}

/// The chat that a request names.
pub(super) fn chat_id(params: &Value) -> Option<i64> {
    let id = &params["chat_id"];
    id.as_i64().or_else(|| id.as_str()?.parse().ok())
}

impl World {
    /// Carries out a request that is well-formed. Polls wait and are therefore not here.
    pub(super) fn apply(
        &mut self,
        method: Method,
        params: &Value,
        formatted: Formatted,
        files: &[FilePart],
    ) -> Result<Applied, Refusal> {
        match method {
            Method::SendMessage => self.send(params, Kind::Text, formatted, None),
            Method::SendPhoto => {
                let file = self.file(params, "photo", files)?;
                if !IMAGE_HEADS.iter().any(|head| file.bytes.starts_with(head)) {
                    return Err(Refusal::breach("Bad Request: IMAGE_PROCESS_FAILED"));
                }
                self.send(params, Kind::Photo, formatted, Some(file))
            }
            Method::SendDocument => {
                let file = self.file(params, "document", files)?;
                self.send(params, Kind::Document, formatted, Some(file))
            }
            Method::EditMessageText => self.edit(params, Edit::Text(params["text"].as_str().unwrap_or("")), formatted),
            Method::EditMessageCaption => {
                self.edit(params, Edit::Caption(params["caption"].as_str().unwrap_or("")), formatted)
            }
            Method::EditMessageReplyMarkup => self.edit(params, Edit::Markup, formatted),
            Method::DeleteMessage => self.delete(params),
            Method::DeleteMessages => self.delete_several(params),
            Method::AnswerCallbackQuery => self.answer_query(params),
            Method::SendChatAction => {
                let chat = self.open_chat(params)?;
                let action = params["action"].as_str().unwrap_or("").to_owned();
                self.chats.entry(chat).and_modify(|chat| chat.actions.push(action));
                Ok(Applied::yes())
            }
            Method::LeaveChat => {
                let chat = self.open_chat(params)?;
                self.stand(chat, Standing::Left, BOT_ID);
                Ok(Applied::yes())
            }
            Method::GetChat => {
                let chat = self.open_chat(params)?;
                Ok(Applied::new(&json!({"id": chat, "type": "group", "title": "A group", "accent_color_id": 0,
                    "max_reaction_count": 11, "accepted_gift_types": {"unlimited_gifts": false, "limited_gifts": false,
                        "unique_gifts": false, "premium_subscription": false, "gifts_from_channels": false}})))
            }
            Method::GetChatMember => self.member(params),
            Method::GetMe => Ok(Applied::new(&me_json())),
            Method::SetMyCommands => self.set_commands(params),
            Method::DeleteMyCommands => self.delete_commands(params),
            Method::GetMyCommands => self.list_commands(params),
            Method::SetMyDescription => Ok(set_text(&mut self.profile.descriptions, params, "description")),
            Method::GetMyDescription => Ok(text_of(&self.profile.descriptions, params, "description")),
            Method::SetMyShortDescription => {
                Ok(set_text(&mut self.profile.short_descriptions, params, "short_description"))
            }
            Method::GetMyShortDescription => Ok(text_of(&self.profile.short_descriptions, params, "short_description")),
            Method::SetWebhook => self.set_webhook(params),
            Method::DeleteWebhook => self.set_webhook(&json!({"drop_pending_updates": params["drop_pending_updates"]})),
            Method::GetWebhookInfo => Ok(Applied::new(&self.updates.webhook_json())),
            Method::GetUpdates => Ok(Applied::new(&json!([]))),
        }
    }

    /// The chat that is named, if the bot may speak in it.
    pub(super) fn open_chat(&self, params: &Value) -> Result<i64, Refusal> {
        let id = chat_id(params).ok_or_else(|| Refusal::bad("Bad Request: chat not found"))?;
        let chat = self.chats.get(&id).ok_or_else(|| Refusal::bad("Bad Request: chat not found"))?;
        match chat.standing {
            Standing::Open => Ok(id),
            Standing::Blocked => Err(Refusal::new(403, "Forbidden: bot was blocked by the user")),
            Standing::Kicked => Err(Refusal::new(403, "Forbidden: bot was kicked from the group chat")),
            Standing::Left => Err(Refusal::new(403, "Forbidden: bot is not a member of the group chat")),
            Standing::MigratedTo(to) => Err(Refusal::migrated(to)),
        }
    }

    /// A group decides who may write, and whether a topic is open.
    fn may_write(&self, chat: i64, topic: Option<i64>) -> Result<(), Refusal> {
        let Some(chat) = self.chats.get(&chat) else { return Ok(()) };
        if chat.is_muted {
            return Err(Refusal::bad("Bad Request: not enough rights to send text messages to the chat"));
        }
        match topic.map(|topic| chat.topics.get(&topic)) {
            Some(None) => Err(Refusal::bad("Bad Request: message thread not found")),
            Some(Some(false)) => Err(Refusal::bad("Bad Request: TOPIC_CLOSED")),
            Some(Some(true)) | None => Ok(()),
        }
    }

    fn member(&self, params: &Value) -> Result<Applied, Refusal> {
        let chat = self.open_chat(params)?;
        let user = params["user_id"].as_i64().unwrap_or(0);
        let is_admin = self.chats.get(&chat).is_some_and(|chat| chat.admins.contains(&user));
        let status = if is_admin { "administrator" } else { "member" };
        Ok(Applied::new(&json!({"user": self.person_json(user), "status": status})))
    }

    fn send(
        &mut self,
        params: &Value,
        kind: Kind,
        formatted: Formatted,
        file: Option<FilePart>,
    ) -> Result<Applied, Refusal> {
        let chat = self.open_chat(params)?;
        let topic = params["message_thread_id"].as_i64();
        self.may_write(chat, topic)?;
        let reply_to = params["reply_parameters"]["message_id"].as_i64();
        let is_reply_optional = params["reply_parameters"]["allow_sending_without_reply"] == true;
        if reply_to.is_some_and(|id| self.message(chat, id).is_none()) && !is_reply_optional {
            return Err(Refusal::bad("Bad Request: message to be replied not found"));
        }
        let id = self.next_message_id(chat);
        let mut message = Message::new(id, self.date, None, kind);
        let source = params[if kind == Kind::Text { "text" } else { "caption" }].as_str().unwrap_or("");
        message.write(formatted, source);
        let markup = &params["reply_markup"];
        message.keyboard = Button::rows(markup);
        message.placeholder = (markup["force_reply"] == true)
            .then(|| markup["input_field_placeholder"].as_str().unwrap_or("").to_owned());
        message.is_silent = params["disable_notification"] == true;
        message.is_protected = params["protect_content"] == true;
        message.reply_to = reply_to;
        message.in_topic(topic);
        if let Some(file) = file {
            self.attach(&mut message, file);
        }
        let result = self.message_json(chat, &message).to_string();
        self.place(chat, message);
        Ok(Applied { result, message_id: Some(id) })
    }

    /// The file that the field holds, names by `attach://`, or knows by its id.
    fn file(&self, params: &Value, field: &str, files: &[FilePart]) -> Result<FilePart, Refusal> {
        let said = params[field].as_str().unwrap_or("");
        let part = said.strip_prefix("attach://");
        let found = part.map_or_else(|| self.files.get(said), |part| files.iter().find(|file| file.field == part));
        let file = found.ok_or_else(|| Refusal::breach("Bad Request: wrong file identifier/HTTP URL specified"))?;
        if file.bytes.is_empty() {
            return Err(Refusal::breach("Bad Request: file must be non-empty"));
        }
        Ok(file.clone())
    }

    fn attach(&mut self, message: &mut Message, file: FilePart) {
        let file_id = format!("file-{}", self.files.len() + 1);
        let unique = format!("unique-{}", self.files.len() + 1);
        let size = file.bytes.len();
        let (field, json) = if message.kind == Kind::Photo {
            let photo =
                json!({"file_id": file_id, "file_unique_id": unique, "width": 640, "height": 400, "file_size": size});
            ("photo", json!([photo]))
        } else {
            let mime = if file.name.ends_with(".json") { "application/json" } else { "application/octet-stream" };
            let document = json!({"file_id": file_id, "file_unique_id": unique, "file_name": file.name,
                "mime_type": mime, "file_size": size});
            ("document", document)
        };
        message.extra.insert(field.to_owned(), json);
        message.file = Some(file.clone());
        self.files.insert(file_id, file);
    }

    fn edit(&mut self, params: &Value, edit: Edit<'_>, formatted: Formatted) -> Result<Applied, Refusal> {
        let chat = self.open_chat(params)?;
        let id = params["message_id"]
            .as_i64()
            .ok_or_else(|| Refusal::breach("Bad Request: message identifier is not specified"))?;
        let message =
            self.message_mut(chat, id).ok_or_else(|| Refusal::bad("Bad Request: message to edit not found"))?;
        if message.from.is_some() || message.kind == Kind::Service {
            return Err(Refusal::bad("Bad Request: message can't be edited"));
        }
        let is_text = message.kind == Kind::Text;
        let source = match edit {
            Edit::Text(_) if !is_text => {
                return Err(Refusal::breach("Bad Request: there is no text in the message to edit"));
            }
            Edit::Caption(_) if is_text => {
                return Err(Refusal::breach("Bad Request: there is no caption in the message to edit"));
            }
            Edit::Text(source) | Edit::Caption(source) => Some(source),
            Edit::Markup => None,
        };
        let keyboard = Button::rows(&params["reply_markup"]);
        let is_same_text =
            source.is_none() || message.text == formatted.plain && message.entities == formatted.entities;
        if is_same_text && message.keyboard == keyboard {
            return Err(Refusal::bad(
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the \
                 same as a current content and reply markup of the message",
            ));
        }
        if let Some(source) = source {
            message.write(formatted, source);
        }
        message.keyboard = keyboard;
        message.edits += 1;
        let result = self.message(chat, id).map(|message| self.message_json(chat, message)).unwrap_or_default();
        Ok(Applied { result: result.to_string(), message_id: Some(id) })
    }

    fn delete(&mut self, params: &Value) -> Result<Applied, Refusal> {
        let chat = self.open_chat(params)?;
        let id = params["message_id"].as_i64().unwrap_or(0);
        if self.message(chat, id).is_none() {
            return Err(Refusal::bad("Bad Request: message to delete not found"));
        }
        if !self.is_deletable(chat, id) {
            return Err(Refusal::bad("Bad Request: message can't be deleted for everyone"));
        }
        self.take_away(chat, id);
        Ok(Applied { message_id: Some(id), ..Applied::yes() })
    }

    /// Those that are not there are passed over; one that must stay lets none of them go.
    fn delete_several(&mut self, params: &Value) -> Result<Applied, Refusal> {
        let chat = self.open_chat(params)?;
        let ids = params["message_ids"].as_array().into_iter().flatten().filter_map(Value::as_i64);
        let ids: Vec<i64> = ids.filter(|id| self.message(chat, *id).is_some()).collect();
        if ids.iter().any(|id| !self.is_deletable(chat, *id)) {
            return Err(Refusal::bad("Bad Request: message can't be deleted for everyone"));
        }
        for id in ids {
            self.take_away(chat, id);
        }
        Ok(Applied::yes())
    }

    /// For two days; in a group only what the bot has sent, which is no administrator there.
    fn is_deletable(&self, chat: i64, id: i64) -> bool {
        let is_own_or_private = |message: &Message| chat > 0 || message.from.is_none();
        let is_young = |message: &Message| self.date - message.date < DELETABLE_SECONDS;
        self.message(chat, id).is_some_and(|message| is_own_or_private(message) && is_young(message))
    }

    fn take_away(&mut self, chat: i64, id: i64) {
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.messages.retain(|message| message.id != id);
        }
    }

    fn answer_query(&mut self, params: &Value) -> Result<Applied, Refusal> {
        let query = params["callback_query_id"].as_str().unwrap_or("");
        if !self.queries.remove(query) {
            return Err(Refusal::bad(
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            ));
        }
        if self.ledger.is_kept {
            self.ledger.callback_answers.push(CallbackAnswer {
                query: query.to_owned(),
                text: params["text"].as_str().unwrap_or("").to_owned(),
                is_alert: params["show_alert"] == true,
                url: params["url"].as_str().map(str::to_owned),
            });
        }
        Ok(Applied::yes())
    }
}

fn me_json() -> Value {
    let mut me = bot_json();
    for (field, value) in [
        ("can_join_groups", false),
        ("can_read_all_group_messages", false),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ] {
        me[field] = json!(value);
    }
    me
}
