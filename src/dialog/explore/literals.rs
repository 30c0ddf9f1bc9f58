//! The constants that a dialog's conditions compare with: the edges at which answers begin to matter.

use std::collections::BTreeMap;

use jiff::civil::Time;

use crate::dialog::explore::slice::{control_expressions, walk};
use crate::dialog::model::{Binary, Dialog, Expr, Function, Node, Verb};
use crate::dialog::render::options;
use crate::domain::value::Value;

/// Constants of conditions, and the functions in them whose result hangs on more than answers.
#[derive(Default)]
pub(super) struct Literals {
    pub(super) numbers: Vec<f64>,
    pub(super) words: Vec<String>,
    /// Keys of options: what conditions call them is no class of typed words.
    keys: Vec<String>,
    /// How often a name stands anywhere, how often of these beside words that it is compared with, and those words.
    compared: BTreeMap<String, (usize, usize, Vec<String>)>,
    pub(super) times: Vec<Time>,
    pub(super) asks_hour: bool,
    pub(super) asks_weekday: bool,
}

/// A place that `zone_of` knows.
const KNOWN_PLACE: &str = "Lisbon";
/// Words for which `has_contact` is true.
const CONTACT: &str = "ask @sam";

impl Literals {
    pub(super) fn of(dialog: &Dialog) -> Self {
        let mut literals = Self::default();
        for step in dialog.parts.values().flatten() {
            control_expressions(step).into_iter().for_each(|expr| literals.add(expr));
            if let Verb::Ask(ask) = &step.verb {
                literals.keys.extend(options(&ask.kind).iter().map(|option| option.key.clone()));
            }
            if let Verb::Set(values) = &step.verb {
                values.iter().for_each(|(_, value)| literals.add(value));
            }
        }
        for value in dialog.facts.values().filter_map(|fact| fact.or.as_ref()) {
            literals.value(value);
        }
        literals.numbers.sort_by(f64::total_cmp);
        literals.numbers.dedup();
        literals.words.sort();
        literals.words.dedup();
        literals.times.sort();
        literals.times.dedup();
        literals
    }

    fn add(&mut self, expr: &Expr) {
        walk(expr, &mut |inner| match &inner.node {
            Node::Value(value) => self.value(value),
            Node::Name(name) => self.compared.entry(name.clone()).or_default().0 += 1,
            Node::Binary(Binary::Equal | Binary::NotEqual | Binary::In, left, right) => self.beside(left, right),
            Node::Call(Function::Hour, _) => self.asks_hour = true,
            Node::Call(Function::Weekday, _) => self.asks_weekday = true,
            Node::Call(Function::ZoneOf, _) => self.words.push(KNOWN_PLACE.to_owned()),
            Node::Call(Function::HasContact, _) => self.words.push(CONTACT.to_owned()),
            Node::Call(..)
            | Node::Field(..)
            | Node::Not(_)
            | Node::Negate(_)
            | Node::Binary(..)
            | Node::IsSet(_)
            | Node::OrElse(..)
            | Node::Over(..) => {}
        });
    }

    /// Notes what a name is compared with.
    fn beside(&mut self, left: &Expr, right: &Expr) {
        let (name, words) = match (&left.node, &right.node) {
            (Node::Name(name), Node::Value(words)) | (Node::Value(words), Node::Name(name)) => (name, words),
            _ => return,
        };
        let one = std::slice::from_ref(words);
        let words = if let Value::List(items) = words { items } else { one };
        let (_, beside, known) = self.compared.entry(name.clone()).or_default();
        *beside += 1;
        known.extend(words.iter().filter_map(Value::as_str).map(str::to_owned));
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Num(number) => self.numbers.push(*number),
            Value::Time(time) => self.times.push(*time),
            Value::Text(_) | Value::Key(_) => self.words.extend(value.as_str().map(str::to_owned)),
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Bool(_) | Value::Date(_) | Value::Record(_) => {}
        }
    }

    /// The words that a name can be told apart by: those it is compared with where it stands nowhere else, else all.
    pub(super) fn told_apart(&self, name: &str) -> Vec<String> {
        match self.compared.get(name) {
            Some((stands, beside, words)) if stands == beside => words.clone(),
            Some(_) | None => self.words.clone(),
        }
    }

    /// The words that a typed text may be compared with.
    pub(super) fn typed(&self) -> impl Iterator<Item = String> {
        self.words.iter().filter(|word| !self.keys.contains(word)).cloned()
    }

    /// The numbers at and beside each constant that lie in a range, with the range's ends.
    pub(super) fn around(&self, min: f64, max: f64) -> Vec<f64> {
        let beside = self.numbers.iter().flat_map(|number| [number - 1.0, *number, number + 1.0]);
        let mut found: Vec<f64> = beside.chain([min, max]).filter(|number| (min..=max).contains(number)).collect();
        found.sort_by(f64::total_cmp);
        found.dedup();
        found
    }
}
