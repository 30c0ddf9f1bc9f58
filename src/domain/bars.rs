//! Accounts that moderators of a space keep from something. They are known by a fingerprint, so that a block outlives a
//! `/forget`, and moderators see of each only its number and since when it stands.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::limits::SPACE_BARS_MAX;

/// Tells one account of a platform from others: a hash, such that whoever was kept away stays so after a `/forget`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(pub u64);

/// Who is kept away from one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Bars {
    /// The number of the last one.
    last_number: u32,
    /// Each, the oldest first.
    held: Vec<Bar>,
}

/// One person who is kept away, by all accounts that they had then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Bar {
    number: u32,
    marks: BTreeSet<Mark>,
    since: Timestamp,
}

/// As it may lie on the disk: at first there were accounts only.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Accounts(BTreeSet<Mark>),
    Bars { last_number: u32, held: Vec<Bar> },
}

impl Bars {
    /// Whether one of these accounts is kept away.
    pub fn hold(&self, marks: &[Mark]) -> bool {
        self.held.iter().any(|bar| marks.iter().any(|mark| bar.marks.contains(mark)))
    }

    /// Keeps somebody away from now on. Of very many the oldest goes.
    pub fn add(&mut self, marks: impl IntoIterator<Item = Mark>, now: Timestamp) {
        let marks: BTreeSet<Mark> = marks.into_iter().collect();
        if marks.is_empty() {
            return;
        }
        self.last_number = self.last_number.wrapping_add(1);
        self.held.push(Bar { number: self.last_number, marks, since: now });
        let over = self.held.len().saturating_sub(SPACE_BARS_MAX);
        self.held.drain(..over);
    }

    /// One of them ends; whether there was such a one.
    pub fn lift(&mut self, number: u32) -> bool {
        self.held.extract_if(.., |bar| bar.number == number).count() > 0
    }

    /// Number of each, and since when, the newest first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, Timestamp)> {
        self.held.iter().rev().map(|bar| (bar.number, bar.since))
    }

    /// Whether nobody is kept away.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}

impl From<Kept> for Bars {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Bars { last_number, held } => Self { last_number, held },
            Kept::Accounts(marks) => {
                let mut bars = Self::default();
                for mark in marks {
                    bars.add([mark], Timestamp::UNIX_EPOCH);
                }
                bars
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bars, Mark, SPACE_BARS_MAX, Timestamp};

    #[test]
    fn any_account_of_somebody_is_kept_away_until_it_is_lifted() {
        let mut bars = Bars::default();
        bars.add([Mark(1), Mark(2)], Timestamp::UNIX_EPOCH);
        bars.add([], Timestamp::UNIX_EPOCH);
        assert!(bars.hold(&[Mark(7), Mark(2)]) && !bars.hold(&[Mark(7)]) && !bars.hold(&[]));
        assert_eq!(bars.iter().map(|(number, _)| number).collect::<Vec<_>>(), [1]);
        assert!(!bars.lift(2) && bars.lift(1) && !bars.lift(1) && bars.is_empty());
        bars.add([Mark(3)], Timestamp::UNIX_EPOCH);
        assert!(!bars.lift(1), "an old button means nobody else");
    }

    #[test]
    fn accounts_that_were_kept_before_there_were_numbers_stay_kept_away() {
        let bars: Bars = serde_json::from_str("[5,9]").unwrap();
        assert!(bars.hold(&[Mark(5)]) && bars.hold(&[Mark(9)]) && !bars.hold(&[Mark(1)]));
        let again: Bars = serde_json::from_str(&serde_json::to_string(&bars).unwrap()).unwrap();
        assert_eq!(again, bars);
    }

    #[test]
    fn of_very_many_the_oldest_goes() {
        let mut bars = Bars::default();
        for mark in 0..=SPACE_BARS_MAX as u64 {
            bars.add([Mark(mark)], Timestamp::UNIX_EPOCH);
        }
        assert!(bars.iter().len() == SPACE_BARS_MAX && !bars.hold(&[Mark(0)]) && bars.hold(&[Mark(1)]));
    }
}
