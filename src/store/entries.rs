//! Entries one by one: read by page or by id, changed, deleted.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::domain::ids::{EntryId, PersonId};
use crate::domain::write::Write;
use crate::store::error::StoreError;
use crate::store::keys::Keys;
use crate::store::persons::hash_at;
use crate::store::records::EntryKept;
use crate::store::script::Script;
use crate::store::{EntryChange, EntryKind, Store, sealing, statements};

impl Store {
    /// Up to `limit` entries of a person and kind after the newest `skip`, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn entries_newest(
        &self,
        person: PersonId,
        kind: EntryKind,
        skip: i64,
        limit: i64,
    ) -> Result<Vec<EntryKept>, StoreError> {
        let query = sqlx::query(statements::ENTRIES_SKIPPED).bind(person.0).bind(kind.code()).bind(limit).bind(skip);
        let rows = query.fetch_all(&self.readers).await?;
        let keys = self.keys.opened(&[person]).await?;
        rows.iter().map(|row| opened(&keys, person, row)).collect()
    }

    /// An entry of a person; `None` when they have none with this id.
    ///
    /// # Errors
    /// When the database cannot be read, or something sealed does not open.
    pub async fn entry(&self, person: PersonId, id: EntryId) -> Result<Option<EntryKept>, StoreError> {
        let query = sqlx::query(statements::ENTRY_BODY).bind(person.0).bind(id.0.as_slice());
        let row = query.fetch_optional(&self.readers).await?;
        let keys = self.keys.opened(&[person]).await?;
        row.map(|row| opened(&keys, person, &row)).transpose()
    }
}

/// Whose entry, which, and its body.
pub(super) type EntryCells = (i64, EntryId, Vec<u8>);
/// Whose entry, and which.
pub(super) type EntryGone = (i64, EntryId);

/// Entries that change, sealed, and those that go.
pub(super) fn seal(changes: Vec<EntryChange>, keys: &Keys) -> Result<(Vec<EntryCells>, Vec<EntryGone>), StoreError> {
    let (mut changed, mut gone) = (Vec::new(), Vec::new());
    for EntryChange { person, id, to } in changes {
        match to {
            Some(write) => changed.push((person.0, id, sealing::seal_entry(keys, person, id.0, &write)?)),
            None => gone.push((person.0, id)),
        }
    }
    Ok((changed, gone))
}

/// Entries that are gone already stay gone.
pub(super) async fn write(
    to: &mut Script<'_>,
    changed: Vec<EntryCells>,
    gone: Vec<EntryGone>,
) -> Result<(), StoreError> {
    to.rows(&statements::ENTRIES_UPDATE, changed, |(person, id, body), row| {
        row.add(person)?;
        row.add(id.0.as_slice())?;
        row.add(body)
    })
    .await?;
    to.rows(&statements::ENTRIES_DELETE, gone, |(person, id), row| {
        row.add(person)?;
        row.add(id.0.as_slice())
    })
    .await
}

fn opened(keys: &Keys, person: PersonId, row: &SqliteRow) -> Result<EntryKept, StoreError> {
    let hash = hash_at(row, 0)?;
    let write: Write = sealing::open_entry(keys, person, hash, row.try_get(1)?)?;
    Ok(EntryKept { id: EntryId(hash), write })
}
