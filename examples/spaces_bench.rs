//! What many spaces cost: how soon the questions of all of them are queued and handed over when they are due at one
//! minute, and how much memory idle ones take.
//!
//! `cargo run --release --example spaces_bench [SPACES]`

#![expect(clippy::disallowed_methods, reason = "it measures real time")]
#![expect(clippy::print_stdout, reason = "it says what it measured")]

use std::error::Error;
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

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let count = std::env::args().nth(1).map_or(Ok(1_000), |count| count.parse::<usize>())?;
    let dir = tempfile::tempdir()?;
    let library = library::require(None)?;
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
    let store = Arc::new(Store::open(Options::new(dir.path().join("data"), dir.path().join("keys/master.key"))).await?);
    let clock = Arc::new(Calendar(watch::Sender::new("2026-03-02T09:00:00Z".parse()?)));
    let counts = Arc::new(Counts::default());
    let parts = Parts {
        store: Arc::clone(&store),
        library: Arc::new(library),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        messenger: Arc::clone(&counts) as Arc<dyn Messenger>,
        settings,
        chance: Box::new(rand::random),
    };
    let (service, writer, delivery) = Service::build(parts);
    let mut loops = JoinSet::new();
    loops.spawn(async move { drop(writer.run().await) });
    loops.spawn(async move { drop(delivery.run().await) });
    let before = resident_kb();
    set_up(&service, clock.now(), count).await?;
    service.settle().await;
    let idle = resident_kb().saturating_sub(before);
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
    println!(
        "{count} spaces due at one minute: committed to the outbox in {:.0?}, handed to the platform in {:.0?} (median of {DAYS}); {idle} KB more memory after all were set up",
        median(queued),
        median(handed)
    );
    Ok(())
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
