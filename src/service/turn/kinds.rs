//! Kinds of events.

use crate::domain::command::Command;
use crate::domain::event::Body;

/// Whether it can wait until they have answered whether something that they agreed to still holds.
pub(super) fn may_renew(body: &Body) -> bool {
    matches!(
        body,
        Body::Arrived
            | Body::Text(_)
            | Body::Wordless
            | Body::Command(
                Command::Start | Command::Menu | Command::Guide | Command::Checkin | Command::Remind | Command::Resume,
                _
            )
    )
}

/// Whether somebody did something and waits for an answer.
pub(super) fn is_by_person(body: &Body) -> bool {
    match body {
        Body::Arrived
        | Body::Text(_)
        | Body::Edited(_)
        | Body::Wordless
        | Body::Tap(_)
        | Body::Pin(_)
        | Body::Command(..)
        | Body::UnknownCommand(_) => true,
        Body::CheckInDue { .. }
        | Body::CheckInQueued { .. }
        | Body::PlansAgain
        | Body::SilenceDue { .. }
        | Body::TimerDue { .. }
        | Body::MoreOfAlbum
        | Body::Left
        | Body::Space(_)
        | Body::Posted { .. }
        | Body::AsksSupporters(_)
        | Body::Room(_)
        | Body::FromSupporters(_)
        | Body::Buddy(_)
        | Body::Unreadable(_) => false,
    }
}
