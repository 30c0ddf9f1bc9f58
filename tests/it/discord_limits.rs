//! How fast the bot asks, and what it does when the platform says that it is too fast.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::SignedDuration;

use crate::fake_discord::faults::{Fault, LimitScope, Scope};
use crate::fake_discord::rate::RateLimit;
use crate::fake_discord::route::Route;
use crate::support::discord::DiscordHouse;

const PATIENCE: Duration = Duration::from_secs(20);

async fn paced() -> DiscordHouse {
    let mut house = DiscordHouse::small();
    house.requests_per_second = NonZeroU32::new(50);
    house.open().await;
    house
}

/// Lets time pass in small steps until something is so.
async fn step(house: &DiscordHouse, mut is_so: impl FnMut(&DiscordHouse) -> bool) {
    for _ in 0..8_000 {
        if is_so(house) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
        house.pass(SignedDuration::from_millis(10));
    }
    panic!("it never comes: {} requests", house.fake.requests().len());
}

fn refused(house: &DiscordHouse) -> usize {
    house.fake.look(crate::fake_discord::world::World::invalid_requests)
}

#[tokio::test]
async fn many_people_at_once_are_answered_within_every_limit() {
    let house = paced().await;
    house.fake.set_rate_limit(Some(RateLimit::PLATFORM));
    let people: Vec<_> = (0..120).map(|n| house.fake.user(2_000 + n)).collect();
    for person in &people {
        person.say("Hello?");
    }
    step(&house, |house| people.iter().all(|person| !house.said(person).is_empty())).await;
    assert_eq!(refused(&house), 0, "nothing was too fast");
}

#[tokio::test]
async fn one_chat_is_answered_as_fast_as_its_bucket_allows() {
    let house = paced().await;
    house.fake.set_rate_limit(Some(RateLimit { per_bucket: 3, ..RateLimit::PLATFORM }));
    let ada = house.fake.user(501);
    for _ in 0..20 {
        ada.say("/help");
    }
    step(&house, |house| house.said(&ada).len() >= 20).await;
    assert_eq!(refused(&house), 0, "nothing was too fast");
}

#[tokio::test]
async fn all_wait_when_all_are_told_to_but_presses_are_answered() {
    let house = paced().await;
    let (ada, bob) = (house.fake.user(501), house.fake.user(502));
    let creates = |house: &DiscordHouse| {
        house.fake.requests().iter().filter(|request| request.route == Some(Route::CreateMessage)).count()
    };
    house.fake.fail(
        Scope::Only(Route::CreateMessage),
        Fault::TooManyRequests { retry_after: 8.0, scope: LimitScope::Global },
        1,
    );
    ada.say("Hello?");
    step(&house, |house| creates(house) == 1).await;
    // The answer to the first must be there.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let bobs = bob.slash("help", &[]);
    step(&house, |house| house.fake.look(|world| world.interactions().iter().all(|asked| !asked.answers.is_empty())))
        .await;
    assert!(house.fake.look(|world| world.interactions().iter().any(|asked| asked.id == bobs)));
    assert_eq!(creates(&house), 1, "nobody's message goes meanwhile");
    house.pass(SignedDuration::from_secs(9));
    step(&house, |house| !house.said(&ada).is_empty() && !house.said(&bob).is_empty()).await;
}

#[tokio::test]
async fn a_chat_that_is_told_to_wait_holds_up_no_other() {
    let house = paced().await;
    let (ada, bob) = (house.fake.user(501), house.fake.user(502));
    house.fake.fail(
        Scope::Channel(ada.channel),
        Fault::TooManyRequests { retry_after: 30.0, scope: LimitScope::User },
        1,
    );
    ada.say("Hello?");
    house.fake.wait_for(|world| (world.invalid_requests() == 1).then_some(()), PATIENCE).await.unwrap();
    bob.say("Hello?");
    step(&house, |house| !house.said(&bob).is_empty()).await;
    assert_eq!(house.said(&ada).len(), 0);
    house.pass(SignedDuration::from_secs(31));
    step(&house, |house| !house.said(&ada).is_empty()).await;
}

#[tokio::test]
async fn an_address_that_is_shut_out_keeps_still_as_long_as_it_is_told() {
    let house = paced().await;
    let ada = house.fake.user(501);
    // A machine before the platform, with a page instead of JSON.
    house.fake.fail(Scope::Only(Route::CreateMessage), Fault::ServerError { status: 429 }, 1);
    ada.say("Hello?");
    house.fake.wait_for(|world| (world.invalid_requests() == 1).then_some(()), PATIENCE).await.unwrap();
    step(&house, |house| !house.said(&ada).is_empty()).await;
    assert_eq!(refused(&house), 1);
}

#[tokio::test]
async fn a_bot_that_is_refused_without_end_keeps_still_before_it_is_shut_out() {
    let house = DiscordHouse::new().await;
    let ada = house.fake.user(501);
    house.fake.fail(Scope::Interactions, Fault::Refusal { status: 403, code: 50_001 }, 20_000);
    let people: Vec<_> = (0..40).map(|n| house.fake.user(3_000 + n)).collect();
    ada.slash("start", &[]);
    for _ in 0..20 {
        for person in &people {
            for _ in 0..10 {
                person.tap_custom_id(1, "1.zz.1.1");
            }
        }
        house.fake.wait_for(|world| (world.gateway().undelivered() == 0).then_some(()), PATIENCE).await.unwrap();
        house.service().settle().await;
    }
    house.service().settle().await;
    let before = refused(&house);
    // Those that were under way when it was enough come on top.
    assert!((5_000..6_100).contains(&before), "{before}");
    house.fake.clear_faults();
    ada.slash("help", &[]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    house.pass(SignedDuration::from_secs(300));
    assert!(!house.said(&ada).iter().any(|said| said.contains("/menu")));
    house.pass(SignedDuration::from_secs(301));
    house.in_time(|world| world.said(ada.channel).iter().any(|said| said.contains("/menu")).then_some(())).await;
}
