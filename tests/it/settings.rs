//! `/settings`, with the shipped dialogs: it says how everything stands, and each button changes what it says.

use jiff::SignedDuration;
use mendwell::domain::value::Value;

use crate::support::House;

async fn stands(house: &House) -> String {
    let said = house.say("ada", "/settings").await.pop().unwrap();
    house.say("ada", "leave").await;
    said
}

#[tokio::test]
async fn it_says_how_everything_stands_and_each_way_changes_it() {
    let house = House::shipped("ada").await;
    let first = stands(&house).await;
    for line in [
        "Language: English",
        "Quiet hours: from 22:00 to 8:00",
        "Check-ins: none by themselves",
        "Sound: on",
        "On the screen: the question itself",
        "PIN: none",
        "What this is for: feeling better",
    ] {
        assert!(first.contains(&format!("• {line}\n")), "{line}: {first}");
    }
    for (words, line) in [
        (&["clock", "Lisbon"][..], "Clock: Europe/Lisbon"),
        (&["quiet", "23:00", "6:30"], "Quiet hours: from 23:00 to 6:30"),
        (&["quiet", "8", "8"], "Quiet hours: none"),
        (&["times", "daily", "evening"], "Check-ins: they come at the times you chose"),
        (&["sound", "silent"], "Sound: off"),
        (&["screen", "neutral"], "On the screen: neutral words only"),
        (&["name", "Robin"], "I call you: Robin"),
        (&["aim", "decide", "/skip"], "What this is for: deciding what you want"),
        (&["language", "es"], "Idioma: Español"),
    ] {
        house.say("ada", "/settings").await;
        for typed in words {
            house.say("ada", typed).await;
        }
        let said = stands(&house).await;
        assert!(said.contains(&format!("• {line}")), "{line}: {said}");
    }
}

#[tokio::test]
async fn a_pin_is_set_from_there_and_then_stands_before_it() {
    let house = House::shipped("ada").await;
    house.say("ada", "/settings").await;
    let said = house.tap("ada", "PIN").await;
    assert!(said.last().unwrap().starts_with("Which PIN would you like?"), "{said:?}");
    house.say("ada", "4711").await;
    assert!(house.say("ada", "4711").await[0].starts_with("Your PIN is set."));
    assert!(stands(&house).await.contains("• PIN: set"));
    house.advance(SignedDuration::from_mins(11)).await;
    let said = house.say("ada", "/settings").await;
    assert!(said.len() == 1 && said[0].starts_with("Your PIN first"), "{said:?}");
    assert!(house.say("ada", "4711").await[0].contains("• PIN: set"));
}

#[tokio::test]
async fn what_was_open_goes_on_afterwards_and_words_lead_there_too() {
    let house = House::shipped("ada").await;
    house.say("ada", "change my settings").await;
    let said = house.tap("ada", "Settings").await;
    assert!(said[0].contains("• Language: English"), "{said:?}");
    house.say("ada", "leave").await;
    house.say("ada", "/checkin").await;
    house.say("ada", "/settings").await;
    let said = house.say("ada", "leave").await;
    assert!(said.len() > 1 && said[0] == "Then it stays.", "{said:?}");
}

#[tokio::test]
async fn quiet_hours_hold_for_what_was_planned_before() {
    let house = House::shipped("ada").await;
    for typed in ["/remind daily at 21:30", "right", "/settings", "quiet", "21:00", "9:00"] {
        house.say("ada", typed).await;
    }
    let (id, state) = house.person("ada").await;
    let quiet = state.profile.facts.get("quiet_from");
    assert_eq!(quiet, Some(&Value::Time(jiff::civil::time(21, 0, 0, 0))));
    let plans = house.store().plans_of(id).await.unwrap();
    assert_eq!(plans[0].due_at.unwrap(), crate::support::berlin("2026-03-24T09:00"));
}
