//! Asking for updates goes wrong in every way: it is asked again, not too soon, and nothing that people said is lost.

use std::time::Duration;

use jiff::SignedDuration;
use mendwell::service::ports::Clock;
use mendwell::telegram::Timeouts;

use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::method::Method;
use crate::fake_telegram::people::Person;
use crate::fake_telegram::world::World;
use crate::support::telegram::TelegramHouse;
use crate::support::{settings, small_library};

const ADA: i64 = 1001;
const BOB: i64 = 1002;
const PATIENCE: Duration = Duration::from_secs(20);
const POLLS: Scope = Scope::Only(Method::GetUpdates);
const TALK: [&str; 4] = ["First?", "Second?", "Third?", "Kept: a, b, c."];

fn polls(world: &World) -> usize {
    world.requests().iter().filter(|request| request.method == "getUpdates").count()
}

/// So many polls ended with this status.
fn ended(world: &World, status: u16) -> usize {
    let polls = world.requests().iter().filter(|request| request.method == "getUpdates");
    polls.filter(|request| request.status == Some(status) && request.is_answered_whole).count()
}

fn answer(status: u16, body: &str) -> Fault {
    Fault::Answer { status, body: body.to_owned() }
}

/// Goes wrong with the next polls. The one that waits is past it and is ended; the first that goes wrong has come, and no
/// time passes, so that whatever people do now waits at the platform.
async fn goes_wrong(house: &TelegramHouse, fault: Fault, times: usize) {
    house.settle_in_time().await;
    let before = house.fake.look(polls);
    house.fake.fail(POLLS, fault, times);
    house.fake.user(999).sticker();
    house.fake.wait_for(|world| (polls(world) > before).then_some(()), PATIENCE).await.unwrap();
}

fn talks(person: &Person) {
    for line in ["/start long", "a", "b", "c"] {
        person.say(line);
    }
}

/// Waits, as time passes, until a talk is over, and looks that it is the only thing that was said since the last look.
async fn is_answered(house: &TelegramHouse, person: &Person, before: usize) {
    house.in_time(|world| (world.said(person.id).last() == Some(&TALK[3])).then_some(())).await;
    house.settle_in_time().await;
    assert_eq!(house.said(person.id)[before..], TALK, "each once and in order");
}

#[tokio::test]
async fn it_is_not_asked_before_the_time_that_the_platform_said() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    for (turn, seconds) in [1, 45, 3_600].into_iter().enumerate() {
        goes_wrong(&house, Fault::TooManyRequests { retry_after: seconds }, 1).await;
        let refused = |world: &World| (ended(world, 429) == turn + 1).then(|| polls(world));
        let asked = house.in_time(refused).await;
        let told = house.clock.now();
        talks(&ada);
        let wait = SignedDuration::from_secs(seconds.try_into().unwrap());
        let step = (wait / 30).max(SignedDuration::from_millis(500));
        while house
            .fake
            .wait_for(|world| (polls(world) > asked).then_some(()), Duration::from_millis(30))
            .await
            .is_err()
        {
            house.pass(step);
            assert!(house.clock.now().duration_since(told) < wait * 2, "it is not asked again after {seconds} s");
        }
        let waited = house.clock.now().duration_since(told);
        assert!(waited >= wait, "asked after {waited:#} although told to wait {seconds} s");
        is_answered(&house, &ada, 3 + turn * 4).await;
    }
}

#[tokio::test]
async fn after_a_restart_in_the_middle_of_a_wait_nothing_is_lost() {
    let mut house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    goes_wrong(&house, Fault::TooManyRequests { retry_after: 3_600 }, 1).await;
    house.in_time(|world| (ended(world, 429) == 1).then_some(())).await;
    talks(&ada);
    house.kill().await;
    house.open().await;
    is_answered(&house, &ada, 3).await;
}

#[tokio::test]
async fn whatever_a_machine_on_the_way_makes_of_an_answer_nothing_is_lost() {
    let mut house = TelegramHouse::closed(small_library(), settings());
    // So that a poll that hangs is given up while the test waits.
    house.timeouts = Timeouts { poll: Duration::from_secs(1), call: Duration::from_millis(100), ..house.timeouts };
    house.open().await;
    let ada = house.welcome(ADA).await;
    let said_no = |code: u16| answer(code, &format!(r#"{{"ok":false,"error_code":{code},"description":"No"}}"#));
    let faults = [
        Fault::ServerError { status: 500 },
        Fault::ServerError { status: 502 },
        Fault::ServerError { status: 503 },
        Fault::CutBefore,
        Fault::Hang,
        said_no(500),
        // A limit that is told without its time.
        said_no(429),
        answer(200, "<html><body>Sign in to this network</body></html>"),
        answer(200, ""),
        answer(200, "[]"),
        answer(200, r#"{"ok":true}"#),
        answer(200, r#"{"ok":true,"result":"many"}"#),
        answer(200, r#"{"ok":true,"result":[{"up"#),
        answer(302, "<html>elsewhere</html>"),
    ];
    for (turn, fault) in faults.into_iter().enumerate() {
        let times = if fault == Fault::Hang { 1 } else { 3 };
        goes_wrong(&house, fault, times).await;
        talks(&ada);
        if turn % 4 == 3 {
            house.kill().await;
            house.open().await;
        }
        is_answered(&house, &ada, 3 + turn * 4).await;
        house.fake.clear_faults();
    }
    assert_eq!(house.counter("quarantined_total").await, 0);
}

/// The disk is slow or full. What was looked at is neither taken nor confirmed.
#[tokio::test]
async fn while_a_commit_takes_long_whoever_asks_whom_to_reach_is_answered() {
    let mut house = TelegramHouse::new().await;
    let (ada, bob) = (house.welcome(ADA).await, house.welcome(BOB).await);
    house.kill().await;
    // No number is lower: one that is confirmed by mistake is missed.
    house.fake.set_next_update_id(0);
    let before = house.fake.look(|world| ended(world, 200));
    house.open_without_writer().await;
    ada.say("/start long");
    house.fake.wait_for(|world| (ended(world, 200) > before).then_some(()), PATIENCE).await.unwrap();
    bob.say("/crisis");
    house.in_time(|world| world.said(BOB).iter().any(|text| text.contains("findahelpline.com")).then_some(())).await;
    assert_eq!(house.fake.look(World::pending_updates), 2);
    house.start_writer();
    house.in_time(|world| (world.said(ADA).last() == Some(&TALK[0])).then_some(())).await;
    house.settle_in_time().await;
}

#[tokio::test]
async fn an_answer_that_was_garbled_once_is_not_set_apart_although_pages_came_before_it() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    goes_wrong(&house, answer(200, "<html>"), 3).await;
    // What ended the poll that waited is taken and not confirmed yet.
    let next = house.fake.look(World::confirmed_offset) + 1;
    talks(&ada);
    house.fake.fail(POLLS, answer(200, &format!(r#"{{"ok":true,"result":[{{"update_id":{next},"mess"#)), 1);
    is_answered(&house, &ada, 3).await;
    assert_eq!(house.counter("quarantined_total").await, 0);
}

/// Such as a proxy that lets no more through than so many bytes.
#[tokio::test]
async fn an_answer_that_is_cut_whenever_it_is_long_is_asked_for_in_parts() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    goes_wrong(&house, Fault::ServerError { status: 502 }, 1).await;
    house.fake.fail(POLLS, Fault::CutAfter { bytes: 600 }, usize::MAX);
    talks(&ada);
    is_answered(&house, &ada, 3).await;
}

#[tokio::test]
async fn an_update_that_breaks_its_whole_answer_is_set_apart_and_nobody_else_is_lost() {
    let mut house = TelegramHouse::new().await;
    let (ada, bob) = (house.welcome(ADA).await, house.welcome(BOB).await);
    for turn in 0..2 {
        goes_wrong(&house, Fault::ServerError { status: 502 }, 1).await;
        talks(&ada);
        house.fake.inject_raw(r#"{"update_id":$ID,"message":{"text":"#);
        talks(&bob);
        if turn == 1 {
            house.kill().await;
            house.open().await;
        }
        is_answered(&house, &ada, 3 + turn * 4).await;
        is_answered(&house, &bob, 3 + turn * 4).await;
        assert_eq!(house.counter("quarantined_total").await, i64::try_from(turn).unwrap() + 1);
    }
}
