//! Running sessions inside a turn: start, step, set aside, resume; and applying what the engine decided.

use crate::dialog::effect::{Context, Effect, Input, Step};
use crate::dialog::session::{Cause, How, ParkedBy, Session, Status};
use crate::dialog::step;
use crate::domain::command::Command;
use crate::domain::consent::CONSENTS;
use crate::domain::ids::SessionId;
use crate::domain::limits::PARKED_SESSIONS_MAX;
use crate::domain::message::View;
use crate::domain::occasion::Occasion;
use crate::domain::person::Goal;
use crate::domain::supporters::Ended;
use crate::domain::value::{Value, Values};
use crate::domain::week::MOOD;
use crate::domain::write::{Write, WriteKey};
use crate::service::person::{Held, Need};
use crate::service::ports::Item;
use crate::service::turn::asking_moderator::NEWS_DIALOG;
use crate::service::turn::language::LANGUAGE_DIALOG;
use crate::service::turn::space::pairs::BUDDY_DIALOG;
use crate::service::turn::{EntryNew, Turn};

impl Turn<'_, '_> {
    /// Starts a dialog; one that is open is set aside first.
    pub(super) fn start(&mut self, dialog: &str, cause: Cause) -> Result<(), Need> {
        self.start_with(dialog, &Values::new(), cause)
    }

    pub(super) fn start_with(&mut self, dialog: &str, args: &Values, cause: Cause) -> Result<(), Need> {
        if !self.set_aside()? {
            return Ok(());
        }
        let told = if dialog == BUDDY_DIALOG { self.buddy_arguments() } else { Values::new() };
        let args = if told.is_empty() { args } else { &told };
        let id = SessionId((self.world.chance)().cast_signed());
        let seed = (self.world.chance)();
        let (zone, facts) = (self.work.zone(self.world.settings), self.facts());
        let quiet = self.work.profile.quiet_hours(self.world.settings.quiet);
        let context = Context { now: self.world.now, zone: &zone, facts: &facts, quiet, language: self.language() };
        match step::start(self.world.library, id, seed, dialog, args, cause, &context) {
            Some(step) => self.apply(step, dialog, None),
            None => {
                self.line("gone", &[]);
                Ok(())
            }
        }
    }

    /// What dialogs may read of the person.
    pub(super) fn facts(&self) -> Values {
        self.work.facts(self.world.library, self.world.settings, self.world.now)
    }

    /// Sets the open dialog aside for another one. False when it refuses, which a safety dialog does.
    fn set_aside(&mut self) -> Result<bool, Need> {
        if self.work.live.is_none() {
            return Ok(true);
        }
        self.work.parked()?;
        self.step_live(&Input::Park)?;
        if self.work.live.is_some() {
            self.line("safety_open", &[]);
            self.step_live(&Input::Again)?;
            return Ok(false);
        }
        Ok(true)
    }

    /// The sessions set aside, the newest first, without those that were kept long enough: their timer may be late.
    pub(super) fn parked(&mut self) -> Result<&mut Vec<Held>, Need> {
        let now = self.world.now;
        while let Some(index) =
            self.work.parked()?.iter().position(|held| held.parked_until().is_some_and(|at| at <= now))
        {
            self.let_go(index)?;
        }
        self.work.parked()
    }

    /// Ends a session that was set aside, in the way its dialog wants.
    pub(super) fn let_go(&mut self, index: usize) -> Result<(), Need> {
        let Some(held) = self.work.parked.get(index) else { return Ok(()) };
        let (turn, until) = (held.session.turn, held.parked_until());
        let held = self.work.parked.remove(index);
        let id = held.session.id;
        if let Some(due) = until {
            let said = self.changes.items.len();
            self.step_held(held, &Input::Due { turn, due })?;
            self.changes.items.truncate(said);
        }
        // An edited dialog may have other ideas; what had its time goes.
        if let Some(at) = self.work.parked.iter().position(|held| held.session.id == id) {
            self.work.parked.remove(at);
            self.work.ended.push(id);
        }
        Ok(())
    }

    /// Drops sessions set aside, as if they had never been: nothing of them is said or kept.
    pub(super) fn parked_dropped(&mut self, is_one: impl Fn(&Session) -> bool) -> Result<(), Need> {
        let dropped: Vec<Held> = self.work.parked()?.extract_if(.., |held| is_one(&held.session)).collect();
        self.work.ended.extend(dropped.iter().filter(|held| held.rev.is_some()).map(|held| held.session.id));
        Ok(())
    }

    /// Gives the live session an input. Nothing happens when there is none.
    pub(super) fn step_live(&mut self, input: &Input<'_>) -> Result<(), Need> {
        match self.work.live.take() {
            Some(held) => self.step_held(held, input),
            None => Ok(()),
        }
    }

    /// Gives a session that was set aside an input, without making room for it.
    pub(super) fn step_parked(&mut self, index: usize, input: &Input<'_>) -> Result<(), Need> {
        if index >= self.work.parked.len() {
            return Ok(());
        }
        let held = self.work.parked.remove(index);
        self.step_held(held, input)
    }

    /// Goes on with a session that was set aside; the live one, if any, is set aside instead.
    pub(super) fn resume_parked(&mut self, index: usize, input: &Input<'_>) -> Result<(), Need> {
        let Some(id) = self.work.parked()?.get(index).map(|held| held.session.id) else {
            return Ok(());
        };
        if self.set_aside()?
            && let Some(index) = self.work.parked.iter().position(|held| held.session.id == id)
        {
            return self.step_parked(index, input);
        }
        Ok(())
    }

    fn step_held(&mut self, held: Held, input: &Input<'_>) -> Result<(), Need> {
        let dialog = held.session.stack.first().map(|frame| frame.dialog.clone()).unwrap_or_default();
        let (zone, facts) = (self.work.zone(self.world.settings), self.facts());
        let quiet = self.work.profile.quiet_hours(self.world.settings.quiet);
        let context = Context { now: self.world.now, zone: &zone, facts: &facts, quiet, language: self.language() };
        let step = step::step(self.world.library, held.session, input, &context);
        self.apply(step, &dialog, held.rev)
    }

    fn apply(&mut self, step: Step, dialog: &str, rev: Option<i64>) -> Result<(), Need> {
        let Step { session, effects, verdict } = step;
        self.verdict = Some(verdict);
        let (id, is_safety) = (session.id, session.is_in_safety(self.world.library));
        for effect in effects {
            match effect {
                Effect::Show { turn, view } => {
                    self.changes
                        .items
                        .push((self.class, Item::Show { session: Some(id), turn, in_place: self.in_place, view }));
                }
                Effect::Freeze { turn, body, chosen } => {
                    self.changes.items.push((self.class, Item::Freeze { session: id, turn, body, chosen }));
                }
                Effect::Note(text) if self.pressed => self.changes.note = Some(text),
                Effect::Note(text) => self.show(View::say(text)),
                Effect::Write(key, write) => self.keep(id, key, write, is_safety)?,
                Effect::PutOff { until } => self.put_off(&self.behind(dialog), until)?,
            }
        }
        let is_over = session.status == Status::Ended(How::Finished);
        let is_put_off = session.status == Status::Ended(How::PutOff);
        self.changes.freed |= !matches!(session.status, Status::Waiting);
        let is_parked = matches!(session.status, Status::Parked { .. });
        self.work.place(Held { session, rev, changed: true });
        if is_parked {
            while self.work.parked()?.len() > PARKED_SESSIONS_MAX {
                let oldest = self.work.parked.len() - 1;
                self.let_go(oldest)?;
            }
        }
        if is_put_off {
            return self.ask_until_when(dialog);
        }
        if !is_over || self.changes.is_forgotten {
            return Ok(());
        }
        let settings = self.world.settings;
        if dialog == settings.dialogs.of(Occasion::Discreet) && std::mem::take(&mut self.changes.opens) {
            return self.open_waiting();
        }
        if dialog == settings.dialogs.of(Occasion::Crisis) || self.world.library.is_safety(dialog) {
            return self.after_interruption();
        }
        if settings.dialogs.is_own(dialog) || [LANGUAGE_DIALOG, NEWS_DIALOG].contains(&dialog) {
            self.after_interruption()?;
        }
        self.after_hello()
    }

    /// The first talk is over: what a link had led to begins.
    fn after_hello(&mut self) -> Result<(), Need> {
        if self.work.live.is_some() || self.changes.parted.is_some() || !self.work.profile.has_consented() {
            return Ok(());
        }
        let Some(dialog) = self.work.profile.wished.take() else { return Ok(()) };
        self.work.profile_changed = true;
        self.start(&dialog, Cause::Person)
    }

    /// On with what a safety dialog, /link, /unlink, /export, /forget, /journal or /privacy interrupted, unless it was interrupted
    /// elsewhere than this is answered.
    fn after_interruption(&mut self) -> Result<(), Need> {
        if self.work.live.is_some() || self.changes.parted.is_some() {
            return Ok(());
        }
        let interrupted = self.work.parked()?.first().map(|held| held.session.status);
        if let Some(Status::Parked { by: ParkedBy::Other, since, .. }) = interrupted {
            let resume = Input::Command(Command::Resume);
            // After a while it may be somebody else who ends the interruption.
            return if self.is_of_now(since) { self.resume_parked(0, &resume) } else { self.bring_back(0, &resume) };
        }
        Ok(())
    }

    /// Keeps what a dialog asked to keep: facts and plans in the person, everything else as an entry.
    fn keep(&mut self, session: SessionId, key: WriteKey, write: Write, is_safety: bool) -> Result<(), Need> {
        match &write {
            Write::Profile(facts) => return self.keep_facts(facts.clone(), session, &key, is_safety),
            Write::Plan(plan) => return self.plan_chosen(plan.clone()),
            Write::PlanDropped { name } => return self.plan_ended(name),
            Write::Goal { title, due, since } => {
                self.work.profile.open_goal = Some(Goal { title: title.clone(), due: *due, since: *since });
                self.work.profile_changed = true;
            }
            Write::GoalClosed { .. } => {
                self.work.profile.open_goal = None;
                self.work.profile_changed = true;
            }
            Write::Journal(entry) if entry.complete && self.world.library.shelf.has(&entry.dialog) => {
                self.work.profile.done.insert(entry.dialog.clone(), entry.date);
                self.work.profile_changed = true;
            }
            Write::Measures { values, date } if values.contains_key(MOOD) => self.checked_in(*date),
            Write::Journal(_) | Write::Measures { .. } => {}
        }
        let write = if let Write::Journal(entry) = write {
            let Some(entry) = self.kept_in_place(entry)? else { return Ok(()) };
            Write::Journal(entry)
        } else {
            write
        };
        self.changes.entries.push(EntryNew { person: self.work.id, session, key, write });
        Ok(())
    }

    /// Keeps facts, and does at once what is asked for beside them.
    fn keep_facts(
        &mut self,
        mut facts: Values,
        session: SessionId,
        key: &WriteKey,
        is_safety: bool,
    ) -> Result<(), Need> {
        if let Some(app) = facts.remove("unlink") {
            self.part_with(&app);
        }
        for (act, watches) in [("false_alarm", true), ("misread", false)] {
            if facts.remove(act) == Some(Value::Bool(true)) {
                self.false_alarm(watches);
            }
        }
        if facts.get("consent") == Some(&Value::Bool(false)) {
            // Whoever takes it back is somebody new afterwards, and nothing that was begun before goes on.
            self.parked_dropped(|_| true)?;
            self.asking_ends(Ended::TakenBack);
        }
        if facts.remove("open") == Some(Value::Bool(true)) {
            self.changes.opens = true;
        }
        if facts.remove("forget") == Some(Value::Bool(true)) {
            self.changes.is_forgotten = true;
        }
        if facts.remove("export") == Some(Value::Bool(true)) {
            self.export_wanted();
        }
        self.entry_acts(&mut facts, is_safety)?;
        self.date_acts(&mut facts)?;
        self.mood_acts(&mut facts, session, key)?;
        if facts.remove("pin") == Some(Value::Bool(true)) {
            self.pin("")?;
        }
        if facts.remove("progress") == Some(Value::Bool(true)) {
            self.progress_wanted();
        }
        if facts.remove("then_now") == Some(Value::Bool(true)) {
            self.then_now_wanted();
        }
        if facts.contains_key("checkins_on") {
            self.work.profile.unreachable = false;
        }
        if let Some(Value::Text(words)) = facts.remove("post") {
            self.post(&words);
        }
        self.asking_acts(&mut facts);
        self.buddy_acts(&mut facts);
        if let Some(how) = facts.remove("keep_asking") {
            self.keep_asking(how.as_str().unwrap_or_default())?;
        }
        if let Some(until) = facts.remove("put_off") {
            self.put_off_until(until.as_str().unwrap_or_default())?;
        }
        if let Some(Value::Bool(is_wanted)) = facts.remove("take_back") {
            self.unplan(is_wanted)?;
        }
        for (consent, fact, _) in CONSENTS {
            if let Some(Value::Bool(given)) = facts.remove(*fact) {
                self.agree(*consent, given);
            }
        }
        let moved = facts.get("zone").is_some_and(|zone| self.work.profile.facts.get("zone") != Some(zone));
        let quiet = facts.contains_key("quiet_from") || facts.contains_key("quiet_to");
        self.work.profile.facts.extend(facts);
        self.work.profile_changed = true;
        if moved || quiet {
            self.plan_again()?;
        }
        Ok(())
    }
}
