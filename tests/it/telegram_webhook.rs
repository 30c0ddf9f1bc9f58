//! The platform calls: nothing is answered before its commit, and nobody is heard without the secret.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use mendwell::domain::secret::Secret;
use mendwell::telegram::Stopped;
use mendwell::telegram::webhook::WebhookOptions;

use crate::fake_telegram::faults::{Fault, Scope};
use crate::support::telegram::TelegramHouse;
use crate::support::{settings, small_library};

const ADA: i64 = 1001;
const SECRET: &str = "a_secret-of-the-tests";
const HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";
const PATIENCE: Duration = Duration::from_secs(20);

async fn house() -> (TelegramHouse, SocketAddr) {
    let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut house = TelegramHouse::closed(small_library(), settings());
    let url = format!("http://{listen}/telegram");
    house.webhook = Some(WebhookOptions { url, listen, secret: Secret::new(SECRET) });
    (house, listen)
}

async fn is_set(house: &TelegramHouse) {
    house.fake.wait_for(|world| world.webhook().map(|_| ()), PATIENCE).await.unwrap();
}

async fn post(listen: SocketAddr, secret: Option<&str>, body: impl Into<reqwest::Body>) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(format!("http://{listen}/telegram")).body(body);
    let request = secret.into_iter().fold(request, |request, secret| request.header(HEADER, secret));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_talk_over_a_webhook() {
    let (mut house, _) = house().await;
    house.open().await;
    is_set(&house).await;
    house.welcome(ADA).await;
}

#[tokio::test]
async fn nobody_is_heard_without_the_secret_and_nothing_bad_stops_it() {
    let (mut house, listen) = house().await;
    house.open().await;
    is_set(&house).await;
    let update = r#"{"update_id":7,"message":{"message_id":1,"date":1,"text":"hi","chat":{"id":1001,"type":"private"},"from":{"id":1001}}}"#;
    house.fake.user(ADA);
    for wrong in [None, Some(""), Some("a_secret-of-the-test"), Some("A_SECRET-OF-THE-TESTS")] {
        assert_eq!(post(listen, wrong, update).await, 401, "{wrong:?}");
    }
    assert_eq!(post(listen, Some(SECRET), vec![b' '; 1024 * 1024 + 1]).await, 413);
    let broken = [
        r#"{"update_id":8,"message":"#.into(),
        vec![0xff, 0xfe],
        b"{\"update_id\":9,\"message\":{\"text\":\"\xff\"}}".to_vec(),
    ];
    for body in broken {
        assert_eq!(post(listen, Some(SECRET), body).await, 200, "it would only come again");
    }
    assert_eq!(house.counter("quarantined_total").await, 2, "those with a number");
    assert!(house.fake.look(|world| world.said(ADA).is_empty()));
    assert_eq!(post(listen, Some(SECRET), update).await, 200);
    house.sees(ADA, "What may I call you?").await;
}

#[tokio::test]
async fn nothing_is_answered_before_its_commit_and_a_kill_costs_nothing() {
    let (mut house, _) = house().await;
    house.open_without_writer().await;
    is_set(&house).await;
    house.fake.user(ADA).say("/start");
    let early = house.fake.wait_for(|world| (world.pending_updates() == 0).then_some(()), Duration::from_millis(300));
    assert!(early.await.is_err(), "answered although nothing is committed");
    house.kill().await;
    house.open().await;
    house.sees(ADA, "What may I call you?").await;
    house.settle().await;
    let said = house.fake.look(|world| world.said(ADA).len());
    assert_eq!(said, 2, "once");
}

/// Whoever does not ask for updates hears it from what they send.
#[tokio::test]
async fn a_token_that_is_refused_while_it_runs_ends_it_and_the_next_run_sends_what_waits() {
    let (mut house, _) = house().await;
    house.open().await;
    is_set(&house).await;
    let ada = house.welcome(ADA).await;
    let body = r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#.to_owned();
    house.fake.fail(Scope::All, Fault::Answer { status: 401, body }, usize::MAX);
    ada.say("/start long");
    let stopped = house.stopped().await;
    assert!(matches!(stopped, Stopped::TokenRefused), "{stopped:?}");
    house.kill().await;
    house.fake.clear_faults();
    house.open().await;
    house.in_time(|world| (world.said(ADA).last() == Some(&"First?")).then_some(())).await;
}
