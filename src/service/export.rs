//! The file that somebody asked for by `/export`: read and put together when it is sent, apart from the writer, so that
//! nobody's turn waits for it.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::dialog::model::Library;
use crate::dialog::session::{Session, Status, Wait};
use crate::domain::event::{Address, Platform};
use crate::domain::ids::{OutboxId, PersonId};
use crate::domain::limits::{
    CONSOLE_FILE_BYTES_MAX, DISCORD_FILE_BYTES_MAX, EXPORT_PAGE, EXPORTS_AT_ONCE_MAX, TELEGRAM_FILE_BYTES_MAX,
};
use crate::domain::message::View;
use crate::domain::zone;
use crate::export::{self, Exercise, Export, PackError, Packed, PlanKept};
use crate::service::Settings;
use crate::service::ports::{Clock, FileKind, Item};
use crate::service::turn::line;
use crate::store::{EntryKind, OccurrenceState, PersonState, PlanRow, SessionRow, Store, StoreError};

/// Makes the files.
pub(crate) struct Exporter {
    store: Arc<Store>,
    library: Arc<Library>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    places: Semaphore,
}

impl Exporter {
    pub(crate) fn new(store: Arc<Store>, library: Arc<Library>, clock: Arc<dyn Clock>, settings: Settings) -> Self {
        Self { store, library, clock, settings, places: Semaphore::new(EXPORTS_AT_ONCE_MAX) }
    }

    /// What is sent for a row that asks for everything, or a line that says why it cannot be; `None` when nothing may be
    /// sent: the row is gone with its person, or the account that asked is not theirs any more.
    pub(crate) async fn made(&self, row: OutboxId, to: &Address) -> Option<Item> {
        let _place = self.places.acquire().await;
        let made = match self.read(row, to).await {
            Ok(export) => self.packed(export?, to.platform).await,
            Err(error) => {
                tracing::error!(%error, "An export could not be read; the person is told.");
                Err("export_failed")
            }
        };
        // They may have been forgotten, or have parted with this account, while it was put together.
        match self.whose(row, to).await {
            Ok(None) => None,
            Ok(Some(_)) => Some(made.unwrap_or_else(|why| self.told(why))),
            Err(_) => Some(self.told("export_failed")),
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

    async fn read(&self, row: OutboxId, to: &Address) -> Result<Option<Export>, StoreError> {
        let Some((person, state)) = self.whose(row, to).await? else { return Ok(None) };
        let zone = state.profile.zone_name().and_then(zone::tz).unwrap_or_else(|| self.settings.zone.clone());
        let mut sessions: Vec<SessionRow> = state.live.into_iter().collect();
        sessions.append(&mut self.store.sessions_parked(person).await?);
        let mut plans = Vec::new();
        for PlanRow { id, plan, due_at, .. } in self.store.plans_of(person).await? {
            let past = self.store.occurrences_of(id).await?;
            let past = past.into_iter().map(|occurrence| (occurrence.due_at, became(occurrence.state))).collect();
            plans.push(PlanKept { plan, due: due_at, past });
        }
        let mut export = Export {
            made_at: self.clock.now().to_zoned_datetime(zone),
            bot: self.settings.bot_name.clone(),
            profile: state.profile,
            titles: self.library.dialogs.values().map(|dialog| (dialog.id.clone(), dialog.title.clone())).collect(),
            journal: Vec::new(),
            measures: Vec::new(),
            goals: Vec::new(),
            plans,
            exercises: sessions.iter().filter_map(exercise).collect(),
        };
        for kind in [EntryKind::Journal, EntryKind::Measure, EntryKind::Goal] {
            let mut after = 0;
            loop {
                let page = self.store.entries_page(person, kind, after, EXPORT_PAGE).await?;
                let Some((last, _)) = page.last() else { break };
                after = *last;
                page.into_iter().for_each(|(_, entry)| export.add(entry));
                // Opening a page keeps this thread busy: let others have it.
                tokio::task::yield_now().await;
            }
        }
        Ok(Some(export))
    }

    async fn packed(&self, export: Export, platform: Platform) -> Result<Item, &'static str> {
        let day = export.made_at.strftime("%-d %B %Y").to_string();
        let bytes_max = bytes_max(platform);
        let packed = tokio::task::spawn_blocking(move || export::pack(&export, bytes_max)).await;
        match packed {
            Ok(Ok(Packed { bytes, left_out })) => {
                let caption = if left_out == 0 { "export_file" } else { "export_file_less" };
                Ok(Item::File {
                    kind: FileKind::Document,
                    name: export::NAME.to_owned(),
                    caption: line(&self.library, caption, &[("day", &day)], 0),
                    alt: line(&self.library, "export_alt", &[], 0),
                    bytes: bytes.into(),
                })
            }
            Ok(Err(PackError::TooLarge)) => {
                tracing::warn!("An export is too large for its platform; the person is told.");
                Err("export_too_large")
            }
            Ok(Err(PackError::Failed)) | Err(_) => {
                tracing::error!("An export could not be put together; the person is told. Please report this.");
                Err("export_failed")
            }
        }
    }

    fn told(&self, why: &str) -> Item {
        let text = line(&self.library, why, &[], 0);
        Item::Show { session: None, turn: None, in_place: false, view: View::say(text) }
    }
}

fn bytes_max(platform: Platform) -> usize {
    match platform {
        Platform::Console => CONSOLE_FILE_BYTES_MAX,
        Platform::Discord => DISCORD_FILE_BYTES_MAX,
        Platform::Telegram => TELEGRAM_FILE_BYTES_MAX,
    }
}

fn became(state: OccurrenceState) -> &'static str {
    match state {
        OccurrenceState::Queued => "waits",
        OccurrenceState::Started => "came",
        OccurrenceState::Expired => "too late",
        OccurrenceState::Skipped => "left out",
    }
}

/// A session as the person knows it; `None` for one that does not read, which the service lets go of as well.
fn exercise(row: &SessionRow) -> Option<Exercise> {
    let session = Session::decode(row.state.expose()).ok()?;
    let mut wait = session.wait.as_ref();
    while let Some(Wait::Gate { then, .. }) = wait {
        wait = Some(then);
    }
    let unfinished = match wait {
        Some(Wait::Ask { draft, .. }) => {
            let keys = draft.keys.iter().map(|key| key.as_str().into());
            keys.chain(draft.items.iter().cloned()).collect()
        }
        Some(Wait::Pace { .. } | Wait::Gate { .. }) | None => Vec::new(),
    };
    Some(Exercise {
        dialog: session.stack.first().map(|frame| frame.dialog.clone()).unwrap_or_default(),
        aside: match session.status {
            Status::Parked { since, until, .. } => Some((since, until)),
            Status::Waiting | Status::Ended(_) => None,
        },
        answers: session.log.into_iter().map(|logged| (logged.name, logged.value)).collect(),
        taken_back: session.carry,
        unfinished,
    })
}
