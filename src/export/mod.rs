//! Everything that is kept of a person, as files for them: one zip with `export.json`, `journal.md`, `measures.csv` and
//! `export.html`. The format is described in `docs/export.md`. Pure: what is in it is handed in, and nothing is looked up.

mod archive;
mod chart;
mod csv;
mod html;
mod json;
mod markdown;
mod names;
mod page;
mod series;
pub(crate) mod words;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ZonedDateTime};

use crate::domain::language::Language;
use crate::domain::person::Profile;
use crate::domain::text::UserText;
use crate::domain::value::Value;
use crate::domain::write::{JournalEntry, Plan, Write};

pub use archive::{NAME, PackError, Packed, pack};
pub use csv::write as write_csv;
pub use html::write as write_html;
pub use json::{FORMAT, VERSION, write as write_json};
pub use markdown::write as write_markdown;

/// What is kept of one person. Nothing here may be of anybody else.
#[derive(Clone, Debug)]
pub struct Export {
    /// When this was put together, in the person's zone.
    pub made_at: ZonedDateTime,
    /// The bot's own name.
    pub bot: String,
    /// In which the files for reading are written.
    pub language: Language,
    /// The profile. Of its addresses only the platforms are told, and nothing of up to where a chat was heard.
    pub profile: Profile,
    /// What dialogs are called, by id.
    pub titles: BTreeMap<String, String>,
    /// What people saw of names and keys, as the labels of the dialogs have it.
    pub labels: BTreeMap<String, String>,
    /// Journal entries, the oldest first.
    pub journal: Vec<JournalEntry>,
    /// Numbers of days, the oldest first.
    pub measures: Vec<Measured>,
    /// What was noted on goals, the oldest first.
    pub goals: Vec<GoalNote>,
    /// Plans of check-ins.
    pub plans: Vec<PlanKept>,
    /// Exercises that are not over.
    pub exercises: Vec<Exercise>,
}

/// Numbers of a day.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The person's local day.
    pub date: Date,
    /// Name and value.
    pub values: BTreeMap<String, f64>,
}

/// A note on a goal.
#[derive(Clone, Debug)]
pub enum GoalNote {
    /// One was set.
    Set {
        /// In the person's words.
        title: UserText,
        /// The day it is for.
        due: Option<Date>,
        /// The day it was set.
        since: Date,
    },
    /// The open one was closed.
    Closed {
        /// What became of it, an author's word.
        outcome: String,
        /// The person's local day.
        date: Date,
    },
}

/// A plan of check-ins and what became of it so far.
#[derive(Clone, Debug)]
pub struct PlanKept {
    /// The plan.
    pub plan: Plan,
    /// When it is due next.
    pub due: Option<Timestamp>,
    /// When it was due before, as far as that is still kept, and in one word what became of it.
    pub past: Vec<(Timestamp, &'static str)>,
}

/// An exercise that is not over.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// The dialog.
    pub dialog: String,
    /// Since when and until when it is set aside; `None` while it is open.
    pub aside: Option<(Timestamp, Timestamp)>,
    /// Answers by the name of their question, in order; `None` for one that was left out.
    pub answers: Vec<(String, Option<Value>)>,
    /// Answers that were taken back, by the step of their question.
    pub taken_back: Vec<(String, Value)>,
    /// The answer in the making, of a question that takes several messages.
    pub unfinished: Vec<UserText>,
}

impl Export {
    /// Takes in what was kept as an entry. Writes that are kept in the profile or as plans change nothing.
    pub fn add(&mut self, entry: Write) {
        match entry {
            Write::Journal(entry) => self.journal.push(entry),
            Write::Measures { values, date } => self.measures.push(Measured { date, values }),
            Write::Goal { title, due, since } => self.goals.push(GoalNote::Set { title, due, since }),
            Write::GoalClosed { outcome, date } => self.goals.push(GoalNote::Closed { outcome, date }),
            Write::Profile(_) | Write::Plan(_) | Write::PlanDropped { .. } => {}
        }
    }

    /// What a dialog is called.
    fn title<'a>(&'a self, dialog: &'a str) -> &'a str {
        self.titles.get(dialog).map_or(dialog, String::as_str)
    }

    /// A question of a dialog as it was asked, or its name.
    fn question(&self, dialog: &str, step: &str) -> String {
        let asked = self.labels.get(&format!("{dialog}/{step}"));
        asked.map_or_else(|| words::label(step, self.language), Clone::clone)
    }

    /// A value under a name, chosen ones in the words of their buttons. The dialog is empty for facts of the profile.
    fn value(&self, dialog: &str, name: &str, value: &Value) -> String {
        match value {
            Value::Key(key) => {
                let label = self.labels.get(&format!("{dialog}/{name}/{key}"));
                label.map_or_else(|| words::value(value, self.language), Clone::clone)
            }
            Value::List(items) => {
                items.iter().map(|item| self.value(dialog, name, item)).collect::<Vec<_>>().join("\n")
            }
            Value::Bool(_) | Value::Num(_) | Value::Text(_) | Value::Date(_) | Value::Time(_) | Value::Record(_) => {
                words::value(value, self.language)
            }
        }
    }
}
