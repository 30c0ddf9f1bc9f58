//! Messages that can still be deleted from their chat.

use jiff::Timestamp;
use sqlx::Row;

use crate::domain::event::Platform;
use crate::domain::ids::PersonId;
use crate::domain::limits::HIDE_HOURS;
use crate::store::error::StoreError;
use crate::store::script::Script;
use crate::store::{SaidNew, Store, statements};

impl Store {
    /// Where the messages of the last [`HIDE_HOURS`] stand in somebody's chat on a platform, the oldest first. It reads
    /// everybody's: not for a turn to wait for.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn said_recent(
        &self,
        person: PersonId,
        platform: Platform,
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        let query = sqlx::query(statements::SAID_ALL).bind(person.0).bind(platform.word()).bind(hour(now) - HIDE_HOURS);
        let rows = query.fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Forgets messages that no platform would let the bot delete any more; how many they were.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn said_prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut writer = self.writer.lock().await;
        let query = sqlx::query(statements::SAID_PRUNE).bind(hour(now) - HIDE_HOURS);
        Ok(query.execute(writer.ready().await?).await?.rows_affected())
    }
}

/// Those of somebody who is gone are left out.
pub(super) async fn insert(to: &mut Script<'_>, said: Vec<SaidNew>) -> Result<(), StoreError> {
    to.rows(&statements::SAID_INSERT, said, |new, row| {
        row.add(new.person.0)?;
        row.add(new.platform.word())?;
        row.add(new.place)?;
        row.add(hour(new.at))
    })
    .await
}

/// In hours since 1970.
fn hour(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3_600)
}
