//! What steps do beside asking: paced exercises, and what is kept, set out to do or planned.

use super::expression::{Expr, Text};
use crate::domain::write::WhenBusy;

/// A paced exercise.
#[derive(Clone, Debug)]
pub struct Pace {
    /// The beats of a round.
    pub beats: Vec<Beat>,
    /// How many rounds.
    pub rounds: Expr,
    /// The label of the button that ends it early.
    pub enough: String,
}

/// One beat.
#[derive(Clone, Debug)]
pub struct Beat {
    /// What is shown.
    pub say: Text,
    /// For how long, in milliseconds.
    pub millis: u32,
}

/// What a `save` keeps.
#[derive(Clone, Debug)]
pub enum Save {
    /// A journal entry.
    Journal {
        /// Its title.
        title: Text,
        /// Its text.
        body: Text,
        /// Named values.
        fields: Vec<(String, Expr)>,
    },
    /// Facts of the profile.
    Profile(Vec<(String, Expr)>),
    /// Numbers of the day; an unset one is left out.
    Measures(Vec<(String, Expr)>),
}

/// A goal.
#[derive(Clone, Debug)]
pub enum Goal {
    /// Set one.
    Open {
        /// In the person's words.
        title: Text,
        /// The day.
        due: Option<Expr>,
    },
    /// Say what became of the open one.
    Close {
        /// A key or text.
        outcome: Expr,
    },
}

/// A plan of check-ins.
#[derive(Clone, Debug)]
pub enum Schedule {
    /// Make or replace it.
    Plan {
        /// The dialog it starts.
        dialog: String,
        /// `daily`, `weekdays`, `mon, thu`, `3 days`, `weekly`, `once`; a text so that an answer can stand in it.
        every: Text,
        /// `18:30`, `tomorrow 18:30`, `18:00-20:00`.
        at: Text,
        /// Arguments.
        with: Vec<(String, Expr)>,
        /// While another dialog is open.
        when_busy: WhenBusy,
        /// How long after its time it may come, in seconds.
        expires_s: u32,
    },
    /// Drop it.
    Drop {
        /// The dialog it starts.
        dialog: String,
    },
}
