//! The PIN before what somebody wrote earlier: nobody passes without it, nothing of it stays anywhere, nobody else waits for
//! it, and there is one slow way out.

use jiff::SignedDuration;
use mendwell::domain::event::Body;
use mendwell::domain::pin::PIN_TOKEN;
use mendwell::domain::text::UserText;
use mendwell::service::ports::{Clock, Item};

use crate::link::link;
use crate::support::discord::DiscordHouse;
use crate::support::telegram::TelegramHouse;
use crate::support::{House, patiently};

const ASK: &str = "Your PIN first, before I bring up what you wrote earlier";
const NEW: &str = "Which PIN would you like?";
const AGAIN: &str = "Once more, please";
const SET: &str = "Your PIN is set.";
/// What was set aside a while ago is asked about before it is shown.
const BACK: &str = "Good to have you back.";
const WAIT: &str = "That was not it too often";

/// Somebody with a PIN that is not open any more, who has set an exercise aside.
async fn with_pin(house: &House, person: &str, pin: &str) {
    house.welcome(person).await;
    house.open_dialog(person, "long").await;
    house.say(person, "a robin").await;
    house.say(person, "/pause").await;
    said(house, person, "/pin", NEW).await;
    said(house, person, pin, AGAIN).await;
    said(house, person, pin, SET).await;
    house.advance(SignedDuration::from_mins(10)).await;
}

/// Somebody types, and the last that they read begins like this.
async fn said(house: &House, person: &str, words: &str, begins: &str) -> Vec<String> {
    let said = house.say(person, words).await;
    assert!(said.last().is_some_and(|last| last.starts_with(begins)), "{words}: {said:?}");
    said
}

#[tokio::test]
async fn what_was_set_aside_comes_back_behind_the_pin_only() {
    let house = House::new().await;
    with_pin(&house, "ada", "4711").await;
    for words in ["/resume", "hello", "/start"] {
        assert_eq!(said(&house, "ada", words, ASK).await.len(), 1, "nothing but the question for it");
    }
    said(&house, "ada", "1174", "That was not it. You have 4 more tries").await;
    said(&house, "ada", "47 11", BACK).await;
    // It holds for a while, and no longer.
    house.say("ada", "/pause").await;
    house.advance(SignedDuration::from_mins(9)).await;
    said(&house, "ada", "/resume", BACK).await;
    house.say("ada", "/pause").await;
    house.advance(SignedDuration::from_mins(1)).await;
    said(&house, "ada", "/resume", ASK).await;
    // Digits that nobody waits for are words.
    house.advance(SignedDuration::from_mins(10)).await;
    said(&house, "ada", "4711", ASK).await;
    said(&house, "ada", "/stop", "All right, without the PIN.").await;
}

#[tokio::test]
async fn everything_as_a_file_comes_behind_the_pin_only() {
    let house = House::new().await;
    with_pin(&house, "ada", "4711").await;
    let is_file = |attempt: &crate::support::Attempt| matches!(attempt.item, Item::File { .. });
    said(&house, "ada", "/export", ASK).await;
    said(&house, "ada", "1174", "That was not it.").await;
    said(&house, "ada", "4711", "I can send you everything").await;
    // The question stays open, and the phone is in other hands.
    house.advance(SignedDuration::from_mins(10)).await;
    let said_then = house.tap("ada", "Send it here").await;
    assert!(said_then.iter().any(|said| said.starts_with(ASK)), "{said_then:?}");
    assert!(!house.messenger.attempts("ada").iter().any(is_file));
    said(&house, "ada", "4711", "I can send you everything").await;
    house.tap("ada", "Send it here").await;
    assert_eq!(house.messenger.attempts("ada").iter().filter(|attempt| is_file(attempt)).count(), 1);
}

#[tokio::test]
async fn a_menu_that_was_left_open_asks_for_no_pin() {
    let house = House::new().await;
    with_pin(&house, "ada", "4711").await;
    said(&house, "ada", "/resume", ASK).await;
    said(&house, "ada", "/stop", "All right, without the PIN.").await;
    said(&house, "ada", "/menu", "What now?").await;
    // Nobody answers, and it is set aside.
    house.advance(SignedDuration::from_hours(2)).await;
    let answer = house.say("ada", "Nothing").await;
    assert!(!answer.iter().any(|said| said.starts_with(ASK)), "{answer:?}");
    said(&house, "ada", "/resume", ASK).await;
}

#[tokio::test]
async fn five_wrong_ones_and_then_one_an_hour() {
    let house = House::new().await;
    with_pin(&house, "ada", "4711").await;
    house.say("ada", "/resume").await;
    for left in ["4 more tries", "3 more tries", "2 more tries", "1 more try"] {
        said(&house, "ada", "0000", &format!("That was not it. You have {left}")).await;
    }
    said(&house, "ada", "0000", WAIT).await;
    for words in ["/resume", "/pin", "/pin off", "/pin 4711"] {
        said(&house, "ada", words, WAIT).await;
    }
    house.advance(SignedDuration::from_mins(60)).await;
    said(&house, "ada", "/resume", ASK).await;
    said(&house, "ada", "0000", WAIT).await;
    house.advance(SignedDuration::from_mins(60)).await;
    house.say("ada", "/resume").await;
    said(&house, "ada", "4711", BACK).await;
}

#[tokio::test]
async fn tries_are_counted_across_a_restart() {
    let mut house = House::new().await;
    with_pin(&house, "ada", "4711").await;
    house.say("ada", "/resume").await;
    for _ in 0..4 {
        house.say("ada", "0000").await;
        house.restart().await;
    }
    said(&house, "ada", "0000", WAIT).await;
}

#[tokio::test]
async fn a_pin_is_changed_and_taken_away_by_whoever_has_it() {
    let house = House::new().await;
    with_pin(&house, "ada", "4711").await;
    said(&house, "ada", "/pin", ASK).await;
    said(&house, "ada", "4711", NEW).await;
    said(&house, "ada", "12", "A PIN has 4 to 12 digits").await;
    said(&house, "ada", "123456", AGAIN).await;
    said(&house, "ada", "123457", "Those two were not the same.").await;
    said(&house, "ada", "123456", AGAIN).await;
    said(&house, "ada", "123456", SET).await;
    house.advance(SignedDuration::from_mins(10)).await;
    said(&house, "ada", "/pin off", ASK).await;
    said(&house, "ada", "4711", "That was not it.").await;
    said(&house, "ada", "123456", "Your PIN is gone.").await;
    said(&house, "ada", "/resume", BACK).await;
    said(&house, "ada", "/pin off", "You have no PIN.").await;
    said(&house, "ada", "/pin what", "/pin sets or changes your PIN").await;
}

#[tokio::test]
async fn a_lost_pin_falls_after_a_week_and_not_when_it_is_typed() {
    let house = House::new().await;
    with_pin(&house, "ada", "4711").await;
    house.say("ada", "/stop").await;
    said(&house, "ada", "/pin forgot", "On Monday 30 March the PIN falls").await;
    house.advance(SignedDuration::from_hours(24)).await;
    said(&house, "ada", "/pin forgot", "On Monday 30 March the PIN falls").await;
    house.say("ada", "/pin").await;
    let told = said(&house, "ada", "4711", NEW).await;
    assert!(told[0].starts_with("Somebody had asked me here to take the PIN away"), "{told:?}");
    house.say("ada", "/stop").await;
    house.advance(SignedDuration::from_hours(24 * 8)).await;
    said(&house, "ada", "/pin", ASK).await;
    said(&house, "ada", "/pin forgot", "On Wednesday 8 April the PIN falls").await;
    house.advance(SignedDuration::from_hours(24 * 7 - 1)).await;
    said(&house, "ada", "/pin", ASK).await;
    house.advance(SignedDuration::from_hours(1)).await;
    let told = said(&house, "ada", "/pin", NEW).await;
    assert!(told[0].starts_with("The week has passed"), "{told:?}");
}

#[tokio::test]
async fn danger_and_forgetting_never_wait_for_a_pin() {
    let house = House::new().await;
    with_pin(&house, "ada", "4711").await;
    // Words where digits are waited for are read for danger, as always.
    said(&house, "ada", "/resume", ASK).await;
    let safety = house.say("ada", "i want to kill myself tonight").await;
    assert!(!safety.iter().any(|text| text.starts_with(ASK)) && house.sessions("ada").await.0 == 1, "{safety:?}");
    said(&house, "ada", "/stop", "").await;
    let crisis = house.say("ada", "/crisis").await;
    assert!(!crisis.iter().any(|text| text.starts_with(ASK)), "{crisis:?}");
    // A safety dialog that was left comes back without it.
    house.advance(SignedDuration::from_hours(3)).await;
    let back = house.say("ada", "/resume").await;
    assert!(!back.iter().any(|text| text.starts_with(ASK)), "{back:?}");
    house.say("ada", "/stop").await;
    said(&house, "ada", "/forget", "Shall I delete everything").await;
    said(&house, "ada", "delete", "It is done").await;
}

#[tokio::test]
async fn nothing_of_the_digits_is_kept_and_the_message_with_them_goes() {
    let house = House::new().await;
    with_pin(&house, "ada", "471147").await;
    house.say("ada", "/resume").await;
    let mut event = house.event("ada", Body::from_typed("471147"));
    event.origin.message = Some(77);
    house.handle(event).await;
    house.settle().await;
    let attempts = house.messenger.attempts("ada");
    let gone = attempts.iter().rev().find(|attempt| matches!(attempt.item, Item::Remove { .. })).unwrap();
    assert_eq!(gone.shown.as_ref().map(|place| place.0.as_str()), Some("77"));
    for attempt in &attempts {
        assert!(!format!("{:?}", attempt.item).contains("471147"));
        assert!(!serde_json::to_string(&attempt.item).unwrap().contains("471147"));
    }
    let (id, state) = house.person("ada").await;
    let profile = serde_json::to_string(&state.profile).unwrap();
    assert!(profile.contains("argon2id") && !profile.contains("471147"), "{profile}");
    let live = String::from_utf8(state.live.unwrap().state.expose().to_vec()).unwrap();
    assert!(live.contains("a robin") && !live.contains("471147"), "{live}");
    for row in house.store().sessions_parked(id).await.unwrap() {
        assert!(!String::from_utf8_lossy(row.state.expose()).contains("471147"));
    }
    assert!(!format!("{:?} {:?}", state.profile, Body::Pin(UserText::new("471147"))).contains("471147"));
    assert!(!format!("{:?}", state.profile).contains("argon2id"), "the hash is not logged either");
}

#[tokio::test]
async fn nobody_waits_for_somebody_elses_pin() {
    let house = House::new().await;
    house.welcome("bob").await;
    let people: Vec<String> = (0..8).map(|number| format!("p{number}")).collect();
    for person in &people {
        house.welcome(person).await;
        house.say(person, "/pin").await;
    }
    let mut waiting = Vec::new();
    for person in &people {
        waiting.push(house.submit(house.event(person, Body::from_typed("4711"))).await);
    }
    house.handle(house.event("bob", Body::from_typed("/help"))).await;
    let undone = waiting.iter_mut().filter_map(|answer| answer.try_recv().err()).count();
    assert!(undone > 0, "a turn that hashes would have come first");
    for answer in waiting.into_iter().skip(8 - undone) {
        // Those that were looked at before are used up.
        let _ = patiently(answer).await;
    }
}

#[tokio::test]
async fn a_pin_holds_for_one_app_and_comes_along_when_two_become_one() {
    let house = House::new().await;
    house.welcome("ada@dc").await;
    with_pin(&house, "ada", "4711").await;
    // Whoever types another's code here would bring this account behind the other's PIN, or none.
    let (_, asked) = link(&house, "ada@dc", "ada").await;
    assert!(asked.last().unwrap().starts_with(ASK), "{asked:?}");
    said(&house, "ada", "4711", "Thank you. Now send me the /link message once more.").await;
    link(&house, "ada@dc", "ada").await;
    house.tap("ada", "Telegram").await;
    house.say("ada", "/pause").await;
    said(&house, "ada", "/resume", "").await;
    assert!(house.person("ada").await.1.profile.pin.is_some(), "it came along");
    house.say("ada", "/pause").await;
    let there = house.say("ada@dc", "/resume").await;
    assert!(there.last().unwrap().starts_with(ASK), "open there is not open here: {there:?}");
    // Asked on one app, digits on the other are words.
    said(&house, "ada", "4711", "").await;
    assert!(house.person("ada").await.1.profile.pin_asked.is_some());
    let answer = house.send("ada@dc", Body::Pin(UserText::new("4711"))).await;
    assert!(answer.note.is_none() && !house.messenger.said("ada@dc").iter().any(|text| text.starts_with(ASK)));
}

#[tokio::test]
async fn on_telegram_the_digits_leave_the_chat() {
    let house = TelegramHouse::new().await;
    let ada = house.welcome(1001).await;
    for (line, answer) in [("/pin", NEW), ("4711", AGAIN), ("4711", SET)] {
        ada.say(line);
        house.sees(1001, answer).await;
    }
    ada.say("/pin 0815");
    house.sees(1001, "That was not it.").await;
    house.settle().await;
    let texts: Vec<String> = house.fake.messages(1001).into_iter().map(|message| message.text).collect();
    assert!(!texts.iter().any(|text| text.contains("4711") || text.contains("0815")), "{texts:?}");
    assert!(texts.contains(&"/pin".to_owned()));
    // There is no button; one of an older message leads nowhere.
    ada.tap_data(house.fake.messages(1001).pop().unwrap().id, PIN_TOKEN);
    house.sees(1001, "You can type the PIN here.").await;
}

#[tokio::test]
async fn on_discord_a_field_keeps_the_digits_out_of_the_chat() {
    let house = DiscordHouse::new().await;
    let ada = house.welcome(501).await;
    ada.slash("pin", &[]);
    house.sees(&ada, NEW).await;
    for answer in [AGAIN, SET] {
        ada.tap("Enter the PIN");
        house.in_time(|world| world.modal(501).map(|_| ())).await;
        ada.submit_modal("4711");
        house.sees(&ada, answer).await;
    }
    house.settle().await;
    house.pass(SignedDuration::from_mins(11));
    ada.slash("pin", &[("what", "off")]);
    house.sees(&ada, ASK).await;
    ada.say("4711");
    house.sees(&ada, "Your PIN is gone.").await;
    assert!(house.said(&ada).iter().any(|text| text.contains("I cannot delete what you write here")));
    assert!(house.clock.now() > "2026-03-23T08:00:00Z".parse().unwrap());
}
