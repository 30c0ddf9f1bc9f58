//! Check-ins for a screen that others may see: the first message says nothing, and what it is about comes on a tap.

use crate::dialog::session::Cause;
use crate::domain::occasion::Occasion;
use crate::domain::person::Waiting;
use crate::domain::value::{Value, Values};
use crate::domain::write::Plan;
use crate::service::person::Need;
use crate::service::ports::Class;
use crate::service::turn::Turn;

impl Turn<'_, '_> {
    /// Begins what a plan starts, behind neutral words if they want that.
    pub(super) fn begin(&mut self, plan: &Plan) -> Result<(), Need> {
        self.class = Class::Nudge;
        if self.work.profile.facts.get("discreet") != Some(&Value::Bool(true)) {
            return self.start_with(&plan.dialog, &plan.with, Cause::CheckIn);
        }
        self.work.profile.waiting = Some(Waiting { dialog: plan.dialog.clone(), with: plan.with.clone() });
        self.work.profile_changed = true;
        let dialog = self.world.settings.dialogs.of(Occasion::Discreet).to_owned();
        self.start_with(&dialog, &Values::new(), Cause::CheckIn)
    }

    /// Which dialog a session of this one is about.
    pub(super) fn behind(&self, dialog: &str) -> String {
        match &self.work.profile.waiting {
            Some(waiting) if dialog == self.world.settings.dialogs.of(Occasion::Discreet) => waiting.dialog.clone(),
            Some(_) | None => dialog.to_owned(),
        }
    }

    /// They opened what waited behind neutral words.
    pub(super) fn open_waiting(&mut self) -> Result<(), Need> {
        let Some(Waiting { dialog, with }) = self.work.profile.waiting.take() else { return Ok(()) };
        self.work.profile_changed = true;
        self.start_with(&dialog, &with, Cause::CheckIn)
    }
}
