//! Somebody with words of their own is in a server while everything is done there that can be: not one of their words
//! goes to it, and none into an answer there.

use std::sync::Arc;

use jiff::SignedDuration;
use mendwell::domain::command::{COMMANDS, Command};
use serde_json::json;

use crate::discord_space::{ADMIN, GUILD, last, questions, set_up};
use crate::fake_discord::interactions::Setting;
use crate::fake_discord::ledger::Request;
use crate::fake_discord::people::{Person, Room};
use crate::fake_discord::world::World;
use crate::support::discord::DiscordHouse;

const CORA: u64 = 774_129_055;
/// What stands in the journal, in a question that waits, and on the profile.
const WRITTEN: &str = "canaryinthejournal";
const NAME: &str = "Quillabeth";
const CANARIES: [&str; 2] = [WRITTEN, NAME];

/// The requests that go to a server: to one of its channels, or as an answer to something that was done in it.
fn to_server(world: &World, own: u64) -> Vec<&Request> {
    let is_there = |id: u64| world.interactions().iter().any(|asked| asked.id == id && asked.setting != Setting::Dm);
    let is_of_server = |request: &&Request| match (request.channel, request.interaction) {
        (Some(channel), _) => channel != own,
        (None, Some(id)) => is_there(id),
        (None, None) => false,
    };
    world.requests().iter().filter(is_of_server).collect()
}

/// Those of them that carry a canary.
fn leaks(requests: &[&Request]) -> Vec<String> {
    let carries = |request: &&&Request| CANARIES.iter().any(|canary| request.body.to_string().contains(canary));
    requests.iter().filter(carries).map(|request| format!("{} {}", request.method, request.path)).collect()
}

/// Somebody whose journal and profile hold words of their own.
async fn cora(house: &DiscordHouse) -> Person {
    let cora = house.fake.user(CORA).named(NAME);
    let mut said = ["/start", "yes", "yes", "/stop", "/settings", "What I call you", NAME].map(str::to_owned).to_vec();
    for number in 1..=4 {
        let thanks = ["/start thanks-line", "A friend or family", &format!("{WRITTEN} {number}")].map(str::to_owned);
        said.extend(thanks.into_iter().chain(["Yes, I said it", "No, thank you"].map(str::to_owned)));
    }
    for words in said {
        cora.say(&words);
        house.settle().await;
    }
    cora
}

/// Presses everything that the newest message of the room offers, each as it is shown.
async fn press_all(house: &DiscordHouse, cora: &Person, room: u64) {
    let message = house.fake.messages(room).pop().unwrap();
    let mut ids: Vec<String> = message.buttons().filter_map(|button| button.custom_id.clone()).collect();
    ids.extend(message.selects().flat_map(|select| select.options.iter().map(|option| option.value.clone())));
    for id in ids {
        cora.tap_custom_id(message.id, &id);
        house.settle().await;
    }
}

/// Gives a command in the server, alone and with a word.
async fn give(house: &DiscordHouse, there: &Person, command: &str) {
    for options in [&[][..], &[("what", "canary")]] {
        there.slash(command, options);
        house.settle().await;
    }
}

/// A request to moderators, with everything that can be done with it.
async fn asks_and_is_answered(house: &DiscordHouse, there: &Person, cora: &Person, room: &Room) {
    there.tap_custom_id(last(house, room).id, "g.asks");
    house.settle().await;
    there.slash("moderator", &[]);
    house.sees(cora, "Is it all right for you").await;
    let steps = [
        ("yes", "What would you like the moderators to read"),
        ("Is somebody there?", "Shall I pass it on"),
        ("yes", "I passed it on"),
    ];
    for (words, answer) in steps {
        cora.say(words);
        house.sees(cora, answer).await;
    }
    house.settle().await;
    assert!(last(house, room).content.contains("Request 1: somebody asks"));
    there.tap_custom_id(last(house, room).id, "g.role");
    house.settle().await;
    there.pick_role(GUILD, None);
    house.settle().await;
    there.tap_custom_id(last(house, room).id, "g.q.show.1");
    house.settle().await;
    for verb in
        ["show.1", "take.1", "back.1", "take.1", "bar.1", "see.1", "bars.0", "open.0", "duty.on", "duty.off", "show.1"]
    {
        there.tap_custom_id(last(house, room).id, &format!("g.q.{verb}"));
        house.settle().await;
    }
    there.slash("queue", &[]);
    there.slash("answer", &[("number", "1"), ("words", "Hello.")]);
    house.settle().await;
    there.tap_custom_id(last(house, room).id, "g.q.answer.1");
    house.settle().await;
    there.submit_modal("Hello again.");
    house.settle().await;
    for verb in ["bar.1", "barred.1", "bars.0", "lift.1"] {
        there.tap_custom_id(last(house, room).id, &format!("g.q.{verb}"));
        house.settle().await;
        press_all(house, there, room.channel).await;
    }
}

#[tokio::test]
async fn nothing_that_somebody_has_written_gets_into_a_server_whatever_is_done_there() {
    let house = DiscordHouse::shipped().await;
    let room = house.fake.guild(GUILD);
    let cora = cora(&house).await;
    cora.may(GUILD, ADMIN);
    let there = cora.inside(&room);
    set_up(&house, &there, "every day at 18:00").await;
    // Every page, and every button of every page.
    for page in ["g.home", "g.rhythm", "g.hour", "g.zone", "g.language", "g.themes"] {
        there.tap_custom_id(last(&house, &room).id, page);
        house.settle().await;
        press_all(&house, &there, room.channel).await;
    }
    there.tap_custom_id(last(&house, &room).id, "g.language.en");
    house.settle().await;
    set_up(&house, &there, "Berlin").await;
    set_up(&house, &there, "every day at 18:00").await;
    // Every command, also with a word that finds what was written; what ends everything comes last.
    let is_end = |command: &Command| matches!(command, Command::Hide | Command::Crisis | Command::Forget);
    for (_, word, _) in COMMANDS.iter().filter(|(command, ..)| !is_end(command)) {
        give(&house, &there, word).await;
        cora.say("/stop");
        house.settle().await;
    }
    // Buttons of their own chat, pressed in the server.
    let own = house.fake.messages(cora.channel);
    for custom_id in own.iter().flat_map(|message| message.buttons()).filter_map(|button| button.custom_id.clone()) {
        there.tap_custom_id(last(&house, &room).id, &custom_id);
    }
    house.settle().await;
    // Every question of a week, answered both ways, and a suggestion.
    there.tap_custom_id(last(&house, &room).id, "g.review");
    house.settle().await;
    there.slash("suggest", &[("question", "What helps?")]);
    house.settle().await;
    press_all(&house, &there, room.channel).await;
    asks_and_is_answered(&house, &there, &cora, &room).await;
    for day in 1..=7 {
        house.advance(SignedDuration::from_hours(24)).await;
        assert_eq!(questions(&house, &room).len(), day);
        press_all(&house, &there, room.channel).await;
        house.settle().await;
    }
    for (_, word, _) in COMMANDS.iter().filter(|(command, ..)| is_end(command)) {
        give(&house, &there, word).await;
    }
    // What is still on its way goes out.
    house.pass(SignedDuration::from_mins(5));
    house.settle().await;

    let (there, private) = house.fake.look(|world| {
        let there: Vec<Request> = to_server(world, cora.channel).into_iter().cloned().collect();
        let private = world.requests().iter().filter(|request| request.channel == Some(cora.channel));
        (there, private.cloned().collect::<Vec<_>>())
    });
    let there: Vec<&Request> = there.iter().collect();
    assert_eq!(leaks(&there), Vec::<String>::new());
    let public = there.iter().filter(|request| request.channel == Some(room.channel)).count();
    assert!(public > 50 && there.len() - public > 80, "{public} of {}", there.len());
    let notes = house.fake.notes(CORA);
    let notes = notes.iter().filter(|note| note.channel != cora.channel);
    assert!(notes.clone().count() > 50 && notes.clone().all(|note| CANARIES.iter().all(|c| !note.content.contains(c))));
    // Planted, each is found; and their own chat is full of them.
    let private: Vec<&Request> = private.iter().collect();
    assert!(leaks(&private).len() >= 4, "{:#?}", house.said(&cora));
    for canary in CANARIES {
        let planted = Request { body: Arc::new(json!({"content": format!("as {canary} says")})), ..there[0].clone() };
        let with: Vec<&Request> = there.iter().copied().chain([&planted]).collect();
        assert_eq!(leaks(&with).len(), 1, "{canary}");
    }
}
