//! The type of an expression, when it has a value, and what its truth says about the answers.

use super::formula::{Condition, always, and, never, not, or};
use super::scope::Scope;
use super::types::{Binding, Known, Type};
use crate::dialog::diagnostic::{Code, did_you_mean, did_you_mean_or_list};
use crate::dialog::expression::print;
use crate::dialog::model::{Binary, Expr, Node, Over};
use crate::domain::value::Value;

/// Days around a date that surely have a date, in either direction: about a hundred years.
const DAYS_NEAR: f64 = 36_600.0;

/// What is known of an expression.
#[derive(Clone, Debug)]
pub(super) struct Inferred {
    pub(super) kind: Type,
    /// When it has a value.
    pub(super) present: Condition,
    pub(super) value: Known,
}

impl Inferred {
    pub(super) fn certain(kind: Type) -> Self {
        Self { kind, present: always(), value: Known::Nothing }
    }

    fn truth_of(condition: Condition, present: Condition) -> Self {
        Self { kind: Type::Bool, present, value: Known::Truth(condition) }
    }
}

impl Scope<'_, '_, '_> {
    /// An expression that must have a value here.
    pub(super) fn certain(&mut self, expr: &Expr) -> Inferred {
        self.operand(expr, false)
    }

    /// An expression of a type that must have a value here.
    pub(super) fn certain_of(&mut self, expr: &Expr, wanted: &Type, what: &str) -> Inferred {
        let found = self.certain(expr);
        self.fitting(expr, &found.kind, wanted, what);
        found
    }

    pub(super) fn fitting(&mut self, expr: &Expr, found: &Type, wanted: &Type, what: &str) {
        if !found.fits(wanted) {
            let message = format!("{what} is {}, found {}", wanted.word(), found.word());
            self.error(Code::TypeMismatch, expr.span.clone(), message, None);
        }
    }

    /// A condition: its truth, as far as it says something about the answers.
    pub(super) fn condition(&mut self, expr: &Expr, what: &str) -> Condition {
        self.condition_if(expr, what, false)
    }

    fn condition_if(&mut self, expr: &Expr, what: &str, lenient: bool) -> Condition {
        let found = self.operand(expr, lenient);
        self.fitting(expr, &found.kind, &Type::Bool, what);
        let truth = match found.value.truth() {
            Some(truth) => truth,
            None => self.atom("true", expr),
        };
        self.small(and([found.present, truth]))
    }

    fn operand(&mut self, expr: &Expr, lenient: bool) -> Inferred {
        let mut found = self.infer(expr, lenient);
        if !lenient && !self.proves(&self.here(), &found.present) {
            let help = "test it with `is set` first, or give a value for that case with `??`".to_owned();
            let message = format!("`{}` may have no value here", print(expr));
            self.error(Code::MayBeMissing, expr.span.clone(), message, Some(help));
            found.present = always();
        }
        found
    }

    /// `lenient`: what is missing is taken care of around it.
    pub(super) fn infer(&mut self, expr: &Expr, lenient: bool) -> Inferred {
        match &expr.node {
            Node::Value(value) => literal(value),
            Node::Name(name) => self.name(expr, name, lenient),
            Node::Field(record, field) => self.field(record, field, expr, lenient),
            Node::Not(inner) => {
                let truth = self.condition_if(inner, "what `not` turns round", lenient);
                Inferred::truth_of(not(&truth), always())
            }
            Node::Negate(inner) => {
                let found = self.operand(inner, lenient);
                self.fitting(inner, &found.kind, &Type::any_number(), "what `-` turns round");
                let (min, max) = found.kind.ends();
                let kind = Type::Num(max.map(|max| -max), min.map(|min| -min));
                Inferred { kind, present: found.present, value: Known::Nothing }
            }
            Node::IsSet(inner) => {
                let found = self.infer(inner, true);
                Inferred::truth_of(found.present, always())
            }
            Node::OrElse(left, right) => self.or_else(expr, left, right, lenient),
            Node::Binary(Binary::And, left, right) => self.and_or(left, right, true, lenient),
            Node::Binary(Binary::Or, left, right) => self.and_or(left, right, false, lenient),
            Node::Binary(operator, left, right) => self.binary(expr, *operator, left, right, lenient),
            Node::Call(function, arguments) => self.call(expr, *function, arguments, lenient),
            Node::Over(over, list, condition) => self.over(expr, *over, list, condition, lenient),
        }
    }

    fn name(&mut self, expr: &Expr, name: &str, lenient: bool) -> Inferred {
        self.used.insert(name.to_owned());
        if let Some(Binding { kind, present, value, .. }) = self.names.get(name).cloned() {
            if lenient {
                return Inferred { kind, present, value };
            }
            if !self.proves(&self.here(), &present) {
                let never_here = self.refutes(&and([self.here(), present]));
                let message = if never_here {
                    format!("there is never an answer `{name}` here")
                } else {
                    format!("there may be no answer `{name}` here")
                };
                let help =
                    format!("use it under the condition under which it is asked, test `{name} is set`, or use `??`");
                self.error(Code::MayBeMissing, expr.span.clone(), message, Some(help));
            }
            return Inferred { kind, present: always(), value };
        }
        if name.is_empty() || self.broken_names.contains(name) {
            return Inferred::certain(Type::Unknown);
        }
        let known = self.given.contains(name);
        if known && lenient && self.loops > 0 {
            return Inferred { kind: Type::Unknown, present: self.opaque(), value: Known::Nothing };
        }
        if known {
            let message = format!("`{name}` is not there yet, or not outside its loop");
            let help = Some("use it after the step that asks or sets it".to_owned());
            self.error(Code::NotYet, expr.span.clone(), message, help);
        } else {
            let help = did_you_mean_or_list(name, "names here", self.names.keys().map(String::as_str));
            self.error(Code::UnknownName, expr.span.clone(), format!("unknown name `{name}`"), help);
        }
        Inferred::certain(Type::Unknown)
    }

    fn field(&mut self, record: &Expr, field: &str, expr: &Expr, lenient: bool) -> Inferred {
        let found = self.operand(record, lenient);
        let Type::Record(fields) = &found.kind else {
            if !matches!(found.kind, Type::Unknown) {
                let message = format!("{} has no fields", found.kind.word());
                self.error(Code::UnknownField, expr.span.clone(), message, None);
            }
            return Inferred { kind: Type::Unknown, ..found };
        };
        let Some(inner) = fields.get(field) else {
            let help = did_you_mean_or_list(field, "fields", fields.keys().map(String::as_str));
            self.error(Code::UnknownField, expr.span.clone(), format!("there is no field `{field}`"), help);
            return Inferred { kind: Type::Unknown, ..found };
        };
        let is_round = matches!(record.node, Node::Name(_));
        // Two records taken from a list need not be of one round, so nothing follows from one for the other.
        let (mut present, value) = match is_round {
            true => (inner.present.clone(), inner.value.clone()),
            false => (self.atom("set", expr), Known::Nothing),
        };
        if !is_round && self.proves(&self.here(), &inner.present) {
            present = always();
        }
        let inferred = Inferred { kind: inner.kind.clone(), present: and([found.present, present]), value };
        if !lenient && !self.proves(&self.here(), &inferred.present) {
            let message = format!("there may be no answer `{field}` in every round");
            let help = Some(format!("use `{} ?? …`, or test `is set`", print(expr)));
            self.error(Code::MayBeMissing, expr.span.clone(), message, help);
            return Inferred { present: always(), ..inferred };
        }
        inferred
    }

    fn or_else(&mut self, expr: &Expr, left: &Expr, right: &Expr, lenient: bool) -> Inferred {
        let first = self.infer(left, true);
        let second = self.under(not(&first.present), |scope| scope.operand(right, lenient));
        if !first.kind.fits(&second.kind) {
            let message = format!("`??` has {} on one side and {} on the other", first.kind.word(), second.kind.word());
            self.error(Code::TypeMismatch, expr.span.clone(), message, None);
        }
        let other = not(&first.present);
        // The second need not be bound to the first one's absence: where it is always there, nothing is left to search.
        let present = or([first.present.clone(), second.present]);
        let value = Known::Either(vec![(first.present, first.value), (other, second.value)]);
        Inferred { kind: first.kind.join(second.kind), present, value }
    }

    fn and_or(&mut self, left: &Expr, right: &Expr, is_and: bool, lenient: bool) -> Inferred {
        let what = if is_and { "a side of `and`" } else { "a side of `or`" };
        let first = self.condition_if(left, what, lenient);
        let given = if is_and { first.clone() } else { not(&first) };
        let second = self.under(given, |scope| scope.condition_if(right, what, lenient));
        Inferred::truth_of(if is_and { and([first, second]) } else { or([first, second]) }, always())
    }

    /// Runs something where a further condition holds.
    pub(super) fn under<T>(&mut self, given: Condition, run: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.path.clone();
        self.path = and([before.clone(), given]);
        let result = run(self);
        self.path = before;
        result
    }

    fn binary(&mut self, expr: &Expr, operator: Binary, left: &Expr, right: &Expr, lenient: bool) -> Inferred {
        let (a, b) = (self.operand(left, lenient), self.operand(right, lenient));
        let present = and([a.present.clone(), b.present.clone()]);
        match operator {
            Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Remainder => {
                self.arithmetic(expr, operator, (left, &a), (right, &b), present)
            }
            Binary::In => self.is_in(expr, (left, &a), (right, &b), present),
            Binary::Or
            | Binary::And
            | Binary::Equal
            | Binary::NotEqual
            | Binary::Less
            | Binary::LessOrEqual
            | Binary::Greater
            | Binary::GreaterOrEqual => {
                let truth = self.compare(expr, operator, (left, &a), (right, &b));
                Inferred::truth_of(and([present.clone(), truth]), present)
            }
        }
    }

    fn arithmetic(
        &mut self,
        expr: &Expr,
        operator: Binary,
        (left, a): (&Expr, &Inferred),
        (right, b): (&Expr, &Inferred),
        present: Condition,
    ) -> Inferred {
        // A day and a number of days make another day.
        if matches!(a.kind, Type::Date) && matches!(operator, Binary::Add | Binary::Subtract) {
            self.fitting(right, &b.kind, &Type::any_number(), "a number of days");
            let is_near = |end: Option<f64>| end.is_some_and(|days| days.abs() <= DAYS_NEAR);
            let (min, max) = b.kind.ends();
            let stays = is_near(min) && is_near(max);
            let present = if stays { present } else { and([present, self.atom("set", expr)]) };
            return Inferred { kind: Type::Date, present, value: Known::Nothing };
        }
        for (side, found) in [(left, a), (right, b)] {
            self.fitting(side, &found.kind, &Type::any_number(), "what is computed with");
        }
        let ((a_min, a_max), (b_min, b_max)) = (a.kind.ends(), b.kind.ends());
        let sum = |x: Option<f64>, y: Option<f64>| Some(x? + y?);
        let difference = |x: Option<f64>, y: Option<f64>| Some(x? - y?);
        let mut kind = Type::any_number();
        if operator == Binary::Add {
            kind = Type::Num(sum(a_min, b_min), sum(a_max, b_max));
        } else if operator == Binary::Subtract {
            kind = Type::Num(difference(a_min, b_max), difference(a_max, b_min));
        }
        let is_never_zero = b_min.is_some_and(|min| min > 0.0) || b_max.is_some_and(|max| max < 0.0);
        let may_divide_by_zero = matches!(operator, Binary::Divide | Binary::Remainder) && !is_never_zero;
        let present = if may_divide_by_zero { and([present, self.atom("set", expr)]) } else { present };
        Inferred { kind, present, value: Known::Nothing }
    }

    fn is_in(
        &mut self,
        expr: &Expr,
        (left, a): (&Expr, &Inferred),
        (right, b): (&Expr, &Inferred),
        present: Condition,
    ) -> Inferred {
        self.fitting(right, &b.kind, &Type::any_list(), "what `in` looks in");
        if let Some((item, ..)) = b.kind.items() {
            self.comparable(expr, (left, &a.kind), (right, item));
        }
        let mut truth = None;
        if let Node::Value(Value::List(values)) = &right.node {
            truth = a.value.when(&|member| values.iter().any(|value| member.is(value)));
        }
        let truth = truth.unwrap_or_else(|| self.atom("true", expr));
        Inferred::truth_of(and([present.clone(), truth]), present)
    }

    /// Any, all, count over a list.
    fn over(&mut self, expr: &Expr, over: Over, list: &Expr, condition: &Expr, lenient: bool) -> Inferred {
        let found = self.operand(list, lenient);
        self.fitting(list, &found.kind, &Type::any_list(), "what is gone through");
        let (item, max) = found.kind.items().map_or((Type::Unknown, 0), |(item, _, max)| (item.clone(), max));
        // The outer truth of the expression must be named before `it` means something else.
        let truth = self.atom("true", expr);
        self.with_it(item, |scope| scope.condition_if(condition, "the condition", lenient));
        match over {
            Over::Any | Over::All => Inferred::truth_of(and([found.present.clone(), truth]), found.present),
            Over::Count => Inferred {
                kind: Type::Num(Some(0.0), (max > 0).then_some(max as f64)),
                present: found.present,
                value: Known::Nothing,
            },
        }
    }

    /// Runs something while `it` is an item of a list.
    pub(super) fn with_it<T>(&mut self, kind: Type, run: impl FnOnce(&mut Self) -> T) -> T {
        let binding = self.binding(kind, always(), Known::Nothing);
        self.with_it_bound(binding, run)
    }

    pub(super) fn with_it_bound<T>(&mut self, binding: Binding, run: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.names.insert("it".to_owned(), binding);
        let result = run(self);
        match before {
            Some(before) => _ = self.names.insert("it".to_owned(), before),
            None => _ = self.names.remove("it"),
        }
        result
    }

    /// Whether two things can be compared at all, and whether a quoted word is one of the options.
    pub(super) fn comparable(&mut self, expr: &Expr, (left, a): (&Expr, &Type), (right, b): (&Expr, &Type)) -> bool {
        if !a.fits(b) {
            let message = format!("cannot compare {} with {}", a.word(), b.word());
            self.error(Code::TypeMismatch, expr.span.clone(), message, None);
            return false;
        }
        let (Type::Key(Some(a)), Type::Key(Some(b))) = (a, b) else { return true };
        for ((side, words), options, other) in [((left, a), b, right), ((right, b), a, left)] {
            let is_literal = matches!(side.node, Node::Value(_));
            if let Some(word) = words.iter().find(|word| is_literal && !options.contains(*word)) {
                let name = print(other);
                let keys = options.iter().map(String::as_str);
                let help = did_you_mean(word, keys.clone()).or_else(|| did_you_mean_or_list(word, "options", keys));
                let message = format!("`{}` is no option of `{name}`", word.escape_debug());
                self.error(Code::NotAnOption, side.span.clone(), message, help);
                return false;
            }
        }
        true
    }
}

fn literal(value: &Value) -> Inferred {
    let word = |word: &str| Type::Key(Some([word.to_owned()].into()));
    let (kind, known) = match value {
        Value::Bool(yes) => (Type::Bool, Known::Truth(if *yes { always() } else { never() })),
        Value::Num(number) => (Type::Num(Some(*number), Some(*number)), Known::Nothing),
        Value::Text(text) => (word(text.expose()), Known::Word(text.expose().to_owned())),
        Value::Key(key) => (word(key), Known::Word(key.clone())),
        Value::Date(_) => (Type::Date, Known::Nothing),
        Value::Time(_) => (Type::Time, Known::Nothing),
        Value::List(values) => {
            let items = values.iter().map(|value| literal(value).kind).reduce(Type::join);
            let count = values.len();
            let item = Box::new(items.unwrap_or(Type::Unknown));
            (Type::List { item, min: count, max: count }, Known::Nothing)
        }
        Value::Record(_) => (Type::Unknown, Known::Nothing),
    };
    Inferred { kind, present: always(), value: known }
}
