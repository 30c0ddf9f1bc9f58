//! Check-ins among everything that is sent: after answers, never at night or too late, and silent for who wants that.

use jiff::SignedDuration;
use jiff::civil::time;
use mendwell::domain::event::Body;
use mendwell::domain::ids::PersonId;
use mendwell::domain::limits::NUDGES_IN_FLIGHT_MAX;
use mendwell::domain::message::{RichText, View};
use mendwell::domain::person::Profile;
use mendwell::domain::recurrence::QuietHours;
use mendwell::domain::value::Value;
use mendwell::service::ports::{Class, Clock, Item, NotSent, Outcome};
use mendwell::store::{Batch, OutboxClass, OutboxNew, OutboxState, PersonNew, ProfileWrite};

use crate::delivery::{RETRY, breathe, check_in, next_attempt, planned};
use crate::support::{House, Script, address, berlin};

/// A nudge that an earlier run left.
fn left(house: &House, person: PersonId, text: &str) -> OutboxNew {
    let view = View::say(RichText::author(text));
    OutboxNew {
        id: house.store().outbox_id_next(),
        person,
        class: OutboxClass::Nudge,
        state: OutboxState::Pending,
        next_at: house.clock.now(),
        created_at: house.clock.now(),
        item: serde_json::to_vec(&Item::Show { session: None, turn: None, in_place: false, view }).unwrap().into(),
    }
}

/// A fact of a person's profile, as a dialog would save it.
async fn fact(house: &House, person: &str, name: &str, value: Value) {
    let (person, state) = house.person(person).await;
    let mut profile = state.profile;
    profile.facts.insert(name.to_owned(), value);
    let profiles = vec![ProfileWrite { person, expected_rev: state.profile_rev, profile }];
    house.store().commit(Batch { profiles, ..Batch::default() }).await.unwrap();
}

#[tokio::test]
async fn answers_do_not_wait_for_a_mornings_check_ins() {
    let mut house = House::new().await;
    house.welcome("bob").await;
    let people: Vec<String> = (0..NUDGES_IN_FLIGHT_MAX + 10).map(|number| format!("p{number}")).collect();
    let mut batch = Batch::default();
    for person in &people {
        let id = house.store().person_id_next();
        let mut profile = Profile::new(address(person));
        profile.facts.insert("consent".to_owned(), Value::Bool(true));
        batch.persons_new.push(PersonNew { id, address: address(person), profile });
        batch.outbox.push(left(&house, id, "Good morning."));
        house.messenger.script(person, [Script::Hang]);
    }
    house.store().commit(batch).await.unwrap();
    house.restart().await;
    house.messenger.hang(NUDGES_IN_FLIGHT_MAX).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let waiting: Vec<&String> = people.iter().filter(|person| house.messenger.attempts(person).is_empty()).collect();
    assert_eq!(waiting.len(), 10, "a part of the sends is kept for answers");

    house.handle(house.event("bob", Body::from_typed("/help"))).await;
    crate::delivery::until(|| house.messenger.said("bob").len() == 1).await;
    let last = waiting.last().unwrap();
    house.handle(house.event(last, Body::from_typed("/help"))).await;
    house.messenger.hang(NUDGES_IN_FLIGHT_MAX + 1).await;
    assert_eq!(house.messenger.attempts(last).len(), 1, "what stands before an answer goes now");
    assert_eq!(waiting.iter().filter(|person| house.messenger.attempts(person).is_empty()).count(), 9);

    house.messenger.release();
    house.settle().await;
    assert!(people.iter().all(|person| house.messenger.said(person)[0] == "Good morning."));
    assert_eq!(house.messenger.attempts(last).len(), 2);
    assert_eq!(house.store().outbox_count().await.unwrap(), 0);
}

#[tokio::test]
async fn a_nudge_that_would_go_in_the_quiet_hours_is_dropped_and_its_session_goes_on() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.plan("ada", "daily", "21:58", "Wait").await;
    house.advance_to_local("2026-03-23T21:57").await;
    house.messenger.said("ada");
    house.messenger.ends("ada", [RETRY, Outcome::NotSent(NotSent::Wait(SignedDuration::from_secs(101)))]);
    check_in(&house, "2026-03-23T21:58").await;
    house.settle().await;
    next_attempt(&house, "ada", SignedDuration::from_secs(19)).await;
    let before = house.messenger.attempts("ada").len();
    house.clock.set(berlin("2026-03-23T21:59:59"));
    breathe(&house).await;
    assert_eq!(house.counter("late_total").await, 0, "it waits");
    house.clock.set(berlin("2026-03-23T22:00"));
    breathe(&house).await;
    assert_eq!(house.messenger.attempts("ada").len(), before);
    assert_eq!(house.counter("late_total").await, 2, "the question as well");
    assert_eq!(house.store().outbox_count().await.unwrap(), 0);
    assert_eq!(house.sessions("ada").await, (1, 0));
    assert_eq!(house.say("ada", "4").await, ["A few words?"]);
}

#[tokio::test]
async fn a_nudge_older_than_twelve_hours_is_dropped_and_a_reply_is_not() {
    for (hours, said) in [(12, 2), (13, 0)] {
        let mut house = House::closed(crate::support::small_library());
        house.settings.quiet = QuietHours { from: time(3, 0, 0, 0), to: time(3, 0, 0, 0) };
        house.open().await;
        planned(&house, "ada").await;
        house.welcome("bob").await;
        let wait = Outcome::NotSent(NotSent::Wait(SignedDuration::from_hours(hours)));
        house.messenger.ends("ada", [wait.clone()]);
        house.messenger.ends("bob", [wait]);
        check_in(&house, "2026-03-23T18:00").await;
        house.send("bob", Body::from_typed("/help")).await;
        house.clock.set(house.clock.now() + SignedDuration::from_hours(hours));
        breathe(&house).await;
        assert_eq!(house.messenger.said("ada").len(), said, "after {hours} h");
        assert_eq!(house.counter("late_total").await, 2 - i64::try_from(said).unwrap());
        assert_eq!(house.messenger.said("bob").len(), 1);
        assert_eq!(house.store().outbox_count().await.unwrap(), 0);
    }
}

/// Somebody's own quiet hours and zone, for what was just decided and for what an earlier run left.
#[tokio::test]
async fn the_quiet_hours_are_those_of_the_person() {
    let mut house = House::new().await;
    for person in ["ada", "bob", "eve"] {
        planned(&house, person).await;
    }
    fact(&house, "bob", "zone", Value::text("Asia/Tokyo")).await;
    for person in ["ada", "eve"] {
        house.messenger.ends(person, [RETRY]);
    }
    // In Tokyo it is two at night, and it is quiet for eve while it is retried; none of this moved their plans.
    fact(&house, "eve", "quiet_from", Value::Time(time(18, 0, 2, 0))).await;
    house.clock.set(berlin("2026-03-23T18:00"));
    assert_eq!(crate::support::patiently(house.service().fire_due()).await.unwrap(), 3);
    house.settle().await;
    house.clock.set(berlin("2026-03-23T18:00:30"));
    breathe(&house).await;
    assert_eq!(house.messenger.said("ada"), ["Time to check in.", "How is today?"]);
    assert_eq!(house.messenger.said("bob"), [""; 0], "fired only when it is morning there");
    assert_eq!(house.messenger.said("eve"), [""; 0]);
    assert_eq!(house.counter("late_total").await, 2);

    let persons = [house.person("ada").await.0, house.person("bob").await.0];
    house.clock.set(berlin("2026-03-24T00:00"));
    let outbox = persons.map(|person| left(&house, person, "Left over.")).into();
    house.store().commit(Batch { outbox, ..Batch::default() }).await.unwrap();
    house.restart().await;
    house.settle().await;
    breathe(&house).await;
    assert_eq!(house.messenger.said("bob"), ["Left over."], "eight in the morning");
    assert_eq!(house.messenger.said("ada"), [""; 0], "midnight");
    assert_eq!(house.counter("late_total").await, 3);
}

#[tokio::test]
async fn check_ins_are_silent_for_who_wants_that_and_answers_are_not() {
    let mut house = House::new().await;
    planned(&house, "ada").await;
    planned(&house, "bob").await;
    fact(&house, "ada", "silent_checkins", Value::Bool(true)).await;
    fact(&house, "bob", "silent_checkins", Value::Bool(false)).await;
    let silent = |house: &House, person| -> Vec<(Class, bool)> {
        let attempts = house.messenger.attempts(person);
        attempts.iter().rev().take(3).rev().map(|attempt| (attempt.class, attempt.silent)).collect()
    };
    house.clock.set(berlin("2026-03-23T18:00"));
    house.fire().await;
    house.settle().await;
    for person in ["ada", "bob"] {
        house.say(person, "/help").await;
    }
    let checked_in = |quietly| [(Class::Nudge, quietly), (Class::Nudge, quietly), (Class::Reply, false)];
    assert_eq!(silent(&house, "ada"), checked_in(true));
    assert_eq!(silent(&house, "bob"), checked_in(false));

    let (ada, _) = house.person("ada").await;
    let outbox = vec![left(&house, ada, "Left over.")];
    house.store().commit(Batch { outbox, ..Batch::default() }).await.unwrap();
    house.restart().await;
    house.settle().await;
    assert_eq!(silent(&house, "ada").last(), Some(&(Class::Nudge, true)));
}
