//! How it was after an exercise, against before: counted, and never said to be because of it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::domain::value::Value;
use crate::insight::{Noted, number};

/// How one exercise went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Helped {
    /// What it is called.
    pub name: String,
    /// How often it was lighter afterwards.
    pub lighter: usize,
    /// How often it was the same.
    pub same: usize,
    /// How often it was heavier.
    pub heavier: usize,
}

impl Helped {
    /// How often it was done.
    pub fn times(&self) -> usize {
        self.lighter + self.same + self.heavier
    }

    /// The share of lighter ones, drawn towards a half while there are few: one good time is no ranking.
    fn weight(&self) -> f64 {
        (self.lighter as f64 + 1.0) / (self.times() as f64 + 2.0)
    }
}

/// By exercise; what was lighter more often first, then by name.
pub(super) fn of(entries: &[&Noted], titles: &BTreeMap<String, String>) -> Vec<Helped> {
    let mut by_name: BTreeMap<String, Helped> = BTreeMap::new();
    for entry in entries {
        let Some(change) = change(entry) else { continue };
        let name = name(entry, titles);
        let helped = by_name.entry(name.clone()).or_insert(Helped { name, lighter: 0, same: 0, heavier: 0 });
        match change {
            Ordering::Less => helped.lighter += 1,
            Ordering::Equal => helped.same += 1,
            Ordering::Greater => helped.heavier += 1,
        }
    }
    let mut all: Vec<Helped> = by_name.into_values().collect();
    all.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
    all
}

/// How heavy it was afterwards, against before: by two numbers of how strong it was, or by their own word.
fn change(entry: &Noted) -> Option<Ordering> {
    // What a page of the other person did is no exercise.
    if entry.dialog == "feeds-look" {
        return None;
    }
    if let (Some(before), Some(after)) = (number(&entry.fields, "before"), number(&entry.fields, "after")) {
        return after.partial_cmp(&before);
    }
    match entry.fields.get("weight").and_then(Value::as_str)? {
        "lighter" => Some(Ordering::Less),
        "same" => Some(Ordering::Equal),
        "heavier" => Some(Ordering::Greater),
        _ => None,
    }
}

/// The way that was chosen within a dialog, if it has several; else the dialog.
fn name(entry: &Noted, titles: &BTreeMap<String, String>) -> String {
    let way = match entry.fields.get("tool") {
        Some(Value::Key(key)) => titles.get(&format!("{}/{key}", entry.dialog)),
        Some(_) | None => None,
    };
    way.or_else(|| titles.get(&entry.dialog)).unwrap_or(&entry.dialog).clone()
}
