//! Reading tables of a file key by key: every wrong type, missing key and unknown key is noted, and reading goes on.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::text;
use super::words;
use crate::dialog::diagnostic::{Code, Sink, did_you_mean, did_you_mean_or_list};
use crate::dialog::expression::{self, Place, Problem};
use crate::dialog::model::{Expr, Node, Text};
use crate::domain::value::Value;

/// A value with its place.
pub(super) type Item<'t> = Spanned<DeValue<'t>>;

/// A table, its place, and what messages call it.
#[derive(Clone, Debug)]
pub(super) struct Fields<'r, 't> {
    pub(super) table: &'r DeTable<'t>,
    pub(super) span: Range<usize>,
    pub(super) what: String,
}

impl<'r, 't> Fields<'r, 't> {
    pub(super) fn item(&self, key: &str) -> Option<&'r Item<'t>> {
        self.table.get(key)
    }

    /// The keys with their places, in the order of the file.
    pub(super) fn keys(&self) -> Vec<(&'r str, Range<usize>, &'r Item<'t>)> {
        let mut keys: Vec<_> =
            self.table.iter().map(|(key, item)| (key.get_ref().as_ref(), key.span(), item)).collect();
        keys.sort_by_key(|(_, span, _)| span.start);
        keys
    }
}

/// An expression that stands for one that could not be read; checks stay silent about it.
pub(super) fn broken(span: Range<usize>) -> Expr {
    Expr { node: Node::Name(String::new()), span }
}

/// Reads the values of one file.
#[derive(Debug)]
pub(super) struct Reader<'s, 'a> {
    pub(super) sink: &'s mut Sink<'a>,
}

impl Reader<'_, '_> {
    pub(super) fn push(&mut self, code: Code, span: Range<usize>, message: impl Into<String>) {
        self.sink.push(code, span, message, None);
    }

    /// Notes every key that is not among the known ones.
    pub(super) fn known(&mut self, fields: &Fields<'_, '_>, known: &[&str]) {
        for (key, span, _) in fields.keys() {
            if !known.contains(&key) {
                let unused = known.iter().copied().filter(|each| fields.item(each).is_none());
                let help = did_you_mean(key, unused.clone()).or_else(|| did_you_mean_or_list(key, "keys", unused));
                self.sink.push(Code::UnknownKey, span, format!("unknown key `{key}` in {}", fields.what), help);
            }
        }
    }

    pub(super) fn required<'r, 't>(&mut self, fields: &Fields<'r, 't>, key: &str) -> Option<&'r Item<'t>> {
        let item = fields.item(key);
        if item.is_none() {
            self.push(Code::MissingKey, fields.span.clone(), format!("{} has no `{key}`", fields.what));
        }
        item
    }

    fn wrong(&mut self, item: &Item<'_>, expected: &str) {
        let found = match item.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.push(Code::WrongType, item.span(), format!("expected {expected}, found {found}"));
    }

    pub(super) fn string<'r>(&mut self, item: &'r Item<'_>) -> Option<&'r str> {
        let string = item.get_ref().as_str();
        if string.is_none() {
            self.wrong(item, "text");
        }
        string
    }

    pub(super) fn boolean(&mut self, item: &Item<'_>) -> Option<bool> {
        let found = item.get_ref().as_bool();
        if found.is_none() {
            self.wrong(item, "true or false");
        }
        found
    }

    pub(super) fn number(&mut self, item: &Item<'_>) -> Option<f64> {
        let found = match item.get_ref() {
            DeValue::Integer(whole) => {
                i64::from_str_radix(whole.as_str(), whole.radix()).ok().map(|whole| whole as f64)
            }
            DeValue::Float(float) => float.as_str().parse().ok().filter(|found: &f64| found.is_finite()),
            DeValue::String(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                None
            }
        };
        if found.is_none() {
            self.wrong(item, "a number");
        }
        found
    }

    /// A whole number inside a range.
    pub(super) fn whole(&mut self, item: &Item<'_>, range: Range<i64>, what: &str) -> Option<i64> {
        let found =
            item.get_ref().as_integer().and_then(|whole| i64::from_str_radix(whole.as_str(), whole.radix()).ok());
        let Some(found) = found else {
            self.wrong(item, "a whole number");
            return None;
        };
        if !range.contains(&found) {
            let message = format!("{what} must be between {} and {}", range.start, range.end - 1);
            self.push(Code::OutOfRange, item.span(), message);
            return None;
        }
        Some(found)
    }

    /// A whole number under a key, or a default.
    pub(super) fn size(&mut self, fields: &Fields<'_, '_>, key: &str, range: Range<usize>, or: usize) -> usize {
        let bounds = i64::try_from(range.start).unwrap_or(0)..i64::try_from(range.end).unwrap_or(i64::MAX);
        let found = fields.item(key).and_then(|item| self.whole(item, bounds, key));
        found.and_then(|found| usize::try_from(found).ok()).unwrap_or(or)
    }

    pub(super) fn table<'r, 't>(&mut self, item: &'r Item<'t>, what: impl Into<String>) -> Option<Fields<'r, 't>> {
        let found = item.get_ref().as_table();
        if found.is_none() {
            self.wrong(item, "a table");
        }
        found.map(|table| Fields { table, span: item.span(), what: what.into() })
    }

    pub(super) fn array<'r, 't>(&mut self, item: &'r Item<'t>) -> &'r [Item<'t>] {
        match item.get_ref().as_array() {
            Some(array) => array,
            None => {
                self.wrong(item, "a list");
                &[]
            }
        }
    }

    /// A list of words, each with its place; one word alone is a list too.
    pub(super) fn words<'r>(&mut self, item: &'r Item<'_>) -> Vec<(&'r str, Range<usize>)> {
        if let Some(word) = item.get_ref().as_str() {
            return vec![(word, item.span())];
        }
        self.array(item).iter().filter_map(|each| Some((self.string(each)?, each.span()))).collect()
    }

    /// One of several words, with what it stands for.
    pub(super) fn one_of<T: Copy>(&mut self, item: &Item<'_>, words: &[(&str, T)], what: &str) -> Option<T> {
        let word = self.string(item)?;
        let found = words.iter().find(|(each, _)| *each == word).map(|(_, value)| *value);
        if found.is_none() {
            let help = did_you_mean_or_list(word, "words", words.iter().map(|(each, _)| *each));
            self.sink.push(Code::UnknownWord, item.span(), format!("`{word}` is no {what}"), help);
        }
        found
    }

    /// Where the value of a string stands.
    pub(super) fn place(&self, item: &Item<'_>, value: &str) -> Place {
        let whole = item.span();
        let raw = self.sink.text().get(whole.clone()).unwrap_or("");
        let base = raw.find(|c| c != '"' && c != '\'' && c != '\r' && c != '\n').unwrap_or(0);
        let starts = (0..=base).find(|at| raw.get(*at..).is_some_and(|rest| rest.starts_with(value)) && *at > 0);
        Place { base: starts.map(|at| whole.start + at), whole }
    }

    fn problems(&mut self, code: Code, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.sink.push(problem.code.unwrap_or(code), problem.span, problem.message, problem.help);
        }
    }

    /// An expression; a plain number or truth value is one too. Stands in for itself when it cannot be read.
    pub(super) fn expr(&mut self, item: &Item<'_>) -> Expr {
        let value = match item.get_ref() {
            DeValue::String(source) => {
                let place = self.place(item, source);
                return expression::parse(source, &place).unwrap_or_else(|problem| {
                    self.problems(Code::Expression, [problem]);
                    broken(item.span())
                });
            }
            DeValue::Boolean(yes) => Some(Value::Bool(*yes)),
            DeValue::Integer(_) | DeValue::Float(_) => self.number(item).map(Value::Num),
            DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                self.wrong(item, "an expression in quotes");
                None
            }
        };
        value.map_or_else(|| broken(item.span()), |value| Expr { node: Node::Value(value), span: item.span() })
    }

    /// Expressions by name: `{ before = "before" }`.
    pub(super) fn exprs(&mut self, item: &Item<'_>, what: &str) -> Vec<(String, Expr)> {
        let Some(fields) = self.table(item, what) else { return Vec::new() };
        fields.keys().into_iter().map(|(key, _, item)| (key.to_owned(), self.expr(item))).collect()
    }

    /// A text, never empty when it is required to say something.
    pub(super) fn text(&mut self, item: &Item<'_>) -> Text {
        let Some(source) = self.string(item) else { return Text::default() };
        if source.trim().is_empty() {
            self.push(Code::EmptyText, item.span(), "the text is empty");
        }
        let place = self.place(item, source);
        let (text, problems) = text::read(source, &place);
        self.problems(Code::TextSyntax, problems);
        text
    }

    /// A text or a list of variants.
    pub(super) fn texts(&mut self, item: &Item<'_>) -> Vec<Text> {
        if item.get_ref().is_array() {
            let items = self.array(item);
            if items.is_empty() {
                self.push(Code::EmptyText, item.span(), "the list of texts is empty");
            }
            return items.iter().map(|each| self.text(each)).collect();
        }
        vec![self.text(item)]
    }

    /// A length of time under a key, in seconds, or a default.
    pub(super) fn seconds(&mut self, fields: &Fields<'_, '_>, key: &str, or: u32) -> u32 {
        let Some(item) = fields.item(key) else { return or };
        let Some(word) = self.string(item) else { return or };
        words::seconds(word).unwrap_or_else(|| {
            let help = Some("write durations as 90s, 45m, 12h or 3d".to_owned());
            self.sink.push(Code::BadTime, item.span(), format!("`{word}` is no duration"), help);
            or
        })
    }

    /// A name: small letters, digits, underscores.
    pub(super) fn name(&mut self, name: &str, span: Range<usize>, what: &str) {
        if !words::is_name(name) {
            let message = format!("`{}` cannot be {what}", name.escape_debug());
            let help = "use small letters, digits and underscores, beginning with a letter".to_owned();
            self.sink.push(Code::BadName, span, message, Some(help));
        } else if expression::RESERVED.contains(&name) {
            let help = Some("it means something else in expressions".to_owned());
            self.sink.push(Code::BadName, span, format!("`{name}` cannot be {what}"), help);
        }
    }

    /// Notes the second of two equal names.
    pub(super) fn unique<'n>(
        &mut self,
        seen: &mut BTreeMap<&'n str, ()>,
        name: &'n str,
        span: Range<usize>,
        what: &str,
    ) {
        if !name.is_empty() && seen.insert(name, ()).is_some() {
            self.push(Code::Duplicate, span, format!("{what} `{name}` is there twice"));
        }
    }
}
