//! What the files for reading call things.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ZonedDateTime};

use crate::domain::fading::{Fading, Stage};
use crate::domain::language::Language;
use crate::domain::recurrence::{At, Every, Recurrence};
use crate::domain::value::Value;

/// Facts of the profile by name, and what they are called.
const FACTS: &[(&str, &str)] = &[
    ("name", "What I call you"),
    ("zone", "Your time zone"),
    ("language", "The language we speak"),
    ("goal", "What you came for"),
    ("consent", "You agreed that I keep your answers"),
    ("consent_daily", "You agreed that I write at your times"),
    ("consent_groups", "You agreed that groups count you"),
    ("consent_posts", "You agreed that groups see words of yours"),
    ("adult", "You said that you are grown up"),
    ("checkin_at", "Time of check-ins"),
    ("checkins", "Check-ins so far"),
    ("last_mood", "Mood at the last check-in"),
    ("last_checkin", "Last check-in"),
    ("quiet_from", "Quiet hours from"),
    ("quiet_to", "Quiet hours until"),
    ("silent_checkins", "Check-ins without a sound"),
    ("discreet", "Check-ins with neutral words"),
    ("checkins_on", "App for check-ins"),
    ("country", "Your country, for helplines"),
    ("contact_lock", "Contact: what keeps us from it"),
    ("contact_outcome", "Contact: where we left it"),
    ("contact_on", "Contact: the day it was about"),
    ("contact_rest", "Contact: resting until"),
    ("both_agreed", "Contact: both agreed to it"),
    ("hard_hours_kept", "A plan for hard hours is kept"),
    ("helper_card_kept", "A note for somebody who helps is kept"),
];

/// What a fact, a measure or a question is called.
pub(super) fn label(name: &str) -> String {
    let known = FACTS.iter().find(|(known, _)| *known == name);
    known.map_or_else(|| heading(name), |(_, label)| (*label).to_owned())
}

/// A name as a heading: `first_night` is `First night`.
fn heading(name: &str) -> String {
    let spaced = name.replace(['_', '-'], " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Num(number) => number.to_string(),
        Value::Text(text) => text.expose().to_owned(),
        Value::Key(key) => key.replace('_', " "),
        Value::Date(date) => day(*date),
        Value::Time(time) => clock(*time),
        Value::List(values) => values.iter().map(self::value).collect::<Vec<_>>().join("\n"),
        Value::Record(values) => {
            let named = values.iter().map(|(name, value)| format!("{}: {}", label(name), self::value(value)));
            named.collect::<Vec<_>>().join("\n")
        }
    }
}

pub(super) fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// A day of every year. It may be one that most years do not have.
pub(super) fn day_of_year(month: i8, day: i8) -> String {
    const LEAP_YEAR: i16 = 2000;
    Date::new(LEAP_YEAR, month, day).map_or_else(|_| String::new(), |date| date.strftime("%-d %B").to_string())
}

/// An instant by the person's clock.
pub(super) fn moment(at: Timestamp, made_at: &ZonedDateTime) -> String {
    at.to_zoned_datetime(made_at.time_zone().clone()).strftime("%-d %B %Y, %H:%M").to_string()
}

/// When check-ins come, such as `every day at 19:00`, `cada día a las 19:00`.
pub(crate) fn recurrence(recurrence: &Recurrence, language: Language) -> String {
    let full = |date: Date| language.full_day(date);
    let days = match (&recurrence.every, language) {
        (Every::Daily, Language::English) => "every day".to_owned(),
        (Every::Daily, Language::Spanish) => "cada día".to_owned(),
        (Every::Weekdays, Language::English) => "Monday to Friday".to_owned(),
        (Every::Weekdays, Language::Spanish) => "de lunes a viernes".to_owned(),
        (Every::Days(days), _) => {
            let names = language.weekdays();
            let name = |day: &i8| usize::try_from(day - 1).ok().and_then(|day| names.get(day)).copied();
            let front = if language == Language::Spanish { "cada " } else { "" };
            format!("{front}{}", days.iter().filter_map(name).collect::<Vec<_>>().join(", "))
        }
        (Every::NDays { n, from }, Language::English) => format!("every {n} days from {}", full(*from)),
        (Every::NDays { n, from }, Language::Spanish) => format!("cada {n} días desde el {}", full(*from)),
        (Every::Once(date), Language::English) => format!("once, on {}", full(*date)),
        (Every::Once(date), Language::Spanish) => format!("una vez, el {}", full(*date)),
    };
    match recurrence.at {
        At::Wall(time) => format!("{days} {}", language.at(&clock(time))),
        At::Window { from, to } => format!("{days} {}", language.between(&clock(from), &clock(to))),
    }
}

/// How far check-ins have grown fewer.
pub(super) fn fading(fading: Fading) -> &'static str {
    match fading.stage {
        Stage::AsChosen => "come as you chose them",
        Stage::Weekly => "come once a week",
        Stage::Resting | Stage::RestingTold => "rest until you want them",
    }
}

/// A number of things.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

fn clock(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::{FACTS, label, recurrence};
    use crate::domain::language::Language;
    use crate::domain::person::PROFILE_FACTS;
    use crate::domain::recurrence::{At, Every, Recurrence};
    use jiff::civil::time;

    #[test]
    fn every_fact_has_a_name_for_people() {
        let unnamed: Vec<_> =
            PROFILE_FACTS.iter().filter(|(name, _)| !FACTS.iter().any(|(known, _)| known == name)).collect();
        assert!(unnamed.is_empty(), "{unnamed:?}");
        assert_eq!(label("first_night"), "First night");
        assert_eq!(label(""), "");
    }

    #[test]
    fn a_recurrence_reads_as_people_say_it() {
        let at = At::Window { from: time(18, 0, 0, 0), to: time(20, 30, 0, 0) };
        let days = Recurrence { every: Every::Days(vec![1, 7]), at };
        assert_eq!(recurrence(&days, Language::English), "Monday, Sunday between 18:00 and 20:30");
        assert_eq!(recurrence(&days, Language::Spanish), "cada lunes, domingo entre las 18:00 y las 20:30");
        let once = Recurrence { every: Every::Once(jiff::civil::date(2026, 3, 5)), at: At::Wall(time(1, 30, 0, 0)) };
        assert_eq!(recurrence(&once, Language::Spanish), "una vez, el 5 de marzo de 2026 a la 01:30");
    }
}
