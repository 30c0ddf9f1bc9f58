//! What of buddies is shown where: nothing of it before both agree, behind neutral words and the PIN, in the language of
//! each, and in a file of one's own.

use jiff::SignedDuration;
use mendwell::domain::event::Body;
use mendwell::domain::space::SpaceAsk;
use mendwell::domain::text::UserText;

use crate::link::link;
use crate::space::{GROUP, asks};
use crate::space_buddies::{ADA, BOB, CLEO, looks, presses, shown, with_buddies};
use crate::support::House;

const LINE: &str = "I like long walks and bad films.";

/// What somebody does when they are asked about somebody.
const ANSWERS: [&str; 6] = ["yes", "no", "nobody", "silence", "forget", "privacy"];

async fn answers(house: &House, person: &str, answer: &str) {
    match answer {
        "yes" => drop(house.tap(person, "Yes").await),
        "no" => drop(house.tap(person, "Not this time").await),
        "nobody" => drop(house.tap(person, "Nobody any more").await),
        "forget" => {
            house.say(person, "/forget").await;
            house.tap(person, "Delete everything").await;
        }
        "privacy" => {
            house.say(person, "/privacy").await;
            house.tap(person, "No more of that").await;
        }
        _ => {}
    }
}

/// Whether anything that somebody was sent holds an account of another.
fn holds(house: &House, person: &str, of: &str) -> bool {
    let attempts = house.messenger.attempts(person);
    attempts.iter().any(|attempt| serde_json::to_string(&attempt.item).unwrap().contains(of))
}

/// Every two answers, in both orders: the account of one is said to the other after two yeses, and never else; to the group
/// never.
#[tokio::test]
async fn no_account_is_said_before_both_have_agreed_whatever_else_happens() {
    let house = with_buddies().await;
    let mut number = 80_000_000;
    for first in ANSWERS {
        for second in ANSWERS {
            number += 2;
            let [ada, bob] = [number.to_string(), (number + 1).to_string()];
            for person in [&ada, &bob] {
                house.greet(person).await;
                looks(&house, person, LINE).await;
            }
            assert!(house.messenger.said(&bob).join("\n").contains("looks for a buddy too"), "{first} {second}");
            answers(&house, &ada, first).await;
            house.fire().await;
            assert!(!holds(&house, &bob, &ada) && !holds(&house, &ada, &bob), "{first}");
            if first == "yes" || first == "silence" {
                answers(&house, &bob, second).await;
            }
            if second == "silence" || first == "silence" {
                house.advance(SignedDuration::from_hours(72)).await;
            }
            house.fire().await;
            let agreed = (first, second) == ("yes", "yes");
            assert_eq!((holds(&house, &bob, &ada), holds(&house, &ada, &bob)), (agreed, agreed), "{first} {second}");
            assert!(!holds(&house, GROUP, &ada) && !holds(&house, GROUP, &bob));
            // The next two meet nobody of these.
            for person in [&ada, &bob] {
                house.say(person, "/forget").await;
                if house.messenger.attempts(person).last().is_some() {
                    house.say(person, "delete everything").await;
                }
            }
        }
    }
}

#[tokio::test]
async fn behind_a_pin_and_neutral_words_nothing_of_it_comes_up() {
    let house = with_buddies().await;
    for person in [ADA, BOB] {
        house.greet(person).await;
    }
    house.say(ADA, "/pin").await;
    house.say(ADA, "4711").await;
    house.say(ADA, "4711").await;
    for person in [ADA, BOB] {
        looks(&house, person, LINE).await;
        house.say(person, "/stop").await;
    }
    let said = house.messenger.attempts(ADA);
    let told = |attempt: &crate::support::Attempt| {
        serde_json::to_string(&attempt.item).unwrap().contains("Somebody else in your group")
    };
    assert!(!said.iter().any(told), "it comes behind neutral words");
    house.advance(SignedDuration::from_mins(11)).await;
    let said = house.say(ADA, "/buddy").await.join("\n");
    assert!(said.contains("Your PIN first") && !said.contains("looks for a buddy"), "{said}");
    let said = house.say(ADA, "4711").await.join("\n");
    assert!(said.contains("looks for a buddy too"), "{said}");
    // The control: without a PIN it comes at once.
    assert!(house.messenger.attempts(BOB).iter().any(told));
}

#[tokio::test]
async fn somebody_who_wants_neutral_words_gets_them_first() {
    let house = with_buddies().await;
    for person in [ADA, BOB] {
        house.greet(person).await;
    }
    house.say(ADA, "/start checkin-screen").await;
    house.tap(ADA, "Only neutral words").await;
    looks(&house, ADA, LINE).await;
    house.messenger.said(ADA);
    looks(&house, BOB, LINE).await;
    let said = house.messenger.said(ADA).join("\n");
    assert!(!said.is_empty() && !said.contains("buddy") && !said.contains(LINE), "{said}");
    let said = house.tap(ADA, "Open").await.join("\n");
    assert!(said.contains("looks for a buddy too"), "{said}");
}

#[tokio::test]
async fn where_the_account_leads_nowhere_it_is_not_shown() {
    let house = with_buddies().await;
    for person in [ADA, "ada@dc", BOB] {
        house.greet(person).await;
    }
    link(&house, ADA, "ada@dc").await;
    house.say("ada@dc", "/stop").await;
    for person in [ADA, BOB] {
        looks(&house, person, LINE).await;
    }
    for person in [ADA, BOB] {
        answers(&house, person, "yes").await;
    }
    house.fire().await;
    house.say("ada@dc", "/stop").await;
    let said = house.say("ada@dc", "/buddy").await.join("\n");
    assert!(said.contains("write to each other on Telegram"), "{said}");
    assert!(shown(&house, "ada@dc").is_empty());
    house.say(ADA, "/stop").await;
    house.say(ADA, "/buddy").await;
    assert!(shown(&house, ADA).contains(&70_010_002), "the control: where it leads somewhere");
}

#[tokio::test]
async fn without_a_place_for_reports_nobody_new_is_paired_and_a_report_says_that_it_reached_nobody() {
    let house = with_buddies().await;
    for person in [ADA, BOB] {
        house.greet(person).await;
        looks(&house, person, LINE).await;
    }
    for person in [ADA, BOB] {
        answers(&house, person, "yes").await;
    }
    house.fire().await;
    // Pressed once more where they come, it is taken back.
    asks(&house, "-200", true, SpaceAsk::Press("g.review".to_owned())).await;
    house.say(ADA, "/buddy").await;
    house.tap(ADA, "Tell the moderators").await;
    house.tap(ADA, "Something else").await;
    let said = house.tap(ADA, "Only what it is about").await.join("\n");
    assert!(said.contains("your moderators did not hear of it"), "{said}");
    assert!(presses(&house, GROUP, ADA, "g.buddy").await.leads.is_none());
}

#[tokio::test]
async fn each_is_asked_in_their_own_language_and_not_in_quiet_hours() {
    let house = with_buddies().await;
    for person in [ADA, BOB] {
        house.greet(person).await;
    }
    house.say(BOB, "/language es").await;
    house.say(BOB, "/stop").await;
    looks(&house, ADA, LINE).await;
    house.advance_to_local("2026-03-23T23:30").await;
    house.messenger.said(ADA);
    let link = presses(&house, GROUP, BOB, "g.buddy").await.leads.unwrap();
    house.say(BOB, &format!("/start {link}")).await;
    house.say(BOB, "sí").await;
    house.say(BOB, "Me gusta caminar.").await;
    let said = house.tap(BOB, "Sí, ponme").await.join("\n");
    assert!(said.contains("Estás en la lista"), "{said}");
    house.fire().await;
    assert_eq!(house.messenger.said(ADA), Vec::<String>::new(), "it is night");
    house.advance_to_local("2026-03-24T08:30").await;
    assert!(house.messenger.said(ADA).join("\n").contains("looks for a buddy too"));
    let said = house.messenger.said(BOB).join("\n");
    assert!(said.contains("Alguien más de tu grupo busca compañía") && said.contains(LINE), "{said}");
}

#[tokio::test]
async fn two_accounts_of_one_person_are_one_seeker() {
    let house = with_buddies().await;
    let both = [ADA, "ada@dc"];
    for person in both {
        house.greet(person).await;
    }
    looks(&house, ADA, LINE).await;
    link(&house, "ada@dc", ADA).await;
    house.say(ADA, "/stop").await;
    let (id, state) = house.person(ADA).await;
    assert_eq!(state.profile.buddying.unwrap().standings.len(), 1, "it came along");
    house.greet(BOB).await;
    looks(&house, BOB, LINE).await;
    assert!(house.messenger.said(BOB).join("\n").contains("looks for a buddy too"));
    answers(&house, BOB, "yes").await;
    house.say(ADA, "/buddy").await;
    answers(&house, ADA, "yes").await;
    house.fire().await;
    assert_eq!(shown(&house, BOB), [70_010_001], "{id:?}");
}

#[tokio::test]
async fn a_cry_for_help_is_answered_and_put_on_no_list() {
    let house = with_buddies().await;
    house.greet(ADA).await;
    let link = presses(&house, GROUP, ADA, "g.buddy").await.leads.unwrap();
    house.say(ADA, &format!("/start {link}")).await;
    house.say(ADA, "yes").await;
    house.say(ADA, "I want to kill myself").await;
    house.say(ADA, "/stop").await;
    house.say(ADA, &format!("/start {link}")).await;
    house.say(ADA, "I want to kill myself").await;
    let said = house.say(ADA, "yes").await.join("\n");
    assert!(!said.contains("You are on the list"), "{said}");
    assert!(house.person(ADA).await.1.profile.buddying.is_none_or(|buddying| buddying.standings.is_empty()));
}

/// What a thief of the disk finds of a pair: nothing without the keys.
#[tokio::test]
async fn a_pair_says_nothing_on_the_disk() {
    let house = with_buddies().await;
    for person in [ADA, BOB, CLEO] {
        house.greet(person).await;
        looks(&house, person, "Lighthouses and xylophones.").await;
    }
    let mut found = 0;
    for name in ["", "-wal"] {
        let path = format!("{}{name}", house.data_db().display());
        let Ok(bytes) = std::fs::read(path) else { continue };
        let holds = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
        assert!(!holds(b"xylophones") && !holds(b"Lighthouses"), "{name}");
        found += usize::from(holds(b"SQLite") || bytes.len() > 1_000);
    }
    assert!(found > 0, "something was looked at");
    let state = house.person(ADA).await.1.profile;
    assert!(serde_json::to_string(&state).unwrap().contains("xylophones"), "the control: opened, it is there");
    assert!(!format!("{:?}", Body::Text(UserText::new("xylophones"))).contains("xylophones"));
    assert!(!format!("{state:?}").contains("xylophones"));
}
