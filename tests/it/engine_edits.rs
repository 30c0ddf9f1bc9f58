//! What edits of dialogs do to people in the middle of one, how sessions are stored, and paced exercises.

use jiff::SignedDuration;
use mendwell::dialog::effect::{Input, Verdict};
use mendwell::dialog::reconcile::{Reconciled, reconcile};
use mendwell::dialog::session::{How, Session, Status, Wait};
use mendwell::dialog::stored::DecodeError;
use mendwell::domain::command::Command;
use mendwell::domain::message::ViewKind;

use crate::engine_support::*;

#[test]
fn i24_beats_come_in_order_and_add_up() {
    let lib = rich();
    let mut talk = Talk::start(&lib, "rich");
    talk.tap("8");
    talk.tap("Yes, let's breathe");
    let (began, turn) = (talk.world.now, talk.session.turn);
    let mut beats = talk.said().lines().map(str::to_owned).collect::<Vec<_>>();
    while matches!(talk.session.wait, Some(Wait::Pace { .. })) {
        assert_eq!(talk.session.turn, turn, "one wait, one turn");
        talk.wait(SignedDuration::from_millis(300));
        talk.due();
        beats.extend(talk.said().lines().map(str::to_owned));
    }
    assert_eq!(beats, ["In", "Hold", "Out", "In", "Hold", "Out", "Good.", "What worries you?"]);
    let took = talk.world.now.duration_since(began).as_millis();
    assert!((38_000..38_400).contains(&took), "small delays do not add up: {took} ms");
}

#[test]
fn i24_enough_at_any_beat_and_a_question_after_a_gap() {
    let lib = rich();
    let breathing = || {
        let mut talk = Talk::start(&lib, "rich");
        talk.tap("8");
        talk.tap("Yes, let's breathe");
        talk
    };
    for beats in 0..5 {
        for way in 0..3 {
            let mut talk = breathing();
            (0..beats).for_each(|_| assert_eq!(talk.due(), Verdict::Advanced));
            assert!(matches!(talk.all.iter().rev().find_map(view_of).unwrap().kind, ViewKind::Beat(_)));
            match way {
                0 => talk.tap("Enough"),
                1 => talk.text("enough"),
                _ => talk.text("stop"),
            };
            assert!(talk.said().contains("What worries you?"));
        }
    }
    let mut talk = breathing();
    assert_eq!(talk.text("nice"), Verdict::Shown);
    talk.wait(SignedDuration::from_secs(4 + 9));
    talk.due();
    assert_eq!(talk.labels(), ["Go on", "Enough"]);
    talk.text("go on");
    assert_eq!(talk.said(), "In", "the beat that was missed comes again");
    let mut talk = breathing();
    talk.wait(SignedDuration::from_secs(3600));
    talk.due();
    talk.tap("Enough");
    assert!(talk.said().contains("What worries you?"));
}

#[test]
fn i30_reconcile_is_the_identity_without_a_change_and_finds_renamed_steps() {
    let lib = rich();
    let talk = at_first_worry(&lib);
    let (same, what) = reconcile(&lib, talk.session.clone(), talk.world.now);
    assert_eq!((same, what), (talk.session.clone(), Reconciled::Same));

    let reworded = RICH.replace("can you act?", "could you do anything?");
    let reworded = library(&[("rich", &reworded), ("breathe", BREATHE), ("safety", SAFETY)]);
    assert_eq!(
        reconcile(&reworded, talk.session.clone(), talk.world.now).1,
        Reconciled::Same,
        "I29: words are no shape"
    );

    let renamed = RICH
        .replace("id      = \"can_act\"", "id      = \"doable\"\nwas     = [\"can_act\"]")
        .replace("can_act", "doable")
        .replace("was     = [\"doable\"]", "was     = [\"can_act\"]");
    let renamed = library(&[("rich", &renamed), ("breathe", BREATHE), ("safety", SAFETY)]);
    let mut talk = Talk { lib: &renamed, ..at_first_worry(&lib) };
    let (moved, what) = reconcile(&renamed, talk.session.clone(), talk.world.now);
    assert_eq!(what, Reconciled::Renamed);
    assert_eq!(reconcile(&renamed, moved.clone(), talk.world.now), (moved, Reconciled::Same), "idempotent");
    assert_eq!(talk.text("no"), Verdict::Advanced);
    assert!(talk.said().contains("friend"));
}

#[test]
fn i30_a_removed_step_leads_back_to_the_last_question_that_is_left() {
    let lib = rich();
    let without = RICH.replace("id      = \"can_act\"", "id      = \"doable\"").replace("can_act", "doable");
    let without = library(&[("rich", &without), ("breathe", BREATHE), ("safety", SAFETY)]);
    let mut talk = Talk { lib: &without, ..at_first_worry(&lib) };
    let turn = talk.session.turn;
    assert_eq!(reconcile(&without, talk.session.clone(), talk.world.now).1, Reconciled::MovedBack);
    talk.input(&Input::Again);
    assert!(talk.said().contains("has changed") && talk.said().contains("What worries you?"), "{}", talk.said());
    assert_eq!(talk.session.turn, turn + 1);
    assert!(talk.labels().iter().any(|label| label.starts_with("Keep: the tax letter")), "{:?}", talk.labels());

    let mut idle = at_first_worry(&lib);
    idle.due();
    idle.lib = &without;
    assert_eq!(idle.text("another worry"), Verdict::Shown, "no answer to a question that was not asked");
    assert!(idle.said().contains("has changed"));
    let mut stopping = Talk { lib: &without, ..at_first_worry(&lib) };
    assert_eq!(stopping.command(Command::Stop), Verdict::Ended);

    let gone = library(&[("breathe", BREATHE)]);
    let mut talk = Talk { lib: &gone, ..at_first_worry(&lib) };
    assert_eq!(talk.text("hello"), Verdict::Ended);
    assert_eq!(talk.session.status, Status::Ended(How::Gone));
    assert_eq!(texts(&talk.last).len(), 1);
}

#[test]
fn stored_sessions_say_which_release_wrote_them() {
    let lib = rich();
    let talk = at_first_worry(&lib);
    let bytes = talk.session.encode();
    assert!(bytes.len() < 2_048, "{} bytes", bytes.len());
    assert_eq!(Session::decode(&bytes), Ok(talk.session.clone()));
    assert_eq!(Session::decode(&[]), Err(DecodeError::Damaged));
    assert_eq!(Session::decode(&[9, 1]), Err(DecodeError::Format(9)));
    assert_eq!(Session::decode(b"\x01{\"v\":1}"), Err(DecodeError::Damaged));
    let newer = Session { schema: 7, ..talk.session.clone() };
    assert_eq!(Session::decode(&newer.encode()), Err(DecodeError::Newer { found: 7 }));
    let mut heavy = talk.session;
    let mark = heavy.history[0].clone();
    heavy.history = vec![mark; 2_000];
    assert!(heavy.encode().len() < 64 * 1024);
}
