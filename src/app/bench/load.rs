//! Turns under load: every simulated person answers, waits for the commit, and answers again.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::{BoxFuture, try_join_all};
use serde::Serialize;

use super::{BenchOptions, machine};
use crate::app::exit::Failure;
use crate::app::{Running, library};
use crate::domain::consent::Wordings;
use crate::domain::event::{Address, Body, Event, EventKey, Origin, Platform, Source};
use crate::domain::ids::SessionId;
use crate::domain::language::Language;
use crate::domain::occasion::Dialogs;
use crate::domain::person::Profile;
use crate::domain::recurrence::QuietHours;
use crate::domain::text::UserText;
use crate::service::clock::SystemClock;
use crate::service::ports::{Clock, Delivery, Messenger, Outcome};
use crate::service::{Host, Service, Settings};
use crate::store::{
    Batch, InboxNew, Options, OutboxClass, OutboxNew, OutboxState, OutcomeWrite, PersonNew, SessionPut, SessionWrite,
    Store,
};

/// The dialog of the simulated people: five questions of different kinds, then a saved entry.
const DIALOG: &str = include_str!("bench.toml");
/// What they answer, in its order; the first line starts it.
const ANSWERS: [&str; 6] =
    ["hello", "3", "talking", "I keep waking up early and thinking about what we said in the kitchen.", "1, 2", "yes"];
/// Bare commits measured.
const BARE_COMMITS: usize = 1_000;
/// Size of a session in the middle of the bench's dialog, in bytes.
const SESSION_BYTES: usize = 700;
/// Size of one of its questions with choices, in bytes.
const MESSAGE_BYTES: usize = 500;

/// What one load gave.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    /// Turns answered per second.
    pub turns_per_s: f64,
    /// Median time from event to answer, in milliseconds.
    pub p50_ms: f64,
    /// 99th percentile, in milliseconds.
    pub p99_ms: f64,
    /// Bytes written to disk per turn.
    pub bytes_per_turn: f64,
    /// CPU seconds of the whole process, simulated people included, per 1,000 turns.
    pub cpu_s_per_1000: f64,
}

/// Runs a load on a fresh store.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
pub(super) async fn measure(place: &Path, options: &BenchOptions, commit_each_turn: bool) -> Result<Figures, Failure> {
    let store = open(place).await?;
    let running = start(store, commit_each_turn)?;
    let concurrency = options.concurrency.min(options.people);
    let groups = |task: u32| (task..options.people).step_by(concurrency as usize).collect::<Vec<_>>();
    // Everybody's first word, not measured: it makes their keys.
    try_join_all((0..concurrency).map(|task| greet(running.service.clone(), groups(task)))).await?;
    let (cpu, bytes, start) = (machine::cpu_s("self"), machine::bytes_written("self"), Instant::now());
    let until = start + Duration::from_secs(u64::from(options.seconds));
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..concurrency {
        tasks.spawn(talk(running.service.clone(), groups(task), until));
    }
    let mut micros = Vec::new();
    for result in tasks.join_all().await {
        micros.append(&mut result?);
    }
    let (seconds, turns) = (start.elapsed().as_secs_f64(), micros.len() as f64);
    let (cpu, bytes) = (machine::cpu_s("self") - cpu, machine::bytes_written("self") - bytes);
    running.stop().await?;
    micros.sort_unstable();
    Ok(Figures {
        turns_per_s: turns / seconds,
        p50_ms: percentile_ms(&micros, 0.50),
        p99_ms: percentile_ms(&micros, 0.99),
        bytes_per_turn: bytes / turns,
        cpu_s_per_1000: cpu / turns * 1_000.0,
    })
}

/// The median of commits that write what a turn writes, without a turn: an event key, a session, a message, and the
/// end of the message before; one after the other, in milliseconds.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
pub(super) async fn bare_commits(place: &Path) -> Result<f64, Failure> {
    let store = open(place).await?;
    let (person, session, now) = (store.person_id_next(), SessionId(1), SystemClock.now());
    let address = Address { platform: Platform::Console, account: "1".to_owned(), chat: "1".to_owned() };
    let new = PersonNew { id: person, profile: Profile::new(address.clone()), address };
    store.commit(Batch { persons_new: vec![new], ..Batch::default() }).await?;
    let (mut micros, mut before) = (Vec::with_capacity(BARE_COMMITS), None);
    for number in 0..BARE_COMMITS {
        let id = store.outbox_id_next();
        let put = SessionPut {
            id: session,
            person,
            live: true,
            expected_rev: (number > 0).then_some(number as i64),
            state: vec![b'x'; SESSION_BYTES].into(),
            timer_at: Some(now),
        };
        let message = OutboxNew {
            id,
            person,
            class: OutboxClass::Reply,
            state: OutboxState::Sending,
            next_at: now,
            created_at: now,
            item: vec![b'x'; MESSAGE_BYTES].into(),
        };
        let batch = Batch {
            inbox: vec![InboxNew { key: EventKey(format!("bare:{number}")), day: 0 }],
            sessions: vec![SessionWrite::Put(put)],
            outbox: vec![message],
            outcomes: before.replace(id).map(OutcomeWrite::Sent).into_iter().collect(),
            ..Batch::default()
        };
        let start = Instant::now();
        store.commit(batch).await?;
        micros.push(u32::try_from(start.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    store.close().await?;
    micros.sort_unstable();
    Ok(percentile_ms(&micros, 0.50))
}

pub(super) async fn open(place: &Path) -> Result<Store, Failure> {
    Ok(Store::open(Options::new(place, place.with_extension("key"))).await?)
}

/// The house with the bench's dialog and a messenger that reaches nobody.
pub(super) fn start(store: Store, commit_each_turn: bool) -> Result<Running, Failure> {
    start_with(store, "bench", DIALOG, commit_each_turn)
}

/// The house on a store of its own with a single dialog, which every text starts.
pub(in crate::app) async fn house(place: &Path, dialog: &str, source: &str) -> Result<(Running, Arc<Store>), Failure> {
    let running = start_with(open(place).await?, dialog, source, false)?;
    let store = Arc::clone(running.store());
    Ok((running, store))
}

fn start_with(store: Store, dialog: &str, source: &str, commit_each_turn: bool) -> Result<Running, Failure> {
    let library = library::shipped_with(dialog, source)?;
    let midnight = jiff::civil::Time::midnight();
    let settings = Settings {
        bot_name: "Mendwell".to_owned(),
        dialogs: Dialogs::only(dialog),
        lines: Arc::default(),
        screen: Arc::new(library::require_screen(None)?),
        prompts: Arc::default(),
        idle_months: 12,
        wordings: Wordings::CURRENT,
        host: Host::default(),
        quiet: QuietHours { from: midnight, to: midnight },
        zone: jiff::tz::TimeZone::UTC,
        language: Language::default(),
        commit_each_turn,
    };
    Ok(Running::start(store, library, settings, Arc::new(SystemClock), Arc::new(Nobody)))
}

/// A text of a simulated person.
pub(in crate::app) fn text_event(person: u32, number: u64, text: &str) -> Event {
    let account = person.to_string();
    Event {
        key: EventKey(format!("bench:{person}:{number}")),
        source: Source::Address(Address { platform: Platform::Console, account: account.clone(), chat: account }),
        at: SystemClock.now(),
        body: Body::Text(UserText::from(text)),
        origin: Origin::default(),
    }
}

/// A messenger whose messages always arrive at once.
struct Nobody;

impl Messenger for Nobody {
    fn send<'a>(&'a self, _delivery: &'a Delivery) -> BoxFuture<'a, Outcome> {
        Box::pin(std::future::ready(Outcome::Sent(None)))
    }
}

async fn greet(service: Service, people: Vec<u32>) -> Result<(), Failure> {
    for person in people {
        service.handle(text_event(person, 0, ANSWERS[0])).await?;
    }
    Ok(())
}

/// Lets each of these people answer in turn; the time of each answer, in microseconds.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
async fn talk(service: Service, people: Vec<u32>, until: Instant) -> Result<Vec<u32>, Failure> {
    let mut micros = Vec::new();
    for round in 1_u64.. {
        for person in &people {
            let answer = ANSWERS[(round % ANSWERS.len() as u64) as usize];
            let start = Instant::now();
            if start >= until {
                return Ok(micros);
            }
            service.handle(text_event(*person, round, answer)).await?;
            micros.push(u32::try_from(start.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
    }
    Ok(micros)
}

fn percentile_ms(sorted_micros: &[u32], part: f64) -> f64 {
    let last = sorted_micros.len().saturating_sub(1);
    let at = (last as f64 * part).round() as usize;
    sorted_micros.get(at).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
}
