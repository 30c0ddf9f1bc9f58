//! `/dates`: the hard days of somebody's year. The list stands beside the conversation, as the journal does; what must be
//! asked for begins a dialog. One plan at a time is kept for all of them: that of the next coming.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::dialog::session::Cause;
use crate::domain::hard_date::{Coming, DateTap, HardDate, Stage, latest, next};
use crate::domain::limits::{HARD_DATES_MAX, LABEL_CHARS_MAX};
use crate::domain::message::{Choice, ChoiceRole, Piece, RichText, View, ViewKind};
use crate::domain::occasion::Occasion;
use crate::domain::pin::Purpose;
use crate::domain::recurrence::{At, Every, QuietHours, Recurrence};
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};
use crate::domain::write::{Plan, WhenBusy};
use crate::service::person::{HeldPlan, Need};
use crate::service::turn::{Turn, line};

/// How long after its time the bot may still come, in seconds: so that it is still that evening or that day.
const EVE_EXPIRES_S: u32 = 3 * 60 * 60;
const MORNING_EXPIRES_S: u32 = 12 * 60 * 60;
const WEEK_EXPIRES_S: u32 = 2 * 24 * 60 * 60;
/// The arguments of its plan: how far away the day is, and the day.
const STAGE: &str = "stage";
const ON: &str = "on";
/// How far away a day is that went by while its message was put off.
const OVER: &str = "over";

impl Turn<'_, '_> {
    /// The command.
    pub(super) fn hard_dates(&mut self) -> Result<(), Need> {
        if self.may_read(Purpose::Dates)? { self.show_dates() } else { Ok(()) }
    }

    /// A press of a button of the list, now or long ago.
    pub(super) fn date_tap(&mut self, token: &str) -> Result<(), Need> {
        let Some(tap) = DateTap::decode(token) else {
            self.note("stale_choice");
            return Ok(());
        };
        if !self.may_read(Purpose::DatesTap(token.to_owned()))? {
            return Ok(());
        }
        match tap {
            DateTap::On => {
                self.plan_hard_dates()?;
                self.show_dates()
            }
            DateTap::New if self.work.profile.hard_dates.len() >= HARD_DATES_MAX => {
                self.dates_full();
                Ok(())
            }
            DateTap::New => self.ask_date(Values::from([word("what", "new")])),
            DateTap::Open(id) => match self.hard_date(id).cloned() {
                Some(date) => self.ask_date(self.date_words(&date)),
                None => {
                    self.note("dates_gone");
                    Ok(())
                }
            },
        }
    }

    /// Does what the dialog of hard dates asks for.
    pub(super) fn date_acts(&mut self, acts: &mut Values) -> Result<(), Need> {
        let names = ["date_list", "date_of", "date_day", "date_label", "date_cue", "date_then", "date_delete"];
        let [list, of, day, label, cue, then, delete] = names.map(|name| acts.remove(name));
        if list == Some(Value::Bool(true)) {
            // The question may have waited for longer than the PIN holds.
            return if self.is_open_for(Purpose::Dates) { self.show_dates() } else { Ok(()) };
        }
        let given = Given { day: date(day), label: text(label), cue: text(cue), then: text(then) };
        match of {
            Some(Value::Num(id)) if delete == Some(Value::Bool(true)) => self.date_deleted(id as u32),
            Some(Value::Num(id)) => self.date_changed(id as u32, given),
            _ => self.date_named(given),
        }
    }

    /// Plans the next coming of all hard dates, or nothing when there is none.
    pub(super) fn plan_hard_dates(&mut self) -> Result<(), Need> {
        let (zone, quiet) = (self.work.zone(self.world.settings), self.own_quiet());
        let dialog = self.hard_day_dialog();
        let Some(coming) = next(&self.work.profile.hard_dates, self.world.now, &zone, quiet) else {
            return self.plan_drop(&dialog);
        };
        let plan = self.plan_of(coming, coming.at);
        self.plan(plan)
    }

    /// Works their plan out again, unless they rest.
    pub(super) fn plan_hard_dates_again(&mut self) -> Result<(), Need> {
        let dialog = self.hard_day_dialog();
        if self.work.plans()?.iter().any(|held| held.plan.dialog == dialog) {
            return self.plan_hard_dates();
        }
        Ok(())
    }

    /// Lets what came last come again at that time, or only what is next; the next one is never late because of it.
    pub(super) fn put_off_hard_day(&mut self, until: Option<Timestamp>) -> Result<(), Need> {
        let (zone, quiet, now) = (self.work.zone(self.world.settings), self.own_quiet(), self.world.now);
        let dates = &self.work.profile.hard_dates;
        let (came, ahead) = (latest(dates, now, &zone, quiet), next(dates, now, &zone, quiet));
        let again = came.zip(until).filter(|(_, until)| ahead.is_none_or(|ahead| ahead.at > *until));
        let Some((coming, until)) = again else { return self.plan_hard_dates() };
        let plan = self.plan_of(coming, until);
        self.plan(plan)?;
        let dialog = self.hard_day_dialog();
        let planned = self.work.plans()?.iter_mut().find(|held| held.plan.dialog == dialog);
        if let Some(HeldPlan { due, .. }) = planned {
            *due = Some(until);
        }
        Ok(())
    }

    /// Whether a plan is that of the hard dates.
    pub(super) fn is_hard_day(&self, plan: &Plan) -> bool {
        plan.dialog == self.world.settings.dialogs.of(Occasion::HardDay)
    }

    /// The arguments of its dialog, in the person's own words; `None` when there is nothing to come for any more.
    pub(super) fn hard_day_words(&self, plan: &Plan) -> Option<Values> {
        let Some(Value::Date(on)) = plan.with.get(ON) else { return None };
        let today = self.today();
        let is_it = |date: &&HardDate| date.first_from(*on) == Some(*on);
        let dates: Vec<&HardDate> = self.work.profile.hard_dates.iter().filter(is_it).collect();
        let named: Vec<&str> = dates.iter().map(|date| date.label.expose()).collect();
        let plans: Vec<String> = dates.iter().map(|date| self.if_then(date)).collect();
        if dates.is_empty() {
            return None;
        }
        let days = today.until(*on).ok()?.get_days();
        let stage = match days {
            ..0 => OVER,
            0 => Stage::Morning.word(),
            1 => Stage::Eve.word(),
            2.. => Stage::Week.word(),
        };
        Some(Values::from([
            word(STAGE, stage),
            ("days".to_owned(), Value::Num(f64::from(days))),
            ("named".to_owned(), Value::text(named.join(", "))),
            ("plan".to_owned(), Value::text(plans.join("\n"))),
        ]))
    }

    fn show_dates(&mut self) -> Result<(), Need> {
        let dialog = self.hard_day_dialog();
        let is_planned = self.work.plans()?.iter().any(|held| held.plan.dialog == dialog);
        let today = self.today();
        let mut dates: Vec<(Date, HardDate)> = (self.work.profile.hard_dates.iter())
            .filter_map(|date| Some((date.first_from(today)?, date.clone())))
            .collect();
        dates.sort_by_key(|(day, _)| *day);
        let max = HARD_DATES_MAX.to_string();
        let mut body =
            line(self.words(), if dates.is_empty() { "dates_none" } else { "dates_list" }, &[("max", &max)], 0);
        let mut choices = Vec::new();
        for (day, date) in &dates {
            let day = self.day_text(*day);
            body.0.push(Piece::Author(format!("\n\n*{day}* ")));
            body.0.push(Piece::Person(date.label.clone()));
            body.0.push(Piece::Author("\n".to_owned()));
            body.0.push(Piece::Person(UserText::new(self.if_then(date))));
            let label = format!("{day}: {}", date.label.expose()).chars().take(LABEL_CHARS_MAX).collect();
            choices.push(Choice { label, token: DateTap::Open(date.id).encode(), role: ChoiceRole::Answer });
        }
        if !dates.is_empty() && !is_planned {
            body.0.push(Piece::Author("\n\n".to_owned()));
            body.0.extend(self.date_line("dates_rest").0);
            choices.push(self.date_button("dates_on", DateTap::On));
        }
        if dates.len() < HARD_DATES_MAX {
            choices.push(self.date_button("dates_new", DateTap::New));
        }
        let kind = if choices.is_empty() { ViewKind::Say } else { ViewKind::Choice };
        self.show(View { body, kind, choices, language: self.language() });
        Ok(())
    }

    fn date_named(&mut self, given: Given) -> Result<(), Need> {
        let Given { day: Some(day), label: Some(label), cue: Some(cue), then: Some(then) } = given else {
            return Ok(());
        };
        if self.work.profile.hard_dates.len() >= HARD_DATES_MAX {
            self.dates_full();
            return Ok(());
        }
        let mut id = (self.world.chance)() as u32;
        while self.hard_date(id).is_some() {
            id = id.wrapping_add(1);
        }
        let date = HardDate { id, month: day.month(), day: day.day(), label, cue, then };
        self.work.profile.hard_dates.push(date.clone());
        self.date_kept(&date)
    }

    fn date_changed(&mut self, id: u32, given: Given) -> Result<(), Need> {
        let Some(date) = self.work.profile.hard_dates.iter_mut().find(|date| date.id == id) else {
            self.line("dates_gone", &[]);
            return Ok(());
        };
        if let Some(day) = given.day {
            (date.month, date.day) = (day.month(), day.day());
        }
        for (place, words) in [(&mut date.label, given.label), (&mut date.cue, given.cue), (&mut date.then, given.then)]
        {
            if let Some(words) = words {
                *place = words;
            }
        }
        let date = date.clone();
        self.date_kept(&date)
    }

    fn date_kept(&mut self, date: &HardDate) -> Result<(), Need> {
        self.work.profile_changed = true;
        self.plan_hard_dates()?;
        let day = date.first_from(self.today()).map(|day| self.day_text(day)).unwrap_or_default();
        self.line("dates_kept", &[("what", date.label.expose()), ("day", &day)]);
        Ok(())
    }

    fn date_deleted(&mut self, id: u32) -> Result<(), Need> {
        self.work.profile.hard_dates.retain(|date| date.id != id);
        // What waits behind neutral words holds the words of one of them.
        let dialog = self.hard_day_dialog();
        self.work.profile.waiting.take_if(|waiting| waiting.dialog == dialog);
        self.work.profile_changed = true;
        self.parked_dropped(|session| session.stack.first().is_some_and(|frame| frame.dialog == dialog))?;
        self.plan_hard_dates_again()?;
        self.line("dates_deleted", &[]);
        Ok(())
    }

    fn dates_full(&mut self) {
        self.line("dates_full", &[("max", &HARD_DATES_MAX.to_string())]);
    }

    fn ask_date(&mut self, with: Values) -> Result<(), Need> {
        let dialog = self.world.settings.dialogs.of(Occasion::HardDates).to_owned();
        self.start_with(&dialog, &with, Cause::Person)
    }

    fn date_words(&self, date: &HardDate) -> Values {
        let day = date.first_from(self.today()).map(|day| self.day_text(day)).unwrap_or_default();
        Values::from([
            word("what", "one"),
            ("which".to_owned(), Value::Num(f64::from(date.id))),
            ("label".to_owned(), Value::Text(date.label.clone())),
            ("day".to_owned(), Value::text(day)),
            ("plan".to_owned(), Value::text(self.if_then(date))),
        ])
    }

    fn plan_of(&self, coming: Coming, at: Timestamp) -> Plan {
        let wall = self.work.zone(self.world.settings).to_datetime(at);
        Plan {
            dialog: self.hard_day_dialog(),
            with: Values::from([word(STAGE, coming.stage.word()), (ON.to_owned(), Value::Date(coming.on))]),
            recurrence: Recurrence { every: Every::Once(wall.date()), at: At::Wall(wall.time()) },
            when_busy: WhenBusy::Queue,
            expires_s: match coming.stage {
                Stage::Morning => MORNING_EXPIRES_S,
                Stage::Eve => EVE_EXPIRES_S,
                Stage::Week => WEEK_EXPIRES_S,
            },
        }
    }

    fn hard_date(&self, id: u32) -> Option<&HardDate> {
        self.work.profile.hard_dates.iter().find(|date| date.id == id)
    }

    fn if_then(&self, date: &HardDate) -> String {
        let arguments = [("cue", date.cue.expose()), ("then", date.then.expose())];
        line(self.words(), "dates_plan", &arguments, 0).plain()
    }

    fn hard_day_dialog(&self) -> String {
        self.world.settings.dialogs.of(Occasion::HardDay).to_owned()
    }

    fn own_quiet(&self) -> QuietHours {
        self.work.profile.quiet_hours(self.world.settings.quiet)
    }

    fn date_line(&self, key: &str) -> RichText {
        line(self.words(), key, &[], 0)
    }

    fn date_button(&self, key: &str, tap: DateTap) -> Choice {
        Choice { label: self.date_line(key).plain(), token: tap.encode(), role: ChoiceRole::Answer }
    }
}

/// What was said of a hard date.
struct Given {
    day: Option<Date>,
    label: Option<UserText>,
    cue: Option<UserText>,
    then: Option<UserText>,
}

fn date(value: Option<Value>) -> Option<Date> {
    if let Some(Value::Date(date)) = value { Some(date) } else { None }
}

fn text(value: Option<Value>) -> Option<UserText> {
    if let Some(Value::Text(text)) = value { Some(text) } else { None }
}

/// An argument that is an author's word.
fn word(name: &str, word: &str) -> (String, Value) {
    (name.to_owned(), Value::Key(word.to_owned()))
}
