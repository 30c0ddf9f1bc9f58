//! Waits that are no questions: paced exercises and gates.

use jiff::Timestamp;

use crate::dialog::answer;
use crate::dialog::effect::Verdict;
use crate::dialog::eval_call::today;
use crate::dialog::machine::{Machine, after, after_ms};
use crate::dialog::model::Question;
use crate::dialog::session::{FrameKind, How, Wait};
use crate::dialog::step::tag;
use crate::dialog::typed::{Words, is_among};
use crate::dialog::view;
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};

impl Machine<'_> {
    /// The present beat is over.
    pub(super) fn next_beat(&mut self, due: Timestamp) -> Verdict {
        let (Some((_, pace)), Some(Wait::Pace { round, rounds, beat, .. })) = (view::pace(self), &self.session.wait)
        else {
            return self.end_gone();
        };
        let (mut round, rounds, mut beat) = (*round, *rounds, *beat);
        let millis = pace.beats.get(usize::from(beat)).map_or(0, |beat| beat.millis);
        let two_beats = jiff::SignedDuration::from_millis(i64::from(millis) * 2);
        if self.cx.now > after(due, two_beats) {
            self.freeze(None);
            let Some(then) = self.session.wait.take() else { return self.end_gone() };
            self.begin(Wait::Gate { asked: self.cx.now, then: Box::new(then) });
            self.show_wait();
            return Verdict::Advanced;
        }
        beat += 1;
        if usize::from(beat) >= pace.beats.len() {
            (round, beat) = (round + 1, 0);
        }
        let Some(next) = pace.beats.get(usize::from(beat)).filter(|_| round < rounds) else {
            self.freeze(None);
            return self.go_on();
        };
        // Counted from when this beat was due, small delays do not add up.
        let on_time = after_ms(due, next.millis);
        let due = if on_time > self.cx.now { on_time } else { after_ms(self.cx.now, next.millis) };
        self.session.wait = Some(Wait::Pace { round, rounds, beat, due });
        self.show_wait();
        Verdict::Advanced
    }

    /// Ends a paced exercise early.
    pub(super) fn enough(&mut self) -> Verdict {
        let label = view::pace(self).map(|(_, pace)| pace.enough.clone());
        self.freeze(label);
        self.go_on()
    }

    pub(super) fn pace_text(&mut self, text: &str) -> Verdict {
        let Some((_, pace)) = view::pace(self) else { return self.end_gone() };
        let folded = answer::fold(text);
        let ends: [Words; 3] = [|typed| typed.done, |typed| typed.stop, |typed| typed.skip];
        let is_end = ends.iter().any(|words| is_among(self.lib.language, &folded, *words));
        if is_end || folded == "enough" || folded == answer::fold(&pace.enough) {
            return self.enough();
        }
        let enough = Value::text(&pace.enough);
        self.say_words("pace_hint", &[("enough", Some(enough))]);
        Verdict::Shown
    }

    pub(super) fn pace_tap(&mut self, option: u32) -> Verdict {
        if tag(self.step_id(), view::ENOUGH) == option {
            return self.enough();
        }
        self.note("stale_choice", &[]);
        Verdict::Stale
    }

    pub(super) fn gate_text(&mut self, text: &UserText) -> Verdict {
        let Some(Wait::Gate { then, .. }) = &self.session.wait else { return self.end_gone() };
        let question = Question::Choice(view::gate_options(self, then));
        let words = answer::tidy(text).unwrap_or_default();
        if answer::exact(&question, &words, self.lib.language).is_none()
            && let Some(command) = answer::bare_command(&words, self.lib.language)
        {
            return self.take_command(command);
        }
        match answer::read(&question, &words, today(&self.scope()), self.lib.language) {
            answer::Reading::Answer(values) => {
                let key = values.first().and_then(Value::as_str).unwrap_or_default().to_owned();
                self.pass_gate(&key)
            }
            answer::Reading::Keys(_)
            | answer::Reading::Item(_)
            | answer::Reading::Done
            | answer::Reading::Problem(_) => {
                self.freeze(None);
                let Some(wait) = self.session.wait.take() else { return self.end_gone() };
                let wait = self.refreshed(wait);
                self.begin(wait);
                let lead = self.words("retry_gate", &[]);
                if let Some(view) = view::of_wait(self, Some(lead)) {
                    self.show(view);
                }
                Verdict::Reprompted
            }
        }
    }

    pub(super) fn gate_tap(&mut self, option: u32) -> Verdict {
        let Some(Wait::Gate { then, .. }) = &self.session.wait else { return self.end_gone() };
        let step = self.session.stack.last().map_or("", |frame| frame.at.as_str());
        let pressed = view::gate_options(self, then).into_iter().find(|each| tag(step, &each.key) == option);
        match pressed {
            Some(pressed) => self.pass_gate(&pressed.key),
            None => {
                self.note("stale_choice", &[]);
                Verdict::Stale
            }
        }
    }

    fn pass_gate(&mut self, key: &str) -> Verdict {
        let Some(Wait::Gate { then, .. }) = &self.session.wait else { return self.end_gone() };
        let label = view::gate_options(self, then).into_iter().find(|option| option.key == key);
        self.freeze(label.map(|option| option.label));
        match key {
            view::GO_ON => {
                let Some(Wait::Gate { then, .. }) = self.session.wait.take() else { return self.end_gone() };
                let wait = self.refreshed(*then);
                self.begin(wait);
                self.show_wait();
                Verdict::Resumed
            }
            view::START_OVER => self.start_over(),
            view::ENOUGH => self.go_on(),
            _ => {
                self.say_words("let_go_done", &[]);
                self.end(How::Stopped)
            }
        }
    }

    /// A new run from the top with the same arguments. What was committed stays.
    fn start_over(&mut self) -> Verdict {
        let Some(first) = self.session.stack.first() else { return self.end_gone() };
        let scope = first.scope;
        let Some(dialog) = self.lib.dialogs.get(&first.dialog) else { return self.end_gone() };
        let mut args = Values::new();
        for entry in self.session.log.iter().filter(|entry| entry.scope == scope) {
            if let Some(value) = entry.value.as_ref().filter(|_| dialog.params.contains_key(&entry.name)) {
                // The first one of a name is the argument; a later one was set by a step.
                args.entry(entry.name.clone()).or_insert_with(|| value.clone());
            }
        }
        let session = &mut self.session;
        session.stack.clear();
        session.wait = None;
        session.log.clear();
        session.kept = 0;
        session.history.clear();
        session.carry.clear();
        session.staged.clear();
        session.next_scope = 0;
        if !self.enter_dialog(dialog, FrameKind::Call, &args) {
            return self.end(How::Finished);
        }
        self.run();
        self.moved()
    }
}
