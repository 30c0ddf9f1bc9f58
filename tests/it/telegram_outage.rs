//! A platform that is silent for hours: afterwards every reply comes once and in order, and no check-in comes at night.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mendwell::service::ports::Clock;

use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::people::Person;
use crate::fake_telegram::world::World;
use crate::support::berlin;
use crate::support::telegram::TelegramHouse;

/// Has a check-in at 18:00.
const ADA: i64 = 1001;
/// Has a check-in at 8:30, the end of a day of silence shortly after it.
const BOB: i64 = 1002;
/// Has a check-in at 21:00 in New York, which is 2:00 in Berlin.
const DORA: i64 = 1003;
/// Presses a button just before the silence.
const EVE: i64 = 1004;
/// In the middle of a dialog; more than the failures that it takes to see that a platform is silent.
const TALKERS: std::ops::RangeInclusive<i64> = 2001..=2006;

const STEP: SignedDuration = SignedDuration::from_mins(5);
const CHECK_IN: &str = "Time to check in.";
const QUESTION: &str = "How is today?";
const TALK: [&str; 7] =
    ["Hello.", "What may I call you?", "Glad you are here, Ada.", "First?", "Second?", "Third?", "Kept: a, b, c."];

fn polls(world: &World) -> usize {
    world.requests().iter().filter(|request| request.method == "getUpdates").count()
}

/// Messages that were tried, by how it went: sent, and not.
fn sends(world: &World) -> (usize, usize) {
    let sends = world.requests().iter().filter(|request| request.method == "sendMessage");
    let (sent, failed): (Vec<_>, Vec<_>) = sends.partition(|request| request.is_applied);
    (sent.len(), failed.len())
}

/// Moves the clock on; the platform goes by it as well.
fn set(house: &TelegramHouse, now: Timestamp) {
    house.clock.set(now);
    house.fake.set_date(now.as_second());
}

/// People with plans, and people in the middle of a dialog.
async fn everybody(from: &str) -> (TelegramHouse, Vec<Person>) {
    let house = TelegramHouse::new().await;
    for (id, at) in [(ADA, "18:00"), (BOB, "08:30"), (DORA, "21:00")] {
        let person = house.welcome(id).await;
        if id == DORA {
            person.say("/menu");
            house.sees(id, "What now?").await;
            person.tap("I moved");
            house.sees(id, "Which zone?").await;
            person.say("America/New_York");
            house.sees(id, "Moved.").await;
        }
        house.plan(&person, "daily", at).await;
    }
    house.welcome(EVE).await;
    let mut talkers = Vec::new();
    for id in TALKERS {
        talkers.push(house.welcome(id).await);
    }
    set(&house, berlin(from));
    house.fire().await;
    house.fake.user(EVE).say("/menu");
    house.sees(EVE, "What now?").await;
    for person in &talkers {
        person.say("/start long");
        house.sees(person.id, "First?").await;
    }
    house.settle().await;
    (house, talkers)
}

/// Nothing gets through from one time to another. When it is over, everybody who was answered meanwhile has every answer.
async fn silence(from: &str, to: &str, restart_at: Option<&str>) -> TelegramHouse {
    let (mut house, talkers) = everybody(from).await;
    // Nothing can be sent any more; what people do is still taken in, so that their answers wait here.
    house.fake.fail(Scope::AllButPolls, Fault::ServerError { status: 502 }, usize::MAX);
    house.fake.user(EVE).tap("Nothing");
    for person in &talkers {
        person.say("a");
        person.say("b");
    }
    house.settle().await;
    house.fake.down(true);
    house.fake.clear_faults();
    // These wait at the platform.
    for person in &talkers {
        person.say("c");
    }
    let (asked, tried) = house.fake.look(|world| (polls(world), sends(world)));
    let mut steps = 0;
    while house.clock.now() < berlin(to) {
        if restart_at.is_some_and(|at| house.clock.now() == berlin(at)) {
            house.kill().await;
            house.open().await;
        }
        let before = house.fake.look(|world| (polls(world), sends(world).1));
        set(&house, house.clock.now() + STEP);
        house.fire().await;
        // Whoever was about to wait counts from the new time on, and comes a step later.
        let both = |world: &World| (polls(world) > before.0 && sends(world).1 > before.1).then_some(());
        let _ = house.fake.wait_for(both, Duration::from_millis(40)).await;
        steps += 1;
    }
    let (still_asked, still_tried) = house.fake.look(|world| (polls(world) - asked, sends(world)));
    assert_eq!(still_tried.0, tried.0, "nothing got through");
    assert!(still_asked > steps / 2, "{still_asked} polls in {steps} steps: it is asked again until it answers");
    assert!(still_tried.1 - tried.1 > steps / 2, "{} probes in {steps} steps", still_tried.1 - tried.1);

    house.fake.down(false);
    let is_talked_to = |world: &World| TALKERS.into_iter().all(|id| world.said(id).last() == TALK.last());
    house.in_time(|world| is_talked_to(world).then_some(())).await;
    house.settle().await;
    for person in &talkers {
        assert_eq!(house.said(person.id), TALK, "each once and in order");
    }
    assert_eq!(house.said(EVE).last().map(String::as_str), Some("Nothing it is."));
    // Where the question of a dialog stands that is over is known only to the run that showed it.
    let is_shown = house.said(EVE)[3] == "What now?\n\n✓ Nothing"
        && house.fake.messages(EVE).iter().all(|m| m.keyboard.is_empty());
    assert!(is_shown || restart_at.is_some(), "the button is over");
    assert_eq!(house.counter("given_up_total").await, 0);
    house
}

fn check_ins(house: &TelegramHouse, chat: i64) -> Vec<String> {
    house.said(chat).into_iter().filter(|text| text == CHECK_IN || text.starts_with(QUESTION)).collect()
}

/// The next one comes as ever, once.
async fn the_next_check_in_comes(house: &TelegramHouse, chat: i64, wall: &str) {
    set(house, berlin(wall));
    house.fire().await;
    house.sees(chat, QUESTION).await;
    house.settle().await;
    assert_eq!(check_ins(house, chat), [CHECK_IN, QUESTION], "once");
}

#[tokio::test]
async fn after_a_day_of_silence_every_reply_comes_once_in_order_and_only_check_ins_of_use() {
    let house = silence("2026-03-23T09:30", "2026-03-24T09:30", None).await;
    assert_eq!(check_ins(&house, ADA), [""; 0], "fifteen hours late is of no use");
    assert_eq!(check_ins(&house, DORA), [""; 0], "it is half past four in New York");
    assert_eq!(check_ins(&house, BOB), [CHECK_IN, QUESTION], "an hour late");
    assert_eq!(house.counter("late_total").await, 4);
    assert_eq!(house.counter("unknown_total").await, 0, "while it is silent nothing is risked that goes only once");
    the_next_check_in_comes(&house, ADA, "2026-03-24T18:00").await;
}

#[tokio::test]
async fn after_a_day_of_silence_with_a_restart_nothing_is_lost_or_doubled_either() {
    let house = silence("2026-03-23T09:30", "2026-03-24T09:30", Some("2026-03-23T21:30")).await;
    for person in [ADA, DORA] {
        assert_eq!(check_ins(&house, person), [""; 0]);
    }
    assert_eq!(check_ins(&house, BOB), [CHECK_IN, QUESTION]);
    the_next_check_in_comes(&house, ADA, "2026-03-24T18:00").await;
}

#[tokio::test]
async fn a_silence_that_ends_at_night_brings_the_replies_and_no_check_in() {
    for restart_at in [None, Some("2026-03-23T20:00")] {
        let house = silence("2026-03-23T17:30", "2026-03-23T23:00", restart_at).await;
        assert_eq!(check_ins(&house, ADA), [""; 0], "five hours late, and at night");
        set(&house, berlin("2026-03-24T08:00"));
        house.fire().await;
        assert_eq!(check_ins(&house, ADA), [""; 0], "nor does it come the next morning");
        the_next_check_in_comes(&house, BOB, "2026-03-24T08:30").await;
        the_next_check_in_comes(&house, ADA, "2026-03-24T18:00").await;
    }
}
