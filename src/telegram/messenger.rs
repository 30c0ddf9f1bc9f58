//! Sending to Telegram: each item becomes one or a few requests, one after the other, and one outcome.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use jiff::SignedDuration;
use reqwest::multipart::Form;
use teloxide_core::payloads::setters::*;
use teloxide_core::payloads::{EditMessageReplyMarkup, EditMessageText, SendChatAction, SendMessage};
use teloxide_core::types::{
    ChatAction, ChatId, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageId,
    ParseMode, ReplyMarkup, ThreadId,
};
use tokio::sync::Semaphore;

use crate::domain::ids::OutboxId;
use crate::domain::limits::{TELEGRAM_PARTS_KEPT_MAX, TELEGRAM_REQUESTS_MAX};
use crate::domain::message::{RichText, View, ViewKind};
use crate::domain::text::UserText;
use crate::service::ports::{Delivery, Item, Messenger, NotSent, Outcome, Place};
use crate::telegram::api::{Answer, Api, CallError, Refusal};
use crate::telegram::files::{self, File};
use crate::telegram::limiter::Limiter;
use crate::telegram::remove;
use crate::telegram::wire::keyboard::Button;
use crate::telegram::wire::message::{self, Part};

/// A beat that stays this long shows that somebody is there, in milliseconds.
const TYPING_FROM_MS: u32 = 4_000;
/// How long to wait when the platform says to wait and not how long.
const WAIT_DEFAULT: SignedDuration = SignedDuration::from_secs(5);
/// How the platform says that a group does not let the bot write.
const MAY_NOT_WRITE: [&str; 6] = [
    "not enough rights",
    "no rights to send",
    "no write access",
    "chat_write_forbidden",
    "chat_restricted",
    "user_banned_in_channel",
];

/// Sends to Telegram.
pub struct TelegramMessenger {
    api: Arc<Api>,
    pub(super) limiter: Limiter,
    /// Requests under way at once.
    requests: Semaphore,
    /// What has arrived of items whose later parts have not.
    arrived: Mutex<HashMap<OutboxId, Arrived>>,
    /// Groups that became supergroups, by their old chat.
    moved: Mutex<HashMap<i64, i64>>,
}

/// How far an item has come.
#[derive(Clone, Default)]
struct Arrived {
    parts: usize,
    /// Where they stand.
    ids: Vec<String>,
}

/// One item on its way to one chat.
pub(super) struct Way<'a> {
    pub messenger: &'a TelegramMessenger,
    pub delivery: &'a Delivery,
    pub chat: i64,
    /// Of a group, one of its topics.
    pub topic: Option<i32>,
}

impl TelegramMessenger {
    pub(crate) fn new(api: Arc<Api>, limiter: Limiter) -> Self {
        let requests = Semaphore::new(TELEGRAM_REQUESTS_MAX);
        Self { api, limiter, requests, arrived: Mutex::default(), moved: Mutex::default() }
    }
}

impl Messenger for TelegramMessenger {
    fn send<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Some((chat, topic)) = spot_of(delivery) else { return Outcome::NotSent(NotSent::Rejected) };
            let chat = lock(&self.moved).get(&chat).copied().unwrap_or(chat);
            let mut way = Way { messenger: self, delivery, chat, topic };
            let outcome = match &delivery.item {
                Item::Show { view, in_place, .. } => way.show(view, *in_place).await,
                Item::InSpace { at, view, .. } => way.show_in_space(at.as_ref(), view).await,
                Item::Freeze { body, chosen, .. } => way.freeze(body, chosen.as_ref().map(UserText::expose)).await,
                Item::Remove { done, kept, .. } => remove::send(&mut way, done, kept).await,
                Item::File { kind, name, caption, alt, bytes } => {
                    files::send(&mut way, &File { kind: *kind, name, caption, alt, bytes: bytes.expose() }).await
                }
            };
            if !matches!(
                outcome,
                Outcome::NotSent(NotSent::Retry | NotSent::Wait(_) | NotSent::Held(_)) | Outcome::Unknown
            ) {
                lock(&self.arrived).remove(&delivery.id);
            }
            outcome
        })
    }
}

impl Way<'_> {
    async fn show(&mut self, view: &View, in_place: bool) -> Outcome {
        let parts = message::parts(view);
        let shown = self.delivery.shown.as_ref().and_then(message_id);
        if let (true, Some(at), [part]) = (in_place, shown, parts.as_slice())
            && let Some(outcome) = self.redraw(at, part).await
        {
            self.typing(view, &outcome).await;
            return outcome;
        }
        let outcome = self.parts(&parts, 0).await;
        if let (Some(at), Outcome::Sent(Some(_))) = (shown, &outcome) {
            // The same question stands twice now: the buttons go with the new one.
            if self.messenger.limiter.edit(self.delivery.class).await.is_ok() {
                self.bare(at).await.ok();
            }
        }
        self.typing(view, &outcome).await;
        outcome
    }

    /// A message to a group: one of the bot's own is changed where it stands.
    async fn show_in_space(&mut self, at: Option<&Place>, view: &View) -> Outcome {
        let parts = message::parts(view);
        if let (Some(at), [part]) = (at.and_then(message_id), parts.as_slice())
            && let Some(outcome) = self.redraw(at, part).await
        {
            return outcome;
        }
        self.parts(&parts, 0).await
    }

    /// Every part that has not arrived yet, as a message of its own, after so many other messages of the same item.
    pub(super) async fn parts(&mut self, parts: &[Part], after: usize) -> Outcome {
        let arrived = self.arrived().saturating_sub(after);
        let mut last = Outcome::Sent(None);
        for (index, part) in parts.iter().enumerate().skip(arrived) {
            last = self.part(part).await;
            let Outcome::Sent(place) = &last else { return last };
            if after + parts.len() > 1 {
                self.has_arrived(after + index + 1, place.as_ref());
            }
        }
        self.with_parts_before(last)
    }

    /// A message of several parts stands where all of them do.
    fn with_parts_before(&self, last: Outcome) -> Outcome {
        let arrived = lock(&self.messenger.arrived).get(&self.delivery.id).map(|arrived| arrived.ids.clone());
        match arrived.and_then(Place::of) {
            Some(all) if matches!(last, Outcome::Sent(_)) => Outcome::Sent(Some(all)),
            Some(_) | None => last,
        }
    }

    /// How many messages of the item have arrived in earlier attempts.
    pub(super) fn arrived(&self) -> usize {
        lock(&self.messenger.arrived).get(&self.delivery.id).map_or(0, |arrived| arrived.parts)
    }

    /// Remembers how far an item has come. What is forgotten is shown twice, never lost.
    pub(super) fn has_arrived(&self, parts: usize, place: Option<&Place>) {
        let mut arrived = lock(&self.messenger.arrived);
        if arrived.len() >= TELEGRAM_PARTS_KEPT_MAX {
            arrived.clear();
        }
        let arrived = arrived.entry(self.delivery.id).or_default();
        arrived.parts = parts;
        arrived.ids.extend(place.map(|place| place.0.clone()));
    }

    async fn part(&mut self, part: &Part) -> Outcome {
        if let Err(wait) = self.messenger.limiter.message(self.chat, self.delivery.class).await {
            return held(wait);
        }
        let sent = self.call(|chat| self.request(part, chat)).await;
        self.outcome(sent)
    }

    fn request(&self, part: &Part, chat: i64) -> SendMessage {
        let mut request = SendMessage::new(ChatId(chat), part.html.as_str())
            .parse_mode(ParseMode::Html)
            .link_preview_options(no_preview());
        if self.delivery.silent {
            request = request.disable_notification(true);
        }
        if let Some(topic) = self.topic {
            request = request.message_thread_id(ThreadId(MessageId(topic)));
        }
        match (&part.keyboard, &part.placeholder) {
            (Some(rows), _) => request.reply_markup(ReplyMarkup::InlineKeyboard(keyboard(rows))),
            (None, Some(placeholder)) => request
                .reply_markup(ReplyMarkup::ForceReply(ForceReply::new().input_field_placeholder(placeholder.clone()))),
            (None, None) => request,
        }
    }

    /// A file as a message of its own.
    pub(super) async fn upload(&mut self, method: &str, form: impl Fn(i64) -> Form) -> Outcome {
        if let Err(wait) = self.messenger.limiter.message(self.chat, self.delivery.class).await {
            return held(wait);
        }
        let turn = self.messenger.requests.acquire().await;
        let mut answer = self.messenger.api.upload(method, form(self.chat)).await;
        if let Some(chat) = self.moved_to(&answer) {
            answer = self.messenger.api.upload(method, form(chat)).await;
        }
        drop(turn);
        self.outcome(answer)
    }

    /// Changes a message where it stands; none when it cannot be changed any more.
    async fn redraw(&mut self, at: MessageId, part: &Part) -> Option<Outcome> {
        if let Err(wait) = self.messenger.limiter.edit(self.delivery.class).await {
            return Some(held(wait));
        }
        let request = |chat| {
            let request = edit(chat, at, &part.html);
            part.keyboard.iter().fold(request, |request, rows| request.reply_markup(keyboard(rows)))
        };
        self.edited(self.call(request).await, at)
    }

    /// The buttons of an earlier message are over.
    async fn freeze(&mut self, body: &RichText, chosen: Option<&str>) -> Outcome {
        let Some(at) = self.delivery.shown.as_ref().and_then(message_id) else { return Outcome::Sent(None) };
        if let Err(wait) = self.messenger.limiter.edit(self.delivery.class).await {
            return held(wait);
        }
        let edited = if chosen.is_some() {
            let html = message::with_chosen(body, chosen);
            self.call(|chat| edit(chat, at, &html)).await
        } else {
            self.bare(at).await
        };
        // A message that is gone has no buttons either.
        self.edited(edited, at).unwrap_or(Outcome::Sent(None))
    }

    async fn bare(&mut self, at: MessageId) -> Result<Answer, CallError> {
        self.call(|chat| EditMessageReplyMarkup::new(ChatId(chat), at)).await
    }

    fn edited(&self, edited: Result<Answer, CallError>, at: MessageId) -> Option<Outcome> {
        let place = || Some(Outcome::Sent(Some(Place(at.0.to_string()))));
        match edited {
            Ok(_) => place(),
            Err(CallError::Refused(refusal)) if refusal.code == 400 && refusal.says("not modified") => place(),
            Err(CallError::Refused(refusal)) if refusal.code == 400 => None,
            other => Some(self.outcome(other)),
        }
    }

    /// During a long beat, the chat shows that somebody is there.
    async fn typing(&mut self, view: &View, outcome: &Outcome) {
        let is_long = matches!(view.kind, ViewKind::Beat(millis) if millis >= TYPING_FROM_MS);
        if is_long && matches!(outcome, Outcome::Sent(_)) {
            // Nothing depends on it.
            let _ = self.messenger.api.call(&SendChatAction::new(ChatId(self.chat), ChatAction::Typing)).await;
        }
    }

    /// One request; once more when the chat has moved.
    pub(super) async fn call<P>(&self, request: impl Fn(i64) -> P) -> Result<Answer, CallError>
    where
        P: teloxide_core::requests::Payload + serde::Serialize,
    {
        let _turn = self.messenger.requests.acquire().await;
        let answer = self.messenger.api.call(&request(self.chat)).await;
        match self.moved_to(&answer) {
            Some(chat) => self.messenger.api.call(&request(chat)).await,
            None => answer,
        }
    }

    /// Where the chat is now, if the platform said that it has moved.
    fn moved_to(&self, answer: &Result<Answer, CallError>) -> Option<i64> {
        let Err(CallError::Refused(Refusal { migrated_to: Some(chat), .. })) = answer else { return None };
        lock(&self.messenger.moved).insert(self.chat, *chat);
        Some(*chat)
    }

    /// What an answer to a message means. <https://core.telegram.org/api/errors>
    pub(super) fn outcome(&self, answer: Result<Answer, CallError>) -> Outcome {
        match answer {
            Ok(answer) => Outcome::Sent(answer.message_id().map(|id| Place(id.to_string()))),
            Err(CallError::Taken) => Outcome::Sent(None),
            Err(CallError::Unknown | CallError::Garbled(_)) => Outcome::Unknown,
            Err(CallError::NotSent) => Outcome::NotSent(NotSent::Retry),
            Err(CallError::Refused(refusal)) => Outcome::NotSent(self.refused(&refusal)),
        }
    }

    fn refused(&self, refusal: &Refusal) -> NotSent {
        match refusal.code {
            429 => {
                let wait = refusal.retry_after.unwrap_or(WAIT_DEFAULT);
                self.messenger.limiter.told_to_wait(self.chat, wait);
                NotSent::Wait(wait)
            }
            403 => NotSent::Gone,
            // Whoever may change the group has to let the bot write there, or to open the topic.
            400 if self.topic.is_some() && (refusal.says("thread not found") || refusal.says("topic_")) => {
                NotSent::Gone
            }
            400 if self.chat < 0 && MAY_NOT_WRITE.iter().any(|words| refusal.says(words)) => NotSent::Gone,
            400 if refusal.says("chat not found") || refusal.says("user is deactivated") => NotSent::Gone,
            // A token that is refused ends the process; what waits is sent by the next one.
            401 | 404 => NotSent::Retry,
            code => {
                tracing::error!(
                    code,
                    "Telegram refuses a message of ours: it is dropped and counted. Please report this."
                );
                NotSent::Rejected
            }
        }
    }
}

/// Where an item goes: a chat, and in a group perhaps one of its topics, as `<chat>/<topic>`.
fn spot_of(delivery: &Delivery) -> Option<(i64, Option<i32>)> {
    let spot = delivery.chat();
    match spot.split_once('/') {
        Some((chat, topic)) => Some((chat.parse().ok()?, Some(topic.parse().ok()?))),
        None => Some((spot.parse().ok()?, None)),
    }
}

/// Nobody may send anything for so long.
pub(super) fn held(wait: SignedDuration) -> Outcome {
    Outcome::NotSent(NotSent::Held(wait))
}

fn edit(chat: i64, at: MessageId, html: &str) -> EditMessageText {
    EditMessageText::new(ChatId(chat), at, html).parse_mode(ParseMode::Html).link_preview_options(no_preview())
}

fn keyboard(rows: &[Vec<Button>]) -> InlineKeyboardMarkup {
    let button = |button: &Button| InlineKeyboardButton::callback(button.text.as_str(), button.data.as_str());
    InlineKeyboardMarkup::new(rows.iter().map(|row| row.iter().map(button)))
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

fn message_id(place: &Place) -> Option<MessageId> {
    place.last().parse().ok().map(MessageId)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
