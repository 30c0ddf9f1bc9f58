//! Somebody with words of their own is in a group while everything is done there that can be, and in the group of its
//! moderators: not one of their words goes there but those that they passed on, and those only to the moderators.

use jiff::SignedDuration;
use mendwell::domain::command::{COMMANDS, Command};

use crate::fake_telegram::message::Message;
use crate::fake_telegram::people::{Group, Person};
use crate::support::telegram::TelegramHouse;

const CORA: i64 = 774_129;
const ADA: i64 = 501;
const GROUP: i64 = -77;
const ROOM: i64 = -88;
/// What stands in the journal, and on the profile.
const CANARIES: [&str; 2] = ["canaryinthejournal", "Quillabeth"];
/// What is passed on to moderators, and to nobody else.
const PASSED_ON: &str = "onlyformoderators";

/// Every request of the bot's that goes to a chat, as it was sent: what was changed later as well.
fn to_chat(house: &TelegramHouse, chat: i64) -> Vec<String> {
    house.fake.look(|world| {
        let requests = world.requests().iter().filter(|request| request.chat == Some(chat));
        requests.map(|request| format!("{} {}", request.method, request.params)).collect()
    })
}

/// What was said in answer to presses, to whomever, and where their links lead.
fn notes(house: &TelegramHouse) -> Vec<String> {
    house.fake.look(|world| {
        let answers = world.callback_answers();
        answers.iter().map(|answer| format!("{} {}", answer.text, answer.url.clone().unwrap_or_default())).collect()
    })
}

/// Those that carry one of these words.
fn leaks(said: &[String], words: &[&str]) -> Vec<String> {
    said.iter().filter(|text| words.iter().any(|word| text.contains(word))).cloned().collect()
}

/// Somebody whose journal and profile hold words of their own.
async fn cora(house: &TelegramHouse) -> Person {
    let cora = house.fake.user(CORA).named(CANARIES[1]);
    let said = [
        "/start",
        "yes",
        "yes",
        "/stop",
        "/settings",
        "What I call you",
        CANARIES[1],
        "/start thanks-line",
        "A friend or family",
        CANARIES[0],
        "Yes, I said it",
        "No, thank you",
        "/stop",
    ];
    for words in said {
        cora.say(words);
        house.settle().await;
    }
    cora
}

/// A group with the bot, and an admin of it.
async fn group(house: &TelegramHouse, id: i64, admin: &Person) -> Group {
    let group = house.fake.group(id, "Friends");
    group.add_bot(admin);
    group.lets(admin, true);
    house.sees(id, "/setup").await;
    group
}

/// The newest message of the bot's in a chat.
fn newest(house: &TelegramHouse, chat: i64) -> i64 {
    house.fake.look(|world| world.messages(chat).rfind(|message| message.from.is_none()).unwrap().id)
}

/// What presses of a message's buttons send.
fn buttons(message: &Message) -> Vec<String> {
    message.keyboard.iter().flatten().filter_map(|button| button.data.clone()).collect()
}

/// Presses everything that the newest message of the bot's in a group offers, each as it is shown.
async fn press_all(house: &TelegramHouse, there: &Person, chat: i64) {
    let newest = house.fake.look(|world| {
        let mut messages =
            world.messages(chat).filter(|message| message.from.is_none() && !message.keyboard.is_empty());
        messages.next_back().map(|message| (message.id, buttons(message)))
    });
    let Some((message, buttons)) = newest else { return };
    for data in buttons {
        there.tap_data(message, &data);
        house.settle().await;
    }
}

/// Goes by the button to their own chat, and passes something on.
async fn passes_on(house: &TelegramHouse, cora: &Person, there: &Person) {
    there.say("/help@mendwell_test_bot");
    house.settle().await;
    let query = there.tap("Ask a moderator in private");
    let answered = |world: &crate::fake_telegram::world::World| {
        world.callback_answers().iter().find(|answer| answer.query == query).and_then(|answer| answer.url.clone())
    };
    let link = house.fake.wait_for(answered, std::time::Duration::from_secs(20)).await.unwrap();
    cora.say(&format!("/start {}", link.split("start=").nth(1).unwrap()));
    house.sees(CORA, "Is it all right for you").await;
    cora.tap("Yes, that is all right");
    house.sees(CORA, "What would you like").await;
    cora.say(PASSED_ON);
    house.sees(CORA, "Shall I pass it on?").await;
    cora.tap("Yes, pass it on");
    house.sees(ROOM, "Request 1").await;
}

/// Gives every command and every press of their own chat in both groups.
async fn gives_everything(house: &TelegramHouse, cora: &Person, there: &Person, in_room: &Person) {
    // Every command, for this very bot and bare, alone and with a word that finds what was written.
    let others = ["setup", "suggest", "queue", "answer"];
    let words = COMMANDS.iter().filter(|(command, ..)| *command != Command::Forget).map(|(_, word, _)| *word);
    for word in words.chain(others) {
        for there in [there, in_room] {
            for name in ["", "@mendwell_test_bot"] {
                for after in ["", " canary", " 1 canary"] {
                    there.say(&format!("/{word}{name}{after}"));
                }
            }
        }
        house.settle().await;
        press_all(house, there, GROUP).await;
        cora.say("/stop");
        house.settle().await;
    }
    // Buttons of their own chat, pressed in the groups.
    let own: Vec<String> = house.fake.look(|world| world.messages(CORA).flat_map(buttons).collect());
    for data in own {
        for (there, chat) in [(there, GROUP), (in_room, ROOM)] {
            there.tap_data(newest(house, chat), &data);
        }
    }
    house.settle().await;
}

#[tokio::test]
async fn nothing_that_somebody_has_written_gets_into_a_group_but_what_they_pass_on_to_its_moderators() {
    let house = TelegramHouse::shipped().await;
    let ada = house.fake.user(ADA);
    let cora = cora(&house).await;
    let (group, room) = (group(&house, GROUP, &ada).await, group(&house, ROOM, &ada).await);
    group.lets(&cora, true);
    room.lets(&cora, true);
    let (there, in_room) = (cora.inside(&group), cora.inside(&room));
    in_room.say("/setup moderators");
    let word = house.sees(ROOM, "In the group that you look after").await.text;
    there.say(word.split('“').nth(1).unwrap().split('”').next().unwrap());
    house.sees(GROUP, "in another channel").await;
    for (label, seen) in [("Ask a moderator: switch on", "Members can ask"), ("Back", "How I am set up")] {
        there.tap(label);
        house.sees(GROUP, seen).await;
    }
    there.say("/setup every day at 18:00");
    house.sees(GROUP, "each day at 18:00").await;
    passes_on(&house, &cora, &there).await;
    // Whatever can be done with a request, in both, before a press ends it.
    for (there, chat) in [(&there, GROUP), (&in_room, ROOM)] {
        for verb in ["show", "answer", "take", "answer", "bar", "see", "bars", "show", "back", "duty.on"] {
            there.tap_data(newest(&house, chat), &format!("g.q.{verb}.1").replace(".on.1", ".on"));
        }
        for words in ["/queue", "/queue@mendwell_test_bot", "/answer 1 Hello.", "/answer 2 Hello.", "/answer"] {
            there.say(words);
        }
        house.settle().await;
    }
    assert!(house.said(ROOM).iter().any(|text| text.contains("was answered")), "{:?}", house.said(ROOM));
    // Every page, and every button of every page, in both.
    let pages = ["home", "rhythm", "hour", "zone", "language", "themes", "asks", "asks"];
    for page in pages {
        for (there, chat) in [(&there, GROUP), (&in_room, ROOM)] {
            there.tap_data(newest(&house, chat), &format!("g.{page}"));
            house.settle().await;
            press_all(&house, there, chat).await;
        }
    }
    there.say("/setup every day at 18:00");
    there.say("/setup language english");
    house.settle().await;
    gives_everything(&house, &cora, &there, &in_room).await;
    for _ in 0..30 {
        house.pass(SignedDuration::from_hours(1));
        house.fire().await;
    }
    house.settle().await;
    cora.say("/forget");
    house.settle().await;
    cora.tap("Delete everything");
    house.settle().await;

    let (public, moderators, notes) = (to_chat(&house, GROUP), to_chat(&house, ROOM), notes(&house));
    assert_eq!(leaks(&public, &[CANARIES[0], CANARIES[1], PASSED_ON]), Vec::<String>::new());
    assert_eq!(leaks(&moderators, &CANARIES), Vec::<String>::new());
    assert_eq!(leaks(&notes, &[CANARIES[0], CANARIES[1], PASSED_ON]), Vec::<String>::new());
    assert!(!public.is_empty() && moderators.len() > 5 && notes.len() > 100, "{} {}", moderators.len(), notes.len());
    // Planted, each is found; and their own chat is full of them.
    let own = to_chat(&house, CORA);
    assert!(!leaks(&own, &CANARIES).is_empty() && !leaks(&own, &[PASSED_ON]).is_empty(), "{own:#?}");
    for canary in CANARIES {
        let planted: Vec<String> = public.iter().cloned().chain([format!("as {canary} says")]).collect();
        assert_eq!(leaks(&planted, &CANARIES).len(), 1, "{canary}");
    }
}
