//! Days and times of day as Spanish speakers type them.

use jiff::civil::{Date, Time};

use super::{Half, digits, nearest, readings, said};
use crate::dialog::answer::fold;
use crate::dialog::eval::plus_days;
use crate::domain::language::Language;

/// The days that words can mean, the likeliest first: `hoy`, `mañana`, `pasado mañana`, `dentro de 3 días`,
/// `hace dos semanas`, `viernes`, `el próximo viernes`, `el viernes pasado`, `5 de marzo`, `5/3`, `5/3/2026`. A time of day
/// after it is left out: `mañana a las 8`.
pub(super) fn dates(text: &str, today: Date) -> Vec<Date> {
    if let Some(found) = slashed(text.trim(), today) {
        return found;
    }
    let folded = fold(text);
    let day = folded.split_once(" a la").map_or(folded.as_str(), |(day, _)| day);
    let words: Vec<&str> =
        day.split(' ').filter(|word| !matches!(*word, "el" | "la" | "de" | "del" | "dia" | "para")).collect();
    match relative(&words, today) {
        Some(date) => vec![date],
        None => named_month(&words, today),
    }
}

/// The times that words can mean, the likeliest first: `a las 8`, `8 y media`, `ocho y cuarto`, `9 menos cuarto`,
/// `8 de la noche`, `20 h`, `mediodía`. A day before it is left out: `mañana a las 8`.
pub(super) fn times(text: &str) -> Vec<Time> {
    let plain: String =
        text.to_lowercase().replace("a. m.", "am").replace("p. m.", "pm").replace("a.m.", "am").replace("p.m.", "pm");
    let marked: String = plain.chars().map(unaccented).filter(|c| !matches!(c, ',' | '!' | '?' | '¿' | '¡')).collect();
    let clock = marked.split_once(" a la").map_or(marked.as_str(), |(_, clock)| clock.trim_start_matches('s'));
    let mut words: Vec<&str> = clock
        .split_whitespace()
        .filter(|word| {
            !matches!(
                *word,
                "a" | "la" | "las" | "de" | "en" | "por" | "sobre" | "como" | "del" | "al" | "el" | "punto"
            )
        })
        .filter(|word| !matches!(*word, "h" | "hs" | "hrs" | "hora" | "horas"))
        .collect();
    let half = match words.last().copied() {
        Some("am" | "manana" | "madrugada") => Half::Morning,
        Some("pm" | "tarde" | "noche") => Half::Evening,
        _ => Half::Unsaid,
    };
    if half != Half::Unsaid {
        words.pop();
    }
    let found = match words.as_slice() {
        ["mediodia"] => return vec![Time::constant(12, 0, 0, 0)],
        ["medianoche"] => return vec![Time::midnight()],
        [hour] => clock_word(hour),
        [hour, "y", minutes] => hour_word(hour).zip(minutes_word(minutes)),
        [hour, "menos", minutes] => hour_word(hour)
            .zip(minutes_word(minutes))
            .filter(|(_, minute)| *minute > 0)
            .map(|(hour, minute)| ((hour + 23) % 24, 60 - minute)),
        _ => None,
    };
    found.map_or_else(Vec::new, |(hour, minute)| readings(hour, minute, said(half, &words)))
}

fn unaccented(c: char) -> char {
    match c {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' => 'u',
        'ñ' => 'n',
        _ => c,
    }
}

fn clock_word(word: &str) -> Option<(i8, i8)> {
    match word.split_once([':', '.', 'h']) {
        Some((hour, "")) => Some((digits(hour)?, 0)),
        Some((hour, minute)) if minute.len() == 2 => Some((digits(hour)?, digits(minute)?)),
        Some(_) => hour_word(word).map(|hour| (hour, 0)),
        None => hour_word(word).map(|hour| (hour, 0)),
    }
}

fn hour_word(word: &str) -> Option<i8> {
    let word = if word == "una" { "uno" } else { word };
    digits(word).or_else(|| i8::try_from(small(word)?).ok())
}

fn minutes_word(word: &str) -> Option<i8> {
    match word {
        "media" => Some(30),
        "cuarto" => Some(15),
        "veinte" => Some(20),
        "veinticinco" => Some(25),
        _ => hour_word(word),
    }
    .filter(|minute| (0..60).contains(minute))
}

fn small(word: &str) -> Option<usize> {
    Language::Spanish.small_numbers().iter().position(|small| *small == word)
}

fn relative(words: &[&str], today: Date) -> Option<Date> {
    let count = |word: &str| match word {
        "un" | "una" => Some(1),
        _ => word.parse::<u16>().ok().map(i64::from).or_else(|| i64::try_from(small(word)?).ok()),
    };
    let days = |unit: &str| match unit {
        "dia" | "dias" => Some(1),
        "semana" | "semanas" => Some(7),
        _ => None,
    };
    match words {
        ["hoy" | "ahora"] | ["esta", "noche" | "tarde" | "manana"] => Some(today),
        ["manana"] | ["manana", "manana" | "tarde" | "noche"] | ["manana", "por", _] => plus_days(today, 1),
        ["pasado", "manana"] => plus_days(today, 2),
        ["ayer"] => plus_days(today, -1),
        ["anteayer" | "antier"] | ["antes", "ayer"] => plus_days(today, -2),
        ["semana", "que", "viene"] | ["proxima", "semana"] | ["semana", "proxima"] => plus_days(today, 7),
        ["semana", "pasada"] => plus_days(today, -7),
        // The word for "day" was left out above, so `en un día` is `en un`.
        ["en" | "dentro", number] => plus_days(today, count(number)?),
        ["en" | "dentro", number, unit] => plus_days(today, count(number)? * days(unit)?),
        ["hace", number] => plus_days(today, -count(number)?),
        ["hace", number, unit] => plus_days(today, -(count(number)? * days(unit)?)),
        [day, "pasado"] | ["pasado", day] => {
            let ago = (today_offset(today) - weekday(day)?).rem_euclid(7);
            plus_days(today, if ago == 0 { -7 } else { -ago })
        }
        [day] | [day, "que", "viene"] | [day, "proximo"] | ["proximo" | "este", day] => {
            let ahead = (weekday(day)? - today_offset(today)).rem_euclid(7);
            plus_days(today, if ahead == 0 && words.first() != Some(&"este") { 7 } else { ahead })
        }
        _ => None,
    }
}

fn today_offset(today: Date) -> i64 {
    i64::from(today.weekday().to_monday_zero_offset())
}

/// From Monday, which is 0: `viernes`, `vie`.
fn weekday(word: &str) -> Option<i64> {
    let index = Language::Spanish.weekdays().iter().position(|name| {
        let name = fold(name);
        word == name || (word.len() >= 3 && name.starts_with(word))
    })?;
    i64::try_from(index).ok()
}

fn slashed(text: &str, today: Date) -> Option<Vec<Date>> {
    let parts: Vec<&str> = text.split(['/', '-']).map(str::trim).collect();
    match parts.as_slice() {
        [day, month] => Some(nearest(digits(day)?, digits(month)?, today)),
        [day, month, year] if year.len() == 4 => {
            Some(Date::new(year.parse().ok()?, digits(month)?, digits(day)?).into_iter().collect())
        }
        _ => None,
    }
}

fn named_month(words: &[&str], today: Date) -> Vec<Date> {
    // A day of the week beside the date says nothing new.
    let words = match words {
        [first, rest @ ..] if rest.len() > 1 && weekday(first).is_some() => rest,
        _ => words,
    };
    let (day, month, year) = match words {
        [day, month] => (*day, *month, None),
        [day, month, year] => (*day, *month, Some(*year)),
        _ => return Vec::new(),
    };
    let day = match day {
        "primero" | "1ro" | "1o" => Some(1),
        _ => digits(day).or_else(|| i8::try_from(small(day)?).ok()),
    };
    let (Some(day), Some(month)) = (day, month_of(month)) else { return Vec::new() };
    match year {
        None => nearest(day, month, today),
        Some(year) => year.parse().ok().and_then(|year| Date::new(year, month, day).ok()).into_iter().collect(),
    }
}

fn month_of(word: &str) -> Option<i8> {
    let word = if word == "setiembre" { "septiembre" } else { word };
    let is_it = |month: &&str| word == *month || (word.len() >= 3 && month.starts_with(word));
    i8::try_from(Language::Spanish.months().iter().position(is_it)? + 1).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::{dates, times};

    #[test]
    fn days_as_people_type_them() {
        let today = date(2026, 3, 5); // a Thursday
        for (text, wanted) in [
            ("Hoy", date(2026, 3, 5)),
            ("mañana", date(2026, 3, 6)),
            ("manana", date(2026, 3, 6)),
            ("mañana a las 8", date(2026, 3, 6)),
            ("mañana por la tarde", date(2026, 3, 6)),
            ("pasado mañana", date(2026, 3, 7)),
            ("ayer", date(2026, 3, 4)),
            ("antes de ayer", date(2026, 3, 3)),
            ("en 3 días", date(2026, 3, 8)),
            ("dentro de dos semanas", date(2026, 3, 19)),
            ("dentro de un día", date(2026, 3, 6)),
            ("hace una semana", date(2026, 2, 26)),
            ("la semana que viene", date(2026, 3, 12)),
            ("viernes", date(2026, 3, 6)),
            ("el próximo viernes", date(2026, 3, 6)),
            ("el viernes que viene", date(2026, 3, 6)),
            ("sábado", date(2026, 3, 7)),
            ("mar", date(2026, 3, 10)),
            ("jueves", date(2026, 3, 12)),
            ("este jueves", date(2026, 3, 5)),
            ("el jueves pasado", date(2026, 2, 26)),
            ("5 de marzo", date(2026, 3, 5)),
            ("el jueves 5 de marzo", date(2026, 3, 5)),
            ("primero de mayo", date(2026, 5, 1)),
            ("7 de dic", date(2025, 12, 7)),
            ("7 de diciembre de 2026", date(2026, 12, 7)),
            ("9 de setiembre", date(2025, 9, 9)),
            ("5/3", date(2026, 3, 5)),
            ("31/12/2027", date(2027, 12, 31)),
        ] {
            assert_eq!(dates(text, today).first(), Some(&wanted), "{text}");
        }
        for text in ["", "pronto", "30 de febrero", "en muchos días", "5", "el", "próximo", "hace", "32/1"] {
            assert_eq!(dates(text, today), [], "{text}");
        }
    }

    #[test]
    fn times_as_people_type_them() {
        for (text, wanted) in [
            ("a las 8", time(8, 0, 0, 0)),
            ("mañana a las 8", time(8, 0, 0, 0)),
            ("a la una", time(1, 0, 0, 0)),
            ("8 y media", time(8, 30, 0, 0)),
            ("a las ocho y cuarto de la noche", time(20, 15, 0, 0)),
            ("nueve menos cuarto", time(8, 45, 0, 0)),
            ("8 de la noche", time(20, 0, 0, 0)),
            ("8 de la mañana", time(8, 0, 0, 0)),
            ("8:30 p. m.", time(20, 30, 0, 0)),
            ("20 h", time(20, 0, 0, 0)),
            ("20h", time(20, 0, 0, 0)),
            ("20.15", time(20, 15, 0, 0)),
            ("al mediodía", time(12, 0, 0, 0)),
            ("siete y veinte", time(7, 20, 0, 0)),
        ] {
            assert_eq!(times(text).first(), Some(&wanted), "{text}");
        }
        for text in ["", "luego", "8 y", "25", "8 menos", "a las", "8:5", "media"] {
            assert_eq!(times(text), [], "{text}");
        }
    }
}
