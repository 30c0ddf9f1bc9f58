//! Runs steps until something is waited for. Bounded, so that it returns whatever the session holds.

use crate::dialog::effect::{Effect, Verdict};
use crate::dialog::eval::{Scope, eval, fits, is_true, num};
use crate::dialog::machine::{Machine, What, after_ms};
use crate::dialog::model::{Dialog, Each, Param, Step, Verb};
use crate::dialog::render;
use crate::dialog::session::{Draft, Frame, FrameKind, How, Logged, Wait};
use crate::dialog::view;
use crate::domain::language::Language;
use crate::domain::limits::{LIST_ITEMS_MAX, OPTIONS_MAX, STACK_DEPTH_MAX, STEPS_PER_TURN_MAX};
use crate::domain::person::LANGUAGE_FACT;
use crate::domain::value::{Value, Values};
use crate::domain::write::{Write, WriteKey};

/// Where a step leads.
enum Flow {
    /// To the step after it.
    Next,
    /// To the first step of a frame that was just pushed.
    Entered,
    /// To the person: the session waits, or has ended.
    Waits,
}

impl<'a> Machine<'a> {
    /// Pushes the frame of a dialog and logs its parameters.
    pub(super) fn enter_dialog(&mut self, dialog: &Dialog, kind: FrameKind, args: &Values) -> bool {
        let Some(first) = dialog.part("").first() else { return false };
        let scope = self.next_scope();
        for (name, param) in &dialog.params {
            if let Some(value) = argument(param, args.get(name)) {
                self.session.log.push(Logged { scope, name: name.clone(), value: Some(value) });
            }
        }
        self.session.stack.push(Frame {
            dialog: dialog.id.clone(),
            shape: dialog.shape,
            part: String::new(),
            at: first.id.clone(),
            scope,
            kind,
        });
        true
    }

    /// Goes on after the present step, until the next wait or the end.
    pub(super) fn go_on(&mut self) -> Verdict {
        self.session.wait = None;
        if self.advance() {
            self.run();
        }
        self.moved()
    }

    /// Runs the present step and those after it, until the next wait or the end.
    pub(super) fn run(&mut self) {
        for _ in 0..STEPS_PER_TURN_MAX {
            let Some((dialog, step)) = self.current() else { break };
            let flow = if step.when.as_ref().is_some_and(|when| !is_true(when, &self.scope())) {
                Flow::Next
            } else {
                self.execute(dialog, step)
            };
            match flow {
                Flow::Waits => return,
                Flow::Next if !self.advance() => return,
                Flow::Next | Flow::Entered => {}
            }
        }
        let _ = self.end_gone();
    }

    /// Emits everything that was staged. Back does not lead past it.
    pub(super) fn commit(&mut self) {
        let staged = std::mem::take(&mut self.session.staged);
        self.emit(staged);
        self.session.history.clear();
        self.session.carry.clear();
        self.session.kept = self.session.log.len();
        self.session.commits = self.session.commits.saturating_add(1);
    }

    /// Emits only what was staged since then, inside a dialog that interrupts another: what that one has staged is its
    /// own to keep, and Back leads where it led there. Inside the interruption it does not lead past this.
    fn commit_inside(&mut self, depth: usize, staged_before: usize) {
        let own = self.session.staged.split_off(staged_before.min(self.session.staged.len()));
        self.emit(own);
        let scope = self.session.stack.get(depth).map(|frame| frame.scope);
        self.session.history.retain(|mark| mark.stack.get(depth).map(|frame| frame.scope) != scope);
        self.session.commits = self.session.commits.saturating_add(1);
    }

    /// Where the outermost interruption stands in the stack.
    fn interruption(&self) -> Option<usize> {
        self.session.stack.iter().position(|frame| frame.kind == FrameKind::Interrupt)
    }

    fn emit(&mut self, writes: Vec<(WriteKey, Write)>) {
        for (key, write) in writes {
            if let Write::Profile(facts) = &write {
                self.kept.extend(facts.clone());
                self.speak(facts);
            }
            self.effects.push(Effect::Write(key, write));
        }
    }

    /// What follows is said in the language that was just chosen.
    fn speak(&mut self, facts: &Values) {
        let chosen = facts.get(LANGUAGE_FACT).and_then(Value::as_str).and_then(Language::of_tag);
        if let Some(language) = chosen {
            self.lib = self.base.speaking(language);
        }
    }

    fn execute(&mut self, dialog: &'a Dialog, step: &'a Step) -> Flow {
        self.passed(What::Step);
        match &step.verb {
            Verb::Say { texts, vary } => {
                let scope = self.scope();
                let text = render::chosen(texts, vary.as_ref(), self.pick(), &scope);
                let body = text.map(|text| render::text(text, &scope)).unwrap_or_default();
                self.say(body);
                Flow::Next
            }
            Verb::Ask(_) => {
                self.begin(Wait::Ask { asked: self.cx.now, tries: 0, draft: Draft::default() });
                self.show_wait();
                Flow::Waits
            }
            Verb::Set(values) => {
                for (name, value) in values {
                    let value = eval(value, &self.scope());
                    self.log(name, value);
                }
                Flow::Next
            }
            Verb::Branch(arms) => {
                let scope = self.scope();
                let taken = arms.iter().position(|arm| arm.when.as_ref().is_none_or(|when| is_true(when, &scope)));
                if let Some(taken) = taken {
                    self.passed(What::Arm(taken));
                }
                match taken.and_then(|taken| arms.get(taken)?.part.as_deref()) {
                    Some(part) => self.enter_part(dialog, part, FrameKind::Part),
                    None => Flow::Next,
                }
            }
            Verb::Each(each) => self.execute_each(dialog, each),
            Verb::Repeat { part, .. } => self.enter_part(dialog, part, FrameKind::Repeat { round: 0 }),
            Verb::Call { dialog: id, with } => {
                let args = self.values(with);
                self.enter_called(id, FrameKind::Call, &args)
            }
            Verb::Escalate { dialog: id } => self.enter_called(id, FrameKind::Interrupt, &Values::new()),
            Verb::Pace(pace) => {
                let rounds = view::rounds(pace, &self.scope());
                let Some(first) = pace.beats.first() else { return Flow::Next };
                let due = after_ms(self.cx.now, first.millis);
                self.begin(Wait::Pace { round: 0, rounds, beat: 0, due });
                self.show_wait();
                Flow::Waits
            }
            Verb::Save(save) => {
                let before = self.session.staged.len();
                self.stage_save(dialog, save);
                match self.interruption() {
                    Some(depth) => self.commit_inside(depth, before),
                    None => self.commit(),
                }
                Flow::Next
            }
            Verb::Goal(goal) => {
                self.stage_goal(goal);
                Flow::Next
            }
            Verb::Schedule(schedule) => {
                self.stage_schedule(schedule);
                Flow::Next
            }
            Verb::Stop { all } => self.execute_stop(*all),
        }
    }

    fn execute_stop(&mut self, all: bool) -> Flow {
        if all {
            // Inside a safety dialog the person stops: what it interrupted keeps only what it had saved.
            if !self.session.stack.iter().any(|frame| frame.kind == FrameKind::Interrupt) {
                self.commit();
            }
            let _ = self.end(How::Stopped);
            return Flow::Waits;
        }
        while let Some(frame) = self.session.stack.pop() {
            if matches!(frame.kind, FrameKind::Call | FrameKind::Interrupt) {
                break;
            }
        }
        if self.session.stack.is_empty() {
            let _ = self.finish();
            return Flow::Waits;
        }
        Flow::Next
    }

    fn execute_each(&mut self, dialog: &'a Dialog, each: &Each) -> Flow {
        let mut items = match eval(&each.list, &self.scope()) {
            Some(Value::List(items)) => items,
            _ => Vec::new(),
        };
        items.truncate(LIST_ITEMS_MAX.max(OPTIONS_MAX));
        let Some(first) = items.first().cloned() else {
            self.collect(each, &[]);
            return Flow::Next;
        };
        let flow = self.enter_part(dialog, &each.part, FrameKind::Each { items, round: 0, done: Vec::new() });
        if matches!(flow, Flow::Entered) {
            self.log(&each.name, Some(first));
        }
        flow
    }

    fn enter_part(&mut self, dialog: &'a Dialog, part: &str, kind: FrameKind) -> Flow {
        let (Some(first), Some(below)) = (dialog.part(part).first(), self.session.stack.last()) else {
            return Flow::Next;
        };
        if self.session.stack.len() >= STACK_DEPTH_MAX {
            let _ = self.end_gone();
            return Flow::Waits;
        }
        let (id, shape, shared) = (below.dialog.clone(), below.shape, below.scope);
        let scope = if matches!(kind, FrameKind::Each { .. }) { self.next_scope() } else { shared };
        let (part, at) = (part.to_owned(), first.id.clone());
        self.session.stack.push(Frame { dialog: id, shape, part, at, scope, kind });
        Flow::Entered
    }

    fn enter_called(&mut self, id: &str, kind: FrameKind, args: &Values) -> Flow {
        let Some(dialog) = self.lib.dialogs.get(id) else { return Flow::Next };
        if self.session.stack.len() >= STACK_DEPTH_MAX {
            let _ = self.end_gone();
            return Flow::Waits;
        }
        if self.enter_dialog(dialog, kind, args) { Flow::Entered } else { Flow::Next }
    }

    /// Moves to the step after the present one, out of finished frames and into next rounds. False when the
    /// session has ended.
    fn advance(&mut self) -> bool {
        while let Some(frame) = self.session.stack.last() {
            let Some(dialog) = self.dialog() else { break };
            let steps = dialog.part(&frame.part);
            let Some(at) = steps.iter().position(|step| step.id == frame.at) else { break };
            if let Some(next) = steps.get(at + 1) {
                self.stand_at(next);
                return true;
            }
            let first = steps.first();
            match self.next_round(first) {
                Some(true) => return true,
                Some(false) => {}
                None => break,
            }
            if self.session.stack.is_empty() {
                let _ = self.finish();
                return false;
            }
        }
        let _ = self.end_gone();
        false
    }

    /// At the end of the innermost frame: its next round (`true`), or out of it (`false`); none when the loop it
    /// belongs to is gone.
    fn next_round(&mut self, first: Option<&Step>) -> Option<bool> {
        let frame = self.session.stack.last()?;
        match &frame.kind {
            FrameKind::Call | FrameKind::Interrupt | FrameKind::Part => {
                self.session.stack.pop();
                Some(false)
            }
            FrameKind::Repeat { round } => {
                let next = round.saturating_add(1);
                let Verb::Repeat { until, max, .. } = &self.owner()?.verb else { return None };
                if next >= *max || is_true(until, &self.scope()) {
                    self.session.stack.pop();
                    return Some(false);
                }
                self.session.stack.last_mut()?.kind = FrameKind::Repeat { round: next };
                self.stand_at(first?);
                Some(true)
            }
            FrameKind::Each { items, round, .. } => {
                let next = round.saturating_add(1);
                let item = items.get(next as usize).cloned();
                let Verb::Each(each) = &self.owner()?.verb else { return None };
                let scope = if item.is_some() { self.next_scope() } else { 0 };
                let frame = self.session.stack.last_mut()?;
                let FrameKind::Each { round, done, .. } = &mut frame.kind else { return None };
                done.push(frame.scope);
                if let Some(item) = item {
                    *round = next;
                    frame.scope = scope;
                    self.stand_at(first?);
                    self.log(&each.name, Some(item));
                    return Some(true);
                }
                let done = std::mem::take(done);
                self.session.stack.pop();
                self.collect(each, &done);
                Some(false)
            }
        }
    }

    /// The step that the innermost frame belongs to: where the frame below it stands.
    fn owner(&self) -> Option<&'a Step> {
        let below = self.session.stack.iter().rev().nth(1)?;
        let dialog = self.lib.dialogs.get(&below.dialog)?;
        dialog.part(&below.part).iter().find(|step| step.id == below.at)
    }

    /// Keeps the answers of finished rounds as a list of records, one per item.
    fn collect(&mut self, each: &Each, done: &[u32]) {
        let Some(name) = &each.collect else { return };
        let record = |scope: &u32| {
            let mut record = Values::new();
            for entry in self.session.log.iter().filter(|entry| entry.scope == *scope) {
                match &entry.value {
                    Some(value) => record.insert(entry.name.clone(), value.clone()),
                    None => record.remove(&entry.name),
                };
            }
            Value::Record(record)
        };
        let records = done.iter().map(record).collect();
        self.log(name, Some(Value::List(records)));
    }

    fn finish(&mut self) -> Verdict {
        self.commit();
        self.end(How::Finished)
    }

    fn stand_at(&mut self, step: &Step) {
        if let Some(frame) = self.session.stack.last_mut() {
            frame.at.clone_from(&step.id);
        }
    }

    pub(super) fn log(&mut self, name: &str, value: Option<Value>) {
        let scope = self.session.stack.last().map_or(0, |frame| frame.scope);
        self.session.log.push(Logged { scope, name: name.to_owned(), value });
    }

    pub(super) fn values(&self, named: &[(String, crate::dialog::model::Expr)]) -> Values {
        let scope: Scope<'_> = self.scope();
        named.iter().filter_map(|(name, value)| Some((name.clone(), eval(value, &scope)?))).collect()
    }

    fn next_scope(&mut self) -> u32 {
        let scope = self.session.next_scope;
        self.session.next_scope = scope.saturating_add(1);
        scope
    }
}

/// The value of a parameter: what the caller gave if it is of the right kind, kept inside the limits.
fn argument(param: &Param, given: Option<&Value>) -> Option<Value> {
    let value = given.filter(|value| fits(param.kind, value)).cloned().or_else(|| param.or.clone())?;
    let Some(number) = num(&value) else { return Some(value) };
    let number = param.min.map_or(number, |min| number.max(min));
    Some(Value::Num(param.max.map_or(number, |max| number.min(max))))
}
