//! What people, and whoever stands between, may send to a bot on Discord that means it ill or is only unusual.

use jiff::SignedDuration;
use serde_json::json;

use crate::support::discord::DiscordHouse;

const ADA: u64 = 501;

#[tokio::test]
async fn mentions_and_masked_links_in_answers_come_back_as_plain_letters() {
    let house = DiscordHouse::new().await;
    for (id, name) in [
        (601, "@everyone"),
        (602, "<@123456789012345678>"),
        (603, "<@&1>"),
        (604, "[bank](https://example.org/x)"),
        (605, "https://example.org/x"),
        (606, "**b** _i_ ~~s~~ `c` ||s||"),
        (607, "# big"),
        (608, "<t:0:R>"),
    ] {
        let person = house.fake.user(id);
        person.slash("start", &[]);
        house.sees(&person, "What may I call you?").await;
        person.say(name);
        let said = house.sees(&person, "Glad you are here").await;
        let shown = crate::support::markdown::read_markdown(&said.content).unwrap();
        let text: String = shown.iter().map(|shown| shown.c).collect();
        assert_eq!(text, format!("Glad you are here, {name}."), "{}", said.content);
        assert!(!shown.iter().any(|shown| shown.link) && !said.content.contains("<@"), "{}", said.content);
    }
    // The contract of the fake wants that nobody is called in any message.
    house.settle().await;
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn four_thousand_letters_are_taken_or_answered_and_nothing_breaks() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.slash("menu", &[]);
    house.sees(&ada, "What now?").await;
    ada.tap("The long one");
    house.sees(&ada, "First?").await;
    for asked in ["Second?", "Third?"] {
        ada.say(&"wörter 👩‍👩‍👧 ".repeat(280));
        house.sees(&ada, asked).await;
    }
    ada.say("three");
    house.sees(&ada, "three.").await;
    let said = house.said(&ada);
    let kept: Vec<&String> = said.iter().filter(|said| said.contains("wörter")).collect();
    assert!(kept.len() > 3, "what is said back comes in several messages: {said:#?}");
    assert!(said.iter().all(|said| said.chars().count() <= 2_000 && !said.starts_with('\u{200d}')));
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn unusual_events_change_nothing() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(ADA).await;
    let (chat, before) = (ada.channel.to_string(), house.said(&ada).len());
    let message = |change: serde_json::Value| {
        let mut message = json!({
            "id": "1600000000000000000", "channel_id": chat, "channel_type": 1, "type": 0, "content": "",
            "author": { "id": ADA.to_string(), "username": "a" }, "attachments": [], "flags": 32768,
            "components": [{ "type": 17, "components": [{ "type": 10, "content": "v2" }] }], "brand_new": { "x": [1] },
        });
        message.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        message
    };
    house.fake.inject_event("MESSAGE_CREATE", &message(json!({})));
    house
        .fake
        .inject_event("MESSAGE_CREATE", &message(json!({ "author": { "id": "9", "bot": true }, "content": "x" })));
    house.fake.inject_event("MESSAGE_CREATE", &message(json!({ "webhook_id": "9", "content": "x" })));
    house.fake.inject_event("MESSAGE_CREATE", &message(json!({ "guild_id": "9", "channel_type": 0, "content": "x" })));
    house.fake.inject_event("MESSAGE_DELETE", &json!({ "id": "1600000000000000000", "channel_id": chat }));
    house.fake.inject_event("MESSAGE_DELETE_BULK", &json!({ "ids": ["1"], "channel_id": chat }));
    house.fake.inject_event("TYPING_START", &json!({ "user_id": ADA.to_string(), "channel_id": chat }));
    // Events come in order: with the answer to this one all before it are done, which their delivery does not say.
    ada.say("/menu");
    house.sees(&ada, "What now?").await;
    house.settle().await;
    let mut after = house.said(&ada).split_off(before);
    assert_eq!(after.pop().as_deref(), Some("What now?"));
    assert!((1..=2).contains(&after.len()) && after[0].starts_with("I can only read words"), "{after:?}");
    assert_eq!(house.counter("quarantined_total").await, 0);
}

#[tokio::test]
async fn a_press_whose_time_is_over_still_has_its_turn() {
    let mut house = DiscordHouse::new().await;
    let ada = house.killed_at_the_menu(ADA).await;
    ada.tap("The long one");
    house.pass(SignedDuration::from_mins(16));
    house.open().await;
    house.in_time(|world| world.said(ada.channel).iter().any(|said| said.contains("First?")).then_some(())).await;
    ada.say("one");
    house.sees(&ada, "Second?").await;
}
