//! Names of parts, dialogs and snippets: all there, all used, never in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::places::Places;
use crate::dialog::diagnostic::{Code, Sink, did_you_mean_or_list};
use crate::dialog::model::{Dialog, Goal, Question, Role, Save, Schedule, Snippet, Step, Text, TextPiece, Verb};

/// What other dialogs need to know of one.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    pub(super) role: Role,
    pub(super) params: BTreeMap<String, crate::dialog::model::Param>,
}

/// Dialogs by id; `None` for those whose files could not be read.
pub(super) type Signatures = BTreeMap<String, Option<Signature>>;

/// A part or dialog that a step leads to, and where it says so.
pub(super) type Edge = (String, Range<usize>);

/// Checks the references of one dialog. Returns the dialogs that run inside it, or `None` when its parts go in a
/// circle, so that nothing that walks it may follow.
pub(super) fn check(
    dialog: &Dialog,
    places: &Places<'_>,
    signatures: &Signatures,
    sink: &mut Sink<'_>,
) -> Option<Vec<Edge>> {
    let mut edges: BTreeMap<&str, Vec<Edge>> = BTreeMap::new();
    let mut calls = Vec::new();
    for (part, steps) in &dialog.parts {
        for (index, step) in steps.iter().enumerate() {
            let place = |path: &[&str]| places.step(part, index, path);
            edges.entry(part).or_default().extend(parts_of(step, &place));
            if let Some((target, span, runs_inside)) = dialog_of(step, &place) {
                dialog_known(&target, span.clone(), matches!(step.verb, Verb::Escalate { .. }), signatures, sink);
                if runs_inside {
                    calls.push((target, span));
                }
            }
            let is_free = matches!(&step.verb, Verb::Ask(ask)
                if matches!(ask.kind, Question::Text { .. } | Question::List { .. }));
            if is_free && dialog.role == Role::Safety {
                sink.push(Code::SafetyFreeText, place(&["ask"]), "a safety dialog may not ask for free text", None);
            }
        }
    }
    for (part, span) in edges.values().flatten() {
        if part.is_empty() || !dialog.parts.contains_key(part) {
            let names = dialog.parts.keys().map(String::as_str).filter(|name| !name.is_empty());
            let help = did_you_mean_or_list(part, "parts", names);
            sink.push(Code::UnknownPart, span.clone(), format!("there is no part `{}`", part.escape_debug()), help);
        }
    }
    unused(dialog, places, &edges, sink);
    let circle = circle(&edges, "");
    let circle = circle.or_else(|| dialog.parts.keys().find_map(|part| self::circle(&edges, part)));
    if let Some((part, span)) = circle {
        sink.push(Code::Recursion, span, format!("the part `{part}` leads back to itself"), None);
        return None;
    }
    Some(calls)
}

/// Whether following edges from a name comes back to one on the way: that edge.
pub(super) fn circle(edges: &BTreeMap<&str, Vec<Edge>>, from: &str) -> Option<Edge> {
    fn visit<'e>(
        edges: &'e BTreeMap<&str, Vec<Edge>>,
        at: &str,
        way: &mut Vec<&'e str>,
        done: &mut BTreeSet<&'e str>,
    ) -> Option<Edge> {
        let (name, targets) = edges.get_key_value(at)?;
        if done.contains(name) {
            return None;
        }
        way.push(name);
        for (target, span) in targets {
            if way.contains(&target.as_str()) {
                return Some((target.clone(), span.clone()));
            }
            if way.len() < 500
                && let Some(found) = visit(edges, target, way, done)
            {
                return Some(found);
            }
        }
        way.pop();
        done.insert(name);
        None
    }
    visit(edges, from, &mut Vec::new(), &mut BTreeSet::new())
}

fn parts_of(step: &Step, place: &dyn Fn(&[&str]) -> Range<usize>) -> Vec<Edge> {
    match &step.verb {
        Verb::Branch(arms) => arms
            .iter()
            .enumerate()
            .filter_map(|(index, arm)| Some((arm.part.clone()?, place(&["branch", &index.to_string(), "do"]))))
            .collect(),
        Verb::Each(each) => vec![(each.part.clone(), place(&["do"]))],
        Verb::Repeat { part, .. } => vec![(part.clone(), place(&["repeat", "do"]))],
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

/// The dialog that a step names, and whether it runs inside this one.
fn dialog_of(step: &Step, place: &dyn Fn(&[&str]) -> Range<usize>) -> Option<(String, Range<usize>, bool)> {
    match &step.verb {
        Verb::Call { dialog, .. } => Some((dialog.clone(), place(&["call"]), true)),
        Verb::Escalate { dialog } => Some((dialog.clone(), place(&["escalate"]), true)),
        Verb::Schedule(Schedule::Plan { dialog, .. } | Schedule::Drop { dialog }) => {
            Some((dialog.clone(), place(&["schedule"]), false))
        }
        Verb::Say { .. }
        | Verb::Ask(_)
        | Verb::Set(_)
        | Verb::Branch(_)
        | Verb::Each(_)
        | Verb::Repeat { .. }
        | Verb::Pace(_)
        | Verb::Save(_)
        | Verb::Goal(_)
        | Verb::Stop { .. } => None,
    }
}

fn dialog_known(target: &str, span: Range<usize>, must_be_safety: bool, signatures: &Signatures, sink: &mut Sink<'_>) {
    match signatures.get(target) {
        None => {
            let help = did_you_mean_or_list(target, "dialogs", signatures.keys().map(String::as_str));
            sink.push(Code::UnknownDialog, span, format!("there is no dialog `{}`", target.escape_debug()), help);
        }
        Some(Some(signature)) if must_be_safety && signature.role != Role::Safety => {
            let help = Some("escalate to a dialog with role = \"safety\"".to_owned());
            sink.push(Code::NotSafety, span, format!("`{target}` is no safety dialog"), help);
        }
        Some(_) => {}
    }
}

fn unused(dialog: &Dialog, places: &Places<'_>, edges: &BTreeMap<&str, Vec<Edge>>, sink: &mut Sink<'_>) {
    let used: BTreeSet<&str> = edges.values().flatten().map(|(part, _)| part.as_str()).collect();
    for part in dialog.parts.keys().filter(|part| !part.is_empty() && !used.contains(part.as_str())) {
        let span = places.key(&["part", part]);
        sink.push(Code::PartUnused, span, format!("the part `{}` is never used", part.escape_debug()), None);
    }
    let mut used = BTreeSet::new();
    for step in dialog.parts.values().flatten() {
        texts_of(step).into_iter().for_each(|text| snippets_in(text, &mut used));
    }
    let mut waiting: Vec<&str> = used.iter().copied().collect();
    while let Some(name) = waiting.pop() {
        if let Some(Snippet { text, .. }) = dialog.snippets.get(name) {
            let mut inner = BTreeSet::new();
            snippets_in(text, &mut inner);
            if !inner.is_empty() {
                let span = places.key(&["snippet", name, "text"]);
                sink.push(Code::UnknownSnippet, span, "a snippet cannot hold another snippet", None);
                waiting.extend(inner.difference(&used.clone()));
                used.extend(inner);
            }
        }
    }
    for snippet in dialog.snippets.keys().filter(|name| !used.contains(name.as_str())) {
        let span = places.key(&["snippet", snippet]);
        sink.push(Code::SnippetUnused, span, format!("the snippet `{}` is never used", snippet.escape_debug()), None);
    }
}

fn snippets_in<'t>(text: &'t Text, found: &mut BTreeSet<&'t str>) {
    for piece in &text.0 {
        match piece {
            TextPiece::Snippet(name) => _ = found.insert(name),
            TextPiece::Plural { arms, .. } => arms.iter().for_each(|(_, arm)| snippets_in(arm, found)),
            TextPiece::Plain(_) | TextPiece::Expr(_) => {}
        }
    }
}

/// Every text of a step.
pub(super) fn texts_of(step: &Step) -> Vec<&Text> {
    match &step.verb {
        Verb::Say { texts, .. } => texts.iter().collect(),
        Verb::Ask(ask) => {
            let checks = ask.checks.iter().map(|check| &check.say);
            ask.texts.iter().chain(&ask.why).chain(&ask.retry).chain(checks).collect()
        }
        Verb::Pace(pace) => pace.beats.iter().map(|beat| &beat.say).collect(),
        Verb::Save(Save::Journal { title, body, .. }) => vec![title, body],
        Verb::Goal(Goal::Open { title, .. }) => vec![title],
        Verb::Schedule(Schedule::Plan { every, at, .. }) => vec![every, at],
        Verb::Set(_)
        | Verb::Branch(_)
        | Verb::Each(_)
        | Verb::Repeat { .. }
        | Verb::Call { .. }
        | Verb::Save(Save::Profile(_) | Save::Measures(_))
        | Verb::Goal(Goal::Close { .. })
        | Verb::Schedule(Schedule::Drop { .. })
        | Verb::Escalate { .. }
        | Verb::Stop { .. } => Vec::new(),
    }
}
