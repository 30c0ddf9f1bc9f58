//! Several people at once, in the dialogs that are shipped: whatever they press or write, something is said.

use std::time::Duration;

use jiff::SignedDuration;

use crate::fake_telegram::people::Person;
use crate::fake_telegram::world::World;
use crate::support::telegram::TelegramHouse;

const DIALOGS: [&str; 4] = ["breakup-causes", "feel-now", "daily", "welcome"];
const FIRST: i64 = 5_001;
const STEPS: u64 = 30;
const SOON: Duration = Duration::from_millis(40);

/// How many messages a chat holds, and what its last one says and offers.
fn state(house: &TelegramHouse, id: i64) -> (usize, String, Vec<String>) {
    let messages = house.fake.messages(id);
    let last = messages.last();
    let text = last.map(|message| message.text.clone()).unwrap_or_default();
    let labels = last.map(|message| message.labels().iter().map(ToString::to_string).collect()).unwrap_or_default();
    (messages.len(), text, labels)
}

/// Presses one of the buttons, or writes now and then; the number of the press.
fn act(house: &TelegramHouse, person: &Person, chance: u64) -> Option<String> {
    let (_, _, labels) = state(house, person.id);
    match labels.get(usize::try_from(chance).unwrap() % (labels.len() + 1)) {
        Some(label) => Some(person.tap(label)),
        None => {
            person.say(["It was a *long* day.", "1", "It is quiet here & <b>cold</b>.", "/why"][(chance % 4) as usize]);
            None
        }
    }
}

#[tokio::test]
async fn several_people_at_once_always_hear_something() {
    let house = TelegramHouse::shipped().await;
    let people: Vec<Person> = (FIRST..).take(8).map(|id| house.fake.user(id)).collect();
    for person in &people {
        person.say("/start");
        house.sees(person.id, "Are you 18 or older?").await;
        person.tap("Yes");
        house.sees(person.id, "May I keep your answers?").await;
        person.tap("Yes, keep them");
        house.sees(person.id, "How is today").await;
        person.say("/stop");
    }
    house.settle().await;
    for (person, dialog) in people.iter().zip(DIALOGS.iter().cycle()) {
        person.say(&format!("/start {dialog}"));
    }
    house.settle().await;
    let mut chance: u64 = 11;
    for step in 0..STEPS {
        let mut before = Vec::new();
        for person in &people {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let was = state(&house, person.id);
            before.push((was, act(&house, person, chance >> 33)));
        }
        house.settle().await;
        for (person, (before, press)) in people.iter().zip(before) {
            let is_noted = || {
                let told = |world: &World| {
                    world.callback_answers().iter().any(|a| Some(&a.query) == press.as_ref() && !a.text.is_empty())
                };
                house.fake.look(told)
            };
            let mut tries = 0;
            // A tick or a beat changes the last message; a tick too many gets a note; everything else is a new message.
            while state(&house, person.id) == before && !is_noted() {
                tries += 1;
                assert!(tries < 60, "step {step}: {} hears nothing after {before:?}", person.id);
                let moved = house.fake.wait_for(|_| None::<()>, SOON).await;
                assert!(moved.is_err());
                house.pass(SignedDuration::from_secs(1));
                house.service().fire_due().await.unwrap();
            }
        }
    }
    assert_eq!(house.counter("quarantined_total").await, 0);
    assert_eq!(house.counter("rejected_total").await, 0);
    assert_eq!(house.counter("given_up_total").await, 0);
}
