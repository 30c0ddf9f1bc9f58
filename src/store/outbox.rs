//! Messages that are not known to be sent.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::domain::ids::{OutboxId, PersonId};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::keys::Keys;
use crate::store::persons::instant;
use crate::store::records::{OutboxClass, OutboxRow, OutboxState};
use crate::store::sealing::{self, Cell};
use crate::store::statements;

impl Store {
    /// Messages whose time has come, pending and parked, the oldest first. Nothing is marked: an attempt begins with
    /// [`crate::store::OutcomeWrite::Retry`] to [`OutboxState::Sending`].
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn outbox_due(&self, now: Timestamp, limit: i64) -> Result<Vec<OutboxRow>, StoreError> {
        let query = sqlx::query(statements::OUTBOX_DUE).bind(now.as_millisecond()).bind(limit);
        self.outbox_rows(&query.fetch_all(&self.readers).await?).await
    }

    /// When the next message that is not under way is due.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn outbox_next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.instant_of(statements::OUTBOX_NEXT_DUE).await
    }

    /// Messages under way, in the order of their ids. At start-up: those of which nobody knows whether they arrived.
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn outbox_sending(&self) -> Result<Vec<OutboxRow>, StoreError> {
        self.outbox_rows(&sqlx::query(statements::OUTBOX_SENDING).fetch_all(&self.readers).await?).await
    }

    /// Whose a message is that is not known to be sent; `None` when it is gone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn outbox_person(&self, id: OutboxId) -> Result<Option<PersonId>, StoreError> {
        let row = sqlx::query(statements::OUTBOX_PERSON).bind(id.0).fetch_optional(&self.readers).await?;
        Ok(row.map(|row| row.try_get(0).map(PersonId)).transpose()?)
    }

    /// How many messages are not known to be sent.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn outbox_count(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query(statements::OUTBOX_COUNT).fetch_one(&self.readers).await?.try_get(0)?)
    }

    async fn outbox_rows(&self, rows: &[SqliteRow]) -> Result<Vec<OutboxRow>, StoreError> {
        let persons = rows.iter().map(|row| Ok(PersonId(row.try_get(1)?))).collect::<Result<Vec<_>, StoreError>>()?;
        let keys = self.keys.opened(&persons).await?;
        rows.iter().map(|row| outbox_row(&keys, row)).collect()
    }
}

fn outbox_row(keys: &Keys, row: &SqliteRow) -> Result<OutboxRow, StoreError> {
    let unknown = || StoreError::damaged("an unknown class or state in outbox");
    let id = OutboxId(row.try_get(0)?);
    let person = PersonId(row.try_get(1)?);
    Ok(OutboxRow {
        id,
        person,
        class: OutboxClass::from_code(row.try_get(2)?).ok_or_else(unknown)?,
        state: OutboxState::from_code(row.try_get(3)?).ok_or_else(unknown)?,
        attempts: row.try_get(4)?,
        next_at: instant(row.try_get(5)?)?,
        created_at: instant(row.try_get(6)?)?,
        item: sealing::open_bytes(keys, person, Cell::Outbox { id }, row.try_get(7)?)?,
    })
}
