//! The fake of the Bot API: everything that goes wrong on demand goes wrong as it was said, and the ledger knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::method::Method;
use crate::fake_telegram::rate::RateLimit;
use crate::fake_telegram::{FakeTelegram, Options};
use crate::fake_telegram_self::Bot;

const ADA: i64 = 501;
const BEN: i64 = 502;
const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough to see that nothing comes.
const MOMENT: Duration = Duration::from_millis(50);

fn house() -> (FakeTelegram, Bot) {
    let fake = FakeTelegram::start();
    fake.user(ADA);
    fake.user(BEN);
    let bot = Bot::of(&fake);
    (fake, bot)
}

fn hello(chat: i64) -> Value {
    json!({"chat_id": chat, "text": "Hello"})
}

#[tokio::test]
async fn answers_that_refuse_are_scoped_and_counted() {
    let (fake, bot) = house();
    fake.fail(Scope::Chat(ADA), Fault::TooManyRequests { retry_after: 7 }, 2);
    fake.fail(Scope::Only(Method::GetMe), Fault::ServerError { status: 503 }, 1);
    for _ in 0..2 {
        let (status, body) = bot.call("sendMessage", hello(ADA)).await;
        assert_eq!((status, body["parameters"]["retry_after"].as_i64()), (429, Some(7)));
    }
    bot.result("sendMessage", hello(ADA)).await;
    bot.result("sendMessage", hello(BEN)).await;
    let (status, page) = bot.try_call("getMe", json!({})).await.unwrap();
    assert!(status == 503 && page.starts_with("<html>"), "{status} {page}");
    bot.result("getMe", json!({})).await;

    fake.fail(Scope::AllButPolls, Fault::ServerError { status: 500 }, usize::MAX);
    bot.result("getUpdates", json!({})).await;
    assert_eq!(bot.try_call("getMe", json!({})).await.unwrap().0, 500);
    fake.clear_faults();
    bot.result("getMe", json!({})).await;
    let applied: Vec<bool> = fake.requests().iter().map(|request| request.is_applied).collect();
    assert_eq!(applied, [false, false, true, true, false, true, true, false, true]);
    assert_eq!(fake.messages(ADA).len(), 1);
}

#[tokio::test]
async fn a_cut_connection_leaves_what_was_applied() {
    let (fake, bot) = house();
    fake.fail(Scope::All, Fault::CutBefore, 1);
    for bytes in [0, 20, 150] {
        fake.fail(Scope::All, Fault::CutAfter { bytes }, 1);
    }
    for _ in 0..4 {
        assert!(bot.try_call("sendMessage", hello(ADA)).await.is_err());
    }
    bot.result("sendMessage", hello(ADA)).await;
    assert_eq!(fake.messages(ADA).len(), 4);
    let whole =
        fake.wait_for(|world| world.requests()[4].is_answered_whole.then(|| world.requests().to_vec()), PATIENCE);
    let requests = whole.await.unwrap();
    let seen: Vec<_> =
        requests.iter().map(|request| (request.is_applied, request.status, request.is_answered_whole)).collect();
    let lost = (true, Some(200), false);
    assert_eq!(seen, [(false, None, false), lost, lost, lost, (true, Some(200), true)]);
    let ids: Vec<_> = requests.iter().map(|request| request.message_id).collect();
    assert_eq!(ids, [None, Some(1), Some(2), Some(3), Some(4)]);
    assert_eq!(
        (requests[1].method.as_ref(), requests[1].chat, &*requests[1].params),
        ("sendMessage", Some(ADA), &hello(ADA))
    );
}

#[tokio::test]
async fn a_hanging_request_is_never_answered() {
    let (fake, bot) = house();
    fake.fail(Scope::Only(Method::SendMessage), Fault::Hang, 1);
    fake.fail(Scope::Only(Method::SendMessage), Fault::HangApplied, 1);
    for applied in [0, 1] {
        let hanging = tokio::time::timeout(MOMENT, bot.try_call("sendMessage", hello(ADA))).await;
        assert!(hanging.is_err(), "{hanging:?}");
        assert_eq!(fake.messages(ADA).len(), applied);
    }
    bot.result("sendMessage", hello(ADA)).await;
    let open = fake.requests().iter().filter(|request| !request.is_answered_whole).count();
    assert!(open >= 2, "{open}");
}

#[tokio::test]
async fn a_server_that_is_down_ends_waiting_polls_too() {
    let (fake, bot) = house();
    let poll = bot.try_call("getUpdates", json!({"timeout": 50}));
    let fall = async {
        fake.wait_for(|world| (!world.requests().is_empty()).then_some(()), PATIENCE).await.unwrap();
        fake.down(true);
    };
    let (polled, ()) = tokio::time::timeout(PATIENCE, async { tokio::join!(poll, fall) }).await.unwrap();
    assert_eq!(polled.unwrap().0, 502);
    assert_eq!(bot.try_call("sendMessage", hello(ADA)).await.unwrap().0, 502);
    fake.down(false);
    bot.result("sendMessage", hello(ADA)).await;
}

#[tokio::test]
async fn an_answer_can_be_late_and_garbled() {
    let (fake, bot) = house();
    fake.answer_next(Method::SendMessage, 200, "\u{fffd}{{");
    assert_eq!(bot.try_call("sendMessage", hello(ADA)).await.unwrap(), (200, "\u{fffd}{{".to_owned()));
    fake.set_latency(PATIENCE);
    let late = tokio::time::timeout(MOMENT, bot.try_call("sendMessage", hello(ADA))).await;
    assert!(late.is_err(), "{late:?}");
    assert_eq!(fake.messages(ADA).len(), 1);
    fake.set_latency(Duration::ZERO);
    bot.result("sendMessage", hello(ADA)).await;
}

#[tokio::test]
async fn too_much_in_one_chat_is_rationed() {
    let fake = FakeTelegram::start_with(Options { rate_limit: Some(RateLimit::PLATFORM), ..Options::default() });
    (0..30).for_each(|id| drop(fake.user(ADA + id)));
    let bot = Bot::of(&fake);
    for _ in 0..3 {
        bot.result("sendMessage", hello(ADA)).await;
    }
    let (status, body) = bot.call("sendMessage", hello(ADA)).await;
    assert_eq!((status, body["parameters"]["retry_after"].as_i64()), (429, Some(1)), "{body}");
    bot.result("sendMessage", hello(BEN)).await;
    bot.result("sendChatAction", json!({"chat_id": ADA, "action": "typing"})).await;

    let slow = RateLimit { per_second: 2.0, per_second_and_chat: 0.01, burst_a_chat: 9.0, ..RateLimit::PLATFORM };
    let fake = FakeTelegram::start_with(Options { rate_limit: Some(slow), ..Options::default() });
    (0..30).for_each(|id| drop(fake.user(ADA + id)));
    let bot = Bot::of(&fake);
    let mut statuses = Vec::new();
    for id in 0..3 {
        statuses.push(bot.call("sendMessage", hello(ADA + id)).await.0);
    }
    assert_eq!(statuses, [200, 200, 429]);
}

#[tokio::test]
async fn a_group_takes_twenty_in_any_minute_by_the_watch_of_the_test() {
    let (fake, bot) = house();
    fake.group(-5, "Friends").add_bot(&fake.user(ADA));
    let seconds = Arc::new(AtomicU64::new(0));
    let watch = Arc::clone(&seconds);
    fake.ration(RateLimit::PLATFORM, move || Duration::from_secs(watch.load(Ordering::SeqCst)));
    for second in (0..60).step_by(3) {
        seconds.store(second, Ordering::SeqCst);
        bot.result("sendMessage", hello(-5)).await;
    }
    seconds.store(59, Ordering::SeqCst);
    let (status, body) = bot.call("sendMessage", hello(-5)).await;
    assert_eq!((status, body["parameters"]["retry_after"].as_i64()), (429, Some(1)), "{body}");
    seconds.store(60, Ordering::SeqCst);
    bot.result("sendMessage", hello(-5)).await;
    assert_eq!(bot.call("sendMessage", hello(-5)).await.0, 429);
}

#[test]
fn a_thread_can_wait_as_well() {
    let fake = FakeTelegram::start();
    let ada = fake.user(ADA);
    let written = std::thread::scope(|scope| {
        let waits =
            scope.spawn(|| fake.wait_for_blocking(|world| world.messages(ADA).next().map(|first| first.id), PATIENCE));
        let id = ada.say("hello");
        assert_eq!(waits.join().unwrap(), Ok(id));
        id
    });
    assert_eq!(written, 1);
    let late = fake.wait_for_blocking(|world| world.requests().first().map(|_| ()), Duration::from_millis(1));
    assert!(late.unwrap_err().starts_with("not seen within 1ms"));
}

#[tokio::test]
async fn a_server_for_speed_keeps_nothing() {
    let options =
        Options { is_contract_checked: false, is_ledger_kept: false, messages_a_chat_max: 2, rate_limit: None };
    let fake = FakeTelegram::start_with(options);
    fake.user(ADA);
    let bot = Bot::of(&fake);
    for _ in 0..5 {
        bot.result("sendMessage", json!({"chat_id": ADA, "text": "Hello", "unknown": 1})).await;
    }
    assert_eq!((fake.requests().len(), fake.breaches()), (0, vec![]));
    let ids: Vec<i64> = fake.messages(ADA).iter().map(|message| message.id).collect();
    assert_eq!(ids, [4, 5]);
    fake.look(|world| assert_eq!(world.callback_answers(), []));
}
