//! What makes two versions of a dialog the same to a session that runs in one: everything but the texts.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::dialog::expression::{print, print_text};
use crate::dialog::model::{Dialog, Expr, Goal, Opt, Question, Save, Schedule, Step, Verb};

/// The hash of a dialog's ids, verbs, kinds, option keys, ranges, conditions, values and order. No text, label, title
/// or limit of time goes into it, so correcting a word leaves it as it is.
pub fn shape(dialog: &Dialog) -> u64 {
    let mut out = format!("1 {}\n", dialog.id);
    for (name, fact) in &dialog.facts {
        line(&mut out, &["fact", name, &format!("{:?} {}", fact.kind, fact.or.is_some())]);
    }
    for (name, param) in &dialog.params {
        let ends = format!("{:?} {:?} {:?} {}", param.kind, param.min, param.max, param.or.is_some());
        line(&mut out, &["param", name, &ends]);
    }
    for (part, steps) in &dialog.parts {
        line(&mut out, &["part", part]);
        for each in steps {
            step(&mut out, each);
        }
    }
    let digest = Sha256::digest(out.as_bytes());
    digest.iter().take(8).fold(0, |hash, byte| (hash << 8) | u64::from(*byte))
}

/// One line; its words are quoted, so that no two lists of words read alike.
fn line(out: &mut String, words: &[&str]) {
    for word in words {
        _ = write!(out, "{word:?} ");
    }
    out.push('\n');
}

fn values(out: &mut String, values: &[(String, Expr)]) {
    for (name, value) in values {
        line(out, &["=", name, &print(value)]);
    }
}

fn step(out: &mut String, step: &Step) {
    let when = step.when.as_ref().map(print);
    line(out, &["step", &step.id, when.as_deref().unwrap_or("")]);
    match &step.verb {
        Verb::Say { .. } => line(out, &["say"]),
        Verb::Ask(ask) => {
            line(out, &["ask", if ask.optional { "optional" } else { "" }]);
            question(out, &ask.kind);
            for check in &ask.checks {
                line(out, &["fail", &print(&check.fail)]);
            }
        }
        Verb::Set(found) => {
            line(out, &["set"]);
            values(out, found);
        }
        Verb::Branch(arms) => {
            line(out, &["branch"]);
            for arm in arms {
                let when = arm.when.as_ref().map_or_else(|| "else".to_owned(), |when| format!("when {}", print(when)));
                line(out, &["arm", &when, arm.part.as_deref().unwrap_or("")]);
            }
        }
        Verb::Each(each) => {
            let collect = each.collect.as_deref().unwrap_or("");
            line(out, &["each", &print(&each.list), &each.name, &each.part, collect]);
        }
        Verb::Repeat { part, until, max } => line(out, &["repeat", part, &print(until), &max.to_string()]),
        Verb::Call { dialog, with } => {
            line(out, &["call", dialog]);
            values(out, with);
        }
        Verb::Pace(pace) => {
            let beats: Vec<u32> = pace.beats.iter().map(|beat| beat.millis).collect();
            line(out, &["pace", &format!("{beats:?}"), &print(&pace.rounds)]);
        }
        Verb::Save(save) => save_shape(out, save),
        Verb::Goal(Goal::Open { due, .. }) => {
            line(out, &["goal", &due.as_ref().map(print).unwrap_or_default()]);
        }
        Verb::Goal(Goal::Close { outcome }) => line(out, &["goal close", &print(outcome)]),
        Verb::Schedule(Schedule::Plan { dialog, every, at, with, when_busy, expires_s }) => {
            let waits = format!("{when_busy:?} {expires_s}");
            line(out, &["schedule", dialog, &print_text(every), &print_text(at), &waits]);
            values(out, with);
        }
        Verb::Schedule(Schedule::Drop { dialog }) => line(out, &["drop", dialog]),
        Verb::Escalate { dialog } => line(out, &["escalate", dialog]),
        Verb::Stop { all } => line(out, &["stop", if *all { "all" } else { "dialog" }]),
    }
}

fn save_shape(out: &mut String, save: &Save) {
    let (word, fields) = match save {
        Save::Journal { fields, .. } => ("journal", fields),
        Save::Profile(fields) => ("profile", fields),
        Save::Measures(fields) => ("measures", fields),
    };
    line(out, &["save", word]);
    values(out, fields);
}

fn question(out: &mut String, kind: &Question) {
    let keys = |options: &[Opt]| options.iter().map(|option| format!("{:?}", option.key)).collect::<Vec<_>>().join(",");
    match kind {
        Question::Choice(options) => line(out, &["choice", &keys(options)]),
        Question::Many { options, min, max, .. } => line(out, &["many", &keys(options), &format!("{min} {max}")]),
        Question::Scale { min, max, .. } => line(out, &["scale", &format!("{min} {max}")]),
        Question::Number { min, max, whole } => line(out, &["number", &format!("{min:?} {max:?} {whole}")]),
        Question::Text { min, max } => line(out, &["text", &format!("{min} {max}")]),
        Question::List { min, max, chars, .. } => line(out, &["list", &format!("{min} {max} {chars}")]),
        Question::Date => line(out, &["date"]),
        Question::Time => line(out, &["time"]),
    }
}
