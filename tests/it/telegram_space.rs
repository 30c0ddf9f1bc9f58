//! Telegram groups as spaces, on the fake of the platform: what members and admins do, and what the group sees.

use jiff::SignedDuration;

use crate::fake_telegram::faults::{Fault, Scope};
use crate::fake_telegram::message::Message;
use crate::fake_telegram::method::Method;
use crate::fake_telegram::people::{Group, Person};
use crate::support::telegram::TelegramHouse;

const ADA: i64 = 501;
const BOB: i64 = 502;
const GROUP: i64 = -77;

/// A group with the bot in it, and somebody who may change it.
async fn house() -> (TelegramHouse, Group, Person) {
    let house = TelegramHouse::shipped().await;
    let ada = house.fake.user(ADA);
    let group = house.fake.group(GROUP, "Friends");
    group.add_bot(&ada);
    group.lets(&ada, true);
    house.sees(GROUP, "/setup").await;
    (house, group, ada)
}

fn said(house: &TelegramHouse, chat: i64) -> Vec<Message> {
    house.fake.look(|world| world.messages(chat).filter(|message| message.from.is_none()).cloned().collect())
}

/// What answered the last press.
async fn answer(house: &TelegramHouse, query: String) -> (String, Option<String>) {
    let answered = |world: &crate::fake_telegram::world::World| {
        let answers = world.callback_answers();
        answers.iter().find(|answer| answer.query == query).map(|answer| (answer.text.clone(), answer.url.clone()))
    };
    house.fake.wait_for(answered, std::time::Duration::from_secs(20)).await.unwrap()
}

/// Lets hours pass, with whatever is due in each.
async fn hours(house: &TelegramHouse, count: i64) {
    for _ in 0..count {
        house.pass(SignedDuration::from_hours(1));
        house.fire().await;
    }
}

/// Switched on by buttons, each day at 18:00.
async fn switched_on(house: &TelegramHouse, group: &Group, ada: &Person) {
    let ada = ada.inside(group);
    ada.say("/setup@mendwell_test_bot");
    house.sees(group.id, "How I am set up here").await;
    let query = ada.tap("How often");
    answer(house, query).await;
    house.sees(group.id, "How often shall I ask").await;
    ada.tap("Each day");
    house.sees(group.id, "each day at 18:00").await;
}

#[tokio::test]
async fn an_admin_switches_it_on_with_buttons_in_one_message_and_the_question_comes_at_its_time() {
    let (house, group, ada) = house().await;
    switched_on(&house, &group, &ada).await;
    assert_eq!(said(&house, GROUP).len(), 2, "the hello and one page, changed in its place");
    ada.inside(&group).tap("Done");
    house.sees(GROUP, "All set").await;
    hours(&house, 9).await;
    let asked = house.sees(GROUP, "A question for everybody").await;
    assert_eq!(asked.labels(), ["Answer in private", "Share here"]);
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn nothing_else_that_is_written_in_a_group_is_read() {
    let (house, group, ada) = house().await;
    let bob = house.fake.user(BOB).inside(&group);
    let before = said(&house, GROUP).len();
    for words in ["hello", "I want to end my life", "/start", "/menu", "/mood 3", "/setup@other_bot", "/crisis"] {
        bob.say(words);
        ada.inside(&group).say(words);
    }
    bob.sticker();
    bob.voice();
    house.settle().await;
    assert_eq!(said(&house, GROUP).len(), before);
    bob.say("/crisis@mendwell_test_bot");
    let help = house.sees(GROUP, "What you tell me in private stays there").await;
    assert!(help.labels().is_empty());
    // What somebody says in private is answered there, whatever they do in the group.
    house.fake.user(BOB).say("hi");
    house.settle().await;
    assert!(!said(&house, BOB).is_empty());
    assert_eq!(said(&house, GROUP).len(), before + 1);
}

#[tokio::test]
async fn rights_are_asked_for_on_every_press_and_an_admin_without_a_name_is_one() {
    let (house, group, ada) = house().await;
    switched_on(&house, &group, &ada).await;
    let inside = ada.inside(&group);
    inside.tap("How often");
    house.sees(GROUP, "How often shall I ask").await;
    group.lets(&ada, false);
    let query = inside.tap("off");
    assert!(answer(&house, query).await.0.contains("Only people who may change this group"));
    house.settle().await;
    house.sees(GROUP, "How often shall I ask").await;
    inside.say_hidden("/setup off");
    house.sees(GROUP, "Question: off").await;
}

#[tokio::test]
async fn without_an_answer_about_rights_nobody_has_them() {
    let (house, group, ada) = house().await;
    switched_on(&house, &group, &ada).await;
    let bob = house.fake.user(BOB).inside(&group);
    for fault in [Fault::TooManyRequests { retry_after: 5 }, Fault::ServerError { status: 502 }, Fault::CutBefore] {
        house.fake.fail(Scope::Only(Method::GetChatMember), fault, 1);
        let query = bob.tap("How often");
        assert!(answer(&house, query).await.0.contains("Only people who may change this group"));
    }
    house.settle().await;
    house.sees(GROUP, "each day at 18:00").await;
    let query = ada.inside(&group).tap("How often");
    assert!(answer(&house, query).await.0.is_empty());
    house.sees(GROUP, "How often shall I ask").await;
}

#[tokio::test]
async fn an_answer_in_private_opens_the_chat_with_the_bot_at_the_dialog_of_the_theme() {
    let (house, group, ada) = house().await;
    switched_on(&house, &group, &ada).await;
    hours(&house, 9).await;
    house.sees(GROUP, "A question for everybody").await;
    let before = said(&house, GROUP);
    let bob = house.fake.user(BOB);
    let query = bob.inside(&group).tap("Answer in private");
    let link = answer(&house, query).await.1.expect("a link");
    let dialog = link.strip_prefix("https://t.me/mendwell_test_bot?start=").unwrap().to_owned();
    bob.say(&format!("/start {dialog}"));
    house.settle().await;
    let last = said(&house, BOB).pop().unwrap();
    assert!(!last.text.is_empty());
    let query = bob.inside(&group).tap("Share here");
    assert!(answer(&house, query).await.0.contains("Everybody here can read that"));
    house.settle().await;
    assert_eq!(said(&house, GROUP).len(), before.len(), "the group sees nothing of it");
}

#[tokio::test]
async fn a_topic_is_a_place_of_its_own_and_a_closed_one_lets_it_rest() {
    let (house, _, ada) = house().await;
    let group = house.fake.group(-1_000_000_000_099, "Forum");
    group.add_bot(&ada);
    group.lets(&ada, true);
    group.topic(5, true);
    house.sees(group.id, "/setup").await;
    let inside = ada.inside_topic(&group, 5);
    inside.say("/setup every day at 18:00");
    assert_eq!(house.sees(group.id, "It comes: here").await.topic(), Some(5));
    hours(&house, 9).await;
    assert_eq!(house.sees(group.id, "A question for everybody").await.topic(), Some(5));
    group.topic(5, false);
    hours(&house, 24).await;
    house.settle().await;
    let count = said(&house, group.id).len();
    group.topic(5, true);
    hours(&house, 24 * 3).await;
    house.settle().await;
    assert_eq!(said(&house, group.id).len(), count, "it rests until an admin comes");
    inside.say("/setup");
    house.sees(group.id, "How I am set up").await;
    hours(&house, 24).await;
    house.sees(group.id, "A question for everybody").await;
    group.drop_topic(5);
    inside.say("/setup off");
    house.settle().await;
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn a_group_that_becomes_a_supergroup_keeps_everything() {
    let (house, group, ada) = house().await;
    switched_on(&house, &group, &ada).await;
    let moved = group.migrate(&ada);
    moved.lets(&ada, true);
    house.settle().await;
    ada.inside(&moved).say("/setup");
    let page = house.sees(moved.id, "How I am set up").await;
    assert!(page.text.contains("each day at 18:00") && page.text.contains("It comes: here"), "{}", page.text);
    hours(&house, 9).await;
    house.sees(moved.id, "A question for everybody").await;
}

/// The platform may say first that the bot is in the supergroup, in a poll of its own or in the same.
#[tokio::test]
async fn a_supergroup_that_is_known_already_has_the_settings_of_its_group() {
    for is_known_before in [false, true] {
        let (house, group, ada) = house().await;
        switched_on(&house, &group, &ada).await;
        let moved = group.migrate_soon(&ada);
        if is_known_before {
            house.sees(moved.id, "/setup").await;
        }
        group.migrate(&ada);
        moved.lets(&ada, true);
        house.settle().await;
        ada.inside(&moved).say("/setup");
        let page = house.sees(moved.id, "How I am set up").await;
        assert!(page.text.contains("each day at 18:00") && page.text.contains("It comes: here"), "{}", page.text);
        hours(&house, 36).await;
        let questions = said(&house, moved.id).iter().filter(|said| said.text.contains("A question for")).count();
        assert_eq!(questions, 2, "{:?}", said(&house, moved.id));
        let counters = house.store().counters().await.unwrap();
        assert!(counters.iter().all(|(name, count)| name != "quarantined_total" || *count == 0), "{counters:?}");
    }
}

/// An admin was quicker: what is set up in the supergroup stays, and the group's settings go.
#[tokio::test]
async fn a_supergroup_that_was_set_up_keeps_what_was_set_up_there() {
    let (house, group, ada) = house().await;
    switched_on(&house, &group, &ada).await;
    let moved = group.migrate_soon(&ada);
    moved.lets(&ada, true);
    house.sees(moved.id, "/setup").await;
    ada.inside(&moved).say("/setup every day at 20:00");
    house.sees(moved.id, "each day at 20:00").await;
    group.migrate(&ada);
    house.settle().await;
    hours(&house, 30).await;
    let questions = said(&house, moved.id).iter().filter(|said| said.text.contains("A question for")).count();
    assert_eq!(questions, 1, "{:?}", said(&house, moved.id));
    let counters = house.store().counters().await.unwrap();
    assert!(counters.iter().all(|(name, count)| name != "quarantined_total" || *count == 0), "{counters:?}");
}

#[tokio::test]
async fn thrown_out_it_is_silent_and_taken_in_again_it_goes_on() {
    let (house, group, ada) = house().await;
    switched_on(&house, &group, &ada).await;
    group.remove_bot(&ada);
    house.settle().await;
    hours(&house, 48).await;
    let count = said(&house, GROUP).len();
    group.add_bot(&ada);
    house.sees(GROUP, "/setup").await;
    hours(&house, 24).await;
    house.sees(GROUP, "A question for everybody").await;
    assert_eq!(said(&house, GROUP).len(), count + 2);
}

#[tokio::test]
async fn a_suggestion_is_shown_as_it_was_written() {
    let (house, group, ada) = house().await;
    ada.inside(&group).say("/setup");
    house.sees(GROUP, "How I am set up").await;
    ada.inside(&group).tap("Review suggestions here");
    house.sees(GROUP, "wait: here").await;
    house.fake.user(BOB).inside(&group).say("/suggest <b>What</b> *made* you_laugh?");
    house.sees(GROUP, "Thank you").await;
    let shown = said(&house, GROUP).into_iter().rev().find(|message| message.text.contains("laugh")).unwrap();
    assert!(shown.text.contains("<b>What</b> *made* you_laugh?"), "{}", shown.text);
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn where_it_may_not_write_it_rests_and_a_storm_of_presses_is_answered() {
    let (house, group, ada) = house().await;
    switched_on(&house, &group, &ada).await;
    group.mutes_bot(true);
    hours(&house, 30).await;
    group.mutes_bot(false);
    ada.inside(&group).say("/setup");
    house.sees(GROUP, "How I am set up").await;
    hours(&house, 24).await;
    house.sees(GROUP, "A question for everybody").await;
    let queries = house.fake.user(BOB).inside(&group).tap_many("Share here", 200);
    for query in queries {
        assert!(answer(&house, query).await.0.contains("Everybody here"));
    }
    assert_eq!(house.fake.breaches(), []);
}
