//! `/export`: everything of a person as a file for them, once they have said that it may come here.

use crate::dialog::effect::Input;
use crate::dialog::session::Cause;
use crate::domain::limits::EXPORT_EVERY_MINUTES;
use crate::domain::message::View;
use crate::domain::occasion::Occasion;
use crate::domain::pin::Purpose;
use crate::domain::value::{Value, Values};
use crate::service::orders::Order;
use crate::service::person::Need;
use crate::service::turn::{Turn, line_of};

impl Turn<'_, '_> {
    /// Asks first. What the dialog decides, it saves as the fact `export`.
    pub(super) fn export(&mut self) -> Result<(), Need> {
        if self.is_in_safety() {
            self.line("safety_open", &[]);
            return self.step_live(&Input::Again);
        }
        if self.is_too_soon() {
            // What was open stays as it is, and its question is asked again.
            return self.step_live(&Input::Again);
        }
        if !self.is_open_for(Purpose::Export) {
            return Ok(());
        }
        let app = Value::text(self.work.profile.address.platform.name(self.language()));
        let dialog = self.world.settings.dialogs.of(Occasion::Export).to_owned();
        self.start_with(&dialog, &Values::from([("app_name".to_owned(), app)]), Cause::Person)
    }

    /// They want it: the file goes right after what was said so far.
    pub(super) fn export_wanted(&mut self) {
        // The button may have waited for longer than the PIN holds.
        if self.is_too_soon() || !self.is_open_for(Purpose::Export) {
            return;
        }
        self.line("export_begun", &[]);
        self.work.profile.exported_at = Some(self.world.now);
        self.work.profile_changed = true;
        self.changes.order = Some((self.changes.items.len(), Order::Export));
    }

    /// Whether they had a file a moment ago; they are told then.
    fn is_too_soon(&mut self) -> bool {
        let now = self.world.now;
        let minutes = self.work.profile.exported_at.map_or(i64::MAX, |at| now.duration_since(at).as_mins());
        // A clock that was set back holds nobody up.
        if !(0..EXPORT_EVERY_MINUTES).contains(&minutes) {
            return false;
        }
        let left = Value::Num((EXPORT_EVERY_MINUTES - minutes) as f64);
        let text = line_of(self.words(), "export_soon", &[("minutes", left)], (self.world.chance)());
        self.show(View::say(text));
        true
    }
}
