//! When something is to be done about the silence of people.

use jiff::Timestamp;
use sqlx::Row;

use crate::domain::ids::PersonId;
use crate::store::error::StoreError;
use crate::store::persons::instant;
use crate::store::script::Script;
use crate::store::{Store, statements};

/// When something is to be done next about somebody's silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SilenceWrite {
    /// Who.
    pub person: PersonId,
    /// When.
    pub due_at: Timestamp,
}

impl Store {
    /// People about whose silence something is to be done, the longest due first. Nothing is marked: the same people come
    /// again until a commit moves them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn silences_due(&self, now: Timestamp, limit: i64) -> Result<Vec<SilenceWrite>, StoreError> {
        let query = sqlx::query(statements::SILENCES_DUE).bind(now.as_millisecond()).bind(limit);
        let rows = query.fetch_all(&self.readers).await?;
        rows.iter()
            .map(|row| Ok(SilenceWrite { person: PersonId(row.try_get(0)?), due_at: instant(row.try_get(1)?)? }))
            .collect()
    }

    /// When that is the case next.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn silences_next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.instant_of(statements::SILENCES_NEXT_DUE).await
    }
}

pub(super) async fn write_silences(to: &mut Script<'_>, silences: Vec<SilenceWrite>) -> Result<(), StoreError> {
    to.rows(&statements::SILENCES_PUT, silences, |write, row| {
        row.add(write.person.0)?;
        row.add(write.due_at.as_millisecond())
    })
    .await
}
