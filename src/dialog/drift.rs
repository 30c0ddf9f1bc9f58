//! Drift of translations: a sentence of the source changes, and its translation still says what it said before.
//! `translations.lock` keeps, for every step that has words, a hash of the source's and one of the translation's. When
//! only the source has changed since, the translation is stale until somebody changes it too, or takes its line out of
//! the lock to say that it still holds.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use sha2::{Digest, Sha256};

use crate::dialog::expression::{print, print_text};
use crate::dialog::model::{Ask, Dialog, Expr, Goal, Library, Opt, Question, Save, Schedule, Step, Text, Verb};

/// What was translated when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translated {
    /// By language and place: `es daily.mood`, `es daily` for what stands above the steps, `es system.why`.
    places: BTreeMap<String, Hashes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hashes {
    source: u32,
    translation: u32,
}

/// A line of the lock that cannot be read. The author writes the lock anew.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of translations.lock cannot be read")]
pub struct DriftError {
    /// From 1.
    pub line: usize,
}

/// Stands first in every lock.
const HEAD: &str = "# Kept by the tests: MENDWELL_UPDATE=1 cargo test lock. A translation that still holds although its\n\
                    # source changed: take its line out, then write the lock anew.\nformat 1\n";

impl Translated {
    /// What is translated in a library.
    pub fn of(library: &Library) -> Self {
        let mut places = BTreeMap::new();
        for (language, translation) in &library.translations {
            for (id, dialog) in &library.dialogs {
                let Some(translated) = translation.dialog(id) else { continue };
                let theirs = words(translated);
                for (place, source) in words(dialog) {
                    let key = format!("{} {id}{place}", language.code());
                    add(&mut places, key, &source, theirs.get(&place));
                }
            }
            for (key, texts) in &library.system.0 {
                let theirs = translation.system.0.get(key).map(|texts| all(texts));
                add(&mut places, format!("{} system.{key}", language.code()), &all(texts), theirs.as_ref());
            }
        }
        Self { places }
    }

    /// Reads what `Display` wrote.
    ///
    /// # Errors
    /// [`DriftError`] with the first line that is none of a lock's.
    pub fn parse(text: &str) -> Result<Self, DriftError> {
        let mut places = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            if line.starts_with('#') || line == "format 1" {
                continue;
            }
            let hash = |word: Option<&str>| word.and_then(|word| u32::from_str_radix(word, 16).ok());
            let mut words = line.split(' ');
            let read = || {
                let key = format!("{} {}", words.next()?, words.next()?);
                Some((key, Hashes { source: hash(words.next())?, translation: hash(words.next())? }))
            };
            let (key, hashes) = { read }().ok_or(DriftError { line: index + 1 })?;
            places.insert(key, hashes);
        }
        Ok(Self { places })
    }

    /// The places where only the source has changed since this lock was written.
    pub fn stale(&self, present: &Self) -> Vec<String> {
        let is_stale = |(key, now): &(&String, &Hashes)| {
            let before = self.places.get(*key);
            before.is_some_and(|before| before.source != now.source && before.translation == now.translation)
        };
        present.places.iter().filter(is_stale).map(|(key, _)| key.clone()).collect()
    }

    /// The lock that takes the place of this one: what is stale stays so.
    pub fn updated(&self, mut present: Self) -> Self {
        for key in self.stale(&present) {
            if let Some(before) = self.places.get(&key) {
                present.places.insert(key, *before);
            }
        }
        present
    }
}

impl fmt::Display for Translated {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(HEAD)?;
        for (key, Hashes { source, translation }) in &self.places {
            writeln!(to, "{key} {source:08x} {translation:08x}")?;
        }
        Ok(())
    }
}

/// What reads alike in both languages, or has no words, has no translation.
fn add(places: &mut BTreeMap<String, Hashes>, key: String, source: &str, translation: Option<&String>) {
    if let Some(translation) = translation.filter(|translation| *translation != source) {
        places.insert(key, Hashes { source: hash(source), translation: hash(translation) });
    }
}

fn hash(words: &str) -> u32 {
    Sha256::digest(words.as_bytes()).iter().take(4).fold(0, |hash, byte| (hash << 8) | u32::from(*byte))
}

/// The words of a dialog by place: empty for the head, `.step` for a step or a snippet.
fn words(dialog: &Dialog) -> BTreeMap<String, String> {
    let head = format!("{}\n{}\n{}", dialog.title, dialog.summary, dialog.asks.join("\n"));
    let mut places = BTreeMap::from([(String::new(), head)]);
    for step in dialog.parts.values().flatten() {
        places.insert(format!(".{}", step.id), of_step(step));
    }
    for (name, snippet) in &dialog.snippets {
        places.insert(format!(".snippet.{name}"), print_text(&snippet.text));
    }
    places
}

fn of_step(step: &Step) -> String {
    match &step.verb {
        Verb::Say { texts, .. } => all(texts),
        Verb::Ask(ask) => of_ask(ask),
        Verb::Pace(pace) => {
            let beats: Vec<String> = pace.beats.iter().map(|beat| print_text(&beat.say)).collect();
            format!("{}\n{}", beats.join("\n"), pace.enough)
        }
        Verb::Save(Save::Journal { title, body, fields }) => {
            format!("{}\n{}\n{}", print_text(title), print_text(body), in_quotes(fields))
        }
        Verb::Goal(Goal::Open { title, .. }) => print_text(title),
        Verb::Set(values) => in_quotes(values),
        Verb::Call { with, .. } | Verb::Schedule(Schedule::Plan { with, .. }) => in_quotes(with),
        Verb::Save(_)
        | Verb::Goal(_)
        | Verb::Schedule(_)
        | Verb::Branch(_)
        | Verb::Each(_)
        | Verb::Repeat { .. }
        | Verb::Escalate { .. }
        | Verb::Stop { .. } => String::new(),
    }
}

fn of_ask(ask: &Ask) -> String {
    let mut out = all(&ask.texts);
    for text in ask.why.iter().chain(&ask.retry).chain(ask.checks.iter().map(|check| &check.say)) {
        _ = write!(out, "\n{}", print_text(text));
    }
    let mut options = |options: &[Opt]| {
        for option in options {
            _ = write!(out, "\n{} {}", option.label, option.also.join(","));
        }
    };
    match &ask.kind {
        Question::Choice(found) => options(found),
        Question::Many { options: found, done, .. } => {
            options(found);
            out.push_str(done);
        }
        Question::List { done, .. } => out.push_str(done),
        Question::Scale { labels, .. } => labels.values().for_each(|label| _ = write!(out, "\n{label}")),
        Question::Number { .. } | Question::Text { .. } | Question::Date | Question::Time => {}
    }
    out
}

fn all(texts: &[Text]) -> String {
    texts.iter().map(print_text).collect::<Vec<_>>().join("\n")
}

/// The words in quotes, which are all that a translation may change of an expression.
fn in_quotes(values: &[(String, Expr)]) -> String {
    let printed: Vec<String> = values.iter().map(|(_, value)| print(value)).collect();
    printed.iter().flat_map(|value| value.split('\'').skip(1).step_by(2)).collect::<Vec<_>>().join("\n")
}
