//! What stands in the files for reading, in which order; how it looks is a [`Pen`]'s business.

use std::io;

use jiff::civil::Date;

use crate::domain::consent::Receipt;
use crate::domain::hard_date::HardDate;
use crate::domain::language::Language;
use crate::domain::person::{Care, Profile};
use crate::domain::text::UserText;
use crate::domain::value::Value;
use crate::export::series::{self, Series};
use crate::export::{Exercise, Export, GoalNote, PlanKept, words};

/// Writes one kind of file. No text is markup.
pub(super) trait Pen {
    /// Begins a section.
    fn section(&mut self, title: &str) -> io::Result<()>;
    /// Begins a part of a section, with the day it is of.
    fn part(&mut self, date: Option<Date>, title: &str) -> io::Result<()>;
    /// Words of the program: one paragraph.
    fn ours(&mut self, text: &str) -> io::Result<()>;
    /// Words of the person.
    fn theirs(&mut self, text: &str) -> io::Result<()>;
    /// What something is called, and what it is.
    fn pairs(&mut self, pairs: &[(String, String)]) -> io::Result<()>;
    /// Measures over time.
    fn charts(&mut self, charts: &[Series]) -> io::Result<()>;
}

/// What the page is called.
pub(super) fn title(export: &Export) -> String {
    format!("What {} keeps of you", export.bot)
}

/// Writes everything but the title.
pub(super) fn write(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    pen.ours(&format!(
        "Put together on {}. Whoever can open this file can read all of it, so keep it where only you look.",
        words::moment(export.made_at.timestamp(), &export.made_at)
    ))?;
    measures(export, pen)?;
    journal(export, pen)?;
    goals(export, pen)?;
    hard_dates(export, pen)?;
    exercises(export, pen)?;
    plans(export, pen)?;
    about_you(export, pen)?;
    care(export, pen)?;
    pen.section("What is not in here")?;
    pen.ours(
        "Numbers by which the program finds its rows, the ids by which your apps know you, and keys: they are of use to \
         programs only. What is kept of other people is never kept with yours. The chat itself belongs to the app; there you can save or delete it.",
    )
}

fn measures(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    pen.section("Over time")?;
    let series = series::of(&export.measures);
    if series.is_empty() {
        return pen.ours("No numbers are kept yet.");
    }
    pen.charts(&series)?;
    pen.ours("Every single value is in measures.csv.")
}

fn journal(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    pen.section("Journal")?;
    if export.journal.is_empty() {
        return pen.ours("No entries are kept yet.");
    }
    for entry in &export.journal {
        pen.part(Some(entry.date), entry.title.expose())?;
        if !entry.body.expose().is_empty() {
            pen.theirs(entry.body.expose())?;
        }
        let fields = entry.fields.iter().map(|(name, value)| (words::label(name), words::value(value)));
        pen.pairs(&fields.collect::<Vec<_>>())?;
        let source = export.title(&entry.dialog);
        let end = if entry.complete { "" } else { ", not finished" };
        pen.ours(&format!("From: {source}{end}"))?;
    }
    Ok(())
}

fn goals(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    pen.section("Small goals")?;
    if let Some(goal) = &export.profile.open_goal {
        pen.part(Some(goal.since), "Open now")?;
        pen.theirs(goal.title.expose())?;
        if let Some(due) = goal.due {
            pen.pairs(&[("For".to_owned(), words::day(due))])?;
        }
    }
    if export.goals.is_empty() && export.profile.open_goal.is_none() {
        return pen.ours("No goals are kept yet.");
    }
    for note in &export.goals {
        match note {
            GoalNote::Set { title, due, since } => {
                pen.part(Some(*since), "Set")?;
                pen.theirs(title.expose())?;
                if let Some(due) = due {
                    pen.pairs(&[("For".to_owned(), words::day(*due))])?;
                }
            }
            GoalNote::Closed { outcome, date } => {
                pen.part(Some(*date), &format!("Closed: {}", words::label(outcome)))?
            }
        }
    }
    Ok(())
}

fn hard_dates(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    if export.profile.hard_dates.is_empty() {
        return Ok(());
    }
    pen.section("Hard dates")?;
    for HardDate { id: _, month, day, label, cue, then } in &export.profile.hard_dates {
        pen.part(None, label.expose())?;
        let pairs = [
            ("Every year on", words::day_of_year(*month, *day)),
            ("If", cue.expose().to_owned()),
            ("Then", then.expose().to_owned()),
        ];
        pen.pairs(&pairs.map(|(name, value)| (name.to_owned(), value)))?;
    }
    Ok(())
}

fn exercises(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    pen.section("Exercises that are not over")?;
    if export.exercises.is_empty() {
        return pen.ours("None is open or set aside.");
    }
    for Exercise { dialog, aside, answers, taken_back, unfinished } in &export.exercises {
        pen.part(None, export.title(dialog))?;
        let mut pairs = Vec::new();
        if let Some((since, until)) = aside {
            pairs.push(("Set aside".to_owned(), words::moment(*since, &export.made_at)));
            pairs.push(("Kept until".to_owned(), words::moment(*until, &export.made_at)));
        }
        let said = |answer: &Option<Value>| answer.as_ref().map_or_else(|| "left out".to_owned(), words::value);
        pairs.extend(answers.iter().map(|(question, answer)| (words::label(question), said(answer))));
        let back = |step: &str| format!("{} (taken back)", words::label(step));
        pairs.extend(taken_back.iter().map(|(step, answer)| (back(step), words::value(answer))));
        if !unfinished.is_empty() {
            let items = unfinished.iter().map(UserText::expose).collect::<Vec<_>>().join("\n");
            pairs.push(("Not finished".to_owned(), items));
        }
        pen.pairs(&pairs)?;
    }
    Ok(())
}

fn plans(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    pen.section("Check-in plans")?;
    if export.plans.is_empty() {
        return pen.ours("None is planned.");
    }
    for PlanKept { plan, due, past } in &export.plans {
        pen.part(None, export.title(&plan.dialog))?;
        let mut pairs = vec![("When".to_owned(), words::recurrence(&plan.recurrence, Language::English))];
        if let Some(due) = due {
            pairs.push(("Next".to_owned(), words::moment(*due, &export.made_at)));
        }
        pairs.extend(plan.with.iter().map(|(name, value)| (words::label(name), words::value(value))));
        let became = |(due, became): &(_, &str)| (words::moment(*due, &export.made_at), (*became).to_owned());
        pairs.extend(past.iter().map(became));
        pen.pairs(&pairs)?;
    }
    Ok(())
}

fn about_you(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    pen.section("You and your settings")?;
    let Profile {
        language,
        consents,
        paused_until,
        unreachable,
        wished,
        silence,
        fading,
        waiting,
        pin,
        exported_at,
        progress_at,
        facts,
        ..
    } = &export.profile;
    let apps: Vec<_> = export.profile.addresses().map(|address| address.platform.name()).collect();
    let moment = |at: &jiff::Timestamp| words::moment(*at, &export.made_at);
    let mut pairs = vec![("Apps you write from".to_owned(), apps.join("\n"))];
    pairs.extend(facts.iter().map(|(name, value)| (words::label(name), words::value(value))));
    let agreed = |receipt: &Receipt| {
        let (said, at) = (if receipt.given { "agreed" } else { "taken back" }, moment(&receipt.at));
        format!("{said} on {at}, wording {}", receipt.wording)
    };
    let consents = consents.iter().map(|(consent, receipt)| (words::label(consent.fact()), agreed(receipt)));
    pairs.extend(consents);
    let further = [
        ("Language of your app", language.clone()),
        ("Check-ins rest until", paused_until.as_ref().map(moment)),
        ("Check-ins", unreachable.then(|| "cannot reach you where they should arrive".to_owned())),
        ("Check-ins without an answer", fading.map(|fading| words::fading(fading).to_owned())),
        ("What a link led you to", wished.as_deref().map(|dialog| export.title(dialog).to_owned())),
        ("You wrote here last about", silence.as_ref().map(|silence| moment(&silence.since))),
        ("A note that waits for you", waiting.as_ref().map(|waiting| export.title(&waiting.dialog).to_owned())),
        ("PIN", pin.is_some().then(|| "is set".to_owned())),
        ("Last file like this", exported_at.as_ref().map(moment)),
        ("Last picture of your days", progress_at.as_ref().map(moment)),
    ];
    pairs.extend(further.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    pen.pairs(&pairs)
}

/// What came of reading their words for danger: counts and times, because no more is kept.
fn care(export: &Export, pen: &mut impl Pen) -> io::Result<()> {
    pen.section("Where your words worried me")?;
    pen.ours("I read what you write for signs of danger. What you wrote is not kept for that; only this:")?;
    let Some(Care { asked_at, asked_level, asked_class, false_alarms, watched_until }) = &export.profile.care else {
        return pen.ours("Nothing.");
    };
    let moment = |at: &jiff::Timestamp| words::moment(*at, &export.made_at);
    let mut pairs = Vec::new();
    if let Some(at) = asked_at {
        pairs.push(("I last asked because of your words".to_owned(), moment(at)));
        pairs.push(("How urgent it looked, from 1 to 3".to_owned(), asked_level.to_string()));
    }
    if let Some(class) = asked_class {
        pairs.push(("What it was about, in the program's own letters".to_owned(), class.clone()));
    }
    pairs.push(("How often you said that it was nothing".to_owned(), false_alarms.to_string()));
    if let Some(until) = watched_until {
        pairs.push(("I ask more directly until".to_owned(), moment(until)));
    }
    pen.pairs(&pairs)
}
