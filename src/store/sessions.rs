//! Sessions beside the open one: set aside, due by timer, and where their messages stand.

use jiff::Timestamp;
use sqlx::Row;

use crate::domain::event::Platform;
use crate::domain::ids::{PersonId, SessionId};
use crate::store::error::StoreError;
use crate::store::persons::{instant, session_row};
use crate::store::records::SessionRow;
use crate::store::statements;
use crate::store::{ShownWrite, Store};

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

    /// A session, if it is open, and not set aside or over.
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn session_live(&self, id: SessionId) -> Result<Option<SessionRow>, StoreError> {
        let query = sqlx::query(statements::SESSION_LIVE).bind(id.0);
        let Some(row) = query.fetch_optional(&self.readers).await? else { return Ok(None) };
        let person = PersonId(row.try_get(3)?);
        let keys = self.keys.opened(&[person]).await?;
        session_row(&keys, person, id, &row, 0).map(Some)
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

    /// Where the message of a session's newest turn stands of which that is known; `None` when there is none.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn shown_load(&self, session: SessionId) -> Result<Option<ShownWrite>, StoreError> {
        let query = sqlx::query(statements::SHOWN_LOAD).bind(session.0);
        let Some(row) = query.fetch_optional(&self.readers).await? else { return Ok(None) };
        let platform =
            Platform::from_word(row.try_get(2)?).ok_or_else(|| StoreError::damaged("an unknown platform in shown"))?;
        Ok(Some(ShownWrite {
            session,
            turn: row.try_get::<i64, _>(0)?.cast_unsigned(),
            place: row.try_get(1)?,
            platform,
        }))
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
