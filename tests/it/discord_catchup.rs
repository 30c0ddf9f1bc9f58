//! What people wrote while nobody listened, and the order in which they wrote it.

use std::time::Duration;

use jiff::SignedDuration;

use crate::fake_discord::faults::{Fault, Scope};
use crate::fake_discord::route::Route;
use crate::fake_discord::world::World;
use crate::support::discord::DiscordHouse;
use crate::support::patiently;

const ADA: u64 = 501;
const BOB: u64 = 502;
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn what_was_written_meanwhile_has_its_turn_after_a_new_session() {
    let mut house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    let bob = house.welcome(BOB).await;
    ada.slash("start", &[("what", "long")]);
    house.sees(&ada, "First?").await;
    house.settle().await;
    house.kill().await;
    house.fake.invalidate_session(false);
    house.pass(SignedDuration::from_mins(10));
    ada.say("a");
    ada.say("b");
    bob.say("/menu");
    house.open().await;
    house.sees(&ada, "Third?").await;
    house.sees(&bob, "What now?").await;
    assert_eq!(house.fake.look(|world| world.gateway().identifies()), 2);
    ada.say("c");
    house.sees(&ada, "Kept: a, b, c.").await;
    // Everything is known by now: another session reads nothing anew.
    house.settle().await;
    let said = house.said(&ada).len();
    house.fake.invalidate_session(false);
    house.in_time(|world| (world.gateway().identifies() == 3).then_some(())).await;
    ada.slash("help", &[]);
    house.sees(&ada, "/menu").await;
    house.settle().await;
    assert_eq!(house.said(&ada).len(), said + 1);
}

#[tokio::test]
async fn a_session_goes_on_over_a_restart_and_costs_none() {
    let mut house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    house.kill().await;
    // Somebody unknown writes, which no reading up would find.
    let bob = house.fake.user(BOB);
    bob.say("Hello?");
    ada.say("/menu");
    house.open().await;
    house.sees(&bob, "What may I call you?").await;
    house.sees(&ada, "What now?").await;
    house.settle().await;
    assert_eq!(house.fake.look(|world| (world.gateway().identifies(), world.gateway().resumes())), (1, 1));
    let asked = house.said(&ada).iter().filter(|said| said.contains("call you")).count();
    assert_eq!(asked, 1, "what came again was known");
}

#[tokio::test]
async fn a_kill_while_chats_are_read_costs_no_session_and_they_are_read_all_the_same() {
    let mut house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    house.settle().await;
    house.kill().await;
    house.fake.invalidate_session(false);
    house.pass(SignedDuration::from_mins(10));
    ada.say("/menu");
    house.fake.fail(Scope::Only(Route::GetMessages), Fault::ServerError { status: 503 }, usize::MAX);
    house.open().await;
    house.in_time(|world| (is_read(world) && world.gateway().is_connected()).then_some(())).await;
    patiently(async {
        // Chats are asked for as soon as the session stands, and it is kept a moment later.
        while !kept(&house).await.contains("\"is_reading\":true") {
            tokio::task::yield_now().await;
        }
    })
    .await;
    house.kill().await;
    assert!(!house.said(&ada).iter().any(|said| said.contains("What now?")));
    house.fake.clear_faults();
    house.open().await;
    house.sees(&ada, "What now?").await;
    // The lost one was asked for in vain, the one after it goes on.
    assert_eq!(house.fake.look(|world| (world.gateway().identifies(), world.gateway().resumes())), (2, 2));
}

#[tokio::test]
async fn what_is_written_while_a_chat_is_read_waits_for_it() {
    let mut house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.slash("start", &[("what", "long")]);
    house.sees(&ada, "First?").await;
    house.settle().await;
    house.kill().await;
    house.fake.invalidate_session(false);
    house.pass(SignedDuration::from_mins(10));
    ada.say("a");
    house.fake.fail(Scope::Only(Route::GetMessages), Fault::ServerError { status: 503 }, 1);
    house.open().await;
    house.fake.wait_for(|world| is_read(world).then_some(()), PATIENCE).await.unwrap();
    ada.say("b");
    house.in_time(|world| world.said(ada.channel).iter().any(|said| said.contains("Third?")).then_some(())).await;
    ada.say("c");
    house.sees(&ada, "Kept: a, b, c.").await;
}

#[tokio::test]
async fn a_long_absence_is_read_page_by_page() {
    let mut house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.slash("start", &[("what", "long")]);
    house.sees(&ada, "First?").await;
    house.settle().await;
    house.kill().await;
    house.fake.invalidate_session(false);
    house.pass(SignedDuration::from_mins(10));
    ada.say("a");
    for _ in 0..230 {
        ada.sticker();
    }
    ada.say("b");
    house.open().await;
    house.in_time(|world| world.said(ada.channel).iter().any(|said| said.contains("Third?")).then_some(())).await;
    house.settle().await;
    let pages = house.fake.requests().iter().filter(|r| r.route == Some(Route::GetMessages)).count();
    // What the bot answers meanwhile stands in the chat as well.
    assert!((3..8).contains(&pages), "{pages}");
}

#[tokio::test]
async fn chats_that_rest_or_are_closed_are_left_alone() {
    let mut house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    house.pass(SignedDuration::from_hours(15 * 24));
    let bob = house.welcome(BOB).await;
    house.kill().await;
    house.fake.invalidate_session(false);
    let reads = |house: &DiscordHouse| -> Vec<u64> {
        let requests = house.fake.requests();
        requests.iter().filter(|r| r.route == Some(Route::GetMessages)).filter_map(|r| r.channel).collect()
    };
    house.fake.fail(Scope::Only(Route::GetMessages), Fault::Refusal { status: 403, code: 50_001 }, 1);
    house.pass(SignedDuration::from_mins(1));
    house.open().await;
    house
        .fake
        .wait_for(|world| world.requests().iter().any(|r| r.route == Some(Route::GetMessages)).then_some(()), PATIENCE)
        .await
        .unwrap();
    bob.say("/menu");
    house.sees(&bob, "What now?").await;
    house.settle().await;
    assert_eq!(reads(&house), [bob.channel]);
    ada.say("/menu");
    house.sees(&ada, "What now?").await;
}

#[tokio::test]
async fn a_hundred_messages_at_once_are_taken_in_their_order() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    for round in 0..30 {
        ada.say("/start long");
        for word in ["a", "b", "c"] {
            ada.say(&format!("{word}{round}"));
        }
    }
    house.sees(&ada, "Kept: a29, b29, c29.").await;
    for round in 0..30 {
        let kept = format!("Kept: a{round}, b{round}, c{round}.");
        assert!(house.said(&ada).iter().any(|said| said.contains(&kept)), "{kept}");
    }
}

#[tokio::test]
async fn what_a_second_loss_falls_into_while_a_chat_is_read_is_read_as_well() {
    let mut house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    house.kill().await;
    house.fake.invalidate_session(false);
    ada.say("/start long");
    // Nothing is committed yet, so the chat is still being read when the next session begins.
    house.open_without_writer().await;
    house.in_time(|world| is_read(world).then_some(())).await;
    let sessions = house.fake.look(|world| world.gateway().identifies());
    house.fake.close_gateway(Some(4_009));
    ada.say("one");
    house
        .in_time(|world| (world.gateway().identifies() > sessions && world.gateway().is_connected()).then_some(()))
        .await;
    house.start_writer();
    house.in_time(|world| (world.said(ada.channel).last() == Some(&"Second?")).then_some(())).await;
}

/// The session of the gateway, as the next run would find it.
async fn kept(house: &DiscordHouse) -> String {
    house.store().meta_text("discord_session").await.unwrap().unwrap_or_default()
}

fn is_read(world: &World) -> bool {
    world.requests().iter().any(|request| request.route == Some(Route::GetMessages))
}
