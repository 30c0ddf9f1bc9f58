//! Messages that were changed after they were sent, and messages without words.

use crate::dialog::effect::{Input, Verdict};
use crate::domain::command::Command;
use crate::domain::text::UserText;
use crate::service::person::Need;
use crate::service::ports::Item;
use crate::service::turn::Turn;

impl Turn<'_, '_> {
    /// Remembers which message was the last answer, so that it can be corrected by editing it.
    pub(super) fn heard(&mut self, message: Option<i64>) {
        if let (Some(Verdict::Advanced), Some(message), Some(held)) = (self.verdict, message, self.work.live.as_mut())
            && !held.session.history.is_empty()
        {
            held.session.heard = Some((message, held.session.turn));
        }
    }

    /// Somebody edited a message. If it was the last answer, the new words take its place, as by Back; otherwise they
    /// hear that it stays.
    pub(super) fn edited(&mut self, text: &UserText, message: Option<i64>) -> Result<(), Need> {
        let open = self.work.live.as_ref().map(|held| &held.session);
        let is_last = open.is_some_and(|session| message.is_some_and(|at| session.heard == Some((at, session.turn))));
        if !is_last || !self.one_back()? {
            self.line("edit_unseen", &[]);
            return Ok(());
        }
        self.line("edit_taken", &[]);
        let (said, asked) = (self.changes.items.len(), self.work.live.as_ref().map(|held| held.session.turn));
        self.text(&Input::Text(text))?;
        self.heard(message);
        // The question was not shown again, so there is nothing of that turn whose buttons end.
        let mut at = 0..;
        self.changes.items.retain(|(_, item)| {
            let is_new = at.next() >= Some(said);
            !(is_new && matches!(item, Item::Freeze { turn, .. } if Some(*turn) == asked))
        });
        Ok(())
    }

    /// Back to the question that was answered last, without showing it; false when that is not allowed any more, and
    /// nothing has changed then.
    fn one_back(&mut self) -> Result<bool, Need> {
        let before = self.work.clone();
        let said = self.changes.items.len();
        self.step_live(&Input::Command(Command::Back))?;
        if self.verdict == Some(Verdict::WentBack) {
            let mut at = 0..;
            self.changes.items.retain(|(_, item)| at.next() < Some(said) || matches!(item, Item::Freeze { .. }));
            return Ok(true);
        }
        self.changes.items.truncate(said);
        self.work = before;
        Ok(false)
    }

    /// Something that is not words: the open question stays, otherwise they see what there is.
    pub(super) fn wordless(&mut self) -> Result<(), Need> {
        self.line("only_words", &[]);
        if self.work.live.is_some() {
            return Ok(());
        }
        self.arrived()
    }
}
