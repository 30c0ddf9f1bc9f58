//! What the store keeps in memory of people who were here lately is what the disk holds, whatever is written.

use std::collections::BTreeMap;

use mendwell::domain::event::Platform;
use mendwell::domain::ids::{PersonId, SessionId};
use mendwell::store::{Batch, Look, PersonNew, PlanWrite, ProfileWrite, SessionWrite, Store, StoreError};
use proptest::prelude::*;

use crate::store::{Place, address, at, plan, profile, session, taken};

/// What a batch does with one person.
#[derive(Clone, Copy, Debug)]
enum Act {
    Profile,
    /// Opens a session, or writes the open one again.
    Live,
    /// Sets the open session aside.
    Aside,
    /// Ends the open session.
    End,
    /// Ends one that was set aside.
    EndAside,
    /// Opens one that was set aside, and sets the open one aside.
    Swap,
    Plan,
    PlanDropped,
    Forget,
}

/// What the test believes of a person.
struct Model {
    id: PersonId,
    profile_rev: i64,
    /// Sessions with their revisions.
    live: Option<(i64, i64)>,
    aside: BTreeMap<i64, i64>,
}

fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
    use Act::{Aside, End, EndAside, Forget, Live, Plan, PlanDropped, Profile, Swap};
    let act = prop_oneof![
        2 => Just(Profile), 6 => Just(Live), 2 => Just(Aside), 2 => Just(End), 2 => Just(EndAside),
        2 => Just(Swap), 1 => Just(Plan), 1 => Just(PlanDropped), 1 => Just(Forget),
    ];
    proptest::collection::vec((0_usize..3, act), 1..25)
}

impl Model {
    fn batch(&mut self, act: Act, next: &mut i64) -> Batch {
        let mut batch = Batch::default();
        let person = self.id;
        let mut put = |id: i64, live: bool, rev: Option<i64>| batch.sessions.push(session(person, id, live, rev));
        match act {
            Act::Profile => {
                let write = ProfileWrite { person, expected_rev: self.profile_rev, profile: profile("changed") };
                batch.profiles.push(write);
                self.profile_rev += 1;
            }
            Act::Live => {
                let (id, rev) = self.live.map_or((*next, None), |(id, rev)| (id, Some(rev)));
                *next += 1;
                put(id, true, rev);
                self.live = Some((id, rev.unwrap_or(0) + 1));
            }
            Act::Aside => {
                if let Some((id, rev)) = self.live.take() {
                    put(id, false, Some(rev));
                    self.aside.insert(id, rev + 1);
                }
            }
            Act::Swap => {
                if let Some((id, rev)) = self.aside.pop_first() {
                    if let Some((open, open_rev)) = self.live.take() {
                        put(open, false, Some(open_rev));
                        self.aside.insert(open, open_rev + 1);
                    }
                    put(id, true, Some(rev));
                    self.live = Some((id, rev + 1));
                }
            }
            Act::End => {
                let ended = self.live.take().map(|(id, _)| SessionWrite::Delete { id: SessionId(id), person });
                batch.sessions.extend(ended);
            }
            Act::EndAside => {
                let ended = self.aside.pop_first().map(|(id, _)| SessionWrite::Delete { id: SessionId(id), person });
                batch.sessions.extend(ended);
            }
            Act::Plan => batch.plans.push(PlanWrite::Put { person, plan: plan("daily"), due_at: Some(at(1)) }),
            Act::PlanDropped => batch.plans.push(PlanWrite::Drop { person, dialog: "daily".to_owned() }),
            Act::Forget => {}
        }
        batch
    }
}

async fn arrive(store: &Store, account: &str) -> Model {
    let id = store.person_id_next();
    let new = PersonNew { id, address: address(account), profile: profile(account) };
    store.commit(Batch { persons_new: vec![new], ..Batch::default() }).await.unwrap();
    Model { id, profile_rev: 1, live: None, aside: BTreeMap::new() }
}

async fn run(acts: Vec<(usize, Act)>) {
    let place = Place::new();
    let store = place.open().await;
    let accounts = ["ada", "bo", "cy"];
    let mut people = Vec::new();
    for account in accounts {
        people.push(arrive(&store, account).await);
    }
    let mut next = 1;
    for (who, act) in acts {
        let model = people.get_mut(who).unwrap();
        if matches!(act, Act::Forget) {
            crate::store::forget(&store, model.id).await;
            *model = arrive(&store, accounts[who]).await;
        }
        store.commit(model.batch(act, &mut next)).await.unwrap();
        let asked: Vec<_> = accounts.map(|account| (Platform::Telegram, account.to_owned())).into();
        let known = store.batch_load(Look::Recent, &[], &asked, &[]).await.unwrap();
        let ids: Vec<_> = known.accounts.iter().map(|person| person.unwrap()).collect();
        assert_eq!(ids, people.iter().map(|model| model.id).collect::<Vec<_>>());
        for (id, disk) in ids.iter().zip(store.persons_load(&ids).await.unwrap()) {
            assert_eq!(known.states.get(id), disk.as_ref(), "after {act:?}");
        }
    }
    store.close().await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_remembered_is_what_the_disk_holds(acts in acts()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(acts));
    }
}

#[tokio::test]
async fn a_refused_batch_leaves_nothing_in_memory_that_is_not_on_the_disk() {
    let place = Place::new();
    let store = place.open().await;
    let ada = arrive(&store, "ada").await.id;
    let first = Batch { inbox: vec![taken("one")], sessions: vec![session(ada, 1, true, None)], ..Batch::default() };
    store.commit(first.clone()).await.unwrap();
    let again = Batch { sessions: vec![session(ada, 1, true, Some(1))], ..first };
    assert!(matches!(store.commit(again).await, Err(StoreError::Conflict { .. })));
    let known = store.batch_load(Look::Recent, &[], &[], &[ada]).await.unwrap();
    assert_eq!(known.states.get(&ada), store.persons_load(&[ada]).await.unwrap().remove(0).as_ref());
    assert_eq!(known.states.get(&ada).unwrap().live.as_ref().unwrap().rev, 1);
}
