//! The saga of forgetting in the store: cut off anywhere, it leaves the person as they were or not at all; what is put
//! back from before stays forgotten.

use std::path::Path;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use mendwell::domain::event::Platform;
use mendwell::domain::ids::{PersonId, SessionId};
use mendwell::domain::link_code::LinkCode;
use mendwell::domain::write::WriteKey;
use mendwell::store::connect::Database;
use mendwell::store::{
    Batch, EntryKind, EntryNew, ForgetNew, Join, KeptCounts, LinkCodeNew, LinkCodeTake, PersonNew, ProfileWrite, Store,
    Synchronous,
};
use sqlx::{Connection, Row};

use crate::store::{Place, address, at, entry, fill, forget, new_person, profile};
use crate::store_schema::found_plainly;

const ENTRIES: usize = 40;

async fn entries(store: &Store, person: PersonId, count: usize) {
    for first in (0..count).step_by(500) {
        let entries = (first..count.min(first + 500)).map(|n| EntryNew {
            session: SessionId(9),
            key: WriteKey(format!("n#{n}")),
            ..entry(person, "")
        });
        store.commit(Batch { entries: entries.collect(), ..Batch::default() }).await.unwrap();
    }
}

/// Somebody with one of everything and a row of entries, and somebody else.
async fn filled(place: &Place) -> (PersonId, PersonId) {
    let store = place.open().await;
    let person = fill(&store).await;
    entries(&store, person, ENTRIES).await;
    let other = new_person(&store, "other").await;
    store.close().await.unwrap();
    (person, other)
}

/// Number of rows with the person in each table of both files that has such rows, and lines in the ledger.
async fn left(place: &Place, person: PersonId) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    for (database, tables) in [
        (Database::Data, &["persons", "accounts", "sessions", "outbox", "plans", "entries", "forgetting"][..]),
        (Database::Keys, &["person_keys"][..]),
    ] {
        let mut raw = place.raw(database).await;
        for table in tables {
            let column = if *table == "persons" { "id" } else { "person_id" };
            let sql = format!("SELECT count(*) FROM {table} WHERE {column} = {}", person.0);
            let count: i64 = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut raw).await.unwrap().get(0);
            if count > 0 {
                found.push(((*table).to_owned(), count));
            }
        }
        // Closed by being dropped, it would take its WAL away a moment later, from under a copy.
        raw.close().await.unwrap();
    }
    found
}

fn ledger_lines(place: &Place) -> usize {
    std::fs::read_to_string(place.options().forget_ledger).unwrap_or_default().lines().count()
}

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let path = file.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// The same place again, as a copy.
fn twin(place: &Place) -> Place {
    let twin = Place::new();
    copy(&place.data(), &twin.data());
    copy(place.options().master_key.parent().unwrap(), twin.options().master_key.parent().unwrap());
    twin
}

/// Runs a future until it was woken so often; whether it ended.
async fn cut(future: impl Future<Output = ()>, wakes: usize) -> bool {
    let (mut future, mut polls) = (pin!(future), 0);
    std::future::poll_fn(|context| {
        polls += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending if polls >= wakes => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// R18: every step of the saga is cut off once, and whatever is left of it is finished by the next start.
#[tokio::test]
async fn r18_a_cut_at_any_step_leaves_the_person_whole_or_gone() {
    let first = Place::new();
    let (person, other) = filled(&first).await;
    let whole = left(&first, person).await;
    let (mut before, mut after) = (0, 0);
    // On a busy machine several steps may fall together: then it is gone through again.
    for _ in 0..50 {
        for wakes in 1..1_000 {
            let place = twin(&first);
            let store = place.open().await;
            let saga = async {
                let forgets = vec![ForgetNew { person, heir: None, day: 20_535 }];
                store.commit(Batch { forgets, ..Batch::default() }).await.unwrap();
                store.forget_marked().await.unwrap();
            };
            let ended = cut(saga, wakes).await;
            store.close().await.unwrap();
            let marked = left(&place, person).await.iter().any(|(table, _)| table == "forgetting");
            let had_begun = marked || left(&place, person).await != whole;

            let store = place.open().await;
            let kept = store.persons_load(&[person, other]).await.unwrap();
            assert!(kept[1].is_some(), "somebody else went, too");
            store.integrity().await.unwrap();
            store.close().await.unwrap();
            if had_begun {
                assert_eq!(left(&place, person).await, [], "after {wakes} steps");
                assert_eq!(ledger_lines(&place), 1);
                after += 1;
            } else {
                assert!(kept[0].is_some() && !ended);
                assert_eq!(left(&place, person).await, whole, "after {wakes} steps");
                before += 1;
            }
            if ended {
                break;
            }
        }
        if before > 0 && after > 5 {
            return;
        }
    }
    panic!("{before} cuts before the mark, {after} after it");
}

#[tokio::test]
async fn who_asked_is_counted_and_owed_a_receipt_until_it_is_on_its_way() {
    let place = Place::new();
    let (person, heir) = filled(&place).await;
    let store = place.open().await;
    let forgets = vec![ForgetNew { person, heir: Some(heir), day: 20_535 }];
    store.commit(Batch { forgets, ..Batch::default() }).await.unwrap();
    store.close().await.unwrap();
    // The next start deletes; the receipt is owed over as many starts as it takes.
    for _ in 0..2 {
        let store = place.open().await;
        let done = store.forget_marked().await.unwrap();
        let counts = KeptCounts { journal: ENTRIES as i64 + 1, measures: 0, goals: 0, sessions: 2, plans: 1 };
        assert_eq!((done.len(), done[0].person, done[0].heir, done[0].counts), (1, person, heir, counts));
        store.close().await.unwrap();
    }
    let store = place.open().await;
    store.commit(Batch { receipts: vec![person], ..Batch::default() }).await.unwrap();
    assert_eq!(store.forget_marked().await.unwrap(), []);
    store.close().await.unwrap();
    assert_eq!(left(&place, person).await, []);
    assert_eq!(ledger_lines(&place), 1);
}

/// R18: within five seconds, and nothing is left in any file.
#[expect(clippy::disallowed_methods, reason = "the time that it really takes is what is asked")]
#[tokio::test]
async fn r18_ten_thousand_entries_go_within_five_seconds() {
    let place = Place::new();
    let mut options = place.options();
    options.synchronous = Synchronous::Full;
    let store = Store::open(options).await.unwrap();
    let person = fill(&store).await;
    entries(&store, person, 10_000).await;
    let key = wrapped_key(&place, person).await;
    let sealed = sealed_rows(&place, person).await;
    let in_files = |bytes: &[u8]| {
        let files = std::fs::read_dir(place.data()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
        files.filter(|file| file.windows(bytes.len()).any(|window| window == bytes)).count()
    };
    assert!(in_files(&key) > 0 && in_files(&sealed[0]) > 0, "it must be seen while it is there");
    let began = Instant::now();
    forget(&store, person).await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(left(&place, person).await, []);
    assert_eq!(in_files(&key), 0, "the wrapped key is still somewhere");
    for row in &sealed {
        assert_eq!(in_files(row), 0, "a sealed row is still somewhere");
    }
    assert_eq!(found_plainly(&place.data()), Vec::<String>::new());
    store.integrity().await.unwrap();
}

async fn wrapped_key(place: &Place, person: PersonId) -> Vec<u8> {
    let mut raw = place.raw(Database::Keys).await;
    let query = sqlx::query("SELECT dek FROM person_keys WHERE person_id = ?1").bind(person.0);
    let key = query.fetch_one(&mut raw).await.unwrap().get(0);
    raw.close().await.unwrap();
    key
}

async fn sealed_rows(place: &Place, person: PersonId) -> Vec<Vec<u8>> {
    let mut raw = place.raw(Database::Data).await;
    let sql = "SELECT body FROM entries WHERE person_id = ?1 AND id % 997 = 1 UNION SELECT profile FROM persons WHERE id = ?1";
    let rows = sqlx::query(sql).bind(person.0).fetch_all(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    rows.iter().map(|row| row.get::<Vec<u8>, _>(0)).collect()
}

/// Both files from before are put back by hand; the ledger is what it is.
#[tokio::test]
async fn who_is_in_the_ledger_stays_forgotten_whatever_is_put_back() {
    let place = Place::new();
    let (person, other) = filled(&place).await;
    let before = twin(&place);
    let store = place.open().await;
    forget(&store, person).await;
    store.close().await.unwrap();

    for (files, what) in [(&["data.db", "keys.db"][..], "both"), (&["data.db"][..], "the data alone")] {
        for file in files {
            std::fs::copy(before.data().join(file), place.data().join(file)).unwrap();
        }
        let store = place.open().await;
        let kept = store.persons_load(&[person, other]).await.unwrap();
        assert!(kept[0].is_none() && kept[1].is_some(), "{what}");
        store.close().await.unwrap();
        assert_eq!(left(&place, person).await, [], "{what}");
    }
    // Without the ledger they would be back: it is the ledger that does it.
    for file in ["data.db", "keys.db"] {
        std::fs::copy(before.data().join(file), place.data().join(file)).unwrap();
    }
    std::fs::remove_file(place.options().forget_ledger).unwrap();
    let store = place.open().await;
    assert!(store.persons_load(&[person]).await.unwrap()[0].is_some());
}

/// A number that is given again after an older state was put back is somebody else's.
#[tokio::test]
async fn the_ledger_knows_keys_and_not_numbers() {
    let place = Place::new();
    let (_, other) = filled(&place).await;
    let before = twin(&place);
    let store = place.open().await;
    let late = new_person(&store, "late").await;
    forget(&store, late).await;
    store.close().await.unwrap();
    for file in ["data.db", "keys.db"] {
        std::fs::copy(before.data().join(file), place.data().join(file)).unwrap();
    }
    let store = place.open().await;
    let again = new_person(&store, "somebody else").await;
    assert_eq!(again, late, "the number comes again");
    store.close().await.unwrap();
    // The ledger is followed once more.
    std::fs::copy(before.data().join("data.db"), place.data().join("data.db")).unwrap();
    let store = place.open().await;
    let found = store.persons_by_account(&[(Platform::Telegram, "other".to_owned())]).await.unwrap();
    assert_eq!(found, [Some(other)]);
    let known = store.commit(Batch { entries: vec![entry(again, "z")], ..Batch::default() }).await;
    assert!(format!("{known:?}").contains("FOREIGN KEY"), "their key is still there: {known:?}");
}

/// Two who became one are one person: an older state, in which they were two, gives neither of them back.
#[tokio::test]
async fn who_was_absorbed_is_forgotten_with_the_one_who_stayed() {
    let place = Place::new();
    let (person, second) = filled(&place).await;
    let before = twin(&place);
    let store = place.open().await;
    let code = LinkCode::new(1, 2);
    let link_codes = vec![LinkCodeNew { person, code, expires_at: at(600) }];
    store.commit(Batch { link_codes, ..Batch::default() }).await.unwrap();
    let joins = Batch {
        joins: vec![Join { from: second, from_rev: 1, into: person, carries: true }],
        link_codes_taken: vec![LinkCodeTake { person, code, now: at(1) }],
        profiles: vec![ProfileWrite { person, expected_rev: 1, profile: profile("4711-account") }],
        ..Batch::default()
    };
    store.commit(joins).await.unwrap();
    assert_eq!(ledger_lines(&place), 0, "nobody has asked yet");
    forget(&store, person).await;
    store.close().await.unwrap();
    assert_eq!(ledger_lines(&place), 2);
    for file in ["data.db", "keys.db"] {
        std::fs::copy(before.data().join(file), place.data().join(file)).unwrap();
    }
    let store = place.open().await;
    assert!(store.persons_load(&[person, second]).await.unwrap().iter().all(Option::is_none));
    assert_eq!(store.persons_count().await.unwrap(), 0);
}

/// The account of who is forgotten may be a stranger's in the same commit.
#[tokio::test]
async fn the_account_is_a_strangers_at_once() {
    let place = Place::new();
    let (person, _) = filled(&place).await;
    let store = place.open().await;
    let account = (Platform::Telegram, "4711-account".to_owned());
    assert_eq!(store.persons_by_account(std::slice::from_ref(&account)).await.unwrap(), [Some(person)]);
    let heir = store.person_id_next();
    let batch = Batch {
        persons_new: vec![PersonNew { id: heir, address: address("4711-account"), profile: profile("4711-account") }],
        accounts_gone: vec![account.clone()],
        forgets: vec![ForgetNew { person, heir: Some(heir), day: 20_535 }],
        ..Batch::default()
    };
    store.commit(batch).await.unwrap();
    assert_eq!(store.persons_by_account(std::slice::from_ref(&account)).await.unwrap(), [Some(heir)]);
    assert_eq!(store.forget_marked().await.unwrap().len(), 1);
    assert_eq!(store.persons_by_account(&[account]).await.unwrap(), [Some(heir)]);
    assert_eq!(store.entries_of(person, EntryKind::Journal, 9).await.unwrap_or_default(), []);
}
