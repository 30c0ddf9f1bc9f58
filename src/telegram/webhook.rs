//! Being called by the platform, as an alternative to asking it. A call is answered after its commit, so that the
//! platform keeps what a kill would lose. <https://core.telegram.org/bots/api#setwebhook>

use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use jiff::SignedDuration;
use reqwest::Url;
use subtle::ConstantTimeEq;
use teloxide_core::payloads::SetWebhook;
use teloxide_core::payloads::setters::*;
use teloxide_core::types::AllowedUpdate;
use tokio::net::TcpListener;

use crate::domain::limits::INPUT_BYTES_MAX;
use crate::domain::secret::Secret;
use crate::telegram::Stopped;
use crate::telegram::api::CallError;
use crate::telegram::intake::Intake;
use crate::telegram::wire::incoming::{self, Update};

/// The header in which the platform sends the secret.
const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";
/// How long to wait before the webhook is set again after a failure.
const RETRY: SignedDuration = SignedDuration::from_secs(5);

/// How the platform calls.
#[derive(Clone, Debug)]
pub struct WebhookOptions {
    /// The address that the platform calls.
    pub url: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// What the platform sends along: 1 to 256 characters of `A-Z`, `a-z`, `0-9`, `_` and `-`.
    pub secret: Secret,
}

#[derive(Clone)]
struct Desk {
    intake: Intake,
    secret: Secret,
}

/// Listens, and tells the platform where. Runs until the process ends or may not go on.
pub(crate) async fn run(intake: Intake, options: WebhookOptions) -> Stopped {
    let listener = match TcpListener::bind(options.listen).await {
        Ok(listener) => listener,
        Err(error) => return Stopped::Listen(error),
    };
    let desk = Desk { intake: intake.clone(), secret: options.secret.clone() };
    let app = Router::new().fallback(post(called)).layer(DefaultBodyLimit::max(INPUT_BYTES_MAX)).with_state(desk);
    let listening = async { axum::serve(listener, app).await };
    let setting = async {
        match set(&intake, &options).await {
            Ok(()) => std::future::pending().await,
            Err(stopped) => stopped,
        }
    };
    tokio::select! {
        ended = listening => ended.map_or_else(Stopped::Listen, |()| Stopped::Closed),
        stopped = setting => stopped,
    }
}

async fn set(intake: &Intake, options: &WebhookOptions) -> Result<(), Stopped> {
    let Ok(url) = Url::parse(&options.url) else { return Err(Stopped::WebhookRefused) };
    let kinds = [
        AllowedUpdate::Message,
        AllowedUpdate::EditedMessage,
        AllowedUpdate::CallbackQuery,
        AllowedUpdate::MyChatMember,
        AllowedUpdate::ChatMember,
    ];
    let request = SetWebhook::new(url).allowed_updates(kinds).secret_token(options.secret.expose());
    let mut told = false;
    loop {
        let wait = match intake.api.call(&request).await {
            Ok(_) | Err(CallError::Taken) => return Ok(()),
            Err(CallError::Refused(refusal)) => match refusal.code {
                401 | 404 => return Err(Stopped::TokenRefused),
                400 => return Err(Stopped::WebhookRefused),
                _ => refusal.retry_after.unwrap_or(RETRY),
            },
            Err(CallError::NotSent | CallError::Unknown | CallError::Garbled(_)) => RETRY,
        };
        if !told {
            told = true;
            tracing::warn!("Telegram does not take the webhook yet; it is told again until it does.");
        }
        intake.clock.pass(wait).await;
    }
}

/// One call: one update. Whatever cannot be read is taken all the same, because it would only come again.
async fn called(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let shown = headers.get(SECRET_HEADER).map(|secret| secret.as_bytes()).unwrap_or_default();
    if !bool::from(shown.ct_eq(desk.secret.expose().as_bytes())) {
        return StatusCode::UNAUTHORIZED;
    }
    let now = desk.intake.clock.now();
    let read = std::str::from_utf8(&body).map_or_else(|_| Update::unreadable(), |raw| incoming::read(raw, now));
    let update = if read.id.is_some() { read } else { incoming::salvage(&body, now).unwrap_or(read) };
    let taken = async { desk.intake.take(update).await?.await };
    match taken.await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
