//! What is typed while nothing is open and is no wish for a dialog: a command without its slash, a greeting, thanks, `remind me
//! tomorrow at nine`.

use crate::dialog::answer::fold;
use crate::dialog::effect::Input;
use crate::dialog::typed::{Aside, aside, to_remind_of};
use crate::domain::command::Command;
use crate::domain::text::UserText;
use crate::service::person::Need;
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

/// A command typed without its slash, where nothing else can be meant.
fn bare_command(text: &str) -> Option<Command> {
    let command = Command::from_word(&fold(text))?;
    matches!(command, Command::Crisis | Command::Help | Command::Menu | Command::Guide).then_some(command)
}
