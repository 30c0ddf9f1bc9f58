//! The few words that are the platform's own, in every language.

use crate::domain::language::Language;
use crate::domain::message::ViewKind;

/// Stands in a list of options while none is chosen, at most 150 characters.
pub fn choose(kind: ViewKind, language: Language) -> &'static str {
    match (kind, language) {
        (ViewKind::Many, Language::English) => "Choose what fits",
        (ViewKind::Many, Language::Spanish) => "Elige lo que encaje",
        (_, Language::Spanish) => "Elige una opción",
        (_, Language::English) => "Choose one",
    }
}

/// On the button that opens a field for words, at most 80 characters.
pub fn write(language: Language) -> &'static str {
    match language {
        Language::English => "Write",
        Language::Spanish => "Escribir",
    }
}

/// A line in every language.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    english: &'static str,
    spanish: &'static str,
}

impl Line {
    /// The line in one of them.
    pub fn of(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Spanish => self.spanish,
        }
    }
}

/// Above the field for words, at most 45 characters.
pub const MODAL_TITLE: Line = Line { english: "Your words", spanish: "Tus palabras" };
/// Beside the field for words, at most 45 characters.
pub const MODAL_LABEL: Line = Line { english: "Take the room you need", spanish: "Tómate el espacio que necesites" };
/// Above the field for the answer to a request, at most 45 characters.
pub const ANSWER_TITLE: Line = Line { english: "Your answer", spanish: "Tu respuesta" };
/// Beside that field, at most 45 characters.
pub const ANSWER_LABEL: Line =
    Line { english: "They read this, and not who you are", spanish: "Leerán esto, y no quién eres" };
/// Above the field for a PIN, at most 45 characters.
pub const PIN_TITLE: Line = Line { english: "Your PIN", spanish: "Tu PIN" };
/// Beside the field for a PIN, at most 45 characters.
pub const PIN_LABEL: Line = Line { english: "Digits", spanish: "Cifras" };

/// Answers a slash command in the person's own chat: what it leads to comes as a message below.
pub const COMMAND_TAKEN: Line = Line { english: "All right.", spanish: "De acuerdo." };
/// Answers a slash command where others can read along.
pub const IN_PRIVATE: Line = Line {
    english: "Let us go on in private. I have written to you there.",
    spanish: "Sigamos en privado. Te he escrito allí.",
};
/// Answers a slash command where others can read along, when the private chat cannot be opened.
pub const NO_PRIVATE: Line = Line {
    english: "I would rather talk about this in private, but I cannot write to you there. Your privacy settings may not \
              let me. You could open my profile and write to me first.",
    spanish: "Preferiría hablar de esto en privado, pero allí no puedo escribirte. Quizá tus ajustes de privacidad no me \
              dejan. Puedes abrir mi perfil y escribirme tú primero.",
};
/// Answers a press where others can read along.
pub const NOT_HERE: Line = Line {
    english: "This button works only in your own chat with me.",
    spanish: "Este botón solo funciona en tu propio chat conmigo.",
};
/// Answers a press on a button that opens a field, when its question is over.
pub const OVER: Line = Line { english: "That question is closed.", spanish: "Esa pregunta ya está cerrada." };
/// Answers what could not be read or is not known.
pub const NOT_UNDERSTOOD: Line = Line {
    english: "I could not do anything with that. You can write to me here, and /help says more.",
    spanish: "Con eso no he podido hacer nada. Puedes escribirme aquí, y /help dice más.",
};

/// The command by which a server sets the bot up.
pub const SETUP: &str = "setup";
/// The command by which members of a server suggest a question.
pub const SUGGEST: &str = "suggest";
/// The command by which members of a server ask its moderators, in private.
pub const MODERATOR: &str = "moderator";
/// The command by which moderators of a server answer a request.
pub const ANSWER: &str = "answer";
/// The command that shows moderators of a server what members ask.
pub const QUEUE: &str = "queue";

/// Which request [`ANSWER`] is about.
pub const ANSWER_NUMBER: Word =
    Word { name: "number", what: "the number of the request", spanish: "el número de la petición" };
/// What [`ANSWER`] says.
pub const ANSWER_WORDS: Word = Word {
    name: "words",
    what: "what they read; nobody tells them who you are",
    spanish: "lo que leerán; nadie les dice quién eres",
};

/// Answers `/setup` where the bot may not see the channel or write in it; none where it may.
pub fn lacking(can_see: bool, can_write: bool, is_thread: bool, language: Language) -> Option<String> {
    let write = if is_thread { WRITE_IN_THREADS } else { WRITE };
    let missing = [(can_see, SEE), (can_write, write)].into_iter().filter(|(can, _)| !can);
    let (whats, names): (Vec<_>, Vec<_>) =
        missing.map(|(_, one)| (one.what.of(language), one.name.of(language))).unzip();
    if names.is_empty() {
        return None;
    }
    Some(match language {
        Language::English => format!(
            "I cannot be set up here yet, because I may not {}. Whoever runs this server can allow it in the channel's \
             permissions: {}. Then give /setup again.",
            whats.join(" or "),
            names.join(" and "),
        ),
        Language::Spanish => format!(
            "Todavía no se me puede configurar aquí, porque no puedo {}. Quien lleva el servidor puede permitirlo en los \
             permisos del canal: {}. Después, vuelve a escribir /setup.",
            whats.join(" ni "),
            names.join(" y "),
        ),
    })
}

/// Stands below the answer to `/setup` where the bot may not open threads.
pub const NO_THREADS: Line = Line {
    english: "I may not open threads here, so questions come without one, and people answer below them. If you would like \
              threads, allow “Create Public Threads” in the channel's permissions.",
    spanish: "Aquí no puedo abrir hilos, así que las preguntas llegan sin hilo y se contestan debajo. Si quieres hilos, \
              permite «Crear hilos públicos» en los permisos del canal.",
};

/// Something that the bot needs to be allowed: what it is, and what it is called in the app.
struct Permission {
    what: Line,
    name: Line,
}

const SEE: Permission = Permission {
    what: Line { english: "see this channel", spanish: "ver este canal" },
    name: Line { english: "“View Channel”", spanish: "«Ver canal»" },
};
const WRITE: Permission = Permission {
    what: Line { english: "write in it", spanish: "escribir en él" },
    name: Line { english: "“Send Messages”", spanish: "«Enviar mensajes»" },
};
const WRITE_IN_THREADS: Permission = Permission {
    what: Line { english: "write in this thread", spanish: "escribir en este hilo" },
    name: Line { english: "“Send Messages in Threads”", spanish: "«Enviar mensajes en hilos»" },
};

/// A word after a command: what it is called, at most 32 characters, and what it says, at most 100.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// Its name, the same in every language.
    pub name: &'static str,
    /// What it says in English.
    pub what: &'static str,
    /// What it says in Spanish.
    pub spanish: &'static str,
}

/// How long `/pause` rests.
pub const PAUSE_OPTION: Word = Word {
    name: "how_long",
    what: "rests check-ins too: 3d, 2 weeks, a date",
    spanish: "también para los registros: 3d, 2 semanas, una fecha",
};
/// As [`PAUSE_OPTION`].
pub const JOURNAL_OPTION: Word = Word {
    name: "word",
    what: "a word to look for; none for the list",
    spanish: "una palabra que buscar; nada para ver la lista",
};
/// As [`PAUSE_OPTION`].
pub const REMIND_OPTION: Word = Word {
    name: "when",
    what: "every weekday at 8, tomorrow evening, stop",
    spanish: "entre semana a las 8, mañana por la noche, basta",
};
/// As [`PAUSE_OPTION`].
pub const START_OPTION: Word =
    Word { name: "what", what: "the exercise to begin with", spanish: "el ejercicio por el que empezar" };
/// As [`PAUSE_OPTION`].
pub const PIN_OPTION: Word = Word {
    name: "what",
    what: "off, or forgot; nothing to set or change it",
    spanish: "off o forgot; nada para ponerlo o cambiarlo",
};
/// As [`PAUSE_OPTION`].
pub const LINK_OPTION: Word = Word {
    name: "code",
    what: "the code from your other app; none to get one",
    spanish: "el código de tu otra aplicación; ninguno para recibir uno",
};
/// As [`PAUSE_OPTION`].
pub const LANGUAGE_OPTION: Word = Word {
    name: "which",
    what: "english or español; nothing to choose",
    spanish: "español o english; nada para elegir",
};

/// A command that only servers have: its name, what it says, at most 100 characters, and the word after it.
#[derive(Clone, Copy, Debug)]
pub struct SpaceCommand {
    /// Its name, what it says in English, and in Spanish.
    pub word: Word,
    /// The words after it.
    pub options: &'static [Word],
    /// Whether they must be there.
    pub needs_options: bool,
    /// Whether it is shown only to people who may change the server.
    pub is_for_admins: bool,
}

/// The commands of servers.
pub const SPACE_COMMANDS: [SpaceCommand; 5] = [
    SpaceCommand {
        word: Word {
            name: SETUP,
            what: "sets up the question for everybody on this server",
            spanish: "configura la pregunta para todo el servidor",
        },
        options: &[Word {
            name: "how",
            what: "every day at 18:30, sundays at 17, off, a city; nothing for buttons",
            spanish: "cada día a las 18:30, domingos a las 17, off, una ciudad; nada para botones",
        }],
        needs_options: false,
        is_for_admins: true,
    },
    SpaceCommand {
        word: Word {
            name: SUGGEST,
            what: "suggests a question for everybody; a moderator looks at it first",
            spanish: "propone una pregunta para todo el servidor; antes la mira quien modera",
        },
        options: &[Word { name: "question", what: "the question", spanish: "la pregunta" }],
        needs_options: true,
        is_for_admins: false,
    },
    SpaceCommand {
        word: Word {
            name: MODERATOR,
            what: "asks a moderator of this server, in private",
            spanish: "pregunta a quien modera este servidor, en privado",
        },
        options: &[],
        needs_options: false,
        is_for_admins: false,
    },
    SpaceCommand {
        word: Word {
            name: ANSWER,
            what: "answers a member who asks for a moderator; they read only the words",
            spanish: "contesta a quien pide moderación; solo lee las palabras",
        },
        options: &[ANSWER_NUMBER, ANSWER_WORDS],
        needs_options: true,
        is_for_admins: true,
    },
    SpaceCommand {
        word: Word {
            name: QUEUE,
            what: "what members ask moderators, and who is on duty",
            spanish: "lo que piden a quien modera, y quién está de turno",
        },
        options: &[],
        needs_options: false,
        is_for_admins: true,
    },
];
