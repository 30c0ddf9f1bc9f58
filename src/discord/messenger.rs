//! Sending to Discord: each item becomes one or a few requests, one after the other, and one outcome. Every new message
//! has a name, its row of the outbox, by which the platform drops a second one for some minutes.
//! <https://docs.discord.com/developers/resources/message>

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::discord::api::{Answer, Api, Body, CallError, Refusal};
use crate::discord::files::{self, File};
use crate::discord::remove;
use crate::discord::route::Route;
use crate::discord::space;
use crate::discord::wire::components::Asked;
use crate::discord::wire::message::{self, Part};
use crate::discord::wire::snowflake::Snowflake;
use crate::domain::ids::OutboxId;
use crate::domain::limits::{DISCORD_PARTS_KEPT_MAX, DISCORD_REQUESTS_MAX};
use crate::domain::message::{RichText, View, ViewKind};
use crate::domain::text::UserText;
use crate::service::ports::{Clock, Delivery, Item, Messenger, NotSent, Outcome, Place};

/// A beat that stays this long shows that somebody is there, in milliseconds.
const TYPING_FROM_MS: u32 = 4_000;
/// How long to wait when the platform says to wait and not how long.
const WAIT_DEFAULT: SignedDuration = SignedDuration::from_secs(5);
/// How long to wait after too many chats were opened too fast.
const OPENED_TOO_FAST_WAIT: SignedDuration = SignedDuration::from_hours(1);
/// Waits before a request is made again whose fate is unknown: its name keeps it from arriving twice.
const AGAIN_AFTER: [SignedDuration; 2] = [SignedDuration::from_secs(1), SignedDuration::from_secs(4)];

/// How long the platform remembers a name for certain.
const NAME_LIFE: SignedDuration = SignedDuration::from_mins(2);
/// How far this clock may be ahead of the platform's.
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(2);

/// A message of a chat, as far as it is looked for.
#[derive(Deserialize)]
pub(super) struct Sent {
    pub id: Snowflake,
    pub author: Author,
    content: String,
}

#[derive(Deserialize)]
pub(super) struct Author {
    /// In a chat between two, the bot itself.
    #[serde(default)]
    pub bot: bool,
}

/// The platform's own codes.
/// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes>
pub(super) mod code {
    /// The message is gone.
    pub(in crate::discord) const UNKNOWN_MESSAGE: u32 = 10_008;
    /// The role is gone.
    pub(in crate::discord) const UNKNOWN_ROLE: u32 = 10_011;
    /// The bot has no access to the chat, sometimes only for a while.
    pub(in crate::discord) const MISSING_ACCESS: u32 = 50_001;
    /// The person takes no messages from the bot.
    pub(super) const CANNOT_SEND: u32 = 50_007;
    /// The person and the bot share no server.
    pub(super) const NO_MUTUAL_GUILD: u32 = 50_278;
    /// Too many chats opened too fast.
    pub(super) const OPENED_TOO_FAST: u32 = 40_003;
    /// The bot may not do this in the channel.
    pub(super) const MISSING_PERMISSIONS: u32 = 50_013;
    /// The thread is closed.
    pub(super) const THREAD_ARCHIVED: u32 = 50_083;
    /// The chat is gone.
    pub(in crate::discord) const UNKNOWN_CHANNEL: u32 = 10_003;
    /// The person's account is gone.
    pub(super) const UNKNOWN_USER: u32 = 10_013;
}

/// Sends to Discord.
pub struct DiscordMessenger {
    api: Arc<Api>,
    pub(super) clock: Arc<dyn Clock>,
    /// Requests under way at once.
    requests: Semaphore,
    /// What is known of items that have not arrived as a whole.
    progress: Mutex<HashMap<OutboxId, Progress>>,
}

/// How far an item has come.
#[derive(Clone, Copy, Default)]
struct Progress {
    /// How many of its messages have arrived.
    arrived: usize,
    /// Whether the platform said that the bot has no access, which it gets one more try to take back.
    denied: bool,
    /// Since when nobody knows whether the next of its messages has arrived.
    unknown_since: Option<Timestamp>,
}

/// One item on its way to one chat.
pub(super) struct Way<'a> {
    pub messenger: &'a DiscordMessenger,
    pub delivery: &'a Delivery,
    pub chat: Snowflake,
}

impl DiscordMessenger {
    pub(crate) fn new(api: Arc<Api>, clock: Arc<dyn Clock>) -> Self {
        Self { api, clock, requests: Semaphore::new(DISCORD_REQUESTS_MAX), progress: Mutex::default() }
    }

    fn with<T>(&self, ask: impl FnOnce(&mut HashMap<OutboxId, Progress>) -> T) -> T {
        ask(&mut self.progress.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Messenger for DiscordMessenger {
    fn send<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Some(chat) = Snowflake::parse(delivery.chat()) else { return Outcome::NotSent(NotSent::Rejected) };
            let way = Way { messenger: self, delivery, chat };
            let outcome = match &delivery.item {
                Item::Show { view, in_place, session, turn } => {
                    let asked = session.zip(*turn).map(|(session, turn)| Asked { session, turn });
                    way.show(view, asked, *in_place).await
                }
                Item::Freeze { body, chosen, .. } => way.freeze(body, chosen.as_ref().map(UserText::expose)).await,
                Item::InSpace { at, view, thread, .. } => space::send(&way, at.as_ref(), view, thread.as_deref()).await,
                Item::Remove { only, done, kept } => remove::send(&way, only.as_ref(), done, kept).await,
                Item::File { name, caption, alt, bytes, .. } => {
                    files::send(&way, &File { name, caption, alt, bytes: bytes.expose() }).await
                }
            };
            if !matches!(
                outcome,
                Outcome::NotSent(NotSent::Retry | NotSent::Wait(_) | NotSent::Away) | Outcome::Unknown
            ) {
                self.with(|progress| progress.remove(&delivery.id));
            }
            outcome
        })
    }
}

impl Way<'_> {
    async fn show(&self, view: &View, asked: Option<Asked>, in_place: bool) -> Outcome {
        let parts = message::parts(view, asked);
        let shown = self.delivery.shown.as_ref().and_then(place);
        if let (true, Some(at), [part]) = (in_place, shown, parts.as_slice())
            && let Some(outcome) = self.redraw(at, part).await
        {
            self.typing(view, &outcome).await;
            return outcome;
        }
        let outcome = self.parts(&parts, 0).await;
        if let (Some(at), Outcome::Sent(Some(_))) = (shown, &outcome) {
            // The same question stands twice now: the buttons go with the new one.
            self.edit(at, &message::bare()).await.ok();
        }
        self.typing(view, &outcome).await;
        outcome
    }

    /// Sends what has not arrived yet of some messages, one after the other; `before` is how many of the item went
    /// before them. The place is the last one's, which carries the buttons.
    pub(super) async fn parts(&self, parts: &[Part], before: usize) -> Outcome {
        let arrived = self.arrived().saturating_sub(before);
        let mut outcome = Outcome::Sent(None);
        for (at, part) in parts.iter().enumerate().skip(arrived) {
            let nonce = message::nonce(self.delivery.id, before + at);
            let body = message::create(part, &nonce, self.delivery.silent);
            outcome = self.create(&part.content, || Body::json(&body)).await;
            if !matches!(outcome, Outcome::Sent(_)) {
                return outcome;
            }
            if at + 1 < parts.len() {
                self.has_arrived(before + at + 1);
            }
        }
        outcome
    }

    /// How many messages of the item have arrived in earlier attempts.
    pub(super) fn arrived(&self) -> usize {
        self.progress().arrived
    }

    /// Remembers how far an item has come. What is forgotten is shown twice, never lost.
    pub(super) fn has_arrived(&self, parts: usize) {
        self.change(|progress| (progress.arrived, progress.unknown_since) = (parts, None));
    }

    /// A new message. One whose fate is unknown is tried again under its name at once: the platform remembers names only
    /// for minutes. After that it is looked for in the chat first.
    pub(super) async fn create(&self, content: &str, body: impl Fn() -> Body) -> Outcome {
        let clock = &self.messenger.clock;
        let unknown_since = self.progress().unknown_since;
        if let Some(since) = unknown_since.filter(|since| clock.now().duration_since(*since) > NAME_LIFE) {
            match self.look_for(content, since).await {
                Ok(Some(found)) => return Outcome::Sent(Some(Place(found.to_string()))),
                Ok(None) => {}
                Err(CallError::Refused(refusal)) => return Outcome::NotSent(self.refused(&refusal)),
                Err(CallError::NotSent | CallError::Unknown | CallError::Taken) => return Outcome::Unknown,
            }
        }
        let route = Route::Create { channel: self.chat };
        let mut waits = AGAIN_AFTER.iter();
        loop {
            let begun = clock.now();
            let sent = self.call(&route, body()).await;
            if sent.as_ref().err() != Some(&CallError::Unknown) {
                return self.outcome(sent);
            }
            self.change(|progress| progress.unknown_since = progress.unknown_since.or(Some(begun)));
            let Some(wait) = waits.next() else { return Outcome::Unknown };
            clock.pass(*wait).await;
        }
    }

    /// The message with these words that the bot has sent since then: nothing else has gone to the chat meanwhile.
    async fn look_for(&self, content: &str, since: Timestamp) -> Result<Option<Snowflake>, CallError> {
        let after = Snowflake::before(since.checked_sub(CLOCKS_APART).unwrap_or(since));
        let answer = self.call(&Route::Read { channel: self.chat, after }, Body::Nothing).await?;
        let messages = answer.json::<Vec<Sent>>().ok_or(CallError::Unknown)?;
        let is_it = |message: &&Sent| message.author.bot && message.content.trim() == content.trim();
        Ok(messages.iter().find(is_it).map(|message| message.id))
    }

    /// Changes a message where it stands; none when it is not there any more.
    pub(super) async fn redraw(&self, at: Snowflake, part: &Part) -> Option<Outcome> {
        self.edited(self.edit(at, &message::edit(part)).await, at)
    }

    /// The buttons of an earlier message are over.
    async fn freeze(&self, body: &RichText, chosen: Option<&str>) -> Outcome {
        let Some(at) = self.delivery.shown.as_ref().and_then(place) else { return Outcome::Sent(None) };
        let body = if chosen.is_some() { message::frozen(body, chosen) } else { message::bare() };
        // A message that is gone has no buttons either.
        self.edited(self.edit(at, &body).await, at).unwrap_or(Outcome::Sent(None))
    }

    /// Once more after a failure: an edit may be made twice.
    async fn edit(&self, at: Snowflake, body: &serde_json::Value) -> Result<Answer, CallError> {
        let route = Route::Edit { channel: self.chat, message: at };
        match self.call(&route, Body::json(body)).await {
            Err(CallError::Unknown) => self.call(&route, Body::json(body)).await,
            edited => edited,
        }
    }

    fn edited(&self, edited: Result<Answer, CallError>, at: Snowflake) -> Option<Outcome> {
        match edited {
            Ok(_) | Err(CallError::Taken) => Some(Outcome::Sent(Some(Place(at.to_string())))),
            Err(CallError::Refused(refusal)) if refusal.code == code::UNKNOWN_MESSAGE => None,
            Err(CallError::Refused(refusal)) if refusal.status == 400 => {
                tracing::error!(
                    code = refusal.code,
                    "Discord refuses a change of a message of ours. Please report this."
                );
                None
            }
            other => Some(self.outcome(other)),
        }
    }

    /// During a long beat, the chat shows that somebody is there.
    async fn typing(&self, view: &View, outcome: &Outcome) {
        let is_long = matches!(view.kind, ViewKind::Beat(millis) if millis >= TYPING_FROM_MS);
        if is_long && matches!(outcome, Outcome::Sent(_)) {
            // Nothing depends on it.
            let _ = self.call(&Route::Typing { channel: self.chat }, Body::Nothing).await;
        }
    }

    pub(super) async fn call(&self, route: &Route<'_>, body: Body) -> Result<Answer, CallError> {
        let _turn = self.messenger.requests.acquire().await;
        self.messenger.api.call(route, body, self.delivery.class).await
    }

    /// What an answer to a message means.
    pub(super) fn outcome(&self, answer: Result<Answer, CallError>) -> Outcome {
        match answer {
            Ok(answer) => Outcome::Sent(answer.id().map(Place)),
            Err(CallError::Taken) => Outcome::Sent(None),
            Err(CallError::Unknown) => Outcome::Unknown,
            Err(CallError::NotSent) => Outcome::NotSent(NotSent::Retry),
            Err(CallError::Refused(refusal)) => Outcome::NotSent(self.refused(&refusal)),
        }
    }

    fn refused(&self, refusal: &Refusal) -> NotSent {
        match (refusal.status, refusal.code) {
            (429, _) => NotSent::Wait(refusal.retry_after.unwrap_or(WAIT_DEFAULT)),
            (_, code::OPENED_TOO_FAST) => NotSent::Wait(refusal.retry_after.unwrap_or(OPENED_TOO_FAST_WAIT)),
            (_, code::CANNOT_SEND | code::NO_MUTUAL_GUILD | code::UNKNOWN_CHANNEL | code::UNKNOWN_USER) => {
                NotSent::Gone
            }
            // Whoever may change the space has to let the bot write there.
            (_, code::MISSING_PERMISSIONS | code::THREAD_ARCHIVED | code::MISSING_ACCESS) if self.is_in_space() => {
                NotSent::Gone
            }
            (_, code::MISSING_ACCESS) => self.denied(),
            // A token that is refused ends the process; what waits is sent by the next one.
            (401, _) => NotSent::Retry,
            // No platform's word: a machine on the way.
            (403 | 404 | 405 | 407 | 408, 0) => NotSent::Retry,
            (status, code) => {
                tracing::error!(
                    status,
                    code,
                    "Discord refuses a message of ours: it is dropped and counted. Please report this."
                );
                NotSent::Rejected
            }
        }
    }

    /// The bot has no access to the chat: for people who have it only for themselves that passes, sometimes.
    /// <https://github.com/discord/discord-api-docs/issues/7666>
    fn denied(&self) -> NotSent {
        if self.progress().denied {
            return NotSent::Gone;
        }
        self.change(|progress| progress.denied = true);
        NotSent::Away
    }

    fn is_in_space(&self) -> bool {
        matches!(self.delivery.item, Item::InSpace { .. })
    }

    fn progress(&self) -> Progress {
        self.messenger.with(|progress| progress.get(&self.delivery.id).copied()).unwrap_or_default()
    }

    fn change(&self, change: impl FnOnce(&mut Progress)) {
        self.messenger.with(|progress| {
            if progress.len() >= DISCORD_PARTS_KEPT_MAX {
                progress.clear();
            }
            change(progress.entry(self.delivery.id).or_default());
        });
    }
}

fn place(place: &Place) -> Option<Snowflake> {
    Snowflake::parse(place.last())
}
