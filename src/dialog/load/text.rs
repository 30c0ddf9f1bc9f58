//! Texts with expressions, snippets and plurals in braces.

use crate::dialog::expression::{self, Place, Problem};
use crate::dialog::model::{Expr, Text, TextPiece};

/// Plurals inside plurals at most.
const NESTING_MAX: usize = 3;
const CATEGORIES: &[&str] = &["zero", "one", "two", "few", "many", "other"];

/// Reads a text as far as it can be read, with everything that is wrong with it.
pub(super) fn read(source: &str, place: &Place) -> (Text, Vec<Problem>) {
    let mut reader = TextReader { source, place, at: 0, problems: Vec::new() };
    let text = reader.pieces(None, 0);
    (text, reader.problems)
}

struct TextReader<'a> {
    source: &'a str,
    place: &'a Place,
    at: usize,
    problems: Vec<Problem>,
}

impl TextReader<'_> {
    fn rest(&self) -> &str {
        self.source.get(self.at..).unwrap_or("")
    }

    fn problem(&mut self, from: usize, to: usize, message: &str, help: Option<&str>) {
        let (from, to) = (from.min(self.source.len()), to.min(self.source.len()));
        let span = self.place.span(from..to.max(from));
        let help = help.map(str::to_owned);
        self.problems.push(Problem { span, message: message.to_owned(), help, code: None });
    }

    /// Pieces up to the end, or inside a plural up to its closing brace, which is left.
    fn pieces(&mut self, number: Option<&Expr>, depth: usize) -> Text {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        while let Some(c) = self.rest().chars().next() {
            if self.rest().starts_with("{{") || (number.is_none() && self.rest().starts_with("}}")) {
                plain.push(c);
                self.at += 2;
            } else if c == '{' {
                flush(&mut pieces, &mut plain);
                pieces.extend(self.braces(depth));
            } else if c == '}' && number.is_some() {
                break;
            } else if c == '}' {
                self.problem(self.at, self.at + 1, "a brace is closed that was never opened", Some("write `}}`"));
                self.at += 1;
            } else if let (Some(number), '#') = (number, c) {
                flush(&mut pieces, &mut plain);
                pieces.push(TextPiece::Expr(number.clone()));
                self.at += 1;
            } else {
                plain.push(c);
                self.at += c.len_utf8();
            }
        }
        flush(&mut pieces, &mut plain);
        Text(pieces)
    }

    /// What stands in braces; ends after the closing one.
    fn braces(&mut self, depth: usize) -> Option<TextPiece> {
        let open = self.at;
        let inner = open + 1;
        let (length, is_plural) = match expression_end(self.source.get(inner..).unwrap_or("")) {
            Some(end) => end,
            None => {
                self.problem(open, open + 1, "the brace is never closed", Some("write `{{` for a brace itself"));
                self.at = self.source.len();
                return None;
            }
        };
        let words = self.source.get(inner..inner + length).unwrap_or("");
        self.at = inner + length + 1;
        if is_plural {
            return self.plural(open, inner, words, depth);
        }
        if let Some(snippet) = words.trim().strip_prefix("snippet.") {
            return Some(TextPiece::Snippet(snippet.trim().to_owned()));
        }
        self.expr(inner, words).map(TextPiece::Expr)
    }

    fn expr(&mut self, at: usize, words: &str) -> Option<Expr> {
        match expression::parse(words, &self.place.from(at)) {
            Ok(expr) => Some(expr),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    /// `, plural, one {…} other {…}}`: stands after the first comma.
    fn plural(&mut self, open: usize, inner: usize, words: &str, depth: usize) -> Option<TextPiece> {
        let number = self.expr(inner, words);
        let after = self.at;
        let keyword = self.rest().trim_start().strip_prefix("plural").map(str::trim_start);
        let Some(rest) = keyword.and_then(|rest| rest.strip_prefix(',')).map(str::len) else {
            self.problem(after, after, "expected `plural,` after the comma", Some("{n, plural, one {…} other {…}}"));
            self.at = self.source.len();
            return None;
        };
        self.at = self.source.len() - rest;
        let mut arms: Vec<(String, Text)> = Vec::new();
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            if self.rest().starts_with('}') {
                self.at += 1;
                break;
            }
            let Some(length) = self.rest().find('{') else {
                self.problem(open, open + 1, "the brace is never closed", None);
                self.at = self.source.len();
                return None;
            };
            let start = self.at;
            let category = self.rest()[..length].trim().to_owned();
            self.category(start, &category, &arms);
            self.at += length + 1;
            if depth >= NESTING_MAX {
                self.problem(start, start + length, "plurals are nested too deep", None);
                self.at = self.source.len();
                return None;
            }
            let stand_in =
                Expr { node: crate::dialog::model::Node::Name(String::new()), span: self.place.whole.clone() };
            let text = self.pieces(Some(number.as_ref().unwrap_or(&stand_in)), depth + 1);
            self.at += 1;
            arms.push((category, text));
        }
        if !arms.iter().any(|(category, _)| category == "other") {
            self.problem(open, self.at, "the plural has no `other`", Some("add `other {…}`"));
        }
        number.map(|number| TextPiece::Plural { number: Box::new(number), arms })
    }

    fn category(&mut self, start: usize, category: &str, arms: &[(String, Text)]) {
        let is_number = category.strip_prefix('=').is_some_and(|number| number.parse::<u32>().is_ok());
        let end = start + category.len();
        if !is_number && !CATEGORIES.contains(&category) {
            let help = Some("use zero, one, two, few, many, other, or a number such as =0");
            self.problem(start, end, &format!("`{category}` is no plural category"), help);
        } else if arms.iter().any(|(each, _)| each == category) {
            self.problem(start, end, &format!("`{category}` is there twice"), None);
        }
    }
}

fn flush(pieces: &mut Vec<TextPiece>, plain: &mut String) {
    if !plain.is_empty() {
        pieces.push(TextPiece::Plain(std::mem::take(plain)));
    }
}

/// Where the expression that opens a brace ends: at the closing brace, or (`true`) at the comma of a plural.
fn expression_end(rest: &str) -> Option<(usize, bool)> {
    let mut brackets = 0_usize;
    let mut quoted = false;
    for (at, c) in rest.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            '}' => return Some((at, false)),
            ',' if brackets == 0 => return Some((at, true)),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::dialog::expression::{Place, print_text};

    #[test]
    fn texts_come_back_from_print() {
        for (source, printed) in [
            ("Hello {name}, {{not this}}.", "Hello {name}, {{not this}}."),
            (
                "{n, plural, =0 {none} one {# worry that's yours} other {# worries}}",
                "{n, plural, =0 {none} one {{n} worry that's yours} other {{n} worries}}",
            ),
            ("{snippet.line} {min(1, 2)}", "{snippet.line} {min(1, 2)}"),
            ("{it ?? 'let it be'}", "{(it ?? 'let it be')}"),
        ] {
            let (text, problems) = read(source, &Place::start(source));
            assert!(problems.is_empty(), "{source}: {problems:?}");
            assert_eq!(print_text(&text), printed);
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_where_it_stands() {
        for (source, from, to) in [
            ("a } b", 2, 3),
            ("a {b", 2, 3),
            ("ab {c d}", 6, 7),
            ("{n, plural, one {x}}", 0, 20),
            ("{n, plural, uno {x} other {y}}", 12, 15),
        ] {
            let (_, problems) = read(source, &Place::start(source));
            let spans: Vec<_> = problems.iter().map(|problem| (problem.span.start, problem.span.end)).collect();
            assert_eq!(spans, [(from, to)], "{source}");
        }
    }
}
