//! Measures the Telegram bot from outside: the real binary, its store on disk, and a fake Bot API in this process.
//!
//! ```text
//! cargo build --release && cargo run --release --example telegram_bench -- [--seconds N] [--json] [--people N | --memory]
//! ```
//!
//! People sit in a closed loop: each waits for the bot's next question before they answer it. A dialog has six turns:
//! three presses, two typed answers, and a command that begins it.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

mod bot;
mod crowd;

#[expect(dead_code, reason = "the tests use the rest of it")]
#[path = "../../tests/fake/http/mod.rs"]
mod fake_http;
#[expect(dead_code, reason = "the tests use the rest of it")]
#[path = "../../tests/fake/telegram/mod.rs"]
mod fake_telegram;

use std::error::Error;
use std::time::Duration;

use bot::Bot;
use crowd::{Crowd, Figures};

/// Starts of which the median is told.
const STARTS: usize = 5;
/// People whose sessions and profiles stand behind the figure of the memory.
const MANY: usize = 10_000;
/// How many of them talk at the same time.
const MANY_AT_ONCE: usize = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let value =
        |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let seconds = value("--seconds").map_or(Ok(5), |seconds| seconds.parse())?;
    let length = Duration::from_secs(seconds);
    if let Some(people) = value("--people") {
        println!("{people:>5} people   {}", closed_loop(people.parse()?, length)?);
        return Ok(());
    }
    if arguments.iter().any(|argument| argument == "--memory") {
        println!("{MANY} people   {:.1} MB resident", resident_mb_of_many()?);
        return Ok(());
    }
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(first_answer_ms()?);
    }
    starts.sort_by(f64::total_cmp);
    let (fifty, five_hundred) = (closed_loop(50, length)?, closed_loop(500, length)?);
    let many_mb = resident_mb_of_many()?;
    let report = serde_json::json!({
        "people_50": fifty.json(),
        "people_500": five_hundred.json(),
        "first_answer_ms": starts[STARTS / 2],
        "resident_mb_10000_people": many_mb,
    });
    if arguments.iter().any(|argument| argument == "--json") {
        println!("{report}");
        return Ok(());
    }
    for (people, figures) in [(50, fifty), (500, five_hundred)] {
        println!("{people:>5} people   {figures}");
    }
    println!("10000 people   {many_mb:.1} MB resident");
    println!("first answer   {:.1} ms after the start", starts[STARTS / 2]);
    Ok(())
}

/// From the start of the process to the first answer, in milliseconds; the update waits already.
fn first_answer_ms() -> Result<f64, Box<dyn Error>> {
    let bot = Bot::prepare()?;
    let mut crowd = Crowd::new(&bot.fake, 1);
    crowd.start(0..1);
    let running = bot.start()?;
    let figures = crowd.run(Duration::ZERO, 1)?;
    drop(running);
    Ok(figures.p50_ms)
}

fn closed_loop(people: usize, length: Duration) -> Result<Figures, Box<dyn Error>> {
    let bot = Bot::prepare()?;
    let running = bot.start()?;
    let mut crowd = Crowd::new(&bot.fake, people);
    crowd.start(0..people);
    // Connections, caches and the first pages of the store are not what is measured.
    crowd.run(Duration::from_secs(1), 0)?;
    let cpu = running.cpu_s();
    let mut figures = crowd.run(length, 0)?;
    figures.cpu_s_per_1000 = (running.cpu_s() - cpu) / figures.turns as f64 * 1_000.0;
    figures.resident_mb = running.resident_mb();
    Ok(figures)
}

/// Everybody talks once through the dialog; the memory afterwards.
fn resident_mb_of_many() -> Result<f64, Box<dyn Error>> {
    let bot = Bot::prepare()?;
    let running = bot.start()?;
    for first in (0..MANY).step_by(MANY_AT_ONCE) {
        let mut crowd = Crowd::new(&bot.fake, first + MANY_AT_ONCE);
        crowd.start(first..first + MANY_AT_ONCE);
        crowd.run(Duration::ZERO, MANY_AT_ONCE * 4)?;
    }
    Ok(running.resident_mb())
}
