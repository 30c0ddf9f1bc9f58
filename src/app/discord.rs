//! The Discord bot as an adapter of the service.

use std::num::NonZeroU32;
use std::sync::Arc;

use futures::FutureExt;

use crate::app::exit::Failure;
use crate::app::serve::Adapter;
use crate::config::DiscordConfig;
use crate::discord::{ApiError, Discord, Options, Stopped, Timeouts};
use crate::domain::event::Platform;
use crate::service::Service;
use crate::service::ports::Clock;

/// The adapter of a bot; nothing is sent yet.
///
/// # Errors
/// [`Failure::Config`] when the API's address or the token is none.
pub fn adapter(config: &DiscordConfig, clock: Arc<dyn Clock>) -> Result<Adapter, Failure> {
    let discord = bot(config, clock)?;
    let messenger = discord.messenger();
    let set_in = config.token_set_in.clone();
    let intake = |service: Service| async move { failure(discord.run(service, rand::random()).await, set_in) }.boxed();
    Ok(Adapter { platform: Platform::Discord, messenger, intake: Box::new(intake) })
}

/// The bot; nothing is sent yet.
///
/// # Errors
/// [`Failure::Config`] when the API's address or the token is none.
pub fn bot(config: &DiscordConfig, clock: Arc<dyn Clock>) -> Result<Discord, Failure> {
    let options = Options {
        token: config.token.clone(),
        api_url: config.api_url.clone(),
        requests_per_second: NonZeroU32::new(config.requests_per_second),
        timeouts: Timeouts::default(),
    };
    Discord::new(options, clock).map_err(|error| match error {
        ApiError::Address => Failure::Config(format!("[discord] api_url: {error}")),
        ApiError::Token => Failure::Config(format!("[discord] token: {error}")),
        ApiError::Client => Failure::Config(error.to_string()),
    })
}

fn failure(stopped: Stopped, set_in: String) -> Failure {
    match stopped {
        Stopped::TokenRefused => Failure::DiscordTokenRefused { set_in },
        Stopped::IntentRefused => Failure::Config(
            "Discord does not let the bot hear private messages (intent DIRECT_MESSAGES), which needs no leave and no box to \
             tick: look at the bot on https://discord.com/developers/applications"
                .to_owned(),
        ),
        Stopped::TooLarge => Failure::Config(
            "the bot is in so many Discord servers that it needs more than one connection, which this program does not \
             make; people can also add it to their own account only"
                .to_owned(),
        ),
        Stopped::TooOld => Failure::Config(
            "Discord does not speak version 10 of its API any more: take a newer release of this program".to_owned(),
        ),
        Stopped::FewSessionsLeft { remaining, minutes } => Failure::DiscordSessions { remaining, minutes },
        Stopped::Silent => Failure::DiscordSilent,
        Stopped::Closed => Failure::LoopEnded("the service"),
        Stopped::Store(error) => Failure::Store(error),
    }
}
