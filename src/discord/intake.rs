//! One event of the gateway on its way to the service. Whatever it is, it is answered only after its commit, or when the
//! platform would not wait any longer.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::{BoxFuture, join, try_join_all};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::discord::api::Api;
use crate::discord::catchup::{CatchUp, Held};
use crate::discord::interactions::{Answers, Door, First};
use crate::discord::named;
use crate::discord::wire::incoming::Incoming;
use crate::discord::wire::interaction::elsewhere::{Elsewhere, InSpace};
use crate::discord::wire::interaction::{Asks, Interaction};
use crate::discord::wire::{callback, words};
use crate::domain::event::{Body, Event, Platform};
use crate::domain::language::Language;
use crate::domain::message::{Piece, RichText, Tap};
use crate::service::asides::Asides;
use crate::service::ports::Clock;
use crate::service::{Answer, Service, ServiceError};

/// Hands events to the service.
#[derive(Clone)]
pub(crate) struct Intake {
    pub service: Service,
    pub api: Arc<Api>,
    pub clock: Arc<dyn Clock>,
    pub asides: Asides,
    pub answers: Arc<Answers>,
    pub missed: Arc<CatchUp>,
}

/// Resolves when an event is committed.
pub(crate) type Committed = BoxFuture<'static, Result<(), ServiceError>>;

impl Intake {
    /// Hands one event in, in order. What it returns resolves after the commit; answers go out beside it.
    pub(crate) async fn take(&self, incoming: Incoming) -> Result<Committed, ServiceError> {
        match incoming {
            Incoming::Ready(_) => {
                self.missed.begin().await?;
                Ok(done())
            }
            Incoming::Said(said) => match self.missed.hold(said) {
                Held::Until(committed) => Ok(committed),
                Held::Not(event) => self.event(event).await,
            },
            Incoming::Asked(Interaction { id, token, account, language, asks }) => {
                self.asked(Door { id, token, account, language }, asks).await
            }
            Incoming::Unreadable(Some(event)) => self.event(event).await,
            Incoming::Unreadable(None) => {
                tracing::warn!("Discord sent an event that cannot be read; it is passed over.");
                Ok(done())
            }
            Incoming::Resumed | Incoming::Nothing => Ok(done()),
        }
    }

    async fn event(&self, event: Event) -> Result<Committed, ServiceError> {
        let answered = self.service.submit(event).await?;
        Ok(async move { answered.await.map(drop).map_err(|_| ServiceError::Closed) }.boxed())
    }

    async fn asked(&self, door: Door, asks: Asks) -> Result<Committed, ServiceError> {
        match asks {
            Asks::Press(event) => self.presses(door, vec![event]).await,
            Asks::Ticks(events) => self.presses(door, events).await,
            Asks::Command(event) => self.command(door, event).await,
            Asks::CommandElsewhere(elsewhere) => Ok(self.elsewhere(door, elsewhere).await),
            Asks::Write { token } => Ok(self.write(door, token).await),
            Asks::Written { event, token } => Ok(self.written(door, event, token).await),
            Asks::WriteInSpace { token } => {
                Ok(self.first(door, move |language| callback::answer_modal(&token, language)).await)
            }
            Asks::WritePin => Ok(self.first(door, callback::pin_modal).await),
            Asks::Pin(event) => self.presses(door, vec![event]).await,
            Asks::InSpace(asked) => self.in_space(door, asked).await,
            Asks::Lacking(line) => Ok(self.first(door, move |_| callback::note(&RichText::author(line))).await),
            Asks::NotHere => Ok(self.say(door, words::NOT_HERE).await),
            Asks::Unknown => Ok(self.say(door, words::NOT_UNDERSTOOD).await),
        }
    }

    /// One press, or the ticks of one list, one after the other.
    async fn presses(&self, door: Door, events: Vec<Event>) -> Result<Committed, ServiceError> {
        let mut waiting = Vec::with_capacity(events.len());
        for event in events {
            waiting.push(self.service.submit(event).await?);
        }
        let answers = Arc::clone(&self.answers);
        Ok(self
            .beside(async move |committed: oneshot::Sender<()>| match answers.patiently(try_join_all(waiting)).await {
                First::Done(answered) => {
                    let note = note(answered.as_deref().unwrap_or_default());
                    commit(committed, answered.is_ok());
                    answers.answer(&door, &note.map_or_else(callback::taken, |note| callback::note(&note))).await;
                }
                First::Late(waiting) => {
                    answers.answer(&door, &callback::taken()).await;
                    let answered = waiting.await;
                    let note = note(answered.as_deref().unwrap_or_default());
                    commit(committed, answered.is_ok());
                    if let Some(note) = note {
                        answers.follow_up(&door, &note).await;
                    }
                }
            })
            .await)
    }

    /// A slash command in the person's own chat: what it leads to comes as a message.
    async fn command(&self, door: Door, event: Event) -> Result<Committed, ServiceError> {
        let waiting = self.service.submit(event).await?;
        let (answers, service) = (Arc::clone(&self.answers), self.service.clone());
        Ok(self
            .beside(async move |committed: oneshot::Sender<()>| match answers.patiently(waiting).await {
                First::Done(answered) => {
                    commit(committed, answered.is_ok());
                    let line = words::COMMAND_TAKEN.of(language(&answers, &service, &door).await);
                    answers.answer(&door, &callback::note(&RichText::author(line))).await;
                }
                First::Late(waiting) => {
                    answers.answer(&door, &callback::later()).await;
                    commit(committed, waiting.await.is_ok());
                    answers.withdraw(&door).await;
                }
            })
            .await)
    }

    /// A slash command where others can read along: nothing of it is answered there.
    async fn elsewhere(&self, door: Door, elsewhere: Elsewhere) -> Committed {
        let (answers, service) = (Arc::clone(&self.answers), self.service.clone());
        self.beside(async move |committed: oneshot::Sender<()>| {
            let account = elsewhere.account();
            let opening = Box::pin(join(answers.chat_with(account), spoken(&service, &door)));
            let ((chat, language), is_late) = match answers.patiently(opening).await {
                First::Done(chat) => (chat, false),
                First::Late(opening) => {
                    answers.answer(&door, &callback::later()).await;
                    (opening.await, true)
                }
            };
            let line = if chat.is_some() { words::IN_PRIVATE } else { words::NO_PRIVATE };
            let line = RichText::author(line.of(language));
            if is_late {
                answers.follow_up(&door, &line).await;
            } else {
                answers.answer(&door, &callback::note(&line)).await;
            }
            let is_committed = match chat {
                Some(chat) => service.handle(elsewhere.in_private(chat)).await.is_ok(),
                None => true,
            };
            commit(committed, is_committed);
        })
        .await
    }

    /// Something that concerns a server: what all may read comes there as a message, and only who asked sees the answer.
    async fn in_space(&self, door: Door, asked: InSpace) -> Result<Committed, ServiceError> {
        let service = self.service.clone();
        let waiting = if asked.sets_up() {
            let (api, event) = (Arc::clone(&self.api), asked.event.clone());
            async move { set_up(&api, &service, event).await }.boxed()
        } else {
            let waiting = service.submit(asked.event.clone()).await?;
            async move { waiting.await.ok() }.boxed()
        };
        let (answers, service) = (Arc::clone(&self.answers), self.service.clone());
        Ok(self
            .beside(async move |committed: oneshot::Sender<()>| {
                let (told, is_late) = match answers.patiently(Box::pin(told(&answers, &door, &asked, waiting))).await {
                    First::Done(told) => (told, false),
                    First::Late(waiting) => {
                        let put_off = if asked.is_press { callback::taken() } else { callback::later() };
                        answers.answer(&door, &put_off).await;
                        (waiting.await, true)
                    }
                };
                match &told.line {
                    Some(line) if is_late => answers.follow_up(&door, line).await,
                    Some(line) => answers.answer(&door, &callback::note(line)).await,
                    None if is_late => {}
                    None => answers.answer(&door, &callback::taken()).await,
                }
                let is_committed = match told.leads {
                    Some(event) => service.handle(event).await.is_ok(),
                    None => told.is_committed,
                };
                commit(committed, is_committed);
            })
            .await)
    }

    /// A press on the button that opens a field for words.
    async fn write(&self, door: Door, token: String) -> Committed {
        let (answers, service) = (Arc::clone(&self.answers), self.service.clone());
        self.beside(async move |committed: oneshot::Sender<()>| {
            let open = Box::pin(join(is_open(&service, &token), spoken(&service, &door)));
            let answer = match answers.patiently(open).await {
                First::Done((false, language)) => callback::note(&RichText::author(words::OVER.of(language))),
                First::Done((true, language)) => callback::modal(&token, language),
                First::Late(_) => callback::modal(&token, door.language.unwrap_or_default()),
            };
            answers.answer(&door, &answer).await;
            commit(committed, true);
        })
        .await
    }

    /// Words from such a field. When their question is over they are given back: they would answer another one.
    async fn written(&self, door: Door, event: Event, token: String) -> Committed {
        let (answers, service) = (Arc::clone(&self.answers), self.service.clone());
        self.beside(async move |committed: oneshot::Sender<()>| {
            if let Body::Text(words) = &event.body
                && !is_open(&service, &token).await
            {
                let line = words::OVER.of(language(&answers, &service, &door).await);
                let over = Piece::Author(format!("{line}\n\n"));
                let given_back = RichText(vec![over, Piece::Person(words.clone())]);
                answers.answer(&door, &callback::note(&given_back)).await;
                return commit(committed, true);
            }
            let answered = service.submit(event).await;
            answers.answer(&door, &callback::taken()).await;
            let is_committed = match answered {
                Ok(answered) => answered.await.is_ok(),
                Err(_) => false,
            };
            commit(committed, is_committed);
        })
        .await
    }

    /// One line that only they see.
    async fn say(&self, door: Door, line: words::Line) -> Committed {
        self.first(door, move |language| callback::note(&RichText::author(line.of(language)))).await
    }

    /// An answer that depends on no turn.
    async fn first(&self, door: Door, answer: impl FnOnce(Language) -> Value + Send + 'static) -> Committed {
        let (answers, service) = (Arc::clone(&self.answers), self.service.clone());
        self.beside(async move |committed: oneshot::Sender<()>| {
            let language = language(&answers, &service, &door).await;
            answers.answer(&door, &answer(language)).await;
            commit(committed, true);
        })
        .await
    }

    /// Starts something beside the intake that says when its event is committed.
    async fn beside<F>(&self, aside: impl FnOnce(oneshot::Sender<()>) -> F) -> Committed
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (committed, is_committed) = oneshot::channel();
        self.asides.start(aside(committed)).await;
        async move { is_committed.await.map_err(|_| ServiceError::Closed) }.boxed()
    }
}

fn done() -> Committed {
    async { Ok(()) }.boxed()
}

/// Says that an event is committed; without a word it is not, and the service has ended.
fn commit(committed: oneshot::Sender<()>, is_committed: bool) {
    if is_committed {
        // Whoever waits for it is gone only together with the connection.
        let _ = committed.send(());
    }
}

/// What becomes of something in a server.
struct Told {
    /// Only who asked sees it; none when a press has nothing to say.
    line: Option<RichText>,
    /// Goes on in private.
    leads: Option<Event>,
    is_committed: bool,
}

/// An admin sets a server up: what its settings name is looked for first, so that what is gone is said.
async fn set_up(api: &Api, service: &Service, event: Event) -> Option<Answer> {
    if let Some(missing) = named::missing(api, service, &event).await {
        service.handle(missing).await.ok()?;
    }
    service.handle(event).await.ok()
}

async fn told(answers: &Answers, door: &Door, asked: &InSpace, waiting: impl Future<Output = Option<Answer>>) -> Told {
    let Some(answered) = waiting.await else { return Told { line: None, leads: None, is_committed: false } };
    if let Some(dialog) = answered.leads {
        let chat = answers.chat_with(asked.account()).await;
        let line = if chat.is_some() { words::IN_PRIVATE } else { words::NO_PRIVATE };
        let leads = chat.map(|chat| asked.in_private(chat, &dialog));
        return Told { line: Some(door.line(line)), leads, is_committed: true };
    }
    let line = answered.note.or_else(|| (!asked.is_press).then(|| door.line(words::COMMAND_TAKEN)));
    let line = line.map(|RichText(mut pieces)| {
        pieces.extend(
            asked
                .without
                .map(|without| Piece::Author(format!("\n\n{}", without.of(door.language.unwrap_or_default())))),
        );
        RichText(pieces)
    });
    Told { line, leads: None, is_committed: true }
}

fn note(answers: &[Answer]) -> Option<RichText> {
    answers.iter().rev().find_map(|answer| answer.note.clone())
}

/// The language of whoever waits; that of their app when the store takes too long to say.
async fn language(answers: &Answers, service: &Service, door: &Door) -> Language {
    match answers.patiently(Box::pin(spoken(service, door))).await {
        First::Done(language) => language,
        First::Late(_) => door.language.unwrap_or_default(),
    }
}

async fn spoken(service: &Service, door: &Door) -> Language {
    service.language_of(Platform::Discord, &door.account.to_string(), door.language).await
}

/// Whether the question of a token is still open. When nobody can say, it counts as open: the turn looks again.
async fn is_open(service: &Service, token: &str) -> bool {
    let Some(tap) = Tap::decode(token) else { return false };
    service.is_open(tap).await.unwrap_or(true)
}
