//! What the benchmarks of the messengers share: people, their bot as a process, and what is told of both.
//!
//! ```text
//! [--seconds N] [--json] [--shipped] [--people N | --memory | --slope MINUTES]
//! ```
//!
//! People sit in a closed loop: each waits for the bot's next question before they answer it. A dialog has six turns:
//! three presses, two typed answers, and a command that begins it.

mod bot;
mod crowd;
pub(crate) mod figures;

use std::error::Error;
use std::time::{Duration, Instant};

use bot::Bot;
use crowd::Crowd;
use figures::{Figures, Slope};
use mendwell::app::bench::machine;

/// Starts of which the median is told.
const STARTS: usize = 5;
/// People on each platform whose sessions and profiles stand behind the figure of the memory.
const MANY: usize = 10_000;
/// How many of them talk at the same time.
const MANY_AT_ONCE: usize = 200;
/// For a platform to hear from its bot.
const PATIENCE: Duration = Duration::from_secs(20);
/// Who talks while the memory is watched: with their rests some 200 turns a second.
const STEADY: usize = 500;
const STEADY_REST: Duration = Duration::from_millis(2_500);
/// How often the memory is looked at.
const SAMPLED: Duration = Duration::from_secs(1);
/// Before its first look everybody answers at once for so long: caches fill by the turn, not by the minute.
const WARM: Duration = Duration::from_secs(150);

/// What a person does.
pub(crate) enum Deed {
    Say(&'static str),
    /// Presses the button with this label.
    Press(&'static str),
}

/// A platform in this process. People are numbered from 0.
pub(crate) trait Platform {
    /// The section of the bot's configuration.
    fn config(&self) -> String;
    /// Waits until what people do reaches the bot.
    fn hears(&self, patience: Duration) -> Result<(), String>;
    fn act(&self, person: usize, deed: &Deed);
    /// Waits until somebody was sent what they want, and tells everybody who was.
    fn asked(&self, patience: Duration, is_wanted: &dyn Fn(usize, &str) -> bool) -> Result<Vec<usize>, String>;
    /// Why what was measured is worth nothing, if it is.
    fn objection(&self) -> Option<String>;
}

/// Starts a platform.
pub(crate) type Start = fn() -> Box<dyn Platform>;

/// Measures a platform as the command line says. The figure of the memory is that of a bot which is on these `others` as
/// well.
pub(crate) fn run(start: Start, others: &[Start]) -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let place = |name: &str| arguments.iter().position(|argument| argument == name);
    let value = |name: &str| place(name).and_then(|at| arguments.get(at + 1));
    let (seconds, is_json) = (value("--seconds").map_or(Ok(5), |seconds| seconds.parse())?, place("--json").is_some());
    let length = Duration::from_secs(seconds);
    let tell = |json: serde_json::Value, words: String| println!("{}", if is_json { json.to_string() } else { words });
    if let Some(people) = value("--people") {
        let figures = closed_loop(start, people.parse()?, length)?;
        tell(figures.json(), format!("{people:>5} people   {figures}"));
    } else if place("--memory").is_some() {
        let mb = resident_mb_of_many(start, others)?;
        tell(serde_json::json!({"resident_mb_10000_people": mb}), memory(mb, others));
    } else if let Some(minutes) = value("--slope") {
        let slope = slope(start, Duration::from_secs_f64(minutes.parse::<f64>()? * 60.0))?;
        tell(slope.json(), format!("{STEADY} people, {minutes} minutes   {slope}"));
    } else {
        let (fifty, five_hundred) = (closed_loop(start, 50, length)?, closed_loop(start, 500, length)?);
        let (mb, first_ms) = (resident_mb_of_many(start, others)?, first_answer_ms(start)?);
        let report = serde_json::json!({
            "people_50": fifty.json(),
            "people_500": five_hundred.json(),
            "first_answer_ms": first_ms,
            "resident_mb_10000_people": mb,
        });
        let loops = format!("   50 people   {fifty}\n  500 people   {five_hundred}");
        tell(report, format!("{loops}\n{}\nfirst answer   {first_ms:.1} ms after the start", memory(mb, others)));
    }
    Ok(())
}

fn memory(mb: f64, others: &[Start]) -> String {
    let platforms = if others.is_empty() { "" } else { " on each platform" };
    format!("{MANY} people{platforms}   {mb:.1} MB resident")
}

/// From the start of the process to the first answer, in milliseconds; the median of a few.
fn first_answer_ms(start: Start) -> Result<f64, Box<dyn Error>> {
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let platform = start();
        let bot = Bot::prepare(&[platform.as_ref()])?;
        let began = Instant::now();
        let running = bot.start()?;
        platform.hears(PATIENCE)?;
        let mut crowd = Crowd::new(platform.as_ref(), 1);
        crowd.start(0..1);
        crowd.run(Duration::ZERO, 1)?;
        took.push(began.elapsed().as_secs_f64() * 1e3);
        drop(running);
    }
    took.sort_by(f64::total_cmp);
    Ok(took[STARTS / 2])
}

fn closed_loop(start: Start, people: usize, length: Duration) -> Result<Figures, Box<dyn Error>> {
    let platform = start();
    let bot = Bot::prepare(&[platform.as_ref()])?;
    let running = bot.start()?;
    platform.hears(PATIENCE)?;
    let mut crowd = Crowd::new(platform.as_ref(), people);
    crowd.start(0..people);
    // Connections, caches and the first pages of the store are not what is measured.
    crowd.run(Duration::from_secs(1), 0)?;
    let (cpu, own_cpu) = (running.cpu_s(), machine::cpu_s("self"));
    let mut figures = crowd.run(length, 0)?;
    if let Some(objection) = platform.objection() {
        return Err(objection.into());
    }
    let a_thousand = figures.turns as f64 / 1_000.0;
    figures.cpu_s_per_1000 = (running.cpu_s() - cpu) / a_thousand;
    figures.platform_cpu_s_per_1000 = (machine::cpu_s("self") - own_cpu) / a_thousand;
    figures.resident_mb = running.resident_mb();
    Ok(figures)
}

/// Everybody talks once through the dialog, on each platform; the memory afterwards.
fn resident_mb_of_many(start: Start, others: &[Start]) -> Result<f64, Box<dyn Error>> {
    let platforms: Vec<Box<dyn Platform>> = [&[start], others].concat().into_iter().map(|start| start()).collect();
    let all: Vec<&dyn Platform> = platforms.iter().map(AsRef::as_ref).collect();
    let bot = Bot::prepare(&all)?;
    let running = bot.start()?;
    for platform in &all {
        platform.hears(PATIENCE)?;
    }
    for first in (0..MANY).step_by(MANY_AT_ONCE) {
        for platform in &all {
            let mut crowd = Crowd::new(*platform, first + MANY_AT_ONCE);
            crowd.start(first..first + MANY_AT_ONCE);
            crowd.run(Duration::ZERO, MANY_AT_ONCE * 4)?;
        }
    }
    Ok(running.resident_mb())
}

/// The memory under a steady load, over so much time after it is warm.
fn slope(start: Start, length: Duration) -> Result<Slope, Box<dyn Error>> {
    let platform = start();
    let bot = Bot::prepare(&[platform.as_ref()])?;
    let running = bot.start()?;
    platform.hears(PATIENCE)?;
    let mut crowd = Crowd::new(platform.as_ref(), STEADY);
    crowd.start(0..STEADY);
    crowd.run(WARM, 0)?;
    crowd.rest(STEADY_REST);
    let (began, mut samples) = (Instant::now(), Vec::new());
    while began.elapsed() < length {
        crowd.run(SAMPLED, 0)?;
        samples.push((began.elapsed().as_secs_f64() / 3_600.0, running.resident_mb()));
    }
    Slope::of(&samples).ok_or_else(|| "the time is too short for a slope".into())
}
