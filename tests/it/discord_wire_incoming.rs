//! Dispatches as what they ask of us: what the platform sends, and what it never should.

use jiff::Timestamp;
use mendwell::discord::wire::incoming::{Incoming, read};
use mendwell::discord::wire::interaction::Interaction;
use mendwell::discord::wire::said::{Said, history as read_page};
use mendwell::discord::wire::snowflake::Snowflake;
use mendwell::domain::command::Command;
use mendwell::domain::event::{Body, Event, Source};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
pub(crate) const ID: &str = "175928847299117063";

pub(crate) fn dispatch(kind: &str, data: &Value) -> Incoming {
    read(&json!({ "op": 0, "s": 5, "t": kind, "d": data }).to_string(), NOW)
}

/// A message in a chat with the bot, with some of its fields changed.
fn message(changed: &Value) -> Value {
    let mut message = json!({
        "id": ID, "channel_id": "30", "channel_type": 1, "type": 0, "content": "", "timestamp": "x", "edited_timestamp": null,
        "author": { "id": "7", "username": "a", "global_name": null }, "attachments": [], "embeds": [], "components": [],
    });
    merge(&mut message, changed);
    message
}

/// An interaction in a chat with the bot, with some of its fields changed.
pub(crate) fn interaction(kind: u64, data: &Value, changed: &Value) -> Value {
    let mut interaction = json!({
        "id": ID, "application_id": "1", "type": kind, "token": "SECRET-token", "version": 1, "context": 1,
        "channel_id": "30", "channel": { "id": "30", "type": 1 }, "user": { "id": "7" }, "locale": "pt-BR", "data": data,
        "authorizing_integration_owners": { "1": "7" }, "entitlements": [],
    });
    merge(&mut interaction, changed);
    interaction
}

fn merge(into: &mut Value, changed: &Value) {
    for (name, value) in changed.as_object().unwrap() {
        into[name] = value.clone();
    }
}

fn said(changed: &Value) -> Said {
    match dispatch("MESSAGE_CREATE", &message(changed)) {
        Incoming::Said(said) => said,
        other => panic!("nothing was said: {other:?}"),
    }
}

pub(crate) fn asked(kind: u64, data: &Value, changed: &Value) -> Interaction {
    match dispatch("INTERACTION_CREATE", &interaction(kind, data, changed)) {
        Incoming::Asked(interaction) => interaction,
        other => panic!("nothing was asked: {other:?}"),
    }
}

pub(crate) fn is_address(event: &Event, account: &str, chat: &str) -> bool {
    matches!(&event.source, Source::Address(address) if address.account == account && address.chat == chat)
}

#[test]
fn words_are_words_and_commands_commands() {
    let Said { event, channel, message: id } = said(&json!({ "content": "a \"b\" 😀" }));
    assert!(matches!(&event.body, Body::Text(text) if text.expose() == "a \"b\" 😀"));
    assert_eq!(
        (event.key.0.as_str(), event.at.to_string().as_str()),
        ("dc:m:175928847299117063", "2016-04-30T11:18:25.796Z")
    );
    assert!(is_address(&event, "7", "30"));
    assert_eq!((channel, id, event.origin.message), (Snowflake(30), Snowflake(ID.parse().unwrap()), ID.parse().ok()));
    assert!(matches!(said(&json!({ "content": "/menu" })).event.body, Body::Command(Command::Menu, _)));
    let pause = said(&json!({ "content": " /pause 3d", "type": 19 })).event.body;
    assert!(matches!(pause, Body::Command(Command::Pause, words) if words.expose() == "3d"));
    let long = said(&json!({ "content": "x".repeat(4_001) })).event.body;
    assert!(matches!(long, Body::Text(text) if text.expose().len() == 4_001), "the service says that it is too long");
    for wordless in ["attachments", "sticker_items", "poll", "message_snapshots"] {
        let said = said(&json!({ "content": " ", wordless: [{ "id": "1" }] }));
        assert!(matches!(said.event.body, Body::Wordless), "{wordless}");
    }
    let captioned = said(&json!({ "content": "look", "attachments": [{ "id": "1" }] }));
    assert!(matches!(captioned.event.body, Body::Text(_)));
}

#[test]
fn what_does_not_concern_us_is_nothing() {
    let others = [
        json!({ "content": "x", "author": { "id": "1", "bot": true } }),
        json!({ "content": "x", "author": { "id": "1", "system": true } }),
        json!({ "content": "x", "webhook_id": "1" }),
        json!({ "content": "x", "guild_id": "5" }),
        json!({ "content": "x", "channel_type": 3 }),
        json!({ "content": "", "type": 6 }),
        json!({ "content": "x", "type": 20 }),
        json!({ "content": "x", "author": null }),
    ];
    for changed in others {
        let what = dispatch("MESSAGE_CREATE", &message(&changed));
        assert!(matches!(what, Incoming::Nothing), "{changed}: {what:?}");
    }
    for raw in [
        r#"{"op":11}"#,
        r#"{"op":10,"d":{"heartbeat_interval":1}}"#,
        r#"{"op":0,"t":"NEW_THING","d":5}"#,
        r#"{"op":9,"d":false}"#,
        r#"{"op":0,"t":"READY"}"#,
    ] {
        assert!(matches!(read(raw, NOW), Incoming::Nothing), "{raw}");
    }
}

#[test]
fn a_changed_message_is_an_edit_only_when_its_words_were_changed() {
    let at = "2026-03-23T08:00:00.123000+00:00";
    let edit = |changed: Value| dispatch("MESSAGE_UPDATE", &message(&changed));
    let Incoming::Said(said) = edit(json!({ "content": "better", "edited_timestamp": at })) else { panic!("no edit") };
    assert!(matches!(&said.event.body, Body::Edited(text) if text.expose() == "better"));
    assert_eq!(said.event.key.0, format!("dc:e:{ID}:{at}"));
    assert_eq!(
        (said.event.at.to_string().as_str(), said.event.origin.message),
        ("2026-03-23T08:00:00.123Z", ID.parse().ok())
    );
    for nothing in [
        json!({ "content": "words", "embeds": [{}] }),
        json!({ "edited_timestamp": at }),
        json!({ "content": "x", "edited_timestamp": at, "author": { "id": "1", "bot": true } }),
        json!({ "content": "x", "edited_timestamp": at, "author": null }),
    ] {
        assert!(matches!(edit(nothing.clone()), Incoming::Nothing), "{nothing}");
    }
}

#[test]
fn what_cannot_be_read_keeps_its_id_and_shows_no_word() {
    let bad = [
        ("MESSAGE_CREATE", "dc:m:", message(&json!({ "content": 5 }))),
        ("MESSAGE_CREATE", "dc:m:", message(&json!({ "content": "SECRET", "channel_id": "SECRET" }))),
        ("MESSAGE_UPDATE", "dc:e:", message(&json!({ "content": "SECRET", "type": "SECRET" }))),
        ("INTERACTION_CREATE", "dc:i:", interaction(2, &json!({}), &json!({ "token": 5 }))),
        ("INTERACTION_CREATE", "dc:i:", interaction(3, &json!({}), &json!({ "user": null }))),
    ];
    for (kind, prefix, data) in bad {
        let what = dispatch(kind, &data);
        assert!(!format!("{what:?}").contains("SECRET"), "{what:?}");
        let Incoming::Unreadable(Some(event)) = what else { panic!("{kind} {data}") };
        assert_eq!(event.key.0, format!("{prefix}{ID}"));
        assert!(
            matches!((event.body, event.source), (Body::Unreadable(bytes), Source::Platform) if bytes == data.to_string().len())
        );
    }
    for raw in [
        "",
        "[]",
        "null",
        "\"x\"",
        r#"{"op":0,"t":"MESSAGE_CREATE","d":{"id":"x"}}"#,
        r#"{"op":0,"t":"INTERACTION_CREATE","d":[]}"#,
    ] {
        assert!(matches!(read(raw, NOW), Incoming::Unreadable(None)), "{raw}");
    }
}

#[test]
fn a_session_begins_or_goes_on() {
    let ready = dispatch(
        "READY",
        &json!({ "v": 10, "user": { "id": "4" }, "application": { "id": "5", "flags": 0 }, "session_id": "s" }),
    );
    assert!(
        matches!(ready, Incoming::Ready(ready) if ready.application == Some(Snowflake(5)) && ready.bot == Some(Snowflake(4)))
    );
    let strange = dispatch("READY", &json!({ "user": 4 }));
    assert!(matches!(strange, Incoming::Ready(ready) if ready.application.is_none()), "it has begun all the same");
    assert!(matches!(dispatch("RESUMED", &json!({})), Incoming::Resumed));
}

#[test]
fn a_history_is_read_oldest_first() {
    let page = json!([
        message(&json!({ "id": "12", "content": "/menu" })),
        message(&json!({ "id": "11", "author": { "id": "1", "bot": true }, "content": "x" })),
        message(&json!({ "id": "10", "content": 5 })),
        message(&json!({ "id": "9", "content": "first" })),
    ]);
    let history = read_page(&page.to_string(), NOW).unwrap();
    assert_eq!((history.newest, history.messages), (Some(Snowflake(12)), 4));
    assert!(matches!(&history.said[..], [Incoming::Said(one), Incoming::Unreadable(Some(_)), Incoming::Said(two)]
        if one.event.key.0 == "dc:m:9" && matches!(two.event.body, Body::Command(Command::Menu, _))));
    let by_bot = json!([message(&json!({ "id": "13", "author": { "id": "1", "bot": true } }))]);
    let history = read_page(&by_bot.to_string(), NOW).unwrap();
    assert!(history.said.is_empty() && history.newest == Some(Snowflake(13)));
    let empty = read_page("[]", NOW).unwrap();
    assert!(empty.said.is_empty() && empty.newest.is_none() && empty.messages == 0);
    assert!(read_page(r#"{"message":"x","code":50001}"#, NOW).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_comes_in_panics(raw in ".*") {
        let _ = read(&raw, NOW);
        let _ = read_page(&raw, NOW);
        for kind in ["READY", "MESSAGE_CREATE", "MESSAGE_UPDATE", "INTERACTION_CREATE"] {
            let _ = read(&format!(r#"{{"op":0,"t":"{kind}","d":{raw}}}"#), NOW);
        }
    }

    #[test]
    fn a_dispatch_cut_or_changed_anywhere_is_read_or_set_apart(at in 0_usize..600, byte in any::<char>(), kind in 2_u64..6) {
        let data = json!({ "name": "pause", "custom_id": "m.t", "values": ["t"], "options": [{ "value": "x" }],
            "components": [{ "components": [{ "value": "y" }] }] });
        let whole = json!({ "op": 0, "t": "INTERACTION_CREATE", "d": interaction(kind, &data, &json!({})) }).to_string();
        let mut changed: Vec<char> = whole.chars().collect();
        let at = at % changed.len();
        let _ = read(&changed[..at].iter().collect::<String>(), NOW);
        changed[at] = byte;
        let _ = read(&changed.iter().collect::<String>(), NOW);
    }
}
