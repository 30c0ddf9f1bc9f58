//! Danger that is said while something else is going on: another danger, the same one again, a command, a PIN, a clock that
//! was set back. It is always heard.

use jiff::SignedDuration;
use mendwell::domain::command::COMMANDS;
use mendwell::domain::event::Body;
use mendwell::domain::text::UserText;
use mendwell::service::ports::Clock;

use crate::care::with_ada;
use crate::support::House;

const CARD: &str = "In danger right now: 112.";
/// Words of every danger that a card is for, below what cannot wait.
const DANGERS: &[&str] = &["i want to die", "i cut myself again last night", "he hits me"];
/// Words that begin each talk about safety, and whether they are about the danger of the one at that place in [`DANGERS`].
const TALKS: &[(&str, [bool; 3])] = &[
    ("i want to die", [true, true, false]),
    ("i cut myself again last night", [true, true, false]),
    ("he hits me", [false, false, true]),
    ("i am outside her house", [false, false, false]),
    ("the court says i may not contact him", [false, false, false]),
    ("i could kill him", [false, false, false]),
    ("i am 14", [false, false, false]),
];

fn has(said: &[String], words: &str) -> bool {
    said.iter().any(|text| text.contains(words))
}

async fn with_pin() -> House {
    let house = with_ada().await;
    for words in ["/pin", "4711", "4711"] {
        house.say("ada", words).await;
    }
    house.advance(SignedDuration::from_mins(20)).await;
    house
}

#[tokio::test]
async fn another_danger_inside_a_talk_about_safety_shows_whom_to_reach_and_the_question_stands() {
    for (begins, same) in TALKS {
        for (danger, is_same) in DANGERS.iter().zip(same) {
            let house = with_ada().await;
            let question = house.say("ada", begins).await.pop().unwrap();
            assert_eq!(house.sessions("ada").await.0, 1, "{begins} begins no talk: {question}");
            let said = house.say("ada", danger).await;
            assert!(has(&said, CARD) || *is_same, "{begins}, then {danger}: {said:?}");
            assert!(!has(&said, CARD) || said.last() == Some(&question), "{begins}, then {danger}: {said:?}");
        }
    }
}

#[tokio::test]
async fn what_is_said_again_with_nothing_open_is_no_small_talk() {
    for danger in DANGERS {
        let house = with_ada().await;
        house.say("ada", danger).await;
        house.say("ada", "/stop").await;
        for again in [(*danger).to_owned(), format!("/crsis {danger}"), format!("/checkin {danger}")] {
            let said = house.say("ada", &again).await;
            assert!(has(&said, CARD), "{again}: {said:?}");
        }
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_nobody_unheard() {
    let house = with_ada().await;
    house.advance(SignedDuration::from_hours(24 * 30)).await;
    house.say("ada", "i want to die").await;
    house.say("ada", "/stop").await;
    house.say("ada", "/checkin").await;
    house.clock.set(house.clock.now() - SignedDuration::from_hours(24 * 30));
    let said = house.say("ada", "i want to die").await;
    assert!(has(&said, "Are you thinking about ending your life?"), "{said:?}");
}

#[tokio::test]
async fn words_after_every_command_are_read_with_a_pin_asked_for_and_without() {
    for asked in [false, true] {
        for (command, word, _) in COMMANDS {
            let house = with_pin().await;
            if asked {
                let said = house.say("ada", "/pin").await;
                assert!(has(&said, "Your PIN first"), "{said:?}");
            }
            let words = UserText::new("i took 30 pills to kill myself");
            house.send("ada", Body::Command(*command, words)).await;
            let said = house.messenger.said("ada");
            assert!(has(&said, "112"), "/{word}: {said:?}");
        }
    }
    let house = with_pin().await;
    house.say("ada", "/pin").await;
    house.send("ada", Body::Pin(UserText::new("i want to die"))).await;
    assert!(has(&house.messenger.said("ada"), "Are you thinking about ending your life?"));
}

#[tokio::test]
async fn no_pin_stands_in_a_talk_about_safety() {
    for command in ["/pin", "/export"] {
        let house = with_pin().await;
        let question = house.say("ada", "/crisis").await.pop().unwrap();
        let said = house.say("ada", command).await;
        assert!(!has(&said, "PIN") && said.last() == Some(&question), "{command}: {said:?}");
    }
    // One that was asked for before is not waited for any more.
    let house = with_pin().await;
    house.say("ada", "/pin").await;
    house.say("ada", "i want to die").await;
    let said = house.say("ada", "1234").await;
    assert!(!has(&said, "That was not it"), "{said:?}");
}

#[tokio::test]
async fn the_bare_word_is_enough_when_nothing_is_open() {
    let house = with_ada().await;
    let said = house.say("ada", "Crisis").await;
    assert!(!has(&said, "had asked nothing just now"), "{said:?}");
    assert_eq!(house.sessions("ada").await.0, 1);
}
