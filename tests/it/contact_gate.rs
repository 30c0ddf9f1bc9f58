//! The contact gate: every way through its questions is a row of docs/contact-gate.md, played with the production `step`
//! and judged by a second opinion that knows only the rules. `MENDWELL_UPDATE=1 cargo test contact_gate` writes the table.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::{Time, date};
use jiff::tz::TimeZone;
use mendwell::dialog::effect::{Context, Effect, Input, Step};
use mendwell::dialog::model::{Library, Question, Verb};
use mendwell::dialog::session::{Cause, Session, Status};
use mendwell::dialog::step::{start, step, tag};
use mendwell::domain::ids::SessionId;
use mendwell::domain::language::Language;
use mendwell::domain::message::Tap;
use mendwell::domain::recurrence::QuietHours;
use mendwell::domain::value::{Value, Values};
use mendwell::domain::write::Write;

use crate::explore::shipped;

const DOC: &str = "docs/contact-gate.md";
const BEGIN: &str = "<!-- table -->\n";
/// Questions in the order in which they are asked.
const ASKED: [&str; 15] = [
    "still",
    "still_sure",
    "order",
    "order_sure",
    "fear",
    "fear_sure",
    "violence",
    "violence_sure",
    "told",
    "told_sure",
    "agreed",
    "unanswered",
    "partner",
    "recent",
    "live_with_no",
];

#[derive(Clone, Default)]
struct Row {
    lock_before: Option<&'static str>,
    /// Since how many days.
    locked_for: i8,
    rests: bool,
    repair: bool,
    answers: Vec<(String, String)>,
    kept: Values,
}

impl Row {
    fn answer(&self, question: &str) -> &str {
        self.answers.iter().find(|(asked, _)| asked == question).map_or("–", |(_, answer)| answer)
    }

    fn kept(&self, name: &str) -> &str {
        self.kept.get(name).and_then(Value::as_str).unwrap_or("–")
    }

    fn facts(&self) -> Values {
        let mut facts = Values::new();
        if let Some(lock) = self.lock_before {
            facts.insert("contact_lock".to_owned(), Value::Key(lock.to_owned()));
            facts.insert("contact_on".to_owned(), Value::Date(date(2026, 11, 25 - self.locked_for)));
        }
        if self.rests {
            facts.insert("contact_rest".to_owned(), Value::Date(date(2026, 11, 26)));
        }
        if self.repair {
            facts.insert("goal".to_owned(), Value::Key("repair".to_owned()));
        }
        facts
    }

    fn line(&self) -> String {
        let before = match self.lock_before {
            Some(lock) => format!("{lock}, {} days", self.locked_for),
            None if self.rests => "rests".to_owned(),
            None => "–".to_owned(),
        };
        let goal = if self.repair { "repair" } else { "other" };
        let mut line = format!("| {before} | {goal} |");
        for question in ASKED.iter().filter(|question| !question.ends_with("_sure")) {
            let sure = self.answer(&format!("{question}_sure"));
            let wrong = match (*question, sure) {
                ("still", "no") => ", left shut",
                (_, "no") => ", wrong tap",
                _ => "",
            };
            let _ = write!(line, " {}{wrong} |", self.answer(question));
        }
        let lock = self.kept("contact_lock");
        let _ = writeln!(line, " **{}** | {lock} |", self.kept("contact_outcome").to_uppercase());
        line
    }

    /// The rules, without any dialog: outcome and lock.
    fn judged(&self) -> (&str, &str) {
        if self.lock_before.is_some() {
            let is_lifted = self.answer("still") == "no" && self.answer("still_sure") == "yes";
            return if is_lifted { ("wait", "none") } else { ("stop", "–") };
        }
        if self.rests {
            return ("wait", "–");
        }
        for reason in ["order", "fear", "violence", "told"] {
            if !matches!(self.answer(reason), "no" | "–") {
                return if self.answer(&format!("{reason}_sure")) == "yes" {
                    ("stop", reason)
                } else {
                    ("wait", "–")
                };
            }
        }
        if self.repair && self.answer("agreed") == "yes" {
            return ("together", "–");
        }
        let waits = ["unanswered", "partner", "recent"].iter().any(|question| self.answer(question) == "yes");
        if waits || self.answer("live_with_no") != "yes" { ("wait", "–") } else { ("prepare", "–") }
    }
}

struct Walk<'a> {
    library: &'a Library,
    rows: Vec<Row>,
}

impl Walk<'_> {
    fn go(&mut self, row: Row) {
        let facts = row.facts();
        let began = with(&facts, |cx| {
            start(self.library, SessionId(1), 1, "contact-gate", &Values::new(), Cause::Person, cx).unwrap()
        });
        self.on(row, &facts, began);
    }

    fn on(&mut self, mut row: Row, facts: &Values, turn: Step) {
        for effect in &turn.effects {
            if let Effect::Write(_, Write::Profile(kept)) = effect {
                row.kept.extend(kept.clone());
            }
        }
        if let Status::Ended(_) = turn.session.status {
            return self.rows.push(row);
        }
        let (id, keys) = self.open(&turn.session);
        for key in keys {
            let mut row = row.clone();
            row.answers.push((id.clone(), key.clone()));
            let tap = Tap { session: SessionId(1), turn: turn.session.turn, option: tag(&id, &key) };
            let next = with(facts, |cx| step(self.library, turn.session.clone(), &Input::Tap(tap), cx));
            self.on(row, facts, next);
        }
    }

    fn open(&self, session: &Session) -> (String, Vec<String>) {
        let frame = session.stack.last().unwrap();
        let dialog = self.library.dialog(&frame.dialog).unwrap();
        let (_, asked) = dialog.find(&frame.at).unwrap();
        let Verb::Ask(ask) = &asked.verb else { panic!("{} asks nothing", frame.at) };
        let Question::Choice(options) = &ask.kind else { panic!("{} is no choice", frame.at) };
        (frame.at.clone(), options.iter().map(|option| option.key.clone()).collect())
    }
}

fn with<T>(facts: &Values, run: impl FnOnce(&Context<'_>) -> T) -> T {
    let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
    let quiet = QuietHours { from: Time::midnight(), to: Time::midnight() };
    run(&Context { now, zone: &TimeZone::UTC, facts, quiet, language: Language::default() })
}

fn rows() -> Vec<Row> {
    let library = shipped();
    let mut walk = Walk { library: &library, rows: Vec::new() };
    for locked_for in [13, 14] {
        for lock in ["order", "fear", "violence", "told", "harm", "threat", "pursuit"] {
            walk.go(Row { lock_before: Some(lock), locked_for, ..Row::default() });
        }
    }
    walk.go(Row { rests: true, ..Row::default() });
    for repair in [false, true] {
        walk.go(Row { repair, ..Row::default() });
    }
    walk.rows
}

#[test]
fn every_row_of_the_gate_decides_as_the_rules_say() {
    let rows = rows();
    assert!(rows.len() > 30, "{}", rows.len());
    for row in &rows {
        let (outcome, lock) = row.judged();
        assert_eq!((row.kept("contact_outcome"), row.kept("contact_lock")), (outcome, lock), "{}", row.line());
        for (question, _) in &row.answers {
            assert!(ASKED.contains(&question.as_str()), "{question} is not in the table");
        }
        // Chapter four needs both, whatever else is answered.
        let is_open = row.kept.get("both_agreed") == Some(&Value::Bool(true));
        assert_eq!(is_open, row.repair && row.answer("agreed") == "yes", "{}", row.line());
        assert!(!is_open || outcome == "together", "{}", row.line());
    }
    for outcome in ["stop", "wait", "prepare", "together"] {
        assert!(rows.iter().any(|row| row.kept("contact_outcome") == outcome), "{outcome}");
    }
}

/// For two weeks a lock has no way out: there is no question behind it, nothing that is kept opens it, and trying does
/// not put the two weeks off. The locks of the safety dialogs have none at all.
#[test]
fn a_lock_asks_nothing_and_stays() {
    let is_shut = |row: &&Row| row.locked_for < 14 || matches!(row.lock_before, Some("harm" | "threat" | "pursuit"));
    for row in rows().iter().filter(|row| row.lock_before.is_some()).filter(is_shut) {
        assert!(row.answers.is_empty(), "{}", row.line());
        assert_eq!(row.kept.keys().collect::<Vec<_>>(), ["contact_outcome"], "{}", row.line());
    }
}

/// A lock that was wrong goes after two weeks, by two answers; and even then the gate rests before it asks anew.
#[test]
fn a_lock_that_is_taken_back_opens_nothing_that_day() {
    let rows = rows();
    let lifted: Vec<&Row> = rows.iter().filter(|row| row.kept("contact_lock") == "none").collect();
    assert_eq!(
        lifted.iter().filter_map(|row| row.lock_before).collect::<Vec<_>>(),
        ["order", "fear", "violence", "told"]
    );
    for row in lifted {
        assert_eq!((row.answer("still"), row.answer("still_sure")), ("no", "yes"));
        assert_eq!(row.kept.get("contact_rest"), Some(&Value::Date(date(2026, 11, 28))), "{}", row.line());
    }
    let kept_shut = rows.iter().filter(|row| row.locked_for == 14 && row.answer("still_sure") != "yes");
    for row in kept_shut.filter(|row| !row.answers.is_empty()) {
        assert_eq!(row.kept.get("contact_on"), Some(&Value::Date(date(2026, 11, 25))), "asked again in two weeks");
    }
}

#[test]
fn the_table_in_the_docs_is_what_the_gate_does() {
    let table: String = rows().iter().map(Row::line).collect();
    let text = std::fs::read_to_string(DOC).unwrap();
    let (head, rest) = text.split_once(BEGIN).unwrap();
    let titles: String = rest.lines().take(2).map(|line| format!("{line}\n")).collect();
    let played = format!("{head}{BEGIN}{titles}{table}");
    if std::env::var_os("MENDWELL_UPDATE").is_some() {
        std::fs::write(DOC, &played).unwrap();
        return;
    }
    assert_eq!(text, played, "MENDWELL_UPDATE=1 cargo test contact_gate, after reading");
}
