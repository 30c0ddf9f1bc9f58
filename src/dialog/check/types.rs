//! Types of values, and what the checker knows of a name.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::formula::{Condition, Formula, Mask, always, and, never, or};
use crate::domain::person::FactKind;

/// Longest value of a fact or parameter that texts are measured with, in characters.
const FACT_CHARS: usize = 100;

/// A type.
#[derive(Clone, Debug)]
pub(super) enum Type {
    /// Something was wrong already: fits everything.
    Unknown,
    Bool,
    /// With its ends, where they are known.
    Num(Option<f64>, Option<f64>),
    /// With its greatest length in characters.
    Text(usize),
    /// One of these words; `None` when they are not known.
    Key(Option<BTreeSet<String>>),
    Date,
    Time,
    List {
        item: Box<Type>,
        min: usize,
        max: usize,
    },
    Record(Rc<BTreeMap<String, Binding>>),
}

/// What is known of a name.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    pub(super) kind: Type,
    /// When there is a value.
    pub(super) present: Condition,
    pub(super) value: Known,
    /// Another number after every answer or `set`.
    pub(super) version: u32,
}

/// What is known of a value.
#[derive(Clone, Debug)]
pub(super) enum Known {
    Nothing,
    /// A variable of the conditions, with the words or the least number of its values.
    Keys(u32, Rc<Vec<String>>),
    Scale(u32, i32, u32),
    /// One word.
    Word(String),
    /// A truth value.
    Truth(Condition),
    /// Another value under each condition.
    Either(Vec<(Condition, Known)>),
}

/// One value that a variable can have.
pub(super) enum Member<'a> {
    Word(&'a str),
    Number(f64),
}

impl Type {
    pub(super) fn any_number() -> Self {
        Self::Num(None, None)
    }

    pub(super) fn of_fact(kind: FactKind) -> Self {
        match kind {
            FactKind::Text => Self::Text(FACT_CHARS),
            FactKind::Key => Self::Key(None),
            FactKind::Num => Self::any_number(),
            FactKind::Bool => Self::Bool,
            FactKind::Date => Self::Date,
            FactKind::Time => Self::Time,
        }
    }

    /// What messages call it.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Unknown => "something unknown",
            Self::Bool => "true or false",
            Self::Num(..) => "a number",
            Self::Text(_) => "text",
            Self::Key(_) => "a word",
            Self::Date => "a date",
            Self::Time => "a time of day",
            Self::List { .. } => "a list",
            Self::Record(_) => "a record",
        }
    }

    /// Whether a value of one can be compared with, or stand for, a value of the other.
    pub(super) fn fits(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => true,
            (Self::Text(_) | Self::Key(_), Self::Text(_) | Self::Key(_)) => true,
            (Self::List { item: a, .. }, Self::List { item: b, .. }) => a.fits(b),
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }

    /// The type of a name that has one type here and the other there.
    pub(super) fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Num(a, b), Self::Num(c, d)) => {
                Self::Num(a.zip(c).map(|(a, c)| a.min(c)), b.zip(d).map(|(b, d)| b.max(d)))
            }
            (Self::Text(a), Self::Text(b)) => Self::Text(a.max(b)),
            (Self::Key(Some(a)), Self::Key(Some(b))) => Self::Key(Some(a.union(&b).cloned().collect())),
            (Self::Key(_), Self::Key(_)) => Self::Key(None),
            (Self::Text(a), Self::Key(_)) | (Self::Key(_), Self::Text(a)) => Self::Text(a.max(FACT_CHARS)),
            (Self::List { item: a, min, max }, Self::List { item: b, min: other_min, max: other_max }) => {
                Self::List { item: Box::new(a.join(*b)), min: min.min(other_min), max: max.max(other_max) }
            }
            (a, b) if a.fits(&b) => a,
            _ => Self::Unknown,
        }
    }

    /// A list of anything.
    pub(super) fn any_list() -> Self {
        Self::List { item: Box::new(Self::Unknown), min: 0, max: 0 }
    }

    /// The type of a list's items, with the least and the most of them.
    pub(super) fn items(&self) -> Option<(&Self, usize, usize)> {
        if let Self::List { item, min, max } = self { Some((item, *min, *max)) } else { None }
    }

    /// The least and the greatest number, where they are known.
    pub(super) fn ends(&self) -> (Option<f64>, Option<f64>) {
        if let Self::Num(min, max) = self { (*min, *max) } else { (None, None) }
    }

    /// Its longest value as shown, in characters.
    pub(super) fn chars_max(&self) -> usize {
        match self {
            Self::Unknown | Self::Bool | Self::Record(_) => 0,
            Self::Num(..) | Self::Date | Self::Time => 12,
            Self::Text(chars) => *chars,
            Self::Key(_) => 80,
            Self::List { item, max, .. } => max * (item.chars_max() + 2),
        }
    }
}

impl Known {
    /// When the value is one for which `is_it` holds; `None` when nothing is known of it.
    pub(super) fn when(&self, is_it: &dyn Fn(Member<'_>) -> bool) -> Option<Condition> {
        let of = |truth: bool| if truth { always() } else { never() };
        let masked = |variable: u32, mask: Mask, all: Mask| match mask {
            0 => never(),
            mask if mask == all => always(),
            mask => Rc::new(Formula::In(variable, mask)),
        };
        match self {
            Self::Nothing | Self::Truth(_) => None,
            Self::Keys(variable, keys) => {
                let bits = keys.iter().enumerate().filter(|(_, key)| is_it(Member::Word(key)));
                let mask = bits.fold(0, |mask, (index, _)| mask | (1 << index));
                Some(masked(*variable, mask, all_of(keys.len() as u32)))
            }
            Self::Scale(variable, least, size) => {
                let bits = (0..*size).filter(|index| is_it(Member::Number(f64::from(*least) + f64::from(*index))));
                let mask = bits.fold(0, |mask, index| mask | (1 << index));
                Some(masked(*variable, mask, all_of(*size)))
            }
            Self::Word(word) => Some(of(is_it(Member::Word(word)))),
            Self::Either(cases) => {
                let cases: Option<Vec<Condition>> =
                    cases.iter().map(|(when, value)| Some(and([when.clone(), value.when(is_it)?]))).collect();
                Some(or(cases?))
            }
        }
    }

    /// When a truth value is true.
    pub(super) fn truth(&self) -> Option<Condition> {
        match self {
            Self::Truth(condition) => Some(condition.clone()),
            Self::Either(cases) => {
                let cases: Option<Vec<Condition>> =
                    cases.iter().map(|(when, value)| Some(and([when.clone(), value.truth()?]))).collect();
                Some(or(cases?))
            }
            Self::Nothing | Self::Keys(..) | Self::Scale(..) | Self::Word(_) => None,
        }
    }
}

/// The mask of a variable's first `size` values.
fn all_of(size: u32) -> Mask {
    if size >= 32 { Mask::MAX } else { (1 << size) - 1 }
}
