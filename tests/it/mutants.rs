//! Mutants of the shipped dialogs (engine.md N12): one condition turned round or halved, one step dropped, two arms
//! swapped. A mutant that plays every transcript as it is written shows something that no transcript notices. Where
//! safety hangs on it, each is tried and must be noticed; elsewhere, most. The ordinary run takes a part of the latter, always
//! the same; `MENDWELL_MUTANTS=full cargo test mutants -- --nocapture` takes all and names every one that nobody noticed.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use mendwell::console::transcript;
use mendwell::dialog::expression::print;
use mendwell::dialog::model::{Binary, Dialog, Expr, Library, Node, Role, Save, Step, Verb};
use mendwell::domain::consent::CONSENTS;

use crate::explore::shipped;

/// Dialogs whose every step decides what is safe, kept or agreed to, beside those of the role safety.
const GUARDS: [&str; 7] =
    ["contact-gate", "gate-today", "repair-gate", "repair-shut", "forget", "privacy", "keep-asking"];

/// What a condition or a `save` has to name for safety to hang on it, beside the consents.
const GUARDED: [&str; 7] =
    ["contact_lock", "contact_outcome", "contact_on", "contact_rest", "both_agreed", "minor", "adult"];

/// Of the mutants elsewhere, at least so many of a hundred are noticed.
const NOTICED_PERCENT_MIN: usize = 94;

/// One in so many of the mutants elsewhere is tried in the ordinary run.
const SAMPLED_ELSEWHERE: usize = 8;

/// One change of one dialog.
struct Mutant {
    dialog: String,
    part: String,
    /// The step's place in its part.
    at: usize,
    change: Change,
    /// From 1, in the dialog's file.
    line: usize,
    what: String,
    is_safety: bool,
}

enum Change {
    Dropped,
    When(Expr),
    Arm(usize, Expr),
    /// The parts of an arm and the next one.
    Swapped(usize),
    Check(usize, Expr),
    Until(Expr),
}

impl Mutant {
    fn made(&self, dialog: &Dialog) -> Dialog {
        let mut dialog = dialog.clone();
        let steps = dialog.parts.get_mut(&self.part).unwrap();
        let step = &mut steps[self.at];
        match (&self.change, &mut step.verb) {
            (Change::Dropped, _) => _ = steps.remove(self.at),
            (Change::When(when), _) => step.when = Some(when.clone()),
            (Change::Arm(arm, when), Verb::Branch(arms)) => arms[*arm].when = Some(when.clone()),
            (Change::Swapped(arm), Verb::Branch(arms)) => {
                let part = arms[*arm].part.take();
                arms[*arm].part = std::mem::replace(&mut arms[*arm + 1].part, part);
            }
            (Change::Check(check, fail), Verb::Ask(ask)) => ask.checks[*check].fail = fail.clone(),
            (Change::Until(until), Verb::Repeat { until: present, .. }) => *present = until.clone(),
            _ => unreachable!("a change is made for its verb"),
        }
        dialog
    }
}

/// A condition turned round, and with one side of each `and` and `or` left out.
fn changed(expr: &Expr) -> Vec<(String, Expr)> {
    let negated = Expr { node: Node::Not(Box::new(expr.clone())), span: expr.span.clone() };
    let mut all = vec![(format!("`{}` turned round", print(expr)), negated)];
    all.extend(halved(expr).into_iter().map(|half| (format!("only `{}`", print(&half)), half)));
    all
}

fn halved(expr: &Expr) -> Vec<Expr> {
    let with = |node| Expr { node, span: expr.span.clone() };
    match &expr.node {
        // The checks demand this `is set`; what is missing makes the other side untrue by itself.
        Node::Binary(Binary::And, left, right) if matches!(left.node, Node::IsSet(_)) => vec![Expr::clone(left)],
        Node::Binary(operator @ (Binary::And | Binary::Or), left, right) => {
            let mut all = vec![Expr::clone(left), Expr::clone(right)];
            let both = |left: Expr, right: Expr| with(Node::Binary(*operator, Box::new(left), Box::new(right)));
            all.extend(halved(left).into_iter().map(|half| both(half, Expr::clone(right))));
            all.extend(halved(right).into_iter().map(|half| both(Expr::clone(left), half)));
            all
        }
        Node::Not(inner) => halved(inner).into_iter().map(|half| with(Node::Not(Box::new(half)))).collect(),
        _ => Vec::new(),
    }
}

/// Every mutant of a dialog.
fn mutants(lib: &Library, dialog: &Dialog, text: &str) -> Vec<Mutant> {
    let mut all = Vec::new();
    let line_of = |byte: usize| text[..byte].matches('\n').count() + 1;
    for (part, steps) in &dialog.parts {
        let part_is_safety = steps.iter().any(|step| leads_to_safety(lib, step));
        for (at, step) in steps.iter().enumerate() {
            let is_whole = dialog.role == Role::Safety || GUARDS.contains(&dialog.id.as_str());
            let mut add = |change: Change, line: usize, what: String, is_safety: bool| {
                let (dialog, part) = (dialog.id.clone(), part.clone());
                all.push(Mutant { dialog, part, at, change, line, what, is_safety: is_whole || is_safety });
            };
            let is_safety = leads_to_safety(lib, step);
            let head = line_of_step(text, &step.id);
            add(Change::Dropped, head, format!("`{}` dropped", step.id), is_safety);
            for (what, when) in step.when.iter().flat_map(changed) {
                let is_safety = is_safety || is_guarded(&print(&when));
                add(Change::When(when.clone()), line_of(when.span.start), what, is_safety);
            }
            match &step.verb {
                Verb::Branch(arms) => {
                    let opens = |part: &Option<String>| {
                        let steps = part.as_deref().map_or(&[][..], |part| dialog.part(part));
                        steps.iter().any(|step| leads_to_safety(lib, step))
                    };
                    for (arm, present) in arms.iter().enumerate() {
                        for (what, when) in present.when.iter().flat_map(changed) {
                            let is_safety = opens(&present.part) || is_guarded(&print(&when));
                            add(Change::Arm(arm, when.clone()), line_of(when.span.start), what, is_safety);
                        }
                        let next = arms.get(arm + 1).filter(|next| next.part != present.part);
                        if let (Some(next), Some(when)) = (next, &present.when) {
                            let is_safety = opens(&present.part) || opens(&next.part) || is_guarded(&print(when));
                            let what = format!("what `{}` and the next arm do swapped", print(when));
                            add(Change::Swapped(arm), line_of(when.span.start), what, is_safety);
                        }
                    }
                }
                Verb::Ask(ask) => {
                    for (check, present) in ask.checks.iter().enumerate() {
                        for (what, fail) in changed(&present.fail) {
                            add(Change::Check(check, fail.clone()), line_of(fail.span.start), what, part_is_safety);
                        }
                    }
                }
                Verb::Repeat { until, .. } => {
                    for (what, until) in changed(until) {
                        add(Change::Until(until.clone()), line_of(until.span.start), what, part_is_safety);
                    }
                }
                _ => {}
            }
        }
    }
    all
}

/// Whether a step opens help, asks before contact, or keeps what a gate or a consent hangs on.
fn leads_to_safety(lib: &Library, step: &Step) -> bool {
    match &step.verb {
        Verb::Escalate { .. } => true,
        Verb::Call { dialog, .. } => lib.is_safety(dialog) || GUARDS.contains(&dialog.as_str()),
        Verb::Save(Save::Profile(fields)) => fields.iter().any(|(name, _)| is_guarded(name)),
        _ => false,
    }
}

fn is_guarded(names: &str) -> bool {
    let mut words = names.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.any(|word| GUARDED.contains(&word) || CONSENTS.iter().any(|(_, fact, _)| *fact == word))
}

fn line_of_step(text: &str, id: &str) -> usize {
    let is_id = |line: &str| {
        line.split_once('=').is_some_and(|(key, value)| key.trim() == "id" && value.trim().trim_matches('"') == id)
    };
    // The first is the dialog's own.
    let own = text.lines().position(|line| line.trim_start().starts_with("id")).unwrap_or(0);
    text.lines().enumerate().skip(own + 1).find(|(_, line)| is_id(line)).map_or(own, |(number, _)| number) + 1
}

/// The transcripts in the language of the source, by the dialog that they play.
pub(crate) fn transcripts() -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for folder in std::fs::read_dir("dialogs/tests").unwrap() {
        let folder = folder.unwrap().path();
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.to_string_lossy().ends_with(".chat")) {
            let text = std::fs::read_to_string(path).unwrap();
            let head = text.lines().find(|line| line.starts_with("dialog ")).unwrap_or_default();
            if !head.contains("    language ") {
                let id = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
                all.entry(id).or_default().push(text);
            }
        }
    }
    all
}

/// The dialogs that run a dialog, however deep; itself first.
fn runners<'a>(lib: &'a Library, id: &'a str) -> Vec<&'a str> {
    let mut found = vec![id];
    let mut at = 0;
    while let Some(inner) = found.get(at).copied() {
        at += 1;
        for (outer, dialog) in &lib.dialogs {
            let runs = dialog.parts.values().flatten().any(|step| match &step.verb {
                Verb::Call { dialog, .. } | Verb::Escalate { dialog } => dialog == inner,
                _ => false,
            });
            if runs && !found.contains(&outer.as_str()) {
                found.push(outer);
            }
        }
    }
    found
}

/// Plays mutants of a library against its transcripts.
struct Trial {
    lib: Library,
    transcripts: BTreeMap<String, Vec<String>>,
    runners: BTreeMap<String, Vec<String>>,
}

impl Trial {
    fn new(lib: Library, transcripts: BTreeMap<String, Vec<String>>) -> Self {
        let of = |id: &String| (id.clone(), runners(&lib, id).into_iter().map(str::to_owned).collect());
        let runners = lib.dialogs.keys().map(of).collect();
        Self { lib, transcripts, runners }
    }

    /// Whether some transcript plays otherwise.
    fn notices(&mut self, mutant: &Mutant) -> bool {
        let original = Arc::clone(&self.lib.dialogs[&mutant.dialog]);
        self.lib.dialogs.insert(mutant.dialog.clone(), Arc::new(mutant.made(&original)));
        let played = self.runners[&mutant.dialog].iter().filter_map(|id| self.transcripts.get(id)).flatten();
        let mut played = played.map(|written| transcript::run(&self.lib, written).as_ref() == Ok(written));
        let is_noticed = played.any(|is_same| !is_same);
        self.lib.dialogs.insert(mutant.dialog.clone(), original);
        is_noticed
    }

    /// How many were tried when one in `each` is, and a line for every one that was not noticed.
    fn unnoticed(&mut self, mutants: &[Mutant], each: usize) -> (usize, Vec<String>) {
        let sample: Vec<&Mutant> = mutants.iter().step_by(each).collect();
        let missed: Vec<&&Mutant> = sample.iter().filter(|mutant| !self.notices(mutant)).collect();
        let named = |each: &&&Mutant| format!("dialogs/{}.toml:{}: {}", each.dialog, each.line, each.what);
        (sample.len(), missed.iter().map(named).collect())
    }
}

/// Every mutant of every shipped dialog, in the order of the files.
fn of_all(lib: &Library) -> Vec<Mutant> {
    let of = |dialog: &Arc<Dialog>| {
        let text = std::fs::read_to_string(Path::new("dialogs").join(format!("{}.toml", dialog.id))).unwrap();
        mutants(lib, dialog, &text)
    };
    lib.dialogs.values().flat_map(of).collect()
}

#[test]
#[expect(clippy::print_stdout, reason = "the score is for who asks with --nocapture")]
fn mutants_at_gates_crises_and_consents_are_noticed_and_most_others_too() {
    let lib = shipped();
    let is_full = std::env::var_os("MENDWELL_MUTANTS").is_some_and(|size| size == "full");
    let (safety, elsewhere): (Vec<Mutant>, Vec<Mutant>) = of_all(&lib).into_iter().partition(|each| each.is_safety);
    let mut trial = Trial::new(lib, transcripts());
    let (tried, unnoticed) = trial.unnoticed(&safety, 1);
    println!("where safety hangs on it: {} of {tried} mutants are noticed", tried - unnoticed.len());
    let (others, missed) = trial.unnoticed(&elsewhere, if is_full { 1 } else { SAMPLED_ELSEWHERE });
    let noticed = others - missed.len();
    println!("elsewhere: {noticed} of {others} mutants are noticed, of {} that there are", elsewhere.len());
    println!("{}", missed.join("\n"));
    assert!(unnoticed.is_empty(), "no transcript notices these:\n{}", unnoticed.join("\n"));
    assert!(noticed * 100 >= others * NOTICED_PERCENT_MIN, "{noticed} of {others}:\n{}", missed.join("\n"));
}

/// With one transcript of the contact gate left, what that one does not pass is not noticed, and is named with its line.
#[test]
fn a_mutant_that_no_transcript_passes_is_named_with_its_line() {
    let lib = shipped();
    let text = std::fs::read_to_string("dialogs/contact-gate.toml").unwrap();
    let all = mutants(&lib, &lib.dialogs["contact-gate"], &text);
    assert!(all.iter().all(|each| each.is_safety));
    let prepare = std::fs::read_to_string("dialogs/tests/contact-gate/prepare.chat").unwrap();
    let mut trial = Trial::new(lib, BTreeMap::from([("contact-gate".to_owned(), vec![prepare])]));
    let (_, unnoticed) = trial.unnoticed(&all, 1);
    let is_named = |what: &str| unnoticed.iter().any(|each| each.ends_with(what));
    assert!(is_named("`wait_no_words` dropped") && !is_named("`prepare_words` dropped"), "{unnoticed:#?}");
    assert!(!is_named("what `(order == 'yes')` and the next arm do swapped"), "{unnoticed:#?}");
    let named = unnoticed.iter().find(|each| each.ends_with("`wait_no_words` dropped")).unwrap();
    let line: usize = named.split(':').nth(1).unwrap().parse().unwrap();
    assert_eq!(text.lines().nth(line - 1), Some("id  = \"wait_no_words\""));
}
