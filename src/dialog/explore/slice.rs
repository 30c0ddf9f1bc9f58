//! Which answers decide where a dialog goes, and where: two sessions that agree on these go the same ways from now on.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::rc::Rc;

use crate::dialog::eval::Scope;
use crate::dialog::explore::literals::Literals;
use crate::dialog::model::{Dialog, Each, Expr, Library, Node, Step, Verb};
use crate::dialog::session::{Frame, FrameKind, Session, Wait};
use crate::domain::value::Value;

/// Names that are still read by a condition later.
type Live<'a> = BTreeSet<&'a str>;

/// Everything about the dialogs that an exploration asks again and again.
pub(super) struct Slice<'a> {
    lib: &'a Library,
    controls: RefCell<BTreeMap<String, Rc<Control<'a>>>>,
    lives: RefCell<BTreeMap<String, Rc<Live<'a>>>>,
}

/// What decides the way through one dialog.
pub(super) struct Control<'a> {
    pub(super) dialog: &'a Dialog,
    /// Names that conditions read; whether their value counts, or only that there is one (and how many items).
    pub(super) names: BTreeMap<&'a str, bool>,
    /// Fields of records that conditions read.
    fields: BTreeSet<&'a str>,
    /// What conditions compare with.
    pub(super) literals: Literals,
}

impl<'a> Slice<'a> {
    pub(super) fn new(lib: &'a Library) -> Self {
        Self { lib, controls: RefCell::default(), lives: RefCell::default() }
    }

    pub(super) fn control(&self, id: &str) -> Option<Rc<Control<'a>>> {
        if let Some(known) = self.controls.borrow().get(id) {
            return Some(known.clone());
        }
        let control = Rc::new(Control::of(self.lib.dialog(id)?));
        self.controls.borrow_mut().insert(id.to_owned(), control.clone());
        Some(control)
    }

    /// What two sessions must have in common to be one state: their place, the answer in the making, and the values
    /// that a condition may still read. Words count as they are only where a condition reads them.
    pub(super) fn key(&self, session: &Session, scope: &Scope<'_>) -> String {
        let mut key = String::new();
        wait_key(&mut key, session.wait.as_ref());
        self.draft_key(&mut key, session);
        let mut from = 0;
        while from < session.stack.len() {
            let rest = session.stack.iter().skip(from + 1);
            let length = 1 + rest.take_while(|frame| !is_call(frame)).count();
            let segment = session.stack.get(from..from + length).unwrap_or_default();
            let is_top = from + length == session.stack.len();
            self.segment_key(&mut key, segment, is_top, session, scope);
            from += length;
        }
        key
    }

    /// The items so far, where a condition reads the list that they become.
    fn draft_key(&self, key: &mut String, session: &Session) {
        let (Some(Wait::Ask { draft, .. }), Some(top)) = (&session.wait, session.stack.last()) else { return };
        if self.control(&top.dialog).is_some_and(|control| control.counts(&top.at)) {
            let mut items: Vec<&str> = draft.items.iter().map(crate::domain::text::UserText::expose).collect();
            items.sort_unstable();
            let _ = write!(key, "{items:?}");
        }
    }

    fn segment_key(&self, key: &mut String, segment: &[Frame], is_top: bool, session: &Session, outer: &Scope<'_>) {
        let Some(control) = segment.first().and_then(|frame| self.control(&frame.dialog)) else { return };
        let mut place = control.dialog.id.clone();
        for frame in segment {
            let _ = write!(place, "/{}:{}", frame.part, frame.at);
        }
        key.push_str(&place);
        let _ = write!(place, "{is_top}");
        let known = self.lives.borrow().get(&place).cloned();
        let live = known.unwrap_or_else(|| {
            let live = Rc::new(control.live(segment, is_top));
            self.lives.borrow_mut().insert(place, live.clone());
            live
        });
        let mut before = None;
        for (depth, frame) in segment.iter().enumerate() {
            let owner = depth.checked_sub(1).and_then(|below| control.step_of(segment.get(below)?));
            control.frame_key(key, frame, owner, session);
            if before == Some(frame.scope) {
                continue;
            }
            before = Some(frame.scope);
            for name in live.iter() {
                let logged = session.log.iter().rev().find(|entry| entry.scope == frame.scope && entry.name == *name);
                if let Some(logged) = logged {
                    let _ = write!(key, ";{name}=");
                    control.value_key(key, name, logged.value.as_ref());
                }
            }
        }
        for name in live.iter().filter(|name| control.dialog.facts.contains_key(**name)) {
            let scope = Scope { dialog: Some(control.dialog), stack: &[], log: &[], ..*outer };
            let _ = write!(key, ";fact {name}=");
            control.value_key(key, name, scope.value(name).as_ref());
        }
        key.push('|');
    }
}

impl<'a> Control<'a> {
    fn of(dialog: &'a Dialog) -> Self {
        let mut control =
            Self { dialog, names: BTreeMap::new(), fields: BTreeSet::new(), literals: Literals::of(dialog) };
        // What sets a name that a condition reads is read by that condition, and so on.
        loop {
            let before = (control.names.clone(), control.fields.len());
            for step in dialog.parts.values().flatten() {
                for (name, counts) in control.reads(step) {
                    *control.names.entry(name).or_default() |= counts;
                }
                for expr in control_expressions(step) {
                    fields(expr, &mut control.fields);
                }
            }
            if before == (control.names.clone(), control.fields.len()) {
                return control;
            }
        }
    }

    /// Whether the value of an answer decides anything.
    pub(super) fn counts(&self, name: &str) -> bool {
        self.names.get(name).copied().unwrap_or_default() || self.fields.contains(name)
    }

    fn step_of(&self, frame: &Frame) -> Option<&'a Step> {
        self.dialog.part(&frame.part).iter().find(|step| step.id == frame.at)
    }

    /// What a step itself reads to decide something, and whether the value counts.
    fn reads(&self, step: &'a Step) -> Vec<(&'a str, bool)> {
        let mut found = Vec::new();
        for expr in control_expressions(step) {
            names(expr, &mut found);
        }
        match &step.verb {
            Verb::Set(values) => {
                for (_, value) in values.iter().filter(|(name, _)| self.names.contains_key(name.as_str())) {
                    names(value, &mut found);
                }
            }
            Verb::Each(each) => match &each.list.node {
                Node::Name(name) => found.push((name, self.counts(&each.name))),
                Node::Value(_)
                | Node::Field(..)
                | Node::Not(_)
                | Node::Negate(_)
                | Node::Binary(..)
                | Node::IsSet(_)
                | Node::OrElse(..)
                | Node::Call(..)
                | Node::Over(..) => names(&each.list, &mut found),
            },
            Verb::Say { .. }
            | Verb::Ask(_)
            | Verb::Branch(_)
            | Verb::Repeat { .. }
            | Verb::Call { .. }
            | Verb::Pace(_)
            | Verb::Save(_)
            | Verb::Goal(_)
            | Verb::Schedule(_)
            | Verb::Escalate { .. }
            | Verb::Stop { .. } => {}
        }
        found
    }

    /// What is live at the innermost position of a dialog's frames: before its step at the top, after it below a call.
    fn live(&self, segment: &[Frame], is_top: bool) -> Live<'a> {
        let mut out = Live::new();
        let mut owner: Option<&Step> = None;
        let mut after = Live::new();
        let mut at_top = Live::new();
        for (depth, frame) in segment.iter().enumerate() {
            let index = self.dialog.part(&frame.part).iter().position(|step| step.id == frame.at).unwrap_or_default();
            let is_loop = match owner.map(|owner| (&owner.verb, self.reads(owner))) {
                Some((Verb::Repeat { .. } | Verb::Each(_), reads)) => {
                    out = after.clone();
                    out.extend(reads.into_iter().map(|(name, _)| name));
                    out.extend(self.live_in(&frame.part, 0, &out));
                    true
                }
                Some(_) => {
                    out.clone_from(&after);
                    false
                }
                None => false,
            };
            after = self.live_in(&frame.part, index + 1, &out);
            let from = if is_top && depth + 1 == segment.len() { index } else { index + 1 };
            at_top = self.live_in(&frame.part, from, &out);
            if is_loop {
                // A name set inside a loop hides the one outside only until the round ends.
                at_top.extend(out.iter());
                after.extend(out.iter());
            }
            owner = self.step_of(frame);
        }
        at_top
    }

    /// What is live before a step of a part, when `out` is live after the part.
    fn live_in(&self, part: &str, from: usize, out: &Live<'a>) -> Live<'a> {
        let mut live = out.clone();
        for step in self.dialog.part(part).iter().skip(from).rev() {
            let mut before = match &step.verb {
                Verb::Ask(_) => live.iter().filter(|name| **name != step.id).copied().collect(),
                Verb::Set(set) => live.iter().filter(|name| set.iter().all(|(of, _)| of != *name)).copied().collect(),
                Verb::Branch(arms) => {
                    let parts = arms.iter().filter_map(|arm| arm.part.as_deref());
                    let inside = parts.flat_map(|part| self.live_in(part, 0, &live)).collect::<Live<'_>>();
                    inside.union(&live).copied().collect()
                }
                Verb::Each(Each { part, .. }) | Verb::Repeat { part, .. } => {
                    let mut around: Live<'_> = live.clone();
                    around.extend(self.reads(step).into_iter().map(|(name, _)| name));
                    around.extend(self.live_in(part, 0, &around));
                    around
                }
                Verb::Stop { .. } => Live::new(),
                Verb::Say { .. }
                | Verb::Call { .. }
                | Verb::Pace(_)
                | Verb::Save(_)
                | Verb::Goal(_)
                | Verb::Schedule(_)
                | Verb::Escalate { .. } => live.clone(),
            };
            before.extend(self.reads(step).into_iter().map(|(name, _)| name));
            if step.when.is_some() {
                before.extend(live);
            }
            live = before;
        }
        live
    }

    fn frame_key(&self, key: &mut String, frame: &Frame, owner: Option<&Step>, session: &Session) {
        match &frame.kind {
            FrameKind::Call | FrameKind::Interrupt | FrameKind::Part => {}
            FrameKind::Repeat { round } => _ = write!(key, "#{round}"),
            FrameKind::Each { items, round, done } => {
                let _ = write!(key, "#{round}/{}", items.len());
                let Some(Verb::Each(each)) = owner.map(|owner| &owner.verb) else { return };
                if self.counts(&each.name) {
                    items.iter().skip(*round as usize).for_each(|item| write_value(key, item, &self.fields));
                }
                let is_read = each.collect.as_deref().is_some_and(|name| self.names.contains_key(name));
                if !is_read {
                    return;
                }
                // The order of finished rounds decides nothing, so they are compared without it.
                let mut records: Vec<String> = Vec::new();
                for scope in done.iter().chain([&frame.scope]) {
                    let mut record = String::new();
                    let read = session.log.iter().filter(|entry| entry.scope == *scope);
                    for entry in read.filter(|entry| self.fields.contains(entry.name.as_str())) {
                        let _ = write!(record, "{}:", entry.name);
                        self.value_key(&mut record, &entry.name, entry.value.as_ref());
                    }
                    records.push(record);
                }
                records.sort();
                let _ = write!(key, "{records:?}");
            }
        }
    }

    fn value_key(&self, key: &mut String, name: &str, value: Option<&Value>) {
        match value {
            None => key.push('-'),
            Some(value) if self.counts(name) => write_value(key, value, &self.fields),
            Some(Value::List(items)) => _ = write!(key, "+{}", items.len()),
            Some(_) => key.push('+'),
        }
    }
}

fn is_call(frame: &Frame) -> bool {
    matches!(frame.kind, FrameKind::Call | FrameKind::Interrupt)
}

fn wait_key(key: &mut String, wait: Option<&Wait>) {
    match wait {
        Some(Wait::Ask { draft, .. }) => _ = write!(key, "ask {:?} {}|", draft.keys, draft.items.len()),
        Some(Wait::Pace { round, beat, .. }) => _ = write!(key, "pace {}|", *round == 0 && *beat == 0),
        Some(Wait::Gate { then, .. }) => {
            key.push_str("gate ");
            wait_key(key, Some(then));
        }
        None => key.push_str("over|"),
    }
}

fn write_value(key: &mut String, value: &Value, fields: &BTreeSet<&str>) {
    match value {
        Value::Text(text) => _ = write!(key, "{:?}", text.expose()),
        Value::List(items) => {
            // Conditions over lists do not see their order.
            let mut written: Vec<String> = Vec::new();
            for item in items {
                let mut one = String::new();
                write_value(&mut one, item, fields);
                written.push(one);
            }
            written.sort();
            let _ = write!(key, "{written:?}");
        }
        Value::Record(record) => {
            for (name, value) in record.iter().filter(|(name, _)| fields.contains(name.as_str())) {
                let _ = write!(key, "{name}:");
                write_value(key, value, fields);
            }
        }
        Value::Bool(_) | Value::Num(_) | Value::Key(_) | Value::Date(_) | Value::Time(_) => {
            let _ = write!(key, "{value:?}");
        }
    }
}

/// Everything in a step that decides where it goes on, but for what `set` sets and what a loop runs over.
pub(super) fn control_expressions(step: &Step) -> Vec<&Expr> {
    let mut found: Vec<&Expr> = step.when.iter().collect();
    match &step.verb {
        Verb::Ask(ask) => found.extend(ask.checks.iter().map(|check| &check.fail)),
        Verb::Branch(arms) => found.extend(arms.iter().filter_map(|arm| arm.when.as_ref())),
        Verb::Repeat { until, .. } => found.push(until),
        Verb::Call { with, .. } => found.extend(with.iter().map(|(_, value)| value)),
        Verb::Pace(pace) => found.push(&pace.rounds),
        Verb::Say { .. }
        | Verb::Set(_)
        | Verb::Each(_)
        | Verb::Save(_)
        | Verb::Goal(_)
        | Verb::Schedule(_)
        | Verb::Escalate { .. }
        | Verb::Stop { .. } => {}
    }
    found
}

/// Calls `see` for an expression and everything inside it.
pub(super) fn walk<'a>(expr: &'a Expr, see: &mut dyn FnMut(&'a Expr)) {
    see(expr);
    match &expr.node {
        Node::Value(_) | Node::Name(_) => {}
        Node::Field(inner, _) | Node::Not(inner) | Node::Negate(inner) | Node::IsSet(inner) => walk(inner, see),
        Node::Binary(_, left, right) | Node::OrElse(left, right) | Node::Over(_, left, right) => {
            walk(left, see);
            walk(right, see);
        }
        Node::Call(_, arguments) => arguments.iter().for_each(|argument| walk(argument, see)),
    }
}

fn names<'a>(expr: &'a Expr, found: &mut Vec<(&'a str, bool)>) {
    let mut only_presence = BTreeSet::new();
    walk(expr, &mut |inner| match &inner.node {
        Node::IsSet(of) if matches!(of.node, Node::Name(_)) => _ = only_presence.insert(std::ptr::from_ref(&**of)),
        Node::Name(name) => found.push((name, !only_presence.contains(&std::ptr::from_ref(inner)))),
        Node::Value(_)
        | Node::Field(..)
        | Node::Not(_)
        | Node::Negate(_)
        | Node::Binary(..)
        | Node::IsSet(_)
        | Node::OrElse(..)
        | Node::Call(..)
        | Node::Over(..) => {}
    });
}

fn fields<'a>(expr: &'a Expr, found: &mut BTreeSet<&'a str>) {
    walk(expr, &mut |inner| {
        if let Node::Field(_, name) = &inner.node {
            found.insert(name);
        }
    });
}
