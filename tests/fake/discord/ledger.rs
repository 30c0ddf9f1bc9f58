//! What was asked of the fake, in order, and what was wrong with it.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::fake_http::multipart::FilePart;

use super::route::Route;

/// One request, from its arrival on.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// None if there is no such route.
    pub(crate) route: Option<Route>,
    /// `POST`.
    pub(crate) method: String,
    /// As asked, without its query.
    pub(crate) path: String,
    /// The query's names and values as they were written.
    pub(crate) query: Vec<(String, String)>,
    /// Null when there was none or it could not be read.
    pub(crate) body: Arc<Value>,
    /// What it carried beside the body.
    pub(crate) files: Arc<[FilePart]>,
    /// Of its path.
    pub(crate) channel: Option<u64>,
    /// Of its path; for a webhook the interaction that its token belongs to.
    pub(crate) interaction: Option<u64>,
    /// Of the message that it made, changed or deleted.
    pub(crate) message_id: Option<u64>,
    /// Whether it had its effect, whatever was answered.
    pub(crate) is_applied: bool,
    /// None as long as nothing is answered.
    pub(crate) status: Option<u16>,
    /// Whether the answer went out to its last byte.
    pub(crate) is_answered_whole: bool,
    /// Of a 429 that does not count as an invalid request.
    pub(crate) is_shared_limit: bool,
}

/// Something that the platform would refuse, or that a bot which is well never does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Breach {
    /// `POST /channels/{channel_id}/messages`, or `gateway`.
    pub(crate) place: String,
    /// The message that was answered.
    pub(crate) what: String,
    /// JSON pointer into the body, `?name` for a parameter of the query.
    pub(crate) pointer: String,
}

impl Breach {
    pub(super) fn new(place: impl Into<String>, what: impl Into<String>, pointer: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into(), pointer: pointer.into() }
    }

    pub(super) fn of(route: Route, what: impl Into<String>, pointer: impl Into<String>) -> Self {
        Self::new(format!("{} {}", route.method(), route.template()), what, pointer)
    }

    pub(super) fn of_gateway(what: impl Into<String>) -> Self {
        Self::new("gateway", what, "")
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.place, self.pointer, self.what)
    }
}

#[derive(Default)]
pub(super) struct Ledger {
    pub(super) requests: Vec<Request>,
    pub(super) breaches: Vec<Breach>,
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
            let channel = request.channel.map(|id| format!(" channel {id}")).unwrap_or_default();
            let interaction = request.interaction.map(|id| format!(" interaction {id}")).unwrap_or_default();
            let message = request.message_id.map(|id| format!(" message {id}")).unwrap_or_default();
            let what = request.route.map_or(request.path.as_str(), |route| route.template());
            writeln!(f, "{} {what} {status}{channel}{interaction}{message}", request.method)?;
        }
        self.breaches.iter().try_for_each(|breach| writeln!(f, "breach: {breach}"))
    }
}
