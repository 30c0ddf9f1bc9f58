//! Check-ins that are due: start, wait, leave out or expire, and always exactly one of these.

use jiff::{SignedDuration, Timestamp};

use crate::domain::consent::Consent;
use crate::domain::fading::{Comes, Fading, Stage};
use crate::domain::ids::PlanId;
use crate::domain::occasion::Occasion;
use crate::domain::recurrence::{Lateness, late};
use crate::domain::value::Value;
use crate::domain::write::{Plan, WhenBusy};
use crate::service::person::{HeldPlan, Need};
use crate::service::turn::{OccurrenceNew, OccurrenceState, Turn};

impl Turn<'_, '_> {
    /// A plan's time has come. A due instant that the plan no longer has is an old event and changes nothing.
    pub(super) fn checkin_due(&mut self, id: PlanId, due: Timestamp) -> Result<(), Need> {
        let now = self.world.now;
        let Some(plan) = self
            .work
            .plans()?
            .iter()
            .find(|held| held.id == Some(id) && held.due == Some(due))
            .map(|held| held.plan.clone())
        else {
            return Ok(());
        };
        let zone = self.work.zone(self.world.settings);
        let quiet = self.work.profile.quiet_hours(self.world.settings.quiet);
        let expires = expiry(&plan, due);
        let state = match late(due, now, plan.expires_s, &zone, quiet) {
            Lateness::WaitUntil(at) => {
                self.plan_due(id, Some(at));
                return Ok(());
            }
            Lateness::Expired => OccurrenceState::Expired,
            Lateness::Due if self.rests(&plan) || self.is_gone(&plan) || self.is_done(&plan, due) => {
                OccurrenceState::Skipped
            }
            Lateness::Due => match (&self.work.live, plan.when_busy) {
                (None, _) => OccurrenceState::Started,
                (Some(_), WhenBusy::Queue) => OccurrenceState::Queued,
                (Some(_), WhenBusy::Skip) => OccurrenceState::Skipped,
            },
        };
        let (state, comes) = self.fade(&plan, state);
        // After a long absence the latest one may still be in time.
        let in_time = now.saturating_sub(SignedDuration::from_secs(i64::from(plan.expires_s))).unwrap_or(due);
        let after = if state == OccurrenceState::Expired { in_time.max(due) } else { now };
        let next = self.next_due(&plan, after);
        self.plan_due(id, next);
        self.record(id, due, expires, state);
        if state != OccurrenceState::Queued && next.is_none() {
            self.plan_over(&plan)?;
        }
        if comes == Comes::Nothing { Ok(()) } else { self.come(&plan, comes) }
    }

    /// A check-in that waited: it may start now, or is too late.
    pub(super) fn checkin_queued(&mut self, id: PlanId, due: Timestamp) -> Result<(), Need> {
        let plan = self.work.plans()?.iter().find(|held| held.id == Some(id)).map(|held| held.plan.clone());
        // That of hard dates may be planned for another one by now: they were changed while it waited.
        let is_other = |plan: &Plan| self.is_hard_day(plan) && self.is_ahead(id);
        let Some(plan) = plan.filter(|plan| !is_other(plan)) else {
            self.record(id, due, due, OccurrenceState::Skipped);
            return Ok(());
        };
        let zone = self.work.zone(self.world.settings);
        let quiet = self.work.profile.quiet_hours(self.world.settings.quiet);
        let expires = expiry(&plan, due);
        let state = match late(due, self.world.now, plan.expires_s, &zone, quiet) {
            Lateness::Expired => OccurrenceState::Expired,
            // Quiet hours began while it waited: it is left out rather than kept for a morning that has its own.
            Lateness::WaitUntil(_) => OccurrenceState::Skipped,
            Lateness::Due if self.rests(&plan) || self.is_gone(&plan) || self.is_done(&plan, due) => {
                OccurrenceState::Skipped
            }
            Lateness::Due if self.work.live.is_some() && self.world.now < expires => return Ok(()),
            Lateness::Due if self.work.live.is_some() => OccurrenceState::Expired,
            Lateness::Due => OccurrenceState::Started,
        };
        let (state, comes) = self.fade(&plan, state);
        self.record(id, due, expires, state);
        let is_over = |held: &HeldPlan| held.due.is_none() && !held.plan.recurrence.comes_again();
        if self.work.plans()?.iter().any(|held| held.id == Some(id) && is_over(held)) {
            self.plan_over(&plan)?;
        }
        if comes == Comes::Nothing { Ok(()) } else { self.come(&plan, comes) }
    }

    /// A plan has no time left. That of hard dates has the next one.
    fn plan_over(&mut self, plan: &Plan) -> Result<(), Need> {
        if self.is_hard_day(plan) { self.plan_hard_dates() } else { self.plan_drop(&plan.dialog) }
    }

    /// Whether a check-in rests: paused, out of reach, or not agreed to. One that was asked for once needs no agreement
    /// to those that come again and again.
    fn rests(&self, plan: &Plan) -> bool {
        let profile = &self.work.profile;
        let is_refused = profile.says(Consent::Daily) == Some(false)
            || profile.is_outdated(Consent::Daily, &self.world.settings.wordings);
        // They were told that it would be quiet until they write.
        let is_promised = profile.fading.is_some_and(|fading| fading.stage == Stage::Resting) && self.is_hard_day(plan);
        profile.unreachable
            || is_promised
            || !profile.has_consented()
            || profile.paused_until.is_some_and(|until| self.world.now < until)
            || ((is_refused || profile.fading.is_some_and(Fading::rests)) && plan.recurrence.comes_again())
    }

    /// Whether a plan has a time that is still to come.
    fn is_ahead(&self, id: PlanId) -> bool {
        self.work.plans.iter().any(|held| held.id == Some(id) && held.due.is_some())
    }

    /// Whether the plan's dialog is no longer there.
    fn is_gone(&self, plan: &Plan) -> bool {
        self.world.library.dialog(&plan.dialog).is_none()
    }

    /// Whether this is the check-in and the person has checked in since the day for which it was due.
    fn is_done(&self, plan: &Plan, due: Timestamp) -> bool {
        let zone = self.work.zone(self.world.settings);
        let days = zone.to_datetime(due).date()..=zone.to_datetime(self.world.now).date();
        plan.dialog == self.world.settings.dialogs.of(Occasion::Checkin)
            && matches!(self.work.profile.facts.get("last_checkin"), Some(Value::Date(last)) if days.contains(last))
    }

    /// Sets when a plan comes next.
    pub(super) fn plan_due(&mut self, id: PlanId, due: Option<Timestamp>) {
        for held in self.work.plans.iter_mut().filter(|held| held.id == Some(id)) {
            held.due = due;
            held.changed = true;
        }
    }

    pub(super) fn record(&mut self, plan: PlanId, due: Timestamp, expires: Timestamp, state: OccurrenceState) {
        self.changes.occurrences.push(OccurrenceNew { person: self.work.id, plan, due, expires, state });
    }
}

fn expiry(plan: &Plan, due: Timestamp) -> Timestamp {
    due.saturating_add(SignedDuration::from_secs(i64::from(plan.expires_s))).unwrap_or(Timestamp::MAX)
}
