//! The recurrences that a `schedule` step writes as texts: `weekdays` at `18:00-20:00`, or once `tomorrow 18:30`.

use jiff::civil::Date;

use crate::dialog::answer_when::day;
use crate::domain::language::Language;
use crate::domain::recurrence::{At, Recurrence};
use crate::domain::recurrence_text;

const ANY_DAY: Date = Date::constant(2024, 1, 1);

/// Whether these words name days, whatever day it is.
pub fn is_every(words: &str) -> bool {
    recurrence_text::parse_every(words, ANY_DAY).is_ok()
}

/// Whether these words name a time, whatever day it is.
pub fn is_at(words: &str) -> bool {
    parse_at(words, ANY_DAY).is_some()
}

/// Both together. Counting starts at `today`, which is the day of `weekly` and `once`, unless a day beside the time is
/// the first. `None` when the words mean nothing.
pub fn recurrence(every: &str, at: &str, today: Date) -> Option<Recurrence> {
    let (from, at) = parse_at(at, today)?;
    Some(Recurrence { every: recurrence_text::parse_every(every, from.unwrap_or(today)).ok()?, at })
}

/// Reads at what time: `18:30`, `18:00-20:00`, each with a day before it if wanted: `tomorrow 18:30`. The day is the
/// first one of the recurrence. `None` when the words mean none of these.
fn parse_at(text: &str, today: Date) -> Option<(Option<Date>, At)> {
    let text = text.trim();
    let (before, hours) = text.rsplit_once(char::is_whitespace).unwrap_or(("", text));
    let from = if before.trim().is_empty() { None } else { Some(day(before, today, Language::English)?) };
    Some((from, recurrence_text::parse_at(hours).ok()?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::{is_at, is_every, parse_at, recurrence};
    use crate::domain::recurrence::{At, Every, Recurrence};

    #[test]
    fn days_and_times_as_authors_write_them() {
        let today = date(2026, 3, 5); // a Thursday
        for (text, wanted) in [
            ("daily", Every::Daily),
            (" Weekdays ", Every::Weekdays),
            ("thu, mon", Every::Days(vec![1, 4])),
            ("monday and sunday", Every::Days(vec![1, 7])),
            ("3 days", Every::NDays { n: 3, from: today }),
            ("weekly", Every::Days(vec![4])),
            ("once", Every::Once(today)),
        ] {
            let read = recurrence(text, "18:30", today);
            assert_eq!(read.map(|read| read.every), Some(wanted), "{text}");
        }
        for text in ["", "sometimes", "0 days", "-1 days", "mon, noday", "99999999 days", "yearly"] {
            assert_eq!(recurrence(text, "18:30", today), None, "{text}");
            assert!(!is_every(text), "{text}");
        }
        let window = At::Window { from: time(18, 0, 0, 0), to: time(20, 0, 0, 0) };
        assert_eq!(parse_at("18:00-20:00", today), Some((None, window)));
        assert_eq!(parse_at("tomorrow 18:30", today), Some((Some(date(2026, 3, 6)), At::Wall(time(18, 30, 0, 0)))));
        for text in ["", "18", "25:00", "soon 18:30", "18:00-", "18:00-18:00", "éé:00", "noon"] {
            assert_eq!(parse_at(text, today), None, "{text}");
            assert!(!is_at(text), "{text}");
        }
    }

    #[test]
    fn a_day_beside_the_time_is_the_first() {
        let today = date(2026, 3, 5);
        let at = At::Wall(time(18, 30, 0, 0));
        let once = recurrence("once", "tomorrow 18:30", today);
        assert_eq!(once, Some(Recurrence { every: Every::Once(date(2026, 3, 6)), at }));
        let weekly = recurrence("weekly", "tomorrow 18:30", today);
        assert_eq!(weekly, Some(Recurrence { every: Every::Days(vec![5]), at }));
    }
}
