//! The fake of Discord: servers, their channels and threads, and what may be done there.

use serde_json::{Value, json};

use crate::fake_discord::guilds::{
    ADMINISTRATOR, CREATE_PUBLIC_THREADS, MANAGE_GUILD, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS, VIEW_CHANNEL,
};
use crate::fake_discord_gateway::Ear;
use crate::fake_discord_self::{Bot, message, strict};

const ADA: u64 = 501;
const GUILD: u64 = 9_000;
const MESSAGES: &str = "/channels/9001/messages";

#[tokio::test]
async fn what_the_bot_may_not_do_in_a_channel_is_refused_by_its_code() {
    let fake = strict();
    let bot = Bot::of(&fake);
    fake.guild(GUILD);
    let sent = bot.result("POST", MESSAGES, message("a")).await;
    let own = format!("{MESSAGES}/{}", sent["id"].as_str().unwrap());
    let thread = format!("{own}/threads");
    let named = json!({"name": "Today", "auto_archive_duration": 1_440});
    assert_eq!(bot.refusal("POST", "/channels/9002/messages", message("a")).await, (404, 10_003));
    for (may, create, edit, open) in [
        (0, (403, 50_001), (403, 50_001), (403, 50_001)),
        (SEND_MESSAGES | CREATE_PUBLIC_THREADS, (403, 50_001), (403, 50_001), (403, 50_001)),
        (VIEW_CHANNEL | SEND_MESSAGES_IN_THREADS, (403, 50_013), (200, 0), (403, 50_013)),
        (VIEW_CHANNEL | SEND_MESSAGES, (200, 0), (200, 0), (403, 50_013)),
        (ADMINISTRATOR, (200, 0), (200, 0), (201, 0)),
    ] {
        fake.let_bot(9_001, may);
        let status = async |method, path: &str, body: Value| {
            let (status, answer) = bot.call(method, path, body).await;
            (status, answer["code"].as_u64().unwrap_or(0))
        };
        assert_eq!(status("POST", MESSAGES, message("b")).await, create, "{may}");
        assert_eq!(status("PATCH", &own, message("c")).await, edit, "{may}");
        assert_eq!(status("POST", &thread, named.clone()).await, open, "{may}");
    }
    assert_eq!(bot.refusal("POST", &thread, named.clone()).await, (400, 160_004), "one thread a message");
    assert_eq!(bot.refusal("POST", &format!("{MESSAGES}/77/threads"), named).await, (404, 10_008));
    fake.delete_channel(9_001);
    assert_eq!(bot.refusal("PATCH", &own, message("d")).await, (404, 10_003));
    fake.put_out(GUILD);
}

#[tokio::test]
async fn a_thread_is_a_channel_of_its_own() {
    let fake = strict();
    let bot = Bot::of(&fake);
    fake.guild(GUILD);
    let sent = bot.result("POST", MESSAGES, message("a")).await;
    let id = sent["id"].as_str().unwrap();
    let opened = bot.result("POST", &format!("{MESSAGES}/{id}/threads"), json!({"name": "Today"})).await;
    assert_eq!((opened["id"].as_str(), opened["type"].as_u64()), (Some(id), Some(11)));
    assert_eq!((opened["parent_id"].as_str(), opened["guild_id"].as_str()), (Some("9001"), Some("9000")));
    fake.look(|world| assert_eq!(world.threads(9_001), [(id.parse().unwrap(), "Today")]));
    let inside = format!("/channels/{id}/messages");
    let below = bot.result("POST", &inside, message("b")).await;
    let path = format!("{inside}/{}/threads", below["id"].as_str().unwrap());
    assert_eq!(bot.refusal("POST", &path, json!({"name": "Deeper"})).await, (400, 50_024));
    fake.let_bot(id.parse().unwrap(), VIEW_CHANNEL | SEND_MESSAGES);
    assert_eq!(bot.refusal("POST", &inside, message("c")).await, (403, 50_013), "a thread is a matter of its own");
}

#[tokio::test]
async fn every_message_in_a_server_says_that_it_calls_nobody_and_every_request_is_held_against_the_contract() {
    let fake = strict();
    let bot = Bot::of(&fake);
    fake.guild(GUILD);
    let sent = bot.result("POST", MESSAGES, message("a")).await;
    let own = format!("{MESSAGES}/{}", sent["id"].as_str().unwrap());
    let planted = [
        ("POST", MESSAGES.to_owned(), json!({"content": "@everyone"})),
        ("POST", MESSAGES.to_owned(), json!({"content": "a", "allowed_mentions": {"parse": ["everyone"]}})),
        ("PATCH", own.clone(), json!({"content": "@everyone"})),
        ("PATCH", own.clone(), json!({"content": "a", "allowed_mentions": {"parse": [], "users": ["501"]}})),
        ("POST", format!("{own}/threads"), json!({})),
        ("POST", format!("{own}/threads"), json!({"name": "x".repeat(101)})),
        ("POST", format!("{own}/threads"), json!({"name": "a", "auto_archive_duration": 7})),
        ("POST", format!("{own}/threads"), json!({"name": "a", "nosuch": 1})),
    ];
    for (method, path, body) in planted {
        assert_eq!(bot.refusal(method, &path, body.clone()).await, (400, 50_035), "{method} {path} {body}");
        assert!(!fake.take_breaches().is_empty(), "{method} {path} {body}");
    }
}

#[tokio::test]
async fn what_somebody_does_in_a_server_tells_their_rights_and_the_bots() {
    let fake = strict();
    let mut ear = Ear::of(&fake);
    ear.event("READY").await;
    let (room, alone) = (fake.guild(GUILD), fake.guild_alone(9_100));
    let ada = fake.user(ADA);
    ada.may(GUILD, MANAGE_GUILD);
    fake.let_bot(room.channel, VIEW_CHANNEL);
    fake.set_guild_locale(GUILD, "es-ES");
    ada.inside(&room).slash("setup", &[("how", "off")]);
    let asked = ear.event("INTERACTION_CREATE").await;
    assert_eq!(
        (asked["member"]["permissions"].as_str(), asked["app_permissions"].as_str()),
        (Some("32"), Some("1024"))
    );
    assert_eq!((asked["guild_locale"].as_str(), asked["context"].as_u64()), (Some("es-ES"), Some(0)));
    assert_eq!(asked["authorizing_integration_owners"], json!({"0": "9000"}));
    ada.inside(&alone).slash("setup", &[]);
    let asked = ear.event("INTERACTION_CREATE").await;
    assert_eq!(asked["authorizing_integration_owners"], json!({"1": "501"}));
    assert_eq!(
        (asked["guild_id"].as_str(), asked["member"]["permissions"].as_str() == Some("32")),
        (Some("9100"), false)
    );
    // What is written there is for the others, and without its words for the bot.
    ada.inside(&room).post("between us");
    let bot = Bot::of(&fake);
    let page = bot.result("GET", MESSAGES, Value::Null).await;
    assert_eq!((page[0]["author"]["id"].as_str(), page[0]["content"].as_str()), (Some("501"), Some("")));
}
