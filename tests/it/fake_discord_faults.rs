//! The fake of Discord: everything that goes wrong on demand goes wrong as it was said, and the ledger knows.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fake_discord::faults::{Fault, LimitScope, Scope};
use crate::fake_discord::messages::NONCE_WINDOW;
use crate::fake_discord::people::Person;
use crate::fake_discord::rate::RateLimit;
use crate::fake_discord::route::Route;
use crate::fake_discord::world::World;
use crate::fake_discord::{DATE, FakeDiscord, Options};
use crate::fake_discord_self::{Bot, message, strict};

const ADA: u64 = 501;
const BEN: u64 = 502;
const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough to see that nothing comes.
const MOMENT: Duration = Duration::from_millis(50);

fn house() -> (FakeDiscord, Bot, Person) {
    let fake = strict();
    let (bot, ada) = (Bot::of(&fake), fake.user(ADA));
    (fake, bot, ada)
}

fn messages(person: &Person) -> String {
    format!("/channels/{}/messages", person.channel)
}

#[tokio::test]
async fn answers_that_refuse_are_scoped_and_counted() {
    let (fake, bot, ada) = house();
    let ben = fake.user(BEN);
    let too_many = |scope| Fault::TooManyRequests { retry_after: 0.75, scope };
    fake.fail(Scope::Channel(ada.channel), too_many(LimitScope::User), 1);
    fake.fail(Scope::Channel(ada.channel), too_many(LimitScope::Shared), 1);
    fake.fail(Scope::Channel(ada.channel), too_many(LimitScope::Global), 1);
    bot.say(&ben, message("a")).await;
    for (scope, is_global) in [("user", false), ("shared", false), ("global", true)] {
        let (status, headers, body) = bot.try_call("POST", &messages(&ada), message("a")).await.unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (status, body["retry_after"].as_f64(), body["global"].as_bool()),
            (429, Some(0.75), Some(is_global))
        );
        assert_eq!(headers["x-ratelimit-scope"], scope);
        assert_eq!(headers["retry-after"], "1");
        assert_eq!(headers.contains_key("x-ratelimit-global"), is_global);
    }
    assert_eq!(fake.look(World::invalid_requests), 2);

    fake.fail(Scope::Only(Route::CreateMessage), Fault::Refusal { status: 403, code: 50_278 }, 1);
    fake.fail(Scope::Only(Route::OpenDm), Fault::Refusal { status: 400, code: 40_003 }, 1);
    fake.fail(Scope::Only(Route::GetMe), Fault::ServerError { status: 503 }, 1);
    fake.answer_next(Route::GetGateway, 200, "{\"url\":");
    assert_eq!(bot.refusal("POST", &messages(&ada), message("a")).await, (403, 50_278));
    assert_eq!(bot.refusal("POST", "/users/@me/channels", json!({"recipient_id": "501"})).await, (400, 40_003));
    let (status, _, page) = bot.try_call("GET", "/users/@me", Value::Null).await.unwrap();
    assert!(status == 503 && page.starts_with("<html>"), "{status} {page}");
    let (status, _, body) = bot.try_call("GET", "/gateway", Value::Null).await.unwrap();
    assert_eq!((status, body.as_str()), (200, "{\"url\":"));
    let called = ada.slash("menu", &[]);
    fake.fail(Scope::Interactions, Fault::ServerError { status: 500 }, 9);
    let token = fake.look(|world| world.interactions()[0].token.clone());
    let callback = format!("/interactions/{called}/{token}/callback");
    assert_eq!(bot.try_call("POST", &callback, json!({"type": 5})).await.unwrap().0, 500);
    bot.result("GET", "/users/@me", Value::Null).await;
    fake.clear_faults();
    bot.result("POST", &callback, json!({"type": 5})).await;
    assert_eq!(fake.messages(ada.channel).len(), 1);
    let applied: Vec<bool> = fake.requests().iter().map(|request| request.is_applied).collect();
    assert_eq!(applied, [true, false, false, false, false, false, false, false, false, true, true]);
}

#[tokio::test]
async fn a_cut_connection_leaves_what_was_applied() {
    let (fake, bot, ada) = house();
    fake.fail(Scope::All, Fault::CutBefore, 1);
    for bytes in [0, 20, 400] {
        fake.fail(Scope::All, Fault::CutAfter { bytes }, 1);
    }
    for _ in 0..4 {
        assert!(bot.try_call("POST", &messages(&ada), message("a")).await.is_err());
    }
    let last = bot.say(&ada, message("a")).await;
    assert_eq!(fake.messages(ada.channel).len(), 4);
    let whole = |world: &World| world.requests()[4].is_answered_whole.then(|| world.requests().to_vec());
    let requests = fake.wait_for_blocking(whole, PATIENCE).unwrap();
    let seen: Vec<_> = requests.iter().map(|r| (r.is_applied, r.status, r.is_answered_whole)).collect();
    let lost = (true, Some(200), false);
    assert_eq!(seen, [(false, None, false), lost, lost, lost, (true, Some(200), true)]);
    let request = &requests[4];
    assert_eq!((request.route, request.channel), (Some(Route::CreateMessage), Some(ada.channel)));
    assert_eq!((request.message_id, &*request.body), (Some(last), &message("a")));
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", format!("/api/v10{}", messages(&ada)).as_str())
    );

    fake.fail(Scope::All, Fault::AnswerApplied { status: 200, body: "no JSON".to_owned() }, 1);
    let (status, _, body) = bot.try_call("POST", &messages(&ada), message("b")).await.unwrap();
    assert_eq!((status, body.as_str(), fake.messages(ada.channel).len()), (200, "no JSON", 5));
}

#[tokio::test]
async fn a_hanging_request_is_never_answered() {
    let (fake, bot, ada) = house();
    fake.fail(Scope::Only(Route::CreateMessage), Fault::Hang, 1);
    fake.fail(Scope::Only(Route::CreateMessage), Fault::HangApplied, 1);
    for applied in [0, 1] {
        let hanging = tokio::time::timeout(MOMENT, bot.try_call("POST", &messages(&ada), message("a"))).await;
        assert!(hanging.is_err(), "{hanging:?}");
        assert_eq!(fake.messages(ada.channel).len(), applied);
    }
    fake.down(true);
    assert_eq!(bot.try_call("POST", &messages(&ada), message("a")).await.unwrap().0, 502);
    fake.down(false);
    bot.say(&ada, message("a")).await;
    bot.result("GET", &format!("{}?limit=1", messages(&ada)), Value::Null).await;
    assert_eq!(fake.requests().pop().unwrap().query, [("limit".to_owned(), "1".to_owned())]);
    fake.revoke_token();
    assert_eq!(bot.refusal("POST", &messages(&ada), message("a")).await, (401, 0));
    bot.result("GET", "/gateway", Value::Null).await;
}

#[tokio::test]
async fn a_nonce_names_one_message_for_a_while() {
    let (fake, bot, ada) = house();
    let named = |text: &str, is_enforced: bool| {
        let mut message = message(text);
        message["nonce"] = json!("mw1");
        message["enforce_nonce"] = json!(is_enforced);
        message
    };
    let first = bot.say(&ada, named("a", true)).await;
    fake.advance(NONCE_WINDOW - MOMENT);
    assert_eq!(bot.say(&ada, named("a", true)).await, first);
    assert_eq!(fake.messages(ada.channel).len(), 1);
    assert_ne!(bot.say(&ada, named("a", false)).await, first);
    assert_eq!(bot.say(&ada, named("b", true)).await, first);
    assert_eq!(bot.say(&fake.user(BEN), named("a", true)).await, first);
    let breaches = fake.take_breaches();
    assert!(breaches.len() == 2 && breaches.iter().all(|breach| breach.what.contains("another message")));
    fake.advance(MOMENT);
    assert_ne!(bot.say(&ada, named("a", true)).await, first);
}

#[tokio::test]
async fn limits_are_told_and_kept_by_the_clock_of_the_test() {
    let (fake, bot, ada) = house();
    let ben = fake.user(BEN);
    let limits = async |person: &Person| {
        let (status, headers, _) = bot.try_call("POST", &messages(person), message("a")).await.unwrap();
        let header = |name: &str| headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let told = ["limit", "remaining", "reset-after"].map(|name| header(&format!("x-ratelimit-{name}")));
        (status, told.join(" "), header("x-ratelimit-bucket"))
    };
    let (status, told, _) = limits(&ada).await;
    assert_eq!((status, told.as_str()), (200, "1000 999 1.000"));

    fake.set_rate_limit(Some(RateLimit { per_second: 8, ..RateLimit::PLATFORM }));
    for left in (0..5).rev() {
        let (status, told, _) = limits(&ada).await;
        assert_eq!((status, told), (200, format!("5 {left} 5.000")));
    }
    fake.advance(Duration::from_millis(500));
    let (status, told, bucket) = limits(&ada).await;
    assert_eq!((status, told.as_str()), (429, "5 0 4.500"));
    let (status, told, same) = limits(&ben).await;
    assert_eq!((status, told.as_str(), &same), (200, "5 4 5.000", &bucket));
    limits(&ben).await;
    let (status, headers, body) = bot.try_call("GET", "/users/@me", Value::Null).await.unwrap();
    assert_eq!((status, headers["x-ratelimit-scope"].to_str().unwrap()), (429, "global"));
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((body["retry_after"].as_f64(), body["global"].as_bool()), (Some(0.5), Some(true)));
    let called = ada.slash("menu", &[]);
    let token = fake.look(|world| world.interactions()[0].token.clone());
    bot.result("POST", &format!("/interactions/{called}/{token}/callback"), json!({"type": 5})).await;
    fake.advance(Duration::from_secs(5));
    assert_eq!(limits(&ada).await.0, 200);
    fake.set_rate_limit(None);
    assert_eq!(limits(&ada).await.1, "1000 999 1.000");
}

#[tokio::test]
async fn the_clock_stands_until_it_is_let_go() {
    let (fake, bot, ada) = house();
    fake.set_latency(MOMENT);
    bot.say(&ada, message("a")).await;
    assert_eq!(fake.look(World::now), Duration::from_secs(DATE));
    fake.run_clock(true);
    bot.say(&ada, message("b")).await;
    fake.run_clock(false);
    assert!(fake.look(World::now) >= Duration::from_secs(DATE) + MOMENT);
}

#[tokio::test]
async fn a_server_that_is_measured_keeps_little() {
    let options = Options {
        is_contract_checked: false,
        is_ledger_kept: false,
        messages_a_channel_max: 2,
        rate_limit: Some(RateLimit { per_bucket: 100, ..RateLimit::PLATFORM }),
        ..Options::default()
    };
    let fake = FakeDiscord::start_with(options);
    let (bot, ada) = (Bot::of(&fake), fake.user(ADA));
    for text in ["a", "b", "c"] {
        let mut said = message(text);
        said["unknown"] = json!(1);
        bot.say(&ada, said).await;
    }
    fake.look(|world| assert_eq!(world.said(ada.channel), ["b", "c"]));
    assert_eq!((fake.requests().len(), fake.breaches()), (0, vec![]));
    fake.set_identifies_left(3);
    fake.set_shards(2);
    let gateway = bot.result("GET", "/gateway/bot", Value::Null).await;
    assert_eq!((gateway["shards"].as_u64(), gateway["session_start_limit"]["remaining"].as_u64()), (Some(2), Some(3)));
    assert_eq!(gateway["url"], fake.gateway_url());
}
