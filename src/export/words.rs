//! What the files for reading call things.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ZonedDateTime};

use crate::domain::fading::{Fading, Stage};
use crate::domain::language::Language;
use crate::domain::recurrence::{At, Every, Recurrence};
use crate::domain::value::Value;
use crate::export::names::spoken;

/// Facts of the profile by name, and what they are called in English and in Spanish.
const FACTS: &[(&str, &str, &str)] = &[
    ("name", "What I call you", "Cómo te llamo"),
    ("zone", "Your time zone", "Tu zona horaria"),
    ("language", "The language we speak", "La lengua en que hablamos"),
    ("goal", "What you came for", "A qué viniste"),
    ("consent", "You agreed that I keep your answers", "Aceptaste que guarde tus respuestas"),
    ("consent_daily", "You agreed that I write at your times", "Aceptaste que te escriba a tus horas"),
    ("consent_groups", "You agreed that groups count you", "Aceptaste que los grupos te cuenten"),
    ("consent_buddies", "You agreed that a buddy sees your account", "Aceptaste que tu compañía vea tu cuenta"),
    ("consent_posts", "You agreed that groups see words of yours", "Aceptaste que los grupos vean palabras tuyas"),
    (
        "consent_moderators",
        "You agreed that moderators read what you ask them",
        "Aceptaste que quien modera lea lo que preguntas",
    ),
    ("adult", "You said that you are grown up", "Dijiste que tienes 18 años o más"),
    ("checkin_at", "Time of check-ins", "Hora de los registros"),
    ("checkins", "Check-ins so far", "Registros hasta ahora"),
    (
        "looks_heavier",
        "Closer looks in a row after which it was heavier",
        "Miradas de cerca seguidas tras las que pesó más",
    ),
    ("last_mood", "Mood at the last check-in", "Ánimo en el último registro"),
    ("last_checkin", "Last check-in", "Último registro"),
    ("quiet_from", "Quiet hours from", "Horas de silencio desde"),
    ("quiet_to", "Quiet hours until", "Horas de silencio hasta"),
    ("silent_checkins", "Check-ins without a sound", "Registros sin sonido"),
    ("discreet", "Check-ins with neutral words", "Registros con palabras neutras"),
    ("checkins_on", "App for check-ins", "Aplicación para los registros"),
    ("country", "Your country, for helplines", "Tu país, para las líneas de ayuda"),
    ("contact_lock", "Contact: what keeps us from it", "Contacto: qué nos aparta de él"),
    ("contact_outcome", "Contact: where we left it", "Contacto: dónde lo dejamos"),
    ("contact_on", "Contact: the day it was about", "Contacto: el día del que se trataba"),
    ("contact_rest", "Contact: resting until", "Contacto: descansa hasta"),
    ("both_agreed", "Contact: both agreed to it", "Contacto: la otra persona también quiso"),
    ("hard_hours_kept", "A plan for hard hours is kept", "Hay guardado un plan para horas difíciles"),
    ("helper_card_kept", "A note for somebody who helps is kept", "Hay guardada una nota para alguien que ayuda"),
];

/// A text in a language.
pub(super) fn text(language: Language, english: &'static str, spanish: &'static str) -> &'static str {
    match language {
        Language::English => english,
        Language::Spanish => spanish,
    }
}

/// What a fact, a measure or a question is called.
pub(super) fn label(name: &str, language: Language) -> String {
    if let Some((_, english, spanish)) = FACTS.iter().find(|(known, ..)| *known == name) {
        return text(language, english, spanish).to_owned();
    }
    heading(spoken(name, language))
}

/// A name as a heading: `first_night` is `First night`.
fn heading(name: &str) -> String {
    let spaced = name.replace(['_', '-'], " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

pub(super) fn value(value: &Value, language: Language) -> String {
    match value {
        Value::Bool(true) => text(language, "yes", "sí").to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Num(number) => language.decimal(number.to_string()),
        Value::Text(text) => text.expose().to_owned(),
        Value::Key(key) => spoken(key, language).replace('_', " "),
        Value::Date(date) => language.full_day(*date),
        Value::Time(time) => clock(*time),
        Value::List(values) => values.iter().map(|item| self::value(item, language)).collect::<Vec<_>>().join("\n"),
        Value::Record(values) => {
            let named =
                values.iter().map(|(name, item)| format!("{}: {}", label(name, language), self::value(item, language)));
            named.collect::<Vec<_>>().join("\n")
        }
    }
}

/// A day of every year. It may be one that most years do not have.
pub(super) fn day_of_year(month: i8, day: i8, language: Language) -> String {
    const LEAP_YEAR: i16 = 2000;
    Date::new(LEAP_YEAR, month, day).map_or_else(|_| String::new(), |date| language.day_of_month(date))
}

/// An instant by the person's clock.
pub(super) fn moment(at: Timestamp, made_at: &ZonedDateTime, language: Language) -> String {
    let at = at.to_zoned_datetime(made_at.time_zone().clone());
    format!("{}, {}", language.full_day(at.date()), clock(at.time()))
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
            let (front, and) = (text(language, "", "cada "), text(language, " and ", " y "));
            let named: Vec<_> = days.iter().filter_map(name).collect();
            match named.split_last() {
                Some((last, before)) if !before.is_empty() => format!("{front}{}{and}{last}", before.join(", ")),
                _ => format!("{front}{}", named.join("")),
            }
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
pub(super) fn fading(fading: Fading, language: Language) -> &'static str {
    match fading.stage {
        Stage::AsChosen => text(language, "come as you chose them", "llegan como elegiste"),
        Stage::Weekly => text(language, "come once a week", "llegan una vez por semana"),
        Stage::Resting | Stage::RestingTold => {
            text(language, "rest until you want them", "descansan hasta que quieras")
        }
    }
}

/// A number of values.
pub(super) fn values(number: usize, language: Language) -> String {
    let word = if number == 1 { text(language, "value", "valor") } else { text(language, "values", "valores") };
    format!("{number} {word}")
}

fn clock(time: Time) -> String {
    time.strftime("%-H:%M").to_string()
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
            PROFILE_FACTS.iter().filter(|(name, _)| !FACTS.iter().any(|(known, ..)| known == name)).collect();
        assert!(unnamed.is_empty(), "{unnamed:?}");
        assert_eq!(label("first_night", Language::English), "First night");
        assert_eq!(label("", Language::Spanish), "");
        assert_eq!(label("mood", Language::Spanish), "Ánimo");
    }

    #[test]
    fn a_recurrence_reads_as_people_say_it() {
        let at = At::Window { from: time(18, 0, 0, 0), to: time(20, 30, 0, 0) };
        let days = Recurrence { every: Every::Days(vec![1, 7]), at };
        assert_eq!(recurrence(&days, Language::English), "Monday and Sunday between 18:00 and 20:30");
        assert_eq!(recurrence(&days, Language::Spanish), "cada lunes y domingo entre las 18:00 y las 20:30");
        let once = Recurrence { every: Every::Once(jiff::civil::date(2026, 3, 5)), at: At::Wall(time(1, 30, 0, 0)) };
        assert_eq!(recurrence(&once, Language::Spanish), "una vez, el 5 de marzo de 2026 a la 1:30");
    }
}
