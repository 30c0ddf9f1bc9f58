//! The whole house at a platform that rations what it takes.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use mendwell::domain::event::{Address, Platform};
use mendwell::domain::message::{RichText, View};
use mendwell::domain::person::Profile;
use mendwell::domain::value::Value;
use mendwell::service::ports::{Clock, Item};
use mendwell::store::{Batch, OutboxClass, OutboxNew, OutboxState, PersonNew};

use crate::fake_telegram::rate::RateLimit;
use crate::fake_telegram::world::World;
use crate::support::telegram::TelegramHouse;

const FIRST: i64 = 3_001;
const EACH: i64 = 40;

/// A check-in or an answer that an earlier run left, for somebody who is known.
fn left(house: &TelegramHouse, chat: i64, class: OutboxClass, batch: &mut Batch) {
    let (store, now) = (house.store(), house.clock.now());
    let address = Address { platform: Platform::Telegram, account: chat.to_string(), chat: chat.to_string() };
    let mut profile = Profile::new(address.clone());
    profile.facts.insert("consent".to_owned(), Value::Bool(true));
    let person = store.person_id_next();
    batch.persons_new.push(PersonNew { id: person, address, profile });
    let view = View::say(RichText::author(if class == OutboxClass::Reply { "An answer." } else { "A check-in." }));
    let item = serde_json::to_vec(&Item::Show { session: None, turn: None, in_place: false, view }).unwrap().into();
    let (id, state) = (store.outbox_id_next(), OutboxState::Pending);
    batch.outbox.push(OutboxNew { id, person, class, state, next_at: now, created_at: now, item });
}

#[tokio::test]
async fn what_an_earlier_run_left_goes_at_the_pace_of_the_platform_and_answers_first() {
    let mut house = TelegramHouse::new().await;
    let mut batch = Batch::default();
    let everybody = FIRST..FIRST + 2 * EACH;
    for chat in everybody.clone() {
        house.fake.user(chat);
        let class = if chat < FIRST + EACH { OutboxClass::Nudge } else { OutboxClass::Reply };
        left(&house, chat, class, &mut batch);
    }
    house.store().commit(batch).await.unwrap();
    house.kill().await;
    house.messages_per_second = NonZeroU32::new(30);
    let (clock, began) = (Arc::clone(&house.clock), house.clock.now());
    house.fake.ration(RateLimit::PLATFORM, move || clock.now().duration_since(began).unsigned_abs());
    house.open().await;
    let all = |world: &World| everybody.clone().all(|chat| world.said(chat).len() == 1).then_some(());
    let mut steps = 0;
    while house.fake.wait_for(all, Duration::from_millis(5)).await.is_err() {
        house.clock.set(house.clock.now() + SignedDuration::from_millis(20));
        steps += 1;
        assert!(steps < 1_000, "it never comes");
    }
    let passed = house.clock.now().duration_since(began).as_millis();
    // 40 answers, of which 10 at once, at 30 a second, and 40 check-ins at 15.
    assert!((3_500..5_000).contains(&passed), "{passed} ms");
    let sends = house.fake.requests().into_iter().filter(|request| request.method == "sendMessage");
    let sends: Vec<(i64, Option<u16>)> = sends.map(|request| (request.chat.unwrap(), request.status)).collect();
    assert!(sends.iter().all(|(_, status)| *status == Some(200)), "{sends:?}");
    let last = sends.iter().rposition(|(chat, _)| *chat >= FIRST + EACH).unwrap();
    assert!(last < EACH as usize + 3, "{} check-ins went before the last answer", last + 1 - EACH as usize);
}
