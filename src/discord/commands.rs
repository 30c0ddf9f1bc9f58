//! The slash commands that the platform shows. They are set only when the table is another one than it was told last:
//! the platform allows 200 a day to be made.
//! <https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands>

use std::sync::Arc;

use jiff::SignedDuration;

use crate::discord::api::{Api, Body, CallError};
use crate::discord::interactions::Answers;
use crate::discord::route::Route;
use crate::discord::wire::commands;
use crate::service::ports::{Class, Clock};
use crate::service::{Service, ServiceError};
use crate::store::{Batch, StoreError};

/// Under which name the store keeps what the platform was told: the application and the table's hash.
const NAME: &str = "discord_commands";
/// How long to wait after a failure. Nothing waits for this.
const RETRY: SignedDuration = SignedDuration::from_mins(1);
/// How often it is tried in one run of the program.
const TRIES_MAX: u32 = 60;

/// Brings what the platform shows up to date; gives up quietly when it is refused.
///
/// # Errors
/// When the store cannot be read or written.
pub(crate) async fn run(
    api: Arc<Api>,
    answers: Arc<Answers>,
    service: Service,
    clock: Arc<dyn Clock>,
) -> Result<(), ServiceError> {
    for _ in 0..TRIES_MAX {
        let wait = match answers.application().await {
            None => RETRY,
            Some(application) => {
                let wanted = format!("{application} {}", commands::hash());
                if service.store().meta_text(NAME).await?.as_deref() == Some(&wanted) {
                    return Ok(());
                }
                let route = Route::PutCommands { application };
                match api.call(&route, Body::json(&commands::body()), Class::Nudge).await {
                    Ok(_) | Err(CallError::Taken) => return keep(&service, wanted).await,
                    Err(CallError::Refused(refusal)) if refusal.retry_after.is_none() => {
                        tracing::warn!(
                            status = refusal.status,
                            code = refusal.code,
                            "Discord does not take the list of commands; the bot works without."
                        );
                        return Ok(());
                    }
                    Err(CallError::Refused(refusal)) => refusal.retry_after.unwrap_or(RETRY),
                    Err(CallError::NotSent | CallError::Unknown) => RETRY,
                }
            }
        };
        clock.pass(wait).await;
    }
    Ok(())
}

async fn keep(service: &Service, wanted: String) -> Result<(), ServiceError> {
    match service.store().commit(Batch { meta: vec![(NAME, wanted)], ..Batch::default() }).await {
        // Without room they are set again at the next start.
        Ok(()) | Err(StoreError::Full | StoreError::Busy) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
