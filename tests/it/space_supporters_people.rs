//! What comes back from moderators, on the side of whoever asked: not before eyes that it is not for, not in the middle of
//! a crisis, never lost, and gone with everything of theirs.

use jiff::SignedDuration;
use mendwell::domain::event::{Address, Body, Platform, Source};
use mendwell::domain::space::SpaceAsk;
use mendwell::domain::text::UserText;

use crate::link::link as join;
use crate::space::event;
use crate::space_supporters::{
    answers, ask_again, ask_first, link, open_requests, open_to_asks, presses, said_there, space,
};
use crate::support::House;

/// A space, and somebody with a request in it.
async fn asked(person: &str) -> (House, String) {
    let house = open_to_asks().await;
    let link = link(&house).await;
    ask_first(&house, person, &link, "Is somebody there?").await;
    presses(&house, "m1", "g.q.take.1").await;
    house.messenger.said(person);
    (house, link)
}

#[tokio::test]
async fn discreet_mode_shows_neutral_words_first_and_the_answer_on_a_tap() {
    let (house, _) = asked("ada").await;
    house.say("ada", "/start reminders").await;
    house.say("ada", "/stop").await;
    let mut state = house.person("ada").await.1;
    state.profile.facts.insert("discreet".to_owned(), mendwell::domain::value::Value::Bool(true));
    keep(&house, "ada", state).await;
    answers(&house, "m1", "1 Hello there.").await;
    let said = house.messenger.said("ada");
    assert!(said.len() == 1 && said[0].contains("short note"), "{said:?}");
    let said = house.tap("ada", "Open").await;
    assert!(said[0].ends_with("Hello there.") && said[1].starts_with("Would you like to write back"), "{said:?}");
    // Not opened, it is not lost: a second one brings both.
    house.tap("ada", "Not now").await;
    answers(&house, "m1", "1 Second.").await;
    house.tap("ada", "Not today").await;
    answers(&house, "m1", "1 Third.").await;
    house.messenger.said("ada");
    let said = house.tap("ada", "Open").await;
    assert!(said[0].ends_with("Second.") && said[1].ends_with("Third."), "{said:?}");
}

#[tokio::test]
async fn behind_a_pin_an_answer_waits_for_the_pin() {
    let (house, _) = asked("ada").await;
    for words in ["/pin", "4711", "4711"] {
        house.say("ada", words).await;
    }
    house.advance(SignedDuration::from_mins(20)).await;
    answers(&house, "m1", "1 Hello there.").await;
    let said = house.messenger.said("ada");
    assert!(said.len() == 1 && said[0].contains("short note"), "{said:?}");
    let said = house.tap("ada", "Open").await;
    assert!(!said.iter().any(|text| text.contains("Hello there")), "{said:?}");
    let said = house.say("ada", "0000").await;
    assert!(!said.iter().any(|text| text.contains("Hello there")), "{said:?}");
    let said = house.say("ada", "4711").await;
    assert!(said.iter().any(|text| text.ends_with("Hello there.")), "{said:?}");
}

#[tokio::test]
async fn a_talk_about_safety_is_not_broken_off_and_an_exercise_goes_on_afterwards() {
    let (house, _) = asked("ada").await;
    house.say("ada", "/crisis").await;
    answers(&house, "m1", "1 Hello there.").await;
    assert_eq!(house.messenger.said("ada"), Vec::<String>::new());
    let said = house.say("ada", "/stop").await;
    assert!(said.iter().any(|text| text.ends_with("Hello there.")), "{said:?}");
    house.tap("ada", "Not now").await;
    let question = house.say("ada", "/start thanks-line").await.pop().unwrap();
    answers(&house, "m1", "1 Second.").await;
    let said = house.messenger.said("ada");
    assert!(said.iter().any(|text| text.ends_with("Second.")), "{said:?}");
    let said = house.tap("ada", "Not now").await;
    assert_eq!(said.last(), Some(&question), "{said:?}");
}

#[tokio::test]
async fn in_ten_groups_somebody_has_a_request_in_each_and_no_eleventh() {
    let house = open_to_asks().await;
    let mut links = vec![link(&house).await];
    for number in 1..=10 {
        links.push(another_space(&house, &format!("g-{number}")).await);
    }
    ask_first(&house, "ada", &links[0], "To the first.").await;
    for (number, link) in links.iter().enumerate().take(10).skip(1) {
        let said = ask_again(&house, "ada", link, "To another one.").await;
        assert!(said.last().unwrap().contains("as request 1"), "{number}: {said:?}");
        house.advance(SignedDuration::from_hours(3)).await;
        house.say("ada", "/stop").await;
    }
    house.advance(SignedDuration::from_hours(24)).await;
    for _ in 0..10 {
        // What nobody took is told of, one group after the other.
        if house.person("ada").await.1.profile.asking.unwrap().news.is_empty() {
            break;
        }
        house.say("ada", "/stop").await;
    }
    house.say("ada", "/stop").await;
    let said = ask_again(&house, "ada", &links[10], "To an eleventh.").await;
    assert!(said.last().unwrap().contains("10 requests open in your groups"), "{said:?}");
    // Each group has what was for it, and an answer from one is no answer from another.
    let open = house.person("ada").await.1.profile.asking.unwrap().open;
    assert_eq!(open.len(), 10);
    answers(&house, "m1", "1 From the first group.").await;
    let said = house.messenger.said("ada");
    assert_eq!(said.iter().filter(|text| text.contains("answers (request 1)")).count(), 1, "{said:?}");
    house.say("ada", "/stop").await;
    house.say("ada", "/forget").await;
    house.tap("ada", "Delete everything").await;
    for number in 1..=9 {
        assert_eq!(requests_in(&house, &format!("g-{number}")).await, 0, "{number}");
    }
    assert_eq!(open_requests(&house).await, 0);
}

#[tokio::test]
async fn of_two_accounts_that_are_joined_both_requests_are_answered() {
    let (house, link) = asked("ada").await;
    ask_first(&house, "ada@dc", &link, "From another app.").await;
    assert_eq!(open_requests(&house).await, 2);
    join(&house, "ada", "ada@dc").await;
    house.say("ada@dc", "/stop").await;
    let (id, state) = house.person("ada").await;
    assert_eq!(state.profile.asking.unwrap().open.len(), 2);
    let requests = space(&house).await.supporters.unwrap().requests;
    assert!(requests.values().all(|request| request.person == id), "both lead to who stays");
    for number in 1..=2 {
        answers(&house, "m1", &format!("{number} Answer {number}.")).await;
        let said: Vec<String> = ["ada", "ada@dc"].iter().flat_map(|person| house.messenger.said(person)).collect();
        assert!(said.iter().any(|text| text.ends_with(&format!("Answer {number}."))), "{said:?}");
        house.say("ada@dc", "/stop").await;
    }
}

#[tokio::test]
async fn a_restart_loses_nothing_and_a_repeated_press_passes_nothing_on_twice() {
    let (mut house, link) = asked("ada").await;
    house.say("ada", &format!("/start {link}")).await;
    house.say("ada", "One more thing.").await;
    let token = house.messenger.token("ada", "Yes, pass it on");
    let pressed = house.event("ada", Body::Tap(token.clone()));
    house.handle(pressed.clone()).await;
    house.restart().await;
    house.handle(pressed).await;
    house.send("ada", Body::Tap(token)).await;
    assert_eq!(space(&house).await.supporters.unwrap().requests[&1].words.len(), 2);
    house.messenger.said("ada");
    said_there(&house);
    answers(&house, "m1", "1 Still here.").await;
    assert!(house.messenger.said("ada").iter().any(|text| text.ends_with("Still here.")));
}

async fn keep(house: &House, person: &str, state: mendwell::store::PersonState) {
    let id = house.person(person).await.0;
    let write = mendwell::store::ProfileWrite { person: id, expected_rev: state.profile_rev, profile: state.profile };
    let batch = mendwell::store::Batch { profiles: vec![write], ..mendwell::store::Batch::default() };
    house.store().commit(batch).await.unwrap();
}

/// Something in another group than the usual one, by an admin.
async fn in_group(house: &House, account: &str, chat: &str, ask: SpaceAsk) -> mendwell::service::Answer {
    let mut event = event(house, chat, true, ask);
    event.source =
        Source::Address(Address { platform: Platform::Telegram, account: account.to_owned(), chat: chat.to_owned() });
    let answer = house.handle(event).await;
    house.settle().await;
    answer
}

/// Another space that takes requests; the link to it.
async fn another_space(house: &House, account: &str) -> String {
    in_group(house, account, "-900", SpaceAsk::Setup(UserText::new(""))).await;
    for token in ["g.review", "g.asks"] {
        in_group(house, account, "-900", SpaceAsk::Press(token.to_owned())).await;
    }
    in_group(house, account, "-900", SpaceAsk::Press("g.ask".to_owned())).await.leads.expect("a link")
}

async fn requests_in(house: &House, account: &str) -> usize {
    let found = house.store().persons_by_account(&[(Platform::Telegram, account.to_owned())]).await.unwrap();
    let state = house.store().persons_load(&[found[0].unwrap()]).await.unwrap().remove(0).unwrap();
    state.profile.space.unwrap().supporters.unwrap().requests.len()
}
