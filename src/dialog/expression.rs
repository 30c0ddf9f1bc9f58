//! The small typed language of conditions and values: reading it, and writing it in one canonical way.

use std::ops::Range;

use crate::dialog::diagnostic::Code;
use crate::dialog::model::{Expr, Function};

mod lexer;
mod parser;
mod print;

pub use print::print;
pub(crate) use print::print_text;

/// Every function: its name, and how many arguments it takes.
pub const FUNCTIONS: &[(&str, Function, usize)] = &[
    ("len", Function::Len, 1),
    ("lower", Function::Lower, 1),
    ("trim", Function::Trim, 1),
    ("contains", Function::Contains, 2),
    ("join", Function::Join, 2),
    ("first", Function::First, 1),
    ("last", Function::Last, 1),
    ("label", Function::Label, 1),
    ("today", Function::Today, 0),
    ("hour", Function::Hour, 0),
    ("days", Function::Days, 2),
    ("weekday", Function::Weekday, 1),
    ("round", Function::Round, 1),
    ("abs", Function::Abs, 1),
    ("min", Function::Min, 2),
    ("max", Function::Max, 2),
    ("zone_of", Function::ZoneOf, 1),
    ("in_hours", Function::InHours, 3),
    ("time_in", Function::TimeIn, 1),
    ("has_contact", Function::HasContact, 1),
];

/// Words that no answer, fact, parameter or loop may be called.
pub const RESERVED: &[&str] = &["it", "true", "false", "and", "or", "not", "in", "is", "set", "snippet"];

/// What is wrong with an expression or a text, and where in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In bytes of the file.
    pub span: Range<usize>,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Its number, where it is a more precise one than that of the whole expression or text.
    pub code: Option<Code>,
}

/// Where a string of a file stands, so that places in its value become places in the file.
#[derive(Clone, Debug)]
pub struct Place {
    /// Where its first byte stands; `None` when escapes moved the bytes.
    pub base: Option<usize>,
    /// Where it stands with its quotes.
    pub whole: Range<usize>,
}

impl Place {
    /// A place that begins at the first byte of a text, for expressions that stand in no file.
    pub fn start(text: &str) -> Self {
        Self { base: Some(0), whole: 0..text.len() }
    }

    /// The place in the file of a range of the value.
    pub fn span(&self, range: Range<usize>) -> Range<usize> {
        self.base.map_or(self.whole.clone(), |base| base + range.start..base + range.end)
    }

    /// The place of the rest of the value from a byte on.
    pub(crate) fn from(&self, at: usize) -> Self {
        Self { base: self.base.map(|base| base + at), whole: self.whole.clone() }
    }
}

/// Reads one expression.
///
/// # Errors
/// The first thing that cannot be read.
pub fn parse(source: &str, place: &Place) -> Result<Expr, Problem> {
    let tokens = lexer::tokens(source, place)?;
    parser::parse(&tokens, place)
}
