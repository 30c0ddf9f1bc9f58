//! What somebody typed: to an open question, to one that was set aside, or with nothing open.

use crate::dialog::answer::{self, Courtesy, Problem, Reading, fold};
use crate::dialog::effect::Input;
use crate::dialog::model::{Library, Verb};
use crate::dialog::session::{ParkedBy, Status};
use crate::dialog::typed;
use crate::dialog::wish::Wish;
use crate::domain::command::Command;
use crate::domain::occasion::Occasion;
use crate::domain::text::UserText;
use crate::service::person::Need;
use crate::service::ports::Item;
use crate::service::turn::Turn;

impl Turn<'_, '_> {
    /// Words of somebody: an answer, a courtesy, a wish, or nothing that was asked for.
    pub(super) fn text(&mut self, input: &Input<'_>) -> Result<(), Need> {
        let library = self.world.library;
        if let Some(live) = &self.work.live {
            let is_closed = !live.session.takes_words(library) && !live.session.is_in_safety(library);
            // What only wants to be left alone is no mistake in answering.
            if is_closed && self.wish(input) == Some(Wish::Quiet) {
                return self.answer_wish(Wish::Quiet);
            }
            return if self.is_wish_at_menu(input)? { Ok(()) } else { self.step_live(input) };
        }
        let parked_by = self.parked()?.first().map(|held| held.session.status);
        match parked_by {
            // Who comes back with a greeting has not answered the question of yesterday.
            Some(Status::Parked { .. }) if self.courtesy(input) == Some(Courtesy::Greeting) => {
                self.bring_back(0, &Input::Command(Command::Resume))
            }
            Some(Status::Parked { by: ParkedBy::Idle | ParkedBy::GaveUp, .. }) => self.bring_back(0, input),
            Some(
                Status::Parked { by: ParkedBy::Person | ParkedBy::Other, .. } | Status::Waiting | Status::Ended(_),
            ) => self.bring_back(0, &Input::Command(Command::Resume)),
            None => self.unasked(input),
        }
    }

    /// Words while nothing is asked.
    fn unasked(&mut self, input: &Input<'_>) -> Result<(), Need> {
        if let Some(command) = bare_command(input) {
            return self.command(command, &UserText::new(""));
        }
        if self.news_first()? {
            return Ok(());
        }
        if !self.work.profile.has_consented() {
            return self.arrived();
        }
        if let Some(when) = self.to_remind_of(input) {
            return self.command(Command::Remind, &when);
        }
        if self.is_stop(input) {
            return self.command(Command::Stop, &UserText::new(""));
        }
        match self.courtesy(input) {
            Some(Courtesy::Greeting) => return self.menu_after("hello_again"),
            Some(Courtesy::Thanks) => self.line("thanks_heard", &[]),
            Some(Courtesy::Farewell) => self.line("farewell", &[]),
            None => match self.wish(input) {
                Some(wish) => return self.answer_wish(wish),
                None if self.offer(input) => {}
                None => return self.menu_after("nothing_open"),
            },
        }
        Ok(())
    }

    /// The menu is a list and asks nothing of them: who writes at length below it is answered as if nothing were open, and the
    /// list is closed. Whether that was so.
    fn is_wish_at_menu(&mut self, input: &Input<'_>) -> Result<bool, Need> {
        let Input::Text(text) = input else { return Ok(false) };
        let menu = self.world.settings.dialogs.of(Occasion::Menu);
        let is_menu = self.work.live.as_ref().is_some_and(|held| {
            let stack = &held.session.stack;
            stack.len() == 1 && stack.first().is_some_and(|frame| frame.dialog == menu)
        });
        if !is_menu || !self.work.profile.has_consented() || self.is_answer(menu, text.expose()) {
            return Ok(false);
        }
        let is_wish =
            self.courtesy(input).is_some() || self.to_remind_of(input).is_some() || self.wish(input).is_some();
        if !is_wish && self.words().finder.find(text.expose(), 1).is_empty() {
            return Ok(false);
        }
        let said = self.changes.items.len();
        self.step_live(&Input::Command(Command::Stop))?;
        let closed = self.changes.items.split_off(said);
        self.changes.items.extend(closed.into_iter().filter(|(_, item)| matches!(item, Item::Freeze { .. })));
        self.unasked(input)?;
        Ok(true)
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

    fn courtesy(&self, input: &Input<'_>) -> Option<Courtesy> {
        let Input::Text(text) = input else { return None };
        answer::courtesy(text.expose(), self.language())
    }

    /// When somebody wants to be reminded who says so without a slash.
    fn to_remind_of(&self, input: &Input<'_>) -> Option<UserText> {
        let Input::Text(text) = input else { return None };
        typed::to_remind_of(text.expose(), self.language()).map(|when| UserText::new(&when))
    }

    fn is_stop(&self, input: &Input<'_>) -> bool {
        let Input::Text(text) = input else { return false };
        answer::bare_command(text.expose(), self.language()) == Some(Command::Stop)
    }
}

/// A command typed without its slash, where nothing else can be meant.
fn bare_command(input: &Input<'_>) -> Option<Command> {
    let Input::Text(text) = input else { return None };
    let command = Command::from_word(&fold(text.expose()))?;
    matches!(command, Command::Crisis | Command::Menu | Command::Guide).then_some(command)
}
