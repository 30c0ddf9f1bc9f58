//! `/progress`: how somebody's days went; and an early answer of theirs beside a late one, once they have said that they
//! want to see it.

use crate::dialog::effect::Input;
use crate::domain::limits::{PROGRESS_EVERY_MINUTES, THEN_NOW_CHECKINS_MIN};
use crate::domain::message::{View, ViewKind};
use crate::domain::occasion::Occasion;
use crate::domain::pin::Purpose;
use crate::domain::value::Value;
use crate::service::orders::Order;
use crate::service::person::Need;
use crate::service::turn::offer::opens;
use crate::service::turn::{Turn, line, line_of};

impl Turn<'_, '_> {
    /// The command. What was open stays open, and its question is asked again below the picture.
    pub(super) fn progress(&mut self) -> Result<(), Need> {
        if self.is_in_safety() {
            self.line("safety_open", &[]);
            return self.step_live(&Input::Again);
        }
        if !self.work.profile.has_consented() {
            self.line("welcome_first", &[]);
            return self.arrived();
        }
        if !self.is_open_for(Purpose::Progress) {
            return Ok(());
        }
        self.progress_wanted();
        self.show_again()
    }

    /// They want it: it goes right after what was said so far.
    pub(super) fn progress_wanted(&mut self) {
        let now = self.world.now;
        let minutes = self.work.profile.progress_at.map_or(i64::MAX, |at| now.duration_since(at).as_mins());
        // A clock that was set back holds nobody up.
        if (0..PROGRESS_EVERY_MINUTES).contains(&minutes) {
            let left = Value::Num((PROGRESS_EVERY_MINUTES - minutes) as f64);
            let text = line_of(self.words(), "progress_soon", &[("minutes", left)], (self.world.chance)());
            self.show(View::say(text));
            return;
        }
        if !self.is_open_for(Purpose::Progress) {
            return;
        }
        self.work.profile.progress_at = Some(now);
        self.work.profile_changed = true;
        self.order(Order::Progress);
        self.offer_then_now();
    }

    /// They want to see what they wrote.
    pub(super) fn then_now_wanted(&mut self) {
        // The button may have waited for longer than the PIN holds.
        if self.is_open_for(Purpose::ThenNow) {
            self.order(Order::ThenNow);
        }
    }

    /// A button for those who have been here for a while; pressing it asks first.
    fn offer_then_now(&mut self) {
        let checkins = match self.work.profile.facts.get("checkins") {
            Some(Value::Num(number)) => *number,
            Some(_) | None => 0.0,
        };
        let dialog = self.world.settings.dialogs.of(Occasion::ThenNow);
        let Some(found) = self.words().dialog(dialog).filter(|_| checkins >= THEN_NOW_CHECKINS_MIN) else {
            return;
        };
        let choices = vec![opens(dialog, &found.title)];
        let body = line(self.words(), "then_now_offer", &[], 0);
        self.show(View { body, kind: ViewKind::Choice, choices, language: self.language() });
    }

    fn order(&mut self, order: Order) {
        self.changes.order = Some((self.changes.items.len(), order));
    }
}
