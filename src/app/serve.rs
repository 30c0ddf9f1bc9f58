//! The service: every platform whose token is set, until the process is asked to stop.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::app::exit::Failure;
use crate::app::messengers::Messengers;
use crate::app::{
    Intake, Running, announce_stale, asked_to_stop, dialogs_dir, discord, library, open_store, settings, telegram,
};
use crate::config::{Config, WebhookConfig};
use crate::dialog::model::Library;
use crate::domain::event::Platform;
use crate::domain::secret::Secret;
use crate::service::Settings;
use crate::service::clock::SystemClock;
use crate::service::ports::{Clock, Messenger};
use crate::store::Store;

/// A platform that runs in this process.
pub struct Adapter {
    /// Which.
    pub platform: Platform,
    /// What sends there.
    pub messenger: Arc<dyn Messenger>,
    /// What takes events in from there.
    pub intake: Intake,
}

/// Random bytes of a webhook's secret.
const WEBHOOK_SECRET_BYTES: usize = 32;

/// Runs the service until SIGINT or SIGTERM.
///
/// # Errors
/// When the dialogs, the configuration, the store or a platform stand in the way, or a loop ends.
pub async fn run(config: &Config) -> Result<(), Failure> {
    let library = library::require(dialogs_dir(config))?;
    let settings = settings(config, &library)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    announce_stale(&settings.lines, clock.now());
    let adapters = adapters(config, &clock)?;
    let store = open_store(config).await?;
    serve(store, library, settings, clock, adapters, asked_to_stop()).await
}

/// Runs these adapters with writer, delivery and scheduler until `stop` resolves; then stops in order.
///
/// # Errors
/// Why a loop ended, or why the store did not close.
pub async fn serve(
    store: Store,
    library: Library,
    settings: Settings,
    clock: Arc<dyn Clock>,
    adapters: Vec<Adapter>,
    stop: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let platforms = adapters.iter().map(|adapter| adapter.platform.word()).collect::<Vec<_>>().join(", ");
    let messengers = adapters.iter().map(|adapter| (adapter.platform, Arc::clone(&adapter.messenger)));
    let messengers = Arc::new(Messengers::new(messengers));
    let mut running = Running::start(store, library, settings, clock, messengers);
    for adapter in adapters {
        running.run_intake(adapter.intake);
    }
    running.run_scheduler();
    tracing::info!(platforms, "The service runs.");
    let ended = tokio::select! {
        failure = running.loop_ended() => Err(failure),
        () = stop => Ok(()),
    };
    tracing::info!("The service stops.");
    let stopped = running.stop().await;
    ended.and(stopped)
}

/// The secret that Telegram must send along with each call: the host's, or one for this run.
pub fn webhook_secret(webhook: &WebhookConfig) -> Secret {
    webhook.secret.clone().unwrap_or_else(|| {
        let bytes = Zeroizing::new(rand::random::<[u8; WEBHOOK_SECRET_BYTES]>());
        Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()))
    })
}

/// The adapters of the platforms whose token is set.
fn adapters(config: &Config, clock: &Arc<dyn Clock>) -> Result<Vec<Adapter>, Failure> {
    let telegram = config.telegram.iter().map(|telegram| telegram::adapter(telegram, Arc::clone(clock)));
    let discord = config.discord.iter().map(|config| discord::adapter(config, Arc::clone(clock)));
    telegram.chain(discord).collect()
}
