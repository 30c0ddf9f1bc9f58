//! Answers to the open question, typed or pressed.

use jiff::civil::Date;

use crate::dialog::answer::{self, Problem, Reading};
use crate::dialog::effect::{Effect, Verdict};
use crate::dialog::eval::plus_days;
use crate::dialog::eval_call::today;
use crate::dialog::machine::{Machine, What};
use crate::dialog::model::{Ask, GiveUp, Question, Step};
use crate::dialog::session::{How, Mark, ParkedBy, Wait};
use crate::dialog::step::tag;
use crate::dialog::typed::is_among;
use crate::dialog::{render, view};
use crate::domain::command::Command;
use crate::domain::limits::{HISTORY_MAX, USER_TEXT_CHARS_MAX};
use crate::domain::message::RichText;
use crate::domain::recurrence::snooze;
use crate::domain::text::UserText;
use crate::domain::value::Value;

impl Machine<'_> {
    /// Words at the open question.
    pub(super) fn take_text(&mut self, text: &UserText) -> Verdict {
        let Some((step, ask)) = self.question() else { return self.end_gone() };
        let words = match answer::tidy(text) {
            Ok(words) => words,
            Err(problem) => return self.refuse(ask, problem, USER_TEXT_CHARS_MAX),
        };
        let folded = answer::fold(&words);
        let language = self.lib.language;
        if view::offers_later(self) && is_among(language, &folded, |typed| typed.later) {
            return self.put_off();
        }
        // Nobody who types what stands on the button means it as their words.
        if ask.optional && matches!(ask.kind, Question::Text { .. }) && folded == self.skip_label() {
            return self.skip(step);
        }
        if !ask.kind.takes_words() && answer::exact(&ask.kind, &words, language).is_none() {
            if let Some(command) = answer::bare_command(&words, language) {
                return self.command(command);
            }
            if is_among(language, &folded, |typed| typed.keep)
                && let Some(value) = view::kept(self, ask)
            {
                return self.take_values(step, ask, vec![value]);
            }
        }
        let today = today(&self.scope());
        match self.reading(ask, &words, today) {
            Reading::Answer(values) => self.take_values(step, ask, values),
            Reading::Keys(keys) => self.take_keys(step, ask, keys),
            Reading::Item(item) => self.take_item(ask, item),
            Reading::Done => self.take_done(step, ask),
            Reading::Problem(problem) => self.refuse(ask, problem, USER_TEXT_CHARS_MAX),
        }
    }

    /// What words mean at a question: in the person's language, or else as the dialog's own file has it.
    fn reading(&self, ask: &Ask, words: &str, today: Date) -> Reading {
        let reading = answer::read(&ask.kind, words, today, self.lib.language);
        match self.source_question() {
            Some(source) if reading == Reading::Problem(Problem::Unclear) => {
                answer::read(&source.kind, words, today, self.lib.language)
            }
            Some(_) | None => reading,
        }
    }

    /// A press at the open question, of this turn.
    pub(super) fn take_tap(&mut self, option: u32) -> Verdict {
        let Some((step, ask)) = self.question() else { return self.end_gone() };
        let is = |key: &str| tag(&step.id, key) == option;
        if ask.optional && is(view::SKIP) {
            return self.skip(step);
        }
        if is(view::LATER) && view::offers_later(self) {
            return self.put_off();
        }
        if is(view::KEEP)
            && let Some(value) = view::kept(self, ask)
        {
            return self.take_values(step, ask, vec![value]);
        }
        match &ask.kind {
            Question::Choice(options) => {
                if let Some(option) = options.iter().find(|option| is(&option.key)) {
                    return self.take_values(step, ask, vec![Value::Key(option.key.clone())]);
                }
            }
            Question::Many { options, max, .. } => {
                for option in options {
                    for on in [true, false] {
                        if is(&view::tick(&option.key, on)) {
                            return self.take_tick(ask, &option.key, on, *max);
                        }
                    }
                }
                if is(view::DONE) {
                    return self.take_done(step, ask);
                }
            }
            Question::Scale { min, max, .. } => {
                if let Some(value) = (*min..=*max).find(|value| is(&value.to_string())) {
                    return self.take_values(step, ask, vec![Value::Num(f64::from(value))]);
                }
            }
            Question::List { .. } if is(view::DONE) => return self.take_done(step, ask),
            Question::Date => {
                let day =
                    [(view::TODAY, 0), (view::TOMORROW, 1)].iter().find(|(key, _)| is(key)).map(|(_, days)| *days);
                if let Some(day) = day.and_then(|days| plus_days(today(&self.scope()), days)) {
                    return self.take_values(step, ask, vec![Value::Date(day)]);
                }
            }
            Question::List { .. } | Question::Number { .. } | Question::Text { .. } | Question::Time => {}
        }
        self.note("stale_choice", &[]);
        Verdict::Stale
    }

    /// What stands on the button that leaves a question out, as typed words are compared.
    fn skip_label(&self) -> String {
        answer::fold(&self.words("skip", &[]).plain())
    }

    /// Leaves the open question out.
    pub(super) fn skip(&mut self, step: &Step) -> Verdict {
        let label = self.words("skip", &[]).plain();
        self.accept(step, None, Some(label))
    }

    fn take_values(&mut self, step: &Step, ask: &Ask, mut values: Vec<Value>) -> Verdict {
        let good = values.iter().position(|value| view::failing(self, step, ask, value).is_none());
        if values.is_empty() {
            return self.refuse(ask, Problem::Unclear, USER_TEXT_CHARS_MAX);
        }
        let value = values.swap_remove(good.unwrap_or(0));
        if good.is_none()
            && let Some(check) = view::failing(self, step, ask, &value)
        {
            let bound = [("it", Some(value.clone()))];
            let scope = self.scope();
            let lead = render::text(&check.say, &scope.with(&bound, Some(&step.id)));
            if let Some(index) = ask.checks.iter().position(|each| std::ptr::eq(each, check)) {
                self.passed(What::Check(index));
            }
            return self.unclear(lead);
        }
        let label = view::answer_label(self, step, ask, &value);
        self.accept(step, Some(value), label)
    }

    fn take_keys(&mut self, step: &Step, ask: &Ask, keys: Vec<String>) -> Verdict {
        let (Question::Many { options, min, max, .. }, Some(Wait::Ask { asked, draft, .. })) =
            (&ask.kind, self.session.wait.as_mut())
        else {
            return self.end_gone();
        };
        if keys.len() > 1 && draft.keys.is_empty() && (*min..=*max).contains(&keys.len()) {
            let value = Value::List(keys.into_iter().map(Value::Key).collect());
            return self.take_values(step, ask, vec![value]);
        }
        let both = |key: &&String| draft.keys.contains(key) || keys.contains(key);
        let wished: Vec<String> = options.iter().map(|option| &option.key).filter(both).cloned().collect();
        if wished.len() > *max {
            let max = Value::Num(*max as f64);
            let lead = self.words("many_full", &[("max", Some(max))]);
            return self.unclear(lead);
        }
        if draft.keys != wished {
            draft.keys = wished;
            *asked = self.cx.now;
        }
        self.show_wait();
        Verdict::Appended
    }

    fn take_tick(&mut self, ask: &Ask, key: &str, on: bool, max: usize) -> Verdict {
        let (Question::Many { options, .. }, Some(Wait::Ask { asked, draft, .. })) =
            (&ask.kind, self.session.wait.as_mut())
        else {
            return self.end_gone();
        };
        let is_on = draft.keys.iter().any(|each| each == key);
        if on && !is_on && draft.keys.len() >= max {
            self.note("many_full", &[("max", Some(Value::Num(max as f64)))]);
            return Verdict::Ignored;
        }
        if on != is_on {
            let wished = |each: &&String| if *each == key { on } else { draft.keys.contains(each) };
            draft.keys = options.iter().map(|option| &option.key).filter(wished).cloned().collect();
            *asked = self.cx.now;
        }
        self.show_wait();
        Verdict::Appended
    }

    fn take_item(&mut self, ask: &Ask, item: UserText) -> Verdict {
        let (Question::List { max, .. }, Some(Wait::Ask { asked, draft, .. })) =
            (&ask.kind, self.session.wait.as_mut())
        else {
            return self.end_gone();
        };
        if draft.items.len() >= *max {
            let lead = self.of_question("list_full", ask);
            return self.unclear(lead);
        }
        draft.items.push(item);
        *asked = self.cx.now;
        self.show_wait();
        Verdict::Appended
    }

    fn take_done(&mut self, step: &Step, ask: &Ask) -> Verdict {
        let Some(Wait::Ask { draft, .. }) = self.session.wait.as_ref() else { return self.end_gone() };
        let (items, min, few): (Vec<Value>, usize, &str) = match &ask.kind {
            Question::Many { min, .. } => (draft.keys.iter().cloned().map(Value::Key).collect(), *min, "many_few"),
            Question::List { min, .. } => (draft.items.iter().cloned().map(Value::Text).collect(), *min, "list_few"),
            Question::Choice(_)
            | Question::Scale { .. }
            | Question::Number { .. }
            | Question::Text { .. }
            | Question::Date
            | Question::Time => return self.refuse(ask, Problem::Unclear, USER_TEXT_CHARS_MAX),
        };
        if items.len() < min {
            let lead = self.of_question(few, ask);
            return self.unclear(lead);
        }
        self.take_values(step, ask, vec![Value::List(items)])
    }

    fn accept(&mut self, step: &Step, value: Option<Value>, chosen: Option<String>) -> Verdict {
        self.freeze(chosen);
        let path = self.path();
        let session = &mut self.session;
        session.carry.retain(|(of, _)| *of != path);
        session.history.push(Mark {
            stack: session.stack.clone(),
            log: session.log.len(),
            staged: session.staged.len(),
            next_scope: session.next_scope,
        });
        if session.history.len() > HISTORY_MAX {
            session.history.remove(0);
        }
        self.log(&step.id, value);
        self.go_on()
    }

    fn put_off(&mut self) -> Verdict {
        let label = self.words("later", &[]).plain();
        self.freeze(Some(label));
        let until = snooze(self.cx.now, PUT_OFF, self.cx.zone, self.cx.quiet);
        self.effects.push(Effect::PutOff { until });
        self.say_words("put_off", &[]);
        self.end(How::PutOff)
    }

    /// Says why words are no answer, and asks again.
    fn refuse(&mut self, ask: &Ask, problem: Problem, chars_max: usize) -> Verdict {
        let key = match (problem, &ask.kind) {
            (Problem::Low, _) => "number_low",
            (Problem::High, _) => "number_high",
            (Problem::Whole, _) => "number_whole",
            (Problem::Short, _) => "text_short",
            (Problem::ItemLong, _) => "item_long",
            (Problem::Long, Question::Text { .. }) => "text_long",
            (Problem::Long, _) => {
                let lead = self.words("text_long", &[("max", Some(Value::Num(chars_max as f64)))]);
                return self.unclear(lead);
            }
            (Problem::Unclear, _) if ask.retry.is_some() => "",
            (Problem::Unclear, Question::Choice(_)) => "retry_choice",
            (Problem::Unclear, Question::Many { .. }) => "retry_many",
            (Problem::Unclear, Question::Scale { .. }) => "retry_scale",
            (Problem::Unclear, Question::Number { .. }) => "retry_number",
            (Problem::Unclear, Question::Date) => "retry_date",
            (Problem::Unclear, Question::Time) => "retry_time",
            (Problem::Empty, _) | (Problem::Unclear, Question::Text { .. } | Question::List { .. }) => "text_empty",
        };
        let lead = match &ask.retry {
            Some(retry) if key.is_empty() => render::text(retry, &self.scope()),
            _ => self.of_question(key, ask),
        };
        self.unclear(lead)
    }

    /// One of the engine's sentences with the limits of a question filled in.
    fn of_question(&self, key: &str, ask: &Ask) -> RichText {
        let count = |count: &usize| Some(Value::Num(*count as f64));
        let (min, max, done) = match &ask.kind {
            Question::Many { min, max, done, .. } => (count(min), count(max), Some(done)),
            Question::List { min, max, done, chars } => {
                (count(min), count(if key == "item_long" { chars } else { max }), Some(done))
            }
            Question::Text { min, max } => (count(min), count(max), None),
            Question::Scale { min, max, .. } => {
                (Some(Value::Num(f64::from(*min))), Some(Value::Num(f64::from(*max))), None)
            }
            Question::Number { min, max, .. } => (min.map(Value::Num), max.map(Value::Num), None),
            Question::Choice(_) | Question::Date | Question::Time => (None, None, None),
        };
        let done = done.map(Value::text);
        self.words(key, &[("min", min), ("max", max), ("done", done)])
    }

    /// Asks again, with other words; sets the session aside or ends it after too many unclear answers. Nobody in danger
    /// is left like that: they are told whom to reach, and asked again.
    fn unclear(&mut self, lead: RichText) -> Verdict {
        let stays = self.in_safety();
        let (Some(dialog), Some(Wait::Ask { tries, draft, .. })) = (self.dialog(), self.session.wait.as_mut()) else {
            return self.end_gone();
        };
        let is_last = *tries >= dialog.retries;
        if is_last && !stays {
            *tries = 0;
            return match dialog.on_give_up {
                GiveUp::Park => {
                    self.say_words("gave_up_park", &[]);
                    self.park(ParkedBy::GaveUp)
                }
                GiveUp::Stop => {
                    self.freeze(None);
                    self.say_words("gave_up_stop", &[]);
                    self.end(How::Stopped)
                }
            };
        }
        let tries = if is_last { 0 } else { *tries + 1 };
        let wait = Wait::Ask { asked: self.cx.now, tries, draft: draft.clone() };
        self.freeze(None);
        if is_last {
            self.say_card();
        }
        self.begin(wait);
        if let Some(view) = view::of_wait(self, Some(lead)) {
            self.show(view);
        }
        Verdict::Reprompted
    }

    /// A bare word that means a command.
    fn command(&mut self, command: Command) -> Verdict {
        if command == Command::Help {
            if self.in_safety() {
                self.say_card();
            }
            self.say_words("help", &[]);
            self.show_wait();
            return Verdict::Shown;
        }
        self.take_command(command)
    }
}

/// How long a check-in is put off.
const PUT_OFF: jiff::SignedDuration = jiff::SignedDuration::from_hours(2);
