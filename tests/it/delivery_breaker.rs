//! A platform that does not answer: it is probed, nobody's replies are given up, and all of them come when it is back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use mendwell::domain::event::{Address, Body, Event, EventKey, Origin, Platform, Source};
use mendwell::service::ports::{Class, Clock, Item, NotSent, Outcome};

use crate::delivery::{RETRY, breathe, check_in, planned, until};
use crate::support::House;

const PROBE: SignedDuration = SignedDuration::from_secs(15);

/// Lets the time pass and everything happen that then happens.
async fn pass(house: &House, length: SignedDuration) {
    house.clock.set(house.clock.now() + length);
    breathe(house).await;
}

/// Attempts recorded in the rows that wait, by row, in the order in which they were made.
async fn recorded(house: &House) -> Vec<i64> {
    let mut rows = house.store().outbox_sending().await.unwrap();
    rows.extend(house.store().outbox_due(jiff::Timestamp::MAX, i64::MAX).await.unwrap());
    rows.sort_unstable_by_key(|row| row.id);
    rows.iter().map(|row| row.attempts).collect()
}

/// People who each asked for one line that failed: enough that the platform counts as silent.
async fn silent(house: &House, people: &[&str], outcome: Outcome) {
    for person in people {
        house.welcome(person).await;
    }
    house.messenger.down(Platform::Telegram, [outcome]);
    for person in people {
        house.send(person, Body::from_typed("/help")).await;
    }
}

#[tokio::test]
async fn a_silent_platform_gets_one_probe_every_15_seconds_and_nothing_else() {
    let house = House::new().await;
    let people = ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"];
    for person in people {
        house.welcome(person).await;
    }
    let before = house.messenger.count();
    let tried = || -> Vec<String> { house.messenger.all().split_off(before).into_iter().map(|a| a.account).collect() };
    house.messenger.down(Platform::Telegram, [RETRY]);
    for person in people {
        house.send(person, Body::from_typed("/help")).await;
    }
    assert_eq!(tried(), people[..5], "after five failures nobody else is tried");
    pass(&house, SignedDuration::from_millis(14_900)).await;
    assert_eq!(tried().len(), 5, "the rungs of the others are over by now, and do not count");
    pass(&house, SignedDuration::from_millis(100)).await;
    assert_eq!(tried(), people[..6]);
    pass(&house, PROBE).await;
    pass(&house, PROBE).await;
    assert_eq!(tried(), people, "what is ready goes before what waits");
    pass(&house, PROBE).await;
    assert_eq!(tried().len(), 9);
    assert_eq!(recorded(&house).await, [1, 1, 1, 1, 1, 0, 0, 0], "probes do not count");
    pass(&house, SignedDuration::from_hours(5)).await;
    assert_eq!(tried().len(), 10, "one at a time, however long it took");
}

#[tokio::test]
async fn when_a_probe_arrives_everything_goes_at_once_the_oldest_first() {
    let house = House::new().await;
    let people = ["p1", "p2", "p3", "p4", "p5"];
    silent(&house, &people, Outcome::Unknown).await;
    // Who fails last waits for the latest rung.
    pass(&house, PROBE).await;
    for person in people {
        house.send(person, Body::from_typed("/menu")).await;
    }
    let before = house.messenger.count();
    house.messenger.up(Platform::Telegram);
    pass(&house, PROBE).await;
    let sent = house.messenger.all().split_off(before);
    let probe = &sent[0].account;
    let order: Vec<&str> = sent.iter().map(|attempt| attempt.account.as_str()).filter(|who| who != probe).collect();
    let others: Vec<&str> = people.into_iter().filter(|person| person != probe).collect();
    assert_eq!(order[..4], others, "the probe, then by age");
    for person in people {
        assert_eq!(house.messenger.said(person).len(), 2, "{person}");
    }
    assert_eq!(house.counter("doubled_possible_total").await, 6, "one each, and the probe before");
    assert_eq!(house.store().outbox_count().await.unwrap(), 0);
}

#[tokio::test]
async fn any_answer_begins_the_count_of_failures_anew() {
    let house = House::new().await;
    let people = ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"];
    for person in people {
        house.welcome(person).await;
    }
    for (outcome, people) in [(RETRY, &people[..4]), (Outcome::NotSent(NotSent::Rejected), &people[4..])] {
        for person in &people[..4] {
            house.messenger.ends(person, [outcome.clone()]);
            house.send(person, Body::from_typed("/help")).await;
        }
    }
    let before = house.messenger.count();
    house.messenger.down(Platform::Telegram, [RETRY]);
    for person in &people[4..] {
        house.send(person, Body::from_typed("/help")).await;
    }
    assert_eq!(house.messenger.count() - before, 4);
    house.messenger.up(Platform::Telegram);
    assert_eq!(house.say("p8", "/menu").await, [""; 0], "behind what waits for its rung");
    house.welcome("p9").await;
}

#[tokio::test]
async fn what_a_platform_or_a_person_is_waited_for_waits_on_when_it_closes() {
    let house = House::new().await;
    for person in ["told", "away"] {
        house.welcome(person).await;
    }
    house.messenger.ends("told", [Outcome::NotSent(NotSent::Wait(SignedDuration::from_mins(10)))]);
    house.messenger.ends("away", [Outcome::NotSent(NotSent::Away)]);
    for person in ["told", "away"] {
        house.send(person, Body::from_typed("/help")).await;
    }
    silent(&house, &["p1", "p2", "p3", "p4", "p5"], RETRY).await;
    house.messenger.up(Platform::Telegram);
    pass(&house, PROBE).await;
    assert_eq!(house.messenger.said("p5").len(), 1, "it is back");
    let tried = |person| house.messenger.attempts(person).len();
    assert_eq!((tried("told"), tried("away")), (4, 4), "three of the welcome, one that failed");
    pass(&house, SignedDuration::from_mins(10)).await;
    assert_eq!((tried("told"), tried("away")), (5, 4));
    pass(&house, SignedDuration::from_mins(50)).await;
    assert_eq!((tried("told"), tried("away")), (5, 5));
}

#[tokio::test]
async fn one_platform_does_not_wait_for_another() {
    let house = House::new().await;
    silent(&house, &["p1", "p2", "p3", "p4", "p5"], RETRY).await;
    let address = Address { platform: Platform::Discord, account: "dora".to_owned(), chat: "dora".to_owned() };
    let key = EventKey("dc:m:1".to_owned());
    let event = Event {
        key,
        source: Source::Address(address),
        at: house.clock.now(),
        body: Body::from_typed("hi"),
        origin: Origin::default(),
    };
    house.handle(event).await;
    house.settle().await;
    assert_eq!(house.messenger.said("dora"), ["Hello.", "What may I call you?"]);
}

/// An attempt that comes early, because the platform seemed to be back, takes nothing from the ladder.
#[tokio::test]
async fn attempts_that_a_closing_brings_forward_do_not_count() {
    let house = House::new().await;
    let people = ["p1", "p2", "p3", "p4", "p5"];
    silent(&house, &people, RETRY).await;
    for round in 0..40 {
        house.messenger.up(Platform::Telegram);
        house.messenger.ends("lucky", [Outcome::Sent(None)]);
        // Only the newest arrives, and that as the probe.
        for person in people {
            house.messenger.ends(person, [RETRY]);
        }
        house.handle(house.event("lucky", Body::from_typed("/help"))).await;
        pass(&house, PROBE).await;
        assert_eq!(recorded(&house).await, [1, 1, 1, 1, 1], "round {round}");
        assert!(house.messenger.attempts("p1").len() > round + 4, "it was tried in round {round}");
    }
    assert_eq!(house.counter("given_up_total").await, 0);
}

#[tokio::test]
async fn a_reply_is_the_probe_rather_than_a_nudge() {
    let house = House::new().await;
    planned(&house, "ada").await;
    silent(&house, &["p1", "p2", "p3", "p4", "p5"], Outcome::Unknown).await;
    check_in(&house, "2026-03-23T18:00").await;
    let before = house.messenger.attempts("ada").len();
    for _ in 0..20 {
        pass(&house, PROBE).await;
    }
    assert_eq!(house.messenger.attempts("ada").len(), before, "an unknown outcome would be its end");
    house.messenger.up(Platform::Telegram);
    pass(&house, PROBE).await;
    assert_eq!(house.messenger.said("ada"), ["Time to check in.", "How is today?"]);
    assert_eq!(house.counter("unknown_total").await, 0);
}

/// Nobody else is there whose message could be the probe.
#[tokio::test]
async fn one_reply_that_is_the_probe_all_day_is_not_given_up_and_after_three_days_it_is() {
    for (hours, said) in [(24, 2), (71, 2), (73, 1)] {
        let house = House::new().await;
        house.welcome("ada").await;
        let before = house.messenger.count();
        house.messenger.down(Platform::Telegram, [RETRY, Outcome::Unknown]);
        house.send("ada", Body::from_typed("/help")).await;
        let end = house.clock.now() + SignedDuration::from_hours(hours);
        for _ in 1..5 {
            pass(&house, SignedDuration::from_mins(5)).await;
        }
        // The ladder has 32 rungs.
        for _ in 0..100 {
            let tried = house.messenger.count();
            house.clock.set(house.clock.now() + PROBE);
            until(|| house.messenger.count() > tried).await;
            house.settle().await;
        }
        pass(&house, end.duration_since(house.clock.now())).await;
        assert!(house.messenger.count() - before >= 105);
        house.send("ada", Body::from_typed("/menu")).await;
        house.messenger.up(Platform::Telegram);
        pass(&house, PROBE * 2).await;
        assert_eq!(house.messenger.said("ada").len(), said, "after {hours} h");
        assert_eq!(house.counter("given_up_total").await, 2 - i64::try_from(said).unwrap());
        assert_eq!(house.store().outbox_count().await.unwrap(), 0);
    }
}

/// Longer than the whole ladder is.
#[tokio::test]
async fn a_silence_of_25_hours_ends_with_every_reply_in_order_and_each_double_recorded() {
    let house = House::new().await;
    let people: Vec<String> = (0..50).map(|number| format!("p{number}")).collect();
    for person in &people {
        house.welcome(person).await;
    }
    let before = house.messenger.count();
    house.messenger.down(Platform::Telegram, [Outcome::Unknown, RETRY, RETRY]);
    for line in ["/menu", "1", "a", "b"] {
        for person in &people {
            house.handle(house.event(person, Body::from_typed(line))).await;
        }
    }
    for _ in 0..25 * 12 {
        house.clock.set(house.clock.now() + SignedDuration::from_mins(5));
        let tried = house.messenger.count();
        until(|| house.messenger.count() > tried).await;
        house.settle().await;
    }
    let probes = house.messenger.count() - before;
    assert!((300..=320).contains(&probes), "{probes} attempts");
    house.messenger.up(Platform::Telegram);
    pass(&house, PROBE).await;

    let mut doubled = 0;
    for person in &people {
        assert_eq!(house.messenger.said(person), ["What now?", "First?", "Second?", "Third?"], "{person}");
    }
    let mut tries: BTreeMap<_, Vec<Outcome>> = BTreeMap::new();
    for attempt in house.messenger.all().split_off(before) {
        assert_eq!(attempt.class, Class::Reply);
        // Buttons go with the message after them, in one row.
        let is_freeze = matches!(attempt.item, Item::Freeze { .. });
        tries.entry((attempt.account, attempt.id, is_freeze)).or_default().push(attempt.outcome.unwrap());
    }
    for ((account, id, _), outcomes) in &tries {
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Sent(None)).count(), 1, "{account} {id:?}");
        let unknown = outcomes.iter().position(|outcome| *outcome == Outcome::Unknown);
        doubled += unknown.map_or(0, |at| outcomes.len() - at - 1);
    }
    let seen: BTreeSet<_> = tries.keys().map(|(account, ..)| account).collect();
    assert_eq!(seen.len(), people.len());
    assert!(doubled > 50, "{doubled}");
    assert_eq!(house.counter("doubled_possible_total").await, i64::try_from(doubled).unwrap());
    assert_eq!(house.counter("given_up_total").await, 0);
    assert_eq!(house.store().outbox_count().await.unwrap(), 0);
}
