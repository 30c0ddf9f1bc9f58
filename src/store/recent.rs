//! What was read or written last, kept in memory: people's rows sealed as they are on the disk, so that no words lie
//! open between turns, and nothing is read twice that the writer has just written.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::ids::PersonId;
use crate::store::commit::Sealed;

/// Size of the rows that are kept, in bytes: about 1,000 people in the middle of a dialog.
const PEOPLE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// What the rows of one person cost beside what is sealed, in bytes.
const PERSON_BYTES: usize = 256;

/// A bounded map in two halves, of which the older is dropped when the younger is full; what is found becomes young.
pub(crate) struct Recent<K, V> {
    half: usize,
    weigh: fn(&V) -> usize,
    /// Of the younger half.
    weight: usize,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

/// A person's profile and open session, sealed.
#[derive(Clone)]
pub(crate) struct PersonCells {
    pub(crate) profile_rev: i64,
    pub(crate) profile: Arc<[u8]>,
    pub(crate) live: Option<LiveCells>,
    /// Whether sessions are set aside.
    pub(crate) has_parked: bool,
    /// Whether there are plans.
    pub(crate) has_plans: bool,
}

/// An open session, sealed.
#[derive(Clone)]
pub(crate) struct LiveCells {
    pub(crate) id: i64,
    pub(crate) rev: i64,
    pub(crate) timer_at: Option<i64>,
    pub(crate) state: Arc<[u8]>,
}

impl PersonCells {
    fn bytes(&self) -> usize {
        PERSON_BYTES + self.profile.len() + self.live.as_ref().map_or(0, |live| live.state.len())
    }
}

/// The people of late. A row is either what the disk holds, or not here.
pub(crate) struct People(Mutex<Recent<PersonId, PersonCells>>);

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// One that keeps at most `max` values.
    pub(crate) fn new(max: usize) -> Self {
        Self::weighed(max, |_| 1)
    }

    /// One that keeps values of at most `max` in all, as this weighs them.
    pub(crate) fn weighed(max: usize, weigh: fn(&V) -> usize) -> Self {
        Self { half: max.div_ceil(2), weigh, weight: 0, young: HashMap::new(), old: HashMap::new() }
    }

    pub(crate) fn find(&mut self, key: &K) -> Option<V>
    where
        K: Clone,
    {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let value = self.old.remove(key)?;
        self.insert(key.clone(), value.clone());
        Some(value)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        if self.weight >= self.half {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        self.old.remove(&key);
        self.weight += (self.weigh)(&value);
        if let Some(before) = self.young.insert(key, value) {
            self.weight = self.weight.saturating_sub((self.weigh)(&before));
        }
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let old = self.old.remove(key);
        let young = self.young.remove(key);
        self.weight -= young.as_ref().map_or(0, self.weigh);
        young.or(old)
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        self.young.retain(|key, value| keep(key, value));
        self.weight = self.young.values().map(self.weigh).sum();
        self.old.retain(|key, value| keep(key, value));
    }
}

impl People {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Recent::weighed(PEOPLE_BYTES_MAX, PersonCells::bytes)))
    }

    /// Splits people into those whose rows are here, and the others.
    pub(crate) fn find(&self, persons: &[PersonId]) -> (Vec<(PersonId, PersonCells)>, Vec<PersonId>) {
        let mut people = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut found, mut missing) = (Vec::with_capacity(persons.len()), Vec::new());
        for person in persons {
            match people.find(person) {
                Some(cells) => found.push((*person, cells)),
                None => missing.push(*person),
            }
        }
        (found, missing)
    }

    /// Keeps what the disk holds.
    pub(crate) fn keep(&self, cells: impl IntoIterator<Item = (PersonId, PersonCells)>) {
        let mut people = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (person, cells) in cells {
            people.insert(person, cells);
        }
    }

    pub(crate) fn forget(&self, person: PersonId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&person);
    }

    /// Takes out everybody whom a batch is about to change, and gives them as they are once it is on the disk. Until
    /// then nobody knows what the disk holds, so they are not here.
    pub(crate) fn take(&self, batch: &Sealed) -> Vec<(PersonId, PersonCells)> {
        let mut after = HashMap::new();
        for (id, profile) in &batch.persons {
            let (profile, live) = (Arc::clone(profile), None);
            after.insert(*id, PersonCells { profile_rev: 1, profile, live, has_parked: false, has_plans: false });
        }
        {
            let mut people = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for person in batch.changed() {
                if let Some(cells) = people.remove(&PersonId(person)) {
                    after.entry(person).or_insert(cells);
                }
            }
        }
        for (person, rev, profile) in &batch.profiles {
            if let Some(cells) = after.get_mut(person) {
                (cells.profile_rev, cells.profile) = (rev + 1, Arc::clone(profile));
            }
        }
        for (session, person) in &batch.sessions_gone {
            let ended = after.get_mut(person).and_then(|cells| cells.live.take_if(|live| live.id == *session));
            if ended.is_none() {
                // Whether others are still set aside is for the disk to say.
                after.remove(person);
            }
        }
        for (person, _) in &batch.plans_gone {
            after.remove(person);
        }
        // What a join brings along is for the disk to say.
        for join in &batch.joins {
            after.remove(&join.into.0);
            after.remove(&join.from.0);
            self.forget(join.from);
        }
        for session in &batch.sessions_aside {
            if let Some(cells) = after.get_mut(&session.person) {
                cells.live.take_if(|live| live.id == session.id);
            }
        }
        let open = batch.sessions_live.iter().chain(&batch.sessions_new);
        for session in batch.sessions_aside.iter().chain(open) {
            let Some(cells) = after.get_mut(&session.person) else { continue };
            if !session.live {
                cells.has_parked = true;
            } else if session.expected_rev > 0 && cells.live.as_ref().is_none_or(|live| live.id != session.id) {
                // It was set aside before; whether others still are is for the disk to say.
                after.remove(&session.person);
            } else {
                let (rev, state) = (session.expected_rev + 1, Arc::clone(&session.state));
                cells.live = Some(LiveCells { id: session.id, rev, timer_at: session.timer_at, state });
            }
        }
        for (person, ..) in &batch.plans {
            if let Some(cells) = after.get_mut(person) {
                cells.has_plans = true;
            }
        }
        after.into_iter().map(|(person, cells)| (PersonId(person), cells)).collect()
    }
}
