//! The few words that the platforms need and no dialog gives, in one place so that languages can come later.

use crate::domain::message::{ChoiceRole, ViewKind};

/// Stands in the input field while typed words are waited for, in 1 to 64 characters; none where nothing is typed.
pub fn placeholder(kind: ViewKind) -> Option<&'static str> {
    match kind {
        ViewKind::Text => Some("Your words"),
        ViewKind::List => Some("One at a time"),
        ViewKind::Number => Some("A number"),
        ViewKind::Date => Some("A day"),
        ViewKind::Time => Some("A time of day"),
        ViewKind::Say | ViewKind::Choice | ViewKind::Many | ViewKind::Scale | ViewKind::Beat(_) => None,
    }
}

/// What a question without words says: no platform has a message without a text.
pub fn question(kind: ViewKind) -> &'static str {
    match kind {
        ViewKind::Say | ViewKind::Choice => "Please choose:",
        ViewKind::Many => "Please choose what fits:",
        ViewKind::Scale => "Please choose a number:",
        ViewKind::Number => "A number, please.",
        ViewKind::Text => "Your words, please.",
        ViewKind::List => "One message for each, please.",
        ViewKind::Date => "Which day?",
        ViewKind::Time => "At what time?",
        ViewKind::Beat(_) => "…",
    }
}

/// What a question says after it was closed, when neither its words nor a choice are known.
pub const CLOSED: &str = "This question is closed.";

/// What stands on a button without words; `number` is its place among the choices, from 1.
pub fn label(role: ChoiceRole, number: usize) -> String {
    match role {
        ChoiceRole::Answer | ChoiceRole::Tick(_) => format!("Option {number}"),
        ChoiceRole::Scale(value) => value.to_string(),
        ChoiceRole::Done => "Done".to_owned(),
        ChoiceRole::Skip => "Skip".to_owned(),
        ChoiceRole::Keep => "Keep".to_owned(),
        ChoiceRole::Enough => "Enough".to_owned(),
        ChoiceRole::Later => "Later".to_owned(),
    }
}
