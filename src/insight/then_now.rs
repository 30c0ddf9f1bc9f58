//! An answer of somebody's own from their beginning here beside their latest one to the same thing.

use std::collections::BTreeMap;

use crate::domain::language::Language;
use crate::domain::message::{Piece, RichText};
use crate::domain::write::{JournalEntry, Write};
use crate::insight::days::between;
use crate::insight::words::{Said, said};

/// Days that lie between two answers, at least: before that nothing can have moved.
const APART_DAYS: i32 = 7;
/// Dialogs that are asked more than once, by what they are about. What is sealed until a day, such as a letter, and what is
/// of a moment of danger, is not among them.
const ASKED: &[(&str, &str)] = &[
    ("week-progress", "week"),
    ("month-review", "month"),
    ("welcome", "day"),
    ("daily", "day"),
    ("outside-view", "outside"),
    ("self-clarity", "clarity"),
    ("reasons-drift", "reasons"),
    ("breakup-causes", "causes"),
];

/// The first and the last entry about each thing, while a journal is read.
#[derive(Clone, Debug, Default)]
pub struct ThenNow(BTreeMap<&'static str, (JournalEntry, Option<JournalEntry>)>);

impl ThenNow {
    /// Takes in what was kept as an entry, the oldest first.
    pub fn add(&mut self, entry: Write) {
        let Write::Journal(entry) = entry else { return };
        let Some((_, about)) = ASKED.iter().find(|(dialog, _)| *dialog == entry.dialog) else { return };
        match self.0.get_mut(about) {
            Some((_, last)) => *last = Some(entry),
            None => {
                self.0.insert(about, (entry, None));
            }
        }
    }
}

/// The two that lie furthest apart; `None` when there are none yet.
pub fn then_now(read: &ThenNow, language: Language) -> Option<RichText> {
    let pairs = read.0.values().filter_map(|(first, last)| Some((first, last.as_ref()?)));
    let apart = |(first, last): &(&JournalEntry, &JournalEntry)| between(first.date, last.date);
    let (first, last) = pairs.filter(|pair| apart(pair) >= APART_DAYS).max_by_key(apart)?;
    let mut text = part(language, ("Then", "Entonces"), first);
    text.push(Piece::Author("\n\n".to_owned()));
    text.extend(part(language, ("Now", "Ahora"), last));
    let end = (
        "Both are yours. What lies between them is for you to say.",
        "Las dos son tuyas. Lo que hay entre ellas lo dices tú.",
    );
    text.push(Piece::Author(format!("\n\n{}", said(language, end))));
    Some(RichText(text))
}

fn part(language: Language, when: Said, entry: &JournalEntry) -> Vec<Piece> {
    let (when, day) = (said(language, when), language.full_day(entry.date));
    vec![
        Piece::Author(format!("**{when}**, {day}: ")),
        Piece::Person(entry.title.clone()),
        Piece::Author("\n".to_owned()),
        Piece::Person(entry.body.clone()),
    ]
}
