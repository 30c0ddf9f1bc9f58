//! Expressions as tokens.

use std::ops::Range;

use super::{Place, Problem};

/// Tokens of one expression at most: keeps trees shallow enough to walk by recursion.
const TOKENS_MAX: usize = 400;

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Quoted(String),
    Word(String),
    Symbol(&'static str),
    End,
}

/// A token and its place in the expression.
pub(super) type Placed = (Token, Range<usize>);

const SYMBOLS: &[&str] =
    &["==", "!=", "<=", ">=", "??", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", "."];

/// All tokens; the last is `End`.
pub(super) fn tokens(source: &str, place: &Place) -> Result<Vec<Placed>, Problem> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        let (token, length) = match first {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '\'' => quoted(rest).ok_or_else(|| problem(place, at..source.len(), "the quote is never closed"))?,
            c if c.is_ascii_digit() => number(rest).ok_or_else(|| problem(place, at..at + 1, "not a number"))?,
            c if c.is_alphabetic() || c == '_' => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                (Token::Word(rest[..end].to_owned()), end)
            }
            c => match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                Some(symbol) => (Token::Symbol(symbol), symbol.len()),
                None => return Err(stray(place, at, c)),
            },
        };
        found.push((token, at..at + length));
        if found.len() > TOKENS_MAX {
            return Err(problem(place, at..at + length, "the expression is too long; `set` parts of it first"));
        }
        at += length;
    }
    found.push((Token::End, source.len()..source.len()));
    Ok(found)
}

/// A quoted literal; a quote inside is written twice.
fn quoted(rest: &str) -> Option<(Token, usize)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\'' {
            text.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == '\'') {
            chars.next();
            text.push('\'');
        } else {
            return Some((Token::Quoted(text), at + 1));
        }
    }
    None
}

fn number(rest: &str) -> Option<(Token, usize)> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let mut end = digits(rest);
    if let Some(fraction) = rest[end..].strip_prefix('.') {
        let length = digits(fraction);
        if length > 0 {
            end += 1 + length;
        }
    }
    let number: f64 = rest[..end].parse().ok()?;
    number.is_finite().then_some((Token::Number(number), end))
}

fn stray(place: &Place, at: usize, c: char) -> Problem {
    let help = match c {
        '=' => Some("did you mean `==`?"),
        '&' => Some("did you mean `and`?"),
        '|' => Some("did you mean `or`?"),
        '!' => Some("did you mean `not`?"),
        '"' | '“' | '”' | '‘' | '’' => Some("words stand in single quotes: 'yes'"),
        _ => None,
    };
    let mut found = problem(place, at..at + c.len_utf8(), &format!("`{}` means nothing here", c.escape_debug()));
    found.help = help.map(str::to_owned);
    found
}

pub(super) fn problem(place: &Place, range: Range<usize>, message: &str) -> Problem {
    Problem { span: place.span(range), message: message.to_owned(), help: None, code: None }
}
