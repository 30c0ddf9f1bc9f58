//! Every way in which a connection ends, a hundred times each, with messages before and after: none is lost, none is
//! taken twice, and all have their turn in order.

use std::time::Duration;

use jiff::SignedDuration;

use crate::counting::{COUNT, number};
use crate::fake_discord::people::Person;
use crate::fake_discord::world::World;
use crate::support;
use crate::support::discord::DiscordHouse;

const ADA: u64 = 501;
/// Ends of one kind.
const TIMES: u64 = 100;
/// Longer than the longest time between two sessions.
const SESSIONS_APART: SignedDuration = SignedDuration::from_mins(11);

/// How a connection ends, and what is to pass until there is another.
enum End {
    Resumed(fn(&DiscordHouse)),
    BegunAnew(fn(&DiscordHouse)),
}

fn numbers(world: &World, person: &Person) -> Vec<u64> {
    world.said(person.channel).into_iter().filter_map(number).collect()
}

async fn counting(heartbeat: Option<Duration>) -> (DiscordHouse, Person) {
    let library = support::small_library_with("count", COUNT);
    let mut house = DiscordHouse::closed(library, support::settings());
    if let Some(heartbeat) = heartbeat {
        house.fake.set_heartbeat(heartbeat);
    }
    house.open().await;
    let ada = house.welcome(ADA).await;
    ada.say("/start count");
    house.sees(&ada, "Which number?").await;
    house.settle().await;
    (house, ada)
}

/// All numbers so far are said back, each once and in order.
async fn all_said(house: &DiscordHouse, ada: &Person, last: u64) {
    house.in_time(|world| (numbers(world, ada).last() == Some(&last)).then_some(())).await;
    let said = house.fake.look(|world| numbers(world, ada));
    assert_eq!(said, (1..=last).collect::<Vec<_>>());
}

async fn breaks(end: End) {
    let (house, ada) = counting(None).await;
    for time in 1..=TIMES {
        ada.say(&(3 * time - 2).to_string());
        match end {
            End::Resumed(end) => end(&house),
            End::BegunAnew(end) => end(&house),
        }
        ada.say(&(3 * time - 1).to_string());
        if matches!(end, End::BegunAnew(_)) {
            house.in_time(|world| (world.gateway().visits().len() as u64 > time).then_some(())).await;
            house.pass(SESSIONS_APART);
        }
        ada.say(&(3 * time).to_string());
        all_said(&house, &ada, 3 * time).await;
    }
    let gateway = |world: &World| (world.gateway().identifies() as u64, world.gateway().resumes() as u64);
    let (begun, resumed) = house.fake.look(gateway);
    match end {
        End::Resumed(_) => assert_eq!((begun, resumed), (1, TIMES)),
        End::BegunAnew(_) => assert_eq!(begun, 1 + TIMES),
    }
    house.settle().await;
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn asked_to_reconnect_a_hundred_times() {
    breaks(End::Resumed(|house| house.fake.reconnect())).await;
}

#[tokio::test]
async fn cut_a_hundred_times() {
    breaks(End::Resumed(|house| house.fake.cut_gateway())).await;
}

#[tokio::test]
async fn closed_without_a_code_a_hundred_times() {
    breaks(End::Resumed(|house| house.fake.close_gateway(None))).await;
}

#[tokio::test]
async fn closed_with_a_code_a_hundred_times() {
    breaks(End::Resumed(|house| house.fake.close_gateway(Some(4_000)))).await;
}

#[tokio::test]
async fn told_to_go_on_a_hundred_times() {
    breaks(End::Resumed(|house| house.fake.invalidate_session(true))).await;
}

#[tokio::test]
async fn told_to_begin_anew_a_hundred_times() {
    breaks(End::BegunAnew(|house| house.fake.invalidate_session(false))).await;
}

#[tokio::test]
async fn timed_out_a_hundred_times() {
    breaks(End::BegunAnew(|house| house.fake.close_gateway(Some(4_009)))).await;
}

#[tokio::test]
async fn silent_a_hundred_times() {
    let (house, ada) = counting(Some(Duration::from_millis(50))).await;
    for time in 1..=TIMES {
        house.fake.mute_gateway();
        ada.say(&time.to_string());
        house.in_time(|world| (world.gateway().resumes() as u64 >= time).then_some(())).await;
        all_said(&house, &ada, time).await;
    }
    assert_eq!(house.fake.look(|world| world.gateway().identifies()), 1);
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn killed_a_hundred_times() {
    let (mut house, ada) = counting(None).await;
    for time in 1..=TIMES {
        ada.say(&(2 * time - 1).to_string());
        house.kill().await;
        ada.say(&(2 * time).to_string());
        house.open().await;
        all_said(&house, &ada, 2 * time).await;
    }
    assert_eq!(house.fake.breaches(), []);
}
