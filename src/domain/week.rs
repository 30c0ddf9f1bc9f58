//! On which days of the last week somebody has checked in, and on which a check-in has come to them.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::limits::WEEK_DAYS;

/// The measure that makes a day one on which somebody has checked in.
pub const MOOD: &str = "mood";

/// Days by the person's own clock; older ones than a week are not kept here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    /// Since when they are noted.
    pub since: Date,
    /// Those on which they have checked in.
    pub days: BTreeSet<Date>,
    /// Those on which a check-in came by itself.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub asked: BTreeSet<Date>,
}

impl Week {
    /// Begins on a day.
    pub fn new(since: Date) -> Self {
        Self { since, days: BTreeSet::new(), asked: BTreeSet::new() }
    }

    /// They have checked in for a day. One before the first that is noted makes it the first.
    pub fn checked_in(&mut self, day: Date, today: Date) {
        self.since = self.since.min(day);
        self.days.insert(day);
        self.prune(today);
    }

    /// A check-in has come by itself.
    pub fn came(&mut self, today: Date) {
        self.asked.insert(today);
        self.prune(today);
    }

    /// On how many of how many days they have checked in: of the last seven, or of those since the first that is noted.
    pub fn count(&self, today: Date) -> (usize, usize) {
        let first = first_of_week(today).max(self.since.min(today));
        let of = first.until(today).map_or(0, |span| span.get_days()) + 1;
        (self.days.range(first..=today).count(), usize::try_from(of).unwrap_or(1))
    }

    /// Whether a check-in came yesterday and they have not checked in then or since.
    pub fn missed_yesterday(&self, today: Date) -> bool {
        let Ok(yesterday) = today.yesterday() else { return false };
        self.asked.contains(&yesterday) && self.days.range(yesterday..).next().is_none()
    }

    /// Days of both.
    pub fn joined(mut self, other: Self) -> Self {
        self.since = self.since.min(other.since);
        self.days.extend(other.days);
        self.asked.extend(other.asked);
        self
    }

    fn prune(&mut self, today: Date) {
        let first = first_of_week(today);
        self.days.retain(|day| *day >= first);
        self.asked.retain(|day| *day >= first);
    }
}

fn first_of_week(today: Date) -> Date {
    today.saturating_sub((WEEK_DAYS - 1).days())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::{Date, date};

    use super::Week;

    const TODAY: Date = date(2026, 3, 20);

    fn ago(days: i32) -> Date {
        TODAY.saturating_sub(days.days())
    }

    #[test]
    fn days_are_counted_once_and_of_the_last_seven_only() {
        let mut week = Week::new(ago(30));
        assert_eq!(week.count(TODAY), (0, 7));
        for days in [30, 7, 6, 6, 2, 0] {
            week.checked_in(ago(days), ago(days));
        }
        assert_eq!(week.count(TODAY), (3, 7));
        assert_eq!(week.days.len(), 3, "older ones are not kept: {week:?}");
    }

    #[test]
    fn who_is_here_for_three_days_has_three() {
        let mut week = Week::new(ago(2));
        week.checked_in(ago(2), ago(2));
        assert_eq!(week.count(TODAY), (1, 3));
        // A clock that was set back.
        assert_eq!(week.count(ago(5)), (0, 1));
        week.checked_in(ago(3), TODAY);
        assert_eq!(week.count(TODAY), (2, 4));
    }

    #[test]
    fn yesterday_is_missed_when_it_was_asked_about_and_nothing_came_since() {
        let mut week = Week::new(ago(9));
        assert!(!week.missed_yesterday(TODAY), "nobody asked");
        week.came(ago(1));
        assert!(week.missed_yesterday(TODAY));
        assert!(!week.missed_yesterday(ago(1)) && !week.missed_yesterday(ago(-1)));
        for day in [1, 0] {
            let mut week = week.clone();
            week.checked_in(ago(day), TODAY);
            assert!(!week.missed_yesterday(TODAY));
        }
    }

    #[test]
    fn of_two_the_days_of_both_count() {
        let (mut mine, mut theirs) = (Week::new(ago(3)), Week::new(ago(9)));
        mine.checked_in(ago(1), TODAY);
        theirs.checked_in(ago(1), TODAY);
        theirs.checked_in(ago(4), TODAY);
        assert_eq!(mine.joined(theirs).count(TODAY), (2, 7));
    }
}
