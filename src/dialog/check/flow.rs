//! The walk through a dialog in the order in which its steps run.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::formula::{always, and, not};
use super::scope::Scope;
use super::types::{Binding, Known, Type};
use crate::dialog::diagnostic::Code;
use crate::dialog::model::{Arm, Ask, Dialog, Each, Expr, Opt, Question, Step, Verb};
use crate::domain::limits::ROUNDS_MAX;
use crate::domain::person::FactKind;

/// Steps walked at most; parts that are used several times count each time.
const WALKED_MAX: usize = 20_000;

/// Every name that a dialog gives somewhere.
pub(super) fn names_given(dialog: &Dialog) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for step in dialog.parts.values().flatten() {
        match &step.verb {
            Verb::Ask(_) => _ = names.insert(step.id.as_str()),
            Verb::Set(values) => names.extend(values.iter().map(|(name, _)| name.as_str())),
            Verb::Each(each) => {
                names.insert(each.name.as_str());
                names.extend(each.collect.as_deref());
            }
            Verb::Say { .. }
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
    }
    names
}

impl Scope<'_, '_, '_> {
    /// Walks the whole dialog.
    pub(super) fn dialog(&mut self) {
        let dialog = self.dialog;
        for (name, fact) in &dialog.facts {
            let present = if fact.or.is_some() { always() } else { self.opaque() };
            self.given_from_outside(name, Type::of_fact(fact.kind), present);
        }
        for (name, param) in &dialog.params {
            let is_number = param.kind == FactKind::Num;
            let kind = if is_number { Type::Num(param.min, param.max) } else { Type::of_fact(param.kind) };
            self.given_from_outside(name, kind, always());
        }
        self.part("");
        for (table, name) in
            dialog.facts.keys().map(|name| ("facts", name)).chain(dialog.params.keys().map(|name| ("params", name)))
        {
            if !self.used.contains(name) {
                let span = self.places.key(&[table, name]);
                self.error(Code::FactUnused, span, format!("`{name}` is never used"), None);
            }
        }
    }

    fn given_from_outside(&mut self, name: &str, kind: Type, present: super::formula::Condition) {
        let value = if matches!(kind, Type::Bool) { Known::Truth(self.opaque()) } else { Known::Nothing };
        let binding = self.binding(kind, present, value);
        self.names.insert(name.to_owned(), binding);
    }

    fn part(&mut self, name: &str) {
        let dialog = self.dialog;
        for (index, step) in dialog.part(name).iter().enumerate() {
            self.walked += 1;
            if self.walked == WALKED_MAX {
                let span = self.places.step(name, index, &[]);
                self.error(Code::TooDeep, span, "the parts unfold into too many steps", None);
            }
            if self.walked < WALKED_MAX {
                self.step(name, index, step);
            }
        }
    }

    fn step(&mut self, part: &str, index: usize, step: &Step) {
        let Some(when) = &step.when else { return self.verb(part, index, step) };
        let condition = self.judged(when, "`when`");
        self.under(condition, |scope| scope.verb(part, index, step));
    }

    /// A condition, with a warning when it cannot come out both ways here.
    fn judged(&mut self, when: &Expr, what: &str) -> super::formula::Condition {
        let errors = self.sink.count();
        let condition = self.condition(when, what);
        let here = self.here();
        if self.sink.count() > errors || self.refutes(&here) {
            return condition;
        }
        if self.refutes(&and([here.clone(), condition.clone()])) {
            self.error(Code::Unreachable, when.span.clone(), "this is never true here", None);
        } else if self.proves(&here, &condition) {
            self.error(Code::Needless, when.span.clone(), "this is always true here", None);
        }
        condition
    }

    fn verb(&mut self, part: &str, index: usize, step: &Step) {
        let at = |path: &[&str], scope: &Self| scope.places.step(part, index, path);
        self.text_at = at(&[], self);
        match &step.verb {
            Verb::Say { texts, vary } => {
                self.vary(vary.as_ref());
                for (variant, text) in texts.iter().enumerate() {
                    let span = at(&["say", &variant.to_string()], self);
                    self.message(text, span);
                }
            }
            Verb::Ask(ask) => self.ask(part, index, step, ask),
            Verb::Set(values) => {
                for (name, value) in values {
                    self.set(name, value, part, index);
                }
            }
            Verb::Branch(arms) => self.branch(part, index, arms),
            Verb::Each(each) => self.each(part, index, each),
            Verb::Repeat { part: body, until, .. } => self.repeat(body, until),
            Verb::Call { dialog, with } => self.arguments_of(dialog, with, at(&["call"], self)),
            Verb::Pace(pace) => {
                for (beat, each) in pace.beats.iter().enumerate() {
                    let span = at(&["pace", &beat.to_string(), "say"], self);
                    self.message(&each.say, span);
                }
                let rounds = self.certain_of(&pace.rounds, &Type::any_number(), "the number of rounds");
                if rounds.kind.ends().1.is_some_and(|most| most > f64::from(ROUNDS_MAX)) {
                    let message = format!("a paced exercise has at most {ROUNDS_MAX} rounds");
                    self.error(Code::OutOfRange, pace.rounds.span.clone(), message, None);
                }
            }
            Verb::Save(save) => self.save(save, at(&["fields"], self), at(&["save"], self)),
            Verb::Goal(goal) => self.goal(goal),
            Verb::Schedule(schedule) => self.schedule(schedule, at(&["schedule"], self)),
            Verb::Escalate { dialog } => self.arguments_of(dialog, &[], at(&["escalate"], self)),
            Verb::Stop { .. } => self.alive = and([self.alive.clone(), not(&self.path)]),
        }
    }

    fn vary(&mut self, vary: Option<&Expr>) {
        if let Some(vary) = vary {
            self.certain_of(vary, &Type::any_number(), "`vary`");
        }
    }

    fn set(&mut self, name: &str, value: &Expr, part: &str, index: usize) {
        let found = self.infer(value, false);
        if crate::dialog::expression::RESERVED.contains(&name) || self.dialog.facts.contains_key(name) {
            let span = self.places.step(part, index, &["set", name]);
            self.error(Code::BadName, span, format!("`{name}` cannot be set"), None);
            return;
        }
        if let Some(old) = self.names.get(name)
            && !old.kind.fits(&found.kind)
        {
            let message = format!("`{name}` was {} before, and is set to {}", old.kind.word(), found.kind.word());
            self.error(Code::TypeMismatch, value.span.clone(), message, None);
        }
        self.bind(name, found.kind, found.present, found.value);
    }

    fn ask(&mut self, part: &str, index: usize, step: &Step, ask: &Ask) {
        let at = |path: &[&str], scope: &Self| scope.places.step(part, index, path);
        self.vary(ask.vary.as_ref());
        for (variant, text) in ask.texts.iter().enumerate() {
            let span = at(&["text", &variant.to_string()], self);
            self.message(text, span);
        }
        for (key, text) in [("why", &ask.why), ("retry", &ask.retry)] {
            if let Some(text) = text {
                let span = at(&[key], self);
                self.message(text, span);
            }
        }
        let (kind, value) = self.answer(&ask.kind);
        let present = if ask.optional { self.opaque() } else { always() };
        let answer = self.binding(kind.clone(), always(), value.clone());
        let mut passed = Vec::new();
        for (check, each) in ask.checks.iter().enumerate() {
            let failed = self.with_it_bound(answer.clone(), |scope| {
                let failed = scope.condition(&each.fail, "`fail`");
                let span = at(&["check", &check.to_string(), "say"], scope);
                scope.message(&each.say, span);
                failed
            });
            passed.push(not(&failed));
        }
        let asked = and([self.path.clone(), present.clone()]);
        if !passed.is_empty() {
            let law = super::formula::or([not(&asked), and(passed)]);
            self.laws.push(law);
        }
        self.bind(&step.id, kind, present, value);
        // What the checks said of `it` they said of this answer.
        if let Some(binding) = self.names.get_mut(&step.id)
            && !matches!(binding.value, Known::Either(_))
        {
            binding.version = answer.version;
        }
    }

    /// The type of a question's answer, and its variable.
    fn answer(&mut self, kind: &Question) -> (Type, Known) {
        let keys = |options: &[Opt]| Some(options.iter().map(|option| option.key.clone()).collect());
        match kind {
            Question::Choice(options) => {
                let words: Vec<String> = options.iter().take(32).map(|option| option.key.clone()).collect();
                let variable = self.variable(u32::try_from(words.len()).unwrap_or(32));
                (Type::Key(keys(options)), Known::Keys(variable, Rc::new(words)))
            }
            Question::Many { options, min, max, .. } => {
                (Type::List { item: Box::new(Type::Key(keys(options))), min: *min, max: *max }, Known::Nothing)
            }
            Question::Scale { min, max, .. } => {
                let size = u32::try_from(i64::from(*max) - i64::from(*min) + 1).unwrap_or(33);
                let kind = Type::Num(Some(f64::from(*min)), Some(f64::from(*max)));
                if size > 32 {
                    return (kind, Known::Nothing);
                }
                let variable = self.variable(size);
                (kind, Known::Scale(variable, *min, size))
            }
            Question::Number { min, max, .. } => (Type::Num(*min, *max), Known::Nothing),
            Question::Text { max, .. } => (Type::Text(*max), Known::Nothing),
            Question::List { min, max, chars, .. } => {
                (Type::List { item: Box::new(Type::Text(*chars)), min: *min, max: *max }, Known::Nothing)
            }
            Question::Date => (Type::Date, Known::Nothing),
            Question::Time => (Type::Time, Known::Nothing),
        }
    }

    fn branch(&mut self, part: &str, index: usize, arms: &[Arm]) {
        let mut rest = always();
        let mut subjects = Vec::new();
        for arm in arms {
            let before = self.path.clone();
            self.path = and([before.clone(), rest.clone()]);
            let here = self.here();
            let mut condition = always();
            if let Some(when) = &arm.when {
                let errors = self.sink.count();
                condition = self.condition(when, "`when`");
                subjects.push(subject(when));
                let is_new = self.sink.count() == errors;
                if is_new && self.refutes(&and([here.clone(), condition.clone()])) && !self.refutes(&before) {
                    let alone = self.refutes(&and([before.clone(), condition.clone()]));
                    let (code, message) = match alone {
                        true => (Code::Unreachable, "this is never true here"),
                        false => (Code::ArmShadowed, "the arms before take every case of this one"),
                    };
                    self.error(code, when.span.clone(), message, None);
                }
            }
            if let Some(body) = &arm.part {
                self.under(condition.clone(), |scope| scope.part(body));
            }
            self.path = before;
            rest = and([rest, not(&condition)]);
        }
        let same = subjects.first().cloned().flatten();
        let is_choice = arms.len() > 1 && same.is_some() && subjects.iter().all(|each| *each == same);
        let missed = and([self.here(), rest]);
        if let (Some(name), true) = (same, is_choice)
            && !arms.iter().any(|arm| arm.when.is_none())
            && !self.refutes(&missed)
        {
            let words = self.words_missed(&name, &missed);
            let help = Some("add arms, or `{ else = true }` to say that nothing is meant".to_owned());
            let span = self.places.step(part, index, &[]);
            self.error(Code::ValuesMissed, span, format!("the branch misses {words} of `{name}`"), help);
        }
    }

    fn words_missed(&mut self, name: &str, missed: &super::formula::Condition) -> String {
        let Some(Binding { kind: Type::Key(Some(keys)), value, .. }) = self.names.get(name).cloned() else {
            return "values".to_owned();
        };
        let can_be = |key: &&String| {
            let is_it = value.when(&|member| matches!(member, super::types::Member::Word(word) if word == *key));
            is_it.is_none_or(|is_it| !self.refutes(&and([missed.clone(), is_it])))
        };
        let words: Vec<String> = keys.iter().filter(can_be).map(|key| format!("`{key}`")).collect();
        words.join(", ")
    }

    fn each(&mut self, part: &str, index: usize, each: &Each) {
        let list = self.certain(&each.list);
        self.fitting(&each.list, &list.kind, &Type::any_list(), "`each`");
        let (item, min, max) =
            list.kind.items().map_or((Type::Unknown, 0, 1), |(item, min, max)| (item.clone(), min, max));
        let key = (part.to_owned(), index);
        let least = self.least.entry(key.clone()).or_insert(min);
        *least = min.min(*least);
        let most = self.most.entry(key).or_insert(max);
        *most = max.max(*most);
        let (names, path) = (self.names.clone(), self.path.clone());
        let named = self.binding(item, always(), Known::Nothing);
        self.names.insert(each.name.clone(), named);
        self.loops += 1;
        self.part(&each.part);
        self.loops -= 1;
        self.path = path;
        let inner = std::mem::replace(&mut self.names, names);
        let is_new = |(name, binding): &(String, Binding)| {
            self.names.get(name).is_none_or(|outer| outer.version != binding.version) || *name == each.name
        };
        let fields: BTreeMap<String, Binding> = inner.into_iter().filter(is_new).collect();
        if let Some(collect) = &each.collect {
            // Of a part that is not there, or that broke off, nothing is known; that was said already.
            let is_known = self.dialog.parts.contains_key(&each.part);
            let item = if is_known { Type::Record(Rc::new(fields)) } else { Type::Unknown };
            let kind = Type::List { item: Box::new(item), min, max };
            self.bind(collect, kind, always(), Known::Nothing);
        }
    }

    fn repeat(&mut self, body: &str, until: &Expr) {
        // What a round sets may come from the round before, so nothing is known of it at the start.
        for name in sets_in(self.dialog, body) {
            if let Some(old) = self.names.get(&name).cloned() {
                let kind = if matches!(old.kind, Type::Num(..)) { Type::any_number() } else { old.kind };
                let kind = if matches!(kind, Type::Key(_)) { Type::Key(None) } else { kind };
                let new = self.binding(kind, old.present, Known::Nothing);
                self.names.insert(name, new);
            }
        }
        self.loops += 1;
        self.part(body);
        self.condition(until, "`until`");
        self.loops -= 1;
    }
}

/// The name that a condition compares with one quoted word.
fn subject(when: &Expr) -> Option<String> {
    use crate::dialog::model::{Binary, Node};
    let Node::Binary(Binary::Equal | Binary::In, left, right) = &when.node else { return None };
    match (&left.node, &right.node) {
        (Node::Name(name), Node::Value(value)) if value.as_str().is_some() => Some(name.clone()),
        (Node::Name(name), Node::Value(crate::domain::value::Value::List(_))) => Some(name.clone()),
        _ => None,
    }
}

/// Names set or asked in a part and the parts it leads to.
fn sets_in(dialog: &Dialog, part: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![part];
    while let Some(part) = waiting.pop() {
        if !seen.insert(part) {
            continue;
        }
        for step in dialog.part(part) {
            match &step.verb {
                Verb::Set(values) => names.extend(values.iter().map(|(name, _)| name.clone())),
                Verb::Ask(_) => _ = names.insert(step.id.clone()),
                Verb::Branch(arms) => waiting.extend(arms.iter().filter_map(|arm| arm.part.as_deref())),
                Verb::Repeat { part, .. } => waiting.push(part),
                Verb::Each(each) => names.extend(each.collect.clone()),
                Verb::Say { .. }
                | Verb::Call { .. }
                | Verb::Pace(_)
                | Verb::Save(_)
                | Verb::Goal(_)
                | Verb::Schedule(_)
                | Verb::Escalate { .. }
                | Verb::Stop { .. } => {}
            }
        }
    }
    names
}
