//! Measures as lines over time.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::export::Measured;

/// Points of a line; more are drawn as the means of weeks, so that they can be told apart on a phone.
const POINTS_MAX: usize = 150;

/// One measure over time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    /// Its name.
    pub name: String,
    /// How many values there are.
    pub count: usize,
    /// The lowest value.
    pub low: f64,
    /// The highest value.
    pub high: f64,
    /// The day of the first value.
    pub first: Date,
    /// The day of the last value.
    pub last: Date,
    /// A mean for each day, or for each week by its first day; rising, never empty.
    pub points: Vec<(Date, f64)>,
    /// Whether the points are of weeks.
    pub weekly: bool,
}

/// One series for each name, in the order of the names.
pub(super) fn of(measures: &[Measured]) -> Vec<Series> {
    let mut by_name: BTreeMap<&str, Vec<(Date, f64)>> = BTreeMap::new();
    for measured in measures {
        for (name, value) in measured.values.iter().filter(|(_, value)| value.is_finite()) {
            by_name.entry(name).or_default().push((measured.date, *value));
        }
    }
    by_name.into_iter().filter_map(|(name, values)| series(name, &values)).collect()
}

fn series(name: &str, values: &[(Date, f64)]) -> Option<Series> {
    let daily = means(values.iter().copied());
    let (first, last) = (daily.first()?.0, daily.last()?.0);
    let weekly = daily.len() > POINTS_MAX;
    let points = if weekly { means(values.iter().map(|(date, value)| (monday(*date), *value))) } else { daily };
    let all = || values.iter().map(|(_, value)| *value);
    Some(Series {
        name: name.to_owned(),
        count: values.len(),
        low: all().fold(f64::INFINITY, f64::min),
        high: all().fold(f64::NEG_INFINITY, f64::max),
        first,
        last,
        points,
        weekly,
    })
}

fn means(values: impl Iterator<Item = (Date, f64)>) -> Vec<(Date, f64)> {
    let mut days: BTreeMap<Date, (f64, f64)> = BTreeMap::new();
    for (date, value) in values {
        let (sum, count) = days.entry(date).or_default();
        (*sum, *count) = (*sum + value, *count + 1.0);
    }
    days.into_iter().map(|(date, (sum, count))| (date, sum / count)).collect()
}

fn monday(date: Date) -> Date {
    use jiff::ToSpan;
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::of;
    use crate::export::Measured;
    use jiff::ToSpan;
    use jiff::civil::date;

    #[test]
    fn days_are_means_and_long_lines_are_weeks() {
        let on = |day, value| Measured { date: day, values: BTreeMap::from([("mood".to_owned(), value)]) };
        let first = date(2026, 3, 2);
        let two = of(&[on(first, 1.0), on(first, 4.0), on(first.tomorrow().unwrap(), 5.0)]);
        assert_eq!(two[0].points, [(first, 2.5), (date(2026, 3, 3), 5.0)]);
        assert_eq!((two[0].count, two[0].low, two[0].high, two[0].weekly), (3, 1.0, 5.0, false));
        let many: Vec<_> = (0..400).map(|day| on(first + i64::from(day).days(), f64::from(day % 7))).collect();
        let many = of(&many);
        assert!(many[0].weekly && many[0].points.len() == 58, "{}", many[0].points.len());
        assert_eq!(many[0].points[0], (first, 3.0));
    }
}
