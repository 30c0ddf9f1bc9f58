//! The whole house with Telegram as its platform, and the platform in the test's hands.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use mendwell::dialog::model::Library;
use mendwell::domain::secret::Secret;
use mendwell::service::ports::Clock;
use mendwell::service::writer::Writer;
use mendwell::service::{Parts, Service, Settings};
use mendwell::store::{Options as StoreOptions, Store, Synchronous};
use mendwell::telegram::webhook::WebhookOptions;
use mendwell::telegram::{Options, Stopped, Telegram, Timeouts};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::fake_telegram::message::Message;
use crate::fake_telegram::people::Person;
use crate::fake_telegram::world::World;
use crate::fake_telegram::{FakeTelegram, TOKEN};
use crate::support::clock::ManualClock;
use crate::support::{self, patiently};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct TelegramHouse {
    pub(crate) fake: FakeTelegram,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) messages_per_second: Option<NonZeroU32>,
    pub(crate) webhook: Option<WebhookOptions>,
    pub(crate) timeouts: Timeouts,
    library: Arc<Library>,
    pub(crate) settings: Settings,
    dir: tempfile::TempDir,
    running: Option<Running>,
}

struct Running {
    service: Service,
    store: Arc<Store>,
    loops: JoinSet<()>,
    /// Why the platform's loop ended, when it has.
    stopped: oneshot::Receiver<Stopped>,
    /// A writer that does not run yet.
    writer: Option<Writer>,
}

impl TelegramHouse {
    /// With the small dialogs of the tests.
    pub(crate) async fn new() -> Self {
        let mut house = Self::closed(support::small_library(), support::settings());
        house.open().await;
        house
    }

    /// With the dialogs that are shipped.
    pub(crate) async fn shipped() -> Self {
        let mut house = Self::closed(support::shipped_library(), support::shipped_settings());
        house.open().await;
        house
    }

    /// Not running yet.
    pub(crate) fn closed(library: Library, settings: Settings) -> Self {
        Self {
            fake: FakeTelegram::start(),
            clock: Arc::new(ManualClock::at(support::MONDAY_NINE.parse().unwrap())),
            messages_per_second: None,
            webhook: None,
            timeouts: Timeouts::default(),
            library: Arc::new(library),
            settings,
            dir: tempfile::tempdir().unwrap(),
            running: None,
        }
    }

    pub(crate) async fn open(&mut self) {
        self.open_without_writer().await;
        self.start_writer();
    }

    /// Everything but what takes events: turns stay undone until [`Self::start_writer`].
    pub(crate) async fn open_without_writer(&mut self) {
        let mut options = StoreOptions::new(self.dir.path().join("data"), self.dir.path().join("keys/master.key"));
        options.synchronous = Synchronous::Off;
        let store = Arc::new(Store::open(options).await.unwrap());
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let options = Options {
            token: Secret::new(TOKEN),
            api_url: self.fake.url(),
            messages_per_second: self.messages_per_second,
            webhook: self.webhook.clone(),
            timeouts: self.timeouts,
        };
        let telegram = Telegram::new(options, Arc::clone(&clock)).unwrap();
        let parts = Parts {
            store: Arc::clone(&store),
            library: Arc::clone(&self.library),
            clock,
            messenger: telegram.messenger(),
            settings: self.settings.clone(),
            chance: Box::new(rand::random),
        };
        let (service, writer, delivery) = Service::build(parts);
        let mut loops = JoinSet::new();
        loops.spawn(async move { delivery.run().await.unwrap() });
        let running = telegram.run(service.clone(), 7);
        let (stops, stopped) = oneshot::channel();
        loops.spawn(async move {
            // Nobody waits for it after a kill.
            let _ = stops.send(running.await);
        });
        self.running = Some(Running { service, store, loops, stopped, writer: Some(writer) });
    }

    pub(crate) fn start_writer(&mut self) {
        let running = self.running.as_mut().unwrap();
        let writer = running.writer.take().unwrap();
        running.loops.spawn(async move { writer.run().await.unwrap() });
    }

    /// Lets the scheduler run by itself as well.
    pub(crate) fn run_scheduler(&mut self) {
        let running = self.running.as_mut().unwrap();
        let service = running.service.clone();
        running.loops.spawn(async move {
            let ended = service.run_scheduler().await;
            panic!("the scheduler ended: {ended:?}");
        });
    }

    /// Waits until the platform's loop ends by itself; why it did.
    pub(crate) async fn stopped(&mut self) -> Stopped {
        let running = self.running.as_mut().unwrap();
        let stopped = patiently(&mut running.stopped).await.expect("it ended without a word");
        // Heard once: a second look finds a loop that goes on.
        running.stopped = oneshot::channel().1;
        stopped
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, length: SignedDuration) {
        self.clock.set(self.clock.now().checked_add(length).unwrap());
    }

    /// Lets time pass, a second at a time, until something is so.
    pub(crate) async fn in_time<T>(&self, mut look: impl FnMut(&World) -> Option<T>) -> T {
        for _ in 0..400 {
            if let Ok(found) = self.fake.wait_for(&mut look, Duration::from_millis(30)).await {
                return found;
            }
            self.pass(SignedDuration::from_secs(1));
        }
        panic!("it never comes:\n{}", self.fake.wait_for(look, Duration::ZERO).await.err().unwrap_or_default());
    }

    /// Kills the process, as far as a test can: whatever is under way is dropped where it stands.
    pub(crate) async fn kill(&mut self) {
        let Some(Running { service, store, mut loops, mut stopped, .. }) = self.running.take() else { return };
        if let Ok(stopped) = stopped.try_recv() {
            panic!("the platform's loop has ended before: {stopped:?}");
        }
        loops.shutdown().await;
        drop(service);
        // Answers to presses may still be on their way, and hold no store.
        Arc::into_inner(store).expect("somebody holds the store").close().await.unwrap();
    }

    /// Where everything lies that it keeps.
    pub(crate) fn directory(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub(crate) fn service(&self) -> &Service {
        &self.running.as_ref().unwrap().service
    }

    pub(crate) fn store(&self) -> &Store {
        &self.running.as_ref().unwrap().store
    }

    /// Fires what is due, and waits until everything that can go has gone.
    pub(crate) async fn fire(&self) {
        while patiently(self.service().fire_due()).await.unwrap() > 0 {}
        patiently(self.service().settle()).await;
    }

    pub(crate) async fn counter(&self, name: &str) -> i64 {
        let counters = self.store().counters().await.unwrap();
        counters.into_iter().find(|(counter, _)| counter == name).map_or(0, |(_, value)| value)
    }

    /// Waits until the newest message of a chat is the bot's and has these words in it.
    pub(crate) async fn sees(&self, chat: i64, words: &str) -> Message {
        let seen = self.fake.wait_for(
            |world| world.messages(chat).next_back().filter(|m| m.from.is_none() && m.text.contains(words)).cloned(),
            PATIENCE,
        );
        match seen.await {
            Ok(message) => message,
            Err(ledger) => {
                let chat =
                    self.fake.look(|world| world.said(chat).iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
                panic!("“{words}” does not come; the chat: {chat:#?}\n{ledger}")
            }
        }
    }

    /// Waits until every update is confirmed and everything that is to be sent is sent.
    pub(crate) async fn settle(&self) {
        self.fake.wait_for(|world| (world.pending_updates() == 0).then_some(()), PATIENCE).await.unwrap();
        patiently(self.service().settle()).await;
    }

    /// [`Self::settle`] while time passes, after polls that went wrong.
    pub(crate) async fn settle_in_time(&self) {
        self.in_time(|world| (world.pending_updates() == 0).then_some(())).await;
        self.settle().await;
    }

    /// The texts that the bot has sent to a chat and that still stand there.
    pub(crate) fn said(&self, chat: i64) -> Vec<String> {
        self.fake.look(|world| world.said(chat).iter().map(|text| (*text).to_owned()).collect())
    }

    /// Somebody plans a check-in that is left out while another dialog is open.
    pub(crate) async fn plan(&self, person: &Person, days: &str, at: &str) {
        for (line, asked) in [("/remind", "Which days?"), (days, "At what time?"), (at, "And when we talk?")] {
            person.say(line);
            self.sees(person.id, asked).await;
        }
        person.tap("Leave it out");
        self.sees(person.id, "Planned.").await;
        self.settle().await;
    }

    /// Somebody new, through the first small dialog.
    pub(crate) async fn welcome(&self, id: i64) -> Person {
        let person = self.fake.user(id);
        person.say("/start");
        self.sees(id, "What may I call you?").await;
        person.say("Ada");
        self.sees(id, "Glad you are here, Ada.").await;
        self.settle().await;
        person
    }
}

impl Drop for TelegramHouse {
    fn drop(&mut self) {
        // A panic says more than what it left behind.
        if !std::thread::panicking() {
            assert_eq!(self.fake.breaches(), [], "the platform would refuse this");
            let stopped = self.running.as_mut().and_then(|running| running.stopped.try_recv().ok());
            assert!(stopped.is_none(), "the platform's loop ended: {stopped:?}");
        }
    }
}
