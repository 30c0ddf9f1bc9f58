//! Entries that a turn looks at.

use crate::domain::ids::PersonId;
use crate::domain::limits::{GOALS_READ_MAX, JOURNAL_FIND_MAX, JOURNAL_PAGE, MEASURES_READ_MAX};
use crate::service::batch::Round;
use crate::service::person::EntryAsk;
use crate::service::turn;
use crate::service::writer::Writer;
use crate::store::{EntryChange, EntryKind, EntryNew, StoreError};

impl Round {
    /// Reads them. They must be as the store has them: if earlier turns of this batch have changed entries of the person,
    /// this is a conflict, after which the events are tried one by one.
    pub(super) async fn read_entries(
        &mut self,
        writer: &Writer,
        person: PersonId,
        ask: EntryAsk,
    ) -> Result<(), StoreError> {
        let batch = &self.batch;
        let is_changed = batch.entries.iter().any(|new| new.person == person)
            || batch.entry_changes.iter().any(|change| change.person == person);
        if is_changed {
            let detail = "entries are read while some of them are being written".to_owned();
            return Err(StoreError::Conflict { detail });
        }
        let newest = |skip: usize, limit: usize| {
            writer.store.entries_newest(person, EntryKind::Journal, count(skip), count(limit))
        };
        let entries = match ask {
            EntryAsk::One(id) => writer.store.entry(person, id).await?.into_iter().collect(),
            EntryAsk::Page(page) => newest(page.saturating_mul(JOURNAL_PAGE), JOURNAL_PAGE + 1).await?,
            EntryAsk::Journal => newest(0, JOURNAL_FIND_MAX).await?,
            EntryAsk::Goals => writer.store.entries_newest(person, EntryKind::Goal, 0, count(GOALS_READ_MAX)).await?,
            EntryAsk::Measures => {
                writer.store.entries_newest(person, EntryKind::Measure, 0, count(MEASURES_READ_MAX)).await?
            }
        };
        if let Some(work) = self.works.get_mut(&person) {
            work.entries.push((ask, entries.into()));
        }
        Ok(())
    }

    /// What a turn keeps, changes and deletes.
    pub(super) fn keep_entries(&mut self, new: Vec<turn::EntryNew>, changes: Vec<EntryChange>) {
        self.batch.entries.extend(new.into_iter().map(|entry| EntryNew {
            person: entry.person,
            session: entry.session,
            key: entry.key,
            write: entry.write,
        }));
        self.batch.entry_changes.extend(changes);
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
