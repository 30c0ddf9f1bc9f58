//! What of a text a translation must keep, and what of it are words.

use std::collections::BTreeSet;

use crate::dialog::expression;
use crate::dialog::model::{Expr, Node, Text, TextPiece};
use crate::domain::value::Value;

/// Whether a text holds words of ours, which must be translated.
pub(super) fn needs_words(text: &Text) -> bool {
    text.0.iter().any(|piece| match piece {
        TextPiece::Plain(words) => has_letters(words),
        TextPiece::Expr(expr) => shows_words(expr),
        TextPiece::Plural { arms, .. } => arms.iter().any(|(_, arm)| needs_words(arm)),
        TextPiece::Snippet(_) => false,
    })
}

/// Whether an expression can itself be words: `x ?? 'nothing'`.
fn shows_words(expr: &Expr) -> bool {
    match &expr.node {
        Node::OrElse(_, instead) => shows_words(instead),
        Node::Value(Value::Text(words)) => has_letters(words.expose()),
        Node::Value(_)
        | Node::Name(_)
        | Node::Field(..)
        | Node::Not(_)
        | Node::Negate(_)
        | Node::Binary(..)
        | Node::IsSet(_)
        | Node::Call(..)
        | Node::Over(..) => false,
    }
}

pub(super) fn has_letters(words: &str) -> bool {
    words.chars().any(char::is_alphabetic)
}

pub(super) fn placeholders(texts: &[&Text]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    texts.iter().for_each(|text| gather(text, &mut found));
    found
}

fn gather(text: &Text, found: &mut BTreeSet<String>) {
    for piece in &text.0 {
        match piece {
            TextPiece::Plain(_) => {}
            TextPiece::Expr(expr) => _ = found.insert(pattern(expr)),
            TextPiece::Snippet(name) => _ = found.insert(format!("snippet.{name}")),
            TextPiece::Plural { number, arms } => {
                found.insert(pattern(number));
                arms.iter().for_each(|(_, arm)| gather(arm, found));
            }
        }
    }
}

/// An expression in its canonical spelling, with every quoted word left out: that may be another one.
pub(super) fn pattern(expr: &Expr) -> String {
    let printed = expression::print(expr);
    let mut pattern = String::with_capacity(printed.len());
    for (index, part) in printed.split('\'').enumerate() {
        pattern.push_str(if index % 2 == 0 { part } else { "''" });
    }
    pattern
}

pub(super) fn literal_chars(text: &Text) -> usize {
    text.0
        .iter()
        .map(|piece| match piece {
            TextPiece::Plain(words) => words.chars().count(),
            TextPiece::Plural { arms, .. } => arms.iter().map(|(_, arm)| literal_chars(arm)).max().unwrap_or(0),
            TextPiece::Expr(_) | TextPiece::Snippet(_) => 0,
        })
        .sum()
}
