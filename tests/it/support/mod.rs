//! A whole house for tests: the real service on a real store, with clock, messenger and chance in the test's hands.

pub(crate) mod canary;
pub(crate) mod clock;
pub(crate) mod discord;
pub(crate) mod gone;
pub(crate) mod log;
pub(crate) mod markdown;
mod messenger;
pub(crate) mod telegram;
pub(crate) mod views;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use mendwell::app::library::require_screen;
use mendwell::dialog::load::SourceFile;
use mendwell::dialog::model::Library;
use mendwell::dialog::prompts::{PROMPTS_SHIPPED, Prompts};
use mendwell::domain::consent::Wordings;
use mendwell::domain::event::{Address, Body, Event, EventKey, Origin, Platform, Source};
use mendwell::domain::ids::PersonId;
use mendwell::domain::language::Language;
use mendwell::domain::occasion::{Dialogs, Occasion};
use mendwell::domain::recurrence::QuietHours;
use mendwell::safety::screen::Screen;
use mendwell::service::lines::Lines;
use mendwell::service::ports::Clock;
use mendwell::service::{Answer, Host, Parts, Service, ServiceError, Settings};
use mendwell::store::{Options, PersonState, PlanRow, Store, StoreError, Synchronous};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Executor, SqliteConnection};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

pub(crate) use clock::ManualClock;
pub(crate) use messenger::{Attempt, FakeMessenger, Script};

/// A Monday morning in Berlin, outside of the quiet hours, before the clocks change on 29 March.
pub(crate) const MONDAY_NINE: &str = "2026-03-23T08:00:00Z";
/// Longer than anything here takes, so that a hang is a failure.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct House {
    dir: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) messenger: Arc<FakeMessenger>,
    pub(crate) library: Arc<Library>,
    /// How many of the next uses of chance break their turn.
    pub(crate) panics: Arc<AtomicUsize>,
    pub(crate) max_pages: Option<u32>,
    pub(crate) settings: Settings,
    seed: u64,
    next_key: AtomicU64,
    running: Option<Running>,
}

struct Running {
    service: Service,
    store: Arc<Store>,
    loops: JoinSet<Result<(), StoreError>>,
}

impl House {
    /// With the small dialogs of these tests.
    pub(crate) async fn new() -> Self {
        let mut house = Self::closed(small_library());
        house.open().await;
        house
    }

    /// With the dialogs that are shipped and somebody for whom the first talk is over, without any plan; Monday, 9:00.
    pub(crate) async fn shipped(person: &str) -> Self {
        let mut house = Self::closed(shipped_library());
        house.settings = shipped_settings();
        house.open().await;
        house.greet(person).await;
        house
    }

    /// The shipped first talk, left as soon as it is agreed that answers are kept.
    pub(crate) async fn greet(&self, person: &str) {
        self.say(person, "hi").await;
        for answer in ["yes", "yes", "yes", "Ada", "Berlin", "no"] {
            if self.person(person).await.1.profile.has_consented() {
                break;
            }
            self.say(person, answer).await;
        }
        assert!(self.person(person).await.1.profile.has_consented());
        self.say(person, "/stop").await;
    }

    /// Not running yet.
    pub(crate) fn closed(library: Library) -> Self {
        let clock = Arc::new(ManualClock::at(MONDAY_NINE.parse().unwrap()));
        Self {
            dir: tempfile::tempdir().unwrap(),
            messenger: Arc::new(FakeMessenger::new(Arc::clone(&clock))),
            clock,
            library: Arc::new(library),
            panics: Arc::default(),
            max_pages: None,
            settings: settings(),
            seed: 1,
            next_key: AtomicU64::new(1),
            running: None,
        }
    }

    pub(crate) async fn open(&mut self) {
        let store = Arc::new(Store::open(self.options()).await.unwrap());
        let panics = Arc::clone(&self.panics);
        self.seed += 1;
        let mut state = self.seed;
        let parts = Parts {
            store: Arc::clone(&store),
            library: Arc::clone(&self.library),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            messenger: Arc::clone(&self.messenger) as _,
            settings: self.settings.clone(),
            chance: Box::new(move || {
                let armed = panics.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
                assert!(armed.is_err(), "planted");
                state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
            }),
        };
        let (service, writer, delivery) = Service::build(parts);
        let mut loops = JoinSet::new();
        loops.spawn(writer.run());
        loops.spawn(delivery.run());
        self.running = Some(Running { service, store, loops });
    }

    /// Kills the process, as far as a test can: whatever is under way is dropped where it stands.
    pub(crate) async fn kill(&mut self) {
        let Some(Running { service, store, mut loops }) = self.running.take() else { return };
        loops.shutdown().await;
        drop(service);
        Arc::into_inner(store).expect("somebody holds the store").close().await.unwrap();
    }

    /// Ends the loops and nothing else.
    pub(crate) async fn stop_loops(&mut self) {
        self.running.as_mut().unwrap().loops.shutdown().await;
    }

    pub(crate) async fn restart(&mut self) {
        self.kill().await;
        self.open().await;
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

    pub(crate) fn service(&self) -> &Service {
        &self.running.as_ref().unwrap().service
    }

    pub(crate) fn store(&self) -> &Store {
        &self.running.as_ref().unwrap().store
    }

    pub(crate) fn options(&self) -> Options {
        let mut options = Options::new(self.dir.path().join("data"), self.dir.path().join("keys/master.key"));
        options.synchronous = Synchronous::Off;
        options.max_pages = self.max_pages;
        options
    }

    /// A connection beside the house's own, which its limits do not bind.
    pub(crate) async fn raw(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.data_db()).connect().await.unwrap()
    }

    /// A house whose disk is full, with ada at the second question of the long dialog: the next long words do not fit. What
    /// makes room again is [`make_room`] on the connection.
    pub(crate) async fn with_a_full_disk() -> (Self, SqliteConnection) {
        let mut house = Self::closed(small_library());
        house.max_pages = Some(120);
        house.open().await;
        house.welcome("ada").await;
        house.open_dialog("ada", "long").await;
        assert_eq!(house.say("ada", &long_words()).await, ["Second?"]);
        let mut other = house.raw().await;
        other.execute("CREATE TABLE ballast (bytes BLOB)").await.unwrap();
        other
            .execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO ballast SELECT zeroblob(4000) FROM n")
            .await
            .unwrap();
        (house, other)
    }

    pub(crate) fn data_db(&self) -> std::path::PathBuf {
        self.dir.path().join("data/data.db")
    }

    pub(crate) fn event(&self, person: &str, body: Body) -> Event {
        let key = format!("test:{}", self.next_key.fetch_add(1, Ordering::SeqCst));
        self.event_with(key, person, body)
    }

    pub(crate) fn event_with(&self, key: impl Into<String>, person: &str, body: Body) -> Event {
        let source = Source::Address(address(person));
        Event { key: EventKey(key.into()), source, at: self.clock.now(), body, origin: Origin::default() }
    }

    /// An event, not waited for.
    pub(crate) async fn submit(&self, event: Event) -> oneshot::Receiver<Answer> {
        self.service().submit(event).await.unwrap()
    }

    /// An event, its commit waited for.
    pub(crate) async fn handle(&self, event: Event) -> Answer {
        patiently(self.service().handle(event)).await.unwrap()
    }

    /// An event, and everything that it sends waited for.
    pub(crate) async fn send(&self, person: &str, body: Body) -> Answer {
        let answer = self.handle(self.event(person, body)).await;
        self.settle().await;
        answer
    }

    /// Somebody types; what they see next, one text a message, and a note in brackets.
    pub(crate) async fn say(&self, person: &str, text: &str) -> Vec<String> {
        let answer = self.send(person, Body::from_typed(text)).await;
        let mut said = self.messenger.said(person);
        said.extend(answer.note.map(|note| format!("({})", note.plain())));
        said
    }

    /// Somebody presses the button with this label that they saw last.
    pub(crate) async fn tap(&self, person: &str, label: &str) -> Vec<String> {
        let token = self.messenger.token(person, label);
        let answer = self.send(person, Body::Tap(token)).await;
        let mut said = self.messenger.said(person);
        said.extend(answer.note.map(|note| format!("({})", note.plain())));
        said
    }

    /// Somebody presses something old: nothing changes but that they are not silent.
    pub(crate) async fn shows_life(&self, person: &str) {
        self.send(person, Body::Tap("old".to_owned())).await;
    }

    /// Somebody new, through the first dialog.
    pub(crate) async fn welcome(&self, person: &str) {
        assert_eq!(self.say(person, "hi").await, ["Hello.", "What may I call you?"]);
        assert_eq!(self.say(person, person).await, [format!("Glad you are here, {person}.")]);
    }

    /// Somebody plans check-ins; no dialog is open afterwards.
    pub(crate) async fn plan(&self, person: &str, days: &str, at: &str, busy: &str) {
        self.open_dialog(person, "plan").await;
        self.say(person, days).await;
        self.say(person, at).await;
        assert_eq!(self.tap(person, busy).await, ["Planned."]);
    }

    /// `/remind` opens the plan dialog here, `/menu` and `/checkin` theirs.
    pub(crate) async fn open_dialog(&self, person: &str, dialog: &str) -> Vec<String> {
        match dialog {
            "plan" => self.say(person, "/remind").await,
            "daily" => self.say(person, "/checkin").await,
            "menu" => self.say(person, "/menu").await,
            "long" => {
                self.say(person, "/menu").await;
                self.tap(person, "The long one").await
            }
            "move" => {
                self.say(person, "/menu").await;
                self.tap(person, "I moved").await
            }
            other => panic!("no way to {other}"),
        }
    }

    pub(crate) async fn settle(&self) {
        patiently(self.service().settle()).await;
    }

    /// Fires what is due until nothing is.
    pub(crate) async fn fire(&self) {
        let mut rounds = 0;
        while patiently(self.service().fire_due()).await.unwrap() > 0 {
            self.settle().await;
            rounds += 1;
            assert!(rounds < 20, "a due row does not move");
        }
    }

    /// Moves the clock; everything due on the way happens at its own time.
    pub(crate) async fn advance(&self, length: SignedDuration) {
        self.advance_to(self.clock.now().checked_add(length).unwrap()).await;
    }

    pub(crate) async fn advance_to(&self, target: Timestamp) {
        self.fire().await;
        let mut steps = 0;
        while let Some(next) = self.service().next_due().await.unwrap().filter(|next| *next <= target) {
            assert!(next > self.clock.now(), "something due at {next} stays due");
            self.clock.set(next);
            self.fire().await;
            steps += 1;
            assert!(steps < 2_000, "the time does not pass");
        }
        self.clock.set(target);
        self.fire().await;
    }

    /// The clock stands at this wall time in Berlin.
    pub(crate) async fn advance_to_local(&self, wall: &str) {
        self.advance_to(berlin(wall)).await;
    }

    pub(crate) async fn person(&self, person: &str) -> (PersonId, PersonState) {
        let address = address(person);
        let found = self.store().persons_by_account(&[(address.platform, address.account)]).await.unwrap();
        let id = found[0].expect("a person");
        (id, self.store().persons_load(&[id]).await.unwrap().remove(0).unwrap())
    }

    /// The one plan of a person.
    pub(crate) async fn plan_of(&self, person: &str) -> PlanRow {
        let (id, _) = self.person(person).await;
        let mut plans = self.store().plans_of(id).await.unwrap();
        assert_eq!(plans.len(), 1);
        plans.remove(0)
    }

    /// Open and set-aside sessions of a person; none of somebody who is not known.
    pub(crate) async fn sessions(&self, person: &str) -> (usize, usize) {
        let address = address(person);
        let found = self.store().persons_by_account(&[(address.platform, address.account)]).await.unwrap();
        let Some(id) = found[0] else { return (0, 0) };
        let Some(mut states) = gone::still_there(self.store().persons_load(&[id]).await) else { return (0, 0) };
        let Some(state) = states.remove(0) else { return (0, 0) };
        let parked = gone::still_there(self.store().sessions_parked(id).await).map_or(0, |parked| parked.len());
        (usize::from(state.live.is_some()), parked)
    }

    pub(crate) async fn counter(&self, name: &str) -> i64 {
        let counters = self.store().counters().await.unwrap();
        counters.into_iter().find(|(counter, _)| counter == name).map_or(0, |(_, value)| value)
    }
}

/// Two of them together are long enough to need a page of their own.
pub(crate) fn long_words() -> String {
    "word ".repeat(380)
}

/// The disk of [`House::with_a_full_disk`] has room again.
pub(crate) async fn make_room(other: &mut SqliteConnection) {
    other.execute("DELETE FROM ballast").await.unwrap();
}

/// Fails instead of hanging.
pub(crate) async fn patiently<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it hangs")
}

/// An instant by Berlin's wall clock.
pub(crate) fn berlin(wall: &str) -> Timestamp {
    let wall: jiff::civil::DateTime = wall.parse().unwrap();
    wall.to_zoned_datetime(zone()).unwrap().timestamp()
}

pub(crate) fn zone() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

/// Somebody whose name ends in `@dc` is on Discord, everybody else on Telegram.
pub(crate) fn address(person: &str) -> Address {
    let platform = if person.ends_with("@dc") { Platform::Discord } else { Platform::Telegram };
    Address { platform, account: person.to_owned(), chat: person.to_owned() }
}

pub(crate) fn small_library() -> Library {
    library(&small_dialogs())
}

/// The small dialogs, one of them with another text, or one more.
pub(crate) fn small_library_with(id: &'static str, text: &'static str) -> Library {
    let mut dialogs = small_dialogs().to_vec();
    dialogs.retain(|(known, _)| *known != id);
    dialogs.push((id, text));
    library(&dialogs)
}

fn small_dialogs() -> [(&'static str, &'static str); 23] {
    [
        ("system/en", include_str!("../../../dialogs/system/en.toml")),
        ("start", include_str!("dialogs/start.toml")),
        ("menu", include_str!("dialogs/menu.toml")),
        ("long", include_str!("dialogs/long.toml")),
        ("move", include_str!("dialogs/move.toml")),
        ("plan", include_str!("dialogs/plan.toml")),
        ("daily", include_str!("dialogs/daily.toml")),
        ("mood", include_str!("dialogs/mood.toml")),
        ("progress", include_str!("../../../dialogs/progress.toml")),
        ("then-now", include_str!("../../../dialogs/then-now.toml")),
        ("safety", include_str!("../dialogs/safety.toml")),
        ("linked", include_str!("../../../dialogs/linked.toml")),
        ("unlink", include_str!("../../../dialogs/unlink.toml")),
        ("forget", include_str!("../../../dialogs/forget.toml")),
        ("privacy", include_str!("../../../dialogs/privacy.toml")),
        ("still-here", include_str!("../../../dialogs/still-here.toml")),
        ("knock", include_str!("../../../dialogs/knock.toml")),
        ("remind-set", include_str!("../../../dialogs/remind-set.toml")),
        ("keep-asking", include_str!("../../../dialogs/keep-asking.toml")),
        ("export", include_str!("../../../dialogs/export.toml")),
        ("journal", include_str!("../../../dialogs/journal.toml")),
        ("goals", include_str!("dialogs/goals.toml")),
        ("tools", include_str!("dialogs/tools.toml")),
    ]
}

fn library(dialogs: &[(&str, &str)]) -> Library {
    let files: Vec<SourceFile> = dialogs
        .iter()
        .map(|(id, text)| SourceFile { path: format!("{id}.toml"), text: (*text).to_owned().into() })
        .collect();
    let (library, found) = Library::load(files);
    library.unwrap_or_else(|| panic!("{found:#?}"))
}

/// The dialogs that are shipped.
pub(crate) fn shipped_library() -> Library {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("dialogs");
    let mut files = Vec::new();
    for folder in ["", "system/", "es/"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let name = format!("{folder}{}", path.file_name().unwrap().to_string_lossy());
                files.push(SourceFile { path: name, text: std::fs::read_to_string(path).unwrap().into() });
            }
        }
    }
    let (library, found) = Library::load(files);
    library.unwrap_or_else(|| panic!("{found:#?}"))
}

/// The shipped safety screen, read once.
pub(crate) fn shipped_screen() -> Arc<Screen> {
    static SCREEN: OnceLock<Arc<Screen>> = OnceLock::new();
    Arc::clone(SCREEN.get_or_init(|| Arc::new(require_screen(None).unwrap())))
}

pub(crate) fn settings() -> Settings {
    Settings {
        bot_name: "Mendwell".to_owned(),
        dialogs: small_names(),
        lines: Arc::new(Lines::shipped()),
        screen: shipped_screen(),
        prompts: Arc::new(Prompts::read(PROMPTS_SHIPPED).unwrap()),
        idle_months: 12,
        wordings: Wordings::CURRENT,
        host: Host::default(),
        quiet: QuietHours { from: time(22, 0, 0, 0), to: time(8, 0, 0, 0) },
        zone: zone(),
        language: Language::default(),
        commit_each_turn: false,
    }
}

/// Those of the dialogs that are shipped.
pub(crate) fn shipped_settings() -> Settings {
    Settings { dialogs: Dialogs::shipped(), ..settings() }
}

/// The dialogs of occasions, where the small ones have other names than those that are shipped.
fn small_names() -> Dialogs {
    let mut dialogs = Dialogs::shipped();
    for (occasion, dialog) in [(Occasion::Start, "start"), (Occasion::Remind, "plan"), (Occasion::Crisis, "safety")] {
        dialogs.set(occasion, dialog);
    }
    dialogs
}

/// What an ended service answers.
pub(crate) fn is_closed(result: &Result<Answer, ServiceError>) -> bool {
    matches!(result, Err(ServiceError::Closed))
}
