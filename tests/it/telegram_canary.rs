//! Nothing that people write, nothing that says who they are and no secret gets into a log, whatever goes wrong.

use std::net::TcpListener;
use std::time::Duration;

use mendwell::domain::secret::Secret;
use mendwell::telegram::webhook::WebhookOptions;
use mendwell::telegram::{Options, Stopped, Telegram, Timeouts};

use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::method::Method;
use crate::fake_telegram::people::Person;
use crate::fake_telegram::{FakeTelegram, TOKEN};
use crate::support::log::{self, Log, leaks};
use crate::support::telegram::TelegramHouse;
use crate::support::{self, House};

/// What a person writes.
const WORDS: &str = "canaryinthemine";
/// What their profile says.
const NAME: &str = "Quillabeth";
/// How every chat and every person of these tests begins.
const CHATS: &str = "774129055";
const CHAT: i64 = 774_129_055_001;
const HOOK: &str = "a_hook-of-the-canary";
const PATIENCE: Duration = Duration::from_secs(20);

/// Everything that no line may hold.
fn secrets() -> Vec<&'static str> {
    let (_, half) = TOKEN.split_once(':').unwrap();
    // The last but one is how the path of every address begins.
    vec![WORDS, NAME, CHATS, TOKEN, half, "/bot7000000001", HOOK]
}

fn found(text: &str) -> Vec<String> {
    leaks(text, &secrets())
}

fn is_clean(log: &Log, targets: &[&str]) {
    log::is_clean(log, &secrets(), targets);
}

fn no(code: u16) -> Fault {
    let body = format!(r#"{{"ok":false,"error_code":{code},"description":"No: {WORDS} for {CHAT}"}}"#);
    Fault::Answer { status: code, body }
}

fn page(status: u16) -> Fault {
    Fault::Answer { status, body: format!("<html>{WORDS} {TOKEN}</html>") }
}

/// Every way in which a request can go wrong, with what was sent in the answer.
fn faults() -> Vec<Fault> {
    let mut faults: Vec<Fault> = [400, 401, 403, 409, 413, 429, 500].map(no).into();
    faults.extend([200, 400, 403, 404, 502].map(page));
    let taken = |rest: &str| Fault::Answer { status: 200, body: format!(r#"{{"ok":true,"result":{rest}"#) };
    faults.extend([taken(&format!("{{\"message_id\":\"{WORDS}\"}}}}")), taken(WORDS)]);
    faults.extend([Fault::TooManyRequests { retry_after: 2 }, Fault::ServerError { status: 503 }]);
    faults.extend([Fault::CutBefore, Fault::CutAfter { bytes: 0 }, Fault::CutAfter { bytes: 130 }, Fault::HangApplied]);
    faults
}

fn somebody(house: &TelegramHouse, number: i64) -> Person {
    house.fake.user(CHAT + number).named(NAME).speaking(Some("de"))
}

#[tokio::test]
async fn answers_that_go_wrong_leave_nothing_in_the_log() {
    let log = Log::capture();
    let mut house = TelegramHouse::closed(support::small_library(), support::settings());
    house.timeouts = Timeouts { call: Duration::from_millis(300), ..Timeouts::default() };
    house.fake.fail(Scope::Only(Method::GetMyCommands), no(400), 1);
    house.open().await;
    for (number, fault) in (0..).zip(faults()) {
        let person = somebody(&house, number);
        person.say("/start");
        house.in_time(|world| world.said(person.id).last()?.contains("call you").then_some(())).await;
        let before = house.fake.requests().len();
        house.fake.fail(Scope::Chat(person.id), fault.clone(), 1);
        person.say(WORDS);
        let tried = |world: &crate::fake_telegram::world::World| {
            let mut later = world.requests()[before..].iter();
            later.any(|request| request.params["text"].as_str().is_some_and(|text| text.contains(WORDS))).then_some(())
        };
        house.in_time(tried).await;
    }
    assert!(house.counter("rejected_total").await > 0 && house.counter("gone_total").await > 0);
    is_clean(&log, &["mendwell::", "hyper_util::"]);
}

#[tokio::test]
async fn whatever_people_send_leaves_nothing_in_the_log() {
    let log = Log::capture();
    let mut house = TelegramHouse::new().await;
    let ada = somebody(&house, 1);
    ada.say(&format!("/start {WORDS}"));
    house.sees(ada.id, "What may I call you?").await;
    ada.say(WORDS);
    house.sees(ada.id, &format!("Glad you are here, {WORDS}.")).await;
    ada.say(&format!("/{WORDS}"));
    ada.say("/start long");
    house.sees(ada.id, "First?").await;
    let first = ada.say(WORDS);
    house.sees(ada.id, "Second?").await;
    ada.edit(first, &WORDS.repeat(2));
    ada.sticker();
    ada.contact();
    ada.say(&WORDS.repeat(400));
    ada.photo(WORDS);
    house.sees(ada.id, "Third?").await;
    ada.say("/menu");
    house.sees(ada.id, "What now?").await;
    let group = house.fake.group(-CHAT, WORDS);
    group.add_bot(&ada);
    ada.inside(&group).say(WORDS);
    house.sees(-CHAT, "/setup").await;
    // Set apart: with a number, and none of it readable.
    house.fake.inject_raw(&format!(r#"{{"update_id":$ID,"message":{{"text":["{WORDS}"],"from":"{NAME}"}}}}"#));
    let press = ada.tap_data(1, WORDS);
    ada.inside(&group).tap_data(1, WORDS);
    let is_pressed = |answer: &crate::fake_telegram::ledger::CallbackAnswer| answer.query == press;
    house.fake.wait_for(|world| world.callback_answers().iter().any(is_pressed).then_some(()), PATIENCE).await.unwrap();
    house.settle().await;
    assert_eq!(house.counter("quarantined_total").await, 1);
    house.kill().await;
    house.open().await;
    ada.block();
    house.settle().await;
    is_clean(&log, &["mendwell::", "hyper_util::"]);
}

#[tokio::test]
async fn polls_that_go_wrong_leave_nothing_in_the_log() {
    let log = Log::capture();
    let house = TelegramHouse::new().await;
    let ada = somebody(&house, 1);
    let bodies = [
        format!(r#"{{"ok":true,"result":[{{"message":{{"text":"{WORDS}"}}}}]}}"#),
        format!(r#"{{"ok":true,"result":[{{"update_id":5,"message":{{"text":"{WORDS}"#),
        format!(r#"{{"ok":true,"result":"{WORDS}"}}"#),
        WORDS.to_owned(),
    ];
    // Of those that cannot be read so many that they are asked for one by one.
    let mut faults: Vec<_> = bodies.map(|body| (Fault::Answer { status: 200, body }, 5)).into();
    faults.extend([400, 403, 413, 429, 500].map(|code| (no(code), 1)));
    faults.extend([200, 403, 404, 502].map(|status| (page(status), 1)));
    faults.extend([(Fault::CutBefore, 1), (Fault::CutAfter { bytes: 90 }, 1)]);
    for (fault, times) in faults {
        let before = house.fake.look(|world| world.said(ada.id).len());
        house.fake.fail(Scope::Only(Method::GetUpdates), fault, times);
        ada.say("/privacy");
        house.in_time(|world| (world.said(ada.id).len() > before).then_some(())).await;
    }
    is_clean(&log, &["mendwell::", "hyper_util::"]);
}

#[tokio::test]
async fn a_token_that_is_refused_is_not_told() {
    let log = Log::capture();
    let (house, fake) = (House::new().await, FakeTelegram::start());
    let other = TOKEN.replace("7000000001", "7000000002");
    // A stranger's is refused anyway.
    fake.fail(Scope::All, no(401), usize::MAX);
    for token in [other.as_str(), TOKEN] {
        let options = Options {
            token: Secret::new(token),
            api_url: fake.url(),
            messages_per_second: None,
            webhook: None,
            timeouts: Timeouts::default(),
        };
        assert_eq!(found(&format!("{options:?} {options:#?}")), Vec::<String>::new());
        let telegram = Telegram::new(options, house.clock.clone()).unwrap();
        let stopped = support::patiently(telegram.run(house.service().clone(), 1)).await;
        assert!(matches!(stopped, Stopped::TokenRefused));
        assert_eq!(found(&format!("{stopped:?}")), Vec::<String>::new());
    }
    // Whether the bot says a word before it ends is a matter of luck.
    is_clean(&log, &["hyper_util::"]);
}

#[tokio::test]
async fn calls_of_a_webhook_that_are_not_taken_leave_nothing_in_the_log() {
    let log = Log::capture();
    let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut house = TelegramHouse::closed(support::small_library(), support::settings());
    let url = format!("http://{listen}/telegram");
    house.webhook = Some(WebhookOptions { url: url.clone(), listen, secret: Secret::new(HOOK) });
    for fault in [no(429), no(500), page(502), Fault::CutBefore] {
        house.fake.fail(Scope::Only(Method::SetWebhook), fault, 1);
    }
    house.open().await;
    house.in_time(|world| world.webhook().map(|_| ())).await;
    let ada = somebody(&house, 1);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let update = format!(
        r#"{{"update_id":7,"message":{{"message_id":1,"date":1,"text":"{WORDS}","chat":{{"id":{CHAT}}},"from":5}}}}"#
    );
    let (long, cut) = (WORDS.repeat(1_000_000), update[..60].to_owned());
    let calls = [("another", update.clone(), 401), (HOOK, long, 413), (HOOK, cut, 200), (HOOK, update, 200)];
    for (secret, body, status) in calls {
        let request = client.post(&url).header("X-Telegram-Bot-Api-Secret-Token", secret).body(body);
        assert_eq!(request.send().await.unwrap().status().as_u16(), status);
    }
    ada.say("/start");
    house.sees(ada.id, "What may I call you?").await;
    ada.say(WORDS);
    house.sees(ada.id, WORDS).await;
    is_clean(&log, &["mendwell::", "hyper_util::"]);
}
