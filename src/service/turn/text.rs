//! What somebody typed: to an open question, to one that was set aside, or with nothing open.

use crate::dialog::answer::{self, Courtesy, courtesy, fold};
use crate::dialog::effect::Input;
use crate::dialog::session::{ParkedBy, Status};
use crate::dialog::typed;
use crate::dialog::wish::Wish;
use crate::domain::command::Command;
use crate::domain::text::UserText;
use crate::service::person::Need;
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
            return self.step_live(input);
        }
        let parked_by = self.parked()?.first().map(|held| held.session.status);
        let courtesy = match input {
            Input::Text(text) => courtesy(text.expose(), self.language()),
            Input::Tap(_) | Input::Command(_) | Input::Again | Input::Park | Input::Due { .. } => None,
        };
        match parked_by {
            // Who comes back with a greeting has not answered the question of yesterday.
            Some(Status::Parked { .. }) if courtesy == Some(Courtesy::Greeting) => {
                self.bring_back(0, &Input::Command(Command::Resume))
            }
            Some(Status::Parked { by: ParkedBy::Idle | ParkedBy::GaveUp, .. }) => self.bring_back(0, input),
            Some(
                Status::Parked { by: ParkedBy::Person | ParkedBy::Other, .. } | Status::Waiting | Status::Ended(_),
            ) => self.bring_back(0, &Input::Command(Command::Resume)),
            None if let Some(command) = bare_command(input) => self.command(command, &UserText::new("")),
            None if self.news_first()? => Ok(()),
            None if !self.work.profile.has_consented() => self.arrived(),
            None if let Some(when) = self.to_remind_of(input) => self.command(Command::Remind, &when),
            None if self.is_stop(input) => self.command(Command::Stop, &UserText::new("")),
            None if let Some(parting @ (Courtesy::Thanks | Courtesy::Farewell)) = courtesy => {
                self.line(if parting == Courtesy::Thanks { "thanks_heard" } else { "farewell" }, &[]);
                Ok(())
            }
            None if let Some(wish) = self.wish(input) => self.answer_wish(wish),
            None if courtesy.is_none() && self.offer(input) => Ok(()),
            None => self.menu_after(if courtesy.is_some() { "hello_again" } else { "nothing_open" }),
        }
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
