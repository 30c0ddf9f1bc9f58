//! Planned check-ins in large numbers: what a start and a claim cost, in a process of its own.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;

use super::{load, machine};
use crate::app::exit::Failure;
use crate::domain::event::{Address, Platform};
use crate::domain::limits::CLAIM_MAX;
use crate::domain::person::Profile;
use crate::domain::recurrence::{At, Every, Recurrence};
use crate::domain::value::{Value, Values};
use crate::domain::write::{Plan, WhenBusy};
use crate::service::clock::SystemClock;
use crate::service::ports::Clock;
use crate::store::{Batch, Options, PersonNew, PlanWrite, Store, Synchronous};

/// People written in one commit.
const CHUNK: u32 = 10_000;
/// People who are due at once.
const DUE: u32 = 1_000;

/// What many plans cost.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Figures {
    /// People with a plan.
    pub people: u32,
    /// Finding 1,000 that are due, in milliseconds.
    pub claim_1000_ms: f64,
    /// Finding them and starting their check-ins, to the last commit, in milliseconds.
    pub turns_1000_ms: f64,
    /// From the start of the process until the next due instant is known, in milliseconds.
    pub start_ms: f64,
    /// Resident memory after the claim, before the turns, in MB.
    pub rss_mb: f64,
}

/// Fills a store with planned check-ins and measures them in a fresh process.
pub(super) fn measure(runtime: &Runtime, place: &Path, people: u32) -> Result<Figures, Failure> {
    runtime.block_on(fill(place, people))?;
    let program = std::env::current_exe().map_err(Failure::io("cannot find this program"))?;
    let output = Command::new(program)
        .args(["bench", "--probe", "--data"])
        .arg(place)
        .stderr(Stdio::inherit())
        .output()
        .map_err(Failure::io("cannot run this program again"))?;
    let figures: Figures = serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::io("the probe of the scheduler failed")(error.into()))?;
    Ok(Figures { people, ..figures })
}

/// Opens the store, claims, and runs the turns of what is due.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
pub(super) async fn probe(place: &Path, started: Instant) -> Result<Figures, Failure> {
    let running = load::start(load::open(place).await?, false)?;
    running.service.next_due().await?;
    let start_ms = millis(started);
    let claim = Instant::now();
    let claimed = running.service.store().plans_due(running.service.now(), CLAIM_MAX).await?;
    let claim_1000_ms = millis(claim);
    let rss_mb = machine::resident_mb("self");
    let turns = Instant::now();
    running.service.fire_due().await?;
    let turns_1000_ms = millis(turns);
    let people = u32::try_from(claimed.len()).unwrap_or(u32::MAX);
    running.stop().await?;
    Ok(Figures { people, claim_1000_ms, turns_1000_ms, start_ms, rss_mb })
}

/// From starting the terminal chat on an empty store to its first words, in milliseconds; the median of five.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
pub(super) fn first_answer_ms(place: &Path) -> Result<f64, Failure> {
    let program = std::env::current_exe().map_err(Failure::io("cannot find this program"))?;
    let mut times = Vec::new();
    for run in 0..5 {
        let start = Instant::now();
        let mut chat = Command::new(&program)
            .args(["chat", "--data"])
            .arg(place.join(run.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Failure::io("cannot run this program again"))?;
        let mut first = [0];
        if let Some(out) = &mut chat.stdout {
            out.read_exact(&mut first).map_err(Failure::io("the chat said nothing"))?;
        }
        times.push(millis(start));
        drop(chat.stdin.take());
        chat.wait().map_err(Failure::io("the chat did not end"))?;
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(2).copied().unwrap_or_default())
}

async fn fill(place: &Path, people: u32) -> Result<(), Failure> {
    // Filling is not measured, so it need not wait for the disk.
    let options = Options { synchronous: Synchronous::Off, ..Options::new(place, place.with_extension("key")) };
    let store = Store::open(options).await?;
    let now = SystemClock.now();
    for first in (0..people).step_by(CHUNK as usize) {
        let batch = chunk(&store, first..people.min(first + CHUNK), now);
        store.commit(batch).await?;
    }
    store.close().await?;
    Ok(())
}

fn chunk(store: &Store, people: std::ops::Range<u32>, now: Timestamp) -> Batch {
    let mut batch = Batch::default();
    for number in people {
        let id = store.person_id_next();
        let address = Address { platform: Platform::Console, account: number.to_string(), chat: number.to_string() };
        let mut profile = Profile::new(address.clone());
        profile.facts.insert("consent".to_owned(), Value::Bool(true));
        batch.persons_new.push(PersonNew { id, address, profile });
        let away = if number < DUE { -1 } else { i64::from(number) };
        let due_at = now.saturating_add(SignedDuration::from_secs(away)).unwrap_or(Timestamp::MAX);
        let at = At::Wall(due_at.to_zoned_datetime(jiff::tz::TimeZone::UTC).time());
        batch.plans.push(PlanWrite::Put {
            person: id,
            plan: Plan {
                dialog: "bench".to_owned(),
                with: Values::new(),
                recurrence: Recurrence { every: Every::Daily, at },
                when_busy: WhenBusy::Queue,
                expires_s: 43_200,
            },
            due_at: Some(due_at),
        });
    }
    batch
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}
