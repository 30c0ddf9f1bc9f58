//! What the platform answers when it does not do what it is asked.
//! <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>

use std::borrow::Cow;

use serde_json::{Value, json};

/// An answer that is no success.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: u64,
    pub(super) message: Cow<'static, str>,
    /// For 429: seconds, and whether all routes are meant.
    pub(super) wait: Option<(f64, bool)>,
    /// Whether a bot that is well never gets it.
    pub(super) is_breach: bool,
}

impl Refusal {
    pub(super) fn new(status: u16, code: u64, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into(), wait: None, is_breach: false }
    }

    /// By its code, in the platform's words where they are known.
    pub(super) fn coded(status: u16, code: u64) -> Self {
        Self::new(status, code, words(code))
    }

    /// What only a bot that is not well asks for.
    pub(super) fn breach(status: u16, code: u64, message: impl Into<Cow<'static, str>>) -> Self {
        Self { is_breach: true, ..Self::new(status, code, message) }
    }

    pub(super) fn too_many(seconds: f64, is_global: bool) -> Self {
        Self { wait: Some((seconds, is_global)), ..Self::new(429, 0, "You are being rate limited.") }
    }

    pub(super) fn unknown_channel() -> Self {
        Self::coded(404, 10_003)
    }

    pub(super) fn unknown_message() -> Self {
        Self::coded(404, 10_008)
    }

    pub(super) fn body(&self) -> Value {
        match self.wait {
            None => json!({"message": self.message, "code": self.code}),
            Some((seconds, is_global)) => {
                json!({"message": self.message, "code": self.code, "retry_after": seconds, "global": is_global})
            }
        }
    }
}

fn words(code: u64) -> &'static str {
    match code {
        10_003 => "Unknown Channel",
        10_008 => "Unknown Message",
        10_013 => "Unknown User",
        10_015 => "Unknown Webhook",
        10_062 => "Unknown interaction",
        40_001 => "Unauthorized. Provide a valid token and try again",
        40_003 => "You are opening direct messages too fast",
        40_005 => "Request entity too large. Try sending something smaller in size",
        40_060 => "Interaction has already been acknowledged.",
        50_001 => "Missing Access",
        50_005 => "Cannot edit a message authored by another user",
        50_006 => "Cannot send an empty message",
        50_013 => "Missing Permissions",
        50_007 => "Cannot send messages to this user",
        50_027 => "Invalid Webhook Token",
        50_035 => "Invalid Form Body",
        50_109 => "The request body contains invalid JSON.",
        50_278 => "Cannot send messages to this user due to having no mutual guilds",
        _ => "General error",
    }
}
