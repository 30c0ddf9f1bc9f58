//! What a dialog keeps can be read at once; what an interruption keeps is its own; a nickname leads to nobody.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use mendwell::dialog::effect::{Context, Effect, Input, Step, Verdict};
use mendwell::dialog::load::{SYSTEM_PATH, SourceFile};
use mendwell::dialog::model::Library;
use mendwell::dialog::session::{Cause, Session};
use mendwell::dialog::step::{start, step};
use mendwell::domain::command::Command;
use mendwell::domain::ids::SessionId;
use mendwell::domain::language::Language;
use mendwell::domain::recurrence::QuietHours;
use mendwell::domain::text::UserText;
use mendwell::domain::value::Values;
use mendwell::domain::write::Write;

const OUTER: &str = r#"
format = 1
id     = "outer"
title  = "Outer"
lang   = "en"
[facts]
country = { or = "nowhere" }
[[step]]
id      = "first"
ask     = "choice"
text    = "First?"
options = [{ key = "a", label = "A" }]
[[step]]
id   = "aim"
goal = "an aim"
[[step]]
id       = "help"
escalate = "inner"
[[step]]
id  = "seen"
say = "In {country}."
[[step]]
id    = "name"
ask   = "text"
text  = "What do you call them?"
check = [{ fail = "has_contact(it)", say = "A nickname only." }]
"#;

const INNER: &str = r#"
format = 1
id     = "inner"
title  = "Inner"
lang   = "en"
role   = "safety"
[[step]]
id      = "where"
ask     = "choice"
text    = "Where?"
options = [{ key = "es", label = "There" }]
[[step]]
id     = "kept"
save   = "profile"
fields = { country = "where" }
[[step]]
id      = "well"
ask     = "choice"
text    = "Well?"
options = [{ key = "y", label = "Yes" }]
"#;

fn library(outer: &str, inner: &str) -> Library {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned().into() };
    let system = include_str!("../../dialogs/system/en.toml");
    let (library, found) =
        Library::load([file("outer.toml", outer), file("inner.toml", inner), file(SYSTEM_PATH, system)]);
    library.unwrap_or_else(|| panic!("{found:#?}"))
}

fn with<T>(run: impl FnOnce(&Context<'_>) -> T) -> T {
    let (now, quiet) = (Timestamp::UNIX_EPOCH, QuietHours { from: Time::midnight(), to: Time::midnight() });
    run(&Context { now, zone: &TimeZone::UTC, facts: &Values::new(), quiet, language: Language::default() })
}

fn say(library: &Library, session: Session, words: &str) -> Step {
    with(|cx| step(library, session, &Input::Text(&UserText::new(words)), cx))
}

fn writes(turn: &Step) -> Vec<&'static str> {
    let name = |effect: &Effect| match effect {
        Effect::Write(_, Write::Profile(_)) => Some("profile"),
        Effect::Write(_, Write::Goal { .. }) => Some("goal"),
        Effect::Write(..) => Some("other"),
        _ => None,
    };
    turn.effects.iter().filter_map(name).collect()
}

fn said(turn: &Step) -> Vec<String> {
    let text = |effect: &Effect| match effect {
        Effect::Show { view, .. } => Some(view.body.plain()),
        _ => None,
    };
    turn.effects.iter().filter_map(text).collect()
}

#[test]
fn an_interruption_keeps_its_own_and_leaves_the_rest_and_the_way_back() {
    let library = library(OUTER, INNER);
    let begun = with(|cx| start(&library, SessionId(1), 1, "outer", &Values::new(), Cause::Person, cx)).unwrap();
    let at_inner = say(&library, begun.session, "a");
    assert_eq!(writes(&at_inner), [""; 0], "the goal is only staged");
    let kept = say(&library, at_inner.session, "there");
    assert_eq!(writes(&kept), ["profile"], "the interruption keeps its own");
    // Inside, Back stays behind what was kept.
    let stays = with(|cx| step(&library, kept.session.clone(), &Input::Command(Command::Back), cx));
    assert_eq!(stays.verdict, Verdict::Shown);
    let outside = say(&library, kept.session, "yes");
    assert_eq!(writes(&outside), [""; 0]);
    // What was interrupted keeps its own way back; without the save it would be the same.
    let marks: Vec<&str> =
        outside.session.history.iter().map(|mark| mark.stack.last().map_or("", |frame| frame.at.as_str())).collect();
    assert_eq!(marks, ["first", "well"]);
    let ended = say(&library, outside.session, "K.");
    assert_eq!(writes(&ended), ["goal"]);
}

#[test]
fn a_nickname_with_a_number_a_handle_or_a_link_is_not_taken() {
    let library = library(OUTER, INNER);
    let mut session =
        with(|cx| start(&library, SessionId(1), 1, "outer", &Values::new(), Cause::Person, cx)).unwrap().session;
    for words in ["a", "there", "yes"] {
        session = say(&library, session, words).session;
    }
    for refused in ["@sam", "0170 123456", "t.me/sam", "sam@mail.org"] {
        let turn = say(&library, session.clone(), refused);
        assert_eq!(turn.verdict, Verdict::Reprompted, "{refused}");
        assert!(said(&turn).concat().contains("A nickname only."), "{:?}", said(&turn));
        assert!(!format!("{:?}", turn.session.encode()).contains(refused));
    }
    assert_eq!(say(&library, session, "the tall one").verdict, Verdict::Ended);
}

#[test]
fn what_was_just_kept_is_read_in_the_same_turn() {
    let caller = OUTER.replace("escalate = \"inner\"", "call = \"inner\"");
    let inner = INNER.split("[[step]]\nid      = \"well\"").next().unwrap();
    let library = library(&caller, inner);
    let begun = with(|cx| start(&library, SessionId(1), 1, "outer", &Values::new(), Cause::Person, cx)).unwrap();
    let at_inner = say(&library, begun.session, "a");
    let out = say(&library, at_inner.session, "there");
    assert!(said(&out).contains(&"In es.".to_owned()), "{:?}", said(&out));
}
