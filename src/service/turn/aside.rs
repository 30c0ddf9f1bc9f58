//! What is typed while nothing is open and is no wish for a dialog: a command without its slash, a greeting, thanks, `remind me
//! tomorrow at nine`.

use crate::dialog::answer::{self, Problem, Reading, fold};
use crate::dialog::effect::Input;
use crate::dialog::model::{Library, Verb};
use crate::dialog::typed::{Aside, aside, to_remind_of};
use crate::domain::command::Command;
use crate::domain::occasion::Occasion;
use crate::domain::text::UserText;
use crate::service::person::Need;
use crate::service::ports::Item;
use crate::service::turn::Turn;

impl Turn<'_, '_> {
    /// Answers such words; whether they were such.
    pub(super) fn is_command_or_aside(&mut self, input: &Input<'_>) -> Result<bool, Need> {
        let Input::Text(text) = input else { return Ok(false) };
        if let Some(command) = bare_command(text.expose()) {
            self.command(command, &UserText::new(""))?;
            return Ok(true);
        }
        if !self.work.profile.has_consented() {
            return Ok(false);
        }
        let language = self.language();
        if let Some(when) = to_remind_of(text.expose(), language) {
            self.command(Command::Remind, &UserText::new(&when))?;
            return Ok(true);
        }
        match aside(text.expose(), language) {
            Some(Aside::Hello) => self.command(Command::Start, &UserText::new(""))?,
            Some(Aside::Stop) => self.command(Command::Stop, &UserText::new(""))?,
            Some(Aside::Thanks) => self.line("thanked", &[]),
            None => return Ok(false),
        }
        Ok(true)
    }
}

impl Turn<'_, '_> {
    /// The menu is a list and asks nothing of them: who writes at length below it is answered as if nothing were open, and the
    /// list is closed. Whether that was so.
    pub(super) fn is_wish_at_menu(&mut self, input: &Input<'_>) -> Result<bool, Need> {
        let Input::Text(text) = input else { return Ok(false) };
        let menu = self.world.settings.dialogs.of(Occasion::Menu);
        let is_menu = self.work.live.as_ref().is_some_and(|held| {
            let stack = &held.session.stack;
            stack.len() == 1 && stack.first().is_some_and(|frame| frame.dialog == menu)
        });
        if !is_menu || !self.work.profile.has_consented() || self.is_answer(menu, text.expose()) {
            return Ok(false);
        }
        let language = self.language();
        let is_wish = to_remind_of(text.expose(), language).is_some() || aside(text.expose(), language).is_some();
        if !is_wish && self.words().finder.find(text.expose(), 1).is_empty() {
            return Ok(false);
        }
        let said = self.changes.items.len();
        self.step_live(&Input::Command(Command::Stop))?;
        let closed = self.changes.items.split_off(said);
        self.changes.items.extend(closed.into_iter().filter(|(_, item)| matches!(item, Item::Freeze { .. })));
        Ok(self.is_command_or_aside(input)? || self.offer(input))
    }

    /// Whether words are an answer, or a command, at a question of a dialog.
    fn is_answer(&self, dialog: &str, words: &str) -> bool {
        let language = self.language();
        let today = self.work.zone(self.world.settings).to_datetime(self.world.now).date();
        let reads = |library: &Library, language| {
            let steps = library.dialog(dialog).into_iter().flat_map(|dialog| dialog.parts.values().flatten());
            let mut asks = steps.filter_map(|step| if let Verb::Ask(ask) = &step.verb { Some(ask) } else { None });
            asks.any(|ask| answer::read(&ask.kind, words.trim(), today, language) != Reading::Problem(Problem::Unclear))
        };
        answer::bare_command(words, language).is_some()
            || reads(self.words(), language)
            || reads(self.world.library, language)
    }
}

/// A command typed without its slash, where nothing else can be meant.
fn bare_command(text: &str) -> Option<Command> {
    let command = Command::from_word(&fold(text))?;
    matches!(command, Command::Crisis | Command::Help | Command::Menu | Command::Guide).then_some(command)
}
