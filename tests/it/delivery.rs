//! Delivery: three outcomes, the ladder, order, and what a killed process leaves behind.

use jiff::SignedDuration;
use mendwell::domain::event::Body;
use mendwell::domain::message::{RichText, View};
use mendwell::service::ports::{Class, Clock, Item, NotSent, Outcome};
use mendwell::store::{Batch, OutboxClass, OutboxNew, OutboxState};

use crate::support::{Attempt, House, Script, patiently};

pub(crate) const RETRY: Outcome = Outcome::NotSent(NotSent::Retry);

/// Waits until something is so.
pub(crate) async fn until(mut is_so: impl FnMut() -> bool) {
    patiently(async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// Gives everything that could happen now the time to happen.
pub(crate) async fn breathe(house: &House) {
    for _ in 0..50 {
        house.settle().await;
        tokio::task::yield_now().await;
    }
}

/// Moves the clock to the next attempt of the ladder and waits for its end.
pub(crate) async fn next_attempt(house: &House, person: &str, length: SignedDuration) {
    let before = house.messenger.attempts(person).len();
    house.clock.set(house.clock.now() + length);
    until(|| house.messenger.attempts(person).len() > before).await;
    house.settle().await;
}

pub(crate) fn words(attempts: &[Attempt]) -> Vec<String> {
    let text = |attempt: &Attempt| match &attempt.item {
        Item::Show { view, .. } => view.body.plain(),
        Item::Freeze { .. } | Item::File { .. } | Item::InSpace { .. } | Item::Remove { .. } => "(freeze)".to_owned(),
    };
    attempts.iter().map(text).collect()
}

/// Somebody with a check-in at six, the clock just before it.
pub(crate) async fn planned(house: &House, person: &str) {
    house.welcome(person).await;
    house.plan(person, "daily", "18:00", "Wait").await;
    house.advance_to_local("2026-03-23T17:59").await;
    house.messenger.said(person);
}

/// Makes the check-in due and handles it, without waiting for its delivery.
pub(crate) async fn check_in(house: &House, wall: &str) {
    house.clock.set(crate::support::berlin(wall));
    assert_eq!(patiently(house.service().fire_due()).await.unwrap(), 1);
}

#[tokio::test]
async fn r06_an_intent_is_stored_before_anything_is_sent() {
    let house = House::new().await;
    planned(&house, "ada").await;
    house.messenger.script("ada", [Script::Hang]);
    check_in(&house, "2026-03-23T18:00").await;
    house.messenger.hang(1).await;
    let under_way = house.messenger.attempts("ada").pop().unwrap();
    assert_eq!(under_way.class, Class::Nudge);
    let sending = house.store().outbox_sending().await.unwrap();
    let ids: Vec<_> = sending.iter().map(|row| (row.id, row.state)).collect();
    assert_eq!(ids, [(under_way.id, OutboxState::Sending)], "the one that is tried, and no other");
    house.messenger.release();
    house.settle().await;
    assert_eq!(house.messenger.said("ada"), ["Time to check in.", "How is today?"]);
    assert_eq!(house.store().outbox_count().await.unwrap(), 0);
}

#[tokio::test]
async fn r08_an_unknown_reply_goes_again_and_is_counted_and_an_unknown_nudge_does_not() {
    let house = House::new().await;
    planned(&house, "ada").await;
    house.messenger.ends("ada", [Outcome::Unknown]);
    house.send("ada", Body::from_typed("/help")).await;
    assert_eq!(house.counter("doubled_possible_total").await, 0, "counted when it goes again");
    next_attempt(&house, "ada", SignedDuration::from_secs(5)).await;
    assert_eq!(house.messenger.said("ada").len(), 1);
    assert_eq!(house.counter("doubled_possible_total").await, 1);
    assert_eq!(house.counter("unknown_total").await, 0);

    house.messenger.ends("ada", [Outcome::Unknown]);
    check_in(&house, "2026-03-23T18:00").await;
    house.settle().await;
    house.advance(SignedDuration::from_hours(1)).await;
    breathe(&house).await;
    assert_eq!(house.messenger.said("ada"), ["How is today?"], "the unknown one is not sent again");
    assert_eq!(house.counter("unknown_total").await, 1);
    assert_eq!(house.counter("doubled_possible_total").await, 1);
    assert_eq!(house.store().outbox_count().await.unwrap(), 0);
}

#[tokio::test]
async fn r08_a_kill_between_commit_and_outcome_resends_replies_once_in_order() {
    let mut house = House::new().await;
    house.welcome("ada").await;
    house.messenger.script("ada", [Script::Hang]);
    for line in ["/menu", "1", "a"] {
        house.handle(house.event("ada", Body::from_typed(line))).await;
    }
    house.messenger.hang(1).await;
    house.restart().await;
    house.settle().await;
    assert_eq!(house.messenger.said("ada"), ["What now?", "First?", "Second?"]);
    let first =
        house.messenger.attempts("ada").into_iter().filter(|attempt| attempt.seen.is_none()).collect::<Vec<_>>();
    assert_eq!(words(&first), ["What now?"], "one attempt was cut off");
    assert!(house.counter("doubled_possible_total").await >= 1);
    assert_eq!(house.store().outbox_count().await.unwrap(), 0);
    house.restart().await;
    house.settle().await;
    assert_eq!(house.messenger.said("ada"), [""; 0]);
}

#[tokio::test]
async fn i38_r08_a_kill_under_a_nudge_never_doubles_it_and_loses_none_that_was_not_tried() {
    let mut house = House::new().await;
    planned(&house, "ada").await;
    house.messenger.script("ada", [Script::Hang]);
    check_in(&house, "2026-03-23T18:00").await;
    house.messenger.hang(1).await;
    house.restart().await;
    house.fire().await;
    house.settle().await;
    assert_eq!(house.messenger.said("ada"), ["How is today?"], "the first may have arrived, the second had not gone");
    assert_eq!(house.counter("unknown_total").await, 1);
    assert_eq!(house.counter("doubled_possible_total").await, 0);
    house.restart().await;
    house.fire().await;
    house.settle().await;
    assert_eq!(house.messenger.said("ada"), [""; 0]);
}

#[tokio::test]
async fn r05_r12_a_person_who_cannot_be_reached_waits_in_order_and_nobody_else_does() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.welcome("bob").await;
    house.messenger.ends("ada", [RETRY, RETRY]);
    for line in ["/menu", "1", "a"] {
        house.send("ada", Body::from_typed(line)).await;
    }
    assert_eq!(house.messenger.said("ada"), [""; 0]);
    assert_eq!(house.open_dialog("bob", "menu").await, ["What now?"]);
    next_attempt(&house, "ada", SignedDuration::from_secs(10)).await;
    assert_eq!(house.messenger.said("ada"), [""; 0]);
    next_attempt(&house, "ada", SignedDuration::from_mins(5)).await;
    assert_eq!(house.messenger.said("ada"), ["What now?", "First?", "Second?"]);
    let tried: Vec<u32> = house.messenger.attempts("ada").iter().rev().take(5).map(|a| a.attempts).collect();
    assert!(tried.contains(&2), "{tried:?}: attempts are counted");
}

#[tokio::test]
async fn r05_the_order_holds_over_a_restart_in_the_middle_of_a_wait() {
    let mut house = House::new().await;
    house.welcome("ada").await;
    house.messenger.ends("ada", [RETRY]);
    for line in ["/menu", "1", "a"] {
        house.send("ada", Body::from_typed(line)).await;
    }
    house.restart().await;
    house.settle().await;
    breathe(&house).await;
    assert_eq!(house.messenger.said("ada"), [""; 0], "the first still waits, and what stands behind it as well");
    next_attempt(&house, "ada", SignedDuration::from_mins(5)).await;
    assert_eq!(house.messenger.said("ada"), ["What now?", "First?", "Second?"]);
}

#[tokio::test]
async fn r12_the_ladder_ends_and_what_stood_behind_it_goes() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.welcome("bob").await;
    let before = house.messenger.attempts("ada").len();
    house.messenger.ends("ada", [RETRY; 32]);
    house.send("ada", Body::from_typed("/menu")).await;
    house.send("ada", Body::from_typed("/help")).await;
    let mut waits = Vec::new();
    while house.counter("given_up_total").await == 0 {
        let tried = house.messenger.attempts("ada").len() - before;
        assert!(tried <= 32, "it never ends");
        // The platform answers others, so it is not silent.
        assert_eq!(house.say("bob", "/help").await.len(), 1);
        let due = house.store().outbox_next_due().await.unwrap().unwrap();
        waits.push(due.duration_since(house.clock.now()));
        house.clock.set(due);
        until(|| house.messenger.attempts("ada").len() - before > tried).await;
        house.settle().await;
    }
    assert_eq!(waits.len(), 31);
    let (quick, hourly) = waits.split_at(7);
    assert!(quick.iter().all(|wait| *wait <= SignedDuration::from_mins(5)), "{quick:?}");
    assert!(hourly.iter().all(|wait| wait.as_secs() >= 3_599), "{hourly:?}");
    let said = house.messenger.said("ada");
    assert!(said.len() == 1 && said[0].starts_with("This is what I understand:"), "{said:?}");
}

#[tokio::test]
async fn r11_a_wait_that_the_platform_asks_for_is_obeyed_and_is_no_attempt() {
    let house = House::new().await;
    house.welcome("ada").await;
    let wait = SignedDuration::from_secs(90);
    house.messenger.ends("ada", vec![Outcome::NotSent(NotSent::Wait(wait)); 3]);
    house.send("ada", Body::from_typed("/menu")).await;
    for _ in 0..3 {
        let before = house.messenger.attempts("ada").len();
        house.clock.set(house.clock.now() + SignedDuration::from_secs(89));
        breathe(&house).await;
        assert_eq!(house.messenger.attempts("ada").len(), before, "tried too early");
        next_attempt(&house, "ada", SignedDuration::from_secs(1)).await;
    }
    assert_eq!(house.messenger.said("ada"), ["What now?"]);
    assert_eq!(house.messenger.attempts("ada").last().unwrap().attempts, 0);
}

#[tokio::test]
async fn r12_a_refused_item_is_dropped_and_the_next_one_goes() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.messenger.ends("ada", [Outcome::NotSent(NotSent::Rejected)]);
    house.send("ada", Body::from_typed("/help")).await;
    assert_eq!(house.open_dialog("ada", "menu").await, ["What now?"]);
    assert_eq!(house.counter("rejected_total").await, 1);
    assert_eq!(house.store().outbox_count().await.unwrap(), 0);
}

#[tokio::test]
async fn r06_check_ins_of_somebody_who_is_gone_rest_until_they_write() {
    let mut house = House::new().await;
    planned(&house, "ada").await;
    house.messenger.ends("ada", [Outcome::NotSent(NotSent::Gone)]);
    check_in(&house, "2026-03-23T18:00").await;
    house.settle().await;
    assert_eq!(house.counter("gone_total").await, 2, "the rest of the turn goes, too");
    assert_eq!(house.store().outbox_count().await.unwrap(), 0);
    house.restart().await;
    house.advance_to_local("2026-03-25T19:00").await;
    assert_eq!(house.messenger.said("ada"), [""; 0]);
    assert!(house.person("ada").await.1.profile.unreachable);
    house.say("ada", "I am back").await;
    assert!(!house.person("ada").await.1.profile.unreachable);
    house.say("ada", "/stop").await;
    house.advance_to_local("2026-03-26T18:00").await;
    assert_eq!(house.messenger.said("ada"), ["Time to check in.", "How is today?"]);
}

/// A turn may be made while the rows of the last run are still being read.
#[tokio::test]
async fn i34_a_message_of_this_run_is_never_taken_for_one_of_the_last() {
    let mut house = House::new().await;
    house.welcome("ada").await;
    for _ in 0..20 {
        house.restart().await;
        let mut answers = Vec::new();
        for _ in 0..5 {
            answers.push(house.submit(house.event("ada", Body::from_typed("/help"))).await);
        }
        for answer in answers {
            patiently(answer).await.unwrap();
        }
        breathe(&house).await;
        assert_eq!(house.messenger.said("ada").len(), 5);
    }
}

#[tokio::test]
async fn every_row_of_an_earlier_run_is_taken_up_however_many_there_are() {
    let mut house = House::new().await;
    house.welcome("ada").await;
    let (person, _) = house.person("ada").await;
    let (count, now) = (2_500, house.clock.now());
    let outbox = (0..count).map(|number| {
        let view = View::say(RichText::author(number.to_string()));
        OutboxNew {
            id: house.store().outbox_id_next(),
            person,
            class: OutboxClass::Nudge,
            state: OutboxState::Pending,
            next_at: now,
            created_at: now,
            item: serde_json::to_vec(&Item::Show { session: None, turn: None, in_place: false, view }).unwrap().into(),
        }
    });
    let outbox = outbox.collect();
    house.store().commit(Batch { outbox, ..Batch::default() }).await.unwrap();
    house.restart().await;
    house.settle().await;
    let said = house.messenger.said("ada");
    assert!(said.iter().enumerate().all(|(number, text)| *text == number.to_string()), "not in order");
    assert_eq!(said.len(), count);
    assert_eq!(house.store().outbox_count().await.unwrap(), 0);
}

#[tokio::test]
async fn what_cannot_be_read_any_more_is_dropped_and_counted() {
    let mut house = House::new().await;
    house.welcome("ada").await;
    let (person, _) = house.person("ada").await;
    let row = OutboxNew {
        id: house.store().outbox_id_next(),
        person,
        class: OutboxClass::Reply,
        state: OutboxState::Pending,
        next_at: house.clock.now(),
        created_at: house.clock.now(),
        item: b"{}".to_vec().into(),
    };
    house.store().commit(Batch { outbox: vec![row], ..Batch::default() }).await.unwrap();
    house.restart().await;
    house.settle().await;
    assert_eq!(house.counter("unreadable_total").await, 1);
    assert_eq!(house.store().outbox_count().await.unwrap(), 0);
    assert_eq!(house.open_dialog("ada", "menu").await, ["What now?"]);
}

#[tokio::test]
async fn r05_what_waits_for_somebody_away_is_shown_when_they_come_before_the_reply() {
    for restarts in [false, true] {
        let mut house = House::new().await;
        planned(&house, "ada").await;
        house.messenger.ends("ada", vec![Outcome::NotSent(NotSent::Away); 3]);
        check_in(&house, "2026-03-23T18:00").await;
        house.settle().await;
        for hour in 1..3 {
            next_attempt(&house, "ada", SignedDuration::from_hours(1)).await;
            assert_eq!(house.messenger.said("ada"), [""; 0], "still away after {hour} h");
        }
        let waiting = house.store().outbox_due(house.clock.now() + SignedDuration::from_hours(1), 9).await.unwrap();
        assert_eq!(waiting.iter().map(|row| row.attempts).collect::<Vec<_>>(), [0, 0], "no attempt was counted");
        if restarts {
            house.restart().await;
            house.settle().await;
        }
        assert_eq!(house.say("ada", "/help").await.len(), 3, "after a restart: {restarts}");
        let said = words(&house.messenger.attempts("ada"));
        assert_eq!(said[said.len() - 3..said.len() - 1], ["Time to check in.", "How is today?"]);
        assert_eq!(house.store().outbox_count().await.unwrap(), 0);
    }
}
