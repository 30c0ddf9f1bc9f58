//! Sessions beside the open one: set aside, due by timer, and where their messages stand.

use jiff::Timestamp;
use sqlx::Row;

use crate::domain::ids::{PersonId, SessionId};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::persons::{instant, session_row};
use crate::store::records::SessionRow;
use crate::store::statements;

impl Store {
    /// The sessions that a person has set aside.
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn sessions_parked(&self, person: PersonId) -> Result<Vec<SessionRow>, StoreError> {
        let rows = {
            let mut loader = self.loader.lock().await;
            sqlx::query(statements::SESSIONS_PARKED).bind(person.0).fetch_all(loader.ready().await?).await?
        };
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.keys.opened(&[person]).await?;
        rows.iter().map(|row| session_row(&keys, person, SessionId(row.try_get(0)?), row, 1)).collect()
    }

    /// Sessions whose timer is due, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sessions_due(
        &self,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<(SessionId, PersonId, Timestamp)>, StoreError> {
        let query = sqlx::query(statements::SESSIONS_DUE).bind(now.as_millisecond()).bind(limit);
        let rows = query.fetch_all(&self.readers).await?;
        rows.iter()
            .map(|row| Ok((SessionId(row.try_get(0)?), PersonId(row.try_get(1)?), instant(row.try_get(2)?)?)))
            .collect()
    }

    /// When the next session's timer is due.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn timers_next(&self) -> Result<Option<Timestamp>, StoreError> {
        self.instant_of(statements::TIMERS_NEXT).await
    }

    /// The newest turn of a session whose message's place is known, and that place; `None` when there is none.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn shown_load(&self, session: SessionId) -> Result<Option<(u64, String)>, StoreError> {
        let query = sqlx::query(statements::SHOWN_LOAD).bind(session.0);
        let row = query.fetch_optional(&self.readers).await?;
        row.map(|row| Ok((row.try_get::<i64, _>(0)?.cast_unsigned(), row.try_get(1)?))).transpose()
    }

    /// Whether the place of any message is known.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn shown_any(&self) -> Result<bool, StoreError> {
        Ok(sqlx::query(statements::SHOWN_ANY).fetch_one(&self.readers).await?.try_get(0)?)
    }

    /// The one instant that a query gives.
    pub(crate) async fn instant_of(&self, sql: &'static str) -> Result<Option<Timestamp>, StoreError> {
        let row = sqlx::query(sql).fetch_one(&self.readers).await?;
        row.try_get::<Option<i64>, _>(0)?.map(instant).transpose()
    }
}
