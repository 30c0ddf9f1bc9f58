//! Presses that nobody was shown: made up, of somebody else's button, of a button of their own with a digit changed, or
//! pressed before. None is taken, and none shows or changes anything.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use mendwell::domain::event::Body;
use mendwell::domain::ids::SessionId;
use mendwell::domain::message::Tap;
use mendwell::service::{Answer, Taken};
use mendwell::store::SessionRow;
use rand::prelude::*;
use rand::rngs::StdRng;

use crate::support::{House, patiently};

/// Presses of the ordinary run; `MENDWELL_FORGED` sets another number.
const FORGED: usize = 20_000;
/// Presses that wait for their commits at once.
const AT_ONCE: usize = 250;
const CANARY: &str = "Wintergoldhaehnchen";
const PEOPLE: [&str; 3] = ["ada", "bob", "eve"];

fn forged() -> usize {
    std::env::var("MENDWELL_FORGED").ok().and_then(|count| count.parse().ok()).unwrap_or(FORGED)
}

/// Everybody in the middle of something, with words of their own in it, and a button each; tokens that were pressed.
async fn house() -> (House, Vec<Tap>, Vec<String>) {
    let house = House::new().await;
    let (mut open, mut used) = (Vec::new(), Vec::new());
    for person in PEOPLE {
        house.welcome(person).await;
        house.open_dialog(person, "daily").await;
        let token = house.messenger.token(person, "3");
        house.tap(person, "3").await;
        used.push(token);
        house.say(person, &format!("{CANARY} {person}")).await;
        house.open_dialog(person, "menu").await;
        open.push(Tap::decode(&house.messenger.token(person, "The long one")).unwrap());
    }
    (house, open, used)
}

/// A token that its presser was not shown, or not now.
fn forge(rng: &mut StdRng, own: Tap, others: &[Tap], used: &[String]) -> String {
    let random = |rng: &mut StdRng| Tap {
        session: SessionId(rng.random()),
        turn: rng.random_range(0..40),
        option: rng.random(),
    };
    match rng.random_range(0..6) {
        0 => random(rng).encode(),
        1 => {
            let other = others.choose(rng).unwrap();
            Tap { turn: other.turn.saturating_sub(rng.random_range(0..2)), ..*other }.encode()
        }
        2 => Tap { turn: own.turn + rng.random_range(1..5), ..own }.encode(),
        3 => Tap { option: rng.random(), ..own }.encode(),
        4 => used.choose(rng).unwrap().clone(),
        _ => {
            let mut bytes = own.encode().into_bytes();
            let place = rng.random_range(0..bytes.len());
            bytes[place] = *b"0123456789abcdefghijklmnopqrstuvwxyz.-A ".choose(rng).unwrap();
            String::from_utf8(bytes).unwrap()
        }
    }
}

/// Whether the token is one of the person's open question after all: those may be pressed.
fn is_shown(token: &str, own: Tap, labels: &[Tap]) -> bool {
    Tap::decode(token).is_some_and(|tap| tap == own || labels.contains(&tap))
}

#[tokio::test]
async fn t9_no_forged_foreign_or_old_press_is_taken() {
    let (house, open, used) = house().await;
    let shown: Vec<Vec<Tap>> = PEOPLE
        .iter()
        .map(|person| {
            let labels = ["The long one", "I moved", "Nothing"];
            labels.iter().map(|label| Tap::decode(&house.messenger.token(person, label)).unwrap()).collect()
        })
        .collect();
    let before: Vec<_> = futures::future::join_all(PEOPLE.map(|person| house.person(person))).await;
    let count = house.messenger.count();
    let mut rng = StdRng::seed_from_u64(9);
    let mut notes = BTreeSet::new();
    let mut left = forged();
    while left > 0 {
        let mut presses = Vec::new();
        for _ in 0..left.min(AT_ONCE) {
            let who = rng.random_range(0..PEOPLE.len());
            let others: Vec<Tap> = (0..PEOPLE.len()).filter(|other| *other != who).map(|other| open[other]).collect();
            let token = forge(&mut rng, open[who], &others, &used);
            if !is_shown(&token, open[who], &shown[who]) {
                presses.push(house.service().handle(house.event(PEOPLE[who], Body::Tap(token))));
            }
        }
        left -= left.min(AT_ONCE);
        for Answer { taken, note, leads: _ } in patiently(try_join_all(presses)).await.unwrap() {
            assert_eq!(taken, Taken::Taken);
            notes.insert(note.expect("a press that changes nothing is told so").plain());
        }
    }
    house.settle().await;
    assert_eq!(house.messenger.count(), count, "nothing is shown");
    assert!(notes.len() <= 4 && !notes.iter().any(|note| note.contains(CANARY)), "{notes:#?}");
    for (person, (id, state)) in PEOPLE.iter().zip(before) {
        let (same, after) = house.person(person).await;
        let open = |live: Option<SessionRow>| live.map(|row| (row.id, row.state));
        assert_eq!((same, open(after.live)), (id, open(state.live)), "{person}");
        assert_eq!(after.profile.facts, state.profile.facts, "{person}");
    }
    // The control: the same way in takes the button that is shown.
    for person in PEOPLE {
        assert_eq!(house.tap(person, "Nothing").await, ["Nothing it is."]);
    }
}
