//! The fake of Discord: what people do there, and what they see.

use serde_json::{Value, json};

use crate::fake_discord::components::{Component, SelectOption};
use crate::fake_discord::interactions::{InteractionKind, Setting};
use crate::fake_discord::message::SILENT;
use crate::fake_discord_gateway::Ear;
use crate::fake_discord_self::{Bot, message, strict};

const ADA: u64 = 501;
const BEN: u64 = 502;

fn buttons(labels: &[&str]) -> Value {
    let button = |label: &&str| json!({"type": 2, "style": 2, "label": label, "custom_id": format!("d.{label}")});
    let mut asked = message("Which?");
    asked["components"] = json!([{"type": 1, "components": labels.iter().map(button).collect::<Vec<_>>()}]);
    asked
}

#[tokio::test]
async fn everything_that_people_write_becomes_an_event() {
    let fake = strict();
    let ada = fake.user(ADA).named("Ada L").speaking("de");
    let mut ear = Ear::of(&fake);
    ear.event("READY").await;
    let first = ada.say("hello");
    ada.edit(first, "good morning");
    ada.picture("us");
    ada.voice();
    ada.sticker();
    ada.pin();
    ada.delete(first);
    let heard = ear.event("MESSAGE_CREATE").await;
    let author = json!({"id": ADA.to_string(), "username": "ada.l", "discriminator": "0", "global_name": "Ada L",
        "avatar": null, "public_flags": 0, "flags": 0, "primary_guild": null});
    assert_eq!((&heard["author"], heard["channel_id"].as_str()), (&author, Some(ada.channel.to_string().as_str())));
    assert_eq!(
        (heard["timestamp"].as_str(), heard["type"].as_u64()),
        (Some("2026-03-23T08:00:00.000000+00:00"), Some(0))
    );
    assert!(heard.get("guild_id").is_none() && heard.get("locale").is_none());
    let edited = ear.event("MESSAGE_UPDATE").await;
    assert_eq!((edited["id"].as_str(), edited["content"].as_str()), (heard["id"].as_str(), Some("good morning")));
    assert!(edited["edited_timestamp"].is_string());
    let picture = ear.event("MESSAGE_CREATE").await;
    assert_eq!(
        (picture["content"].as_str(), picture["attachments"][0]["filename"].as_str()),
        (Some("us"), Some("us.png"))
    );
    let voice = ear.event("MESSAGE_CREATE").await;
    assert_eq!((voice["flags"].as_u64(), voice["attachments"].as_array().map(Vec::len)), (Some(1 << 13), Some(1)));
    assert_eq!(ear.event("MESSAGE_CREATE").await["sticker_items"][0]["name"], "Wave");
    assert_eq!(ear.event("MESSAGE_CREATE").await["type"], 6);
    assert_eq!(ear.event("MESSAGE_DELETE").await["id"], first.to_string());
    let ids: Vec<u64> = fake.messages(ada.channel).iter().map(|message| message.id).collect();
    assert!(ids.len() == 4 && ids.is_sorted() && ids[0] > first, "{ids:?}");
}

#[tokio::test]
async fn the_bot_hears_itself_and_reads_everything_again() {
    let fake = strict();
    let ada = fake.user(ADA);
    let bot = Bot::of(&fake);
    let mut ear = Ear::of(&fake);
    ear.event("READY").await;
    let own = ada.say("one");
    let mut said = message(" two \n");
    said["nonce"] = json!("mw1");
    said["message_reference"] = json!({"message_id": own.to_string()});
    said["flags"] = json!(SILENT);
    let two = bot.say(&ada, said).await;
    ear.event("MESSAGE_CREATE").await;
    let heard = ear.event("MESSAGE_CREATE").await;
    assert_eq!((heard["author"]["bot"].as_bool(), heard["nonce"].as_str()), (Some(true), Some("mw1")));
    for text in ["three", "four"] {
        ada.say(text);
    }
    let messages = fake.messages(ada.channel);
    assert_eq!((messages[1].content.as_str(), messages[1].reply_to, messages[1].flags), ("two", Some(own), SILENT));
    fake.look(|world| assert_eq!(world.said(ada.channel), ["two"]));

    let read = async |query: &str| {
        let page = bot.result("GET", &format!("/channels/{}/messages?{query}", ada.channel), Value::Null).await;
        let page = page.as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap().to_owned());
        page.collect::<Vec<_>>()
    };
    assert_eq!(read("").await, ["four", "three", "two", "one"]);
    assert_eq!(read(&format!("after={own}&limit=2")).await, ["three", "two"]);
    assert_eq!(read(&format!("before={two}")).await, ["one"]);
    let again = bot.result("GET", &format!("/channels/{}/messages/{two}", ada.channel), Value::Null).await;
    assert_eq!((again["content"].as_str(), again.get("nonce")), (Some("two"), None));
    assert_eq!(bot.refusal("GET", &format!("/channels/{}/messages/7", ada.channel), Value::Null).await, (404, 10_008));
    assert_eq!(bot.refusal("GET", "/channels/7/messages", Value::Null).await, (404, 10_003));
}

#[tokio::test]
async fn messages_are_changed_and_deleted_where_they_stand() {
    let fake = strict();
    let ada = fake.user(ADA);
    let bot = Bot::of(&fake);
    let own = ada.say("mine");
    let id = bot.say(&ada, buttons(&["Yes", "No"])).await;
    let path = format!("/channels/{}/messages/{id}", ada.channel);
    let mut frozen = message("Which? Yes");
    frozen["components"] = json!([]);
    bot.result("PATCH", &path, frozen).await;
    let now = fake.messages(ada.channel).swap_remove(1);
    assert_eq!((now.content.as_str(), now.labels().len(), now.edits), ("Which? Yes", 0, 1));
    assert_eq!(bot.refusal("PATCH", &path, message("")).await, (400, 50_006));
    assert_eq!(fake.take_breaches().len(), 1);
    let others = format!("/channels/{}/messages/{own}", ada.channel);
    assert_eq!(bot.refusal("PATCH", &others, message("yours")).await, (403, 50_005));
    assert_eq!(bot.refusal("DELETE", &others, Value::Null).await, (403, 50_003));
    bot.result("DELETE", &path, Value::Null).await;
    assert_eq!(bot.refusal("PATCH", &path, message("gone")).await, (404, 10_008));
    bot.result("POST", &format!("/channels/{}/typing", ada.channel), Value::Null).await;
    bot.result("POST", "/users/@me/channels", json!({"recipient_id": ADA.to_string()})).await;
    fake.look(|world| assert_eq!((world.typing(ada.channel), world.is_opened(ada.channel)), (1, true)));
    assert_eq!(bot.refusal("POST", "/users/@me/channels", json!({"recipient_id": "9"})).await, (400, 50_033));
    ada.block();
    let messages = format!("/channels/{}/messages", ada.channel);
    assert_eq!(bot.refusal("POST", &messages, message("a")).await, (403, 50_007));
    ada.unblock();
    bot.result("POST", &messages, message("a")).await;
}

#[tokio::test]
async fn presses_and_choices_say_what_was_used() {
    let fake = strict();
    let ada = fake.user(ADA).speaking("de");
    let bot = Bot::of(&fake);
    let mut ear = Ear::of(&fake);
    ear.event("READY").await;
    let asked = bot.say(&ada, buttons(&["Yes", "No"])).await;
    let tapped = ada.tap("No");
    let press = ear.event("INTERACTION_CREATE").await;
    assert_eq!((press["id"].as_str(), press["type"].as_u64()), (Some(tapped.to_string().as_str()), Some(3)));
    assert_eq!(press["data"], json!({"component_type": 2, "custom_id": "d.No", "id": 2}));
    assert_eq!(press["message"]["id"], asked.to_string());
    assert_eq!((press["locale"].as_str(), press["context"].as_u64()), (Some("de"), Some(1)));
    assert_eq!((press["user"]["id"].as_str(), press.get("member")), (Some("501"), None));

    let option = |n: u64| json!({"label": format!("Day {n}"), "value": format!("v{n}"), "description": "of the week", "default": n == 1});
    let mut listed = message("Which days?");
    listed["components"] = json!([{"type": 1, "components": [{"type": 3, "custom_id": "m.1", "placeholder": "Days",
        "min_values": 0, "max_values": 3, "options": [option(1), option(2), option(3)]}]}]);
    let list = bot.say(&ada, listed).await;
    let shown = fake.messages(ada.channel).swap_remove(1);
    let select = shown.selects().next().unwrap();
    assert_eq!((select.placeholder.as_str(), select.custom_id.as_str(), select.max_values), ("Days", "m.1", 3));
    let first = SelectOption {
        label: "Day 1".to_owned(),
        value: "v1".to_owned(),
        description: "of the week".to_owned(),
        is_default: true,
    };
    assert_eq!(select.options[0], first);
    ada.pick(&["Day 3", "Day 1"]);
    let choice = ear.event("INTERACTION_CREATE").await;
    assert_eq!((&choice["data"]["values"], choice["data"]["component_type"].as_u64()), (&json!(["v3", "v1"]), Some(3)));
    ada.pick(&[]);
    assert_eq!(ear.event("INTERACTION_CREATE").await["data"]["values"], json!([]));
    ada.pick_values(list, "m.9", &["forged"]);
    assert_eq!(ear.event("INTERACTION_CREATE").await["data"]["custom_id"], "m.9");

    assert_eq!(ada.tap_many("Yes", 3).len(), 3);
    ada.tap_where(|button| button.label.starts_with('Y') && button.style == 2 && button.emoji.is_none());
    fake.user(BEN).tap_custom_id(asked, "forged");
    for _ in 0..4 {
        assert_eq!(ear.event("INTERACTION_CREATE").await["data"]["custom_id"], "d.Yes");
    }
    let forged = ear.event("INTERACTION_CREATE").await;
    assert_eq!((forged["user"]["id"].as_str(), forged["message"]["content"].as_str()), (Some("502"), Some("")));
    let kinds = fake.look(|world| world.interactions().iter().map(|interaction| interaction.kind).collect::<Vec<_>>());
    assert_eq!(kinds, [InteractionKind::Component; 9]);
}

#[tokio::test]
async fn commands_are_called_where_people_are() {
    let fake = strict();
    let ada = fake.user(ADA);
    let bot = Bot::of(&fake);
    let mut ear = Ear::of(&fake);
    ear.event("READY").await;
    let command = json!({"name": "pause", "description": "Rest", "type": 1,
        "options": [{"type": 3, "name": "until", "description": "How long", "max_length": 40}]});
    let path = format!("/applications/{}/commands", crate::fake_discord::world::BOT_ID);
    let put = bot.result("PUT", &path, json!([command])).await;
    fake.look(|world| assert_eq!(world.commands(), &put));
    ada.slash("pause", &[("until", "3d")]);
    let called = ear.event("INTERACTION_CREATE").await;
    assert_eq!((called["data"]["id"].as_str(), called["type"].as_u64()), (put[0]["id"].as_str(), Some(2)));
    assert_eq!(called["data"]["options"], json!([{"name": "until", "type": 3, "value": "3d"}]));
    assert_eq!((called["context"].as_u64(), called.get("message")), (Some(1), None));

    ada.inside(&fake.guild(9_000)).slash("menu", &[]);
    let called = ear.event("INTERACTION_CREATE").await;
    assert_eq!((called["context"].as_u64(), called["guild_id"].as_str()), (Some(0), Some("9000")));
    assert_eq!((called["member"]["user"]["id"].as_str(), called.get("user")), (Some("501"), None));
    assert_eq!(called["channel_id"], "9001");
    ada.inside(&fake.group(9_500)).slash("menu", &[]);
    let called = ear.event("INTERACTION_CREATE").await;
    assert_eq!((called["context"].as_u64(), called["channel"]["type"].as_u64()), (Some(2), Some(3)));
    let settings = fake.look(|world| world.interactions().iter().map(|i| i.setting).collect::<Vec<_>>());
    assert_eq!(settings, [Setting::Dm, Setting::Guild(9_000), Setting::Group]);
    assert_eq!(bot.refusal("POST", "/channels/9500/messages", message("a")).await, (403, 50_001));
}

#[tokio::test]
async fn files_are_kept_with_their_words() {
    let fake = strict();
    let ada = fake.user(ADA);
    let bot = Bot::of(&fake);
    let mut said = message("");
    said["attachments"] = json!([{"id": "0", "filename": "a.png", "description": "A line that rises"}]);
    let part = |bytes: &'static [u8]| reqwest::multipart::Part::bytes(bytes).file_name("a.png");
    let form = |part: reqwest::multipart::Part, field: &'static str| {
        reqwest::multipart::Form::new().text("payload_json", said.to_string()).part(field, part)
    };
    let path = format!("/channels/{}/messages", ada.channel);
    let send = async |form: reqwest::multipart::Form| {
        let response = bot.request("POST", &path).multipart(form).send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str::<Value>(&response.text().await.unwrap()).unwrap())
    };
    let (status, sent) = send(form(part(b"picture"), "files[0]")).await;
    assert_eq!((status, sent["attachments"][0]["size"].as_u64()), (200, Some(7)));
    let kept = fake.messages(ada.channel).swap_remove(0).attachments.swap_remove(0);
    assert_eq!((kept.name.as_str(), kept.description.as_deref()), ("a.png", Some("A line that rises")));
    assert_eq!(
        (&*kept.bytes, sent["attachments"][0]["id"].as_str()),
        (&b"picture"[..], Some(kept.id.to_string().as_str()))
    );
    let mut edit = message("Here");
    edit["attachments"] = json!([{"id": kept.id.to_string()}]);
    bot.result("PATCH", &format!("{path}/{}", sent["id"].as_str().unwrap()), edit).await;
    assert_eq!(fake.messages(ada.channel)[0].attachments.len(), 1);
    assert_eq!(fake.requests()[0].files[0].name, "a.png");

    assert_eq!(send(form(part(b""), "files[0]")).await.0, 400);
    assert_eq!(send(form(part(b"a"), "files[1]")).await.0, 400);
    assert_eq!(send(form(part(b"a"), "file")).await.0, 400);
    assert_eq!(send(form(part(&[0; 10 * 1024 * 1024 + 1]), "files[0]")).await.0, 400);
    assert_eq!(fake.take_breaches().len(), 5);
}

#[tokio::test]
async fn buttons_of_every_kind_are_read() {
    let fake = strict();
    let ada = fake.user(ADA);
    let bot = Bot::of(&fake);
    let mut asked = message("Which?");
    asked["components"] = json!([{"type": 1, "components": [
        {"type": 2, "style": 3, "label": "Go", "custom_id": "go", "disabled": true, "emoji": {"name": "\u{2714}", "id": null}},
        {"type": 2, "style": 5, "label": "Read", "url": "https://example.org"},
    ]}]);
    bot.say(&ada, asked).await;
    let shown = fake.messages(ada.channel).swap_remove(0);
    let [Component::Button(go), Component::Button(read)] = shown.rows[0].as_slice() else { panic!("{:?}", shown.rows) };
    assert_eq!((go.is_disabled, go.emoji.as_deref(), go.style), (true, Some("\u{2714}"), 3));
    assert_eq!((read.url.as_deref(), read.custom_id.as_deref()), (Some("https://example.org"), None));
}
