//! Messages to a server, where others read along: one of the bot's own is changed where it stands, and a question opens
//! a thread of its own. <https://docs.discord.com/developers/resources/channel#start-thread-from-message>

use serde_json::json;

use crate::discord::api::Body;
use crate::discord::messenger::Way;
use crate::discord::route::Route;
use crate::discord::wire::message;
use crate::discord::wire::snowflake::Snowflake;
use crate::domain::message::View;
use crate::prose::clean::short;
use crate::service::ports::{Outcome, Place};

/// How long a thread in which nobody writes stays open, in minutes: a day, the shortest but one that the platform knows.
const THREAD_MINUTES: u32 = 1_440;
/// The longest name of a thread, in UTF-16 units: the platform's limit.
const THREAD_NAME_UNITS_MAX: usize = 100;

pub(super) async fn send(way: &Way<'_>, at: Option<&Place>, view: &View, thread: Option<&str>) -> Outcome {
    let parts = message::parts(view, None);
    if let (Some(at), [part]) = (at.and_then(|at| Snowflake::parse(at.last())), parts.as_slice())
        && let Some(outcome) = way.redraw(at, part).await
    {
        return outcome;
    }
    let outcome = way.parts(&parts, 0).await;
    if let (Outcome::Sent(Some(place)), Some(name)) = (&outcome, thread)
        && let Some(message) = Snowflake::parse(place.last())
    {
        let body = json!({ "name": short(name, THREAD_NAME_UNITS_MAX), "auto_archive_duration": THREAD_MINUTES });
        // Where the bot may open none, people answer below the question.
        let _ = way.call(&Route::Thread { channel: way.chat, message }, Body::json(&body)).await;
    }
    outcome
}
