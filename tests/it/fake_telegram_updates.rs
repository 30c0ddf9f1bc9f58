//! The fake of the Bot API: how updates reach the bot, by polls and at a webhook, and when they are forgotten.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::fake_telegram::FakeTelegram;
use crate::fake_telegram::method::Method;
use crate::fake_telegram_self::Bot;

const ADA: i64 = 501;
const FIRST_ID: i64 = 100_000_001;
/// Longer than anything here takes, so that a hang is a failure.
const PATIENCE: Duration = Duration::from_secs(20);

async fn ids(bot: &Bot, params: Value) -> Vec<i64> {
    let updates = bot.result("getUpdates", params).await;
    updates.as_array().unwrap().iter().map(|update| update["update_id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn what_is_not_confirmed_comes_again() {
    let fake = FakeTelegram::start();
    let bot = Bot::of(&fake);
    let ada = fake.user(ADA);
    for word in ["a", "b", "c"] {
        ada.say(word);
    }
    let all = [FIRST_ID, FIRST_ID + 1, FIRST_ID + 2];
    assert_eq!(ids(&bot, json!({})).await, all);
    assert_eq!(ids(&bot, json!({"offset": FIRST_ID, "limit": 2})).await, all[..2]);
    assert_eq!(ids(&bot, json!({"offset": FIRST_ID + 2})).await, all[2..]);
    fake.look(|world| assert_eq!((world.confirmed_offset(), world.pending_updates()), (FIRST_ID + 2, 1)));
    assert_eq!(ids(&bot, json!({"offset": 0})).await, all[2..]);
    assert_eq!(ids(&bot, json!({"offset": FIRST_ID + 3})).await, all[3..]);

    fake.set_next_update_id(FIRST_ID + 1000);
    for _ in 0..150 {
        ada.say("more");
    }
    assert_eq!(ids(&bot, json!({"offset": FIRST_ID + 3})).await.len(), 100);
    assert_eq!(ids(&bot, json!({"offset": -2})).await, [FIRST_ID + 1148, FIRST_ID + 1149]);
    ids(&bot, json!({"offset": FIRST_ID + 1150})).await;
    fake.set_next_update_id(7);
    ada.say("after a week");
    assert_eq!(ids(&bot, json!({"offset": FIRST_ID + 1150})).await, [7]);
    assert_eq!(fake.breaches(), []);
}

#[tokio::test]
async fn a_poll_waits_and_wakes_at_once() {
    let fake = FakeTelegram::start();
    let bot = Arc::new(Bot::of(&fake));
    let ada = fake.user(ADA);
    let mut tasks = JoinSet::new();
    let waiting = Arc::clone(&bot);
    tasks.spawn(async move { ids(&waiting, json!({"timeout": 50})).await });
    let is_waiting = fake.wait_for(|world| world.requests().first().map(|request| request.status), PATIENCE);
    assert_eq!(is_waiting.await.unwrap(), None);
    ada.say("hello");
    let woken = tokio::time::timeout(PATIENCE, tasks.join_next()).await.unwrap().unwrap().unwrap();
    assert_eq!(woken, [FIRST_ID]);
    assert_eq!(ids(&bot, json!({"offset": FIRST_ID + 1, "timeout": 1})).await, [0_i64; 0]);
}

#[tokio::test]
async fn of_two_polls_the_older_ends_with_a_conflict() {
    let fake = FakeTelegram::start();
    let bot = Arc::new(Bot::of(&fake));
    let mut tasks = JoinSet::new();
    let waiting = Arc::clone(&bot);
    tasks.spawn(async move { waiting.refusal("getUpdates", json!({"timeout": 50})).await });
    fake.wait_for(|world| (!world.requests().is_empty()).then_some(()), PATIENCE).await.unwrap();
    assert_eq!(ids(&bot, json!({})).await, [0_i64; 0]);
    let older = tokio::time::timeout(PATIENCE, tasks.join_next()).await.unwrap().unwrap().unwrap();
    assert!(older.0 == 409 && older.1.starts_with("Conflict: terminated by other getUpdates request"), "{older:?}");

    bot.result("setWebhook", json!({"url": "http://127.0.0.1:9/x"})).await;
    let refused = bot.refusal("getUpdates", json!({})).await;
    assert!(refused.0 == 409 && refused.1.contains("webhook is active"), "{refused:?}");
    bot.result("deleteWebhook", json!({})).await;
    assert_eq!(ids(&bot, json!({})).await, [0_i64; 0]);
    assert_eq!(fake.breaches(), []);
}

#[tokio::test]
async fn only_kinds_that_the_bot_asks_for_come() {
    let fake = FakeTelegram::start();
    let bot = Bot::of(&fake);
    let ada = fake.user(ADA);
    ids(&bot, json!({"allowed_updates": ["callback_query"]})).await;
    ada.say("not wanted");
    let press = ada.tap_data(1, "x");
    assert_eq!(ids(&bot, json!({})).await.len(), 1);
    bot.result("answerCallbackQuery", json!({"callback_query_id": press})).await;
    ids(&bot, json!({"allowed_updates": []})).await;
    ada.say("wanted");
    assert_eq!(ids(&bot, json!({})).await.len(), 2);
}

#[tokio::test]
async fn any_text_can_be_an_update_and_any_body_an_answer() {
    let fake = FakeTelegram::start();
    let bot = Bot::of(&fake);
    let ada = fake.user(ADA);
    let odd = fake.inject_raw(r#"{"update_id": $ID, "time_machine": [1]}"#);
    fake.inject_raw("{broken");
    ada.say("hello");
    let (status, body) = bot.try_call("getUpdates", json!({"offset": 0})).await.unwrap();
    assert_eq!(status, 200);
    assert!(body.contains(&format!(r#"[{{"update_id": {odd}, "time_machine": [1]}},{{broken,{{"#)), "{body}");
    assert_eq!(ids(&bot, json!({"offset": odd + 2})).await, [odd + 2]);
    fake.answer_next(Method::GetUpdates, 200, r#"{"ok":true,"result":{}}"#);
    assert_eq!(bot.result("getUpdates", json!({})).await, json!({}));
    assert_eq!(ids(&bot, json!({})).await, [odd + 2]);
}

/// What reached the webhook: the secret and the body.
type Posts = Arc<Mutex<Vec<(Option<String>, Value)>>>;

/// A webhook that refuses as often as it is told, and its address.
async fn webhook(tasks: &mut JoinSet<()>, posts: Posts, mut refusals: usize) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let take = move |headers: &HeaderMap, body: &str| {
        let secret = headers.get("x-telegram-bot-api-secret-token").map(|secret| secret.to_str().unwrap().to_owned());
        posts.lock().unwrap().push((secret, serde_json::from_str(body).unwrap()));
        let is_refused = refusals > 0;
        refusals = refusals.saturating_sub(1);
        if is_refused { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
    };
    let take = Arc::new(Mutex::new(take));
    let answer = move |headers: HeaderMap, body: String| {
        let take = Arc::clone(&take);
        async move { (take.lock().unwrap())(&headers, &body) }
    };
    let router = axum::Router::new().route("/hook", axum::routing::post(answer));
    tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

#[tokio::test]
async fn a_webhook_gets_each_update_until_it_takes_it() {
    let fake = FakeTelegram::start();
    let bot = Bot::of(&fake);
    let ada = fake.user(ADA);
    ada.say("before");
    let (posts, mut tasks) = (Posts::default(), JoinSet::new());
    let url = webhook(&mut tasks, Arc::clone(&posts), 2).await;
    bot.result("setWebhook", json!({"url": url, "secret_token": "s3cret"})).await;
    ada.say("after");
    fake.wait_for(|world| (world.pending_updates() == 0).then_some(()), PATIENCE).await.unwrap();
    let seen: Vec<(Option<String>, i64)> = posts
        .lock()
        .unwrap()
        .iter()
        .map(|(secret, update)| (secret.clone(), update["update_id"].as_i64().unwrap()))
        .collect();
    let secret = || Some("s3cret".to_owned());
    assert_eq!(seen, [(secret(), FIRST_ID), (secret(), FIRST_ID), (secret(), FIRST_ID), (secret(), FIRST_ID + 1)]);
    fake.look(|world| assert_eq!((world.confirmed_offset(), world.webhook()), (FIRST_ID + 2, Some(url.as_str()))));

    tasks.shutdown().await;
    ada.say("nobody there");
    let error = fake.wait_for(|world| world.webhook_error().map(str::to_owned), PATIENCE).await.unwrap();
    let info = bot.result("getWebhookInfo", json!({})).await;
    assert_eq!((error.as_str(), info["last_error_message"].as_str()), ("Connection failed", Some("Connection failed")));
    assert_eq!((info["url"].as_str(), info["pending_update_count"].as_i64()), (Some(url.as_str()), Some(1)));
    bot.result("deleteWebhook", json!({"drop_pending_updates": true})).await;
    assert_eq!(ids(&bot, json!({})).await, [0_i64; 0]);
    assert_eq!(bot.result("getWebhookInfo", json!({})).await["url"], "");
    assert_eq!(fake.breaches(), []);
}
