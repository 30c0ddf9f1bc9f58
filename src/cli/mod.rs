//! The command line: names, arguments and exit codes that hosts, scripts and tests rely on.

mod backup;
mod check;
mod config;
mod doctor;
mod graph;
mod play;
mod screen;
mod when;

use std::ffi::OsString;
use std::io::{Write, stderr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::app::bench::BenchOptions;
use crate::app::exit::Failure;
use crate::app::{bench, chat, memory, serve};
use crate::config::{Config, Overrides, Places};
use crate::dialog::load::schema;

/// A self-hosted support bot for the weeks and months after a breakup.
///
/// Without a command it runs the service; while no platform's token is set, it opens the terminal chat.
#[derive(Debug, Parser)]
#[command(name = "mendwell", version, about, long_about, max_term_width = 100)]
struct CommandLine {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Arguments of every command.
#[derive(Args, Debug)]
struct Global {
    /// The configuration file [default: ./config.toml, then the user's configuration directory]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Dialogs that replace the shipped ones
    #[arg(long, global = true, value_name = "DIR")]
    dialogs: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Talk in this terminal, on the same store as the service
    ///
    /// When the input is no terminal: plain lines, choices as `[1] Label`, a line that is a number picks, and
    /// /wait 90m or /wait 1d moves the chat's clock.
    Chat {
        /// Who is talking
        #[arg(long = "as", value_name = "NAME", default_value = "me")]
        person: String,
    },
    /// List every problem of the dialogs
    Check {
        /// The dialogs [default: --dialogs, the configuration's, or the shipped ones]
        dir: Option<PathBuf>,
        /// Also visit every state of every dialog: states, and what is never reached; exit 1 when there is a finding.
        #[arg(long)]
        explore: bool,
    },
    /// Play one dialog in memory
    Play {
        /// The dialog's id
        dialog: String,
        /// Write what was played as a transcript
        #[arg(long, value_name = "FILE")]
        record: Option<PathBuf>,
    },
    /// Draw a dialog: its steps and the ways between them, as Mermaid
    Graph {
        /// The dialog's id
        dialog: String,
        /// Draw it as SVG into this file instead
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
    /// Print the format of a dialog as a JSON Schema, for editors that complete and check TOML
    Schema,
    /// Say what the safety screen finds in each line of the input: one text a line, one JSON object a line
    Screen,
    /// Print when a check-in would come
    When(when::Arguments),
    /// The configuration file
    Config {
        #[command(subcommand)]
        what: config::What,
    },
    /// Copy data and keys, each to its own directory, while the service may run
    Backup(backup::BackupArguments),
    /// Put a backup in the place of the data
    Restore(backup::RestoreArguments),
    /// The master key
    Keys {
        #[command(subcommand)]
        what: backup::KeysCommand,
    },
    /// Look at everything that can be wrong: exit code 1 with warnings, 2 with errors
    Doctor(doctor::Arguments),
    /// Measure turns per second through the real writer and store
    Bench(BenchOptions),
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let line = match CommandLine::try_parse_from(arguments) {
        Ok(line) => line,
        Err(error) => {
            // A closed terminal leaves nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(64) } else { ExitCode::SUCCESS };
        }
    };
    quiet_panics();
    memory::keep_to_itself();
    match dispatch(line) {
        Ok(code) => code,
        Err(failure) => {
            let _ = writeln!(stderr(), "mendwell: {failure}");
            failure.exit_code()
        }
    }
}

fn dispatch(line: CommandLine) -> Result<ExitCode, Failure> {
    let CommandLine { global, command } = line;
    match command {
        None => {
            let config = load_config(&global)?;
            if config.telegram.is_some() || config.discord.is_some() {
                block_on(&config, serve::run(&config))
            } else {
                block_on(&config, chat::chat(&config, "me", "mendwell"))
            }
        }
        Some(Command::Chat { person }) => {
            let config = load_config(&global)?;
            block_on(&config, chat::chat(&config, &person, &format!("mendwell chat --as {person}")))
        }
        Some(Command::Check { dir, explore }) => check::run(&load_config(&global)?, dir.as_deref(), explore),
        Some(Command::Play { dialog, record }) => play::run(&load_config(&global)?, &dialog, record.as_deref()),
        Some(Command::Graph { dialog, svg }) => graph::run(&load_config(&global)?, &dialog, svg.as_deref()),
        Some(Command::Schema) => {
            print(&format!("{:#}\n", schema()));
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Screen) => screen::run(&load_config(&global)?),
        Some(Command::When(arguments)) => when::run(&arguments),
        Some(Command::Config { what }) => config::run(what, || load_config(&global)),
        Some(Command::Backup(arguments)) => {
            let config = load_config(&global)?;
            block_on(&config, backup::backup(&config, &arguments))
        }
        Some(Command::Restore(arguments)) => {
            let config = load_config(&global)?;
            block_on(&config, backup::restore(&config, &arguments))
        }
        Some(Command::Keys { what }) => {
            let config = load_config(&global)?;
            block_on(&config, backup::keys(&config, what))
        }
        Some(Command::Doctor(arguments)) => {
            let config = load_config(&global)?;
            let mut code = ExitCode::SUCCESS;
            block_on(&config, async {
                code = doctor::run(&config, &arguments).await;
                Ok(())
            })?;
            Ok(code)
        }
        Some(Command::Bench(options)) => bench::run(&options, global.data.as_deref()).map(|()| ExitCode::SUCCESS),
    }
}

fn load_config(global: &Global) -> Result<Config, Failure> {
    let overrides =
        Overrides { file: global.config.clone(), data_dir: global.data.clone(), dialogs_dir: global.dialogs.clone() };
    // A variable that is no text cannot be one of ours.
    let environment =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Config::load(&overrides, environment, &Places::of_process()).map_err(|error| Failure::Config(error.to_string()))
}

fn block_on(config: &Config, work: impl Future<Output = Result<(), Failure>>) -> Result<ExitCode, Failure> {
    log_to_stderr(&config.log.level);
    // One thread for the turns, one for each database connection: more workers only hand tasks to and fro.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::io("the runtime cannot start"))?;
    let result = runtime.block_on(work);
    // A thread that waits for a line of the terminal never ends by itself.
    runtime.shutdown_background();
    result.map(|()| ExitCode::SUCCESS)
}

/// Our own events only: libraries print what people wrote when something does not parse.
fn log_to_stderr(level: &str) {
    let filter = EnvFilter::new(format!("off,mendwell={level}"));
    // A second subscriber in one process is a test's.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).with_target(false).try_init();
}

/// A panic's message may hold what somebody wrote: only its place is told.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(stderr(), "mendwell: a bug at {place}; the event is set apart and nothing else is lost");
    }));
}

/// Prints to the terminal or pipe; one that was closed is no failure.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
