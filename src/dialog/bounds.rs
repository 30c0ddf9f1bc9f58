//! How long a dialog takes at least and at most, worked out from its shape. That it can be worked out is the proof
//! that every dialog ends: parts and calls never go in a circle, and every loop has a greatest number of rounds.

use std::collections::BTreeMap;

use crate::dialog::model::{Bounds, Dialog, Question, Step, Verb};

/// The least items of each loop, by part and position: known from the list's question.
pub(crate) type LeastItems = BTreeMap<(String, usize), usize>;

/// What is known of the dialogs that run inside this one: their measure, and how deep they nest.
pub(crate) type Callees = BTreeMap<String, Measure>;

/// The measure of a list of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Measure {
    /// The least turns to its end; `None` when it always stops before.
    through: Option<u32>,
    /// The least turns to a stop of the dialog, if there is one.
    stop: Option<u32>,
    /// The least turns to a stop of everything.
    stop_all: Option<u32>,
    /// The most turns.
    longest: u32,
    /// Steps run before the first wait, after the last, and between two, at most.
    first: u32,
    last: u32,
    between: u32,
    /// Steps run when there is no wait at all; `None` when there always is one.
    unbroken: Option<u32>,
    /// Frames stacked at most.
    pub(crate) depth: u32,
}

const NOTHING: Measure = Measure {
    through: Some(0),
    stop: None,
    stop_all: None,
    longest: 0,
    first: 0,
    last: 0,
    between: 0,
    unbroken: Some(0),
    depth: 1,
};

/// Measures a dialog whose parts do not go in a circle and whose callees were measured before.
pub(crate) fn measure(dialog: &Dialog, least: &LeastItems, callees: &Callees) -> (Bounds, Measure) {
    let mut walk = Walk { dialog, least, callees, parts: BTreeMap::new() };
    let whole = walk.part("");
    let ends = [whole.through, whole.stop, whole.stop_all];
    let shortest = ends.into_iter().flatten().min().unwrap_or(0);
    let runs = [whole.first, whole.last, whole.between, whole.unbroken.unwrap_or(0)];
    let steps_per_turn = runs.into_iter().max().unwrap_or(0).max(1);
    // The caller goes on after a stop of this dialog alone.
    let as_callee = Measure { through: whole.through.into_iter().chain(whole.stop).min(), stop: None, ..whole };
    (Bounds { shortest, longest: whole.longest, steps_per_turn }, as_callee)
}

struct Walk<'a> {
    dialog: &'a Dialog,
    least: &'a LeastItems,
    callees: &'a Callees,
    parts: BTreeMap<&'a str, Measure>,
}

impl<'a> Walk<'a> {
    fn part(&mut self, name: &str) -> Measure {
        if let Some(known) = self.parts.get(name) {
            return *known;
        }
        let Some((name, steps)) = self.dialog.parts.get_key_value(name) else { return NOTHING };
        let mut whole = NOTHING;
        for (index, step) in steps.iter().enumerate() {
            let mut one = self.step(name, index, step);
            if step.when.is_some() {
                one = either(one, single(0, 0));
            }
            whole = then(whole, one);
        }
        self.parts.insert(name, whole);
        whole
    }

    fn step(&mut self, part: &str, index: usize, step: &'a Step) -> Measure {
        match &step.verb {
            Verb::Say { .. } | Verb::Set(_) | Verb::Save(_) | Verb::Goal(_) | Verb::Schedule(_) => single(0, 0),
            Verb::Ask(ask) => question(&ask.kind, ask.optional),
            Verb::Pace(_) => Measure { first: 1, last: 1, unbroken: None, ..single(0, 0) },
            Verb::Branch(arms) => {
                let has_else = arms.iter().any(|arm| arm.when.is_none());
                let arms = arms.iter().map(|arm| arm.part.as_deref().map_or(NOTHING, |part| nested(self.part(part))));
                let other = (!has_else).then_some(NOTHING);
                let all = arms.collect::<Vec<_>>().into_iter().chain(other).reduce(either).unwrap_or(NOTHING);
                then(single(0, 0), all)
            }
            Verb::Each(each) => {
                let least = self.least.get(&(part.to_owned(), index)).copied().unwrap_or(0);
                let body = nested(self.part(&each.part));
                then(single(0, 0), times(body, least, each.max))
            }
            Verb::Repeat { part, max, .. } => {
                let body = nested(self.part(part));
                then(single(0, 0), times(body, 1, usize::try_from(*max).unwrap_or(usize::MAX)))
            }
            Verb::Call { dialog, .. } => then(single(0, 0), nested(self.callee(dialog))),
            Verb::Escalate { dialog } => then(single(0, 0), nested(self.callee(dialog))),
            Verb::Stop { all } => {
                let mut stop = Measure { through: None, ..single(0, 0) };
                *(if *all { &mut stop.stop_all } else { &mut stop.stop }) = Some(0);
                stop
            }
        }
    }

    fn callee(&self, dialog: &str) -> Measure {
        self.callees.get(dialog).copied().unwrap_or(NOTHING)
    }
}

/// One step that takes so many turns.
fn single(shortest: u32, longest: u32) -> Measure {
    Measure { through: Some(shortest), longest, first: 1, last: 1, between: 1, unbroken: Some(1), ..NOTHING }
}

fn question(kind: &Question, optional: bool) -> Measure {
    let count = |items: usize| u32::try_from(items).unwrap_or(u32::MAX);
    let (shortest, longest) = match kind {
        Question::Many { max, .. } => (1, count(max + 1)),
        Question::List { min, max, .. } => (if optional { 1 } else { count(min + 1) }, count(max + 1)),
        Question::Choice(_)
        | Question::Scale { .. }
        | Question::Number { .. }
        | Question::Text { .. }
        | Question::Date
        | Question::Time => (1, 1),
    };
    Measure { unbroken: None, ..single(shortest, longest) }
}

fn nested(inner: Measure) -> Measure {
    Measure { depth: inner.depth + 1, ..inner }
}

/// One after the other.
fn then(a: Measure, b: Measure) -> Measure {
    let sum = |x: Option<u32>, y: Option<u32>| Some(x?.saturating_add(y?));
    let least = |x: Option<u32>, y: Option<u32>| x.into_iter().chain(y).min();
    Measure {
        through: sum(a.through, b.through),
        stop: least(a.stop, sum(a.through, b.stop)),
        stop_all: least(a.stop_all, sum(a.through, b.stop_all)),
        longest: a.longest.saturating_add(b.longest),
        first: a.unbroken.map_or(a.first, |a| a.saturating_add(b.first)),
        last: b.unbroken.map_or(b.last, |b| b.saturating_add(a.last)),
        between: a.between.max(b.between).max(a.last.saturating_add(b.first)),
        unbroken: sum(a.unbroken, b.unbroken),
        depth: a.depth.max(b.depth),
    }
}

/// One or the other.
fn either(a: Measure, b: Measure) -> Measure {
    let least = |x: Option<u32>, y: Option<u32>| x.into_iter().chain(y).min();
    Measure {
        through: least(a.through, b.through),
        stop: least(a.stop, b.stop),
        stop_all: least(a.stop_all, b.stop_all),
        longest: a.longest.max(b.longest),
        first: a.first.max(b.first),
        last: a.last.max(b.last),
        between: a.between.max(b.between),
        unbroken: a.unbroken.into_iter().chain(b.unbroken).max(),
        depth: a.depth.max(b.depth),
    }
}

/// Between `least` and `most` rounds.
fn times(body: Measure, least: usize, most: usize) -> Measure {
    let mut whole = if least == 0 { NOTHING } else { body };
    let mut sum = body;
    for round in 2..=most {
        sum = then(sum, body);
        if round <= least {
            whole = sum;
        }
    }
    if most > least { either(whole, sum) } else { whole }
}

#[cfg(test)]
mod tests {
    use super::{NOTHING, question, then, times};
    use crate::dialog::model::Question;

    #[test]
    fn loops_multiply() {
        let ask = question(&Question::Date, false);
        let looped = times(then(ask, ask), 1, 5);
        assert_eq!((looped.through, looped.longest), (Some(2), 10));
        assert_eq!(times(ask, 0, 3).through, Some(0));
        assert_eq!(then(NOTHING, ask), ask);
    }
}
