//! Where messages stand: buttons are taken off there, ticks and beats are redrawn there, also after a restart.

use jiff::SignedDuration;
use mendwell::domain::event::Body;
use mendwell::domain::message::View;
use mendwell::service::ports::{Clock, Item, Outcome, Place};

use crate::support::{Attempt, House, Script};

/// A menu of messages that are redrawn.
const MENU: &str = r#"
format = 1
id     = "menu"
title  = "Menu"
lang   = "en"

[[step]]
id      = "words"
ask     = "many"
text    = "Which words?"
why     = "Because."
choose  = { min = 1, max = 3 }
options = [{ key = "sad", label = "Sad" }, { key = "calm", label = "Calm" }, { key = "tired", label = "Tired" }]

[[step]]
id    = "things"
ask   = "list"
text  = "Things?"
items = { min = 1, max = 3, chars = 40 }

[[step]]
id     = "breath"
pace   = [{ say = "In", for = "4s" }, { say = "Out", for = "6s" }]
rounds = "2"
enough = "Enough"

[[step]]
id  = "end"
say = "That is all."
"#;

async fn house() -> House {
    let mut house = House::closed(crate::support::small_library_with("menu", MENU));
    house.open().await;
    house.messenger.has_places();
    house.welcome("ada").await;
    house
}

/// Rows of `shown`: turn and place.
async fn rows(house: &House) -> Vec<(i64, String)> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(house.data_db()).read_only(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let rows = sqlx::query_as("SELECT turn, place FROM shown").fetch_all(&pool).await.unwrap();
    pool.close().await;
    rows
}

/// The attempts after the first so many: what, and whether where a message stood.
fn since(house: &House, count: usize) -> Vec<(String, Option<String>)> {
    let what = |attempt: &Attempt| match &attempt.item {
        Item::Show { view: View { body, .. }, in_place, .. } => {
            let anew = if attempt.shown.is_some() && !in_place { ", anew" } else { "" };
            format!("{}{anew}", body.plain().lines().next().unwrap_or_default())
        }
        Item::Freeze { turn, .. } => format!("freeze {turn}"),
        Item::File { .. } => "file".to_owned(),
        Item::Remove { .. } => "remove".to_owned(),
        Item::InSpace { .. } => "in a space".to_owned(),
    };
    let attempts = house.messenger.all().split_off(count);
    attempts.iter().map(|attempt| (what(attempt), attempt.shown.clone().map(|place| place.0))).collect()
}

/// Where the last message that arrived stands.
fn last_place(house: &House) -> String {
    let last = house.messenger.all().pop().unwrap();
    match last.outcome {
        Some(Outcome::Sent(Some(Place(place)))) => place,
        other => panic!("{other:?}"),
    }
}

fn at(what: &str, place: Option<&str>) -> (String, Option<String>) {
    (what.to_owned(), place.map(str::to_owned))
}

#[tokio::test]
async fn ticks_items_and_beats_are_redrawn_in_place_and_each_question_is_frozen_where_it_stands() {
    let house = house().await;
    assert_eq!(house.open_dialog("ada", "menu").await, ["Which words?"]);
    let first = last_place(&house);
    assert_eq!(rows(&house).await, [(1, first.clone())]);

    let count = house.messenger.count();
    house.tap("ada", "Sad").await;
    house.tap("ada", "Calm").await;
    let words = || at("Which words?", Some(&first));
    assert_eq!(since(&house, count), [words(), words()]);

    let count = house.messenger.count();
    house.tap("ada", "Done").await;
    let second = last_place(&house);
    assert_eq!(since(&house, count), [at("freeze 1", Some(&first)), at("Things?", None)]);
    assert_ne!(first, second);
    assert_eq!(rows(&house).await, [(2, second.clone())], "of a session the newest only");

    let count = house.messenger.count();
    house.say("ada", "tea").await;
    house.tap("ada", "Done").await;
    let third = last_place(&house);
    let [asked, frozen, breath] = since(&house, count).try_into().unwrap();
    assert_eq!(asked, at("Things?, anew", Some(&second)), "what they typed stands below the question");
    let typed = frozen.1.clone().unwrap();
    assert_ne!(typed, second);
    assert_eq!([frozen, breath], [at("freeze 2", Some(&typed)), at("In", None)]);

    let count = house.messenger.count();
    for seconds in [4, 6] {
        house.advance(SignedDuration::from_secs(seconds)).await;
    }
    assert_eq!(since(&house, count), [at("Out", Some(&third)), at("In", Some(&third))]);
    house.advance(SignedDuration::from_secs(11)).await;
    house.settle().await;
    assert_eq!(since(&house, count).last(), Some(&at("That is all.", None)));
    assert_eq!(rows(&house).await, [], "the session is over");
}

#[tokio::test]
async fn what_is_asked_for_again_or_stands_further_up_comes_anew() {
    let house = house().await;
    house.open_dialog("ada", "menu").await;
    let first = last_place(&house);
    let count = house.messenger.count();
    house.say("ada", "/menu").await;
    let second = last_place(&house);
    assert_eq!(since(&house, count), [at("Which words?, anew", Some(&first))]);
    let count = house.messenger.count();
    house.say("ada", "/why").await;
    let third = last_place(&house);
    assert_eq!(since(&house, count), [at("Because.", None), at("Which words?, anew", Some(&second))]);
    let count = house.messenger.count();
    house.say("ada", "/help").await;
    house.tap("ada", "Sad").await;
    assert_eq!(since(&house, count)[1..], [at("Which words?", None)], "a line stands below it");
    let fourth = last_place(&house);
    let count = house.messenger.count();
    house.tap("ada", "Calm").await;
    house.tap("ada", "Done").await;
    assert_eq!(since(&house, count)[..2], [at("Which words?", Some(&fourth)), at("freeze 1", Some(&fourth))]);
    let places = std::collections::BTreeSet::from([first, second, third, fourth]);
    assert_eq!(places.len(), 4);
}

#[tokio::test]
async fn a_restart_forgets_no_place() {
    let mut house = house().await;
    house.open_dialog("ada", "menu").await;
    let first = last_place(&house);
    house.restart().await;
    let count = house.messenger.count();
    house.tap("ada", "Sad").await;
    assert_eq!(since(&house, count), [at("Which words?", Some(&first))]);
    house.restart().await;
    let count = house.messenger.count();
    house.tap("ada", "Done").await;
    let second = last_place(&house);
    assert_eq!(since(&house, count), [at("freeze 1", Some(&first)), at("Things?", None)]);
    house.restart().await;
    house.say("ada", "/help").await;
    let count = house.messenger.count();
    house.say("ada", "tea").await;
    assert_eq!(since(&house, count), [at("Things?", None)], "a line stands below it");
    let third = last_place(&house);
    assert_ne!(second, third);
    let count = house.messenger.count();
    house.tap("ada", "Done").await;
    assert_eq!(since(&house, count)[0], at("freeze 2", Some(&third)));
}

#[tokio::test]
async fn an_unknown_redraw_goes_again_to_the_same_place() {
    let house = house().await;
    house.open_dialog("ada", "menu").await;
    let first = last_place(&house);
    house.messenger.ends("ada", [Outcome::Unknown]);
    let count = house.messenger.count();
    let token = house.messenger.token("ada", "Sad");
    house.send("ada", Body::Tap(token)).await;
    crate::delivery::next_attempt(&house, "ada", SignedDuration::from_secs(5)).await;
    let words = || at("Which words?", Some(&first));
    assert_eq!(since(&house, count), [words(), words()]);
}

#[tokio::test]
async fn a_platform_that_says_no_place_gets_none_and_nothing_is_kept() {
    let mut house = House::closed(crate::support::small_library_with("menu", MENU));
    house.open().await;
    house.welcome("ada").await;
    house.open_dialog("ada", "menu").await;
    house.tap("ada", "Sad").await;
    house.restart().await;
    house.tap("ada", "Done").await;
    assert_eq!(rows(&house).await, []);
    assert!(house.messenger.all().iter().all(|attempt| attempt.shown.is_none()));

    // One place that was not told is not taken for the one before.
    house.messenger.has_places();
    house.say("ada", "tea").await;
    house.messenger.ends("ada", vec![Outcome::Sent(None); 2]);
    house.tap("ada", "Done").await;
    let count = house.messenger.count();
    house.tap("ada", "Enough").await;
    assert_eq!(since(&house, count)[0].1, None);
}

#[tokio::test]
async fn a_message_that_arrives_after_its_session_has_ended_leaves_no_row() {
    let house = house().await;
    house.messenger.script("ada", [Script::Hang]);
    house.handle(house.event("ada", Body::from_typed("/menu"))).await;
    house.messenger.hang(1).await;
    house.handle(house.event("ada", Body::from_typed("/stop"))).await;
    house.messenger.release();
    house.settle().await;
    assert_eq!(rows(&house).await, []);
    let frozen = house.messenger.attempts("ada").into_iter().find(|a| matches!(a.item, Item::Freeze { .. })).unwrap();
    assert!(frozen.shown.is_some(), "its buttons go all the same");
    assert!(house.clock.now() >= frozen.at);
}

#[tokio::test]
async fn buttons_go_before_the_message_that_follows_them_in_one_row() {
    let mut house = house().await;
    house.open_dialog("ada", "menu").await;
    let first = last_place(&house);
    house.tap("ada", "Sad").await;
    let done = house.messenger.token("ada", "Done");
    let count = house.messenger.count();
    house.messenger.ends("ada", [Outcome::Unknown, Outcome::Sent(None), crate::delivery::RETRY]);
    house.send("ada", Body::Tap(done)).await;
    assert_eq!(house.store().outbox_count().await.unwrap(), 1);
    let freeze = || at("freeze 1", Some(&first));
    assert_eq!(since(&house, count), [freeze()], "the message waits for its buttons");
    for _ in 0..2 {
        crate::delivery::next_attempt(&house, "ada", SignedDuration::from_secs(5)).await;
    }
    let things = || at("Things?", None);
    assert_eq!(since(&house, count), [freeze(), freeze(), things(), things()], "what arrived is not sent again");

    // After a kill nobody knows which of the two had arrived.
    let place = last_place(&house);
    house.say("ada", "tea").await;
    let asked = last_place(&house);
    assert_ne!(place, asked);
    let count = house.messenger.count();
    house.messenger.script("ada", [Script::End(Outcome::Sent(None)), Script::Hang]);
    let token = house.messenger.token("ada", "Done");
    house.handle(house.event("ada", Body::Tap(token))).await;
    house.messenger.hang(1).await;
    house.kill().await;
    house.open().await;
    house.settle().await;
    let both = [at("freeze 2", Some(&asked)), at("In", None)];
    assert_eq!(since(&house, count), [both.clone(), both].concat());
}
