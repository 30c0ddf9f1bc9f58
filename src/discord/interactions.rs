//! Answers to interactions: a first one within three seconds, what follows by the interaction's token, which is worth
//! nothing after fifteen minutes. An answer that comes too late or twice changes nothing and is no failure.
//! <https://docs.discord.com/developers/interactions/receiving-and-responding>

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::{Either, select};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::{OnceCell, Semaphore};

use crate::discord::api::{Answer, Api, Body, CallError};
use crate::discord::route::Route;
use crate::discord::wire::callback;
use crate::discord::wire::snowflake::Snowflake;
use crate::discord::wire::words::Line;
use crate::domain::language::Language;
use crate::domain::limits::PRESS_REQUESTS_MAX;
use crate::domain::message::RichText;
use crate::domain::secret::Secret;
use crate::service::ports::{Class, Clock};

/// An interaction is answered after this time, also when its turn is not done. The platform gives up after three seconds.
const PATIENCE: SignedDuration = SignedDuration::from_millis(1_500);
/// A first answer that the platform puts off for longer than this would come too late.
const WAIT_MAX: SignedDuration = SignedDuration::from_secs(1);
/// How long its token is worth something.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How long no chat is opened after the platform said that it was too many too fast.
const OPENING_HELD: SignedDuration = SignedDuration::from_hours(1);
/// Too many chats opened too fast.
const OPENED_TOO_FAST: u32 = 40_003;

/// Answers interactions.
pub(crate) struct Answers {
    api: Arc<Api>,
    clock: Arc<dyn Clock>,
    application: OnceCell<Snowflake>,
    requests: Semaphore,
    /// No chat is opened before.
    opening_held_until: Mutex<Option<Timestamp>>,
}

/// Where one interaction is answered.
#[derive(Clone)]
pub(crate) struct Door {
    pub id: Snowflake,
    pub token: Secret,
    /// Who waits there.
    pub account: Snowflake,
    /// The language of their app, if it is spoken here.
    pub language: Option<Language>,
}

impl Door {
    /// A line in the language of their app.
    pub(crate) fn line(&self, line: Line) -> RichText {
        RichText::author(line.of(self.language.unwrap_or_default()))
    }
}

/// What comes first: an answer's content, or the end of the patience for it.
pub(crate) enum First<T, F> {
    Done(T),
    Late(F),
}

impl Answers {
    pub(crate) fn new(api: Arc<Api>, clock: Arc<dyn Clock>) -> Self {
        let requests = Semaphore::new(PRESS_REQUESTS_MAX);
        Self { api, clock, application: OnceCell::new(), requests, opening_held_until: Mutex::default() }
    }

    /// Waits for something no longer than an interaction may wait.
    pub(crate) async fn patiently<F: Future + Unpin>(&self, work: F) -> First<F::Output, F> {
        match select(work, self.clock.pass(PATIENCE)).await {
            Either::Left((done, _)) => First::Done(done),
            Either::Right(((), work)) => First::Late(work),
        }
    }

    /// The first answer.
    pub(crate) async fn answer(&self, door: &Door, body: &Value) {
        let route = Route::Callback { interaction: door.id, token: &door.token };
        // Once more when it certainly did not arrive: the person sees a failure otherwise.
        for _ in 0..2 {
            let wait = match self.try_to(door, &route, Some(body)).await {
                Some(CallError::NotSent) => SignedDuration::ZERO,
                Some(CallError::Refused(refusal)) => match refusal.retry_after.filter(|wait| *wait <= WAIT_MAX) {
                    Some(wait) => wait,
                    None => return,
                },
                Some(CallError::Unknown | CallError::Taken) | None => return,
            };
            self.clock.pass(wait).await;
        }
    }

    /// Words that only they see, after an earlier answer.
    pub(crate) async fn follow_up(&self, door: &Door, text: &RichText) {
        if let (Some(body), Some(application)) = (callback::follow_up(text), self.application().await) {
            let route = Route::FollowUp { application, token: &door.token };
            self.try_to(door, &route, Some(&body)).await;
        }
    }

    /// The first answer goes away: it only said that something comes later.
    pub(crate) async fn withdraw(&self, door: &Door) {
        if let Some(application) = self.application().await {
            let route = Route::DeleteAnswer { application, token: &door.token };
            self.try_to(door, &route, None).await;
        }
    }

    /// The person's own chat with the bot; none when it cannot be opened.
    pub(crate) async fn chat_with(&self, account: Snowflake) -> Option<Snowflake> {
        let now = self.clock.now();
        if self.held(|held| held.is_some_and(|until| until > now)) {
            return None;
        }
        let body = json!({ "recipient_id": account.to_string() });
        match self.api.call(&Route::OpenChat, Body::json(&body), Class::Reply).await {
            Ok(answer) => Snowflake::parse(&answer.id()?),
            Err(CallError::Refused(refusal)) if refusal.code == OPENED_TOO_FAST => {
                tracing::warn!("Discord says that too many chats are opened too fast: none is for an hour.");
                self.held(|held| *held = now.checked_add(OPENING_HELD).ok());
                None
            }
            Err(_) => None,
        }
    }

    /// Which application the bot is. It is asked for once.
    pub(crate) async fn application(&self) -> Option<Snowflake> {
        let asked = self.application.get_or_try_init(|| async {
            let answer = self.api.call(&Route::Application, Body::Nothing, Class::Reply).await;
            let id = answer.as_ref().ok().and_then(Answer::id);
            id.as_deref().and_then(Snowflake::parse).ok_or(())
        });
        asked.await.ok().copied()
    }

    /// One request by the interaction's token. Why it failed, if it did: nobody waits for it.
    async fn try_to(&self, door: &Door, route: &Route<'_>, body: Option<&Value>) -> Option<CallError> {
        if self.clock.now().duration_since(door.id.at()) >= TOKEN_LIFE {
            return None;
        }
        let body = body.map_or(Body::Nothing, Body::json);
        let _turn = self.requests.acquire().await;
        self.api.call(route, body, Class::Reply).await.err()
    }

    fn held<T>(&self, ask: impl FnOnce(&mut Option<Timestamp>) -> T) -> T {
        ask(&mut self.opening_held_until.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
