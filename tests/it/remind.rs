//! `/remind` by typing, with the shipped dialogs: it is said back by the person's clock, comes then, and can be taken back.

use mendwell::domain::value::Value;
use mendwell::store::PlanRow;

use crate::support::{House, berlin};

async fn plans(house: &House, person: &str) -> Vec<PlanRow> {
    let (id, _) = house.person(person).await;
    house.store().plans_of(id).await.unwrap()
}

fn came(house: &House, person: &str) -> usize {
    house.messenger.said(person).len()
}

#[tokio::test]
async fn what_is_typed_is_said_back_and_comes() {
    let house = House::shipped("ada").await;
    let said = house.say("ada", "/remind every weekday at 8").await;
    let wanted = "Today's check-in: Monday to Friday at 8:00. The next one comes on Tuesday 24 March at 8:00.";
    assert!(said[0].starts_with(wanted), "{said:?}");
    assert_eq!(house.tap("ada", "That's right").await, ["Good. /remind changes it again."]);
    house.advance_to(berlin("2026-03-24T07:59")).await;
    assert_eq!(came(&house, "ada"), 0);
    house.advance_to(berlin("2026-03-24T08:00")).await;
    assert_eq!(came(&house, "ada"), 1);
}

#[tokio::test]
async fn a_time_at_night_waits_for_the_morning_and_says_so() {
    let house = House::shipped("ada").await;
    house.advance_to(berlin("2026-03-23T23:50")).await;
    let said = house.say("ada", "/remind in 20 minutes").await;
    assert!(said[0].contains("once, on Tuesday 24 March at 8:00. Between 22:00 and 8:00 I stay quiet"), "{said:?}");
    house.say("ada", "right").await;
    house.advance_to(berlin("2026-03-24T07:59")).await;
    assert_eq!(came(&house, "ada"), 0);
    house.advance_to(berlin("2026-03-24T08:00")).await;
    assert_eq!(came(&house, "ada"), 1);
    assert_eq!(plans(&house, "ada").await, []);
}

#[tokio::test]
async fn taking_it_back_leaves_the_plans_as_they_were() {
    let house = House::shipped("ada").await;
    house.say("ada", "/remind daily at 19:00").await;
    house.say("ada", "right").await;
    let before = plans(&house, "ada").await;
    for typed in ["/remind sundays at 10", "/remind stop", "/remind in 2h", "/remind weekly review sundays at 18"] {
        house.say("ada", typed).await;
        assert_ne!(plans(&house, "ada").await, before, "{typed}");
        assert_eq!(house.tap("ada", "Take it back").await, ["Taken back. It is as it was before."]);
        let after = plans(&house, "ada").await;
        assert_eq!(after.len(), 1, "{typed}");
        assert_eq!((&after[0].plan, after[0].due_at), (&before[0].plan, before[0].due_at), "{typed}");
    }
}

#[tokio::test]
async fn what_is_unclear_or_over_changes_nothing() {
    let house = House::shipped("ada").await;
    house.say("ada", "/remind daily at 19:00").await;
    house.say("ada", "right").await;
    let before = plans(&house, "ada").await;
    for (typed, wanted) in [
        ("/remind when the moon is blue", "I am not sure when you mean, so nothing has changed."),
        ("/remind today at 8", "That time has passed already"),
        ("/remind stop weekly review", "Nothing of that kind is planned"),
        ("/remind check-in tomorrow at 20:00", "Today's check-in: it comes anyway before that, on Monday 23 March"),
    ] {
        let said = house.say("ada", typed).await;
        assert!(said[0].starts_with(wanted), "{typed}: {said:?}");
        assert_eq!(plans(&house, "ada").await, before, "{typed}");
    }
}

#[tokio::test]
async fn stop_ends_every_plan_and_the_consent_with_it() {
    let house = House::shipped("ada").await;
    for typed in ["/remind daily at 19:00", "/remind weekly review sundays at 18", "/remind in 3 days"] {
        house.say("ada", typed).await;
        house.say("ada", "right").await;
    }
    assert_eq!(plans(&house, "ada").await.len(), 3);
    house.say("ada", "/remind stop").await;
    assert_eq!(plans(&house, "ada").await, []);
    let (_, state) = house.person("ada").await;
    assert_eq!(state.profile.facts.get("consent_daily"), Some(&Value::Bool(false)));
}

#[tokio::test]
async fn an_open_exercise_goes_on_afterwards() {
    let house = House::shipped("ada").await;
    house.say("ada", "/checkin").await;
    house.say("ada", "/remind tomorrow evening").await;
    let said = house.say("ada", "right").await;
    assert_eq!(said[0], "Good. /remind changes it again.");
    assert!(said.len() > 1, "the check-in stands again: {said:?}");
}

#[tokio::test]
async fn inside_a_talk_about_safety_nothing_is_planned() {
    let house = House::shipped("ada").await;
    house.say("ada", "/crisis").await;
    let said = house.say("ada", "/remind daily at 19:00").await;
    assert!(said[0].starts_with("Let's finish this here first."), "{said:?}");
    assert_eq!(plans(&house, "ada").await, []);
}
