//! Two accounts of one person become one: the code, what holds afterwards, and where things arrive.

use jiff::SignedDuration;
use mendwell::domain::event::Body;
use mendwell::domain::value::Value;
use mendwell::store::EntryKind;

use crate::support::House;

/// The code that somebody is given.
pub(crate) async fn code(house: &House, person: &str) -> String {
    let said = house.say(person, "/link").await;
    said.last().unwrap().strip_prefix("/link ").expect("a code").to_owned()
}

/// Joins two people by the code of the first, which the second types; what the first and the second are told.
pub(crate) async fn link(house: &House, owner: &str, typed: &str) -> (Vec<String>, Vec<String>) {
    let code = code(house, owner).await;
    let said = house.say(typed, &format!("/link {code}")).await;
    (house.messenger.said(owner), said)
}

const WHERE: &str = "Where shall my check-ins arrive?";
const WRONG: &str = "That code connects nothing.";
const WAIT: &str = "Those were too many wrong codes.";

#[tokio::test]
async fn a_code_joins_two_accounts_and_both_hear_of_it() {
    for (owner, typed) in [("ada", "ada@dc"), ("ada@dc", "ada")] {
        let house = House::new().await;
        house.welcome(owner).await;
        house.welcome(typed).await;
        let app = |person| if person == "ada" { "Telegram" } else { "Discord" };
        let (there, here) = link(&house, owner, typed).await;
        let (of_owner, of_typed) = (app(owner), app(typed));
        let told = format!("Your chat on {of_typed} is connected with this one now, by the code that I gave you.");
        assert_eq!(there, [told]);
        let told = format!("This chat and the one on {of_owner} are connected now. I answer wherever you write.");
        assert_eq!(here, [&told, WHERE]);
        let (one, state) = house.person(owner).await;
        let (other, _) = house.person(typed).await;
        assert_eq!(one, other);
        assert_eq!(house.store().persons_count().await.unwrap(), 1);
        assert_eq!(state.profile.facts.get("name"), Some(&Value::text(owner)), "the code's account wins");
        let said = house.tap(typed, "Discord").await;
        assert_eq!(said, ["Then check-ins come on Discord. /link asks this again, and /unlink disconnects an app."]);
        assert_eq!(house.say(owner, "/link").await, [WHERE], "asked again, no further code");
    }
}

#[tokio::test]
async fn what_begins_on_one_platform_ends_on_the_other() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.welcome("ada@dc").await;
    house.open_dialog("ada", "long").await;
    house.say("ada", "one").await;
    link(&house, "ada", "ada@dc").await;
    let said = house.tap("ada@dc", "Wherever").await;
    assert_eq!(said.last().unwrap(), "Second?", "on with what was open: {said:?}");
    assert_eq!(house.say("ada@dc", "two").await, ["Third?"]);
    assert_eq!(house.say("ada", "three").await, ["Kept: one, two, three."]);
    let (person, _) = house.person("ada@dc").await;
    assert_eq!(house.store().entries_of(person, EntryKind::Journal, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn who_is_new_here_is_asked_whether_what_they_agreed_to_holds_here_too() {
    for agrees in [true, false] {
        let house = House::new().await;
        house.welcome("ada").await;
        let code = code(&house, "ada").await;
        let said = house.say("ada@dc", &format!("/start link-{code}")).await;
        assert!(said[1].contains("Is that all right for Discord, too?"), "{said:?}");
        assert_eq!(house.person("ada").await.0, house.person("ada@dc").await.0);
        if agrees {
            assert_eq!(house.tap("ada@dc", "Yes").await, [WHERE]);
        } else {
            let said = house.tap("ada@dc", "No").await;
            assert!(said[0].starts_with("All right. Discord is not connected any more"), "{said:?}");
            assert_eq!(house.store().persons_count().await.unwrap(), 1);
            assert_eq!(house.say("ada@dc", "hi").await, ["Hello.", "What may I call you?"]);
            assert_ne!(house.person("ada").await.0, house.person("ada@dc").await.0);
        }
        assert!(house.person("ada").await.1.profile.has_consented());
    }
}

#[tokio::test]
async fn a_code_needs_somebody_who_has_said_hello() {
    let house = House::new().await;
    let said = house.say("ada", "/link").await;
    assert_eq!(said[0], "Let's finish saying hello first; it takes about two minutes.");
}

#[tokio::test]
async fn a_code_works_once_and_for_ten_minutes() {
    let house = House::new().await;
    for person in ["ada", "bob", "ada@dc", "eve@dc"] {
        house.welcome(person).await;
    }
    let used = code(&house, "ada").await;
    house.say("ada@dc", &format!("/link {used}")).await;
    assert!(house.say("eve@dc", &format!("/link {used}")).await[0].starts_with(WRONG), "used");
    let replaced = code(&house, "bob").await;
    let late = code(&house, "bob").await;
    assert!(house.say("eve@dc", &format!("/link {replaced}")).await[0].starts_with(WRONG), "a newer one was given");
    house.advance(SignedDuration::from_mins(10)).await;
    assert!(house.say("eve@dc", &format!("/link {late}")).await[0].starts_with(WRONG), "over");
    let in_time = code(&house, "bob").await;
    house.clock.set(house.service().now().checked_add(SignedDuration::from_secs(599)).unwrap());
    assert!(house.say("eve@dc", &format!("/link {}", in_time.to_lowercase())).await[0].starts_with("This chat"));
}

#[tokio::test]
async fn a_code_joins_neither_oneself_nor_two_accounts_of_one_platform() {
    let house = House::new().await;
    for person in ["ada", "bob", "ada@dc", "bob@dc"] {
        house.welcome(person).await;
    }
    let of_ada = code(&house, "ada").await;
    let said = house.say("ada", &format!("/link {of_ada}")).await;
    assert_eq!(said, ["That is your own code. It belongs in the other app: send it to me there."]);
    let said = house.say("bob", &format!("/link {of_ada}")).await;
    assert!(said[0].starts_with("There is already an account on Telegram on both sides"), "{said:?}");
    let said = house.say("ada@dc", &format!("/link {of_ada}")).await;
    assert!(said[0].starts_with("This chat"), "neither of these used it up: {said:?}");
    // Somebody with both platforms takes no third account.
    let of_bob = code(&house, "bob@dc").await;
    house.messenger.said("ada");
    let said = house.say("ada", &format!("/link {of_bob}")).await;
    assert!(said[0].starts_with("There is already an account on Discord on both sides"), "{said:?}");
    let said = house.say("bob", "/link ABC").await;
    assert!(said[0].starts_with("That is not a whole code."), "{said:?}");
    assert_eq!(house.counter("link_guesses_total").await, 0, "none of these was a guess");
}

#[tokio::test]
async fn wrong_codes_are_counted_and_soon_not_looked_at() {
    let house = House::new().await;
    house.welcome("ada").await;
    let right = code(&house, "ada").await;
    let wrong = "0".repeat(26);
    for guess in 0..5 {
        let said = house.say("eve@dc", &format!("/link {wrong}")).await;
        assert!(said[0].starts_with(WRONG), "guess {guess}: {said:?}");
    }
    // Nothing is kept of somebody who agreed to nothing; the guesses are.
    assert_eq!(house.store().persons_count().await.unwrap(), 1);
    assert!(house.say("eve@dc", &format!("/link {right}")).await[0].starts_with(WAIT));
    assert!(house.say("zoe@dc", &format!("/link {wrong}")).await[0].starts_with(WRONG), "others are not held up");
    assert_eq!(house.counter("link_guesses_total").await, 6);
    house.advance(SignedDuration::from_mins(60)).await;
    let right = code(&house, "ada").await;
    assert!(house.say("eve@dc", &format!("/link {right}")).await[0].starts_with("This chat"));
}

#[tokio::test]
async fn many_guesses_at_once_are_held_against_the_account_too() {
    let house = House::new().await;
    let wrong = format!("/link {}", "0".repeat(26));
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(house.submit(house.event("eve@dc", Body::from_typed(&wrong))).await);
    }
    for answer in answers {
        answer.await.unwrap();
    }
    house.settle().await;
    let said = house.messenger.said("eve@dc");
    assert_eq!(said.iter().filter(|line| line.starts_with(WRONG)).count(), 5, "{said:?}");
    assert_eq!(said.iter().filter(|line| line.starts_with(WAIT)).count(), 35, "{said:?}");
}
