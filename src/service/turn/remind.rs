//! `/remind` with words behind it: what they mean is planned at once, said back with its next day, and can be taken back.

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};

use crate::dialog::effect::Input;
use crate::dialog::remind::{When, read_in};
use crate::dialog::session::Cause;
use crate::domain::occasion::Occasion;
use crate::domain::person::Planned;
use crate::domain::recurrence::{At, Every, Recurrence, snooze};
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};
use crate::domain::write::{Plan, WhenBusy};
use crate::export::words::recurrence;
use crate::service::person::Need;
use crate::service::turn::{Turn, line};

/// When no time is named and none was set before.
const EVENING: At = At::Window { from: Time::constant(18, 0, 0, 0), to: Time::constant(20, 0, 0, 0) };
/// How long after its time a check-in may still come, in seconds; a later one would be in the way of the next.
const CHECKIN_EXPIRES_S: u32 = 4 * 60 * 60;
/// A length of time ends with a whole minute, and not before it is over.
const TO_THE_MINUTE: SignedDuration = SignedDuration::from_secs(59);
/// The same for something that comes less often or once.
const OTHER_EXPIRES_S: u32 = 24 * 60 * 60;

impl Turn<'_, '_> {
    /// Plans what they typed, or ends it.
    pub(super) fn remind(&mut self, words: &UserText) -> Result<(), Need> {
        if self.is_in_safety() {
            self.line("safety_open", &[]);
            return self.step_live(&Input::Again);
        }
        if !self.work.profile.has_consented() {
            self.line("welcome_first", &[]);
            return self.arrived();
        }
        let today = self.work.zone(self.world.settings).to_datetime(self.world.now).date();
        let read = read_in(words.expose(), today, self.words().language);
        let is_there = |dialog: &&str| self.world.library.dialog(dialog).is_some();
        let Some(reminder) = read.filter(|read| read.dialog.as_ref().is_none_or(is_there)) else {
            self.line("remind_unclear", &[]);
            return Ok(());
        };
        let dialogs = &self.world.settings.dialogs;
        let checkin = dialogs.of(Occasion::Checkin).to_owned();
        let come_by = dialogs.of(Occasion::ComeBy).to_owned();
        let named = reminder.dialog.map(str::to_owned);
        match reminder.when {
            When::Stop => self.remind_stop(named.as_deref()),
            When::Every(every, at) => {
                let dialog = named.unwrap_or(checkin);
                let at = self.at_or_before(&dialog, at)?;
                self.remind_at(dialog, Recurrence { every, at }, false)
            }
            When::On(date, at) => {
                let dialog = named.unwrap_or(come_by);
                let at = self.at_or_before(&dialog, at)?;
                self.remind_at(dialog, Recurrence { every: Every::Once(date), at }, false)
            }
            When::In(length) => {
                let at = self.world.now.saturating_add(length.saturating_add(TO_THE_MINUTE)).unwrap_or(Timestamp::MAX);
                let wall = self.work.zone(self.world.settings).to_datetime(at);
                let minute = Time::new(wall.hour(), wall.minute(), 0, 0).unwrap_or(wall.time());
                let at = Recurrence { every: Every::Once(wall.date()), at: At::Wall(minute) };
                self.remind_at(named.unwrap_or(come_by), at, true)
            }
        }
    }

    /// Whether they want what they typed last not to be: then the plans are as before.
    pub(super) fn unplan(&mut self, is_wanted: bool) -> Result<(), Need> {
        let Some(Planned { made, before }) = self.work.profile.planned.take() else { return Ok(()) };
        self.work.profile_changed = true;
        if !is_wanted {
            return Ok(());
        }
        if let Some(made) = made.filter(|made| before.iter().all(|plan| plan.dialog != *made)) {
            self.plan_ended(&made)?;
        }
        before.into_iter().try_for_each(|plan| self.plan_chosen(plan))
    }

    /// The time that they named, or the one at which it comes by now.
    fn at_or_before(&mut self, dialog: &str, at: Option<At>) -> Result<At, Need> {
        let plans = self.work.plans()?;
        let before = plans.iter().find(|held| held.plan.dialog == dialog).map(|held| held.plan.recurrence.at);
        Ok(at.or(before).unwrap_or(EVENING))
    }

    /// Plans it; `is_length` when it was so long from now, whatever the clock shows.
    fn remind_at(&mut self, dialog: String, when: Recurrence, is_length: bool) -> Result<(), Need> {
        let is_checkin = dialog == self.world.settings.dialogs.of(Occasion::Checkin) && when.comes_again();
        let expires_s = if is_checkin { CHECKIN_EXPIRES_S } else { OTHER_EXPIRES_S };
        let plan = Plan { dialog, with: Values::new(), recurrence: when, when_busy: WhenBusy::Queue, expires_s };
        let Some(next) = self.next_due(&plan, self.world.now) else {
            self.line("remind_past", &[]);
            return Ok(());
        };
        let what = self.words().dialog(&plan.dialog).map_or(String::new(), |dialog| dialog.title.clone());
        let before = self.work.plans()?.iter().find(|held| held.plan.dialog == plan.dialog).cloned();
        let keeps_on = before.as_ref().is_some_and(|held| held.plan.recurrence.comes_again());
        let said = if plan.recurrence.comes_again() {
            let words = [
                ("what", what.as_str()),
                ("when", &recurrence(&plan.recurrence, self.words().language)),
                ("next", &self.moment(next, &plan)),
            ];
            line(self.words(), "remind_again", &words, 0).plain()
        } else if let Some(due) = before.as_ref().and_then(|held| held.due).filter(|due| keeps_on && *due <= next) {
            let next = self.moment(due, &plan);
            self.line("remind_anyway", &[("what", &what), ("next", &next)]);
            return Ok(());
        } else {
            line(self.words(), "remind_once", &[("what", &what), ("next", &self.moment(next, &plan))], 0).plain()
        };
        let said = self.with_reservations(said, &plan);
        let planned =
            Planned { made: Some(plan.dialog.clone()), before: before.into_iter().map(|held| held.plan).collect() };
        if keeps_on && !plan.recurrence.comes_again() {
            self.put_off(&plan.dialog, next)?;
        } else {
            self.plan_chosen(plan)?;
        }
        let unsure = self.work.profile.zone_name().is_none() && !is_length;
        self.say_back(said, false, unsure, planned)
    }

    fn remind_stop(&mut self, dialog: Option<&str>) -> Result<(), Need> {
        let is_meant = |plan: &Plan| dialog.is_none_or(|dialog| plan.dialog == dialog);
        let plans: Vec<Plan> = self.work.plans()?.iter().map(|held| held.plan.clone()).filter(is_meant).collect();
        if plans.is_empty() {
            self.line("remind_none", &[]);
            return Ok(());
        }
        for plan in &plans {
            self.plan_ended(&plan.dialog)?;
        }
        let said = match dialog.and_then(|dialog| self.words().dialog(dialog)) {
            Some(dialog) => line(self.words(), "remind_ended", &[("what", &dialog.title)], 0),
            None => line(self.words(), "remind_ended_all", &[], 0),
        };
        self.say_back(said.plain(), true, false, Planned { made: None, before: plans })
    }

    fn say_back(&mut self, said: String, ended: bool, unsure: bool, planned: Planned) -> Result<(), Need> {
        self.work.profile.planned = Some(planned);
        self.work.profile_changed = true;
        let with = Values::from([
            ("said".to_owned(), Value::text(said)),
            ("ended".to_owned(), Value::Bool(ended)),
            ("unsure".to_owned(), Value::Bool(unsure)),
        ]);
        let dialog = self.world.settings.dialogs.of(Occasion::Planned).to_owned();
        self.start_with(&dialog, &with, Cause::Person)
    }

    /// What was said, and what may differ from it: quiet hours, and a clock that is only guessed.
    fn with_reservations(&self, mut said: String, plan: &Plan) -> String {
        let settings = self.world.settings;
        let quiet = self.work.profile.quiet_hours(settings.quiet);
        let mut add = |key: &str, arguments: &[(&str, &str)]| {
            said.push(' ');
            said.push_str(&line(self.words(), key, arguments, 0).plain());
        };
        if let At::Wall(time) = plan.recurrence.at
            && quiet.contains(time)
        {
            add("remind_quiet", &[("from", &clock(quiet.from)), ("to", &clock(quiet.to))]);
        }
        if self.work.profile.zone_name().is_none() {
            add("remind_zone", &[("zone", settings.zone.iana_name().unwrap_or("UTC"))]);
        }
        said
    }

    /// A day, and the time unless it is another one each day.
    fn moment(&self, at: Timestamp, plan: &Plan) -> String {
        let settings = self.world.settings;
        let zone = self.work.zone(settings);
        let at = snooze(at, SignedDuration::ZERO, &zone, self.work.profile.quiet_hours(settings.quiet));
        let wall = zone.to_datetime(at);
        let language = self.words().language;
        let day = language.on(wall.date());
        match plan.recurrence.at {
            At::Wall(_) => format!("{day} {}", language.at(&clock(wall.time()))),
            At::Window { from, to } => format!("{day} {}", language.between(&clock(from), &clock(to))),
        }
    }
}

fn clock(time: Time) -> String {
    time.strftime("%-H:%M").to_string()
}
