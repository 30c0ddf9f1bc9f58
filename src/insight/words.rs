//! What the numbers say, in words. Every sentence of this module stands here, and a picture's own words too.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::domain::language::Language;
use crate::insight::days::{self, Days, Week};
use crate::insight::drift::Missing;
use crate::insight::helped::Helped;
use crate::insight::voice::Voice;
use crate::insight::{CHECKIN_DAYS, Ends, Progress, RECENT_DAYS, back};

/// Exercises that are told at most.
const HELPED_MAX: usize = 5;
/// What the marks of the mood are.
pub(super) const LEGEND: Said =
    ("dots: days · line: mean of seven · band: range", "puntos: días · línea: media de siete · banda: rango");
/// Instead of it, while there are too few for a line.
pub(super) const LINE_BEGINS: Said =
    ("a line begins at 3 within seven days", "la línea empieza con 3 números en siete días");
/// Sleep by its number.
pub(super) const SLEEP: [Said; 3] = [("poor", "mal"), ("okay", "regular"), ("good", "bien")];
/// What contact there was, by its word, in the order in which it is told.
const CONTACT: &[(&str, Said)] = &[
    ("needed", ("needed", "necesario")),
    ("chosen", ("chosen", "elegido")),
    ("mine", BY_YOU),
    ("me", BY_YOU),
    ("theirs", BY_THEM),
    ("them", BY_THEM),
    ("none", ("none", "ninguno")),
];
const BY_YOU: Said = ("chosen by you", "elegido por ti");
const BY_THEM: Said = ("from them", "de la otra persona");

/// The same in English and in Spanish.
pub(super) type Said = (&'static str, &'static str);

/// What is said in a language.
pub(super) fn said(language: Language, (english, spanish): Said) -> &'static str {
    match language {
        Language::English => english,
        Language::Spanish => spanish,
    }
}

/// Everything, one line a thing; a line for what is not known is left out.
pub(super) fn all(progress: &Progress) -> String {
    let language = progress.language;
    let today = day(language, progress.today);
    let title = match language {
        Language::English => format!("**Your days**, up to {today}"),
        Language::Spanish => format!("**Tus días**, hasta el {today}"),
    };
    let mut lines = vec![title, String::new()];
    if let Some(checkins) = checkins(progress) {
        lines.push(checkins);
    }
    lines.extend(mood(progress));
    lines.extend(sleep(progress));
    lines.extend(pull(progress));
    lines.extend(contact(progress));
    lines.extend(clarity(progress));
    lines.extend(missing(progress));
    lines.extend(voice(progress));
    lines.extend(helped(progress));
    lines.push(String::new());
    let end = (
        "These are your own answers, counted. They do not say why, and not what comes next.",
        "Son tus propias respuestas, contadas. No dicen por qué, ni qué viene después.",
    );
    lines.push(said(language, end).to_owned());
    lines.join("\n")
}

/// What the picture shows.
pub(super) fn alt(progress: &Progress) -> String {
    let language = progress.language;
    let mut shown = Vec::new();
    let mut add = |is_there: bool, words: Said| {
        if is_there {
            shown.push(said(language, words));
        }
    };
    let dots = (
        "a dot for the mood of each day with the line of seven days",
        "un punto para el ánimo de cada día, con la línea de siete días",
    );
    let squares = (
        "a square for each day of up to a year, larger for a higher number",
        "un cuadrado para cada día de hasta un año, más grande con un número más alto",
    );
    add(!progress.mood.is_empty(), dots);
    add(!progress.mood.is_empty(), squares);
    add(!progress.sleep.is_empty(), ("sleep by night", "el sueño de cada noche"));
    add(!progress.pull.is_empty(), ("the pull by day", "las ganas de contacto de cada día"));
    add(!progress.helped.is_empty(), ("how it was after exercises", "cómo estaba después de los ejercicios"));
    let shown = shown.join("; ");
    match language {
        Language::English => format!("A picture of these numbers: {shown}. The words beside it say the same."),
        Language::Spanish => format!("Una imagen de estos números: {shown}. Las palabras de al lado dicen lo mismo."),
    }
}

/// How often there was a check-in, without a word on how often there was none.
pub(super) fn checkins_short(progress: &Progress) -> String {
    let (count, length) = progress.checkins();
    let is_new = length < CHECKIN_DAYS;
    match (progress.language, count) {
        (Language::English, 0) => format!("The last {length} days"),
        (Language::English, 1) if is_new => "One check-in so far".to_owned(),
        (Language::English, 2) if is_new => "Two check-ins so far".to_owned(),
        (Language::English, _) if is_new => format!("{count} check-ins so far"),
        (Language::English, _) => format!("Checked in on {count} of the last {length} days"),
        (Language::Spanish, 0) => format!("Los últimos {length} días"),
        (Language::Spanish, 1) if is_new => "Un registro hasta ahora".to_owned(),
        (Language::Spanish, 2) if is_new => "Dos registros hasta ahora".to_owned(),
        (Language::Spanish, _) if is_new => format!("{count} registros hasta ahora"),
        (Language::Spanish, _) => format!("Registro en {count} de los últimos {length} días"),
    }
}

/// Whether there is enough for a line of the mood, and if not, from when on there is one.
pub(super) fn line_begins(language: Language, mood: &Days) -> Option<String> {
    let (from, to) = (mood.first()?, mood.last()?.0);
    let mut ends = std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(|day| *day <= to);
    if ends.any(|end| mood.week(end).is_some()) {
        return None;
    }
    Some(format!("{}, {}", said(language, ("In the picture", "En la imagen")), said(language, LINE_BEGINS)))
}

/// A day in full.
pub(super) fn day(language: Language, date: Date) -> String {
    language.full_day(date)
}

/// A day in short: `3 Sep`, `3 sep`.
pub(super) fn short(language: Language, date: Date) -> String {
    format!("{} {}", date.day(), month(language, date))
}

/// A month in short.
pub(super) fn month(language: Language, date: Date) -> String {
    let index = usize::from(date.month().unsigned_abs()).saturating_sub(1);
    language.months().get(index).map_or_else(String::new, |name| name.chars().take(3).collect())
}

/// The first letter of a day of the week, as calendars have it: in Spanish Wednesday is an X.
pub(super) fn weekday(language: Language, date: Date) -> &'static str {
    let letters = match language {
        Language::English => ["M", "T", "W", "T", "F", "S", "S"],
        Language::Spanish => ["L", "M", "X", "J", "V", "S", "D"],
    };
    let index = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    letters.get(index).copied().unwrap_or_default()
}

/// A number with one decimal, and without one where that is zero.
pub(super) fn number(language: Language, value: f64) -> String {
    let text = format!("{value:.1}");
    language.decimal(text.strip_suffix(".0").map_or(text.clone(), str::to_owned))
}

fn checkins(progress: &Progress) -> Option<String> {
    let language = progress.language;
    let since = day(language, progress.mood.first()?);
    let (count, _) = progress.checkins();
    let counts = |one: Said, many: Said| counted(language, progress.mood.len(), one, many);
    let since = match language {
        Language::English => format!("since {since}."),
        Language::Spanish => format!("desde el {since}."),
    };
    if count == 0 {
        let all = counts(("check-in", "registro"), ("check-ins", "registros"));
        return Some(format!("{all} {since}"));
    }
    let line = checkins_short(progress);
    Some(if progress.mood.len() > count { format!("{line}; {} {since}", counts(DAY, DAYS)) } else { line + "." })
}

fn mood(progress: &Progress) -> Vec<String> {
    let (language, mood, today) = (progress.language, &progress.mood, progress.today);
    let Some((last_on, last)) = mood.last() else { return Vec::new() };
    let mut line = match (language, mood.week(today)) {
        (Language::English, Some(week)) => {
            format!("Mood (1 to 5): in the last seven days {}", span(language, &week))
        }
        (Language::Spanish, Some(week)) => {
            format!("Ánimo (de 1 a 5): en los últimos siete días {}", span(language, &week))
        }
        (Language::English, None) => {
            let (last, on) = (number(language, last), day(language, last_on));
            format!("Mood (1 to 5): {last} on {on}, the last time you told me")
        }
        (Language::Spanish, None) => {
            let (last, on) = (number(language, last), day(language, last_on));
            format!("Ánimo (de 1 a 5): {last} el {on}, la última vez que me lo dijiste")
        }
    };
    // The seven days four weeks ago stand beside them, and nothing says which is better.
    let then = back(today, RECENT_DAYS);
    if let (Some(_), Some(week)) = (mood.week(today), mood.week(then)) {
        let (then, span) = (day(language, then), span(language, &week));
        let _ = match language {
            Language::English => write!(line, "; in the seven days up to {then} {span}"),
            Language::Spanish => write!(line, "; en los siete días hasta el {then} {span}"),
        };
    }
    let mut lines = vec![line + "."];
    lines.extend(line_begins(language, mood).map(|line| line + "."));
    lines
}

fn sleep(progress: &Progress) -> Option<String> {
    let language = progress.language;
    let mut counts = [0_usize; SLEEP.len()];
    for (_, value) in recent(progress, &progress.sleep) {
        if let Some(count) = counts.get_mut(value.round().clamp(0.0, 2.0) as usize) {
            *count += 1;
        }
    }
    let told: Vec<_> = counts.iter().zip(SLEEP).filter(|(count, _)| **count > 0).collect();
    let told: Vec<_> = told.into_iter().map(|(count, name)| format!("{count} {}", said(language, name))).collect();
    let told = (!told.is_empty()).then(|| told.join(", "))?;
    Some(match language {
        Language::English => format!("Nights of the last {RECENT_DAYS} days: {told}."),
        Language::Spanish => format!("Noches de los últimos {RECENT_DAYS} días: {told}."),
    })
}

fn pull(progress: &Progress) -> Option<String> {
    let language = progress.language;
    let all = progress.pull.summary(back(progress.today, RECENT_DAYS - 1), progress.today)?;
    let all = span(language, &all);
    Some(match language {
        Language::English => format!("Pull towards them (0 to 4): in the last {RECENT_DAYS} days {all}."),
        Language::Spanish => format!("Ganas de contacto (de 0 a 4): en los últimos {RECENT_DAYS} días {all}."),
    })
}

fn contact(progress: &Progress) -> Option<String> {
    let language = progress.language;
    let place = |key: &str| CONTACT.iter().position(|(known, _)| *known == key).unwrap_or(CONTACT.len());
    let mut days: Vec<_> = progress.contact.iter().collect();
    days.sort_by_key(|(key, _)| place(key));
    let told = days.into_iter().map(|(key, count)| {
        let known = CONTACT.get(place(key));
        let name = known.map_or_else(|| key.replace('_', " "), |(_, name)| said(language, *name).to_owned());
        format!("{name} {count}")
    });
    let told: Vec<_> = told.collect();
    let told = (!told.is_empty()).then(|| told.join(", "))?;
    Some(match language {
        Language::English => format!("Contact, days of the last {RECENT_DAYS}: {told}."),
        Language::Spanish => format!("Contacto, días de los últimos {RECENT_DAYS}: {told}."),
    })
}

fn clarity(progress: &Progress) -> Option<String> {
    let language = progress.language;
    let on = said(language, ("on", "el"));
    let told = |(date, sum)| format!("{} {on} {}", number(language, sum), day(language, date));
    let Ends { first, last } = progress.clarity?;
    let told: Vec<_> = std::iter::once(first).chain(last).map(told).collect();
    let title = said(language, ("Clear about yourself (0 to 12)", "Claridad sobre ti (de 0 a 12)"));
    Some(format!("{title}: {}.", told.join(", ")))
}

fn missing(progress: &Progress) -> Vec<String> {
    let Some(Ends { first, last }) = &progress.missing else { return Vec::new() };
    std::iter::once(first).chain(last).map(|missing| missed(progress.language, missing)).collect()
}

fn missed(language: Language, missing: &Missing) -> String {
    let [them, habit, chosen, alone] = missing.counts;
    let told = [
        (them, ("them", "a esa persona")),
        (habit, ("the days with them", "los días con esa persona")),
        (chosen, ("being chosen", "que te elijan")),
        (alone, ("not being alone", "no estar a solas")),
    ];
    let told: Vec<_> = told
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} {count}", said(language, *name)))
        .collect();
    let title = said(language, ("What you missed on", "Lo que echabas de menos el"));
    format!("{title} {}: {}.", day(language, missing.date), told.join(", "))
}

fn voice(progress: &Progress) -> Option<String> {
    let language = progress.language;
    let (recent, early) = progress.voice?;
    let told = |voice: Voice| {
        let share = 100 * voice.i / (voice.i + voice.we).max(1);
        match language {
            Language::English => format!("“I” {}, “we” {} ({share} of 100 are “I”)", voice.i, voice.we),
            Language::Spanish => {
                format!("“yo” {}, “nosotros” o “nosotras” {} ({share} de 100 son “yo”)", voice.i, voice.we)
            }
        }
    };
    let title = match language {
        Language::English => format!("In what you wrote in the last {RECENT_DAYS} days, with their forms"),
        Language::Spanish => format!(
            "En lo que escribiste en los últimos {RECENT_DAYS} días, con sus formas; lo que solo dice el verbo (fui, fuimos) no se cuenta"
        ),
    };
    let first = match language {
        Language::English => format!("in your first {RECENT_DAYS} days here"),
        Language::Spanish => format!("en tus primeros {RECENT_DAYS} días aquí"),
    };
    let early = early.map(|voice| format!("; {first}: {}", told(voice)));
    Some(format!("{title}: {}{}.", told(recent), early.unwrap_or_default()))
}

fn helped(progress: &Progress) -> Vec<String> {
    if progress.helped.is_empty() {
        return Vec::new();
    }
    let title = ("After an exercise, against before it:", "Después de un ejercicio, comparado con antes:");
    let mut lines = vec![String::new(), said(progress.language, title).to_owned()];
    lines.extend(progress.helped.iter().take(HELPED_MAX).map(|helped| helped_line(progress.language, helped)));
    lines
}

fn helped_line(language: Language, helped: &Helped) -> String {
    let times = counted(language, helped.times(), ("time", "vez"), ("times", "veces"));
    format!("- {}, {times}: {}", helped.name, weights(language, helped))
}

/// How often it was lighter, the same and heavier.
pub(super) fn weights(language: Language, helped: &Helped) -> String {
    let Helped { name: _, lighter, same, heavier } = helped;
    match language {
        Language::English => format!("lighter {lighter}, the same {same}, heavier {heavier}"),
        Language::Spanish => format!("más ligero {lighter}, igual {same}, más pesado {heavier}"),
    }
}

/// The same beside a bar.
pub(super) fn weights_short(language: Language, helped: &Helped) -> String {
    let Helped { name: _, lighter, same, heavier } = helped;
    match language {
        Language::English => format!("{lighter} lighter, {same} same, {heavier} heavier"),
        Language::Spanish => format!("{lighter} ligero, {same} igual, {heavier} pesado"),
    }
}

fn recent<'a>(progress: &Progress, days: &'a Days) -> impl Iterator<Item = (Date, f64)> + use<'a> {
    days.within(back(progress.today, RECENT_DAYS - 1), progress.today)
}

const DAY: Said = ("day", "día");
const DAYS: Said = ("days", "días");

/// `2 to 4, on average 3.1, from 5 days`, or the one number.
fn span(language: Language, week: &Week) -> String {
    let days = counted(language, week.count, DAY, DAYS);
    let [low, high, mean] = [week.low, week.high, week.mean].map(|value| number(language, value));
    match language {
        Language::English if low == high => format!("{low}, from {days}"),
        Language::Spanish if low == high => format!("{low}, en {days}"),
        Language::English => format!("{low} to {high}, on average {mean}, from {days}"),
        Language::Spanish => format!("de {low} a {high}, {mean} en promedio, en {days}"),
    }
}

fn counted(language: Language, number: usize, one: Said, many: Said) -> String {
    format!("{number} {}", said(language, if number == 1 { one } else { many }))
}

/// How many days a picture's axis shows, in words, for the end that is not today.
pub(super) fn since(language: Language, from: Date, today: Date) -> String {
    let short = short(language, from);
    if days::between(from, today) > 330 { format!("{short} {}", from.year()) } else { short }
}
