//! People: found by account, loaded with their open session in one query.

use std::collections::{HashMap, HashSet};
use std::sync::PoisonError;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::domain::event::{EventKey, Platform};
use crate::domain::ids::{PersonId, SessionId};
use crate::store::error::StoreError;
use crate::store::keys::{KeyedHash, Keys};
use crate::store::records::{BatchKnown, PersonState, SessionRow};
use crate::store::sealing::{self, Cell};
use crate::store::statements::{self, fetch_batch, fetch_hashes, json_ids};
use crate::store::{Batch, Store};

/// Accounts remembered, by their keyed hashes.
const ACCOUNTS_SEEN_MAX: usize = 10_000;

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
            let mut seen = self.accounts_seen.lock().unwrap_or_else(PoisonError::into_inner);
            if seen.len() > ACCOUNTS_SEEN_MAX {
                seen.clear();
            }
            for row in &rows {
                let (hash, person) = (hash_at(row, 0)?, PersonId(row.try_get(1)?));
                found.insert(hash, person);
                seen.insert(hash, person);
            }
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
            found.insert(person, person_state(&keys, person, row)?);
        }
        Ok(persons.iter().map(|person| found.remove(person)).collect())
    }

    /// What a batch must know before its turns: which of these events were taken before, and the people of these
    /// accounts with their open sessions. One call of the database when the accounts were seen lately.
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn batch_load(
        &self,
        keys: &[EventKey],
        accounts: &[(Platform, String)],
        persons: &[PersonId],
    ) -> Result<BatchKnown, StoreError> {
        let accounts = self.persons_by_account(accounts).await?;
        let mut wanted: Vec<PersonId> = accounts.iter().flatten().chain(persons).copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let opened = self.keys.opened(&wanted).await?;
        let hashes: Vec<KeyedHash> = keys.iter().map(|key| self.keys.event_hash(key)).collect();
        let rows = {
            let mut loader = self.loader.lock().await;
            fetch_batch(loader.ready().await?, &hashes, json_ids(wanted.iter().map(|person| person.0))).await?
        };
        let mut known = HashSet::new();
        let mut states = HashMap::with_capacity(wanted.len());
        for row in &rows {
            if row.len() == 1 {
                known.insert(hash_at(row, 0)?);
                continue;
            }
            let person = PersonId(row.try_get(0)?);
            states.insert(person, person_state(&opened, person, row)?);
        }
        Ok(BatchKnown { taken: hashes.iter().map(|hash| known.contains(hash)).collect(), accounts, states })
    }

    /// How many people there are.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn persons_count(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query(statements::PERSONS_COUNT).fetch_one(&self.readers).await?.try_get(0)?)
    }

    /// The accounts that were seen lately.
    fn accounts_seen(&self, hashes: &[KeyedHash]) -> HashMap<KeyedHash, PersonId> {
        let seen = self.accounts_seen.lock().unwrap_or_else(PoisonError::into_inner);
        hashes.iter().filter_map(|hash| Some((*hash, *seen.get(hash)?))).collect()
    }

    /// Forgets a person: the key first, which nothing can undo, then every row. Safe to repeat after a crash.
    /// Events that were taken stay known by their keyed hash, so that a late copy does nothing.
    ///
    /// # Errors
    /// When a file cannot be written; then it must be repeated.
    pub async fn person_forget(&self, person: PersonId) -> Result<(), StoreError> {
        self.keys.destroy(person).await?;
        self.accounts_seen.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, seen| *seen != person);
        let mut writer = self.writer.lock().await;
        let connection = writer.ready().await?;
        sqlx::query(statements::PERSON_DELETE).bind(person.0).execute(&mut *connection).await?;
        sqlx::query(statements::CHECKPOINT).execute(connection).await?;
        Ok(())
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
            SessionWrite::Delete { .. } => None,
        }));
        persons.extend(self.outbox.iter().map(|new| new.person));
        persons.extend(self.entries.iter().map(|new| new.person));
        persons.extend(self.plans.iter().map(|write| match write {
            PlanWrite::Put { person, .. } | PlanWrite::Drop { person, .. } => *person,
        }));
        persons.sort_unstable();
        persons.dedup();
        persons
    }
}

fn person_state(keys: &Keys, person: PersonId, row: &SqliteRow) -> Result<PersonState, StoreError> {
    let profile_rev = row.try_get(1)?;
    let profile = sealing::open_profile(keys, person, profile_rev, row.try_get(2)?)?;
    let live = match row.try_get::<Option<i64>, _>(3)? {
        Some(id) => Some(session_row(keys, person, SessionId(id), row, 4)?),
        None => None,
    };
    Ok(PersonState { profile, profile_rev, live, has_parked: row.try_get(7)?, has_plans: row.try_get(8)? })
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
