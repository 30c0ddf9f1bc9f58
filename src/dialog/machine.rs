//! One turn in the making: the session as it changes, and the effects so far.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::dialog::effect::{Context, Effect, Verdict};
use crate::dialog::eval::Scope;
use crate::dialog::keep::keep_s;
use crate::dialog::model::{Ask, Dialog, Library, Step, Verb};
use crate::dialog::render;
use crate::dialog::session::{Frame, FrameKind, How, ParkedBy, Session, Status, Wait};
use crate::dialog::view;
use crate::domain::message::{RichText, View};
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};

/// Names for the engine's own sentences.
pub(super) type Bound<'a> = &'a [(&'a str, Option<Value>)];

pub(super) struct Machine<'a> {
    /// The library in the person's language.
    pub(super) lib: &'a Library,
    /// The library that it belongs to.
    pub(super) base: &'a Library,
    pub(super) cx: &'a Context<'a>,
    pub(super) session: Session,
    pub(super) effects: Vec<Effect>,
    /// Facts that were kept in this turn.
    pub(super) kept: Values,
    /// What ran, where somebody wants to know.
    pub(super) trace: Option<Vec<Passed<'a>>>,
}

/// Something that ran in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Passed<'a> {
    pub(super) dialog: &'a str,
    pub(super) step: &'a str,
    pub(super) what: What,
}

/// What of a step ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// The step: its `when` was true.
    Step,
    /// This arm of a branch, from 0.
    Arm(usize),
    /// This check, from 0, refused an answer.
    Check(usize),
}

impl<'a> Machine<'a> {
    pub(super) fn new(lib: &'a Library, cx: &'a Context<'a>, session: Session) -> Self {
        let (base, lib) = (lib, lib.speaking(cx.language));
        Self { lib, base, cx, session, effects: Vec::new(), kept: Values::new(), trace: None }
    }

    /// Remembers what of the present step ran.
    pub(super) fn passed(&mut self, what: What) {
        if self.trace.is_none() {
            return;
        }
        if let Some((dialog, step)) = self.current()
            && let Some(trace) = &mut self.trace
        {
            trace.push(Passed { dialog: &dialog.id, step: &step.id, what });
        }
    }

    /// The dialog of the innermost frame.
    pub(super) fn dialog(&self) -> Option<&'a Dialog> {
        let frame = self.session.stack.last()?;
        self.lib.dialogs.get(&frame.dialog).map(Arc::as_ref)
    }

    /// The step at which the innermost frame stands.
    pub(super) fn current(&self) -> Option<(&'a Dialog, &'a Step)> {
        let dialog = self.dialog()?;
        let frame = self.session.stack.last()?;
        let step = dialog.part(&frame.part).iter().find(|step| step.id == frame.at)?;
        Some((dialog, step))
    }

    /// The open question in the language in which its dialog was written, where it is shown in another one.
    pub(super) fn source_question(&self) -> Option<&'a Ask> {
        let frame = self.session.stack.last()?;
        let dialog = self.base.dialogs.get(&frame.dialog).filter(|source| source.lang != self.lib.language.code())?;
        let step = dialog.part(&frame.part).iter().find(|step| step.id == frame.at)?;
        if let Verb::Ask(ask) = &step.verb { Some(ask) } else { None }
    }

    /// The open question, if the innermost frame stands at one.
    pub(super) fn question(&self) -> Option<(&'a Step, &'a Ask)> {
        let (_, step) = self.current()?;
        if let Verb::Ask(ask) = &step.verb { Some((step, ask)) } else { None }
    }

    pub(super) fn scope(&self) -> Scope<'_> {
        Scope {
            bound: &[],
            it_from: None,
            dialog: self.dialog(),
            stack: &self.session.stack,
            first: None,
            log: &self.session.log,
            kept: Some(&self.kept),
            language: self.dialog().map_or(self.lib.language, |dialog| dialog.language()),
            cx: self.cx,
        }
    }

    pub(super) fn path(&self) -> String {
        path(&self.session.stack)
    }

    /// The number that picks among variants at the present step.
    pub(super) fn pick(&self) -> u64 {
        render::hash(self.session.seed, &self.path())
    }

    /// One of the engine's own sentences.
    pub(super) fn words(&self, key: &str, bound: Bound<'_>) -> RichText {
        let pick = render::hash(self.session.seed ^ self.session.turn, key);
        render::system(self.lib, key, &Scope::of_names(bound, self.lib.language, self.cx), pick)
    }

    pub(super) fn say(&mut self, body: RichText) {
        if !body.is_empty() {
            self.effects.push(Effect::Show { turn: None, view: View::say(body) });
        }
    }

    pub(super) fn say_words(&mut self, key: &str, bound: Bound<'_>) {
        let body = self.words(key, bound);
        self.say(body);
    }

    /// Whom to reach, as far as the host knows it.
    pub(super) fn say_card(&mut self) {
        if let Some(Value::Text(card)) = self.cx.facts.get("crisis_card") {
            self.say(RichText::author(card.expose()));
        }
    }

    pub(super) fn note(&mut self, key: &str, bound: Bound<'_>) {
        let words = self.words(key, bound);
        self.effects.push(Effect::Note(words));
    }

    pub(super) fn show(&mut self, view: View) {
        self.effects.push(Effect::Show { turn: Some(self.session.turn), view });
    }

    /// Begins a new wait, which is a new turn.
    pub(super) fn begin(&mut self, wait: Wait) {
        self.session.turn = self.session.turn.saturating_add(1);
        self.session.wait = Some(wait);
        self.session.status = Status::Waiting;
    }

    /// Shows again what is waited for, at the same turn.
    pub(super) fn show_wait(&mut self) {
        if let Some(view) = view::of_wait(self, None) {
            self.show(view);
        }
    }

    /// Takes the buttons off the open message, if it has some.
    pub(super) fn freeze(&mut self, chosen: Option<String>) {
        if let Some(view) = view::of_wait(self, None)
            && !view.choices.is_empty()
        {
            let chosen = chosen.map(UserText::new);
            self.effects.push(Effect::Freeze { turn: self.session.turn, body: view.body, chosen });
        }
    }

    pub(super) fn park(&mut self, by: ParkedBy) -> Verdict {
        let until = after_s(self.cx.now, keep_s(self.lib, &self.session));
        self.session.status = Status::Parked { since: self.cx.now, until, by };
        Verdict::Parked
    }

    /// Ends the session.
    pub(super) fn end(&mut self, how: How) -> Verdict {
        self.session.end(how);
        Verdict::Ended
    }

    pub(super) fn end_gone(&mut self) -> Verdict {
        self.say_words("gone", &[]);
        self.end(How::Gone)
    }

    /// Whether a safety dialog is open.
    pub(super) fn in_safety(&self) -> bool {
        self.session.is_in_safety(self.lib)
    }

    /// What became of the input when the session moved on.
    pub(super) fn moved(&self) -> Verdict {
        if matches!(self.session.status, Status::Ended(_)) { Verdict::Ended } else { Verdict::Advanced }
    }
}

/// The path of the step at which a stack stands: step ids from the outermost frame, with the rounds of loops. Each
/// path is passed at most once between two commits.
pub(super) fn path(stack: &[Frame]) -> String {
    let mut path = String::new();
    for frame in stack {
        if !path.is_empty() {
            path.push('/');
        }
        match &frame.kind {
            FrameKind::Each { round, .. } | FrameKind::Repeat { round } => {
                path.push_str(&round.to_string());
                path.push('.');
            }
            FrameKind::Call | FrameKind::Interrupt | FrameKind::Part => {}
        }
        path.push_str(&frame.at);
    }
    path
}

/// An instant some seconds later; the same instant past the end of time.
pub(super) fn after_s(now: Timestamp, seconds: u32) -> Timestamp {
    after(now, SignedDuration::from_secs(i64::from(seconds)))
}

pub(super) fn after_ms(now: Timestamp, millis: u32) -> Timestamp {
    after(now, SignedDuration::from_millis(i64::from(millis)))
}

pub(super) fn after(now: Timestamp, length: SignedDuration) -> Timestamp {
    now.checked_add(length).unwrap_or(now)
}
