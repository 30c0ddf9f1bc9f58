//! The queue of what happened, and how the bot takes it: by polls or at a webhook.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::refusal::Refusal;

const UPDATES_A_POLL_MAX: usize = 100;
/// The platform takes an offset that is further ahead for one of another life and begins at the queue's head.
const OFFSET_AHEAD_MAX: i64 = 10;
/// Only sent to a bot that names them.
const KINDS_ON_DEMAND: &[&str] = &["chat_member", "message_reaction", "message_reaction_count"];
const CONFLICT_POLL: &str =
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
const CONFLICT_WEBHOOK: &str =
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

pub(super) struct Updates {
    pub(super) queue: VecDeque<Pending>,
    pub(super) next_id: i64,
    pub(super) confirmed: i64,
    pub(super) webhook: Option<Webhook>,
    /// Kinds that the bot has named; none: all but those on demand.
    allowed: Vec<String>,
    /// The poll that came last; only it is served.
    poll: u64,
    /// Whether those who wait for updates have something to look at.
    pub(super) is_fresh: bool,
}

/// One update that the bot has not confirmed.
pub(super) struct Pending {
    pub(super) id: i64,
    /// One element of the array that a poll gets.
    pub(super) text: String,
}

pub(super) struct Webhook {
    pub(super) url: String,
    pub(super) secret: Option<String>,
    pub(super) last_error: Option<String>,
}

/// A poll that waits.
#[derive(Clone, Copy)]
pub(super) struct Poll {
    number: u64,
    limit: usize,
    pub(super) seconds: u64,
}

impl Default for Updates {
    fn default() -> Self {
        Self {
            queue: VecDeque::new(),
            next_id: 100_000_001,
            confirmed: 0,
            webhook: None,
            allowed: Vec::new(),
            poll: 0,
            is_fresh: false,
        }
    }
}

impl Updates {
    /// Something happened; its id, or None if the bot does not want to know.
    pub(super) fn push(&mut self, kind: &str, content: Value) -> Option<i64> {
        let is_wanted = match self.allowed.as_slice() {
            [] => !KINDS_ON_DEMAND.contains(&kind),
            allowed => allowed.iter().any(|name| name == kind),
        };
        is_wanted.then(|| self.push_text(|id| json!({"update_id": id, kind: content}).to_string()))
    }

    /// Any text as one update.
    pub(super) fn push_text(&mut self, text: impl FnOnce(i64) -> String) -> i64 {
        let id = self.next_id;
        self.next_id = self.next_id.saturating_add(1);
        self.queue.push_back(Pending { id, text: text(id) });
        self.is_fresh = true;
        id
    }

    /// A poll begins: it confirms what is below its offset, and ends the one before it.
    pub(super) fn begin(&mut self, params: &Value) -> Result<Poll, Refusal> {
        if self.webhook.is_some() {
            return Err(Refusal::new(409, CONFLICT_WEBHOOK));
        }
        self.allow(params);
        self.confirm(params["offset"].as_i64().unwrap_or(0));
        self.poll += 1;
        self.is_fresh = true;
        let limit = params["limit"].as_u64().map_or(UPDATES_A_POLL_MAX, |limit| limit as usize);
        Ok(Poll {
            number: self.poll,
            limit: limit.clamp(1, UPDATES_A_POLL_MAX),
            seconds: params["timeout"].as_u64().unwrap_or(0),
        })
    }

    /// What a poll gets now; None: nothing yet.
    pub(super) fn take(&self, poll: Poll) -> Result<Option<String>, Refusal> {
        if self.webhook.is_some() {
            return Err(Refusal::new(409, CONFLICT_WEBHOOK));
        }
        if poll.number != self.poll {
            return Err(Refusal::new(409, CONFLICT_POLL));
        }
        if self.queue.is_empty() {
            return Ok(None);
        }
        let mut array = String::from("[");
        for (index, update) in self.queue.iter().take(poll.limit).enumerate() {
            if index > 0 {
                array.push(',');
            }
            array.push_str(&update.text);
        }
        array.push(']');
        Ok(Some(array))
    }

    /// The kinds that the bot names hold until it names others.
    pub(super) fn allow(&mut self, params: &Value) {
        if let Some(kinds) = params["allowed_updates"].as_array() {
            self.allowed = kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        }
    }

    /// The webhook took this one.
    pub(super) fn taken(&mut self, id: i64) {
        if self.queue.front().is_some_and(|front| front.id == id) {
            self.queue.pop_front();
            self.confirmed = id + 1;
        }
    }

    pub(super) fn webhook_json(&self) -> Value {
        let webhook = self.webhook.as_ref();
        let mut info = json!({
            "url": webhook.map_or("", |webhook| webhook.url.as_str()),
            "has_custom_certificate": false,
            "pending_update_count": self.queue.len(),
        });
        if let Some(error) = webhook.and_then(|webhook| webhook.last_error.as_ref()) {
            info["last_error_message"] = json!(error);
            info["last_error_date"] = json!(0);
        }
        if !self.allowed.is_empty() {
            info["allowed_updates"] = json!(self.allowed);
        }
        info
    }

    fn confirm(&mut self, offset: i64) {
        if offset < 0 {
            let kept = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            while self.queue.len() > kept {
                self.queue.pop_front();
            }
        } else if offset <= self.next_id.saturating_add(OFFSET_AHEAD_MAX) {
            while self.queue.front().is_some_and(|front| front.id < offset) {
                self.queue.pop_front();
            }
            if offset > 0 {
                self.confirmed = offset;
            }
        }
    }
}
