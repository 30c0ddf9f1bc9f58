//! What the bot knows of a person beside their sessions, and which of it dialogs may read.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::domain::event::Address;
use crate::domain::recurrence::QuietHours;
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};

/// A person's profile: sealed as one piece.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Where to reach them: the address they last wrote from.
    pub address: Address,
    /// Values saved by dialogs under [`PROFILE_FACTS`].
    pub facts: Values,
    /// Check-ins rest until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<Timestamp>,
    /// Nothing can reach them: check-ins rest until they write again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreachable: bool,
    /// The language of their app when they came, an IETF tag; `None` where the platform tells none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The dialog that a link led to, before they had said hello: it comes after the first talk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wished: Option<String>,
    /// The open goal: the small thing that is asked about next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_goal: Option<Goal>,
}

/// A small thing somebody set out to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// In their words.
    pub title: UserText,
    /// The day it is for.
    pub due: Option<Date>,
    /// The day it was set.
    pub since: Date,
}

/// The kinds of values that facts have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    /// [`Value::Text`].
    Text,
    /// [`Value::Key`].
    Key,
    /// [`Value::Num`].
    Num,
    /// [`Value::Bool`].
    Bool,
    /// [`Value::Date`].
    Date,
    /// [`Value::Time`].
    Time,
}

/// Facts that `save = "profile"` may write and `[facts]` may read.
pub const PROFILE_FACTS: &[(&str, FactKind)] = &[
    ("name", FactKind::Text),
    ("zone", FactKind::Text),
    ("goal", FactKind::Key),
    ("consent", FactKind::Bool),
    ("adult", FactKind::Bool),
    ("checkin_at", FactKind::Time),
    ("checkins", FactKind::Num),
    ("last_mood", FactKind::Num),
    ("last_checkin", FactKind::Date),
    ("quiet_from", FactKind::Time),
    ("quiet_to", FactKind::Time),
    ("silent_checkins", FactKind::Bool),
];

/// Facts that the service works out before each turn; `[facts]` may read them, nothing writes them.
/// `open_goal` and `open_goal_due` are there while a goal is open.
pub const SERVICE_FACTS: &[(&str, FactKind)] =
    &[("open_goal", FactKind::Text), ("open_goal_due", FactKind::Date), ("bot_name", FactKind::Text)];

impl Profile {
    /// The profile of somebody who has just arrived.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            facts: Values::new(),
            paused_until: None,
            unreachable: false,
            language: None,
            wished: None,
            open_goal: None,
        }
    }

    /// The IANA zone they chose, if any.
    pub fn zone_name(&self) -> Option<&str> {
        self.facts.get("zone").and_then(Value::as_str)
    }

    /// Their own quiet hours, or else the host's.
    pub fn quiet_hours(&self, or: QuietHours) -> QuietHours {
        let time = |name: &str, or: Time| match self.facts.get(name) {
            Some(Value::Time(time)) => *time,
            _ => or,
        };
        QuietHours { from: time("quiet_from", or.from), to: time("quiet_to", or.to) }
    }

    /// Whether check-ins should come without a sound.
    pub fn wants_silent_checkins(&self) -> bool {
        self.facts.get("silent_checkins") == Some(&Value::Bool(true))
    }

    /// Whether they agreed that answers are stored.
    pub fn has_consented(&self) -> bool {
        self.facts.get("consent") == Some(&Value::Bool(true))
    }
}
