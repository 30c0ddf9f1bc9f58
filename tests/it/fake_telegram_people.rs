//! The fake of the Bot API: what people do there, and what they see.

use serde_json::{Value, json};

use crate::fake_telegram::FakeTelegram;
use crate::fake_telegram::ledger::CallbackAnswer;
use crate::fake_telegram::message::Kind;
use crate::fake_telegram_self::Bot;

const ADA: i64 = 501;
const BEN: i64 = 502;
const NOT_MODIFIED: &str = "Bad Request: message is not modified: specified new message content and reply markup are \
                            exactly the same as a current content and reply markup of the message";
const TOO_OLD: &str = "Bad Request: query is too old and response timeout expired or query ID is invalid";

async fn updates(bot: &Bot, offset: i64) -> Vec<Value> {
    bot.result("getUpdates", json!({"offset": offset})).await.as_array().unwrap().clone()
}

fn keyboard(labels: &[&str]) -> Value {
    let row: Vec<Value> =
        labels.iter().map(|label| json!({"text": label, "callback_data": format!("d:{label}")})).collect();
    json!({"inline_keyboard": [row]})
}

#[tokio::test]
async fn everything_that_people_send_becomes_an_update() {
    let fake = FakeTelegram::start();
    let bot = Bot::of(&fake);
    let ada = fake.user(ADA).named("Ada").speaking(Some("de"));
    fake.set_date(1_800_000_000);
    let first = ada.say("/start abc and /help@mendwell_test_bot");
    ada.edit(first, "no");
    ada.photo("us");
    ada.voice();
    ada.sticker();
    ada.location();
    ada.contact();
    ada.forward("their words");
    ada.clone().speaking(None).say("last");
    let got = updates(&bot, 0).await;
    let from = json!({"id": ADA, "is_bot": false, "first_name": "Ada", "language_code": "de"});
    let command = |offset: usize, length: usize| json!({"type": "bot_command", "offset": offset, "length": length});
    let wanted = json!({"update_id": 100_000_001, "message": {
        "message_id": first,
        "from": from,
        "chat": {"id": ADA, "type": "private", "first_name": "Ada"},
        "date": 1_800_000_000,
        "text": "/start abc and /help@mendwell_test_bot",
        "entities": [command(0, 6), command(15, 23)],
    }});
    assert_eq!(got[0], wanted);
    assert_eq!(
        (got[1]["edited_message"]["text"].as_str(), got[1]["edited_message"].get("entities")),
        (Some("no"), None)
    );
    assert!(got[1]["edited_message"]["edit_date"].is_i64());
    assert_eq!(
        (got[2]["message"]["photo"][1]["height"].as_i64(), got[2]["message"]["caption"].as_str()),
        (Some(853), Some("us"))
    );
    for (index, field) in [(3, "voice"), (4, "sticker"), (5, "location"), (6, "contact"), (7, "forward_origin")] {
        assert!(got[index]["message"][field].is_object(), "{field}: {}", got[index]);
    }
    assert_eq!(got[8]["message"]["from"].get("language_code"), None);
    let kinds: Vec<Kind> = fake.messages(ADA).iter().map(|message| message.kind).collect();
    let [text, photo, voice] = [Kind::Text, Kind::Photo, Kind::Voice];
    assert_eq!(kinds, [text, photo, voice, Kind::Sticker, Kind::Location, Kind::Contact, text, text]);
}

#[tokio::test]
async fn presses_are_answered_once_and_in_time() {
    let fake = FakeTelegram::start();
    let bot = Bot::of(&fake);
    let ada = fake.user(ADA);
    let asked = json!({"chat_id": ADA, "text": "Which?", "reply_markup": keyboard(&["Yes", "No"])});
    let asked = bot.result("sendMessage", asked).await["message_id"].as_i64().unwrap();
    bot.result("sendMessage", json!({"chat_id": ADA, "text": "No buttons here."})).await;
    let query = ada.tap("No");
    let got = updates(&bot, 0).await;
    let press = &got[0]["callback_query"];
    assert_eq!((press["id"].as_str(), press["data"].as_str()), (Some(query.as_str()), Some("d:No")));
    assert_eq!((press["message"]["message_id"].as_i64(), press["from"]["id"].as_i64()), (Some(asked), Some(ADA)));
    assert_eq!(press["message"]["reply_markup"]["inline_keyboard"][0][0]["text"], "Yes");
    let answer = json!({"callback_query_id": query, "text": "Noted", "show_alert": true});
    bot.result("answerCallbackQuery", answer.clone()).await;
    assert_eq!(bot.refusal("answerCallbackQuery", answer).await, (400, TOO_OLD.to_owned()));
    let answered = CallbackAnswer { query, text: "Noted".to_owned(), is_alert: true, url: None };
    fake.look(|world| assert_eq!(world.callback_answers(), [answered]));

    let queries = ada.tap_many("Yes", 3);
    assert_eq!(updates(&bot, 0).await.len(), 4);
    fake.expire_queries();
    let late = bot.refusal("answerCallbackQuery", json!({"callback_query_id": queries[2]})).await;
    assert_eq!(late, (400, TOO_OLD.to_owned()));
    ada.tap_where(|button| button.text.starts_with('Y'));
    fake.user(BEN).tap_data(9999, "forged");
    let got = updates(&bot, 0).await;
    assert_eq!(got[5]["callback_query"]["message"]["date"], 0);
    assert_eq!(fake.breaches(), []);
}

#[tokio::test]
async fn messages_are_changed_and_deleted_where_they_stand() {
    let fake = FakeTelegram::start();
    let bot = Bot::of(&fake);
    let own = fake.user(ADA).say("mine");
    let text = json!({"chat_id": ADA, "text": "<b>One</b>", "parse_mode": "HTML", "reply_markup": keyboard(&["a"])});
    let id = bot.result("sendMessage", text.clone()).await["message_id"].clone();
    let edit = |text: &str, markup: Value| json!({"chat_id": ADA, "message_id": id, "text": text, "parse_mode": "HTML", "reply_markup": markup});
    let same = edit("<b>One</b>", keyboard(&["a"]));
    assert_eq!(bot.refusal("editMessageText", same).await, (400, NOT_MODIFIED.to_owned()));
    bot.result("editMessageText", edit("One", keyboard(&["a"]))).await;
    bot.result("editMessageText", edit("One", keyboard(&["b"]))).await;
    let plain = json!({"chat_id": ADA, "message_id": id, "text": "Two"});
    bot.result("editMessageText", plain).await;
    let bare = json!({"chat_id": ADA, "message_id": id});
    assert_eq!(bot.refusal("editMessageReplyMarkup", bare.clone()).await, (400, NOT_MODIFIED.to_owned()));
    bot.result("editMessageReplyMarkup", json!({"chat_id": ADA, "message_id": id, "reply_markup": keyboard(&["c"])}))
        .await;
    let message = fake.messages(ADA).pop().unwrap();
    assert_eq!((message.text.as_str(), message.labels(), message.edits), ("Two", vec!["c"], 4));

    let (_, no_caption) =
        bot.refusal("editMessageCaption", json!({"chat_id": ADA, "message_id": id, "caption": "x"})).await;
    assert_eq!(no_caption, "Bad Request: there is no caption in the message to edit");
    for (message_id, said) in [(json!(9999), "message to edit not found"), (json!(own), "message can't be edited")] {
        let refusal =
            bot.refusal("editMessageText", json!({"chat_id": ADA, "message_id": message_id, "text": "x"})).await;
        assert_eq!(refusal, (400, format!("Bad Request: {said}")));
    }
    bot.result("deleteMessage", bare.clone()).await;
    assert_eq!(bot.refusal("deleteMessage", bare).await.1, "Bad Request: message to delete not found");
    let reply = json!({"chat_id": ADA, "text": "x", "reply_parameters": {"message_id": id}});
    assert_eq!(bot.refusal("sendMessage", reply).await.1, "Bad Request: message to be replied not found");
    fake.look(|world| assert_eq!(world.said(ADA), [""; 0]));

    let form = reqwest::multipart::Form::new().text("chat_id", ADA.to_string()).text("caption", "Old");
    let form = form.part("document", reqwest::multipart::Part::bytes(b"x".to_vec()).file_name("a.txt"));
    let id = bot.upload("sendDocument", form).await.1["result"]["message_id"].clone();
    bot.result("editMessageCaption", json!({"chat_id": ADA, "message_id": id, "caption": "New"})).await;
    fake.look(|world| assert_eq!(world.said(ADA), ["New"]));
    let (_, no_text) = bot.refusal("editMessageText", json!({"chat_id": ADA, "message_id": id, "text": "x"})).await;
    assert_eq!(no_text, "Bad Request: there is no text in the message to edit");
    assert_eq!(fake.breaches().len(), 2);
}

#[tokio::test]
async fn who_blocks_the_bot_is_not_reached() {
    let fake = FakeTelegram::start();
    let bot = Bot::of(&fake);
    let ada = fake.user(ADA);
    let hello = json!({"chat_id": ADA, "text": "Hello"});
    ada.block();
    let blocked = (403, "Forbidden: bot was blocked by the user".to_owned());
    assert_eq!(bot.refusal("sendMessage", hello.clone()).await, blocked);
    assert_eq!(bot.refusal("sendChatAction", json!({"chat_id": ADA, "action": "typing"})).await, blocked);
    ada.unblock();
    bot.result("sendMessage", hello).await;
    let got = updates(&bot, 0).await;
    let standing = |update: &Value| update["my_chat_member"]["new_chat_member"]["status"].clone();
    assert_eq!(got.iter().map(standing).collect::<Vec<_>>(), ["kicked", "member"]);
    let unknown = bot.refusal("sendMessage", json!({"chat_id": 999, "text": "x"})).await;
    assert_eq!(unknown, (400, "Bad Request: chat not found".to_owned()));
    assert_eq!(fake.breaches(), []);
}

#[tokio::test]
async fn groups_take_the_bot_in_move_and_throw_it_out() {
    let fake = FakeTelegram::start();
    let bot = Bot::of(&fake);
    let (ada, ben) = (fake.user(ADA), fake.user(BEN));
    let group = fake.group(-77, "After");
    let hello = |chat: i64| json!({"chat_id": chat, "text": "Hello", "reply_markup": keyboard(&["Hi"])});
    assert_eq!(bot.refusal("sendMessage", hello(-77)).await.1, "Bad Request: chat not found");
    group.add_bot(&ada);
    ben.inside(&group).say("hi all");
    bot.result("sendMessage", hello(-77)).await;
    ben.inside(&group).tap("Hi");
    let got = updates(&bot, 0).await;
    assert_eq!(got[0]["my_chat_member"]["old_chat_member"]["status"], "left");
    assert_eq!(got[1]["message"]["new_chat_members"][0]["is_bot"], true);
    assert_eq!(got[2]["message"]["chat"], json!({"id": -77, "type": "group", "title": "After"}));
    assert_eq!((got[3]["callback_query"]["from"]["id"].as_i64(), got.len()), (Some(BEN), 4));

    let moved = group.migrate(&ada);
    let (status, body) = bot.call("sendMessage", hello(-77)).await;
    assert_eq!((status, body["parameters"]["migrate_to_chat_id"].as_i64()), (400, Some(moved.id)));
    bot.result("sendMessage", hello(moved.id)).await;
    let got = updates(&bot, 0).await;
    assert_eq!(got[4]["message"]["migrate_to_chat_id"], json!(moved.id));
    assert_eq!(got[5]["message"]["migrate_from_chat_id"], json!(-77));
    assert_eq!(got[5]["message"]["chat"]["type"], "supergroup");

    moved.remove_bot(&ada);
    assert_eq!(bot.refusal("sendMessage", hello(moved.id)).await.0, 403);
    moved.add_bot(&ben);
    bot.result("leaveChat", json!({"chat_id": moved.id})).await;
    assert_eq!(bot.refusal("leaveChat", json!({"chat_id": moved.id})).await.0, 403);
    assert_eq!(fake.breaches(), []);
}

#[tokio::test]
async fn the_bot_says_what_it_is_in_every_language() {
    let fake = FakeTelegram::start();
    let bot = Bot::of(&fake);
    let commands = |word: &str| json!([{"command": "start", "description": word}]);
    let scope = json!({"type": "all_private_chats"});
    bot.result("setMyCommands", json!({"commands": commands("Begin")})).await;
    bot.result("setMyCommands", json!({"commands": commands("Beginnen"), "scope": scope, "language_code": "de"})).await;
    bot.result("setMyCommands", json!({"commands": commands("x"), "scope": {"type": "chat", "chat_id": ADA}})).await;
    let listed = bot.result("getMyCommands", json!({"scope": scope, "language_code": "de"})).await;
    assert_eq!(listed, commands("Beginnen"));
    fake.look(|world| {
        assert_eq!(world.commands("default", ""), [("start".to_owned(), "Begin".to_owned())]);
        assert_eq!(world.commands("all_private_chats", "de")[0].1, "Beginnen");
        assert_eq!(world.commands(&format!("chat:{ADA}"), "").len(), 1);
    });
    bot.result("deleteMyCommands", json!({"scope": scope, "language_code": "de"})).await;
    bot.result("setMyDescription", json!({"description": "For after.", "language_code": "en"})).await;
    bot.result("setMyShortDescription", json!({"short_description": "Short"})).await;
    fake.look(|world| {
        assert_eq!(world.commands("all_private_chats", "de"), []);
        assert_eq!((world.description("en"), world.description("")), (Some("For after."), None));
        assert_eq!(world.short_description(""), Some("Short"));
    });
    assert_eq!(bot.result("getMyDescription", json!({"language_code": "en"})).await["description"], "For after.");
    assert_eq!(bot.result("getMyShortDescription", json!({})).await["short_description"], "Short");
    assert_eq!(fake.breaches(), []);
}
