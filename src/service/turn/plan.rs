//! Plans of check-ins: made, dropped, put off, and worked out again when a person moves.

use jiff::Timestamp;

use crate::domain::ids::PersonId;
use crate::domain::limits::PLANS_PER_PERSON_MAX;
use crate::domain::occasion::Occasion;
use crate::domain::recurrence::{At, Every, Recurrence};
use crate::domain::value::Values;
use crate::domain::write::{Plan, WhenBusy};
use crate::service::person::{HeldPlan, Need};
use crate::service::turn::Turn;

/// How long after its time a check-in that was put off may still come, in seconds.
const PUT_OFF_EXPIRES_S: u32 = 12 * 60 * 60;

impl Turn<'_, '_> {
    /// Makes a plan, or replaces the one that starts the same dialog.
    pub(super) fn plan(&mut self, plan: Plan) -> Result<(), Need> {
        let due = self.next_due(&plan, self.world.now);
        let plans = self.work.plans()?;
        let at = plans.iter().position(|held| held.plan.dialog == plan.dialog);
        let count = plans.len();
        match at.and_then(|at| plans.get_mut(at)) {
            Some(held) => *held = HeldPlan { id: held.id, plan, due, changed: true },
            None if count < PLANS_PER_PERSON_MAX => {
                self.work.dropped_plans.retain(|dropped| *dropped != plan.dialog);
                self.work.plans.push(HeldPlan { id: None, plan, due, changed: true });
            }
            None => self.line("plans_full", &[]),
        }
        Ok(())
    }

    /// Makes a plan that is due at an instant, or replaces the one that starts the same dialog.
    pub(super) fn plan_at(&mut self, plan: Plan, due: Timestamp) -> Result<(), Need> {
        let plans = self.work.plans()?;
        let dialog = plan.dialog.clone();
        match plans.iter_mut().find(|held| held.plan.dialog == dialog) {
            Some(held) => *held = HeldPlan { id: held.id, plan, due: Some(due), changed: true },
            None => plans.push(HeldPlan { id: None, plan, due: Some(due), changed: true }),
        }
        self.work.dropped_plans.retain(|dropped| *dropped != dialog);
        Ok(())
    }

    /// Plans something of a space's own for an instant, or nothing any more. It is written by the clock of the space, by
    /// which it is found again when that changes.
    pub(super) fn plan_once(&mut self, name: &str, due: Option<Timestamp>) -> Result<(), Need> {
        let Some(due) = due else { return self.plan_drop(name) };
        let at = self.work.zone(self.world.settings).to_datetime(due);
        let plan = Plan {
            dialog: name.to_owned(),
            with: Values::new(),
            recurrence: Recurrence { every: Every::Once(at.date()), at: At::Wall(at.time()) },
            when_busy: WhenBusy::Skip,
            expires_s: 0,
        };
        self.plan_at(plan, due)
    }

    /// Drops the plan that starts this dialog.
    pub(super) fn plan_drop(&mut self, dialog: &str) -> Result<(), Need> {
        let plans = self.work.plans()?;
        if let Some(index) = plans.iter().position(|held| held.plan.dialog == dialog) {
            let held = plans.remove(index);
            if held.id.is_some() {
                self.work.dropped_plans.push(held.plan.dialog);
            }
        }
        Ok(())
    }

    /// Lets the check-in that starts this dialog come again at a time of its own; its plan goes on after it.
    pub(super) fn put_off(&mut self, dialog: &str, until: Timestamp) -> Result<(), Need> {
        let zone = self.work.zone(self.world.settings);
        if dialog == self.world.settings.dialogs.of(Occasion::HardDay) {
            return self.put_off_hard_day(Some(until));
        }
        let plans = self.work.plans()?;
        if let Some(held) = plans.iter_mut().find(|held| held.plan.dialog == dialog) {
            held.due = Some(held.due.map_or(until, |due| due.min(until)));
            held.changed = true;
            return Ok(());
        }
        let local = until.to_zoned_datetime(zone);
        plans.push(HeldPlan {
            id: None,
            plan: Plan {
                dialog: dialog.to_owned(),
                with: Values::new(),
                recurrence: Recurrence { every: Every::Once(local.date()), at: At::Wall(local.time()) },
                when_busy: WhenBusy::Queue,
                expires_s: PUT_OFF_EXPIRES_S,
            },
            due: Some(until),
            changed: true,
        });
        Ok(())
    }

    /// Works out every due time again that is still ahead: the person's zone or quiet hours have changed, or the rules
    /// of a zone. What comes once and whose hour has gone by on the new clock comes when it would have come, outside the
    /// quiet hours.
    pub(super) fn plan_again(&mut self) -> Result<(), Need> {
        let now = self.world.now;
        let plans = std::mem::take(self.work.plans()?);
        self.work.plans = plans
            .into_iter()
            .map(|held| match held.due {
                Some(due) if due > now => {
                    let next = self.next_due(&held.plan, now).or_else(|| self.once_due(&held.plan, due));
                    HeldPlan { due: next, changed: true, ..held }
                }
                Some(_) | None => held,
            })
            .collect();
        self.plan_hard_dates_again()
    }

    /// When something that comes once is due that was due at an instant; `None` for what comes again.
    fn once_due(&self, plan: &Plan, due: Timestamp) -> Option<Timestamp> {
        let quiet = self.work.profile.quiet_hours(self.world.settings.quiet);
        let comes_once = matches!(plan.recurrence.every, Every::Once(_));
        comes_once.then(|| quiet.end_after(due, &self.work.zone(self.world.settings)))
    }

    /// When a plan is due next, strictly after an instant.
    pub(super) fn next_due(&self, plan: &Plan, after: Timestamp) -> Option<Timestamp> {
        let zone = self.work.zone(self.world.settings);
        let quiet = self.work.profile.quiet_hours(self.world.settings.quiet);
        let seed = seed_of(self.work.id, &plan.dialog);
        plan.recurrence.next_after(after, &zone, quiet, seed).map(|occurrence| occurrence.at)
    }
}

/// The seed of a plan's random minutes: its own, and the same after every restart.
fn seed_of(person: PersonId, dialog: &str) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = std::hash::DefaultHasher::new();
    (person.0, dialog).hash(&mut hasher);
    hasher.finish()
}
