//! `mendwell when`: the next times of a recurrence, as the scheduler works them out.

use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;

use crate::app::exit::Failure;
use crate::cli::print;
use crate::domain::recurrence::{QuietHours, Recurrence};
use crate::domain::recurrence_text::{parse_at, parse_every, parse_time, when_lines};
use crate::domain::zone::tz;

/// The most occurrences printed.
const COUNT_MAX: usize = 10_000;

/// The arguments of `mendwell when`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The wall time, such as 02:30, or a window such as 18:00-20:00
    #[arg(long)]
    at: String,
    /// The IANA time zone, such as Europe/Berlin
    #[arg(long)]
    zone: String,
    /// The first day, such as 2026-03-28
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// How many
    #[arg(long, default_value_t = 5)]
    count: usize,
    /// daily, weekdays, "mon,thu", "3 days", weekly or once
    #[arg(long, default_value = "daily")]
    every: String,
    /// Quiet hours, such as 22:00-07:00 [default: none]
    #[arg(long, value_name = "FROM-TO")]
    quiet: Option<String>,
    /// The seed of random minutes inside a window
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let usage = |problem: String| Failure::Usage(problem);
    let zone = tz(&arguments.zone)
        .ok_or_else(|| usage(format!("--zone: \"{}\" is no IANA time zone, such as Europe/Berlin", arguments.zone)))?;
    if arguments.count > COUNT_MAX {
        return Err(usage(format!("--count: at most {COUNT_MAX}")));
    }
    let recurrence = Recurrence {
        every: parse_every(&arguments.every, arguments.from).map_err(|problem| usage(format!("--every: {problem}")))?,
        at: parse_at(&arguments.at).map_err(|problem| usage(format!("--at: {problem}")))?,
    };
    let quiet = match &arguments.quiet {
        None => QuietHours { from: jiff::civil::Time::midnight(), to: jiff::civil::Time::midnight() },
        Some(text) => text
            .split_once('-')
            .and_then(|(from, to)| Some(QuietHours { from: parse_time(from)?, to: parse_time(to)? }))
            .ok_or_else(|| usage(format!("--quiet: \"{text}\" is no span of hours, such as 22:00-07:00")))?,
    };
    let lines = when_lines(&recurrence, arguments.from, arguments.count, &zone, quiet, arguments.seed);
    print(&lines.into_iter().map(|line| line + "\n").collect::<String>());
    Ok(ExitCode::SUCCESS)
}
