//! Telegram as a platform: its updates become events, and what the service says becomes its messages and keyboards.
//!
//! | module | what it does |
//! |---|---|
//! | [`wire`] | updates as events, views as HTML and keyboards; pure |
//! | `api` | one HTTP request, and the few ways in which it can end |
//! | `polling` | asks for updates; the offset moves after the commit |
//! | [`webhook`] | is called with updates; answers after the commit |
//! | `intake` | one update on its way to the service; presses are answered within a second |
//! | `albums` | which albums have begun, so that one is answered once |
//! | `groups` | what is meant for the bot in a group |
//! | [`messenger`] | one item as one or a few requests, and its outcome |
//! | `limiter` | how fast the bot may send |
//! | `menu` | the commands and descriptions that the platform shows |

mod albums;
mod api;
mod files;
mod groups;
mod intake;
mod limiter;
mod menu;
pub mod messenger;
mod polling;
mod remove;
pub mod shape;
pub mod webhook;
pub mod wire;

use std::num::NonZeroU32;
use std::sync::Arc;

use teloxide_core::payloads::GetMe;

use crate::domain::secret::Secret;
use crate::service::Service;
use crate::service::asides::asides;
use crate::service::ports::Clock;
use crate::telegram::api::{Api, CallError};
pub use crate::telegram::api::{ApiError, Timeouts};
use crate::telegram::groups::Groups;
use crate::telegram::intake::Intake;
use crate::telegram::limiter::Limiter;
use crate::telegram::messenger::TelegramMessenger;
use crate::telegram::polling::Polling;
use crate::telegram::webhook::WebhookOptions;

/// What the host decides.
#[derive(Clone, Debug)]
pub struct Options {
    /// The bot's token.
    pub token: Secret,
    /// Where the Bot API is, such as `https://api.telegram.org`.
    pub api_url: String,
    /// Messages sent in a second at most; `None` for a server that sets no limits, which also lifts those of a chat.
    pub messages_per_second: Option<NonZeroU32>,
    /// How the platform calls; `None` to ask it.
    pub webhook: Option<WebhookOptions>,
    /// How long the network may take.
    pub timeouts: Timeouts,
}

/// The bot on Telegram: its messenger, and its loop once [`Telegram::run`] is called.
pub struct Telegram {
    api: Arc<Api>,
    clock: Arc<dyn Clock>,
    messenger: Arc<TelegramMessenger>,
    webhook: Option<WebhookOptions>,
}

/// Why the loop ended, by who must act.
#[derive(Debug)]
pub enum Stopped {
    /// The host: the platform does not know the token.
    TokenRefused,
    /// The host: another program asks for the updates of the same bot.
    SecondPoller,
    /// The host: the platform does not take the webhook's address.
    WebhookRefused,
    /// The host: this program cannot listen for the platform's calls.
    Listen(std::io::Error),
    /// Nobody: the service has ended, and knows why.
    Closed,
}

impl Telegram {
    /// Prepares everything; nothing is sent yet.
    ///
    /// # Errors
    /// [`ApiError`] when the API's address is none.
    pub fn new(options: Options, clock: Arc<dyn Clock>) -> Result<Self, ApiError> {
        let api = Arc::new(Api::new(&options.token, &options.api_url, options.timeouts)?);
        let limiter = Limiter::new(Arc::clone(&clock), options.messages_per_second);
        let messenger = Arc::new(TelegramMessenger::new(Arc::clone(&api), limiter));
        Ok(Self { api, clock, messenger, webhook: options.webhook })
    }

    /// What sends.
    pub fn messenger(&self) -> Arc<TelegramMessenger> {
        Arc::clone(&self.messenger)
    }

    /// Whether the platform knows the token; `None` when it does not answer.
    pub async fn knows_token(&self) -> Option<bool> {
        knows_token(&self.api).await
    }

    /// Takes updates in until the process ends or may not go on. `chance` spreads the waits after failures.
    pub async fn run(self, service: Service, chance: u64) -> Stopped {
        let Self { api, clock, messenger: _, webhook } = self;
        let (asides, asides_loop) = asides();
        let groups = Arc::new(Groups::new(Arc::clone(&api)));
        let intake = Intake {
            service,
            api: Arc::clone(&api),
            groups,
            albums: Arc::default(),
            clock: Arc::clone(&clock),
            asides,
        };
        let updates = async {
            match webhook {
                Some(options) => webhook::run(intake, options).await,
                None => Polling::new(intake, chance).run().await,
            }
        };
        let shown = async {
            menu::run(Arc::clone(&api), clock).await;
            std::future::pending().await
        };
        let beside = async {
            asides_loop.run().await;
            std::future::pending().await
        };
        tokio::select! {
            stopped = updates => stopped,
            () = token_refused(&api) => Stopped::TokenRefused,
            stopped = beside => stopped,
            stopped = shown => stopped,
        }
    }
}

async fn knows_token(api: &Api) -> Option<bool> {
    match api.call(&GetMe::new()).await {
        Ok(_) => Some(true),
        Err(CallError::Refused(refusal)) => (matches!(refusal.code, 401 | 404)).then_some(false),
        Err(CallError::NotSent | CallError::Unknown | CallError::Taken | CallError::Garbled(_)) => None,
    }
}

/// Resolves when some call is refused for its token, and so is the one that asks for nothing else.
async fn token_refused(api: &Api) {
    loop {
        api.token_refused().await;
        if knows_token(api).await == Some(false) {
            return;
        }
    }
}
