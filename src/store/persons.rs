//! People: found by account, loaded with their open session in one query.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::domain::event::{EventKey, Platform};
use crate::domain::ids::{PersonId, SessionId};
use crate::domain::person::Profile;
use crate::store::commit::Sealed;
use crate::store::error::StoreError;
use crate::store::keys::{KeyedHash, Keys};
use crate::store::recent::{LiveCells, PersonCells};
use crate::store::records::{BatchKnown, Look, PersonState, SessionRow};
use crate::store::sealing::{self, Cell};
use crate::store::statements::{self, fetch_batch, fetch_hashes, json_ids};
use crate::store::{Batch, Store};

impl Store {
    /// Which of these events were taken before, in the same order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn inbox_known(&self, keys: &[EventKey]) -> Result<Vec<bool>, StoreError> {
        let hashes: Vec<KeyedHash> = keys.iter().map(|key| self.keys.event_hash(key)).collect();
        let mut loader = self.loader.lock().await;
        let rows = fetch_hashes(loader.ready().await?, &statements::INBOX_KNOWN, &hashes).await?;
        drop(loader);
        let known = rows.iter().map(|row| hash_at(row, 0)).collect::<Result<HashSet<_>, _>>()?;
        Ok(hashes.iter().map(|hash| known.contains(hash)).collect())
    }

    /// Who these accounts belong to, in the same order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn persons_by_account(
        &self,
        accounts: &[(Platform, String)],
    ) -> Result<Vec<Option<PersonId>>, StoreError> {
        let hashes: Vec<KeyedHash> =
            accounts.iter().map(|(platform, account)| self.keys.account_hash(*platform, account)).collect();
        let mut found = self.accounts_seen(&hashes);
        let missing: Vec<KeyedHash> = hashes.iter().filter(|hash| !found.contains_key(*hash)).copied().collect();
        if !missing.is_empty() {
            let mut loader = self.loader.lock().await;
            let rows = fetch_hashes(loader.ready().await?, &statements::ACCOUNTS_FIND, &missing).await?;
            drop(loader);
            for row in &rows {
                found.insert(hash_at(row, 0)?, PersonId(row.try_get(1)?));
            }
            self.accounts_keep(found.iter().map(|(hash, person)| (*hash, person.0)));
        }
        Ok(hashes.iter().map(|hash| found.get(hash).copied()).collect())
    }

    /// The people with these ids, which are distinct, in the same order; `None` for one who is not there.
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn persons_load(&self, persons: &[PersonId]) -> Result<Vec<Option<PersonState>>, StoreError> {
        if persons.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.keys.opened(persons).await?;
        let rows = {
            let mut loader = self.loader.lock().await;
            let query = sqlx::query(statements::PERSONS_LOAD).bind(json_ids(persons.iter().map(|person| person.0)));
            query.fetch_all(loader.ready().await?).await?
        };
        let mut found = HashMap::with_capacity(rows.len());
        for row in &rows {
            let person = PersonId(row.try_get(0)?);
            found.insert(person, person_state(&keys, person, &person_cells(row)?)?);
        }
        Ok(persons.iter().map(|person| found.remove(person)).collect())
    }

    /// What a batch must know before its turns: which of these events were taken before, and the people of these
    /// accounts with their open sessions.
    ///
    /// With [`Look::Recent`] no event is looked up, so each counts as new, and people who were read or written lately
    /// are not read again: mostly no call of the database at all. A commit that rests on a wrong guess is a
    /// [`StoreError::Conflict`], after which the batch must be loaded again with [`Look::Disk`]. Callers load and commit
    /// one after the other for any one person.
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn batch_load(
        &self,
        look: Look,
        keys: &[EventKey],
        accounts: &[(Platform, String)],
        persons: &[PersonId],
    ) -> Result<BatchKnown, StoreError> {
        let accounts = self.persons_by_account(accounts).await?;
        let mut wanted: Vec<PersonId> = accounts.iter().flatten().chain(persons).copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let opened = self.keys.opened(&wanted).await?;
        let (hashes, (recent, unread)) = match look {
            Look::Recent => (Vec::new(), self.people.find(&wanted)),
            Look::Disk => (keys.iter().map(|key| self.keys.event_hash(key)).collect(), (Vec::new(), wanted)),
        };
        let mut states = HashMap::with_capacity(recent.len() + unread.len());
        for (person, cells) in recent {
            states.insert(person, person_state(&opened, person, &cells)?);
        }
        let mut known: HashSet<KeyedHash> = HashSet::new();
        if !hashes.is_empty() || !unread.is_empty() {
            let rows = {
                let mut loader = self.loader.lock().await;
                fetch_batch(loader.ready().await?, &hashes, json_ids(unread.iter().map(|person| person.0))).await?
            };
            for row in &rows {
                if row.len() == 1 {
                    known.insert(hash_at(row, 0)?);
                    continue;
                }
                let (person, cells) = (PersonId(row.try_get(0)?), person_cells(row)?);
                states.insert(person, person_state(&opened, person, &cells)?);
                self.people.keep([(person, cells)]);
            }
        }
        let taken = (0..keys.len()).map(|at| hashes.get(at).is_some_and(|hash| known.contains(hash))).collect();
        Ok(BatchKnown { taken, accounts, states })
    }

    /// How many people there are.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn persons_count(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query(statements::PERSONS_COUNT).fetch_one(&self.readers).await?.try_get(0)?)
    }

    /// Profiles of people whose id is higher than this one, in the order of their ids.
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn profiles_page(&self, after: PersonId, limit: i64) -> Result<Vec<(PersonId, Profile)>, StoreError> {
        let query = sqlx::query(statements::PERSONS_PAGE).bind(after.0).bind(limit);
        let rows = query.fetch_all(&self.readers).await?;
        let persons = rows.iter().map(|row| row.try_get(0).map(PersonId)).collect::<Result<Vec<_>, _>>()?;
        let keys = self.keys.opened(&persons).await?;
        let mut page = Vec::with_capacity(rows.len());
        // Who has no key is being forgotten.
        for (row, person) in rows.iter().zip(persons).filter(|(_, person)| keys.contains_key(person)) {
            page.push((person, sealing::open_profile(&keys, person, row.try_get(1)?, row.try_get(2)?)?));
        }
        Ok(page)
    }

    /// The accounts that were seen lately.
    fn accounts_seen(&self, hashes: &[KeyedHash]) -> HashMap<KeyedHash, PersonId> {
        let mut seen = self.accounts_seen.lock().unwrap_or_else(PoisonError::into_inner);
        hashes.iter().filter_map(|hash| Some((*hash, seen.find(hash)?))).collect()
    }

    /// Remembers whose accounts are.
    pub(crate) fn accounts_keep(&self, accounts: impl IntoIterator<Item = (KeyedHash, i64)>) {
        let mut seen = self.accounts_seen.lock().unwrap_or_else(PoisonError::into_inner);
        for (hash, person) in accounts {
            seen.insert(hash, PersonId(person));
        }
    }

    /// Forgets whose accounts are that a batch is about to give to others.
    pub(crate) fn accounts_forget(&self, batch: &Sealed) {
        if batch.joins.is_empty() && batch.accounts_gone.is_empty() {
            return;
        }
        let mut seen = self.accounts_seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|hash, person| {
            !batch.accounts_gone.contains(hash) && !batch.joins.iter().any(|join| join.from == *person)
        });
    }
}

impl Batch {
    /// Everybody whose key is needed to seal this batch.
    pub(crate) fn persons(&self) -> Vec<PersonId> {
        use crate::store::{PlanWrite, SessionWrite};
        let mut persons: Vec<PersonId> = self.persons_new.iter().map(|new| new.id).collect();
        persons.extend(self.profiles.iter().map(|write| write.person));
        persons.extend(self.sessions.iter().filter_map(|write| match write {
            SessionWrite::Put(put) => Some(put.person),
            // Nothing of it is sealed.
            SessionWrite::Delete { .. } => None,
        }));
        persons.extend(self.outbox.iter().map(|new| new.person));
        persons.extend(self.entries.iter().map(|new| new.person));
        persons.extend(self.entry_changes.iter().map(|change| change.person));
        persons.extend(self.plans.iter().map(|write| match write {
            PlanWrite::Put { person, .. } | PlanWrite::Drop { person, .. } => *person,
        }));
        persons.extend(self.joins.iter().flat_map(|join| [join.from, join.into]));
        persons.sort_unstable();
        persons.dedup();
        persons
    }
}

fn person_cells(row: &SqliteRow) -> Result<PersonCells, StoreError> {
    let blob = |column: usize| row.try_get::<&[u8], _>(column).map(Arc::from);
    let live = match row.try_get::<Option<i64>, _>(3)? {
        Some(id) => Some(LiveCells { id, rev: row.try_get(4)?, state: blob(5)?, timer_at: row.try_get(6)? }),
        None => None,
    };
    Ok(PersonCells {
        profile_rev: row.try_get(1)?,
        profile: blob(2)?,
        live,
        has_parked: row.try_get(7)?,
        has_plans: row.try_get(8)?,
    })
}

fn person_state(keys: &Keys, person: PersonId, cells: &PersonCells) -> Result<PersonState, StoreError> {
    let profile_rev = cells.profile_rev;
    let profile = sealing::open_profile(keys, person, profile_rev, &cells.profile)?;
    let open = |live: &LiveCells| {
        let (id, rev) = (SessionId(live.id), live.rev);
        let state = sealing::open_bytes(keys, person, Cell::Session { id, rev }, &live.state)?;
        Ok::<_, StoreError>(SessionRow { id, rev, state, timer_at: live.timer_at.map(instant).transpose()? })
    };
    let live = cells.live.as_ref().map(open).transpose()?;
    Ok(PersonState { profile, profile_rev, live, has_parked: cells.has_parked, has_plans: cells.has_plans })
}

/// A session from three columns in a row: revision, state, timer.
pub(crate) fn session_row(
    keys: &Keys,
    person: PersonId,
    id: SessionId,
    row: &SqliteRow,
    first: usize,
) -> Result<SessionRow, StoreError> {
    let rev = row.try_get(first)?;
    let state = sealing::open_bytes(keys, person, Cell::Session { id, rev }, row.try_get(first + 1)?)?;
    let timer_at = row.try_get::<Option<i64>, _>(first + 2)?.map(instant).transpose()?;
    Ok(SessionRow { id, rev, state, timer_at })
}

/// An instant as it is stored.
pub(crate) fn instant(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| StoreError::damaged("an instant out of range"))
}

/// A keyed hash in a column.
pub(crate) fn hash_at(row: &SqliteRow, column: usize) -> Result<KeyedHash, StoreError> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes.try_into().map_err(|_| StoreError::damaged("a keyed hash of the wrong length"))
}
