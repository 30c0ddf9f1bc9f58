//! How somebody's days went, for `/progress`, and an early answer of theirs beside a late one.

use crate::domain::ids::PersonId;
use crate::domain::message::RichText;
use crate::insight::{self, Kept, Progress, ThenNow};
use crate::service::orders::{Orders, shown};
use crate::service::ports::{FileKind, Item};
use crate::store::{EntryKind, PersonState, StoreError};

/// The name of the picture.
const NAME: &str = "your-days.png";

impl Orders {
    /// The picture with its words; the words alone when there is nothing to draw, or it cannot be drawn.
    pub(super) async fn progress(&self, person: PersonId, state: &PersonState) -> Result<Item, StoreError> {
        let today = self.clock.now().to_zoned_datetime(self.zone(state)).date();
        let mut kept = Kept::default();
        self.entries(person, &[EntryKind::Measure, EntryKind::Journal], |entry| kept.add(entry)).await?;
        kept.titles = self.titles(&kept.entries.iter().map(|entry| entry.dialog.clone()).collect());
        let progress = Progress::of(&kept, today);
        if progress.is_empty() {
            return Ok(self.told("progress_nothing"));
        }
        let (words, alt) = (RichText::author(progress.in_words()), RichText::author(progress.alt()));
        if !progress.is_drawable() {
            return Ok(shown(words));
        }
        match tokio::task::spawn_blocking(move || progress.picture()).await {
            Ok(Ok(bytes)) => Ok(Item::File {
                kind: FileKind::Picture,
                name: NAME.to_owned(),
                caption: words,
                alt,
                bytes: bytes.into(),
            }),
            Ok(Err(_)) | Err(_) => {
                tracing::error!("A picture could not be drawn; the words go without it. Please report this.");
                Ok(shown(words))
            }
        }
    }

    /// The two answers, or a line that says that there are none yet.
    pub(super) async fn then_now(&self, person: PersonId) -> Result<Item, StoreError> {
        let mut read = ThenNow::default();
        self.entries(person, &[EntryKind::Journal], |entry| read.add(entry)).await?;
        Ok(insight::then_now(&read).map_or_else(|| self.told("then_now_none"), shown))
    }
}
