//! What the platform, and the machines on the way to it, can do wrong while the bot listens.

use std::time::Duration;

use jiff::SignedDuration;
use mendwell::discord::Stopped;
use serde_json::json;

use crate::fake_discord::faults::{Fault, Scope};
use crate::fake_discord::gateway::DIRECT_MESSAGES;
use crate::fake_discord::route::Route;
use crate::fake_discord::visits::{GatewayFault, Opening};
use crate::support::discord::DiscordHouse;

const ADA: u64 = 501;
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_session_asks_for_nothing_but_private_messages() {
    let house = DiscordHouse::new().await;
    let opening = house.fake.look(|world| world.gateway().visits()[0].opening.clone());
    assert_eq!(opening, Some(Opening::Identify { intents: DIRECT_MESSAGES }));
}

#[tokio::test]
async fn a_connection_that_is_lost_goes_on_where_it_was() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    let mut resumes = 0;
    let breaks: [&dyn Fn(); 6] = [
        &|| house.fake.reconnect(),
        &|| house.fake.cut_gateway(),
        &|| house.fake.close_gateway(None),
        &|| house.fake.close_gateway(Some(4_000)),
        &|| house.fake.close_gateway(Some(1_001)),
        &|| house.fake.invalidate_session(true),
    ];
    for broken in breaks {
        broken();
        ada.say("/menu");
        house.in_time(|world| (world.gateway().resumes() > resumes).then_some(())).await;
        house.sees(&ada, "What now?").await;
        ada.tap("Nothing");
        house.sees(&ada, "Nothing it is.").await;
        house.settle().await;
        resumes = house.fake.look(|world| world.gateway().resumes());
    }
    assert_eq!(house.fake.look(|world| world.gateway().identifies()), 1, "no session was spent");
}

#[tokio::test]
async fn a_session_that_is_over_is_begun_anew_and_nothing_is_lost() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    for (times, end) in [(2, None), (3, Some(4_007)), (4, Some(4_009))] {
        match end {
            None => house.fake.invalidate_session(false),
            code => house.fake.close_gateway(code),
        }
        house.pass(SignedDuration::from_secs(1));
        ada.say("/menu");
        house.in_time(|world| (world.gateway().identifies() == times).then_some(())).await;
        house
            .in_time(|world| world.said(ada.channel).last().filter(|said| said.contains("What now?")).map(|_| ()))
            .await;
        ada.tap("Nothing");
        house.sees(&ada, "Nothing it is.").await;
    }
}

#[tokio::test]
async fn sessions_in_a_row_come_further_and_further_apart() {
    let mut house = DiscordHouse::new().await;
    for _ in 0..10 {
        house.kill().await;
        house.fake.close_gateway(Some(4_009));
        house.open().await;
    }
    let passed = house.fake.look(crate::fake_discord::world::World::now).as_secs() - crate::fake_discord::DATE;
    assert!((8 * 5 + 10 + 20..110).contains(&passed), "{passed} seconds for eleven sessions");
}

#[tokio::test]
async fn a_gateway_that_does_not_take_anybody_is_tried_until_it_does() {
    let mut house = DiscordHouse::small();
    for fault in [
        GatewayFault::Refuse { status: 503 },
        GatewayFault::CutAfter { events: 0 },
        GatewayFault::InvalidSession { is_resumable: false },
        GatewayFault::Close(None),
        GatewayFault::Close(Some(4_000)),
    ] {
        house.fake.fail_gateway(fault, 2);
    }
    house.fake.fail(Scope::Only(Route::GetGatewayBot), Fault::ServerError { status: 502 }, 2);
    house.fake.answer_next(Route::GetGatewayBot, 200, r#"{"url":"file:///etc/passwd","shards":1}"#);
    house.fake.answer_next(Route::GetGatewayBot, 200, "<html>");
    house.open().await;
    house.welcome(ADA).await;
}

#[tokio::test]
async fn a_platform_that_is_down_is_waited_for() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    house.fake.down(true);
    ada.say("/menu");
    let (before, since) = (house.fake.requests().len(), house.fake.look(crate::fake_discord::world::World::now));
    house.in_time(|world| (world.requests().len() >= before + 8).then_some(())).await;
    let passed = house.fake.look(crate::fake_discord::world::World::now) - since;
    house.fake.down(false);
    house.in_time(|world| world.said(ada.channel).iter().any(|said| said.contains("What now?")).then_some(())).await;
    assert!(passed >= Duration::from_secs(40), "eight requests in {passed:?} to a platform that is down");
}

#[tokio::test]
async fn what_cannot_be_read_is_set_apart_and_stops_nobody() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    house.fake.inject_event("MESSAGE_CREATE", &json!({"id": "77", "channel_id": {}, "author": 5}));
    house.fake.inject_event("INTERACTION_CREATE", &json!({"id": "78", "type": "x"}));
    house.fake.inject_event("MESSAGE_CREATE", &json!({"author": []}));
    house.fake.inject_event("A_NEW_KIND", &json!({"any": "thing"}));
    house.fake.inject_frame("{\"op\":77}");
    house.fake.inject_frame("not json");
    house.fake.inject_frame("{\"op\":0,\"d\":null}");
    ada.say("/menu");
    house.sees(&ada, "What now?").await;
    house.settle().await;
    assert_eq!(house.counter("quarantined_total").await, 2);
    assert_eq!(house.fake.look(|world| world.gateway().visits().len()), 1, "the connection stands");
}

#[tokio::test]
async fn a_bot_that_may_not_go_on_says_why() {
    let stopped = async |prepare: &dyn Fn(&DiscordHouse)| {
        let mut house = DiscordHouse::small();
        house.may_stop = true;
        house.timeouts.silence = Duration::from_millis(300);
        prepare(&house);
        house.open_without_writer().await;
        house.start_writer();
        let stopped = house.stopped().await;
        house.fake.take_breaches();
        stopped
    };
    let is = async |prepare: &dyn Fn(&DiscordHouse), is: fn(&Stopped) -> bool| {
        let stopped = stopped(prepare).await;
        assert!(is(&stopped), "{stopped:?}");
    };
    is(&|house| house.fake.revoke_token(), |why| matches!(why, Stopped::TokenRefused)).await;
    let close = |code| move |house: &DiscordHouse| house.fake.fail_gateway(GatewayFault::Close(Some(code)), 1);
    is(&close(4_004), |why| matches!(why, Stopped::TokenRefused)).await;
    is(&close(4_010), |why| matches!(why, Stopped::TooLarge)).await;
    is(&close(4_011), |why| matches!(why, Stopped::TooLarge)).await;
    is(&close(4_012), |why| matches!(why, Stopped::TooOld)).await;
    is(&close(4_013), |why| matches!(why, Stopped::IntentRefused)).await;
    is(&close(4_014), |why| matches!(why, Stopped::IntentRefused)).await;
    is(&|house| house.fake.set_shards(2), |why| matches!(why, Stopped::TooLarge)).await;
    let few = |why: &Stopped| matches!(why, Stopped::FewSessionsLeft { remaining: 49, minutes: 1.. });
    is(&|house| house.fake.set_identifies_left(49), few).await;
    is(&|house| house.fake.fail_gateway(GatewayFault::Silent, 1), |why| matches!(why, Stopped::Silent)).await;
}

#[tokio::test]
async fn a_token_that_is_refused_while_the_bot_runs_ends_it() {
    let mut house = DiscordHouse::small();
    house.may_stop = true;
    house.open().await;
    let ada = house.welcome(ADA).await;
    house.fake.fail(Scope::Only(Route::CreateMessage), Fault::Refusal { status: 401, code: 0 }, 1);
    ada.say("/menu");
    let stopped = house.stopped().await;
    assert!(matches!(*stopped, Stopped::TokenRefused), "{stopped:?}");
}

#[tokio::test]
async fn a_connection_that_falls_silent_is_made_anew_by_its_heartbeats() {
    let mut house = DiscordHouse::small();
    house.fake.set_heartbeat(Duration::from_millis(100));
    house.open().await;
    let ada = house.welcome(ADA).await;
    house.fake.mute_gateway();
    ada.say("/menu");
    house.fake.wait_for(|world| (world.gateway().resumes() == 1).then_some(()), PATIENCE).await.unwrap();
    house.sees(&ada, "What now?").await;
}

#[tokio::test]
async fn commands_are_told_once_and_again_when_they_are_others() {
    let mut house = DiscordHouse::new().await;
    house.fake.wait_for(|world| world.commands().as_array().map(|_| ()), PATIENCE).await.unwrap();
    let puts = |house: &DiscordHouse| {
        house.fake.requests().iter().filter(|request| request.route == Some(Route::PutCommands)).count()
    };
    house.welcome(ADA).await;
    house.kill().await;
    house.open().await;
    house.welcome(ADA + 1).await;
    assert_eq!(puts(&house), 1);
    let commands = house.fake.look(|world| world.commands().clone());
    let names: Vec<&str> = commands.as_array().unwrap().iter().filter_map(|command| command["name"].as_str()).collect();
    assert!(names.contains(&"menu") && names.contains(&"crisis"), "{names:?}");
}
