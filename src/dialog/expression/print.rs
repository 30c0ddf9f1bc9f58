//! Expressions in one canonical spelling: equal trees print equally wherever they stand.

use std::fmt::Write as _;

use super::FUNCTIONS;
use crate::dialog::model::{Binary, Expr, Node, Over, Text, TextPiece};
use crate::domain::value::Value;

/// The expression as it could be written in a file. Reading it again gives the same tree.
pub fn print(expr: &Expr) -> String {
    let mut out = String::new();
    node(&mut out, &expr.node);
    out
}

/// A text with its expressions in canonical spelling.
pub(crate) fn print_text(text: &Text) -> String {
    let mut out = String::new();
    for piece in &text.0 {
        match piece {
            TextPiece::Plain(plain) => out.push_str(&plain.replace('{', "{{").replace('}', "}}")),
            TextPiece::Expr(expr) => _ = write!(out, "{{{}}}", print(expr)),
            TextPiece::Snippet(name) => _ = write!(out, "{{snippet.{name}}}"),
            TextPiece::Plural { number, arms } => {
                _ = write!(out, "{{{}, plural,", print(number));
                for (category, arm) in arms {
                    _ = write!(out, " {category} {{{}}}", print_text(arm));
                }
                out.push('}');
            }
        }
    }
    out
}

fn node(out: &mut String, found: &Node) {
    match found {
        Node::Value(value) => literal(out, value),
        Node::Name(name) => out.push_str(name),
        Node::Field(record, field) => {
            node(out, &record.node);
            out.push('.');
            out.push_str(field);
        }
        Node::Not(inner) => around(out, "(not ", inner, ")"),
        Node::Negate(inner) => around(out, "(- ", inner, ")"),
        Node::IsSet(inner) => around(out, "(", inner, " is set)"),
        Node::Binary(operator, left, right) => between(out, left, symbol(*operator), right),
        Node::OrElse(left, right) => between(out, left, "??", right),
        Node::Call(function, arguments) => {
            let name = FUNCTIONS.iter().find(|(_, each, _)| each == function).map_or("", |(name, ..)| name);
            out.push_str(name);
            out.push('(');
            for (index, argument) in arguments.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                node(out, &argument.node);
            }
            out.push(')');
        }
        Node::Over(over, list, condition) => {
            out.push_str(match over {
                Over::Any => "any(",
                Over::All => "all(",
                Over::Count => "count(",
            });
            node(out, &list.node);
            out.push_str(", ");
            node(out, &condition.node);
            out.push(')');
        }
    }
}

fn around(out: &mut String, before: &str, inner: &Expr, after: &str) {
    out.push_str(before);
    node(out, &inner.node);
    out.push_str(after);
}

fn between(out: &mut String, left: &Expr, symbol: &str, right: &Expr) {
    out.push('(');
    node(out, &left.node);
    _ = write!(out, " {symbol} ");
    node(out, &right.node);
    out.push(')');
}

fn literal(out: &mut String, value: &Value) {
    match value {
        Value::Bool(yes) => _ = write!(out, "{yes}"),
        Value::Num(number) => _ = write!(out, "{number}"),
        Value::Text(text) => _ = write!(out, "'{}'", text.expose().replace('\'', "''")),
        Value::Key(key) => _ = write!(out, "'{key}'"),
        Value::Date(date) => _ = write!(out, "'{date}'"),
        Value::Time(time) => _ = write!(out, "'{:02}:{:02}'", time.hour(), time.minute()),
        Value::List(values) => {
            out.push('[');
            for (index, each) in values.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                literal(out, each);
            }
            out.push(']');
        }
        // The parser makes no record literals.
        Value::Record(_) => out.push_str("{}"),
    }
}

fn symbol(operator: Binary) -> &'static str {
    match operator {
        Binary::Or => "or",
        Binary::And => "and",
        Binary::Equal => "==",
        Binary::NotEqual => "!=",
        Binary::Less => "<",
        Binary::LessOrEqual => "<=",
        Binary::Greater => ">",
        Binary::GreaterOrEqual => ">=",
        Binary::Add => "+",
        Binary::Subtract => "-",
        Binary::Multiply => "*",
        Binary::Divide => "/",
        Binary::Remainder => "%",
        Binary::In => "in",
    }
}
