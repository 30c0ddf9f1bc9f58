//! Asking moderators on a Discord server, from the button to the answer: everything over the platform's own wire.

use crate::discord_space::{ADMIN, BEN, GUILD, MEMBER, admin, last, member, pick, set_up};
use crate::fake_discord::people::{Person, Room};
use crate::support::discord::DiscordHouse;

const CLEO: u64 = 503;
const HELPERS: u64 = 8_800;

/// A server whose moderators look in a channel of their own and can be asked.
async fn house() -> (DiscordHouse, Room, Room, Person) {
    let house = DiscordHouse::shipped().await;
    let (room, mods) = (house.fake.guild(GUILD), house.fake.channel(GUILD, 9_002, "mods"));
    let ada = admin(&house, &room).inside(&mods);
    set_up(&house, &ada, "").await;
    pick(&house, &ada, "Ask a moderator: switch on").await;
    assert!(last(&house, &mods).content.contains("Please choose first where moderators look"));
    ada.tap("Back");
    house.settle().await;
    pick(&house, &ada, "Review suggestions here").await;
    pick(&house, &ada, "Ask a moderator: switch on").await;
    assert!(last(&house, &mods).content.contains("Members can ask a moderator now"));
    (house, room, mods, ada)
}

/// A member goes by the button to their own chat, agrees, and has these words passed on.
async fn asks(house: &DiscordHouse, room: &Room, member: &Person, words: &str) {
    member.inside(room).slash("moderator", &[]);
    house.settle().await;
    house.sees(member, "Is it all right for you").await;
    member.tap("Yes, that is all right");
    house.settle().await;
    house.sees(member, "What would you like the moderators to read?").await;
    member.say(words);
    house.sees(member, "Shall I pass it on?").await;
    member.tap("Yes, pass it on");
    house.settle().await;
}

/// Somebody whom the bot knows, who is in the server as well.
async fn known(house: &DiscordHouse, id: u64) -> Person {
    let person = house.fake.user(id);
    for words in ["/start", "yes", "yes", "/stop"] {
        person.say(words);
        house.settle().await;
    }
    person.may(GUILD, MEMBER);
    person
}

#[tokio::test]
async fn a_moderator_answers_in_a_field_of_their_own_and_a_role_may_too() {
    let (house, room, mods, ada) = house().await;
    let ben = known(&house, BEN).await;
    asks(&house, &room, &ben, "Could **somebody** say hello?").await;
    house.sees(&ben, "as request 1").await;
    let request = last(&house, &mods);
    assert!(request.content.starts_with("**Request 1: somebody asks for a moderator**"), "{request:?}");
    assert!(request.content.ends_with("Could \\*\\*somebody\\*\\* say hello?"), "{request:?}");
    assert!(!request.content.contains(&BEN.to_string()));
    ada.tap("I take it");
    house.settle().await;
    let taken = last(&house, &mods);
    assert!(taken.id == request.id && taken.content.starts_with("**Request 1 is taken care of**"), "{taken:?}");
    ada.tap("Answer");
    house.settle().await;
    ada.submit_modal("Hello, and _welcome_.");
    house.settle().await;
    house.notes(&ada, "It is on its way to them").await;
    house.sees(&ben, "Would you like to write back?").await;
    let answer = house.said(&ben).into_iter().rev().nth(1).unwrap();
    assert!(answer.starts_with("**A moderator of your group answers (request 1)**"), "{answer}");
    assert!(answer.ends_with("Hello, and \\_welcome\\_."), "{answer}");
    let seen = last(&house, &mods);
    assert!(seen.content.contains("**Request 1** was answered.") && seen.content.contains("Hello, and"), "{seen:?}");
    // Somebody with the role, who may not change the server.
    let cleo = house.fake.user(CLEO);
    cleo.may(GUILD, MEMBER);
    let there = cleo.inside(&mods);
    there.slash("queue", &[]);
    house.notes(&there, "Only moderators").await;
    set_up(&house, &ada, &format!("<@&{HELPERS}>")).await;
    cleo.has_role(GUILD, HELPERS);
    there.slash("queue", &[]);
    house.settle().await;
    assert!(last(&house, &mods).content.contains("Open: 1. On duty: 0."));
    there.slash("answer", &[("words", "Not mine."), ("number", "1")]);
    house.notes(&there, "Another moderator takes care").await;
    ada.slash("answer", &[("number", "1"), ("words", "One more thing.")]);
    house.notes(&ada, "It is on its way").await;
    house.settle().await;
    assert!(house.said(&ben).iter().any(|text| text.ends_with("One more thing.")));
    // Without the role again, and without the right: nothing goes.
    cleo.loses_roles(GUILD);
    ada.may(GUILD, MEMBER);
    for person in [&there, &ada] {
        person.slash("answer", &[("number", "1"), ("words", "Too late.")]);
        house.notes(person, "Only moderators").await;
    }
    ada.may(GUILD, ADMIN);
    assert!(!house.said(&ben).iter().any(|text| text.contains("Too late") || text.contains("Not mine")));
    let public = house.fake.messages(room.channel);
    assert!(!public.iter().any(|message| message.content.contains("hello")), "the others read nothing of it");
}

#[tokio::test]
async fn who_may_answer_is_chosen_from_the_roles_of_the_server() {
    let (house, room, mods, ada) = house().await;
    house.fake.role(GUILD, HELPERS, "Helpers");
    let cleo = house.fake.user(CLEO);
    cleo.may(GUILD, MEMBER);
    let there = cleo.inside(&mods);
    ada.tap("Back");
    house.settle().await;
    pick(&house, &ada, "Who may answer members").await;
    let page = last(&house, &mods);
    assert!(page.content.contains("So far it is none"), "{page:?}");
    let lists: Vec<_> = page.selects().map(|list| (list.is_of_roles, list.min_values, list.max_values)).collect();
    assert_eq!((lists, page.labels()), (vec![(true, 0, 1)], vec!["Back"]));
    assert_eq!(page.selects().next().unwrap().placeholder, "Choose a role, or none");
    cleo.has_role(GUILD, HELPERS);
    // Whoever may not change the server chooses nothing.
    there.pick_role(GUILD, Some(HELPERS));
    house.notes(&there, "Only people who may change this group").await;
    there.slash("queue", &[]);
    house.notes(&there, "Only moderators").await;
    ada.pick_role(GUILD, Some(GUILD));
    house.notes(&ada, "Everybody has that role").await;
    ada.pick_role(GUILD, Some(HELPERS));
    house.settle().await;
    assert!(last(&house, &mods).content.contains("How I am set up"), "back on the page: {:?}", last(&house, &mods));
    there.slash("queue", &[]);
    house.settle().await;
    assert!(last(&house, &mods).content.contains("Open: 0"));
    // With none chosen it is only those who may change the server.
    set_up(&house, &ada, "").await;
    pick(&house, &ada, "Who may answer members").await;
    assert!(last(&house, &mods).content.contains("so can the holders of the role that was chosen"));
    ada.pick_role(GUILD, None);
    house.settle().await;
    there.slash("answer", &[("number", "1"), ("words", "Hello.")]);
    house.settle().await;
    let refused = house.fake.notes(CLEO).iter().filter(|note| note.content.contains("Only moderators")).count();
    assert_eq!(refused, 2);
    // What no app would send changes nothing, and the mention in words works beside it.
    let newest = last(&house, &mods).id;
    for values in [&["x"][..], &["<@&1>"], &["g.asks"], &["99999999999999999999999"]] {
        ada.pick_values(newest, "g.role.list", values);
    }
    ada.tap_custom_id(newest, "g.role.list");
    ada.tap_custom_id(newest, "g.role.x");
    house.settle().await;
    set_up(&house, &ada, "").await;
    pick(&house, &ada, "Who may answer members").await;
    assert!(last(&house, &mods).content.contains("So far it is none"));
    set_up(&house, &ada, &format!("<@&{HELPERS}>")).await;
    there.slash("queue", &[]);
    house.settle().await;
    assert!(last(&house, &mods).content.contains("Open: 0"));
    set_up(&house, &ada.inside(&room), "").await;
    assert!(house.fake.breaches().is_empty(), "{:?}", house.fake.breaches());
}

#[tokio::test]
async fn whoever_is_blocked_is_told_in_their_own_chat_and_a_press_lifts_it() {
    let (house, room, mods, ada) = house().await;
    let ben = known(&house, BEN).await;
    asks(&house, &room, &ben, "Answer me, all of you.").await;
    house.sees(&ben, "as request 1").await;
    for label in ["Block", "Yes, block"] {
        ada.tap(label);
        house.settle().await;
    }
    assert!(last(&house, &mods).content.contains("asks here no more"), "{:?}", last(&house, &mods));
    house.sees(&ben, "Your request 1 is closed now").await;
    ben.inside(&room).slash("moderator", &[]);
    house.sees(&ben, "take no questions from you at the moment").await;
    ada.slash("queue", &[]);
    house.settle().await;
    for label in ["Blocks: 1", "Lift 1"] {
        ada.tap_where(|button| button.label == label);
        house.settle().await;
    }
    house.notes(&ada, "They can ask here again").await;
    ben.inside(&room).slash("moderator", &[]);
    house.sees(&ben, "What would you like the moderators to read?").await;
    let named = |message: &crate::fake_discord::message::Message| message.content.contains(&BEN.to_string());
    assert!(!house.fake.messages(mods.channel).iter().any(named), "nobody is named");
}

#[tokio::test]
async fn a_room_of_moderators_that_is_gone_takes_no_requests() {
    let (house, room, mods, ada) = house().await;
    let ben = known(&house, BEN).await;
    house.fake.delete_channel(mods.channel);
    asks(&house, &room, &ben, "Is somebody there?").await;
    house.settle().await;
    member(&house, &room).slash("moderator", &[]);
    house.notes(&ben, "is not switched on here").await;
    // Another room, and the request is there.
    let other = house.fake.channel(GUILD, 9_003, "mods again");
    set_up(&house, &ada.inside(&other), "").await;
    pick(&house, &ada.inside(&other), "Review suggestions here").await;
    ada.inside(&other).slash("queue", &[]);
    house.settle().await;
    assert!(last(&house, &other).content.contains("1: waits"), "{:?}", last(&house, &other));
    ada.inside(&other).tap_where(|button| button.label == "Show 1");
    house.settle().await;
    assert!(last(&house, &other).content.ends_with("Is somebody there?"));
}
