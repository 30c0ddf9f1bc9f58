//! What people agree to: each thing by itself, dated, with the wording that they were shown, and taken back by one tap.

use mendwell::domain::consent::Consent;
use mendwell::domain::occasion::Occasion;
use mendwell::domain::value::Value;
use mendwell::service::Host;

use crate::support::{House, berlin, small_library_with};

const CHANGE: &str = "Shall anything of this change?";

/// Whether a consent is given, and to which wording.
async fn receipt(house: &House, person: &str, consent: Consent) -> Option<(bool, u32)> {
    let profile = house.person(person).await.1.profile;
    profile.consents.get(&consent).map(|receipt| (receipt.given, receipt.wording))
}

#[tokio::test]
async fn privacy_says_who_answers_for_it_what_is_kept_and_what_was_agreed_to() {
    let mut house = House::new().await;
    let host = Host { contact: Some("privacy@host.example".to_owned()), country: Some("Portugal".to_owned()) };
    house.settings.host = host;
    house.restart().await;
    let before = house.say("ada", "/privacy").await;
    assert_eq!(before.len(), 1, "nothing is kept yet: {before:?}");
    assert!(before[0].contains("complaints: privacy@host.example.\nThe machine I run on stands in Portugal."));
    house.welcome("ada").await;
    house.open_dialog("ada", "daily").await;
    house.say("ada", "3").await;
    house.say("ada", "rain").await;
    house.plan("ada", "daily", "19:00", "Wait").await;
    let said = house.say("ada", "/privacy").await;
    assert_eq!(said[0], before[0]);
    let kept = "What I have of you now: 1 journal entry, 0 sets of check-in answers, 0 notes on small goals, 0 exercises that are open, 1 check-in plan, and your settings.";
    let agreed = "Keeping your answers: yes, since 23 March 2026 (wording 1).\nWriting to you at the times you chose: yes, since 23 March 2026 (wording 1).";
    assert_eq!(said[1], format!("{kept}\n{agreed}\n/export sends all of it to you as a file."));
    assert_eq!(said[2], CHANGE);
    assert_eq!(house.tap("ada", "Leave it as it is").await, ["Then everything stays as it is."]);
}

#[tokio::test]
async fn without_a_host_who_says_so_people_hear_that_nobody_is_named() {
    let house = House::new().await;
    let said = house.say("ada", "/privacy").await;
    assert!(said[0].contains("You can ask for it where you found me."), "{said:?}");
}

#[tokio::test]
async fn one_tap_ends_the_daily_messages_and_one_brings_them_back_at_the_same_times() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.plan("ada", "daily", "19:00", "Wait").await;
    house.say("ada", "/privacy").await;
    let said = house.tap("ada", "Do not write first any more").await;
    assert!(said[0].starts_with("Noted, with today's date: I do not write first any more."), "{said:?}");
    assert_eq!(receipt(&house, "ada", Consent::Daily).await, Some((false, 1)));
    house.advance_to(berlin("2026-03-25T20:00")).await;
    assert_eq!(house.messenger.said("ada"), [""; 0]);
    let said = house.say("ada", "/privacy").await;
    assert!(said[1].contains("Writing to you at the times you chose: no more, since 23 March 2026."), "{said:?}");
    house.tap("ada", "Write at my times again").await;
    house.advance_to(berlin("2026-03-26T19:00")).await;
    assert_eq!(house.messenger.said("ada"), ["Time to check in.", "How is today?"]);
}

#[tokio::test]
async fn what_was_asked_for_once_comes_although_the_daily_messages_were_ended() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.plan("ada", "daily", "19:00", "Wait").await;
    house.say("ada", "/privacy").await;
    house.tap("ada", "Do not write first any more").await;
    house.plan("ada", "once", "18:00", "Wait").await;
    assert_eq!(receipt(&house, "ada", Consent::Daily).await, Some((false, 1)), "once is no daily message");
    house.advance_to(berlin("2026-03-23T18:00")).await;
    assert_eq!(house.messenger.said("ada"), ["Time to check in.", "How is today?"]);
}

#[tokio::test]
async fn choosing_times_is_agreeing_and_ending_the_last_of_them_takes_it_back() {
    const END: &str = r#"
format = 1
id = "move"
title = "End"
lang = "en"
[[step]]
id = "end"
schedule = "daily"
drop = true
[[step]]
id = "ended"
say = "Ended."
"#;
    let mut house = House::closed(small_library_with("move", END));
    house.settings.dialogs.set(Occasion::Menu, "move");
    house.open().await;
    house.welcome("ada").await;
    assert_eq!(receipt(&house, "ada", Consent::Daily).await, None);
    house.plan("ada", "weekdays", "19:00", "Wait").await;
    assert_eq!(receipt(&house, "ada", Consent::Daily).await, Some((true, 1)));
    assert_eq!(house.say("ada", "/menu").await, ["Ended."]);
    assert_eq!(receipt(&house, "ada", Consent::Daily).await, Some((false, 1)));
}

#[tokio::test]
async fn an_agreement_to_other_words_does_not_hold_and_is_asked_for_again() {
    let mut house = House::new().await;
    house.welcome("ada").await;
    house.plan("ada", "daily", "19:00", "Wait").await;
    house.settings.wordings.store = 2;
    house.settings.wordings.daily = 2;
    house.restart().await;
    house.advance_to(berlin("2026-03-23T20:00")).await;
    assert_eq!(house.messenger.said("ada"), [""; 0], "they agreed to something else");
    let crisis = house.say("ada", "/crisis").await;
    assert!(!crisis.iter().any(|line| line.contains("has changed since")), "{crisis:?}");
    house.say("ada", "/stop").await;
    let said = house.say("ada", "/menu").await;
    assert!(said.last().unwrap().starts_with("What I say above has changed since you agreed to it."), "{said:?}");
    house.tap("ada", "Yes, go on").await;
    assert_eq!(receipt(&house, "ada", Consent::Store).await, Some((true, 2)));
    assert_eq!(receipt(&house, "ada", Consent::Daily).await, Some((true, 2)));
    assert_eq!(house.say("ada", "/menu").await, ["What now?"]);
    house.say("ada", "/stop").await;
    house.advance_to(berlin("2026-03-24T19:00")).await;
    assert_eq!(house.messenger.said("ada"), ["Time to check in.", "How is today?"]);
}

#[tokio::test]
async fn who_does_not_agree_to_the_new_words_can_delete_everything() {
    let mut house = House::new().await;
    house.welcome("ada").await;
    house.settings.wordings.store = 2;
    house.restart().await;
    house.say("ada", "/menu").await;
    let said = house.tap("ada", "No, delete everything").await;
    assert!(said.last().unwrap().starts_with("Shall I delete everything I have of you?"), "{said:?}");
    let said = house.tap("ada", "Delete everything").await;
    assert!(said.last().unwrap().starts_with("It is done. This is what I deleted:"), "{said:?}");
}

#[tokio::test]
async fn what_groups_see_ends_by_one_tap_each() {
    const SHARE: &str = r#"
format = 1
id = "move"
title = "Share"
lang = "en"
[[step]]
id = "shared"
save = "profile"
fields = { consent_groups = "true", consent_posts = "true" }
[[step]]
id = "done"
say = "Shared."
"#;
    let mut house = House::closed(small_library_with("move", SHARE));
    house.settings.dialogs.set(Occasion::Menu, "move");
    house.open().await;
    house.welcome("ada").await;
    assert_eq!(house.say("ada", "/menu").await, ["Shared."]);
    assert_eq!(receipt(&house, "ada", Consent::Groups).await, Some((true, 1)));
    let said = house.say("ada", "/privacy").await;
    assert!(said.last().unwrap().starts_with("You count in what your groups see"), "{said:?}");
    let said = house.tap("ada", "Count me out").await;
    assert!(said.last().unwrap().starts_with("Words of yours may appear in a group"), "{said:?}");
    assert_eq!(receipt(&house, "ada", Consent::Groups).await, Some((false, 1)));
    assert_eq!(receipt(&house, "ada", Consent::Posts).await, Some((true, 1)), "each by itself");
    house.tap("ada", "No more of that").await;
    assert_eq!(receipt(&house, "ada", Consent::Posts).await, Some((false, 1)));
    let profile = house.person("ada").await.1.profile;
    assert_eq!(profile.facts.get("consent_posts"), Some(&Value::Bool(false)));
    house.tap("ada", "Leave it as it is").await;
    let said = house.say("ada", "/privacy").await;
    assert_eq!(said.last().map(String::as_str), Some(CHANGE), "nothing is left to ask: {said:?}");
}

#[tokio::test]
async fn in_the_middle_of_something_it_comes_back_to_the_same_question() {
    let house = House::new().await;
    house.welcome("ada").await;
    let question = house.open_dialog("ada", "long").await.pop().unwrap();
    house.say("ada", "/privacy").await;
    let said = house.tap("ada", "Leave it as it is").await;
    assert_eq!(said[0], "Then everything stays as it is.");
    assert_eq!(said.last(), Some(&question), "{said:?}");
}
