//! Every free text is screened before anything else reads it; what cannot wait interrupts for the dialog that fits, and
//! afterwards the question that was open stands again. The words themselves go no further.

use jiff::SignedDuration;

use crate::dialog::model::Role;
use crate::dialog::session::Cause;
use crate::domain::person::Care;
use crate::domain::text::UserText;
use crate::service::person::Need;
use crate::service::turn::Turn;

/// How long what was just asked about may be said again without another question: people repeat what was interrupted.
const ASKED_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How long doubtful words are asked about more directly after a "no".
const WATCHED_FOR: SignedDuration = SignedDuration::from_hours(24);
/// What is answered at once, whatever was asked before.
const LEVEL_NOW: u8 = 3;

impl Turn<'_, '_> {
    /// Reads a text for danger; true when a safety dialog has begun instead of whatever the text was meant for.
    pub(super) fn is_cared_for(&mut self, text: &UserText) -> Result<bool, Need> {
        if self.is_in_safety() {
            return Ok(false);
        }
        let (settings, library, now) = (self.world.settings, self.world.library, self.world.now);
        let found = settings.screen.look(text.expose());
        let care = self.work.profile.care.clone().unwrap_or_default();
        let watched = care.watched_until.is_some_and(|until| now < until);
        let Some(wanted) = settings.screen.reply(&found, watched) else { return Ok(false) };
        let was_asked = care.asked_at.is_some_and(|at| now.duration_since(at) < ASKED_FOR);
        if found.level < LEVEL_NOW && was_asked && found.level <= care.asked_level {
            return Ok(false);
        }
        let dialog = match library.dialog(wanted) {
            Some(_) => wanted,
            None if found.level > 1 || watched => settings.crisis_dialog.as_str(),
            None => return Ok(false),
        };
        self.work.profile.care = Some(Care { asked_at: Some(now), asked_level: found.level, ..care });
        self.work.profile_changed = true;
        self.start(dialog, Cause::Person)?;
        Ok(true)
    }

    /// They said that it was nothing: believed, counted, and for a day listened to more closely.
    pub(super) fn false_alarm(&mut self) {
        let care = self.work.profile.care.get_or_insert_default();
        care.false_alarms = care.false_alarms.saturating_add(1);
        care.watched_until = self.world.now.checked_add(WATCHED_FOR).ok();
        self.work.profile_changed = true;
    }

    /// Whether a safety dialog is open, at whatever depth.
    pub(super) fn is_in_safety(&self) -> bool {
        let frames = self.work.live.iter().flat_map(|held| &held.session.stack);
        frames.into_iter().any(|frame| self.is_safety(&frame.dialog))
    }

    /// Whether a dialog is one that helps in danger.
    pub(super) fn is_safety(&self, dialog: &str) -> bool {
        self.world.library.dialog(dialog).is_some_and(|dialog| dialog.role == Role::Safety)
    }
}
