//! Questions, and what makes an answer to them.

use std::collections::BTreeMap;

use super::expression::{Expr, Text};

/// A question.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What kind of answer it takes.
    pub kind: Question,
    /// The question; one of these, chosen by seed or `vary`.
    pub texts: Vec<Text>,
    /// A number that picks the text.
    pub vary: Option<Expr>,
    /// What `/why` says.
    pub why: Option<Text>,
    /// Whether it may be skipped.
    pub optional: bool,
    /// Conditions on an answer, `it`, with what is said when one fails.
    pub checks: Vec<Check>,
    /// What is said when the answer is not understood; else the system's words for the kind.
    pub retry: Option<Text>,
}

/// A condition on an answer.
#[derive(Clone, Debug)]
pub struct Check {
    /// The answer is not taken when this is true.
    pub fail: Expr,
    /// What is said then.
    pub say: Text,
}

/// The kinds of questions.
#[derive(Clone, Debug)]
pub enum Question {
    /// One of several options.
    Choice(Vec<Opt>),
    /// Any of several options.
    Many {
        /// The options.
        options: Vec<Opt>,
        /// At least this many.
        min: usize,
        /// At most this many.
        max: usize,
        /// The label of Done.
        done: String,
    },
    /// A whole number in `min..=max`, at most 25 values.
    Scale {
        /// Least.
        min: i32,
        /// Most.
        max: i32,
        /// Words for some values.
        labels: BTreeMap<i32, String>,
    },
    /// A number.
    Number {
        /// Least.
        min: Option<f64>,
        /// Most.
        max: Option<f64>,
        /// Whether it must be whole.
        whole: bool,
    },
    /// Words.
    Text {
        /// Fewest characters.
        min: usize,
        /// Most characters.
        max: usize,
    },
    /// Several texts, one message each.
    List {
        /// At least this many.
        min: usize,
        /// At most this many.
        max: usize,
        /// Most characters of one.
        chars: usize,
        /// The label of Done.
        done: String,
    },
    /// A day.
    Date,
    /// A time of day.
    Time,
}

impl Question {
    /// Whether it is answered in words of their own.
    pub fn takes_words(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::List { .. })
    }
}

/// An option of a choice.
#[derive(Clone, Debug)]
pub struct Opt {
    /// What is stored.
    pub key: String,
    /// What is shown; plain words, no expressions.
    pub label: String,
    /// Further words that typed answers are matched with.
    pub also: Vec<String>,
}
