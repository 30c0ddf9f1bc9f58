//! One write path for every event; delivery, scheduling, and the ports to the world outside.
//!
//! Adapters call [`Service::handle`] and get their answer after the commit. Three loops do the rest: the
//! [`writer::Writer`] (the only one that writes), [`delivery::DeliveryLoop`] and [`scheduler`]'s `run`.

pub(crate) mod asides;
mod batch;
pub mod clock;
pub mod delivery;
mod export;
mod flight;
mod forgetting;
mod ladder;
pub mod lines;
mod orders;
pub(crate) mod pace;
mod person;
mod pin;
pub mod ports;
mod progress;
mod quarantine;
pub mod scheduler;
mod turn;
mod vigil;
mod wake;
pub mod writer;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::dialog::model::Library;
use crate::dialog::prompts::Prompts;
use crate::dialog::session::Session;
use crate::domain::consent::Wordings;
use crate::domain::event::{Event, Platform};
use crate::domain::language::Language;
use crate::domain::limits::QUEUE_EVENTS_MAX;
use crate::domain::message::{RichText, Tap};
use crate::domain::occasion::Dialogs;
use crate::domain::recurrence::QuietHours;
use crate::domain::space::Named;
use crate::safety::screen::Screen;
use crate::service::delivery::{DeliveryLoop, Traffic};
use crate::service::lines::Lines;
use crate::service::pin::PinDesk;
use crate::service::ports::{Clock, Messenger};
use crate::service::vigil::{Asker, Vigil};
use crate::service::wake::Wake;
use crate::service::writer::{Work, Writer};
use crate::store::{PersonState, Store, StoreError};

/// What the host decides about the conversation.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The bot's own name.
    pub bot_name: String,
    /// The dialog of each occasion.
    pub dialogs: Dialogs,
    /// Whom people can reach.
    pub lines: Arc<Lines>,
    /// What reads every text for danger.
    pub screen: Arc<Screen>,
    /// After how many months without a word somebody is told, and a month later forgotten.
    pub idle_months: u32,
    /// The wordings of consents that hold.
    pub wordings: Wordings,
    /// Who runs the bot.
    pub host: Host,
    /// Questions for groups.
    pub prompts: Arc<Prompts>,
    /// Quiet hours of people who chose none.
    pub quiet: QuietHours,
    /// Zone of people who chose none.
    pub zone: TimeZone,
    /// Language of people whose app tells none that is spoken here, and who chose none.
    pub language: Language,
    /// One commit a turn instead of one a batch: what `bench` compares with.
    pub commit_each_turn: bool,
}

/// Who runs the bot, and answers for what it keeps.
#[derive(Clone, Debug, Default)]
pub struct Host {
    /// How people reach them: an address, a name, a page.
    pub contact: Option<String>,
    /// Where the machine stands.
    pub country: Option<String>,
}

/// A source of random numbers.
pub type Chance = Box<dyn FnMut() -> u64 + Send + Sync>;

/// What the service is made of.
pub struct Parts {
    /// The store, open.
    pub store: Arc<Store>,
    /// Every dialog.
    pub library: Arc<Library>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What sends.
    pub messenger: Arc<dyn Messenger>,
    /// What the host decides.
    pub settings: Settings,
    /// Random numbers: session ids, seeds, jitter.
    pub chance: Chance,
}

/// The way in. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    work: mpsc::Sender<Work>,
    traffic: Arc<Traffic>,
    wake: Arc<Wake>,
    vigil: Arc<Vigil>,
    pins: Arc<PinDesk>,
    forgotten: Arc<Notify>,
    /// Of whoever has none of their own.
    language: Language,
}

/// What the service did with an event, told after its commit.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Whether it was taken.
    pub taken: Taken,
    /// A short line for a press that changed nothing, where the platform can show one beside the conversation.
    pub note: Option<RichText>,
    /// A dialog that somebody in a space wants to go on with in private.
    pub leads: Option<String>,
}

impl Answer {
    /// Nothing is to be said beside the conversation.
    pub(crate) fn quiet(taken: Taken) -> Self {
        Self { taken, note: None, leads: None }
    }
}

/// Whether an event was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It had its turn.
    Taken,
    /// It was here before: nothing changed.
    Repeated,
    /// It broke its turn and is set apart; the person was told with one line.
    Quarantined,
}

/// Why an event got no answer.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The writer has ended, and the process is about to: the event is not acknowledged and comes again.
    #[error("the writer has stopped")]
    Closed,
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Puts the parts together: the way in, and the two loops that the caller must run.
    pub fn build(parts: Parts) -> (Self, Writer, DeliveryLoop) {
        let Parts { store, library, clock, messenger, settings, mut chance } = parts;
        let (work, inbound) = mpsc::channel(QUEUE_EVENTS_MAX);
        let (handed, outbound) = mpsc::unbounded_channel();
        let traffic = Arc::new(Traffic::default());
        let wake = Arc::new(Wake::new());
        let forgotten = Arc::new(Notify::new());
        let jitter = chance();
        let vigil =
            Vigil::new(Arc::clone(&clock), Arc::clone(&messenger), Arc::clone(&library), Arc::clone(&settings.lines));
        let pins = PinDesk::new(Arc::clone(&store), Arc::clone(&clock), work.clone());
        let service = Self {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            work: work.clone(),
            traffic: Arc::clone(&traffic),
            wake: Arc::clone(&wake),
            vigil: Arc::new(vigil),
            forgotten: Arc::clone(&forgotten),
            pins: Arc::new(pins),
            language: settings.language,
        };
        let delivery = DeliveryLoop::new(
            Arc::clone(&store),
            Arc::clone(&library),
            Arc::clone(&clock),
            messenger,
            settings.clone(),
            outbound,
            work,
            Arc::clone(&traffic),
            jitter,
        );
        let writer = Writer::new(store, library, clock, settings, chance, inbound, handed, traffic, wake, forgotten);
        (service, writer, delivery)
    }

    /// Takes one event in and answers after its commit.
    ///
    /// # Errors
    /// [`ServiceError::Closed`] when the writer has ended.
    pub async fn handle(&self, event: Event) -> Result<Answer, ServiceError> {
        self.submit(event).await?.await.map_err(|_| ServiceError::Closed)
    }

    /// Hands an event to the writer without waiting for its turn: events of one caller keep their order. Somebody who
    /// asks whom to reach hears it within seconds, also when no turn can be run.
    ///
    /// # Errors
    /// [`ServiceError::Closed`] when the writer has ended.
    pub async fn submit(&self, event: Event) -> Result<oneshot::Receiver<Answer>, ServiceError> {
        let (answer, mut answered) = oneshot::channel();
        if let Some(asker) = Asker::of(&event, || self.store.outbox_id_next()) {
            let (pass_on, passed_on) = oneshot::channel();
            // Watched from before it is queued: a queue that is full is a reason to be watched.
            self.vigil.watch(asker, std::mem::replace(&mut answered, passed_on), pass_on);
        }
        match self.pins.needs(&event).await {
            Some(needed) => self.pins.start(event, answer, needed),
            None => {
                let work = Work::Event { event, answer, proof: None };
                self.work.send(work).await.map_err(|_| ServiceError::Closed)?;
            }
        }
        Ok(answered)
    }

    /// For an adapter that sees an event which it may not hand in yet, because those before it are not committed: when
    /// somebody asks in it whom to reach, they are told. The event is still to be handed in.
    pub fn glimpse(&self, event: &Event) {
        if let Some(asker) = Asker::of(event, || self.store.outbox_id_next()) {
            self.vigil.tell(asker);
        }
    }

    /// Resolves once somebody was forgotten since this last resolved, for an adapter whose connection holds what came last:
    /// made anew, it holds nothing.
    pub(crate) async fn forgotten(&self) {
        self.forgotten.notified().await;
    }

    /// After the writer has ended: resolves when everybody who asked whom to reach has been told.
    pub async fn rest(&self) {
        self.vigil.rest().await;
    }

    /// Whether the question of a tap is still the one that is waited for, as far as it is committed.
    ///
    /// # Errors
    /// [`ServiceError::Store`] when the store cannot be read.
    pub async fn is_open(&self, tap: Tap) -> Result<bool, ServiceError> {
        let live = self.store.session_live(tap.session).await?;
        let session = live.and_then(|row| Session::decode(row.state.expose()).ok());
        Ok(session.is_some_and(|session| session.turn == tap.turn))
    }

    /// The language in which somebody is spoken to, as far as it is committed, for the few words that an adapter says
    /// itself: the person's, or else `app`, that of their app, or else the host's.
    pub async fn language_of(&self, platform: Platform, account: &str, app: Option<Language>) -> Language {
        // A store that cannot be read ends the process elsewhere; here it is no reason to say nothing.
        let kept = self.spoken(platform, account).await.ok().flatten();
        kept.or(app).unwrap_or(self.language)
    }

    async fn spoken(&self, platform: Platform, account: &str) -> Result<Option<Language>, StoreError> {
        let states = self.states(platform, account).await?;
        Ok(states.into_iter().next().and_then(|state| state.profile.spoken()))
    }

    async fn states(&self, platform: Platform, account: &str) -> Result<Vec<PersonState>, StoreError> {
        let found = self.store.persons_by_account(&[(platform, account.to_owned())]).await?;
        let persons: Vec<_> = found.into_iter().flatten().collect();
        let states = self.store.persons_load(&persons).await?;
        Ok(states.into_iter().flatten().collect())
    }

    /// What the settings of a space name on its platform, as far as it is committed, for an adapter that looks whether it
    /// is still there. Nothing of a space that is not known, or when the store cannot be read.
    pub async fn named_in(&self, platform: Platform, account: &str) -> Vec<(Named, String)> {
        let states = self.states(platform, account).await.unwrap_or_default();
        let space = states.into_iter().next().and_then(|state| state.profile.space);
        space.map(|space| space.named()).unwrap_or_default()
    }

    /// Resolves when everything that was submitted is done, nothing is on its way to anybody and every outcome is
    /// recorded; what waits for a retry does not count.
    pub async fn settle(&self) {
        let _hurry = self.traffic.hurry();
        let (done, flushed) = oneshot::channel();
        // The writer may already be waiting for company; this wakes it. What it has taken and not committed yet is on its
        // way too, and is counted only then.
        if self.work.send(Work::Flush(done)).await.is_ok() && flushed.await.is_ok() {
            self.traffic.still().await;
        }
    }

    /// Now, by the service's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The store, for readers.
    pub fn store(&self) -> &Store {
        &self.store
    }
}
