//! `/language`: in which language somebody is spoken to.

use crate::dialog::answer::fold;
use crate::dialog::session::Cause;
use crate::domain::language::Language;
use crate::domain::person::LANGUAGE_FACT;
use crate::domain::text::UserText;
use crate::domain::value::Value;
use crate::service::person::Need;
use crate::service::turn::Turn;

/// The dialog that asks; a host may do without it.
pub(super) const LANGUAGE_DIALOG: &str = "language";

impl Turn<'_, '_> {
    /// Takes the language that stands beside the command, or asks for it. Neither waits for the first talk to be over: who
    /// does not understand it cannot finish it.
    pub(super) fn speak(&mut self, arguments: &UserText) -> Result<(), Need> {
        let wanted = fold(arguments.expose());
        let library = self.world.library;
        let known = library.languages().find(|language| names(*language).contains(&wanted.as_str()));
        if let Some(language) = known {
            let code = Value::Key(language.code().to_owned());
            self.work.profile.facts.insert(LANGUAGE_FACT.to_owned(), code);
            self.work.profile_changed = true;
            self.line("language_set", &[]);
            return if self.work.live.is_some() { self.show_again() } else { Ok(()) };
        }
        if !wanted.is_empty() {
            self.line("language_unknown", &[]);
        }
        if library.dialog(LANGUAGE_DIALOG).is_none() || library.languages().count() < 2 {
            self.line("language_only", &[]);
            return Ok(());
        }
        self.start(LANGUAGE_DIALOG, Cause::Person)
    }
}

/// How a language is named, folded.
fn names(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &["en", "english", "ingles"],
        Language::Spanish => &["es", "espanol", "spanish", "castellano"],
    }
}
