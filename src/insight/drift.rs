//! What somebody missed, by the four things it may be: the answers of `reasons-drift`.

use jiff::civil::Date;

use crate::domain::value::Value;
use crate::insight::{Ends, Noted};

/// The dialog that asks, and the field of its entry.
const DIALOG: &str = "reasons-drift";
const FIELD: &str = "missing";

/// Which statement is about what.
const STATEMENTS: &[(&str, Reasons)] = &[
    ("view", Reasons::Them),
    ("nothing", Reasons::Them),
    ("laugh", Reasons::Them),
    ("evening", Reasons::Habit),
    ("routine", Reasons::Habit),
    ("plans", Reasons::Habit),
    ("first", Reasons::Chosen),
    ("touch", Reasons::Chosen),
    ("nobody", Reasons::Alone),
    ("quiet", Reasons::Alone),
];

/// What a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reasons {
    /// The person.
    Them,
    /// What days were like.
    Habit,
    /// Being somebody's first choice.
    Chosen,
    /// Not being alone.
    Alone,
}

/// How many statements were true on a day, by what they are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The person's local day.
    pub date: Date,
    /// In the order of [`Reasons`].
    pub counts: [usize; 4],
}

/// The first answer and the last; `None` without any.
pub(super) fn of(entries: &[&Noted]) -> Option<Ends<Missing>> {
    Ends::of(entries.iter().filter(|entry| entry.dialog == DIALOG).filter_map(|entry| missing(entry)))
}

fn missing(entry: &Noted) -> Option<Missing> {
    let Some(Value::List(keys)) = entry.fields.get(FIELD) else { return None };
    let mut counts = [0; 4];
    for key in keys.iter().filter_map(Value::as_str) {
        let about = STATEMENTS.iter().find(|(known, _)| *known == key).map(|(_, about)| *about as usize);
        if let Some(count) = about.and_then(|about| counts.get_mut(about)) {
            *count += 1;
        }
    }
    counts.iter().any(|count| *count > 0).then_some(Missing { date: entry.date, counts })
}
