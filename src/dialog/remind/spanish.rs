//! What Spanish speakers type behind `/remind`, in the words that the English table reads: `los domingos a las 10` is
//! `sundays at 10`. What is not known here stays as it is, and is then unclear.

use crate::dialog::answer::fold;

/// Phrases in small letters without accents, with what they are in English. The longest that fits is taken.
const PHRASES: &[(&str, &str)] = &[
    // How often.
    ("todos los dias", "every day"),
    ("cada dia", "every day"),
    ("a diario", "every day"),
    ("diario", "every day"),
    ("diariamente", "every day"),
    ("de lunes a viernes", "weekdays"),
    ("entre semana", "weekdays"),
    ("los dias laborables", "weekdays"),
    ("los dias habiles", "weekdays"),
    ("los fines de semana", "weekends"),
    ("el fin de semana", "weekends"),
    ("fines de semana", "weekends"),
    ("cada semana", "weekly"),
    ("todas las semanas", "weekly"),
    ("semanalmente", "weekly"),
    ("una vez a la semana", "weekly"),
    ("cada mes", "every 30 days"),
    ("todos los meses", "every 30 days"),
    ("una vez al mes", "every 30 days"),
    ("una vez por semana", "weekly"),
    ("una vez al dia", "every day"),
    ("un dia si y otro no", "every 2 days"),
    ("un dia si y otro", "every 2 days"),
    ("dia por medio", "every 2 days"),
    ("dia de por medio", "every 2 days"),
    ("cada otro dia", "every 2 days"),
    ("cada", "every"),
    ("todos los", "every"),
    // Which day.
    ("hoy", "today"),
    ("manana", "tomorrow"),
    ("pasado manana", "day after tomorrow"),
    ("lunes", "monday"),
    ("martes", "tuesday"),
    ("miercoles", "wednesday"),
    ("jueves", "thursday"),
    ("viernes", "friday"),
    ("sabado", "saturday"),
    ("domingo", "sunday"),
    ("los lunes", "mondays"),
    ("los martes", "tuesdays"),
    ("los miercoles", "wednesdays"),
    ("los jueves", "thursdays"),
    ("los viernes", "fridays"),
    ("los sabados", "saturdays"),
    ("los domingos", "sundays"),
    ("sabados", "saturdays"),
    ("domingos", "sundays"),
    ("finde", "weekends"),
    ("los findes", "weekends"),
    ("findes", "weekends"),
    ("que viene", ""),
    ("la semana que viene", "in 1 week"),
    ("proximo", "next"),
    ("este", "this"),
    // Which part of it.
    ("esta manana", "today morning"),
    ("esta tarde", "today afternoon"),
    ("esta noche", "today evening"),
    ("cada manana", "every day morning"),
    ("todas las mananas", "every day morning"),
    ("cada tarde", "every day afternoon"),
    ("todas las tardes", "every day afternoon"),
    ("cada noche", "every day at 21:00"),
    ("todas las noches", "every day at 21:00"),
    ("cada manana a las", "every day morning at"),
    ("todas las mananas a las", "every day morning at"),
    ("cada tarde a las", "every day afternoon at"),
    ("todas las tardes a las", "every day afternoon at"),
    ("cada noche a las", "every day evening at"),
    ("todas las noches a las", "every day evening at"),
    ("temprano", "morning"),
    ("tempranito", "morning"),
    ("a primera hora", "morning"),
    ("por la mananita", "morning"),
    ("a la manana", "morning"),
    ("a la tarde", "afternoon"),
    ("a la noche", "evening"),
    ("por la manana", "morning"),
    ("por la tarde", "afternoon"),
    ("por la noche", "evening"),
    ("en la manana", "morning"),
    ("en la tarde", "afternoon"),
    ("en la noche", "evening"),
    ("al mediodia", "noon"),
    ("a mediodia", "noon"),
    ("mediodia", "noon"),
    // The clock.
    ("a las", "at"),
    ("a la", "at"),
    ("a eso de las", "at"),
    ("sobre las", "at"),
    ("como a las", "at"),
    ("mas o menos a las", "at"),
    ("alrededor de las", "at"),
    ("a partir de las", "at"),
    ("tipo", "at"),
    ("en punto", ""),
    ("entre", "between"),
    ("entre las", "between"),
    ("y las", "and"),
    ("desde las", "from"),
    ("hasta las", "to"),
    ("y media", ":30"),
    ("y cuarto", ":15"),
    ("y cinco", ":05"),
    ("y diez", ":10"),
    ("y veinte", ":20"),
    ("y veinticinco", ":25"),
    ("y quince", ":15"),
    ("y treinta", ":30"),
    ("menos cinco", "less 5"),
    ("menos diez", "less 10"),
    ("menos cuarto", "less 15"),
    ("menos veinte", "less 20"),
    ("menos veinticinco", "less 25"),
    ("de la manana", "am"),
    ("de la madrugada", "am"),
    ("de la tarde", "pm"),
    ("de la noche", "pm"),
    // So long from now.
    ("dentro de", "in"),
    ("en", "in"),
    ("media hora", "30 minutes"),
    ("hora y media", "90 minutes"),
    ("una hora y media", "90 minutes"),
    ("hs", "hours"),
    ("hrs", "hours"),
    ("mins", "minutes"),
    ("un dia", "1 day"),
    ("una semana", "1 week"),
    ("una hora", "1 hour"),
    ("un minuto", "1 minute"),
    ("minuto", "minute"),
    ("minutos", "minutes"),
    ("hora", "hour"),
    ("horas", "hours"),
    ("dia", "day"),
    ("dias", "days"),
    ("semana", "week"),
    ("semanas", "weeks"),
    ("dos", "2"),
    ("tres", "3"),
    ("cuatro", "4"),
    ("cinco", "5"),
    ("seis", "6"),
    ("siete", "7"),
    ("ocho", "8"),
    ("nueve", "9"),
    ("diez", "10"),
    ("once", "11"),
    ("doce", "12"),
    ("quince", "15"),
    ("veinte", "20"),
    ("treinta", "30"),
    ("cuarenta", "40"),
    ("y", "and"),
    // What ends it.
    ("no me escribas", "stop"),
    ("no me escribas mas", "stop"),
    ("ya no me escribas", "stop"),
    ("ya no me escribas mas", "stop"),
    ("deja de escribirme", "stop"),
    ("no me preguntes mas", "stop"),
    ("para", ""),
    ("parar", "stop"),
    ("basta", "stop"),
    ("nunca", "stop"),
    ("nada", "stop"),
    ("no mas", "stop"),
    ("ya no", "stop"),
    ("quita", "stop"),
    ("quitar", "stop"),
    ("cancela", "stop"),
    ("cancelar", "stop"),
    ("termina", "stop"),
    ("terminar", "stop"),
    ("deja de", "stop"),
    // What it is about.
    ("el registro", "check-in"),
    ("registro", "check-in"),
    ("registro de hoy", "check-in"),
    ("registro diario", "check-in"),
    ("avances y tropiezos", "weekly review"),
    ("repaso de la semana", "weekly review"),
    ("repaso semanal", "weekly review"),
    ("repaso del mes", "monthly review"),
    ("repaso mensual", "monthly review"),
    ("lo que echo de menos", "what i miss"),
    ("lo que extrano", "what i miss"),
    ("claridad", "clarity"),
    // The months of a date.
    ("de enero", "january"),
    ("de febrero", "february"),
    ("de marzo", "march"),
    ("de abril", "april"),
    ("de mayo", "may"),
    ("de junio", "june"),
    ("de julio", "july"),
    ("de agosto", "august"),
    ("de septiembre", "september"),
    ("de setiembre", "september"),
    ("de octubre", "october"),
    ("de noviembre", "november"),
    ("de diciembre", "december"),
    // What says nothing.
    ("recuerdame", ""),
    ("recordarme", ""),
    ("avisame", ""),
    ("escribeme", ""),
    ("preguntame", ""),
    ("por favor", ""),
    ("me", ""),
    ("el", ""),
    ("la", ""),
    ("los", ""),
    ("del", ""),
    ("de", ""),
    ("con", ""),
];

/// Words of the longest phrase.
const WORDS_MAX: usize = 6;
/// Parts of the day, and the half of it in which an hour behind them is.
const PARTS: [(&str, &str); 3] = [("morning", "am"), ("afternoon", "pm"), ("evening", "pm")];

/// The same in the words of the English table.
pub(super) fn in_english(text: &str) -> String {
    let lower = text.to_lowercase();
    let plain = if lower.trim() == "para" { "parar".to_owned() } else { spaced(&lower) };
    let words: Vec<&str> = plain.split_whitespace().collect();
    let mut english = String::new();
    let mut at = 0;
    while at < words.len() {
        let found = (1..=WORDS_MAX.min(words.len() - at)).rev().find_map(|length| {
            let phrase = words.get(at..at + length)?.join(" ");
            let (_, same) = PHRASES.iter().find(|(known, _)| *known == phrase)?;
            Some((length, *same))
        });
        let (length, word) = found.unwrap_or_else(|| (1, words.get(at).copied().unwrap_or_default()));
        at += length;
        // `8 :30` is one time.
        if !english.is_empty() && !word.is_empty() && !word.starts_with(':') {
            english.push(' ');
        }
        english.push_str(word);
    }
    on_the_clock(&english)
}

/// `9 less 15` is 8:45, and `evening at 9` is 9 pm.
fn on_the_clock(english: &str) -> String {
    let mut words: Vec<String> = english.split(' ').map(str::to_owned).collect();
    while let Some(at) = words.iter().position(|word| word == "less") {
        let number = |place: Option<usize>| words.get(place?)?.parse::<u8>().ok();
        let Some((hour, minutes)) = number(at.checked_sub(1)).zip(number(Some(at + 1))) else { break };
        let hour = if hour > 1 { hour - 1 } else { 12 };
        words.splice(at - 1..=at + 1, [format!("{hour}:{:02}", 60_u8.saturating_sub(minutes))]);
    }
    let half_of = |pair: &[String]| PARTS.iter().find(|(part, _)| pair == [*part, "at"]).map(|(_, half)| *half);
    if let Some((at, half)) = words.windows(2).enumerate().find_map(|(at, pair)| Some((at, half_of(pair)?))) {
        words.remove(at);
        let hour = words.get(at + 1).and_then(|clock| clock.split([':', '.']).next()?.parse::<u8>().ok());
        let is_said = words.get(at + 2).is_some_and(|word| matches!(word.as_str(), "am" | "pm"));
        if hour.is_some_and(|hour| hour <= 12) && !is_said {
            words.insert(at + 2, half.to_owned());
        }
    }
    words.join(" ")
}

/// Without accents and marks, but with what a time or a range is written with.
fn spaced(lower: &str) -> String {
    let word = |word: &str| {
        let is_clock = word.starts_with(|c: char| c.is_ascii_digit());
        if is_clock { word.trim_end_matches([',', '.', '!', '?']).to_owned() } else { fold(word) }
    };
    lower.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}
