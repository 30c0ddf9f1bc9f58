//! What is written down of an event that is set apart: its key, kind and length, never its words.

use jiff::Timestamp;

use crate::domain::event::{Body, Event};
use crate::store::QuarantineNew;

/// The record of an event that is set apart.
pub(crate) fn quarantined(event: &Event, at: Timestamp, reason: &'static str) -> QuarantineNew {
    QuarantineNew { key: event.key.clone(), at, reason, fingerprint: fingerprint(&event.body) }
}

/// The kind of an event and the length of its text, never the text.
fn fingerprint(body: &Body) -> String {
    match body {
        Body::Text(text)
        | Body::Edited(text)
        | Body::Pin(text)
        | Body::Command(_, text)
        | Body::UnknownCommand(text) => {
            format!("{} {} bytes", kind(body), text.expose().len())
        }
        Body::Tap(token) => format!("tap {} bytes", token.len()),
        Body::Unreadable(bytes) => format!("{} {bytes} bytes", kind(body)),
        Body::Arrived
        | Body::Wordless
        | Body::MoreOfAlbum
        | Body::Left
        | Body::Space(_)
        | Body::Posted { .. }
        | Body::AsksSupporters(_)
        | Body::Room(_)
        | Body::FromSupporters(_)
        | Body::Buddy(_)
        | Body::CheckInDue { .. }
        | Body::CheckInQueued { .. }
        | Body::PlansAgain
        | Body::SilenceDue { .. }
        | Body::TimerDue { .. } => kind(body).to_owned(),
    }
}

/// The kind of an event, as the log names it.
pub(crate) fn kind(body: &Body) -> &'static str {
    match body {
        Body::Arrived => "arrived",
        Body::Text(_) => "text",
        Body::Tap(_) => "tap",
        Body::Pin(_) => "pin",
        Body::Command(..) => "command",
        Body::UnknownCommand(_) => "unknown command",
        Body::Edited(_) => "edited",
        Body::Wordless => "wordless",
        Body::MoreOfAlbum => "more of an album",
        Body::Left => "left",
        Body::Space(_) => "space",
        Body::Posted { .. } => "posted",
        Body::AsksSupporters(_) => "asks supporters",
        Body::Room(_) => "room",
        Body::FromSupporters(_) => "from supporters",
        Body::Buddy(_) => "buddy",
        Body::Unreadable(_) => "unreadable",
        Body::CheckInDue { .. } => "check-in due",
        Body::CheckInQueued { .. } => "check-in queued",
        Body::PlansAgain => "plans again",
        Body::SilenceDue { .. } => "silence due",
        Body::TimerDue { .. } => "timer due",
    }
}
