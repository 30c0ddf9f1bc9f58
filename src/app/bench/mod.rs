//! `mendwell bench`: simulated people through the real writer and store on disk, measured in one run.

mod load;
pub mod machine;
mod scheduled;

pub(super) use load::{house, text_event};

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use serde::Serialize;
use tokio::runtime::Runtime;

use crate::app::exit::Failure;
use crate::app::ledger;

/// The arguments of `mendwell bench`.
#[derive(Args, Clone, Debug)]
pub struct BenchOptions {
    /// Simulated people
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    people: u32,
    /// People who wait for an answer at the same time
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    concurrency: u32,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    seconds: u32,
    /// Planned check-ins of the scheduler's measurement; 0 leaves it out
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(0..=10_000_000))]
    scheduled: u32,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Answer counted turns until killed, a line per answer: the target of the kill test
    #[arg(long, hide = true)]
    ledger: bool,
    /// With --ledger: acknowledge before the commit and forget event keys, so that the kill test must fail
    #[arg(long, hide = true, requires = "ledger")]
    careless: bool,
    /// Open the store of --data, claim what is due and print the cost: the bench calls itself with this
    #[arg(long, hide = true)]
    probe: bool,
}

/// The whole result.
#[derive(Debug, Serialize)]
struct Report {
    /// Many turns in one commit.
    grouped: load::Figures,
    /// One commit a turn.
    single: load::Figures,
    /// One person who waits for each answer, beside commits of the same rows without a turn.
    alone: Alone,
    /// Planned check-ins.
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduler: Option<scheduled::Figures>,
    /// From the start of the process to the first line of the first answer, on an empty store, in milliseconds.
    first_answer_ms: f64,
}

/// A single person's turns beside bare commits.
#[derive(Debug, Serialize)]
struct Alone {
    /// Median of a turn, in milliseconds.
    turn_p50_ms: f64,
    /// Median of a commit of the same rows without a turn, in milliseconds.
    commit_p50_ms: f64,
    /// The first over the second.
    ratio: f64,
}

/// Measures and prints.
///
/// # Errors
/// When the store fails.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
pub fn run(options: &BenchOptions, data: Option<&Path>) -> Result<(), Failure> {
    let started = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::io("the runtime cannot start"))?;
    if options.ledger {
        let data = data.ok_or_else(|| Failure::Usage("--ledger needs --data".to_owned()))?;
        return runtime.block_on(ledger::run(data, options.people, options.careless));
    }
    if options.probe {
        let data = data.ok_or_else(|| Failure::Usage("--probe needs --data".to_owned()))?;
        let figures = runtime.block_on(scheduled::probe(data, started))?;
        return print(&serde_json::to_string(&figures).unwrap_or_default());
    }
    let place = Place::new(data)?;
    let report = measure(options, &runtime, &place.0)?;
    if options.json {
        return print(&serde_json::to_string(&report).unwrap_or_default());
    }
    print(&text(&report))
}

fn measure(options: &BenchOptions, runtime: &Runtime, place: &Path) -> Result<Report, Failure> {
    let grouped = runtime.block_on(load::measure(&place.join("grouped"), options, false))?;
    let single = runtime.block_on(load::measure(&place.join("single"), options, true))?;
    let one = BenchOptions { people: 1, concurrency: 1, seconds: options.seconds.min(3), ..options.clone() };
    let turn = runtime.block_on(load::measure(&place.join("alone"), &one, false))?;
    let commit_p50_ms = runtime.block_on(load::bare_commits(&place.join("bare")))?;
    let scheduler = match options.scheduled {
        0 => None,
        people => Some(scheduled::measure(runtime, &place.join("scheduled"), people)?),
    };
    Ok(Report {
        grouped,
        single,
        alone: Alone { turn_p50_ms: turn.p50_ms, commit_p50_ms, ratio: turn.p50_ms / commit_p50_ms },
        scheduler,
        first_answer_ms: scheduled::first_answer_ms(&place.join("first"))?,
    })
}

fn text(report: &Report) -> String {
    let row = |name: &str, figures: &load::Figures| {
        format!(
            "{name:8} {:>9.0} turns/s   p50 {:>7.2} ms   p99 {:>7.2} ms   {:>7.0} bytes/turn   {:>6.3} CPU s/1000 turns\n",
            figures.turns_per_s, figures.p50_ms, figures.p99_ms, figures.bytes_per_turn, figures.cpu_s_per_1000
        )
    };
    let mut text = row("grouped", &report.grouped) + &row("single", &report.single);
    text += &format!("grouped / single: {:.2}\n", report.grouped.turns_per_s / report.single.turns_per_s);
    text += &format!(
        "alone: a turn {:.2} ms, a bare commit {:.2} ms, ratio {:.2}\n",
        report.alone.turn_p50_ms, report.alone.commit_p50_ms, report.alone.ratio
    );
    if let Some(scheduler) = &report.scheduler {
        text += &format!(
            "scheduler: {} people, claim of 1,000 due {:.1} ms, their turns {:.1} ms, start {:.1} ms, resident {:.1} MB\n",
            scheduler.people, scheduler.claim_1000_ms, scheduler.turns_1000_ms, scheduler.start_ms, scheduler.rss_mb
        );
    }
    text + &format!("start to first answer on an empty store: {:.1} ms", report.first_answer_ms)
}

fn print(text: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{text}").map_err(Failure::io("cannot print"))
}

/// A directory of the bench's own, removed at the end.
struct Place(PathBuf);

impl Place {
    fn new(data: Option<&Path>) -> Result<Self, Failure> {
        let parent = data.map_or_else(std::env::temp_dir, Path::to_path_buf);
        let place = parent.join(format!("mendwell-bench-{}", std::process::id()));
        std::fs::create_dir_all(&place).map_err(Failure::io(format!("cannot make {}", place.display())))?;
        Ok(Self(place))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed stays for the host to see.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
