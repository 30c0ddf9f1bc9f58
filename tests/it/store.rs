//! The store through its public API, on real files: what is written comes back, is sealed, and is written as a whole.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use jiff::Timestamp;
use mendwell::domain::event::{Address, EventKey, Platform};
use mendwell::domain::ids::{PersonId, PlanId, SessionId};
use mendwell::domain::person::Profile;
use mendwell::domain::recurrence::{At, Every, Recurrence};
use mendwell::domain::value::{Value, Values};
use mendwell::domain::write::{JournalEntry, Plan, WhenBusy, Write, WriteKey};
use mendwell::store::connect::Database;
use mendwell::store::{
    Batch, EntryKind, EntryNew, ForgetNew, InboxNew, OccurrenceState, OccurrenceWrite, Options, OutboxClass, OutboxNew,
    OutboxState, OutcomeWrite, PersonNew, PlanWrite, ProfileWrite, SessionPut, SessionWrite, ShownWrite, Store,
    StoreError, Synchronous,
};
use sqlx::{ConnectOptions, Executor, SqliteConnection};
use tempfile::TempDir;

pub(crate) const CANARY: &str = "KanarienvogelSummt";

/// A place for a store and its key.
pub(crate) struct Place {
    pub(crate) dir: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn options(&self) -> Options {
        let mut options = Options::new(self.data(), self.dir.path().join("keys/master.key"));
        options.synchronous = Synchronous::Off;
        options
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(self.options()).await.unwrap()
    }

    pub(crate) async fn raw(&self, database: Database) -> SqliteConnection {
        let path = self.data().join(database.file_name());
        sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap()
    }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(crate) fn address(account: &str) -> Address {
    Address { platform: Platform::Telegram, account: account.to_owned(), chat: account.to_owned() }
}

pub(crate) fn profile(account: &str) -> Profile {
    let mut profile = Profile::new(address(account));
    profile.facts.insert("name".to_owned(), Value::text(CANARY));
    profile
}

pub(crate) fn session(person: PersonId, id: i64, live: bool, expected_rev: Option<i64>) -> SessionWrite {
    SessionWrite::Put(SessionPut {
        id: SessionId(id),
        person,
        live,
        expected_rev,
        state: format!("{CANARY} {id}").into_bytes().into(),
        timer_at: Some(at(id)),
    })
}

pub(crate) fn taken(key: &str) -> InboxNew {
    InboxNew { key: EventKey(key.to_owned()), day: 20_000 }
}

pub(crate) fn message(store: &Store, person: PersonId, state: OutboxState) -> OutboxNew {
    OutboxNew {
        id: store.outbox_id_next(),
        person,
        class: OutboxClass::Reply,
        state,
        next_at: at(0),
        created_at: at(0),
        item: CANARY.as_bytes().to_vec().into(),
    }
}

pub(crate) fn plan(dialog: &str) -> Plan {
    let noon = jiff::civil::time(12, 0, 0, 0);
    Plan {
        dialog: dialog.to_owned(),
        with: Values::from([("word".to_owned(), Value::text(CANARY))]),
        recurrence: Recurrence { every: Every::Daily, at: At::Wall(noon) },
        when_busy: WhenBusy::Queue,
        expires_s: 3_600,
    }
}

pub(crate) fn entry(person: PersonId, key: &str) -> EntryNew {
    let entry = JournalEntry {
        dialog: "daily".to_owned(),
        title: CANARY.into(),
        body: CANARY.into(),
        fields: Values::new(),
        date: jiff::civil::date(2026, 1, 2),
        complete: true,
    };
    EntryNew { person, session: SessionId(7), key: WriteKey(key.to_owned()), write: Write::Journal(entry) }
}

pub(crate) fn shown(session: i64, turn: u64, place: &str) -> ShownWrite {
    ShownWrite { session: SessionId(session), turn, place: place.to_owned(), platform: Platform::Telegram }
}

pub(crate) async fn new_person(store: &Store, account: &str) -> PersonId {
    let id = store.person_id_next();
    let persons_new = vec![PersonNew { id, address: address(account), profile: profile(account) }];
    store.commit(Batch { persons_new, ..Batch::default() }).await.unwrap();
    id
}

/// Forgets somebody whom nobody tells.
pub(crate) async fn forget(store: &Store, person: PersonId) {
    let forgets = vec![ForgetNew { person, heir: None, day: 20_535 }];
    store.commit(Batch { forgets, ..Batch::default() }).await.unwrap();
    assert_eq!(store.forget_marked().await.unwrap(), []);
}

/// One of everything, for one person.
pub(crate) async fn fill(store: &Store) -> PersonId {
    let person = new_person(store, "4711-account").await;
    let put = PlanWrite::Put { person, plan: plan("daily"), due_at: Some(at(5)) };
    let batch = Batch {
        inbox: vec![taken("tg:u:4711-event")],
        sessions: vec![session(person, 7, true, None), session(person, 8, false, None)],
        outbox: vec![message(store, person, OutboxState::Sending), message(store, person, OutboxState::Pending)],
        plans: vec![put],
        shown: vec![shown(7, 3, "m1")],
        entries: vec![entry(person, "a#1")],
        counters: vec![("unknown_total", 2)],
        meta: vec![("tzdb", "2026a".to_owned())],
        ..Batch::default()
    };
    store.commit(batch).await.unwrap();
    person
}

#[tokio::test]
async fn what_was_written_comes_back_after_a_restart() {
    let place = Place::new();
    let store = place.open().await;
    let person = fill(&store).await;
    store.close().await.unwrap();

    let store = place.open().await;
    let accounts = [(Platform::Telegram, "4711-account".to_owned()), (Platform::Discord, "4711-account".to_owned())];
    assert_eq!(store.persons_by_account(&accounts).await.unwrap(), [Some(person), None]);
    let mut found = store.persons_load(&[PersonId(99), person]).await.unwrap();
    let state = found.pop().flatten().unwrap();
    assert!(found.pop().unwrap().is_none());
    assert_eq!((state.profile, state.profile_rev), (profile("4711-account"), 1));
    let live = state.live.unwrap();
    assert_eq!((live.id, live.rev, live.timer_at), (SessionId(7), 1, Some(at(7))));
    assert_eq!(live.state.expose(), format!("{CANARY} 7").as_bytes());
    let parked = store.sessions_parked(person).await.unwrap();
    assert_eq!(parked.iter().map(|row| row.id).collect::<Vec<_>>(), [SessionId(8)]);
    assert_eq!(store.sessions_due(at(7), 10).await.unwrap(), [(SessionId(7), person, at(7))]);
    assert_eq!(store.timers_next().await.unwrap(), Some(at(7)));
    let sending = store.outbox_sending().await.unwrap();
    let due = store.outbox_due(at(0), 10).await.unwrap();
    assert_eq!((sending.len(), due.len()), (1, 1));
    assert_eq!(due[0].item.expose(), CANARY.as_bytes());
    assert_eq!(store.outbox_next_due().await.unwrap(), Some(at(0)));
    let entries = store.entries_of(person, EntryKind::Journal, 10).await.unwrap();
    assert_eq!(entries, [entry(person, "").write]);
    assert_eq!(store.counters().await.unwrap(), [("unknown_total".to_owned(), 2)]);
    assert_eq!(store.meta_text("tzdb").await.unwrap().as_deref(), Some("2026a"));
    store.integrity().await.unwrap();

    let fresh = (store.person_id_next(), store.outbox_id_next());
    assert!(fresh.0 > person && fresh.1 > due[0].id, "ids go on after a restart: {fresh:?}");
}

#[tokio::test]
async fn ids_of_messages_never_come_again_although_their_rows_are_gone() {
    let place = Place::new();
    let store = place.open().await;
    let person = new_person(&store, "a").await;
    let new = message(&store, person, OutboxState::Sending);
    let id = new.id;
    store.commit(Batch { outbox: vec![new], ..Batch::default() }).await.unwrap();
    store.commit(Batch { outcomes: vec![OutcomeWrite::Sent(id)], ..Batch::default() }).await.unwrap();
    assert_eq!(store.outbox_count().await.unwrap(), 0);
    store.close().await.unwrap();
    assert!(place.open().await.outbox_id_next() > id);
}

#[tokio::test]
async fn i7_an_event_is_taken_once_and_a_repeated_one_is_known() {
    let place = Place::new();
    let store = place.open().await;
    let keys: Vec<EventKey> = (0..300).map(|n| EventKey(format!("tg:u:{n}"))).collect();
    let inbox: Vec<InboxNew> = keys.iter().step_by(2).map(|key| taken(&key.0)).collect();
    store.commit(Batch { inbox, ..Batch::default() }).await.unwrap();
    let known = store.inbox_known(&keys).await.unwrap();
    assert!(known.iter().enumerate().all(|(n, known)| *known == (n % 2 == 0)));
    let again = store.commit(Batch { inbox: vec![taken("tg:u:298")], ..Batch::default() }).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");

    assert_eq!(store.inbox_prune(20_000).await.unwrap(), 0);
    assert_eq!(store.inbox_prune(20_001).await.unwrap(), 150);
    assert_eq!(store.inbox_known(&keys[..1]).await.unwrap(), [false]);
}

/// R4: one violated constraint at any place of the batch leaves nothing of it.
#[tokio::test]
async fn i4_a_batch_is_written_as_a_whole_or_not_at_all() {
    let place = Place::new();
    let store = place.open().await;
    let person = fill(&store).await;
    let good = || Batch {
        inbox: vec![taken("tg:u:new")],
        sessions: vec![session(person, 7, true, Some(1))],
        outbox: vec![message(&store, person, OutboxState::Pending)],
        entries: vec![entry(person, "b#1")],
        counters: vec![("unknown_total", 1)],
        ..Batch::default()
    };
    let mut twice = good();
    twice.inbox.push(taken("tg:u:4711-event"));
    let mut stale = good();
    stale.sessions = vec![session(person, 7, true, Some(5))];
    let mut second_live = good();
    second_live.sessions.push(session(person, 9, true, None));
    let mut stranger = good();
    stranger.outbox.push(message(&store, PersonId(999), OutboxState::Pending));
    let mut profile_stale = good();
    let profile = profile("x");
    profile_stale.profiles.push(ProfileWrite { person, expected_rev: 9, profile });
    let mut gone = good();
    gone.sessions.push(session(person, 77, false, Some(1)));
    let mut same_account = good();
    let id = store.person_id_next();
    let new = PersonNew { id, address: address("4711-account"), profile: Profile::new(address("y")) };
    same_account.persons_new.push(new);
    for (name, batch) in [
        ("twice", twice),
        ("stale", stale),
        ("second live", second_live),
        ("stranger", stranger),
        ("profile", profile_stale),
        ("gone", gone),
        ("same account", same_account),
    ] {
        let result = store.commit(batch).await;
        assert!(matches!(result, Err(StoreError::Conflict { .. })), "{name}: {result:?}");
        assert_eq!(store.inbox_known(&[EventKey("tg:u:new".to_owned())]).await.unwrap(), [false], "{name}");
        assert_eq!(store.outbox_count().await.unwrap(), 2, "{name}");
        assert_eq!(store.counters().await.unwrap()[0].1, 2, "{name}");
        let state = store.persons_load(&[person]).await.unwrap().remove(0).unwrap();
        assert_eq!((state.profile_rev, state.live.unwrap().rev), (1, 1), "{name}");
    }
    store.commit(good()).await.unwrap();
    let state = store.persons_load(&[person]).await.unwrap().remove(0).unwrap();
    assert_eq!(state.live.unwrap().rev, 2);
}

#[tokio::test]
async fn i37_one_session_of_a_person_is_open_and_another_may_take_its_place() {
    let place = Place::new();
    let store = place.open().await;
    let person = fill(&store).await;
    let swapped = vec![session(person, 8, true, Some(1)), session(person, 7, false, Some(1))];
    store.commit(Batch { sessions: swapped, ..Batch::default() }).await.unwrap();
    let ended = vec![session(person, 9, true, None), SessionWrite::Delete { id: SessionId(8), person }];
    store.commit(Batch { sessions: ended, ..Batch::default() }).await.unwrap();
    let state = store.persons_load(&[person]).await.unwrap().remove(0).unwrap();
    assert_eq!(state.live.unwrap().id, SessionId(9));
    let parked = store.sessions_parked(person).await.unwrap();
    assert_eq!(parked.iter().map(|row| (row.id, row.rev)).collect::<Vec<_>>(), [(SessionId(7), 2)]);

    let mut raw = place.raw(Database::Data).await;
    let second = "INSERT INTO sessions (id, person_id, live, rev, state) SELECT 5, id, 1, 1, x'00' FROM persons";
    assert!(raw.execute(second).await.is_err(), "the schema itself must refuse a second open session");
}

#[tokio::test]
async fn i18_an_entry_of_the_same_write_is_kept_once() {
    let place = Place::new();
    let store = place.open().await;
    let person = fill(&store).await;
    let entries = vec![entry(person, "a#1"), entry(person, "a#2"), entry(person, "a#2")];
    store.commit(Batch { entries, ..Batch::default() }).await.unwrap();
    assert_eq!(store.entries_of(person, EntryKind::Journal, 10).await.unwrap().len(), 2);
    assert_eq!(store.entries_of(person, EntryKind::Goal, 10).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_plan_is_replaced_by_its_name_and_its_occurrences_go_with_it() {
    let place = Place::new();
    let store = place.open().await;
    let person = fill(&store).await;
    let first = store.plans_of(person).await.unwrap().remove(0);
    assert_eq!((&first.plan, first.due_at), (&plan("daily"), Some(at(5))));
    let put = |dialog| PlanWrite::Put { person, plan: plan(dialog), due_at: Some(at(50)) };
    let occurrence = |state| OccurrenceWrite { plan: first.id, person, due_at: at(5), expires_at: at(9), state };
    let occurrences = vec![occurrence(OccurrenceState::Queued)];
    store.commit(Batch { plans: vec![put("daily"), put("weekly")], occurrences, ..Batch::default() }).await.unwrap();

    let mut now = store.plans_of(person).await.unwrap();
    assert_eq!(now.len(), 2);
    let again = now.remove(0);
    assert_eq!((again.id, again.due_at), (first.id, Some(at(50))));
    assert_eq!(store.plans_page(PlanId(0), 1).await.unwrap(), [again]);
    assert_eq!(store.plans_due(at(49), 9).await.unwrap(), []);
    assert_eq!(store.plans_due(at(50), 9).await.unwrap().len(), 2);
    assert_eq!(store.plans_next_due().await.unwrap(), Some(at(50)));
    assert_eq!(store.occurrences_next_expiry().await.unwrap(), Some(at(9)));
    assert_eq!(store.occurrences_ready(at(8), 9).await.unwrap(), []);
    assert_eq!(store.occurrences_ready(at(9), 9).await.unwrap().len(), 1);

    let occurrences = vec![occurrence(OccurrenceState::Started)];
    store.commit(Batch { occurrences, ..Batch::default() }).await.unwrap();
    assert_eq!(store.occurrences_ready(at(9), 9).await.unwrap(), []);
    assert_eq!(store.occurrences_of(first.id).await.unwrap()[0].state, OccurrenceState::Started);

    let plans = vec![PlanWrite::Drop { person, dialog: "daily".to_owned() }];
    let occurrences = vec![occurrence(OccurrenceState::Expired)];
    store.commit(Batch { plans, occurrences, ..Batch::default() }).await.unwrap();
    assert!(store.plans_of(person).await.unwrap().iter().all(|plan| plan.id != first.id));
    assert_eq!(store.occurrences_of(first.id).await.unwrap(), []);
}

#[tokio::test]
async fn a_message_moves_through_its_states_and_goes() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store).await;
    let id = store.outbox_due(at(0), 9).await.unwrap()[0].id;
    let retry = |state, next_at| OutcomeWrite::Retry { id, attempts: 3, next_at, state };
    store.commit(Batch { outcomes: vec![retry(OutboxState::Sending, at(0))], ..Batch::default() }).await.unwrap();
    assert_eq!(store.outbox_due(at(9), 9).await.unwrap(), []);
    store.commit(Batch { outcomes: vec![retry(OutboxState::Parked, at(4))], ..Batch::default() }).await.unwrap();
    let row = store.outbox_due(at(4), 9).await.unwrap().remove(0);
    assert_eq!((row.id, row.state, row.attempts), (id, OutboxState::Parked, 3));
    store.commit(Batch { outcomes: vec![OutcomeWrite::Drop(id)], ..Batch::default() }).await.unwrap();
    assert_eq!(store.outbox_count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_forgotten_person_is_gone_from_both_files_and_their_id_never_comes_again() {
    let place = Place::new();
    let store = place.open().await;
    let person = fill(&store).await;
    forget(&store, person).await;
    forget(&store, person).await;
    assert_eq!(store.persons_load(&[person]).await.unwrap().len(), 1);
    assert!(store.persons_load(&[person]).await.unwrap()[0].is_none());
    assert_eq!(store.outbox_count().await.unwrap(), 0);
    let refused = store.commit(Batch { entries: vec![entry(person, "z")], ..Batch::default() }).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })));
    store.close().await.unwrap();
    let store = place.open().await;
    assert!(store.person_id_next() > person);
    store.integrity().await.unwrap();
}
