//! The file that somebody asked for by `/export`.

use crate::dialog::labels::labels;
use crate::dialog::model::Library;
use crate::dialog::session::{Session, Status, Wait};
use crate::domain::event::Platform;
use crate::domain::ids::PersonId;
use crate::domain::limits::{CONSOLE_FILE_BYTES_MAX, DISCORD_FILE_BYTES_MAX, TELEGRAM_FILE_BYTES_MAX};
use crate::export::{self, Exercise, Export, PackError, Packed, PlanKept};
use crate::service::orders::Orders;
use crate::service::ports::{FileKind, Item};
use crate::service::turn::line;
use crate::store::{EntryKind, OccurrenceState, PersonState, PlanRow, SessionRow, StoreError};

impl Orders {
    /// The file, or a line that says why there is none.
    pub(super) async fn export(
        &self,
        person: PersonId,
        state: PersonState,
        platform: Platform,
    ) -> Result<Item, StoreError> {
        let words = self.words(&state);
        let export = self.read(person, state, words).await?;
        Ok(self.packed(export, platform, words).await.unwrap_or_else(|why| Self::told(words, why)))
    }

    async fn read(&self, person: PersonId, state: PersonState, words: &Library) -> Result<Export, StoreError> {
        let zone = self.zone(&state);
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
            language: words.language,
            titles: words.dialogs.values().map(|dialog| (dialog.id.clone(), dialog.title.clone())).collect(),
            labels: labels(words),
            journal: Vec::new(),
            measures: Vec::new(),
            goals: Vec::new(),
            plans,
            exercises: sessions.iter().filter_map(exercise).collect(),
        };
        self.entries(person, &[EntryKind::Journal, EntryKind::Measure, EntryKind::Goal], |entry| export.add(entry))
            .await?;
        Ok(export)
    }

    async fn packed(&self, export: Export, platform: Platform, words: &Library) -> Result<Item, &'static str> {
        let day = words.language.full_day(export.made_at.date());
        let bytes_max = bytes_max(platform);
        let packed = tokio::task::spawn_blocking(move || export::pack(&export, bytes_max)).await;
        match packed {
            Ok(Ok(Packed { bytes, left_out })) => {
                let caption = if left_out == 0 { "export_file" } else { "export_file_less" };
                Ok(Item::File {
                    kind: FileKind::Document,
                    name: export::NAME.to_owned(),
                    caption: line(words, caption, &[("day", &day)], 0),
                    alt: line(words, "export_alt", &[], 0),
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
