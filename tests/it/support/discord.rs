//! The whole house with Discord as its platform, and the platform in the test's hands.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mendwell::dialog::model::Library;
use mendwell::discord::{Discord, Options, Stopped, Timeouts};
use mendwell::domain::secret::Secret;
use mendwell::service::clock::SystemClock;
use mendwell::service::ports::Clock;
use mendwell::service::writer::Writer;
use mendwell::service::{Parts, Service, Settings};
use mendwell::store::{Options as StoreOptions, Store, Synchronous};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::fake_discord::message::Message;
use crate::fake_discord::people::Person;
use crate::fake_discord::world::World;
use crate::fake_discord::{DATE, FakeDiscord, TOKEN};
use crate::support::clock::ManualClock;
use crate::support::{self, patiently};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct DiscordHouse {
    pub(crate) fake: FakeDiscord,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) requests_per_second: Option<NonZeroU32>,
    pub(crate) timeouts: Timeouts,
    /// Whether the loop may end, which a test then looks at.
    pub(crate) may_stop: bool,
    /// Decides what is left to chance.
    pub(crate) chance: fn() -> u64,
    library: Arc<Library>,
    pub(crate) settings: Settings,
    dir: tempfile::TempDir,
    running: Option<Running>,
}

struct Running {
    service: Service,
    store: Arc<Store>,
    loops: JoinSet<()>,
    /// A writer that does not run yet.
    writer: Option<Writer>,
    stopped: watch::Receiver<Option<Arc<Stopped>>>,
}

/// A server whose clock shows the real time and runs, as a real process wants it.
pub(crate) fn discord_of_today() -> FakeDiscord {
    let fake = FakeDiscord::start();
    let since = SystemClock.now().duration_since(Timestamp::from_second(DATE.cast_signed()).unwrap());
    fake.advance(since.unsigned_abs());
    fake.run_clock(true);
    fake
}

impl DiscordHouse {
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
            fake: FakeDiscord::start(),
            clock: Arc::new(ManualClock::at(support::MONDAY_NINE.parse().unwrap())),
            requests_per_second: None,
            timeouts: Timeouts::default(),
            may_stop: false,
            chance: rand::random,
            library: Arc::new(library),
            settings,
            dir: tempfile::tempdir().unwrap(),
            running: None,
        }
    }

    /// The same house with the small dialogs, not running yet.
    pub(crate) fn small() -> Self {
        Self::closed(support::small_library(), support::settings())
    }

    /// Opens it and waits until it listens.
    pub(crate) async fn open(&mut self) {
        let before = self.fake.look(|world| world.gateway().identifies() + world.gateway().resumes());
        self.open_without_writer().await;
        self.start_writer();
        self.in_time(|world| {
            let gateway = world.gateway();
            (gateway.identifies() + gateway.resumes() > before && gateway.is_connected()).then_some(())
        })
        .await;
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
            requests_per_second: self.requests_per_second,
            timeouts: self.timeouts,
        };
        let discord = Discord::new(options, Arc::clone(&clock)).unwrap();
        let parts = Parts {
            store: Arc::clone(&store),
            library: Arc::clone(&self.library),
            clock,
            messenger: discord.messenger(),
            settings: self.settings.clone(),
            chance: Box::new(self.chance),
        };
        let (service, writer, delivery) = Service::build(parts);
        let mut loops = JoinSet::new();
        loops.spawn(async move { delivery.run().await.unwrap() });
        let running = discord.run(service.clone(), 7);
        let (tell, stopped) = watch::channel(None);
        let may_stop = self.may_stop;
        loops.spawn(async move {
            let stopped = running.await;
            assert!(may_stop, "the platform's loop ended: {stopped:?}");
            tell.send_replace(Some(Arc::new(stopped)));
            std::future::pending::<()>().await;
        });
        self.running = Some(Running { service, store, loops, writer: Some(writer), stopped });
    }

    pub(crate) fn start_writer(&mut self) {
        let running = self.running.as_mut().unwrap();
        let writer = running.writer.take().unwrap();
        running.loops.spawn(async move { writer.run().await.unwrap() });
    }

    /// Why the loop ended.
    pub(crate) async fn stopped(&self) -> Arc<Stopped> {
        let mut stopped = self.running.as_ref().unwrap().stopped.clone();
        let ended = async { stopped.wait_for(Option::is_some).await.unwrap().clone().unwrap() };
        patiently(ended).await
    }

    /// Lets time pass, here and at the platform.
    pub(crate) fn pass(&self, time: SignedDuration) {
        self.fake.advance(time.unsigned_abs());
        self.clock.set(self.clock.now().checked_add(time).unwrap());
    }

    /// Lets time pass, here and at the platform; what is due on the way happens at its own time.
    pub(crate) async fn advance(&self, time: SignedDuration) {
        let target = self.clock.now().checked_add(time).unwrap();
        self.fire().await;
        while let Some(next) = self.service().next_due().await.unwrap().filter(|next| *next <= target) {
            assert!(next > self.clock.now(), "something due at {next} stays due");
            self.pass(next.duration_since(self.clock.now()));
            self.fire().await;
        }
        self.pass(target.duration_since(self.clock.now()));
        self.fire().await;
    }

    async fn fire(&self) {
        while patiently(self.service().fire_due()).await.unwrap() > 0 {
            self.settle().await;
        }
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
        let Some(Running { service, store, mut loops, .. }) = self.running.take() else { return };
        loops.shutdown().await;
        drop(service);
        // A task that was aborted with its loop lets go of the store when the runtime comes to it.
        let is_let_go = async {
            while Arc::strong_count(&store) > 1 {
                tokio::task::yield_now().await
            }
        };
        patiently(is_let_go).await;
        Arc::into_inner(store).expect("somebody holds the store").close().await.unwrap();
    }

    /// Where everything lies that it keeps.
    pub(crate) fn directory(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.running.as_ref().unwrap().store
    }

    pub(crate) fn service(&self) -> &Service {
        &self.running.as_ref().unwrap().service
    }

    pub(crate) async fn counter(&self, name: &str) -> i64 {
        let counters = self.running.as_ref().unwrap().store.counters().await.unwrap();
        counters.into_iter().find(|(counter, _)| counter == name).map_or(0, |(_, value)| value)
    }

    /// Waits until the newest message of somebody's chat is the bot's and has these words in it.
    pub(crate) async fn sees(&self, person: &Person, words: &str) -> Message {
        let chat = self.fake.user(person.id).channel;
        let seen = self.fake.wait_for(
            |world| world.messages(chat).next_back().filter(|m| m.from.is_none() && m.content.contains(words)).cloned(),
            PATIENCE,
        );
        match seen.await {
            Ok(message) => message,
            Err(ledger) => {
                let chat = self.said(person);
                panic!("“{words}” does not come; the chat: {chat:#?}\n{ledger}")
            }
        }
    }

    /// What the bot has said to somebody, oldest first.
    pub(crate) fn said(&self, person: &Person) -> Vec<String> {
        let chat = self.fake.user(person.id).channel;
        self.fake.look(|world| world.said(chat).iter().map(|text| (*text).to_owned()).collect())
    }

    /// Waits until only this person has read this.
    pub(crate) async fn notes(&self, person: &Person, words: &str) -> Message {
        let note = |world: &World| world.notes(person.id).iter().find(|note| note.content.contains(words)).cloned();
        match self.fake.wait_for(note, PATIENCE).await {
            Ok(note) => note,
            Err(ledger) => panic!("“{words}” is not noted: {:#?}\n{ledger}", self.fake.notes(person.id)),
        }
    }

    /// Waits until every event has arrived and every interaction is answered, and everything that is to be sent is sent.
    pub(crate) async fn settle(&self) {
        let is_heard = |world: &World| {
            let is_answered = world.interactions().iter().all(|interaction| !interaction.answers.is_empty());
            (world.gateway().undelivered() == 0 && is_answered).then_some(())
        };
        self.fake.wait_for(is_heard, PATIENCE).await.unwrap();
        patiently(self.service().settle()).await;
    }

    /// Somebody who has the menu before them when the process is killed.
    pub(crate) async fn killed_at_the_menu(&mut self, id: u64) -> Person {
        let person = self.welcome(id).await;
        person.slash("menu", &[]);
        self.sees(&person, "What now?").await;
        self.settle().await;
        self.kill().await;
        person
    }

    /// Somebody new, through the first small dialog.
    pub(crate) async fn welcome(&self, id: u64) -> Person {
        let person = self.fake.user(id);
        person.slash("start", &[]);
        self.sees(&person, "What may I call you?").await;
        person.say("Ada");
        self.sees(&person, "Glad you are here, Ada.").await;
        self.settle().await;
        person
    }
}
