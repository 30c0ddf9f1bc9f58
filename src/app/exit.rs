//! How the process ends: exit codes of `sysexits.h` that service managers and scripts can tell apart.

use std::process::ExitCode;

use crate::service::ServiceError;
use crate::store::{OpenError, StoreError};

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
            Self::Open(error) => error.exit_code(),
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
            Self::SecondPoller => 69,
            Self::TokenRefused { .. } => 77,
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
