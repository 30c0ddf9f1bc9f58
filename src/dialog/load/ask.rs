//! Questions of every kind.

use std::collections::BTreeMap;

use super::fields::{Fields, Item, Reader, broken};
use super::words::is_key;
use crate::dialog::diagnostic::{Code, did_you_mean_or_list};
use crate::dialog::model::{Ask, Check, Opt, Question};
use crate::domain::limits::{LABEL_CHARS_MAX, LIST_ITEMS_MAX, OPTIONS_MAX, USER_TEXT_CHARS_MAX};

/// The kinds, each with its own keys.
pub(super) const KINDS: &[(&str, &[&str])] = &[
    ("choice", &["options"]),
    ("many", &["options", "choose", "done"]),
    ("scale", &["min", "max", "labels"]),
    ("number", &["min", "max", "whole"]),
    ("text", &["chars"]),
    ("list", &["items", "done"]),
    ("date", &[]),
    ("time", &[]),
];

pub(super) const COMMON: &[&str] = &["id", "was", "when", "ask", "text", "vary", "why", "optional", "check", "retry"];

/// Values of a scale at most: each is a button.
const SCALE_VALUES_MAX: i64 = OPTIONS_MAX as i64;

/// Reads a question; `None` when its kind is unknown.
pub(super) fn ask(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, item: &Item<'_>) -> Option<Ask> {
    let word = reader.string(item)?;
    let Some((kind, keys)) = KINDS.iter().find(|(kind, _)| *kind == word) else {
        let help = did_you_mean_or_list(word, "kinds", KINDS.iter().map(|(kind, _)| *kind));
        let message = format!("`{}` is no kind of question", word.escape_debug());
        reader.sink.push(Code::UnknownWord, item.span(), message, help);
        return None;
    };
    let known: Vec<&str> = COMMON.iter().chain(*keys).copied().collect();
    reader.known(fields, &known);
    let optional = fields.item("optional").and_then(|item| reader.boolean(item)).unwrap_or(false);
    let texts = reader.required(fields, "text").map(|item| reader.texts(item)).unwrap_or_default();
    Some(Ask {
        kind: question(reader, fields, kind, optional),
        texts,
        vary: fields.item("vary").map(|item| reader.expr(item)),
        why: fields.item("why").map(|item| reader.text(item)),
        optional,
        checks: checks(reader, fields),
        retry: fields.item("retry").map(|item| reader.text(item)),
    })
}

fn question(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, kind: &str, optional: bool) -> Question {
    match kind {
        "choice" => Question::Choice(options(reader, fields)),
        "many" => many(reader, fields, optional),
        "scale" => scale(reader, fields),
        "number" => {
            let min = fields.item("min").and_then(|item| reader.number(item));
            let max = fields.item("max").and_then(|item| reader.number(item));
            if let (Some(low), Some(high), Some(item)) = (min, max, fields.item("max"))
                && low > high
            {
                reader.push(Code::OutOfRange, item.span(), "`max` is less than `min`");
            }
            Question::Number { min, max, whole: flag(reader, fields, "whole") }
        }
        "text" => {
            let (min, max) = range(reader, fields, "chars", 1..USER_TEXT_CHARS_MAX + 1, (1, USER_TEXT_CHARS_MAX));
            Question::Text { min, max }
        }
        "list" => list(reader, fields, optional),
        "date" => Question::Date,
        _ => Question::Time,
    }
}

fn flag(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, key: &str) -> bool {
    fields.item(key).and_then(|item| reader.boolean(item)).unwrap_or(false)
}

/// `{ min, max }` under a key.
fn range(
    reader: &mut Reader<'_, '_>,
    fields: &Fields<'_, '_>,
    key: &str,
    allowed: std::ops::Range<usize>,
    or: (usize, usize),
) -> (usize, usize) {
    let Some(inner) = fields.item(key).and_then(|item| reader.table(item, format!("`{key}`"))) else { return or };
    reader.known(&inner, &["min", "max"]);
    ordered(reader, &inner, allowed, or)
}

fn ordered(
    reader: &mut Reader<'_, '_>,
    inner: &Fields<'_, '_>,
    allowed: std::ops::Range<usize>,
    or: (usize, usize),
) -> (usize, usize) {
    let min = reader.size(inner, "min", 0..allowed.end, or.0);
    let max = reader.size(inner, "max", allowed, or.1);
    if min > max {
        reader.push(Code::OutOfRange, inner.span.clone(), "`max` is less than `min`");
        return (max, max);
    }
    (min, max)
}

fn options(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>) -> Vec<Opt> {
    let Some(list) = reader.required(fields, "options") else { return Vec::new() };
    let items = reader.array(list);
    if items.is_empty() || items.len() > OPTIONS_MAX {
        reader.push(Code::OutOfRange, list.span(), format!("a question has 1 to {OPTIONS_MAX} options"));
    }
    let mut keys = BTreeMap::new();
    let mut labels: BTreeMap<String, ()> = BTreeMap::new();
    let mut found = Vec::new();
    for item in items {
        let Some(option) = reader.table(item, "the option") else { continue };
        reader.known(&option, &["key", "label", "also"]);
        let mut key = "";
        if let Some(item) = reader.required(&option, "key")
            && let Some(word) = reader.string(item)
        {
            key = word;
            reader.unique(&mut keys, key, item.span(), "the option");
            if !is_key(key) {
                reader.push(Code::BadName, item.span(), format!("`{}` cannot be a key", key.escape_debug()));
            }
        }
        let label = reader.required(&option, "label").map(|item| label(reader, item)).unwrap_or_default();
        if !label.is_empty() && labels.insert(label.trim().to_lowercase(), ()).is_some() {
            reader.push(Code::LabelTwice, item.span(), format!("two options read “{label}”"));
        }
        let also = option.item("also").map(|item| reader.words(item)).unwrap_or_default();
        let also = also.into_iter().map(|(word, _)| word.to_owned()).collect();
        found.push(Opt { key: key.to_owned(), label, also });
    }
    found
}

/// The words on a button.
pub(super) fn label(reader: &mut Reader<'_, '_>, item: &Item<'_>) -> String {
    let Some(label) = reader.string(item) else { return "x".to_owned() };
    let length = label.chars().count();
    if label.trim().is_empty() {
        reader.push(Code::EmptyText, item.span(), "the label is empty");
    } else if length > LABEL_CHARS_MAX {
        let message = format!("the label has {length} characters; {LABEL_CHARS_MAX} fit on a button");
        reader.push(Code::LabelTooLong, item.span(), message);
    } else if !label.contains(char::is_alphanumeric) {
        reader.push(Code::LabelWithoutWords, item.span(), "the label has no letter and no number");
    }
    label.to_owned()
}

pub(super) fn label_or(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, key: &str, or: &str) -> String {
    fields.item(key).map_or_else(|| or.to_owned(), |item| label(reader, item))
}

fn many(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, optional: bool) -> Question {
    let options = options(reader, fields);
    let count = options.len().max(1);
    let (min, max) = range(reader, fields, "choose", 1..count + 1, (usize::from(!optional), count));
    Question::Many { options, min, max, done: label_or(reader, fields, "done", "Done") }
}

fn list(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, optional: bool) -> Question {
    let done = label_or(reader, fields, "done", "Done");
    let (mut min, mut max, mut chars) = (usize::from(!optional), LIST_ITEMS_MAX, USER_TEXT_CHARS_MAX);
    if let Some(inner) = fields.item("items").and_then(|item| reader.table(item, "`items`")) {
        reader.known(&inner, &["min", "max", "chars"]);
        (min, max) = ordered(reader, &inner, 1..LIST_ITEMS_MAX + 1, (min, max));
        chars = reader.size(&inner, "chars", 1..USER_TEXT_CHARS_MAX + 1, chars);
    }
    Question::List { min, max, chars, done }
}

fn scale(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>) -> Question {
    const END: i64 = 1_000;
    let mut end = |key| {
        let item = reader.required(fields, key)?;
        reader.whole(item, -END..END + 1, key)
    };
    let (min, max) = (end("min"), end("max"));
    let given = min.zip(max);
    if let Some((min, max)) = given
        && let Some(item) = fields.item("max")
        && !(1..SCALE_VALUES_MAX).contains(&(max - min))
    {
        let message = format!("a scale has 2 to {SCALE_VALUES_MAX} values, and `max` is more than `min`");
        reader.push(Code::OutOfRange, item.span(), message);
    }
    let (min, max) = given.filter(|(min, max)| min < max).unwrap_or((-1_000, 1_000));
    let mut labels = BTreeMap::new();
    if let Some(inner) = fields.item("labels").and_then(|item| reader.table(item, "`labels`")) {
        for (key, span, item) in inner.keys() {
            let words = label(reader, item);
            match key.parse::<i32>() {
                Ok(value) if (min..=max).contains(&i64::from(value)) => _ = labels.insert(value, words),
                Ok(_) | Err(_) => {
                    reader.push(Code::OutOfRange, span, format!("`{}` is no value of the scale", key.escape_debug()));
                }
            }
        }
    }
    let end = |value: i64| i32::try_from(value).unwrap_or(0);
    Question::Scale { min: end(min), max: end(max), labels }
}

fn checks(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>) -> Vec<Check> {
    let Some(list) = fields.item("check") else { return Vec::new() };
    let items = reader.array(list);
    let mut found = Vec::new();
    for item in items {
        let Some(check) = reader.table(item, "the check") else { continue };
        reader.known(&check, &["fail", "say"]);
        let fail = reader.required(&check, "fail").map(|item| reader.expr(item));
        let say = reader.required(&check, "say").map(|item| reader.text(item)).unwrap_or_default();
        found.push(Check { fail: fail.unwrap_or_else(|| broken(item.span())), say });
    }
    found
}
