//! Pictures and documents, which Discord tells apart by the endings of their names.
//! <https://docs.discord.com/developers/reference#uploading-files>

use reqwest::multipart::{Form, Part};

use crate::discord::api::Body;
use crate::discord::messenger::Way;
use crate::discord::wire::{file, message};
use crate::domain::message::{RichText, View};
use crate::service::ports::{NotSent, Outcome};

/// Added to what has arrived of a file that is told in words.
const IN_WORDS: usize = 1_000;

/// A file to send.
pub(super) struct File<'a> {
    pub name: &'a str,
    pub caption: &'a RichText,
    /// Says the same in words.
    pub alt: &'a RichText,
    pub bytes: &'a [u8],
}

/// Sends a file with its caption; what does not fit beside it follows as messages. A file that the platform refuses is
/// told in words instead.
pub(super) async fn send(way: &Way<'_>, file: &File<'_>) -> Outcome {
    let nonce = message::nonce(way.delivery.id, 0);
    let (payload, rest) = file::payload(file.name, file.caption, file.alt, &nonce, way.delivery.silent);
    let arrived = way.arrived();
    if arrived >= IN_WORDS {
        return in_words(way, file).await;
    }
    if arrived == 0 {
        let json = payload.to_string();
        let content = payload["content"].as_str().unwrap_or_default();
        let outcome = way.create(content, || Body::Form(form(&json, file))).await;
        if outcome == Outcome::NotSent(NotSent::Rejected) {
            way.has_arrived(IN_WORDS);
            return in_words(way, file).await;
        }
        if !matches!(outcome, Outcome::Sent(_)) || rest.is_empty() {
            return outcome;
        }
        way.has_arrived(1);
    }
    way.parts(&rest, 1).await
}

async fn in_words(way: &Way<'_>, file: &File<'_>) -> Outcome {
    let mut words = message::parts(&View::say(file.caption.clone()), None);
    words.extend(message::parts(&View::say(file.alt.clone()), None));
    way.parts(&words, IN_WORDS).await
}

fn form(payload: &str, file: &File<'_>) -> Form {
    let bytes = Part::bytes(file.bytes.to_vec()).file_name(file.name.to_owned());
    Form::new().text("payload_json", payload.to_owned()).part(file::FIELD, bytes)
}
