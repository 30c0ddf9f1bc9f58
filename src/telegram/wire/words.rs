//! The few words that are the platform's own.

use crate::domain::language::Language;

/// What the bot does in a group: for its admins, and for everybody.
pub fn group_commands(language: Language) -> [(&'static str, &'static str); 4] {
    match language {
        Language::English => [
            ("setup", "a question for this group, when and about what"),
            ("suggest", "suggest a question"),
            ("queue", "what members ask moderators, and who is on duty"),
            ("answer", "answer one of them: its number, and your words"),
        ],
        Language::Spanish => [
            ("setup", "una pregunta para este grupo: cuándo y sobre qué"),
            ("suggest", "proponer una pregunta"),
            ("queue", "lo que piden a quien modera, y quién está de turno"),
            ("answer", "contestar una petición: su número, y tus palabras"),
        ],
    }
}

/// Beside a button that is not for whoever pressed it.
pub fn not_here(language: Language) -> &'static str {
    match language {
        Language::English => "This button works only in your own chat with me.",
        Language::Spanish => "Este botón solo funciona en tu propio chat conmigo.",
    }
}

/// What an empty chat with the bot shows, at most 512 characters.
pub fn description(language: Language) -> &'static str {
    match language {
        Language::English => DESCRIPTION,
        Language::Spanish => DESCRIPTION_SPANISH,
    }
}

/// What the bot's profile and its shared links show, at most 120 characters.
pub fn short_description(language: Language) -> &'static str {
    match language {
        Language::English => SHORT_DESCRIPTION,
        Language::Spanish => SHORT_DESCRIPTION_SPANISH,
    }
}

const DESCRIPTION: &str = "\
I keep you company in the weeks and months after a breakup: short exercises, a check-in when you want one, and a place \
to put things into words. I am a program, not a person and not a therapist. What you write is stored encrypted, and \
whoever hosts me has no page that shows it. /privacy says more, /crisis lists people who can help right now.";

const DESCRIPTION_SPANISH: &str = "\
Te acompaño en las semanas y los meses después de una ruptura: ejercicios cortos, un registro cuando lo quieras y un \
lugar para ponerlo en palabras. Soy un programa, no una persona ni terapia. Lo que escribes se guarda cifrado, y quien \
me aloja no tiene ninguna página que lo muestre. /privacy dice más, /crisis muestra a quienes pueden ayudar ahora.";

const SHORT_DESCRIPTION_SPANISH: &str =
    "Compañía para las semanas después de una ruptura: ejercicios cortos y registros. Un programa, no una persona.";

const SHORT_DESCRIPTION: &str =
    "Company for the weeks after a breakup: short exercises and check-ins. A program, not a person.";
