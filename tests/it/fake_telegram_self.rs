//! The fake of the Bot API against planted mistakes: it must refuse what the platform refuses, and say so.

use serde_json::{Value, json};

use crate::fake_telegram::message::Kind;
use crate::fake_telegram::{FakeTelegram, TOKEN};

const ADA: i64 = 501;
/// Where the first button of a keyboard stands.
const BUTTON: &str = "/reply_markup/inline_keyboard/0/0";

/// A bot's client, as bare as can be.
pub(crate) struct Bot {
    client: reqwest::Client,
    base: String,
}

impl Bot {
    pub(crate) fn of(fake: &FakeTelegram) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { client, base: fake.method_url("") }
    }

    /// Status and body; the error is that of the connection.
    pub(crate) async fn try_call(&self, method: &str, params: Value) -> Result<(u16, String), reqwest::Error> {
        let request = self.client.post(format!("{}{method}", self.base)).header("Content-Type", "application/json");
        let response = request.body(params.to_string()).send().await?;
        let status = response.status().as_u16();
        Ok((status, response.text().await?))
    }

    /// Status and JSON.
    pub(crate) async fn call(&self, method: &str, params: Value) -> (u16, Value) {
        let (status, body) = self.try_call(method, params).await.unwrap();
        (status, serde_json::from_str(&body).unwrap())
    }

    /// The result of what must succeed.
    pub(crate) async fn result(&self, method: &str, params: Value) -> Value {
        let (status, mut body) = self.call(method, params).await;
        assert_eq!(status, 200, "{method}: {body}");
        body["result"].take()
    }

    /// What is said of what must fail.
    pub(crate) async fn refusal(&self, method: &str, params: Value) -> (u16, String) {
        let (status, body) = self.call(method, params).await;
        assert_eq!((body["ok"].as_bool(), body["error_code"].as_u64()), (Some(false), Some(status.into())));
        (status, body["description"].as_str().unwrap().to_owned())
    }

    pub(crate) async fn upload(&self, method: &str, form: reqwest::multipart::Form) -> (u16, Value) {
        let response = self.client.post(format!("{}{method}", self.base)).multipart(form).send().await.unwrap();
        (response.status().as_u16(), serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }
}

fn message(text: &str) -> Value {
    json!({"chat_id": ADA, "text": text, "parse_mode": "HTML"})
}

fn with(mut params: Value, field: &str, value: Value) -> Value {
    params[field] = value;
    params
}

fn keyboard(buttons: Value) -> Value {
    with(message("Which?"), "reply_markup", json!({"inline_keyboard": buttons}))
}

#[tokio::test]
async fn what_is_well_formed_leaves_no_breach() {
    let fake = FakeTelegram::start();
    fake.user(ADA);
    let bot = Bot::of(&fake);
    let me = bot.result("GetMe", json!({})).await;
    assert_eq!((me["is_bot"].as_bool(), me["can_join_groups"].as_bool()), (Some(true), Some(false)));
    let button = json!({"text": "Yes", "callback_data": "é".repeat(32)});
    let link = json!({"text": "Read", "url": "https://example.org"});
    let sent = bot.result("sendmessage", keyboard(json!([[button, link]]))).await;
    assert_eq!(sent["reply_markup"]["inline_keyboard"][0], json!([button, link]));
    bot.result("sendMessage", message(&format!("<b>{}</b>", "a".repeat(4096)))).await;
    bot.result("sendMessage", message(&"&amp;".repeat(4096))).await;
    let reply = json!({"force_reply": true, "input_field_placeholder": "Your words"});
    let asked = with(message("What <i>was</i> &lt;it&gt;?"), "reply_markup", reply);
    let asked = with(with(asked, "disable_notification", json!(true)), "protect_content", json!(true));
    let asked = with(asked, "reply_parameters", json!({"message_id": sent["message_id"]}));
    bot.result("sendMessage", asked).await;
    bot.result("sendChatAction", json!({"chat_id": ADA, "action": "typing"})).await;

    assert_eq!(fake.breaches(), []);
    let messages = fake.messages(ADA);
    let asked = messages.last().unwrap();
    assert_eq!((asked.text.as_str(), asked.source.as_str()), ("What was <it>?", "What <i>was</i> &lt;it&gt;?"));
    assert_eq!((asked.entities[0].kind, asked.entities[0].offset, asked.entities[0].length), ("italic", 5, 3));
    assert_eq!((asked.entities[0].detail.as_deref(), asked.placeholder.as_deref()), (None, Some("Your words")));
    assert_eq!((asked.kind, asked.is_silent, asked.is_protected, asked.edits), (Kind::Text, true, true, 0));
    assert_eq!((asked.reply_to, asked.date), (sent["message_id"].as_i64(), crate::fake_telegram::DATE));
    assert_eq!((messages[0].labels(), messages[0].is_silent), (vec!["Yes", "Read"], false));
    assert_eq!(messages[0].keyboard[0][1].url.as_deref(), Some("https://example.org"));
    fake.look(|world| assert_eq!(world.chat_actions(ADA), ["typing"]));
}

/// A mistake: the method, its parameters, what must be said of it, and where it is.
type Mistake = (&'static str, Value, &'static str, &'static str);

async fn are_refused(mistakes: Vec<Mistake>) {
    let fake = FakeTelegram::start();
    fake.user(ADA);
    let bot = Bot::of(&fake);
    for (method, params, said, pointer) in mistakes {
        let before = fake.breaches().len();
        let (status, description) = bot.refusal(method, params).await;
        assert!(status == 400 && description.contains(said), "{method}: {said}: {status} {description}");
        let breach = fake.breaches().split_off(before).swap_remove(0);
        assert_eq!((breach.method.as_str(), breach.pointer.as_str(), &breach.what), (method, pointer, &description));
    }
    assert_eq!(fake.messages(ADA).len(), 0);
    assert!(fake.requests().iter().all(|request| request.status == Some(400) && !request.is_applied));
}

#[tokio::test]
async fn what_the_contract_does_not_have_is_refused() {
    are_refused(vec![
        ("sendMessage", with(message("a"), "silent", json!(true)), "('silent' was unexpected)", ""),
        ("sendMessage", json!({"chat_id": ADA}), "\"text\" is a required property", ""),
        ("sendMessage", with(message("a"), "text", json!(5)), "is not of type \"string\"", "/text"),
        ("sendMessage", with(message("a"), "reply_markup", json!(null)), "", "/reply_markup"),
        ("sendMessage", keyboard(json!([[{"text": "a", "callback": "b"}]])), "('callback' was unexpected)", BUTTON),
        ("sendDocument", json!({"chat_id": ADA, "document": "nowhere"}), "wrong file identifier", ""),
        ("getUpdates", json!({"limit": 101}), "greater than the maximum of 100", "/limit"),
        ("setWebhook", json!({"url": "http://127.0.0.1:1", "secret_token": "not so"}), "unallowed characters", ""),
    ])
    .await;
}

#[tokio::test]
async fn texts_that_are_too_long_or_empty_are_refused() {
    let edit = with(message(&"a".repeat(4097)), "message_id", json!(1));
    let caption = json!({"chat_id": ADA, "document": "a", "caption": "a".repeat(1025)});
    let answer = json!({"callback_query_id": "1", "text": "a".repeat(201)});
    let reply = |text: &str| json!({"force_reply": true, "input_field_placeholder": text});
    let long = with(message("a"), "reply_markup", reply(&"a".repeat(65)));
    let empty = with(message("a"), "reply_markup", reply(""));
    let short = json!({"short_description": "a".repeat(121)});
    are_refused(vec![
        ("sendMessage", message(&"a".repeat(4097)), "message is too long", "/text"),
        ("sendMessage", message(&"\u{1f44b}".repeat(2049)), "message is too long", "/text"),
        ("editMessageText", edit, "MESSAGE_TOO_LONG", "/text"),
        ("sendMessage", message("<b> </b>"), "message text is empty", "/text"),
        ("sendMessage", with(message("a"), "parse_mode", json!("Markdown")), "unsupported parse_mode", "/parse_mode"),
        ("sendDocument", caption, "caption is too long", "/caption"),
        ("answerCallbackQuery", answer, "MESSAGE_TOO_LONG", "/text"),
        ("sendMessage", long, "placeholder", "/reply_markup/input_field_placeholder"),
        ("sendMessage", empty, "placeholder", "/reply_markup/input_field_placeholder"),
        ("setMyDescription", json!({"description": "a".repeat(513)}), "BOT_DESCRIPTION_TOO_LONG", "/description"),
        ("setMyShortDescription", short, "BOT_SHORT_DESCRIPTION_TOO_LONG", "/short_description"),
    ])
    .await;
}

#[tokio::test]
async fn buttons_that_cannot_be_are_refused() {
    let data = |data: &str| keyboard(json!([[{"text": "a", "callback_data": data}]]));
    let text = |text: &str| keyboard(json!([[{"text": text, "callback_data": "a"}]]));
    let many = |count: usize| vec![json!({"text": "a", "callback_data": "a"}); count];
    let keyboard_pointer = "/reply_markup/inline_keyboard";
    are_refused(vec![
        (
            "sendMessage",
            data(&"a".repeat(65)),
            "BUTTON_DATA_INVALID",
            "/reply_markup/inline_keyboard/0/0/callback_data",
        ),
        (
            "sendMessage",
            data(&"é".repeat(33)),
            "BUTTON_DATA_INVALID",
            "/reply_markup/inline_keyboard/0/0/callback_data",
        ),
        ("sendMessage", data(""), "BUTTON_DATA_INVALID", "/reply_markup/inline_keyboard/0/0/callback_data"),
        ("sendMessage", text(""), "must be non-empty", "/reply_markup/inline_keyboard/0/0/text"),
        ("sendMessage", text(&"a".repeat(65)), "too long to be read", "/reply_markup/inline_keyboard/0/0/text"),
        ("sendMessage", keyboard(json!([[{"text": "a"}]])), "Text buttons are unallowed", BUTTON),
        ("sendMessage", keyboard(json!([many(9)])), "REPLY_MARKUP_TOO_LONG", keyboard_pointer),
        ("sendMessage", keyboard(json!(vec![many(8); 13])), "REPLY_MARKUP_TOO_LONG", keyboard_pointer),
    ])
    .await;
}

#[tokio::test]
async fn names_that_the_platform_does_not_know_are_refused() {
    let command = |name: &str, said: &str| json!({"commands": [{"command": name, "description": said}]});
    let language = with(command("start", "x"), "language_code", json!("deu"));
    let scope = with(command("start", "x"), "scope", json!({"type": "people"}));
    let many = json!({"commands": vec![json!({"command": "a", "description": "x"}); 101]});
    let action = json!({"chat_id": ADA, "action": "thinking"});
    let long = "a".repeat(257);
    are_refused(vec![
        ("sendChatAction", action, "wrong parameter action", "/action"),
        ("setMyCommands", command("Start", "x"), "BOT_COMMAND_INVALID", "/commands/0/command"),
        ("setMyCommands", command(&"a".repeat(33), "x"), "BOT_COMMAND_INVALID", "/commands/0/command"),
        ("setMyCommands", command("start", ""), "BOT_COMMAND_DESCRIPTION_INVALID", "/commands/0/description"),
        ("setMyCommands", command("start", &long), "BOT_COMMAND_DESCRIPTION_INVALID", "/commands/0/description"),
        ("setMyCommands", language, "language code", "/language_code"),
        ("setMyCommands", scope, "BotCommandScope", "/scope/type"),
        ("setMyCommands", many, "BOT_COMMANDS_TOO_MUCH", "/commands"),
    ])
    .await;
}

#[tokio::test]
async fn html_is_read_strictly() {
    let fake = FakeTelegram::start();
    fake.user(ADA);
    let bot = Bot::of(&fake);
    for (source, said) in [
        ("a <b>b", "Can't find end tag corresponding to start tag \"b\""),
        ("<h1>b</h1>", "Unsupported start tag \"h1\" at byte offset 0"),
        ("<b><i>b</b></i>", "Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\""),
        ("b</b>", "Unexpected end tag at byte offset 1"),
        ("1 < 2", "Unsupported start tag \"\" at byte offset 2"),
        ("you & me", "Unescaped \"&\" at byte offset 4"),
        ("&nbsp;", "Unescaped \"&\" at byte offset 0"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<a href=x>a</a>", "Expected a quoted value of an attribute of the tag \"a\" at byte offset 0"),
        ("<a href>a</a>", "Expected equal sign in declaration of an attribute of the tag \"a\" at byte offset 0"),
        ("<b id=\"x\">a</b>", "Unexpected attribute \"id\" of the tag \"b\" at byte offset 0"),
        ("<span>a</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
    ] {
        let wanted = (400, format!("Bad Request: can't parse entities: {said}"));
        assert_eq!(bot.refusal("sendMessage", message(source)).await, wanted, "{source}");
    }
    let source = " \u{1f44b}<b>a<i>b</i></b> <s>c</s><u>d</u> <a href=\"https://e.org/?a=1&amp;b='2'\">e</a>\
                  <pre><code class=\"language-rust\">f</code></pre><tg-spoiler>g</tg-spoiler><code>h</code>\
                  <blockquote expandable>i</blockquote><b></b>&quot;&#39;&#x41; ";
    let sent = bot.result("sendMessage", message(source)).await;
    assert_eq!(sent["text"], "\u{1f44b}ab cd efghi\"'A");
    let entity = |kind: &str, offset: usize, length: usize| json!({"type": kind, "offset": offset, "length": length});
    let wanted = json!([
        entity("bold", 2, 2),
        entity("italic", 3, 1),
        entity("strikethrough", 5, 1),
        entity("underline", 6, 1),
        with(entity("text_link", 8, 1), "url", json!("https://e.org/?a=1&b='2'")),
        with(entity("pre", 9, 1), "language", json!("rust")),
        entity("spoiler", 10, 1),
        entity("code", 11, 1),
        entity("expandable_blockquote", 12, 1),
    ]);
    assert_eq!(sent["entities"], wanted);
}

#[tokio::test]
async fn a_wrong_token_and_an_unknown_method_are_refused() {
    let fake = FakeTelegram::start();
    let bot = Bot::of(&fake);
    let stranger = Bot { client: bot.client.clone(), base: format!("{}/bot1:x/", fake.url()) };
    let (status, body) = stranger.call("getMe", json!({})).await;
    assert_eq!((status, body), (401, json!({"ok": false, "error_code": 401, "description": "Unauthorized"})));
    assert_eq!(fake.breaches(), []);
    assert_eq!(bot.refusal("sendMesage", json!({})).await, (404, "Not Found".to_owned()));
    assert_eq!(bot.refusal("sendDice", json!({"chat_id": 1})).await.0, 404);
    assert_eq!(bot.refusal("getMe", json!([])).await, (400, "Bad Request: can't parse the body".to_owned()));
    let methods: Vec<String> = fake.breaches().into_iter().map(|breach| breach.method).collect();
    assert_eq!(methods, ["sendMesage", "sendDice", "getMe"]);
    let said = fake.wait_for(|_| None::<()>, std::time::Duration::ZERO).await.unwrap_err();
    assert!(said.contains("sendDice 404") && said.contains("breach: getMe"), "{said}");
    assert!(!said.contains(TOKEN));
}

#[tokio::test]
async fn files_arrive_with_their_names_and_bytes() {
    use reqwest::multipart::{Form, Part};
    let fake = FakeTelegram::start();
    fake.user(ADA);
    let bot = Bot::of(&fake);
    let png = || Part::bytes(b"\x89PNG\r\n\x1a\n\r\n--x".to_vec()).file_name("wykres ę.png");
    let form =
        Form::new().text("chat_id", ADA.to_string()).text("caption", "<b>Seven</b> days").text("parse_mode", "HTML");
    let form = form.text("disable_notification", "true").part("photo", png());
    let (status, body) = bot.upload("sendPhoto", form).await;
    assert_eq!((status, body["result"]["caption"].as_str()), (200, Some("Seven days")), "{body}");
    let markup = r#"{"inline_keyboard":[[{"text":"Thanks","callback_data":"t"}]]}"#;
    let form =
        Form::new().text("chat_id", ADA.to_string()).text("document", "attach://export").text("reply_markup", markup);
    let form = form.part("export", Part::bytes(b"{}".to_vec()).file_name("export.json"));
    let (_, body) = bot.upload("SendDocument", form).await;
    assert_eq!(body["result"]["document"]["file_name"], "export.json", "{body}");
    let again = json!({"chat_id": ADA, "document": body["result"]["document"]["file_id"]});
    bot.result("sendDocument", again).await;
    assert_eq!(fake.breaches(), []);

    let messages = fake.messages(ADA);
    let photo = messages[0].file.as_ref().unwrap();
    assert_eq!((photo.field.as_str(), photo.name.as_str(), photo.bytes.len()), ("photo", "wykres ę.png", 13));
    assert_eq!((messages[0].kind, messages[0].is_silent), (Kind::Photo, true));
    assert_eq!((messages[1].kind, messages[1].labels()), (Kind::Document, vec!["Thanks"]));
    assert_eq!(messages[2].file.as_ref().unwrap().bytes.as_ref(), b"{}");
    assert_eq!(fake.requests()[1].files[0].name, "export.json");

    let no_picture =
        Form::new().text("chat_id", ADA.to_string()).part("photo", Part::bytes(b"<svg>".to_vec()).file_name("a"));
    assert_eq!(bot.upload("sendPhoto", no_picture).await.1["description"], "Bad Request: IMAGE_PROCESS_FAILED");
    let empty = Form::new().text("chat_id", ADA.to_string()).part("document", Part::bytes(Vec::new()).file_name("a"));
    assert_eq!(bot.upload("sendDocument", empty).await.1["description"], "Bad Request: file must be non-empty");
    let stray = Form::new().text("chat_id", "x").part("documents", Part::bytes(b"a".to_vec()).file_name("a"));
    assert_eq!(bot.upload("sendDocument", stray).await.0, 400);
    assert!(fake.breaches().len() >= 4);
}

#[tokio::test]
async fn requests_that_are_forgotten_leave_the_others_as_they_are() {
    let fake = FakeTelegram::start();
    fake.user(ADA);
    let bot = Bot::of(&fake);
    for text in ["a", "b", "c"] {
        bot.result("sendMessage", json!({"chat_id": ADA, "text": text})).await;
    }
    fake.forget_requests(2);
    bot.result("sendMessage", json!({"chat_id": ADA, "text": "d"})).await;
    let requests = fake.requests();
    let texts: Vec<_> = requests.iter().map(|request| (request.params["text"].as_str(), request.status)).collect();
    assert_eq!(texts, [(Some("c"), Some(200)), (Some("d"), Some(200))]);
    fake.forget_requests(usize::MAX);
    assert_eq!(fake.requests().len(), 0);
}
