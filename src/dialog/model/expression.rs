//! Texts and the expressions in them, typed at load.

use std::ops::Range;

use crate::domain::value::Value;

/// A text with expressions in it.
#[derive(Clone, Debug, Default)]
pub struct Text(pub Vec<TextPiece>);

/// A part of a text.
#[derive(Clone, Debug)]
pub enum TextPiece {
    /// As written.
    Plain(String),
    /// `{expression}`.
    Expr(Expr),
    /// `{n, plural, one {…} other {…}}`: the category's name or `=3`, and its text; `#` has become the number.
    Plural {
        /// The number.
        number: Box<Expr>,
        /// The arms in order; `other` is always there.
        arms: Vec<(String, Text)>,
    },
    /// `{snippet.name}`.
    Snippet(String),
}

/// A text repeated over a list, joined by line ends; `it` is the item.
#[derive(Clone, Debug)]
pub struct Snippet {
    /// The list.
    pub list: Expr,
    /// The text.
    pub text: Text,
}

/// An expression, typed at load. Evaluation is total: what cannot be computed is unset.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it computes.
    pub node: Node,
    /// Where it stands in its file, in bytes.
    pub span: Range<usize>,
}

/// A node of an expression.
#[derive(Clone, Debug)]
pub enum Node {
    /// A literal. A quoted literal is a `Value::Text`; `==` compares keys and texts by their words.
    Value(Value),
    /// An answer, fact, parameter, loop name or `it`.
    Name(String),
    /// A field of a record, or `None` of what is none.
    Field(Box<Expr>, String),
    /// `not`.
    Not(Box<Expr>),
    /// `-`.
    Negate(Box<Expr>),
    /// Two sides.
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `x is set`.
    IsSet(Box<Expr>),
    /// `x ?? y`.
    OrElse(Box<Expr>, Box<Expr>),
    /// A function of the table in `dialog::expression`.
    Call(Function, Vec<Expr>),
    /// `any(list, condition)`, `all(…)`, `count(…)`; `it` is the item.
    Over(Over, Box<Expr>, Box<Expr>),
}

/// Operators with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the operators' own")]
pub enum Binary {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    In,
}

/// Functions of expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `len(list or text)`: items or characters.
    Len,
    /// `lower(text)`.
    Lower,
    /// `trim(text)`.
    Trim,
    /// `contains(text, text)` or `contains(list, value)`.
    Contains,
    /// `join(list, text)`.
    Join,
    /// `first(list)`.
    First,
    /// `last(list)`.
    Last,
    /// `label(answer)`: the words on the button of a chosen option, or of several joined by commas.
    Label,
    /// `today()`: the person's local day.
    Today,
    /// `hour()`: the person's local hour, 0 to 23.
    Hour,
    /// `days(from, to)`: whole days between two dates.
    Days,
    /// `weekday(date)`: `'mon'` … `'sun'`.
    Weekday,
    /// `round(number)`.
    Round,
    /// `abs(number)`.
    Abs,
    /// `min(number, number)`.
    Min,
    /// `max(number, number)`.
    Max,
    /// `zone_of(text)`: the IANA zone of a typed city or zone name; unset when there is none.
    ZoneOf,
    /// `in_hours(time, from, to)`: whether a time lies in hours that may cross midnight.
    InHours,
    /// `time_in(zone)`: the wall time now in a zone.
    TimeIn,
    /// `has_contact(text)`: whether it could lead to a person: it has a digit, an `@` or something like a link.
    HasContact,
}

/// Words over lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Over {
    /// True when one is.
    Any,
    /// True when all are.
    All,
    /// How many are.
    Count,
}
