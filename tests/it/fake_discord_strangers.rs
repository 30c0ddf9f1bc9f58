//! The fake of Discord: whom it turns away, and that no breach stays unseen.

use serde_json::{Value, json};

use crate::fake_discord::world::World;
use crate::fake_discord_self::{Bot, strict};

const ADA: u64 = 501;

#[tokio::test]
async fn strangers_and_wrong_paths_are_turned_away() {
    let fake = strict();
    let ada = fake.user(ADA);
    let bot = Bot::of(&fake);
    let anybody = reqwest::Client::builder().no_proxy().build().unwrap();
    let me = format!("{}/api/v10/users/@me", fake.url());
    let status = |request: reqwest::RequestBuilder| async { request.send().await.unwrap().status().as_u16() };
    assert_eq!(status(anybody.get(&me).header("Authorization", "Bot wrong")).await, 401);
    assert_eq!(status(anybody.get(&me)).await, 401);
    assert_eq!(status(anybody.get(format!("{}/api/v10/gateway", fake.url()))).await, 400);
    assert!(fake.take_breaches()[0].what.contains("User-Agent"));
    assert_eq!(fake.look(World::invalid_requests), 2);

    for (method, path) in [("GET", "/users/@you"), ("PUT", "/users/@me"), ("GET", "/channels/1/messages/2/3")] {
        assert_eq!(bot.refusal(method, path, Value::Null).await, (404, 0));
        assert_eq!(fake.take_breaches()[0].what, "404: Not Found");
    }
    let other = bot.request("GET", "/gateway").build().unwrap().url().as_str().replace("v10", "v9");
    assert_eq!(status(anybody.get(other)).await, 404);
    assert_eq!(bot.refusal("GET", "/applications/5/commands", Value::Null).await, (403, 20_012));
    assert_eq!(bot.refusal("GET", "/channels/x/messages", Value::Null).await, (400, 50_035));
    let garbage = bot.request("POST", &format!("/channels/{}/messages", ada.channel)).body("{\"content\"");
    assert_eq!(status(garbage.header("Content-Type", "application/json")).await, 400);
    assert_eq!(fake.take_breaches().len(), 4);
}

#[test]
fn a_breach_that_nobody_takes_fails_the_test() {
    let fake = strict();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Bot::of(&fake).refusal("POST", "/users/@me/channels", json!({"wrong": 1})));
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(fake)));
    let said = dropped.unwrap_err().downcast::<String>().unwrap();
    assert!(said.contains("'wrong' was unexpected"), "{said}");
}
