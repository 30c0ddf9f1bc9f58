//! How many questions a dialog asks in a row without an ordinary way out. A way out is a question with an answer after
//! which nothing more is asked, whatever was answered before; `/stop` and `/later` are everywhere and do not count.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::places::Places;
use crate::dialog::diagnostic::Code;
use crate::dialog::load::Draft;
use crate::dialog::model::{Arm, Ask, Dialog, Each, Node, Question, Step, Verb};
use crate::domain::limits::QUESTIONS_WITHOUT_WAY_OUT_MAX;
use crate::domain::value::Value;

mod known;
mod rest;

use known::Known;
use rest::{Rest, Then};

/// Steps looked at for one answer; what needs more is taken for no way out.
const LOOKED_AT_MAX: u32 = 2_000;

/// Answers of a dialog that may be walked value by value; after so many all further ones are walked as one.
const WALKED_MAX: u32 = 1_000;

/// Warns of the first question in each dialog that is one too many. The dialogs must call each other in no circle.
pub(super) fn check(drafts: &mut [Draft<'_>]) {
    let found: Vec<Option<(String, usize)>> = {
        let dialogs = drafts.iter().map(|draft| (draft.dialog.id.as_str(), &draft.dialog)).collect();
        let lint = Lint { dialogs, runs: RefCell::default(), looked_at: Cell::new(0) };
        let of = |draft: &Draft<'_>| lint.run(&draft.dialog.id, 0).one_too_many;
        drafts.iter().map(|draft| of(draft).map(|(part, index)| (part.to_owned(), index))).collect()
    };
    for (Draft { sink, .. }, found) in drafts.iter_mut().zip(found) {
        let Some((part, index)) = found else { continue };
        let span = Places::new(sink.text()).step(&part, index, &[]);
        let message = format!("with this, more than {QUESTIONS_WITHOUT_WAY_OUT_MAX} questions in a row and no way out");
        sink.push(Code::NoWayOut, span, message, None);
    }
}

struct Lint<'a> {
    dialogs: BTreeMap<&'a str, &'a Dialog>,
    /// By the dialog and the number of questions before it.
    runs: RefCell<BTreeMap<(&'a str, u32), Run<'a>>>,
    /// Steps looked at for the answer at hand.
    looked_at: Cell<u32>,
}

/// What comes of running a dialog.
#[derive(Clone, Copy, Default)]
struct Run<'a> {
    /// The most questions in a row at its end.
    behind: u32,
    /// The part and position of the first step that asks one question too many.
    one_too_many: Option<(&'a str, usize)>,
}

/// The walk through one dialog.
struct Walk<'l, 'a> {
    lint: &'l Lint<'a>,
    /// The step that runs.
    at: Cell<(&'a str, usize)>,
    one_too_many: Cell<Option<(&'a str, usize)>>,
    /// The most questions in a row before a stop.
    stopped: Cell<u32>,
    /// Answers of which every value was perhaps walked.
    walked: Cell<u32>,
}

impl<'a> Lint<'a> {
    fn run(&self, id: &str, before: u32) -> Run<'a> {
        let Some((id, dialog)) = self.dialogs.get_key_value(id) else {
            return Run { behind: before, ..Run::default() };
        };
        if let Some(known) = self.runs.borrow().get(&(*id, before)) {
            return *known;
        }
        let walk = Walk {
            lint: self,
            at: Cell::default(),
            one_too_many: Cell::default(),
            stopped: Cell::default(),
            walked: Cell::default(),
        };
        let through = walk.steps(&Rest::of(dialog), &Known::default(), before);
        let behind = through.unwrap_or(0).max(walk.stopped.get());
        let run = Run { behind, one_too_many: walk.one_too_many.get() };
        self.runs.borrow_mut().insert((*id, before), run);
        run
    }

    /// Whether a question that is asked where so much is given has an answer that can lead to the end.
    fn is_way_out(&self, step: &Step, ask: &Ask, given: &Known, after: &Rest<'a, '_>) -> bool {
        answers(&ask.kind).into_iter().any(|answer| {
            self.looked_at.set(0);
            self.ends(after, given.with(&step.id, answer))
        })
    }

    /// Whether the dialog can end without another question. What hangs on the person, on the day or on answers before is
    /// taken for what leads to the end.
    fn ends(&self, rest: &Rest<'a, '_>, mut known: Known) -> bool {
        for (index, step) in rest.steps.iter().enumerate() {
            self.looked_at.set(self.looked_at.get() + 1);
            if self.looked_at.get() > LOOKED_AT_MAX {
                return false;
            }
            let after = rest.after(index);
            match step.when.as_ref().map_or(Some(true), |when| known.is_true(when)) {
                Some(false) => {}
                Some(true) if !leads_elsewhere(step) => known.take_up(step),
                Some(true) => return self.ends_at(step, &after, &known),
                None => return self.ends(&after, known.clone()) || self.ends_at(step, &after, &known),
            }
        }
        match rest.then {
            Then::End => true,
            Then::Part(next) => self.ends(next, known),
            Then::Again { part, until, next } => {
                let is_over = until.and_then(|until| known.is_true(until));
                (is_over != Some(false) && self.ends(next, known.clone()))
                    || (is_over != Some(true) && self.ends(&next.round(part, until), known))
            }
        }
    }

    fn ends_at(&self, step: &'a Step, after: &Rest<'a, '_>, known: &Known) -> bool {
        match &step.verb {
            Verb::Ask(_) => false,
            Verb::Branch(arms) => self.ends_in_arms(arms, after, known),
            Verb::Each(each) => {
                self.ends(after, known.clone()) || self.ends(&after.round(&each.part, None), known.clone())
            }
            Verb::Repeat { part, until, .. } => self.ends(&after.round(part, Some(until)), known.clone()),
            Verb::Call { dialog, .. } | Verb::Escalate { dialog } => {
                let is_silent = |callee: &&'a Dialog| callee.bounds.longest == 0;
                self.dialogs.get(dialog.as_str()).is_some_and(is_silent) && self.ends(after, known.clone())
            }
            Verb::Stop { .. } => true,
            Verb::Say { .. } | Verb::Set(_) | Verb::Pace(_) | Verb::Save(_) | Verb::Goal(_) | Verb::Schedule(_) => {
                let mut known = known.clone();
                known.take_up(step);
                self.ends(after, known)
            }
        }
    }

    fn ends_in_arms(&self, arms: &'a [Arm], after: &Rest<'a, '_>, known: &Known) -> bool {
        for arm in arms {
            let is_taken = arm.when.as_ref().map_or(Some(true), |when| known.is_true(when));
            let ends = || match &arm.part {
                Some(part) => self.ends(&after.part(part), known.clone()),
                None => self.ends(after, known.clone()),
            };
            match is_taken {
                Some(false) => {}
                Some(true) => return ends(),
                None if ends() => return true,
                None => {}
            }
        }
        self.ends(after, known.clone())
    }
}

impl<'a> Walk<'_, 'a> {
    /// The most questions in a row behind these steps, of so many before them; `None` when no way leads through.
    fn steps(&self, rest: &Rest<'a, '_>, known: &Known, before: u32) -> Option<u32> {
        let mut known = known.clone();
        let mut count = before;
        for (index, step) in rest.steps.iter().enumerate() {
            self.at.set((rest.part, rest.first + index));
            let after = rest.after(index);
            let runs = step.when.as_ref().map_or(Some(true), |when| known.is_true(when));
            if runs == Some(false) {
                continue;
            }
            let passed_over = runs.is_none().then_some(count);
            let behind = self.step(step, &after, &known.under(step.when.as_ref()), count);
            count = behind.into_iter().chain(passed_over).max()?;
            known.forget(step);
            if let Verb::Ask(ask) = &step.verb
                && self.decides(step, &after)
            {
                let with = |answer: Value| self.steps(&after, &known.with(&step.id, answer), count);
                return answers(&ask.kind).into_iter().filter_map(with).max();
            }
        }
        Some(count)
    }

    /// Whether an answer says which of several of the next steps run, so that its values are worth a walk each.
    fn decides(&self, step: &Step, after: &Rest<'a, '_>) -> bool {
        let reads = |later: &&Step| later.when.as_ref().is_some_and(|when| known::reads(when, &step.id));
        let walked = self.walked.get() + 1;
        self.walked.set(walked);
        walked < WALKED_MAX && after.steps.iter().filter(reads).nth(1).is_some()
    }

    fn step(&self, step: &'a Step, after: &Rest<'a, '_>, known: &Known, before: u32) -> Option<u32> {
        match &step.verb {
            Verb::Ask(ask) => Some(self.question(step, ask, after, known, before)),
            Verb::Branch(arms) => self.arms(arms, after, known, before),
            Verb::Each(each) => {
                let items = items(each, after.dialog);
                let knowns: Vec<Known> = items.into_iter().map(|item| known.with(&each.name, item)).collect();
                let knowns = if knowns.is_empty() { std::slice::from_ref(known) } else { &knowns };
                Some(self.rounds(&after.round(&each.part, None), knowns, before, each.max).unwrap_or(0).max(before))
            }
            Verb::Repeat { part, until, max } => {
                let most = usize::try_from(*max).unwrap_or(usize::MAX);
                self.rounds(&after.round(part, Some(until)), std::slice::from_ref(known), before, most)
            }
            Verb::Call { dialog, .. } | Verb::Escalate { dialog } => Some(self.callee(dialog, before)),
            Verb::Stop { .. } => {
                self.stopped.set(self.stopped.get().max(before));
                None
            }
            Verb::Say { .. } | Verb::Set(_) | Verb::Pace(_) | Verb::Save(_) | Verb::Goal(_) | Verb::Schedule(_) => {
                Some(before)
            }
        }
    }

    fn arms(&self, arms: &'a [Arm], after: &Rest<'a, '_>, known: &Known, before: u32) -> Option<u32> {
        let mut most = None;
        for arm in arms {
            let is_taken = arm.when.as_ref().map_or(Some(true), |when| known.is_true(when));
            if is_taken == Some(false) {
                continue;
            }
            let through = match &arm.part {
                Some(part) => self.steps(&after.part(part), &known.under(arm.when.as_ref()), before),
                None => Some(before),
            };
            most = most.max(through);
            if is_taken == Some(true) {
                return most;
            }
        }
        most.max(Some(before))
    }

    fn question(&self, step: &Step, ask: &Ask, after: &Rest<'a, '_>, known: &Known, before: u32) -> u32 {
        if self.lint.is_way_out(step, ask, known, after) {
            return 0;
        }
        if before >= QUESTIONS_WITHOUT_WAY_OUT_MAX {
            self.note();
        }
        (before + 1).min(QUESTIONS_WITHOUT_WAY_OUT_MAX)
    }

    fn note(&self) {
        if self.one_too_many.get().is_none() {
            self.one_too_many.set(Some(self.at.get()));
        }
    }

    /// The most behind the last of up to so many rounds, each with one of what may be known.
    fn rounds(&self, round: &Rest<'a, '_>, knowns: &[Known], before: u32, most: usize) -> Option<u32> {
        let one_more = |before: u32| knowns.iter().filter_map(|known| self.steps(round, known, before)).max();
        let mut best = one_more(before)?;
        for _ in 1..most {
            let next = one_more(best)?;
            if next <= best {
                break;
            }
            best = next;
        }
        Some(best)
    }

    /// Behind a dialog that runs inside; the caller goes on after a stop of it. One that asks too much by itself is told
    /// of itself, once.
    fn callee(&self, dialog: &str, before: u32) -> u32 {
        if self.lint.run(dialog, 0).one_too_many.is_some() {
            return 0;
        }
        let run = self.lint.run(dialog, before);
        if run.one_too_many.is_some() {
            self.note();
        }
        run.behind
    }
}

/// The answers to a question that are few enough to be tried.
fn answers(question: &Question) -> Vec<Value> {
    match question {
        Question::Choice(options) => options.iter().map(|option| Value::Key(option.key.clone())).collect(),
        Question::Scale { min, max, .. } => (*min..=*max).map(|number| Value::Num(f64::from(number))).collect(),
        Question::Many { .. }
        | Question::Number { .. }
        | Question::Text { .. }
        | Question::List { .. }
        | Question::Date
        | Question::Time => Vec::new(),
    }
}

/// The items of a loop over what was chosen of several options; none where they are not known.
fn items(each: &Each, dialog: &Dialog) -> Vec<Value> {
    let Node::Name(list) = &each.list.node else { return Vec::new() };
    if let Some((_, Step { verb: Verb::Ask(ask), .. })) = dialog.find(list)
        && let Question::Many { options, .. } = &ask.kind
    {
        return options.iter().map(|option| Value::Key(option.key.clone())).collect();
    }
    Vec::new()
}

/// Whether another step than the next may follow, or an answer is waited for.
fn leads_elsewhere(step: &Step) -> bool {
    match &step.verb {
        Verb::Ask(_)
        | Verb::Branch(_)
        | Verb::Each(_)
        | Verb::Repeat { .. }
        | Verb::Call { .. }
        | Verb::Escalate { .. }
        | Verb::Stop { .. } => true,
        Verb::Say { .. } | Verb::Set(_) | Verb::Pace(_) | Verb::Save(_) | Verb::Goal(_) | Verb::Schedule(_) => false,
    }
}
