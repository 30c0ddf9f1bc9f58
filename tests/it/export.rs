//! `/export`, as people see it: asked once, and then everything of theirs comes as one file, to them and nobody else.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use jiff::civil::date;
use mendwell::domain::event::{Body, Platform};
use mendwell::domain::ids::{PersonId, SessionId};
use mendwell::domain::text::UserText;
use mendwell::domain::value::Values;
use mendwell::domain::write::{JournalEntry, Write, WriteKey};
use mendwell::service::ports::{Item, NotSent, Outcome};
use mendwell::store::{Batch, EntryNew};
use serde_json::Value;

use crate::export_files::is_by_schema;
use crate::link::link;
use crate::support::canary::found_in;
use crate::support::log::{self, Log};
use crate::support::{House, Script};

const CANARY: &str = "Zilpzalpgesang";
const OTHER: &str = "Grasmueckenruf";
const ASKED: &str = "I can send you everything I have of you as one file";
const BEGUN: &str = "I am putting it together. It comes here in a moment.";
const SOON: &str = "You had a file of everything not long ago.";

/// The files of a zip by name.
pub(crate) fn unpacked(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.insert(file.name().unwrap().into_owned(), text);
    }
    files
}

/// The files that somebody was sent, tried or not, oldest first.
fn files(house: &House, person: &str) -> Vec<BTreeMap<String, String>> {
    let tried = house.messenger.attempts(person).into_iter().filter(|attempt| attempt.seen == Some(true));
    tried
        .filter_map(|attempt| match attempt.item {
            Item::File { name, bytes, .. } => {
                assert_eq!(name, "mendwell-export.zip");
                Some(unpacked(bytes.expose()))
            }
            Item::Show { .. } | Item::Freeze { .. } | Item::InSpace { .. } | Item::Remove { .. } => None,
        })
        .collect()
}

fn json(files: &BTreeMap<String, String>) -> Value {
    serde_json::from_str(&files["export.json"]).unwrap()
}

/// Somebody with an entry, a plan, an open exercise with an answer in it, and one set aside.
async fn at_home(house: &House, person: &str, words: &str) {
    house.welcome(person).await;
    house.open_dialog(person, "long").await;
    for _ in 0..3 {
        house.say(person, words).await;
    }
    house.plan(person, "daily", "19:00", "Wait").await;
    house.open_dialog(person, "long").await;
    house.say(person, words).await;
}

async fn asks(house: &House, person: &str) -> Vec<String> {
    let said = house.say(person, "/export").await;
    assert!(said.last().unwrap().starts_with(ASKED), "{said:?}");
    house.tap(person, "Send it here").await
}

#[tokio::test]
async fn everything_comes_as_one_file_and_the_talk_goes_on() {
    let log = Log::capture();
    let house = House::new().await;
    at_home(&house, "ada", CANARY).await;
    at_home(&house, "bob", OTHER).await;
    assert_eq!(asks(&house, "ada").await, [BEGUN, "Second?"], "and on with what was open");
    let files = files(&house, "ada");
    assert_eq!(files.len(), 1);
    let names: Vec<&str> = files[0].keys().map(String::as_str).collect();
    assert_eq!(names, ["export.html", "export.json", "journal.md", "measures.csv"]);
    let json = json(&files[0]);
    is_by_schema(&json);
    assert_eq!(json["profile"]["facts"]["name"], "ada");
    assert_eq!(json["profile"]["accounts"], serde_json::json!(["Telegram"]));
    assert_eq!(json["journal"][0]["body"], format!("{CANARY} / {CANARY} / {CANARY}"));
    assert_eq!(json["checkin_plans"][0]["when"], "every day at 19:00");
    assert_eq!(json["exercises"][0]["answers"][0]["question"], "what");
    assert!(json["exercises"].to_string().contains(CANARY), "{}", json["exercises"]);
    for (name, text) in &files[0] {
        assert!(name == "measures.csv" || text.contains(CANARY), "{name}");
        assert!(!text.contains(OTHER), "words of somebody else in {name}");
    }
    assert!(self::files(&house, "bob").is_empty());
    let places: Vec<_> =
        house.messenger.attempts("ada").into_iter().rev().take(3).map(|attempt| attempt.item).collect();
    assert!(matches!(&places[1], Item::File { .. }), "the file comes before the question that goes on");
    // Nothing of it is on the disk or in the log.
    assert_eq!(found_in(house.data_db().parent().unwrap(), &[CANARY]), Vec::<String>::new());
    log::is_clean(&log, &[CANARY, OTHER], &[]);
}

#[tokio::test]
async fn there_is_a_way_out_and_a_link_cannot_ask() {
    let house = House::new().await;
    at_home(&house, "ada", CANARY).await;
    for no in ["no", "/stop"] {
        house.say("ada", "/export").await;
        house.say("ada", no).await;
    }
    let said = house.say("ada", "/start export").await;
    assert!(!said.iter().any(|text| text.starts_with(ASKED)), "{said:?}");
    assert!(files(&house, "ada").is_empty());
}

#[tokio::test]
async fn the_next_one_comes_after_ten_minutes() {
    let house = House::new().await;
    at_home(&house, "ada", CANARY).await;
    // Two questions that are open at once, one of them set aside.
    house.say("ada", "/export").await;
    let first = house.messenger.token("ada", "Send it here");
    asks(&house, "ada").await;
    house.advance(SignedDuration::from_secs(61)).await;
    let said = house.say("ada", "/export").await;
    assert!(said[0].starts_with(SOON) && said[0].contains("In 9 minutes"), "{said:?}");
    assert_eq!(said[1..], ["Second?"]);
    house.say("ada", "/stop").await;
    house.send("ada", Body::Tap(first)).await;
    assert_eq!(files(&house, "ada").len(), 1);
    house.advance(SignedDuration::from_mins(9)).await;
    asks(&house, "ada").await;
    assert_eq!(files(&house, "ada").len(), 2);
}

#[tokio::test]
async fn a_kill_between_commit_and_send_loses_no_file() {
    let mut house = House::new().await;
    at_home(&house, "ada", CANARY).await;
    house.say("ada", "/export").await;
    house.messenger.script("ada", [Script::Hang]);
    let token = house.messenger.token("ada", "Send it here");
    house.handle(house.event("ada", Body::Tap(token))).await;
    house.messenger.hang(1).await;
    house.restart().await;
    house.settle().await;
    let files = files(&house, "ada");
    assert_eq!(files.len(), 1);
    is_by_schema(&json(&files[0]));
    // A failure of the platform, and it comes by the ladder.
    house.advance(SignedDuration::from_mins(11)).await;
    house.say("ada", "/export").await;
    let before = house.messenger.attempts("ada").len();
    house.messenger.ends("ada", [Outcome::Sent(None), Outcome::Sent(None), Outcome::NotSent(NotSent::Retry)]);
    house.tap("ada", "Send it here").await;
    house.advance(SignedDuration::from_mins(1)).await;
    house.settle().await;
    let later = &house.messenger.attempts("ada")[before..];
    let tries = later.iter().filter(|attempt| matches!(attempt.item, Item::File { .. })).count();
    assert_eq!(tries, 2, "{later:?}");
}

#[tokio::test]
async fn nothing_is_sent_to_somebody_who_was_forgotten_meanwhile() {
    let house = House::new().await;
    at_home(&house, "ada", CANARY).await;
    house.welcome("ada@dc").await;
    link(&house, "ada", "ada@dc").await;
    house.tap("ada@dc", "Discord").await;
    house.messenger.down(Platform::Telegram, [Outcome::NotSent(NotSent::Retry)]);
    house.say("ada", "/export").await;
    house.messenger.up(Platform::Telegram);
    house.advance(SignedDuration::from_mins(1)).await;
    house.settle().await;
    let token = house.messenger.token("ada", "Send it here");
    house.messenger.down(Platform::Telegram, [Outcome::NotSent(NotSent::Retry)]);
    house.send("ada", Body::Tap(token)).await;
    house.say("ada@dc", "/forget").await;
    house.tap("ada@dc", "Delete everything").await;
    house.messenger.up(Platform::Telegram);
    house.advance(SignedDuration::from_hours(1)).await;
    house.settle().await;
    assert!(files(&house, "ada").is_empty());
}

#[tokio::test]
async fn an_account_that_was_parted_with_gets_nothing() {
    let house = House::new().await;
    at_home(&house, "ada", CANARY).await;
    house.welcome("ada@dc").await;
    link(&house, "ada", "ada@dc").await;
    house.tap("ada@dc", "Discord").await;
    house.say("ada", "/export").await;
    // What is said before the file hangs, and with it everything behind it.
    house.messenger.script("ada", [Script::Hang]);
    let token = house.messenger.token("ada", "Send it here");
    house.handle(house.event("ada", Body::Tap(token))).await;
    house.messenger.hang(1).await;
    for words in ["/unlink", "yes"] {
        house.handle(house.event("ada", Body::from_typed(words))).await;
    }
    house.messenger.release();
    house.settle().await;
    let (_, state) = house.person("ada@dc").await;
    assert!(state.profile.others.is_empty(), "parted");
    assert!(files(&house, "ada").is_empty());
    assert_eq!(house.counter("gone_total").await, 1);
}

#[tokio::test]
async fn two_who_became_one_get_the_file_of_both() {
    let house = House::new().await;
    at_home(&house, "ada", CANARY).await;
    at_home(&house, "ada@dc", OTHER).await;
    link(&house, "ada", "ada@dc").await;
    house.tap("ada@dc", "Discord").await;
    asks(&house, "ada").await;
    let files = files(&house, "ada");
    assert!(files[0]["journal.md"].contains(CANARY) && files[0]["journal.md"].contains(OTHER));
    assert!(self::files(&house, "ada@dc").is_empty(), "it goes where they asked");
}

async fn writes_much(house: &House, person: PersonId, entries: usize) {
    for page in 0..entries.div_ceil(1_000) {
        let entry = |at: usize| {
            let number = page * 1_000 + at;
            let entry = JournalEntry {
                dialog: "long".to_owned(),
                title: UserText::new("Long"),
                body: UserText::new(format!("{number} {}", "and so it went on, day after day. ".repeat(10))),
                fields: Values::new(),
                date: date(2026, 3, 2),
                complete: true,
            };
            let key = WriteKey(format!("entry#{number}"));
            EntryNew { person, session: SessionId(9), key, write: Write::Journal(entry) }
        };
        let batch = Batch { entries: (0..1_000).map(entry).collect(), ..Batch::default() };
        house.store().commit(batch).await.unwrap();
    }
}

/// They are forgotten on one app while the file for the other one is put together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_being_made_is_not_sent_after_a_forget() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.welcome("ada@dc").await;
    link(&house, "ada", "ada@dc").await;
    house.tap("ada@dc", "Discord").await;
    let (ada, _) = house.person("ada").await;
    writes_much(&house, ada, 6_000).await;
    house.say("ada", "/export").await;
    let token = house.messenger.token("ada", "Send it here");
    house.handle(house.event("ada", Body::Tap(token))).await;
    for words in ["/forget", "yes"] {
        house.handle(house.event("ada@dc", Body::from_typed(words))).await;
    }
    house.settle().await;
    assert_eq!(house.store().persons_count().await.unwrap(), 0);
    let said = house.messenger.said("ada");
    assert!(said.last().is_none_or(|said| said == BEGUN), "{said:?}");
    assert_eq!(files_tried(&house), 0);
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_told_in_one_line() {
    let house = House::new().await;
    at_home(&house, "ada", CANARY).await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(house.data_db());
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::query("UPDATE entries SET body = zeroblob(60)").execute(&pool).await.unwrap();
    pool.close().await;
    let said = asks(&house, "ada").await;
    let wanted =
        "I could not put your file together. Nothing of yours is lost, and in ten minutes /export tries again.";
    assert_eq!(said, [BEGUN, wanted, "Second?"]);
}

/// Ten thousand entries: the file is whole, and somebody else is answered meanwhile.
#[expect(clippy::disallowed_methods, reason = "how long real work takes is what is measured")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_somebody_elses_file() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.welcome("bob").await;
    let (ada, _) = house.person("ada").await;
    writes_much(&house, ada, 10_000).await;
    house.say("ada", "/export").await;
    let token = house.messenger.token("ada", "Send it here");
    let begun = Instant::now();
    house.handle(house.event("ada", Body::Tap(token))).await;
    let mut longest = Duration::ZERO;
    let mut turns = 0;
    while files_tried(&house) == 0 {
        let turn = Instant::now();
        house.handle(house.event("bob", Body::from_typed("/help"))).await;
        longest = longest.max(turn.elapsed());
        turns += 1;
        assert!(begun.elapsed() < Duration::from_secs(60), "no file");
    }
    let took = begun.elapsed();
    house.settle().await;
    let json = json(&files(&house, "ada")[0]);
    assert_eq!(json["journal"].as_array().unwrap().len(), 10_000);
    assert_eq!(json["journal"][9_999]["body"].as_str().unwrap().split(' ').next(), Some("9999"), "in order");
    assert!(turns > 5, "{turns} turns in {took:?}");
    assert!(longest < took / 3, "{longest:?} of {took:?}");
}

fn files_tried(house: &House) -> usize {
    house.messenger.attempts("ada").iter().filter(|attempt| matches!(attempt.item, Item::File { .. })).count()
}
