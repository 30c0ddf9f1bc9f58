//! Pictures and documents.
//! <https://core.telegram.org/bots/api#sendphoto>, <https://core.telegram.org/bots/api#senddocument>

use reqwest::multipart::{Form, Part};

use crate::domain::message::RichText;
use crate::service::ports::{FileKind, Outcome};
use crate::telegram::messenger::Way;
use crate::telegram::wire::message;

/// A file to send.
pub(super) struct File<'a> {
    pub kind: FileKind,
    pub name: &'a str,
    pub caption: &'a RichText,
    pub bytes: &'a [u8],
}

/// Sends a file with its caption; what does not fit under it follows as messages.
pub(super) async fn send(way: &mut Way<'_>, file: &File<'_>) -> Outcome {
    let (caption, rest) = message::caption(file.caption);
    if way.arrived() == 0 {
        let method = match file.kind {
            FileKind::Picture => "sendPhoto",
            FileKind::Document => "sendDocument",
        };
        let silent = way.delivery.silent;
        let outcome = way.upload(method, |chat| form(file, chat, &caption, silent)).await;
        if !matches!(outcome, Outcome::Sent(_)) || rest.is_empty() {
            return outcome;
        }
        way.has_arrived(1);
    }
    way.parts(&rest, 1).await
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
