//! What follows when the screen found danger, with the shipped dialogs: which words are asked about again, what a talk about
//! safety hears, what comes after it, and what of it is kept.

use jiff::SignedDuration;
use mendwell::dialog::model::{Question, Role, Verb};
use mendwell::domain::person::{Care, Profile};
use mendwell::domain::value::Value;
use mendwell::safety::helplines::{Helplines, Whereabouts};
use mendwell::service::lines::Lines;

use crate::support::{House, shipped_library, shipped_screen, shipped_settings};

const WATCHED: &str = "he checks my phone";
const WISH: &str = "i want to die";
const NOW: &str = "tonight i will end my life";
const TAKEN: &str = "i took 30 pills";
const PURSUED: &str = "i waited outside her flat";
const MEANT_OTHERWISE: &str = "That is not what I meant";
const DIRECT: &str = "Are you thinking about ending your life?";
const CARD: &str = "In danger right now: 112.";

/// With the shipped dialogs, and somebody who has said hello.
pub(crate) async fn with_ada() -> House {
    let mut house = House::closed(shipped_library());
    house.settings = shipped_settings();
    house.open().await;
    house.say("ada", "hi").await;
    for answer in ["1", "1", "3", "one line to keep", "1", "Ada", "2", "5"] {
        house.say("ada", answer).await;
    }
    assert_eq!(house.sessions("ada").await, (0, 0));
    house
}

async fn care(house: &House) -> Care {
    house.person("ada").await.1.profile.care.unwrap()
}

fn has(said: &[String], words: &str) -> bool {
    said.iter().any(|text| text.contains(words))
}

#[tokio::test]
async fn after_a_question_about_one_thing_another_is_asked_about_all_the_same() {
    let house = with_ada().await;
    house.say("ada", "/checkin").await;
    assert!(has(&house.say("ada", WATCHED).await, "not your fault"));
    house.tap("ada", MEANT_OTHERWISE).await;
    assert!(!has(&house.say("ada", WATCHED).await, "not your fault"), "the same is no news");
    assert!(has(&house.say("ada", WISH).await, DIRECT));
    assert_eq!(care(&house).await.asked_class.as_deref(), Some("S2"));
}

#[tokio::test]
async fn somebody_elses_danger_is_another_question_than_ones_own() {
    let house = with_ada().await;
    assert!(has(&house.say("ada", "he wants to kill himself").await, "Who is it?"));
    house.tap("ada", MEANT_OTHERWISE).await;
    assert!(has(&house.say("ada", "i can't live without her").await, "are you thinking about dying"));
}

#[tokio::test]
async fn a_profile_that_knows_no_class_is_read_and_asks_again() {
    let house = with_ada().await;
    house.say("ada", WATCHED).await;
    let mut written = serde_json::to_value(&house.person("ada").await.1.profile).unwrap();
    assert!(written["care"].as_object_mut().unwrap().remove("asked_class").is_some());
    let read: Profile = serde_json::from_value(written).unwrap();
    assert_eq!(read.care.unwrap(), Care { asked_class: None, ..care(&house).await });
}

#[tokio::test]
async fn what_cannot_wait_is_answered_inside_a_talk_about_safety_and_its_question_stands() {
    let house = with_ada().await;
    let question = house.say("ada", WISH).await.pop().unwrap();
    for (words, first) in [
        (TAKEN, "Please call the emergency number now, even if you feel all right."),
        (NOW, "That sounds as if you are in danger now."),
        ("i have a knife and i am going to his place", "Please stop where you are"),
        ("/noose i took 30 pills", "Please call the emergency number now"),
    ] {
        let said = house.say("ada", words).await;
        assert!(said.len() == 3 && said[0].starts_with(first) && said[1].contains(CARD), "{words}: {said:?}");
        assert_eq!(said[2], question);
    }
    assert!(
        has(&house.say("ada", "yes").await, "How close are you to doing something right now?"),
        "none of that was an answer"
    );
    assert_eq!(house.sessions("ada").await, (1, 0));
}

#[tokio::test]
async fn after_something_taken_nobody_is_reassured() {
    let house = with_ada().await;
    let said = house.say("ada", TAKEN).await;
    assert!(said[0].contains("even if you feel all right") && said[1].contains("Unlock the door"), "{said:?}");
    let said = house.tap("ada", "I am safe for the moment").await;
    assert!(has(&said, "see a doctor now, even if you feel well") && !has(&said, "rises and falls"), "{said:?}");
    assert!(!has(&said, "tomorrow"), "{said:?}");
    let said = house.say("ada", NOW).await;
    assert!(said[0].contains("I might hurt myself, and I need help"), "nothing was taken this time: {said:?}");
}

#[tokio::test]
async fn words_after_a_command_are_read_like_any_other() {
    for (typed, answered) in [
        ("/help i took 30 pills", "I have taken something"),
        ("/stop tonight i will end my life", "I might hurt myself, and I need help"),
        ("/pause i want to die", DIRECT),
        ("/i want to die", DIRECT),
        ("/tired i want to kill myself", DIRECT),
        ("/crisis he hits me", "not your fault"),
        ("/start i want to die", DIRECT),
    ] {
        let house = with_ada().await;
        house.say("ada", "/checkin").await;
        let said = house.say("ada", typed).await;
        assert!(has(&said, answered), "{typed}: {said:?}");
        assert_eq!(house.sessions("ada").await, (1, 1), "{typed}");
    }
    let house = with_ada().await;
    assert!(has(&house.say("ada", "/start self-harm").await, "Does anything need care"), "a link is no words");
    assert_eq!(house.person("ada").await.1.profile.care, None);
}

#[tokio::test]
async fn in_a_talk_about_safety_help_is_the_card_and_stop_still_stops() {
    let house = with_ada().await;
    let question = house.say("ada", WISH).await.pop().unwrap();
    for typed in ["/help", "help", "/help i took 30 pills"] {
        let said = house.say("ada", typed).await;
        assert!(has(&said, CARD) && said.last() == Some(&question), "{typed}: {said:?}");
        assert_eq!(said.iter().filter(|text| text.contains(CARD)).count(), 1, "{typed}: {said:?}");
    }
    let said = house.say("ada", "/stop tonight i will end my life").await;
    assert!(has(&said, CARD) && has(&said, "All right, we stop here."), "{said:?}");
    assert_eq!(house.sessions("ada").await.0, 0);
}

#[tokio::test]
async fn who_was_told_to_go_to_a_person_is_not_asked_back_into_an_exercise() {
    for (danger, answers) in [
        (NOW, ["Somebody is with me", "No, thank you"].as_slice()),
        (NOW, &["I am safe for the moment", "No, thank you"]),
        (NOW, &["I cannot call", "Not yet", "No, thank you"]),
        (TAKEN, &["I am safe for the moment"]),
        ("i have a knife and i am going to his place", &["Far from them", "A little calmer"]),
        ("he hits me", &["No", "None of these"]),
        (PURSUED, &["Yes, or I am about to", "Stay away from their places"]),
        ("i cut myself again last night", &["No, it is taken care of", "No", "Somebody to reach"]),
    ] {
        let house = with_ada().await;
        let question = house.say("ada", "/checkin").await.pop().unwrap();
        house.say("ada", danger).await;
        let mut said = Vec::new();
        for answer in answers {
            said = house.tap("ada", answer).await;
        }
        assert!(!said.contains(&question), "{danger}: {said:?}");
        assert_eq!(house.sessions("ada").await, (0, 1), "{danger}: it waits");
        assert_eq!(house.say("ada", "/resume").await, [question]);
    }
}

#[tokio::test]
async fn who_was_misread_goes_on_where_they_were() {
    for (danger, answer, watched) in [
        (NOW, "I did not mean it that way", true),
        (TAKEN, "I did not mean it that way", true),
        ("i have a knife and i am going to his place", "I did not mean it that way", true),
        (WATCHED, MEANT_OTHERWISE, true),
        ("i cut myself again last night", MEANT_OTHERWISE, true),
        (PURSUED, "That is not what I do", false),
        ("he wants to kill himself", MEANT_OTHERWISE, false),
        ("there is a restraining order against me", "No", false),
        ("i am 14 years old", "Yes", false),
    ] {
        let house = with_ada().await;
        let question = house.say("ada", "/checkin").await.pop().unwrap();
        house.say("ada", danger).await;
        assert_eq!(house.tap("ada", answer).await.last(), Some(&question), "{danger}");
        let care = care(&house).await;
        assert_eq!((care.false_alarms, care.watched_until.is_some()), (1, watched), "{danger}");
        assert_eq!(house.person("ada").await.1.profile.facts.get("contact_lock"), None, "{danger}");
    }
}

#[tokio::test]
async fn a_no_to_the_direct_question_is_counted() {
    let house = with_ada().await;
    house.say("ada", WISH).await;
    house.tap("ada", "No").await;
    assert_eq!(care(&house).await.false_alarms, 1);
}

/// Nothing is left of somebody who is too young, as after the same answer in the first talk.
#[tokio::test]
async fn somebody_too_young_is_forgotten_and_asked_their_age_next() {
    let house = with_ada().await;
    house.say("ada", "/checkin").await;
    house.say("ada", "i am 14 years old").await;
    let (id, _) = house.person("ada").await;
    house.tap("ada", "No, I am younger").await;
    assert_eq!(house.sessions("ada").await, (1, 1), "a wrong tap deletes nothing");
    let said = house.tap("ada", "Yes, under 18").await;
    assert!(has(&said, "I am not keeping anything you wrote"), "{said:?}");
    let facts = house.person("ada").await.1.profile.facts;
    assert_eq!([facts.get("adult"), facts.get("consent")], [Some(&Value::Bool(false)); 2]);
    house.tap("ada", "No").await;
    house.advance(SignedDuration::from_mins(1)).await;
    assert_eq!(house.sessions("ada").await, (0, 0));
    assert!(house.store().persons_load(&[id]).await.unwrap()[0].is_none());
    assert!(has(&house.say("ada", "hello again").await, "Are you 18 or older?"));
}

#[tokio::test]
async fn a_crisis_talk_that_was_paused_goes_on_and_is_not_doubled() {
    let house = with_ada().await;
    house.say("ada", "/crisis").await;
    let question = house.say("ada", "yes").await.pop().unwrap();
    house.say("ada", "/pause").await;
    house.advance(SignedDuration::from_mins(5)).await;
    let said = house.say("ada", "/crisis").await;
    assert!(said[0].contains(CARD) && said.last() == Some(&question), "{said:?}");
    assert_eq!(house.sessions("ada").await, (1, 0));
    house.say("ada", "/pause").await;
    house.advance(SignedDuration::from_hours(5)).await;
    assert!(has(&house.say("ada", "/crisis").await, DIRECT), "later much may have changed");
    assert_eq!(house.sessions("ada").await, (1, 0));
    house.say("ada", "/pause").await;
    assert!(has(&house.say("ada", WISH).await, DIRECT));
    assert_eq!(house.sessions("ada").await, (1, 0));
}

#[tokio::test]
async fn what_was_confirmed_about_contact_shuts_the_gate() {
    for (danger, answers, lock) in [
        (WATCHED, ["Yes", "None of these"].as_slice(), "harm"),
        (PURSUED, &["No, it was earlier", "Stay away from their places"], "pursuit"),
        ("i have a knife and i am going to his place", &["Far from them", "A little calmer"], "threat"),
        ("there is a restraining order against me", &["Yes", "Go on"], "order"),
    ] {
        let house = with_ada().await;
        house.say("ada", danger).await;
        for answer in answers {
            house.tap("ada", answer).await;
        }
        let facts = house.person("ada").await.1.profile.facts;
        assert_eq!(facts.get("contact_lock").and_then(Value::as_str), Some(lock));
        let said = house.say("ada", "/start contact-gate").await;
        assert!(has(&said, "his stays shut"), "{lock}: {said:?}");
    }
}

/// Words that answer a question about safety are answers: the screen does not take them for news that cannot wait.
#[test]
fn no_answer_of_a_safety_dialog_is_read_as_danger_itself() {
    let (library, screen) = (shipped_library(), shipped_screen());
    let mut words = Vec::new();
    for dialog in library.dialogs.values().filter(|dialog| dialog.role == Role::Safety) {
        for step in dialog.parts.values().flatten() {
            if let Verb::Ask(ask) = &step.verb
                && let Question::Choice(options) | Question::Many { options, .. } = &ask.kind
            {
                words.extend(options.iter().flat_map(|option| option.also.iter().chain([&option.label])).cloned());
            }
        }
    }
    assert!(words.len() > 300, "{}", words.len());
    let urgent: Vec<&String> = words.iter().filter(|words| screen.look(words).level == 3).collect();
    assert!(urgent.is_empty(), "{urgent:?}");
}

/// Where there is a number at all, nobody who is young or hurt is left with only a link.
#[test]
fn a_country_without_a_line_of_its_own_for_the_young_or_hurt_names_the_one_for_everybody() {
    let (library, lines) = (shipped_library(), Lines::shipped());
    let today = jiff::civil::date(2026, 12, 1);
    for country in &Helplines::shipped().countries {
        let whereabouts = Whereabouts { chosen: Some(&country.code), zone: None, language: None };
        let facts = lines.facts(&library, whereabouts, today);
        let card = |name: &str| facts.get(name).and_then(Value::as_str).unwrap().to_owned();
        let is_named = |card: &str| !card.starts_with("In danger right now");
        for name in ["youth_card", "violence_card"] {
            let card = card(name);
            assert_eq!(is_named(&card), is_named(facts["crisis_card"].as_str().unwrap()), "{}: {card}", country.code);
        }
    }
}
