//! The Spanish export of somebody who did everything: no name, question or key of the English dialogs stands in it.

use std::collections::BTreeSet;

use jiff::civil::date;
use mendwell::app::library::require;
use mendwell::dialog::labels::labels;
use mendwell::dialog::model::{Dialog, Expr, Library, Node, Question, Save, Verb};
use mendwell::domain::language::Language;
use mendwell::domain::person::PROFILE_ACTS;
use mendwell::domain::text::UserText;
use mendwell::domain::value::{Value, Values};
use mendwell::domain::write::JournalEntry;
use mendwell::export::{Exercise, Export, write_markdown};

use crate::export_files::writes;

/// What is the same in both languages: names of apps, of places and of languages, and three words.
const SAME: &[&str] = &[
    "Argentina",
    "Australia",
    "Austria",
    "Bogotá, Lima",
    "Buenos Aires",
    "Chicago",
    "Chile",
    "Colombia",
    "Denver",
    "Discord",
    "Ecuador",
    "English",
    "Español",
    "India",
    "Israel",
    "Kolkata",
    "No",
    "PIN",
    "Portugal",
    "Real",
    "Santiago",
    "Telegram",
    "Uruguay",
];

/// Every value that an expression can have and that is an author's: what can be chosen, and quoted words.
fn values(dialog: &Dialog, expr: &Expr, found: &mut Vec<Value>) {
    match &expr.node {
        Node::Value(Value::Text(word)) => found.push(Value::Key(word.expose().to_owned())),
        Node::Name(name) => {
            if let Some((_, step)) = dialog.find(name)
                && let Verb::Ask(ask) = &step.verb
                && let Question::Choice(options) | Question::Many { options, .. } = &ask.kind
            {
                found.extend(options.iter().map(|option| Value::Key(option.key.clone())));
            }
        }
        Node::OrElse(left, right) => {
            values(dialog, left, found);
            values(dialog, right, found);
        }
        _ => {}
    }
}

fn all_of(dialog: &Dialog, fields: &[(String, Expr)]) -> Values {
    let of = |(name, expr): &(String, Expr)| {
        let mut found = Vec::new();
        values(dialog, expr, &mut found);
        (name.clone(), Value::List(found))
    };
    fields.iter().map(of).collect()
}

/// An export with every answer to every question of every dialog, and every field that is kept.
fn of_everything(library: &Library) -> Export {
    let mut export = Export {
        language: library.language,
        labels: labels(library),
        journal: Vec::new(),
        exercises: Vec::new(),
        ..writes("1")
    };
    let word = || UserText::new("1");
    for dialog in library.dialogs.values() {
        export.titles.insert(dialog.id.clone(), "1".to_owned());
        let mut answers = Vec::new();
        for step in dialog.parts.values().flatten() {
            match &step.verb {
                Verb::Ask(_) => {
                    let mut found = Vec::new();
                    let node = Node::Name(step.id.clone());
                    values(dialog, &Expr { node, span: 0..0 }, &mut found);
                    answers.push((step.id.clone(), Some(Value::List(found))));
                }
                Verb::Save(Save::Journal { fields, .. }) => export.journal.push(JournalEntry {
                    dialog: dialog.id.clone(),
                    title: word(),
                    body: word(),
                    fields: all_of(dialog, fields),
                    date: date(2026, 3, 2),
                    complete: true,
                }),
                Verb::Save(Save::Profile(fields)) => {
                    let is_kept = |name: &str| PROFILE_ACTS.iter().all(|(act, _)| *act != name);
                    let facts = all_of(dialog, fields).into_iter().filter(|(name, _)| is_kept(name));
                    export.profile.facts.extend(facts);
                }
                _ => {}
            }
        }
        let (taken_back, unfinished) = (Vec::new(), Vec::new());
        export.exercises.push(Exercise { dialog: dialog.id.clone(), aside: None, answers, taken_back, unfinished });
    }
    export.profile.language = Some("es".to_owned());
    export
}

fn lines(library: &Library) -> BTreeSet<String> {
    let mut page = Vec::new();
    write_markdown(&of_everything(library), &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    let parts = page.lines().flat_map(|line| line.split("**").flat_map(|part| part.split(": ")));
    let bare = |part: &str| part.trim_matches([' ', '-', '*', '>', ':', '\\', '|']).to_owned();
    parts.map(bare).filter(|part| part.chars().any(char::is_alphabetic)).collect()
}

#[test]
fn nothing_in_it_is_english() {
    let library = require(None).unwrap();
    let (english, spanish) = (lines(&library), lines(library.speaking(Language::Spanish)));
    assert!(english.len() > 1_500 && spanish.len() > 1_500, "{} {}", english.len(), spanish.len());
    let both: Vec<_> = spanish.intersection(&english).filter(|part| !SAME.contains(&part.as_str())).collect();
    assert!(both.is_empty(), "{both:#?}");
    assert!(spanish.contains("Español") && !spanish.contains("es"), "a language is called by its name");
}
