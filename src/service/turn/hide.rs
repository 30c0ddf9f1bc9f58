//! `/hide`: what was said lately goes from the chat, and the question that was open waits out of sight.

use crate::domain::event::Platform;
use crate::service::ports::Item;
use crate::service::turn::{Turn, line};

impl Turn<'_, '_> {
    /// Nothing is lost by it: the next words bring the open question again.
    pub(super) fn hide(&mut self) {
        let key = match self.work.profile.address.platform {
            Platform::Console => return self.line("hide_nothing", &[]),
            Platform::Discord => "hide_done_own",
            Platform::Telegram => "hide_done",
        };
        let say = |key| line(self.words(), key, &[], 0);
        let item = Item::Remove { only: None, done: say(key), kept: say("hide_kept") };
        self.changes.items.push((self.class, item));
        if let Some(held) = &self.work.live {
            self.work.profile.hidden = Some((held.session.id, held.session.turn));
            self.work.profile_changed = true;
        }
    }

    /// Whether the open question was hidden until now, and is to come again instead of being answered: nobody answers what
    /// they do not see.
    pub(super) fn was_hidden(&mut self) -> bool {
        let Some(hidden) = self.work.profile.hidden.take() else { return false };
        self.work.profile_changed = true;
        self.work.live.as_ref().is_some_and(|held| (held.session.id, held.session.turn) == hidden)
    }
}
