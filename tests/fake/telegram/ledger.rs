//! What was asked of the fake, in order, and what was wrong with it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::fake_http::multipart::FilePart;

/// One request, from its arrival on.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// As documented; as asked, if there is no such method.
    pub(crate) method: Cow<'static, str>,
    /// Null when the body could not be read.
    pub(crate) params: Arc<Value>,
    /// What it carried beside them.
    pub(crate) files: Arc<[FilePart]>,
    /// Of its parameters.
    pub(crate) chat: Option<i64>,
    /// Of the message that it made or changed.
    pub(crate) message_id: Option<i64>,
    /// Whether it had its effect, whatever was answered.
    pub(crate) is_applied: bool,
    /// None as long as nothing is answered.
    pub(crate) status: Option<u16>,
    /// Whether the answer went out to its last byte.
    pub(crate) is_answered_whole: bool,
}

/// Something that the platform would refuse; a bot that is well makes none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Breach {
    /// As in `Request::method`.
    pub(crate) method: String,
    /// The description that was answered.
    pub(crate) what: String,
    /// JSON pointer into the parameters.
    pub(crate) pointer: String,
}

impl Breach {
    pub(super) fn new(method: impl Into<String>, what: impl Into<String>, pointer: impl Into<String>) -> Self {
        Self { method: method.into(), what: what.into(), pointer: pointer.into() }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.method, self.pointer, self.what)
    }
}

/// What answered a press of a button.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CallbackAnswer {
    /// Of the query.
    pub(crate) query: String,
    /// Empty if nothing was to be shown.
    pub(crate) text: String,
    /// In a box that is to be closed.
    pub(crate) is_alert: bool,
    /// Where the app was sent.
    pub(crate) url: Option<String>,
}

#[derive(Default)]
pub(super) struct Ledger {
    pub(super) requests: Vec<Request>,
    pub(super) breaches: Vec<Breach>,
    pub(super) callback_answers: Vec<CallbackAnswer>,
    pub(super) is_kept: bool,
    /// How many requests came before those that are kept.
    pub(super) forgotten: usize,
}

impl Ledger {
    /// The place of the request among all that ever came, if requests are kept.
    pub(super) fn arrive(&mut self, request: Request) -> Option<usize> {
        self.is_kept.then(|| {
            self.requests.push(request);
            self.forgotten + self.requests.len() - 1
        })
    }

    /// None as well when it is forgotten.
    pub(super) fn request(&mut self, place: Option<usize>) -> Option<&mut Request> {
        self.requests.get_mut(place?.checked_sub(self.forgotten)?)
    }

    pub(super) fn forget(&mut self, count: usize) {
        let count = count.min(self.requests.len());
        self.requests.drain(..count);
        self.forgotten += count;
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for request in &self.requests {
            let status = request.status.map_or("open".to_owned(), |status| status.to_string());
            let chat = request.chat.map(|chat| format!(" chat {chat}")).unwrap_or_default();
            let message = request.message_id.map(|id| format!(" message {id}")).unwrap_or_default();
            writeln!(f, "{} {status}{chat}{message}", request.method)?;
        }
        self.breaches.iter().try_for_each(|breach| writeln!(f, "breach: {breach}"))
    }
}
