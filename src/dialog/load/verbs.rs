//! What steps do, beside asking and saying.

use super::ask::label_or;
use super::fields::{Fields, Item, Reader, broken};
use super::words::millis;
use crate::dialog::diagnostic::Code;
use crate::dialog::model::{Arm, Beat, Each, Expr, Goal, Node, Pace, Save, Schedule, Text, TextPiece, Verb};
use crate::dialog::schedule::{is_at, is_every};
use crate::domain::limits::{BEATS_MAX, LIST_ITEMS_MAX, ROUNDS_MAX};
use crate::domain::value::Value;
use crate::domain::write::WhenBusy;

/// How long after its time a check-in may come, unless the dialog says otherwise: 12 hours.
const EXPIRES_S: u32 = 12 * 3_600;

pub(super) fn branch(reader: &mut Reader<'_, '_>, item: &Item<'_>) -> Vec<Arm> {
    let items = reader.array(item);
    if items.is_empty() {
        reader.push(Code::MissingKey, item.span(), "the branch has no arms");
    }
    let mut arms = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(arm) = reader.table(item, "the arm") else { continue };
        reader.known(&arm, &["when", "else", "do"]);
        let part = arm.item("do").and_then(|item| reader.string(item)).map(str::to_owned);
        let when = match (arm.item("when"), arm.item("else")) {
            (Some(when), None) => Some(reader.expr(when)),
            (None, Some(other)) => {
                if reader.boolean(other) == Some(false) {
                    reader.push(Code::UnknownWord, other.span(), "write `else = true`");
                }
                if index + 1 < items.len() {
                    reader.push(Code::ArmShadowed, other.span(), "arms after `else` are never reached");
                }
                None
            }
            (Some(_), Some(other)) => {
                reader.push(Code::Duplicate, other.span(), "an arm has `when` or `else`, not both");
                None
            }
            (None, None) => {
                reader.push(Code::MissingKey, arm.span.clone(), "the arm has neither `when` nor `else`");
                Some(broken(arm.span))
            }
        };
        arms.push(Arm { when, part });
    }
    arms
}

pub(super) fn each(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, item: &Item<'_>) -> Option<Verb> {
    let list = reader.expr(item);
    let mut named = |key: &str, what: &str, required: bool| {
        let item = if required { reader.required(fields, key) } else { fields.item(key) }?;
        let name = reader.string(item)?;
        if key != "do" {
            reader.name(name, item.span(), what);
        }
        Some(name.to_owned())
    };
    let name = named("as", "the name of an item", true);
    let part = named("do", "", true);
    let collect = named("collect", "the name of a list", false);
    Some(Verb::Each(Each { list, name: name?, part: part?, collect, max: LIST_ITEMS_MAX }))
}

pub(super) fn repeat(reader: &mut Reader<'_, '_>, item: &Item<'_>) -> Option<Verb> {
    let fields = reader.table(item, "`repeat`")?;
    reader.known(&fields, &["do", "until", "max"]);
    let part = reader.required(&fields, "do").and_then(|item| reader.string(item));
    let until = reader.required(&fields, "until").map(|item| reader.expr(item));
    let max = reader.required(&fields, "max").and_then(|item| reader.whole(item, 1..i64::from(ROUNDS_MAX) + 1, "max"));
    let max = max.and_then(|max| u32::try_from(max).ok()).unwrap_or(1);
    let until = until.unwrap_or_else(|| broken(fields.span.clone()));
    Some(Verb::Repeat { part: part?.to_owned(), until, max })
}

pub(super) fn with(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>) -> Vec<(String, Expr)> {
    fields.item("with").map(|item| reader.exprs(item, "`with`")).unwrap_or_default()
}

pub(super) fn pace(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, item: &Item<'_>) -> Option<Pace> {
    let items = reader.array(item);
    if items.is_empty() || items.len() > BEATS_MAX {
        reader.push(Code::OutOfRange, item.span(), format!("a paced exercise has 1 to {BEATS_MAX} beats"));
    }
    let mut beats = Vec::new();
    for item in items {
        let Some(beat) = reader.table(item, "the beat") else { continue };
        reader.known(&beat, &["say", "for"]);
        let say = reader.required(&beat, "say").map(|item| reader.text(item)).unwrap_or_default();
        let mut length = 1_000;
        if let Some(item) = reader.required(&beat, "for")
            && let Some(word) = reader.string(item)
        {
            match millis(word) {
                Some(found) => length = found,
                None => reader.push(Code::BadTime, item.span(), "a beat lasts 0.1s to 600s, such as `4s`"),
            }
        }
        beats.push(Beat { say, millis: length });
    }
    let one = || Expr { node: Node::Value(Value::Num(1.0)), span: fields.span.clone() };
    let rounds = fields.item("rounds").map_or_else(one, |item| reader.expr(item));
    Some(Pace { beats, rounds, enough: label_or(reader, fields, "enough", "Enough") })
}

#[derive(Clone, Copy)]
enum SaveKind {
    Journal,
    Profile,
    Measures,
}

pub(super) fn save(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, item: &Item<'_>) -> Option<Save> {
    let words = [("journal", SaveKind::Journal), ("profile", SaveKind::Profile), ("measures", SaveKind::Measures)];
    let kind = reader.one_of(item, &words, "thing to save")?;
    let values = |reader: &mut Reader<'_, '_>, is_required: bool| {
        let item = if is_required { reader.required(fields, "fields") } else { fields.item("fields") };
        item.map(|item| reader.exprs(item, "`fields`")).unwrap_or_default()
    };
    let save = match kind {
        SaveKind::Journal => Save::Journal {
            title: reader.required(fields, "title").map(|item| reader.text(item)).unwrap_or_default(),
            body: reader.required(fields, "body").map(|item| reader.text(item)).unwrap_or_default(),
            fields: values(reader, false),
        },
        SaveKind::Profile => Save::Profile(values(reader, true)),
        SaveKind::Measures => Save::Measures(values(reader, true)),
    };
    if !matches!(kind, SaveKind::Journal) {
        reader.known(fields, &["id", "was", "when", "save", "fields"]);
    }
    Some(save)
}

pub(super) fn goal(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, item: &Item<'_>) -> Option<Goal> {
    if item.get_ref().as_str() == Some("close") {
        reader.known(fields, &["id", "was", "when", "goal", "outcome"]);
        let outcome = reader.required(fields, "outcome").map(|item| reader.expr(item));
        return Some(Goal::Close { outcome: outcome.unwrap_or_else(|| broken(item.span())) });
    }
    reader.known(fields, &["id", "was", "when", "goal", "due"]);
    Some(Goal::Open { title: reader.text(item), due: fields.item("due").map(|item| reader.expr(item)) })
}

pub(super) fn schedule(reader: &mut Reader<'_, '_>, fields: &Fields<'_, '_>, item: &Item<'_>) -> Option<Schedule> {
    let dialog = reader.string(item)?.to_owned();
    if let Some(drop) = fields.item("drop") {
        if reader.boolean(drop) == Some(false) {
            reader.push(Code::UnknownWord, drop.span(), "write `drop = true`, or leave it out");
        }
        reader.known(fields, &["id", "was", "when", "schedule", "drop"]);
        return Some(Schedule::Drop { dialog });
    }
    let once = Text(vec![TextPiece::Plain("once".to_owned())]);
    let every = match fields.item("every") {
        Some(item) => {
            timing(reader, item, "a recurrence: daily, weekdays, `mon, thu`, `3 days`, weekly, once", is_every)
        }
        None => once,
    };
    let at = match reader.required(fields, "at") {
        Some(item) => timing(reader, item, "a time: `18:30`, `tomorrow 18:30`, `18:00-20:00`", is_at),
        None => Text::default(),
    };
    let words = [("queue", WhenBusy::Queue), ("skip", WhenBusy::Skip)];
    let when_busy = fields.item("when_busy").and_then(|item| reader.one_of(item, &words, "way to wait"));
    Some(Schedule::Plan {
        dialog,
        every,
        at,
        with: with(reader, fields),
        when_busy: when_busy.unwrap_or(WhenBusy::Queue),
        expires_s: reader.seconds(fields, "expires", EXPIRES_S),
    })
}

/// A text that names a time; checked here when nothing in it waits for an answer.
fn timing(reader: &mut Reader<'_, '_>, item: &Item<'_>, what: &str, is_fine: fn(&str) -> bool) -> Text {
    let text = reader.text(item);
    if let [TextPiece::Plain(words)] = text.0.as_slice()
        && !is_fine(words)
    {
        reader.push(Code::BadTime, item.span(), format!("this is not {what}"));
    }
    text
}
