//! Total evaluation of expressions: what cannot be computed is `None`, and nothing panics. Also where names come
//! from: bound names, then answers of the scope chain, then facts.

use jiff::ToSpan;
use jiff::civil::{Date, Time};

use crate::dialog::effect::Context;
use crate::dialog::eval_call;
use crate::dialog::model::{Binary, Dialog, Expr, Node, Over};
use crate::dialog::session::{Frame, FrameKind, Logged};
use crate::domain::language::Language;
use crate::domain::limits::EXPRESSION_DEPTH_MAX;
use crate::domain::person::FactKind;
use crate::domain::value::{Value, Values};

/// What an expression can see.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// Names bound here and now, such as `it`; they hide everything else.
    pub bound: &'a [(&'a str, Option<Value>)],
    /// The name of the answer that `it` came from, so that a chosen key can be shown by its label.
    pub it_from: Option<&'a str>,
    /// The dialog whose facts and questions are meant; none for the system's own words.
    pub dialog: Option<&'a Dialog>,
    /// The positions, outermost first: they decide which entries of the log are visible.
    pub stack: &'a [Frame],
    /// A scope that is looked at before those of the stack.
    pub first: Option<u32>,
    /// The answers.
    pub log: &'a [Logged],
    /// Facts that were kept in this very turn, which the world does not know yet.
    pub kept: Option<&'a Values>,
    /// The language of the words around the values.
    pub language: Language,
    /// The world.
    pub cx: &'a Context<'a>,
}

impl<'a> Scope<'a> {
    /// A scope that sees only the bound names and the clock.
    pub fn of_names(bound: &'a [(&'a str, Option<Value>)], language: Language, cx: &'a Context<'a>) -> Self {
        Self { bound, it_from: None, dialog: None, stack: &[], first: None, log: &[], kept: None, language, cx }
    }

    /// The same scope with other bound names.
    pub fn with<'b>(&self, bound: &'b [(&'b str, Option<Value>)], it_from: Option<&'b str>) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope {
            bound,
            it_from,
            dialog: self.dialog,
            stack: self.stack,
            first: self.first,
            log: self.log,
            kept: self.kept,
            language: self.language,
            cx: self.cx,
        }
    }

    /// The value of a name; `None` when it has none.
    pub fn value(&self, name: &str) -> Option<Value> {
        if let Some((_, value)) = self.bound.iter().find(|(bound, _)| *bound == name) {
            return value.clone();
        }
        let mut seen = self.first;
        if let Some(entry) = self.first.and_then(|scope| self.logged(scope, name)) {
            return entry.value.clone();
        }
        for frame in self.stack.iter().rev() {
            if seen != Some(frame.scope) {
                seen = Some(frame.scope);
                if let Some(entry) = self.logged(frame.scope, name) {
                    return entry.value.clone();
                }
            }
            if matches!(frame.kind, FrameKind::Call | FrameKind::Interrupt) {
                break;
            }
        }
        let fact = self.dialog?.facts.get(name)?;
        let kept = self.kept.and_then(|kept| kept.get(name));
        kept.or_else(|| self.cx.facts.get(name))
            .filter(|value| fits(fact.kind, value))
            .cloned()
            .or_else(|| fact.or.clone())
    }

    fn logged(&self, scope: u32, name: &str) -> Option<&'a Logged> {
        self.log.iter().rev().find(|entry| entry.scope == scope && entry.name == name)
    }
}

/// Whether a value is of a kind; words and keys stand for each other.
pub fn fits(kind: FactKind, value: &Value) -> bool {
    match value {
        Value::Text(_) | Value::Key(_) => matches!(kind, FactKind::Text | FactKind::Key),
        Value::Num(_) => kind == FactKind::Num,
        Value::Bool(_) => kind == FactKind::Bool,
        Value::Date(_) => kind == FactKind::Date,
        Value::Time(_) => kind == FactKind::Time,
        Value::List(_) | Value::Record(_) => false,
    }
}

/// Computes an expression.
pub fn eval(expr: &Expr, scope: &Scope<'_>) -> Option<Value> {
    eval_at(expr, scope, 0)
}

/// Whether a condition is true; unset is not.
pub fn is_true(expr: &Expr, scope: &Scope<'_>) -> bool {
    eval(expr, scope) == Some(Value::Bool(true))
}

pub(super) fn eval_at(expr: &Expr, scope: &Scope<'_>, depth: usize) -> Option<Value> {
    if depth > EXPRESSION_DEPTH_MAX * 2 {
        return None;
    }
    let deeper = |expr: &Expr| eval_at(expr, scope, depth + 1);
    match &expr.node {
        Node::Value(value) => Some(value.clone()),
        Node::Name(name) => scope.value(name),
        Node::Field(of, name) => match deeper(of)? {
            Value::Record(mut fields) => fields.remove(name),
            Value::Bool(_)
            | Value::Num(_)
            | Value::Text(_)
            | Value::Key(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::List(_) => None,
        },
        Node::Not(of) => truth(deeper(of)).map(|truth| Value::Bool(!truth)),
        Node::Negate(of) => num(&deeper(of)?).map(|number| Value::Num(-number)),
        Node::Binary(Binary::Or, left, right) => logic(true, || deeper(left), || deeper(right)),
        Node::Binary(Binary::And, left, right) => logic(false, || deeper(left), || deeper(right)),
        Node::Binary(operator, left, right) => binary(*operator, &deeper(left)?, &deeper(right)?),
        Node::IsSet(of) => Some(Value::Bool(deeper(of).is_some())),
        Node::OrElse(left, right) => deeper(left).or_else(|| deeper(right)),
        Node::Call(function, arguments) => eval_call::call(*function, arguments, scope, depth),
        Node::Over(over, list, condition) => {
            let Value::List(items) = deeper(list)? else { return None };
            let from = origin(list, scope.it_from);
            let mut count = 0_u32;
            let total = items.len();
            for item in items {
                let bound = [("it", Some(item))];
                if truth(eval_at(condition, &scope.with(&bound, from), depth + 1)) == Some(true) {
                    count += 1;
                }
            }
            Some(match over {
                Over::Any => Value::Bool(count > 0),
                Over::All => Value::Bool(count as usize == total),
                Over::Count => Value::Num(f64::from(count)),
            })
        }
    }
}

/// The name of the answer that an expression's value comes from, if it comes from one as it is.
pub fn origin<'a>(expr: &'a Expr, it_from: Option<&'a str>) -> Option<&'a str> {
    match &expr.node {
        Node::Name(name) if name == "it" => it_from,
        Node::Name(name) | Node::Field(_, name) => Some(name),
        Node::OrElse(left, _) => origin(left, it_from),
        Node::Call(_, arguments) => arguments.first().and_then(|first| origin(first, it_from)),
        Node::Value(_) | Node::Not(_) | Node::Negate(_) | Node::Binary(..) | Node::IsSet(_) | Node::Over(..) => None,
    }
}

fn logic(decides: bool, left: impl FnOnce() -> Option<Value>, right: impl FnOnce() -> Option<Value>) -> Option<Value> {
    let left = truth(left());
    if left == Some(decides) {
        return Some(Value::Bool(decides));
    }
    let right = truth(right());
    if right == Some(decides) {
        return Some(Value::Bool(decides));
    }
    (left.is_some() && right.is_some()).then_some(Value::Bool(!decides))
}

fn truth(value: Option<Value>) -> Option<bool> {
    match value? {
        Value::Bool(truth) => Some(truth),
        Value::Num(_)
        | Value::Text(_)
        | Value::Key(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::List(_)
        | Value::Record(_) => None,
    }
}

/// What an operator makes of two values; `None` where it makes nothing of them, and for what looks at one side first.
pub(super) fn binary(operator: Binary, left: &Value, right: &Value) -> Option<Value> {
    match operator {
        Binary::Or | Binary::And => None,
        Binary::Equal => Some(Value::Bool(same(left, right))),
        Binary::NotEqual => Some(Value::Bool(!same(left, right))),
        Binary::Less => compare(left, right).map(|order| Value::Bool(order.is_lt())),
        Binary::LessOrEqual => compare(left, right).map(|order| Value::Bool(order.is_le())),
        Binary::Greater => compare(left, right).map(|order| Value::Bool(order.is_gt())),
        Binary::GreaterOrEqual => compare(left, right).map(|order| Value::Bool(order.is_ge())),
        Binary::In => match right {
            Value::List(items) => Some(Value::Bool(items.iter().any(|item| same(left, item)))),
            Value::Bool(_)
            | Value::Num(_)
            | Value::Text(_)
            | Value::Key(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::Record(_) => None,
        },
        Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Remainder => {
            arithmetic(operator, left, right)
        }
    }
}

fn arithmetic(operator: Binary, left: &Value, right: &Value) -> Option<Value> {
    if let (Value::Date(date), Some(days)) = (left, num(right)) {
        let days = if operator == Binary::Subtract { -days } else { days };
        let whole = matches!(operator, Binary::Add | Binary::Subtract) && days.abs() < 1e6;
        return whole.then(|| plus_days(*date, days.trunc() as i64)).flatten().map(Value::Date);
    }
    if let (Binary::Add, Some(left), Some(right)) = (operator, left.as_str(), right.as_str()) {
        return Some(Value::text(format!("{left}{right}")));
    }
    let (left, right) = (num(left)?, num(right)?);
    finite(match operator {
        Binary::Add => left + right,
        Binary::Subtract => left - right,
        Binary::Multiply => left * right,
        Binary::Divide => left / right,
        Binary::Remainder => left % right,
        Binary::Or
        | Binary::And
        | Binary::Equal
        | Binary::NotEqual
        | Binary::Less
        | Binary::LessOrEqual
        | Binary::Greater
        | Binary::GreaterOrEqual
        | Binary::In => return None,
    })
}

/// Whether two values are the same; keys and texts by their words, days and times also by how they are written.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    if let (Some(left), Some(right)) = (left.as_str(), right.as_str()) {
        return left == right;
    }
    match (left, right) {
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        _ => left == right || compare(left, right).is_some_and(|order| order.is_eq()),
    }
}

fn compare(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Value::Num(left), Value::Num(right)) => left.partial_cmp(right),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Time(left), Value::Time(right)) => Some(left.cmp(right)),
        (Value::Date(date), words) => Some(date.cmp(&words.as_str()?.parse::<Date>().ok()?)),
        (words, Value::Date(date)) => Some(words.as_str()?.parse::<Date>().ok()?.cmp(date)),
        (Value::Time(time), words) => Some(time.cmp(&words.as_str()?.parse::<Time>().ok()?)),
        (words, Value::Time(time)) => Some(words.as_str()?.parse::<Time>().ok()?.cmp(time)),
        _ => Some(left.as_str()?.cmp(right.as_str()?)),
    }
}

pub(super) fn num(value: &Value) -> Option<f64> {
    match value {
        Value::Num(number) => Some(*number),
        Value::Bool(_)
        | Value::Text(_)
        | Value::Key(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::List(_)
        | Value::Record(_) => None,
    }
}

/// A number as a value; none for what is not finite.
pub(super) fn finite(number: f64) -> Option<Value> {
    // Adding zero turns -0.0 into 0.0, which would be shown with its sign.
    number.is_finite().then_some(Value::Num(number + 0.0))
}

/// A day some days later, or none past the end of the calendar.
pub(super) fn plus_days(date: Date, days: i64) -> Option<Date> {
    (days.abs() < 4_000_000).then(|| date.checked_add(days.days()).ok()).flatten()
}
