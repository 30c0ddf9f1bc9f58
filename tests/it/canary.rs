//! Words that nobody else uses, told at every place where the shipped dialogs take words: afterwards no file and no log has
//! them, whatever went wrong.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::SignedDuration;
use mendwell::dialog::model::{Library, Question, Verb};
use mendwell::domain::event::Body;
use mendwell::domain::message::{View, ViewKind};
use mendwell::domain::occasion::Occasion;
use mendwell::domain::text::UserText;
use mendwell::service::Taken;
use mendwell::service::ports::{Clock, Item, NotSent, Outcome};
use mendwell::store::{self, Store};
use rand::prelude::*;
use rand::rngs::StdRng;
use sqlx::{Connection, Executor};

use crate::link::link;
use crate::support::canary::{copy, found_in};
use crate::support::log::{self, Log};
use crate::support::{House, make_room, shipped_library, shipped_settings};
use crate::update_kill::{age, connect};

/// What people write.
pub(crate) const WORDS: &str = "Rohrsaengerlied";
/// How every account begins.
const ACCOUNT: &str = "88041237";
const PIN: &str = "730152886419";
const WRONG_PIN: &str = "730152886418";
const SECRETS: [&str; 4] = [WORDS, ACCOUNT, PIN, WRONG_PIN];
/// Walks through a dialog that asks for no words.
const WALKS: usize = 3;
/// Walks until every question of a dialog that asks for words was reached.
const WALKS_MAX: usize = 24;
const TURNS_MAX: usize = 60;

/// A dialog and one of its steps.
type Place = (String, String);

#[tokio::test]
async fn words_told_to_every_dialog_stand_in_no_file_and_no_log() {
    let log = Log::capture();
    let mut house = House::closed(shipped_library());
    house.settings = shipped_settings();
    let ids: Vec<String> = house.library.dialogs.keys().cloned().collect();
    let wanted = asks_for_words(&house.library);
    assert!(ids.len() > 25 && wanted.len() > 5, "{ids:?}, {wanted:?}");
    let (mut rng, mut reached, mut people) = (StdRng::seed_from_u64(5), BTreeSet::new(), 0);
    for dialog in &ids {
        house.settings.dialogs.set(Occasion::Menu, dialog);
        house.restart().await;
        let is_left = |reached: &BTreeSet<Place>| wanted.difference(reached).any(|(of, _)| of == dialog);
        for walk in 0..WALKS_MAX {
            if walk >= WALKS && !is_left(&reached) {
                break;
            }
            people += 1;
            let person = format!("{ACCOUNT}{people:04}{}", if people % 2 == 0 { "@dc" } else { "" });
            welcomed(&house, &person, if walk % 3 == 2 { &TOLD[..AGREED] } else { TOLD }).await;
            let said = house.say(&person, "/menu").await;
            assert!(!said.is_empty(), "{dialog} does not begin");
            walks(&house, &person, &mut rng, &mut reached).await;
        }
    }
    // Some stand behind the contact gate, or behind the arguments of a follow-up, and are met by chance or not at all.
    let missed: Vec<_> = wanted.difference(&reached).collect();
    assert!(missed.len() * 3 <= wanted.len(), "never asked, of {}: {missed:?}", wanted.len());
    assert_eq!(house.counter("quarantined_total").await, 0);
    house.settings.dialogs = shipped_settings().dialogs;
    house.restart().await;
    every_command(&house).await;
    is_clean(&house, &log, &[]).await;
    kept_elsewhere(&mut house).await;
}

#[tokio::test]
async fn words_that_meet_a_failure_stand_in_no_file_and_no_log() {
    let log = Log::capture();
    let (house, mut other) = House::with_a_full_disk().await;
    let long = format!("{WORDS} ").repeat(130);
    let mut stuck = house.submit(house.event("ada", Body::from_typed(&long))).await;
    for _ in 0..200 {
        house.clock.set(house.clock.now() + SignedDuration::from_millis(500));
        tokio::task::yield_now().await;
    }
    assert!(stuck.try_recv().is_err(), "the disk was not full");
    make_room(&mut other).await;
    while stuck.try_recv().is_err() {
        house.clock.set(house.clock.now() + SignedDuration::from_millis(500));
        tokio::task::yield_now().await;
    }
    house.settle().await;
    house.welcome("bob").await;
    house.open_dialog("bob", "long").await;
    for ends in [
        Outcome::Unknown,
        Outcome::NotSent(NotSent::Retry),
        Outcome::NotSent(NotSent::Rejected),
        Outcome::NotSent(NotSent::Wait(SignedDuration::from_secs(30))),
        Outcome::NotSent(NotSent::Gone),
    ] {
        house.messenger.ends("bob", [ends]);
        house.say("bob", WORDS).await;
        house.advance(SignedDuration::from_mins(1)).await;
    }
    // A turn that breaks, and one that the store refuses.
    house.panics.store(1, std::sync::atomic::Ordering::SeqCst);
    house.say("eve", WORDS).await;
    assert_eq!(house.counter("quarantined_total").await, 1);
    other.execute("CREATE TRIGGER refuse BEFORE INSERT ON outbox BEGIN SELECT raise(ABORT, 'no'); END").await.unwrap();
    house.say("ada", WORDS).await;
    assert_eq!(house.counter("quarantined_total").await, 2);
    other.execute("DROP TRIGGER refuse").await.unwrap();
    other.close().await.unwrap();
    is_clean(&house, &log, &["mendwell::"]).await;
}

/// Every question that is answered with words of one's own.
fn asks_for_words(library: &Library) -> BTreeSet<Place> {
    let mut places = BTreeSet::new();
    for (id, dialog) in &library.dialogs {
        for step in dialog.parts.values().flatten() {
            if let Verb::Ask(ask) = &step.verb
                && matches!(ask.kind, Question::Text { .. } | Question::List { .. })
            {
                places.insert((id.clone(), step.id.clone()));
            }
        }
    }
    places
}

/// The answers to the first dialog: of these choices the one with this number, and words where there is none.
const TOLD: &[Option<usize>] = &[Some(0), Some(0), Some(2), None, Some(0), None, Some(1), Some(2)];
/// So many of them are enough to have agreed that things are kept.
const AGREED: usize = 3;

/// Through the first dialog, or out of it as soon as they have agreed.
async fn welcomed(house: &House, person: &str, answers: &[Option<usize>]) {
    house.say(person, "/start").await;
    for choice in answers {
        match choice {
            Some(at) => {
                let view = asked(house, person).expect("a question");
                house.send(person, Body::Tap(view.choices[*at].token.clone())).await;
            }
            None => {
                house.say(person, WORDS).await;
            }
        }
    }
    if answers.len() < TOLD.len() {
        house.say(person, "/stop").await;
    }
    assert_eq!(house.sessions(person).await.0, 0, "the first dialog is not over");
}

/// Answers whatever is asked until nothing is, in ways of chance; words of one's own are always the canary.
async fn walks(house: &House, person: &str, rng: &mut StdRng, reached: &mut BTreeSet<Place>) {
    for _ in 0..TURNS_MAX {
        let (Some(place), Some(view)) = (stands(house, person).await, asked(house, person)) else { return };
        let takes_words = matches!(view.kind, ViewKind::Text | ViewKind::List);
        let choice = view.choices.choose(rng).filter(|_| rng.random_bool(if takes_words { 0.2 } else { 0.9 }));
        let body = match (choice, view.kind) {
            (Some(choice), _) => Body::Tap(choice.token.clone()),
            (None, ViewKind::Beat(_)) => {
                house.advance(SignedDuration::from_mins(1)).await;
                continue;
            }
            (None, ViewKind::Date) => Body::from_typed("tomorrow"),
            (None, ViewKind::Time) => Body::from_typed("18:30"),
            (None, ViewKind::Number | ViewKind::Scale) => Body::from_typed("3"),
            _ if rng.random_bool(0.1) => Body::from_typed(["/back", "/why", "/skip", "/help"].choose(rng).unwrap()),
            _ => {
                if takes_words {
                    reached.insert(place);
                }
                Body::from_typed(WORDS)
            }
        };
        let answer = house.send(person, body).await;
        assert_eq!(answer.taken, Taken::Taken);
    }
    house.say(person, "/stop").await;
}

/// What was asked last.
fn asked(house: &House, person: &str) -> Option<View> {
    house.messenger.attempts(person).into_iter().rev().find_map(|attempt| match attempt.item {
        Item::Show { view, .. } if view.kind != ViewKind::Say => Some(view),
        _ => None,
    })
}

/// Where somebody stands in the open dialog.
async fn stands(house: &House, person: &str) -> Option<Place> {
    // Who has just been forgotten is nowhere.
    if house.sessions(person).await.0 == 0 {
        return None;
    }
    let row = house.person(person).await.1.live?;
    let json = row.state.expose();
    let begins = json.iter().position(|byte| *byte == b'{').unwrap();
    let stored: serde_json::Value = serde_json::from_slice(&json[begins..]).unwrap();
    let frame = stored.pointer("/session/k").or(stored.get("k")).and_then(|stack| stack.as_array()?.last().cloned());
    let frame = frame.unwrap_or_else(|| panic!("no stack in {stored}"));
    Some((frame["d"].as_str()?.to_owned(), frame["i"].as_str()?.to_owned()))
}

/// What takes words or digits beside the dialogs.
async fn every_command(house: &House) {
    let (person, other) = (format!("{ACCOUNT}ada"), format!("{ACCOUNT}ada@dc"));
    for somebody in [&person, &other] {
        welcomed(house, somebody, TOLD).await;
    }
    link(house, &person, &other).await;
    house.tap(&other, "Discord").await;
    for words in ["/pin", PIN, PIN, WORDS] {
        house.say(&person, words).await;
    }
    house.advance(SignedDuration::from_mins(11)).await;
    for words in ["/export", WRONG_PIN] {
        house.say(&person, words).await;
    }
    house.send(&person, Body::Pin(UserText::new(PIN))).await;
    house.tap(&person, "Send it here").await;
    let is_file = |attempt: &crate::support::Attempt| matches!(attempt.item, Item::File { .. });
    assert!(house.messenger.attempts(&person).iter().any(is_file), "no file was sent");
    let shouted = format!("/{WORDS}");
    let told = ["/privacy", "/journal", "/link", "/hide", "/pause", "/resume", "/help", "/crisis", "/stop"];
    for words in told.into_iter().chain([shouted.as_str()]) {
        house.say(&person, words).await;
        house.say(&other, &format!("{words} {WORDS}")).await;
    }
    house.send(&person, Body::Edited(UserText::new(WORDS))).await;
    house.say(&person, "/stop").await;
    house.say(&person, "/forget").await;
    let said = house.tap(&person, "Delete everything").await;
    assert!(said[0].starts_with("It is done"), "{said:?}");
}

/// The files of the running house and everything that was logged; and the search finds what is planted.
async fn is_clean(house: &House, log: &Log, targets: &[&str]) {
    let data = house.data_db().parent().unwrap().to_owned();
    let wal = data.join("data.db-wal").metadata().unwrap().len();
    assert!(wal > 0, "the log of the database must be looked through, too");
    assert_eq!(found_in(&data, &SECRETS), Vec::<String>::new());
    let scratch = tempfile::tempdir().unwrap();
    copy(&data, scratch.path());
    let mut raw = connect(&scratch.path().join("data.db")).await;
    for secret in SECRETS {
        let plain = sqlx::query("INSERT OR REPLACE INTO meta VALUES ('control', ?1)").bind(secret);
        plain.execute(&mut raw).await.unwrap();
    }
    assert_eq!(found_in(scratch.path(), &SECRETS).len(), SECRETS.len(), "what stands there plainly is not found");
    raw.close().await.unwrap();
    log::is_clean(log, &SECRETS, targets);
}

/// After the end of the process, in a backup, and in the copy that is made before an update.
async fn kept_elsewhere(house: &mut House) {
    let options = house.options();
    let home = options.data_dir.parent().unwrap();
    let (to, keys_to) = (home.join("safe"), home.join("safe-keys"));
    store::backup(&options, &to, &keys_to, "20260323T080000Z").await.unwrap();
    house.kill().await;
    age(&options.data_dir).await;
    Store::open(house.options()).await.unwrap().close().await.unwrap();
    for made in [to, keys_to, options.data_dir.join("before-update")] {
        assert!(is_filled(&made), "{}", made.display());
    }
    assert_eq!(found_in(home, &SECRETS), Vec::<String>::new());
}

fn is_filled(directory: &Path) -> bool {
    std::fs::read_dir(directory).unwrap().next().is_some()
}
