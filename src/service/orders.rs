//! What is made only when it is sent, from what is kept of somebody: read and put together apart from the writer, so that
//! nobody's turn waits for it, and a row of the outbox holds none of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::dialog::model::{Library, Verb};
use crate::dialog::render;
use crate::domain::event::Address;
use crate::domain::ids::{OutboxId, PersonId};
use crate::domain::limits::{ENTRIES_PAGE, EXPORTS_AT_ONCE_MAX, PICTURES_AT_ONCE_MAX};
use crate::domain::message::{RichText, View};
use crate::domain::write::Write;
use crate::domain::zone;
use crate::service::Settings;
use crate::service::ports::{Clock, Item};
use crate::service::turn::line;
use crate::store::{EntryKind, PersonState, Store, StoreError};

/// What is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Order {
    /// Everything that is kept of them, as a file.
    #[serde(rename = "export")]
    Export,
    /// How their days went, as a picture and in words.
    #[serde(rename = "progress")]
    Progress,
    /// An early answer of theirs beside a late one.
    #[serde(rename = "then_now")]
    ThenNow,
}

/// Makes it.
pub(crate) struct Orders {
    pub(super) store: Arc<Store>,
    pub(super) library: Arc<Library>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: Settings,
    exports: Semaphore,
    pictures: Semaphore,
}

impl Orders {
    pub(crate) fn new(store: Arc<Store>, library: Arc<Library>, clock: Arc<dyn Clock>, settings: Settings) -> Self {
        let (exports, pictures) = (Semaphore::new(EXPORTS_AT_ONCE_MAX), Semaphore::new(PICTURES_AT_ONCE_MAX));
        Self { store, library, clock, settings, exports, pictures }
    }

    /// What is sent for a row with this order, or a line that says why it cannot be; `None` when nothing may be sent: the
    /// row is gone with its person, or the account that asked is not theirs any more.
    pub(crate) async fn made(&self, order: Order, row: OutboxId, to: &Address) -> Option<Item> {
        let places = if order == Order::Export { &self.exports } else { &self.pictures };
        let _place = places.acquire().await;
        let made = match (self.whose(row, to).await, order) {
            (Ok(None), _) => return None,
            (Ok(Some((person, state))), Order::Export) => self.export(person, state, to.platform).await,
            (Ok(Some((person, state))), Order::Progress) => self.progress(person, &state).await,
            (Ok(Some((person, state))), Order::ThenNow) => self.then_now(person, &state).await,
            (Err(error), _) => Err(error),
        };
        // They may have been forgotten, or have parted with this account, while it was put together.
        match self.whose(row, to).await {
            Ok(None) => None,
            Ok(Some((_, state))) => Some(made.unwrap_or_else(|error| {
                tracing::error!(%error, "What somebody asked for could not be read; they are told.");
                Self::told(self.words(&state), order.failed())
            })),
            Err(_) => Some(Self::told(&self.library, order.failed())),
        }
    }

    /// Who asked, as long as this is an account of theirs.
    async fn whose(&self, row: OutboxId, to: &Address) -> Result<Option<(PersonId, PersonState)>, StoreError> {
        let Some(person) = self.store.outbox_person(row).await? else { return Ok(None) };
        let state = match self.store.persons_load(&[person]).await {
            Ok(mut states) => states.pop().flatten(),
            // Their key is gone, and the rest of them is going.
            Err(StoreError::Conflict { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok(state.filter(|state| state.profile.addresses().any(|own| own == to)).map(|state| (person, state)))
    }

    /// Every entry of these kinds, by kind, the oldest first.
    pub(super) async fn entries(
        &self,
        person: PersonId,
        kinds: &[EntryKind],
        mut take: impl FnMut(Write),
    ) -> Result<(), StoreError> {
        for kind in kinds {
            let mut after = 0;
            loop {
                let page = self.store.entries_page(person, *kind, after, ENTRIES_PAGE).await?;
                let Some((last, _)) = page.last() else { break };
                after = *last;
                page.into_iter().for_each(|(_, entry)| take(entry));
                // Opening a page keeps this thread busy: let others have it.
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }

    pub(super) fn zone(&self, state: &PersonState) -> TimeZone {
        state.profile.zone_name().and_then(zone::tz).unwrap_or_else(|| self.settings.zone.clone())
    }

    /// What these dialogs are called, and under `<id>/<key>` the options of their questions.
    pub(super) fn titles(library: &Library, dialogs: &BTreeSet<String>) -> BTreeMap<String, String> {
        let mut titles = BTreeMap::new();
        for dialog in dialogs.iter().filter_map(|id| library.dialog(id)) {
            titles.insert(dialog.id.clone(), dialog.title.clone());
            for step in dialog.parts.values().flatten() {
                let Verb::Ask(ask) = &step.verb else { continue };
                for option in render::options(&ask.kind) {
                    titles.insert(format!("{}/{}", dialog.id, option.key), option.label.clone());
                }
            }
        }
        titles
    }

    /// The library in the language in which somebody is spoken to.
    pub(super) fn words(&self, state: &PersonState) -> &Library {
        self.library.speaking(state.profile.spoken().unwrap_or(self.settings.language))
    }

    pub(super) fn told(library: &Library, key: &str) -> Item {
        shown(line(library, key, &[], 0))
    }
}

impl Order {
    /// The line for when it cannot be made.
    pub(super) fn failed(self) -> &'static str {
        match self {
            Self::Export => "export_failed",
            Self::Progress | Self::ThenNow => "progress_failed",
        }
    }
}

/// A message of the service itself.
pub(super) fn shown(text: RichText) -> Item {
    Item::Show { session: None, turn: None, in_place: false, view: View::say(text) }
}
