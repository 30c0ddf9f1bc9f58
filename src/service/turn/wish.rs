//! Answers to what somebody asks of the bot itself while nothing is open.

use crate::dialog::effect::Input;
use crate::dialog::session::Cause;
use crate::dialog::wish::{Wish, wish};
use crate::domain::command::Command;
use crate::domain::message::{Choice, View, ViewKind};
use crate::domain::occasion::Occasion;
use crate::domain::text::UserText;
use crate::service::person::Need;
use crate::service::turn::offer::opens;
use crate::service::turn::{Turn, line};

// Shipped dialogs; those that a library has not are left out.
/// They lead to people.
const TO_PEOPLE: [&str; 3] = ["support-map", "helper-card", "help-pro"];
/// For a hard moment.
const FOR_NOW: [&str; 2] = ["feel-now", "hard-hours"];
/// Each is a first step of a few minutes.
const FIRST_STEPS: [&str; 3] = ["feel-now", "start-control", "hands-first"];

impl Turn<'_, '_> {
    /// What some words ask of the bot.
    pub(super) fn wish(&self, input: &Input<'_>) -> Option<Wish> {
        let Input::Text(text) = input else { return None };
        wish(text.expose(), self.language())
    }

    pub(super) fn answer_wish(&mut self, wish: Wish) -> Result<(), Need> {
        let dialogs = &self.world.settings.dialogs;
        let crisis = dialogs.of(Occasion::Crisis);
        let nothing = UserText::new("");
        match wish {
            Wish::Privacy => self.command(Command::Privacy, &nothing),
            Wish::Delete => self.command(Command::Forget, &nothing),
            Wish::Copy => self.command(Command::Export, &nothing),
            Wish::About => self.menu_after("about_me"),
            Wish::Unhelpful => self.menu_after("not_helpful"),
            Wish::Nod => {
                self.line("nod", &[]);
                Ok(())
            }
            Wish::Help => self.offer_after("help_now", &[&[crisis], &FOR_NOW[..]].concat()),
            Wish::Lost => self.offer_after("first_step", &FIRST_STEPS),
            Wish::Human => self.offer_after("people_instead", &[&[crisis], &TO_PEOPLE[..]].concat()),
            Wish::Quiet => self.offer_after("quiet_how", &[dialogs.of(Occasion::Remind)]),
        }
    }

    /// One of the system's lines, and the menu.
    pub(super) fn menu_after(&mut self, key: &str) -> Result<(), Need> {
        self.line(key, &[]);
        let dialog = self.world.settings.dialogs.of(Occasion::Menu).to_owned();
        self.start(&dialog, Cause::Person)
    }

    /// One of the system's lines with buttons that open some dialogs, and one for everything else.
    fn offer_after(&mut self, key: &str, dialogs: &[&str]) -> Result<(), Need> {
        let library = self.words();
        let titles = dialogs.iter().filter_map(|id| Some(opens(id, &library.dialog(id)?.title)));
        let mut choices: Vec<Choice> = titles.collect();
        let menu = self.world.settings.dialogs.of(Occasion::Menu);
        choices.push(opens(menu, &line(library, "offered_else", &[], 0).plain()));
        let body = line(library, key, &[], 0);
        self.show(View { body, kind: ViewKind::Choice, choices, language: library.language });
        Ok(())
    }
}
