//! Check-ins for a screen that others may see: what comes unasked says nothing about what this is.

use mendwell::domain::occasion::Occasion;
use mendwell::domain::value::Value;

use crate::support::{House, berlin, small_library_with};

/// Words that would tell somebody who looks at the screen.
const TELLING: &[&str] = &[
    "breakup",
    "break up",
    "ex",
    "relationship",
    "partner",
    "mood",
    "feel",
    "today",
    "check",
    "crisis",
    "hurt",
    "sad",
    "miss",
    "love",
    "heart",
    "pain",
    "lonely",
    "contact",
    "urge",
    "sleep",
    "therapy",
    "support",
    "help",
];

const NEUTRAL: &str = r#"
format = 1
id = "move"
title = "Neutral"
lang = "en"
[[step]]
id = "kept"
save = "profile"
fields = { discreet = "true" }
[[step]]
id = "done"
say = "Neutral."
"#;

async fn discreet() -> House {
    let mut house = House::closed(small_library_with("move", NEUTRAL));
    house.settings.dialogs.set(Occasion::Menu, "move");
    house.open().await;
    house.welcome("ada").await;
    assert_eq!(house.say("ada", "/menu").await, ["Neutral."]);
    house.plan("ada", "daily", "19:00", "Wait").await;
    house
}

fn is_neutral(said: &str) -> bool {
    let said = said.to_lowercase();
    let words: Vec<&str> = said.split(|c: char| !c.is_alphanumeric()).collect();
    !TELLING.iter().any(|telling| words.contains(telling))
}

#[tokio::test]
async fn the_first_words_are_neutral_and_a_tap_shows_the_question() {
    let house = discreet().await;
    for day in 23..=29 {
        house.advance_to(berlin(&format!("2026-03-{day}T19:00"))).await;
        let said = house.messenger.said("ada");
        assert!(said.len() == 1 && is_neutral(&said[0]), "{said:?}");
        assert_eq!(house.tap("ada", "Open").await, ["Time to check in.", "How is today?"]);
        house.say("ada", "3").await;
        assert_eq!(house.say("ada", "rain").await, ["Thank you."]);
    }
}

/// The control: without the choice the question itself comes, and the list of words finds it.
#[tokio::test]
async fn without_the_choice_the_question_itself_comes() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.plan("ada", "daily", "19:00", "Wait").await;
    house.advance_to(berlin("2026-03-23T19:00")).await;
    assert!(!house.messenger.said("ada").iter().all(|said| is_neutral(said)));
}

#[tokio::test]
async fn typed_words_open_it_as_well_and_later_means_the_same_words_later() {
    let house = discreet().await;
    house.advance_to(berlin("2026-03-23T19:00")).await;
    house.messenger.said("ada");
    house.tap("ada", "Later").await;
    house.advance_to(berlin("2026-03-23T21:00")).await;
    let said = house.messenger.said("ada");
    assert!(said.len() == 1 && is_neutral(&said[0]), "{said:?}");
    assert_eq!(house.say("ada", "hello").await, ["Time to check in.", "How is today?"]);
}

#[tokio::test]
async fn not_today_leaves_it_and_tomorrow_it_comes_again() {
    let house = discreet().await;
    house.advance_to(berlin("2026-03-23T19:00")).await;
    assert_eq!(house.tap("ada", "Not today").await[1..], ["All right."]);
    house.advance_to(berlin("2026-03-24T19:00")).await;
    let said = house.messenger.said("ada");
    assert!(said.len() == 1 && is_neutral(&said[0]), "{said:?}");
}

#[tokio::test]
async fn a_restart_between_the_words_and_the_tap_loses_nothing() {
    let mut house = discreet().await;
    house.advance_to(berlin("2026-03-23T19:00")).await;
    house.restart().await;
    assert_eq!(house.tap("ada", "Open").await[1..], ["Time to check in.", "How is today?"]);
    assert_eq!(house.person("ada").await.1.profile.waiting, None);
    assert_eq!(house.person("ada").await.1.profile.facts.get("discreet"), Some(&Value::Bool(true)));
}
