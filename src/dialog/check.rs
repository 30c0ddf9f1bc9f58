//! What is checked after reading: names, types, presence, control, effects, limits. All dialogs together, because they
//! call each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::dialog::bounds::{self, Callees, LeastItems};
use crate::dialog::diagnostic::Code;
use crate::dialog::load::Draft;
use crate::dialog::model::{Dialog, Verb};
use crate::dialog::shape;
use crate::domain::limits::STACK_DEPTH_MAX;

mod compare;
mod effects;
mod flow;
mod formula;
mod functions;
mod infer;
mod places;
mod references;
mod scope;
mod texts;
mod types;
mod way_out;

use places::Places;
use references::{Edge, Signature, Signatures};
use scope::Scope;

/// Checks all dialogs, and completes them: bounds, shapes, sizes of loops.
pub(crate) fn check(drafts: &mut [Draft<'_>], unreadable: &BTreeSet<String>) {
    let mut signatures: Signatures = unreadable.iter().map(|id| (id.clone(), None)).collect();
    for Draft { dialog, .. } in drafts.iter() {
        let signature = Signature { role: dialog.role, params: dialog.params.clone() };
        signatures.insert(dialog.id.clone(), Some(signature));
    }
    let mut calls: BTreeMap<String, Vec<Edge>> = BTreeMap::new();
    let mut loops: BTreeMap<String, LeastItems> = BTreeMap::new();
    for Draft { dialog, broken_names, sink } in drafts.iter_mut() {
        let places = &Places::new(sink.text());
        let Some(edges) = references::check(dialog, places, &signatures, sink) else { continue };
        calls.insert(dialog.id.clone(), edges);
        let mut scope = Scope::new(dialog, places, &signatures, broken_names, sink);
        scope.dialog();
        let (least, most) = (scope.least, scope.most);
        loops.insert(dialog.id.clone(), least);
        complete_loops(dialog, &most);
        dialog.shape = shape::shape(dialog);
    }
    if measure_all(drafts, &calls, &loops) {
        way_out::check(drafts);
    }
}

/// The most items of each loop, known only after its list was.
fn complete_loops(dialog: &mut Dialog, most: &LeastItems) {
    for ((part, index), max) in most {
        if let Some(step) = dialog.parts.get_mut(part).and_then(|steps| steps.get_mut(*index))
            && let Verb::Each(each) = &mut step.verb
        {
            each.max = *max;
        }
    }
}

/// Measures every dialog after those that run inside it; what runs in a circle is refused. Whether all could be measured.
fn measure_all(
    drafts: &mut [Draft<'_>],
    calls: &BTreeMap<String, Vec<Edge>>,
    loops: &BTreeMap<String, LeastItems>,
) -> bool {
    let mut measured = Callees::new();
    let mut waiting: Vec<usize> = (0..drafts.len()).collect();
    let is_known = |id: &str| calls.contains_key(id);
    loop {
        let before = waiting.len();
        waiting.retain(|index| {
            let Some(draft) = drafts.get_mut(*index) else { return false };
            let Some(edges) = calls.get(&draft.dialog.id) else { return false };
            if edges.iter().any(|(target, _)| is_known(target) && !measured.contains_key(target)) {
                return true;
            }
            let none = LeastItems::new();
            let least = loops.get(&draft.dialog.id).unwrap_or(&none);
            let (bounds, measure) = bounds::measure(&draft.dialog, least, &measured);
            draft.dialog.bounds = bounds;
            if measure.depth as usize >= STACK_DEPTH_MAX {
                let message = format!("the dialog nests {} deep; {STACK_DEPTH_MAX} are the most", measure.depth);
                draft.sink.push(Code::TooDeep, 0..0, message, None);
            }
            measured.insert(draft.dialog.id.clone(), measure);
            false
        });
        if waiting.len() == before {
            break;
        }
    }
    let edges: BTreeMap<&str, Vec<Edge>> = calls.iter().map(|(id, edges)| (id.as_str(), edges.clone())).collect();
    let is_whole = waiting.is_empty() && calls.len() == drafts.len();
    for index in waiting {
        if let Some(Draft { dialog, sink, .. }) = drafts.get_mut(index)
            && let Some((target, span)) = own_circle(&edges, &dialog.id)
        {
            let message = format!("running `{target}` here leads back to this dialog");
            sink.push(Code::Recursion, span, message, None);
        }
    }
    is_whole
}

/// The call of a dialog that leads back to it.
fn own_circle(edges: &BTreeMap<&str, Vec<Edge>>, from: &str) -> Option<Edge> {
    edges
        .get(from)?
        .iter()
        .find(|(target, _)| {
            let mut seen = BTreeSet::new();
            let mut waiting = vec![target.as_str()];
            while let Some(at) = waiting.pop() {
                if at == from {
                    return true;
                }
                if seen.insert(at) {
                    waiting.extend(edges.get(at).into_iter().flatten().map(|(target, _)| target.as_str()));
                }
            }
            false
        })
        .cloned()
}
