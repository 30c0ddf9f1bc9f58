//! Turns through the whole service: what an event leaves behind, and that nothing it meets is a dead end.

use jiff::SignedDuration;
use mendwell::domain::command::COMMANDS;
use mendwell::domain::event::Body;
use mendwell::domain::ids::SessionId;
use mendwell::domain::limits::PARKED_SESSIONS_MAX;
use mendwell::domain::message::Tap;
use mendwell::domain::write::Write;
use mendwell::service::ports::Clock;
use mendwell::service::{Answer, Taken};
use mendwell::store::EntryKind;

use crate::support::{House, patiently};

fn text(words: &str) -> Body {
    Body::from_typed(words)
}

/// The words of the kept entry, to compare what was taken in.
async fn entries(house: &House, person: &str) -> Vec<String> {
    let (id, _) = house.person(person).await;
    let entries = house.store().entries_of(id, EntryKind::Journal, 99).await.unwrap();
    let body = |entry: &Write| {
        let Write::Journal(entry) = entry else { panic!("{entry:?}") };
        entry.body.expose().to_owned()
    };
    entries.iter().map(body).collect()
}

#[tokio::test]
async fn i35_one_turn_leaves_session_entry_and_messages_in_order() {
    let house = House::new().await;
    house.welcome("ada").await;
    let (_, state) = house.person("ada").await;
    assert!(state.profile.has_consented());
    assert_eq!(house.open_dialog("ada", "long").await, ["First?"]);
    assert_eq!(house.sessions("ada").await, (1, 0));
    assert_eq!(house.say("ada", "a").await, ["Second?"]);
    assert_eq!(house.say("ada", "b").await, ["Third?"]);
    assert_eq!(house.say("ada", "c").await, ["Kept: a, b, c."]);
    assert_eq!(entries(&house, "ada").await, ["a / b / c"]);
    assert_eq!(house.sessions("ada").await, (0, 0));
    assert_eq!(house.store().outbox_count().await.unwrap(), 0);
}

#[tokio::test]
async fn what_was_only_just_submitted_is_waited_for_as_well() {
    // As an orderly stop waits: what was taken in and is not committed yet would be sent again by the next run.
    let house = House::new().await;
    house.welcome("ada").await;
    for _ in 0..20 {
        let answer = house.submit(house.event("ada", text("/help"))).await;
        house.settle().await;
        assert_eq!(house.messenger.said("ada").len(), 1);
        assert_eq!(house.store().outbox_count().await.unwrap(), 0, "and its outcome is recorded");
        drop(answer);
    }
}

#[tokio::test]
async fn i34_r03_a_repeated_key_changes_nothing_also_in_one_batch_and_after_a_restart() {
    let mut house = House::new().await;
    house.welcome("ada").await;
    house.open_dialog("ada", "long").await;
    let twice = [house.event_with("k", "ada", text("a")), house.event_with("k", "ada", text("a"))];
    let mut answers = Vec::new();
    for event in twice {
        answers.push(house.submit(event).await);
    }
    let mut taken = Vec::new();
    for answer in answers {
        taken.push(patiently(answer).await.unwrap().taken);
    }
    assert_eq!(taken, [Taken::Taken, Taken::Repeated]);
    house.settle().await;
    assert_eq!(house.messenger.said("ada"), ["Second?"]);
    house.restart().await;
    // Of another person, too: the key is the platform's own.
    for person in ["ada", "bob"] {
        let again = house.handle(house.event_with("k", person, text("x"))).await;
        assert_eq!(again, Answer { taken: Taken::Repeated, note: None, leads: None });
        house.settle().await;
        assert_eq!(house.messenger.said(person), [""; 0]);
    }
    assert_eq!(house.store().persons_count().await.unwrap(), 1);
    assert_eq!(house.say("ada", "b").await, ["Third?"]);
}

/// The platform sends again what was not acknowledged; wherever the kill fell, the event counts once.
#[tokio::test]
async fn i34_i35_killed_at_any_moment_a_redelivered_event_counts_once() {
    for yields in 0..60 {
        let mut house = House::new().await;
        house.welcome("ada").await;
        house.open_dialog("ada", "long").await;
        let event = house.event_with("k", "ada", text("a"));
        drop(house.submit(event.clone()).await);
        for _ in 0..yields {
            tokio::task::yield_now().await;
        }
        house.restart().await;
        house.handle(event).await;
        house.settle().await;
        let said = house.messenger.said("ada");
        assert!(said.iter().all(|text| text == "Second?") && !said.is_empty(), "{yields}: {said:?}");
        assert_eq!(house.say("ada", "b").await, ["Third?"], "after {yields} yields");
    }
}

#[tokio::test]
async fn i36_r05_one_batch_keeps_the_order_of_each_person_and_mixes_nobody() {
    let house = House::new().await;
    let people: Vec<String> = (0..20).map(|n| format!("person{n}")).collect();
    let mut answers = Vec::new();
    let lines = ["hi", "NAME", "/menu", "1", "NAME one", "NAME two", "NAME three"];
    for line in lines {
        for person in &people {
            let event = house.event(person, text(&line.replace("NAME", person)));
            answers.push(house.submit(event).await);
        }
    }
    for answer in answers {
        assert_eq!(patiently(answer).await.unwrap().taken, Taken::Taken);
    }
    house.settle().await;
    for person in &people {
        let wanted = [
            "Hello.".to_owned(),
            "What may I call you?".to_owned(),
            format!("Glad you are here, {person}."),
            "What now?".to_owned(),
            "First?".to_owned(),
            "Second?".to_owned(),
            "Third?".to_owned(),
            format!("Kept: {person} one, {person} two, {person} three."),
        ];
        assert_eq!(house.messenger.said(person), wanted);
        assert_eq!(entries(&house, person).await, [format!("{person} one / {person} two / {person} three")]);
    }
}

#[tokio::test]
async fn r09_stale_foreign_and_forged_presses_change_nothing_and_say_so() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.welcome("bob").await;
    house.open_dialog("ada", "menu").await;
    house.open_dialog("bob", "menu").await;
    let stale = house.messenger.token("ada", "The long one");
    let foreign = house.messenger.token("bob", "The long one");
    assert_eq!(house.tap("ada", "The long one").await, ["First?"]);
    let session = Tap::decode(&stale).unwrap().session;
    let forged = [
        stale.clone(),
        foreign,
        String::new(),
        "x".repeat(10_000),
        "1.a.b".to_owned(),
        Tap { session: SessionId(5), turn: 1, option: 1 }.encode(),
        Tap { session, turn: 9, option: 1 }.encode(),
        Tap { session, turn: 2, option: 1 }.encode(),
    ];
    for token in forged {
        for _ in 0..2 {
            let answer = house.send("ada", Body::Tap(token.clone())).await;
            let said = house.messenger.said("ada");
            assert!(answer.note.is_some() || !said.is_empty(), "{token} does nothing at all");
        }
    }
    assert_eq!(house.say("ada", "a").await, ["Second?"], "the open question is still the first");
    assert_eq!(house.tap("bob", "Nothing").await, ["Nothing it is."]);
}

#[tokio::test]
async fn r09_both_twins_of_a_button_count_once() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.open_dialog("ada", "menu").await;
    let token = house.messenger.token("ada", "The long one");
    let first = house.submit(house.event("ada", Body::Tap(token.clone()))).await;
    let second = house.submit(house.event("ada", Body::Tap(token))).await;
    assert_eq!(patiently(first).await.unwrap().note, None);
    assert!(patiently(second).await.unwrap().note.is_some());
    house.settle().await;
    assert_eq!(house.messenger.said("ada"), ["First?"]);
}

/// Brings somebody new into a state by name.
async fn bring(house: &House, person: &str, state: &str) {
    match state {
        "new" => {}
        "in the first dialog" => drop(house.say(person, "hi").await),
        "nothing open" => house.welcome(person).await,
        "mid-dialog" | "parked by command" | "parked by idle" | "parked and overdue" => {
            house.welcome(person).await;
            house.open_dialog(person, "long").await;
            house.say(person, "a").await;
            match state {
                "parked by command" => drop(house.say(person, "/pause").await),
                "parked by idle" => house.advance(SignedDuration::from_mins(46)).await,
                "parked and overdue" => {
                    house.say(person, "/pause").await;
                    // The scheduler did not run: the row is still there.
                    house.clock.set(house.clock.now() + SignedDuration::from_hours(24 * 8));
                }
                _ => {}
            }
        }
        "in a crisis" => {
            house.welcome(person).await;
            house.say(person, "/crisis").await;
        }
        "a crisis over a dialog" => {
            house.welcome(person).await;
            house.open_dialog(person, "long").await;
            house.say(person, "/crisis").await;
        }
        other => panic!("{other}"),
    }
    house.messenger.said(person);
}

#[tokio::test]
async fn i37_no_command_is_a_dead_end_in_any_state() {
    let states = [
        "new",
        "in the first dialog",
        "nothing open",
        "mid-dialog",
        "parked by command",
        "parked by idle",
        "parked and overdue",
        "in a crisis",
        "a crisis over a dialog",
    ];
    let mut lines: Vec<String> = COMMANDS.iter().map(|(_, word, _)| format!("/{word}")).collect();
    let more =
        ["/pause 3d", "/pause until never", "/nosuch", "/", "hello", "", "1", "stop", "\u{0}\u{202e}", "/START x"];
    lines.extend(more.map(str::to_owned));
    let house = House::new().await;
    let mut number = 0;
    for state in states {
        for line in &lines {
            number += 1;
            let person = format!("p{number}");
            bring(&house, &person, state).await;
            let said = house.say(&person, line).await;
            assert!(!said.is_empty() && said.iter().all(|text| !text.is_empty()), "{state}, {line:?}: {said:?}");
            let (live, parked) = house.sessions(&person).await;
            assert!(live <= 1 && parked <= 2, "{state}, {line:?}: {live} live, {parked} parked");
            // Whatever it was, there is a way on.
            let said = house.say(&person, "/menu").await;
            assert!(!said.is_empty(), "{state}, {line:?}, /menu: {said:?}");
        }
        let (person, said) = (format!("q{number}"), "/start");
        bring(&house, &person, state).await;
        let arrived = house.send(&person, Body::Arrived).await;
        assert_eq!(arrived.taken, Taken::Taken);
        assert!(!house.messenger.said(&person).is_empty(), "{state}: arriving after {said}");
    }
}

#[tokio::test]
async fn i37_sessions_set_aside_are_at_most_the_limit_however_they_got_there() {
    let house = House::new().await;
    house.welcome("ada").await;
    for round in 0..PARKED_SESSIONS_MAX + 5 {
        house.open_dialog("ada", "daily").await;
        match round % 3 {
            0 => drop(house.say("ada", "/pause").await),
            1 => house.advance(SignedDuration::from_mins(121)).await,
            _ => drop(house.open_dialog("ada", "menu").await),
        }
        let (live, parked) = house.sessions("ada").await;
        assert!(live <= 1 && parked <= PARKED_SESSIONS_MAX, "{live} live, {parked} parked");
    }
    let (_, parked) = house.sessions("ada").await;
    assert!(parked >= PARKED_SESSIONS_MAX - 1, "only {parked}");
}

/// The oldest is let go in the way its dialog wants: `daily` saves what there is.
#[tokio::test]
async fn the_oldest_session_that_makes_room_keeps_its_answers_as_its_dialog_wants() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.open_dialog("ada", "daily").await;
    house.say("ada", "2").await;
    house.say("ada", "/pause").await;
    for _ in 0..PARKED_SESSIONS_MAX {
        assert_eq!(entries(&house, "ada").await.len(), 0);
        house.advance(SignedDuration::from_mins(1)).await;
        house.open_dialog("ada", "menu").await;
        house.say("ada", "/pause").await;
    }
    assert_eq!(entries(&house, "ada").await.len(), 1);
}

#[tokio::test]
async fn parked_by_idle_the_next_text_or_press_is_the_answer() {
    let house = House::new().await;
    for (person, by_press) in [("ada", false), ("bob", true)] {
        house.welcome(person).await;
        house.open_dialog(person, "daily").await;
        house.advance(SignedDuration::from_mins(121)).await;
        assert_eq!(house.sessions(person).await, (0, 1));
        assert_eq!(house.messenger.said(person), [""; 0], "silence is answered with silence");
        let said = if by_press { house.tap(person, "3").await } else { house.say(person, "3").await };
        assert_eq!(said, ["A few words?"]);
        assert_eq!(house.sessions(person).await, (1, 0));
    }
}

#[tokio::test]
async fn parked_by_idle_a_command_or_a_greeting_brings_the_question_back_with_a_word_of_where_it_was() {
    let house = House::new().await;
    for (person, words) in [("ada", "/resume"), ("bob", "/start"), ("cleo", "Hey there!")] {
        house.welcome(person).await;
        house.open_dialog(person, "daily").await;
        house.advance(SignedDuration::from_hours(5)).await;
        let said = house.say(person, words).await;
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].ends_with("here:") || said[0].ends_with("we were:"), "{said:?}");
        assert_eq!(said[1], "How is today?");
        assert_eq!(house.say(person, "3").await, ["A few words?"]);
        house.advance(SignedDuration::from_hours(5)).await;
        assert_eq!(house.say(person, "hello").await.last().unwrap(), "A few words?", "a greeting is no answer");
        assert_eq!(house.say(person, "hello").await, ["Thank you."], "but it is one when it was asked for just now");
    }
}

#[tokio::test]
async fn a_greeting_with_nothing_open_is_greeted() {
    let house = House::shipped("ada").await;
    for (words, is_greeted) in [("hi", true), ("Good evening.", true), ("blue", false)] {
        let said = house.say("ada", words).await;
        assert_eq!(said[0].starts_with('H') && said[0].contains("Good"), is_greeted, "{said:?}");
        assert!(said.len() == 2 && said[1].ends_with('?'), "{said:?}");
        house.say("ada", "/stop").await;
    }
}

#[tokio::test]
async fn thanks_and_a_farewell_with_nothing_open_are_answered_and_ask_nothing() {
    let house = House::shipped("ada").await;
    house.say("ada", "/stop").await;
    for words in ["Thanks!", "ok thank you", "good night", "Gracias"] {
        let said = house.say("ada", words).await;
        let is_courteous = said.len() == 1 && said[0].contains("whenever you") && !said[0].contains('?');
        assert_eq!(is_courteous, words != "Gracias", "{words}: {said:?}");
    }
    house.say("ada", "/language spanish").await;
    house.say("ada", "/stop").await;
    for words in ["Gracias", "muchas gracias.", "thanks", "hasta mañana"] {
        let said = house.say("ada", words).await;
        assert!(said.len() == 1 && said[0].contains("cuando"), "{words}: {said:?}");
    }
}

#[tokio::test]
async fn set_aside_by_the_person_a_later_text_meets_the_gate() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.open_dialog("ada", "long").await;
    house.say("ada", "a").await;
    house.say("ada", "/pause").await;
    house.advance(SignedDuration::from_hours(3)).await;
    let said = house.say("ada", "hello again").await;
    assert!(said.len() == 1 && said[0].contains("Shall we go on"), "{said:?}");
    assert_eq!(house.tap("ada", "Go on").await, ["Second?"]);
    house.say("ada", "b").await;
    assert_eq!(house.say("ada", "c").await, ["Kept: a, b, c."]);
}

#[tokio::test]
async fn kept_long_enough_a_session_ends_and_its_dialog_says_what_stays() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.open_dialog("ada", "daily").await;
    house.say("ada", "2").await;
    house.advance(SignedDuration::from_hours(2 + 24 + 1)).await;
    assert_eq!(house.sessions("ada").await, (0, 0));
    assert_eq!(entries(&house, "ada").await.len(), 1, "saved unfinished");
    house.open_dialog("ada", "menu").await;
    house.advance(SignedDuration::from_hours(1 + 24 + 1)).await;
    assert_eq!(house.sessions("ada").await, (0, 0));
    assert_eq!(entries(&house, "ada").await.len(), 1, "the menu keeps nothing");
    assert_eq!(house.messenger.said("ada"), [""; 0]);
}

/// Also while the scheduler has not yet come by: what was kept long enough is over, and the text is answered.
#[tokio::test]
async fn overdue_sessions_are_over_for_whoever_writes_first() {
    let house = House::new().await;
    bring(&house, "ada", "parked and overdue").await;
    let said = house.say("ada", "here I am, after days").await;
    assert_eq!((said.len(), said.last().map(String::as_str)), (2, Some("What now?")), "{said:?}");
    assert_eq!(house.sessions("ada").await, (1, 0));
}
