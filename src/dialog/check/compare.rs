//! Comparisons: what they say about answers with few values, and whether they can come out either way.

use super::formula::{Condition, and, not, or};
use super::infer::Inferred;
use super::scope::Scope;
use super::types::{Known, Member, Type};
use crate::dialog::diagnostic::Code;
use crate::dialog::model::{Binary, Expr, Node};
use crate::domain::value::Value;

impl Member<'_> {
    /// Whether it is this literal.
    pub(super) fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Word(word), value) => value.as_str() == Some(*word),
            (Self::Number(number), Value::Num(other)) => number == other,
            (
                Self::Number(_),
                Value::Bool(_)
                | Value::Text(_)
                | Value::Key(_)
                | Value::Date(_)
                | Value::Time(_)
                | Value::List(_)
                | Value::Record(_),
            ) => false,
        }
    }
}

impl Scope<'_, '_, '_> {
    /// The truth of a comparison.
    pub(super) fn compare(
        &mut self,
        expr: &Expr,
        operator: Binary,
        (left, a): (&Expr, &Inferred),
        (right, b): (&Expr, &Inferred),
    ) -> Condition {
        let is_fine = self.comparable(expr, (left, &a.kind), (right, &b.kind));
        let is_order = !matches!(operator, Binary::Equal | Binary::NotEqual);
        if is_fine && is_order && matches!(a.kind, Type::Bool | Type::Text(_) | Type::Key(_) | Type::List { .. }) {
            let message = format!("{} has no order", a.kind.word());
            self.error(Code::TypeMismatch, expr.span.clone(), message, None);
        }
        self.can_go_either_way(expr, operator, a, b, (left, right));
        exactly(operator, a, b).unwrap_or_else(|| self.compare_opaque(expr, operator, left, right))
    }

    /// The same comparison read in its basic form, so that `a != b` is known to be the opposite of `a == b`.
    fn compare_opaque(&mut self, expr: &Expr, operator: Binary, left: &Expr, right: &Expr) -> Condition {
        let (basic, is_turned) = match operator {
            Binary::NotEqual => (Binary::Equal, true),
            Binary::GreaterOrEqual => (Binary::Less, true),
            Binary::LessOrEqual => (Binary::Greater, true),
            Binary::Or
            | Binary::And
            | Binary::Equal
            | Binary::Less
            | Binary::Greater
            | Binary::Add
            | Binary::Subtract
            | Binary::Multiply
            | Binary::Divide
            | Binary::Remainder
            | Binary::In => (operator, false),
        };
        let node = Node::Binary(basic, Box::new(left.clone()), Box::new(right.clone()));
        let atom = self.atom("true", &Expr { node, span: expr.span.clone() });
        if is_turned { not(&atom) } else { atom }
    }

    fn can_go_either_way(
        &mut self,
        expr: &Expr,
        operator: Binary,
        a: &Inferred,
        b: &Inferred,
        (left, right): (&Expr, &Expr),
    ) {
        let is_value = |side: &Expr| matches!(side.node, Node::Value(_));
        let is_literal = |side: &Expr| is_value(side) || matches!(&side.node, Node::Negate(inner) if is_value(inner));
        if is_literal(left) == is_literal(right) {
            return;
        }
        let (Type::Num(a_min, a_max), Type::Num(b_min, b_max)) = (&a.kind, &b.kind) else { return };
        let surely =
            |x: &Option<f64>, y: &Option<f64>, holds: fn(f64, f64) -> bool| x.zip(*y).is_some_and(|(x, y)| holds(x, y));
        let always_less = surely(a_max, b_min, |max, min| max < min);
        let always_greater = surely(a_min, b_max, |min, max| min > max);
        let never_less = surely(a_min, b_max, |min, max| min >= max);
        let never_greater = surely(a_max, b_min, |max, min| max <= min);
        let apart = always_less || always_greater;
        let (is_always, is_never) = match operator {
            Binary::Equal => (false, apart),
            Binary::NotEqual => (apart, false),
            Binary::Less => (always_less, never_less),
            Binary::LessOrEqual => (never_greater, always_greater),
            Binary::Greater => (always_greater, never_greater),
            Binary::GreaterOrEqual => (never_less, always_less),
            Binary::Or
            | Binary::And
            | Binary::Add
            | Binary::Subtract
            | Binary::Multiply
            | Binary::Divide
            | Binary::Remainder
            | Binary::In => return,
        };
        let (min, max) = if is_literal(left) { (b_min, b_max) } else { (a_min, a_max) };
        let range = match (min, max) {
            (Some(min), Some(max)) => format!("between {min} and {max}"),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => return,
        };
        if is_never {
            let message = format!("this can never be true: the value is {range}");
            self.error(Code::NeverTrue, expr.span.clone(), message, None);
        } else if is_always {
            let message = format!("this is always true: the value is {range}");
            self.error(Code::AlwaysTrue, expr.span.clone(), message, None);
        }
    }
}

/// The truth in terms of the values of answers; `None` when they are too many or unknown.
fn exactly(operator: Binary, a: &Inferred, b: &Inferred) -> Option<Condition> {
    let number = |found: &Inferred| {
        let (min, max) = found.kind.ends();
        min.filter(|_| min == max)
    };
    if let Some(wanted) = number(b) {
        return a.value.when(&|member| matches!(member, Member::Number(value) if holds(operator, value, wanted)));
    }
    if let Some(wanted) = number(a) {
        return b.value.when(&|member| matches!(member, Member::Number(value) if holds(operator, wanted, value)));
    }
    if let Known::Word(wanted) = &b.value {
        return words(operator, &a.value, wanted);
    }
    if let Known::Word(wanted) = &a.value {
        return words(operator, &b.value, wanted);
    }
    let (Known::Scale(_, least, size), Known::Scale(..)) = (&a.value, &b.value) else { return None };
    let pairs = (0..*size).map(|index| {
        let value = f64::from(*least) + f64::from(index);
        let is_a = a.value.when(&|member| matches!(member, Member::Number(found) if found == value))?;
        let fits = b.value.when(&|member| matches!(member, Member::Number(other) if holds(operator, value, other)))?;
        Some(and([is_a, fits]))
    });
    pairs.collect::<Option<Vec<_>>>().map(or)
}

fn words(operator: Binary, value: &Known, wanted: &str) -> Option<Condition> {
    let same = value.when(&|member| matches!(member, Member::Word(word) if word == wanted))?;
    if operator == Binary::Equal {
        return Some(same);
    }
    (operator == Binary::NotEqual).then(|| not(&same))
}

fn holds(operator: Binary, a: f64, b: f64) -> bool {
    match operator {
        Binary::Equal => a == b,
        Binary::NotEqual => a != b,
        Binary::Less => a < b,
        Binary::LessOrEqual => a <= b,
        Binary::Greater => a > b,
        Binary::GreaterOrEqual => a >= b,
        Binary::Or
        | Binary::And
        | Binary::Add
        | Binary::Subtract
        | Binary::Multiply
        | Binary::Divide
        | Binary::Remainder
        | Binary::In => false,
    }
}
