//! Settings from a file, the environment and the command line. All problems are reported at once, each with its place;
//! no secret is ever among what is reported.

mod check;
mod discord;
mod near;
mod problem;
mod quote;
mod reader;
mod settings;
mod telegram;

use std::collections::HashMap;
use std::path::PathBuf;

use etcetera::BaseStrategy;

use crate::domain::language::Language;
use crate::domain::occasion::Dialogs;
use crate::domain::recurrence::QuietHours;

pub use discord::DiscordConfig;
pub use problem::{ConfigError, Place, Problem};
use reader::{Found, Reader};
pub use settings::example;
pub use telegram::{TelegramConfig, WebhookConfig};

/// All settings, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The file they were read from, if there was one.
    pub file: Option<PathBuf>,
    /// Where data lies.
    pub store: StoreConfig,
    /// How the bot behaves.
    pub bot: BotConfig,
    /// Who runs it.
    pub host: HostConfig,
    /// Where dialogs come from.
    pub dialogs: DialogsConfig,
    /// The Telegram bot; there exactly when its token is set.
    pub telegram: Option<TelegramConfig>,
    /// The Discord bot; there exactly when its token is set.
    pub discord: Option<DiscordConfig>,
    /// What is logged.
    pub log: LogConfig,
}

/// `[store]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreConfig {
    /// Directory of the database, absolute.
    pub data_dir: PathBuf,
    /// File of the master key, absolute, outside `data_dir`.
    pub master_key: PathBuf,
    /// The forget ledger, absolute; outside `data_dir` unless the host says otherwise.
    pub forget_ledger: PathBuf,
    /// Months without a word after which somebody is told, and a month later forgotten.
    pub idle_months: u32,
}

/// `[bot]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotConfig {
    /// What the bot calls itself.
    pub name: String,
    /// The dialog of each occasion.
    pub dialogs: Dialogs,
    /// Quiet hours of people who have not chosen their own: `quiet_from` and `quiet_to`.
    pub quiet: QuietHours,
    /// IANA zone of people who have not chosen one; it exists.
    pub zone: String,
    /// Language of people whose app tells none that is spoken here, and who chose none.
    pub language: Language,
}

/// `[host]`: who runs the bot, as `/privacy` says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostConfig {
    /// How people reach them.
    pub contact: Option<String>,
    /// Where the machine stands.
    pub country: Option<String>,
}

/// `[dialogs]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogsConfig {
    /// Directory of dialog files, absolute; `None` for the built-in ones.
    pub dir: Option<PathBuf>,
}

/// `[log]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// `off`, `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
}

/// What the command line says; it wins over the environment and the file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--config FILE`, which must exist.
    pub file: Option<PathBuf>,
    /// `--data DIR`.
    pub data_dir: Option<PathBuf>,
    /// `--dialogs DIR`.
    pub dialogs_dir: Option<PathBuf>,
}

/// Directories of the user and the process.
#[derive(Clone, Debug)]
pub struct Places {
    /// Where the process was started.
    pub current: PathBuf,
    /// The user's home directory.
    pub home: Option<PathBuf>,
    /// The user's configuration directory.
    pub config_home: Option<PathBuf>,
    /// The user's data directory.
    pub data_home: Option<PathBuf>,
}

impl Places {
    /// Those of the running process.
    pub fn of_process() -> Self {
        let base = etcetera::choose_base_strategy().ok();
        Self {
            current: std::env::current_dir().unwrap_or_default(),
            home: base.as_ref().map(|base| base.home_dir().to_owned()),
            config_home: base.as_ref().map(BaseStrategy::config_dir),
            data_home: base.as_ref().map(BaseStrategy::data_dir),
        }
    }
}

impl Config {
    /// Reads and checks all settings: the command line wins over the environment, which wins over the file, which wins
    /// over the defaults. `environment` is every variable of the process; foreign ones are passed over, empty ones too.
    pub fn load(
        overrides: &Overrides,
        environment: impl IntoIterator<Item = (String, String)>,
        places: &Places,
    ) -> Result<Self, ConfigError> {
        let environment: HashMap<String, String> = environment
            .into_iter()
            .filter(|(name, value)| name.starts_with("MENDWELL_") && !value.is_empty())
            .collect();
        let mut reader = Reader { found: HashMap::new(), problems: Vec::new(), places };
        let file = reader.file(overrides, &environment);
        reader.environment(&environment);
        for (key, path) in [
            (("store", "data_dir", "--data"), &overrides.data_dir),
            (("dialogs", "dir", "--dialogs"), &overrides.dialogs_dir),
        ] {
            if let Some(path) = path {
                let found = Found {
                    text: path.to_string_lossy().into_owned().into(),
                    place: Place::Named(key.2.to_owned()),
                    base: places.current.clone(),
                };
                reader.found.insert((key.0, key.1), found);
            }
        }
        let config = reader.config(file);
        reader.problems.sort_by_key(|problem| match problem.place {
            Place::File { line, column, .. } => (line, column),
            Place::Named(_) => (usize::MAX, 0),
        });
        if reader.problems.is_empty() { Ok(config) } else { Err(ConfigError { problems: reader.problems }) }
    }
}
