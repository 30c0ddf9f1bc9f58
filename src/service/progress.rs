//! How somebody's days went, for `/progress`, and an early answer of theirs beside a late one.

use std::collections::BTreeMap;

use crate::dialog::model::{Dialog, Save, Text, TextPiece, Verb};
use crate::dialog::render;
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
        let words = self.words(state);
        let mut kept = Kept { authors: self.authors(), language: words.language, ..Kept::default() };
        self.entries(person, &[EntryKind::Measure, EntryKind::Journal], |entry| kept.add(entry)).await?;
        kept.titles = Self::titles(words, &kept.entries.iter().map(|entry| entry.dialog.clone()).collect());
        let progress = Progress::of(&kept, today);
        if progress.is_empty() {
            return Ok(Self::told(words, "progress_nothing"));
        }
        let (told, alt) = (RichText::author(progress.in_words()), RichText::author(progress.alt()));
        if !progress.is_drawable() {
            return Ok(shown(told));
        }
        match tokio::task::spawn_blocking(move || progress.picture()).await {
            Ok(Ok(bytes)) => Ok(Item::File {
                kind: FileKind::Picture,
                name: NAME.to_owned(),
                caption: told,
                alt,
                bytes: bytes.into(),
            }),
            Ok(Err(_)) | Err(_) => {
                tracing::error!("A picture could not be drawn; the words go without it. Please report this.");
                Ok(shown(told))
            }
        }
    }

    /// What authors have written into entries with a word of it that would be counted, by dialog.
    fn authors(&self) -> BTreeMap<String, Vec<String>> {
        let of = |dialog: &Dialog| {
            let mut sentences = Vec::new();
            for step in dialog.parts.values().flatten() {
                match &step.verb {
                    Verb::Save(Save::Journal { body, .. }) => sentences_of(body, &mut sentences),
                    Verb::Ask(ask) => sentences.extend(render::options(&ask.kind).iter().map(|opt| opt.label.clone())),
                    Verb::Save(Save::Profile(_) | Save::Measures(_))
                    | Verb::Say { .. }
                    | Verb::Set(_)
                    | Verb::Branch(_)
                    | Verb::Each(_)
                    | Verb::Repeat { .. }
                    | Verb::Call { .. }
                    | Verb::Pace(_)
                    | Verb::Goal(_)
                    | Verb::Schedule(_)
                    | Verb::Escalate { .. }
                    | Verb::Stop { .. } => {}
                }
            }
            dialog.snippets.values().for_each(|snippet| sentences_of(&snippet.text, &mut sentences));
            sentences.retain(|sentence| insight::is_counted(sentence));
            sentences
        };
        let mut authors: BTreeMap<String, Vec<String>> = BTreeMap::new();
        // What somebody wrote may be from before they changed the language.
        for dialog in self.library.languages().flat_map(|language| self.library.speaking(language).dialogs.values()) {
            authors.entry(dialog.id.clone()).or_default().extend(of(dialog));
        }
        for sentences in authors.values_mut() {
            // One may stand within another.
            sentences.sort_by_key(|sentence| std::cmp::Reverse(sentence.len()));
            sentences.dedup();
        }
        authors
    }

    /// The two answers, or a line that says that there are none yet.
    pub(super) async fn then_now(&self, person: PersonId, state: &PersonState) -> Result<Item, StoreError> {
        let mut read = ThenNow::default();
        self.entries(person, &[EntryKind::Journal], |entry| read.add(entry)).await?;
        let words = self.words(state);
        Ok(insight::then_now(&read, words.language).map_or_else(|| Self::told(words, "then_now_none"), shown))
    }
}

/// The lines of a text that an author wrote, without what is filled in.
fn sentences_of(text: &Text, to: &mut Vec<String>) {
    for piece in &text.0 {
        match piece {
            TextPiece::Plain(words) => to.extend(words.lines().map(|line| line.trim().to_owned())),
            TextPiece::Plural { arms, .. } => arms.iter().for_each(|(_, arm)| sentences_of(arm, to)),
            TextPiece::Expr(_) | TextPiece::Snippet(_) => {}
        }
    }
}
