//! Plans of check-ins, their occurrences, and entries.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::domain::ids::{PersonId, PlanId};
use crate::domain::write::Write;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::keys::Keys;
use crate::store::persons::{hash_at, instant};
use crate::store::records::{EntryKind, OccurrenceRow, OccurrenceState, PlanRow};
use crate::store::{sealing, statements};

impl Store {
    /// A person's plans.
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn plans_of(&self, person: PersonId) -> Result<Vec<PlanRow>, StoreError> {
        let rows = {
            let mut loader = self.loader.lock().await;
            sqlx::query(statements::PLANS_OF).bind(person.0).fetch_all(loader.ready().await?).await?
        };
        self.plan_rows(&rows).await
    }

    /// Up to `limit` plans with an id above `after`, in the order of their ids: to compute all due times anew when
    /// the time zone data has changed.
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn plans_page(&self, after: PlanId, limit: i64) -> Result<Vec<PlanRow>, StoreError> {
        let rows = sqlx::query(statements::PLANS_PAGE).bind(after.0).bind(limit).fetch_all(&self.readers).await?;
        self.plan_rows(&rows).await
    }

    /// Plans that are due, the oldest first. Nothing is marked: the same plans come again until a commit moves them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn plans_due(
        &self,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<(PlanId, PersonId, Timestamp)>, StoreError> {
        let query = sqlx::query(statements::PLANS_DUE).bind(now.as_millisecond()).bind(limit);
        let rows = query.fetch_all(&self.readers).await?;
        rows.iter()
            .map(|row| Ok((PlanId(row.try_get(0)?), PersonId(row.try_get(1)?), instant(row.try_get(2)?)?)))
            .collect()
    }

    /// When the next plan is due.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn plans_next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.instant_of(statements::PLANS_NEXT_DUE).await
    }

    /// Waiting check-ins whose wait is over: their time has run out, or no dialog is open any more.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn occurrences_ready(&self, now: Timestamp, limit: i64) -> Result<Vec<OccurrenceRow>, StoreError> {
        let query = sqlx::query(statements::OCCURRENCES_READY).bind(now.as_millisecond()).bind(limit);
        query.fetch_all(&self.readers).await?.iter().map(occurrence_row).collect()
    }

    /// When the next waiting check-in expires.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn occurrences_next_expiry(&self) -> Result<Option<Timestamp>, StoreError> {
        self.instant_of(statements::OCCURRENCES_NEXT_EXPIRY).await
    }

    /// Every recorded occurrence of a plan, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn occurrences_of(&self, plan: PlanId) -> Result<Vec<OccurrenceRow>, StoreError> {
        let query = sqlx::query(statements::OCCURRENCES_OF).bind(plan.0);
        query.fetch_all(&self.readers).await?.iter().map(occurrence_row).collect()
    }

    /// A person's entries of one kind, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn entries_of(&self, person: PersonId, kind: EntryKind, limit: i64) -> Result<Vec<Write>, StoreError> {
        let query = sqlx::query(statements::ENTRIES_OF).bind(person.0).bind(kind.code()).bind(limit);
        let rows = query.fetch_all(&self.readers).await?;
        let keys = self.keys.opened(&[person]).await?;
        rows.iter().map(|row| sealing::open_entry(&keys, person, hash_at(row, 0)?, row.try_get(1)?)).collect()
    }

    /// Up to `limit` entries of a person and kind that were kept after this one, the oldest first, each with what to go on
    /// after. Begin after 0.
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn entries_page(
        &self,
        person: PersonId,
        kind: EntryKind,
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, Write)>, StoreError> {
        let query = sqlx::query(statements::ENTRIES_PAGE).bind(person.0).bind(kind.code()).bind(after).bind(limit);
        let rows = query.fetch_all(&self.readers).await?;
        let keys = self.keys.opened(&[person]).await?;
        let entry = |row: &SqliteRow| {
            Ok((row.try_get(0)?, sealing::open_entry(&keys, person, hash_at(row, 1)?, row.try_get(2)?)?))
        };
        rows.iter().map(entry).collect()
    }

    async fn plan_rows(&self, rows: &[SqliteRow]) -> Result<Vec<PlanRow>, StoreError> {
        let persons = rows.iter().map(|row| Ok(PersonId(row.try_get(1)?))).collect::<Result<Vec<_>, StoreError>>()?;
        let keys = self.keys.opened(&persons).await?;
        rows.iter().map(|row| plan_row(&keys, row)).collect()
    }
}

fn plan_row(keys: &Keys, row: &SqliteRow) -> Result<PlanRow, StoreError> {
    let person = PersonId(row.try_get(1)?);
    let plan = sealing::open_plan(keys, person, hash_at(row, 2)?, row.try_get(4)?)?;
    let due_at = row.try_get::<Option<i64>, _>(3)?.map(instant).transpose()?;
    Ok(PlanRow { id: PlanId(row.try_get(0)?), person, plan, due_at })
}

fn occurrence_row(row: &SqliteRow) -> Result<OccurrenceRow, StoreError> {
    let state = OccurrenceState::from_code(row.try_get(4)?);
    Ok(OccurrenceRow {
        plan: PlanId(row.try_get(0)?),
        person: PersonId(row.try_get(1)?),
        due_at: instant(row.try_get(2)?)?,
        expires_at: instant(row.try_get(3)?)?,
        state: state.ok_or_else(|| StoreError::damaged("an unknown state in occurrences"))?,
    })
}
