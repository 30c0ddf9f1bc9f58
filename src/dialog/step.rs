//! The whole engine: a session and an input become a session, effects and a verdict. Total and pure.

use jiff::Timestamp;

use crate::dialog::effect::{Context, Effect, Input, Step, Verdict};
use crate::dialog::machine::{Machine, Passed, after_ms};
use crate::dialog::model::{Dialog, Library, Step as DialogStep};
use crate::dialog::reconcile::{Reconciled, reconcile};
use crate::dialog::session::{Cause, FrameKind, How, ParkedBy, SESSION_SCHEMA, Session, Status, Wait};
use crate::dialog::view;
use crate::domain::command::Command;
use crate::domain::ids::SessionId;
use crate::domain::message::Tap;
use crate::domain::value::Values;

/// A pause shorter than this is no pause: resuming asks again at once.
const SHORT_PAUSE: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// Starts a dialog and runs it until its first wait. `None` when there is no such dialog.
pub fn start(
    lib: &Library,
    id: SessionId,
    seed: u64,
    dialog: &str,
    args: &Values,
    cause: Cause,
    cx: &Context<'_>,
) -> Option<Step> {
    let dialog = lib.dialog(dialog)?;
    let mut machine = Machine::new(lib, cx, fresh(id, seed, cause));
    let verdict = begin(&mut machine, dialog, args);
    Some(machine.done(verdict))
}

/// The same, with what ran.
pub(super) fn start_traced<'a>(
    lib: &'a Library,
    dialog: &str,
    args: &Values,
    cx: &'a Context<'a>,
) -> Option<(Step, Vec<Passed<'a>>)> {
    let dialog = lib.dialog(dialog)?;
    let mut machine = Machine::new(lib, cx, fresh(SessionId(1), 1, Cause::Person));
    machine.trace = Some(Vec::new());
    let verdict = begin(&mut machine, dialog, args);
    let trace = machine.trace.take().unwrap_or_default();
    Some((machine.done(verdict), trace))
}

fn fresh(id: SessionId, seed: u64, cause: Cause) -> Session {
    Session {
        schema: SESSION_SCHEMA,
        id,
        turn: 0,
        seed,
        status: Status::Waiting,
        cause,
        stack: Vec::new(),
        wait: None,
        log: Vec::new(),
        history: Vec::new(),
        carry: Vec::new(),
        staged: Vec::new(),
        kept: 0,
        commits: 0,
        next_scope: 0,
        heard: None,
    }
}

fn begin(machine: &mut Machine<'_>, dialog: &Dialog, args: &Values) -> Verdict {
    if !machine.enter_dialog(dialog, FrameKind::Call, args) {
        return machine.end(How::Finished);
    }
    machine.run();
    machine.moved()
}

/// Takes an input. Never fails and never panics: what means nothing here changes nothing and says so in the verdict.
///
/// - An unclear or unfit answer asks again as a new turn, with the reason and the same choices; after `retries` of
///   them the next one sets the session aside. Where a safety dialog is open it does not: whom to reach is said, and
///   the question stands.
/// - Ticks, items of a list, `Again` and Why keep the turn: the message is shown again under the same one.
/// - Several options typed in one message (`1, 3`) answer a many-choice at once while nothing is ticked; one alone is
///   a tick.
/// - A list at its most items still waits for Done.
/// - Silence and unclear answers set aside without the person's wish, so the next text goes on; a person's own pause
///   and another dialog's take only presses, Resume and Stop.
/// - Stop, the end of the keeping time and a put-off check-in drop what was staged and everything personal.
///
/// The session is first brought onto the library, as [`reconcile`] does, so a caller need not.
/// A text that reaches a session that was set aside for too long ends it (`Ended`, `How::Expired`) and is not
/// answered; the caller still has it to answer.
pub fn step(lib: &Library, session: Session, input: &Input<'_>, cx: &Context<'_>) -> Step {
    let (session, reconciled) = reconcile(lib, session, cx.now);
    let mut machine = Machine::new(lib, cx, session);
    let verdict = turn(&mut machine, reconciled, input);
    machine.done(verdict)
}

/// The same, with what ran.
pub(super) fn step_traced<'a>(
    lib: &'a Library,
    session: Session,
    input: &Input<'_>,
    cx: &'a Context<'a>,
) -> (Step, Vec<Passed<'a>>) {
    let (session, reconciled) = reconcile(lib, session, cx.now);
    let mut machine = Machine::new(lib, cx, session);
    machine.trace = Some(Vec::new());
    let verdict = turn(&mut machine, reconciled, input);
    let trace = machine.trace.take().unwrap_or_default();
    (machine.done(verdict), trace)
}

fn turn(machine: &mut Machine<'_>, reconciled: Reconciled, input: &Input<'_>) -> Verdict {
    match reconciled {
        Reconciled::Gone => {
            machine.say_words("gone", &[]);
            Verdict::Ended
        }
        Reconciled::MovedBack if machine.reaches_question(input) => {
            // Whatever it was an answer to is gone, so it is no answer to the question that is open now.
            machine.unpark();
            machine.say_words("changed", &[]);
            machine.show_wait();
            Verdict::Shown
        }
        Reconciled::MovedBack | Reconciled::Same | Reconciled::Adopted | Reconciled::Renamed => machine.take(input),
    }
}

/// The tag of a button: a hash of step and option, never an index, so that reordering options changes nothing.
pub fn tag(step_id: &str, option_key: &str) -> u32 {
    let bytes = step_id.bytes().chain([0]).chain(option_key.bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

impl Machine<'_> {
    fn done(self, verdict: Verdict) -> Step {
        Step { session: self.session, effects: self.effects, verdict }
    }

    /// Whether an input would act on the open question, rather than end the session, set it aside or miss it.
    fn reaches_question(&self, input: &Input<'_>) -> bool {
        let answers = match self.session.status {
            Status::Waiting => true,
            Status::Parked { until, .. } if self.cx.now >= until => return false,
            Status::Parked { by, .. } => matches!(by, ParkedBy::Idle | ParkedBy::GaveUp),
            Status::Ended(_) => return false,
        };
        match input {
            Input::Tap(_) | Input::Command(Command::Resume) => true,
            Input::Text(_) | Input::Again | Input::Command(Command::Back | Command::Skip | Command::Why) => answers,
            Input::Command(_) | Input::Due { .. } | Input::Park => false,
        }
    }

    fn take(&mut self, input: &Input<'_>) -> Verdict {
        if let Input::Tap(tap) = input
            && let Some(verdict) = self.stale(*tap)
        {
            return verdict;
        }
        match self.session.status {
            Status::Waiting => self.take_waiting(input),
            Status::Parked { since, until, by } => self.take_parked(input, since, until, by),
            Status::Ended(_) => match input {
                Input::Due { .. } => Verdict::Stale,
                Input::Text(_) | Input::Tap(_) | Input::Command(_) | Input::Again | Input::Park => Verdict::Ignored,
            },
        }
    }

    /// A press of another session or turn changes nothing, and says so.
    fn stale(&mut self, tap: Tap) -> Option<Verdict> {
        let is_over = matches!(self.session.status, Status::Ended(_)) || tap.session != self.session.id;
        if !is_over && tap.turn == self.session.turn {
            return None;
        }
        self.note(if is_over { "stale_over" } else { "stale_answered" }, &[]);
        Some(Verdict::Stale)
    }

    fn take_waiting(&mut self, input: &Input<'_>) -> Verdict {
        match input {
            Input::Command(command) => self.take_command(*command),
            Input::Again => self.again(),
            Input::Park if self.in_safety() => Verdict::Ignored,
            Input::Park => self.park(ParkedBy::Other),
            Input::Due { turn, due } => {
                if *turn != self.session.turn || self.session.timer(self.lib) != Some(*due) {
                    return Verdict::Stale;
                }
                match self.session.wait {
                    Some(Wait::Pace { .. }) => self.next_beat(*due),
                    Some(Wait::Ask { .. } | Wait::Gate { .. }) | None => self.park(ParkedBy::Idle),
                }
            }
            Input::Text(text) => match &self.session.wait {
                Some(Wait::Ask { .. }) => self.take_text(text),
                Some(Wait::Pace { .. }) => self.pace_text(text.expose()),
                Some(Wait::Gate { .. }) => self.gate_text(text),
                None => self.end_gone(),
            },
            Input::Tap(tap) => match &self.session.wait {
                Some(Wait::Ask { .. }) => self.take_tap(tap.option),
                Some(Wait::Pace { .. }) => self.pace_tap(tap.option),
                Some(Wait::Gate { .. }) => self.gate_tap(tap.option),
                None => self.end_gone(),
            },
        }
    }

    pub(super) fn take_command(&mut self, command: Command) -> Verdict {
        let at_gate = matches!(self.session.wait, Some(Wait::Gate { .. }));
        match command {
            Command::Stop => {
                self.freeze(None);
                self.say_words("stopped", &[]);
                self.end(How::Stopped)
            }
            Command::Pause => {
                self.say_words("paused", &[]);
                self.park(ParkedBy::Person)
            }
            Command::Resume => self.again(),
            Command::Back | Command::Skip | Command::Why if at_gate => self.again(),
            Command::Back => self.back(),
            Command::Skip => match self.question() {
                Some((step, ask)) if ask.optional => self.skip(step),
                Some(_) => {
                    self.say_words("skip_required", &[]);
                    Verdict::Shown
                }
                None => self.enough(),
            },
            Command::Why => self.why(),
            Command::Start
            | Command::Menu
            | Command::Guide
            | Command::Checkin
            | Command::Journal
            | Command::Settings
            | Command::Dates
            | Command::Goals
            | Command::Tools
            | Command::Mood
            | Command::Progress
            | Command::Buddy
            | Command::Remind
            | Command::Help
            | Command::Crisis
            | Command::Link
            | Command::Privacy
            | Command::Hide
            | Command::Pin
            | Command::Unlink
            | Command::Language
            | Command::Export
            | Command::Forget => Verdict::Ignored,
        }
    }

    fn again(&mut self) -> Verdict {
        self.show_wait();
        Verdict::Shown
    }

    fn why(&mut self) -> Verdict {
        let why = self.question().and_then(|(_, ask)| ask.why.as_ref());
        let why = why.map(|why| crate::dialog::render::text(why, &self.scope()));
        match why {
            Some(why) => self.say(why),
            None => self.say_words("why_default", &[]),
        }
        // A beat is running: showing it again would only disturb it.
        if matches!(self.session.wait, Some(Wait::Ask { .. })) {
            self.show_wait();
        }
        Verdict::Shown
    }

    fn back(&mut self) -> Verdict {
        let floor = self.safety_floor();
        let mut is_frozen = false;
        loop {
            let Some(mark) = self.session.history.last() else {
                let is_saved = self.session.commits > 0;
                let key = if floor.is_some() {
                    "back_safety"
                } else if is_saved {
                    "back_saved"
                } else {
                    "back_first"
                };
                self.say_words(key, &[]);
                return Verdict::Shown;
            };
            // A safety dialog is left through its own choices only.
            if let Some((depth, scope)) = floor
                && mark.stack.get(depth).is_none_or(|frame| frame.scope != scope)
            {
                self.say_words("back_safety", &[]);
                return Verdict::Shown;
            }
            if !is_frozen {
                self.freeze(None);
                is_frozen = true;
            }
            let Some(mark) = self.session.history.pop() else { continue };
            self.session.restore(mark, self.cx.now);
            if self.question().is_some() {
                break;
            }
        }
        self.session.turn = self.session.turn.saturating_add(1);
        self.show_wait();
        Verdict::WentBack
    }

    /// Where the innermost safety dialog stands in the stack, and its scope.
    fn safety_floor(&self) -> Option<(usize, u32)> {
        let frames = self.session.stack.iter().enumerate();
        let mut calls = frames.filter(|(_, frame)| matches!(frame.kind, FrameKind::Call | FrameKind::Interrupt)).rev();
        calls.find(|(_, frame)| frame.is_safety(self.lib)).map(|(depth, frame)| (depth, frame.scope))
    }

    fn take_parked(&mut self, input: &Input<'_>, since: Timestamp, until: Timestamp, by: ParkedBy) -> Verdict {
        if let Input::Due { turn, due } = input
            && (*turn != self.session.turn || *due != until)
        {
            return Verdict::Stale;
        }
        if self.cx.now >= until || matches!(input, Input::Due { .. }) {
            let verdict = self.expire();
            if matches!(input, Input::Tap(_)) {
                self.note("stale_over", &[]);
            }
            return verdict;
        }
        // Silence and unclear answers set a session aside without the person's wish: it answers as if open.
        let answers = matches!(by, ParkedBy::Idle | ParkedBy::GaveUp);
        match input {
            Input::Command(Command::Resume) => self.resume(since, by),
            Input::Command(Command::Stop | Command::Pause) | Input::Tap(_) => {
                self.unpark();
                self.take_waiting(input)
            }
            Input::Text(_) | Input::Command(_) | Input::Again if answers => {
                self.unpark();
                self.take_waiting(input)
            }
            Input::Park if !self.in_safety() => {
                if answers {
                    self.session.status = Status::Parked { since, until, by: ParkedBy::Other };
                }
                Verdict::Parked
            }
            Input::Text(_) | Input::Command(_) | Input::Again | Input::Park | Input::Due { .. } => Verdict::Ignored,
        }
    }

    fn resume(&mut self, since: Timestamp, by: ParkedBy) -> Verdict {
        let is_short = self.cx.now.duration_since(since) < SHORT_PAUSE || by == ParkedBy::Idle;
        let at_gate = matches!(self.session.wait, Some(Wait::Gate { .. }));
        self.unpark();
        if by == ParkedBy::Idle && !at_gate {
            self.note("welcome_back", &[]);
        }
        if !is_short && !at_gate {
            self.freeze(None);
            let Some(then) = self.session.wait.take() else { return self.end_gone() };
            self.begin(Wait::Gate { asked: self.cx.now, then: Box::new(then) });
        }
        self.show_wait();
        Verdict::Resumed
    }

    /// Waits again for what was waited for, with a fresh timer.
    fn unpark(&mut self) {
        self.session.status = Status::Waiting;
        if let Some(wait) = self.session.wait.take() {
            self.session.wait = Some(self.refreshed(wait));
        }
    }

    /// The same wait, its timer counted from now.
    pub(super) fn refreshed(&self, wait: Wait) -> Wait {
        match wait {
            Wait::Ask { tries, draft, .. } => Wait::Ask { asked: self.cx.now, tries, draft },
            Wait::Gate { then, .. } => Wait::Gate { asked: self.cx.now, then },
            Wait::Pace { round, rounds, beat, .. } => {
                let beats = view::pace(self).map(|(_, pace)| pace.beats.as_slice()).unwrap_or_default();
                let millis = beats.get(usize::from(beat)).map_or(0, |beat| beat.millis);
                Wait::Pace { round, rounds, beat, due: after_ms(self.cx.now, millis) }
            }
        }
    }

    fn expire(&mut self) -> Verdict {
        if let Some((key, write)) = self.partial_entry() {
            self.effects.push(Effect::Write(key, write));
        }
        self.end(How::Expired)
    }

    pub(super) fn step_id(&self) -> &str {
        self.current().map_or("", |(_, step): (_, &DialogStep)| step.id.as_str())
    }
}
