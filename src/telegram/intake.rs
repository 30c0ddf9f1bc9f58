//! One update on its way to the service. Whatever it is, it is answered only after its commit.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::{BoxFuture, Either, select};
use jiff::SignedDuration;
use teloxide_core::payloads::AnswerCallbackQuery;
use teloxide_core::payloads::setters::*;
use teloxide_core::types::CallbackQueryId;
use tokio::sync::oneshot;

use crate::domain::event::{Body, Event, Platform};
use crate::domain::message::RichText;
use crate::prose::split;
use crate::service::asides::Asides;
use crate::service::ports::Clock;
use crate::service::{Answer, Service, ServiceError};
use crate::telegram::albums::Albums;
use crate::telegram::api::Api;
use crate::telegram::groups::{self, Groups};
use crate::telegram::wire::incoming::{Incoming, Update};
use crate::telegram::wire::{CALLBACK_NOTE_UNITS_MAX, words};

/// A press is answered after this time, also when its turn is not done: the button turns until then.
pub(super) const PRESS_PATIENCE: SignedDuration = SignedDuration::from_millis(800);

/// Hands updates to the service.
#[derive(Clone)]
pub(crate) struct Intake {
    pub service: Service,
    pub api: Arc<Api>,
    pub groups: Arc<Groups>,
    pub albums: Arc<Albums>,
    pub clock: Arc<dyn Clock>,
    pub asides: Asides,
}

/// Resolves when an update is committed.
pub(crate) type Committed = BoxFuture<'static, Result<(), ServiceError>>;

impl Intake {
    /// Hands one update in, in order. What it returns resolves after the commit; answers to presses go out beside it.
    pub(crate) async fn take(&self, update: Update) -> Result<Committed, ServiceError> {
        match update.what {
            Incoming::Event(event) => self.event(event).await,
            Incoming::OfAlbum { mut event, album } => {
                if self.albums.has_begun(album) && matches!(event.body, Body::Wordless) {
                    event.body = Body::MoreOfAlbum;
                }
                self.event(event).await
            }
            Incoming::Press { event, query } => self.press(event, query).await,
            Incoming::ForeignPress { query, account, language } => {
                let (api, service) = (Arc::clone(&self.api), self.service.clone());
                let pressed = async move {
                    let language = service.language_of(Platform::Telegram, &account, language).await;
                    answer_press(api, query, Some(words::not_here(language).to_owned()), None).await;
                };
                self.asides.start(pressed).await;
                Ok(done())
            }
            Incoming::Group(group) => groups::take(self, *group).await,
            Incoming::Unreadable(Some(event)) => self.event(event).await,
            Incoming::Unreadable(None) => {
                tracing::warn!("Telegram sent an update without a number; it is passed over.");
                Ok(done())
            }
            Incoming::Nothing => Ok(done()),
        }
    }

    async fn event(&self, event: Event) -> Result<Committed, ServiceError> {
        let answered = self.service.submit(event).await?;
        Ok(async move { answered.await.map(drop).map_err(|_| ServiceError::Closed) }.boxed())
    }

    async fn press(&self, event: Event, query: String) -> Result<Committed, ServiceError> {
        let answered = self.service.submit(event).await?;
        let (committed, is_committed) = oneshot::channel();
        let (api, clock) = (Arc::clone(&self.api), Arc::clone(&self.clock));
        let pressed = async move {
            match select(answered, clock.pass(PRESS_PATIENCE)).await {
                Either::Left((answer, _)) => {
                    let note = answer.as_ref().ok().and_then(note);
                    // Whoever waits for it is gone only when the process ends.
                    let _ = committed.send(answer.map(drop));
                    answer_press(api, query, note, None).await;
                }
                Either::Right(((), answered)) => {
                    answer_press(api, query, None, None).await;
                    let _ = committed.send(answered.await.map(drop));
                }
            }
        };
        self.asides.start(pressed).await;
        Ok(async move {
            match is_committed.await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(ServiceError::Closed),
            }
        }
        .boxed())
    }
}

fn done() -> Committed {
    async { Ok(()) }.boxed()
}

pub(super) fn note(answer: &Answer) -> Option<String> {
    answer.note.as_ref().map(RichText::plain)
}

/// Stops the button from turning, and opens the chat with the bot where a link to it is given. It fails when that comes too late, which changes nothing.
/// <https://core.telegram.org/bots/api#answercallbackquery>
pub(super) async fn answer_press(api: Arc<Api>, query: String, note: Option<String>, link: Option<String>) {
    let mut answer = AnswerCallbackQuery::new(CallbackQueryId(query));
    if let Some(note) = note {
        answer = answer.text(split::head(&note, CALLBACK_NOTE_UNITS_MAX)).show_alert(false);
    }
    if let Some(link) = link.as_deref().and_then(|link| link.parse().ok()) {
        answer = answer.url(link);
    }
    let _ = api.call_for_press(&answer).await;
}
