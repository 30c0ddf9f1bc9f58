//! Updates that come again, in jumps, or with numbers of any size: each is taken once, in its order.

use std::time::Duration;

use jiff::SignedDuration;

use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::method::Method;
use crate::fake_telegram::world::World;
use crate::support::patiently;
use crate::support::telegram::TelegramHouse;

const ADA: i64 = 1001;
const BOB: i64 = 1002;
const FIRST: i64 = 3001;
const PATIENCE: Duration = Duration::from_secs(20);
const TALK: [&str; 4] = ["First?", "Second?", "Third?", "Kept: a, b, c."];

fn polls(world: &World) -> usize {
    world.requests().iter().filter(|request| request.method == "getUpdates").count()
}

/// An update in which somebody writes.
fn words(update: i64, person: i64, text: &str) -> String {
    format!(
        r#"{{"update_id":{update},"message":{{"message_id":9,"date":1774252800,"text":"{text}","chat":{{"id":{person},"type":"private"}},"from":{{"id":{person},"is_bot":false,"first_name":"P"}}}}}}"#
    )
}

/// An answer with these updates, whatever is asked for.
fn batch(updates: &[String]) -> Fault {
    Fault::Answer { status: 200, body: format!(r#"{{"ok":true,"result":[{}]}}"#, updates.join(",")) }
}

/// Everything that the bot said after the welcome.
fn since_welcome(house: &TelegramHouse, chat: i64) -> Vec<String> {
    house.said(chat).split_off(3)
}

/// One poll goes wrong, and then these. The poll that waits is past it and is ended; no time passes afterwards, so that
/// whatever people do now waits at the platform.
async fn goes_wrong(house: &TelegramHouse, faults: impl IntoIterator<Item = (Fault, usize)>) {
    house.settle_in_time().await;
    let before = house.fake.look(polls);
    for (fault, times) in [(Fault::ServerError { status: 503 }, 1)].into_iter().chain(faults) {
        house.fake.fail(Scope::Only(Method::GetUpdates), fault, times);
    }
    house.fake.user(999).sticker();
    house.fake.wait_for(|world| (polls(world) > before).then_some(()), PATIENCE).await.unwrap();
}

#[tokio::test]
async fn an_answer_cut_at_any_byte_comes_again_and_is_taken_once() {
    let mut house = TelegramHouse::new().await;
    let people: Vec<_> = (FIRST..FIRST + 25).map(|id| house.fake.user(id)).collect();
    for (at, person) in people.iter().enumerate() {
        goes_wrong(&house, [(Fault::CutAfter { bytes: at * 80 }, 1)]).await;
        for line in ["/start", "Ada", "/start long", "a", "b", "c"] {
            person.say(line);
        }
        let kept = |world: &World| world.said(person.id).last().filter(|text| **text == TALK[3]).map(|_| ());
        house.in_time(kept).await;
        if at % 8 == 7 {
            patiently(house.service().settle()).await;
            house.kill().await;
            house.open().await;
        }
    }
    house.settle_in_time().await;
    for person in people {
        let said = house.said(person.id);
        assert_eq!(said[..3], ["Hello.", "What may I call you?", "Glad you are here, Ada."]);
        assert_eq!(said[3..], TALK, "once and in order");
    }
}

#[tokio::test]
async fn a_batch_that_was_taken_and_not_confirmed_comes_again_after_a_kill_and_changes_nothing() {
    let mut house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    // One poll gets through, and none after it, so that what the one brought is never confirmed.
    let through = Fault::CutAfter { bytes: usize::MAX };
    goes_wrong(&house, [(through, 1), (Fault::ServerError { status: 503 }, usize::MAX)]).await;
    for line in ["/start long", "a"] {
        ada.say(line);
    }
    house.in_time(|world| (world.said(ADA).last() == Some(&TALK[1])).then_some(())).await;
    patiently(house.service().settle()).await;
    assert!(house.fake.look(World::pending_updates) >= 2, "both wait to be confirmed");
    house.kill().await;
    house.fake.clear_faults();
    house.open().await;
    house.settle().await;
    assert_eq!(since_welcome(&house, ADA), TALK[..2]);
    ada.say("b");
    house.sees(ADA, TALK[2]).await;
    ada.say("c");
    house.sees(ADA, TALK[3]).await;
    house.settle().await;
    assert_eq!(since_welcome(&house, ADA), TALK);
}

#[tokio::test]
async fn an_update_twice_in_one_batch_and_again_in_the_next_is_taken_once() {
    let house = TelegramHouse::new().await;
    house.welcome(ADA).await;
    house.welcome(BOB).await;
    let say = |update, text| words(update, ADA, text);
    let [start, a, b, c] = [say(201, "/start long"), say(202, "a"), say(203, "b"), say(205, "c")];
    let other = words(204, BOB, "/start long");
    let batches = [
        vec![start.clone(), start.clone(), a.clone(), a.clone()],
        // Everything again, and one more in between.
        vec![start.clone(), a.clone(), b.clone(), a.clone(), b.clone()],
        vec![b.clone(), other.clone(), other, c.clone(), c.clone(), start, a, b, c],
    ];
    goes_wrong(&house, batches.iter().map(|updates| (batch(updates), 1))).await;
    house.in_time(|world| (world.said(ADA).last() == Some(&TALK[3])).then_some(())).await;
    house.settle_in_time().await;
    assert_eq!(since_welcome(&house, ADA), TALK);
    assert_eq!(since_welcome(&house, BOB), TALK[..1]);
}

#[tokio::test]
async fn numbers_jump_and_are_of_any_size() {
    for restarts in [false, true] {
        let mut house = TelegramHouse::new().await;
        let ada = house.welcome(ADA).await;
        let u32_max = i64::from(u32::MAX);
        let jumps = [100_500_000, i64::from(i32::MAX), u32_max - 1, u32_max * 2, (1 << 53) + 1, i64::MAX - 8];
        for (turn, next) in jumps.into_iter().enumerate() {
            house.fake.set_next_update_id(next);
            for line in ["/start long", "a", "b", "c"] {
                ada.say(line);
            }
            house.sees(ADA, TALK[3]).await;
            house.settle().await;
            assert_eq!(since_welcome(&house, ADA)[turn * 4..], TALK, "from {next}");
            if restarts {
                house.kill().await;
                house.open().await;
            }
        }
    }
}

/// <https://core.telegram.org/bots/api#update>: after a week without updates the next number is chosen at random.
#[tokio::test]
async fn after_a_quiet_week_numbers_begin_anew_lower_than_before_also_at_ones_that_were_used() {
    let mut house = TelegramHouse::new().await;
    house.run_scheduler();
    let ada = house.welcome(ADA).await;
    let used = house.fake.look(World::confirmed_offset);
    for (turn, (next, restarts)) in [(5_000, false), (used - 4, true), (used - 4, false)].into_iter().enumerate() {
        for _ in 0..7 {
            house.pass(SignedDuration::from_hours(24));
            house.fire().await;
            // The scheduler tidies up beside the rest.
            house.fake.wait_for(|_| None::<()>, Duration::from_millis(50)).await.unwrap_err();
        }
        if restarts {
            house.kill().await;
            house.open().await;
            house.run_scheduler();
        }
        house.fake.set_next_update_id(next);
        for line in ["/start long", "a", "b", "c"] {
            ada.say(line);
        }
        house.settle_in_time().await;
        assert_eq!(since_welcome(&house, ADA)[turn * 4..], TALK, "from {next}");
    }
}

/// It sends what was confirmed, or numbers that cannot be.
#[tokio::test]
async fn a_platform_that_ignores_what_is_confirmed_is_not_asked_without_pause() {
    for update in [700, i64::MAX] {
        let house = TelegramHouse::new().await;
        house.welcome(ADA).await;
        goes_wrong(&house, [(batch(&[words(update, ADA, "/start long")]), usize::MAX)]).await;
        house.in_time(|world| (world.said(ADA).last() == Some(&TALK[0])).then_some(())).await;
        let before = house.fake.look(polls);
        let many = house.fake.wait_for(|world| (polls(world) > before + 20).then_some(()), Duration::from_millis(500));
        assert!(many.await.is_err(), "it is asked without a pause for {update}");
        house.fake.clear_faults();
        house.settle_in_time().await;
        assert_eq!(since_welcome(&house, ADA), TALK[..1], "once");
    }
}
