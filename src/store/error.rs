//! What can go wrong, sorted by who must act. No message carries anything of a person.

use std::io;
use std::path::PathBuf;

/// Why the store did not open. Nothing in the data directory was changed by the attempt, unless said otherwise.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds the lock. Exit code 69.
    #[error("another mendwell is running on {}: stop it first, or give this one another --data directory", path.display())]
    SecondInstance {
        /// The data directory.
        path: PathBuf,
    },
    /// There is data, but no key for it. Exit code 65.
    #[error("the master key file {} is missing: put the file from your key backup there; without it the data cannot be read", path.display())]
    MasterKeyMissing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The key does not open this data. Exit code 65.
    #[error("the master key in {} does not belong to this data: put the file from your key backup there", path.display())]
    MasterKeyWrong {
        /// The file.
        path: PathBuf,
    },
    /// The key file is not 64 hexadecimal digits. Exit code 65.
    #[error("the master key file {} does not hold 64 hexadecimal digits: put the file from your key backup there", path.display())]
    MasterKeyMalformed {
        /// The file.
        path: PathBuf,
    },
    /// Others may read the key. Exit code 65.
    #[error("the master key file {} can be read by others (mode {mode:03o}): run `chmod 600` on it", path.display())]
    MasterKeyPermissions {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key would be backed up with the data. Exit code 65.
    #[error("the master key file {} lies inside the data directory, where every backup would carry it along: move it elsewhere and say where in the configuration", path.display())]
    KeyInsideData {
        /// The file.
        path: PathBuf,
    },
    /// A file is not what it should be. Exit code 65.
    #[error("the data in {} is damaged ({detail}): restore the latest backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// A newer version of the program wrote here. Exit code 65.
    #[error("{} was written by a newer version of mendwell: start that version, or restore a backup from before the update", path.display())]
    NewerSchema {
        /// The file.
        path: PathBuf,
    },
    /// There is no data where there must be some. Exit code 65.
    #[error("there is no data in {}: say where it is with --data or in the configuration", path.display())]
    NothingThere {
        /// The data directory.
        path: PathBuf,
    },
    /// The operating system refused. Exit code 74.
    #[error("cannot use {}: {source}; check that the place exists, is writable and has space", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl OpenError {
    /// The exit code of the process, by the table of the command line.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::SecondInstance { .. } => 69,
            Self::MasterKeyMissing { .. }
            | Self::MasterKeyWrong { .. }
            | Self::MasterKeyMalformed { .. }
            | Self::MasterKeyPermissions { .. }
            | Self::KeyInsideData { .. }
            | Self::Damaged { .. }
            | Self::NothingThere { .. }
            | Self::NewerSchema { .. } => 65,
            Self::Io { .. } => 74,
        }
    }
}

/// Why a read or a commit failed. Whatever it is, nothing of the batch was written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No space. Nobody must do more than free some; the same commit may be tried again later.
    #[error("the disk is full: free some space, nothing else is needed")]
    Full,
    /// The disk does not do what it should: the process must end with exit code 74, a new one may try.
    #[error("the disk failed (SQLite code {code}): check the disk, then start again")]
    Io {
        /// SQLite's extended result code.
        code: i32,
    },
    /// A file is damaged, or a sealed value does not open.
    #[error("the data is damaged ({detail}): restore the latest backup")]
    Damaged {
        /// What was found; names of tables and columns only.
        detail: String,
    },
    /// Somebody else holds the database: try again.
    #[error("the database is busy: try again")]
    Busy,
    /// A revision was not the expected one, or a row was there already: load again and repeat the turn.
    #[error("a row changed in between or was there already ({detail}): load it again")]
    Conflict {
        /// Which constraint.
        detail: String,
    },
    /// The caller asked for something that makes no sense.
    #[error("{detail}")]
    Misuse {
        /// What.
        detail: &'static str,
    },
    /// Anything else that SQLite reports. Names of tables and statements only.
    #[error("the database refused: {detail}")]
    Other {
        /// What SQLite said.
        detail: String,
    },
}

impl StoreError {
    pub(crate) fn damaged(detail: impl Into<String>) -> Self {
        Self::Damaged { detail: detail.into() }
    }

    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::Conflict { detail: detail.into() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            if let sqlx::Error::Io(error) = error {
                return Self::Io { code: error.raw_os_error().unwrap_or(0) };
            }
            if let sqlx::Error::ColumnDecode { .. } = error {
                return Self::damaged(error.to_string());
            }
            return Self::Other { detail: error.to_string() };
        };
        let code = database.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or(1);
        // The low byte is the primary result code: https://www.sqlite.org/rescode.html
        match code & 0xff {
            5 | 6 => Self::Busy,
            8 | 10 | 14 => Self::Io { code },
            11 | 26 => Self::damaged(format!("SQLite code {code}")),
            13 => Self::Full,
            19 => Self::conflict(database.message()),
            _ => Self::Other { detail: format!("{} (SQLite code {code})", database.message()) },
        }
    }
}
