//! A look at the files for `doctor`: nothing is changed, and the program may run meanwhile.

use sqlx::{ConnectOptions, Connection, Row};

use crate::store::connect::{self, Database};
use crate::store::error::{OpenError, StoreError};
use crate::store::keys::KeyRing;
use crate::store::open::Options;
use crate::store::{backup, restore, statements};

/// Profiles that are opened to see that data and keys belong together.
const SAMPLE_MAX: i64 = 1_000;

/// What was found in the files. Counts and words of the program only.
#[derive(Clone, Debug)]
pub struct Examined {
    /// SQLite's version.
    pub sqlite: String,
    /// How the data file is journalled; `wal` is meant.
    pub journal: String,
    /// Schema versions of `data.db`: the file's, and the program's.
    pub schema: (i64, i64),
    /// What is wrong with the file, if anything.
    pub damage: Option<String>,
    /// People.
    pub persons: i64,
    /// Profiles that were opened, and those that have a key which does not fit.
    pub readable: (usize, usize),
    /// People who are marked to be forgotten, and are not yet.
    pub forgetting: i64,
    /// Counters that a host should know of, by name.
    pub counters: Vec<(String, i64)>,
}

/// Looks into both files.
///
/// # Errors
/// As [`crate::store::Store::open`], for what can be told without opening it.
pub async fn examine(options: &Options) -> Result<Examined, OpenError> {
    let path = options.data_dir.join(Database::Data.file_name());
    if !path.exists() {
        return Err(OpenError::NothingThere { path: options.data_dir.clone() });
    }
    restore::refuse_unfinished(&options.data_dir)?;
    connect::refuse_newer(&path, Database::Data).await?;
    let keys = options.data_dir.join(Database::Keys.file_name());
    let ring = KeyRing::of_copy(&keys, &options.master_key).await?;
    let failed = |error: StoreError| connect::open_error(&path, error);
    let mut connection = connect::copying(&path).connect().await.map_err(|error| failed(error.into()))?;
    let looked = look(&ring, &mut connection).await;
    connection.close().await.map_err(|error| failed(error.into()))?;
    ring.close().await.map_err(failed)?;
    looked.map_err(failed)
}

async fn look(ring: &KeyRing, connection: &mut sqlx::SqliteConnection) -> Result<Examined, StoreError> {
    let damage = match backup::whole(connection).await {
        Ok(()) => None,
        Err(StoreError::Damaged { detail }) => Some(detail),
        Err(error) => return Err(error),
    };
    let sqlite = text(connection, statements::SQLITE_VERSION).await?;
    let journal = text(connection, statements::JOURNAL_MODE).await?;
    let schema = number(connection, statements::SCHEMA_VERSION).await?;
    let persons = number(connection, statements::PERSONS_COUNT).await?;
    let forgetting = if schema >= 4 { number(connection, statements::FORGETTING_LEFT).await? } else { 0 };
    let (opened, unread) = backup::readable(ring, connection, SAMPLE_MAX).await?;
    let rows = sqlx::query(statements::COUNTERS).fetch_all(&mut *connection).await?;
    let counters = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, StoreError>>()?;
    let schema = (schema, Database::Data.schema_version());
    let readable = (opened, unread.len());
    Ok(Examined { sqlite, journal, schema, damage, persons, readable, forgetting, counters })
}

async fn text(connection: &mut sqlx::SqliteConnection, sql: &'static str) -> Result<String, StoreError> {
    Ok(sqlx::query(sql).fetch_one(connection).await?.try_get(0)?)
}

async fn number(connection: &mut sqlx::SqliteConnection, sql: &'static str) -> Result<i64, StoreError> {
    Ok(sqlx::query(sql).fetch_one(connection).await?.try_get(0)?)
}
