//! /crisis: in every state, and also when the store takes no writes, refuses, or is gone.

use jiff::SignedDuration;
use mendwell::domain::event::{Body, Event, Origin};
use mendwell::domain::occasion::Occasion;
use mendwell::service::Taken;
use mendwell::service::ports::{Clock, NotSent, Outcome};
use sqlx::Executor;

use crate::support::{House, is_closed, long_words, make_room, patiently, shipped_library, shipped_settings};

const BY_HEART: &str = "I cannot open our conversation just now.";

fn crisis(house: &House, person: &str) -> Event {
    house.event(person, Body::from_typed("/crisis"))
}

fn in_language(event: Event, language: &str) -> Event {
    Event { origin: Origin { language: Some(language.to_owned()), ..Origin::default() }, ..event }
}

async fn shipped() -> House {
    let mut house = House::closed(shipped_library());
    house.settings = shipped_settings();
    house.open().await;
    house
}

/// Time passes in small steps, and everything that waits for it goes on.
async fn pass(house: &House, seconds: i64) {
    for _ in 0..seconds * 2 {
        house.clock.set(house.clock.now() + SignedDuration::from_millis(500));
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn with_a_full_disk_the_card_comes_and_nothing_is_acknowledged() {
    let (house, mut other) = House::with_a_full_disk().await;
    let mut stuck = house.submit(house.event("ada", Body::from_typed(&long_words()))).await;
    pass(&house, 1).await;
    let mut first = house.submit(in_language(crisis(&house, "bob"), "en-GB")).await;
    let mut second = house.submit(crisis(&house, "eve")).await;
    pass(&house, 2).await;
    assert_eq!(house.messenger.said("bob"), [""; 0], "a turn has its time first");
    pass(&house, 3).await;
    let bob = house.messenger.said("bob");
    assert!(bob.len() == 1 && bob[0].starts_with(BY_HEART) && bob[0].contains("116 123"), "{bob:?}");
    let eve = house.messenger.said("eve");
    assert!(eve.len() == 1 && eve[0].contains("findahelpline.com") && eve[0].contains("112 in Europe"), "{eve:?}");
    // Once in ten minutes.
    let mut again = house.submit(crisis(&house, "bob")).await;
    pass(&house, 8).await;
    assert_eq!(house.messenger.said("bob"), [""; 0]);
    house.clock.set(house.clock.now() + SignedDuration::from_mins(10));
    let mut later = house.submit(crisis(&house, "bob")).await;
    pass(&house, 5).await;
    assert_eq!(house.messenger.said("bob").len(), 1);
    for waiting in [&mut stuck, &mut first, &mut second, &mut again, &mut later] {
        assert!(waiting.try_recv().is_err(), "acknowledged without a commit");
    }
    make_room(&mut other).await;
    pass(&house, 4).await;
    for waiting in [stuck, first, second, again, later] {
        assert_eq!(patiently(waiting).await.unwrap().taken, Taken::Taken);
    }
    house.settle().await;
    assert!(!house.messenger.said("eve").is_empty(), "the turn comes as well, once it can");
}

#[tokio::test]
async fn a_crisis_that_the_store_refuses_gets_the_card() {
    let house = shipped().await;
    house.say("eve", "hi").await;
    let (eve, _) = house.person("eve").await;
    let mut other = house.raw().await;
    let refuse = |on: &str| {
        format!(
            "CREATE TRIGGER refuse_{on} BEFORE {on} ON sessions WHEN new.person_id = {} BEGIN SELECT raise(ABORT, 'no'); END",
            eve.0
        )
    };
    other.execute(sqlx::AssertSqlSafe(refuse("INSERT"))).await.unwrap();
    other.execute(sqlx::AssertSqlSafe(refuse("UPDATE"))).await.unwrap();
    assert_eq!(house.handle(crisis(&house, "eve")).await.taken, Taken::Quarantined);
    let said = house.messenger.said("eve");
    assert!(said.len() == 1 && said[0].starts_with(BY_HEART), "{said:?}");
}

#[tokio::test]
async fn a_crisis_whose_turn_breaks_gets_the_card() {
    let house = shipped().await;
    house.panics.store(1, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(house.handle(crisis(&house, "ada")).await.taken, Taken::Quarantined);
    house.settle().await;
    let said = house.messenger.said("ada");
    assert!(said.iter().any(|text| text.starts_with(BY_HEART)), "{said:?}");
}

#[tokio::test]
async fn a_crisis_that_nobody_takes_any_more_gets_the_card_however_often_the_send_fails_first() {
    let mut house = shipped().await;
    let event = crisis(&house, "ada");
    let service = house.service().clone();
    house.stop_loops().await;
    house.messenger.ends("ada", [Outcome::NotSent(NotSent::Retry), Outcome::Unknown]);
    assert!(is_closed(&service.handle(event).await));
    pass(&house, 4).await;
    patiently(service.rest()).await;
    let said = house.messenger.said("ada");
    assert!(said.last().is_some_and(|text| text.starts_with(BY_HEART)), "{said:?}");
}

#[tokio::test]
async fn an_event_that_is_only_glimpsed_gets_the_card_and_is_still_to_be_taken() {
    let house = shipped().await;
    let event = crisis(&house, "ada");
    house.service().glimpse(&house.event("bob", Body::from_typed("hello")));
    house.service().glimpse(&event);
    patiently(house.service().rest()).await;
    assert_eq!(house.messenger.said("ada").len(), 1);
    assert_eq!(house.messenger.said("bob"), [""; 0]);
    assert_eq!(house.handle(event).await.taken, Taken::Taken);
}

#[tokio::test]
async fn an_ordinary_crisis_is_answered_by_its_dialog_alone() {
    let house = shipped().await;
    let said = house.say("ada", "/crisis").await;
    assert!(said[0].starts_with("I am a program") && said[1].contains("ending your life"), "{said:?}");
    pass(&house, 20).await;
    assert_eq!(house.messenger.said("ada"), [""; 0]);
}

#[tokio::test]
async fn crisis_works_in_every_state_and_leads_back_to_the_exact_question() {
    let house = shipped().await;
    let first = house.say("ada", "hi").await;
    let question = first.last().unwrap().clone();
    for (before, then) in [(None, None), (Some("/pause"), Some("/resume"))] {
        if let Some(before) = before {
            house.say("ada", before).await;
        }
        let said = house.say("ada", "/crisis").await;
        assert!(said.iter().any(|text| text.contains("findahelpline.com")), "{said:?}");
        // Inside a talk about safety the numbers come again, and its question.
        let again = house.say("ada", "/crisis").await;
        assert!(again[0].contains("112 in Europe") && again[1].contains("ending your life"), "{again:?}");
        house.say("ada", "no").await;
        let mut back = house.say("ada", "go on").await;
        if let Some(then) = then {
            back = house.say("ada", then).await;
        }
        assert_eq!(back.last(), Some(&question), "{back:?}");
    }
}

#[tokio::test]
async fn without_its_dialog_crisis_still_says_whom_to_reach() {
    let mut house = House::closed(crate::support::small_library());
    house.settings.dialogs.set(Occasion::Crisis, "nosuch");
    house.open().await;
    let said = house.say("ada", "/crisis").await;
    assert!(said[0].contains("findahelpline.com"), "{said:?}");
}

#[tokio::test]
async fn a_country_that_was_told_is_used_from_the_next_message_on() {
    let house = shipped().await;
    house.say("ada", "/crisis").await;
    for answer in ["yes", "not now", "elsewhere in europe", "spain"] {
        house.say("ada", answer).await;
    }
    let said = house.say("ada", "nobody").await;
    assert!(said[1].contains("In Spain: 024.") && said[1].contains("112"), "{said:?}");
}
