//! The engine against a naive interpreter of the same dialogs: recursive, without suspension, with all answers known
//! from the start. Both must say and write the same.

use std::collections::VecDeque;

use jiff::civil::{date, time};
use mendwell::dialog::effect::{Context, Verdict};
use mendwell::dialog::eval::{Scope, eval, is_true};
use mendwell::dialog::model::{Dialog, Expr, Goal, Library, Question, Save, Schedule, Step, Text, Verb};
use mendwell::dialog::session::{Cause, Status, Wait};
use mendwell::dialog::{render, schedule};
use mendwell::domain::command::Command;
use mendwell::domain::language::Language;
use mendwell::domain::person::LANGUAGE_FACT;
use mendwell::domain::text::UserText;
use mendwell::domain::value::{Value, Values};
use mendwell::domain::write::{JournalEntry, Plan, Write};
use proptest::prelude::*;

use crate::engine_support::*;

type Names = Vec<(String, Option<Value>)>;

enum Flow {
    On,
    LeaveDialog,
    LeaveAll,
}

/// The naive interpreter.
struct Naive<'a> {
    lib: &'a Library,
    cx: Context<'a>,
    facts: Values,
    seed: u64,
    answers: VecDeque<Option<Value>>,
    said: Vec<String>,
    staged: Vec<Write>,
    written: Vec<Write>,
    interrupts: u32,
}

impl Naive<'_> {
    fn dialog(&mut self, id: &str, args: &Values, path: &str) -> Flow {
        let dialog = self.lib.dialog(id).unwrap().clone();
        let mut names = Names::new();
        for (name, param) in &dialog.params {
            let value = args.get(name).cloned().or_else(|| param.or.clone());
            let value = value.map(|value| match value {
                Value::Num(number) => Value::Num(number.clamp(param.min.unwrap_or(-1e9), param.max.unwrap_or(1e9))),
                other => other,
            });
            names.push((name.clone(), value));
        }
        match self.steps(&dialog, "", &mut vec![names], path) {
            Flow::LeaveDialog => Flow::On,
            other => other,
        }
    }

    fn steps(&mut self, dialog: &Dialog, part: &str, layers: &mut Vec<Names>, path: &str) -> Flow {
        for step in dialog.part(part) {
            if step.when.as_ref().is_some_and(|when| self.value(dialog, layers, when) != Some(Value::Bool(true))) {
                continue;
            }
            let path = format!("{path}{}", step.id);
            match self.verb(dialog, step, layers, &path) {
                Flow::On => {}
                other => return other,
            }
        }
        Flow::On
    }

    #[expect(clippy::too_many_lines, reason = "one arm per verb reads best in one piece")]
    fn verb(&mut self, dialog: &Dialog, step: &Step, layers: &mut Vec<Names>, path: &str) -> Flow {
        match &step.verb {
            Verb::Say { texts, vary } => {
                let text = self.one_of(dialog, layers, texts, vary.as_ref(), path);
                self.said.push(text);
            }
            Verb::Ask(ask) => {
                let text = self.one_of(dialog, layers, &ask.texts, ask.vary.as_ref(), path);
                self.said.push(text);
                let answer = self.answers.pop_front().expect("the engine asked as often");
                layers.last_mut().unwrap().push((step.id.clone(), answer));
            }
            Verb::Set(values) => {
                for (name, expr) in values {
                    let value = self.value(dialog, layers, expr);
                    layers.last_mut().unwrap().push((name.clone(), value));
                }
            }
            Verb::Branch(arms) => {
                for arm in arms {
                    let holds = match &arm.when {
                        Some(when) => self.value(dialog, layers, when) == Some(Value::Bool(true)),
                        None => true,
                    };
                    if holds {
                        let Some(part) = &arm.part else { break };
                        return self.steps(dialog, part, layers, &format!("{path}/"));
                    }
                }
            }
            Verb::Each(each) => {
                let mut records = Vec::new();
                if let Some(Value::List(items)) = self.value(dialog, layers, &each.list) {
                    for (round, item) in items.into_iter().enumerate() {
                        layers.push(vec![(each.name.clone(), Some(item))]);
                        let flow = self.steps(dialog, &each.part, layers, &format!("{path}/{round}."));
                        let layer = layers.pop().unwrap();
                        if !matches!(flow, Flow::On) {
                            return flow;
                        }
                        let record = layer.into_iter().filter_map(|(name, value)| Some((name, value?)));
                        records.push(Value::Record(record.collect()));
                    }
                }
                if let Some(collect) = &each.collect {
                    layers.last_mut().unwrap().push((collect.clone(), Some(Value::List(records))));
                }
            }
            Verb::Repeat { part, until, max } => {
                for round in 0..*max {
                    match self.steps(dialog, part, layers, &format!("{path}/{round}.")) {
                        Flow::On => {}
                        other => return other,
                    }
                    if self.value(dialog, layers, until) == Some(Value::Bool(true)) {
                        break;
                    }
                }
            }
            Verb::Call { dialog: called, with } => {
                let args = self.values(dialog, layers, with);
                return self.dialog(called, &args, &format!("{path}/"));
            }
            Verb::Escalate { dialog: called } => {
                self.interrupts += 1;
                let flow = self.dialog(called, &Values::new(), &format!("{path}/"));
                self.interrupts -= 1;
                return flow;
            }
            Verb::Pace(pace) => {
                let rounds = self.value(dialog, layers, &pace.rounds);
                let Some(Value::Num(rounds)) = rounds else { panic!("{rounds:?}") };
                for _ in 0..rounds as u32 {
                    for beat in &pace.beats {
                        let text = self.text(dialog, layers, &beat.say);
                        self.said.push(text);
                    }
                }
            }
            Verb::Save(_) | Verb::Goal(_) | Verb::Schedule(_) => self.keep(dialog, step, layers),
            Verb::Stop { all } => {
                if *all && self.interrupts > 0 {
                    self.staged.clear();
                }
                return if *all { Flow::LeaveAll } else { Flow::LeaveDialog };
            }
        }
        Flow::On
    }

    fn keep(&mut self, dialog: &Dialog, step: &Step, layers: &[Names]) {
        let today = self.cx.zone.to_datetime(self.cx.now).date();
        let write = match &step.verb {
            Verb::Save(Save::Journal { title, body, fields }) => Write::Journal(JournalEntry {
                dialog: dialog.id.clone(),
                title: UserText::new(self.text(dialog, layers, title)),
                body: UserText::new(self.text(dialog, layers, body).trim()),
                fields: self.values(dialog, layers, fields),
                date: today,
                complete: true,
            }),
            Verb::Save(Save::Profile(fields)) => {
                let facts = self.values(dialog, layers, fields);
                if facts.is_empty() {
                    self.written.append(&mut self.staged);
                    return;
                }
                self.facts.extend(facts.clone());
                Write::Profile(facts)
            }
            Verb::Goal(Goal::Close { outcome }) => match self.value(dialog, layers, outcome) {
                Some(outcome) => Write::GoalClosed { outcome: outcome.as_str().unwrap().to_owned(), date: today },
                None => return,
            },
            Verb::Schedule(Schedule::Drop { dialog }) => Write::PlanDropped { name: dialog.clone() },
            Verb::Save(Save::Measures(fields)) => {
                let number = |value: &Value| if let Value::Num(number) = value { *number } else { panic!() };
                let values = self.values(dialog, layers, fields);
                if values.is_empty() {
                    self.written.append(&mut self.staged);
                    return;
                }
                Write::Measures {
                    values: values.iter().map(|(name, v)| (name.clone(), number(v))).collect(),
                    date: today,
                }
            }
            Verb::Goal(Goal::Open { title, due }) => {
                let due = match due.as_ref().and_then(|due| self.value(dialog, layers, due)) {
                    Some(Value::Date(due)) => Some(due),
                    _ => None,
                };
                Write::Goal { title: UserText::new(self.text(dialog, layers, title)), due, since: today }
            }
            Verb::Schedule(Schedule::Plan { dialog: started, every, at, with, when_busy, expires_s }) => {
                let (every, at) = (self.text(dialog, layers, every), self.text(dialog, layers, at));
                Write::Plan(Plan {
                    dialog: started.clone(),
                    with: self.values(dialog, layers, with),
                    recurrence: schedule::recurrence(&every, &at, today).unwrap(),
                    when_busy: *when_busy,
                    expires_s: *expires_s,
                })
            }
            other => panic!("not in these dialogs: {other:?}"),
        };
        self.staged.push(write);
        if matches!(step.verb, Verb::Save(_)) {
            self.written.append(&mut self.staged);
        }
    }

    fn scoped<T>(&self, dialog: &Dialog, layers: &[Names], then: impl FnOnce(&Scope<'_>) -> T) -> T {
        // The newest first: the scope takes the first it finds.
        let bound: Vec<(&str, Option<Value>)> =
            layers.iter().flatten().rev().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let cx = Context { facts: &self.facts, ..self.cx.clone() };
        then(&Scope { dialog: Some(dialog), ..Scope::of_names(&bound, Language::default(), &cx) })
    }

    fn value(&self, dialog: &Dialog, layers: &[Names], expr: &Expr) -> Option<Value> {
        self.scoped(dialog, layers, |scope| eval(expr, scope))
    }

    fn values(&self, dialog: &Dialog, layers: &[Names], named: &[(String, Expr)]) -> Values {
        named.iter().filter_map(|(name, expr)| Some((name.clone(), self.value(dialog, layers, expr)?))).collect()
    }

    fn text(&self, dialog: &Dialog, layers: &[Names], text: &Text) -> String {
        self.scoped(dialog, layers, |scope| render::text(text, scope).plain())
    }

    fn one_of(&self, dialog: &Dialog, layers: &[Names], texts: &[Text], vary: Option<&Expr>, path: &str) -> String {
        let pick = render::hash(self.seed, path);
        self.scoped(dialog, layers, |scope| {
            render::text(render::chosen(texts, vary, pick, scope).unwrap(), scope).plain()
        })
    }
}

/// An answer to the open question, drawn from `dice`; none skips it.
fn answer(question: &Question, optional: bool, dice: u64) -> Option<Value> {
    if optional && dice.is_multiple_of(3) {
        return None;
    }
    let pick = |count: usize| usize::try_from(dice / 3).unwrap_or(0) % count.max(1);
    Some(match question {
        Question::Choice(options) => Value::Key(options[pick(options.len())].key.clone()),
        Question::Many { options, min, max, .. } => {
            let chosen: Vec<Value> = (0..options.len())
                .filter(|bit| (dice >> bit) & 1 == 1)
                .map(|index| Value::Key(options[index].key.clone()))
                .take(*max)
                .collect();
            if chosen.len() < *min {
                Value::List(vec![Value::Key(options[0].key.clone())])
            } else {
                Value::List(chosen)
            }
        }
        Question::Scale { min, max, .. } => Value::Num(f64::from(min + (pick((max - min + 1) as usize) as i32))),
        Question::Number { .. } => Value::Num(pick(5) as f64),
        Question::Text { min, .. } if *min > 2 => Value::text(["words of mine", "open it"][pick(2)]),
        Question::Text { .. } => Value::text(["no", "words of mine", "*later*"][pick(3)]),
        Question::List { min, max, .. } => {
            let count = min + pick(max - min + 1);
            Value::List((0..count).map(|nth| Value::text(format!("thing {nth}"))).collect())
        }
        Question::Date => Value::Date(date(2026, 3, 6 + i8::try_from(pick(20)).unwrap_or(0))),
        Question::Time => Value::Time(time(i8::try_from(pick(24)).unwrap_or(0), 30, 0, 0)),
    })
}

/// Gives an answer turn by turn, as a person would. What was said after it.
fn give(talk: &mut Talk<'_>, question: &Question, value: &Option<Value>) {
    match (question, value) {
        (_, None) => {
            talk.command(Command::Skip);
        }
        (Question::Many { options, done, .. }, Some(Value::List(keys))) => {
            for key in keys {
                let label = options.iter().find(|option| Value::Key(option.key.clone()) == *key).unwrap().label.clone();
                talk.tap(&label);
            }
            talk.tap(done);
        }
        (Question::List { done, .. }, Some(Value::List(items))) => {
            for item in items {
                talk.text(item.as_str().unwrap());
            }
            talk.tap(done);
        }
        (_, Some(Value::Date(date))) => {
            talk.text(&date.to_string());
        }
        (_, Some(Value::Time(time))) => {
            talk.text(&time.to_string()[..5]);
        }
        (_, Some(Value::Num(number))) => {
            talk.text(&number.to_string());
        }
        (_, Some(value)) => {
            talk.text(value.as_str().unwrap());
        }
    }
}

fn compare(lib: &Library, id: &str, dice: &[u64]) -> Result<(), TestCaseError> {
    let mut talk = Talk::start(lib, id);
    let mut said = texts(&talk.last);
    let mut answers = VecDeque::new();
    let mut dice = dice.iter().cycle();
    while talk.session.status == Status::Waiting {
        match &talk.session.wait {
            Some(Wait::Pace { .. }) => {
                talk.due();
            }
            _ => {
                let frame = talk.session.stack.last().unwrap();
                let (_, step) = lib.dialog(&frame.dialog).unwrap().find(&frame.at).unwrap();
                let Verb::Ask(ask) = &step.verb else { panic!() };
                let value = answer(&ask.kind, ask.optional, *dice.next().unwrap());
                answers.push_back(value.clone());
                give(&mut talk, &ask.kind, &value);
            }
        }
        prop_assert!(matches!(talk.verdict, Verdict::Advanced | Verdict::Ended), "{:?} {}", talk.verdict, talk.said());
        said.extend(texts(&talk.last));
    }
    let written: Vec<Write> = writes(&talk.all).into_iter().map(|(_, write)| write).collect();
    // The clock has moved by the beats; the day has not.
    let (world, count) = (talk.world.clone(), answers.len());
    let mut naive = Naive {
        lib,
        cx: world.cx(),
        facts: world.facts.clone(),
        seed: talk.session.seed,
        answers,
        said: Vec::new(),
        staged: Vec::new(),
        written: Vec::new(),
        interrupts: 0,
    };
    let _ = naive.dialog(id, &Values::new(), "");
    naive.written.append(&mut naive.staged);
    prop_assert!(naive.answers.is_empty(), "{} of {count} answers left", naive.answers.len());
    prop_assert_eq!(said, naive.said);
    prop_assert_eq!(written, naive.written);
    // Both agree with the bounds that the checker proved.
    let bounds = lib.dialog(id).unwrap().bounds;
    prop_assert!(bounds.longest == 0 || u32::try_from(count).unwrap() <= bounds.longest);
    Ok(())
}

/// Ways through each shipped dialog; `MENDWELL_ORACLE` says how many.
const WAYS: u64 = 50;
/// Of a hundred ways, so many come to an end at least.
const AGREED_PERCENT_MIN: u64 = 97;
/// Questions after which a way is given up.
const ANSWERS_MAX: usize = 80;

/// Answers to one question that may be refused before a way is given up.
const REFUSED_MAX: usize = 2;

/// One way through a shipped dialog. False when it was given up: answers were refused again and again, a safety gate
/// stands there, or another language is chosen.
fn agrees(lib: &Library, id: &str, way: u64) -> bool {
    let args = arguments(&lib.dialogs[id], way);
    let mut talk = Talk::start_with(lib, id, &args, Cause::Person);
    let mut refused = 0;
    let (mut said, mut answers) = (texts(&talk.last), VecDeque::new());
    while talk.session.status == Status::Waiting {
        match &talk.session.wait {
            Some(Wait::Pace { .. }) => _ = talk.due(),
            Some(Wait::Ask { .. }) => {
                let frame = talk.session.stack.last().unwrap();
                let (_, step) = lib.dialog(&frame.dialog).unwrap().find(&frame.at).unwrap();
                let Verb::Ask(ask) = &step.verb else { panic!("{id}: waits where nothing is asked") };
                let dice = render::hash(way, &format!("{id} {} {refused}", answers.len()));
                let value = answer(&ask.kind, ask.optional, dice);
                match (&ask.kind, &value) {
                    (Question::Choice(options), Some(key)) => {
                        let option = options.iter().find(|option| Value::Key(option.key.clone()) == *key).unwrap();
                        talk.text(&option.label);
                    }
                    (Question::Many { .. } | Question::List { .. }, Some(Value::List(items))) if items.is_empty() => {
                        return false;
                    }
                    _ => give(&mut talk, &ask.kind, &value),
                }
                // What is refused is as good as never said: the naive interpreter hears nothing of it.
                if talk.verdict == Verdict::Reprompted && refused < REFUSED_MAX {
                    refused += 1;
                    continue;
                }
                refused = 0;
                answers.push_back(value);
            }
            Some(Wait::Gate { .. }) | None => return false,
        }
        if !matches!(talk.verdict, Verdict::Advanced | Verdict::Ended) || answers.len() > ANSWERS_MAX {
            return false;
        }
        said.extend(texts(&talk.last));
        // As the service does: what was kept is known from the next turn on.
        for (_, write) in writes(&talk.last) {
            if let Write::Profile(facts) = write {
                // The naive interpreter speaks English only.
                if facts.get(LANGUAGE_FACT).is_some_and(|code| code.as_str() != Some("en")) {
                    return false;
                }
                talk.world.facts.extend(facts);
            }
        }
    }
    let written: Vec<Write> = writes(&talk.all).into_iter().map(|(_, write)| write).collect();
    let world = talk.world.clone();
    let facts = World::new().facts;
    let (staged, now_written) = (Vec::new(), Vec::new());
    let mut naive = Naive {
        lib,
        cx: world.cx(),
        facts,
        seed: talk.session.seed,
        answers,
        said: Vec::new(),
        staged,
        written: now_written,
        interrupts: 0,
    };
    let _ = naive.dialog(id, &args, "");
    naive.written.append(&mut naive.staged);
    assert!(naive.answers.is_empty(), "{id}, way {way}: answers left");
    assert_eq!(said, naive.said, "{id}, way {way}");
    assert_eq!(written, naive.written, "{id}, way {way}");
    true
}

/// Every shipped dialog, those that need arguments with some of their kind.
#[test]
fn i13_the_shipped_dialogs_do_what_a_naive_interpreter_does() {
    let lib = crate::support::shipped_library();
    let ways = std::env::var("MENDWELL_ORACLE").map_or(WAYS, |ways| ways.parse().unwrap());
    let (mut agreed, mut tried) = (0, 0);
    for id in lib.dialogs.keys() {
        let mut mine = 0;
        for way in 0..ways {
            tried += 1;
            mine += u64::from(agrees(&lib, id, way));
        }
        // One that asks for the language ends in another one half of the time.
        assert!(mine * 5 >= ways, "{id}: only {mine} of {ways} ways came to an end");
        agreed += mine;
    }
    assert!(agreed * 100 > tried * AGREED_PERCENT_MIN, "only {agreed} of {tried} ways came to an end");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// I13, I14, I18 and the order of everything, on a dialog with every verb and one with nested control flow.
    #[test]
    fn i13_the_engine_does_what_a_naive_interpreter_does(dice in prop::collection::vec(any::<u64>(), 1..40)) {
        compare(&RICH_LIBRARY, "rich", &dice)?;
        compare(&TANGLE_LIBRARY, "tangle", &dice)?;
    }
}

/// The shipped scope helper agrees with the conditions used here.
#[test]
fn unset_is_not_true() {
    let world = World::new();
    let cx = world.cx();
    let scope = Scope::of_names(&[], Language::default(), &cx);
    let name = Expr { node: mendwell::dialog::model::Node::Name("nothing".to_owned()), span: 0..0 };
    assert!(!is_true(&name, &scope));
}
