//! What ends the platform's loop, what only looks like it, and that nothing is lost by it.

use std::process::Stdio;
use std::time::Duration;

use jiff::SignedDuration;
use mendwell::telegram::Stopped;
use serde_json::json;

use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::method::Method;
use crate::fake_telegram::world::World;
use crate::fake_telegram::{FakeTelegram, TOKEN};
use crate::fake_telegram_self::Bot;
use crate::program::Home;
use crate::support::telegram::TelegramHouse;
use crate::support::{settings, small_library};

const ADA: i64 = 1001;
const POLLS: Scope = Scope::Only(Method::GetUpdates);
const PATIENCE: Duration = Duration::from_secs(20);
const OTHER_POLLER: &str =
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
const WEBHOOK: &str =
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

fn says_no(code: u16, words: &str) -> Fault {
    let body = json!({"ok": false, "error_code": code, "description": words}).to_string();
    Fault::Answer { status: code, body }
}

fn polls(world: &World) -> usize {
    world.requests().iter().filter(|request| request.method == "getUpdates").count()
}

#[tokio::test]
async fn a_second_poller_ends_it_and_what_was_said_is_answered_by_the_next_run() {
    let mut house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    let other = Bot::of(&house.fake);
    let mut asked = 0;
    let stopped = loop {
        // Each of the two ends what the other one asks.
        assert_eq!(other.result("getUpdates", json!({"timeout": 0})).await, json!([]));
        asked += 1;
        if let Ok(stopped) = tokio::time::timeout(Duration::from_millis(20), house.stopped()).await {
            break stopped;
        }
        house.pass(SignedDuration::from_millis(500));
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(matches!(stopped, Stopped::SecondPoller), "{stopped:?}");
    assert!((4..=10).contains(&asked), "it ended after {asked} times, a half second each");
    ada.say("/start long");
    house.kill().await;
    house.open().await;
    house.sees(ADA, "First?").await;
}

#[tokio::test]
async fn at_the_start_the_last_runs_request_may_take_a_while_to_die() {
    for (conflicts, is_second) in [(3, false), (4, true)] {
        let mut house = TelegramHouse::closed(small_library(), settings());
        house.fake.fail(POLLS, says_no(409, OTHER_POLLER), conflicts);
        house.open().await;
        house.fake.user(ADA).say("/start");
        if is_second {
            house.in_time(|world| (polls(world) >= conflicts).then_some(())).await;
            assert!(matches!(house.stopped().await, Stopped::SecondPoller));
            house.kill().await;
            house.open().await;
        }
        house.in_time(|world| (world.said(ADA).len() == 2).then_some(())).await;
    }
}

#[tokio::test]
async fn a_request_of_a_killed_run_that_comes_late_ends_nothing() {
    let mut house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    let said_no = |world: &World| world.requests().iter().filter(|request| request.status == Some(409)).count();
    let asks_again = |world: &World| {
        let newest = world.requests().iter().rfind(|request| request.method == "getUpdates");
        newest.is_some_and(|request| request.status != Some(409))
    };
    for all in [3, 6] {
        house.fake.fail(POLLS, says_no(409, OTHER_POLLER), 3);
        ada.say("hello");
        house.in_time(|world| (said_no(world) == all && asks_again(world)).then_some(())).await;
        // Far apart they are no sign of somebody who asks as well.
        house.pass(SignedDuration::from_secs(61));
    }
    house.fake.fail(POLLS, says_no(409, OTHER_POLLER), 4);
    ada.say("hello");
    house.in_time(|world| (said_no(world) == 10).then_some(())).await;
    assert!(matches!(house.stopped().await, Stopped::SecondPoller));
}

#[tokio::test]
async fn a_token_that_is_refused_ends_it_and_the_next_run_sends_what_waits() {
    for (code, words) in [(401, "Unauthorized"), (404, "Not Found")] {
        let mut house = TelegramHouse::new().await;
        let ada = house.welcome(ADA).await;
        house.settle().await;
        house.fake.fail(Scope::All, says_no(code, words), usize::MAX);
        // The poll that waits brings this; nothing can be answered any more.
        ada.say("/start long");
        let stopped = house.stopped().await;
        assert!(matches!(stopped, Stopped::TokenRefused), "{stopped:?} for {code}");
        ada.say("a");
        house.kill().await;
        house.fake.clear_faults();
        house.open().await;
        house.in_time(|world| (world.said(ADA).last() == Some(&"Second?")).then_some(())).await;
        assert_eq!(house.said(ADA)[3..], ["First?", "Second?"]);
    }
}

#[tokio::test]
async fn a_webhook_that_somebody_sets_is_taken_away_and_nothing_is_lost() {
    let mut house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    let other = Bot::of(&house.fake);
    for (restarts, line, answer) in [(false, "/start long", "First?"), (true, "a", "Second?")] {
        // Nobody listens there, so that updates stay at the platform.
        other.result("setWebhook", json!({"url": "http://127.0.0.1:9/"})).await;
        ada.say(line);
        if restarts {
            house.kill().await;
            house.open().await;
        }
        house.in_time(|world| (world.said(ADA).last() == Some(&answer)).then_some(())).await;
        assert_eq!(house.fake.look(|world| world.webhook().map(str::to_owned)), None);
        house.settle().await;
    }
    assert_eq!(house.said(ADA)[3..], ["First?", "Second?"]);
}

#[tokio::test]
async fn a_webhook_that_comes_back_each_time_is_not_fought_without_pause() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    house.settle().await;
    house.fake.fail(POLLS, says_no(409, WEBHOOK), usize::MAX);
    ada.say("/start long");
    house.sees(ADA, "First?").await;
    let many = |world: &World| (polls(world) > 40).then_some(());
    assert!(house.fake.wait_for(many, Duration::from_millis(500)).await.is_err(), "it is asked without a pause");
    house.fake.clear_faults();
    ada.say("a");
    house.in_time(|world| (world.said(ADA).last() == Some(&"Second?")).then_some(())).await;
}

/// The program itself: what a service manager sees.
#[test]
fn a_second_poller_ends_the_program_with_69() {
    let (home, fake) = (Home::new(), FakeTelegram::start());
    let config = format!("[telegram]\ntoken = \"{TOKEN}\"\napi_url = \"{}\"\n", fake.url());
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    let mut command = home.mendwell(&["--data", "data"]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let ada = fake.user(ADA);
    ada.say("/start");
    fake.wait_for_blocking(|world| world.said(ADA).last().map(|_| ()), PATIENCE).unwrap();
    fake.fail(POLLS, says_no(409, OTHER_POLLER), usize::MAX);
    ada.say("Yes");
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(69), "{said}");
    assert!(said.contains("another program") && !said.contains(TOKEN), "{said}");
    assert_eq!(fake.breaches(), []);
}
