//! What the settings of a space name and is gone on its platform: `/setup` says so, and what to do.

use jiff::SignedDuration;

use crate::discord_space::{GUILD, admin, last as last_on_discord, pick, questions, set_up};
use crate::space::{GROUP, press, setup};
use crate::support::discord::DiscordHouse;
use crate::support::telegram::TelegramHouse;
use crate::support::{House, Script};
use crate::telegram_space_supporters::join;
use mendwell::domain::space::{Named, SpaceAsk};
use mendwell::service::ports::{NotSent, Outcome};

const HELPERS: u64 = 8_800;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A space with a question each day in one place and moderators in another.
async fn house() -> House {
    let house = crate::space::house().await;
    setup(&house, "every day at 18:00").await;
    press(&house, "-200", "Review suggestions here").await;
    house
}

#[tokio::test]
async fn what_could_not_be_said_is_named_until_there_is_another_place() {
    let house = house().await;
    house.messenger.script(GROUP, [Script::End(Outcome::NotSent(NotSent::Gone))]);
    house.advance(DAY).await;
    house.messenger.said(GROUP);
    for _ in 0..2 {
        let said = setup(&house, "").await.join("\n");
        assert!(
            said.contains("It comes: gone, or closed to me") && said.contains("Where questions come is gone"),
            "{said}"
        );
        assert!(said.contains("wait: in another channel") && !said.contains("Where moderators look is gone"), "{said}");
    }
    let said = press(&house, "-300", "Ask here").await.join("\n");
    assert!(said.contains("It comes: here") && !said.contains("gone"), "{said}");
    // The question arrives, and nothing is said to be gone.
    house.advance(DAY).await;
    assert!(!setup(&house, "").await.join("\n").contains("gone"));
}

#[tokio::test]
async fn a_place_that_opens_again_is_not_called_gone_any_longer() {
    let house = house().await;
    house.messenger.script(GROUP, [Script::End(Outcome::NotSent(NotSent::Gone))]);
    house.advance(DAY).await;
    assert!(setup(&house, "").await.join("\n").contains("Where questions come is gone"));
    house.advance(DAY).await;
    assert!(house.messenger.said(GROUP)[0].contains("A question for everybody"));
    assert!(!setup(&house, "").await.join("\n").contains("gone"));
}

#[tokio::test]
async fn what_was_named_anew_meanwhile_is_another_one() {
    let house = house().await;
    for old in ["-100/9", "-200"] {
        let missing = [Named::Channel, Named::Role].map(|named| (named, old.to_owned())).to_vec();
        crate::space::asks(&house, "-100", true, SpaceAsk::Missing(missing)).await;
    }
    assert!(!setup(&house, "").await.join("\n").contains("gone"));
    let missing = vec![(Named::Review, "-200".to_owned())];
    crate::space::asks(&house, "-100", true, SpaceAsk::Missing(missing)).await;
    let said = setup(&house, "").await.join("\n");
    assert!(said.contains("wait: gone, or closed") && said.contains("Where moderators look is gone"), "{said}");
    let said = press(&house, "-300", "Review suggestions here").await.join("\n");
    assert!(said.contains("wait: here") && !said.contains("gone"), "{said}");
}

#[tokio::test]
async fn a_deleted_role_and_deleted_channels_are_named_on_a_server() {
    let house = DiscordHouse::shipped().await;
    let (room, mods) = (house.fake.guild(GUILD), house.fake.channel(GUILD, 9_002, "mods"));
    let other = house.fake.channel(GUILD, 9_003, "other");
    house.fake.role(GUILD, HELPERS, "Helpers");
    let ada = admin(&house, &room);
    set_up(&house, &ada, "every day at 18:00").await;
    let there = ada.inside(&mods);
    set_up(&house, &there, "").await;
    pick(&house, &there, "Review suggestions here").await;
    pick(&house, &there, "Ask a moderator: switch on").await;
    set_up(&house, &there, &format!("<@&{HELPERS}>")).await;
    set_up(&house, &there, "").await;
    assert!(!last_on_discord(&house, &mods).content.contains("gone"), "{:?}", last_on_discord(&house, &mods));

    house.fake.delete_role(GUILD, HELPERS);
    set_up(&house, &there, "").await;
    let page = last_on_discord(&house, &mods).content;
    assert!(page.contains("The role whose holders could answer members is not on this server any more"), "{page}");
    assert!(page.contains("wait: here") && page.contains("It comes: in another channel"), "{page}");
    // Nothing was sent to either meanwhile.
    house.fake.delete_channel(room.channel);
    house.fake.delete_channel(mods.channel);
    let elsewhere = ada.inside(&other);
    set_up(&house, &elsewhere, "").await;
    let page = last_on_discord(&house, &other).content;
    for words in ["It comes: gone", "wait: gone", "Where questions come is gone", "Where moderators look is gone"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    house.fake.role(GUILD, HELPERS + 1, "Others");
    set_up(&house, &elsewhere, &format!("<@&{}>", HELPERS + 1)).await;
    pick(&house, &elsewhere, "Ask here").await;
    pick(&house, &elsewhere, "Review suggestions here").await;
    let page = last_on_discord(&house, &other).content;
    assert!(!page.contains("gone") && !page.contains("not on this server"), "{page}");
    house.advance(DAY).await;
    assert_eq!(questions(&house, &other).len(), 1);
    assert_eq!(house.fake.breaches(), []);
}

#[tokio::test]
async fn a_hiccup_of_the_platform_loses_nothing() {
    use crate::fake_discord::faults::{Fault, Scope};
    use crate::fake_discord::route::Route;
    let house = DiscordHouse::shipped().await;
    let (room, mods) = (house.fake.guild(GUILD), house.fake.channel(GUILD, 9_002, "mods"));
    let ada = admin(&house, &room);
    set_up(&house, &ada, "every day at 18:00").await;
    let there = ada.inside(&mods);
    house.fake.fail(Scope::Only(Route::GetChannel), Fault::ServerError { status: 502 }, 1);
    set_up(&house, &there, "").await;
    assert!(!last_on_discord(&house, &mods).content.contains("gone"));
}

#[tokio::test]
async fn a_deleted_topic_and_a_deleted_group_of_moderators_are_named_on_telegram() {
    let house = TelegramHouse::shipped().await;
    let ada = house.fake.user(501);
    let (group, room) = (house.fake.group(-77, "Friends"), house.fake.group(-88, "Moderators"));
    for group in [&group, &room] {
        group.add_bot(&ada);
        group.lets(&ada, true);
        house.sees(group.id, "/setup").await;
    }
    group.topic(5, true);
    ada.inside_topic(&group, 5).say("/setup every day at 18:00");
    house.sees(-77, "each day at 18:00").await;
    join(&house, &ada, &group, &room).await;
    group.drop_topic(5);
    for _ in 0..30 {
        house.pass(SignedDuration::from_hours(1));
        house.fire().await;
    }
    house.settle().await;
    room.delete();
    ada.inside(&group).say("/setup");
    let page = house.sees(-77, "Where questions come is gone").await.text;
    for words in ["It comes: gone", "wait: gone", "Where moderators look is gone", "/setup moderators"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // Another group of moderators, and the questions here.
    let other = house.fake.group(-99, "Moderators again");
    other.add_bot(&ada);
    other.lets(&ada, true);
    house.sees(-99, "/setup").await;
    join(&house, &ada, &group, &other).await;
    ada.inside(&group).tap("Ask here");
    house.settle().await;
    let page = house.said(-77).pop().unwrap();
    assert!(
        page.contains("It comes: here") && page.contains("wait: in another channel") && !page.contains("gone"),
        "{page}"
    );
    assert_eq!(house.fake.breaches(), []);
}
