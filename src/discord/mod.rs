//! Discord as a platform: what its gateway tells becomes events, and what the service says becomes its messages, buttons
//! and lists.
//!
//! | module | what it does |
//! |---|---|
//! | [`wire`] | dispatches as events, views as Markdown and components; pure |
//! | `api` | one HTTP request, and the few ways in which it can end |
//! | `route` | the few requests that the bot makes |
//! | `rates` | how fast requests may go |
//! | `refusals` | how often the platform refused |
//! | `gateway` | a connection on which events come in order |
//! | `budget` | how often a session may begin |
//! | `session` | where a session stands, over restarts |
//! | `listening` | connections one after the other, and their events |
//! | `intake` | one event on its way to the service |
//! | `interactions` | answers to presses and slash commands, in time |
//! | `catchup` | what was written while nobody listened |
//! | [`messenger`] | one item as one or a few requests, and its outcome |
//! | `space` | messages to a server |
//! | `files` | pictures and documents |
//! | `commands` | the slash commands that the platform shows |

mod api;
mod budget;
mod catchup;
mod commands;
mod files;
mod gateway;
mod intake;
mod interactions;
mod listening;
pub mod messenger;
mod named;
mod rates;
mod refusals;
mod remove;
mod route;
mod session;
pub mod shape;
mod space;
pub mod wire;

use std::num::NonZeroU32;
use std::sync::Arc;

use crate::discord::api::Api;
pub use crate::discord::api::{ApiError, Timeouts};
use crate::discord::catchup::CatchUp;
use crate::discord::intake::Intake;
use crate::discord::interactions::Answers;
use crate::discord::listening::Listening;
use crate::discord::messenger::DiscordMessenger;
use crate::domain::secret::Secret;
use crate::service::asides::asides;
use crate::service::ports::{Class, Clock};
use crate::service::{Service, ServiceError};
use crate::store::StoreError;

/// What the host decides.
#[derive(Clone, Debug)]
pub struct Options {
    /// The bot's token.
    pub token: Secret,
    /// Where the API is, such as `https://discord.com`, without `/api/v10`.
    pub api_url: String,
    /// Requests made in a second at most; `None` for a server that sets no limits, whose buckets are passed over too.
    pub requests_per_second: Option<NonZeroU32>,
    /// How long the network may take.
    pub timeouts: Timeouts,
}

/// The bot on Discord: its messenger, and its loop once [`Discord::run`] is called.
pub struct Discord {
    api: Arc<Api>,
    token: Secret,
    clock: Arc<dyn Clock>,
    messenger: Arc<DiscordMessenger>,
}

/// Why the loop ended, by who must act.
#[derive(Debug)]
pub enum Stopped {
    /// The host: the platform does not know the token.
    TokenRefused,
    /// The host: the platform does not let the bot hear private messages.
    IntentRefused,
    /// The host: the bot is in so many servers that the platform wants more than one connection.
    TooLarge,
    /// The host: the platform does not speak this program's version of its API any more.
    TooOld,
    /// The host: the platform allows hardly any new session today, and resets the token of a bot that wants more.
    FewSessionsLeft {
        /// How many.
        remaining: u64,
        /// When there are more, in minutes.
        minutes: u64,
    },
    /// Nobody: nothing was heard for longer than the platform is ever silent; the program is to be started again.
    Silent,
    /// Nobody: the service has ended, and knows why.
    Closed,
    /// The host: the store could not be read or written.
    Store(StoreError),
}

impl Discord {
    /// Prepares everything; nothing is sent yet.
    ///
    /// # Errors
    /// [`ApiError`] when the API's address or the token is none.
    pub fn new(options: Options, clock: Arc<dyn Clock>) -> Result<Self, ApiError> {
        let Options { token, api_url, requests_per_second, timeouts } = options;
        let api = Arc::new(Api::new(&token, &api_url, requests_per_second, timeouts, Arc::clone(&clock))?);
        let messenger = Arc::new(DiscordMessenger::new(Arc::clone(&api), Arc::clone(&clock)));
        Ok(Self { api, token, clock, messenger })
    }

    /// What sends.
    pub fn messenger(&self) -> Arc<DiscordMessenger> {
        Arc::clone(&self.messenger)
    }

    /// Whether the platform knows the token; `None` when it does not answer.
    pub async fn knows_token(&self) -> Option<bool> {
        match self.api.call(&route::Route::Application, api::Body::Nothing, Class::Reply).await {
            Ok(_) => Some(true),
            Err(api::CallError::Refused(refusal)) => (refusal.status == 401).then_some(false),
            Err(api::CallError::NotSent | api::CallError::Unknown | api::CallError::Taken) => None,
        }
    }

    /// Takes events in until the process ends or may not go on. `chance` spreads the waits after failures.
    pub async fn run(self, service: Service, chance: u64) -> Stopped {
        let Self { api, token, clock, .. } = self;
        let (asides, asides_loop) = asides();
        let answers = Arc::new(Answers::new(Arc::clone(&api), Arc::clone(&clock)));
        let missed = Arc::new(CatchUp::new(service.clone(), Arc::clone(&api), Arc::clone(&clock)));
        let intake = Intake {
            service: service.clone(),
            api: Arc::clone(&api),
            clock: Arc::clone(&clock),
            asides,
            answers: Arc::clone(&answers),
            missed: Arc::clone(&missed),
        };
        let listening = Listening { intake, token, chance, failed: 0 };
        let commands = commands::run(Arc::clone(&api), answers, service, clock);
        tokio::select! {
            stopped = listening.run() => stopped,
            stopped = beside(async { missed.run().await }) => stopped,
            stopped = beside(commands) => stopped,
            stopped = beside(async { asides_loop.run().await; Ok(()) }) => stopped,
            () = api.token_refused() => Stopped::TokenRefused,
        }
    }
}

/// Something that may be done without the rest ending, and ends it only when it fails.
async fn beside(work: impl Future<Output = Result<(), ServiceError>>) -> Stopped {
    match work.await {
        Ok(()) => std::future::pending().await,
        Err(error) => error.into(),
    }
}
