//! Nobody's words are kept for ever: after a year of silence one notice, a month later everything goes, without a word.

use jiff::SignedDuration;
use mendwell::domain::event::{Body, Platform};
use mendwell::service::ports::Outcome;

use crate::support::{House, berlin};

const NOTICE: &str = "Hello. You have not written here for 12 months";

async fn is_known(house: &House, person: &str) -> bool {
    let found = house.store().persons_by_account(&[(Platform::Telegram, person.to_owned())]).await.unwrap();
    found[0].is_some()
}

/// Somebody who has an entry and says nothing from 23 March 2026 on.
async fn silent(person: &str) -> House {
    let house = House::new().await;
    house.welcome(person).await;
    house.open_dialog(person, "daily").await;
    house.say(person, "3").await;
    house.say(person, "rain").await;
    house
}

#[tokio::test]
async fn a_year_of_silence_gets_one_notice_and_a_month_later_everything_is_gone() {
    let house = silent("ada").await;
    house.advance_to(berlin("2027-03-22T20:00")).await;
    assert_eq!(house.messenger.said("ada"), [""; 0]);
    house.advance_to(berlin("2027-03-23T20:00")).await;
    let said = house.messenger.said("ada");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with(NOTICE) && said[0].contains("On Thursday 22 April I delete everything"), "{said:?}");
    house.advance_to(berlin("2027-04-21T20:00")).await;
    assert!(is_known(&house, "ada").await);
    let count = house.messenger.count();
    house.advance_to(berlin("2027-04-23T20:00")).await;
    assert!(!is_known(&house, "ada").await);
    assert_eq!(house.store().persons_count().await.unwrap(), 0, "no stranger is left for a receipt");
    assert_eq!(house.messenger.count(), count, "nobody is told");
    assert_eq!(house.store().silences_next_due().await.unwrap(), None);
}

#[tokio::test]
async fn whoever_writes_after_the_notice_is_kept_for_another_year() {
    let house = silent("ada").await;
    house.advance_to(berlin("2027-03-24T09:00")).await;
    assert!(house.messenger.said("ada")[0].starts_with(NOTICE));
    house.advance_to(berlin("2027-04-20T09:00")).await;
    house.say("ada", "I am still here").await;
    house.advance_to(berlin("2028-04-19T09:00")).await;
    assert!(is_known(&house, "ada").await);
    let count = house.messenger.count();
    house.advance_to(berlin("2028-04-21T09:00")).await;
    assert_eq!(house.messenger.count(), count + 1, "and then told again");
}

#[tokio::test]
async fn one_tap_keeps_everything_and_one_deletes_it_after_a_question() {
    let house = silent("ada").await;
    house.advance_to(berlin("2027-03-24T09:00")).await;
    let said = house.tap("ada", "Please keep it").await;
    assert_eq!(said.last().unwrap(), "You are here, so nothing is deleted: everything stays as it was.");
    house.advance_to(berlin("2027-06-24T09:00")).await;
    assert!(is_known(&house, "ada").await);
    let house = silent("bob").await;
    house.advance_to(berlin("2027-03-24T09:00")).await;
    let said = house.tap("bob", "Delete it now").await;
    assert!(said.last().unwrap().starts_with("Shall I delete everything"), "{said:?}");
    let said = house.tap("bob", "Delete everything").await;
    assert!(said[0].starts_with("It is done. This is what I deleted:"), "{said:?}");
}

#[tokio::test]
async fn the_notice_waits_for_the_end_of_the_quiet_hours() {
    let mut house = House::new().await;
    house.settings.idle_months = 1;
    house.restart().await;
    house.advance_to(berlin("2026-03-23T23:30")).await;
    house.welcome("ada").await;
    house.advance_to(berlin("2026-04-24T07:59")).await;
    assert_eq!(house.messenger.said("ada"), [""; 0]);
    house.advance_to(berlin("2026-04-24T08:00")).await;
    assert!(house.messenger.said("ada")[0].starts_with("Hello. You have not written here for 1 month,"));
}

#[tokio::test]
async fn whom_nothing_reaches_goes_all_the_same() {
    let house = silent("ada").await;
    house.handle(house.event("ada", Body::Left)).await;
    let count = house.messenger.count();
    house.advance_to(berlin("2027-04-24T20:00")).await;
    assert!(!is_known(&house, "ada").await);
    assert_eq!(house.messenger.count(), count);
}

#[tokio::test]
async fn a_notice_that_does_not_arrive_ends_nothing_early_and_nothing_late() {
    let house = silent("ada").await;
    house.messenger.ends("ada", [Outcome::Unknown]);
    house.advance_to(berlin("2027-03-24T09:00")).await;
    house.advance_to(berlin("2027-04-21T20:00")).await;
    assert!(is_known(&house, "ada").await);
    house.advance(SignedDuration::from_hours(72)).await;
    assert!(!is_known(&house, "ada").await);
}

/// The negative control of the first test: people who write once a month hear nothing of it.
#[tokio::test]
async fn whoever_writes_is_never_told() {
    let house = silent("ada").await;
    for month in 4..=12 {
        house.advance_to(berlin(&format!("2026-{month:02}-20T09:00"))).await;
        house.say("ada", "/help").await;
    }
    for month in 1..=6 {
        house.advance_to(berlin(&format!("2027-{month:02}-20T09:00"))).await;
        let said = house.say("ada", "/help").await;
        assert!(said.len() == 1 && said[0].starts_with("This is what I understand:"), "{said:?}");
    }
}
