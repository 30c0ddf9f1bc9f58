//! How the two files are opened: pragmas, migrations, and a look inside that changes no byte.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlSafeStr, SqliteConnection};

use crate::store::error::{OpenError, StoreError};
use crate::store::statements;

const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Pages of the WAL before they are folded in: at 4 KiB a page about 16 MiB, so that hot pages are written back seldom.
const CHECKPOINT_PAGES: &str = "4000";
/// The WAL file is cut to this size after a checkpoint, in bytes.
const WAL_BYTES_KEPT: &str = "67108864";
/// Page cache of the writer, in KiB (SQLite counts KiB as negative pages).
const WRITER_CACHE: &str = "-1024";
/// Page cache of a reader, and of the keys, in KiB: what is read again is the operating system's to keep.
pub(crate) const READER_CACHE: &str = "-512";
/// Distinct statements of a connection: every statement in each of its eight sizes fits.
const STATEMENTS_CACHED: usize = 256;

/// Rows that the driver's thread may be ahead of the reader: a whole batch, so that the two threads do not take turns.
const ROWS_BUFFERED: usize = 1_024;

/// One of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// `data.db`.
    Data,
    /// `keys.db`.
    Keys,
}

impl Database {
    /// Its name in the data directory.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Data => "data.db",
            Self::Keys => "keys.db",
        }
    }

    fn migrations(self) -> &'static [(i64, &'static str, &'static str)] {
        match self {
            Self::Data => &[
                (1, "first", include_str!("../../migrations/data/0001_first.sql")),
                (2, "shown", include_str!("../../migrations/data/0002_shown.sql")),
                (3, "link", include_str!("../../migrations/data/0003_link.sql")),
                (4, "forget", include_str!("../../migrations/data/0004_forget.sql")),
                (5, "silence", include_str!("../../migrations/data/0005_silence.sql")),
                (6, "said", include_str!("../../migrations/data/0006_said.sql")),
            ],
            Self::Keys => &[(1, "first", include_str!("../../migrations/keys/0001_first.sql"))],
        }
    }

    /// The schema version that this program writes.
    pub fn schema_version(self) -> i64 {
        self.migrations().last().map_or(0, |(version, ..)| *version)
    }
}

/// Options of a connection that writes.
pub(crate) fn writing(path: &Path, synchronous: SqliteSynchronous) -> SqliteConnectOptions {
    common(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", WRITER_CACHE)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", WAL_BYTES_KEPT)
}

/// Options of a connection that only reads.
pub(crate) fn reading(path: &Path) -> SqliteConnectOptions {
    common(path).read_only(true).pragma("query_only", "ON").pragma("cache_size", READER_CACHE)
}

/// Options of a connection that copies a file which others may be writing to.
pub(crate) fn copying(path: &Path) -> SqliteConnectOptions {
    common(path).read_only(true)
}

fn common(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENTS_CACHED)
        .row_buffer_size(ROWS_BUFFERED)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("mmap_size", "0")
        .disable_statement_logging()
}

/// Folds the WAL into its file and cuts it to nothing, so that only the file holds what was written.
///
/// # Errors
/// [`StoreError::Busy`] when somebody reads for longer than a writer waits.
pub(crate) async fn fold(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    use sqlx::Row;
    let row = sqlx::query(statements::CHECKPOINT).fetch_one(connection).await?;
    if row.try_get::<i64, _>(0)? == 0 { Ok(()) } else { Err(StoreError::Busy) }
}

/// Creates an empty file that only the owner may read, unless it is there.
pub(crate) fn create_private(path: &Path) -> Result<(), OpenError> {
    match private_file(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(OpenError::Io { path: path.to_path_buf(), source }),
    }
}

/// A new file with mode 0600; an error when there is one.
pub(crate) fn private_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Reads one row of a database file without changing a byte in its directory: the WAL is left alone, so what was
/// written last may not be seen yet.
pub(crate) async fn peek(path: &Path, sql: &'static str) -> Result<Option<SqliteRow>, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).immutable(true).read_only(true);
    let mut connection = options.disable_statement_logging().connect().await?;
    let row = sqlx::query(sql).fetch_optional(&mut connection).await;
    connection.close().await?;
    row
}

/// Refuses a file whose schema is newer than this program, and one that is no database, without touching it.
pub(crate) async fn refuse_newer(path: &Path, database: Database) -> Result<(), OpenError> {
    use sqlx::Row;
    if std::fs::metadata(path).map_or(0, |metadata| metadata.len()) == 0 {
        return Ok(());
    }
    match peek(path, statements::SCHEMA_VERSION).await {
        Ok(Some(row)) if row.try_get::<Option<i64>, _>(0).ok().flatten() > Some(database.schema_version()) => {
            Err(OpenError::NewerSchema { path: path.to_path_buf() })
        }
        Ok(_) => Ok(()),
        Err(error) => match StoreError::from(error) {
            StoreError::Damaged { detail } => Err(OpenError::Damaged { path: path.to_path_buf(), detail }),
            // Its first migration may still be in the WAL: the proper opening tells.
            StoreError::Full
            | StoreError::Io { .. }
            | StoreError::Busy
            | StoreError::Conflict { .. }
            | StoreError::Misuse { .. }
            | StoreError::Other { .. } => Ok(()),
        },
    }
}

/// Opens a file for writing and brings its schema up to date.
pub(crate) async fn open_migrated(
    path: &Path,
    database: Database,
    options: &SqliteConnectOptions,
) -> Result<SqliteConnection, OpenError> {
    let mut connection = open_as_it_is(path, options).await?;
    migrate(path, database, &mut connection).await?;
    Ok(connection)
}

/// Opens a file for writing, and makes it if it is not there.
pub(crate) async fn open_as_it_is(path: &Path, options: &SqliteConnectOptions) -> Result<SqliteConnection, OpenError> {
    create_private(path)?;
    options.connect().await.map_err(|error| open_error(path, error))
}

/// Brings a schema up to date: each version in a transaction of its own, which also says that it is there.
pub(crate) async fn migrate(
    path: &Path,
    database: Database,
    connection: &mut SqliteConnection,
) -> Result<(), OpenError> {
    let migrations = database
        .migrations()
        .iter()
        .map(|(version, name, sql)| {
            Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, sql.into_sql_str(), false)
        })
        .collect();
    Migrator::with_migrations(migrations).run(connection).await.map_err(|error| migrate_error(path, error))
}

fn migrate_error(path: &Path, error: MigrateError) -> OpenError {
    if let MigrateError::VersionMissing(_) = error {
        return OpenError::NewerSchema { path: path.to_path_buf() };
    }
    if let MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) = error {
        return open_error(path, error);
    }
    OpenError::Damaged { path: path.to_path_buf(), detail: error.to_string() }
}

/// Sorts an error that came while opening.
pub(crate) fn open_error(path: &Path, error: impl Into<StoreError>) -> OpenError {
    let path = path.to_path_buf();
    match error.into() {
        StoreError::Damaged { detail } => OpenError::Damaged { path, detail },
        StoreError::Full => OpenError::Io { path, source: std::io::ErrorKind::StorageFull.into() },
        error @ (StoreError::Io { .. }
        | StoreError::Busy
        | StoreError::Conflict { .. }
        | StoreError::Misuse { .. }
        | StoreError::Other { .. }) => OpenError::Io { path, source: std::io::Error::other(error.to_string()) },
    }
}
