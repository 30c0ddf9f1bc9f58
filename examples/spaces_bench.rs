//! What many spaces cost: how soon the questions of all of them are queued and handed over when they are due at one
//! minute, and how much memory idle ones take.
//!
//! `cargo run --release --example spaces_bench [SPACES]`

#![expect(clippy::disallowed_methods, reason = "it measures real time")]
#![expect(clippy::print_stdout, reason = "it says what it measured")]

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use mendwell::app::library;
use mendwell::domain::consent::Wordings;
use mendwell::domain::event::{Address, Body, Event, EventKey, Origin, Platform, Source};
use mendwell::domain::language::Language;
use mendwell::domain::occasion::Dialogs;
use mendwell::domain::recurrence::QuietHours;
use mendwell::domain::space::{Actor, SpaceAsk, SpaceEvent};
use mendwell::service::ports::{Class, Clock, Delivery, Messenger, Outcome};
use mendwell::service::{Host, Parts, Service, Settings};
use mendwell::store::{Options, Store};
use tokio::sync::watch;
use tokio::task::JoinSet;

const DAYS: usize = 5;
/// Processes that are started to see what one takes.
const STARTS: usize = 5;
/// The argument of such a process, before the directory of its store.
const IDLE: &str = "--idle";

/// A clock that moves by days.
struct Calendar(watch::Sender<Timestamp>);

impl Clock for Calendar {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // The sender lives as long as the clock.
            let _ = self.0.subscribe().wait_for(|now| *now >= at).await;
        })
    }

    fn pass(&self, length: SignedDuration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(length.unsigned_abs()))
    }
}

/// Takes everything at once, and counts questions.
#[derive(Default)]
struct Counts(AtomicUsize);

impl Messenger for Counts {
    fn send<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Outcome> {
        if delivery.class == Class::Nudge {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
        Box::pin(async { Outcome::Sent(None) })
    }
}

/// A service on a store, as one process runs it.
struct House {
    service: Service,
    clock: Arc<Calendar>,
    counts: Arc<Counts>,
    _loops: JoinSet<()>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some(IDLE) {
        let dir = arguments.next().ok_or("the directory of the store is missing")?;
        println!("{}", idle_kb(Path::new(&dir)).await?);
        return Ok(());
    }
    let count = first.map_or(Ok(1_000), |count| count.parse::<usize>())?;
    let (full, empty) = (tempfile::tempdir()?, tempfile::tempdir()?);
    House::open(empty.path()).await?;
    let (queued, handed) = ask_all(full.path(), count).await?;
    let (with, without) = (idle_elsewhere(full.path())?, idle_elsewhere(empty.path())?);
    println!(
        "{count} spaces due at one minute: committed to the outbox in {queued:.0?}, handed to the platform in {handed:.0?} (median of {DAYS}); a process that starts beside them and waits takes {with} KB, {without} KB without any (medians of {STARTS}): {} bytes a space",
        (with.saturating_sub(without) * 1_024) / count.max(1) as u64
    );
    Ok(())
}

impl House {
    async fn open(dir: &Path) -> Result<Self, Box<dyn Error>> {
        let settings = Settings {
            bot_name: "Mendwell".to_owned(),
            dialogs: Dialogs::shipped(),
            lines: Arc::default(),
            screen: Arc::new(library::require_screen(None)?),
            prompts: Arc::new(library::prompts(None)?),
            idle_months: 12,
            wordings: Wordings::CURRENT,
            host: Host::default(),
            quiet: QuietHours { from: time(22, 0, 0, 0), to: time(8, 0, 0, 0) },
            zone: TimeZone::UTC,
            language: Language::English,
            commit_each_turn: false,
        };
        let store = Store::open(Options::new(dir.join("data"), dir.join("keys/master.key"))).await?;
        let clock = Arc::new(Calendar(watch::Sender::new("2026-03-02T09:00:00Z".parse()?)));
        let counts = Arc::new(Counts::default());
        let parts = Parts {
            store: Arc::new(store),
            library: Arc::new(library::require(None)?),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            messenger: Arc::clone(&counts) as Arc<dyn Messenger>,
            settings,
            chance: Box::new(rand::random),
        };
        let (service, writer, delivery) = Service::build(parts);
        let mut loops = JoinSet::new();
        loops.spawn(async move { drop(writer.run().await) });
        loops.spawn(async move { drop(delivery.run().await) });
        Ok(Self { service, clock, counts, _loops: loops })
    }
}

/// How long it takes until all of them are asked, on a few days: until the questions are committed, and until they went.
async fn ask_all(dir: &Path, count: usize) -> Result<(Duration, Duration), Box<dyn Error>> {
    let House { service, clock, counts, _loops } = House::open(dir).await?;
    set_up(&service, clock.now(), count).await?;
    service.settle().await;
    let (mut queued, mut handed) = (Vec::new(), Vec::new());
    for day in 1..=DAYS {
        let evening = format!("2026-03-{:02}T18:00:30Z", day + 1).parse::<Timestamp>()?;
        clock.0.send_replace(evening);
        let begun = Instant::now();
        while service.fire_due().await? > 0 {}
        queued.push(begun.elapsed());
        service.settle().await;
        handed.push(begun.elapsed());
        let asked = counts.0.load(Ordering::SeqCst);
        assert_eq!(asked, day * count, "every space is asked once a day");
    }
    Ok((median(queued), median(handed)))
}

/// What a process takes that has looked for what is due and found nothing.
async fn idle_kb(dir: &Path) -> Result<u64, Box<dyn Error>> {
    let house = House::open(dir).await?;
    house.service.fire_due().await?;
    house.service.settle().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(resident_kb())
}

/// The same of a process of its own.
fn idle_elsewhere(dir: &Path) -> Result<u64, Box<dyn Error>> {
    let mut taken = Vec::new();
    for _ in 0..STARTS {
        let output = Command::new(std::env::current_exe()?).arg(IDLE).arg(dir).output()?;
        taken.push(String::from_utf8(output.stdout)?.trim().parse::<u64>()?);
    }
    taken.sort_unstable();
    Ok(taken[STARTS / 2])
}

/// Each space asks each day at 18:00 UTC.
async fn set_up(service: &Service, now: Timestamp, count: usize) -> Result<(), Box<dyn Error>> {
    let mut answers = Vec::new();
    for number in 0..count {
        let address =
            Address { platform: Platform::Telegram, account: format!("g-{number}"), chat: format!("-{number}") };
        let actor = Some(Actor { account: "1".into(), is_admin: true, roles: Vec::new() });
        let ask = SpaceAsk::Setup("every day at 18:00".into());
        let body = Body::Space(Box::new(SpaceEvent { actor, ask, message: None }));
        let key = EventKey(format!("bench:{number}"));
        let event = Event { key, source: Source::Address(address), at: now, body, origin: Origin::default() };
        answers.push(service.submit(event).await?);
    }
    for answer in answers {
        answer.await?;
    }
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}
