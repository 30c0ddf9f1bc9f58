//! Messages that go from a chat: the bot's own, which it finds there. What people wrote it cannot delete.
//! <https://docs.discord.com/developers/resources/message#delete-message>

use jiff::{SignedDuration, Timestamp};

use crate::discord::api::{Body, CallError};
use crate::discord::messenger::{Sent, Way, code};
use crate::discord::route::{READ_MAX, Route};
use crate::discord::wire::message;
use crate::discord::wire::snowflake::Snowflake;
use crate::domain::limits::HIDE_HOURS;
use crate::domain::message::{RichText, View};
use crate::service::ports::{Outcome, Place};

/// The platform's number of a message in a chat between two that the other one wrote.
const NOT_OURS: u32 = 50_003;
/// The platform's number of a message in which something happened that nobody wrote.
const SYSTEM_MESSAGE: u32 = 50_021;

/// Deletes one message, or all of the bot's own of the last days; then says that it is `done`, or that some was `kept`.
pub(super) async fn send(way: &Way<'_>, only: Option<&Place>, done: &RichText, kept: &RichText) -> Outcome {
    let removed = match only {
        Some(place) => {
            let ids = place.ids().filter_map(Snowflake::parse).collect();
            delete(way, ids).await
        }
        None => delete_recent(way).await,
    };
    let words = match removed {
        Ok(true) => done,
        Ok(false) => kept,
        Err(error) => return way.outcome(Err(error)),
    };
    if words.is_empty() {
        return Outcome::Sent(None);
    }
    way.parts(&message::parts(&View::say(words.clone()), None), 0).await
}

/// Page by page, so that a chat of any length is no more than a page in memory. Whether all could be deleted.
async fn delete_recent(way: &Way<'_>) -> Result<bool, CallError> {
    let since = way.messenger.clock.now().checked_sub(SignedDuration::from_hours(HIDE_HOURS));
    let mut after = Snowflake::before(since.unwrap_or(Timestamp::MIN));
    let mut is_whole = true;
    loop {
        let answer = way.call(&Route::Read { channel: way.chat, after }, Body::Nothing).await?;
        let page = answer.json::<Vec<Sent>>().ok_or(CallError::Unknown)?;
        let is_last = page.len() < READ_MAX;
        let Some(newest) = page.iter().map(|message| message.id).max() else { return Ok(is_whole) };
        let own = page.iter().filter(|message| message.author.bot).map(|message| message.id);
        is_whole &= delete(way, own.collect()).await?;
        if is_last {
            return Ok(is_whole);
        }
        after = newest;
    }
}

async fn delete(way: &Way<'_>, ids: Vec<Snowflake>) -> Result<bool, CallError> {
    let mut is_whole = true;
    for message in ids {
        match way.call(&Route::Delete { channel: way.chat, message }, Body::Nothing).await {
            Ok(_) | Err(CallError::Taken) => {}
            Err(CallError::Refused(refusal)) if refusal.code == code::UNKNOWN_MESSAGE => {}
            Err(CallError::Refused(refusal)) if matches!(refusal.code, NOT_OURS | SYSTEM_MESSAGE) => is_whole = false,
            Err(error) => return Err(error),
        }
    }
    Ok(is_whole)
}
