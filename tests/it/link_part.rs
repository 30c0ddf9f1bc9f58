//! Two accounts of one person part again: at once, with everything on the one that stays.

use mendwell::domain::event::Platform;
use mendwell::domain::value::Value;
use mendwell::store::EntryKind;

use crate::link::link;
use crate::support::House;

/// A house with one person on both platforms, who has a dialog open and an entry kept.
async fn two_in_one(checkins: &str) -> House {
    let house = House::new().await;
    house.welcome("ada").await;
    house.welcome("ada@dc").await;
    link(&house, "ada", "ada@dc").await;
    house.tap("ada@dc", checkins).await;
    house.open_dialog("ada", "long").await;
    for words in ["one", "two", "three"] {
        house.say("ada", words).await;
    }
    house
}

fn app(person: &str) -> &'static str {
    if person == "ada" { "Telegram" } else { "Discord" }
}

#[tokio::test]
async fn who_leaves_is_a_stranger_and_who_stays_has_everything() {
    for (leaves, stays) in [("ada", "ada@dc"), ("ada@dc", "ada")] {
        let house = two_in_one("Wherever").await;
        house.open_dialog(stays, "long").await;
        house.say(stays, "first").await;
        let asked = house.say(leaves, "/unlink").await;
        assert!(asked[0].starts_with(&format!("Shall I disconnect {} from {}?", app(leaves), app(stays))), "{asked:?}");
        let done = house.tap(leaves, "Disconnect it").await;
        let told = format!(
            "Done. {} is disconnected, and nothing of yours is left with it. On {} everything goes on as it was.",
            app(leaves),
            app(stays)
        );
        assert_eq!(done, [told], "and nothing of the other talk is shown here");
        assert_eq!(house.store().persons_count().await.unwrap(), 1);
        assert_eq!(house.say(leaves, "/menu").await.last().unwrap(), "What may I call you?");
        assert_ne!(house.person(leaves).await.0, house.person(stays).await.0);

        house.messenger.said(stays);
        house.say(stays, "/resume").await;
        assert_eq!(house.say(stays, "second").await, ["Third?"], "the open talk goes on");
        let (person, state) = house.person(stays).await;
        assert_eq!(house.store().entries_of(person, EntryKind::Journal, 9).await.unwrap().len(), 1);
        assert!(state.profile.others.is_empty());
        assert_eq!(house.counter("unlinked_total").await, 1);
    }
}

#[tokio::test]
async fn parting_can_be_thought_better_of() {
    let house = two_in_one("Wherever").await;
    house.say("ada", "/unlink").await;
    assert_eq!(house.tap("ada", "Leave it as it is").await, ["Then both stay connected."]);
    house.say("ada", "/unlink").await;
    house.say("ada", "/stop").await;
    assert_eq!(house.person("ada").await.0, house.person("ada@dc").await.0);
    assert_eq!(house.counter("unlinked_total").await, 0);
}

#[tokio::test]
async fn alone_there_is_nothing_to_part_with() {
    let house = House::new().await;
    house.welcome("ada").await;
    assert_eq!(house.say("ada", "/unlink").await, ["No other app is connected with this one. /link connects one."]);
}

#[tokio::test]
async fn check_ins_come_where_the_person_still_is() {
    let house = two_in_one("Discord").await;
    house.plan("ada", "daily", "08:00", "Wait").await;
    house.say("ada@dc", "/unlink").await;
    house.tap("ada@dc", "Disconnect it").await;
    let (_, state) = house.person("ada").await;
    assert_eq!(state.profile.facts.get("checkins_on"), None, "the wish went with the account");
    let before = house.messenger.attempts("ada@dc").len();
    house.advance(jiff::SignedDuration::from_hours(24)).await;
    assert!(!house.messenger.said("ada").is_empty(), "the check-in");
    assert_eq!(house.messenger.attempts("ada@dc").len(), before, "nothing more comes there");
}

#[tokio::test]
async fn a_new_code_connects_them_again() {
    let house = two_in_one("Wherever").await;
    house.say("ada", "/unlink").await;
    house.tap("ada", "Disconnect it").await;
    house.welcome("ada").await;
    link(&house, "ada@dc", "ada").await;
    let (person, state) = house.person("ada").await;
    assert_eq!(person, house.person("ada@dc").await.0);
    assert_eq!(house.store().entries_of(person, EntryKind::Journal, 9).await.unwrap().len(), 1);
    assert_eq!(state.profile.facts.get("name"), Some(&Value::text("ada")));
    assert_eq!(state.profile.address.platform, Platform::Telegram);
}
