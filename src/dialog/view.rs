//! What is waited for, as a message with buttons. Every button carries a token of this session, turn and option.

use crate::dialog::eval::{Scope, eval, is_true, num};
use crate::dialog::eval_call::today;
use crate::dialog::machine::{Machine, path};
use crate::dialog::model::{Ask, Check, Opt, Pace, Question, Step, Verb};
use crate::dialog::render;
use crate::dialog::session::{Draft, Wait};
use crate::dialog::step::tag;
use crate::dialog::typed::{self, Words};
use crate::domain::limits::{LABEL_CHARS_MAX, OPTIONS_MAX};
use crate::domain::message::{Choice, ChoiceRole, Piece, RichText, Tap, View, ViewKind};
use crate::domain::value::Value;

use crate::dialog::eval::plus_days;
use crate::dialog::session::{Cause, Status};

/// Keys of buttons that are no options. Options' keys are plain words, so none begins with a colon.
pub(super) const SKIP: &str = ":skip";
pub(super) const DONE: &str = ":done";
pub(super) const KEEP: &str = ":keep";
pub(super) const LATER: &str = ":later";
pub(super) const TODAY: &str = ":today";
pub(super) const TOMORROW: &str = ":tomorrow";
pub(super) const ENOUGH: &str = ":enough";
pub(super) const GO_ON: &str = ":go-on";
pub(super) const START_OVER: &str = ":start-over";
pub(super) const LET_GO: &str = ":let-go";

/// The message of the present wait; `lead` stands in the place of the question's own words.
pub(super) fn of_wait(machine: &Machine<'_>, lead: Option<RichText>) -> Option<View> {
    match machine.session.wait.as_ref()? {
        Wait::Ask { draft, .. } => {
            let (step, ask) = machine.question()?;
            Some(question(machine, step, ask, draft, lead))
        }
        Wait::Pace { beat, .. } => {
            let (step, pace) = pace(machine)?;
            let beat = pace.beats.get(usize::from(*beat))?;
            let choice = button(machine, &step.id, ENOUGH, &pace.enough, ChoiceRole::Enough);
            Some(View {
                body: lead.unwrap_or_else(|| render::text(&beat.say, &machine.scope())),
                kind: ViewKind::Beat(beat.millis),
                choices: vec![choice],
                language: machine.lib.language,
            })
        }
        Wait::Gate { then, .. } => {
            let key = if matches!(**then, Wait::Pace { .. }) { "pace_late" } else { "resume_gate" };
            let step = machine.session.stack.last().map_or("", |frame| frame.at.as_str());
            let choices = gate_options(machine, then)
                .iter()
                .map(|option| button(machine, step, &option.key, &option.label, ChoiceRole::Answer))
                .collect();
            Some(View {
                body: lead.unwrap_or_else(|| machine.words(key, &[])),
                kind: ViewKind::Choice,
                choices,
                language: machine.lib.language,
            })
        }
    }
}

/// The ways out of a gate, with the words that are understood for each.
pub(super) fn gate_options(machine: &Machine<'_>, then: &Wait) -> Vec<Opt> {
    let language = machine.lib.language;
    let option =
        |key: &str, label: String, words: Words| Opt { key: key.to_owned(), label, also: typed::all(language, words) };
    let go_on = option(GO_ON, machine.words("go_on", &[]).plain(), |typed| typed.go_on);
    if matches!(then, Wait::Pace { .. }) {
        let enough = pace(machine).map(|(_, pace)| pace.enough.clone()).unwrap_or_default();
        return vec![go_on, option(ENOUGH, enough, |typed| typed.enough)];
    }
    let start_over = option(START_OVER, machine.words("start_over", &[]).plain(), |typed| typed.start_over);
    let let_go = option(LET_GO, machine.words("let_go", &[]).plain(), |typed| typed.let_go);
    vec![go_on, start_over, let_go]
}

/// The paced exercise at which the session stands.
pub(super) fn pace<'a>(machine: &Machine<'a>) -> Option<(&'a Step, &'a Pace)> {
    let (_, step) = machine.current()?;
    if let Verb::Pace(pace) = &step.verb { Some((step, pace)) } else { None }
}

/// Whether the open question may put a check-in off: it is the very first one.
pub(super) fn offers_later(machine: &Machine<'_>) -> bool {
    let session = &machine.session;
    session.cause == Cause::CheckIn
        && session.history.is_empty()
        && session.commits == 0
        && !matches!(session.status, Status::Ended(_))
        && !machine.in_safety()
}

/// The answer that Back undid at the open question, if it still is one.
pub(super) fn kept(machine: &Machine<'_>, ask: &Ask) -> Option<Value> {
    if machine.session.carry.is_empty() {
        return None;
    }
    let path = path(&machine.session.stack);
    let (_, value) = machine.session.carry.iter().find(|(of, _)| *of == path)?;
    fits(&ask.kind, value).then(|| value.clone())
}

/// The first check that an answer fails.
pub(super) fn failing<'a>(machine: &Machine<'_>, step: &Step, ask: &'a Ask, value: &Value) -> Option<&'a Check> {
    if ask.checks.is_empty() {
        return None;
    }
    let bound = [("it", Some(value.clone()))];
    let scope = machine.scope();
    let scope = scope.with(&bound, Some(&step.id));
    ask.checks.iter().find(|check| is_true(&check.fail, &scope))
}

/// Whether a value can be an answer to a question of this kind.
pub(super) fn fits(question: &Question, value: &Value) -> bool {
    let has = |options: &[Opt], value: &Value| options.iter().any(|option| value == &Value::Key(option.key.clone()));
    match (question, value) {
        (Question::Choice(options), value) => has(options, value),
        (Question::Many { options, min, max, .. }, Value::List(items)) => {
            (*min..=*max).contains(&items.len()) && items.iter().all(|item| has(options, item))
        }
        (Question::Scale { min, max, .. }, Value::Num(number)) => {
            number.fract() == 0.0 && *number >= f64::from(*min) && *number <= f64::from(*max)
        }
        (Question::Number { min, max, whole }, Value::Num(number)) => {
            min.is_none_or(|min| *number >= min)
                && max.is_none_or(|max| *number <= max)
                && (!whole || number.fract() == 0.0)
        }
        (Question::Text { min, max }, Value::Text(text)) => (*min..=*max).contains(&text.expose().chars().count()),
        (Question::List { min, max, chars, .. }, Value::List(items)) => {
            let short = |item: &Value| matches!(item, Value::Text(text) if text.expose().chars().count() <= *chars);
            (*min..=*max).contains(&items.len()) && items.iter().all(short)
        }
        (Question::Date, Value::Date(_)) | (Question::Time, Value::Time(_)) => true,
        _ => false,
    }
}

/// An answer as it stands on a button or a frozen question; none for a person's own words.
pub(super) fn answer_label(machine: &Machine<'_>, step: &Step, ask: &Ask, value: &Value) -> Option<String> {
    match &ask.kind {
        Question::Text { .. } => None,
        Question::List { done, .. } => Some(cut(done)),
        Question::Scale { labels, .. } => num(value).map(|number| scale_label(number as i32, labels)),
        Question::Choice(_) | Question::Many { .. } | Question::Number { .. } | Question::Date | Question::Time => {
            Some(cut(&render::value_text(value, Some(&step.id), &machine.scope())))
        }
    }
}

fn question(machine: &Machine<'_>, step: &Step, ask: &Ask, draft: &Draft, lead: Option<RichText>) -> View {
    let mut body = lead.unwrap_or_else(|| {
        let scope = machine.scope();
        let text = render::chosen(&ask.texts, ask.vary.as_ref(), machine.pick(), &scope);
        text.map(|text| render::text(text, &scope)).unwrap_or_default()
    });
    if !draft.items.is_empty() {
        body.0.push(Piece::Author("\n\n".to_owned()));
        body.0.extend(machine.words("list_so_far", &[]).0);
        for item in &draft.items {
            body.0.push(Piece::Author("\n• ".to_owned()));
            body.0.push(Piece::Person(item.clone()));
        }
    }
    View { body, kind: kind(&ask.kind), choices: choices(machine, step, ask, draft), language: machine.lib.language }
}

fn kind(question: &Question) -> ViewKind {
    match question {
        Question::Choice(_) => ViewKind::Choice,
        Question::Many { .. } => ViewKind::Many,
        Question::Scale { .. } => ViewKind::Scale,
        Question::Number { .. } => ViewKind::Number,
        Question::Text { .. } => ViewKind::Text,
        Question::List { .. } => ViewKind::List,
        Question::Date => ViewKind::Date,
        Question::Time => ViewKind::Time,
    }
}

fn choices(machine: &Machine<'_>, step: &Step, ask: &Ask, draft: &Draft) -> Vec<Choice> {
    let button = |key: &str, label: &str, role| button(machine, &step.id, key, label, role);
    let own = |key: &str, word: &str, role| button(key, &machine.words(word, &[]).plain(), role);
    let mut choices = Vec::new();
    match &ask.kind {
        Question::Choice(options) => {
            choices.extend(options.iter().map(|option| button(&option.key, &option.label, ChoiceRole::Answer)));
        }
        Question::Many { options, min, done, .. } => {
            for option in options {
                let on = draft.keys.contains(&option.key);
                choices.push(button(&tick(&option.key, !on), &option.label, ChoiceRole::Tick(on)));
            }
            if draft.keys.len() >= *min {
                choices.push(button(DONE, done, ChoiceRole::Done));
            }
        }
        Question::Scale { min, max, labels } => {
            choices.extend(
                (*min..=*max)
                    .take(OPTIONS_MAX)
                    .map(|value| button(&value.to_string(), &scale_label(value, labels), ChoiceRole::Scale(value))),
            );
        }
        Question::List { min, done, .. } if draft.items.len() >= *min => {
            choices.push(button(DONE, done, ChoiceRole::Done));
        }
        Question::Date => {
            let today = today(&machine.scope());
            for (key, word, days) in [(TODAY, "today", 0), (TOMORROW, "tomorrow", 1)] {
                let day = plus_days(today, days).map(Value::Date);
                if day.is_some_and(|day| failing(machine, step, ask, &day).is_none()) {
                    choices.push(own(key, word, ChoiceRole::Answer));
                }
            }
        }
        Question::List { .. } | Question::Number { .. } | Question::Text { .. } | Question::Time => {}
    }
    if let Some(value) = kept(machine, ask) {
        let answer = render::value_text(&value, Some(&step.id), &machine.scope());
        let label = machine.words("keep", &[("answer", Some(Value::text(answer)))]).plain();
        choices.push(button(KEEP, &label.replace('\n', " "), ChoiceRole::Keep));
    }
    if ask.optional {
        choices.push(own(SKIP, "skip", ChoiceRole::Skip));
    }
    if offers_later(machine) {
        choices.push(own(LATER, "later", ChoiceRole::Later));
    }
    choices.truncate(OPTIONS_MAX);
    choices
}

/// The key of a press that sets or clears a tick: it names the state that is wished, so that twice is once.
pub(super) fn tick(key: &str, on: bool) -> String {
    format!("{key}{}", if on { '+' } else { '-' })
}

fn scale_label(value: i32, labels: &std::collections::BTreeMap<i32, String>) -> String {
    labels.get(&value).map_or_else(|| value.to_string(), |label| cut(&format!("{value} · {label}")))
}

fn button(machine: &Machine<'_>, step: &str, key: &str, label: &str, role: ChoiceRole) -> Choice {
    let tap = Tap { session: machine.session.id, turn: machine.session.turn, option: tag(step, key) };
    Choice { label: cut(label), token: tap.encode(), role }
}

fn cut(label: &str) -> String {
    if label.chars().count() <= LABEL_CHARS_MAX {
        return label.to_owned();
    }
    label.chars().take(LABEL_CHARS_MAX - 1).chain(['…']).collect()
}

/// How many rounds a paced exercise has.
pub(super) fn rounds(pace: &Pace, scope: &Scope<'_>) -> u32 {
    let rounds = eval(&pace.rounds, scope).as_ref().and_then(num).unwrap_or(1.0);
    rounds.clamp(1.0, f64::from(crate::domain::limits::ROUNDS_MAX)) as u32
}
