//! Wiring: the parts are built here and every loop runs in one set; the first that ends, ends the process.

pub mod backup;
pub mod bench;
pub mod chat;
pub mod discord;
pub mod doctor;
pub mod exit;
mod ledger;
pub mod library;
pub mod memory;
pub mod messengers;
pub mod serve;
pub mod telegram;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::app::exit::Failure;
use crate::config::Config;
use crate::dialog::model::Library;
use crate::domain::consent::Wordings;
use crate::domain::occasion::OCCASIONS;
use crate::domain::zone::tz;
use crate::service::lines::Lines;
use crate::service::ports::{Clock, Messenger};
use crate::service::{Host, Parts, Service, Settings};
use crate::store::{Options, Store};

/// How long an orderly stop waits for what is on its way.
const STOP_TIMEOUT: Duration = Duration::from_secs(8);

/// A loop that takes events in from a platform. It ends only when it cannot go on, with the reason; it may be dropped
/// at any await, so it acknowledges nothing to the platform before [`Service::handle`] has answered.
pub type Intake = Box<dyn FnOnce(Service) -> BoxFuture<'static, Failure> + Send>;

/// The running house: the service and its loops.
pub struct Running {
    /// The way in.
    pub service: Service,
    loops: JoinSet<Failure>,
    intakes: JoinSet<Failure>,
    store: Arc<Store>,
}

impl Running {
    /// Starts the writer and the delivery. The scheduler is the caller's: see [`Self::run_scheduler`].
    pub fn start(
        store: Store,
        library: Library,
        settings: Settings,
        clock: Arc<dyn Clock>,
        messenger: Arc<dyn Messenger>,
    ) -> Self {
        let store = Arc::new(store);
        let parts = Parts {
            store: Arc::clone(&store),
            library: Arc::new(library),
            clock,
            messenger,
            settings,
            chance: Box::new(rand::random),
        };
        let (service, writer, delivery) = Service::build(parts);
        let mut loops = JoinSet::new();
        loops.spawn(async move { ended(writer.run().await.map_err(Failure::from), "the writer") });
        loops.spawn(async move { ended(delivery.run().await.map_err(Failure::from), "the delivery") });
        Self { service, loops, intakes: JoinSet::new(), store }
    }

    /// The store, for readers.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Starts the scheduler, which fires what is due as the clock runs.
    pub fn run_scheduler(&mut self) {
        let service = self.service.clone();
        self.loops.spawn(async move { ended(service.run_scheduler().await.map_err(Failure::from), "the scheduler") });
    }

    /// Starts to take events in from a platform.
    pub fn run_intake(&mut self, intake: Intake) {
        self.intakes.spawn(intake(self.service.clone()));
    }

    /// Resolves when a loop has ended, which none should.
    pub async fn loop_ended(&mut self) -> Failure {
        let ended = tokio::select! {
            // An intake that ends because the writer did: the writer knows why.
            biased;
            Some(ended) = self.loops.join_next() => ended,
            Some(ended) = self.intakes.join_next() => ended,
            else => return Failure::LoopEnded("a loop"),
        };
        ended.unwrap_or(Failure::LoopEnded("a loop"))
    }

    /// Stops in order: nothing more is taken in, what is on its way arrives, the loops end, the store closes.
    ///
    /// # Errors
    /// When the store does not close cleanly; the data is committed all the same.
    pub async fn stop(mut self) -> Result<(), Failure> {
        self.intakes.shutdown().await;
        // What is still on its way after this is sent at the next start.
        let _ = tokio::time::timeout(STOP_TIMEOUT, self.service.settle()).await;
        self.loops.shutdown().await;
        let _ = tokio::time::timeout(STOP_TIMEOUT, self.service.rest()).await;
        drop(self.service);
        if let Some(store) = Arc::into_inner(self.store) {
            store.close().await?;
        }
        Ok(())
    }
}

/// Opens the store that the configuration names.
///
/// # Errors
/// See [`crate::store::OpenError`].
pub async fn open_store(config: &Config) -> Result<Store, Failure> {
    Ok(Store::open(store_options(config)).await?)
}

/// Where the configuration says that the data lies.
pub fn store_options(config: &Config) -> Options {
    let mut options = Options::new(config.store.data_dir.clone(), config.store.master_key.clone());
    options.forget_ledger = config.store.forget_ledger.clone();
    options
}

/// What the host decided about the conversation, checked against the dialogs there are.
///
/// # Errors
/// [`Failure::Config`] when a dialog or a zone does not exist, [`Failure::Problems`] when a safety pack cannot be read.
pub fn settings(config: &Config, dialogs: &Library) -> Result<Settings, Failure> {
    let bot = &config.bot;
    for (occasion, key, _) in OCCASIONS {
        let dialog = bot.dialogs.of(*occasion);
        if dialogs.dialog(dialog).is_none() {
            let known = dialogs.dialogs.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(Failure::Config(format!(
                "[bot] {key} names the dialog \"{dialog}\", which does not exist; there are: {known}"
            )));
        }
    }
    let zone =
        tz(&bot.zone).ok_or_else(|| Failure::Config(format!("[bot] zone \"{}\" is no IANA time zone", bot.zone)))?;
    Ok(Settings {
        bot_name: bot.name.clone(),
        dialogs: bot.dialogs.clone(),
        lines: Arc::new(Lines::new(library::helplines(dialogs_dir(config))?)),
        prompts: Arc::new(library::prompts(dialogs_dir(config))?),
        screen: Arc::new(library::require_screen(dialogs_dir(config))?),
        idle_months: config.store.idle_months,
        wordings: Wordings::CURRENT,
        host: Host { contact: config.host.contact.clone(), country: config.host.country.clone() },
        quiet: bot.quiet,
        zone,
        language: bot.language,
        commit_each_turn: false,
    })
}

/// Says in the log which helplines are out of date.
pub fn announce_stale(lines: &Lines, now: Timestamp) {
    for stale in lines.stale(now) {
        tracing::warn!(
            country = stale.country,
            line = stale.line,
            expired = %stale.expires,
            source = stale.source,
            "A helpline was not verified for too long; people are told so until helplines.toml has a newer day."
        );
    }
}

/// The directory that overrides the shipped dialogs, if the configuration names one.
pub fn dialogs_dir(config: &Config) -> Option<&Path> {
    config.dialogs.dir.as_deref()
}

/// Resolves when the process is asked to stop by a signal.
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        () = interrupted => {}
    }
}

fn ended(result: Result<(), Failure>, what: &'static str) -> Failure {
    match result {
        Ok(()) => Failure::LoopEnded(what),
        Err(failure) => failure,
    }
}
