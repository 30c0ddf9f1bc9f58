//! What is known after one answer, and what conditions are worth with it.

use std::collections::BTreeMap;

use crate::dialog::eval::binary;
use crate::dialog::model::{Binary, Expr, Node, Step, Verb};
use crate::domain::value::Value;

/// Names with the values that they surely have; of all others nothing is known.
#[derive(Clone, Default)]
pub(super) struct Known(BTreeMap<String, Value>);

impl Known {
    fn set(&mut self, name: &str, value: Option<Value>) {
        match value {
            Some(value) => _ = self.0.insert(name.to_owned(), value),
            None => _ = self.0.remove(name),
        }
    }

    /// The same with one value.
    pub(super) fn with(&self, name: &str, value: Value) -> Self {
        let mut known = self.clone();
        known.set(name, Some(value));
        known
    }

    /// The same where a condition holds, as far as that says of a name what it is.
    pub(super) fn under(&self, condition: Option<&Expr>) -> Self {
        let mut known = self.clone();
        condition.into_iter().for_each(|condition| known.learn(condition));
        known
    }

    /// Gives up what a step asks or sets anew.
    pub(super) fn forget(&mut self, step: &Step) {
        if let Verb::Ask(_) = step.verb {
            self.set(&step.id, None);
        }
        if let Verb::Set(values) = &step.verb {
            values.iter().for_each(|(name, _)| self.set(name, None));
        }
    }

    /// Takes up what a step sets.
    pub(super) fn take_up(&mut self, step: &Step) {
        if let Verb::Set(values) = &step.verb {
            for (name, value) in values {
                let value = self.value(value);
                self.set(name, value);
            }
        }
    }

    fn learn(&mut self, condition: &Expr) {
        if let Node::Binary(Binary::And, left, right) = &condition.node {
            self.learn(left);
            self.learn(right);
        }
        if let Node::Binary(Binary::Equal, left, right) = &condition.node
            && let (Node::Name(name), Node::Value(value)) = (&left.node, &right.node)
        {
            self.set(name, Some(value.clone()));
        }
        if let Node::Name(name) = &condition.node {
            self.set(name, Some(Value::Bool(true)));
        }
    }

    /// Whether a condition holds; `None` when it may or may not.
    pub(super) fn is_true(&self, condition: &Expr) -> Option<bool> {
        match &condition.node {
            Node::Not(inner) => self.is_true(inner).map(|truth| !truth),
            Node::Binary(Binary::And, left, right) => match (self.is_true(left), self.is_true(right)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Node::Binary(Binary::Or, left, right) => match (self.is_true(left), self.is_true(right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Node::Binary(operator, left, right) => truth(&binary(*operator, &self.value(left)?, &self.value(right)?)?),
            Node::IsSet(inner) => self.value(inner).map(|_| true),
            Node::Value(_)
            | Node::Name(_)
            | Node::Field(..)
            | Node::Negate(_)
            | Node::OrElse(..)
            | Node::Call(..)
            | Node::Over(..) => truth(&self.value(condition)?),
        }
    }

    fn value(&self, expr: &Expr) -> Option<Value> {
        match &expr.node {
            Node::Value(value) => Some(value.clone()),
            Node::Name(name) => self.0.get(name).cloned(),
            Node::OrElse(left, _) => self.value(left),
            Node::Not(_) | Node::Binary(..) | Node::IsSet(_) => self.is_true(expr).map(Value::Bool),
            Node::Field(..) | Node::Negate(_) | Node::Call(..) | Node::Over(..) => None,
        }
    }
}

fn truth(value: &Value) -> Option<bool> {
    if let Value::Bool(truth) = value { Some(*truth) } else { None }
}

/// Whether an expression reads a name.
pub(super) fn reads(expr: &Expr, name: &str) -> bool {
    let inner = |inner: &Expr| reads(inner, name);
    match &expr.node {
        Node::Value(_) => false,
        Node::Name(own) => own == name,
        Node::Field(on, _) | Node::Not(on) | Node::Negate(on) | Node::IsSet(on) => inner(on),
        Node::Binary(_, left, right) | Node::OrElse(left, right) | Node::Over(_, left, right) => {
            inner(left) || inner(right)
        }
        Node::Call(_, arguments) => arguments.iter().any(inner),
    }
}
