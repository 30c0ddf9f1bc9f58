//! Housekeeping: pruning, counters, facts about the store, the integrity check.

use jiff::Timestamp;
use sqlx::Row;

use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::persons::instant;
use crate::store::{backup, statements};

impl Store {
    /// Forgets events taken before this day (in days since 1970); how many they were. The writer is held for a 256th
    /// part of the inbox at a time: an index by day would cost every turn a random page.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn inbox_prune(&self, day: i64) -> Result<u64, StoreError> {
        let mut pruned = 0;
        for first in 0..=u8::MAX {
            let from = vec![first];
            let to = first.checked_add(1).map_or_else(|| vec![u8::MAX; 17], |next| vec![next]);
            let query = sqlx::query(statements::INBOX_PRUNE).bind(from).bind(to).bind(day);
            let mut writer = self.writer.lock().await;
            pruned += query.execute(writer.ready().await?).await?.rows_affected();
        }
        Ok(pruned)
    }

    /// Drops the record of occurrences that were due before this and do not wait any more.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn occurrences_prune(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut writer = self.writer.lock().await;
        let query = sqlx::query(statements::OCCURRENCES_PRUNE).bind(before.as_millisecond());
        Ok(query.execute(writer.ready().await?).await?.rows_affected())
    }

    /// Drops codes that are over, and wrong codes that no longer count.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn links_prune(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        for sql in [statements::LINK_CODES_PRUNE, statements::LINK_GUESSES_PRUNE] {
            sqlx::query(sql).bind(now.as_millisecond()).execute(writer.ready().await?).await?;
        }
        Ok(())
    }

    /// Every counter.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn counters(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sqlx::query(statements::COUNTERS).fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// A fact about the store that an earlier [`crate::store::Batch`] kept.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn meta_text(&self, name: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query(statements::META_TEXT).bind(name).fetch_optional(&self.readers).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Events that could not be handled, the newest first: when, why, and their fingerprint.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn quarantine_latest(&self, limit: i64) -> Result<Vec<(Timestamp, String, String)>, StoreError> {
        let rows = sqlx::query(statements::QUARANTINE).bind(limit).fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((instant(row.try_get(0)?)?, row.try_get(1)?, row.try_get(2)?))).collect()
    }

    /// Checks the whole of `data.db`; slow on large files.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with what was found.
    pub async fn integrity(&self) -> Result<(), StoreError> {
        let mut reader = self.readers.acquire().await?;
        backup::whole(&mut reader).await
    }
}
