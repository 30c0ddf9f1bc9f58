//! The platform's HTTP API: one request, one of four endings. Neither the token nor what people wrote gets into an
//! error or a log, and no address does: those of interactions have a secret inside.
//! <https://docs.discord.com/developers/reference#http-api>

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::multipart::Form;
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;

use crate::discord::rates::{Rates, Ticket, Told};
use crate::discord::route::{Limit, Route};
use crate::domain::limits::{CONNECTIONS_IDLE_MAX, RESPONSE_BYTES_MAX};
use crate::domain::secret::Secret;
use crate::service::ports::{Class, Clock};

/// How long the network may take, in real time.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For a connection to open.
    pub connect: Duration,
    /// For a request until its answer is read.
    pub call: Duration,
    /// For a file.
    pub upload: Duration,
    /// For a sign of life of the gateway, which answers a heartbeat every 41 seconds.
    pub silence: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(5), call: seconds(20), upload: seconds(120), silence: seconds(120) }
    }
}

/// The way to the platform.
pub(crate) struct Api {
    pub timeouts: Timeouts,
    http: reqwest::Client,
    /// Ends with `/api/v10`.
    base: Url,
    authorization: HeaderValue,
    rates: Rates,
    /// Rings when the platform does not know the token any more.
    token_refused: Notify,
}

/// What can be wrong with the way to the platform before anything is sent.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The host: the address of the API is no web address.
    #[error("the address of the Discord API is no web address")]
    Address,
    /// The host: the token cannot stand in a header.
    #[error("the token has characters that no token has")]
    Token,
    /// The machine: no client can be made, for example without random numbers.
    #[error("no HTTP client can be made on this machine")]
    Client,
}

/// Why a call brought no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallError {
    /// Nothing reached the platform.
    NotSent,
    /// The request was written; whether it was taken is not known.
    Unknown,
    /// It was taken, and the rest of the answer is lost.
    Taken,
    /// The platform says no.
    Refused(Refusal),
}

/// The platform's no. Its words are not kept: they may quote what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// As in HTTP.
    pub status: u16,
    /// The platform's own code, such as 50007; 0 when it tells none.
    /// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json>
    pub code: u32,
    /// When to try again.
    pub retry_after: Option<SignedDuration>,
}

/// The answer to one call. It may quote what people wrote, so it has no `Debug`.
pub(crate) struct Answer(Vec<u8>);

/// What a request carries.
pub(crate) enum Body {
    Nothing,
    Json(Vec<u8>),
    Form(Form),
}

impl Api {
    pub(crate) fn new(
        token: &Secret,
        url: &str,
        per_second: Option<NonZeroU32>,
        timeouts: Timeouts,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ApiError> {
        let base = Url::parse(&format!("{}/api/v10", url.trim_end_matches('/'))).map_err(|_| ApiError::Address)?;
        let is_here = matches!(base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let mut authorization =
            HeaderValue::from_str(&format!("Bot {}", token.expose())).map_err(|_| ApiError::Token)?;
        authorization.set_sensitive(true);
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("DiscordBot (mendwell, ", env!("CARGO_PKG_VERSION"), ")"))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeouts.connect)
            .pool_max_idle_per_host(CONNECTIONS_IDLE_MAX)
            .tcp_nodelay(true);
        if is_here {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|_| ApiError::Client)?;
        let rates = Rates::new(clock, per_second);
        Ok(Self { timeouts, http, base, authorization, rates, token_refused: Notify::new() })
    }

    /// Makes one request, once its time has come.
    pub(crate) async fn call(&self, route: &Route<'_>, body: Body, class: Class) -> Result<Answer, CallError> {
        let mut ticket = match route.limit() {
            Limit::Lane(lane) => Some(self.rates.enter(lane, class).await.map_err(CallError::later)?),
            Limit::Own => {
                self.rates.not_still().map_err(CallError::later)?;
                None
            }
        };
        let mut request = self.http.request(route.method(), route.url(&self.base)).timeout(self.timeouts.call);
        if route.wants_token() {
            request = request.header(AUTHORIZATION, self.authorization.clone());
        }
        let request = match body {
            Body::Nothing => request,
            Body::Json(json) => request.header(CONTENT_TYPE, "application/json").body(json),
            Body::Form(form) => request.multipart(form).timeout(self.timeouts.upload),
        };
        self.send(request, ticket.as_mut(), route.wants_token()).await
    }

    /// Resolves when the platform does not know the token.
    pub(crate) async fn token_refused(&self) {
        self.token_refused.notified().await;
    }

    async fn send(
        &self,
        request: RequestBuilder,
        mut ticket: Option<&mut Ticket<'_>>,
        has_token: bool,
    ) -> Result<Answer, CallError> {
        let response = match request.send().await {
            Ok(response) => response,
            // The address of the request stands in the error.
            Err(error) if error.is_connect() || error.is_builder() => return Err(CallError::NotSent),
            Err(_) => return Err(CallError::Unknown),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        if let (Some(ticket), Some(told)) = (&mut ticket, told(&headers)) {
            ticket.told(&told);
        }
        let (body, is_whole) = read(response).await;
        match status {
            // Whatever the answer says, it was taken.
            status if status.is_success() && is_whole => Ok(Answer(body)),
            status if status.is_success() => Err(CallError::Taken),
            status if status.is_client_error() => {
                Err(CallError::Refused(self.refused(status, &headers, &body, ticket, has_token)))
            }
            status if status.is_server_error() => Err(CallError::Unknown),
            // A machine on the way leads elsewhere: the platform's API never does.
            _ => Err(CallError::NotSent),
        }
    }

    fn refused(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        ticket: Option<&mut Ticket<'_>>,
        has_token: bool,
    ) -> Refusal {
        let reply = serde_json::from_slice::<Reply>(body).ok();
        let is_platform = reply.is_some();
        let reply = reply.unwrap_or_default();
        let mut refusal = Refusal { status: status.as_u16(), code: reply.code.unwrap_or_default(), retry_after: None };
        let scope = text(headers, "x-ratelimit-scope");
        if matches!(refusal.status, 401 | 403 | 429) && scope != Some("shared") {
            self.rates.refused();
        }
        match refusal.status {
            429 => {
                let told = reply.retry_after.or_else(|| text(headers, RETRY_AFTER.as_str())?.parse().ok());
                let wait = seconds(told.unwrap_or(WAIT_DEFAULT_S));
                refusal.retry_after = Some(wait);
                // Without the platform's JSON it is the machine before it, which shuts the whole address out.
                let is_global = reply.global || scope == Some("global") || headers.contains_key("x-ratelimit-global");
                match ticket {
                    Some(ticket) if is_platform && !is_global => ticket.wait(wait),
                    Some(_) => self.rates.hold_all(wait),
                    None if is_platform => {}
                    None => self.rates.hold_all(wait),
                }
            }
            401 if has_token && is_platform => self.token_refused.notify_one(),
            _ => {}
        }
        refusal
    }
}

/// How long to wait when the platform says to wait and not how long, in seconds.
const WAIT_DEFAULT_S: f64 = 5.0;

impl Answer {
    /// The result, if it has this form.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.0).ok()
    }

    /// The answer as it came.
    pub(crate) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The id of what was made or changed.
    pub(crate) fn id(&self) -> Option<String> {
        self.json::<Id>().map(|made| made.id)
    }
}

impl Body {
    /// As JSON.
    pub(crate) fn json(value: &serde_json::Value) -> Self {
        Self::Json(value.to_string().into_bytes())
    }
}

impl CallError {
    /// It was not tried, because its time comes too late.
    fn later(wait: SignedDuration) -> Self {
        Self::Refused(Refusal { status: 429, code: 0, retry_after: Some(wait) })
    }
}

#[derive(Default, Deserialize)]
struct Reply {
    code: Option<u32>,
    #[serde(default)]
    global: bool,
    retry_after: Option<f64>,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

fn told(headers: &HeaderMap) -> Option<Told> {
    let number = |name: &str| text(headers, name)?.parse::<i64>().ok();
    Some(Told {
        bucket: text(headers, "x-ratelimit-bucket")?.to_owned(),
        limit: number("x-ratelimit-limit")?,
        remaining: number("x-ratelimit-remaining")?,
        reset_after: seconds(text(headers, "x-ratelimit-reset-after")?.parse().ok()?),
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Not less than was told, and at most a day.
fn seconds(told: f64) -> SignedDuration {
    SignedDuration::try_from_secs_f64(told.clamp(0.0, 86_400.0)).unwrap_or(SignedDuration::from_secs(86_400))
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
