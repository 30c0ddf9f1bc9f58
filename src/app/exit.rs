//! How the process ends: exit codes of `sysexits.h` that service managers and scripts can tell apart.

use std::process::ExitCode;

use crate::service::ServiceError;
use crate::store::{BackupError, OpenError, RestoreError, StoreError};

/// Why the process ends before it was asked to. `Display` is one sentence for the host.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Dialogs have problems, which were printed. Exit code 1.
    #[error("{0}")]
    Problems(String),
    /// The command line makes no sense. Exit code 64.
    #[error("{0}")]
    Usage(String),
    /// The store did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store failed while it ran.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no new backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Nothing was restored.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// Input or output failed. Exit code 74.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The configuration has problems. Exit code 78.
    #[error("{0}")]
    Config(String),
    /// Telegram does not know the token. Exit code 77.
    #[error(
        "Telegram refused the bot's token, which is set in {set_in}: put a valid one there; @BotFather on Telegram gives it"
    )]
    TokenRefused {
        /// Where the host set it; see [`crate::config::TelegramConfig::token_set_in`].
        set_in: String,
    },
    /// Another program takes in what people write to the bot. Exit code 69.
    #[error(
        "another program asks Telegram for this bot's messages with the same token: stop it, or get a bot of its own from @BotFather on Telegram"
    )]
    SecondPoller,
    /// Discord does not know the token. Exit code 77.
    #[error(
        "Discord refused the bot's token, which is set in {set_in}: put a valid one there; https://discord.com/developers/applications gives it, under Bot"
    )]
    DiscordTokenRefused {
        /// Where the host set it; see [`crate::config::DiscordConfig::token_set_in`].
        set_in: String,
    },
    /// Discord hardly lets the bot begin another session today. Exit code 69.
    #[error(
        "Discord lets this bot begin only {remaining} more sessions today, and resets the token of a bot that begins too many: wait {minutes} minutes, and find out what starts this program again and again"
    )]
    DiscordSessions {
        /// How many.
        remaining: u64,
        /// When there are more, in minutes.
        minutes: u64,
    },
    /// Discord's gateway was silent for longer than it ever is. Exit code 75.
    #[error("Discord's gateway has said nothing for two minutes: the process ends, to be started again")]
    DiscordSilent,
    /// A loop ended that must not end. Exit code 74.
    #[error("{0} has ended, so the process ends too; nothing that was acknowledged is lost")]
    LoopEnded(&'static str),
}

impl Failure {
    /// The process's exit code.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Problems(_) => 1,
            Self::Usage(_) => 64,
            Self::Open(error) | Self::Backup(BackupError::Open(error)) | Self::Restore(RestoreError::Open(error)) => {
                error.exit_code()
            }
            Self::Backup(BackupError::Together { .. } | BackupError::InsideData { .. }) => 64,
            Self::Backup(BackupError::Unsound { .. })
            | Self::Restore(
                RestoreError::NoBackup { .. } | RestoreError::NoKeys { .. } | RestoreError::OtherKeys { .. },
            ) => 65,
            Self::Store(StoreError::Damaged { .. }) => 65,
            Self::Store(
                StoreError::Io { .. }
                | StoreError::Full
                | StoreError::Busy
                | StoreError::Conflict { .. }
                | StoreError::Misuse { .. }
                | StoreError::Other { .. },
            )
            | Self::Io { .. }
            | Self::LoopEnded(_) => 74,
            Self::SecondPoller | Self::DiscordSessions { .. } => 69,
            Self::DiscordSilent => 75,
            Self::TokenRefused { .. } | Self::DiscordTokenRefused { .. } => 77,
            Self::Config(_) => 78,
        })
    }

    /// A failure of input or output, with what was tried.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Closed => Self::LoopEnded("the writer"),
            ServiceError::Store(error) => Self::Store(error),
        }
    }
}
