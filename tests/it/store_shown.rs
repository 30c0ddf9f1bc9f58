//! Where messages stand, in the store: as long as their session is there, and the newest turn of it only.

use mendwell::domain::ids::SessionId;
use mendwell::store::connect::Database;
use mendwell::store::{Batch, SessionWrite};
use sqlx::Executor;

use crate::store::{Place, fill, new_person, session, shown};

#[tokio::test]
async fn the_last_place_of_a_session_stays_and_goes_with_the_session() {
    let place = Place::new();
    let store = place.open().await;
    assert!(!store.shown_any().await.unwrap());
    let person = fill(&store).await;
    assert!(store.shown_any().await.unwrap());
    let load = async |id| store.shown_load(SessionId(id)).await.unwrap();
    assert_eq!(load(7).await, Some(shown(7, 3, "m1")));
    assert_eq!(load(8).await, None);

    // Several of one session in one statement, one of a session that is new, and one of a session that is gone.
    let sessions = vec![session(person, 9, false, None)];
    let rows = vec![shown(7, 4, "m2"), shown(99, 1, "m3"), shown(7, u64::MAX, "m4"), shown(9, 1, "m5")];
    store.commit(Batch { sessions, shown: rows, ..Batch::default() }).await.unwrap();
    assert_eq!(load(7).await, Some(shown(7, u64::MAX, "m4")));
    assert_eq!(load(9).await, Some(shown(9, 1, "m5")));
    assert_eq!(load(99).await, None);

    // The session ends in the batch that would note its place.
    let sessions = vec![SessionWrite::Delete { id: SessionId(7), person }];
    store.commit(Batch { sessions, shown: vec![shown(7, 9, "m6")], ..Batch::default() }).await.unwrap();
    assert_eq!(load(7).await, None);
    crate::store::forget(&store, person).await;
    assert!(!store.shown_any().await.unwrap());
}

#[tokio::test]
async fn a_batch_of_any_size_notes_every_place() {
    let place = Place::new();
    let store = place.open().await;
    let person = new_person(&store, "a").await;
    for count in [1, 5, 300] {
        let sessions = (0..count).map(|number| session(person, 1_000 * count + number, false, None)).collect();
        let rows = (0..count).map(|number| shown(1_000 * count + number, 1, &format!("m{number}"))).collect();
        store.commit(Batch { sessions, shown: rows, ..Batch::default() }).await.unwrap();
        for number in 0..count {
            let found = store.shown_load(SessionId(1_000 * count + number)).await.unwrap();
            assert_eq!(found, Some(shown(1_000 * count + number, 1, &format!("m{number}"))));
        }
    }
}

/// Data of the first schema is taken over as it is.
#[tokio::test]
async fn a_store_of_the_first_schema_learns_the_table_and_keeps_its_rows() {
    let place = Place::new();
    let store = place.open().await;
    let person = fill(&store).await;
    store.close().await.unwrap();
    let mut raw = place.raw(Database::Data).await;
    for table in ["said", "silences", "shown", "link_codes", "link_guesses", "absorbed", "forgetting", "former_keys"] {
        raw.execute(sqlx::AssertSqlSafe(format!("DROP TABLE {table}"))).await.unwrap();
    }
    raw.execute("DELETE FROM _sqlx_migrations WHERE version > 1").await.unwrap();
    drop(raw);
    let store = place.open().await;
    assert!(store.persons_load(&[person]).await.unwrap()[0].as_ref().unwrap().live.is_some());
    assert!(!store.shown_any().await.unwrap());
    store.commit(Batch { shown: vec![shown(7, 1, "m1")], ..Batch::default() }).await.unwrap();
    assert!(store.shown_any().await.unwrap());
    store.integrity().await.unwrap();
}
