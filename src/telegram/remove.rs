//! Messages that go from a chat: those of both sides in a private one, for two days.
//! <https://core.telegram.org/bots/api#deletemessages>

use teloxide_core::payloads::{DeleteMessage, DeleteMessages};
use teloxide_core::types::{ChatId, MessageId};

use crate::domain::message::{RichText, View};
use crate::service::ports::{NotSent, Outcome};
use crate::telegram::api::CallError;
use crate::telegram::messenger::{Way, held};
use crate::telegram::wire::message;

/// Messages of one request: the platform's limit.
const AT_ONCE_MAX: usize = 100;

/// Deletes what is to go, and then says that it is `done`, or that some was `kept`.
pub(super) async fn send(way: &mut Way<'_>, done: &RichText, kept: &RichText) -> Outcome {
    // In a group the messages are not only theirs.
    if way.chat <= 0 {
        return Outcome::NotSent(NotSent::Rejected);
    }
    let ids = way.delivery.shown.iter().flat_map(|place| place.ids());
    let ids: Vec<MessageId> = ids.filter_map(|id| id.parse().ok().map(MessageId)).collect();
    let mut is_whole = true;
    for some in ids.chunks(AT_ONCE_MAX) {
        match delete(way, some).await {
            Ok(all) => is_whole &= all,
            Err(outcome) => return outcome,
        }
    }
    let words = if is_whole { done } else { kept };
    if words.is_empty() {
        return Outcome::Sent(None);
    }
    way.parts(&message::parts(&View::say(words.clone())), 0).await
}

/// Whether all of these are gone; otherwise why nobody knows. One that must stay makes the platform refuse all of a
/// request, and they go one by one then.
async fn delete(way: &Way<'_>, ids: &[MessageId]) -> Result<bool, Outcome> {
    if let [id] = ids {
        return delete_one(way, *id).await;
    }
    way.messenger.limiter.edit(way.delivery.class).await.map_err(held)?;
    match way.call(|chat| DeleteMessages::new(ChatId(chat), ids.iter().copied())).await {
        Ok(_) | Err(CallError::Taken) => return Ok(true),
        Err(CallError::Refused(refusal)) if refusal.code == 400 && !refusal.says("chat not found") => {}
        other => return Err(way.outcome(other)),
    }
    let mut is_whole = true;
    for id in ids {
        is_whole &= delete_one(way, *id).await?;
    }
    Ok(is_whole)
}

async fn delete_one(way: &Way<'_>, id: MessageId) -> Result<bool, Outcome> {
    way.messenger.limiter.edit(way.delivery.class).await.map_err(held)?;
    match way.call(|chat| DeleteMessage::new(ChatId(chat), id)).await {
        Ok(_) | Err(CallError::Taken) => Ok(true),
        Err(CallError::Refused(refusal)) if refusal.code == 400 && refusal.says("to delete not found") => Ok(true),
        Err(CallError::Refused(refusal)) if refusal.code == 400 && !refusal.says("chat not found") => Ok(false),
        other => Err(way.outcome(other)),
    }
}
