//! The Telegram bot as an adapter of the service.

use std::num::NonZeroU32;
use std::sync::Arc;

use futures::FutureExt;

use crate::app::exit::Failure;
use crate::app::serve::{Adapter, webhook_secret};
use crate::config::{TelegramConfig, WebhookConfig};
use crate::domain::event::Platform;
use crate::service::Service;
use crate::service::ports::Clock;
use crate::telegram::webhook::WebhookOptions;
use crate::telegram::{ApiError, Options, Stopped, Telegram, Timeouts};

/// The adapter of a bot; nothing is sent yet.
///
/// # Errors
/// [`Failure::Config`] when the API's address is none.
pub fn adapter(config: &TelegramConfig, clock: Arc<dyn Clock>) -> Result<Adapter, Failure> {
    let telegram = bot(config, clock)?;
    let messenger = telegram.messenger();
    let set_in = config.token_set_in.clone();
    let intake = |service: Service| async move { failure(telegram.run(service, rand::random()).await, set_in) }.boxed();
    Ok(Adapter { platform: Platform::Telegram, messenger, intake: Box::new(intake) })
}

/// The bot; nothing is sent yet.
///
/// # Errors
/// [`Failure::Config`] when the API's address is none.
pub fn bot(config: &TelegramConfig, clock: Arc<dyn Clock>) -> Result<Telegram, Failure> {
    let options = Options {
        token: config.token.clone(),
        api_url: config.api_url.clone(),
        messages_per_second: NonZeroU32::new(config.messages_per_second),
        webhook: config.webhook.as_ref().map(webhook),
        timeouts: Timeouts::default(),
    };
    Telegram::new(options, clock).map_err(|error| match error {
        ApiError::Address => Failure::Config(format!("[telegram] api_url: {error}")),
        ApiError::Client => Failure::Config(error.to_string()),
    })
}

fn webhook(config: &WebhookConfig) -> WebhookOptions {
    WebhookOptions { url: config.url.clone(), listen: config.listen, secret: webhook_secret(config) }
}

fn failure(stopped: Stopped, set_in: String) -> Failure {
    match stopped {
        Stopped::TokenRefused => Failure::TokenRefused { set_in },
        Stopped::SecondPoller => Failure::SecondPoller,
        Stopped::WebhookRefused => Failure::Config(
            "[telegram.webhook] url: Telegram does not take this address; it wants https on port 443, 80, 88 or 8443"
                .to_owned(),
        ),
        Stopped::Listen(error) => Failure::io("[telegram.webhook] listen: this program cannot listen there")(error),
        Stopped::Closed => Failure::LoopEnded("the service"),
    }
}
