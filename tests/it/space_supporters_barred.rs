//! Whom moderators take no questions from: nobody learns who it is, they are told kindly, help lines stay open, and it can
//! be lifted.

use jiff::SignedDuration;
use mendwell::domain::space::SpaceAsk;

use crate::link::link as join;
use crate::space::{GROUP, asks, last, press, setup};
use crate::space_buddies::presses as member_presses;
use crate::space_supporters::{
    ROOM, answers, ask_again, ask_first, does, link, note, open_requests, open_to_asks, presses, said_there, space,
    with_rights,
};
use crate::support::House;

/// An account that nothing else holds.
const ADA: &str = "70010001";

/// A space, and somebody who asked in it and was blocked for that.
async fn barred(house: &House) -> String {
    let link = link(house).await;
    ask_first(house, ADA, &link, "Answer me, all of you.").await;
    presses(house, "m1", "g.q.bar.1").await;
    presses(house, "m1", "g.q.barred.1").await;
    house.messenger.said(ADA);
    link
}

/// What they hear when they press the button in the group.
async fn at_the_button(house: &House) -> Vec<String> {
    let link = member_presses(house, GROUP, ADA, "g.ask").await.leads.expect("a link");
    house.say(ADA, &format!("/start {link}")).await
}

#[tokio::test]
async fn a_block_is_asked_about_once_and_ends_the_request_without_saying_who_it_is() {
    let house = open_to_asks().await;
    let link = link(&house).await;
    ask_first(&house, ADA, &link, "Answer me, all of you.").await;
    house.messenger.said(ADA);
    presses(&house, "m1", "g.q.bar.1").await;
    let (chat, text, tokens) = last(&house);
    assert!(chat == ROOM && text.starts_with("**Block whoever sent request 1?**"), "{text}");
    assert_eq!(tokens, ["g.q.barred.1", "g.q.see.1"]);
    assert!(open_requests(&house).await == 1 && house.messenger.said(ADA).is_empty(), "nothing before the yes");
    presses(&house, "m1", "g.q.see.1").await;
    assert!(last(&house).1.starts_with("**Request 1: somebody asks"), "and a way back");

    presses(&house, "m1", "g.q.bar.1").await;
    presses(&house, "m1", "g.q.barred.1").await;
    let (_, text, tokens) = last(&house);
    assert!(text.contains("asks here no more") && tokens.is_empty(), "{text}");
    assert_eq!(open_requests(&house).await, 0);
    let said = house.messenger.said(ADA);
    assert!(said[0].starts_with("Your request 1 is closed now. I am still here"), "{said:?}");
    assert!(!said.iter().any(|text| text.contains("in your group")), "nothing invites them to ask again: {said:?}");
    assert!(note(&presses(&house, "m1", "g.q.barred.1").await).contains("over"), "once");

    // Everybody reads that it was done, and nobody whom it was about.
    asks(&house, "-100", false, SpaceAsk::Help).await;
    assert!(said_there(&house).contains("1 closed, 1 people blocked") || last(&house).1.contains("1 people blocked"));
    does(&house, "m1", SpaceAsk::Queue).await;
    presses(&house, "m1", "g.q.bars.0").await;
    let (_, text, tokens) = last(&house);
    assert!(text.contains("**Blocks: 1**") && text.contains("Block 1, since 23 March 2026"), "{text}");
    assert_eq!(tokens, ["g.q.lift.1", "g.q.open.0"]);
    let everything = format!("{:?}", house.messenger.attempts(GROUP));
    assert!(!everything.contains(ADA) && !everything.contains("70010001"));
    let kept = serde_json::to_string(&space(&house).await).unwrap();
    assert!(!kept.contains(ADA) && !kept.contains("Answer me"), "{kept}");
}

#[tokio::test]
async fn whoever_is_blocked_hears_it_when_they_ask_next_and_moderators_hear_nothing() {
    let house = open_to_asks().await;
    let old = barred(&house).await;
    said_there(&house);
    // By the button in the group, before they write a word.
    let said = at_the_button(&house).await;
    assert!(said.len() == 1 && said[0].contains("take no questions from you at the moment"), "{said:?}");
    assert!(said[0].contains("/crisis") && said[0].contains("/menu"), "{said:?}");
    // By a link of before, after they have written.
    house.advance(SignedDuration::from_mins(20)).await;
    let said = ask_again(&house, ADA, &old, "Let me in.").await;
    let told = said.last().unwrap();
    assert!(told.contains("take no questions from you") && told.contains("/crisis"), "{said:?}");
    // With everything of theirs deleted, it is the same account all the same.
    house.say(ADA, "/forget").await;
    house.tap(ADA, "Delete everything").await;
    let said = ask_first(&house, ADA, &old, "Me again.").await;
    assert!(said.last().unwrap().contains("take no questions from you"), "{said:?}");
    assert!(house.person(ADA).await.1.profile.asking.unwrap().open.is_empty());
    assert_eq!((said_there(&house), open_requests(&house).await), (String::new(), 0));
    // Another person asks as ever.
    let said = ask_first(&house, "70010002", &old, "Is somebody there?").await;
    assert!(said.last().unwrap().contains("as request 2"), "{said:?}");
}

#[tokio::test]
async fn whoever_is_blocked_still_gets_help_lines_and_every_private_tool() {
    let house = open_to_asks().await;
    let old = barred(&house).await;
    let grave = "I have just taken all my pills";
    let is_card = |said: &[String]| said.iter().any(|text| text.contains("emergency number now"));
    // Said where they are told of it.
    at_the_button(&house).await;
    let said = house.say(ADA, grave).await;
    assert!(is_card(&said), "{said:?}");
    house.say(ADA, "/stop").await;
    // Said for moderators, twice: whom to reach comes before anything about the block.
    house.advance(SignedDuration::from_mins(20)).await;
    house.say(ADA, &format!("/start {old}")).await;
    house.say(ADA, grave).await;
    house.say(ADA, "/stop").await;
    house.say(ADA, &format!("/start {old}")).await;
    house.say(ADA, grave).await;
    let said = house.tap(ADA, "Yes, pass it on").await;
    let card = said.iter().position(|text| text.contains("112")).unwrap_or_else(|| panic!("{said:?}"));
    let told = said.iter().position(|text| text.contains("take no questions from you")).unwrap();
    assert!(card < told, "{said:?}");
    for words in ["/crisis", "/tools", "/menu", "/breathe"] {
        let said = house.say(ADA, words).await;
        assert!(!said.is_empty() && !said[0].contains("no questions"), "{words}: {said:?}");
        house.say(ADA, "/stop").await;
    }
}

#[tokio::test]
async fn a_block_is_lifted_by_its_number_and_outlives_a_switch() {
    let house = open_to_asks().await;
    let old = barred(&house).await;
    setup(&house, "").await;
    press(&house, "-100", "Ask a moderator: switch off").await;
    press(&house, "-100", "Ask a moderator: switch on").await;
    let said = at_the_button(&house).await;
    assert!(said[0].contains("take no questions from you"), "{said:?}");
    assert!(note(&presses(&house, "m2", "g.q.lift.2").await).contains("over"));
    assert!(!space(&house).await.asks_barred.is_empty(), "another number lifts nothing");
    assert!(note(&presses(&house, "m2", "g.q.lift.1").await).contains("can ask here again"));
    assert!(last(&house).1.contains("**Blocks: 0**"));
    let fresh = link(&house).await;
    assert_ne!(fresh, old);
    let said = ask_again(&house, ADA, &fresh, "Thank you.").await;
    assert!(said.last().unwrap().contains("as request 1"), "{said:?}");
    asks(&house, "-100", false, SpaceAsk::Help).await;
    assert!(last(&house).1.contains("1 people blocked, 1 blocks lifted"), "{}", last(&house).1);
    does(&house, "m1", SpaceAsk::Queue).await;
    assert!(!last(&house).2.contains(&"g.q.bars.0".to_owned()), "with no block there is no page of blocks");
}

#[tokio::test]
async fn only_whoever_may_answer_a_request_may_block_its_author() {
    let house = open_to_asks().await;
    let link = link(&house).await;
    ask_first(&house, ADA, &link, "Is somebody there?").await;
    for token in ["g.q.bar.1", "g.q.barred.1", "g.q.bars.0", "g.q.lift.1", "g.q.see.1"] {
        let press = || SpaceAsk::Press(token.to_owned());
        let member = with_rights(&house, ROOM, "9", false, &[], press()).await;
        assert!(note(&member).contains("Only moderators"), "{token}");
        let elsewhere = with_rights(&house, "-100", "m1", true, &[], press()).await;
        assert!(note(&elsewhere).contains("in a place of their own"), "{token}");
    }
    presses(&house, "m1", "g.q.take.1").await;
    for token in ["g.q.bar.1", "g.q.barred.1"] {
        assert!(note(&presses(&house, "m2", token).await).contains("Another moderator takes care"), "{token}");
    }
    assert!(space(&house).await.asks_barred.is_empty());
    assert_eq!(open_requests(&house).await, 1);
    answers(&house, "m1", "1 Hello.").await;
    presses(&house, "m1", "g.q.barred.1").await;
    assert!(!space(&house).await.asks_barred.is_empty());
}

#[tokio::test]
async fn another_account_of_the_same_person_is_blocked_with_the_first() {
    let house = open_to_asks().await;
    for person in [ADA, "ada@dc"] {
        house.greet(person).await;
    }
    join(&house, ADA, "ada@dc").await;
    house.say(ADA, "/stop").await;
    let old = barred(&house).await;
    house.say(ADA, "/forget").await;
    house.tap(ADA, "Delete everything").await;
    let said = ask_first(&house, "ada@dc", &old, "From elsewhere.").await;
    assert!(said.last().unwrap().contains("take no questions from you"), "{said:?}");
}

#[tokio::test]
async fn of_many_blocks_each_can_be_reached() {
    let house = open_to_asks().await;
    let link = link(&house).await;
    for number in 1..=23 {
        ask_first(&house, &format!("member{number}"), &link, "Me.").await;
        presses(&house, "m1", &format!("g.q.barred.{number}")).await;
    }
    presses(&house, "m1", "g.q.bars.0").await;
    let mut seen = Vec::new();
    loop {
        let tokens = last(&house).2;
        seen.extend(tokens.iter().filter(|token| token.starts_with("g.q.lift")).cloned());
        assert!(tokens.len() <= 13);
        let Some(older) = last(&house).2.into_iter().rfind(|token| token.starts_with("g.q.bars.")) else {
            break;
        };
        presses(&house, "m1", &older).await;
        if seen.len() >= 23 {
            break;
        }
    }
    assert_eq!((seen.len(), seen[0].as_str(), seen[22].as_str()), (23, "g.q.lift.23", "g.q.lift.1"));
    for odd in ["g.q.bars.99", "g.q.bars.x", "g.q.bars.18446744073709551615", "g.q.lift.x", "g.q.bars."] {
        presses(&house, "m1", odd).await;
    }
}
