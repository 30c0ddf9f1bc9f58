//! `mendwell config`: the example file, and the problems of the present one.

use std::process::ExitCode;

use clap::Subcommand;

use crate::app::exit::Failure;
use crate::cli::print;
use crate::config::{self, Config};

/// What to do with the configuration.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum What {
    /// Print a file with every setting, its meaning and its default
    Example,
    /// Say what is wrong with the present file and environment; exit 78 if anything is
    Check,
}

pub(super) fn run(what: What, load: impl FnOnce() -> Result<Config, Failure>) -> Result<ExitCode, Failure> {
    match what {
        What::Example => print(&config::example()),
        What::Check => {
            let config = load()?;
            let from = config.file.map_or_else(|| "the defaults".to_owned(), |file| file.display().to_string());
            print(&format!("The configuration is in order (from {from}).\n"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
