//! `/forget`, as people see it: asked once, done at once, told by one receipt; and then nobody knows them.

use jiff::SignedDuration;
use mendwell::domain::event::{Body, Platform};
use mendwell::service::ports::{Item, Outcome};
use mendwell::store::{Batch, EntryKind, ForgetNew, PersonNew, Store};

use crate::link::link;
use crate::support::canary::found_in;
use crate::support::{House, Script, address};

const CANARY: &str = "Rotkehlchenlied";
const SURE: &str = "Shall I delete everything I have of you?";

/// Somebody with a journal entry, an open dialog with an answer in it, and a plan.
async fn at_home(house: &House, person: &str) {
    house.welcome(person).await;
    house.open_dialog(person, "long").await;
    for answer in [CANARY, CANARY, CANARY] {
        house.say(person, answer).await;
    }
    house.plan(person, "daily", "19:00", "Wait").await;
    house.open_dialog(person, "long").await;
    house.say(person, CANARY).await;
}

/// Rows of people in the data, by table.
async fn rows(house: &House) -> Vec<(&'static str, i64)> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(house.data_db()).read_only(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let mut found = Vec::new();
    for table in
        ["persons", "accounts", "sessions", "shown", "plans", "occurrences", "entries", "outbox", "forgetting", "said"]
    {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
        if count > 0 {
            found.push((table, count));
        }
    }
    pool.close().await;
    found
}

fn ledger(house: &House) -> usize {
    let path = house.options().forget_ledger;
    std::fs::read_to_string(path).unwrap_or_default().lines().count()
}

fn is_receipt(said: &str) -> bool {
    said.starts_with("It is done. This is what I deleted:")
}

#[tokio::test]
async fn one_question_one_tap_and_nothing_is_left_but_a_receipt() {
    let house = House::new().await;
    house.messenger.has_places();
    at_home(&house, "ada").await;
    at_home(&house, "bob").await;
    let said = house.say("ada", "/forget").await;
    assert!(said.last().unwrap().starts_with(SURE), "{said:?}");
    let token = house.messenger.token("ada", "Delete everything");
    let said = house.tap("ada", "Delete everything").await;
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(is_receipt(&said[0]), "{said:?}");
    assert!(said[0].contains("1 journal entry, 0 sets of check-in answers, 0 notes on small goals"), "{said:?}");
    assert!(said[0].contains("1 exercise that was open, 1 check-in plan, your settings"), "{said:?}");
    let found = house.store().persons_by_account(&[(Platform::Telegram, "ada".to_owned())]).await.unwrap();
    assert_eq!(found, [None]);
    assert_eq!(house.store().persons_count().await.unwrap(), 1, "bob is still here");
    let (bob, _) = house.person("bob").await;
    assert_eq!(house.store().entries_of(bob, EntryKind::Journal, 9).await.unwrap().len(), 1);
    assert_eq!(ledger(&house), 2, "the person, and the stranger who got the receipt");
    assert_eq!(found_in(house.data_db().parent().unwrap(), &[CANARY]), Vec::<String>::new());

    // Nothing comes any more, not even what was planned.
    let before = house.messenger.attempts("ada").len();
    house.advance(SignedDuration::from_hours(24 * 40)).await;
    assert_eq!(house.messenger.attempts("ada").len(), before);
    // A button from before belongs to nobody, and a word begins anew.
    assert_eq!(house.say("ada", "hi").await, ["Hello.", "What may I call you?"]);
    let answer = house.send("ada", Body::Tap(token)).await;
    assert!(answer.note.is_some_and(|note| note.plain().starts_with("That part is over")));
}

#[tokio::test]
async fn there_is_a_way_out_and_everything_goes_on() {
    let house = House::new().await;
    at_home(&house, "ada").await;
    let before = rows(&house).await;
    for no in ["no", "/stop", "keep it"] {
        house.say("ada", "/forget").await;
        let said = house.say("ada", no).await;
        assert!(!said.iter().any(|text| is_receipt(text)), "{said:?}");
        if no != "/stop" {
            assert_eq!(said, ["Then everything stays as it is.", "Second?"], "and on with what was open");
        }
    }
    house.say("ada", "/resume").await;
    assert_eq!(rows(&house).await, before);
    // A link cannot ask the question in somebody's place.
    let said = house.say("ada", "/start forget").await;
    assert!(!said.iter().any(|text| text.starts_with(SURE)), "{said:?}");
}

#[tokio::test]
async fn both_accounts_of_a_person_go_and_the_other_one_hears_nothing() {
    let house = House::new().await;
    at_home(&house, "ada").await;
    house.welcome("ada@dc").await;
    link(&house, "ada", "ada@dc").await;
    house.tap("ada@dc", "Discord").await;
    let there = house.messenger.attempts("ada").len();
    let said = house.say("ada@dc", "/forget").await;
    assert!(said.iter().any(|text| text.starts_with("Discord and Telegram are connected, so this is about both.")));
    let said = house.tap("ada@dc", "Delete everything").await;
    assert!(said.len() == 1 && is_receipt(&said[0]), "{said:?}");
    assert_eq!(rows(&house).await, []);
    assert_eq!(house.messenger.attempts("ada").len(), there, "nothing is sent to the other account");
    for account in ["ada", "ada@dc"] {
        assert_eq!(house.say(account, "hi").await, ["Hello.", "What may I call you?"], "{account}");
    }
}

#[tokio::test]
async fn what_waits_for_a_silent_platform_is_never_sent() {
    let house = House::new().await;
    at_home(&house, "ada").await;
    house.welcome("ada@dc").await;
    link(&house, "ada", "ada@dc").await;
    house.tap("ada@dc", "Discord").await;
    // An answer on Telegram that does not get through.
    house.messenger.down(Platform::Telegram, [Outcome::Unknown]);
    house.handle(house.event("ada", Body::from_typed("/help"))).await;
    house.settle().await;
    house.say("ada@dc", "/forget").await;
    house.tap("ada@dc", "Delete everything").await;
    assert_eq!(rows(&house).await, []);
    house.messenger.up(Platform::Telegram);
    let before = house.messenger.attempts("ada").len();
    house.advance(SignedDuration::from_hours(30)).await;
    house.settle().await;
    assert_eq!(house.messenger.attempts("ada").len(), before, "{:?}", house.messenger.attempts("ada").last());
}

#[tokio::test]
async fn what_is_under_way_is_not_tried_again() {
    let house = House::new().await;
    at_home(&house, "ada").await;
    house.say("ada", "/forget").await;
    let token = house.messenger.token("ada", "Delete everything");
    house.messenger.script("ada", [Script::HangThen(Outcome::Unknown)]);
    house.handle(house.event("ada", Body::from_typed("/help"))).await;
    house.messenger.hang(1).await;
    house.handle(house.event("ada", Body::Tap(token))).await;
    let before = house.messenger.attempts("ada").len();
    house.messenger.release();
    house.settle().await;
    house.advance(SignedDuration::from_hours(1)).await;
    house.settle().await;
    let after: Vec<String> = house.messenger.attempts("ada")[before..]
        .iter()
        .filter_map(|attempt| match &attempt.item {
            Item::Show { view, .. } => Some(view.body.plain()),
            _ => None,
        })
        .collect();
    assert!(after.iter().all(|text| is_receipt(text)) && !after.is_empty(), "{after:?}");
    assert_eq!(rows(&house).await, []);
}

/// The mark is written and the process dies: the next one deletes, and sends the receipt.
#[tokio::test]
async fn a_receipt_that_is_owed_is_sent_by_the_next_start() {
    let mut house = House::new().await;
    at_home(&house, "ada").await;
    let (person, state) = house.person("ada").await;
    house.kill().await;
    let store = Store::open(house.options()).await.unwrap();
    let heir = store.person_id_next();
    let batch = Batch {
        accounts_gone: vec![(Platform::Telegram, "ada".to_owned())],
        persons_new: vec![PersonNew {
            id: heir,
            address: address("ada"),
            profile: mendwell::domain::person::Profile::new(state.profile.address),
        }],
        forgets: vec![ForgetNew { person, heir: Some(heir), day: 20_535 }],
        ..Batch::default()
    };
    store.commit(batch).await.unwrap();
    store.close().await.unwrap();
    house.open().await;
    house.settle().await;
    let said = house.messenger.said("ada");
    assert!(is_receipt(said.last().unwrap()), "{said:?}");
    house.settle().await;
    assert_eq!(rows(&house).await, []);
    house.restart().await;
    house.settle().await;
    assert_eq!(house.messenger.said("ada"), Vec::<String>::new(), "once");
}

/// Everything at once: words before, the tap, and words after it in one batch.
#[tokio::test]
async fn words_around_the_tap_keep_their_order() {
    let house = House::new().await;
    at_home(&house, "ada").await;
    house.say("ada", "/forget").await;
    let token = house.messenger.token("ada", "Delete everything");
    let mut answers = Vec::new();
    for body in [Body::from_typed("/help"), Body::Tap(token), Body::from_typed("hi"), Body::from_typed("Ada")] {
        answers.push(house.submit(house.event("ada", body)).await);
    }
    for answer in answers {
        answer.await.unwrap();
    }
    house.settle().await;
    let said = house.messenger.said("ada");
    assert_eq!(said.iter().filter(|text| is_receipt(text)).count(), 1, "{said:?}");
    assert!(said.iter().any(|text| text == "What may I call you?"), "{said:?}");
    assert_eq!(house.store().persons_count().await.unwrap(), 1);
    let (_, state) = house.person("ada").await;
    assert!(!format!("{:?}", state.profile.facts).contains(CANARY));
}

#[tokio::test]
async fn somebody_of_whom_nothing_is_kept_may_ask_too() {
    let house = House::new().await;
    let said = house.say("ada", "/forget").await;
    assert!(said.last().unwrap().starts_with(SURE), "{said:?}");
    let said = house.tap("ada", "Delete everything").await;
    assert!(is_receipt(&said[0]), "{said:?}");
    assert_eq!(rows(&house).await, []);
}
