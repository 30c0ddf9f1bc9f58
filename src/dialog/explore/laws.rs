//! What must hold at every state and for every turn, whatever the dialog says.

use jiff::{SignedDuration, Timestamp};

use crate::dialog::effect::{Effect, Input, Step as Turn, Verdict};
use crate::dialog::explore::inputs::{Try, UNCLEAR};
use crate::dialog::explore::worlds::World;
use crate::dialog::machine::Machine;
use crate::dialog::model::{Each, Library, Question, Verb};
use crate::dialog::reconcile::{Reconciled, reconcile};
use crate::dialog::session::{FrameKind, How, ParkedBy, Session, Status, Wait};
use crate::dialog::step::step;
use crate::domain::command::Command;
use crate::domain::message::Tap;
use crate::domain::text::UserText;
use crate::domain::value::Value;

/// I1, I4, I7, I8 and I13 for one turn. `ran` is how many steps, arms and checks it passed.
pub(super) fn turn(lib: &Library, before: &Session, turn: &Turn, ran: usize) -> Option<String> {
    let after = &turn.session;
    let run = before.stack.first().and_then(|frame| lib.dialog(&frame.dialog));
    if run.is_some_and(|dialog| ran > 2 * dialog.bounds.steps_per_turn as usize + 1) {
        return Some(format!("a turn ran {ran} steps, more than were proven"));
    }
    if after.turn < before.turn || after.turn > before.turn + 1 {
        return Some(format!("the turn went from {} to {}", before.turn, after.turn));
    }
    if after.turn == before.turn && after.wait.is_some() && after.stack != before.stack {
        return Some("another place has the same turn".to_owned());
    }
    if refused_changed(before, turn) {
        return Some("I8: a refused answer changes something".to_owned());
    }
    if lost_records(lib, before, after) {
        return Some("I13: a loop kept more or fewer records than it had items".to_owned());
    }
    let is_waiting = match after.status {
        Status::Waiting | Status::Parked { .. } => true,
        Status::Ended(_) => false,
    };
    if is_waiting != after.wait.is_some() || (is_waiting && !stands_at_wait(lib, after)) {
        return Some("it waits at a step that does not wait".to_owned());
    }
    None
}

/// I8: an answer that was refused leaves everything as it was.
fn refused_changed(before: &Session, turn: &Turn) -> bool {
    let after = &turn.session;
    turn.verdict == Verdict::Reprompted
        && (&after.stack, &after.log, &after.staged) != (&before.stack, &before.log, &before.staged)
}

/// I13: a loop that ended kept one record for each item.
fn lost_records(lib: &Library, before: &Session, after: &Session) -> bool {
    before.stack.iter().enumerate().skip(1).any(|(depth, frame)| {
        let FrameKind::Each { items, .. } = &frame.kind else { return false };
        let goes_on = after.stack.get(depth).is_some_and(|now| matches!(now.kind, FrameKind::Each { .. }));
        let below = before.stack.get(depth - 1);
        let owner = below
            .and_then(|below| lib.dialog(&below.dialog)?.part(&below.part).iter().find(|step| step.id == below.at));
        let Some(Verb::Each(Each { collect: Some(name), .. })) = owner.map(|owner| &owner.verb) else { return false };
        let kept = after.log.iter().rev().find(|entry| entry.name == *name).and_then(|entry| entry.value.as_ref());
        !goes_on && matches!(kept, Some(Value::List(records)) if records.len() != items.len())
    })
}

/// Whether the innermost frame stands at a question or a paced exercise, whichever is waited for.
fn stands_at_wait(lib: &Library, session: &Session) -> bool {
    let Some(frame) = session.stack.last() else { return false };
    let Some(dialog) = lib.dialog(&frame.dialog) else { return false };
    let step = dialog.part(&frame.part).iter().find(|step| step.id == frame.at);
    let mut wait = session.wait.as_ref();
    if let Some(Wait::Gate { then, .. }) = wait {
        wait = Some(then);
    }
    match wait {
        Some(Wait::Ask { .. }) => step.is_some_and(|step| matches!(step.verb, Verb::Ask(_))),
        Some(Wait::Pace { .. }) => step.is_some_and(|step| matches!(step.verb, Verb::Pace(_))),
        Some(Wait::Gate { .. }) | None => false,
    }
}

/// One state, to try on it what is tried at every state.
pub(super) struct Probe<'a> {
    pub(super) lib: &'a Library,
    pub(super) world: &'a World,
    pub(super) session: &'a Session,
    pub(super) now: Timestamp,
}

impl Probe<'_> {
    /// Everything that is wrong here. `answer` is one that moves on, if there is one.
    pub(super) fn breaches(&self, answer: Option<&Try>) -> Vec<String> {
        let mut found = Vec::new();
        let mut law = |holds: bool, what: &str| {
            if !holds {
                found.push(what.to_owned());
            }
        };
        law(Session::decode(&self.session.encode()).as_ref() == Ok(self.session), "I3: stored and read it is another");
        let same = reconcile(self.lib, self.session.clone(), self.now);
        law(same.1 == Reconciled::Same && same.0 == *self.session, "I30: it does not fit its own library");
        law(self.shows_itself(), "the open question shows nothing");
        law(self.goes_back(), "I11: Back does not undo everything since the question");
        law(self.stops(), "I9: Stop does not end it at once, or writes");
        law(self.stale_changes_nothing(), "I5: a press or timer of another turn changes something");
        law(self.idles(), "silence does not set it aside, or an answer after it is lost");
        law(self.pauses(), "I10: after a pause it is another question");
        law(self.refuses_unclear(), "I8: unclear answers change more than the tries");
        law(answer.is_none_or(|answer| self.twice_is_once(answer)), "I6: an answer twice is not an answer once");
        found
    }

    /// The session after Back, when it leads somewhere.
    pub(super) fn back(&self) -> Option<Session> {
        let turn = self.step(self.session, &Input::Command(Command::Back), self.now);
        (turn.verdict == Verdict::WentBack).then_some(turn.session)
    }

    fn goes_back(&self) -> bool {
        let Some(back) = self.back() else { return true };
        self.session.history.iter().any(|mark| {
            (&mark.stack, mark.log, mark.staged) == (&back.stack, back.log.len(), back.staged.len())
                && self.session.log.starts_with(&back.log)
        })
    }

    fn step(&self, session: &Session, input: &Input<'_>, now: Timestamp) -> Turn {
        step(self.lib, session.clone(), input, &self.world.at(now))
    }

    fn later(&self, length: SignedDuration) -> Timestamp {
        self.now.checked_add(length).unwrap_or(self.now)
    }

    fn shows_itself(&self) -> bool {
        let turn = self.step(self.session, &Input::Again, self.now);
        turn.session == *self.session
            && turn.effects.iter().any(|effect| match effect {
                Effect::Show { turn: Some(turn), view } => *turn == self.session.turn && !view.body.is_empty(),
                Effect::Show { .. }
                | Effect::Freeze { .. }
                | Effect::Note(_)
                | Effect::Write(..)
                | Effect::PutOff { .. } => false,
            })
    }

    fn stops(&self) -> bool {
        let turn = self.step(self.session, &Input::Command(Command::Stop), self.now);
        turn.session.status == Status::Ended(How::Stopped)
            && turn.session.log.is_empty()
            && !turn.effects.iter().any(|effect| matches!(effect, Effect::Write(..)))
    }

    fn stale_changes_nothing(&self) -> bool {
        let wrong = self.session.turn.wrapping_sub(1);
        let tap = Tap { session: self.session.id, turn: wrong, option: 1 };
        let due = Input::Due { turn: wrong, due: self.now };
        [Input::Tap(tap), due].iter().all(|input| {
            let turn = self.step(self.session, input, self.now);
            turn.verdict == Verdict::Stale && turn.session == *self.session
        })
    }

    /// Silence parks a question; the next words go on with it as if nothing had been.
    fn idles(&self) -> bool {
        let (Some(Wait::Ask { .. }), Some(due)) = (&self.session.wait, self.session.timer(self.lib)) else {
            return true;
        };
        let parked = self.step(self.session, &Input::Due { turn: self.session.turn, due }, due.max(self.now));
        let is_parked = matches!(parked.session.status, Status::Parked { by: ParkedBy::Idle, .. });
        let again = self.step(&parked.session, &Input::Again, due.max(self.now));
        is_parked
            && parked.effects.is_empty()
            && again.session.status == Status::Waiting
            && self.is_here(&again.session)
    }

    fn pauses(&self) -> bool {
        let paused = self.step(self.session, &Input::Command(Command::Pause), self.now);
        if !matches!(paused.session.status, Status::Parked { by: ParkedBy::Person, .. }) {
            return false;
        }
        let now = self.later(SignedDuration::from_hours(1));
        let gate = self.step(&paused.session, &Input::Command(Command::Resume), now);
        let words = UserText::new("go on");
        let on = self.step(&gate.session, &Input::Text(&words), now);
        gate.verdict == Verdict::Resumed && on.verdict == Verdict::Resumed && self.is_here(&on.session)
    }

    fn refuses_unclear(&self) -> bool {
        let cx = self.world.at(self.now);
        let machine = Machine::new(self.lib, &cx, self.session.clone());
        let Some((_, ask)) = machine.question() else { return true };
        let words = match &ask.kind {
            Question::Text { .. } | Question::List { .. } => "",
            Question::Choice(_)
            | Question::Many { .. }
            | Question::Scale { .. }
            | Question::Number { .. }
            | Question::Date
            | Question::Time => UNCLEAR,
        };
        let words = UserText::new(words);
        let retries = machine.dialog().map_or(0, |dialog| dialog.retries);
        let mut at = self.session.clone();
        for _ in 0..retries {
            let turn = self.step(&at, &Input::Text(&words), self.now);
            let is_asked_again = turn.verdict == Verdict::Reprompted && turn.session.turn == at.turn + 1;
            if !is_asked_again || !self.is_here(&turn.session) {
                return false;
            }
            at = turn.session;
        }
        let last = self.step(&at, &Input::Text(&words), self.now);
        if self.session.is_in_safety(self.lib) {
            return last.verdict == Verdict::Reprompted && self.is_here(&last.session);
        }
        matches!(last.verdict, Verdict::Parked | Verdict::Ended)
    }

    /// A second press is stale, and changes nothing.
    fn twice_is_once(&self, answer: &Try) -> bool {
        let Try::Tap(_) = answer else { return true };
        let once = self.step(self.session, &answer.input(), self.now);
        let twice = self.step(&once.session, &answer.input(), self.now);
        twice.verdict == Verdict::Stale && twice.session == once.session
    }

    /// Whether a session stands where this one does, with the same answers.
    fn is_here(&self, other: &Session) -> bool {
        let draft = |session: &Session| match &session.wait {
            Some(Wait::Ask { draft, .. }) => Some(draft.clone()),
            Some(Wait::Pace { .. } | Wait::Gate { .. }) | None => None,
        };
        (&other.stack, &other.log, &other.staged) == (&self.session.stack, &self.session.log, &self.session.staged)
            && draft(other) == draft(self.session)
    }
}
