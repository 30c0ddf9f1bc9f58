//! Pictures and documents.
//! <https://core.telegram.org/bots/api#sendphoto>, <https://core.telegram.org/bots/api#senddocument>

use reqwest::multipart::{Form, Part};

use crate::domain::message::{RichText, View};
use crate::service::ports::{FileKind, NotSent, Outcome};
use crate::telegram::messenger::Way;
use crate::telegram::wire::message;

/// Added to what has arrived of a file that is told in words.
const IN_WORDS: usize = 1_000;

/// A file to send.
pub(super) struct File<'a> {
    pub kind: FileKind,
    pub name: &'a str,
    pub caption: &'a RichText,
    /// Says the same in words.
    pub alt: &'a RichText,
    pub bytes: &'a [u8],
}

/// Sends a file with its caption; what does not fit under it follows as messages. A file that the platform refuses is
/// told in words instead.
pub(super) async fn send(way: &mut Way<'_>, file: &File<'_>) -> Outcome {
    let (caption, rest) = message::caption(file.caption);
    let arrived = way.arrived();
    if arrived >= IN_WORDS {
        return in_words(way, file).await;
    }
    if arrived == 0 {
        let method = match file.kind {
            FileKind::Picture => "sendPhoto",
            FileKind::Document => "sendDocument",
        };
        let silent = way.delivery.silent;
        let outcome = way.upload(method, |chat| form(file, chat, &caption, silent)).await;
        if outcome == Outcome::NotSent(NotSent::Rejected) {
            way.has_arrived(IN_WORDS, None);
            return in_words(way, file).await;
        }
        let Outcome::Sent(place) = &outcome else { return outcome };
        if rest.is_empty() {
            return outcome;
        }
        way.has_arrived(1, place.as_ref());
    }
    way.parts(&rest, 1).await
}

async fn in_words(way: &mut Way<'_>, file: &File<'_>) -> Outcome {
    let mut words = message::parts(&View::say(file.caption.clone()));
    words.extend(message::parts(&View::say(file.alt.clone())));
    way.parts(&words, IN_WORDS).await
}

fn form(file: &File<'_>, chat: i64, caption: &str, silent: bool) -> Form {
    let field = match file.kind {
        FileKind::Picture => "photo",
        FileKind::Document => "document",
    };
    let mut form = Form::new().text("chat_id", chat.to_string());
    if !caption.is_empty() {
        form = form.text("caption", caption.to_owned()).text("parse_mode", "HTML");
    }
    if silent {
        form = form.text("disable_notification", "true");
    }
    form.part(field, Part::bytes(file.bytes.to_vec()).file_name(file.name.to_owned()))
}
