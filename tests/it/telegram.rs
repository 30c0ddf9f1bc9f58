//! Conversations on Telegram: what people see and press, and what the platform is asked.

use std::time::Duration;

use jiff::SignedDuration;
use mendwell::service::ports::Clock;

use crate::fake_telegram::message::Kind;
use crate::fake_telegram::world::World;
use crate::support::telegram::TelegramHouse;
use crate::support::{settings, small_library_with};

const ADA: i64 = 1001;
const BOB: i64 = 1002;

#[tokio::test]
async fn a_first_talk_from_start_to_goodbye() {
    let house = TelegramHouse::shipped().await;
    let ada = house.fake.user(ADA);
    ada.say("/start");
    house.sees(ADA, "Are you 18 or older?").await;
    ada.tap("Yes");
    let asked = house.sees(ADA, "May I keep your answers?").await;
    assert_eq!(asked.labels(), ["Yes, keep them", "No"]);
    ada.tap("Yes, keep them");
    let asked = house.sees(ADA, "How is today").await;
    assert_eq!(
        asked.keyboard.iter().map(Vec::len).max(),
        Some(5),
        "a scale stands in rows of five: {:?}",
        asked.labels()
    );
    ada.tap_where(|button| button.text.starts_with('2'));
    house.sees(ADA, "If one sentence about today wants out").await;
    ada.say("It was *long* & <b>grey</b>");
    house.sees(ADA, "What do you want from this").await;
    house.settle().await;
    // Every question that is over shows what was chosen, and has no buttons any more.
    let messages = house.fake.messages(ADA);
    let frozen = messages.iter().find(|message| message.text.contains("Are you 18")).unwrap();
    assert!(frozen.keyboard.is_empty() && frozen.text.ends_with("✓ Yes"), "{:?}", frozen.text);
    let open: Vec<_> = messages.iter().filter(|message| !message.keyboard.is_empty()).collect();
    assert_eq!(open.len(), 1, "one question is open");
    let answers = house.fake.look(|world| world.callback_answers().len());
    assert_eq!(answers, 3, "every press is answered");
}

#[tokio::test]
async fn ticks_are_drawn_where_the_question_stands_and_typed_ones_below() {
    let house = TelegramHouse::shipped().await;
    let ada = walk_to_menu(&house, ADA).await;
    ada.tap("A hard moment right now");
    let asked = house.sees(ADA, "").await;
    house.settle().await;
    let asked = house
        .fake
        .messages(ADA)
        .into_iter()
        .rev()
        .find(|message| message.id >= asked.id && !message.keyboard.is_empty())
        .unwrap();
    let before = house.fake.messages(ADA).len();
    let label = asked.labels()[0].to_owned();
    ada.tap(&label);
    house.settle().await;
    let messages = house.fake.messages(ADA);
    assert_eq!(messages.len(), before, "a tick is no new message");
    let redrawn = messages.iter().find(|message| message.id == asked.id).unwrap();
    assert_eq!(redrawn.edits, 1);
    assert_ne!(redrawn.labels()[0], label, "the tick is seen");
    assert_eq!(redrawn.labels()[1..asked.labels().len()], asked.labels()[1..]);
    // Typed, the question comes below what was typed, and only there.
    ada.say("2");
    house.settle().await;
    let messages = house.fake.messages(ADA);
    let with_buttons: Vec<i64> = messages.iter().filter(|m| !m.keyboard.is_empty()).map(|m| m.id).collect();
    assert_eq!(with_buttons, [messages.last().unwrap().id]);
    assert_eq!(messages.len(), before + 2);
}

#[tokio::test]
async fn questions_for_words_ask_for_a_reply() {
    let house = TelegramHouse::new().await;
    let ada = house.fake.user(ADA);
    ada.say("/start");
    let asked = house.sees(ADA, "What may I call you?").await;
    assert!(asked.placeholder.as_deref().is_some_and(|words| !words.is_empty()), "{asked:?}");
    ada.say("<b>Ada</b> & *co* _x_");
    let glad = house.sees(ADA, "Glad").await;
    assert_eq!(glad.text, "Glad you are here, <b>Ada</b> & *co* _x_.");
    assert_eq!(glad.entities, []);
}

#[tokio::test]
async fn a_paced_exercise_is_one_message_that_changes() {
    let house = TelegramHouse::shipped().await;
    let ada = walk_to_menu(&house, ADA).await;
    ada.say("/start feel-now");
    house.settle().await;
    let ticked = house.fake.messages(ADA).last().unwrap().labels()[0].to_owned();
    ada.tap(&ticked);
    house.settle().await;
    ada.tap_where(|button| button.text == "That's it");
    house.settle().await;
    ada.tap_where(|button| button.text.starts_with('7'));
    house.settle().await;
    let label = house.fake.messages(ADA).last().unwrap().labels()[0].to_owned();
    ada.tap(&label);
    house.settle().await;
    let first = house.fake.messages(ADA).last().unwrap().clone();
    let count = house.fake.messages(ADA).len();
    for _ in 0..3 {
        let due = house.service().next_due().await.unwrap().unwrap();
        house.clock.set(due);
        house.fire().await;
    }
    let messages = house.fake.messages(ADA);
    assert_eq!(messages.len(), count, "beats are drawn in place: {:?}", messages.last().unwrap().text);
    assert_ne!(messages.last().unwrap().text, first.text);
    assert!(house.fake.look(|world| world.chat_actions(ADA).iter().any(|action| action == "typing")));
}

#[tokio::test]
async fn presses_that_mean_nothing_say_so_and_change_nothing() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    let bob = house.welcome(BOB).await;
    ada.say("/menu");
    let menu = house.sees(ADA, "What now?").await;
    let data = menu.keyboard[0][0].data.clone().unwrap();
    ada.tap("The long one");
    house.sees(ADA, "First?").await;
    house.settle().await;
    let note = async |query: String| {
        house
            .fake
            .wait_for(
                |world| world.callback_answers().iter().find(|answer| answer.query == query).map(|a| a.text.clone()),
                Duration::from_secs(20),
            )
            .await
            .unwrap()
    };
    let before = house.fake.messages(ADA).len();
    // Answered already; forged; of somebody else, in Bob's own chat; and in a group.
    assert!(note(ada.tap_data(menu.id, &data)).await.contains("already"));
    assert!(!note(ada.tap_data(menu.id, "1.zz.1.1")).await.is_empty());
    assert!(!note(ada.tap_data(menu.id, "no token at all")).await.is_empty());
    assert!(!note(bob.tap_data(1, &data)).await.is_empty());
    let group = house.fake.group(-77, "Friends");
    group.add_bot(&ada);
    house.sees(-77, "").await;
    assert!(note(bob.inside(&group).tap_data(1, &data)).await.contains("own chat"));
    let cruz = house.fake.user(1003).speaking(Some("es"));
    assert!(note(cruz.inside(&group).tap_data(1, &data)).await.contains("tu propio chat"));
    house.settle().await;
    assert_eq!(house.fake.messages(ADA).len(), before);
    ada.say("a");
    house.sees(ADA, "Second?").await;
}

/// The platform refuses a longer one, and the button would turn on.
#[tokio::test]
async fn a_note_is_as_long_as_the_platform_takes() {
    let words = "That choice is no longer there.";
    let system = include_str!("../../dialogs/system/en.toml").replace(words, &format!("{words} ").repeat(9));
    let mut house = TelegramHouse::closed(small_library_with("system/en", system.leak()), settings());
    house.open().await;
    let ada = house.welcome(ADA).await;
    let query = ada.tap_data(1, "no token at all");
    let answered = |world: &World| {
        world.callback_answers().iter().find(|answer| answer.query == query).map(|answer| answer.text.clone())
    };
    let note = house.fake.wait_for(answered, Duration::from_secs(20)).await.unwrap();
    assert!(note.starts_with(words) && (150..=200).contains(&note.len()), "{note}");
}

#[tokio::test]
async fn twenty_presses_of_one_button_are_one_answer() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.say("/menu");
    house.sees(ADA, "What now?").await;
    let queries = ada.tap_many("The long one", 20);
    house.settle().await;
    let answered = house
        .fake
        .wait_for(
            |world| {
                let answers = world.callback_answers();
                queries.iter().all(|query| answers.iter().any(|answer| answer.query == *query)).then_some(answers.len())
            },
            Duration::from_secs(20),
        )
        .await
        .unwrap();
    assert_eq!(answered, 20);
    let said = house.fake.look(|world| world.said(ADA).iter().filter(|text| text.contains("First?")).count());
    assert_eq!(said, 1);
}

#[tokio::test]
async fn a_month_old_keyboard_answers_with_a_note() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.say("/menu");
    let menu = house.sees(ADA, "What now?").await;
    let data = menu.keyboard[0][0].data.clone().unwrap();
    for _ in 0..31 {
        house.clock.set(house.clock.now().checked_add(SignedDuration::from_hours(24)).unwrap());
        house.fire().await;
    }
    ada.tap_data(menu.id, &data);
    house.settle().await;
    let answer = house.fake.wait_for(|world| world.callback_answers().last().cloned(), Duration::from_secs(20)).await;
    let note = answer.unwrap().text;
    assert!(note.contains("is over"), "{note}");
}

#[tokio::test]
async fn what_is_not_words_gets_a_kind_line_and_the_question_stays() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.say("/start long");
    house.sees(ADA, "First?").await;
    for (send, at) in [
        (&(|| ada.sticker()) as &dyn Fn() -> i64, 1),
        (&|| ada.voice(), 2),
        (&|| ada.photo(""), 3),
        (&|| ada.location(), 4),
        (&|| ada.contact(), 5),
    ] {
        send();
        house.settle().await;
        let said = house.fake.look(|world| world.said(ADA).iter().filter(|t| t.contains("only read words")).count());
        assert_eq!(said, at);
    }
    // Words are words wherever they stand.
    ada.photo("a");
    house.sees(ADA, "Second?").await;
    ada.forward("b");
    house.sees(ADA, "Third?").await;
    ada.say("c");
    house.sees(ADA, "Kept: a, b, c.").await;
}

#[tokio::test]
async fn an_album_is_answered_once() {
    let mut house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.say("/start long");
    house.sees(ADA, "First?").await;
    let only_words = |house: &TelegramHouse| house.said(ADA).iter().filter(|t| t.contains("only read words")).count();
    ada.album("1", 6, "");
    house.settle().await;
    assert_eq!(only_words(&house), 1);
    // Its pictures may come in more than one answer.
    ada.album("1", 4, "");
    ada.album("2", 2, "");
    house.settle().await;
    assert_eq!(only_words(&house), 2, "another album is another one");
    // With words it is an answer, and the other pictures are no complaint about it.
    ada.album("3", 3, "a");
    house.sees(ADA, "Second?").await;
    house.settle().await;
    assert_eq!(only_words(&house), 2);
    house.kill().await;
    house.open().await;
    ada.album("4", 2, "");
    house.settle().await;
    assert_eq!(only_words(&house), 3);
    // All of it goes from the chat.
    ada.say("/hide");
    house.settle().await;
    assert!(!house.fake.messages(ADA).iter().any(|message| message.kind == Kind::Photo));
}

#[tokio::test]
async fn an_edited_message_corrects_the_last_answer() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.say("/start long");
    house.sees(ADA, "First?").await;
    let first = ada.say("helo");
    house.sees(ADA, "Second?").await;
    ada.edit(first, "hello");
    house.settle().await;
    house.sees(ADA, "Second?").await;
    ada.say("b");
    house.sees(ADA, "Third?").await;
    ada.edit(first, "too late");
    house.sees(ADA, "stays").await;
    ada.say("c");
    house.sees(ADA, "Kept: hello, b, c.").await;
}

/// Somebody whose hands shake mends the slip instead of writing again.
#[tokio::test]
async fn a_command_that_was_written_wrong_is_obeyed_when_it_is_mended() {
    let house = TelegramHouse::shipped().await;
    let ada = walk_to_menu(&house, ADA).await;
    let slip = ada.say("/crisi");
    house.sees(ADA, "I do not know that one.").await;
    ada.edit(slip, "/crisis");
    house.sees(ADA, "").await;
    house.settle().await;
    let said = house.said(ADA);
    let lines = said.iter().filter(|text| text.contains("findahelpline.com")).count();
    assert_eq!(lines, 1, "{said:#?}");
}

#[tokio::test]
async fn an_answer_that_becomes_a_command_is_not_kept_in_these_words() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.say("/start long");
    house.sees(ADA, "First?").await;
    let first = ada.say("a");
    house.sees(ADA, "Second?").await;
    ada.say("b");
    house.sees(ADA, "Third?").await;
    ada.edit(first, "/back");
    house.sees(ADA, "Second?").await;
    ada.say("B");
    house.sees(ADA, "Third?").await;
    ada.say("c");
    house.sees(ADA, "Kept: a, B, c.").await;
}

#[tokio::test]
async fn whoever_blocks_the_bot_is_left_alone_until_they_write() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.say("/remind");
    house.settle().await;
    ada.say("every day");
    house.settle().await;
    ada.say("18:00");
    house.settle().await;
    ada.tap_where(|_| true);
    house.sees(ADA, "Planned").await;
    ada.block();
    house.settle().await;
    let sends = |house: &TelegramHouse| house.fake.requests().iter().filter(|r| r.method == "sendMessage").count();
    let before = sends(&house);
    for _ in 0..2 {
        let due = house.service().next_due().await.unwrap().unwrap();
        house.clock.set(due);
        house.fire().await;
    }
    assert_eq!(sends(&house), before, "nothing is sent to somebody who shut the bot out");
    ada.unblock();
    ada.say("hi");
    house.settle().await;
    assert!(sends(&house) > before);
}

#[tokio::test]
async fn a_link_opens_its_dialog() {
    let house = TelegramHouse::new().await;
    let ada = house.fake.user(ADA);
    ada.say("/start long");
    house.sees(ADA, "What may I call you?").await;
    ada.say("Ada");
    house.sees(ADA, "First?").await;
}

#[tokio::test]
async fn the_menu_is_set_once() {
    let mut house = TelegramHouse::new().await;
    let set = async |house: &TelegramHouse| {
        house
            .fake
            .wait_for(
                |world| {
                    let asked = world.requests().iter().filter(|r| r.method == "getMyShortDescription").count();
                    let set = world.requests().iter().filter(|r| r.method.starts_with("set")).count();
                    (asked % 2 == 0
                        && asked > 0
                        && world.requests().iter().all(|r| r.status.is_some() || r.method == "getUpdates"))
                    .then_some((asked, set))
                },
                Duration::from_secs(20),
            )
            .await
            .unwrap()
    };
    house
        .fake
        .wait_for(|world| world.short_description("es").map(str::to_owned), Duration::from_secs(20))
        .await
        .unwrap();
    assert_eq!(set(&house).await, (2, 10), "five for each language");
    let commands = house.fake.look(|world| world.commands("all_private_chats", "").to_vec());
    assert!(commands.iter().any(|(word, _)| word == "crisis"), "{commands:?}");
    let words = |scope: &str, language: &str| {
        house
            .fake
            .look(|world| world.commands(scope, language).iter().map(|(word, _)| word.clone()).collect::<Vec<_>>())
    };
    assert_eq!(words("all_group_chats", "es"), ["suggest"]);
    assert_eq!(words("all_chat_administrators", ""), ["setup", "suggest", "queue", "answer"]);
    house.kill().await;
    house.open().await;
    house.welcome(ADA).await;
    assert_eq!(set(&house).await, (4, 10), "a second start changes nothing");
}

#[tokio::test]
async fn a_press_is_answered_within_a_second_although_its_turn_is_not_done() {
    let mut house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.say("/menu");
    house.sees(ADA, "What now?").await;
    house.settle().await;
    house.kill().await;
    house.open_without_writer().await;
    let query = ada.tap("The long one");
    house.fake.wait_for(|world| (world.pending_updates() == 1).then_some(()), Duration::from_secs(20)).await.unwrap();
    house.in_time(|world| world.callback_answers().iter().any(|answer| answer.query == query).then_some(())).await;
    house.start_writer();
    house.sees(ADA, "First?").await;
}

#[tokio::test]
async fn long_words_come_in_several_messages_and_all_of_them() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(ADA).await;
    ada.say("/start long");
    house.sees(ADA, "First?").await;
    let long = |word: &str| format!("{word} ").repeat(3_900 / (word.len() + 1)).trim().to_owned();
    for (words, next) in [(long("one"), "Second?"), (long("two"), "Third?")] {
        ada.say(&words);
        house.sees(ADA, next).await;
    }
    ada.say(&long("end"));
    house.settle().await;
    let said = house.fake.look(|world| world.said(ADA).iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
    let kept = said.iter().position(|text| text.starts_with("Kept:")).unwrap();
    let all = said[kept..].join(" ");
    assert!(said.len() - kept >= 2, "{} messages", said.len() - kept);
    // The engine cuts what it fills in at its own limit; what is left is all there, in order.
    assert!(all.matches("one").count() > 900 && all.find("one") < all.find("two"));
}

/// Somebody new through the shipped first talk, quickly, to the menu.
async fn walk_to_menu(house: &TelegramHouse, id: i64) -> crate::fake_telegram::people::Person {
    let ada = house.fake.user(id);
    ada.say("/start");
    house.sees(id, "Are you 18 or older?").await;
    ada.tap("Yes");
    house.sees(id, "May I keep your answers?").await;
    ada.tap("Yes, keep them");
    house.sees(id, "How is today").await;
    ada.say("/stop");
    house.settle().await;
    ada.say("/menu");
    house.settle().await;
    ada
}
