//! Bounded model checking of a dialog with the production `step`: every place that somebody can come to is visited,
//! breadth first, and every class of inputs is tried there.
//!
//! Two sessions are one state when they stand at the same place with the same answer in the making, and agree on
//! every value that a condition may still read. Texts that no condition reads are all alike; `vary` picks words and not
//! ways, so it is no condition; unclear answers and ways back are tried at each state and not followed. Dialogs that
//! are called are run, not skipped: a called dialog knows nothing of its caller, so its states multiply only with what
//! the caller still reads after it.

use std::collections::{BTreeSet, HashMap, VecDeque};

use jiff::Timestamp;

use crate::dialog::effect::{Input, Step as Turn, Verdict};
use crate::dialog::machine::{Machine, Passed, What};
use crate::dialog::model::{Dialog, Library, Verb};
use crate::dialog::session::{Session, Status, Wait};
use crate::dialog::step::{start_traced, step_traced};

mod graph;
mod inputs;
mod laws;
mod literals;
mod slice;
mod worlds;

use graph::Graph;
use inputs::Try;
use slice::Slice;
use worlds::World;

/// How far an exploration goes.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// States visited at most.
    pub states: usize,
    /// Combinations of facts, arguments and hours at most; beyond it each varies on its own, and with each other one
    /// while these pairs are no more than this.
    pub worlds: usize,
    /// Items of a list and ticks of a question with several choices at most.
    pub items: usize,
}

impl Size {
    /// Seconds in a debug build for all shipped dialogs.
    pub const QUICK: Self = Self { states: 2_000, worlds: 32, items: 2 };
    /// Every state of nearly all shipped dialogs: some minutes in a debug build.
    pub const FULL: Self = Self { states: 40_000, worlds: 4_000, items: 3 };
}

/// What an exploration found.
#[derive(Clone, Debug, Default)]
pub struct Explored {
    /// The dialog.
    pub dialog: String,
    /// States visited.
    pub states: usize,
    /// Turns tried.
    pub turns: usize,
    /// Whether every state that was found was visited too, in every combination of facts. Without it, what was not
    /// reached may still be reachable.
    pub is_complete: bool,
    /// Whether longer lists or more ticks than [`Size::items`] are possible.
    pub is_cut: bool,
    /// Steps of the dialog that ran.
    pub reached: BTreeSet<String>,
    /// Steps that never ran.
    pub missed_steps: Vec<String>,
    /// Arms that were never taken, as the branch's step and the arm's place from 1.
    pub missed_arms: Vec<(String, usize)>,
    /// Checks that never refused an answer, as the question's step and the check's place from 1.
    pub idle_checks: Vec<(String, usize)>,
    /// Places from which no answer leads to an end.
    pub dead_ends: Vec<String>,
    /// Broken laws of the engine, each with its place.
    pub breaches: Vec<String>,
    /// The least turns to an end that were found; none when no end was.
    pub shortest: Option<u32>,
    /// The most turns to an end that were found.
    pub longest: Option<u32>,
    /// One session for each state, with the time at which it stands there.
    pub waiting: Vec<(Session, Timestamp)>,
}

impl Explored {
    /// What somebody must look at, one sentence each; empty for a sound dialog. What was not reached is one only when
    /// the exploration is complete.
    pub fn findings(&self) -> Vec<String> {
        let mut found: Vec<String> = self.breaches.clone();
        found.extend(self.dead_ends.iter().map(|place| format!("no answer at `{place}` leads to an end")));
        if self.is_complete {
            found.extend(self.missed_steps.iter().map(|step| format!("the step `{step}` is never reached")));
            let arms = self.missed_arms.iter();
            found.extend(arms.map(|(step, arm)| format!("arm {arm} of `{step}` is never taken")));
            let checks = self.idle_checks.iter();
            found.extend(checks.map(|(step, check)| format!("check {check} of `{step}` never refuses an answer")));
        }
        found
    }
}

/// Explores one dialog from its start. `None` when there is no such dialog.
pub fn explore(lib: &Library, id: &str, size: &Size) -> Option<Explored> {
    let dialog = lib.dialog(id)?;
    let slice = Slice::new(lib);
    let (worlds, all_worlds) = worlds::of(lib, dialog, &slice, size);
    let mut walk = Walk {
        lib,
        dialog,
        slice: &slice,
        worlds: &worlds,
        hours_differ: worlds.windows(2).any(|two| matches!(two, [one, other] if one.now != other.now)),
        size,
        keys: HashMap::new(),
        states: Vec::new(),
        waiting: VecDeque::new(),
        graph: Graph::default(),
        passed: BTreeSet::new(),
        found: Explored { dialog: id.to_owned(), is_complete: all_worlds, ..Explored::default() },
    };
    for world in 0..worlds.len() {
        walk.start(world);
    }
    while let Some(index) = walk.waiting.pop_front() {
        if index >= size.states {
            walk.found.is_complete = false;
            walk.graph.leave_open(index);
            continue;
        }
        walk.visit(index);
    }
    Some(walk.finish())
}

/// Whether some answer moves a waiting session on, at the time given and in a world with no facts.
pub fn can_go_on(lib: &Library, session: &Session, now: Timestamp) -> bool {
    let Some(dialog) = session.stack.first().and_then(|frame| lib.dialog(&frame.dialog)) else { return false };
    let slice = Slice::new(lib);
    let (worlds, _) = worlds::of(lib, dialog, &slice, &Size::QUICK);
    let Some(world) = worlds.first() else { return false };
    let state = State { session: session.clone(), now, world: 0 };
    let (tries, _) = tries(lib, &slice, world, &state, &Size::QUICK);
    tries.iter().any(|each| {
        let (turn, _) = step_traced(lib, session.clone(), &each.input(), &world.at(now));
        matches!(turn.verdict, Verdict::Advanced | Verdict::Appended | Verdict::Ended)
    }) || matches!(session.wait, Some(Wait::Pace { .. }))
}

/// One representative of a state.
#[derive(Clone)]
struct State {
    session: Session,
    now: Timestamp,
    world: usize,
}

struct Walk<'a> {
    lib: &'a Library,
    dialog: &'a Dialog,
    slice: &'a Slice<'a>,
    worlds: &'a [World],
    /// Whether the worlds stand at several hours: they do only where a condition asks for one.
    hours_differ: bool,
    size: &'a Size,
    keys: HashMap<String, usize>,
    states: Vec<State>,
    waiting: VecDeque<usize>,
    graph: Graph,
    /// Steps, arms and checks of the dialog that ran.
    passed: BTreeSet<(String, What)>,
    found: Explored,
}

impl<'a> Walk<'a> {
    fn start(&mut self, index: usize) {
        let Some(world) = self.worlds.get(index) else { return };
        let cx = world.at(world.now);
        let Some((turn, trace)) = start_traced(self.lib, &self.dialog.id, &world.args, &cx) else { return };
        self.note(&trace);
        self.found.turns += 1;
        match turn.session.status {
            Status::Waiting | Status::Parked { .. } => {
                let state = State { session: turn.session, now: world.now, world: index };
                let to = self.state(state);
                self.graph.start(to);
            }
            Status::Ended(_) => self.graph.ends_at_once(),
        }
    }

    /// The state's number; a new one waits for its visit.
    fn state(&mut self, state: State) -> usize {
        let key = self.key(&state);
        if let Some(known) = self.keys.get(&key) {
            return *known;
        }
        let index = self.states.len();
        self.keys.insert(key, index);
        self.states.push(state);
        self.waiting.push_back(index);
        index
    }

    fn key(&self, state: &State) -> String {
        let Some(world) = self.worlds.get(state.world) else { return String::new() };
        let cx = world.at(state.now);
        let machine = Machine::new(self.lib, &cx, state.session.clone());
        let mut key = self.slice.key(&state.session, &machine.scope());
        if self.hours_differ {
            key.push_str(&world.now.to_string());
        }
        key
    }

    fn note(&mut self, trace: &[Passed<'_>]) {
        for passed in trace.iter().filter(|passed| passed.dialog == self.dialog.id) {
            self.passed.insert((passed.step.to_owned(), passed.what));
        }
    }

    fn visit(&mut self, index: usize) {
        let Some(state) = self.states.get(index).cloned() else { return };
        let Some(world) = self.worlds.get(state.world) else { return };
        self.found.states += 1;
        let (tries, is_cut) = tries(self.lib, self.slice, world, &state, self.size);
        self.found.is_cut |= is_cut;
        let mut first_move: Option<Try> = None;
        let cx = world.at(state.now);
        for each in &tries {
            let (turn, trace) = step_traced(self.lib, state.session.clone(), &each.input(), &cx);
            self.note(&trace);
            self.found.turns += 1;
            self.check(laws::turn(self.lib, &state.session, &turn, trace.len()), &state);
            let moved = matches!(turn.verdict, Verdict::Advanced | Verdict::Ended);
            if moved && first_move.is_none() {
                first_move = Some(each.clone());
            }
            // A press that ends a paced exercise only comes before its timer.
            let is_answer = matches!(state.session.wait, Some(Wait::Ask { .. }));
            self.edge(index, &state, turn, is_answer);
        }
        if let Some(Wait::Pace { .. }) = state.session.wait {
            self.beats(index, &state, world);
        }
        let probe = laws::Probe { lib: self.lib, world, session: &state.session, now: state.now };
        for breach in probe.breaches(first_move.as_ref()) {
            self.check(Some(breach), &state);
        }
        if let Some(back) = probe.back() {
            let back = State { session: back, now: state.now, world: state.world };
            let is_known = self.keys.contains_key(&self.key(&back));
            self.check((!is_known).then(|| "Back leads to a place that was never passed".to_owned()), &state);
        }
    }

    /// Follows an answer.
    fn edge(&mut self, from: usize, state: &State, turn: Turn, is_answer: bool) {
        let draft = |session: &Session| match &session.wait {
            Some(Wait::Ask { draft, .. }) => draft.keys.len() + draft.items.len(),
            Some(Wait::Pace { .. } | Wait::Gate { .. }) | None => 0,
        };
        let is_undone = turn.verdict == Verdict::Appended && draft(&turn.session) < draft(&state.session);
        match turn.verdict {
            Verdict::Ended => self.graph.end(from, u32::from(is_answer)),
            Verdict::Advanced | Verdict::Appended => {
                let to = self.state(State { session: turn.session, ..state.clone() });
                if to != from && !is_undone {
                    self.graph.edge(from, to, u32::from(is_answer));
                }
            }
            Verdict::Reprompted
            | Verdict::Stale
            | Verdict::Ignored
            | Verdict::Shown
            | Verdict::Parked
            | Verdict::Resumed
            | Verdict::WentBack => {}
        }
    }

    /// Lets a paced exercise run, to its next beat and to its end.
    fn beats(&mut self, index: usize, state: &State, world: &World) {
        let mut at = state.clone();
        for _ in 0..BEATS_FOLLOWED_MAX {
            let Some(due) = at.session.timer(self.lib) else { break };
            let now = at.now.max(due);
            let input = Input::Due { turn: at.session.turn, due };
            let cx = world.at(now);
            let (turn, trace) = step_traced(self.lib, at.session.clone(), &input, &cx);
            self.note(&trace);
            self.found.turns += 1;
            self.check(laws::turn(self.lib, &at.session, &turn, trace.len()), state);
            let is_over = turn.session.turn > at.session.turn || turn.verdict == Verdict::Ended;
            at = State { session: turn.session.clone(), now, world: state.world };
            if is_over {
                self.edge(index, &at, turn, false);
                return;
            }
            // The second beat stands for all that follow.
            let to = self.state(at.clone());
            if to != index {
                self.graph.edge(index, to, 0);
            }
        }
        self.check(Some("a paced exercise does not end".to_owned()), state);
    }

    fn check(&mut self, breach: Option<String>, state: &State) {
        if let Some(breach) = breach {
            let breach = format!("at `{}`: {breach}", place(&state.session));
            if self.found.breaches.len() < BREACHES_MAX && !self.found.breaches.contains(&breach) {
                self.found.breaches.push(breach);
            }
        }
    }

    fn finish(mut self) -> Explored {
        let mut found = std::mem::take(&mut self.found);
        let ran = |step: &str, what: What| self.passed.contains(&(step.to_owned(), what));
        for step in self.dialog.parts.values().flatten() {
            if ran(&step.id, What::Step) {
                found.reached.insert(step.id.clone());
            } else {
                found.missed_steps.push(step.id.clone());
                continue;
            }
            if let Verb::Branch(arms) = &step.verb {
                let missed = (0..arms.len()).filter(|arm| !ran(&step.id, What::Arm(*arm)));
                found.missed_arms.extend(missed.map(|arm| (step.id.clone(), arm + 1)));
            }
            if let Verb::Ask(ask) = &step.verb {
                let idle = (0..ask.checks.len()).filter(|check| !ran(&step.id, What::Check(*check)));
                found.idle_checks.extend(idle.map(|check| (step.id.clone(), check + 1)));
            }
        }
        let dead: BTreeSet<String> = self
            .graph
            .dead_ends()
            .into_iter()
            .filter_map(|index| Some(place(&self.states.get(index)?.session)))
            .collect();
        found.dead_ends = dead.into_iter().collect();
        match self.graph.lengths() {
            Ok((shortest, longest)) => (found.shortest, found.longest) = (shortest, longest),
            Err(index) => {
                let at = self.states.get(index).map(|state| place(&state.session)).unwrap_or_default();
                found.breaches.push(format!("at `{at}`: answers lead in a circle"));
            }
        }
        let bounds = self.dialog.bounds;
        let is_outside = found.shortest.is_some_and(|turns| turns < bounds.shortest)
            || found.longest.is_some_and(|turns| turns > bounds.longest);
        if is_outside {
            found.breaches.push(format!(
                "{:?} to {:?} turns were found, which is outside of the proven {} to {}",
                found.shortest, found.longest, bounds.shortest, bounds.longest
            ));
        }
        found.waiting = self.states.into_iter().map(|state| (state.session, state.now)).collect();
        found
    }
}

/// Beats of a paced exercise: rounds times beats, and some more.
const BEATS_FOLLOWED_MAX: usize = 2_100;
const BREACHES_MAX: usize = 20;

/// Everything that is tried at a state, and whether some answers are left out for their number.
fn tries(lib: &Library, slice: &Slice<'_>, world: &World, state: &State, size: &Size) -> (Vec<Try>, bool) {
    let cx = world.at(state.now);
    let mut is_cut = false;
    let Some(view) = inputs::view(lib, &state.session, &cx) else { return (Vec::new(), false) };
    let machine = Machine::new(lib, &cx, state.session.clone());
    let dialog = machine.dialog().and_then(|dialog| slice.control(&dialog.id));
    let tries = match (&state.session.wait, machine.question(), dialog) {
        (Some(Wait::Ask { draft, .. }), Some((step, ask)), Some(control)) => {
            let today = cx.zone.to_datetime(state.now).date();
            let asked = (step.id.as_str(), ask, draft);
            inputs::of_question(asked, &control, &state.session, (&view, today), size, &mut is_cut)
        }
        _ => inputs::buttons(&view),
    };
    (tries, is_cut)
}

/// Where a session stands, as dialog and step.
fn place(session: &Session) -> String {
    session.stack.last().map_or_else(String::new, |frame| format!("{}/{}", frame.dialog, frame.at))
}
