//! The head of a dialog's file: who it is, how long it waits, what it is given; and its lists of steps.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::{DeTable, DeValue};

use super::fields::{Fields, Item, Reader};
use super::words::{is_dialog_id, is_name};
use super::{Draft, step};
use crate::dialog::diagnostic::{Code, Sink, did_you_mean_or_list};
use crate::dialog::model::{Bounds, Dialog, Fact, GiveUp, Limits, OnExpire, Param, Role, Snippet, Step};
use crate::domain::person::{FactKind, PROFILE_FACTS, SERVICE_FACTS};
use crate::domain::value::Value;

pub(super) const KEYS: &[&str] = &[
    "format", "id", "was", "title", "summary", "lang", "tags", "asks", "guide", "role", "limits", "facts", "params",
    "defaults", "step", "part", "snippet",
];

/// The words for kinds of values.
pub(super) const KINDS: &[(&str, FactKind)] = &[
    ("text", FactKind::Text),
    ("key", FactKind::Key),
    ("num", FactKind::Num),
    ("int", FactKind::Num),
    ("bool", FactKind::Bool),
    ("date", FactKind::Date),
    ("time", FactKind::Time),
];

/// Reads one dialog as far as it can be read.
pub(super) fn read<'a>(id: &str, tree: &DeTable<'_>, mut sink: Sink<'a>) -> Draft<'a> {
    let mut reader = Reader { sink: &mut sink };
    let fields = Fields { table: tree, span: 0..0, what: "the dialog".to_owned() };
    reader.known(&fields, KEYS);
    format_and_id(&mut reader, &fields, id);
    let mut broken_names = BTreeSet::new();
    let (retries, on_give_up) = defaults(&mut reader, &fields);
    let dialog = Dialog {
        id: id.to_owned(),
        was: strings(&mut reader, &fields, "was"),
        title: sentence(&mut reader, &fields, "title"),
        summary: sentence(&mut reader, &fields, "summary"),
        lang: fields.item("lang").and_then(|item| reader.string(item)).unwrap_or("en").to_owned(),
        tags: strings(&mut reader, &fields, "tags"),
        asks: strings(&mut reader, &fields, "asks"),
        guide: guide(&mut reader, &fields),
        role: role(&mut reader, &fields),
        limits: limits(&mut reader, &fields),
        facts: facts(&mut reader, &fields, &mut broken_names),
        params: params(&mut reader, &fields, &mut broken_names),
        retries,
        on_give_up,
        parts: parts(&mut reader, &fields),
        snippets: snippets(&mut reader, &fields),
        shape: 0,
        bounds: Bounds::default(),
    };
    Draft { dialog, broken_names, sink }
}

fn format_and_id(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, id: &str) {
    if let Some(item) = reader.required(fields, "format") {
        reader.whole(item, 1..2, "format");
    }
    if let Some(item) = reader.required(fields, "id")
        && let Some(found) = reader.string(item)
        && found != id
    {
        let help = Some(format!("write id = \"{id}\", or rename the file"));
        let message = format!("the id `{}` is not the file's name", found.escape_debug());
        reader.sink.push(Code::BadName, item.span(), message, help);
    } else if !is_dialog_id(id) {
        reader.push(Code::BadName, 0..0, format!("`{}` cannot be a dialog's name", id.escape_debug()));
    }
}

fn strings(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, key: &str) -> Vec<String> {
    let Some(item) = fields.item(key) else { return Vec::new() };
    reader.words(item).into_iter().map(|(word, _)| word.to_owned()).collect()
}

fn sentence(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, key: &str) -> String {
    let item = if key == "title" { reader.required(fields, key) } else { fields.item(key) };
    let Some(item) = item else { return String::new() };
    let words = reader.string(item).unwrap_or("x");
    if words.trim().is_empty() {
        reader.push(Code::EmptyText, item.span(), format!("the {key} is empty"));
    }
    words.to_owned()
}

fn guide(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>) -> Vec<String> {
    let Some(item) = fields.item("guide") else { return Vec::new() };
    let mut blocks = Vec::new();
    for (word, span) in reader.words(item) {
        let is_block = word.strip_prefix('P').is_some_and(|number| number.parse::<u16>().is_ok_and(|n| n > 0));
        if !is_block {
            reader.push(Code::UnknownWord, span, format!("`{}` is no block of the guide", word.escape_debug()));
        }
        blocks.push(word.to_owned());
    }
    blocks
}

fn role(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>) -> Role {
    let words = [("exercise", Role::Exercise), ("safety", Role::Safety)];
    fields.item("role").and_then(|item| reader.one_of(item, &words, "role")).unwrap_or(Role::Exercise)
}

fn limits(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>) -> Limits {
    let mut limits = Limits { idle_s: 2 * 3_600, keep_s: 3 * 86_400, on_expire: OnExpire::Discard };
    let Some(item) = fields.item("limits") else { return limits };
    let Some(fields) = reader.table(item, "[limits]") else { return limits };
    reader.known(&fields, &["idle", "keep", "on_expire"]);
    limits.idle_s = reader.seconds(&fields, "idle", limits.idle_s);
    limits.keep_s = reader.seconds(&fields, "keep", limits.keep_s);
    let words = [("discard", OnExpire::Discard), ("save_partial", OnExpire::SavePartial)];
    if let Some(item) = fields.item("on_expire") {
        limits.on_expire = reader.one_of(item, &words, "way to expire").unwrap_or(OnExpire::Discard);
    }
    limits
}

fn defaults(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>) -> (u8, GiveUp) {
    let Some(fields) = fields.item("defaults").and_then(|item| reader.table(item, "[defaults]")) else {
        return (3, GiveUp::Park);
    };
    reader.known(&fields, &["retries", "on_give_up"]);
    let retries = reader.size(&fields, "retries", 1..11, 3);
    let words = [("park", GiveUp::Park), ("stop", GiveUp::Stop)];
    let give_up = fields.item("on_give_up").and_then(|item| reader.one_of(item, &words, "way to give up"));
    (u8::try_from(retries).unwrap_or(3), give_up.unwrap_or(GiveUp::Park))
}

fn facts(
    reader: &mut Reader<'_, '_>,
    fields: &Fields<'_, '_>,
    broken: &mut BTreeSet<String>,
) -> BTreeMap<String, Fact> {
    let mut facts = BTreeMap::new();
    let Some(fields) = fields.item("facts").and_then(|item| reader.table(item, "[facts]")) else { return facts };
    for (name, span, item) in fields.keys() {
        let known = PROFILE_FACTS.iter().chain(SERVICE_FACTS);
        let Some((_, kind)) = known.clone().find(|(known, _)| *known == name) else {
            let help = did_you_mean_or_list(name, "facts", known.map(|(known, _)| *known));
            reader.sink.push(Code::UnknownFact, span, format!("there is no fact `{}`", name.escape_debug()), help);
            broken.insert(name.to_owned());
            continue;
        };
        let Some(inner) = reader.table(item, format!("the fact `{name}`")) else { continue };
        reader.known(&inner, &["type", "or"]);
        if let Some(item) = inner.item("type")
            && let Some(given) = reader.one_of(item, KINDS, "type")
            && given != *kind
        {
            reader.push(Code::TypeMismatch, item.span(), format!("the fact `{name}` is of another type"));
        }
        let or = inner.item("or").and_then(|item| value(reader, item, *kind));
        facts.insert(name.to_owned(), Fact { kind: *kind, or });
    }
    facts
}

fn params(
    reader: &mut Reader<'_, '_>,
    fields: &Fields<'_, '_>,
    broken: &mut BTreeSet<String>,
) -> BTreeMap<String, Param> {
    let mut params = BTreeMap::new();
    let Some(fields) = fields.item("params").and_then(|item| reader.table(item, "[params]")) else { return params };
    for (name, span, item) in fields.keys() {
        reader.name(name, span, "the name of a parameter");
        let Some(inner) = reader.table(item, format!("the parameter `{name}`")) else { continue };
        reader.known(&inner, &["type", "min", "max", "or"]);
        let kind = reader.required(&inner, "type").and_then(|item| reader.one_of(item, KINDS, "type"));
        let Some(kind) = kind else {
            broken.insert(name.to_owned());
            continue;
        };
        let min = inner.item("min").and_then(|item| reader.number(item));
        let max = inner.item("max").and_then(|item| reader.number(item));
        let or = inner.item("or").and_then(|item| value(reader, item, kind));
        let is_outside = |number: f64| min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max);
        if let (Some(Value::Num(number)), Some(item)) = (&or, inner.item("or"))
            && is_outside(*number)
        {
            reader.push(Code::OutOfRange, item.span(), "the value is outside `min` and `max`");
        }
        params.insert(name.to_owned(), Param { kind, min, max, or });
    }
    params
}

/// A value of a kind, as a file gives it.
fn value(reader: &mut Reader<'_, '_>, item: &Item<'_>, kind: FactKind) -> Option<Value> {
    let shown = match item.get_ref() {
        DeValue::String(word) => word.to_string(),
        DeValue::Datetime(when) => when.to_string(),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Array(_) | DeValue::Table(_) => {
            String::new()
        }
    };
    match kind {
        FactKind::Text => reader.string(item).map(Value::text),
        FactKind::Key => reader.string(item).map(|key| Value::Key(key.to_owned())),
        FactKind::Num => reader.number(item).map(Value::Num),
        FactKind::Bool => reader.boolean(item).map(Value::Bool),
        FactKind::Date => shown.parse().map(Value::Date).map_err(|_| not_a(reader, item, "date")).ok(),
        FactKind::Time => shown.parse().map(Value::Time).map_err(|_| not_a(reader, item, "time of day")).ok(),
    }
}

fn not_a(reader: &mut Reader<'_, '_>, item: &Item<'_>, what: &str) {
    reader.push(Code::BadTime, item.span(), format!("this is no {what}"));
}

fn parts(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>) -> BTreeMap<String, Vec<Step>> {
    let mut parts = BTreeMap::new();
    let mut ids = BTreeMap::new();
    let main = reader.required(fields, "step");
    let steps = main.map(|item| step::steps(reader, item, &mut ids)).unwrap_or_default();
    parts.insert(String::new(), steps);
    let Some(fields) = fields.item("part").and_then(|item| reader.table(item, "the parts")) else { return parts };
    for (name, span, item) in fields.keys() {
        // Parts are never read in expressions, so any name does, even `it`.
        if !is_name(name) {
            reader.name(name, span, "the name of a part");
        }
        let steps = step::steps(reader, item, &mut ids);
        parts.insert(name.to_owned(), steps);
    }
    parts
}

fn snippets(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>) -> BTreeMap<String, Snippet> {
    let mut snippets = BTreeMap::new();
    let Some(fields) = fields.item("snippet").and_then(|item| reader.table(item, "the snippets")) else {
        return snippets;
    };
    for (name, _, item) in fields.keys() {
        let Some(inner) = reader.table(item, format!("the snippet `{name}`")) else { continue };
        reader.known(&inner, &["for", "text"]);
        let list = reader.required(&inner, "for").map(|item| reader.expr(item));
        let text = reader.required(&inner, "text").map(|item| reader.text(item)).unwrap_or_default();
        let list = list.unwrap_or_else(|| super::fields::broken(inner.span.clone()));
        snippets.insert(name.to_owned(), Snippet { list, text });
    }
    snippets
}
