//! How somebody's days went, from the numbers they gave: told in words, and drawn as one picture. Pure: what is kept of
//! them is handed in, and nothing is looked up.
//!
//! A day without an answer stays a gap: nothing is drawn or counted between two days that are known. Nothing here judges,
//! explains or foretells.

mod card;
mod days;
mod drift;
mod helped;
mod marks;
mod picture;
mod then_now;
mod voice;
mod words;

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::domain::language::Language;
use crate::domain::value::{Value, Values};
use crate::domain::write::{JournalEntry, Write};

pub use days::{Days, Week};
pub use drift::{Missing, Reasons};
pub use helped::Helped;
pub use picture::PictureError;
pub use then_now::{ThenNow, then_now};
pub use voice::{Voice, is_counted};

/// Days of the short look back.
const RECENT_DAYS: i32 = 28;
/// Days over which it is said how often there was a check-in.
const CHECKIN_DAYS: i32 = 14;

/// What is kept of one person, as far as it is looked at here. Nothing may be of anybody else.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Values of days by the name of their measure, in the order in which they were kept.
    pub measures: Vec<(Date, BTreeMap<String, f64>)>,
    /// The language in which it is told.
    pub language: Language,
    /// Journal entries without their words.
    pub entries: Vec<Noted>,
    /// What dialogs are called, by id; and what the options of their questions are, by `<id>/<key>`.
    pub titles: BTreeMap<String, String>,
    /// Sentences of authors that may stand in an entry, by the dialog it came from: what is left is the person's own.
    pub authors: BTreeMap<String, Vec<String>>,
}

/// A journal entry without its words.
#[derive(Clone, Debug)]
pub struct Noted {
    /// The dialog it came from.
    pub dialog: String,
    /// The person's local day.
    pub date: Date,
    /// Its named values.
    pub fields: Values,
    /// What is counted of its words.
    pub voice: Voice,
}

/// What there is to tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The language of its words.
    pub language: Language,
    /// The person's day.
    pub today: Date,
    /// Mood, 1 to 5; a day with one is a day with a check-in.
    pub mood: Days,
    /// Sleep: 0 poor, 1 okay, 2 good.
    pub sleep: Days,
    /// The pull towards the other person, 0 to 4.
    pub pull: Days,
    /// Days of the short look back by the word for what contact there was, where it was asked.
    pub contact: BTreeMap<String, usize>,
    /// How clear they are to themselves, 0 to 12: the first time and the last.
    pub clarity: Option<Ends<(Date, f64)>>,
    /// What they missed: the first time and the last.
    pub missing: Option<Ends<Missing>>,
    /// How it was after an exercise, against before; what helped more often first.
    pub helped: Vec<Helped>,
    /// “I” and “we” in what they wrote: in the days of the short look back, and in as many at their beginning.
    pub voice: Option<(Voice, Option<Voice>)>,
}

/// The first of several answers to the same question and, if there is another, the last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ends<T> {
    /// The first.
    pub first: T,
    /// The last.
    pub last: Option<T>,
}

impl<T> Ends<T> {
    fn of(mut answers: impl DoubleEndedIterator<Item = T>) -> Option<Self> {
        let first = answers.next()?;
        Some(Self { first, last: answers.next_back() })
    }
}

impl Kept {
    /// Takes in what was kept as an entry.
    pub fn add(&mut self, entry: Write) {
        match entry {
            Write::Journal(JournalEntry { dialog, fields, date, body, complete, .. }) => {
                // One that was kept unfinished has the questions in it as they were asked.
                let authors = self.authors.get(&dialog).map_or(&[][..], Vec::as_slice);
                let voice = if complete { Voice::of(body.expose(), authors) } else { Voice::default() };
                self.entries.push(Noted { dialog, date, fields, voice });
            }
            Write::Measures { values, date } => self.measures.push((date, values)),
            Write::Goal { .. }
            | Write::GoalClosed { .. }
            | Write::Profile(_)
            | Write::Plan(_)
            | Write::PlanDropped { .. } => {}
        }
    }
}

impl Progress {
    /// Looks at what is kept, up to and with this day of the person.
    pub fn of(kept: &Kept, today: Date) -> Self {
        let measure = |name: &str| {
            let values = kept.measures.iter().filter_map(|(date, values)| Some((*date, *values.get(name)?)));
            Days::of(values.filter(|(date, _)| *date <= today))
        };
        let entries: Vec<&Noted> = kept.entries.iter().filter(|entry| entry.date <= today).collect();
        Self {
            language: kept.language,
            today,
            mood: measure("mood"),
            sleep: measure("sleep"),
            pull: measure("pull"),
            contact: contact(&entries, today),
            clarity: clarity(&entries),
            missing: drift::of(&entries),
            helped: helped::of(&entries, &kept.titles),
            voice: voice::told(&entries, today),
        }
    }

    /// Whether there is anything to tell.
    pub fn is_empty(&self) -> bool {
        let Self { language: _, today: _, mood, sleep, pull, contact, clarity, missing, helped, voice } = self;
        [mood, sleep, pull].into_iter().all(Days::is_empty)
            && contact.is_empty()
            && clarity.is_none()
            && missing.is_none()
            && helped.is_empty()
            && voice.is_none()
    }

    /// Whether there is anything to draw.
    pub fn is_drawable(&self) -> bool {
        !([&self.mood, &self.sleep, &self.pull].into_iter().all(Days::is_empty) && self.helped.is_empty())
    }

    /// All of it in words, in the Markdown subset of authors.
    pub fn in_words(&self) -> String {
        words::all(self)
    }

    /// What the picture shows, for people who do not see it; its numbers stand in [`Progress::in_words`].
    pub fn alt(&self) -> String {
        words::alt(self)
    }

    /// A PNG, as wide as a phone.
    ///
    /// # Errors
    /// [`PictureError`], which is a fault of this program.
    pub fn picture(&self) -> Result<Vec<u8>, PictureError> {
        picture::png(&card::svg(self))
    }

    /// Days with a check-in among the last so many, and how many these are: two weeks, or fewer when they have not been
    /// here for as long.
    fn checkins(&self) -> (usize, i32) {
        let first = self.mood.first().unwrap_or(self.today);
        let length = (days::between(first, self.today) + 1).clamp(1, CHECKIN_DAYS);
        (self.mood.within(back(self.today, length - 1), self.today).count(), length)
    }
}

/// How clear somebody is to themselves: the three answers of `self-clarity`, the first time and the last.
fn clarity(entries: &[&Noted]) -> Option<Ends<(Date, f64)>> {
    Ends::of(entries.iter().filter(|entry| entry.dialog == "self-clarity").filter_map(|entry| {
        let number = |name: &str| number(&entry.fields, name);
        Some((entry.date, number("likes")? + number("plans")? + number("words")?))
    }))
}

/// Days by the word for what contact there was; the last answer of a day counts.
fn contact(entries: &[&Noted], today: Date) -> BTreeMap<String, usize> {
    let from = back(today, RECENT_DAYS - 1);
    let answers = entries.iter().filter(|entry| entry.date >= from).filter_map(|entry| {
        let Some(Value::Key(key)) = entry.fields.get("contact") else { return None };
        Some((entry.date, key.clone()))
    });
    let mut days = BTreeMap::new();
    for (_, key) in answers.collect::<BTreeMap<_, _>>() {
        *days.entry(key).or_default() += 1;
    }
    days
}

fn number(fields: &Values, name: &str) -> Option<f64> {
    match fields.get(name) {
        Some(Value::Num(number)) if number.is_finite() => Some(*number),
        Some(_) | None => None,
    }
}

/// So many days before a day.
fn back(date: Date, days: i32) -> Date {
    date.saturating_sub(days.days())
}
