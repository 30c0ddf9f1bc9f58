//! The few words that the platforms need and no dialog gives, in every language.

use crate::domain::language::Language;
use crate::domain::message::{ChoiceRole, ViewKind};

/// Stands in the input field while typed words are waited for, in 1 to 64 characters; none where nothing is typed.
pub fn placeholder(kind: ViewKind, language: Language) -> Option<&'static str> {
    let of = |english, spanish| Some(in_language(language, english, spanish));
    match kind {
        ViewKind::Text => of("Your words", "Tus palabras"),
        ViewKind::List => of("One at a time", "De una en una"),
        ViewKind::Number => of("A number", "Un número"),
        ViewKind::Date => of("A day", "Un día"),
        ViewKind::Time => of("A time of day", "Una hora"),
        ViewKind::Say | ViewKind::Choice | ViewKind::Many | ViewKind::Scale | ViewKind::Beat(_) => None,
    }
}

/// What a question without words says: no platform has a message without a text.
pub fn question(kind: ViewKind, language: Language) -> &'static str {
    let of = |english, spanish| in_language(language, english, spanish);
    match kind {
        ViewKind::Say | ViewKind::Choice => of("Please choose:", "Elige, por favor:"),
        ViewKind::Many => of("Please choose what fits:", "Elige lo que encaje, por favor:"),
        ViewKind::Scale => of("Please choose a number:", "Elige un número, por favor:"),
        ViewKind::Number => of("A number, please.", "Un número, por favor."),
        ViewKind::Text => of("Your words, please.", "Tus palabras, por favor."),
        ViewKind::List => of("One message for each, please.", "Un mensaje para cada cosa, por favor."),
        ViewKind::Date => of("Which day?", "¿Qué día?"),
        ViewKind::Time => of("At what time?", "¿A qué hora?"),
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

fn in_language(language: Language, english: &'static str, spanish: &'static str) -> &'static str {
    match language {
        Language::English => english,
        Language::Spanish => spanish,
    }
}
