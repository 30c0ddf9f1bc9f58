//! The plan for hard hours and the note for somebody who helps: made, shown whole, changed part by part, and never in the
//! way of whom to reach.

use jiff::SignedDuration;
use mendwell::domain::value::Value;
use mendwell::domain::write::{JournalEntry, Write};
use mendwell::store::EntryKind;

use crate::care::with_ada;
use crate::support::House;

const PLAN: &str = "My plan for hard hours";
const HELPER: &str = "A note for somebody who helps";
const SIX: [&str; 6] = ["I stop eating", "a shower", "the library", "Ines", "Dr. Roth", "the key is at Jon's"];

fn has(said: &[String], words: &str) -> bool {
    said.iter().any(|text| text.contains(words))
}

async fn made(house: &House) {
    house.say("ada", "/tools").await;
    house.tap("ada", PLAN).await;
    for words in SIX {
        house.say("ada", words).await;
    }
}

async fn kept(house: &House, dialog: &str) -> Vec<JournalEntry> {
    let (id, _) = house.person("ada").await;
    let entries = house.store().entries_newest(id, EntryKind::Journal, 0, 100).await.unwrap();
    let of = |write| match write {
        Write::Journal(entry) if entry.dialog == dialog => Some(entry),
        _ => None,
    };
    entries.into_iter().filter_map(|kept| of(kept.write)).collect()
}

async fn fact(house: &House, name: &str) -> Option<Value> {
    house.person("ada").await.1.profile.facts.get(name).cloned()
}

async fn behind_a_pin(house: &House) {
    for words in ["/pin", "4711", "4711"] {
        house.say("ada", words).await;
    }
    house.advance(SignedDuration::from_mins(10)).await;
}

#[tokio::test]
async fn the_plan_stands_whole_on_one_page_and_one_part_of_it_is_changed() {
    let house = with_ada().await;
    made(&house).await;
    house.say("ada", "/tools").await;
    let page = house.tap("ada", PLAN).await;
    assert!(SIX.iter().all(|words| page[0].contains(words)), "{page:?}");
    assert!(page[0].contains("112"), "its numbers are those of the country: {page:?}");
    house.tap("ada", "Change a part").await;
    let asked = house.tap("ada", "4. Whom I ask for help").await;
    assert!(has(&asked, "It says: Ines"), "{asked:?}");
    house.say("ada", "my sister").await;
    let plans = kept(&house, "hard-hours").await;
    assert_eq!(plans.len(), 1, "the changed one stands in the place of the other");
    let body = plans[0].body.expose();
    assert!(body.contains("my sister") && !body.contains("Ines") && body.contains("the library"), "{body}");
    house.say("ada", "/tools").await;
    assert!(house.tap("ada", PLAN).await[0].contains("my sister"));
}

#[tokio::test]
async fn a_deleted_plan_is_made_anew() {
    let house = with_ada().await;
    made(&house).await;
    assert_eq!(fact(&house, "hard_hours_kept").await, Some(Value::Bool(true)));
    house.say("ada", "/tools").await;
    house.tap("ada", PLAN).await;
    house.tap("ada", "Delete").await;
    house.tap("ada", "Delete it").await;
    assert_eq!(fact(&house, "hard_hours_kept").await, None);
    house.say("ada", "/tools").await;
    assert!(has(&house.tap("ada", PLAN).await, "Six short steps"));
}

#[tokio::test]
async fn a_pin_stands_before_the_plan_and_before_no_number() {
    let house = with_ada().await;
    made(&house).await;
    behind_a_pin(&house).await;
    house.say("ada", "/tools").await;
    let said = house.tap("ada", PLAN).await;
    assert!(said[0].starts_with("Your PIN first") && !has(&said, "the library"), "{said:?}");
    let said = house.say("ada", "4711").await;
    assert!(SIX.iter().all(|words| said[0].contains(words)), "the plan itself, not the list it is in: {said:?}");
    house.advance(SignedDuration::from_mins(11)).await;
    let card = house.say("ada", "/crisis").await;
    assert!(has(&card, "In danger right now: 112."), "{card:?}");
    assert!(has(&house.tap("ada", "No").await, "Shall I show it?"));
    let said = house.tap("ada", "Show it").await;
    assert!(has(&said, "behind your PIN") && !has(&said, "the library"), "{said:?}");
    assert!(has(&said, "What would help most right now?"), "the talk goes on: {said:?}");
}

#[tokio::test]
async fn in_a_hard_hour_the_plan_is_offered_and_shown() {
    let house = with_ada().await;
    house.say("ada", "/crisis").await;
    assert!(!has(&house.tap("ada", "No").await, "Shall I show it?"), "nobody is offered what they have not made");
    house.say("ada", "/stop").await;
    made(&house).await;
    house.advance(SignedDuration::from_hours(2)).await;
    house.say("ada", "/crisis").await;
    house.tap("ada", "No").await;
    let said = house.tap("ada", "Show it").await;
    assert!(has(&said, "the library") && has(&said, "What would help most right now?"), "{said:?}");
}

#[tokio::test]
async fn the_note_for_a_helper_is_kept_and_shown_again() {
    let house = with_ada().await;
    house.say("ada", "/tools").await;
    house.tap("ada", HELPER).await;
    for words in ["sit with me", "advice", "red"] {
        house.say("ada", words).await;
    }
    let said = house.say("ada", "call me").await;
    assert!(has(&said, "What helps me: sit with me") && has(&said, "call 112"), "{said:?}");
    house.say("ada", "/tools").await;
    let page = house.tap("ada", HELPER).await;
    assert!(page[0].contains("My word for “it is bad”: red"), "{page:?}");
    house.tap("ada", "Change a part").await;
    house.tap("ada", "The word for it").await;
    house.say("ada", "blue").await;
    let notes = kept(&house, "helper-card").await;
    assert!(notes.len() == 1 && notes[0].body.expose().contains("blue"), "{notes:?}");
}
