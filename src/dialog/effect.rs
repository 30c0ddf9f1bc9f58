//! What a turn asks of the world, and what it made of its event.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::dialog::session::Session;
use crate::domain::command::Command;
use crate::domain::language::Language;
use crate::domain::message::{RichText, Tap, View};
use crate::domain::recurrence::QuietHours;
use crate::domain::text::UserText;
use crate::domain::value::Value;
use crate::domain::write::{Write, WriteKey};

/// What reaches a session.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// Words.
    Text(&'a UserText),
    /// A press.
    Tap(Tap),
    /// One of Back, Skip, Stop, Pause, Resume, Why; any other command is ignored by the engine.
    Command(Command),
    /// Show the open question again, at the same turn.
    Again,
    /// The timer of this turn, set for this instant, ran out: the next beat, or the idle time, or the keeping time.
    Due {
        /// The turn.
        turn: u64,
        /// The instant.
        due: Timestamp,
    },
    /// Another dialog begins: set this one aside, silently.
    Park,
}

/// What the world tells a turn: the pure function's only context.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// Now.
    pub now: Timestamp,
    /// The person's zone.
    pub zone: &'a TimeZone,
    /// Facts about the person, by name.
    pub facts: &'a BTreeMap<String, Value>,
    /// The person's quiet hours.
    pub quiet: QuietHours,
    /// The language in which they are spoken to.
    pub language: Language,
}

/// The result of a turn.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Step {
    /// The session after.
    pub session: Session,
    /// What to do, in order.
    pub effects: Vec<Effect>,
    /// What became of the input.
    pub verdict: Verdict,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Show a message. With a turn it is the message of that wait: shown again it is edited in place.
    Show {
        /// The turn whose message it is.
        turn: Option<u64>,
        /// What to show.
        view: View,
    },
    /// The message of that turn takes no more answers; mark what was chosen.
    Freeze {
        /// The turn.
        turn: u64,
        /// What the message asked.
        body: RichText,
        /// The chosen label, or none. It may hold what the person wrote before.
        chosen: Option<UserText>,
    },
    /// A short answer to a press that changes nothing: a toast, where the platform has one.
    Note(RichText),
    /// Keep something.
    Write(WriteKey, Write),
    /// The check-in that started this session should come again at this time.
    PutOff {
        /// Not before.
        until: Timestamp,
    },
}

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The session moved on.
    Advanced,
    /// The answer was not understood or not valid; asked again.
    Reprompted,
    /// Added to an answer in the making.
    Appended,
    /// Belongs to an earlier turn; nothing changed but a note.
    Stale,
    /// Means nothing here; nothing changed.
    Ignored,
    /// The open question was shown again, or explained.
    Shown,
    /// Set aside.
    Parked,
    /// Goes on after it was set aside.
    Resumed,
    /// One question back.
    WentBack,
    /// Over.
    Ended,
}
