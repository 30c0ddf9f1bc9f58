//! `dialogs.lock`: what people in the middle of a dialog hold on to, as it was when the dialogs were last released. A
//! machine keeps it; comparing it with the present dialogs says what an edit does to these people.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use crate::dialog::model::{Dialog, Library, Opt, Question, Verb};

/// The waiting places of every dialog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lock {
    /// By id.
    pub dialogs: BTreeMap<String, LockedDialog>,
}

/// The waiting places of one dialog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LockedDialog {
    /// The dialog's shape.
    pub shape: u64,
    /// Its earlier ids.
    pub was: Vec<String>,
    /// Its questions and paced exercises by id.
    pub waits: BTreeMap<String, LockedWait>,
}

/// One waiting place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LockedWait {
    /// `choice`, `many`, `scale`, `number`, `text`, `list`, `date`, `time` or `pace`.
    pub kind: String,
    /// The part that it stands in; empty for the dialog's own list.
    pub part: String,
    /// Its earlier ids.
    pub was: Vec<String>,
    /// The keys of its options.
    pub options: Vec<String>,
    /// The least number, characters, items or ticks.
    pub min: Option<f64>,
    /// The most of these.
    pub max: Option<f64>,
}

/// One difference between a lock and the present dialogs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether people in the middle of the dialog notice it.
    pub is_breaking: bool,
    /// The dialog.
    pub dialog: String,
    /// What changed and what these people notice, one sentence.
    pub what: String,
}

/// A line of a lock that cannot be read. The author writes the lock anew.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of dialogs.lock cannot be read")]
pub struct LockError {
    /// From 1.
    pub line: usize,
}

/// Stands first in every lock.
const HEAD: &str = "# Kept by the tests, not by hand: MENDWELL_UPDATE=1 cargo test lock\nformat 1\n";

impl Lock {
    /// The lock of a library.
    pub fn of(lib: &Library) -> Self {
        Self { dialogs: lib.dialogs.iter().map(|(id, dialog)| (id.clone(), locked(dialog))).collect() }
    }

    /// Reads what `Display` wrote.
    ///
    /// # Errors
    /// [`LockError`] with the first line that is none of a lock's.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let mut lock = Self::default();
        let mut current: Option<String> = None;
        for (number, line) in text.lines().enumerate() {
            let error = || LockError { line: number + 1 };
            let mut words = line.split_whitespace();
            let Some(first) = words.next() else { continue };
            if first.starts_with('#') {
                continue;
            }
            match (first, line.starts_with(' '), current.as_ref()) {
                ("format", false, None) if words.next() == Some("1") => {}
                ("dialog", false, _) => {
                    let id = words.next().ok_or_else(error)?.to_owned();
                    let shape = words.next().and_then(|shape| u64::from_str_radix(shape, 16).ok());
                    let was = words.map(str::to_owned).collect();
                    let dialog = LockedDialog { shape: shape.ok_or_else(error)?, was, waits: BTreeMap::new() };
                    lock.dialogs.insert(id.clone(), dialog);
                    current = Some(id);
                }
                (step, true, Some(id)) => {
                    let wait = wait_of(words).ok_or_else(error)?;
                    if let Some(dialog) = lock.dialogs.get_mut(id) {
                        dialog.waits.insert(step.to_owned(), wait);
                    }
                }
                _ => return Err(error()),
            }
        }
        Ok(lock)
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        for (id, dialog) in &self.dialogs {
            write!(f, "\ndialog {id} {:016x}", dialog.shape)?;
            dialog.was.iter().try_for_each(|was| write!(f, " {was}"))?;
            f.write_char('\n')?;
            for (step, wait) in &dialog.waits {
                write!(f, "  {step} {}", wait.kind)?;
                for (name, words) in [("options", &wait.options), ("was", &wait.was)] {
                    if !words.is_empty() {
                        write!(f, " {name}={}", words.join(","))?;
                    }
                }
                if !wait.part.is_empty() {
                    write!(f, " part={}", wait.part)?;
                }
                for (name, end) in [("min", wait.min), ("max", wait.max)] {
                    end.map_or(Ok(()), |end| write!(f, " {name}={end}"))?;
                }
                f.write_char('\n')?;
            }
        }
        Ok(())
    }
}

fn wait_of<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<LockedWait> {
    let mut wait = LockedWait { kind: words.next()?.to_owned(), ..LockedWait::default() };
    for word in words {
        let (name, value) = word.split_once('=')?;
        let list = || value.split(',').map(str::to_owned).collect();
        match name {
            "options" => wait.options = list(),
            "was" => wait.was = list(),
            "part" => value.clone_into(&mut wait.part),
            "min" => wait.min = Some(value.parse().ok()?),
            "max" => wait.max = Some(value.parse().ok()?),
            _ => return None,
        }
    }
    Some(wait)
}

fn locked(dialog: &Dialog) -> LockedDialog {
    let mut waits = BTreeMap::new();
    for (part, steps) in &dialog.parts {
        for step in steps {
            let mut wait = match &step.verb {
                Verb::Ask(ask) => question(&ask.kind),
                Verb::Pace(_) => LockedWait { kind: "pace".to_owned(), ..LockedWait::default() },
                Verb::Say { .. }
                | Verb::Set(_)
                | Verb::Branch(_)
                | Verb::Each(_)
                | Verb::Repeat { .. }
                | Verb::Call { .. }
                | Verb::Save(_)
                | Verb::Goal(_)
                | Verb::Schedule(_)
                | Verb::Escalate { .. }
                | Verb::Stop { .. } => continue,
            };
            wait.part.clone_from(part);
            wait.was.clone_from(&step.was);
            waits.insert(step.id.clone(), wait);
        }
    }
    LockedDialog { shape: dialog.shape, was: dialog.was.clone(), waits }
}

fn question(kind: &Question) -> LockedWait {
    let keys = |options: &[Opt]| options.iter().map(|option| option.key.clone()).collect();
    let of = |kind: &str, options: Vec<String>, min: Option<f64>, max: Option<f64>| LockedWait {
        kind: kind.to_owned(),
        options,
        min,
        max,
        ..LockedWait::default()
    };
    let count = |count: usize| Some(count as f64);
    match kind {
        Question::Choice(options) => of("choice", keys(options), None, None),
        Question::Many { options, min, max, .. } => of("many", keys(options), count(*min), count(*max)),
        Question::Scale { min, max, .. } => of("scale", Vec::new(), Some(f64::from(*min)), Some(f64::from(*max))),
        Question::Number { min, max, .. } => of("number", Vec::new(), *min, *max),
        Question::Text { min, max } => of("text", Vec::new(), count(*min), count(*max)),
        Question::List { min, max, .. } => of("list", Vec::new(), count(*min), count(*max)),
        Question::Date => of("date", Vec::new(), None, None),
        Question::Time => of("time", Vec::new(), None, None),
    }
}

/// What changed from an old lock to a new one: breaking changes first, then by dialog.
pub fn compare(old: &Lock, new: &Lock) -> Vec<Change> {
    let mut changes = Vec::new();
    for (id, before) in &old.dialogs {
        let renamed = || new.dialogs.iter().find(|(_, dialog)| dialog.was.contains(id));
        match new.dialogs.get_key_value(id).or_else(renamed) {
            None => changes.push(Change {
                is_breaking: true,
                dialog: id.clone(),
                what: "the dialog is gone: whoever is in the middle of it gets one sentence, and it ends".to_owned(),
            }),
            Some((present, after)) => {
                let count = changes.len();
                if present != id {
                    changes.push(minor(id, format!("it is called `{present}` now; nobody notices")));
                }
                compare_dialog(id, before, after, &mut changes);
                if changes.len() == count && before.shape != after.shape {
                    changes.push(minor(id, "it changed between its questions; nobody notices".to_owned()));
                }
            }
        }
    }
    let is_old = |id: &String, dialog: &LockedDialog| {
        old.dialogs.contains_key(id) || dialog.was.iter().any(|was| old.dialogs.contains_key(was))
    };
    for (id, _) in new.dialogs.iter().filter(|(id, dialog)| !is_old(id, dialog)) {
        changes.push(minor(id, "it is new".to_owned()));
    }
    changes.sort_by(|a, b| (!a.is_breaking, &a.dialog, &a.what).cmp(&(!b.is_breaking, &b.dialog, &b.what)));
    changes
}

fn minor(dialog: &str, what: String) -> Change {
    Change { is_breaking: false, dialog: dialog.to_owned(), what }
}

fn compare_dialog(id: &str, before: &LockedDialog, after: &LockedDialog, changes: &mut Vec<Change>) {
    let mut add = |is_breaking: bool, what: String| changes.push(Change { is_breaking, dialog: id.to_owned(), what });
    for (step, old) in &before.waits {
        let renamed = || after.waits.iter().find(|(_, wait)| wait.was.contains(step));
        let Some((present, new)) = after.waits.get_key_value(step).or_else(renamed) else {
            add(
                true,
                format!(
                    "`{step}` is gone without a `was`: whoever is asked it hears that the exercise has changed, and \
                     goes back to the last question that is left"
                ),
            );
            continue;
        };
        if present != step {
            add(false, format!("`{step}` is called `{present}` now; nobody notices"));
        }
        compare_wait(step, old, new, &mut add);
    }
    let is_old = |step: &String, wait: &LockedWait| {
        before.waits.contains_key(step) || wait.was.iter().any(|was| before.waits.contains_key(was))
    };
    for (step, _) in after.waits.iter().filter(|(step, wait)| !is_old(step, wait)) {
        add(false, format!("`{step}` is new; whoever is past it is not asked"));
    }
}

fn compare_wait(step: &str, old: &LockedWait, new: &LockedWait, add: &mut dyn FnMut(bool, String)) {
    if old.kind != new.kind {
        let (old, new) = (&old.kind, &new.kind);
        let what = format!(
            "`{step}` was `{old}` and is `{new}`: what was answered is forgotten, and the open question is asked anew"
        );
        add(true, what);
        return;
    }
    if old.part != new.part {
        let what = format!("`{step}` stands in another part: whoever is asked it may go back to an earlier question");
        add(true, what);
    }
    let gone: Vec<&str> = old.options.iter().filter(|key| !new.options.contains(key)).map(String::as_str).collect();
    if !gone.is_empty() {
        add(
            true,
            format!("`{step}` lost the options {}: whoever chose one has no answer there any more", gone.join(", ")),
        );
    }
    if new.options.iter().any(|key| !old.options.contains(key)) {
        add(false, format!("`{step}` has new options; the open question shows them"));
    }
    let is_higher = new.min.is_some_and(|new| old.min.is_none_or(|old| new > old));
    let is_lower = new.max.is_some_and(|new| old.max.is_none_or(|old| new < old));
    if is_higher || is_lower {
        add(true, format!("`{step}` takes less than before: answers outside of its new range are forgotten"));
    }
}
