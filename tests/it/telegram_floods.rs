//! The platform says that the bot is too fast: to a chat, or to so many that it means all of them. Its time is kept,
//! answers go before check-ins, and nothing is lost or doubled.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mendwell::service::ports::Clock;

use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::people::Person;
use crate::fake_telegram::world::World;
use crate::support::telegram::TelegramHouse;
use crate::support::{berlin, patiently, settings, small_library};

const ADA: i64 = 1001;
const BOB: i64 = 1002;
const EVE: i64 = 1003;
const DORA: i64 = 1004;
const QUIETLY: Duration = Duration::from_millis(40);
const QUESTION: &str = "How is today?";

/// Everybody here knows the bot; the limits of the platform hold.
async fn house(per_second: u32) -> TelegramHouse {
    let mut house = TelegramHouse::closed(small_library(), settings());
    house.messages_per_second = NonZeroU32::new(per_second);
    house.open().await;
    house
}

async fn welcome(house: &TelegramHouse, id: i64) -> Person {
    let person = house.fake.user(id);
    person.say("/start");
    house.in_time(|world| (world.said(id).last() == Some(&"What may I call you?")).then_some(())).await;
    person.say("Ada");
    house.in_time(|world| (world.said(id).last() == Some(&"Glad you are here, Ada.")).then_some(())).await;
    person
}

/// The next message to a chat is refused for so many seconds.
fn refuse(house: &TelegramHouse, chat: i64, seconds: u64) {
    house.fake.fail(Scope::Chat(chat), Fault::TooManyRequests { retry_after: seconds }, 1);
}

/// Messages that a chat was to get, whether it got them or not.
fn tried(world: &World, chat: i64) -> usize {
    world.requests().iter().filter(|request| request.method == "sendMessage" && request.chat == Some(chat)).count()
}

/// Waits until a chat was refused as often as this; the time of the last refusal.
async fn refused(house: &TelegramHouse, chat: i64, times: usize) -> Timestamp {
    let refusals = |world: &World| {
        let requests = world.requests().iter().filter(|request| request.chat == Some(chat));
        (requests.filter(|request| request.status == Some(429) && request.is_answered_whole).count() == times)
            .then_some(())
    };
    house.in_time(refusals).await;
    // It counts from when the bot has read it.
    patiently(house.service().settle()).await;
    house.clock.now()
}

/// Lets time pass until something is so, a step at a time; when that is.
async fn when(house: &TelegramHouse, step: SignedDuration, is_so: impl Fn(&World) -> bool) -> Timestamp {
    for _ in 0..150 {
        if house.fake.wait_for(|world| is_so(world).then_some(()), QUIETLY).await.is_ok() {
            return house.clock.now();
        }
        house.pass(step);
    }
    panic!("it never comes");
}

#[tokio::test]
async fn a_chat_that_is_told_to_wait_waits_as_long_and_nobody_else_does() {
    for restarts in [false, true] {
        let mut house = house(30).await;
        let (ada, bob, eve) = (welcome(&house, ADA).await, welcome(&house, BOB).await, welcome(&house, EVE).await);
        // Everybody's burst is there again.
        house.pass(SignedDuration::from_secs(60));
        refuse(&house, ADA, 30);
        refuse(&house, BOB, 3_600);
        for person in [&ada, &bob] {
            person.say("/start long");
        }
        let (told_ada, told_bob) = (refused(&house, ADA, 1).await, refused(&house, BOB, 1).await);
        let asked = house.fake.look(|world| (tried(world, ADA), tried(world, BOB)));
        eve.say("/start long");
        house.sees(EVE, "First?").await;
        if restarts {
            house.kill().await;
            house.open().await;
        }
        // They are there, and what they say is taken in; that is no reason to answer earlier.
        for person in [&ada, &bob] {
            person.say("a");
        }
        let at = when(&house, SignedDuration::from_secs(1), |world| tried(world, ADA) > asked.0).await;
        assert!(at.duration_since(told_ada) >= SignedDuration::from_secs(30), "{:#}", at.duration_since(told_ada));
        let at = when(&house, SignedDuration::from_secs(60), |world| tried(world, BOB) > asked.1).await;
        assert!(at.duration_since(told_bob) >= SignedDuration::from_hours(1), "{:#}", at.duration_since(told_bob));
        for id in [ADA, BOB] {
            house.in_time(|world| (world.said(id).last() == Some(&"Second?")).then_some(())).await;
            assert_eq!(house.said(id)[3..], ["First?", "Second?"], "once and in order");
        }
    }
}

/// Three chats in short time: the bot as a whole is too fast.
async fn a_crowd(house: &TelegramHouse, seconds: [u64; 3]) -> (Vec<Person>, Timestamp) {
    let mut people = Vec::new();
    for id in [ADA, BOB, EVE] {
        people.push(welcome(house, id).await);
    }
    house.pass(SignedDuration::from_secs(60));
    for (person, seconds) in people.iter().zip(seconds) {
        refuse(house, person.id, seconds);
        person.say("/start long");
        refused(house, person.id, 1).await;
    }
    let told = house.clock.now();
    (people, told)
}

#[tokio::test]
async fn when_several_chats_are_told_to_wait_all_do_and_answers_go_first_afterwards() {
    for restarts in [false, true] {
        let mut house = house(1).await;
        let planners: Vec<i64> = (3001..3005).collect();
        for id in &planners {
            let person = welcome(&house, *id).await;
            for (line, asked) in
                [("/remind", "Which days?"), ("daily", "At what time?"), ("18:00", "And when we talk?")]
            {
                person.say(line);
                house.in_time(|world| (world.said(*id).last() == Some(&asked)).then_some(())).await;
            }
            person.tap("Leave it out");
            house.in_time(|world| (world.said(*id).last() == Some(&"Planned.")).then_some(())).await;
        }
        let dora = welcome(&house, DORA).await;
        house.clock.set(berlin("2026-03-23T17:57"));
        let (_, told) = a_crowd(&house, [300, 300, 300]).await;
        // Into the wait: check-ins, and then somebody who writes.
        house.clock.set(berlin("2026-03-23T18:00"));
        assert!(house.clock.now().duration_since(told) < SignedDuration::from_secs(200));
        house.service().fire_due().await.unwrap();
        house.fake.wait_for(|_| None::<()>, QUIETLY).await.unwrap_err();
        let before = house.fake.look(|world| world.requests().len());
        if restarts {
            house.kill().await;
            house.open().await;
        } else {
            dora.say("/start long");
            house.in_time(|world| (world.pending_updates() == 0).then_some(())).await;
        }
        let is_over = |world: &World| {
            planners.iter().all(|id| world.said(*id).last().is_some_and(|text| text.starts_with(QUESTION)))
                && [ADA, BOB, EVE].iter().all(|id| world.said(*id).last() == Some(&"First?"))
        };
        if restarts {
            when(&house, SignedDuration::from_secs(5), is_over).await;
            continue;
        }
        let first = |world: &World| world.requests()[before..].iter().any(|request| request.method == "sendMessage");
        let at = when(&house, SignedDuration::from_secs(5), first).await;
        assert!(at.duration_since(told) >= SignedDuration::from_secs(300), "{:#}", at.duration_since(told));
        when(&house, SignedDuration::from_secs(1), is_over).await;
        let sent = house.fake.requests().split_off(before).into_iter().filter(|request| request.is_applied);
        let chats: Vec<i64> = sent.filter(|request| request.method == "sendMessage").filter_map(|r| r.chat).collect();
        let (answers, check_ins) = chats.split_at(4);
        assert!(answers.iter().all(|chat| !planners.contains(chat)), "answers go before check-ins: {chats:?}");
        assert_eq!(check_ins.len(), planners.len() * 2, "each once: {chats:?}");
    }
}

#[tokio::test]
async fn one_chat_with_a_long_wait_among_several_with_short_ones_does_not_hold_everybody() {
    let house = house(30).await;
    let dora = welcome(&house, DORA).await;
    let (people, told) = a_crowd(&house, [5, 5, 3_600]).await;
    dora.say("/start long");
    let is_there = |world: &World| world.said(DORA).last() == Some(&"First?");
    let at = when(&house, SignedDuration::from_secs(1), is_there).await;
    let waited = at.duration_since(told);
    assert!(waited >= SignedDuration::from_secs(5), "{waited:#}: several were told to wait, so all wait");
    assert!(waited < SignedDuration::from_secs(60), "{waited:#}: only one was told to wait so long");
    for person in &people[..2] {
        house.in_time(|world| (world.said(person.id).last() == Some(&"First?")).then_some(())).await;
    }
    let is_there = |world: &World| world.said(EVE).last() == Some(&"First?");
    let at = when(&house, SignedDuration::from_secs(60), is_there).await;
    assert!(at.duration_since(told) >= SignedDuration::from_hours(1));
    for person in people {
        assert_eq!(house.said(person.id)[3..], ["First?"], "once");
    }
}

/// It was evening when the check-in was due, and it is night when the bot may send again.
#[tokio::test]
async fn a_wait_that_ends_at_night_brings_answers_and_no_check_in() {
    for restarts in [false, true] {
        let mut house = house(30).await;
        let dora = welcome(&house, DORA).await;
        for (line, asked) in [("/remind", "Which days?"), ("daily", "At what time?"), ("21:50", "And when we talk?")] {
            dora.say(line);
            house.in_time(|world| (world.said(DORA).last() == Some(&asked)).then_some(())).await;
        }
        dora.tap("Leave it out");
        house.in_time(|world| (world.said(DORA).last() == Some(&"Planned.")).then_some(())).await;
        house.clock.set(berlin("2026-03-23T21:45"));
        let (people, _) = a_crowd(&house, [3_600, 3_600, 3_600]).await;
        house.clock.set(berlin("2026-03-23T21:50"));
        house.service().fire_due().await.unwrap();
        house.fake.wait_for(|_| None::<()>, QUIETLY).await.unwrap_err();
        if restarts {
            // The next run does not know of the wait, but of the time.
            house.clock.set(berlin("2026-03-23T22:10"));
            house.kill().await;
            house.open().await;
        }
        let is_over = |world: &World| people.iter().all(|person| world.said(person.id).last() == Some(&"First?"));
        when(&house, SignedDuration::from_secs(60), is_over).await;
        for _ in 0..20 {
            house.pass(SignedDuration::from_secs(30));
            house.fire().await;
        }
        let said = house.said(DORA);
        assert_eq!(said.last().map(String::as_str), Some("Planned."), "no check-in at night");
        house.clock.set(berlin("2026-03-24T21:50"));
        // Its second message waits for its time.
        house.service().fire_due().await.unwrap();
        house.in_time(|world| (world.said(DORA).last() == Some(&QUESTION)).then_some(())).await;
    }
}

#[tokio::test]
async fn the_end_of_a_wait_lets_no_burst_go() {
    let house = house(30).await;
    let others: Vec<i64> = (4001..4009).collect();
    for id in &others {
        welcome(&house, *id).await;
    }
    let (_, told) = a_crowd(&house, [60, 60, 60]).await;
    for id in &others {
        house.fake.user(*id).say("/start long");
    }
    house.settle().await;
    let before = house.fake.look(|world| world.requests().len());
    let sent = |world: &World| world.requests()[before..].iter().filter(|r| r.method == "sendMessage").count();
    house.clock.set(told + SignedDuration::from_secs(60));
    let many = house.fake.wait_for(|world| (sent(world) > 2).then_some(()), Duration::from_millis(300));
    assert!(many.await.is_err(), "all of them at once would be told to wait again");
    when(&house, SignedDuration::from_millis(100), |world| sent(world) == others.len() + 3).await;
}
