//! One measure over days, and the seven days that end with one.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::insight::back;

/// Days with a value among seven from which on these are told and drawn as a week.
pub(super) const WEEK_FROM: usize = 3;

/// The mean of each day that has a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Days(BTreeMap<Date, f64>);

/// The seven days that end with one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Week {
    /// Days with a value; at least three.
    pub count: usize,
    /// The lowest.
    pub low: f64,
    /// The mean.
    pub mean: f64,
    /// The highest.
    pub high: f64,
}

impl Days {
    /// Of values in any order; several of a day become their mean.
    pub fn of(values: impl Iterator<Item = (Date, f64)>) -> Self {
        let mut days: BTreeMap<Date, (f64, f64)> = BTreeMap::new();
        for (date, value) in values.filter(|(_, value)| value.is_finite()) {
            let (sum, count) = days.entry(date).or_default();
            (*sum, *count) = (*sum + value, *count + 1.0);
        }
        Self(days.into_iter().map(|(date, (sum, count))| (date, sum / count)).collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The first day.
    pub fn first(&self) -> Option<Date> {
        self.0.first_key_value().map(|(date, _)| *date)
    }

    /// The last day and its value.
    pub fn last(&self) -> Option<(Date, f64)> {
        self.0.last_key_value().map(|(date, value)| (*date, *value))
    }

    /// Those from one day to another, both included.
    pub fn within(&self, from: Date, to: Date) -> impl Iterator<Item = (Date, f64)> {
        let range = (from <= to).then(|| self.0.range(from..=to));
        range.into_iter().flatten().map(|(date, value)| (*date, *value))
    }

    /// The seven days that end with this one; `None` when fewer than three of them have a value, because too little
    /// is known of them.
    pub fn week(&self, end: Date) -> Option<Week> {
        self.summary(back(end, 6), end).filter(|week| week.count >= WEEK_FROM)
    }

    /// Lowest, mean and highest of the days from one to another.
    pub(super) fn summary(&self, from: Date, to: Date) -> Option<Week> {
        let nothing = Week { count: 0, low: f64::INFINITY, mean: 0.0, high: f64::NEG_INFINITY };
        let all = self.within(from, to).fold(nothing, |all, (_, value)| Week {
            count: all.count + 1,
            low: all.low.min(value),
            mean: all.mean + value,
            high: all.high.max(value),
        });
        (all.count > 0).then(|| Week { mean: all.mean / all.count as f64, ..all })
    }
}

/// Days from one to another.
pub(super) fn between(from: Date, to: Date) -> i32 {
    i32::try_from(from.duration_until(to).as_hours() / 24).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Days, between};
    use jiff::civil::date;

    #[test]
    fn a_week_needs_three_days_and_holds_nothing_older() {
        let on = |day, value| (date(2026, 3, day), value);
        let days = Days::of([on(1, 5.0), on(5, 1.0), on(5, 2.0), on(7, 4.0), on(10, 2.0)].into_iter());
        let week = days.week(date(2026, 3, 7)).unwrap();
        assert_eq!((week.count, week.low, week.high, week.mean), (3, 1.5, 5.0, 3.5));
        assert_eq!(days.week(date(2026, 3, 8)), None, "the first has left, and two are too few");
        assert_eq!(days.week(date(2026, 3, 10)).map(|week| week.count), Some(3));
        assert_eq!(days.within(date(2026, 3, 9), date(2026, 3, 1)).count(), 0);
        assert_eq!(between(date(2026, 3, 28), date(2026, 3, 30)), 2, "a day of 23 hours is a day");
    }
}
