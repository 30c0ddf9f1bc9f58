//! Check-ins without a sound, from the choice in the shipped dialog to what the platform is asked.

use mendwell::service::ports::Clock;

use crate::fake_telegram::message::Message;
use crate::fake_telegram::people::Person;
use crate::support::telegram::TelegramHouse;

const ADA: i64 = 1001;

/// Somebody who agreed that answers are kept, and wants a check-in at 18:00 each day.
async fn planned(house: &TelegramHouse) -> Person {
    let ada = house.fake.user(ADA);
    for (says, sees) in [
        ("/start", "Are you 18 or older?"),
        ("Yes", "May I keep your answers?"),
        ("Yes, keep them", "How is today"),
        ("/stop", ""),
        ("/remind", "How often shall I check in"),
        ("Every day", "At what time of day?"),
        ("At a time I choose", "At what time?"),
        ("18:00", "which big city"),
        ("Berlin", "It is set."),
    ] {
        ada.say(says);
        house.sees(ADA, sees).await;
        house.settle().await;
    }
    ada
}

/// Chooses in the shipped dialog how check-ins sound.
async fn choose(house: &TelegramHouse, ada: &Person, label: &str, said: &str) {
    ada.say("/remind");
    house.sees(ADA, "How often shall I check in").await;
    ada.tap("Only change the sound");
    house.sees(ADA, "Shall a check-in make a sound").await;
    ada.tap(label);
    house.sees(ADA, said).await;
    house.settle().await;
}

/// What the bot sends until the next check-in has asked its question, and what it answers to the answer.
async fn check_in(house: &TelegramHouse, ada: &Person) -> (Vec<Message>, Vec<Message>) {
    let from_bot = |from: i64| {
        let messages = house.fake.messages(ADA).into_iter();
        messages.filter(|message| message.from.is_none() && message.id > from).collect::<Vec<Message>>()
    };
    let before = house.fake.messages(ADA).last().unwrap().id;
    let mut steps = 0;
    // The question is put in other words each day; its answers are not.
    while !from_bot(before).iter().any(|message| message.labels().iter().any(|label| label.starts_with('3'))) {
        steps += 1;
        assert!(steps < 20, "no question comes: {:#?}", house.fake.look(|world| world.said(ADA).join("|")));
        let due = house.service().next_due().await.unwrap().expect("a check-in is planned");
        assert!(due > house.clock.now(), "what is due does not come");
        house.clock.set(due);
        house.fire().await;
    }
    let asked = from_bot(before);
    let last = asked.last().unwrap().id;
    ada.tap_where(|button| button.text.starts_with('3'));
    house.settle().await;
    ada.say("/stop");
    house.settle().await;
    (asked, from_bot(last))
}

#[tokio::test]
async fn a_check_in_is_silent_for_whoever_chose_it_and_answers_never_are() {
    let house = TelegramHouse::shipped().await;
    let ada = planned(&house).await;
    for (label, said, is_silent) in [
        ("", "", false),
        ("Without a sound", "Then they come quietly", true),
        ("With a sound", "Then they come with a sound", false),
    ] {
        if !label.is_empty() {
            choose(&house, &ada, label, said).await;
        }
        let (asked, answered) = check_in(&house, &ada).await;
        assert!(asked.iter().all(|message| message.is_silent == is_silent), "“{label}”: {asked:#?}");
        assert!(!answered.is_empty() && answered.iter().all(|message| !message.is_silent), "“{label}”: {answered:#?}");
    }
    // What the platform was asked, beside what it made of it: the field is there only where it says something.
    let requests = house.fake.requests();
    let told = requests.iter().filter(|request| !request.params["disable_notification"].is_null());
    assert!(told.clone().count() > 0 && told.clone().all(|request| request.params["disable_notification"] == true));
    let silent = house.fake.messages(ADA).iter().filter(|message| message.is_silent).count();
    assert_eq!(told.count(), silent);
}
