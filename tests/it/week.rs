//! The days of the last week on which somebody has checked in: told in the weekly look back, as they are.

use mendwell::domain::value::Value;
use mendwell::domain::write::Write;
use mendwell::store::{EntryKept, EntryKind};

use crate::link::link;
use crate::support::{House, berlin};

/// What the weekly look back says of them, if it says anything.
async fn told(house: &House, person: &str) -> Option<String> {
    let said = house.say(person, "/start week-progress").await;
    house.say(person, "/stop").await;
    said.into_iter().find(|said| said.contains("check-in") || said.contains("checked in"))
}

async fn mood(house: &House, person: &str, number: &str) {
    house.say(person, "/mood").await;
    house.say(person, number).await;
}

#[tokio::test]
async fn days_with_a_check_in_are_counted_once_each_and_none_is_said_without_a_mark() {
    let house = House::shipped("ada").await;
    assert!(told(&house, "ada").await.unwrap().starts_with("There was no check-in in these 7 days."));
    mood(&house, "ada", "3").await;
    assert_eq!(told(&house, "ada").await, None, "of one day there is nothing to count");
    house.advance_to(berlin("2026-03-25T20:00")).await;
    house.say("ada", "/checkin").await;
    house.say("ada", "4").await;
    house.say("ada", "/stop").await;
    assert!(told(&house, "ada").await.unwrap().starts_with("You checked in on 2 of the last 3 days."));
    house.advance_to(berlin("2026-03-30T20:00")).await;
    assert!(told(&house, "ada").await.unwrap().starts_with("You checked in on 1 of the last 7 days."));
    house.advance_to(berlin("2026-04-10T20:00")).await;
    assert!(told(&house, "ada").await.unwrap().starts_with("There was no check-in in these 7 days."));
    for day in 11..=17 {
        house.advance_to(berlin(&format!("2026-04-{day}T20:00"))).await;
        mood(&house, "ada", "4").await;
    }
    assert!(told(&house, "ada").await.unwrap().starts_with("You checked in on 7 of the last 7 days."));
}

#[tokio::test]
async fn of_two_accounts_that_become_one_the_days_of_both_count() {
    let house = House::shipped("ada").await;
    house.greet("ada@dc").await;
    mood(&house, "ada", "3").await;
    house.advance_to(berlin("2026-03-26T20:00")).await;
    mood(&house, "ada@dc", "3").await;
    link(&house, "ada", "ada@dc").await;
    house.say("ada@dc", "/stop").await;
    assert!(told(&house, "ada@dc").await.unwrap().starts_with("You checked in on 2 of the last 4 days."));
}

/// The numbers that are kept, with their days.
async fn moods(house: &House, person: &str) -> Vec<(String, f64)> {
    let (id, _) = house.person(person).await;
    let kept = house.store().entries_newest(id, EntryKind::Measure, 0, 100).await.unwrap();
    let mood = |kept: EntryKept| match kept.write {
        Write::Measures { values, date } => Some((date.to_string(), *values.get("mood")?)),
        _ => None,
    };
    kept.into_iter().filter_map(mood).collect()
}

fn days(days: &[(&str, f64)]) -> Vec<(String, f64)> {
    days.iter().map(|(day, mood)| ((*day).to_owned(), *mood)).collect()
}

/// Somebody with a check-in every evening, of which that of the 23rd was answered and that of the 24th was not.
async fn back_after_a_gap() -> House {
    let house = House::shipped("ada").await;
    for words in ["/remind daily at 19:00", "right"] {
        house.say("ada", words).await;
    }
    house.advance_to(berlin("2026-03-23T19:00")).await;
    house.say("ada", "3").await;
    house.say("ada", "done").await;
    house.advance_to(berlin("2026-03-25T19:00")).await;
    house
}

#[tokio::test]
async fn a_missed_day_is_offered_once_and_kept_under_its_own_date() {
    let house = back_after_a_gap().await;
    let said = house.say("ada", "4").await;
    assert!(said.iter().any(|said| said.contains("esterday")), "{said:?}");
    assert_eq!(house.say("ada", "2").await[0], "Kept, under yesterday's date.");
    house.say("ada", "done").await;
    let wanted = days(&[("2026-03-24", 2.0), ("2026-03-25", 4.0), ("2026-03-23", 3.0)]);
    assert_eq!(moods(&house, "ada").await, wanted);
    assert!(told(&house, "ada").await.unwrap().starts_with("You checked in on 3 of the last 3 days."));
    house.say("ada", "/mood").await;
    house.say("ada", "leave").await;
    house.advance_to(berlin("2026-03-26T19:00")).await;
    let said = house.say("ada", "4").await;
    assert!(!said.iter().any(|said| said.contains("esterday")), "{said:?}");
}

#[tokio::test]
async fn a_gap_is_not_asked_about_where_nobody_was_asked_or_when_it_is_skipped() {
    let house = House::shipped("ada").await;
    for day in ["2026-03-23T19:00", "2026-03-27T19:00"] {
        house.advance_to(berlin(day)).await;
        house.say("ada", "/checkin").await;
        let said = house.say("ada", "4").await;
        assert!(!said.iter().any(|said| said.contains("esterday")), "{said:?}");
        house.say("ada", "done").await;
    }
    let house = back_after_a_gap().await;
    house.say("ada", "4").await;
    house.say("ada", "/skip").await;
    house.say("ada", "done").await;
    assert_eq!(moods(&house, "ada").await, days(&[("2026-03-25", 4.0), ("2026-03-23", 3.0)]));
}

#[tokio::test]
async fn a_number_of_today_is_changed_and_not_doubled() {
    let house = House::shipped("ada").await;
    mood(&house, "ada", "3").await;
    house.advance_to(berlin("2026-03-24T19:00")).await;
    house.say("ada", "/checkin").await;
    house.say("ada", "5").await;
    house.tap("ada", "Change the number").await;
    assert_eq!(house.say("ada", "2").await[0], "Changed. Today stands at 2 of 5.");
    assert_eq!(moods(&house, "ada").await, days(&[("2026-03-24", 2.0), ("2026-03-23", 3.0)]));
    // Another moment is another number, and of two the newest changes.
    house.say("ada", "/mood").await;
    house.tap("ada", "Say how it is now").await;
    house.say("ada", "4").await;
    house.say("ada", "/mood").await;
    house.tap("ada", "Change that number").await;
    house.say("ada", "3").await;
    let wanted = days(&[("2026-03-24", 3.0), ("2026-03-24", 2.0), ("2026-03-23", 3.0)]);
    assert_eq!(moods(&house, "ada").await, wanted);
    let (_, state) = house.person("ada").await;
    assert_eq!(state.profile.facts.get("last_mood"), Some(&Value::Num(3.0)));
    assert_eq!(state.profile.facts.get("checkins"), Some(&Value::Num(3.0)), "a change is no further check-in");
}
