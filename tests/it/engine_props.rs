//! Properties of the engine over random conversations with a dialog of every verb and kind.

use jiff::SignedDuration;
use mendwell::dialog::effect::{Effect, Input, Step, Verdict};
use mendwell::dialog::reconcile::{Reconciled, reconcile};
use mendwell::dialog::session::{Cause, Session, Status, Wait};
use mendwell::dialog::step::step;
use mendwell::domain::command::{COMMANDS, Command};
use mendwell::domain::message::Tap;
use mendwell::domain::text::UserText;
use proptest::prelude::*;

use crate::engine_support::*;

/// One thing that may happen.
#[derive(Clone, Debug)]
enum Act {
    Text(String),
    /// The nth button of all that were ever shown, from the newest.
    Tap(usize),
    Tag(u32),
    Command(Command),
    Again,
    Park,
    Due,
    LateDue(u32),
    WrongDue,
    Wait(u32),
}

fn act() -> impl Strategy<Value = Act> {
    let words = prop::sample::select(vec![
        "yes",
        "no",
        "1",
        "2",
        "3",
        "8",
        "10",
        "9",
        "done",
        "that is all",
        "tomorrow",
        "2026-01-01",
        "18:30",
        "sad, angry",
        "back",
        "skip",
        "stop",
        "pause",
        "why",
        "help",
        "keep",
        "go on",
        "start over",
        "open the letter",
        "not sure",
        "\u{0}",
        "",
        "  ",
        "7,5",
        "later",
        "enough",
        "{before}",
        "*bold*",
        "👩‍👩‍👧",
        "\u{202e}rtl",
        "nope",
    ]);
    prop_oneof![
        6 => words.prop_map(|word| Act::Text(word.to_owned())),
        1 => ".{0,40}".prop_map(Act::Text),
        1 => (3_990_usize..4_010).prop_map(|count| Act::Text("x".repeat(count))),
        10 => (0_usize..6).prop_map(Act::Tap),
        1 => (0_usize..60).prop_map(Act::Tap),
        1 => any::<u32>().prop_map(Act::Tag),
        2 => prop::sample::select(COMMANDS).prop_map(|(command, ..)| Act::Command(command)),
        1 => prop::sample::select(vec![Command::Back, Command::Skip, Command::Resume]).prop_map(Act::Command),
        1 => Just(Act::Again),
        1 => Just(Act::Park),
        2 => Just(Act::Due),
        1 => (0_u32..40).prop_map(Act::LateDue),
        1 => Just(Act::WrongDue),
        1 => (0_u32..20_000).prop_map(Act::Wait),
    ]
}

fn buttons(talk: &Talk<'_>) -> Vec<Tap> {
    let views: Vec<_> = talk.all.iter().rev().filter_map(view_of).collect();
    views.iter().flat_map(|view| &view.choices).filter_map(|choice| Tap::decode(&choice.token)).collect()
}

/// Lets one thing happen and checks what must hold of every turn.
fn play(talk: &mut Talk<'_>, act: &Act) -> Result<(), TestCaseError> {
    talk.last.clear();
    let text;
    let input = match act {
        Act::Text(words) => {
            text = UserText::new(words.clone());
            Input::Text(&text)
        }
        Act::Tap(nth) => match buttons(talk).get(*nth) {
            Some(tap) => Input::Tap(*tap),
            None => return Ok(()),
        },
        Act::Tag(option) => Input::Tap(Tap { session: talk.session.id, turn: talk.session.turn, option: *option }),
        Act::Command(command) => Input::Command(*command),
        Act::Again => Input::Again,
        Act::Park => Input::Park,
        Act::Due | Act::LateDue(_) => {
            let Some(due) = talk.session.timer(talk.lib) else { return Ok(()) };
            let late = if let Act::LateDue(late) = act { i64::from(*late) } else { 0 };
            talk.world.now = talk.world.now.max(due).checked_add(SignedDuration::from_secs(late)).unwrap();
            Input::Due { turn: talk.session.turn, due }
        }
        Act::WrongDue => Input::Due { turn: talk.session.turn, due: talk.world.now },
        Act::Wait(seconds) => {
            talk.wait(SignedDuration::from_secs(i64::from(*seconds)));
            return Ok(());
        }
    };
    let before = talk.session.clone();
    talk.input(&input);
    every_turn(talk, &before, &input)
}

fn every_turn(talk: &Talk<'_>, before: &Session, input: &Input<'_>) -> Result<(), TestCaseError> {
    let (lib, cx) = (talk.lib, talk.world.cx());
    let after = &talk.session;
    // I2 and I3: the same again, and from storage.
    let stored = Session::decode(&before.encode()).unwrap();
    prop_assert_eq!(&stored, before);
    let Step { session, effects, verdict } = step(lib, stored, input, &cx);
    prop_assert_eq!(&session, after);
    prop_assert_eq!(&effects, &talk.last);
    prop_assert_eq!(verdict, talk.verdict);
    // I4: the turn never falls; a new turn has a new wait, and what was waited for at a turn stays so.
    prop_assert!(after.turn >= before.turn && after.turn <= before.turn + 1);
    if after.turn == before.turn && after.wait.is_some() {
        prop_assert_eq!(&after.stack, &before.stack);
    }
    // I5.
    if let Input::Tap(tap) = input
        && tap.turn != before.turn
    {
        prop_assert_eq!(verdict, Verdict::Stale);
        prop_assert_eq!(after, before);
        prop_assert!(matches!(effects.as_slice(), [Effect::Note(_)]));
    }
    // I7.
    match after.status {
        Status::Waiting | Status::Parked { .. } => {
            prop_assert!(after.wait.is_some() && !after.stack.is_empty());
            prop_assert_eq!(reconcile(lib, after.clone(), cx.now), (after.clone(), Reconciled::Same));
            prop_assert!(after.timer(lib).is_some());
        }
        Status::Ended(_) => prop_assert!(after.wait.is_none() && after.timer(lib).is_none() && after.staged.is_empty()),
    }
    // I18: writes only with a commit, or when an unfinished session expires.
    let is_end = matches!(after.status, Status::Ended(_)) && !matches!(before.status, Status::Ended(_));
    prop_assert!(writes(&effects).is_empty() || after.commits > before.commits || is_end);
    // I20.
    for effect in &effects {
        if let Effect::Show { turn, view } = effect {
            prop_assert!(!view.body.is_empty());
            for choice in &view.choices {
                let tap = Tap::decode(&choice.token).unwrap();
                prop_assert_eq!((tap.session, Some(tap.turn)), (after.id, *turn));
                prop_assert!(choice.label.chars().count() <= 80 && !choice.label.is_empty());
            }
        }
    }
    if verdict == Verdict::Ignored || verdict == Verdict::Stale {
        prop_assert_eq!(after.turn, before.turn);
        prop_assert_eq!(&after.log, &before.log);
    }
    Ok(())
}

/// Whether two sessions stand at the same place with the same answers.
fn same_place(left: &Session, right: &Session) -> bool {
    let tidy = |session: &Session| Session {
        turn: 0,
        wait: session.wait.clone().map(|wait| match wait {
            Wait::Ask { draft, .. } => Wait::Ask { asked: jiff::Timestamp::UNIX_EPOCH, tries: 0, draft },
            other => other,
        }),
        ..session.clone()
    };
    tidy(left) == tidy(right)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    /// I1 total, I2 pure, I3 storage, I4, I5, I7 turns, I18 writes, I20 buttons; at each point I9 stop, I11 back,
    /// I12 and I6.
    #[test]
    fn i01_to_i20_hold_in_every_conversation(
        acts in prop::collection::vec(act(), 1..60),
        is_check_in in any::<bool>(),
    ) {
        let lib = &*RICH_LIBRARY;
        let cause = if is_check_in { Cause::CheckIn } else { Cause::Person };
        let mut talk = Talk::start_as(lib, "rich", cause);
        let mut keys = std::collections::BTreeSet::new();
        for act in &acts {
            let before = talk.session.clone();
            play(&mut talk, act)?;
            for (key, _) in writes(&talk.last) {
                prop_assert!(keys.insert(key.clone()), "{:?} twice", key);
            }
            let cx = talk.world.cx();
            // I6: the press that was just taken, taken again.
            if let Act::Tap(_) = act
                && talk.verdict == Verdict::Appended
                && let Some(Effect::Show { .. }) = talk.last.last()
            {
                let tap = buttons(&Talk { all: talk.all[..talk.all.len() - 1].to_vec(), world: talk.world.clone(),
                    session: before.clone(), last: vec![], ..talk });
                if let Act::Tap(nth) = act && let Some(tap) = tap.get(*nth) {
                    let again = step(lib, talk.session.clone(), &Input::Tap(*tap), &cx);
                    prop_assert_eq!(&again.session, &talk.session);
                }
            }
            // I9: Stop ends any session in one turn, and writes nothing.
            if !matches!(talk.session.status, Status::Ended(_)) {
                let stopped = step(lib, talk.session.clone(), &Input::Command(Command::Stop), &cx);
                prop_assert!(matches!(stopped.session.status, Status::Ended(_)));
                prop_assert!(writes(&stopped.effects).iter().all(|(key, _)| key.0.starts_with(":expired")));
            }
            // I11: Back after an answer is the place before it, and the same answer leads here again.
            let answered = talk.session.history.len() == before.history.len() + 1
                && before.status == Status::Waiting
                && matches!(&before.wait, Some(Wait::Ask { draft, .. }) if draft.is_empty());
            if answered && talk.session.status == Status::Waiting {
                let back = step(lib, talk.session.clone(), &Input::Command(Command::Back), &cx);
                let left_safety = before.stack.iter().any(|f| f.dialog == "safety") !=
                    talk.session.stack.iter().any(|f| f.dialog == "safety");
                if !left_safety {
                    prop_assert_eq!(back.verdict, Verdict::WentBack);
                    prop_assert_eq!(&back.session.stack, &before.stack);
                    prop_assert_eq!(&back.session.log, &before.log);
                    prop_assert_eq!(&back.session.staged, &before.staged);
                    prop_assert_eq!(&back.session.history, &before.history);
                    // Kept in a check: the answer that was undone is offered.
                    let text = back.effects.iter().find_map(view_of).unwrap().clone();
                    if let Some(keep) = text.choices.iter().find(|c| c.label.starts_with("Keep")) {
                        let tap = Tap::decode(&keep.token).unwrap();
                        let again = step(lib, back.session.clone(), &Input::Tap(tap), &cx);
                        prop_assert!(same_place(&again.session, &talk.session),
                            "{:#?}\n{:#?}", again.session, talk.session);
                    }
                }
            }
        }
    }

    /// Stored bytes never panic, whatever they are.
    #[test]
    fn i03_any_bytes_decode_or_are_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..80), cut in 0_usize..400) {
        let _ = Session::decode(&bytes);
        let mut good = Talk::start(&RICH_LIBRARY, "rich").session.encode();
        good.truncate(cut);
        good.append(&mut bytes);
        let _ = Session::decode(&good);
    }

    /// A session of another library, or a damaged one, still steps.
    #[test]
    fn i01_a_session_of_other_files_still_steps(acts in prop::collection::vec(act(), 1..25), cut in 0_usize..40) {
        let lib = &*RICH_LIBRARY;
        let mut talk = Talk::start(lib, "rich");
        for act in &acts {
            play(&mut talk, act)?;
        }
        // The file loses everything after some step of its own list.
        let blocks: Vec<&str> = RICH.split("\n[[step]]").collect();
        let mut other = lib.clone();
        if let Some(dialog) = other.dialogs.get_mut("rich") {
            let mut changed = (**dialog).clone();
            changed.shape = 1;
            let name = changed.parts.keys().nth(cut % changed.parts.len()).unwrap().clone();
            if let Some(steps) = changed.parts.get_mut(&name) {
                steps.remove(cut % steps.len());
            }
            *dialog = std::sync::Arc::new(changed);
        }
        prop_assert!(blocks.len() > 5);
        let cx = talk.world.cx();
        let (once, _) = reconcile(&other, talk.session.clone(), cx.now);
        prop_assert_eq!(reconcile(&other, once.clone(), cx.now), (once, Reconciled::Same), "I30: idempotent");
        for input in [Input::Again, Input::Command(Command::Back), Input::Text(&UserText::new("1"))] {
            let _ = step(&other, talk.session.clone(), &input, &cx);
        }
    }
}

/// A stack that points nowhere, a wait that fits no step: stepping ends kindly.
#[test]
fn i01_damaged_sessions_end_kindly() {
    let lib = rich();
    let talk = Talk::start(&lib, "rich");
    let mut broken = talk.session.clone();
    broken.stack[0].at = "nowhere".to_owned();
    let done = step(&lib, broken, &Input::Text(&UserText::new("5")), &talk.world.cx());
    assert_eq!(done.verdict, Verdict::Ended);
    let empty = Session { stack: Vec::new(), ..talk.session.clone() };
    assert_eq!(step(&lib, empty, &Input::Again, &talk.world.cx()).verdict, Verdict::Ended);
    let waitless = Session { wait: None, ..talk.session.clone() };
    assert_eq!(step(&lib, waitless, &Input::Again, &talk.world.cx()).verdict, Verdict::Ended);
}
