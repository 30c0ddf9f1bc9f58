//! The engine's invariants (engine.md D), each shown in a conversation. Properties over random conversations are in
//! `engine_props`, the comparison with a naive interpreter in `engine_oracle`.

use jiff::SignedDuration;
use mendwell::dialog::effect::{Effect, Input, Verdict};
use mendwell::dialog::session::{Cause, How, ParkedBy, Session, Status, Wait};
use mendwell::domain::command::Command;
use mendwell::domain::ids::SessionId;
use mendwell::domain::message::{ChoiceRole, Piece, Tap};
use mendwell::domain::value::Value;
use mendwell::domain::write::Write;

use crate::engine_support::*;

fn tries(session: &Session) -> u8 {
    match &session.wait {
        Some(Wait::Ask { tries, .. }) => *tries,
        other => panic!("no question: {other:?}"),
    }
}

#[test]
fn a_whole_conversation() {
    let lib = rich();
    let mut talk = Talk::start(&lib, "rich");
    assert!(talk.said().contains("Sam"), "{}", talk.said());
    assert_eq!(talk.labels().first().map(String::as_str), Some("0 · calm"));
    talk.text("about 8");
    assert!(talk.said().contains("breathing"));
    talk.text("carry on then");
    assert_eq!(talk.verdict, Verdict::Reprompted);
    talk.text("no");
    talk.text("the tax letter");
    assert_eq!(talk.verdict, Verdict::Appended);
    assert!(talk.said().contains("• the tax letter"), "{}", talk.said());
    talk.text("that is all");
    assert_eq!(talk.said(), "the tax letter: can you act?");
    talk.text("1");
    talk.text("The Tax Letter");
    assert_eq!(talk.said(), "That is the worry itself.");
    talk.text("open it");
    talk.text("yesterday");
    assert_eq!(talk.said(), "That day has passed.");
    talk.text("tomorrow");
    talk.text("sad and relieved");
    talk.text("skip");
    talk.text("22:30");
    talk.text("2");
    talk.text("4");
    assert!(talk.said().contains("From 8 to 4."), "{}", talk.said());
    let saved = writes(&talk.last);
    assert_eq!(saved.len(), 3, "{saved:#?}");
    assert!(matches!(&saved[0].1, Write::Goal { title, due: Some(_), .. } if title.expose() == "open it"));
    let Write::Journal(entry) = &saved[1].1 else { panic!("{saved:?}") };
    assert_eq!(
        entry.body.expose(),
        "Tension 8 to 4, Sad, Relieved, 1 worry\nthe tax letter: Yes, open it",
        "labels, plurals and snippets"
    );
    assert_eq!(entry.fields.get("total"), Some(&Value::Num(9.0)));
    talk.tap("Yes, please");
    assert!(matches!(&writes(&talk.last)[0].1, Write::Plan(plan) if plan.dialog == "breathe"));
    assert_eq!(talk.session.status, Status::Ended(How::Finished));
    assert!(talk.said().contains("Sleep well, Sam."));
}

#[test]
fn i05_a_press_of_another_turn_changes_nothing_but_a_note() {
    let lib = rich();
    let mut talk = Talk::start(&lib, "rich");
    let old = talk.button("3");
    talk.tap("5");
    let before = talk.session.clone();
    assert_eq!(talk.input(&Input::Tap(old)), Verdict::Stale);
    assert_eq!(talk.session, before);
    assert!(matches!(talk.last.as_slice(), [Effect::Note(note)] if note.plain().contains("/back")));
    let foreign = Tap { session: SessionId(1), ..old };
    assert_eq!(talk.input(&Input::Tap(foreign)), Verdict::Stale);
    let later = talk.world.now.checked_add(SignedDuration::from_hours(9)).unwrap();
    assert_eq!(talk.input(&Input::Due { turn: before.turn - 1, due: later }), Verdict::Stale);
    assert_eq!(talk.session, before);
    assert!(talk.last.is_empty());
}

#[test]
fn i06_a_press_twice_is_a_press_once() {
    let lib = rich();
    let mut talk = at_first_worry(&lib);
    for answer in ["2", "/skip", "2", "/skip"] {
        if answer == "/skip" {
            talk.command(Command::Skip)
        } else {
            talk.text(answer)
        };
    }
    let sad = talk.button("Sad");
    talk.input(&Input::Tap(sad));
    let once = talk.session.clone();
    assert_eq!(talk.verdict, Verdict::Appended);
    talk.wait(SignedDuration::from_secs(3));
    talk.input(&Input::Tap(sad));
    assert_eq!(talk.session, once);
    talk.tap("Angry");
    talk.input(&Input::Tap(talk.button("Relieved")));
    assert_eq!(talk.verdict, Verdict::Ignored, "two are the most");
    talk.tap("Sad");
    let Some(Wait::Ask { draft, .. }) = &talk.session.wait else { panic!() };
    assert_eq!(draft.keys, ["angry"], "the redrawn button clears the tick");
    talk.tap("Done");
    assert_eq!(talk.verdict, Verdict::Advanced);
}

#[test]
fn i08_unclear_answers_store_nothing_and_end_in_a_pause() {
    let lib = rich();
    let mut talk = at_first_worry(&lib);
    let (stack, log) = (talk.session.stack.clone(), talk.session.log.clone());
    for nth in 1..=3 {
        let turn = talk.session.turn;
        assert_eq!(talk.text("hm, who knows"), Verdict::Reprompted);
        assert_eq!((tries(&talk.session), talk.session.turn), (nth, turn + 1));
        assert_eq!(talk.labels().len(), 3, "the choices are there again");
    }
    assert_eq!(talk.text("\0\u{1b}"), Verdict::Parked);
    assert!(talk.said().contains("/resume"));
    assert_eq!((&talk.session.stack, &talk.session.log), (&stack, &log));
    assert!(matches!(talk.session.status, Status::Parked { by: ParkedBy::GaveUp, .. }));
    assert_eq!(talk.text("not really"), Verdict::Advanced, "a clear answer still counts");
}

/// Nobody in danger is left for answering unclearly: they are told whom to reach, and asked again.
#[test]
fn i08_a_safety_dialog_says_whom_to_reach_and_goes_on_asking() {
    let lib = rich();
    let mut talk = Talk::start(&lib, "safety");
    talk.world.facts.insert("crisis_card".to_owned(), Value::text("Call them."));
    for nth in 1..=9 {
        assert_eq!(talk.text("hm, who knows"), Verdict::Reprompted, "{nth}");
        assert_eq!(talk.said().contains("Call them."), nth % 4 == 0, "{nth}");
        assert!(matches!(talk.session.status, Status::Waiting));
    }
    assert_eq!(talk.text("help"), Verdict::Shown);
    assert!(talk.said().contains("Call them."));
}

#[test]
fn i09_stop_ends_at_once_and_drops_what_was_staged() {
    let lib = rich();
    let mut talk = at_first_worry(&lib);
    for answer in ["yes", "open it", "today"] {
        talk.text(answer);
    }
    assert_eq!(talk.session.staged.len(), 1);
    assert_eq!(talk.command(Command::Stop), Verdict::Ended);
    assert_eq!(talk.session.status, Status::Ended(How::Stopped));
    assert!(writes(&talk.all).is_empty());
    assert!(talk.session.log.is_empty(), "nothing personal stays");
    assert_eq!(texts(&talk.last).len(), 1, "one line");
}

#[test]
fn i10_pause_then_resume_is_the_same_question() {
    let lib = rich();
    let mut talk = Talk::start(&lib, "rich");
    talk.tap("5");
    talk.text("the tax letter");
    talk.text("x".repeat(101).as_str());
    let before = talk.session.clone();
    assert_eq!(talk.command(Command::Pause), Verdict::Parked);
    assert!(talk.said().contains("/resume"));
    talk.wait(SignedDuration::from_hours(20));
    assert_eq!(talk.text("hello?"), Verdict::Ignored, "words are the service's while the person paused");
    assert_eq!(talk.command(Command::Resume), Verdict::Resumed);
    assert_eq!(talk.labels(), ["Go on", "Start over", "Let it go"]);
    assert_eq!(talk.text("go on"), Verdict::Resumed);
    let (Some(Wait::Ask { tries, draft, .. }), Some(Wait::Ask { tries: tries_before, draft: draft_before, .. })) =
        (&talk.session.wait, &before.wait)
    else {
        panic!()
    };
    assert_eq!((tries, draft, &talk.session.stack), (tries_before, draft_before, &before.stack));
    assert!(talk.said().contains("What worries you?") && talk.said().contains("the tax letter"));
    assert!(talk.session.turn > before.turn);
}

#[test]
fn i10_the_gate_also_starts_over_and_lets_go() {
    let lib = rich();
    let gate = || {
        let mut talk = at_first_worry(&lib);
        talk.command(Command::Pause);
        talk.wait(SignedDuration::from_hours(1));
        talk.command(Command::Resume);
        talk
    };
    let mut talk = gate();
    talk.tap("Start over");
    assert!(talk.said().contains("How tense are you?"));
    assert!(talk.session.log.is_empty() && talk.session.history.is_empty());
    let mut talk = gate();
    assert_eq!(talk.text("let it go"), Verdict::Ended);
    let mut talk = gate();
    assert_eq!(talk.text("purple"), Verdict::Reprompted);
    assert_eq!(talk.text("stop"), Verdict::Ended);
    let mut talk = at_first_worry(&lib);
    talk.command(Command::Pause);
    talk.wait(SignedDuration::from_mins(5));
    talk.command(Command::Resume);
    assert_eq!(talk.said(), "the tax letter: can you act?", "after a short pause it asks at once");
}

#[test]
fn i11_back_then_the_same_answer() {
    let lib = rich();
    let mut talk = at_first_worry(&lib);
    talk.text("yes");
    talk.text("open it");
    let before = talk.session.clone();
    talk.text("tomorrow");
    let after = talk.session.clone();
    assert_eq!(after.staged.len(), 1);
    assert_eq!(talk.command(Command::Back), Verdict::WentBack);
    assert_eq!(
        (&talk.session.stack, &talk.session.log, &talk.session.staged),
        (&before.stack, &before.log, &before.staged)
    );
    assert!(talk.labels().contains(&"Keep: Fri 6 March".to_owned()), "{:?}", talk.labels());
    talk.tap("Keep: Fri 6 March");
    assert_eq!(modulo_turn(&talk.session), modulo_turn(&after));
}

#[test]
fn i12_no_answer_of_an_undone_path_is_left() {
    let lib = rich();
    let mut talk = at_first_worry(&lib);
    talk.text("yes");
    talk.text("open it");
    talk.command(Command::Back);
    talk.command(Command::Back);
    talk.text("no");
    assert!(talk.session.log.iter().all(|entry| entry.name != "action"));
    assert!(talk.said().contains("friend"));
}

#[test]
fn back_at_the_first_question_and_after_a_save_says_why_not() {
    let lib = rich();
    let mut talk = Talk::start(&lib, "rich");
    let before = talk.session.clone();
    assert_eq!(talk.command(Command::Back), Verdict::Shown);
    assert_eq!(talk.session, before);
    assert!(talk.said().contains("first question"));
    let lib = small(
        "[[step]]\nid = \"a\"\nask = \"text\"\ntext = \"A?\"\n[[step]]\nid = \"keep\"\nsave = \"journal\"\n\
         title = \"T\"\nbody = \"{a}\"\n[[step]]\nid = \"b\"\nask = \"text\"\ntext = \"B?\"",
    );
    let mut talk = Talk::start(&lib, "small");
    talk.text("stop");
    assert_eq!(talk.verdict, Verdict::Advanced, "a bare word is an answer where words are asked for");
    talk.command(Command::Back);
    assert!(talk.said().contains("saved"), "{}", talk.said());
}

#[test]
fn i13_each_makes_one_record_per_item_in_order() {
    let lib = rich();
    let mut talk = at_first_worry(&lib);
    for answer in ["no", "let it go", "yes", "call them", "today"] {
        talk.text(answer);
    }
    let outcomes = talk.session.log.iter().find(|entry| entry.name == "outcomes").unwrap();
    let Some(Value::List(records)) = &outcomes.value else { panic!() };
    let worries: Vec<_> = records
        .iter()
        .map(|record| match record {
            Value::Record(fields) => (fields["worry"].as_str().unwrap(), fields["can_act"].as_str().unwrap()),
            _ => panic!(),
        })
        .collect();
    assert_eq!(worries, [("the tax letter", "no"), ("the flat", "yes")]);
    assert_eq!(outcomes.scope, 0);
    assert!(talk.session.log.iter().all(|entry| entry.name != "worry" || entry.scope != 0));
}

#[test]
fn i14_a_skipped_question_leaves_no_hole() {
    let lib = small(
        "[[step]]\nid = \"a\"\nask = \"text\"\noptional = true\ntext = \"A?\"\n\
         [[step]]\nid = \"b\"\nask = \"choice\"\ntext = \"{a ?? 'nothing'}?\"\noptions = [{ key = \"x\", label = \"X\" }]",
    );
    let mut talk = Talk::start(&lib, "small");
    assert_eq!(talk.tap("Skip"), Verdict::Advanced);
    assert_eq!(talk.said(), "nothing?");
    // Typed, the button is still the button; more than its word is an answer.
    for (words, said) in [("skip", "nothing?"), ("Skip that part", "Skip that part?")] {
        let mut other = Talk::start(&lib, "small");
        other.text(words);
        assert_eq!(other.said(), said);
    }
    assert_eq!(talk.command(Command::Skip), Verdict::Shown);
    assert!(talk.said().contains("/why"));
}

#[test]
fn i15_after_support_the_same_place() {
    let lib = rich();
    let mut talk = at_first_worry(&lib);
    for answer in ["no", "/skip", "no", "/skip", "1", "done", "/skip", "23:00", "enough of it"] {
        if answer == "/skip" {
            talk.command(Command::Skip)
        } else {
            talk.text(answer)
        };
    }
    talk.text("10");
    assert!(talk.said().contains("in danger"), "{}", talk.said());
    // I17
    assert_eq!(talk.input(&Input::Park), Verdict::Ignored);
    let inside = talk.session.clone();
    assert_eq!(talk.command(Command::Back), Verdict::Shown);
    assert_eq!(talk.session, inside, "Back does not leave a safety dialog");
    assert_eq!(talk.text("go on where we were"), Verdict::Advanced);
    assert!(talk.said().contains("Shall I ask tomorrow?"));
    assert_eq!(writes(&talk.last).len(), 2);
}

#[test]
fn i17_stop_works_inside_a_safety_dialog_and_ends_all() {
    let lib = rich();
    for stop in [None, Some("Stop for tonight")] {
        let mut talk = at_first_worry(&lib);
        for answer in ["no", "/skip", "no", "/skip", "1", "done", "/skip", "23:00", "enough of it", "9"] {
            if answer == "/skip" {
                talk.command(Command::Skip)
            } else {
                talk.text(answer)
            };
        }
        match stop {
            Some(label) => talk.tap(label),
            None => talk.command(Command::Stop),
        };
        assert_eq!(talk.session.status, Status::Ended(How::Stopped));
        assert!(writes(&talk.all).is_empty());
    }
}

#[test]
fn i20_every_button_comes_back_to_its_turn() {
    let lib = rich();
    let mut talk = at_first_worry(&lib);
    talk.input(&Input::Again);
    for effect in &talk.all {
        let Effect::Show { turn, view } = effect else { continue };
        for choice in &view.choices {
            let tap = Tap::decode(&choice.token).unwrap();
            assert_eq!((tap.session, Some(tap.turn)), (talk.session.id, *turn));
            assert!(choice.token.len() <= 64 && choice.label.chars().count() <= 80);
        }
    }
}

#[test]
fn i22_variety_comes_from_seed_and_path() {
    use mendwell::dialog::step::start;
    let (lib, world) = (rich(), World::new());
    let hello = |seed| {
        let first = start(&lib, SessionId(1), seed, "rich", &Default::default(), Cause::Person, &world.cx());
        texts(&first.unwrap().effects)[0].clone()
    };
    assert_eq!(hello(4), hello(4));
    let all: std::collections::BTreeSet<String> = (0..40).map(hello).collect();
    assert_eq!(all.len(), 3, "every variant is said to somebody");
}

#[test]
fn i25_a_plan_is_local_wall_time() {
    use mendwell::domain::recurrence::{At, Every};
    let lib = small(
        "[[step]]\nid = \"s\"\nschedule = \"small\"\nat = \"tomorrow 18:30\"\nwhen_busy = \"skip\"\nexpires = \"1h\"",
    );
    let mut talk = Talk::start(&lib, "small");
    talk.verdict = Verdict::Ended;
    let Write::Plan(plan) = &writes(&talk.all)[0].1 else { panic!() };
    assert_eq!(plan.recurrence.every, Every::Once(jiff::civil::date(2026, 3, 6)));
    assert_eq!(plan.recurrence.at, At::Wall(jiff::civil::time(18, 30, 0, 0)));
}

#[test]
fn silence_sets_aside_and_an_answer_goes_on_as_if_nothing_were() {
    let lib = rich();
    let mut talk = at_first_worry(&lib);
    assert_eq!(talk.due(), Verdict::Parked);
    assert!(talk.last.is_empty(), "silently");
    talk.wait(SignedDuration::from_hours(30));
    assert_eq!(talk.text("yes"), Verdict::Advanced);
    assert_eq!(talk.session.status, Status::Waiting);
    talk.input(&Input::Park);
    assert!(matches!(talk.session.status, Status::Parked { by: ParkedBy::Other, .. }));
    assert_eq!(talk.text("open it"), Verdict::Ignored);
}

#[test]
fn a_session_set_aside_too_long_is_kept_unfinished() {
    let lib = rich();
    let mut talk = at_first_worry(&lib);
    talk.text("no");
    talk.due();
    assert_eq!(talk.due(), Verdict::Ended);
    assert_eq!(talk.session.status, Status::Ended(How::Expired));
    assert!(texts(&talk.last).is_empty(), "silently");
    let Write::Journal(entry) = &writes(&talk.last)[0].1 else { panic!() };
    assert!(!entry.complete);
    assert_eq!(
        entry.body.expose(),
        "How tense are you?\n5\nWhat worries you?\nthe tax letter, the flat\nthe tax letter: can you act?\nNot really"
    );
}

#[test]
fn a_check_in_can_be_put_off_at_its_first_question_only() {
    let lib = rich();
    let mut talk = Talk::start_as(&lib, "rich", Cause::CheckIn);
    assert!(talk.labels().contains(&"Later".to_owned()));
    let mut typed = Talk::start_as(&lib, "rich", Cause::CheckIn);
    for (talk, verdict) in [(&mut typed, 0), (&mut talk, 1)] {
        if verdict == 0 {
            talk.text("not now")
        } else {
            talk.tap("Later")
        };
        assert_eq!(talk.session.status, Status::Ended(How::PutOff));
        let until = talk.world.now.checked_add(SignedDuration::from_hours(2)).unwrap();
        assert!(talk.last.contains(&Effect::PutOff { until }));
    }
    let mut talk = Talk::start_as(&lib, "rich", Cause::CheckIn);
    talk.tap("5");
    assert!(!talk.labels().contains(&"Later".to_owned()));
    assert_eq!(Talk::start(&lib, "rich").labels().len(), 11);
}

#[test]
fn people_s_words_are_never_markup() {
    let lib = rich();
    let mut talk = at_first_worry(&lib);
    talk.text("no");
    let view = talk.all.iter().rev().filter_map(view_of).nth(1).unwrap();
    assert!(matches!(&view.body.0[0], Piece::Person(words) if words.expose() == "the tax letter"));
    assert!(talk.all.iter().filter_map(view_of).flat_map(|view| &view.choices).all(|c| c.role != ChoiceRole::Enough));
}
