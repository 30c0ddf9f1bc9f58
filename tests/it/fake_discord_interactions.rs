//! The fake of Discord: interactions are answered once and in time, and their tokens die.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fake_discord::FakeDiscord;
use crate::fake_discord::interactions::{ANSWER_WITHIN, TOKEN_LIVES};
use crate::fake_discord::people::Person;
use crate::fake_discord::world::{BOT_ID, World};
use crate::fake_discord_self::{Bot, message, strict};

const ADA: u64 = 501;
const MOMENT: Duration = Duration::from_millis(1);

fn callback(fake: &FakeDiscord, id: u64) -> String {
    format!("/interactions/{id}/{}/callback", token(fake, id))
}

fn webhook(fake: &FakeDiscord, id: u64) -> String {
    format!("/webhooks/{BOT_ID}/{}", token(fake, id))
}

fn token(fake: &FakeDiscord, id: u64) -> String {
    fake.look(|world| world.interactions().iter().find(|known| known.id == id).unwrap().token.clone())
}

fn note(text: &str) -> Value {
    let mut note = message(text);
    note["flags"] = json!(64);
    note
}

/// Somebody with a button in front of them, and the message that has it.
async fn asked(fake: &FakeDiscord, bot: &Bot) -> (Person, u64) {
    let ada = fake.user(ADA);
    let mut asked = message("Which?");
    asked["components"] =
        json!([{"type": 1, "components": [{"type": 2, "style": 2, "label": "Yes", "custom_id": "y"}]}]);
    let id = bot.say(&ada, asked).await;
    (ada, id)
}

#[tokio::test]
async fn an_interaction_is_answered_once_and_within_three_seconds() {
    let fake = strict();
    let bot = Bot::of(&fake);
    let (ada, _) = asked(&fake, &bot).await;
    let deferred = json!({"type": 6});
    let tapped = ada.tap("Yes");
    fake.advance(ANSWER_WITHIN);
    bot.result("POST", &callback(&fake, tapped), deferred.clone()).await;
    assert_eq!(bot.refusal("POST", &callback(&fake, tapped), deferred.clone()).await, (400, 40_060));
    let late = ada.tap("Yes");
    fake.advance(ANSWER_WITHIN);
    assert_eq!(fake.look(|world| world.failed_interactions().count()), 0);
    fake.advance(MOMENT);
    assert_eq!(fake.look(|world| world.failed_interactions().map(|failed| failed.id).collect::<Vec<_>>()), [late]);
    assert_eq!(bot.refusal("POST", &callback(&fake, late), deferred.clone()).await, (404, 10_062));
    let forged = callback(&fake, late).replace(&token(&fake, late), "forged");
    assert_eq!(bot.refusal("POST", &forged, deferred).await, (404, 10_062));
    let answers = fake.look(|world| world.interactions()[0].answers.clone());
    assert_eq!((answers, fake.requests()[1].interaction), (vec![6], Some(tapped)));
}

#[tokio::test]
async fn a_press_is_answered_by_a_note_or_by_a_change() {
    let fake = strict();
    let bot = Bot::of(&fake);
    let (ada, shown) = asked(&fake, &bot).await;
    let tapped = ada.tap("Yes");
    let told = format!("{}?with_response=true", callback(&fake, tapped));
    let told = bot.result("POST", &told, json!({"type": 4, "data": note("Noted.")})).await;
    assert_eq!(told["interaction"]["response_message_ephemeral"], true);
    let notes = fake.notes(ADA);
    assert_eq!((notes[0].content.as_str(), notes[0].is_ephemeral(), notes[0].channel), ("Noted.", true, ada.channel));
    assert_eq!(fake.messages(ada.channel).len(), 1);

    let tapped = ada.tap("Yes");
    bot.result("POST", &callback(&fake, tapped), json!({"type": 7, "data": message("Yes, then.")})).await;
    assert_eq!(fake.look(|world| world.said(ada.channel).join("|")), "Yes, then.");
    bot.result("PATCH", &format!("{}/messages/@original", webhook(&fake, tapped)), message("So be it.")).await;
    let followed = bot.result("POST", &webhook(&fake, tapped), note("And a note.")).await;
    let path = format!("{}/messages/{}", webhook(&fake, tapped), followed["id"].as_str().unwrap());
    bot.result("PATCH", &path, message("And another.")).await;
    assert_eq!(fake.notes(ADA)[1].content, "And another.");
    bot.result("DELETE", &path, Value::Null).await;
    assert_eq!(bot.refusal("DELETE", &path, Value::Null).await, (404, 10_008));
    assert_eq!((fake.notes(ADA).len(), fake.messages(ada.channel)[0].id), (1, shown));
    assert_eq!(fake.look(|world| world.interactions()[1].followups.len()), 1);
}

#[tokio::test]
async fn a_command_may_be_answered_later() {
    let fake = strict();
    let bot = Bot::of(&fake);
    let ada = fake.user(ADA);
    let thinking = json!({"type": 5, "data": {"flags": 64}});
    let called = ada.slash("menu", &[]);
    let original = format!("{}/messages/@original", webhook(&fake, called));
    assert_eq!(bot.refusal("PATCH", &original, message("Soon.")).await, (404, 10_015));
    bot.result("POST", &callback(&fake, called), thinking.clone()).await;
    assert!(fake.notes(ADA)[0].is_loading());
    bot.result("PATCH", &original, message("Here.")).await;
    let here = fake.notes(ADA).swap_remove(0);
    assert_eq!((here.content.as_str(), here.is_loading(), here.is_ephemeral()), ("Here.", false, true));
    bot.result("DELETE", &original, Value::Null).await;
    assert_eq!(fake.notes(ADA).len(), 0);

    let called = ada.slash("menu", &[]);
    bot.result("POST", &callback(&fake, called), thinking).await;
    bot.result("POST", &webhook(&fake, called), message("Here too.")).await;
    assert_eq!(fake.notes(ADA)[0].content, "Here too.");

    let called = ada.slash("menu", &[]);
    bot.result("POST", &callback(&fake, called), json!({"type": 4, "data": message("For all.")})).await;
    assert_eq!(fake.look(|world| world.said(ada.channel).join("|")), "For all.");
}

#[tokio::test]
async fn a_token_lives_a_quarter_of_an_hour() {
    let fake = strict();
    let bot = Bot::of(&fake);
    let ada = fake.user(ADA);
    let called = ada.slash("menu", &[]);
    bot.result("POST", &callback(&fake, called), json!({"type": 5, "data": {"flags": 64}})).await;
    fake.advance(TOKEN_LIVES - MOMENT);
    let original = format!("{}/messages/@original", webhook(&fake, called));
    bot.result("PATCH", &original, message("Just so.")).await;
    fake.advance(MOMENT);
    assert_eq!(bot.refusal("PATCH", &original, message("Too late.")).await, (401, 50_027));
    assert_eq!(fake.take_breaches()[0].what, "Invalid Webhook Token");
    assert_eq!(fake.look(World::invalid_requests), 1);
    assert_eq!(bot.refusal("POST", &format!("/webhooks/{BOT_ID}/forged"), message("a")).await, (404, 10_015));
}

fn modal() -> Value {
    json!({"custom_id": "w.1", "title": "In your words", "components": [{"type": 1, "components": [
        {"type": 4, "style": 2, "custom_id": "words", "label": "What happened?", "placeholder": "Take your time",
            "required": true, "min_length": 1, "max_length": 20, "value": "It"}]}]})
}

#[tokio::test]
async fn a_form_is_shown_and_sent_off() {
    let fake = strict();
    let bot = Bot::of(&fake);
    let (ada, shown) = asked(&fake, &bot).await;
    let mut ear = crate::fake_discord_gateway::Ear::of(&fake);
    ear.event("READY").await;
    let tapped = ada.tap("Yes");
    ear.event("INTERACTION_CREATE").await;
    bot.result("POST", &callback(&fake, tapped), json!({"type": 9, "data": modal()})).await;
    let open = fake.look(|world| world.modal(ADA).cloned()).unwrap();
    assert_eq!((open.title.as_str(), open.custom_id.as_str()), ("In your words", "w.1"));
    let input = &open.inputs[0];
    assert_eq!((input.label.as_str(), input.placeholder.as_str()), ("What happened?", "Take your time"));
    assert_eq!((input.value.as_str(), input.is_paragraph, input.is_required), ("It", true, true));
    let sent = ada.submit_modal("it rained");
    let heard = ear.event("INTERACTION_CREATE").await;
    assert_eq!((heard["type"].as_u64(), heard["message"]["id"].as_str()), (Some(5), Some(shown.to_string().as_str())));
    let field = json!({"type": 4, "id": 2, "custom_id": "words", "value": "it rained"});
    let wanted = json!({"custom_id": "w.1", "components": [{"type": 1, "id": 1, "components": [field]}]});
    assert_eq!(heard["data"], wanted);
    assert!(fake.look(|world| world.modal(ADA).is_none()));
    assert_eq!(bot.refusal("POST", &callback(&fake, sent), json!({"type": 9, "data": modal()})).await, (400, 50_035));
    assert_eq!(fake.take_breaches().len(), 1);
    bot.result("POST", &callback(&fake, sent), json!({"type": 6})).await;
    assert_ne!(ada.submit_modal_again("it rained"), sent);

    let labelled = json!({"custom_id": "w.2", "title": "More", "components": [
        {"type": 10, "content": "As much as you like."},
        {"type": 18, "label": "What else?", "component": {"type": 4, "style": 1, "custom_id": "words"}}]});
    let called = ada.slash("note", &[]);
    bot.result("POST", &callback(&fake, called), json!({"type": 9, "data": labelled})).await;
    ada.dismiss_modal();
    assert!(fake.look(|world| world.modal(ADA).is_none()));
    ada.submit_modal_again("nothing");
    ear.event("INTERACTION_CREATE").await;
    ear.event("INTERACTION_CREATE").await;
    let heard = ear.event("INTERACTION_CREATE").await;
    assert_eq!(heard["data"]["components"][1]["component"]["value"], "nothing");
}

#[tokio::test]
async fn answers_that_cannot_be_are_refused() {
    let fake = strict();
    let bot = Bot::of(&fake);
    let (ada, _) = asked(&fake, &bot).await;
    let with = |pointer: &str, value: Value| {
        let mut modal = modal();
        *modal.pointer_mut(pointer).unwrap() = value;
        json!({"type": 9, "data": modal})
    };
    let row = modal()["components"][0].clone();
    let two = json!({"type": 1, "components": [row["components"][0], row["components"][0]]});
    let label = json!({"type": 18, "label": "a", "component": row["components"][0]});
    let button = json!({"type": 18, "label": "a", "component": {"type": 6, "custom_id": "a"}});
    for (body, said) in [
        (with("/title", json!("a".repeat(46))), "longer than 45"),
        (with("/components/0/components/0/label", json!("a".repeat(46))), "longer than 45"),
        (with("/components/0/components/0/max_length", json!(1)), "no so long text"),
        (with("/components/0/components/0/min_length", json!(21)), "no so long text"),
        (with("/components", json!([two])), "one field"),
        (with("/components", json!([row, row])), "duplicated"),
        (with("/components", json!([label])), "one label"),
        (with("/components", json!([button])), "only for words"),
        (with("/components", json!([{"type": 10, "content": "a"}])), "one to five fields"),
        (json!({"type": 4, "data": {"content": "a"}}), "mentions nobody"),
        (json!({"type": 4, "data": message("")}), "empty message"),
        (json!({"type": 7, "data": {"content": "a"}}), "mentions nobody"),
        (json!({"type": 4, "date": {}}), "'date' was unexpected"),
    ] {
        let tapped = ada.tap("Yes");
        assert_eq!(bot.refusal("POST", &callback(&fake, tapped), body.clone()).await.0, 400, "{body}");
        let breaches = fake.take_breaches();
        assert!(breaches.iter().any(|breach| breach.what.contains(said)), "{said}: {breaches:#?}");
    }
    let called = ada.slash("menu", &[]);
    assert_eq!(bot.refusal("POST", &callback(&fake, called), json!({"type": 6})).await, (400, 50_035));
    assert!(fake.take_breaches()[0].what.contains("no answer of this type"));

    let called = ada.inside(&fake.guild(9_000)).slash("menu", &[]);
    bot.result("POST", &callback(&fake, called), json!({"type": 4, "data": message("For all to see.")})).await;
    bot.result("POST", &webhook(&fake, called), message("This too.")).await;
    assert_eq!(fake.take_breaches().iter().filter(|breach| breach.what.contains("where others are")).count(), 2);
    assert_eq!(fake.messages(9_001).len(), 2);
}
