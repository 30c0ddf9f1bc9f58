//! The platform's HTTP API: one request, one of five endings. Neither the token nor what people wrote gets into an
//! error or a log. <https://core.telegram.org/bots/api#making-requests>

use std::time::Duration;

use jiff::SignedDuration;
use reqwest::multipart::Form;
use reqwest::{RequestBuilder, Response, Url};
use serde::Deserialize;
use serde::Serialize;
use serde_json::value::RawValue;
use teloxide_core::requests::Payload;
use tokio::sync::{Notify, Semaphore};

use crate::domain::limits::{CONNECTIONS_IDLE_MAX, PRESS_REQUESTS_MAX, RESPONSE_BYTES_MAX};
use crate::domain::secret::Secret;

/// How long the network may take, in real time.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For a connection to open.
    pub connect: Duration,
    /// For a request until its answer is read.
    pub call: Duration,
    /// For a file.
    pub upload: Duration,
    /// How long the platform may wait for an update before it answers with none; whole seconds.
    pub poll: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(5), call: seconds(20), upload: seconds(120), poll: seconds(50) }
    }
}

/// The way to the platform.
pub(crate) struct Api {
    pub timeouts: Timeouts,
    http: reqwest::Client,
    /// Answers to presses wait here and not where messages do: a button must not turn because much is said.
    press_requests: Semaphore,
    token_refused: Notify,
    /// Ends with `/bot<token>/`: never shown.
    base: String,
}

/// What can be wrong with the way to the platform before anything is sent.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The host: the address of the API is no web address.
    #[error("the address of the Telegram API is no web address")]
    Address,
    /// The machine: no client can be made, for example without random numbers.
    #[error("no HTTP client can be made on this machine")]
    Client,
}

/// Why a call brought no result.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum CallError {
    /// Nothing reached the platform.
    NotSent,
    /// The request was written; whether it was taken is not known.
    Unknown,
    /// It was taken, and the rest of the answer is lost.
    Taken,
    /// The platform seems to have taken it, and its answer is no JSON.
    Garbled(Vec<u8>),
    /// The platform says no.
    Refused(Refusal),
}

/// The platform's no. Its words are never shown: they may quote what was sent.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The platform's code, as in HTTP.
    pub code: u16,
    /// When to try again.
    pub retry_after: Option<SignedDuration>,
    /// The group's new chat.
    pub migrated_to: Option<i64>,
    words: String,
}

/// The answer to one call. It may quote what people wrote, so it has no `Debug`.
pub(crate) struct Answer(Vec<u8>);

impl Api {
    pub(crate) fn new(token: &Secret, url: &str, timeouts: Timeouts) -> Result<Self, ApiError> {
        let base = format!("{}/bot{}/", url.trim_end_matches('/'), token.expose());
        let parsed = Url::parse(&base).map_err(|_| ApiError::Address)?;
        let is_here = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("mendwell/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeouts.connect)
            .pool_max_idle_per_host(CONNECTIONS_IDLE_MAX)
            .tcp_nodelay(true);
        if is_here {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|_| ApiError::Client)?;
        let press_requests = Semaphore::new(PRESS_REQUESTS_MAX);
        Ok(Self { timeouts, http, press_requests, token_refused: Notify::new(), base })
    }

    /// Calls a method with parameters as JSON.
    pub(crate) async fn call<P: Payload + Serialize>(&self, payload: &P) -> Result<Answer, CallError> {
        self.call_within(payload, self.timeouts.call).await
    }

    /// Calls a method that answers a press.
    pub(crate) async fn call_for_press<P: Payload + Serialize>(&self, payload: &P) -> Result<Answer, CallError> {
        let _turn = self.press_requests.acquire().await;
        self.call(payload).await
    }

    /// Calls a method that may take its time.
    pub(crate) async fn call_within<P: Payload + Serialize>(
        &self,
        payload: &P,
        timeout: Duration,
    ) -> Result<Answer, CallError> {
        let Ok(json) = serde_json::to_vec(payload) else { return Err(CallError::refused(400)) };
        let request = self.post(P::NAME).header(reqwest::header::CONTENT_TYPE, "application/json").body(json);
        self.heard(send(request.timeout(timeout)).await)
    }

    /// Calls a method with a file.
    pub(crate) async fn upload(&self, method: &str, form: Form) -> Result<Answer, CallError> {
        self.heard(send(self.post(method).multipart(form).timeout(self.timeouts.upload)).await)
    }

    /// Resolves when the platform says of any call that it does not know the token: whoever is called by it, and does not
    /// ask, hears it nowhere else.
    pub(crate) async fn token_refused(&self) {
        self.token_refused.notified().await;
    }

    fn heard(&self, answer: Result<Answer, CallError>) -> Result<Answer, CallError> {
        if matches!(&answer, Err(CallError::Refused(refusal)) if refusal.code == 401) {
            self.token_refused.notify_one();
        }
        answer
    }

    /// The library writes method names with a capital; some servers know only the platform's own spelling.
    fn post(&self, method: &str) -> RequestBuilder {
        let mut url = String::with_capacity(self.base.len() + method.len());
        url.push_str(&self.base);
        let mut letters = method.chars();
        url.extend(letters.next().map(|first| first.to_ascii_lowercase()));
        url.push_str(letters.as_str());
        self.http.post(url)
    }
}

impl Answer {
    /// The result, as it was sent.
    pub(crate) fn result<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        let reply: Reply<'a> = serde_json::from_slice(&self.0).ok()?;
        serde_json::from_str(reply.result?.get()).ok()
    }

    /// The answer as it came.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The number of the message that was sent or edited.
    pub(crate) fn message_id(&self) -> Option<i64> {
        self.result::<MessageId>().map(|message| message.message_id)
    }
}

impl CallError {
    fn refused(code: u16) -> Self {
        Self::Refused(Refusal { code, retry_after: None, migrated_to: None, words: String::new() })
    }
}

impl Refusal {
    /// Whether the platform's words have these in them, in any case.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.words.to_ascii_lowercase().contains(words)
    }
}

#[derive(Deserialize)]
struct Reply<'a> {
    ok: bool,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<Parameters>,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<i64>,
    migrate_to_chat_id: Option<i64>,
}

#[derive(Deserialize)]
struct MessageId {
    message_id: i64,
}

async fn send(request: RequestBuilder) -> Result<Answer, CallError> {
    let response = match request.send().await {
        Ok(response) => response,
        // The address of the request stands in the error, and the token in the address.
        Err(error) if error.is_connect() || error.is_builder() => return Err(CallError::NotSent),
        Err(_) => return Err(CallError::Unknown),
    };
    let status = response.status();
    let (body, is_whole) = read(response).await;
    if !is_whole {
        let is_taken = status.is_success() && body.trim_ascii_start().starts_with(b"{\"ok\":true");
        return Err(if is_taken { CallError::Taken } else { CallError::Unknown });
    }
    let Ok(reply) = serde_json::from_slice::<Reply<'_>>(&body) else {
        return match status {
            // A machine on the way says no, and not the platform, which always writes JSON.
            status if status.is_client_error() => Err(CallError::NotSent),
            status if status.is_success() => Err(CallError::Garbled(body)),
            _ => Err(CallError::Unknown),
        };
    };
    if reply.ok {
        return Ok(Answer(body));
    }
    let code = reply.error_code.unwrap_or(status.as_u16());
    if code >= 500 {
        return Err(CallError::Unknown);
    }
    let parameters = reply.parameters.unwrap_or_default();
    Err(CallError::Refused(Refusal {
        code,
        retry_after: parameters.retry_after.map(|seconds| SignedDuration::from_secs(seconds.clamp(0, 86_400))),
        migrated_to: parameters.migrate_to_chat_id,
        words: reply.description.unwrap_or_default(),
    }))
}

/// The body, and whether it is whole.
async fn read(mut response: Response) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= RESPONSE_BYTES_MAX => body.extend_from_slice(&chunk),
            Ok(Some(_)) | Err(_) => return (body, false),
            Ok(None) => return (body, true),
        }
    }
}
