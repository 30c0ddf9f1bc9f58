//! A clock that is set back, as real ones are: nothing waits for as long as it was wrong.

use std::time::Duration;

use jiff::SignedDuration;
use mendwell::service::ports::Clock;

use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::world::World;
use crate::support::telegram::TelegramHouse;

const FIRST: i64 = 3_001;
const ADA: i64 = 1001;
const PATIENCE: Duration = Duration::from_secs(20);

/// Sets the clock back by an hour and lets time pass until something is so; it must take minutes at most.
async fn soon<T>(house: &TelegramHouse, look: impl FnMut(&World) -> Option<T>) -> T {
    // Whatever the platform has answered by now begins its wait.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    house.clock.set(house.clock.now() - SignedDuration::from_hours(1));
    let from = house.clock.now();
    let found = house.in_time(look).await;
    let passed = house.clock.now().duration_since(from);
    assert!(passed < SignedDuration::from_mins(2), "it takes {passed:#}");
    found
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_hold_what_is_tried_again() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    for fault in [Fault::TooManyRequests { retry_after: 20 }, Fault::ServerError { status: 502 }] {
        let before = house.fake.look(|world| world.said(ADA).len());
        house.fake.fail(Scope::Chat(ADA), fault, 1);
        ada.say("/help");
        house.settle().await;
        assert_eq!(house.fake.look(|world| world.said(ADA).len()), before);
        soon(&house, |world| (world.said(ADA).len() > before).then_some(())).await;
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_hold_a_platform_for_silent() {
    let house = TelegramHouse::new().await;
    let people: Vec<_> = (FIRST..FIRST + 6).map(|chat| house.fake.user(chat)).collect();
    house.fake.fail(Scope::AllButPolls, Fault::ServerError { status: 502 }, usize::MAX);
    for person in &people {
        person.say("/start");
    }
    house.settle().await;
    house.fake.clear_faults();
    let all = |world: &World| people.iter().all(|person| world.said(person.id).len() == 2).then_some(());
    soon(&house, all).await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_stop_the_asking() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    house.fake.down(true);
    let polls = |world: &World| world.requests().iter().filter(|request| request.status == Some(502)).count();
    house.in_time(|world| (polls(world) > 3).then_some(())).await;
    house.fake.down(false);
    let before = house.fake.look(|world| world.said(ADA).len());
    ada.say("/help");
    soon(&house, |world| (world.said(ADA).len() > before).then_some(())).await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_leave_a_button_turning() {
    let mut house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.say("/menu");
    house.sees(ADA, "What now?").await;
    house.settle().await;
    house.kill().await;
    house.open_without_writer().await;
    let before = house.fake.requests().len();
    house.fake.wait_for(|world| (world.requests().len() > before).then_some(()), PATIENCE).await.unwrap();
    let query = ada.tap("The long one");
    // Its poll has it, and its turn does not come.
    let polled = |world: &World| {
        let mut polls = world.requests()[before..].iter().filter(|request| request.method == "getUpdates");
        polls.any(|request| request.is_answered_whole).then_some(())
    };
    house.fake.wait_for(polled, PATIENCE).await.unwrap();
    soon(&house, |world| world.callback_answers().iter().any(|answer| answer.query == query).then_some(())).await;
    house.start_writer();
    house.sees(ADA, "First?").await;
}
