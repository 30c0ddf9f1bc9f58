//! What the platform answers when it does not do what it is asked.

use std::borrow::Cow;

use serde_json::{Value, json};

/// An answer with `"ok": false`.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) description: Cow<'static, str>,
    parameters: Option<Value>,
    /// Whether a bot that is well never gets it.
    pub(super) is_breach: bool,
}

impl Refusal {
    pub(super) fn new(status: u16, description: impl Into<Cow<'static, str>>) -> Self {
        Self { status, description: description.into(), parameters: None, is_breach: false }
    }

    pub(super) fn bad(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, description)
    }

    pub(super) fn breach(description: impl Into<Cow<'static, str>>) -> Self {
        Self { is_breach: true, ..Self::new(400, description) }
    }

    /// No such method.
    pub(super) fn unknown(description: &'static str) -> Self {
        Self { is_breach: true, ..Self::new(404, description) }
    }

    pub(super) fn too_many(retry_after: u64) -> Self {
        let parameters = Some(json!({"retry_after": retry_after}));
        Self { parameters, ..Self::new(429, format!("Too Many Requests: retry after {retry_after}")) }
    }

    pub(super) fn migrated(to: i64) -> Self {
        let parameters = Some(json!({"migrate_to_chat_id": to}));
        Self { parameters, ..Self::bad("Bad Request: group chat was upgraded to a supergroup chat") }
    }

    pub(super) fn body(&self) -> String {
        let mut body = json!({"ok": false, "error_code": self.status, "description": self.description});
        if let Some(parameters) = &self.parameters {
            body["parameters"] = parameters.clone();
        }
        body.to_string()
    }
}
