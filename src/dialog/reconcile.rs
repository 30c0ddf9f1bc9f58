//! Brings a stored session onto the present library: positions are names of steps, so most edits are not noticed.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::dialog::machine::path;
use crate::dialog::model::{Dialog, Library, Question, Step, Verb};
use crate::dialog::session::{Draft, Frame, FrameKind, How, Mark, Session, Status, Wait};
use crate::dialog::{render, view};
use crate::domain::value::Value;

/// What became of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reconciled {
    /// Nothing had changed.
    Same,
    /// The dialog changed around the place where the session stands.
    Adopted,
    /// A step or dialog on its path has a new name.
    Renamed,
    /// The place is gone; the session stands at the last question that is still there, as a new turn.
    MovedBack,
    /// Nothing of it is left: the session has ended.
    Gone,
}

/// Brings a session onto the library. Total; with an unchanged library the identity. Answers that no longer fit
/// their question are forgotten.
pub fn reconcile(lib: &Library, mut session: Session, now: Timestamp) -> (Session, Reconciled) {
    if matches!(session.status, Status::Ended(_)) {
        return (session, Reconciled::Same);
    }
    let Some(wait) = &session.wait else { return gone(session) };
    if session.stack.is_empty() {
        return gone(session);
    }
    let frames = session.stack.iter().chain(session.history.iter().flat_map(|mark| &mark.stack));
    if frames.clone().all(|frame| lib.dialog(&frame.dialog).is_some_and(|dialog| dialog.shape == frame.shape)) {
        return (session, Reconciled::Same);
    }
    let at_question = !is_pace(wait);
    let fitted = fit(lib, &session.stack, at_question);
    let marks = std::mem::take(&mut session.history);
    session.history =
        marks.into_iter().filter_map(|mark| Some(Mark { stack: fit(lib, &mark.stack, true)?, ..mark })).collect();
    let outcome = match fitted {
        Some(stack) => {
            let names = |stack: &[Frame]| stack.iter().map(|f| (f.dialog.clone(), f.at.clone())).collect::<Vec<_>>();
            let renamed = names(&stack) != names(&session.stack);
            session.stack = stack;
            if renamed { Reconciled::Renamed } else { Reconciled::Adopted }
        }
        None => match session.history.pop() {
            Some(mark) => {
                session.restore(mark, now);
                session.turn = session.turn.saturating_add(1);
                Reconciled::MovedBack
            }
            None => return gone(session),
        },
    };
    let renamed = rename_answers(lib, &mut session);
    forget_unfit(lib, &mut session);
    let outcome = if renamed && outcome == Reconciled::Adopted { Reconciled::Renamed } else { outcome };
    (session, outcome)
}

impl Session {
    /// Ends it. What was staged and not committed goes, and so does everything personal in it.
    pub(super) fn end(&mut self, how: How) {
        self.status = Status::Ended(how);
        self.wait = None;
        self.stack.clear();
        self.log.clear();
        self.kept = 0;
        self.history.clear();
        self.carry.clear();
        self.staged.clear();
    }

    /// Goes back to a question that was answered: everything since is undone, the answer is kept as a suggestion.
    pub(super) fn restore(&mut self, mark: Mark, now: Timestamp) {
        let path = path(&mark.stack);
        self.carry.retain(|(of, _)| *of != path);
        if let Some(value) = self.log.get(mark.log).and_then(|entry| entry.value.clone()) {
            self.carry.push((path, value));
        }
        self.stack = mark.stack;
        self.log.truncate(mark.log);
        self.staged.truncate(mark.staged);
        self.next_scope = mark.next_scope;
        self.wait = Some(Wait::Ask { asked: now, tries: 0, draft: Draft::default() });
    }
}

fn gone(mut session: Session) -> (Session, Reconciled) {
    session.end(How::Gone);
    (session, Reconciled::Gone)
}

fn is_pace(wait: &Wait) -> bool {
    match wait {
        Wait::Ask { .. } => false,
        Wait::Pace { .. } => true,
        Wait::Gate { then, .. } => is_pace(then),
    }
}

/// The same positions in the present library, or none when one of them is gone.
fn fit(lib: &Library, stack: &[Frame], at_question: bool) -> Option<Vec<Frame>> {
    let mut fitted: Vec<Frame> = Vec::with_capacity(stack.len());
    let mut owner: Option<&Step> = None;
    for frame in stack {
        let dialog = dialog_of(lib, &frame.dialog)?;
        let part = match (&frame.kind, owner.map(|step| &step.verb)) {
            (FrameKind::Call, None) => "",
            (FrameKind::Call, Some(Verb::Call { dialog: called, .. })) if *called == dialog.id => "",
            (FrameKind::Interrupt, Some(Verb::Escalate { dialog: called })) if *called == dialog.id => "",
            (FrameKind::Part, Some(Verb::Branch(arms))) => {
                arms.iter().filter_map(|arm| arm.part.as_deref()).find(|part| *part == frame.part)?
            }
            // A loop has one part, so the part may have got another name.
            (FrameKind::Each { .. }, Some(Verb::Each(each))) => &each.part,
            (FrameKind::Repeat { .. }, Some(Verb::Repeat { part, .. })) => part,
            _ => return None,
        };
        let steps = dialog.part(part);
        let step = steps
            .iter()
            .find(|step| step.id == frame.at)
            .or_else(|| steps.iter().find(|step| step.was.contains(&frame.at)))?;
        owner = Some(step);
        fitted.push(Frame {
            dialog: dialog.id.clone(),
            shape: dialog.shape,
            part: part.to_owned(),
            at: step.id.clone(),
            scope: frame.scope,
            kind: frame.kind.clone(),
        });
    }
    let waits = match &owner?.verb {
        Verb::Ask(_) => at_question,
        Verb::Pace(_) => !at_question,
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
        | Verb::Stop { .. } => false,
    };
    waits.then_some(fitted)
}

fn dialog_of<'a>(lib: &'a Library, id: &str) -> Option<&'a Arc<Dialog>> {
    lib.dialog(id).or_else(|| lib.dialogs.values().find(|dialog| dialog.was.iter().any(|was| was == id)))
}

/// The dialog of every scope that a frame of the session still knows.
fn scopes<'a>(lib: &'a Library, session: &Session) -> BTreeMap<u32, &'a Dialog> {
    let mut scopes = BTreeMap::new();
    for frame in session.stack.iter().chain(session.history.iter().flat_map(|mark| &mark.stack)) {
        let Some(dialog) = lib.dialog(&frame.dialog) else { continue };
        scopes.insert(frame.scope, &**dialog);
        if let FrameKind::Each { done, .. } = &frame.kind {
            scopes.extend(done.iter().map(|scope| (*scope, &**dialog)));
        }
    }
    scopes
}

/// Gives answers the present names of their steps.
fn rename_answers(lib: &Library, session: &mut Session) -> bool {
    let scopes = scopes(lib, session);
    let mut renamed = false;
    for entry in &mut session.log {
        let Some(dialog) = scopes.get(&entry.scope) else { continue };
        if let Some(name) = present_name(dialog, &entry.name) {
            entry.name = name.to_owned();
            renamed = true;
        }
        if let Some(value) = &mut entry.value {
            renamed |= rename_fields(dialog, value);
        }
    }
    let dialogs: Vec<&Dialog> = scopes.values().copied().collect();
    for (path, _) in &mut session.carry {
        let segments = path.split('/').map(|segment| {
            let (round, id) = segment.split_once('.').map_or(("", segment), |(round, id)| (round, id));
            let id = dialogs.iter().find_map(|dialog| present_name(dialog, id)).unwrap_or(id);
            if round.is_empty() { id.to_owned() } else { format!("{round}.{id}") }
        });
        *path = segments.collect::<Vec<_>>().join("/");
    }
    renamed
}

fn rename_fields(dialog: &Dialog, value: &mut Value) -> bool {
    let mut renamed = false;
    match value {
        Value::List(items) => {
            for item in items {
                renamed |= rename_fields(dialog, item);
            }
        }
        Value::Record(fields) => {
            let old: Vec<(String, String)> =
                fields.keys().filter_map(|name| Some((name.clone(), present_name(dialog, name)?.to_owned()))).collect();
            for (old, new) in old {
                if let Some(field) = fields.remove(&old) {
                    fields.insert(new, field);
                    renamed = true;
                }
            }
        }
        Value::Bool(_) | Value::Num(_) | Value::Text(_) | Value::Key(_) | Value::Date(_) | Value::Time(_) => {}
    }
    renamed
}

/// The present name of a step that was once called so; none for a name that is still in use.
fn present_name<'a>(dialog: &'a Dialog, old: &str) -> Option<&'a str> {
    if dialog.find(old).is_some() {
        return None;
    }
    let step = dialog.parts.values().flatten().find(|step| step.was.iter().any(|was| was == old))?;
    Some(&step.id)
}

/// Forgets answers that their question no longer takes: a removed option, a narrower range, another kind.
fn forget_unfit(lib: &Library, session: &mut Session) {
    let scopes = scopes(lib, session);
    for entry in &mut session.log {
        let Some(ask) = scopes.get(&entry.scope).and_then(|dialog| dialog.find(&entry.name)) else { continue };
        if let Verb::Ask(ask) = &ask.1.verb
            && entry.value.as_ref().is_some_and(|value| !view::fits(&ask.kind, value))
        {
            entry.value = None;
        }
    }
    let top = session.stack.last().and_then(|frame| {
        let dialog = lib.dialog(&frame.dialog)?;
        dialog.part(&frame.part).iter().find(|step| step.id == frame.at)
    });
    if let (Some(Verb::Ask(ask)), Some(wait)) = (top.map(|step| &step.verb), session.wait.as_mut()) {
        let draft = match wait {
            Wait::Ask { draft, .. } => draft,
            Wait::Gate { then, .. } => match &mut **then {
                Wait::Ask { draft, .. } => draft,
                Wait::Pace { .. } | Wait::Gate { .. } => return,
            },
            Wait::Pace { .. } => return,
        };
        let options = render::options(&ask.kind);
        draft.keys.retain(|key| options.iter().any(|option| option.key == *key));
        if !matches!(ask.kind, Question::List { .. }) {
            draft.items.clear();
        }
    }
}
