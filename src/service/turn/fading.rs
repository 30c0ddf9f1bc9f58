//! Check-ins that nobody answers grow fewer: see [`Fading`].

use crate::dialog::session::Cause;
use crate::domain::fading::{Comes, Fading, Stage};
use crate::domain::message::View;
use crate::domain::occasion::Occasion;
use crate::domain::recurrence::Every;
use crate::domain::value::{Value, Values};
use crate::domain::write::Plan;
use crate::service::person::{HeldPlan, Need};
use crate::service::ports::Item;
use crate::service::turn::{OccurrenceState, Turn, line};

impl Turn<'_, '_> {
    /// What comes when a check-in could start, and what became of the check-in then. One that was asked for once comes in
    /// any case.
    pub(super) fn fade(&mut self, plan: &Plan, state: OccurrenceState) -> (OccurrenceState, Comes) {
        if state != OccurrenceState::Started {
            return (state, Comes::Nothing);
        }
        if !plan.recurrence.comes_again() {
            return (state, Comes::CheckIn);
        }
        let today = self.work.zone(self.world.settings).to_datetime(self.world.now).date();
        let (comes, fading) = Fading::next(self.work.profile.fading, today);
        self.work.profile_changed |= self.work.profile.fading.replace(fading) != Some(fading);
        (if comes == Comes::Nothing { OccurrenceState::Skipped } else { state }, comes)
    }

    /// Begins what comes.
    pub(super) fn come(&mut self, plan: &Plan, comes: Comes) -> Result<(), Need> {
        match comes {
            Comes::CheckIn => self.begin(plan),
            Comes::Question => self.begin_fading(false),
            Comes::Farewell => {
                for held in self.work.plans()?.iter_mut().filter(|held| held.plan.recurrence.comes_again()) {
                    held.due = None;
                    held.changed = true;
                }
                self.begin_fading(true)
            }
            Comes::Nothing => Ok(()),
        }
    }

    /// They did something: what was not answered counts no more. When check-ins rest already, they hear it once, and no
    /// count of what they missed.
    pub(super) fn is_back(&mut self) {
        let Some(fading) = self.work.profile.fading else { return };
        match fading.stage {
            Stage::AsChosen | Stage::Weekly => self.work.profile.fading = None,
            Stage::Resting if self.is_in_safety() || self.changes.is_forgotten => return,
            Stage::Resting => {
                self.work.profile.fading = Some(Fading { stage: Stage::RestingTold, ..fading });
                let words = line(self.words(), "fading_over", &[], 0);
                let item = Item::Show { session: None, turn: None, in_place: false, view: View::say(words) };
                // Before the question that may come, which stands last.
                self.changes.items.insert(0, (self.class, item));
            }
            Stage::RestingTold => return,
        }
        self.work.profile_changed = true;
    }

    /// Check-ins that rest because nobody answered come again; whether any did.
    pub(super) fn wake(&mut self) -> Result<bool, Need> {
        if !self.work.profile.fading.is_some_and(Fading::rests) {
            return Ok(false);
        }
        let plans = std::mem::take(self.work.plans()?);
        let rests = |held: &HeldPlan| held.due.is_none() && held.plan.recurrence.comes_again();
        let again = |held: HeldPlan| HeldPlan { due: self.next_due(&held.plan, self.world.now), changed: true, ..held };
        self.work.plans = plans.into_iter().map(|held| if rests(&held) { again(held) } else { held }).collect();
        self.work.profile.fading = None;
        self.work.profile_changed = true;
        Ok(true)
    }

    /// How they want it from now on: `before`, `weekly` or `stop`.
    pub(super) fn keep_asking(&mut self, how: &str) -> Result<(), Need> {
        self.wake()?;
        let again: Vec<Plan> = self.work.plans()?.iter().map(|held| held.plan.clone()).collect();
        let today = self.work.zone(self.world.settings).to_datetime(self.world.now).date();
        let weekly = Every::Days(vec![today.weekday().to_monday_one_offset()]);
        for mut plan in again.into_iter().filter(|plan| plan.recurrence.comes_again()) {
            if how == "stop" {
                self.plan_ended(&plan.dialog)?;
            } else if how == "weekly" && is_oftener_than_weekly(&plan.recurrence.every) {
                plan.recurrence.every = weekly.clone();
                self.plan(plan)?;
            }
        }
        Ok(())
    }

    /// Asks whether to go on, or says that it is over (`rests`).
    fn begin_fading(&mut self, rests: bool) -> Result<(), Need> {
        let dialog = self.world.settings.dialogs.of(Occasion::Fading).to_owned();
        let with = Values::from([("rests".to_owned(), Value::Bool(rests))]);
        self.begin_unasked(&dialog, &with, Cause::CheckIn)
    }
}

fn is_oftener_than_weekly(every: &Every) -> bool {
    match every {
        Every::Daily | Every::Weekdays => true,
        Every::Days(days) => days.len() > 1,
        Every::NDays { n, .. } => *n < 7,
        Every::Once(_) => false,
    }
}
