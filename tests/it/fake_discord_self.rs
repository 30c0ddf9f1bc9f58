//! The fake of Discord against planted mistakes: it must refuse what the platform refuses, and say so.

use serde_json::{Value, json};

use crate::fake_discord::people::Person;
use crate::fake_discord::world::BOT_ID;
use crate::fake_discord::{FakeDiscord, Options, TOKEN};

const ADA: u64 = 501;
pub(crate) const AGENT: &str = "DiscordBot (https://example.org, 1)";

/// A bot's client, as bare as can be.
pub(crate) struct Bot {
    client: reqwest::Client,
    base: String,
}

impl Bot {
    pub(crate) fn of(fake: &FakeDiscord) -> Self {
        let client = reqwest::Client::builder().no_proxy().user_agent(AGENT).build().unwrap();
        Self { client, base: format!("{}/api/v10", fake.url()) }
    }

    /// Status, headers and body; the error is that of the connection.
    pub(crate) async fn try_call(
        &self,
        method: &str,
        path: &str,
        body: Value,
    ) -> Result<(u16, reqwest::header::HeaderMap, String), reqwest::Error> {
        let request = self.request(method, path);
        let request = match body {
            Value::Null => request.header("Content-Length", "0"),
            body => request.header("Content-Type", "application/json").body(body.to_string()),
        };
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok((status, headers, response.text().await?))
    }

    /// Status and JSON, which is null where there is none.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let (status, _, body) = self.try_call(method, path, body).await.unwrap();
        (status, if body.is_empty() { Value::Null } else { serde_json::from_str(&body).unwrap() })
    }

    /// The answer to what must succeed.
    pub(crate) async fn result(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(method, path, body).await;
        assert!(matches!(status, 200 | 201 | 204), "{method} {path}: {status} {answer}");
        answer
    }

    /// Status and code of what must fail.
    pub(crate) async fn refusal(&self, method: &str, path: &str, body: Value) -> (u16, u64) {
        let (status, answer) = self.call(method, path, body).await;
        assert!(status >= 400 && answer["message"].is_string(), "{method} {path}: {status} {answer}");
        (status, answer["code"].as_u64().unwrap())
    }

    /// Writes to somebody; the message's id.
    pub(crate) async fn say(&self, person: &Person, message: Value) -> u64 {
        let sent = self.result("POST", &format!("/channels/{}/messages", person.channel), message).await;
        sent["id"].as_str().unwrap().parse().unwrap()
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.base));
        request.header("Authorization", format!("Bot {TOKEN}"))
    }
}

/// A strict server that looks at its own answers as well.
pub(crate) fn strict() -> FakeDiscord {
    FakeDiscord::start_with(Options { are_answers_checked: true, ..Options::default() })
}

/// Text as a message that mentions nobody.
pub(crate) fn message(text: &str) -> Value {
    json!({"content": text, "allowed_mentions": {"parse": []}})
}

#[tokio::test]
async fn what_is_well_formed_leaves_no_breach() {
    let fake = strict();
    let ada = fake.user(ADA);
    let bot = Bot::of(&fake);
    let me = bot.result("GET", "/users/@me", Value::Null).await;
    assert_eq!((me["bot"].as_bool(), me["id"].as_str().map(str::to_owned)), (Some(true), Some(BOT_ID.to_string())));
    for path in ["/applications/@me", "/oauth2/applications/@me", "/gateway", "/gateway/bot"] {
        bot.result("GET", path, Value::Null).await;
    }
    let dm = bot.result("POST", "/users/@me/channels", json!({"recipient_id": ADA.to_string()})).await;
    assert_eq!(dm["id"], ada.channel.to_string());
    let channel = format!("/channels/{}", ada.channel);
    bot.result("POST", &format!("{channel}/typing"), Value::Null).await;
    let mut asked = message("Which?");
    asked["nonce"] = json!("mw1");
    asked["enforce_nonce"] = json!(true);
    asked["components"] = json!([
        {"type": 1, "components": [{"type": 2, "style": 1, "label": "Yes", "custom_id": "a"}]},
        {"type": 1, "components": [{"type": 3, "custom_id": "b", "min_values": 0, "options": [{"label": "One", "value": "1"}]}]},
    ]);
    let sent = bot.say(&ada, asked).await;
    let path = format!("{channel}/messages/{sent}");
    bot.result("PATCH", &path, message("Which, then?")).await;
    bot.result("GET", &path, Value::Null).await;
    bot.result("GET", &format!("{channel}/messages?after=0&limit=100"), Value::Null).await;
    bot.result("DELETE", &path, Value::Null).await;
    let command = json!({"name": "menu", "description": "What there is", "type": 1, "contexts": [0, 1, 2],
        "integration_types": [0, 1], "nsfw": false, "options": [], "default_member_permissions": null});
    let commands = format!("/applications/{BOT_ID}/commands");
    bot.result("PUT", &commands, json!([command])).await;
    let kept = bot.result("GET", &commands, Value::Null).await;
    assert_eq!((kept[0]["name"].as_str(), kept.as_array().map(Vec::len)), (Some("menu"), Some(1)));
}

/// A mistake: method and path, body, what must be said of it, and where it is.
type Mistake = (&'static str, Value, &'static str, &'static str);

const SAY: &str = "POST /channels/$ADA/messages";

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

fn row(components: Value) -> Value {
    with(message("Which?"), "components", json!([{"type": 1, "components": components}]))
}

fn button(label: &str, custom_id: &str) -> Value {
    json!({"type": 2, "style": 2, "label": label, "custom_id": custom_id})
}

fn select(options: usize) -> Value {
    let options: Vec<Value> = (0..options).map(|n| json!({"label": "One", "value": n.to_string()})).collect();
    json!({"type": 3, "custom_id": "s", "options": options})
}

async fn are_refused(mistakes: Vec<Mistake>) {
    let fake = strict();
    let ada = fake.user(ADA);
    let bot = Bot::of(&fake);
    for (request, body, said, pointer) in mistakes {
        let path = request.replace("$ADA", &ada.channel.to_string()).replace("$APP", &BOT_ID.to_string());
        let (method, path) = path.split_once(' ').unwrap();
        let (status, _) = bot.refusal(method, path, body.clone()).await;
        assert_eq!(status, 400, "{request} {body}");
        let breaches = fake.take_breaches();
        let is_found = breaches.iter().any(|breach| breach.what.contains(said) && breach.pointer == pointer);
        assert!(is_found, "{said} at {pointer} is not among {breaches:#?}");
    }
    assert_eq!(fake.messages(ada.channel).len(), 0);
    assert!(fake.requests().iter().all(|request| request.status == Some(400) && !request.is_applied));
}

#[tokio::test]
async fn what_the_contract_does_not_have_is_refused() {
    let inner = "/components/0/components/0";
    let misspelt = with(button("a", "a"), "customId", json!("a"));
    are_refused(vec![
        (SAY, with(message("a"), "silent", json!(true)), "('silent' was unexpected)", ""),
        (SAY, with(message("a"), "content", json!(5)), "is not of types", "/content"),
        (SAY, with(message("a"), "nonce", json!("a".repeat(26))), "longer than 25", "/nonce"),
        (
            SAY,
            with(message("a"), "allowed_mentions", json!({"parse": [], "prase": []})),
            "'prase'",
            "/allowed_mentions",
        ),
        (SAY, row(json!([misspelt])), "('customId' was unexpected)", inner),
        (SAY, row(json!([button(&"a".repeat(81), "a")])), "longer than 80", "/components/0/components/0/label"),
        (SAY, row(json!([button("a", &"a".repeat(101))])), "longer than 100", "/components/0/components/0/custom_id"),
        (SAY, row(json!(vec![button("a", "a"); 6])), "more than 5 items", "/components/0/components"),
        (SAY, row(json!([select(26)])), "more than 25 items", "/components/0/components/0/options"),
        ("PATCH /channels/$ADA/messages/1", with(message("a"), "nonce", json!("a")), "('nonce' was unexpected)", ""),
        ("POST /users/@me/channels", json!({"recipient": "1"}), "('recipient' was unexpected)", ""),
        ("GET /channels/$ADA/messages?limit=101", Value::Null, "greater than the maximum of 100", "?limit"),
        ("GET /channels/$ADA/messages?since=1", Value::Null, "('since' was unexpected)", "?"),
        ("GET /channels/$ADA/messages?after=x", Value::Null, "does not match", "?after"),
        ("PUT /applications/$APP/commands", json!([{"description": "a"}]), "\"name\" is a required", "/0"),
        ("PUT /applications/$APP/commands", json!([{"name": "a", "description": "a", "dm": true}]), "'dm'", "/0"),
    ])
    .await;
}

#[tokio::test]
async fn what_this_bot_never_does_is_refused() {
    let mentions = "this bot mentions nobody";
    let allowing = |allowed: Value| with(message("a"), "allowed_mentions", allowed);
    let edit = "PATCH /channels/$ADA/messages/1";
    are_refused(vec![
        (SAY, json!({"content": "a"}), mentions, "/allowed_mentions"),
        (SAY, allowing(json!({})), mentions, "/allowed_mentions"),
        (SAY, allowing(json!({"parse": ["everyone"]})), mentions, "/allowed_mentions"),
        (SAY, allowing(json!({"parse": [], "users": ["1"]})), mentions, "/allowed_mentions"),
        (SAY, allowing(json!({"parse": [], "replied_user": true})), mentions, "/allowed_mentions"),
        (edit, json!({"content": "a"}), mentions, "/allowed_mentions"),
        (SAY, with(message("a"), "flags", json!(64)), "only an answer to an interaction", "/flags"),
        (SAY, with(message("a"), "flags", json!(1 << 15)), "components V2", "/flags"),
        (SAY, with(message("a"), "flags", json!(2)), "no flag", "/flags"),
        (SAY, row(json!([{"type": 5, "custom_id": "a"}])), "only buttons and lists", "/components/0/components/0"),
    ])
    .await;
}

#[tokio::test]
async fn messages_that_cannot_be_are_refused() {
    let inner = "/components/0/components/0";
    let second = "/components/0/components/1";
    let more = |count: u64| with(with(select(2), "min_values", json!(0)), "max_values", json!(count));
    let twice = json!({"type": 3, "custom_id": "s", "options": vec![json!({"label": "One", "value": "1"}); 2]});
    let chosen = json!({"type": 3, "custom_id": "s", "options": [
        {"label": "One", "value": "1", "default": true}, {"label": "Two", "value": "2", "default": true}]});
    let rows = json!(vec![
        json!({"type": 1, "components": [{"type": 2, "style": 5, "label": "a", "url": "https://a.org"}]});
        6
    ]);
    are_refused(vec![
        (SAY, message(&"é".repeat(2_001)), "2000 or fewer", "/content"),
        (SAY, message(" \n"), "empty message", ""),
        (SAY, with(message("a"), "enforce_nonce", json!(true)), "without a nonce", "/nonce"),
        (SAY, row(json!([button("a", "a"), button("b", "a")])), "duplicated", "/components/0/components/1/custom_id"),
        (SAY, row(json!([button("a", "a"), select(2)])), "row for itself", "/components/0/components"),
        (SAY, with(message("a"), "components", rows), "5 or fewer", "/components"),
        (SAY, row(json!([{"type": 2, "style": 5, "label": "a", "custom_id": "a"}])), "a link has an address", inner),
        (SAY, row(json!([{"type": 2, "style": 1, "label": "a"}])), "a link has an address", inner),
        (
            SAY,
            row(json!([button("a", "a"), button(" ", "b")])),
            "label or an emoji",
            "/components/0/components/1/label",
        ),
        (SAY, row(json!([button("a", "a"), {"type": 2, "style": 1, "url": "https://a.org"}])), "a link has", second),
        (SAY, row(json!([twice])), "already used", "/components/0/components/0/options/1/value"),
        (SAY, row(json!([more(3)])), "no so many options", "/components/0/components/0/max_values"),
        (SAY, row(json!([chosen])), "more is chosen", "/components/0/components/0/options"),
        (SAY, with(message("a"), "attachments", json!([{"id": "0"}])), "no file of this", "/attachments/0/id"),
    ])
    .await;
}

#[tokio::test]
async fn commands_that_cannot_be_are_refused() {
    const PUT: &str = "PUT /applications/$APP/commands";
    let command = |name: &str, said: &str| json!({"name": name, "description": said, "type": 1});
    let many: Vec<Value> = (0..101).map(|n| command(&format!("c{n}"), "x")).collect();
    let options = json!([{"type": 3, "name": "a", "description": "a"}, {"type": 3, "name": "b", "description": "b", "required": true}]);
    are_refused(vec![
        (PUT, json!([command("Menu", "x")]), "name is invalid", "/0/name"),
        (PUT, json!([command("menu", "x"), command("menu", "y")]), "must be unique", "/1/name"),
        (PUT, json!([command("menu", " ")]), "is required", "/0/description"),
        (PUT, json!([command("menu", &"x".repeat(101))]), "longer than 100", "/0/description"),
        (PUT, json!(many), "Maximum number", ""),
        (PUT, json!([with(command("menu", "x"), "options", options)]), "Required options", "/0/options"),
        (
            PUT,
            json!([with(command("menu", "x"), "description_localizations", json!({"xx": "y"}))]),
            "no app has this language",
            "/0/description_localizations/xx",
        ),
    ])
    .await;
}

#[tokio::test]
async fn requests_that_are_forgotten_leave_the_others_as_they_are() {
    let fake = strict();
    let (ada, bot) = (fake.user(ADA), Bot::of(&fake));
    for text in ["a", "b", "c"] {
        bot.say(&ada, message(text)).await;
    }
    fake.forget_requests(2);
    bot.say(&ada, message("d")).await;
    let requests = fake.requests();
    let texts: Vec<_> = requests.iter().map(|request| (request.body["content"].as_str(), request.status)).collect();
    assert_eq!(texts, [(Some("c"), Some(200)), (Some("d"), Some(200))]);
    fake.forget_requests(usize::MAX);
    assert_eq!(fake.requests().len(), 0);
}
