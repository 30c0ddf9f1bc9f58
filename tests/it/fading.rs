//! Check-ins that nobody answers: two, then one question, then one a week, then none. And coming back.

use jiff::ToSpan;
use mendwell::domain::fading::Stage;

use crate::support::{House, berlin};

const CHECKIN: &str = "How is today?";
const QUESTION: &str = "Shall I keep asking how you are?";
const FAREWELL: &str = "I will be quiet now";
const REST: &str = "Good to have you here. The check-ins rest";

/// Somebody with a check-in every day at 18:30, from Monday 23 March 2026 on.
async fn daily(person: &str) -> House {
    let house = House::new().await;
    house.welcome(person).await;
    house.plan(person, "daily", "18:30", "Wait").await;
    house
}

/// What came by itself each evening until the end of so many days, by the number of the day; the first word of each.
async fn evenings(house: &House, person: &str, first: i32, days: i32) -> Vec<(i32, String)> {
    let mut came = Vec::new();
    for day in first..first + days {
        let evening = berlin("2026-03-23T21:00").to_zoned_datetime(jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
        house.advance_to(evening.checked_add(day.days()).unwrap().timestamp()).await;
        came.extend(house.messenger.said(person).into_iter().map(|text| (day, text)));
    }
    came
}

fn kinds(came: &[(i32, String)]) -> Vec<(i32, &str)> {
    let kind = |text: &str| [CHECKIN, QUESTION, FAREWELL].into_iter().find(|kind| text.starts_with(kind));
    let asked = came.iter().filter(|(_, text)| text != "Time to check in.");
    asked.map(|(day, text)| (*day, kind(text).unwrap_or("something else"))).collect()
}

#[tokio::test]
async fn the_silent_get_two_then_a_question_then_one_a_week_then_none() {
    let house = daily("ada").await;
    let came = evenings(&house, "ada", 0, 200).await;
    let wanted = [(0, CHECKIN), (1, CHECKIN), (2, QUESTION), (9, CHECKIN), (16, CHECKIN), (23, FAREWELL)];
    assert_eq!(kinds(&came), wanted);
    assert_eq!(house.store().plans_next_due().await.unwrap(), None, "nothing wakes the bot for them");
}

#[tokio::test]
async fn whoever_answers_now_and_then_is_never_asked() {
    let house = daily("ada").await;
    let mut questions = 0;
    for day in 0..40 {
        let came = evenings(&house, "ada", day, 1).await;
        questions += kinds(&came).iter().filter(|(_, kind)| *kind != CHECKIN).count();
        if day % 2 == 1 {
            house.say("ada", "3").await;
            house.say("ada", "rain").await;
        }
    }
    assert_eq!(questions, 0);
}

#[tokio::test]
async fn the_question_is_answered_in_three_ways() {
    for (label, words, later) in [
        ("Yes, as before", "Good. It stays as it was.", vec![(3, CHECKIN), (4, CHECKIN), (5, QUESTION)]),
        ("Once a week", "Good. Once a week,", vec![(9, CHECKIN), (16, CHECKIN)]),
        ("Please stop", "All right, I have stopped.", vec![]),
    ] {
        let house = daily("ada").await;
        evenings(&house, "ada", 0, 3).await;
        let said = house.tap("ada", label).await;
        assert!(said[0].starts_with(words), "{said:?}");
        assert_eq!(kinds(&evenings(&house, "ada", 3, if later.len() == 3 { 3 } else { 18 }).await), later, "{label}");
    }
}

#[tokio::test]
async fn coming_back_from_once_a_week_brings_the_old_rhythm_and_no_count() {
    let house = daily("ada").await;
    evenings(&house, "ada", 0, 10).await;
    let said = house.say("ada", "4").await;
    assert_eq!(said, ["A few words?"]);
    house.say("ada", "sun").await;
    assert_eq!(kinds(&evenings(&house, "ada", 10, 3).await), [(10, CHECKIN), (11, CHECKIN), (12, QUESTION)]);
}

#[tokio::test]
async fn coming_back_after_the_last_words_is_told_once_and_resume_brings_all_back() {
    let house = daily("ada").await;
    evenings(&house, "ada", 0, 60).await;
    let said = house.say("ada", "/help").await;
    assert!(said[0].starts_with(REST) && said.len() == 2, "{said:?}");
    let said = house.say("ada", "/help").await;
    assert!(said.len() == 1 && !said[0].starts_with(REST), "{said:?}");
    assert_eq!(evenings(&house, "ada", 60, 5).await, []);
    let said = house.say("ada", "/resume").await;
    assert_eq!(said[0], "The check-ins are on again.");
    assert_eq!(kinds(&evenings(&house, "ada", 65, 3).await), [(65, CHECKIN), (66, CHECKIN), (67, QUESTION)]);
}

#[tokio::test]
async fn in_danger_nobody_hears_of_check_ins() {
    let house = daily("ada").await;
    evenings(&house, "ada", 0, 60).await;
    let said = house.say("ada", "/crisis").await;
    assert!(said.iter().all(|text| !text.starts_with(REST)), "{said:?}");
    house.say("ada", "/stop").await;
    let (_, state) = house.person("ada").await;
    assert!(matches!(state.profile.fading.map(|fading| fading.stage), Some(Stage::Resting | Stage::RestingTold)));
}

#[tokio::test]
async fn any_sign_of_life_begins_the_count_anew() {
    let house = daily("ada").await;
    for day in 0..10 {
        evenings(&house, "ada", day, 1).await;
        house.shows_life("ada").await;
    }
    assert_eq!(kinds(&evenings(&house, "ada", 10, 1).await), [(10, CHECKIN)]);
}
