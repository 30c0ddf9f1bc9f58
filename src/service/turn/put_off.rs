//! A check-in that does not suit now: it comes again in about two hours, or when they say.

use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::dialog::session::Cause;
use crate::domain::occasion::Occasion;
use crate::domain::recurrence::{At, Every, Recurrence, snooze};
use crate::domain::value::{Value, Values};
use crate::service::person::{HeldPlan, Need};
use crate::service::turn::Turn;

/// The hour of "this evening".
const EVENING_HOUR: i8 = 19;

impl Turn<'_, '_> {
    /// It is put off already; another time may suit better.
    pub(super) fn ask_until_when(&mut self, dialog: &str) -> Result<(), Need> {
        let asks = self.world.settings.dialogs.of(Occasion::PutOff).to_owned();
        if self.world.library.dialog(&asks).is_none() || self.work.live.is_some() {
            return Ok(());
        }
        self.work.profile.put_off = Some(self.behind(dialog));
        self.work.profile_changed = true;
        let hour = self.work.zone(self.world.settings).to_datetime(self.world.now).hour();
        let with = Values::from([("evening".to_owned(), Value::Bool(hour < EVENING_HOUR - 2))]);
        self.start_with(&asks, &with, Cause::Person)
    }

    /// They said until when: `hour`, `evening`, `tomorrow`, or `skip` until its next time.
    pub(super) fn put_off_until(&mut self, until: &str) -> Result<(), Need> {
        let Some(dialog) = self.work.profile.put_off.take() else { return Ok(()) };
        self.work.profile_changed = true;
        let until = self.instant_of(until);
        if dialog == self.world.settings.dialogs.of(Occasion::HardDay) {
            return self.put_off_hard_day(until);
        }
        let Some(index) = self.work.plans()?.iter().position(|held| held.plan.dialog == dialog) else { return Ok(()) };
        let Some(held) = self.work.plans.get(index).cloned() else { return Ok(()) };
        let next = self.next_due(&held.plan, self.world.now);
        let held = match (held.plan.recurrence.comes_again(), until) {
            // What was asked for once has no next time.
            (false, None) => return self.plan_drop(&dialog),
            (false, Some(until)) => {
                let wall = self.work.zone(self.world.settings).to_datetime(until);
                let mut plan = held.plan;
                plan.recurrence = Recurrence { every: Every::Once(wall.date()), at: At::Wall(wall.time()) };
                HeldPlan { plan, due: Some(until), changed: true, ..held }
            }
            (true, until) => HeldPlan { due: until.into_iter().chain(next).min(), changed: true, ..held },
        };
        if let Some(place) = self.work.plans.get_mut(index) {
            *place = held;
        }
        Ok(())
    }

    fn instant_of(&self, until: &str) -> Option<Timestamp> {
        let settings = self.world.settings;
        let (zone, now) = (self.work.zone(settings), self.world.now);
        let local = now.to_zoned_datetime(zone.clone());
        let wanted = match until {
            "hour" => now.saturating_add(SignedDuration::from_hours(1)).ok()?,
            "evening" => local.date().at(EVENING_HOUR, 0, 0, 0).to_zoned_datetime(zone.clone()).ok()?.timestamp(),
            "tomorrow" => local.checked_add(1.day()).ok()?.timestamp(),
            _ => return None,
        };
        Some(snooze(wanted.max(now), SignedDuration::ZERO, &zone, self.work.profile.quiet_hours(settings.quiet)))
    }
}
