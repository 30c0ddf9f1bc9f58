//! The bot's commands: one table for all platforms.

use serde::{Deserialize, Serialize};

use crate::domain::language::Language;

/// A command of a person, without its slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Command {
    /// Begin, or find the place again.
    Start,
    /// What there is to do.
    Menu,
    /// The exercises, chapter by chapter.
    Guide,
    /// Start today's check-in now.
    Checkin,
    /// What was written and saved, to read and change.
    Journal,
    /// The small thing that is open, and earlier ones.
    Goals,
    /// Something that helps in a minute, and the cards that were made before.
    Tools,
    /// Say how today is, in one tap.
    Mood,
    /// How their days went, as a picture and in words.
    Progress,
    /// Change the times of check-ins, or be asked later.
    Remind,
    /// The hard dates of the year.
    Dates,
    /// How everything that can be set stands, and a way to change each.
    Settings,
    /// Somebody of a group to write to for a week: how that stands, and every way out of it.
    Buddy,
    /// Set the open dialog aside, or rest all check-ins until a date.
    Pause,
    /// Go on with what was set aside; check-ins come again.
    Resume,
    /// What the commands do.
    Help,
    /// Whom to reach when it is too much.
    Crisis,
    /// What is kept, and who can read it.
    Privacy,
    /// Delete what was said lately from this chat, as far as the platform lets the bot.
    Hide,
    /// Set, change or take away the PIN that stands before what was written.
    Pin,
    /// Join the accounts of one person on two platforms.
    Link,
    /// Part with the account that this is typed from.
    Unlink,
    /// Everything that is kept of the person, as a file for them.
    Export,
    /// Choose the language in which they are spoken to.
    Language,
    /// Delete everything that is kept of the person.
    Forget,
    /// End the open dialog.
    Stop,
    /// One question back.
    Back,
    /// Leave out this question.
    Skip,
    /// Why this question is asked.
    Why,
}

/// Every command with its word and what it does, in the order in which help shows them.
pub const COMMANDS: &[(Command, &str, &str)] = &[
    (Command::Menu, "menu", "what we can do together"),
    (Command::Guide, "guide", "the exercises, chapter by chapter"),
    (Command::Checkin, "checkin", "today's check-in, now"),
    (Command::Journal, "journal", "what you wrote; a word after it looks for it"),
    (Command::Goals, "goals", "your small goal, and earlier ones"),
    (Command::Tools, "tools", "something that helps now, and your cards"),
    (Command::Mood, "mood", "how today is, in one tap"),
    (Command::Progress, "progress", "how your days went, as a picture"),
    (Command::Back, "back", "one question back"),
    (Command::Skip, "skip", "leave this question out"),
    (Command::Why, "why", "why I ask this"),
    (Command::Stop, "stop", "end this exercise"),
    (Command::Pause, "pause", "set this aside; /pause 3d rests check-ins too"),
    (Command::Resume, "resume", "go on where we were"),
    (Command::Remind, "remind", "when I check in with you; /remind sundays at 10 works too"),
    (Command::Dates, "dates", "hard days of the year, and your plan for each"),
    (Command::Settings, "settings", "language, clock, quiet hours, PIN and the rest"),
    (Command::Buddy, "buddy", "your buddy for a week, and how to end it"),
    (Command::Link, "link", "connect another app with this one"),
    (Command::Unlink, "unlink", "disconnect this app from the other one"),
    (Command::Crisis, "crisis", "people to call when it is too much"),
    (Command::Privacy, "privacy", "what I keep, and who can read it"),
    (Command::Export, "export", "everything I have of you, as a file"),
    (Command::Pin, "pin", "a PIN before I bring up what you wrote"),
    (Command::Hide, "hide", "delete my recent messages from this chat"),
    (Command::Language, "language", "the language I speak with you (el idioma)"),
    (Command::Forget, "forget", "delete everything I have of you"),
    (Command::Help, "help", "this list"),
    (Command::Start, "start", "begin, or find our place again"),
];

/// What each command does, in Spanish.
const SPANISH: &[(Command, &str)] = &[
    (Command::Menu, "lo que podemos hacer"),
    (Command::Guide, "los ejercicios, capítulo por capítulo"),
    (Command::Checkin, "el registro de hoy, ahora"),
    (Command::Journal, "lo que escribiste; con una palabra detrás, la busca"),
    (Command::Goals, "tu pequeña meta, y las anteriores"),
    (Command::Tools, "algo que ayuda ahora, y tus tarjetas"),
    (Command::Mood, "cómo está el día, con un toque"),
    (Command::Progress, "cómo fueron tus días, en una imagen"),
    (Command::Back, "volver una pregunta atrás"),
    (Command::Skip, "omitir esta pregunta"),
    (Command::Why, "por qué pregunto esto"),
    (Command::Stop, "terminar este ejercicio"),
    (Command::Pause, "dejar esto aparte; /pause 3d da descanso también a los registros"),
    (Command::Resume, "seguir donde lo dejamos"),
    (Command::Remind, "cuándo te escribo"),
    (Command::Dates, "días difíciles del año, y tu plan para cada uno"),
    (Command::Settings, "idioma, reloj, horas de silencio, PIN y lo demás"),
    (Command::Buddy, "tu compañía de una semana, y cómo terminarla"),
    (Command::Link, "conectar otra aplicación con esta"),
    (Command::Unlink, "desconectar esta aplicación de la otra"),
    (Command::Crisis, "personas a quienes llamar cuando es demasiado"),
    (Command::Privacy, "qué guardo y quién puede leerlo"),
    (Command::Export, "todo lo que tengo de ti, en un archivo"),
    (Command::Pin, "un PIN antes de mostrar lo que escribiste"),
    (Command::Hide, "borrar mis mensajes recientes de este chat"),
    (Command::Language, "el idioma en que te hablo"),
    (Command::Forget, "borrar todo lo que tengo de ti"),
    (Command::Help, "esta lista"),
    (Command::Start, "empezar, o encontrar donde estábamos"),
];

/// Further words of the commands, in Spanish; the first of each is the one that is told.
const SPANISH_WORDS: &[(Command, &[&str])] = &[
    (Command::Menu, &["menú"]),
    (Command::Guide, &["guía", "guia", "ejercicios"]),
    (Command::Checkin, &["registro", "registrar"]),
    (Command::Journal, &["diario"]),
    (Command::Goals, &["metas", "meta"]),
    (Command::Tools, &["herramientas", "tarjetas"]),
    (Command::Mood, &["ánimo", "animo"]),
    (Command::Progress, &["progreso", "avances"]),
    (Command::Back, &["atrás", "atras", "volver"]),
    (Command::Skip, &["omitir", "saltar"]),
    (Command::Why, &["porqué", "porque"]),
    (Command::Stop, &["parar", "para", "basta", "salir", "terminar"]),
    (Command::Pause, &["pausa", "pausar"]),
    (Command::Resume, &["seguir", "continuar", "reanudar"]),
    (Command::Remind, &["recordar", "recuérdame", "recuerdame", "recordatorio", "recordatorios"]),
    (Command::Dates, &["fechas"]),
    (Command::Settings, &["ajustes", "configuración", "configuracion"]),
    (Command::Buddy, &["compañía", "compañia", "compania"]),
    (Command::Link, &["conectar", "vincular"]),
    (Command::Unlink, &["desconectar", "desvincular"]),
    (Command::Crisis, &["emergencia", "socorro", "auxilio"]),
    (Command::Privacy, &["privacidad"]),
    (Command::Export, &["exportar", "descargar"]),
    (Command::Pin, &["clave"]),
    (Command::Hide, &["ocultar", "esconder"]),
    (Command::Language, &["idioma"]),
    (Command::Forget, &["olvidar", "olvídame", "olvidame", "borrar"]),
    (Command::Help, &["ayuda"]),
    (Command::Start, &["empezar", "comenzar", "inicio"]),
];

impl Command {
    /// What it does, in a few words of a language; in English where the language has none for it.
    pub fn what(self, language: Language) -> &'static str {
        let english = || COMMANDS.iter().find(|(command, ..)| *command == self).map_or("", |(_, _, what)| what);
        match language {
            Language::English => english(),
            Language::Spanish => {
                SPANISH.iter().find(|(command, _)| *command == self).map_or_else(english, |(_, what)| what)
            }
        }
    }

    /// The command's word, as typed after the slash.
    pub fn word(self) -> &'static str {
        COMMANDS.iter().find(|(command, ..)| *command == self).map_or("help", |(_, word, _)| word)
    }

    /// The command of a word without slash, in any case and in any language.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        let english = COMMANDS.iter().find(|(_, name, _)| *name == word).map(|(command, ..)| *command);
        let spanish = || SPANISH_WORDS.iter().find(|(_, words)| words.contains(&word.as_str()));
        english.or_else(|| spanish().map(|(command, _)| *command))
    }
}

#[cfg(test)]
mod tests {
    use super::{COMMANDS, Command, SPANISH, SPANISH_WORDS};

    #[test]
    fn every_command_is_described_in_every_language() {
        let untold: Vec<_> =
            COMMANDS.iter().filter(|(command, ..)| !SPANISH.iter().any(|(known, _)| known == command)).collect();
        assert!(untold.is_empty(), "{untold:?}");
    }

    #[test]
    fn every_word_leads_back_to_its_command() {
        for (command, word, _) in COMMANDS {
            assert_eq!(Command::from_word(&word.to_uppercase()), Some(*command));
            assert_eq!(command.word(), *word);
        }
        let all: Vec<_> = SPANISH_WORDS.iter().flat_map(|(_, words)| *words).collect();
        let mut once = all.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), all.len(), "a word means one command");
        for (command, words) in SPANISH_WORDS {
            assert!(words.iter().all(|word| Command::from_word(&word.to_uppercase()) == Some(*command)), "{words:?}");
        }
        assert_eq!(SPANISH_WORDS.len(), COMMANDS.len());
        assert_eq!(Command::from_word("fоrget"), None, "a Cyrillic look-alike is no command");
    }
}
