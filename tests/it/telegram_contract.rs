//! What the platform would refuse is refused by the fake, and fails the test in whose house it happens.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use crate::fake_telegram_self::Bot;
use crate::support::telegram::TelegramHouse;

const ADA: i64 = 1001;
const BUTTON: &str = "/reply_markup/inline_keyboard/0/0";

/// Each with what is said of it, and where it is.
fn breaches() -> Vec<(Value, &'static str, String)> {
    let message = |text: &str| json!({"chat_id": ADA, "text": text, "parse_mode": "HTML"});
    let with = |field: &str, value: Value| {
        let mut params = message("Hello?");
        params[field] = value;
        params
    };
    let button = |text: &str, data: &str| {
        with("reply_markup", json!({"inline_keyboard": [[{"text": text, "callback_data": data}]]}))
    };
    vec![
        (with("silent", json!(true)), "'silent' was unexpected", String::new()),
        (with("disable_notification", json!("yes")), "is not of type", "/disable_notification".to_owned()),
        (button(&"a".repeat(65), "1.a.1.x"), "too long to be read", format!("{BUTTON}/text")),
        (button("Yes", &"é".repeat(33)), "BUTTON_DATA_INVALID", format!("{BUTTON}/callback_data")),
        (message(&"a".repeat(4_097)), "message is too long", "/text".to_owned()),
        // Two units each.
        (message(&"\u{1f44b}".repeat(2_049)), "message is too long", "/text".to_owned()),
    ]
}

#[tokio::test]
async fn a_planted_breach_is_refused_and_fails_the_test_in_whose_house_it_happens() {
    for (params, said, pointer) in breaches() {
        let house = TelegramHouse::new().await;
        house.welcome(ADA).await;
        let before = house.fake.messages(ADA).len();
        let (status, description) = Bot::of(&house.fake).refusal("sendMessage", params).await;
        assert!(status == 400 && description.contains(said), "{said}: {status} {description}");
        assert_eq!(house.fake.messages(ADA).len(), before, "{said}: it is shown all the same");
        let breaches = house.fake.breaches();
        assert_eq!((breaches.len(), breaches[0].pointer.as_str()), (1, pointer.as_str()), "{breaches:?}");
        let ended = catch_unwind(AssertUnwindSafe(|| drop(house)));
        let why = ended.expect_err(said).downcast::<String>().unwrap();
        assert!(why.contains("the platform would refuse this") && why.contains(said), "{why}");
    }
}

#[tokio::test]
async fn the_longest_that_the_platform_takes_is_taken() {
    let house = TelegramHouse::new().await;
    house.welcome(ADA).await;
    let bot = Bot::of(&house.fake);
    let keyboard = json!({"inline_keyboard": [[{"text": "a".repeat(64), "callback_data": "é".repeat(32)}]]});
    bot.result("sendMessage", json!({"chat_id": ADA, "text": "Hello?", "reply_markup": keyboard})).await;
    bot.result("sendMessage", json!({"chat_id": ADA, "text": "\u{1f44b}".repeat(2_048)})).await;
}
