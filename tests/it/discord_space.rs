//! A Discord server as a space, from `/setup` to the question: everything over the platform's own wire.

use jiff::SignedDuration;

use crate::discord_wire::text_of;
use crate::fake_discord::faults::{Fault, Scope};
use crate::fake_discord::guilds::{MANAGE_GUILD, SEND_MESSAGES, VIEW_CHANNEL};
use crate::fake_discord::message::Message;
use crate::fake_discord::people::{Person, Room};
use crate::fake_discord::route::Route;
use crate::support::discord::DiscordHouse;

pub(crate) const GUILD: u64 = 9_000;
pub(crate) const ADA: u64 = 501;
pub(crate) const BEN: u64 = 502;
/// What somebody may do who may change the server, and what everybody may.
pub(crate) const ADMIN: u64 = MANAGE_GUILD | MEMBER;
pub(crate) const MEMBER: u64 = VIEW_CHANNEL | SEND_MESSAGES;

/// Somebody in a room who may change its server.
pub(crate) fn admin(house: &DiscordHouse, room: &Room) -> Person {
    let ada = house.fake.user(ADA);
    ada.may(GUILD, ADMIN);
    ada.inside(room)
}

/// Somebody else there.
pub(crate) fn member(house: &DiscordHouse, room: &Room) -> Person {
    let ben = house.fake.user(BEN);
    ben.may(GUILD, MEMBER);
    ben.inside(room)
}

/// Gives `/setup` with these words.
pub(crate) async fn set_up(house: &DiscordHouse, admin: &Person, words: &str) {
    let options: &[(&str, &str)] = if words.is_empty() { &[] } else { &[("how", words)] };
    admin.slash("setup", options);
    house.settle().await;
}

/// Chooses one option of the newest list in somebody's room.
pub(crate) async fn pick(house: &DiscordHouse, person: &Person, label: &str) {
    person.pick(&[label]);
    house.settle().await;
}

/// The newest message of a room.
pub(crate) fn last(house: &DiscordHouse, room: &Room) -> Message {
    house.fake.messages(room.channel).pop().expect("something was said there")
}

/// The questions that stand in a room, oldest first.
pub(crate) fn questions(house: &DiscordHouse, room: &Room) -> Vec<Message> {
    let messages = house.fake.messages(room.channel);
    messages.into_iter().filter(|message| message.labels().contains(&"Share here")).collect()
}

/// How often somebody alone has read this.
fn noted(house: &DiscordHouse, person: &Person, words: &str) -> usize {
    house.fake.notes(person.id).iter().filter(|note| note.content.contains(words)).count()
}

#[tokio::test]
async fn an_admin_sets_the_bot_up_with_buttons_and_every_page_stands_in_the_same_place() {
    let house = DiscordHouse::shipped().await;
    let room = house.fake.guild(GUILD);
    let ada = admin(&house, &room);
    set_up(&house, &ada, "").await;
    let page = last(&house, &room);
    assert!(page.content.contains("Question: off") && page.content.contains("It comes: nowhere yet"), "{page:?}");
    assert_eq!(noted(&house, &ada, "All right."), 1, "only who asked reads the answer");
    for (label, seen) in [
        ("How often", "How often shall I ask"),
        ("Each day", "each day at 18:00"),
        ("What time", "At what time?"),
        ("20:00", "each day at 20:00"),
        ("Clock", "By which clock?"),
        ("New York", "America/New York"),
        ("Themes", "About which themes"),
        ("✓ Songs", "About which themes"),
    ] {
        pick(&house, &ada, label).await;
        let now = last(&house, &room);
        assert!(now.content.contains(seen) && now.id == page.id, "{label}: {now:?}");
    }
    let off: Vec<String> =
        last(&house, &room).selects().next().unwrap().options.iter().map(|o| o.label.clone()).collect();
    assert!(off.contains(&"– Songs".to_owned()), "{off:?}");
    pick(&house, &ada, "Back").await;
    assert!(
        last(&house, &room).content.contains("Themes: 17 of 18") && last(&house, &room).content.contains("comes: here")
    );
    pick(&house, &ada, "Done").await;
    assert!(last(&house, &room).content.starts_with("All set. Question: each day at 20:00."));
    assert_eq!(house.fake.messages(room.channel).len(), 1);
    assert_eq!(house.fake.requests().iter().filter(|request| request.route == Some(Route::GetMessages)).count(), 0);
}

#[tokio::test]
async fn a_question_comes_at_its_wall_time_where_it_belongs_with_a_thread_of_its_own() {
    let house = DiscordHouse::shipped().await;
    let (room, evenings) = (house.fake.guild(GUILD), house.fake.channel(GUILD, 9_002, "evenings"));
    let ada = admin(&house, &room);
    set_up(&house, &ada, "every day at 18:30").await;
    let there = ada.inside(&evenings);
    set_up(&house, &there, "").await;
    assert!(last(&house, &evenings).content.contains("It comes: in another channel"));
    pick(&house, &there, "Ask here").await;
    assert!(last(&house, &evenings).content.contains("It comes: here"));
    // It is nine o'clock in Berlin.
    house.advance(SignedDuration::from_mins(9 * 60 + 29)).await;
    assert_eq!((questions(&house, &evenings).len(), questions(&house, &room).len()), (0, 0));
    house.advance(SignedDuration::from_mins(1)).await;
    let asked = questions(&house, &evenings);
    assert_eq!((asked.len(), questions(&house, &room).len()), (1, 0));
    assert!(asked[0].content.starts_with("**A question for everybody who feels like it**\n\n"), "{asked:?}");
    assert_eq!(asked[0].labels().last(), Some(&"Share here"));
    let threads = house.fake.look(|world| {
        world.threads(evenings.channel).into_iter().map(|(id, name)| (id, name.to_owned())).collect::<Vec<_>>()
    });
    assert_eq!(threads, [(asked[0].id, "Question of Monday 23 March".to_owned())]);
    house.advance(SignedDuration::from_hours(24)).await;
    assert_eq!(questions(&house, &evenings).len(), 2);
}

#[tokio::test]
async fn an_answer_in_private_goes_on_in_private_and_the_server_sees_nothing_of_it() {
    let house = DiscordHouse::shipped().await;
    let room = house.fake.guild(GUILD);
    let (ada, ben) = (admin(&house, &room), member(&house, &room));
    set_up(&house, &ada, "every day at 18:00").await;
    house.advance(SignedDuration::from_hours(10)).await;
    let before = house.fake.messages(room.channel).len();
    assert_eq!(questions(&house, &room)[0].labels()[0], "Answer in private");
    ben.tap("Answer in private");
    let note = house.notes(&ben, "go on in private").await;
    assert!(note.is_ephemeral() && note.channel == room.channel);
    // Somebody whom the bot does not know yet is asked first what it always asks first.
    house.sees(&ben, "18 or older?").await;
    let alone = house.fake.user(BEN);
    for label in ["Yes", "Yes, keep them"] {
        alone.tap(label);
        house.settle().await;
    }
    house.settle().await;
    ben.tap("Answer in private");
    house.settle().await;
    ben.tap("Share here");
    house.notes(&ben, "Everybody here can read that").await;
    assert_eq!(house.fake.messages(room.channel).len(), before);
    assert!(house.fake.notes(BEN).iter().all(Message::is_ephemeral));
    let private = house.said(&ben);
    assert!(private.len() >= 3, "{private:?}");
    // A chat that cannot be opened is told.
    house.fake.fail(Scope::Only(Route::OpenDm), Fault::Refusal { status: 400, code: 50_007 }, 1);
    ada.tap("Answer in private");
    assert!(house.notes(&ada, "cannot write to you").await.is_ephemeral());
    assert_eq!(house.fake.look(|world| world.failed_interactions().count()), 0);
}

#[tokio::test]
async fn the_dialog_of_a_theme_opens_in_the_chat_of_whoever_pressed() {
    let house = DiscordHouse::shipped().await;
    let room = house.fake.guild(GUILD);
    let ada = admin(&house, &room);
    set_up(&house, &ada, "every day at 18:00").await;
    // Only one theme is left, so that it is known what comes.
    for theme in house.settings.prompts.themes.iter().filter(|theme| theme.key != "feelings") {
        ada.tap_custom_id(last(&house, &room).id, &format!("g.themes.{}", theme.key));
        house.settle().await;
    }
    house.advance(SignedDuration::from_hours(10)).await;
    let ben = house.fake.user(BEN);
    ben.slash("start", &[]);
    house.sees(&ben, "18 or older?").await;
    for label in ["Yes", "Yes, keep them"] {
        ben.tap(label);
        house.settle().await;
    }
    ben.slash("stop", &[]);
    house.settle().await;
    let before = house.said(&ben).len();
    ben.may(GUILD, MEMBER);
    let custom_id = questions(&house, &room)[0].buttons().next().unwrap().custom_id.clone().unwrap();
    assert!(custom_id.starts_with("g.private.feelings-"), "{custom_id}");
    ben.inside(&room).tap("Answer in private");
    house.notes(&ben, "go on in private").await;
    let opened = house.fake.wait_for(
        |world| (world.said(ben.channel).len() > before).then(|| world.said(ben.channel).join("\n")),
        std::time::Duration::from_secs(20),
    );
    let opened = opened.await.unwrap();
    house.settle().await;
    assert!(opened.to_lowercase().contains("three minutes"), "{opened}");
}

#[tokio::test]
async fn a_suggestion_shows_literally_and_calls_nobody() {
    let house = DiscordHouse::shipped().await;
    let (room, mods) = (house.fake.guild(GUILD), house.fake.channel(GUILD, 9_002, "mods"));
    let (ada, ben) = (admin(&house, &room), member(&house, &room));
    let suggest = async |words: &str| {
        ben.slash("suggest", &[("question", words)]);
        house.settle().await;
    };
    suggest("What made you laugh?").await;
    assert_eq!(noted(&house, &ben, "not switched on"), 1);
    set_up(&house, &ada.inside(&mods), "every day at 18:00").await;
    pick(&house, &ada.inside(&mods), "Review suggestions here").await;
    for refused in ["@everyone look", "<@501> why?", "see https://x.example", "I want to end my life"] {
        suggest(refused).await;
    }
    assert_eq!(noted(&house, &ben, "up to 200 characters, and no names"), 3);
    assert_eq!(noted(&house, &ben, "sounds heavy"), 1, "only they read it");
    assert_eq!(house.fake.messages(room.channel).len(), 0, "nobody else does");
    let words = "# What **made** `you` ||laugh|| <#1> [here](x)?";
    suggest(words).await;
    assert_eq!(noted(&house, &ben, "Thank you. A moderator looks"), 1);
    let review = last(&house, &mods);
    assert!(text_of(&review.content).ends_with(words), "{}", review.content);
    // A member does not decide; a moderator does, and the words stay as literal.
    ben.inside(&mods).tap("Ask this");
    house.settle().await;
    assert_eq!(noted(&house, &ben, "Only people who may change"), 1);
    assert!(last(&house, &mods).labels().contains(&"Ask this"));
    ada.inside(&mods).tap("Ask this");
    house.settle().await;
    let judged = last(&house, &mods);
    assert!(judged.content.starts_with("**Goes into the pool**") && text_of(&judged.content).ends_with(words));
    assert!(judged.labels().is_empty() && judged.id == review.id);
}
