//! A Discord server as a space, where it is not as it should be: rights that go, channels that go, many at once.

use jiff::SignedDuration;
use mendwell::service::ports::Clock;

use crate::discord_space::{ADMIN, BEN, GUILD, MEMBER, admin, last, member, pick, questions, set_up};
use crate::fake_discord::faults::{Fault, Scope};
use crate::fake_discord::guilds::{CREATE_PUBLIC_THREADS, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS, VIEW_CHANNEL};
use crate::fake_discord::ledger::Request;
use crate::fake_discord::people::Person;
use crate::fake_discord::route::Route;
use crate::support::discord::DiscordHouse;
use crate::support::patiently;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How many requests to a channel were refused.
fn refused(house: &DiscordHouse, channel: u64) -> usize {
    let requests = house.fake.requests();
    let is_said = |request: &&Request| request.route == Some(Route::CreateMessage);
    let of_channel = requests.iter().filter(is_said).filter(|request| request.channel == Some(channel));
    of_channel.filter(|request| request.status.is_some_and(|status| status >= 400)).count()
}

#[tokio::test]
async fn rights_that_are_taken_away_on_the_way_count_from_the_next_press() {
    let house = DiscordHouse::shipped().await;
    let room = house.fake.guild(GUILD);
    let (ada, ben) = (admin(&house, &room), member(&house, &room));
    set_up(&house, &ben, "every day at 18:00").await;
    house.notes(&ben, "Only people who may change this group").await;
    assert_eq!(house.fake.messages(room.channel).len(), 0, "nobody else reads that");
    set_up(&house, &ada, "").await;
    pick(&house, &ada, "How often").await;
    let page = last(&house, &room);
    pick(&house, &ben, "Each day").await;
    ada.may(GUILD, MEMBER);
    pick(&house, &ada, "Each day").await;
    house.notes(&ada, "Only people who may change this group").await;
    assert_eq!((last(&house, &room).content, last(&house, &room).edits), (page.content, page.edits));
    house.advance(DAY * 2).await;
    assert_eq!(questions(&house, &room).len(), 0);
    ada.may(GUILD, ADMIN);
    pick(&house, &ada, "Each day").await;
    assert!(last(&house, &room).content.contains("each day at 18:00"));
    house.advance(DAY).await;
    assert_eq!(questions(&house, &room).len(), 1);
}

#[tokio::test]
async fn where_the_bot_may_not_speak_setup_says_what_is_missing_and_changes_nothing() {
    let house = DiscordHouse::shipped().await;
    let room = house.fake.guild(GUILD);
    let ada = admin(&house, &room);
    for (may, said) in [
        (0, "I may not see this channel or write in it"),
        (VIEW_CHANNEL, "I may not write in it"),
        (SEND_MESSAGES | SEND_MESSAGES_IN_THREADS, "I may not see this channel"),
    ] {
        house.fake.let_bot(room.channel, may);
        set_up(&house, &ada, "every day at 18:00").await;
        house.notes(&ada, said).await;
    }
    house.advance(DAY * 2).await;
    assert_eq!(house.fake.requests().iter().filter(|request| request.channel == Some(room.channel)).count(), 0);
    // Without threads it works, and says so.
    house.fake.let_bot(room.channel, VIEW_CHANNEL | SEND_MESSAGES);
    set_up(&house, &ada, "every day at 18:00").await;
    assert!(house.notes(&ada, "may not open threads here").await.content.starts_with("All right."));
    house.advance(DAY).await;
    assert_eq!((questions(&house, &room).len(), house.fake.look(|world| world.threads(room.channel).len())), (1, 0));
    house.fake.let_bot(room.channel, VIEW_CHANNEL | SEND_MESSAGES | CREATE_PUBLIC_THREADS);
    house.advance(DAY).await;
    assert_eq!((questions(&house, &room).len(), house.fake.look(|world| world.threads(room.channel).len())), (2, 1));
}

#[tokio::test]
async fn a_channel_that_is_gone_rests_until_an_admin_comes() {
    let house = DiscordHouse::shipped().await;
    let (room, other) = (house.fake.guild(GUILD), house.fake.channel(GUILD, 9_002, "other"));
    let ada = admin(&house, &room);
    set_up(&house, &ada, "every day at 18:00").await;
    house.advance(DAY).await;
    assert_eq!(questions(&house, &room).len(), 1);
    house.fake.delete_channel(room.channel);
    house.advance(DAY * 5).await;
    assert_eq!(refused(&house, room.channel), 1, "it is tried once");
    let there = ada.inside(&other);
    set_up(&house, &there, "").await;
    house.notes(&ada, "could not be said where it was to come").await;
    pick(&house, &there, "Ask here").await;
    assert!(last(&house, &other).content.contains("It comes: here"));
    house.advance(DAY).await;
    assert_eq!((questions(&house, &other).len(), refused(&house, room.channel)), (1, 1));
}

#[tokio::test]
async fn a_room_of_moderators_that_is_gone_stops_suggestions_and_no_question() {
    let house = DiscordHouse::shipped().await;
    let (room, mods) = (house.fake.guild(GUILD), house.fake.channel(GUILD, 9_002, "mods"));
    let (ada, ben) = (admin(&house, &room), member(&house, &room));
    set_up(&house, &ada, "every day at 18:00").await;
    set_up(&house, &ada.inside(&mods), "").await;
    pick(&house, &ada.inside(&mods), "Review suggestions here").await;
    house.fake.delete_channel(mods.channel);
    for said in ["Thank you. A moderator", "not switched on here"] {
        ben.slash("suggest", &[("question", "What helps?")]);
        house.notes(&ben, said).await;
        house.settle().await;
    }
    assert_eq!(refused(&house, mods.channel), 1);
    house.advance(DAY).await;
    assert_eq!(questions(&house, &room).len(), 1);
}

#[tokio::test]
async fn everything_in_a_server_is_answered_in_time_also_when_its_turn_is_not_done() {
    let mut house = DiscordHouse::shipped().await;
    let room = house.fake.guild(GUILD);
    let (ada, ben) = (admin(&house, &room), member(&house, &room));
    set_up(&house, &ada, "every day at 18:00").await;
    house.advance(DAY).await;
    house.kill().await;
    house.open_without_writer().await;
    house.pass(SignedDuration::from_secs(6));
    let (share, private, setup) = (ben.tap("Share here"), ben.tap("Answer in private"), ada.slash("setup", &[]));
    house.in_time(|world| world.interactions().iter().all(|asked| !asked.answers.is_empty()).then_some(())).await;
    house.fake.look(|world| {
        let answers = |id| world.interactions().iter().find(|asked| asked.id == id).unwrap().answers.clone();
        assert_eq!((answers(share), answers(private), answers(setup)), (vec![6], vec![6], vec![5]));
        assert_eq!(world.failed_interactions().count(), 0);
    });
    house.start_writer();
    house.notes(&ben, "Everybody here can read that").await;
    house.notes(&ben, "go on in private").await;
    house.sees(&ben, "18 or older?").await;
    house.notes(&ada, "All right.").await;
    house.settle().await;
    assert!(
        house
            .fake
            .notes(501)
            .iter()
            .chain(&house.fake.notes(BEN))
            .all(|note| note.is_ephemeral() && !note.is_loading())
    );
}

#[tokio::test]
async fn a_question_stands_once_also_when_its_answer_is_lost_or_the_process_is_killed() {
    let mut house = DiscordHouse::shipped().await;
    let room = house.fake.guild(GUILD);
    let ada = admin(&house, &room);
    set_up(&house, &ada, "every day at 18:00").await;
    house.advance(SignedDuration::from_secs(10 * 60 * 60 - 1)).await;
    house.fake.fail(Scope::Only(Route::CreateMessage), Fault::CutAfter { bytes: 0 }, 1);
    house.pass(SignedDuration::from_secs(1));
    patiently(house.service().fire_due()).await.unwrap();
    house.in_time(|world| (world.threads(room.channel).len() == 1).then_some(())).await;
    assert_eq!(questions(&house, &room).len(), 1);

    let due = house.service().next_due().await.unwrap().unwrap();
    house.advance(due.duration_since(house.clock.now()) - SignedDuration::from_secs(1)).await;
    house.fake.fail(Scope::Only(Route::CreateMessage), Fault::HangApplied, 1);
    house.pass(SignedDuration::from_secs(1));
    patiently(house.service().fire_due()).await.unwrap();
    // It stands there, and the answer never comes.
    house.in_time(|world| (world.messages(GUILD + 1).count() == 3).then_some(())).await;
    house.kill().await;
    house.open().await;
    house.in_time(|world| (world.gateway().undelivered() == 0).then_some(())).await;
    house.advance(SignedDuration::from_mins(30)).await;
    assert_eq!(questions(&house, &room).len(), 2);
}

#[tokio::test]
async fn a_permission_that_is_taken_away_rests_the_question_and_setup_begins_it_again() {
    let house = DiscordHouse::shipped().await;
    let room = house.fake.guild(GUILD);
    let ada = admin(&house, &room);
    set_up(&house, &ada, "every day at 18:00").await;
    for (times, take) in [0, VIEW_CHANNEL].into_iter().enumerate() {
        house.fake.let_bot(room.channel, take);
        house.advance(DAY * 4).await;
        assert_eq!((questions(&house, &room).len(), refused(&house, room.channel)), (times, times + 1));
        house.fake.let_bot(room.channel, VIEW_CHANNEL | SEND_MESSAGES | CREATE_PUBLIC_THREADS);
        set_up(&house, &ada, "").await;
        house.advance(DAY).await;
        assert_eq!(questions(&house, &room).len(), times + 1);
    }
    // Put out of the server: it is tried once, and after a month nothing is known of it.
    house.fake.put_out(GUILD);
    house.advance(DAY * 40).await;
    assert_eq!(refused(&house, room.channel), 3);
    house.fake.let_bot(room.channel, VIEW_CHANNEL | SEND_MESSAGES | CREATE_PUBLIC_THREADS);
    set_up(&house, &ada, "").await;
    assert!(last(&house, &room).content.contains("Question: off"), "it begins anew");
}

#[tokio::test]
async fn somebody_in_ten_servers_meets_each_of_them_for_itself() {
    let house = DiscordHouse::shipped().await;
    let ben = house.fake.user(BEN);
    let rooms: Vec<_> = (0..10).map(|number| house.fake.guild(GUILD + 100 * number)).collect();
    for (number, room) in (0..).zip(&rooms) {
        ben.may(GUILD + 100 * number, ADMIN);
        set_up(&house, &ben.inside(room), if number == 3 { "off" } else { "every day at 18:00" }).await;
    }
    ben.may(GUILD + 100, MEMBER);
    set_up(&house, &ben.inside(&rooms[1]), "off").await;
    house.advance(DAY).await;
    let asked: Vec<usize> = rooms.iter().map(|room| questions(&house, room).len()).collect();
    assert_eq!(asked, [1, 1, 1, 0, 1, 1, 1, 1, 1, 1], "where they are no admin any more nothing is switched off");
    for room in rooms.iter().filter(|room| !questions(&house, room).is_empty()) {
        ben.inside(room).tap("Answer in private");
        house.settle().await;
    }
    house.sees(&ben, "18 or older?").await;
    for (number, room) in rooms.iter().enumerate() {
        let notes = house.fake.notes(BEN);
        let here = notes.iter().filter(|n| n.channel == room.channel && n.content.contains("go on in private"));
        assert_eq!(here.count(), usize::from(number != 3));
    }
}

#[tokio::test]
async fn two_hundred_presses_at_once_are_each_answered_in_time_and_only_to_whoever_pressed() {
    let house = DiscordHouse::shipped().await;
    let room = house.fake.guild(GUILD);
    let ada = admin(&house, &room);
    set_up(&house, &ada, "every day at 18:00").await;
    house.advance(DAY).await;
    let before = house.fake.messages(room.channel).len();
    let people: Vec<Person> = (0..10).map(|number| house.fake.user(700 + number).inside(&room)).collect();
    let mut presses = Vec::new();
    for person in &people {
        presses.extend(person.tap_many("Share here", 18));
        presses.extend(person.tap_many("Answer in private", 2));
    }
    assert_eq!(presses.len(), 200);
    house.settle().await;
    house.fake.look(|world| {
        let answered = world.interactions().iter().filter(|asked| presses.contains(&asked.id));
        assert!(answered.clone().all(|asked| asked.answers == [4]) && answered.count() == 200);
        assert_eq!(world.failed_interactions().count(), 0);
    });
    for person in &people {
        assert_eq!(house.fake.notes(person.id).len(), 20);
        house.sees(person, "18 or older?").await;
    }
    house.settle().await;
    assert_eq!(house.fake.messages(room.channel).len(), before);
    let created = house.fake.requests().iter().filter(|r| r.route == Some(Route::CreateMessage)).count();
    assert!(created < 80, "{created} messages");
    // It was answered: the question stays daily.
    house.advance(DAY).await;
    assert_eq!(questions(&house, &room).len(), 2);
}

#[tokio::test]
async fn somebody_who_has_the_bot_only_for_themselves_sets_nothing_up() {
    let house = DiscordHouse::shipped().await;
    let room = house.fake.guild_alone(GUILD);
    let ada = house.fake.user(501).inside(&room);
    ada.may(GUILD, ADMIN);
    set_up(&house, &ada, "every day at 18:00").await;
    house.notes(&ada, "go on in private").await;
    let press = ada.tap_custom_id(1, "g.rhythm.daily");
    house.notes(&ada, "works only in your own chat").await;
    house.settle().await;
    house.advance(DAY * 2).await;
    let asked = house.fake.look(|world| world.interactions().iter().find(|i| i.id == press).map(|i| i.answers.clone()));
    assert_eq!(asked, Some(vec![4]));
    assert_eq!(house.fake.requests().iter().filter(|request| request.channel == Some(room.channel)).count(), 0);
}
