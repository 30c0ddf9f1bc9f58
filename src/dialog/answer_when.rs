//! Days and times of day as people type them.

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};

use crate::dialog::answer::fold;
use crate::dialog::eval::plus_days;
use crate::domain::language::Language;

mod spanish;

/// The days that words can mean in a language or else in English, the likeliest first; a day without a year is the nearest
/// one. Understood in English are
/// `today`, `tomorrow`, `yesterday`, `in 3 days`, `2 weeks ago`, `friday`, `next friday`, `last friday`, `2026-03-05`,
/// `5 March`, `March 5th 2026`, `5.3.`, `5.3.2026`.
pub fn dates(text: &str, today: Date, language: Language) -> Vec<Date> {
    if language == Language::Spanish {
        let found = spanish::dates(text, today);
        if !found.is_empty() {
            return found;
        }
    }
    let trimmed = text.trim().trim_end_matches(['!', '?']);
    if let Ok(date) = trimmed.parse::<Date>() {
        // jiff also reads longer forms with a time, of which only the day is meant here.
        return vec![date];
    }
    if let Some(found) = dotted(trimmed, today) {
        return found;
    }
    let folded = fold(trimmed);
    let words: Vec<&str> = folded.split(' ').filter(|word| !matches!(*word, "on" | "the" | "of" | "a")).collect();
    if let Some(date) = relative(&words, today) {
        return vec![date];
    }
    named_month(&words, today)
}

/// The times of day that words can mean in a language or else in English, the likeliest first: an hour without `am` or `pm` is meant as on a clock of
/// 24 hours, and else in the afternoon. Understood in English are `18:30`, `18.30`, `6:30pm`, `6 pm`, `18`, `18h30`,
/// `half past six`, `quarter to 7`, `noon`, `midnight`, `7 in the evening`.
pub fn times(text: &str, language: Language) -> Vec<Time> {
    if language == Language::Spanish {
        let found = spanish::times(text);
        if !found.is_empty() {
            return found;
        }
    }
    let lower = text.trim().to_lowercase().replace("a.m.", "am").replace("p.m.", "pm").replace("o'clock", "");
    let mut words: Vec<String> = Vec::new();
    for word in lower.trim_end_matches(['.', '!', '?']).split_whitespace() {
        let cut = word.find(|c: char| c.is_ascii_alphabetic()).filter(|at| *at > 0);
        match cut.and_then(|at| word.split_at_checked(at)) {
            Some((digits, tail)) if matches!(tail, "am" | "pm") => words.extend([digits.to_owned(), tail.to_owned()]),
            _ => words.push(word.to_owned()),
        }
    }
    words.retain(|word| !matches!(word.as_str(), "at" | "about" | "around" | "in" | "the" | "oclock" | "o’clock"));
    let half = match words.last().map(String::as_str) {
        Some("am" | "morning") => Half::Morning,
        Some("pm" | "afternoon" | "evening" | "night" | "tonight") => Half::Evening,
        _ => Half::Unsaid,
    };
    if half != Half::Unsaid {
        words.pop();
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let found = match words.as_slice() {
        ["noon" | "midday"] => return vec![Time::constant(12, 0, 0, 0)],
        ["midnight"] => return vec![Time::midnight()],
        [word] => clock(word),
        ["half", "past", hour] => hour_word(hour).map(|hour| (hour, 30)),
        ["quarter", "past", hour] => hour_word(hour).map(|hour| (hour, 15)),
        ["quarter", "to", hour] => hour_word(hour).map(|hour| ((hour + 23) % 24, 45)),
        _ => None,
    };
    found.map_or_else(Vec::new, |(hour, minute)| readings(hour, minute, said(half, &words)))
}

/// The likeliest day that words can mean, as for [`dates`].
pub fn day(text: &str, today: Date, language: Language) -> Option<Date> {
    dates(text, today, language).first().copied()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Evening,
    Unsaid,
}

/// Who writes `06:30` means the clock of 24 hours, and not the evening.
fn said(half: Half, words: &[&str]) -> Half {
    let is_padded = |word: &&str| matches!(word.as_bytes(), [b'0', b'1'..=b'9', ..]);
    if half == Half::Unsaid && words.iter().any(is_padded) { Half::Morning } else { half }
}

fn readings(hour: i8, minute: i8, half: Half) -> Vec<Time> {
    let hours: &[i8] = match (half, hour) {
        (Half::Unsaid, 1..=11) => &[hour, hour + 12],
        (Half::Unsaid, 0..=23) => &[hour],
        (Half::Morning, 1..=11) | (Half::Evening, 12..=23) => &[hour],
        (Half::Morning, 12) => &[0],
        (Half::Evening, 1..=11) => &[hour + 12],
        _ => &[],
    };
    hours.iter().filter_map(|hour| Time::new(*hour, minute, 0, 0).ok()).collect()
}

/// Hour and minute of a clock: `18:30`, `18.30`, `18h`, `18`, `six`.
fn clock(clock: &str) -> Option<(i8, i8)> {
    let Some((hour, minute)) = clock.split_once([':', '.', 'h']) else {
        return hour_word(clock).map(|hour| (hour, 0));
    };
    let minute = match minute.len() {
        0 => 0,
        2 => digits(minute)?,
        _ => return None,
    };
    (digits(hour)? < 24 && minute < 60).then_some((digits(hour)?, minute))
}

fn hour_word(word: &str) -> Option<i8> {
    digits(word)
        .or_else(|| {
            Language::English
                .small_numbers()
                .iter()
                .position(|small| *small == word)
                .and_then(|hour| i8::try_from(hour).ok())
        })
        .filter(|hour| (0..24).contains(hour))
}

fn digits(text: &str) -> Option<i8> {
    let plain = (1..=2).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn relative(words: &[&str], today: Date) -> Option<Date> {
    let count = |word: &str| match word {
        "one" | "an" => Some(1),
        _ => word.parse::<u16>().ok().map(i64::from).or_else(|| {
            Language::English
                .small_numbers()
                .iter()
                .position(|small| *small == word)
                .and_then(|small| i64::try_from(small).ok())
        }),
    };
    let days = |unit: &str| match unit {
        "day" | "days" => Some(1),
        "week" | "weeks" => Some(7),
        _ => None,
    };
    match words {
        ["today" | "now" | "tonight"] => Some(today),
        ["tomorrow"] => plus_days(today, 1),
        ["day", "after", "tomorrow"] => plus_days(today, 2),
        ["yesterday"] => plus_days(today, -1),
        ["day", "before", "yesterday"] => plus_days(today, -2),
        ["in", "week"] | ["next", "week"] => plus_days(today, 7),
        ["last", "week"] | ["week", "ago"] => plus_days(today, -7),
        ["in", number, unit] => plus_days(today, count(number)? * days(unit)?),
        [number, unit, "ago"] => plus_days(today, -(count(number)? * days(unit)?)),
        [day] | ["next", day] | ["this", day] => {
            let ahead = i64::from(weekday(day)?.since(today.weekday()));
            plus_days(today, if ahead == 0 && words.first() != Some(&"this") { 7 } else { ahead })
        }
        ["last", day] => {
            let ago = i64::from(today.weekday().since(weekday(day)?));
            plus_days(today, if ago == 0 { -7 } else { -ago })
        }
        _ => None,
    }
}

/// The day of the week of a word such as `friday` or `fri`.
fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

fn dotted(text: &str, today: Date) -> Option<Vec<Date>> {
    let parts: Vec<&str> = text.split('.').map(str::trim).collect();
    match parts.as_slice() {
        [day, month] | [day, month, ""] => Some(nearest(digits(day)?, digits(month)?, today)),
        [day, month, year] if year.len() == 4 => {
            Some(Date::new(year.parse().ok()?, digits(month)?, digits(day)?).into_iter().collect())
        }
        _ => None,
    }
}

fn named_month(words: &[&str], today: Date) -> Vec<Date> {
    // A day of the week beside the date says nothing new.
    let words = match words {
        [first, rest @ ..] if weekday(first).is_some() => rest,
        _ => words,
    };
    let (day, month, year) = match words {
        [day, month] if month_of(month).is_some() => (*day, *month, None),
        [month, day] => (*day, *month, None),
        [day, month, year] if month_of(month).is_some() => (*day, *month, Some(*year)),
        [month, day, year] => (*day, *month, Some(*year)),
        _ => return Vec::new(),
    };
    let day = day.trim_end_matches("st").trim_end_matches("nd").trim_end_matches("rd").trim_end_matches("th");
    let (Some(day), Some(month)) = (digits(day), month_of(month)) else { return Vec::new() };
    match year {
        None => nearest(day, month, today),
        Some(year) if year.len() == 4 => {
            year.parse().ok().and_then(|year| Date::new(year, month, day).ok()).into_iter().collect()
        }
        Some(_) => Vec::new(),
    }
}

fn month_of(word: &str) -> Option<i8> {
    let index = Language::English.months().iter().position(|month| {
        let month = month.to_lowercase();
        word == month || (word.len() >= 3 && month.starts_with(word))
    })?;
    i8::try_from(index + 1).ok()
}

/// How far the next 29th of February is away at most, before and after, in years: 1900 and 2100 have none.
const LEAP_YEARS_AWAY: std::ops::RangeInclusive<i64> = -8..=8;

/// The day of this year, the last and the next, the nearest first; of a 29th of February the years that have one.
fn nearest(day: i8, month: i8, today: Date) -> Vec<Date> {
    let in_year = |years: i64| {
        let year = today.first_of_year().checked_add(years.years()).ok()?;
        Date::new(year.year(), month, day).ok()
    };
    let mut found: Vec<Date> = [0, 1, -1].into_iter().filter_map(in_year).collect();
    if found.is_empty() {
        found = LEAP_YEARS_AWAY.filter_map(in_year).collect();
    }
    found.sort_by_key(|date| today.until(*date).map_or(i32::MAX, |span| span.get_days().abs()));
    found
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::{dates, times};
    use crate::domain::language::Language::{English, Spanish};

    #[test]
    fn days_as_people_type_them() {
        let today = date(2026, 3, 5); // a Thursday
        for (text, wanted) in [
            ("Today", date(2026, 3, 5)),
            ("tomorrow!", date(2026, 3, 6)),
            ("yesterday", date(2026, 3, 4)),
            ("in 3 days", date(2026, 3, 8)),
            ("in a week", date(2026, 3, 12)),
            ("two weeks ago", date(2026, 2, 19)),
            ("Friday", date(2026, 3, 6)),
            ("next friday", date(2026, 3, 6)),
            ("thursday", date(2026, 3, 12)),
            ("this thursday", date(2026, 3, 5)),
            ("last thursday", date(2026, 2, 26)),
            ("2026-03-05", date(2026, 3, 5)),
            ("5 March", date(2026, 3, 5)),
            ("on the 5th of March", date(2026, 3, 5)),
            ("Mar 7", date(2026, 3, 7)),
            ("7 dec", date(2025, 12, 7)),
            ("December 7, 2026", date(2026, 12, 7)),
            ("5.3.", date(2026, 3, 5)),
            ("5.3", date(2026, 3, 5)),
            ("31.12.2027", date(2027, 12, 31)),
            ("Sunday 8 March", date(2026, 3, 8)),
            ("29 February", date(2028, 2, 29)),
            ("29.2.2024", date(2024, 2, 29)),
        ] {
            assert_eq!(dates(text, today, English).first(), Some(&wanted), "{text}");
        }
        for text in
            ["", "soon", "32.1.", "30 February", "in many days", "5", "5/3", "next", "99999-01-01", "in 9 years"]
        {
            assert_eq!(dates(text, today, English), [], "{text}");
        }
    }

    #[test]
    fn times_as_people_type_them() {
        for (text, wanted) in [
            ("18:30", time(18, 30, 0, 0)),
            ("18.30", time(18, 30, 0, 0)),
            ("6:30pm", time(18, 30, 0, 0)),
            ("6 pm", time(18, 0, 0, 0)),
            ("6 p.m.", time(18, 0, 0, 0)),
            ("12 am", time(0, 0, 0, 0)),
            ("12pm", time(12, 0, 0, 0)),
            ("18", time(18, 0, 0, 0)),
            ("at 7", time(7, 0, 0, 0)),
            ("18h30", time(18, 30, 0, 0)),
            ("half past six", time(6, 30, 0, 0)),
            ("quarter to seven pm", time(18, 45, 0, 0)),
            ("7 in the evening", time(19, 0, 0, 0)),
            ("noon", time(12, 0, 0, 0)),
        ] {
            assert_eq!(times(text, English).first(), Some(&wanted), "{text}");
        }
        assert_eq!(times("7", English), [time(7, 0, 0, 0), time(19, 0, 0, 0)]);
        for (text, language) in
            [("06:30", English), ("at 06.30", English), ("06:30", Spanish), ("a las 06:30", Spanish)]
        {
            assert_eq!(times(text, language), [time(6, 30, 0, 0)], "{text}");
        }
        assert_eq!(times("06:30 pm", English), [time(18, 30, 0, 0)]);
        assert_eq!(times("00:30", English), [time(0, 30, 0, 0)]);
        for text in ["", "25", "18:60", "18:5", "later", "half past", "-1", "13 am", ":", "pm"] {
            assert_eq!(times(text, English), [], "{text}");
        }
    }
}
