//! Restoring: an older state takes the place of the present one, whole or not at all, and nobody comes back with it who was
//! forgotten since.
//!
//! Everything is made ready in a directory beside the files, `restoring`. When it is, that directory is renamed to
//! `restored`, which is the decision: a kill before it leaves what was there, and after it every start first moves what
//! lies in `restored` to its place.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sqlx::Connection;
use sqlx::Row;

use crate::domain::ids::PersonId;
use crate::store::backup::{self, DATA_HEAD, DATA_TAIL, KEYS_NAME, LEDGER_NAME};
use crate::store::connect::{self, Database};
use crate::store::error::{OpenError, StoreError};
use crate::store::keys::KeyRing;
use crate::store::ledger::{Ledger, sync_parent};
use crate::store::open::Options;
use crate::store::statements::{self, json_ids};
use crate::store::{before_update, lock, master, replay};

const PREPARING: &str = "restoring";
const DECIDED: &str = "restored";
/// In the order in which they move: data without its keys is of no use, and keys without data do no harm.
const FILES: [Database; 2] = [Database::Keys, Database::Data];

/// A restore that was done.
#[derive(Clone, Debug)]
pub struct RestoreDone {
    /// The backup of the data that was taken.
    pub data: PathBuf,
    /// The keys that were taken; `None` for those that were there.
    pub keys: Option<PathBuf>,
    /// People who are back.
    pub persons: i64,
    /// Keys of the backup that were destroyed again, because their people were forgotten after it.
    pub forgotten: usize,
    /// People of the backup who are not back: their key is not there, or does not fit.
    pub keyless: u64,
    /// How far the forget ledger could be trusted.
    pub ledger: LedgerFound,
}

/// What of the forget ledger there was for a restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerFound {
    /// All of it, as far as the backup can tell.
    Whole,
    /// None, and the keys came from a backup: who was forgotten since that may be back.
    None,
    /// One that knows of fewer keys than were destroyed when the backup was made.
    Older,
}

/// Why nothing was restored. The data is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// Exit code 65.
    #[error("there is no backup in {}: name a directory or a file that `mendwell backup` wrote", path.display())]
    NoBackup {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Exit code 65.
    #[error("there are no keys in {}: name the directory of the keys' backup with --keys", path.display())]
    NoKeys {
        /// Where they were looked for.
        path: PathBuf,
    },
    /// Exit code 65.
    #[error("none of the {persons} people in {} can be read with these keys: name the directory of their backup with --keys", data.display())]
    OtherKeys {
        /// The backup.
        data: PathBuf,
        /// People in it.
        persons: i64,
    },
    /// The data, the backup or the master key stands in the way.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Puts a backup in the place of the data. `from` is a data backup or a directory of them, of which the newest is taken;
/// `keys_from` the directory of the keys' backup, or `None` for the keys that are there.
///
/// # Errors
/// See [`RestoreError`]; among them that the program is running.
pub async fn restore(options: &Options, from: &Path, keys_from: Option<&Path>) -> Result<RestoreDone, RestoreError> {
    let data_dir = &options.data_dir;
    let data = newest(from)?;
    let keys = keys_source(data_dir, keys_from)?;
    master::create_private_dir(data_dir).map_err(io(data_dir))?;
    let _lock = lock::take(data_dir).await?;
    master::refuse_inside(data_dir, &options.master_key)?;
    finish(data_dir)?;
    let preparing = data_dir.join(PREPARING);
    clear(&preparing)?;
    master::create_private_dir(&preparing).map_err(io(&preparing))?;
    let done = match prepare(options, &preparing, (&data, &keys), keys_from).await {
        Ok(done) => done,
        Err(error) => {
            clear(&preparing)?;
            return Err(error);
        }
    };
    for database in FILES {
        let file = preparing.join(database.file_name());
        File::open(&file).and_then(|file| file.sync_all()).map_err(io(&file))?;
    }
    let decided = data_dir.join(DECIDED);
    File::open(&preparing).and_then(|directory| directory.sync_all()).map_err(io(&preparing))?;
    fs::rename(&preparing, &decided).and_then(|()| sync_parent(&decided)).map_err(io(&decided))?;
    finish(data_dir)?;
    Ok(done)
}

/// Moves what was decided to its place. Called before anything else looks at the files.
pub(super) fn finish(data_dir: &Path) -> Result<(), OpenError> {
    let decided = data_dir.join(DECIDED);
    if !decided.exists() {
        return Ok(());
    }
    for database in FILES {
        let new = decided.join(database.file_name());
        let place = data_dir.join(database.file_name());
        if !new.exists() {
            continue;
        }
        // What is in the WAL belongs to the state that goes.
        for tail in ["-wal", "-shm"] {
            remove(&data_dir.join(format!("{}{tail}", database.file_name())))?;
        }
        fs::rename(&new, &place).and_then(|()| sync_parent(&place)).map_err(io(&place))?;
    }
    before_update::finished(data_dir)?;
    clear(&decided)
}

/// Whether a restore was decided and has not moved its files yet.
pub(super) fn refuse_unfinished(data_dir: &Path) -> Result<(), OpenError> {
    if data_dir.join(DECIDED).exists() {
        let detail = "a restore was cut off; the next start of mendwell finishes it".to_owned();
        return Err(OpenError::Damaged { path: data_dir.to_path_buf(), detail });
    }
    Ok(())
}

/// Copies, brings the copies up to date, and forgets in them whoever was forgotten since.
async fn prepare(
    options: &Options,
    preparing: &Path,
    (data, keys): (&Path, &Path),
    keys_from: Option<&Path>,
) -> Result<RestoreDone, RestoreError> {
    let path = preparing.join(Database::Data.file_name());
    connect::refuse_newer(data, Database::Data).await?;
    backup::copy(data, &path).await?;
    backup::copy(keys, &preparing.join(Database::Keys.file_name())).await?;
    let failed = |error: StoreError| RestoreError::Open(connect::open_error(&path, error));
    let ring = KeyRing::open(preparing, &options.master_key, options.synchronous.sqlite()).await?;
    let writing = connect::writing(&path, options.synchronous.sqlite());
    let mut connection = connect::open_migrated(&path, Database::Data, &writing).await?;
    backup::whole(&mut connection).await.map_err(failed)?;

    let ledger = Ledger::of(options);
    let was_there = ledger.is_there();
    let mut known = ledger.read().map_err(failed)?;
    if let Some(directory) = keys_from {
        let copied = Ledger::new(directory.join(LEDGER_NAME)).read().map_err(failed)?;
        known = ledger.add(&copied).map_err(failed)?;
    }
    let count = async |connection: &mut _| -> Result<i64, StoreError> {
        Ok(sqlx::query(statements::PERSONS_COUNT).fetch_one(connection).await?.try_get(0)?)
    };
    let before = count(&mut connection).await.map_err(failed)?;
    let readable = backup::readable(&ring, &mut connection, i64::MAX).await;
    let (opened, unread) = readable.map_err(failed)?;
    let followed = replay::has_followed(&mut connection).await.map_err(failed)?;
    let found = match keys_from {
        Some(_) if !was_there => LedgerFound::None,
        Some(_) | None if followed > known.count() => LedgerFound::Older,
        Some(_) | None => LedgerFound::Whole,
    };
    let replayed = replay::replay(&ring, &known, &mut connection).await.map_err(failed)?;
    if before > 0 && opened == 0 && replayed.keys == 0 {
        return Err(RestoreError::OtherKeys { data: data.to_path_buf(), persons: before });
    }
    let ids = json_ids(unread.iter().map(|person: &PersonId| person.0));
    let delete = sqlx::query(statements::PERSONS_DELETE).bind(ids);
    let unread = delete.execute(&mut connection).await.map_err(|error| failed(error.into()))?.rows_affected();
    connect::fold(&mut connection).await.map_err(failed)?;
    let persons = count(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(|error| failed(error.into()))?;
    ring.close().await.map_err(failed)?;
    let keys = keys_from.map(|directory| directory.join(KEYS_NAME));
    let gone = replayed.persons.saturating_sub(replayed.keys as u64);
    Ok(RestoreDone {
        data: data.to_path_buf(),
        keys,
        persons,
        forgotten: replayed.keys,
        keyless: gone + unread,
        ledger: found,
    })
}

/// The data backup itself, or the newest of a directory: their names sort by time.
fn newest(from: &Path) -> Result<PathBuf, RestoreError> {
    let none = || RestoreError::NoBackup { path: from.to_path_buf() };
    if from.is_file() {
        return Ok(from.to_path_buf());
    }
    let names = fs::read_dir(from).map_err(|_| none())?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let ours = names.filter(|name| name.starts_with(DATA_HEAD) && name.ends_with(DATA_TAIL) && name != KEYS_NAME);
    ours.max().map(|name| from.join(name)).ok_or_else(none)
}

fn keys_source(data_dir: &Path, keys_from: Option<&Path>) -> Result<PathBuf, RestoreError> {
    let path = match keys_from {
        Some(directory) => directory.join(KEYS_NAME),
        None => data_dir.join(Database::Keys.file_name()),
    };
    if path.is_file() { Ok(path) } else { Err(RestoreError::NoKeys { path }) }
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> OpenError {
    let path = path.to_path_buf();
    move |source| OpenError::Io { path, source }
}

fn remove(path: &Path) -> Result<(), OpenError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io(path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn clear(directory: &Path) -> Result<(), OpenError> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io(directory)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
