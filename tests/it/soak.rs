//! Long random talks with the shipped dialogs over kills, failing sends and passing days: what always holds, holds.

use jiff::SignedDuration;
use mendwell::domain::event::Body;
use mendwell::domain::limits::PARKED_SESSIONS_MAX;
use mendwell::domain::occasion::Occasion;
use mendwell::service::Taken;
use mendwell::service::ports::{Class, Item, NotSent, Outcome};
use mendwell::store::OccurrenceState;
use rand::prelude::*;
use rand::rngs::StdRng;

use crate::support::gone::still_there;
use crate::support::{House, patiently, shipped_library, zone};

const PEOPLE: [&str; 3] = ["ada", "bob", "eve"];
const LINES: [&str; 32] = [
    "hi",
    "Sam",
    "yes",
    "no",
    "1",
    "2",
    "3",
    "4",
    "Berlin",
    "18:30",
    "later",
    "done",
    "I do not know",
    "back",
    "",
    "/start",
    "/menu",
    "/checkin",
    "/remind",
    "/pause",
    "/pause 2d",
    "/resume",
    "/stop",
    "/back",
    "/skip",
    "/why",
    "/help",
    "/crisis",
    "/privacy",
    "/nosuch",
    "1, 2",
    "tomorrow",
];

/// The token of some button that this person saw, old ones among them.
fn some_button(house: &House, person: &str, rng: &mut StdRng) -> Option<String> {
    let attempts = house.messenger.attempts(person);
    let tokens: Vec<&String> = attempts
        .iter()
        .rev()
        .filter_map(|attempt| if let Item::Show { view, .. } = &attempt.item { Some(view) } else { None })
        .filter(|view| !view.choices.is_empty())
        .take(if rng.random_bool(0.9) { 1 } else { 9 })
        .flat_map(|view| view.choices.iter().map(|choice| &choice.token))
        .collect();
    tokens.choose(rng).map(|token| (*token).clone())
}

async fn holds(house: &House) {
    for person in PEOPLE {
        let address = crate::support::address(person);
        let found = house.store().persons_by_account(&[(address.platform, address.account)]).await.unwrap();
        let Some(id) = found[0] else { continue };
        let (live, parked) = house.sessions(person).await;
        assert!(live <= 1 && parked <= PARKED_SESSIONS_MAX, "{live} live, {parked} parked");
        for plan in still_there(house.store().plans_of(id).await).unwrap_or_default() {
            let rows = house.store().occurrences_of(plan.id).await.unwrap();
            let queued = rows.iter().filter(|row| row.state == OccurrenceState::Queued);
            assert!(queued.clone().count() == 0 || live == 1, "a check-in waits behind nothing");
        }
    }
    assert_eq!(house.counter("quarantined_total").await, 0);
    assert_eq!(house.counter("unreadable_total").await, 0);
}

async fn one_step(house: &mut House, rng: &mut StdRng) {
    let person = PEOPLE[rng.random_range(0..PEOPLE.len())];
    match rng.random_range(0..100) {
        0..3 => house.restart().await,
        3..8 => {
            let minutes = [1, 20, 130, 1_500][rng.random_range(0..4)];
            house.advance(SignedDuration::from_mins(minutes)).await;
        }
        8..14 => {
            let outcomes = [
                Outcome::Unknown,
                Outcome::NotSent(NotSent::Retry),
                Outcome::NotSent(NotSent::Rejected),
                Outcome::NotSent(NotSent::Gone),
                Outcome::NotSent(NotSent::Wait(SignedDuration::from_secs(30))),
            ];
            house.messenger.ends(person, [outcomes[rng.random_range(0..outcomes.len())].clone()]);
        }
        kind => {
            let body = match some_button(house, person, rng).filter(|_| kind < 60) {
                Some(token) => Body::Tap(token),
                None => Body::from_typed(LINES[rng.random_range(0..LINES.len())]),
            };
            let before = house.messenger.attempts(person).len();
            let shown = format!("{body:?}");
            let event = house.event(person, body);
            let answer = house.handle(event.clone()).await;
            assert_eq!(answer.taken, Taken::Taken);
            if rng.random_bool(0.1) {
                house.restart().await;
                assert_eq!(house.handle(event).await.taken, Taken::Repeated);
            }
            house.settle().await;
            let on_the_way = house.store().outbox_count().await.unwrap() > 0;
            let heard = house.messenger.attempts(person).len() > before || answer.note.is_some();
            assert!(heard || on_the_way, "{shown} of {person} does nothing at all");
        }
    }
}

#[tokio::test]
async fn i34_i37_i38_random_talks_over_kills_and_failing_sends_keep_every_promise() {
    for seed in 0..6 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut house = House::closed(shipped_library());
        house.settings.dialogs.set(Occasion::Start, "welcome");
        house.settings.dialogs.set(Occasion::Remind, "reminders");
        house.settings.dialogs.set(Occasion::Crisis, "support");
        house.open().await;
        for _ in 0..120 {
            one_step(&mut house, &mut rng).await;
            holds(&house).await;
        }
        // Whatever waits for a retry goes within a day and a half.
        for _ in 0..40 {
            house.advance(SignedDuration::from_hours(1)).await;
            for _ in 0..20 {
                tokio::task::yield_now().await;
                house.settle().await;
            }
        }
        house.fire().await;
        patiently(house.service().settle()).await;
        holds(&house).await;
        assert_eq!(house.store().outbox_count().await.unwrap(), 0, "something never leaves");
        house.store().integrity().await.unwrap();
        for person in PEOPLE {
            for attempt in house.messenger.attempts(person) {
                if attempt.class == Class::Nudge {
                    let (wall, quiet) = (zone().to_datetime(attempt.at).time(), house.settings.quiet);
                    // Who chose a zone has another night.
                    let chose_zone = house.person(person).await.1.profile.zone_name().is_some();
                    assert!(chose_zone || !quiet.contains(wall), "a nudge at {wall}");
                }
            }
        }
    }
}
