//! Buddies for a week over the wire of both platforms: how a name is shown there, once both have agreed, and that nothing
//! breaks a rule of the platform on the way.

use jiff::SignedDuration;

use crate::discord_space::{ADA, BEN, GUILD, admin, last, member, pick, set_up};
use crate::fake_telegram::people::{Group, Person};
use crate::support::discord::DiscordHouse;
use crate::support::telegram::TelegramHouse;
use crate::telegram_space_supporters::join;

const LINE: &str = "I like long walks and bad films.";
const FOUND: &str = "Would you like to write to each other";

const ADMIN: i64 = 501;
const ONE: i64 = 602;
const OTHER: i64 = 603;
const GROUP: i64 = -77;
const ROOM: i64 = -88;

/// A Telegram group in which two look for a buddy, and these.
async fn two_on_telegram() -> (TelegramHouse, Group, [Person; 2]) {
    let house = TelegramHouse::shipped().await;
    let ada = house.fake.user(ADMIN);
    let group = house.fake.group(GROUP, "Friends");
    group.add_bot(&ada);
    group.lets(&ada, true);
    house.sees(GROUP, "/setup").await;
    let inside = ada.inside(&group);
    inside.say("/setup@mendwell_test_bot");
    house.sees(GROUP, "How I am set up here").await;
    inside.tap("Ask here");
    house.settle().await;
    let room = house.fake.group(ROOM, "Moderators");
    room.add_bot(&ada);
    room.lets(&ada, true);
    house.sees(ROOM, "/setup").await;
    join(&house, &ada, &group, &room).await;
    inside.tap("Buddies for a week: switch on");
    house.sees(GROUP, "Who would like to can have a buddy").await;
    let people = [house.fake.user(ONE), house.fake.user(OTHER)];
    for person in &people {
        for words in ["/start", "yes", "yes", "/stop"] {
            person.say(words);
            house.settle().await;
        }
        let query = person.inside(&group).tap("Look for a buddy");
        let url = house.fake.wait_for(
            |world| world.callback_answers().iter().find(|answer| answer.query == query).map(|a| a.url.clone()),
            std::time::Duration::from_secs(20),
        );
        let url = url.await.unwrap().expect("a link");
        let word = url.strip_prefix("https://t.me/mendwell_test_bot?start=").unwrap().to_owned();
        assert!(word.len() <= 64, "what Telegram takes: {word}");
        for words in [&format!("/start {word}"), "yes", LINE, "yes"] {
            person.say(words);
            house.settle().await;
        }
    }
    (house, group, people)
}

#[tokio::test]
async fn on_telegram_each_gets_a_link_to_the_other_once_both_have_agreed() {
    let (house, _, people) = two_on_telegram().await;
    house.fire().await;
    let ids = [ONE, OTHER];
    let leads = |chat: i64| {
        house.fake.look(|world| {
            let messages = world.messages(chat).filter(|message| message.from.is_none());
            let entities = messages.flat_map(|message| message.entities.iter());
            entities.filter_map(|entity| entity.detail.clone()).collect::<Vec<_>>()
        })
    };
    for (person, id) in people.iter().zip(ids) {
        house.sees(id, FOUND).await;
        assert!(leads(id).is_empty());
        person.tap("Yes");
        house.settle().await;
    }
    house.fire().await;
    house.settle().await;
    assert_eq!(leads(ONE), [format!("tg://user?id={OTHER}")]);
    assert_eq!(leads(OTHER), [format!("tg://user?id={ONE}")]);
    assert!(leads(GROUP).is_empty());
    people[0].tap("End it");
    house.settle().await;
    house.pass(SignedDuration::from_hours(1));
    house.fire().await;
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn whoever_goes_from_a_telegram_group_is_off_its_list_and_out_of_a_pair_at_once() {
    let (house, group, people) = two_on_telegram().await;
    house.fire().await;
    for id in [ONE, OTHER] {
        house.sees(id, FOUND).await;
    }
    // Somebody who stands nowhere goes, and both are asked as before.
    house.fake.user(700).leaves(&group, false);
    house.settle().await;
    people[0].tap("Yes");
    people[1].tap("Yes");
    house.settle().await;
    house.fire().await;
    house.settle().await;
    for person in &people {
        person.say("/stop");
        house.settle().await;
    }
    people[0].leaves(&group, false);
    house.settle().await;
    house.fire().await;
    house.sees(ONE, "You are not in that group any more").await;
    let ended = house.sees(OTHER, "Your time with your buddy is over").await.text;
    assert!(!ended.contains("group any more"), "the other hears that it ends, and not why: {ended}");
    let count = house.said(ONE).len();
    people[0].leaves(&group, false);
    house.settle().await;
    house.fire().await;
    assert_eq!(house.said(ONE).len(), count, "once");
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn where_telegram_tells_only_admins_who_goes_the_bot_hears_it_as_one() {
    for is_admin in [false, true] {
        let (house, group, people) = two_on_telegram().await;
        if is_admin {
            group.lets_bot();
        }
        let public = house.said(GROUP).len();
        people[0].leaves(&group, true);
        house.settle().await;
        house.fire().await;
        house.settle().await;
        let hears = house.said(ONE).iter().any(|text| text.contains("You are not in that group any more"));
        assert_eq!(hears, is_admin, "{:?}", house.said(ONE));
        assert_eq!(house.said(GROUP).len(), public, "and nobody reads it in the group");
    }
}

#[tokio::test]
async fn on_discord_each_sees_the_name_of_the_other_once_both_have_agreed() {
    let house = DiscordHouse::shipped().await;
    let room = house.fake.guild(GUILD);
    let (ada, ben) = (admin(&house, &room), member(&house, &room));
    set_up(&house, &ada, "").await;
    for label in ["Ask here", "Review suggestions here", "Buddies for a week: switch on"] {
        pick(&house, &ada, label).await;
    }
    let asked = last(&house, &room);
    assert!(asked.content.contains("Who would like to") && asked.labels() == ["Look for a buddy"], "{asked:?}");
    let alone = [(house.fake.user(ADA), &ada), (house.fake.user(BEN), &ben)];
    for (person, there) in &alone {
        for (words, seen) in
            [("/start", "18 or older"), ("yes", "keep your"), ("yes", "How is today"), ("/stop", "we stop")]
        {
            person.say(words);
            house.sees(person, seen).await;
        }
        there.tap("Look for a buddy");
        house.sees(there, "Is that all right for you?").await;
        for (words, seen) in [("yes", "One or two sentences"), (LINE, LINE), ("yes", "You are on the list")] {
            person.say(words);
            house.sees(person, seen).await;
        }
    }
    house.settle().await;
    house.advance(SignedDuration::from_mins(1)).await;
    let names = |id: u64| {
        let said = house.said(&house.fake.user(id));
        [ADA, BEN].into_iter().filter(|of| said.iter().any(|text| text.contains(&of.to_string()))).collect::<Vec<_>>()
    };
    for (person, _) in &alone {
        house.sees(person, FOUND).await;
        assert!(names(person.id).is_empty());
        person.tap("Yes");
        house.sees(person, "If the other says yes as well").await;
    }
    house.settle().await;
    house.advance(SignedDuration::from_mins(1)).await;
    for (id, other) in [(ADA, BEN), (BEN, ADA)] {
        assert_eq!(names(id), [other]);
        let said = house.said(&house.fake.user(id));
        assert!(said.iter().any(|text| text.contains(&format!("buddy: <@{other}>"))), "{said:?}");
    }
    assert!(!house.fake.messages(room.channel).iter().any(|message| message.content.contains("<@")));
    assert_eq!(house.fake.breaches(), []);
}
