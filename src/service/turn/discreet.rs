//! Check-ins for a screen that others may see: the first message says nothing, and what it is about comes on a tap.

use crate::dialog::session::Cause;
use crate::domain::occasion::Occasion;
use crate::domain::person::Waiting;
use crate::domain::pin::Purpose;
use crate::domain::value::{Value, Values};
use crate::domain::write::Plan;
use crate::service::person::Need;
use crate::service::ports::Class;
use crate::service::turn::Turn;
use crate::service::turn::asking_moderator::NEWS_DIALOG;
use crate::service::turn::space::pairs::BUDDY_DIALOG;

impl Turn<'_, '_> {
    /// Begins what a plan starts, behind neutral words if they want that.
    pub(super) fn begin(&mut self, plan: &Plan) -> Result<(), Need> {
        if plan.dialog == BUDDY_DIALOG {
            return self.begin_buddy();
        }
        if !self.is_hard_day(plan) {
            self.checkin_came(plan);
            return self.begin_unasked(&plan.dialog, &plan.with, Cause::CheckIn);
        }
        let Some(with) = self.hard_day_words(plan) else { return Ok(()) };
        self.class = Class::Nudge;
        let has_pin = self.work.profile.pin.is_some();
        if has_pin || self.is_discreet() {
            self.knock(&plan.dialog, &with)
        } else {
            self.start_with(&plan.dialog, &with, Cause::CheckIn)
        }
    }

    /// Tells what a space or a buddy has said, if they have not asked for it meanwhile.
    fn begin_buddy(&mut self) -> Result<(), Need> {
        if !self.has_buddy_news() {
            return Ok(());
        }
        self.class = Class::Nudge;
        if self.work.profile.pin.is_some() || self.is_discreet() {
            return self.knock(BUDDY_DIALOG, &Values::new());
        }
        self.start(BUDDY_DIALOG, Cause::CheckIn)
    }

    /// Begins a dialog that nobody asked for now, behind neutral words if they want that.
    pub(super) fn begin_unasked(&mut self, dialog: &str, with: &Values, cause: Cause) -> Result<(), Need> {
        self.class = Class::Nudge;
        if self.is_discreet() { self.knock(dialog, with) } else { self.start_with(dialog, with, cause) }
    }

    pub(super) fn is_discreet(&self) -> bool {
        self.work.profile.facts.get("discreet") == Some(&Value::Bool(true))
    }

    /// Begins with neutral words; what it is about waits behind them.
    fn knock(&mut self, dialog: &str, with: &Values) -> Result<(), Need> {
        self.work.profile.waiting = Some(Waiting { dialog: dialog.to_owned(), with: with.clone() });
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
        let hard_day = self.world.settings.dialogs.of(Occasion::HardDay);
        let waits = |dialog: &str| self.work.profile.waiting.as_ref().is_some_and(|waiting| waiting.dialog == dialog);
        let purpose = if waits(hard_day) || waits(BUDDY_DIALOG) {
            Some(Purpose::HardDay)
        } else {
            waits(NEWS_DIALOG).then_some(Purpose::Moderators)
        };
        if purpose.is_some_and(|purpose| !self.is_open_for(purpose)) {
            return Ok(());
        }
        let Some(Waiting { dialog, with }) = self.work.profile.waiting.take() else { return Ok(()) };
        self.work.profile_changed = true;
        self.start_with(&dialog, &with, Cause::CheckIn)
    }
}
