//! What people type behind `/remind`: `every weekday at 8`, `weekly review sundays at 18`, `in 20 minutes`, `stop`.
//!
//! The words of English are one table, [`Words`]; the names of days and the ways to write a date are those of
//! [`answer_when`](crate::dialog::answer_when).

mod spanish;

use jiff::civil::{Date, Time, Weekday};
use jiff::{SignedDuration, Span, ToSpan};

use crate::dialog::answer_when::{day, times};
use crate::domain::language::Language;
use crate::domain::recurrence::{At, Every};
use crate::domain::recurrence_text::{parse_at, parse_duration, parse_every};

/// What somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// The dialog that they named; `None` for what fits best.
    pub dialog: Option<&'static str>,
    /// When it shall come.
    pub when: When,
}

/// When something shall come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// Never again.
    Stop,
    /// Again and again; at the time that was set before, when none is named.
    Every(Every, Option<At>),
    /// Once, on a day; at the time that was set before, when none is named.
    On(Date, Option<At>),
    /// Once, so long from now.
    In(SignedDuration),
}

/// Words of one language, in lower case.
#[derive(Debug)]
pub struct Words {
    /// What says nothing, in front of the rest.
    filler: &'static [&'static str],
    /// What ends it.
    stop: &'static [&'static str],
    /// Names of dialogs, the longest of those that share words first; and how often one comes when that is not said.
    dialogs: &'static [(&'static str, &'static str, &'static str)],
    /// What stands in front of a length of time.
    within: &'static str,
    /// Lengths of time that are not numbers.
    lengths: &'static [(&'static str, &'static str)],
    /// Another way to say the same.
    same: &'static [(&'static str, &'static str)],
    /// In front of a time of day.
    at: &'static [&'static str],
    /// Parts of the day.
    parts: &'static [(&'static str, &'static str)],
    /// How days of the week end that come again and again.
    plurals: &'static [&'static str],
    /// In front of the days that come every second week.
    second_weeks: &'static [&'static str],
}

/// English.
pub const EN: Words = Words {
    filler: &["me", "please", "about", "to", "do", "with", "the", "my", "a", "set", "for"],
    stop: &["stop", "off", "never", "none", "no more", "end", "cancel"],
    dialogs: &[
        ("daily check-in", "daily", "daily"),
        ("daily check in", "daily", "daily"),
        ("check-in", "daily", "daily"),
        ("check in", "daily", "daily"),
        ("checkin", "daily", "daily"),
        ("weekly review", "week-progress", "weekly"),
        ("week review", "week-progress", "weekly"),
        ("review of the week", "week-progress", "weekly"),
        ("monthly review", "still-right", "every 30 days"),
        ("month review", "still-right", "every 30 days"),
        ("review of the month", "still-right", "every 30 days"),
        ("what i miss", "reasons-drift", "every 14 days"),
        ("reasons", "reasons-drift", "every 14 days"),
        ("self-clarity", "self-clarity", "every 14 days"),
        ("clarity", "self-clarity", "every 14 days"),
    ],
    within: "in ",
    lengths: &[("half an hour", "30m"), ("an hour", "1h"), ("a day", "1d"), ("a week", "7d"), ("a minute", "1m")],
    same: &[
        ("this morning", "today morning"),
        ("this afternoon", "today afternoon"),
        ("this evening", "today evening"),
        ("tonight", "today evening"),
        ("every morning", "every day morning"),
        ("every evening", "every day evening"),
        ("every night", "every day at 21:00"),
        ("each", "every"),
        ("every month", "every 30 days"),
        ("monthly", "every 30 days"),
        ("in the ", ""),
    ],
    at: &["at ", "between ", "around ", "from "],
    parts: &[
        ("morning", "08:30-10:00"),
        ("noon", "12:00-14:00"),
        ("midday", "12:00-14:00"),
        ("lunch", "12:00-14:00"),
        ("afternoon", "14:00-17:00"),
        ("evening", "18:00-20:00"),
    ],
    plurals: &["days"],
    second_weeks: &["every other ", "every second ", "every 2 weeks on ", "every two weeks on "],
};

/// Reads what somebody typed in a language or in English; `None` when it is unclear in both.
pub fn read_in(text: &str, today: Date, language: Language) -> Option<Reminder> {
    match language {
        Language::English => read(text, today, &EN),
        Language::Spanish => read(&spanish::in_english(text), today, &EN).or_else(|| read(text, today, &EN)),
    }
}

/// Reads what somebody typed; `None` when it is unclear. A day alone (`friday`) is meant once, unless what is named with
/// it comes again and again; a time alone is meant for every day.
pub fn read(text: &str, today: Date, words: &Words) -> Option<Reminder> {
    let lower = text.trim().trim_end_matches(['.', '!', '?']).to_lowercase();
    let text = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    let (named, rest) = name(&text, words);
    let (dialog, rhythm) = named.map_or((None, None), |(dialog, rhythm)| (Some(dialog), Some(rhythm)));
    let mut rest = rest.trim();
    while let Some(behind) = words.filler.iter().find_map(|word| rest.strip_prefix(word)?.strip_prefix(' ')) {
        rest = behind.trim_start();
    }
    let said: Vec<&str> = rest.split(' ').filter(|word| !words.filler.contains(word)).collect();
    if words.stop.contains(&said.join(" ").trim()) {
        return Some(Reminder { dialog, when: When::Stop });
    }
    when(rest, rhythm, today, words).map(|when| Reminder { dialog, when })
}

/// The dialog that is named, how often it comes, and the words around its name.
fn name(text: &str, words: &Words) -> (Option<(&'static str, &'static str)>, String) {
    for (phrase, dialog, rhythm) in words.dialogs {
        let Some(at) = text.find(phrase) else { continue };
        let (before, behind) = (text.get(..at).unwrap_or(""), text.get(at + phrase.len()..).unwrap_or(""));
        let is_whole = |edge: Option<char>| edge.is_none_or(|c| !c.is_alphanumeric());
        if is_whole(before.chars().next_back()) && is_whole(behind.chars().next()) {
            return (Some((dialog, rhythm)), format!("{} {}", before.trim(), behind.trim()));
        }
    }
    (None, text.to_owned())
}

fn when(text: &str, rhythm: Option<&str>, today: Date, words: &Words) -> Option<When> {
    if let Some(length) = text.strip_prefix(words.within) {
        let known = words.lengths.iter().find(|(word, _)| *word == length).map_or(length, |(_, same)| same);
        if let Some(length) = parse_duration(known).filter(|length| *length > SignedDuration::ZERO) {
            let days = length.as_secs() / 86_400;
            return if length.as_secs() % 86_400 == 0 {
                Some(When::On(today.checked_add(Span::new().try_days(days).ok()?).ok()?, None))
            } else {
                Some(When::In(length))
            };
        }
    }
    let mut text = text.to_owned();
    for (other, same) in words.same {
        text = text.replace(other, same);
    }
    let tokens: Vec<&str> = text.split_whitespace().collect();
    // A day and then a time, or the other way about; the fewest words are the time.
    for split in (0..=tokens.len()).rev() {
        let (front, back) = tokens.split_at_checked(split)?;
        for (days, time) in [(front, back), (back, front)] {
            if let Some(when) = days_and_time(&days.join(" "), &time.join(" "), rhythm, today, words) {
                return Some(when);
            }
        }
    }
    None
}

fn days_and_time(days: &str, time: &str, rhythm: Option<&str>, today: Date, words: &Words) -> Option<When> {
    let at = if time.is_empty() { None } else { Some(time_of_day(time, words)?) };
    if days.is_empty() {
        let every = parse_every(rhythm.unwrap_or("daily"), today).ok()?;
        return (at.is_some() || rhythm.is_some()).then_some(When::Every(every, at));
    }
    if let Some(every) = second_week(days, today, words) {
        return Some(When::Every(every, at));
    }
    let singular = days.strip_prefix("on ").unwrap_or(days);
    let is_plural = words.plurals.iter().any(|end| singular.ends_with(end));
    let is_one_day =
        weekday(singular).is_some() && !is_plural || singular.starts_with("next ") || singular.starts_with("this ");
    if is_one_day && rhythm.is_none() {
        return Some(When::On(day(singular, today, Language::English)?, at));
    }
    if let Ok(every) = parse_every(days, today) {
        return Some(if let Every::Once(date) = every { When::On(date, at) } else { When::Every(every, at) });
    }
    let date = day(days, today, Language::English).filter(|date| *date >= today)?;
    Some(When::On(date, at))
}

/// Days that come every second week, such as `every other friday`.
fn second_week(days: &str, today: Date, words: &Words) -> Option<Every> {
    let name = words.second_weeks.iter().find_map(|front| days.strip_prefix(front))?;
    let wanted = weekday(name)?;
    let ahead = i32::from(wanted.since(today.weekday()));
    Some(Every::NDays { n: 14, from: today.checked_add(ahead.days()).ok()? })
}

fn time_of_day(text: &str, words: &Words) -> Option<At> {
    let text = words.at.iter().find_map(|front| text.strip_prefix(front)).unwrap_or(text).trim();
    if let Some((_, window)) = words.parts.iter().find(|(part, _)| *part == text) {
        return parse_at(window).ok();
    }
    let window = text.replace(" and ", "-").replace(" to ", "-").replace(['–', ' '], "-");
    if let Some((from, to)) = window.split_once('-').filter(|_| window.matches('-').count() == 1) {
        let window = (first(from), first(to));
        if let (Some(from), Some(to)) = window
            && from != to
        {
            return Some(At::Window { from, to });
        }
    }
    first(text).map(At::Wall)
}

fn first(text: &str) -> Option<Time> {
    times(text, Language::English).first().copied()
}

fn weekday(word: &str) -> Option<Weekday> {
    if matches!(word, "week" | "weekly") || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let Every::Days(days) = parse_every(word, Date::constant(2024, 1, 1)).ok()? else { return None };
    let [day] = days.as_slice() else { return None };
    Weekday::from_monday_one_offset(*day).ok()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::civil::{Date, date, time};

    use super::{EN, Reminder, When, read, read_in};
    use crate::domain::language::Language;
    use crate::domain::recurrence::{At, Every};

    const TODAY: Date = date(2026, 3, 5); // a Thursday

    fn wall(hour: i8, minute: i8) -> Option<At> {
        Some(At::Wall(time(hour, minute, 0, 0)))
    }

    fn window(from: i8, from_minute: i8, to: i8) -> Option<At> {
        Some(At::Window { from: time(from, from_minute, 0, 0), to: time(to, 0, 0, 0) })
    }

    #[test]
    fn times_as_people_type_them() {
        let second = |from| Every::NDays { n: 14, from };
        for (text, dialog, when) in [
            ("every weekday at 8", None, When::Every(Every::Weekdays, wall(8, 0))),
            ("Every 2 days at 19:30", None, When::Every(Every::NDays { n: 2, from: TODAY }, wall(19, 30))),
            ("every 2 days at 19.30", None, When::Every(Every::NDays { n: 2, from: TODAY }, wall(19, 30))),
            ("tomorrow evening", None, When::On(date(2026, 3, 6), window(18, 0, 20))),
            ("tonight", None, When::On(TODAY, window(18, 0, 20))),
            ("in 3 days", None, When::On(date(2026, 3, 8), None)),
            ("sundays at 10", None, When::Every(Every::Days(vec![7]), wall(10, 0))),
            ("every sunday at 10", None, When::Every(Every::Days(vec![7]), wall(10, 0))),
            ("at 10 on sundays", None, When::Every(Every::Days(vec![7]), wall(10, 0))),
            ("sunday at 10", None, When::On(date(2026, 3, 8), wall(10, 0))),
            ("mondays and thursdays 9pm", None, When::Every(Every::Days(vec![1, 4]), wall(21, 0))),
            ("mon, thu 18:00", None, When::Every(Every::Days(vec![1, 4]), wall(18, 0))),
            ("in 20 minutes", None, When::In(SignedDuration::from_mins(20))),
            ("me in half an hour", None, When::In(SignedDuration::from_mins(30))),
            ("in 2h", None, When::In(SignedDuration::from_hours(2))),
            ("every other friday 18:00", None, When::Every(second(date(2026, 3, 6)), wall(18, 0))),
            ("every second thursday", None, When::Every(second(TODAY), None)),
            ("weekends at noon", None, When::Every(Every::Days(vec![6, 7]), window(12, 0, 14))),
            ("daily", None, When::Every(Every::Daily, None)),
            ("19:30", None, When::Every(Every::Daily, wall(19, 30))),
            ("every morning", None, When::Every(Every::Daily, window(8, 30, 10))),
            ("daily between 18:00 and 20:00", None, When::Every(Every::Daily, window(18, 0, 20))),
            ("daily 18:00-20:00", None, When::Every(Every::Daily, window(18, 0, 20))),
            ("5 April at 9", None, When::On(date(2026, 4, 5), wall(9, 0))),
            ("weekly review sundays at 18", Some("week-progress"), When::Every(Every::Days(vec![7]), wall(18, 0))),
            ("weekly review sunday 18:00", Some("week-progress"), When::Every(Every::Days(vec![7]), wall(18, 0))),
            ("weekly review", Some("week-progress"), When::Every(Every::Days(vec![4]), None)),
            ("check-in every day at 7:30", Some("daily"), When::Every(Every::Daily, wall(7, 30))),
            ("monthly review", Some("still-right"), When::Every(Every::NDays { n: 30, from: TODAY }, None)),
            ("stop", None, When::Stop),
            ("stop the weekly review", Some("week-progress"), When::Stop),
            ("Off.", None, When::Stop),
        ] {
            assert_eq!(read(text, TODAY, &EN), Some(Reminder { dialog, when }), "{text}");
        }
    }

    #[test]
    fn times_as_spanish_speakers_type_them() {
        let days = |n| Every::NDays { n, from: TODAY };
        for (text, dialog, when) in [
            ("todos los días a las 8", None, When::Every(Every::Daily, wall(8, 0))),
            ("cada día a las 20:30", None, When::Every(Every::Daily, wall(20, 30))),
            ("mañana por la tarde", None, When::On(date(2026, 3, 6), window(14, 0, 17))),
            ("recuérdame mañana a las 9", None, When::On(date(2026, 3, 6), wall(9, 0))),
            ("pasado mañana a las 9", None, When::On(date(2026, 3, 7), wall(9, 0))),
            ("esta noche", None, When::On(TODAY, window(18, 0, 20))),
            ("en 3 días", None, When::On(date(2026, 3, 8), None)),
            ("dentro de una semana", None, When::On(date(2026, 3, 12), None)),
            ("en media hora", None, When::In(SignedDuration::from_mins(30))),
            ("en 20 minutos", None, When::In(SignedDuration::from_mins(20))),
            ("cada 2 semanas", None, When::Every(days(14), None)),
            ("cada dos días a las 19:30", None, When::Every(days(2), wall(19, 30))),
            ("los domingos a las 10", None, When::Every(Every::Days(vec![7]), wall(10, 0))),
            ("el domingo a las 10", None, When::On(date(2026, 3, 8), wall(10, 0))),
            ("los lunes y los jueves a las 9 de la noche", None, When::Every(Every::Days(vec![1, 4]), wall(21, 0))),
            ("de lunes a viernes a las 8", None, When::Every(Every::Weekdays, wall(8, 0))),
            ("fines de semana al mediodía", None, When::Every(Every::Days(vec![6, 7]), window(12, 0, 14))),
            ("todas las mañanas", None, When::Every(Every::Daily, window(8, 30, 10))),
            ("cada día entre las 18:00 y las 20:00", None, When::Every(Every::Daily, window(18, 0, 20))),
            ("a las 8 y media", None, When::Every(Every::Daily, wall(8, 30))),
            ("5 de abril a las 9", None, When::On(date(2026, 4, 5), wall(9, 0))),
            (
                "avances y tropiezos los domingos a las 18",
                Some("week-progress"),
                When::Every(Every::Days(vec![7]), wall(18, 0)),
            ),
            ("para", None, When::Stop),
            ("basta", None, When::Stop),
            ("quita el registro", Some("daily"), When::Stop),
            ("every day at 8", None, When::Every(Every::Daily, wall(8, 0))),
            ("esta noche a las 9", None, When::On(TODAY, wall(21, 0))),
            ("hoy a la noche", None, When::On(TODAY, window(18, 0, 20))),
            ("mañana a la tarde a las 4 y cuarto", None, When::On(date(2026, 3, 6), wall(16, 15))),
            ("mañana por la noche a las 21:30", None, When::On(date(2026, 3, 6), wall(21, 30))),
            ("mañana temprano", None, When::On(date(2026, 3, 6), window(8, 30, 10))),
            ("todas las noches a las nueve", None, When::Every(Every::Daily, wall(21, 0))),
            ("cada noche a las 10 menos cuarto", None, When::Every(Every::Daily, wall(21, 45))),
            ("a las nueve menos diez", None, When::Every(Every::Daily, wall(8, 50))),
            ("el lunes que viene a las 10", None, When::On(date(2026, 3, 9), wall(10, 0))),
            ("la semana que viene", None, When::On(date(2026, 3, 12), None)),
            ("en hora y media", None, When::In(SignedDuration::from_mins(90))),
            ("en 2 hs", None, When::In(SignedDuration::from_hours(2))),
            ("dia por medio a las 19", None, When::Every(days(2), wall(19, 0))),
            ("una vez por semana", None, When::Every(Every::Days(vec![4]), None)),
            ("los findes tipo 11", None, When::Every(Every::Days(vec![6, 7]), wall(11, 0))),
            ("ya no me escribas más", None, When::Stop),
        ] {
            assert_eq!(read_in(text, TODAY, Language::Spanish), Some(Reminder { dialog, when }), "{text}");
        }
        for text in ["", "pronto", "cuando tenga pena", "llamar a mamá mañana", "ayer", "cada luna azul", "en un rato"]
        {
            assert_eq!(read_in(text, TODAY, Language::Spanish), None, "{text}");
        }
    }

    #[test]
    fn what_is_unclear_is_nothing() {
        for text in [
            "",
            "soon",
            "when I am sad",
            "every blue moon",
            "25:00",
            "in a while",
            "in 0 minutes",
            "daily at 8 or 9",
            "yesterday",
            "call mum tomorrow",
            "every day at",
            "32.1.",
            "every 0 days",
            "éé at 8",
            "in 99999999999999999999h",
            "in 9999999 days",
        ] {
            assert_eq!(read(text, TODAY, &EN), None, "{text}");
        }
    }
}
