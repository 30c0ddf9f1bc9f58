//! The store when things go wrong: keys, locks, full disks, meddled files, cancelled commits.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;

use mendwell::domain::event::EventKey;
use mendwell::domain::ids::PersonId;
use mendwell::store::connect::Database;
use mendwell::store::{Batch, InboxNew, OpenError, OutboxState, Store, StoreError};
use sqlx::{Connection, Executor};

use crate::store::{Place, fill, message, new_person, session, taken};
use crate::store_schema::found_plainly;

/// Every file of a directory, byte for byte.
fn bytes_of(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
    files.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}

async fn refused(place: &Place) -> OpenError {
    let before = bytes_of(&place.data());
    let error = Store::open(place.options()).await.err().expect("must be refused");
    assert_eq!(bytes_of(&place.data()), before, "{error}: the data must stay as it was");
    error
}

#[tokio::test]
async fn a_wrong_or_missing_master_key_is_told_and_the_data_is_not_touched() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store).await;
    store.close().await.unwrap();
    let path = place.options().master_key;
    let key = std::fs::read_to_string(&path).unwrap();
    assert_eq!((key.len(), key.trim_end().len()), (65, 64));

    let other = if key.starts_with('0') { key.replacen('0', "1", 1) } else { format!("0{}", &key[1..]) };
    std::fs::write(&path, other).unwrap();
    let error = refused(&place).await;
    assert!(matches!(error, OpenError::MasterKeyWrong { .. }) && error.exit_code() == 65, "{error}");

    for malformed in ["", "abc", &key[1..], &key.replace(|c: char| c.is_ascii_digit(), "g")] {
        std::fs::write(&path, malformed).unwrap();
        assert!(matches!(refused(&place).await, OpenError::MasterKeyMalformed { .. }));
    }

    std::fs::remove_file(&path).unwrap();
    let error = refused(&place).await;
    assert!(matches!(error, OpenError::MasterKeyMissing { .. }) && error.exit_code() == 65, "{error}");
    assert!(!path.exists(), "a second key must never be made");

    std::fs::write(&path, &key).unwrap();
    restrict(&path, 0o600);
    place.open().await.close().await.unwrap();
}

/// As after `kill -9`: what was written last is in the WAL only.
#[tokio::test]
async fn a_wrong_master_key_is_told_beside_a_full_wal_too() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store).await;
    let killed = Place::new();
    std::fs::create_dir_all(killed.data()).unwrap();
    std::fs::create_dir_all(killed.options().master_key.parent().unwrap()).unwrap();
    for file in ["data.db", "data.db-wal", "keys.db", "keys.db-wal", "lock"] {
        std::fs::copy(place.data().join(file), killed.data().join(file)).unwrap();
    }
    std::fs::write(killed.options().master_key, "0".repeat(64)).unwrap();
    restrict(&killed.options().master_key, 0o600);
    assert!(matches!(refused(&killed).await, OpenError::MasterKeyWrong { .. }));

    std::fs::copy(place.options().master_key, killed.options().master_key).unwrap();
    let store = killed.open().await;
    assert!(store.persons_load(&[PersonId(1)]).await.unwrap()[0].is_some());
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) {}

#[cfg(unix)]
#[tokio::test]
async fn files_are_private_and_a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let store = place.open().await;
    fill(&store).await;
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    for file in ["data.db", "data.db-wal", "keys.db", "keys.db-wal"] {
        assert_eq!(mode(&place.data().join(file)), 0o600, "{file}");
    }
    assert_eq!(mode(&place.data()), 0o700);
    let key = place.options().master_key;
    assert_eq!(mode(&key), 0o600);
    store.close().await.unwrap();
    restrict(&key, 0o640);
    assert!(matches!(refused(&place).await, OpenError::MasterKeyPermissions { mode: 0o640, .. }));
}

#[tokio::test]
async fn a_master_key_inside_the_data_directory_is_refused() {
    let place = Place::new();
    for inside in ["master.key", "../data/deeper/../master.key", "deeper/master.key"] {
        std::fs::create_dir_all(place.data().join("deeper")).unwrap();
        let mut options = place.options();
        options.master_key = place.data().join(inside);
        let error = Store::open(options).await.err().expect("must be refused");
        assert!(matches!(error, OpenError::KeyInsideData { .. }), "{error}");
    }
    assert!(!place.data().join("keys.db").exists());
}

#[tokio::test]
async fn a_second_instance_is_refused_and_the_first_goes_on() {
    let place = Place::new();
    let store = place.open().await;
    let error = Store::open(place.options()).await.err().expect("must be refused");
    assert!(matches!(error, OpenError::SecondInstance { .. }) && error.exit_code() == 69, "{error}");
    fill(&store).await;
    store.close().await.unwrap();
    place.open().await.close().await.unwrap();
}

#[tokio::test]
async fn a_newer_schema_and_a_broken_file_are_refused_untouched() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    let mut raw = place.raw(Database::Data).await;
    raw.execute("INSERT INTO _sqlx_migrations SELECT 999, 'later', 0, 1, x'00', 0").await.unwrap();
    raw.close().await.unwrap();
    let error = refused(&place).await;
    assert!(matches!(error, OpenError::NewerSchema { .. }) && error.exit_code() == 65, "{error}");

    std::fs::write(place.data().join("data.db"), vec![7; 8_192]).unwrap();
    let error = refused(&place).await;
    assert!(matches!(error, OpenError::Damaged { .. }) && error.exit_code() == 65, "{error}");

    std::fs::remove_file(place.data().join("keys.db")).unwrap();
    assert!(refused(&place).await.exit_code() == 65);
}

#[tokio::test]
async fn r14_a_full_disk_refuses_the_commit_and_recovers_by_itself() {
    let place = Place::new();
    let mut options = place.options();
    options.max_pages = Some(80);
    let store = Store::open(options).await.unwrap();
    let mut done = 0;
    let refused = loop {
        let inbox: Vec<InboxNew> = (0..100).map(|n| taken(&format!("{done}-{n}"))).collect();
        match store.commit(Batch { inbox, ..Batch::default() }).await {
            Ok(()) => done += 1,
            Err(error) => break error,
        }
        assert!(done < 1_000, "the disk never became full");
    };
    assert!(matches!(refused, StoreError::Full), "{refused:?}");
    let first_of = |batch| EventKey(format!("{batch}-0"));
    assert_eq!(store.inbox_known(&[first_of(done - 1), first_of(done)]).await.unwrap(), [true, false]);
    let again = store.commit(Batch { inbox: vec![taken("x"); 1], ..Batch::default() }).await;
    assert!(matches!(again, Ok(()) | Err(StoreError::Full)), "{again:?}");

    assert!(store.inbox_prune(30_000).await.unwrap() > 0);
    let inbox: Vec<InboxNew> = (0..100).map(|n| taken(&format!("{done}-{n}"))).collect();
    store.commit(Batch { inbox, ..Batch::default() }).await.unwrap();
    store.integrity().await.unwrap();
}

/// A10 and T26: a thief who can write to the file moves values about; none of them opens elsewhere.
#[tokio::test]
async fn swapped_and_rolled_back_values_never_open() {
    for meddling in [
        "UPDATE persons SET profile = (SELECT profile FROM persons p WHERE p.id <> persons.id)",
        "UPDATE persons SET profile = (SELECT state FROM sessions s WHERE s.person_id = persons.id)",
        "UPDATE sessions SET state = (SELECT state FROM sessions s WHERE s.id = 5 - sessions.id) WHERE id > 1",
        "UPDATE sessions SET person_id = (SELECT max(id) FROM persons), live = 0 WHERE id = 1",
        "UPDATE sessions SET rev = rev + 1",
        "UPDATE outbox SET item = (SELECT item FROM outbox o WHERE o.id <> outbox.id)",
        "UPDATE persons SET profile = x''",
        "UPDATE persons SET profile = x'0101'",
    ] {
        let place = Place::new();
        let store = place.open().await;
        let ada = new_person(&store, "ada").await;
        let bob = new_person(&store, "bob").await;
        let sessions = vec![session(ada, 1, true, None), session(bob, 2, true, None), session(bob, 3, false, None)];
        let outbox = vec![message(&store, ada, OutboxState::Pending), message(&store, ada, OutboxState::Pending)];
        store.commit(Batch { sessions, outbox, ..Batch::default() }).await.unwrap();
        let mut raw = place.raw(Database::Data).await;
        raw.execute(sqlx::AssertSqlSafe(meddling)).await.unwrap();
        let results = [
            store.persons_load(&[ada, bob]).await.map(drop),
            store.sessions_parked(bob).await.map(drop),
            store.outbox_due(crate::store::at(9), 9).await.map(drop),
        ];
        let refused = results.iter().any(|result| matches!(result, Err(StoreError::Damaged { .. })));
        assert!(refused, "{meddling}: {results:?}");
    }
}

#[tokio::test]
async fn a_cancelled_commit_leaves_nothing_half_done_and_the_next_one_works() {
    let place = Place::new();
    let store = place.open().await;
    let person = fill(&store).await;
    for polls in 1..40_u32 {
        let inbox: Vec<InboxNew> = (0..50).map(|n| taken(&format!("{polls}-{n}"))).collect();
        let keys: Vec<EventKey> = inbox.iter().map(|new| new.key.clone()).collect();
        let outbox = vec![message(&store, person, OutboxState::Pending)];
        let before = store.outbox_count().await.unwrap();
        let mut commit = Box::pin(store.commit(Batch { inbox, outbox, ..Batch::default() }));
        let mut left = polls;
        std::future::poll_fn(|context| {
            left -= 1;
            match commit.as_mut().poll(context) {
                std::task::Poll::Pending if left > 0 => std::task::Poll::Pending,
                std::task::Poll::Pending | std::task::Poll::Ready(_) => std::task::Poll::Ready(()),
            }
        })
        .await;
        drop(commit);
        // The driver may still be ending it; the next commit comes after that, and readers see what it left.
        store.commit(Batch { inbox: vec![taken(&format!("after {polls}"))], ..Batch::default() }).await.unwrap();
        let known = store.inbox_known(&keys).await.unwrap();
        let first = known[0];
        let added = store.outbox_count().await.unwrap() - before;
        assert!(known.iter().all(|known| *known == first), "{polls}: torn");
        assert_eq!(added, i64::from(first), "{polls}: torn");
    }
    assert_eq!(found_plainly(&place.data()), Vec::<String>::new());
}
