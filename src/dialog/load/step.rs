//! One step: its id, its condition, and which of the verbs it has.

use std::collections::BTreeMap;

use super::fields::{Fields, Item, Reader, broken};
use super::words::is_name;
use super::{ask, verbs};
use crate::dialog::diagnostic::{Code, did_you_mean};
use crate::dialog::model::{Step, Verb};

/// The verbs, each with the keys that go with it.
pub(super) const VERBS: &[(&str, &[&str])] = &[
    ("say", &["vary"]),
    ("ask", &[]),
    ("set", &[]),
    ("branch", &[]),
    ("each", &["as", "do", "collect"]),
    ("repeat", &[]),
    ("call", &["with"]),
    ("pace", &["rounds", "slot", "enough"]),
    ("save", &["title", "body", "fields"]),
    ("goal", &["due", "outcome"]),
    ("schedule", &["every", "at", "with", "when_busy", "expires", "drop"]),
    ("escalate", &[]),
    ("stop", &[]),
];

/// The keys of every step; a question has its own list.
pub(super) const COMMON: &[&str] = &["id", "was", "when"];

/// A list of steps. Every entry becomes one step, so that places stay countable; a broken one does nothing.
pub(super) fn steps<'r>(reader: &mut Reader<'_, '_>, item: &'r Item<'_>, ids: &mut BTreeMap<&'r str, ()>) -> Vec<Step> {
    let items = reader.array(item);
    if items.is_empty() && item.get_ref().is_array() {
        reader.push(Code::MissingKey, item.span(), "the list of steps is empty");
    }
    items.iter().map(|item| step(reader, item, ids)).collect()
}

fn step<'r>(reader: &mut Reader<'_, '_>, item: &'r Item<'_>, ids: &mut BTreeMap<&'r str, ()>) -> Step {
    let nothing = Step { id: String::new(), was: Vec::new(), when: None, verb: Verb::Set(Vec::new()) };
    let Some(mut fields) = reader.table(item, "the step") else { return nothing };
    let mut id = "";
    if let Some(item) = reader.required(&fields, "id")
        && let Some(found) = reader.string(item)
    {
        id = found;
        // Only answers are read by name.
        if !is_name(id) || fields.item("ask").is_some() {
            reader.name(id, item.span(), "the id of a step");
        }
        reader.unique(ids, id, item.span(), "the id");
        fields.what = format!("the step `{}`", id.escape_debug());
        fields.span = item.span();
    }
    let was = fields.item("was").map(|item| reader.words(item)).unwrap_or_default();
    let was = was.into_iter().map(|(word, _)| word.to_owned()).collect();
    let when = fields.item("when").map(|item| reader.expr(item));
    let verb = verb(reader, &fields, id);
    // The answer of a broken question still has a name, so that its uses are not called unknown.
    let verb = verb.unwrap_or_else(|| Verb::Set(vec![(id.to_owned(), broken(fields.span.clone()))]));
    Step { id: id.to_owned(), was, when, verb }
}

fn verb(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, id: &str) -> Option<Verb> {
    let mut found = VERBS.iter().filter(|(verb, _)| fields.item(verb).is_some());
    let Some((verb, keys)) = found.next() else {
        no_verb(reader, fields);
        return None;
    };
    if let Some((second, _)) = found.next() {
        let span = fields.keys().into_iter().find(|(key, ..)| key == second).map_or(0..0, |(_, span, _)| span);
        let help = Some("make two steps of it".to_owned());
        reader.sink.push(
            Code::VerbTwice,
            span,
            format!("{} has two verbs, `{verb}` and `{second}`", fields.what),
            help,
        );
        return None;
    }
    let item = fields.item(verb)?;
    if *verb == "ask" {
        return ask::ask(reader, fields, item).map(|ask| Verb::Ask(Box::new(ask)));
    }
    let mut known = COMMON.to_vec();
    known.push(verb);
    known.extend_from_slice(keys);
    reader.known(fields, &known);
    match *verb {
        "say" => {
            let vary = fields.item("vary").map(|item| reader.expr(item));
            Some(Verb::Say { texts: reader.texts(item), vary })
        }
        "set" => Some(Verb::Set(reader.exprs(item, format!("`set` of `{id}`").as_str()))),
        "branch" => Some(Verb::Branch(verbs::branch(reader, item))),
        "each" => verbs::each(reader, fields, item),
        "repeat" => verbs::repeat(reader, item),
        "call" => Some(Verb::Call { dialog: reader.string(item)?.to_owned(), with: verbs::with(reader, fields) }),
        "pace" => verbs::pace(reader, fields, item).map(Verb::Pace),
        "save" => verbs::save(reader, fields, item).map(Verb::Save),
        "goal" => verbs::goal(reader, fields, item).map(Verb::Goal),
        "schedule" => verbs::schedule(reader, fields, item).map(Verb::Schedule),
        "escalate" => Some(Verb::Escalate { dialog: reader.string(item)?.to_owned() }),
        _ => Some(Verb::Stop { all: reader.one_of(item, &[("dialog", false), ("all", true)], "way to stop")? }),
    }
}

fn no_verb(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>) {
    let verbs = || VERBS.iter().map(|(verb, _)| *verb);
    let near = fields.keys().into_iter().find_map(|(key, span, _)| {
        let is_known = matches!(key, "id" | "was" | "when");
        did_you_mean(key, verbs()).filter(|_| !is_known).map(|help| (key, span, help))
    });
    match near {
        Some((key, span, help)) => {
            reader.sink.push(Code::UnknownKey, span, format!("unknown key `{key}` in {}", fields.what), Some(help));
        }
        None => {
            let help = Some(format!("verbs: {}", verbs().collect::<Vec<_>>().join(", ")));
            reader.sink.push(Code::VerbMissing, fields.span.clone(), format!("{} has no verb", fields.what), help);
        }
    }
}
