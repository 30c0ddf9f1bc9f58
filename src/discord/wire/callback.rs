//! Answers to interactions, and the field for words that one of them opens.
//! <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object>

use serde_json::{Value, json};

use crate::discord::wire::custom_id::CustomId;
use crate::discord::wire::message::{EPHEMERAL, SUPPRESS_EMBEDS, nobody, of_text};
use crate::discord::wire::{MODAL_LABEL_UNITS_MAX, MODAL_PLACEHOLDER_UNITS_MAX, MODAL_WORDS_MAX, words};
use crate::domain::language::Language;
use crate::domain::limits::{PIN_DIGITS_MAX, PIN_DIGITS_MIN, SPACE_ANSWER_CHARS_MAX};
use crate::domain::message::{RichText, ViewKind};
use crate::prose::clean::short;
use crate::prose::markup;
use crate::prose::words as shared;

/// The custom id of the field in a modal.
pub const FIELD: &str = "words";

/// Answers a press: it was taken, and what it leads to shows by itself (type 6).
pub fn taken() -> Value {
    json!({ "type": 6 })
}

/// Answers a command for now: something comes later, and only whoever asked will see it (type 5).
pub fn later() -> Value {
    json!({ "type": 5, "data": { "flags": EPHEMERAL } })
}

/// Answers with words that only whoever asked sees (type 4). Words that do not fit one message are cut; without any, it
/// is as if a press was taken.
pub fn note(text: &RichText) -> Value {
    match follow_up(text) {
        Some(data) => json!({ "type": 4, "data": data }),
        None => taken(),
    }
}

/// The body of `POST /webhooks/{application}/{token}`: words that only whoever asked sees, after an earlier answer. `None`
/// without words.
pub fn follow_up(text: &RichText) -> Option<Value> {
    let first = of_text(&markup::read(text)).into_iter().next()?;
    Some(json!({
        "content": first.content,
        "flags": SUPPRESS_EMBEDS | EPHEMERAL,
        "allowed_mentions": nobody(),
    }))
}

/// Answers a press on the button that opens a field for words (type 9); `token` is the one that came with the press.
pub fn modal(token: &str, language: Language) -> Value {
    let placeholder = shared::placeholder(ViewKind::Text, language).unwrap_or_default();
    let field = json!({
        "style": 2,
        "min_length": 1,
        "max_length": MODAL_WORDS_MAX,
        "placeholder": short(placeholder, MODAL_PLACEHOLDER_UNITS_MAX),
    });
    form(CustomId::Write(token), words::MODAL_TITLE.of(language), words::MODAL_LABEL.of(language), field)
}

/// Answers a press on the button that opens a field for the answer to a request (type 9); `token` is the button's.
pub fn answer_modal(token: &str, language: Language) -> Value {
    let field = json!({ "style": 2, "min_length": 1, "max_length": SPACE_ANSWER_CHARS_MAX });
    form(CustomId::Write(token), words::ANSWER_TITLE.of(language), words::ANSWER_LABEL.of(language), field)
}

/// Answers a press on the button that opens a field for a PIN (type 9): one line, with room for what may stand between the
/// digits.
pub fn pin_modal(language: Language) -> Value {
    let field = json!({ "style": 1, "min_length": PIN_DIGITS_MIN, "max_length": 2 * PIN_DIGITS_MAX });
    form(CustomId::Pin, words::PIN_TITLE.of(language), words::PIN_LABEL.of(language), field)
}

fn form(id: CustomId<'_>, title: &str, label: &str, mut field: Value) -> Value {
    field["type"] = json!(4);
    field["custom_id"] = json!(FIELD);
    field["required"] = json!(true);
    json!({
        "type": 9,
        "data": {
            "custom_id": id.encode(),
            "title": short(title, MODAL_LABEL_UNITS_MAX),
            "components": [{
                "type": 18,
                "label": short(label, MODAL_LABEL_UNITS_MAX),
                "component": field,
            }],
        },
    })
}
