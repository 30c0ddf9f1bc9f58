//! What a dialog asks to be kept. Applied by the service in the transaction of the turn, each at most once.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::recurrence::Recurrence;
use crate::domain::text::UserText;
use crate::domain::value::Values;

/// Names one write of one session: `<step path>#<commit number>`. With the session it is unique.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WriteKey(pub String);

/// Something to keep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Write {
    /// A journal entry.
    Journal(JournalEntry),
    /// Facts of the profile, see [`crate::domain::person::PROFILE_FACTS`]; and what is done at once instead of kept, see
    /// [`crate::domain::person::PROFILE_ACTS`].
    Profile(Values),
    /// Numbers of a day.
    Measures {
        /// Name and value.
        values: BTreeMap<String, f64>,
        /// The person's local day.
        date: Date,
    },
    /// A small thing to do; replaces the open goal.
    Goal {
        /// In the person's words.
        title: UserText,
        /// The day it is for.
        due: Option<Date>,
        /// The day it was set.
        since: Date,
    },
    /// What became of the open goal, an author's word such as `done`.
    GoalClosed {
        /// The word.
        outcome: String,
        /// The person's local day.
        date: Date,
    },
    /// A plan of check-ins; replaces the plan with the same name.
    Plan(Plan),
    /// Drops the plan with this name.
    PlanDropped {
        /// The plan's name: the dialog it starts.
        name: String,
    },
}

/// A saved journal item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The dialog it came from.
    pub dialog: String,
    /// Its title.
    pub title: UserText,
    /// Its text.
    pub body: UserText,
    /// Named values for later summaries.
    pub fields: Values,
    /// The person's local day.
    pub date: Date,
    /// False when the dialog expired before its end.
    pub complete: bool,
}

/// A plan of check-ins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The dialog it starts; one plan per dialog and person.
    pub dialog: String,
    /// Arguments of the dialog.
    pub with: Values,
    /// When.
    pub recurrence: Recurrence,
    /// What to do while another dialog is open.
    pub when_busy: WhenBusy,
    /// How long after its time it may still come, in seconds.
    pub expires_s: u32,
}

/// What a check-in does while another dialog is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhenBusy {
    /// It waits until the dialog ends or is set aside, or until it expires.
    Queue,
    /// It is left out.
    Skip,
}
