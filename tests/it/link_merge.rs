//! What two people have when they become one: sessions, plans, entries, messages on their way, and where things arrive.

use jiff::SignedDuration;
use mendwell::domain::event::{Body, Platform};
use mendwell::domain::value::Value;
use mendwell::service::ports::{Class, NotSent, Outcome};
use mendwell::store::{Batch, EntryKind, ProfileWrite};

use crate::link::{code, link};
use crate::support::{House, Script, small_library_with};

/// Two people who have said hello, `ada` on Telegram and `ada@dc` on Discord.
async fn two() -> House {
    let house = House::new().await;
    house.welcome("ada").await;
    house.welcome("ada@dc").await;
    house
}

/// Which dialogs are set aside, by what they ask when they go on, the newest first.
async fn goes_on_with(house: &House, person: &str) -> Vec<String> {
    let mut asked = Vec::new();
    while let Some(last) = house.say(person, "/resume").await.pop() {
        if last.starts_with("Nothing is waiting") {
            return asked;
        }
        asked.push(last);
        house.say(person, "/stop").await;
    }
    panic!("no answer");
}

#[tokio::test]
async fn of_two_open_dialogs_one_stays_open_and_the_other_is_set_aside() {
    // What is open on the account of the code and on the other one; what goes on first, and then.
    let cases: [(&[&str], &[&str], &[&str]); 5] = [
        (&[], &[], &[]),
        (&["long"], &[], &["First?"]),
        (&[], &["long"], &["First?"]),
        (&["move"], &["long"], &["First?", "Which zone?"]),
        (&["plan", "move"], &["daily", "long"], &["First?", "How is today?", "Which zone?", "Which days?"]),
    ];
    for (of_owner, of_typed, expected) in cases {
        let house = two().await;
        // Dialogs of the other account are opened later, so that the order is known.
        for (person, dialogs) in [("ada", of_owner), ("ada@dc", of_typed)] {
            for dialog in dialogs {
                house.clock.set(house.service().now().checked_add(SignedDuration::from_secs(1)).unwrap());
                house.open_dialog(person, dialog).await;
            }
        }
        let mut order: Vec<&str> = expected.to_vec();
        house.clock.set(house.service().now().checked_add(SignedDuration::from_secs(1)).unwrap());
        link(&house, "ada", "ada@dc").await;
        let said = house.tap("ada@dc", "Wherever").await;
        if let Some(first) = expected.first() {
            assert_eq!(said.last().unwrap(), first, "{of_owner:?} {of_typed:?}");
            house.say("ada@dc", "/stop").await;
            order.remove(0);
        }
        assert_eq!(goes_on_with(&house, "ada").await.len(), order.len(), "{of_owner:?} {of_typed:?}: none is lost");
    }
}

#[tokio::test]
async fn a_safety_dialog_stays_open_whoever_opened_it() {
    for (of_owner, of_typed) in [("/crisis", "long"), ("long", "/crisis"), ("/crisis", "/crisis")] {
        let house = two().await;
        for (person, what) in [("ada", of_owner), ("ada@dc", of_typed)] {
            if what == "/crisis" {
                house.say(person, what).await;
            } else {
                house.open_dialog(person, what).await;
            }
        }
        let (_, said) = link(&house, "ada", "ada@dc").await;
        assert_eq!(said.last().unwrap(), "What would help right now?", "{of_owner} {of_typed}");
        assert_eq!(house.sessions("ada").await, (1, 1), "{of_owner} {of_typed}");
        house.messenger.said("ada");
        let said = house.tap("ada@dc", "Stop for tonight").await;
        let next = if of_owner == of_typed { "What would help right now?" } else { "First?" };
        assert_eq!(said.last().unwrap(), next, "{of_owner} {of_typed}");
    }
}

#[tokio::test]
async fn no_more_is_set_aside_than_one_person_may_have() {
    let mut house = two().await;
    for person in ["ada", "ada@dc"] {
        for round in 0..7 {
            house.clock.set(house.service().now().checked_add(SignedDuration::from_secs(1)).unwrap());
            house.open_dialog(person, if round % 2 == 0 { "long" } else { "plan" }).await;
            house.say(person, &format!("{person} {round}")).await;
        }
    }
    link(&house, "ada", "ada@dc").await;
    assert_eq!(house.sessions("ada").await, (1, 10));
    house.restart().await;
    assert_eq!(house.sessions("ada@dc").await, (1, 10));
    // The four oldest are those of the account where the first of them were set aside.
    let asked = goes_on_with(&house, "ada@dc").await;
    assert_eq!(asked.len(), 11, "{asked:?}");
}

#[tokio::test]
async fn plans_of_both_stay_and_of_two_for_one_dialog_the_codes_one() {
    for (of_owner, of_typed, hour) in
        [(Some("18:00"), Some("11:00"), 17), (Some("18:00"), None, 17), (None, Some("11:00"), 10)]
    {
        let house = two().await;
        for (person, at) in [("ada", of_owner), ("ada@dc", of_typed)] {
            if let Some(at) = at {
                house.plan(person, "daily", at, "Wait").await;
            }
        }
        link(&house, "ada", "ada@dc").await;
        house.tap("ada@dc", "Telegram").await;
        let plan = house.plan_of("ada@dc").await;
        assert_eq!(plan.due_at.unwrap().to_string(), format!("2026-03-23T{hour}:00:00Z"));
        house.messenger.said("ada");
        house.advance(SignedDuration::from_hours(10)).await;
        house.settle().await;
        let nudges: Vec<_> = house.messenger.all().into_iter().filter(|sent| sent.class == Class::Nudge).collect();
        assert!(!nudges.is_empty() && nudges.iter().all(|sent| sent.account == "ada"), "to the chosen one, once");
        assert_eq!(house.messenger.said("ada"), ["Time to check in.", "How is today?"]);
    }
}

#[tokio::test]
async fn entries_goals_and_wishes_of_both_are_there() {
    let house = two().await;
    for person in ["ada", "ada@dc"] {
        house.open_dialog(person, "long").await;
        for words in ["1", person, "3"] {
            house.say(person, words).await;
        }
    }
    let rest = house.say("ada", "/pause 3d").await;
    assert!(rest[0].starts_with("All right, no check-ins until"), "{rest:?}");
    link(&house, "ada", "ada@dc").await;
    let (person, state) = house.person("ada@dc").await;
    let kept = house.store().entries_of(person, EntryKind::Journal, 9).await.unwrap();
    assert_eq!(kept.len(), 2);
    assert!(state.profile.paused_until.is_some());
    house.store().integrity().await.unwrap();
}

#[tokio::test]
async fn the_zone_of_the_code_moves_the_plans_of_the_other() {
    let house = two().await;
    house.open_dialog("ada", "move").await;
    house.say("ada", "America/New_York").await;
    house.plan("ada@dc", "daily", "18:00", "Wait").await;
    link(&house, "ada", "ada@dc").await;
    assert_eq!(house.plan_of("ada").await.due_at.unwrap().to_string(), "2026-03-23T22:00:00Z");
}

#[tokio::test]
async fn answers_go_where_they_are_asked_for_and_check_ins_where_they_are_wanted() {
    let house = two().await;
    link(&house, "ada", "ada@dc").await;
    house.tap("ada@dc", "Discord").await;
    house.plan("ada", "daily", "18:00", "Wait").await;
    assert_eq!(house.say("ada", "/menu").await, ["What now?"]);
    assert_eq!(house.tap("ada", "Nothing").await, ["Nothing it is."]);
    assert_eq!(house.messenger.said("ada@dc"), [""; 0]);
    house.advance(SignedDuration::from_hours(10)).await;
    house.settle().await;
    assert_eq!(house.messenger.said("ada@dc"), ["Time to check in.", "How is today?"]);
    // Answered on the other one: the buttons of the first are no longer the question's.
    let old = house.messenger.token("ada@dc", "3");
    assert_eq!(house.say("ada", "4").await, ["A few words?"]);
    let answer = house.send("ada@dc", Body::Tap(old)).await;
    assert!(answer.note.unwrap().plain().starts_with("You have answered this one already."));
    assert_eq!(house.say("ada@dc", "fine").await, ["Thank you."]);
}

#[tokio::test]
async fn a_message_is_edited_only_on_the_platform_where_it_stands() {
    let mut house = two().await;
    house.messenger.has_places();
    link(&house, "ada", "ada@dc").await;
    house.tap("ada@dc", "Wherever").await;
    house.say("ada", "/menu").await;
    for restart in [false, true] {
        if restart {
            house.restart().await;
        }
        let before = house.messenger.count();
        house.say("ada@dc", "hm").await;
        house.say("ada", "hm").await;
        let strange: Vec<_> = house.messenger.all().split_off(before);
        assert!(
            strange.iter().any(|sent| sent.account == "ada@dc") && strange.iter().any(|sent| sent.account == "ada")
        );
        for sent in strange {
            assert_eq!(sent.shown, None, "a place of the other platform: {sent:?}");
        }
    }
}

#[tokio::test]
async fn what_is_on_its_way_arrives_where_it_was_meant_to() {
    for restart in [false, true] {
        let mut house = two().await;
        let right = code(&house, "ada").await;
        let down = Outcome::NotSent(NotSent::Retry);
        house.messenger.down(Platform::Discord, [down.clone()]);
        house.say("ada@dc", "/menu").await;
        house.say("ada@dc", &format!("/link {right}")).await;
        house.say("ada", "/help").await;
        house.messenger.up(Platform::Discord);
        if restart {
            house.restart().await;
        }
        house.messenger.said("ada");
        house.advance(SignedDuration::from_mins(10)).await;
        house.settle().await;
        let said = house.messenger.said("ada@dc");
        assert_eq!(said.first().map(String::as_str), Some("What now?"), "restart {restart}: {said:?}");
        assert_eq!(
            said.last().map(String::as_str),
            Some("Where shall my check-ins arrive?"),
            "restart {restart}: {said:?}"
        );
        assert_eq!(house.messenger.said("ada"), [""; 0], "nothing of it comes to the other one");
    }
}

#[tokio::test]
async fn a_silent_platform_holds_up_nothing_on_the_other() {
    let house = two().await;
    link(&house, "ada", "ada@dc").await;
    house.messenger.down(Platform::Discord, [Outcome::NotSent(NotSent::Retry)]);
    house.say("ada@dc", "Wherever").await;
    assert_eq!(house.say("ada", "/menu").await, ["What now?"]);
}

#[tokio::test]
async fn sends_to_one_chat_follow_each_other_across_the_join() {
    let house = two().await;
    let right = code(&house, "ada").await;
    house.messenger.script("ada@dc", [Script::Hang]);
    house.handle(house.event("ada@dc", Body::from_typed("/help"))).await;
    house.messenger.hang(1).await;
    // The messenger refuses two sends to one account at once.
    house.handle(house.event("ada@dc", Body::from_typed(&format!("/link {right}")))).await;
    house.messenger.release();
    house.settle().await;
    let said = house.messenger.said("ada@dc");
    assert!(said[0].starts_with("This is what I understand:"), "{said:?}");
    assert_eq!(said.len(), 3, "{said:?}");
}

#[tokio::test]
async fn who_shuts_out_one_platform_is_still_reached_on_the_other() {
    let house = two().await;
    link(&house, "ada", "ada@dc").await;
    house.tap("ada@dc", "Discord").await;
    house.send("ada", Body::Left).await;
    assert!(!house.person("ada").await.1.profile.unreachable, "check-ins do not come there");
    assert_eq!(house.say("ada@dc", "/menu").await, ["What now?"]);
    house.send("ada@dc", Body::Left).await;
    assert!(house.person("ada").await.1.profile.unreachable);
    house.say("ada", "/help").await;
    assert!(house.person("ada").await.1.profile.unreachable, "not back where check-ins come");
    house.say("ada", "/link").await;
    house.tap("ada", "Telegram").await;
    assert!(!house.person("ada").await.1.profile.unreachable, "they come elsewhere now");
    house.messenger.ends("ada@dc", [Outcome::NotSent(NotSent::Gone)]);
    house.say("ada@dc", "/help").await;
    assert!(!house.person("ada").await.1.profile.unreachable);
}

#[tokio::test]
async fn turns_of_both_at_once_lose_nothing() {
    let house = two().await;
    house.welcome("bob").await;
    for (person, dialog) in [("ada", "long"), ("ada@dc", "daily")] {
        house.open_dialog(person, dialog).await;
    }
    let right = code(&house, "ada").await;
    let link = format!("/link {right}");
    let events =
        [("ada", "one"), ("bob", "/menu"), ("ada@dc", "3"), ("ada@dc", link.as_str()), ("ada", "two"), ("bob", "3")];
    let mut answers = Vec::new();
    for (person, words) in events {
        answers.push(house.submit(house.event(person, Body::from_typed(words))).await);
    }
    for answer in answers {
        answer.await.unwrap();
    }
    house.settle().await;
    assert_eq!(house.person("ada").await.0, house.person("ada@dc").await.0);
    let asked = goes_on_with(&house, "ada").await;
    house.say("ada@dc", "/stop").await;
    assert!(asked.len() >= 2 || house.sessions("ada").await.1 <= 1, "{asked:?}");
    house.store().integrity().await.unwrap();
    assert_eq!(house.counter("quarantined_total").await, 0);
}

/// Somebody whose consent is gone and of whom nothing may come along.
#[tokio::test]
async fn what_was_not_agreed_to_does_not_come_along() {
    let mut house = House::closed(small_library_with("start", include_str!("support/dialogs/start.toml")));
    house.open().await;
    house.welcome("ada").await;
    house.welcome("ada@dc").await;
    house.open_dialog("ada@dc", "long").await;
    let (person, state) = house.person("ada@dc").await;
    let mut profile = state.profile;
    profile.facts.insert("consent".to_owned(), Value::Bool(false));
    let profiles = vec![ProfileWrite { person, expected_rev: state.profile_rev, profile }];
    house.store().commit(Batch { profiles, ..Batch::default() }).await.unwrap();
    let (_, said) = link(&house, "ada", "ada@dc").await;
    assert!(said[1].contains("Is that all right for Discord, too?"), "{said:?}");
    assert_eq!(house.sessions("ada").await, (1, 0), "only the question itself");
    assert!(house.person("ada").await.1.profile.has_consented());
}
