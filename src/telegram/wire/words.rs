//! The few words that are the platform's own, in one place so that languages can come later.

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

/// What a question without words says: Telegram has no message without a text.
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

/// A group hears this when the bot is put into it, once.
pub const GROUP_LINE: &str =
    "Hello. I talk with people one to one, so I stay quiet here. Whoever likes can write to me in private.";

/// Beside a button that is not for whoever pressed it.
pub const NOT_HERE: &str = "This button works only in your own chat with me.";

/// What an empty chat with the bot shows, at most 512 characters.
pub const DESCRIPTION: &str = "\
I keep you company in the weeks and months after a breakup: short exercises, a check-in when you want one, and a place \
to put things into words. I am a program, not a person and not a therapist. What you write is stored encrypted, and \
whoever hosts me has no page that shows it. /privacy says more, /crisis lists people who can help right now.";

/// What the bot's profile and its shared links show, at most 120 characters.
pub const SHORT_DESCRIPTION: &str =
    "Company for the weeks after a breakup: short exercises and check-ins. A program, not a person.";
