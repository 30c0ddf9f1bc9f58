//! The service when things go wrong: turns that break, a store that refuses, a full disk, a stop in the middle.

use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use mendwell::domain::event::Body;
use mendwell::service::Taken;
use mendwell::service::ports::{Clock, NotSent, Outcome};
use sqlx::Executor;

use crate::support::{House, Script, is_closed, long_words, make_room, patiently};

fn text(words: &str) -> Body {
    Body::from_typed(words)
}

#[tokio::test]
async fn r12_a_turn_that_breaks_costs_its_event_only() {
    let mut house = House::new().await;
    house.welcome("ada").await;
    house.welcome("bob").await;
    let quarantined = house.event_with("bad", "ada", text("/menu"));
    house.panics.store(1, Ordering::SeqCst);
    let bad = house.submit(quarantined.clone()).await;
    let good = house.submit(house.event("bob", text("/menu"))).await;
    assert_eq!(patiently(bad).await.unwrap().taken, Taken::Quarantined);
    assert_eq!(patiently(good).await.unwrap().taken, Taken::Taken);
    house.settle().await;
    let said = house.messenger.said("ada");
    assert!(said.len() == 1 && said[0].starts_with("Something went wrong on my side"), "{said:?}");
    assert_eq!(house.messenger.said("bob"), ["What now?"]);
    assert_eq!(house.counter("quarantined_total").await, 1);
    let kept = house.store().quarantine_latest(9).await.unwrap();
    assert_eq!((kept[0].1.as_str(), kept[0].2.as_str()), ("panic", "command 0 bytes"));
    // It is not tried again, neither now nor after a restart, and the next event works.
    assert_eq!(house.handle(quarantined.clone()).await.taken, Taken::Repeated);
    house.restart().await;
    assert_eq!(house.handle(quarantined).await.taken, Taken::Repeated);
    assert_eq!(house.say("ada", "/menu").await, ["What now?"]);
}

#[tokio::test]
async fn r12_a_new_person_whose_first_turn_breaks_is_told_and_welcomed_next() {
    let house = House::new().await;
    house.panics.store(1, Ordering::SeqCst);
    assert_eq!(house.send("ada", text("hi")).await.taken, Taken::Quarantined);
    assert_eq!(house.messenger.said("ada").len(), 1);
    house.welcome("ada").await;
}

#[tokio::test]
async fn r12_a_check_in_whose_turn_breaks_is_left_out_and_the_next_day_works() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.plan("ada", "daily", "18:00", "Wait").await;
    house.panics.store(1, Ordering::SeqCst);
    house.advance_to_local("2026-03-23T18:00").await;
    assert_eq!(house.messenger.said("ada").len(), 1, "the one line that says sorry");
    assert_eq!(house.counter("quarantined_total").await, 1);
    house.advance_to_local("2026-03-24T18:00").await;
    assert_eq!(house.messenger.said("ada"), ["Time to check in.", "How is today?"]);
}

#[tokio::test]
async fn r14_a_full_disk_answers_nobody_until_there_is_room_and_then_once() {
    let (house, mut other) = House::with_a_full_disk().await;
    let long = long_words();
    let mut answer = house.submit(house.event_with("full", "ada", text(&long))).await;
    for _ in 0..2_000 {
        house.clock.set(house.clock.now() + SignedDuration::from_millis(500));
        tokio::task::yield_now().await;
        let early = answer.try_recv();
        assert!(early.is_err(), "answered without room: {early:?}");
    }
    assert_eq!(house.messenger.said("ada"), [""; 0]);
    make_room(&mut other).await;
    let answered = async {
        loop {
            house.clock.set(house.clock.now() + SignedDuration::from_millis(500));
            tokio::task::yield_now().await;
            if let Ok(answer) = answer.try_recv() {
                return answer;
            }
        }
    };
    assert_eq!(patiently(answered).await.taken, Taken::Taken);
    house.settle().await;
    assert_eq!(house.messenger.said("ada"), ["Third?"]);
    assert_eq!(house.handle(house.event_with("full", "ada", text(&long))).await.taken, Taken::Repeated);
}

/// A trigger refuses whatever concerns one person, as a damaged row would.
#[tokio::test]
async fn r12_an_event_that_the_store_refuses_is_found_and_nothing_behind_it_waits() {
    let house = House::new().await;
    for person in ["ada", "bob", "eve"] {
        house.welcome(person).await;
    }
    let (eve, _) = house.person("eve").await;
    let mut other = house.raw().await;
    let refuse = format!(
        "CREATE TRIGGER refuse BEFORE INSERT ON sessions WHEN new.person_id = {} BEGIN SELECT raise(ABORT, 'no'); END",
        eve.0
    );
    other.execute(sqlx::AssertSqlSafe(refuse)).await.unwrap();
    let mut answers = Vec::new();
    for person in ["ada", "eve", "bob"] {
        answers.push(house.submit(house.event_with(person, person, text("/menu"))).await);
    }
    let mut taken = Vec::new();
    for answer in answers {
        taken.push(patiently(answer).await.unwrap().taken);
    }
    assert_eq!(taken, [Taken::Taken, Taken::Quarantined, Taken::Taken]);
    house.settle().await;
    assert_eq!(house.messenger.said("ada"), ["What now?"]);
    assert_eq!(house.messenger.said("eve"), [""; 0]);
    assert_eq!(house.messenger.said("bob"), ["What now?"]);
    assert_eq!(house.counter("quarantined_total").await, 1);
    assert_eq!(house.handle(house.event_with("eve", "eve", text("/menu"))).await.taken, Taken::Repeated);
    other.execute("DROP TRIGGER refuse").await.unwrap();
    assert_eq!(house.say("eve", "/menu").await, ["What now?"]);
}

#[tokio::test]
async fn r16_a_stop_loses_nothing_of_what_is_under_way() {
    let mut house = House::new().await;
    house.welcome("ada").await;
    house.messenger.script("ada", [Script::Hang]);
    let mut answers = Vec::new();
    for line in ["/menu", "1", "a"] {
        answers.push(house.submit(house.event("ada", text(line))).await);
    }
    for answer in answers {
        patiently(answer).await.unwrap();
    }
    house.messenger.hang(1).await;
    house.messenger.release();
    house.settle().await;
    house.restart().await;
    house.settle().await;
    assert_eq!(house.messenger.said("ada"), ["What now?", "First?", "Second?"]);
    assert_eq!(house.store().outbox_count().await.unwrap(), 0);
}

#[tokio::test]
async fn settle_returns_although_somebody_waits_for_a_retry() {
    let house = House::new().await;
    house.welcome("ada").await;
    for outcome in [NotSent::Retry, NotSent::Wait(SignedDuration::from_hours(1))] {
        house.messenger.ends("ada", [Outcome::NotSent(outcome)]);
        house.send("ada", text("/menu")).await;
        house.send("ada", text("/help")).await;
        house.settle().await;
        assert_eq!(house.messenger.said("ada"), [""; 0]);
        house.clock.set(house.clock.now() + SignedDuration::from_hours(1));
        while house.messenger.attempts("ada").last().is_none_or(|attempt| attempt.at < house.clock.now()) {
            tokio::task::yield_now().await;
        }
        house.settle().await;
        assert_eq!(house.messenger.said("ada").len(), 2);
    }
}

#[tokio::test]
async fn an_ended_service_says_so() {
    let mut house = House::new().await;
    let service = house.service().clone();
    let event = house.event("ada", text("hi"));
    let killed = {
        // The clone holds the store; it is let go before the rest.
        let running = service.submit(event.clone()).await.unwrap();
        patiently(running).await.unwrap()
    };
    assert_eq!(killed.taken, Taken::Taken);
    house.stop_loops().await;
    assert!(is_closed(&service.handle(event).await));
    drop(service);
}
