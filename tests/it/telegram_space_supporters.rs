//! Asking moderators on Telegram, from the button in a group to the answer: everything over the fake of the platform. There
//! moderators have a group of their own.

use jiff::SignedDuration;

use crate::fake_telegram::message::Message;
use crate::fake_telegram::people::{Group, Person};
use crate::support::telegram::TelegramHouse;

const ADA: i64 = 501;
const BOB: i64 = 502;
const CORA: i64 = 503;
const GROUP: i64 = -77;
const ROOM: i64 = -88;

/// A group, and the group of its moderators, in which Ada may press what there is.
async fn house() -> (TelegramHouse, Group, Group, Person) {
    let house = TelegramHouse::shipped().await;
    let ada = house.fake.user(ADA);
    let group = house.fake.group(GROUP, "Friends");
    let room = house.fake.group(ROOM, "Moderators");
    for group in [&group, &room] {
        group.add_bot(&ada);
        group.lets(&ada, true);
        house.sees(group.id, "/setup").await;
    }
    ada.inside(&group).say("/setup");
    house.sees(GROUP, "How I am set up").await;
    ada.inside(&group).tap("Ask a moderator: switch on");
    house.sees(GROUP, "a group of its own").await;
    join(&house, &ada, &group, &room).await;
    ada.inside(&group).tap("Ask a moderator: switch on");
    house.sees(GROUP, "Members can ask a moderator now").await;
    (house, group, room, ada)
}

/// The moderators of the one group look in the other from now on.
pub(crate) async fn join(house: &TelegramHouse, ada: &Person, group: &Group, room: &Group) {
    ada.inside(room).say("/setup moderators");
    let said = house.sees(room.id, "In the group that you look after").await.text;
    let word = said.split('“').nth(1).unwrap().split('”').next().unwrap().to_owned();
    ada.inside(group).say(&word);
    house.sees(group.id, "Suggestions of members wait: in another channel").await;
    house.sees(room.id, "From now on what waits").await;
}

/// A member goes by the button to their own chat, agrees if they have not, and has these words passed on.
async fn asks(house: &TelegramHouse, group: &Group, member: &Person, words: &str) {
    member.inside(group).say("/help@mendwell_test_bot");
    house.sees(group.id, "What you tell me in private stays there").await;
    let query = member.inside(group).tap("Ask a moderator in private");
    let link = answer(house, query).await.1.expect("a link");
    let word = link.strip_prefix("https://t.me/mendwell_test_bot?start=").unwrap();
    assert!(word.len() <= 64 && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{word}");
    member.say(&format!("/start {word}"));
    house.settle().await;
    if house.said(member.id).last().is_some_and(|text| text.starts_with("Is it all right for you")) {
        member.tap("Yes, that is all right");
        house.settle().await;
    }
    member.say(words);
    house.sees(member.id, "Shall I pass it on?").await;
    member.tap("Yes, pass it on");
    house.settle().await;
}

/// Somebody whom the bot knows.
async fn known(house: &TelegramHouse, id: i64) -> Person {
    let person = house.fake.user(id);
    for words in ["/start", "yes", "yes", "/stop"] {
        person.say(words);
        house.settle().await;
    }
    person
}

async fn answer(house: &TelegramHouse, query: String) -> (String, Option<String>) {
    let answered = |world: &crate::fake_telegram::world::World| {
        let answers = world.callback_answers();
        answers.iter().find(|answer| answer.query == query).map(|answer| (answer.text.clone(), answer.url.clone()))
    };
    house.fake.wait_for(answered, std::time::Duration::from_secs(20)).await.unwrap()
}

fn last(house: &TelegramHouse, chat: i64) -> Message {
    house.fake.look(|world| world.messages(chat).rfind(|message| message.from.is_none()).cloned()).unwrap()
}

#[tokio::test]
async fn a_request_stands_in_the_group_of_moderators_and_the_answer_in_the_members_chat() {
    let (house, group, room, ada) = house().await;
    let bob = known(&house, BOB).await;
    let before = house.said(GROUP).len();
    asks(&house, &group, &bob, "Could *somebody* say <hello>?").await;
    house.sees(BOB, "as request 1").await;
    assert_eq!(house.said(GROUP).len(), before + 1, "the group sees the answer to /help and nothing else");
    let request = house.sees(ROOM, "Request 1: somebody asks for a moderator").await;
    assert!(request.text.ends_with("Could *somebody* say <hello>?"), "{}", request.text);
    let query = ada.inside(&room).tap("I take it");
    answer(&house, query).await;
    house.settle().await;
    let taken = last(&house, ROOM);
    assert!(taken.id == request.id && taken.text.starts_with("Request 1 is taken care of"), "{}", taken.text);
    let query = ada.inside(&room).tap("Answer");
    assert!(answer(&house, query).await.0.contains("/answer 1"), "a moderator is told how");
    ada.inside(&room).say("/answer 1 Hello & <i>welcome</i>.");
    house.sees(ROOM, "Request 1 was answered").await;
    let answered = house.sees(BOB, "A moderator of your group answers (request 1)").await;
    assert!(answered.text.ends_with("Hello & <i>welcome</i>."), "{}", answered.text);
    ada.inside(&room).say("/queue");
    house.sees(ROOM, "Open: 1. On duty: 0.").await;
    ada.inside(&room).tap("I am on duty");
    house.sees(ROOM, "Open: 1. On duty: 1.").await;
    ada.inside(&room).tap_where(|button| button.text == "Show 1");
    house.settle().await;
    ada.inside(&room).tap("Close");
    house.sees(ROOM, "Request 1 is closed").await;
    house.sees(BOB, "Your request 1 is closed now").await;
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn whoever_is_blocked_is_told_in_their_own_chat_and_a_press_lifts_it() {
    let (house, group, room, ada) = house().await;
    let bob = known(&house, BOB).await;
    asks(&house, &group, &bob, "Answer me, all of you.").await;
    house.sees(ROOM, "Request 1").await;
    ada.inside(&room).tap("Block");
    house.sees(ROOM, "Block whoever sent request 1?").await;
    ada.inside(&room).tap("Yes, block");
    house.sees(ROOM, "asks here no more").await;
    house.sees(BOB, "Your request 1 is closed now").await;
    let count = house.said(ROOM).len();
    let ask = async || {
        bob.inside(&group).say("/help@mendwell_test_bot");
        house.settle().await;
        let query = bob.inside(&group).tap("Ask a moderator in private");
        let link = answer(&house, query).await.1.expect("a link");
        bob.say(&format!("/start {}", link.split("start=").nth(1).unwrap()));
        house.settle().await;
        house.said(BOB).pop().unwrap()
    };
    assert!(ask().await.contains("take no questions from you at the moment"));
    assert_eq!(house.said(ROOM).len(), count);
    let there: Vec<String> = house.fake.look(|world| {
        let requests = world.requests().iter().filter(|request| request.chat == Some(ROOM));
        requests.map(|request| request.params.to_string()).collect()
    });
    assert!(!there.is_empty() && there.iter().all(|sent| !sent.contains(&BOB.to_string())), "nobody is named");
    ada.inside(&room).say("/queue");
    house.sees(ROOM, "Open: 0").await;
    ada.inside(&room).tap("Blocks: 1");
    house.sees(ROOM, "Block 1, since").await;
    ada.inside(&room).tap("Lift 1");
    house.sees(ROOM, "Blocks: 0").await;
    assert!(ask().await.starts_with("What would you like the moderators to read?"));
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn rights_are_those_of_the_moderators_group_of_this_very_press() {
    let (house, group, room, ada) = house().await;
    let (bob, cora) = (known(&house, BOB).await, house.fake.user(CORA));
    asks(&house, &group, &bob, "Is somebody there?").await;
    house.sees(ROOM, "Request 1").await;
    // A member of the moderators' group who may not change it, and an admin of the other group.
    group.lets(&cora, true);
    let query = cora.inside(&room).tap("I take it");
    assert!(answer(&house, query).await.0.contains("Only moderators"));
    let query = ada.inside(&room).tap("I take it");
    answer(&house, query).await;
    house.sees(ROOM, "Request 1 is taken").await;
    room.lets(&ada, false);
    let query = ada.inside(&room).tap("Close");
    assert!(answer(&house, query).await.0.contains("Only moderators"));
    let count = house.said(BOB).len();
    ada.inside(&room).say("/answer 1 Hello.");
    house.settle().await;
    assert_eq!(house.said(BOB).len(), count);
    // An admin who hides their name is one, and counts as whoever took it.
    ada.inside(&room).say_hidden("/answer 1 From all of us.");
    house.sees(BOB, "From all of us.").await;
    // In the group itself nothing of it is shown, to whomever.
    let count = house.said(GROUP).len();
    ada.inside(&group).say("/queue");
    ada.inside(&group).say("/answer 1 Hello.");
    house.settle().await;
    assert_eq!(house.said(GROUP).len(), count);
}

#[tokio::test]
async fn a_word_makes_one_room_once_and_the_room_goes_along_and_ends() {
    let (house, group, room, ada) = house().await;
    let bob = known(&house, BOB).await;
    // A group that nobody of the moderators let in.
    let stranger = house.fake.group(-99, "Strangers");
    stranger.add_bot(&ada);
    stranger.lets(&ada, true);
    house.sees(-99, "/setup").await;
    let word = house.said(ROOM).into_iter().find(|text| text.contains("/setup r-")).unwrap();
    let word = word.split('“').nth(1).unwrap().split('”').next().unwrap().to_owned();
    for (count, word) in [word.as_str(), "/setup r-1-1"].into_iter().enumerate() {
        ada.inside(&stranger).say(word);
        house.sees(-99, "I know of no group of moderators by this word").await;
        house.settle().await;
        assert_eq!(house.said(-99).len(), 2 + count, "{:?}", house.said(-99));
    }
    // The room becomes a supergroup: requests come there.
    let moved = room.migrate(&ada);
    moved.lets(&ada, true);
    house.settle().await;
    asks(&house, &group, &bob, "Is somebody there?").await;
    house.sees(moved.id, "Request 1").await;
    ada.inside(&moved).tap("I take it");
    house.sees(moved.id, "Request 1 is taken").await;
    // The bot is put out of it: nobody can be asked until there is another room.
    moved.remove_bot(&ada);
    house.settle().await;
    bob.inside(&group).say("/help@mendwell_test_bot");
    house.settle().await;
    assert_eq!(last(&house, GROUP).labels(), Vec::<String>::new());
    let other = house.fake.group(-101, "Other room");
    other.add_bot(&ada);
    other.lets(&ada, true);
    house.sees(-101, "/setup").await;
    // An open word is not guessed.
    ada.inside(&other).say("/setup moderators");
    let said = house.sees(-101, "In the group that you look after").await.text;
    let word = said.split('“').nth(1).unwrap().split('”').next().unwrap();
    let count = house.said(-99).len();
    ada.inside(&stranger).say(&format!("{}-0", word.rsplit_once('-').unwrap().0));
    house.settle().await;
    assert!(house.said(-99).len() == count + 1 && house.said(-99)[count].contains("I know of no group"));
    join(&house, &ada, &group, &other).await;
    ada.inside(&other).say("/queue");
    house.sees(-101, "1: taken").await;
}

#[tokio::test]
async fn a_group_that_gives_way_to_one_that_was_set_up_anew_tells_whoever_asks() {
    let (house, group, room, ada) = house().await;
    let bob = known(&house, BOB).await;
    asks(&house, &group, &bob, "Is somebody there?").await;
    house.sees(ROOM, "Request 1").await;
    // An admin is quicker than the platform's word that the group has moved.
    let moved = group.migrate_soon(&ada);
    moved.lets(&ada, true);
    house.sees(moved.id, "/setup").await;
    ada.inside(&moved).say("/setup every day at 20:00");
    house.sees(moved.id, "each day at 20:00").await;
    group.migrate(&ada);
    let told = house.sees(BOB, "your group was set up anew").await.text;
    assert!(told.starts_with("Your request 1 is closed") && told.contains("/crisis"), "{told}");
    let count = house.said(BOB).len();
    house.settle().await;
    assert_eq!(house.said(BOB).iter().filter(|text| text.contains("set up anew")).count(), 1);
    // What they ask next in the supergroup is a request of its own.
    assert_eq!(house.said(BOB).len(), count);
    join(&house, &ada, &moved, &room).await;
    ada.inside(&moved).tap("Ask a moderator: switch on");
    house.sees(moved.id, "Members can ask a moderator now").await;
    asks(&house, &moved, &bob, "And now?").await;
    house.sees(BOB, "as request 1").await;
    // The moderators' group gives way as well: the group hears in /setup that they look nowhere.
    let other = room.migrate_soon(&ada);
    other.lets(&ada, true);
    house.sees(other.id, "/setup").await;
    ada.inside(&other).say("/setup every day at 20:00");
    house.sees(other.id, "each day at 20:00").await;
    room.migrate(&ada);
    house.settle().await;
    ada.inside(&moved).say("/setup");
    house.sees(moved.id, "Where moderators look is gone").await;
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn whoever_blocked_the_bot_gets_the_answer_when_they_come_back() {
    let (house, group, room, ada) = house().await;
    let bob = known(&house, BOB).await;
    asks(&house, &group, &bob, "Is somebody there?").await;
    house.sees(ROOM, "Request 1").await;
    bob.block();
    house.settle().await;
    ada.inside(&room).say("/answer 1 I am here.");
    house.sees(ROOM, "nothing reaches them at the moment").await;
    house.pass(SignedDuration::from_hours(1));
    house.fire().await;
    bob.unblock();
    bob.say("hi");
    house.sees(BOB, "I am here.").await;
}
