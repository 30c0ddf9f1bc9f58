//! A dialog as a picture: boxes for its steps, ways between them, as Mermaid or as SVG.
//!
//! A part goes back to the step that opened it when it has ended; these ways back are not drawn.

use std::collections::BTreeMap;

use crate::dialog::expression::{print, print_text};
use crate::dialog::model::{Dialog, Goal, Question, Save, Schedule, Step, Text, Verb};

mod mermaid;
mod svg;

pub use mermaid::mermaid;
pub use svg::svg;

/// Characters of a box's words; what is longer ends with an ellipsis.
const WORDS_MAX: usize = 96;

/// The steps of a dialog and the ways between them.
#[derive(Clone, Debug)]
pub struct Graph {
    /// The dialog's id.
    pub dialog: String,
    /// Its title.
    pub title: String,
    /// Its parts that hold a step, its own list of steps first, then in the order in which they are opened.
    pub parts: Vec<PartBoxes>,
    /// The ways, by positions in `parts` and there in `boxes`.
    pub ways: Vec<Way>,
}

/// The boxes of a part.
#[derive(Clone, Debug)]
pub struct PartBoxes {
    /// Its name; empty for the dialog's own list.
    pub name: String,
    /// One for each step, in order.
    pub boxes: Vec<StepBox>,
}

/// The box of a step.
#[derive(Clone, Debug)]
pub struct StepBox {
    /// The step's id.
    pub step: String,
    /// What it does.
    pub kind: Kind,
    /// On which condition it is taken at all.
    pub when: Option<String>,
    /// What it says or keeps, shortened.
    pub words: String,
}

/// What the form of a box tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It says something.
    Says,
    /// It waits for an answer.
    Asks,
    /// It chooses or repeats a part.
    Chooses,
    /// It keeps or plans something, or runs another dialog.
    Does,
    /// It ends the dialog.
    Ends,
}

/// The place of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// The position of its part.
    pub part: usize,
    /// Its position there.
    pub row: usize,
}

/// A way from one box to another.
#[derive(Clone, Debug)]
pub struct Way {
    /// Where it begins.
    pub from: At,
    /// Where it leads.
    pub to: At,
    /// On which condition, or how often.
    pub label: Option<String>,
}

impl Graph {
    /// Of a dialog.
    pub fn of(dialog: &Dialog) -> Self {
        let order = order(dialog);
        let position: BTreeMap<&str, usize> = order.iter().enumerate().map(|(at, name)| (*name, at)).collect();
        let mut ways = Vec::new();
        for (part, name) in order.iter().enumerate() {
            let steps = dialog.part(name);
            for (row, step) in steps.iter().enumerate() {
                let from = At { part, row };
                if row + 1 < steps.len() && !matches!(step.verb, Verb::Stop { .. }) {
                    ways.push(Way { from, to: At { part, row: row + 1 }, label: None });
                }
                for (name, label) in opened(step) {
                    if let Some(part) = position.get(name) {
                        ways.push(Way { from, to: At { part: *part, row: 0 }, label: Some(label) });
                    }
                }
            }
        }
        let boxes = |name: &&str| dialog.part(name).iter().map(step_box).collect();
        let parts = order.iter().map(|name| PartBoxes { name: (*name).to_owned(), boxes: boxes(name) }).collect();
        Self { dialog: dialog.id.clone(), title: dialog.title.clone(), parts, ways }
    }
}

/// The parts with a step, each after the one that opens it first; last those that nothing opens.
fn order(dialog: &Dialog) -> Vec<&str> {
    let mut order = Vec::new();
    let mut waiting = vec![""];
    while let Some(name) = waiting.pop() {
        let Some((name, steps)) = dialog.parts.get_key_value(name) else { continue };
        if steps.is_empty() || order.contains(&name.as_str()) {
            continue;
        }
        order.push(name.as_str());
        let mut inner: Vec<&str> = steps.iter().flat_map(opened).map(|(name, _)| name).collect();
        inner.reverse();
        waiting.extend(inner);
    }
    let left: Vec<&str> = dialog.parts.keys().map(String::as_str).filter(|name| !order.contains(name)).collect();
    order.extend(left.into_iter().filter(|name| !dialog.part(name).is_empty()));
    order
}

/// The parts that a step opens, and when.
fn opened(step: &Step) -> Vec<(&str, String)> {
    match &step.verb {
        Verb::Branch(arms) => arms
            .iter()
            .filter_map(|arm| {
                let when = arm.when.as_ref().map_or_else(|| "else".to_owned(), print);
                Some((arm.part.as_deref()?, when))
            })
            .collect(),
        Verb::Each(each) => vec![(each.part.as_str(), format!("for each {} of {}", each.name, print(&each.list)))],
        Verb::Repeat { part, until, max } => {
            vec![(part.as_str(), format!("until {}, at most {max} times", print(until)))]
        }
        Verb::Say { .. }
        | Verb::Ask(_)
        | Verb::Set(_)
        | Verb::Call { .. }
        | Verb::Pace(_)
        | Verb::Save(_)
        | Verb::Goal(_)
        | Verb::Schedule(_)
        | Verb::Escalate { .. }
        | Verb::Stop { .. } => Vec::new(),
    }
}

fn step_box(step: &Step) -> StepBox {
    let names = |values: &[(String, _)]| values.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    let (kind, words) = match &step.verb {
        Verb::Say { texts, .. } => (Kind::Says, first(texts)),
        Verb::Ask(ask) => (Kind::Asks, format!("{} ({})", first(&ask.texts), answers(&ask.kind))),
        Verb::Set(values) => (Kind::Does, format!("set {}", names(values))),
        Verb::Branch(_) => (Kind::Chooses, "which way?".to_owned()),
        Verb::Each(_) | Verb::Repeat { .. } => (Kind::Chooses, "again and again".to_owned()),
        Verb::Call { dialog, .. } => (Kind::Does, format!("run {dialog}")),
        Verb::Pace(pace) => (Kind::Does, format!("pace, {} beats", pace.beats.len())),
        Verb::Save(Save::Journal { title, .. }) => (Kind::Does, format!("keep the entry “{}”", print_text(title))),
        Verb::Save(Save::Profile(values) | Save::Measures(values)) => (Kind::Does, format!("keep {}", names(values))),
        Verb::Goal(Goal::Open { .. }) => (Kind::Does, "set a goal".to_owned()),
        Verb::Goal(Goal::Close { .. }) => (Kind::Does, "close the goal".to_owned()),
        Verb::Schedule(Schedule::Plan { dialog, .. }) => (Kind::Does, format!("plan {dialog}")),
        Verb::Schedule(Schedule::Drop { dialog }) => (Kind::Does, format!("drop the plan of {dialog}")),
        Verb::Escalate { dialog } => (Kind::Does, format!("danger: run {dialog}")),
        Verb::Stop { all } => (Kind::Ends, if *all { "end everything" } else { "end" }.to_owned()),
    };
    StepBox { step: step.id.clone(), kind, when: step.when.as_ref().map(print), words: shortened(&words, WORDS_MAX) }
}

fn first(texts: &[Text]) -> String {
    texts.first().map(print_text).unwrap_or_default()
}

fn answers(question: &Question) -> String {
    match question {
        Question::Choice(options) | Question::Many { options, .. } => {
            options.iter().map(|option| option.key.as_str()).collect::<Vec<_>>().join(" / ")
        }
        Question::Scale { min, max, .. } => format!("{min} to {max}"),
        Question::Number { .. } => "a number".to_owned(),
        Question::Text { .. } => "words".to_owned(),
        Question::List { .. } => "a list".to_owned(),
        Question::Date => "a day".to_owned(),
        Question::Time => "a time".to_owned(),
    }
}

/// On one line, and no longer than so many characters.
fn shortened(words: &str, chars: usize) -> String {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= chars {
        return words;
    }
    let head: String = words.chars().take(chars.saturating_sub(1)).collect();
    format!("{}…", head.trim_end())
}
