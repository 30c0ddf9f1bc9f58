//! `dialogs/dialogs.lock` is what the dialogs are, and what edits do to people in the middle of one is what
//! engine.md C3 promises. `MENDWELL_UPDATE=1 cargo test lock` writes the lock anew.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use mendwell::console::stage::Stage;
use mendwell::console::transcript::head::Head;
use mendwell::console::transcript::record::Record;
use mendwell::console::transcript::{self, script};
use mendwell::dialog::drift::Translated;
use mendwell::dialog::effect::{Effect, Input, Verdict};
use mendwell::dialog::explore::{Size, can_go_on, explore};
use mendwell::dialog::load::SourceFile;
use mendwell::dialog::lock::{Lock, LockedDialog, compare};
use mendwell::dialog::model::{Dialog, Library, Opt, Question, Step, Text, TextPiece, Verb};
use mendwell::dialog::reconcile::{Reconciled, reconcile};
use mendwell::dialog::session::{Session, Status, Wait};
use mendwell::dialog::shape::shape;
use mendwell::dialog::step::step;
use mendwell::domain::command::Command;

use crate::engine_support::{RICH_LIBRARY, SYSTEM, World};
use crate::explore::shipped;
use crate::mutants::transcripts;
use crate::support::shipped_library;

#[test]
fn i31_the_committed_lock_is_what_the_dialogs_are() {
    let place = Path::new("dialogs/dialogs.lock");
    let present = Lock::of(&shipped());
    if std::env::var_os("MENDWELL_UPDATE").is_some() {
        std::fs::write(place, present.to_string()).unwrap();
    }
    let text = std::fs::read_to_string(place).unwrap();
    let locked = Lock::parse(&text).unwrap();
    let changes = compare(&locked, &present);
    assert!(changes.is_empty() && locked == present, "MENDWELL_UPDATE=1 cargo test lock, after reading:\n{changes:#?}");
    assert_eq!(text, present.to_string());
}

#[test]
fn i31_the_committed_translations_are_of_the_present_source() {
    let place = Path::new("dialogs/translations.lock");
    let present = Translated::of(&shipped_library());
    let read = || Translated::parse(&std::fs::read_to_string(place).unwrap_or_default()).unwrap();
    if std::env::var_os("MENDWELL_UPDATE").is_some() {
        std::fs::write(place, read().updated(present.clone()).to_string()).unwrap();
    }
    let stale = read().stale(&present);
    assert!(stale.is_empty(), "translate anew, or take the line out of the lock if the words still hold: {stale:#?}");
    assert_eq!(read(), present, "MENDWELL_UPDATE=1 cargo test lock");
}

#[test]
fn a_translation_is_stale_until_it_changes_too_or_is_confirmed() {
    let english = |words: &str| {
        format!(
            "format = 1\nid = \"rain\"\ntitle = \"Rain\"\nsummary = \"Rain.\"\n[[step]]\nid = \"a\"\nsay = \"{words}\"\n"
        )
    };
    let spanish = |words: &str| format!("title = \"Lluvia\"\nsummary = \"Lluvia.\"\n[a]\nsay = \"{words}\"\n");
    let translated = |source: &str, words: &str| {
        let file = |path: &str, text: String| SourceFile { path: path.to_owned(), text: text.into() };
        let system = file("system/en.toml", SYSTEM.to_owned());
        let files = [file("rain.toml", english(source)), file("es/rain.toml", spanish(words)), system];
        Translated::of(&Library::load(files).0.unwrap())
    };
    let before = translated("It rains.", "Llueve.");
    let source_only = translated("It pours.", "Llueve.");
    assert_eq!(before.stale(&source_only), ["es rain.a"]);
    assert_eq!(before.updated(source_only.clone()), before, "writing the lock anew confirms nothing");
    assert!(before.stale(&translated("It pours.", "Diluvia.")).is_empty());
    assert!(before.stale(&translated("It rains.", "Está lloviendo.")).is_empty());
    let confirmed: String = before
        .to_string()
        .lines()
        .filter(|line| !line.contains("rain.a"))
        .fold(String::new(), |text, line| text + line + "\n");
    assert!(Translated::parse(&confirmed).unwrap().stale(&source_only).is_empty());
    assert_eq!(Translated::parse(&before.to_string()), Ok(before));
    assert_eq!(Translated::parse("format 1\nes rain.a xyz 00000000").map_err(|error| error.line), Err(2));
}

#[test]
fn a_lock_comes_back_from_its_text_and_nothing_else_is_one() {
    let lock = Lock::of(&RICH_LIBRARY);
    assert_eq!(Lock::parse(&lock.to_string()), Ok(lock.clone()));
    assert!(lock.to_string().contains("  can_act choice options=yes,no,unsure part=one_worry\n"), "{lock}");
    for (text, line) in
        [("hello", 1), ("format 2", 1), ("format 1\ndialog a", 2), ("format 1\ndialog a ff\n  b scale x=1", 3)]
    {
        assert_eq!(Lock::parse(text).map_err(|error| error.line), Err(line), "{text}");
    }
}

/// The library with one dialog changed, its shape worked out anew.
fn edited(lib: &Library, id: &str, edit: impl FnOnce(&mut Dialog)) -> Library {
    let mut lib = lib.clone();
    let mut dialog = Dialog::clone(&lib.dialogs[id]);
    edit(&mut dialog);
    dialog.shape = shape(&dialog);
    lib.dialogs.insert(id.to_owned(), Arc::new(dialog));
    lib
}

/// The steps around a step, and its place among them.
fn around<'a>(dialog: &'a mut Dialog, step: &str) -> (&'a mut Vec<Step>, usize) {
    let find = |steps: &Vec<Step>| steps.iter().position(|each| each.id == step);
    let part = dialog.parts.iter().find(|(_, steps)| find(steps).is_some()).unwrap().0.clone();
    let steps = dialog.parts.get_mut(&part).unwrap();
    let at = find(steps).unwrap();
    (steps, at)
}

fn options(step: &mut Step) -> Option<&mut Vec<Opt>> {
    let Verb::Ask(ask) = &mut step.verb else { return None };
    match &mut ask.kind {
        Question::Choice(options) | Question::Many { options, .. } => Some(options),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Edit {
    Reworded,
    Inserted,
    Renamed,
    OptionGone,
    KindChanged,
    StepGone,
    DialogGone,
}

const EDITS: [Edit; 7] = [
    Edit::Reworded,
    Edit::Inserted,
    Edit::Renamed,
    Edit::OptionGone,
    Edit::KindChanged,
    Edit::StepGone,
    Edit::DialogGone,
];

/// One edit at one step; `None` where it cannot be made.
fn made(lib: &Library, id: &str, at: &str, edit: Edit) -> Option<Library> {
    let mut possible = true;
    let words = Text(vec![TextPiece::Plain("Other words.".to_owned())]);
    let after = match edit {
        Edit::DialogGone => {
            let mut lib = lib.clone();
            lib.dialogs.remove(id);
            return Some(lib);
        }
        Edit::Reworded => edited(lib, id, |dialog| {
            let (steps, at) = around(dialog, at);
            match &mut steps[at].verb {
                Verb::Ask(ask) => ask.texts = vec![words],
                Verb::Pace(pace) => pace.beats[0].say = words,
                _ => possible = false,
            }
        }),
        Edit::Inserted => edited(lib, id, |dialog| {
            let (steps, at) = around(dialog, at);
            let verb = Verb::Say { texts: vec![words], vary: None };
            steps.insert(at, Step { id: "brand_new".to_owned(), was: Vec::new(), when: None, verb });
        }),
        Edit::Renamed => edited(lib, id, |dialog| {
            let (steps, place) = around(dialog, at);
            steps[place].id = "called_anew".to_owned();
            steps[place].was = vec![at.to_owned()];
        }),
        Edit::OptionGone => edited(lib, id, |dialog| {
            let (steps, at) = around(dialog, at);
            match options(&mut steps[at]) {
                Some(options) if options.len() > 2 => _ = options.remove(0),
                _ => possible = false,
            }
        }),
        Edit::KindChanged => edited(lib, id, |dialog| {
            let (steps, at) = around(dialog, at);
            match &mut steps[at].verb {
                Verb::Ask(ask) if !matches!(ask.kind, Question::Date) => {
                    ask.kind = Question::Date;
                    ask.checks.clear();
                }
                _ => possible = false,
            }
        }),
        Edit::StepGone => edited(lib, id, |dialog| {
            let (steps, at) = around(dialog, at);
            possible = steps.len() > 1;
            steps.remove(at);
        }),
    };
    possible.then_some(after)
}

/// The outcomes that engine.md C3 allows.
fn allowed(edit: Edit, session: &Session) -> &'static [Reconciled] {
    match edit {
        Edit::Reworded => &[Reconciled::Same],
        Edit::Inserted | Edit::OptionGone | Edit::KindChanged => &[Reconciled::Adopted],
        Edit::Renamed => &[Reconciled::Renamed],
        // Where no question came before, or each of them is gone as well, nothing is left.
        Edit::StepGone | Edit::DialogGone if session.history.is_empty() => &[Reconciled::Gone],
        Edit::StepGone | Edit::DialogGone => &[Reconciled::MovedBack, Reconciled::Gone],
    }
}

/// After any edit the person has an open question that some answer moves on, or is told that it is over.
fn never_stuck(lib: &Library, session: &Session, now: Timestamp, what: &str) {
    let (fitted, outcome) = reconcile(lib, session.clone(), now);
    assert_eq!(reconcile(lib, fitted.clone(), now), (fitted.clone(), Reconciled::Same), "{what}: I30 idempotent");
    let world = World { now, ..World::new() };
    let again = step(lib, session.clone(), &Input::Again, &world.cx());
    let said = again.effects.iter().any(|effect| matches!(effect, Effect::Show { .. }));
    assert!(said, "{what}: nothing is said");
    if outcome == Reconciled::Gone {
        assert!(matches!(again.session.status, Status::Ended(_)), "{what}");
        return;
    }
    assert!(can_go_on(lib, &again.session, now), "{what}: no answer moves on, {:?}", again.session.stack);
    let stopped = step(lib, session.clone(), &Input::Command(Command::Stop), &world.cx());
    assert_eq!(stopped.verdict, Verdict::Ended, "{what}");
}

/// Sessions at the dialog's places: where few states lead, and, for waits that lie deeper, where its transcripts stand.
fn at_every_wait(lib: &Library, id: &str, wanted: &LockedDialog) -> Vec<(Session, Timestamp)> {
    let size = Size { states: 150, ..Size::QUICK };
    let mut found = explore(lib, id, &size).unwrap().waiting;
    if !missing(id, wanted, &found).is_empty() {
        let mut transcripts = transcripts();
        found.extend(transcripts.remove(id).iter().flatten().flat_map(|text| played(lib, text)));
    }
    found
}

/// The waiting session after each line of a transcript's script.
fn played(lib: &Library, text: &str) -> Vec<(Session, Timestamp)> {
    let script = script::parse(text);
    let head = Head::parse(&script.head, lib).unwrap();
    let (mut stage, scene) = Stage::start(lib, &head).unwrap();
    let mut record = Record::new(&[], &script.head, stage.zone());
    record.scene(&scene);
    let mut found = Vec::new();
    for entry in std::iter::once(None).chain(script.entries.iter().map(Some)) {
        if let Some(entry) = entry {
            transcript::play(&mut stage, &mut record, entry);
        }
        let (session, now) = stage.session();
        if session.status == Status::Waiting {
            found.push((session.clone(), now));
        }
    }
    found
}

/// The waits of a dialog at which none of these sessions stands.
fn missing(id: &str, wanted: &LockedDialog, sessions: &[(Session, Timestamp)]) -> Vec<String> {
    let top = |session: &Session| session.stack.last().map(|frame| (frame.dialog.clone(), frame.at.clone()));
    let seen: BTreeSet<(String, String)> = sessions.iter().filter_map(|(session, _)| top(session)).collect();
    wanted.waits.keys().filter(|wait| !seen.contains(&(id.to_owned(), String::clone(wait)))).cloned().collect()
}

/// Every place where somebody may be, against every edit of the step that they stand at.
#[test]
fn i31_every_waiting_place_survives_every_edit() {
    let lib = shipped();
    let mut seen = BTreeSet::new();
    let (mut unseen, mut tried) = (Vec::new(), 0);
    for (id, wanted) in &Lock::of(&lib).dialogs {
        let waiting = at_every_wait(&lib, id, wanted);
        unseen.extend(missing(id, wanted, &waiting).into_iter().map(|wait| format!("{id}/{wait}")));
        for (session, now) in waiting {
            let top = session.stack.last().unwrap().clone();
            let has_draft = matches!(&session.wait, Some(Wait::Ask { draft, .. }) if !draft.is_empty());
            // One session for each place and way to it, not for each state.
            if !seen.insert((id.clone(), top.dialog.clone(), top.at.clone(), has_draft, session.stack.len())) {
                continue;
            }
            for edit in EDITS {
                let Some(after) = made(&lib, &top.dialog, &top.at, edit) else { continue };
                let what = format!("{edit:?} at {}/{} in {id}", top.dialog, top.at);
                let (_, outcome) = reconcile(&after, session.clone(), now);
                assert!(allowed(edit, &session).contains(&outcome), "{what}: {outcome:?}");
                never_stuck(&after, &session, now, &what);
                tried += 1;
            }
        }
    }
    assert!(unseen.is_empty(), "nobody was seen at {unseen:?}");
    assert!(tried > 300, "only {tried} edits were tried");
}

/// A wait that nobody comes to is named.
#[test]
fn a_wait_that_is_not_visited_is_found() {
    let lib = shipped();
    let wanted = &Lock::of(&lib).dialogs["first-message"];
    let mut waiting = at_every_wait(&lib, "first-message", wanted);
    let is_kept = |(session, _): &(Session, Timestamp)| session.stack.last().is_none_or(|frame| frame.at != "rest");
    assert_eq!(missing("first-message", wanted, &waiting), [""; 0]);
    waiting.retain(is_kept);
    assert_eq!(missing("first-message", wanted, &waiting), ["rest"]);
}

/// The lock calls an edit breaking exactly when people in the middle notice.
#[test]
fn i31_the_lock_names_every_breaking_edit() {
    let lib = shipped();
    let lock = Lock::of(&lib);
    for (id, dialog) in &lock.dialogs {
        for at in dialog.waits.keys() {
            for edit in EDITS {
                let Some(after) = made(&lib, id, at, edit) else { continue };
                let changes = compare(&lock, &Lock::of(&after));
                let breaks = changes.iter().any(|change| change.is_breaking && change.dialog == *id);
                let wanted = match edit {
                    Edit::Reworded | Edit::Inserted | Edit::Renamed => false,
                    Edit::OptionGone | Edit::KindChanged | Edit::StepGone | Edit::DialogGone => true,
                };
                assert_eq!(breaks, wanted, "{edit:?} at {id}/{at}: {changes:#?}");
            }
        }
    }
}
