//! The days of the last week on which somebody has checked in: told in the weekly look back, as they are.

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
