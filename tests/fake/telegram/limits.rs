//! What the platform refuses though its schema lets it pass: lengths after the markup is read, bytes of buttons, names.
//! Each refusal is in the platform's words where they are known.

use serde_json::{Map, Value};

use super::html::{self, Formatted};
use super::ledger::Breach;
use super::method::Method;

/// After the markup is read.
const TEXT_MAX_UTF16: usize = 4096;
/// After the markup is read.
const CAPTION_MAX_UTF16: usize = 1024;
const CALLBACK_DATA_MAX_BYTES: usize = 64;
const BUTTONS_MAX: usize = 100;
const BUTTONS_A_ROW_MAX: usize = 8;
/// Not the platform's: a longer label is cut on every telephone.
const BUTTON_TEXT_MAX_UTF16: usize = 64;
const CALLBACK_ANSWER_MAX_UTF16: usize = 200;
const PLACEHOLDER_MAX_UTF16: usize = 64;
const COMMANDS_MAX: usize = 100;
const DELETED_AT_ONCE_MAX: usize = 100;
const COMMAND_NAME_MAX_CHARS: usize = 32;
const COMMAND_DESCRIPTION_MAX_UTF16: usize = 256;
const DESCRIPTION_MAX_UTF16: usize = 512;
const SHORT_DESCRIPTION_MAX_UTF16: usize = 120;

const CHAT_ACTIONS: &[&str] = &[
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];
const SCOPES: &[&str] = &[
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
];

/// Adds what is wrong; gives the text or caption with its markup read.
pub(super) fn check(method: Method, params: &Value, breaches: &mut Vec<Breach>) -> Formatted {
    let mut found = Found { method, breaches };
    let formatted = match method {
        Method::SendMessage | Method::EditMessageText => found.text(params),
        Method::SendDocument | Method::SendPhoto | Method::EditMessageCaption => found.caption(params),
        Method::AnswerCallbackQuery => {
            found.length(params, "text", 0..=CALLBACK_ANSWER_MAX_UTF16, "MESSAGE_TOO_LONG");
            Formatted::default()
        }
        Method::SendChatAction => {
            if params["action"].as_str().is_some_and(|action| !CHAT_ACTIONS.contains(&action)) {
                found.breach("wrong parameter action in request", "/action");
            }
            Formatted::default()
        }
        Method::SetMyDescription => {
            found.length(params, "description", 0..=DESCRIPTION_MAX_UTF16, "BOT_DESCRIPTION_TOO_LONG");
            Formatted::default()
        }
        Method::SetMyShortDescription => {
            found.length(
                params,
                "short_description",
                0..=SHORT_DESCRIPTION_MAX_UTF16,
                "BOT_SHORT_DESCRIPTION_TOO_LONG",
            );
            Formatted::default()
        }
        Method::SetMyCommands => {
            found.commands(params);
            Formatted::default()
        }
        Method::DeleteMessages => {
            let ids = params["message_ids"].as_array().map_or(0, Vec::len);
            if !(1..=DELETED_AT_ONCE_MAX).contains(&ids) {
                found.breach("Too many message identifiers specified", "/message_ids");
            }
            Formatted::default()
        }
        Method::DeleteMessage
        | Method::DeleteMyCommands
        | Method::DeleteWebhook
        | Method::EditMessageReplyMarkup
        | Method::GetChat
        | Method::GetChatMember
        | Method::GetMe
        | Method::GetMyCommands
        | Method::GetMyDescription
        | Method::GetMyShortDescription
        | Method::GetUpdates
        | Method::GetWebhookInfo
        | Method::LeaveChat
        | Method::SetWebhook => Formatted::default(),
    };
    if let Some(markup) = params["reply_markup"].as_object() {
        found.markup(markup);
    }
    found.language(params);
    if params["scope"]["type"].as_str().is_some_and(|scope| !SCOPES.contains(&scope)) {
        found.breach("can't parse BotCommandScope: Unsupported type specified", "/scope/type");
    }
    formatted
}

struct Found<'a> {
    method: Method,
    breaches: &'a mut Vec<Breach>,
}

impl Found<'_> {
    fn breach(&mut self, what: &str, pointer: impl Into<String>) {
        self.breaches.push(Breach::new(self.method.name(), format!("Bad Request: {what}"), pointer.into()));
    }

    fn text(&mut self, params: &Value) -> Formatted {
        let formatted = self.formatted(params, "text");
        if formatted.plain.is_empty() && params.get("text").is_some() && self.breaches.is_empty() {
            self.breach("message text is empty", "/text");
        }
        if html::units(&formatted.plain) > TEXT_MAX_UTF16 {
            let is_edit = self.method == Method::EditMessageText;
            self.breach(if is_edit { "MESSAGE_TOO_LONG" } else { "message is too long" }, "/text");
        }
        formatted
    }

    fn caption(&mut self, params: &Value) -> Formatted {
        let formatted = self.formatted(params, "caption");
        if html::units(&formatted.plain) > CAPTION_MAX_UTF16 {
            self.breach("message caption is too long", "/caption");
        }
        formatted
    }

    fn formatted(&mut self, params: &Value, field: &str) -> Formatted {
        let source = params[field].as_str().unwrap_or("");
        match params["parse_mode"].as_str() {
            None => html::plain(source),
            Some(mode) if mode.eq_ignore_ascii_case("html") => html::read(source).unwrap_or_else(|what| {
                self.breach(&format!("can't parse entities: {what}"), format!("/{field}"));
                Formatted::default()
            }),
            Some(_) => {
                self.breach("unsupported parse_mode", "/parse_mode");
                Formatted::default()
            }
        }
    }

    fn length(&mut self, params: &Value, field: &str, allowed: std::ops::RangeInclusive<usize>, what: &str) {
        if params[field].as_str().is_some_and(|text| !allowed.contains(&html::units(text))) {
            self.breach(what, format!("/{field}"));
        }
    }

    fn language(&mut self, params: &Value) {
        let is_language =
            |code: &str| code.is_empty() || code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase());
        if params["language_code"].as_str().is_some_and(|code| !is_language(code)) {
            self.breach("invalid language code specified", "/language_code");
        }
    }

    fn markup(&mut self, markup: &Map<String, Value>) {
        if let Some(placeholder) = markup.get("input_field_placeholder").and_then(Value::as_str)
            && !(1..=PLACEHOLDER_MAX_UTF16).contains(&html::units(placeholder))
        {
            self.breach("input field placeholder is invalid", "/reply_markup/input_field_placeholder");
        }
        for kind in ["inline_keyboard", "keyboard"] {
            let rows = markup.get(kind).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let counts = rows.iter().map(|row| row.as_array().map_or(0, Vec::len));
            if counts.clone().sum::<usize>() > BUTTONS_MAX || counts.clone().any(|count| count > BUTTONS_A_ROW_MAX) {
                self.breach("REPLY_MARKUP_TOO_LONG", format!("/reply_markup/{kind}"));
            }
            for (y, row) in rows.iter().enumerate() {
                for (x, button) in row.as_array().into_iter().flatten().enumerate() {
                    self.button(kind, button, &format!("/reply_markup/{kind}/{y}/{x}"));
                }
            }
        }
    }

    fn button(&mut self, kind: &str, button: &Value, pointer: &str) {
        let text = button["text"].as_str().unwrap_or("");
        if text.trim().is_empty() {
            self.breach("button text must be non-empty", format!("{pointer}/text"));
        }
        if html::units(text) > BUTTON_TEXT_MAX_UTF16 {
            self.breach("button text is too long to be read", format!("{pointer}/text"));
        }
        if kind != "inline_keyboard" {
            return;
        }
        let looks = ["text", "style", "icon_custom_emoji_id"];
        let actions =
            button.as_object().map_or(0, |fields| fields.keys().filter(|key| !looks.contains(&key.as_str())).count());
        if actions != 1 {
            let what = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
            self.breach(what, pointer);
        }
        if button["callback_data"].as_str().is_some_and(|data| data.is_empty() || data.len() > CALLBACK_DATA_MAX_BYTES)
        {
            self.breach("BUTTON_DATA_INVALID", format!("{pointer}/callback_data"));
        }
    }

    fn commands(&mut self, params: &Value) {
        let commands = params["commands"].as_array().map_or(&[][..], Vec::as_slice);
        if commands.len() > COMMANDS_MAX {
            self.breach("BOT_COMMANDS_TOO_MUCH", "/commands");
        }
        let is_of_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        for (index, command) in commands.iter().enumerate() {
            let name = command["command"].as_str().unwrap_or("");
            if !(1..=COMMAND_NAME_MAX_CHARS).contains(&name.len()) || !name.bytes().all(is_of_name) {
                self.breach("BOT_COMMAND_INVALID", format!("/commands/{index}/command"));
            }
            let description = html::units(command["description"].as_str().unwrap_or("").trim());
            if !(1..=COMMAND_DESCRIPTION_MAX_UTF16).contains(&description) {
                self.breach("BOT_COMMAND_DESCRIPTION_INVALID", format!("/commands/{index}/description"));
            }
        }
    }
}
