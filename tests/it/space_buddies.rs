//! Buddies for a week, from the button in a group to the end: who learns what, and that nobody learns a name before both
//! have agreed.

use jiff::SignedDuration;
use mendwell::domain::event::{Address, Body, Event, Platform, Source};
use mendwell::domain::message::{Mention, Piece};
use mendwell::domain::space::{Actor, SpaceAsk, SpaceEvent};
use mendwell::domain::text::UserText;
use mendwell::service::Answer;
use mendwell::service::ports::Item;

use crate::space::{GROUP, asks, event, house, last, press, setup};
use crate::support::House;

pub(crate) const ADA: &str = "70010001";
pub(crate) const BOB: &str = "70010002";
pub(crate) const CLEO: &str = "70010003";
/// What each of them says of themselves.
const LINE: &str = "I like long walks and bad films.";

/// A space with a place for moderators, `-200`, where buddies are switched on.
pub(crate) async fn with_buddies() -> House {
    let house = house().await;
    setup(&house, "every day at 18:00").await;
    press(&house, "-200", "Review suggestions here").await;
    let said = press(&house, "-100", "Buddies for a week: switch on").await;
    assert!(said[0].contains("Members can look for a buddy") && said[1].contains("Who would like to"), "{said:?}");
    house
}

/// A member presses something in a space.
pub(crate) async fn presses(house: &House, group: &str, account: &str, token: &str) -> Answer {
    let asked = SpaceEvent {
        actor: Some(Actor { account: account.to_owned(), is_admin: false, roles: Vec::new() }),
        ask: SpaceAsk::Press(token.to_owned()),
        message: None,
    };
    let address = Address { platform: Platform::Telegram, account: group.to_owned(), chat: "-100".to_owned() };
    let pressed = event(house, "-100", false, SpaceAsk::Help);
    let body = Body::Space(Box::new(asked));
    let answer = house.handle(Event { source: Source::Address(address), body, ..pressed }).await;
    house.settle().await;
    answer
}

/// Somebody who is on the list of the group, with a line.
pub(crate) async fn looks(house: &House, person: &str, line: &str) -> Vec<String> {
    let link = presses(house, GROUP, person, "g.buddy").await.leads.expect("a link");
    house.say(person, &format!("/start {link}")).await;
    if !house.person(person).await.1.profile.facts.contains_key("consent_buddies") {
        house.say(person, "yes").await;
    }
    house.say(person, line).await;
    let said = house.tap(person, "Yes, put me on it").await;
    house.fire().await;
    said
}

#[tokio::test]
async fn a_group_that_is_not_known_stays_unknown_when_somebody_goes_from_it() {
    let house = house().await;
    let before = house.store().person_id_next();
    asks(&house, "-100", false, SpaceAsk::Departed(ADA.to_owned())).await;
    let found = house.store().persons_by_account(&[(Platform::Telegram, GROUP.to_owned())]).await.unwrap();
    assert_eq!(found, [None]);
    assert_eq!(house.store().person_id_next().0, before.0 + 1, "nobody was begun and given up again");
}

#[tokio::test]
async fn a_group_that_gives_way_to_another_ends_its_list_and_who_is_on_it_hears_so() {
    let house = with_buddies().await;
    house.greet(ADA).await;
    looks(&house, ADA, LINE).await;
    let address = Address { platform: Platform::Telegram, account: "g-1001".to_owned(), chat: "-1001".to_owned() };
    let words = UserText::new("every day at 20:00");
    let set_up = event(&house, "-1001", true, SpaceAsk::Setup(words));
    house.handle(Event { source: Source::Address(address), ..set_up }).await;
    house.settle().await;
    house.messenger.said(ADA);
    asks(&house, "-100", false, SpaceAsk::Moved("g-1001".to_owned())).await;
    house.fire().await;
    let said = house.messenger.said(ADA).join("\n");
    assert!(said.contains("Your group has no buddies any more"), "{said}");
}

/// Two who have said hello, and look for a buddy.
async fn two(house: &House) {
    for person in [ADA, BOB] {
        house.greet(person).await;
        let said = looks(house, person, LINE).await;
        assert!(said.len() == 2 && said[1].contains("You are on the list"), "{said:?}");
    }
}

async fn paired(house: &House) {
    two(house).await;
    for person in [ADA, BOB] {
        house.tap(person, "Yes").await;
    }
    house.fire().await;
}

/// What somebody is told, now that what is due has come.
async fn hears(house: &House, person: &str) -> String {
    house.fire().await;
    house.messenger.said(person).join("\n")
}

/// The accounts that were shown to somebody.
pub(crate) fn shown(house: &House, person: &str) -> Vec<u64> {
    let of = |item: &Item| match item {
        Item::Show { view, .. } | Item::InSpace { view, .. } => view.body.0.clone(),
        Item::Freeze { .. } | Item::Remove { .. } | Item::File { .. } => Vec::new(),
    };
    let attempts = house.messenger.attempts(person);
    let pieces = attempts.iter().flat_map(|attempt| of(&attempt.item));
    let mentions = pieces.filter_map(|piece| match piece {
        Piece::Mention(Mention { account, .. }) => Some(account),
        Piece::Author(_) | Piece::Person(_) => None,
    });
    mentions.collect()
}

#[tokio::test]
async fn two_find_each_other_write_for_a_week_and_another_one_and_end() {
    let house = with_buddies().await;
    two(&house).await;
    for person in [ADA, BOB] {
        let said = hears(&house, person).await;
        assert!(said.contains("Somebody else in your group looks for a buddy too") && said.contains(LINE), "{said}");
    }
    let said = house.tap(ADA, "Yes").await.join("\n");
    assert!(said.contains("If the other says yes as well"), "{said}");
    assert_eq!((shown(&house, ADA), shown(&house, BOB)), (vec![], vec![]));
    house.tap(BOB, "Yes").await;
    house.fire().await;
    assert_eq!((shown(&house, ADA), shown(&house, BOB)), (vec![70_010_002], vec![70_010_001]));
    assert!(hears(&house, ADA).await.contains("You have both said yes"));
    house.tap(ADA, "Leave it as it is").await;
    house.tap(BOB, "Leave it as it is").await;
    house.advance(SignedDuration::from_hours(96)).await;
    assert!(hears(&house, ADA).await.contains("Half of your week"));
    house.tap(ADA, "Leave it as it is").await;
    house.advance(SignedDuration::from_hours(80)).await;
    for person in [ADA, BOB] {
        assert!(hears(&house, person).await.contains("Your week with your buddy is over"));
        house.tap(person, "Another week with them").await;
    }
    assert!(hears(&house, BOB).await.contains("both said yes to another week"));
    let said = house.tap(BOB, "End it").await.join("\n");
    assert!(said.contains("The other hears only that, and not why"), "{said}");
    // Somebody who is told while a question is open is told after it.
    house.tap(ADA, "Leave it as it is").await;
    let said = hears(&house, ADA).await;
    assert!(said.contains("Your time with your buddy is over") && !said.contains(BOB), "{said}");
    for person in [ADA, BOB] {
        let profile = house.person(person).await.1.profile;
        assert_eq!(profile.buddying.unwrap().standings, [], "nothing of it is kept");
    }
}

#[tokio::test]
async fn one_member_alone_waits_and_is_told_after_two_weeks_that_it_is_over() {
    let house = with_buddies().await;
    house.greet(ADA).await;
    looks(&house, ADA, LINE).await;
    house.messenger.said(ADA);
    house.advance(SignedDuration::from_hours(24 * 13)).await;
    assert_eq!(house.messenger.said(ADA), Vec::<String>::new());
    assert!(house.say(ADA, "/buddy").await.join("\n").contains("You are on the list for a buddy"));
    house.tap(ADA, "I stay on the list").await;
    house.advance(SignedDuration::from_hours(36)).await;
    assert!(house.messenger.said(ADA).join("\n").contains("not on the list for a buddy any more"));
}

#[tokio::test]
async fn silence_and_a_no_end_it_alike_and_nobody_hears_who_it_was() {
    let house = with_buddies().await;
    two(&house).await;
    house.tap(ADA, "Yes").await;
    house.messenger.said(ADA);
    house.tap(BOB, "Not this time").await;
    let after_no = hears(&house, ADA).await;
    assert!(after_no.contains("It did not come together this time"), "{after_no}");
    house.tap(ADA, "I stay on the list").await;
    // They are not asked about each other again; somebody else is.
    house.greet(CLEO).await;
    looks(&house, CLEO, LINE).await;
    let asked = hears(&house, ADA).await;
    assert!(asked.contains("looks for a buddy too"), "{asked}");
    house.tap(ADA, "Yes").await;
    house.messenger.said(ADA);
    house.advance(SignedDuration::from_hours(49)).await;
    let after_silence = house.messenger.said(ADA).join("\n");
    assert!(after_silence.starts_with(after_no.split_once('\n').unwrap().0), "{after_silence}");
    assert!(shown(&house, ADA).is_empty());
}

#[tokio::test]
async fn a_link_works_only_for_the_account_that_pressed_the_button() {
    let house = with_buddies().await;
    house.greet(ADA).await;
    house.greet(BOB).await;
    let link = presses(&house, GROUP, ADA, "g.buddy").await.leads.unwrap();
    let (space, _) = link.rsplit_once('-').unwrap();
    for word in [link.clone(), format!("{space}-0"), "b-1-1".to_owned(), "b-0-0".to_owned()] {
        house.say(BOB, &format!("/start {word}")).await;
        house.say(BOB, "yes").await;
        house.say(BOB, LINE).await;
        let said = house.say(BOB, "yes").await.join("\n");
        assert!(!said.contains("You are on the list"), "{word}: {said}");
        house.say(BOB, "/stop").await;
    }
    house.say(ADA, &format!("/start {link}")).await;
    house.say(ADA, "yes").await;
    house.say(ADA, LINE).await;
    assert!(house.say(ADA, "yes").await.join("\n").contains("You are on the list"));
}

#[tokio::test]
async fn whoever_is_shut_out_for_good_stays_so_also_after_a_forget() {
    let house = with_buddies().await;
    paired(&house).await;
    house.say(ADA, "/buddy").await;
    house.tap(ADA, "Never again").await;
    house.say(BOB, "/forget").await;
    house.tap(BOB, "Delete everything").await;
    house.greet(BOB).await;
    house.messenger.said(ADA);
    house.messenger.said(BOB);
    for person in [BOB, ADA] {
        assert!(looks(&house, person, LINE).await.join("\n").contains("You are on the list"));
    }
    house.advance(SignedDuration::from_hours(24)).await;
    for person in [BOB, ADA] {
        let said = house.messenger.said(person).join("\n");
        assert!(!said.contains("looks for a buddy too"), "{said}");
    }
    house.greet(CLEO).await;
    looks(&house, CLEO, LINE).await;
    let asked: Vec<String> = vec![hears(&house, ADA).await, hears(&house, BOB).await];
    assert!(asked.iter().any(|said| said.contains("looks for a buddy too")), "the control: others are asked about");
}

#[tokio::test]
async fn a_report_shows_an_account_only_where_the_reporter_wants_it_and_keeps_it_from_pairs() {
    let house = with_buddies().await;
    paired(&house).await;
    house.say(ADA, "/buddy").await;
    house.tap(ADA, "Tell the moderators").await;
    house.tap(ADA, "It frightens me").await;
    house.tap(ADA, "Only what it is about").await;
    let (chat, text, tokens) = last(&house);
    assert!(chat == "-200" && text.contains("it frightens them"), "{chat} {text}");
    assert!(shown(&house, GROUP).is_empty(), "no account");
    house.tap(BOB, "Leave it as it is").await;
    assert!(hears(&house, BOB).await.contains("Your time with your buddy is over"));
    house.say(BOB, "/stop").await;
    let answer = asks(&house, "-200", false, SpaceAsk::Press(tokens[0].clone())).await;
    assert!(answer.note.unwrap().plain().contains("Only people who may change"), "a member's press is none");
    asks(&house, "-200", true, SpaceAsk::Press(tokens[0].clone())).await;
    assert!(last(&house).1.contains("in no pair here any more"));
    assert!(asks(&house, "-200", true, SpaceAsk::Press(tokens[0].clone())).await.note.is_some(), "once");
    let said = looks(&house, BOB, LINE).await.join("\n");
    assert!(said.contains("have decided that you are in no pair there"), "{said}");
    // The whole of it, as another member wants it.
    house.greet(CLEO).await;
    for person in [ADA, CLEO] {
        looks(&house, person, LINE).await;
    }
    for person in [ADA, CLEO] {
        house.tap(person, "Yes").await;
    }
    house.fire().await;
    house.say(CLEO, "/buddy").await;
    house.tap(CLEO, "Tell the moderators").await;
    house.tap(CLEO, "I am pushed").await;
    house.tap(CLEO, "Yes, the account and a line").await;
    house.say(CLEO, "They want an answer every hour.").await;
    let (_, text, _) = last(&house);
    assert!(text.contains("they are pushed") && text.contains("an answer every hour"), "{text}");
    assert_eq!(shown(&house, GROUP), [70_010_001], "the account that it is about, and not whose report it is");
    asks(&house, "-100", false, SpaceAsk::Help).await;
    assert!(last(&house).1.contains("1 accounts kept from pairs"));
}

#[tokio::test]
async fn switched_off_or_put_out_everybody_is_told_once() {
    for is_put_out in [false, true] {
        let house = with_buddies().await;
        paired(&house).await;
        house.greet(CLEO).await;
        looks(&house, CLEO, LINE).await;
        for person in [ADA, BOB, CLEO] {
            house.say(person, "/stop").await;
        }
        if is_put_out {
            asks(&house, "-100", false, SpaceAsk::Removed).await;
        } else {
            setup(&house, "").await;
            press(&house, "-100", "Buddies for a week: switch off").await;
        }
        for person in [ADA, BOB, CLEO] {
            assert!(hears(&house, person).await.contains("Your group has no buddies any more"), "{person}");
        }
        house.advance(SignedDuration::from_hours(24 * 40)).await;
        for person in [ADA, BOB, CLEO] {
            assert_eq!(house.messenger.said(person), Vec::<String>::new());
        }
    }
}

#[tokio::test]
async fn who_forgets_or_takes_their_yes_back_is_gone_and_the_other_hears_only_that_it_is_over() {
    for is_forget in [true, false] {
        let house = with_buddies().await;
        paired(&house).await;
        house.say(ADA, "/stop").await;
        house.messenger.said(ADA);
        if is_forget {
            house.say(BOB, "/forget").await;
            house.tap(BOB, "Delete everything").await;
        } else {
            house.say(BOB, "/privacy").await;
            house.tap(BOB, "No more of that").await;
        }
        let said = hears(&house, ADA).await;
        assert!(said.contains("Your time with your buddy is over"), "{said}");
        let found = house.store().persons_by_account(&[(Platform::Telegram, GROUP.to_owned())]).await.unwrap();
        let state = house.store().persons_load(&[found[0].unwrap()]).await.unwrap().remove(0).unwrap();
        let buddies = state.profile.space.unwrap().buddies.unwrap();
        assert!(buddies.pairs.is_empty() && buddies.waiting.is_empty());
    }
}

#[tokio::test]
async fn at_most_three_groups_at_once_and_five_looks_a_day() {
    let house = with_buddies().await;
    house.greet(ADA).await;
    let groups: Vec<String> = (1..=10).map(|number| format!("g-9{number}")).collect();
    let link = async |group: &str| presses(&house, group, ADA, "g.buddy").await.leads.unwrap();
    let looks = async |group: &str| {
        house.say(ADA, &format!("/start {}", link(group).await)).await;
        house.say(ADA, LINE).await;
        house.say(ADA, "yes").await.join("\n")
    };
    for group in &groups {
        for (chat, token) in [("-100", "g.here"), ("-200", "g.review"), ("-100", "g.buddies")] {
            let mut set = event(&house, chat, true, SpaceAsk::Press(token.to_owned()));
            let address = Address { platform: Platform::Telegram, account: group.clone(), chat: chat.to_owned() };
            set.source = Source::Address(address);
            house.handle(set).await;
        }
    }
    // The consent, once.
    house.say(ADA, &format!("/start {}", link(&groups[0]).await)).await;
    house.say(ADA, "yes").await;
    house.say(ADA, "/stop").await;
    for (number, group) in groups.iter().enumerate() {
        let said = looks(group).await;
        assert_eq!(said.contains("You are on the list"), number < 3, "{number}: {said}");
        assert_eq!(said.contains("in 3 groups already"), number >= 3, "{number}: {said}");
    }
    // On and off a list: as often as goes in a day.
    for (round, group) in groups.iter().enumerate().take(6).skip(3) {
        house.say(ADA, "/buddy").await;
        house.tap(ADA, "Take me off it").await;
        let said = looks(group).await;
        assert_eq!(said.contains("You are on the list"), round < 5, "{round}: {said}");
        assert_eq!(said.contains("5 times within a day"), round == 5, "{round}: {said}");
    }
}
