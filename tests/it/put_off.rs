//! A check-in that does not suit now: an hour, the evening, tomorrow, or left out for today.

use jiff::Timestamp;

use crate::support::{House, berlin};

async fn due(house: &House, person: &str) -> Option<Timestamp> {
    let (id, _) = house.person(person).await;
    house.store().plans_of(id).await.unwrap().first().and_then(|plan| plan.due_at)
}

/// A daily check-in of 12:00 has come, and does not suit.
async fn put_off() -> House {
    let house = House::shipped("ada").await;
    house.say("ada", "/remind daily at 12:00").await;
    house.say("ada", "right").await;
    house.advance_to(berlin("2026-03-23T12:05")).await;
    let said = house.tap("ada", "Later").await;
    assert_eq!(said.last().unwrap(), "Or is another time better?");
    assert_eq!(due(&house, "ada").await, Some(berlin("2026-03-23T14:05")), "without an answer");
    house
}

#[tokio::test]
async fn it_comes_again_when_they_say() {
    for (label, wanted) in [
        ("In an hour", "2026-03-23T13:05"),
        ("This evening", "2026-03-23T19:00"),
        ("Tomorrow", "2026-03-24T12:00"),
        ("Not today", "2026-03-24T12:00"),
    ] {
        let house = put_off().await;
        house.tap("ada", label).await;
        assert_eq!(due(&house, "ada").await, Some(berlin(wanted)), "{label}");
        house.advance_to(berlin(wanted)).await;
        assert_eq!(house.messenger.said("ada").len(), 1, "{label}");
    }
}

#[tokio::test]
async fn without_an_answer_it_comes_in_two_hours_and_the_question_is_not_in_its_way() {
    let house = put_off().await;
    house.advance_to(berlin("2026-03-23T14:05")).await;
    assert_eq!(house.messenger.said("ada").len(), 1);
    assert_eq!(due(&house, "ada").await, Some(berlin("2026-03-24T12:00")));
}

#[tokio::test]
async fn one_that_was_asked_for_once_can_be_put_off_and_left_out() {
    for (label, wanted) in [("Tomorrow", Some("2026-03-24T12:05")), ("Not today", None)] {
        let house = House::shipped("ada").await;
        house.say("ada", "/remind today at 12:00").await;
        house.say("ada", "right").await;
        house.advance_to(berlin("2026-03-23T12:05")).await;
        house.tap("ada", "Later").await;
        house.tap("ada", label).await;
        assert_eq!(due(&house, "ada").await, wanted.map(berlin), "{label}");
    }
}
