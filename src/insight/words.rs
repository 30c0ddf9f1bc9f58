//! What the numbers say, in words. Every sentence of this module stands here, and a picture's own words too.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::insight::days::{self, Days, Week};
use crate::insight::drift::Missing;
use crate::insight::helped::Helped;
use crate::insight::voice::Voice;
use crate::insight::{CHECKIN_DAYS, Ends, Progress, RECENT_DAYS, back};

/// Exercises that are told at most.
const HELPED_MAX: usize = 5;
/// What the marks of the mood are.
pub(super) const LEGEND: &str = "dots: days · line: mean of seven · band: range";
/// Instead of it, while there are too few for a line.
pub(super) const LINE_BEGINS: &str = "a line begins at 3 within seven days";
/// Sleep by its number.
const SLEEP: [&str; 3] = ["poor", "okay", "good"];
/// What contact there was, by its word, in the order in which it is told.
const CONTACT: &[(&str, &str)] = &[
    ("needed", "needed"),
    ("chosen", "chosen"),
    ("mine", "chosen by you"),
    ("me", "chosen by you"),
    ("theirs", "from them"),
    ("them", "from them"),
    ("none", "none"),
];

/// Everything, one line a thing; a line for what is not known is left out.
pub(super) fn all(progress: &Progress) -> String {
    let mut lines = vec![format!("**Your days**, up to {}", day(progress.today)), String::new()];
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
    lines.push("These are your own answers, counted. They do not say why, and not what comes next.".to_owned());
    lines.join("\n")
}

/// What the picture shows.
pub(super) fn alt(progress: &Progress) -> String {
    let mut shown = Vec::new();
    if !progress.mood.is_empty() {
        shown.push("a dot for the mood of each day with the line of seven days".to_owned());
        shown.push("a square for each day of up to a year, larger for a higher number".to_owned());
    }
    if !progress.sleep.is_empty() {
        shown.push("sleep by night".to_owned());
    }
    if !progress.pull.is_empty() {
        shown.push("the pull by day".to_owned());
    }
    if !progress.helped.is_empty() {
        shown.push("how it was after exercises".to_owned());
    }
    format!("A picture of these numbers: {}. The words beside it say the same.", shown.join("; "))
}

/// How often there was a check-in, without a word on how often there was none.
pub(super) fn checkins_short(progress: &Progress) -> String {
    match progress.checkins() {
        (0, length) => format!("The last {length} days"),
        (1, length) if length < CHECKIN_DAYS => "One check-in so far".to_owned(),
        (2, length) if length < CHECKIN_DAYS => "Two check-ins so far".to_owned(),
        (count, length) if length < CHECKIN_DAYS => format!("{count} check-ins so far"),
        (count, length) => format!("Checked in on {count} of the last {length} days"),
    }
}

/// Whether there is enough for a line of the mood, and if not, from when on there is one.
pub(super) fn line_begins(mood: &Days) -> Option<String> {
    let (from, to) = (mood.first()?, mood.last()?.0);
    let mut ends = std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(|day| *day <= to);
    if ends.any(|end| mood.week(end).is_some()) {
        return None;
    }
    Some(format!("In the picture, {LINE_BEGINS}"))
}

/// A day in full.
pub(super) fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// A day in short: `3 Sep`.
pub(super) fn short(date: Date) -> String {
    date.strftime("%-d %b").to_string()
}

/// A number with one decimal, and without one where that is zero.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn checkins(progress: &Progress) -> Option<String> {
    let first = progress.mood.first()?;
    let (count, _) = progress.checkins();
    if count == 0 {
        return Some(format!("{} since {}.", counted(progress.mood.len(), "check-in", "check-ins"), day(first)));
    }
    let mut line = checkins_short(progress);
    if progress.mood.len() > count {
        let _ = write!(line, "; {} since {}", counted(progress.mood.len(), "day", "days"), day(first));
    }
    Some(line + ".")
}

fn mood(progress: &Progress) -> Vec<String> {
    let (mood, today) = (&progress.mood, progress.today);
    let Some((last_on, last)) = mood.last() else { return Vec::new() };
    let mut line = match mood.week(today) {
        Some(week) => format!("Mood (1 to 5): in the last seven days {}", span(&week)),
        None => format!("Mood (1 to 5): {} on {}, the last time you told me", number(last), day(last_on)),
    };
    // The seven days four weeks ago stand beside them, and nothing says which is better.
    let then = back(today, RECENT_DAYS);
    if let (Some(_), Some(week)) = (mood.week(today), mood.week(then)) {
        let _ = write!(line, "; in the seven days up to {} {}", day(then), span(&week));
    }
    let mut lines = vec![line + "."];
    lines.extend(line_begins(mood).map(|line| line + "."));
    lines
}

fn sleep(progress: &Progress) -> Option<String> {
    let mut counts = [0_usize; SLEEP.len()];
    for (_, value) in recent(progress, &progress.sleep) {
        if let Some(count) = counts.get_mut(value.round().clamp(0.0, 2.0) as usize) {
            *count += 1;
        }
    }
    let told: Vec<_> = counts.iter().zip(SLEEP).filter(|(count, _)| **count > 0).collect();
    let told: Vec<_> = told.into_iter().map(|(count, name)| format!("{count} {name}")).collect();
    (!told.is_empty()).then(|| format!("Nights of the last {RECENT_DAYS} days: {}.", told.join(", ")))
}

fn pull(progress: &Progress) -> Option<String> {
    let all = progress.pull.summary(back(progress.today, RECENT_DAYS - 1), progress.today)?;
    Some(format!("Pull towards them (0 to 4): in the last {RECENT_DAYS} days {}.", span(&all)))
}

fn contact(progress: &Progress) -> Option<String> {
    let place = |key: &str| CONTACT.iter().position(|(known, _)| *known == key).unwrap_or(CONTACT.len());
    let mut days: Vec<_> = progress.contact.iter().collect();
    days.sort_by_key(|(key, _)| place(key));
    let told = days.into_iter().map(|(key, count)| {
        let name = CONTACT.get(place(key)).map_or_else(|| key.replace('_', " "), |(_, name)| (*name).to_owned());
        format!("{name} {count}")
    });
    let told: Vec<_> = told.collect();
    (!told.is_empty()).then(|| format!("Contact, days of the last {RECENT_DAYS}: {}.", told.join(", ")))
}

fn clarity(progress: &Progress) -> Option<String> {
    let told = |(date, sum)| format!("{} on {}", number(sum), day(date));
    let Ends { first, last } = progress.clarity?;
    let told: Vec<_> = std::iter::once(first).chain(last).map(told).collect();
    Some(format!("Clear about yourself (0 to 12): {}.", told.join(", ")))
}

fn missing(progress: &Progress) -> Vec<String> {
    let Some(Ends { first, last }) = &progress.missing else { return Vec::new() };
    std::iter::once(first).chain(last).map(missed).collect()
}

fn missed(missing: &Missing) -> String {
    let [them, habit, chosen, alone] = missing.counts;
    let told = [(them, "them"), (habit, "the days with them"), (chosen, "being chosen"), (alone, "not being alone")];
    let told: Vec<_> =
        told.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{name} {count}")).collect();
    format!("What you missed on {}: {}.", day(missing.date), told.join(", "))
}

fn voice(progress: &Progress) -> Option<String> {
    let (recent, early) = progress.voice?;
    let told = |voice: Voice| {
        let share = 100 * voice.i / (voice.i + voice.we).max(1);
        format!("“I” {}, “we” {} ({share} of 100 are “I”)", voice.i, voice.we)
    };
    let line = format!("In what you wrote in the last {RECENT_DAYS} days, with their forms: {}", told(recent));
    let early = early.map(|voice| format!("; in your first {RECENT_DAYS} days here: {}", told(voice)));
    Some(line + &early.unwrap_or_default() + ".")
}

fn helped(progress: &Progress) -> Vec<String> {
    if progress.helped.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), "After an exercise, against before it:".to_owned()];
    lines.extend(progress.helped.iter().take(HELPED_MAX).map(helped_line));
    lines
}

fn helped_line(helped: &Helped) -> String {
    let Helped { name, lighter, same, heavier } = helped;
    let times = counted(helped.times(), "time", "times");
    format!("- {name}, {times}: lighter {lighter}, the same {same}, heavier {heavier}")
}

fn recent<'a>(progress: &Progress, days: &'a Days) -> impl Iterator<Item = (Date, f64)> + use<'a> {
    days.within(back(progress.today, RECENT_DAYS - 1), progress.today)
}

/// `2 to 4, on average 3.1, from 5 days`, or the one number.
fn span(week: &Week) -> String {
    let days = counted(week.count, "day", "days");
    if (week.high - week.low).abs() < f64::EPSILON {
        return format!("{}, from {days}", number(week.low));
    }
    format!("{} to {}, on average {}, from {days}", number(week.low), number(week.high), number(week.mean))
}

fn counted(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// How many days a picture's axis shows, in words, for the end that is not today.
pub(super) fn since(from: Date, today: Date) -> String {
    if days::between(from, today) > 330 { format!("{} {}", short(from), from.year()) } else { short(from) }
}
