//! Two people become one, in the store: everything is sealed anew, nothing is lost, and no kill leaves it half done.

use mendwell::domain::event::{Address, Platform};
use mendwell::domain::ids::{PersonId, SessionId};
use mendwell::domain::link_code::LinkCode;
use mendwell::domain::person::Profile;
use mendwell::store::connect::Database;
use mendwell::store::{
    Batch, EntryKind, EntryNew, Join, LinkCodeNew, LinkCodeTake, OccurrenceState, OccurrenceWrite, OutboxState,
    PersonNew, PlanWrite, ProfileWrite, SessionWrite, Store, StoreError,
};
use sqlx::Row;

use crate::store::{Place, at, entry, fill, message, plan, profile, session, taken};
use crate::store_schema::found_plainly;

const ENTRIES: usize = 300;

/// One of everything for a second person, on Discord, and a code for the first one.
async fn second(store: &Store, code: LinkCode, first: PersonId) -> PersonId {
    let person = store.person_id_next();
    let address = Address { platform: Platform::Discord, account: "4712".to_owned(), chat: "77".to_owned() };
    let profile = Profile { address: address.clone(), ..profile("4712") };
    let entries = (0..ENTRIES).map(|n| EntryNew { session: SessionId(17), ..entry(person, &format!("b#{n}")) });
    let batch = Batch {
        persons_new: vec![PersonNew { id: person, address, profile }],
        sessions: vec![session(person, 17, true, None), session(person, 18, false, None)],
        outbox: vec![message(store, person, OutboxState::Sending), message(store, person, OutboxState::Pending)],
        plans: ["daily", "weekly"]
            .map(|dialog| PlanWrite::Put { person, plan: plan(dialog), due_at: Some(at(6)) })
            .to_vec(),
        entries: entries.collect(),
        link_codes: vec![LinkCodeNew { person: first, code, expires_at: at(600) }],
        ..Batch::default()
    };
    store.commit(batch).await.unwrap();
    let weekly = store.plans_of(person).await.unwrap().pop().unwrap().id;
    let waits =
        OccurrenceWrite { plan: weekly, person, due_at: at(6), expires_at: at(9), state: OccurrenceState::Queued };
    store.commit(Batch { occurrences: vec![waits], ..Batch::default() }).await.unwrap();
    person
}

/// As the service writes it: the second one becomes one with the first, whose open session stays open.
fn joins(first: PersonId, second: PersonId, code: LinkCode, carries: bool) -> Batch {
    Batch {
        inbox: vec![taken("tg:u:join")],
        joins: vec![Join { from: second, from_rev: 1, into: first, carries }],
        link_codes_taken: vec![LinkCodeTake { person: first, code, now: at(1) }],
        profiles: vec![ProfileWrite { person: first, expected_rev: 1, profile: profile("4711-account") }],
        ..Batch::default()
    }
}

/// What the first person has: open and parked sessions, plans, entries, messages.
async fn has(store: &Store, person: PersonId) -> (usize, usize, usize, usize, usize) {
    let live = store.persons_load(&[person]).await.unwrap()[0].as_ref().is_some_and(|state| state.live.is_some());
    let own = |rows: &[mendwell::store::OutboxRow]| rows.iter().filter(|row| row.person == person).count();
    let messages = own(&store.outbox_sending().await.unwrap()) + own(&store.outbox_due(at(9), 99).await.unwrap());
    (
        usize::from(live),
        store.sessions_parked(person).await.unwrap().len(),
        store.plans_of(person).await.unwrap().len(),
        store.entries_of(person, EntryKind::Journal, 9_999).await.unwrap().len(),
        messages,
    )
}

async fn keys_of(place: &Place) -> Vec<i64> {
    let mut raw = place.raw(Database::Keys).await;
    let rows = sqlx::query("SELECT person_id FROM person_keys ORDER BY 1").fetch_all(&mut raw).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

const BEFORE: (usize, usize, usize, usize, usize) = (1, 1, 1, 1, 2);
const AFTER: (usize, usize, usize, usize, usize) = (1, 3, 2, 1 + ENTRIES, 4);

#[tokio::test]
async fn everything_of_both_is_there_and_one_key_is_left() {
    let place = Place::new();
    let store = place.open().await;
    let code = LinkCode::new(1, 2);
    let first = fill(&store).await;
    let second = second(&store, code, first).await;
    assert_eq!(has(&store, first).await, BEFORE);
    store.commit(joins(first, second, code, true)).await.unwrap();
    assert_eq!(has(&store, first).await, AFTER);
    assert_eq!(has(&store, second).await, (0, 0, 0, 0, 0));
    assert_eq!(keys_of(&place).await, [first.0]);
    let accounts = [(Platform::Telegram, "4711-account".to_owned()), (Platform::Discord, "4712".to_owned())];
    assert_eq!(store.persons_by_account(&accounts).await.unwrap(), [Some(first), Some(first)]);
    let mut plans = store.plans_of(first).await.unwrap();
    assert_eq!(plans.iter().map(|row| row.plan.dialog.as_str()).collect::<Vec<_>>(), ["daily", "weekly"]);
    assert_eq!(plans[0].due_at, Some(at(5)), "of two plans that of who stays is kept");
    let waiting = store.occurrences_of(plans.remove(1).id).await.unwrap();
    assert_eq!(waiting.iter().map(|row| row.person).collect::<Vec<_>>(), [first]);
    store.integrity().await.unwrap();
    store.close().await.unwrap();
    let store = place.open().await;
    assert_eq!(has(&store, first).await, AFTER);
    assert_eq!(found_plainly(&place.data()), Vec::<String>::new());
    // Everything goes with one person.
    crate::store::forget(&store, first).await;
    assert_eq!(store.persons_by_account(&accounts).await.unwrap(), [None, None]);
    assert_eq!(has(&store, first).await, (0, 0, 0, 0, 0));
    assert_eq!(keys_of(&place).await, [0_i64; 0]);
    store.integrity().await.unwrap();
}

#[tokio::test]
async fn of_somebody_who_agreed_to_nothing_only_the_account_and_the_messages_come() {
    let place = Place::new();
    let store = place.open().await;
    let code = LinkCode::new(1, 2);
    let first = fill(&store).await;
    let second = second(&store, code, first).await;
    store.commit(joins(first, second, code, false)).await.unwrap();
    assert_eq!(has(&store, first).await, (1, 1, 1, 1, 4));
    assert_eq!(keys_of(&place).await, [first.0]);
    let accounts = [(Platform::Discord, "4712".to_owned())];
    assert_eq!(store.persons_by_account(&accounts).await.unwrap(), [Some(first)]);
    store.integrity().await.unwrap();
}

#[tokio::test]
async fn a_code_is_used_up_by_one_commit_and_a_stale_revision_joins_nothing() {
    let place = Place::new();
    let store = place.open().await;
    let code = LinkCode::new(1, 2);
    let first = fill(&store).await;
    let second = second(&store, code, first).await;
    let other = LinkCode::new(1, 3);
    let refused = [
        joins(first, second, other, true),
        Batch {
            link_codes_taken: vec![LinkCodeTake { person: first, code, now: at(600) }],
            ..joins(first, second, code, true)
        },
        Batch {
            joins: vec![Join { from: second, from_rev: 2, into: first, carries: true }],
            ..joins(first, second, code, true)
        },
        Batch {
            profiles: vec![ProfileWrite { person: first, expected_rev: 7, profile: profile("4711-account") }],
            ..joins(first, second, code, true)
        },
    ];
    for (number, batch) in refused.into_iter().enumerate() {
        let result = store.commit(batch).await;
        assert!(matches!(result, Err(StoreError::Conflict { .. })), "{number}: {result:?}");
        assert_eq!(has(&store, first).await, BEFORE, "{number}");
        assert_eq!(keys_of(&place).await, [first.0, second.0]);
    }
    store.commit(joins(first, second, code, true)).await.unwrap();
    let again = store.link_look(code, (Platform::Discord, "4712"), at(2)).await.unwrap();
    assert_eq!(again.owner, None);
}

/// With the absorbed person's key, as an old backup may have it, nothing opens that stands in the file now.
#[tokio::test]
async fn no_row_opens_with_the_key_that_was_destroyed() {
    let place = Place::new();
    let store = place.open().await;
    let code = LinkCode::new(1, 2);
    let first = fill(&store).await;
    let second = second(&store, code, first).await;
    let kept = saved_keys(&place).await;
    store.commit(joins(first, second, code, true)).await.unwrap();
    store.close().await.unwrap();
    restore_keys(&place, &kept).await;
    let mut raw = place.raw(Database::Data).await;
    let person = "INSERT INTO persons (id, rev, profile) SELECT ?1, rev, profile FROM persons WHERE id = ?2";
    sqlx::query(person).bind(second.0).bind(first.0).execute(&mut raw).await.unwrap();
    for table in ["entries", "outbox", "plans", "sessions"] {
        let moved = sqlx::AssertSqlSafe(format!("UPDATE {table} SET person_id = ?1 WHERE person_id = ?2"));
        sqlx::query(moved).bind(second.0).bind(first.0).execute(&mut raw).await.unwrap();
    }
    drop(raw);
    let store = place.open().await;
    let damaged =
        |result: Result<(), StoreError>| assert!(matches!(result, Err(StoreError::Damaged { .. })), "{result:?}");
    damaged(store.persons_load(&[second]).await.map(drop));
    damaged(store.sessions_parked(second).await.map(drop));
    damaged(store.plans_of(second).await.map(drop));
    damaged(store.entries_of(second, EntryKind::Journal, 9).await.map(drop));
    damaged(store.outbox_sending().await.map(drop));
}

/// A kill after the commit and before the key is destroyed: `data.db` says what is left to do.
#[tokio::test]
async fn a_kill_between_the_two_files_is_finished_at_the_next_start() {
    let place = Place::new();
    let store = place.open().await;
    let code = LinkCode::new(1, 2);
    let first = fill(&store).await;
    let second = second(&store, code, first).await;
    let kept = saved_keys(&place).await;
    store.commit(joins(first, second, code, true)).await.unwrap();
    store.close().await.unwrap();
    for is_destroyed in [false, true] {
        if !is_destroyed {
            restore_keys(&place, &kept).await;
        }
        let mut raw = place.raw(Database::Data).await;
        sqlx::query("INSERT INTO absorbed VALUES (?1)").bind(second.0).execute(&mut raw).await.unwrap();
        drop(raw);
        place.open().await.close().await.unwrap();
        assert_eq!(keys_of(&place).await, [first.0]);
        let mut raw = place.raw(Database::Data).await;
        let left: i64 = sqlx::query("SELECT count(*) FROM absorbed").fetch_one(&mut raw).await.unwrap().get(0);
        assert_eq!(left, 0);
    }
    assert_eq!(has(&place.open().await, first).await, AFTER);
}

async fn saved_keys(place: &Place) -> Vec<(i64, Vec<u8>)> {
    let mut raw = place.raw(Database::Keys).await;
    let rows = sqlx::query("SELECT person_id, dek FROM person_keys").fetch_all(&mut raw).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn restore_keys(place: &Place, kept: &[(i64, Vec<u8>)]) {
    let mut raw = place.raw(Database::Keys).await;
    for (person, key) in kept {
        let insert = sqlx::query("INSERT OR REPLACE INTO person_keys VALUES (?1, ?2)").bind(person).bind(key);
        insert.execute(&mut raw).await.unwrap();
    }
}

/// Cut off anywhere, the two are either two or one, and after the next start nothing is left over.
#[tokio::test]
async fn a_join_that_is_cut_off_anywhere_is_whole_or_not_at_all() {
    let (mut two, mut one) = (0, 0);
    for polls in (1..90).step_by(4) {
        let place = Place::new();
        let store = place.open().await;
        let code = LinkCode::new(1, 2);
        let first = fill(&store).await;
        let second = second(&store, code, first).await;
        let mut commit = Box::pin(store.commit(joins(first, second, code, true)));
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
        store.close().await.unwrap();
        let store = place.open().await;
        let accounts = [(Platform::Discord, "4712".to_owned())];
        match store.persons_by_account(&accounts).await.unwrap()[0] {
            Some(person) if person == first => {
                one += 1;
                assert_eq!(has(&store, first).await, AFTER, "{polls}");
                assert_eq!(keys_of(&place).await, [first.0], "{polls}");
            }
            Some(person) => {
                two += 1;
                assert_eq!(person, second);
                assert_eq!(has(&store, first).await, BEFORE, "{polls}");
                assert_eq!(has(&store, second).await, (1, 1, 2, ENTRIES, 2), "{polls}");
                assert_eq!(keys_of(&place).await, [first.0, second.0], "{polls}");
            }
            None => panic!("{polls}: the account is lost"),
        }
        let again: SessionWrite = session(first, 99, false, None);
        store.commit(Batch { sessions: vec![again], ..Batch::default() }).await.unwrap();
        store.integrity().await.unwrap();
    }
    assert!(two > 0 && one > 0, "cut off before and after: {two} {one}");
}
