//! A picture or a document, and the words with it.
//! <https://discord.com/developers/docs/reference#uploading-files>

use serde_json::{Value, json};

use crate::discord::wire::ALT_UNITS_MAX;
use crate::discord::wire::message::{Part, base, of_text};
use crate::domain::message::RichText;
use crate::prose::clean::{is_blank, line, short};
use crate::prose::markup;

/// The name of the part of the form that holds the file's bytes; the JSON is in `payload_json`.
pub const FIELD: &str = "files[0]";

/// The `payload_json` of a message with one file, and what does not fit beside it as messages after it. What the file
/// shows in words is its alternative text, cut at 1,024 characters.
pub fn payload(name: &str, caption: &RichText, alt: &RichText, nonce: &str, silent: bool) -> (Value, Vec<Part>) {
    let mut parts = of_text(&markup::read(caption)).into_iter();
    let first = parts.next().map(|part| part.content).unwrap_or_default();
    let mut file = json!({ "id": "0", "filename": name });
    let alt = line(markup::read(alt).as_str());
    if !is_blank(&alt) {
        file["description"] = Value::String(short(&alt, ALT_UNITS_MAX));
    }
    let mut body = base(nonce, silent);
    if !first.is_empty() {
        body["content"] = Value::String(first);
    }
    body["attachments"] = json!([file]);
    (body, parts.collect())
}
