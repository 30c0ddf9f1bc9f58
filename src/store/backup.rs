//! Backups: a copy of each file, made while the program may run, and opened before it counts as one.
//!
//! Data and keys go to two directories, because together with the master key they are everything. Of the data there is one
//! file for each backup; of the keys there is the newest only, so that a key that was destroyed is gone with the next one.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

use crate::domain::ids::PersonId;
use crate::store::connect::{self, Database};
use crate::store::error::{OpenError, StoreError};
use crate::store::keys::KeyRing;
use crate::store::ledger::{Ledger, sync_parent};
use crate::store::open::Options;
use crate::store::{master, restore, sealing, statements};

/// How the names of data backups begin and end; between them is the time, so that the names sort by it.
pub(crate) const DATA_HEAD: &str = "mendwell-";
pub(crate) const DATA_TAIL: &str = ".db";
/// The name of the backup of the keys.
pub(crate) const KEYS_NAME: &str = "mendwell-keys.db";
/// The name of the copy of the forget ledger beside it.
pub(crate) const LEDGER_NAME: &str = "mendwell-forgotten";
/// Behind the name of what is not whole yet.
const PARTIAL: &str = ".partial";
/// Where the data directory remembers when the last backup was made: an instant, alone in the file.
pub(crate) const LAST_BACKUP: &str = "last-backup";
/// Profiles that are opened to see that a copy and its keys belong together.
const SAMPLE_MAX: i64 = 200;

/// A backup that was made.
#[derive(Clone, Debug)]
pub struct BackupDone {
    /// The copy of the data.
    pub data: PathBuf,
    /// The copy of the keys.
    pub keys: PathBuf,
    /// People in it.
    pub persons: i64,
    /// People whose profile was opened with the copied keys.
    pub opened: usize,
}

/// Why there is no new backup. Earlier ones are as they were.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Exit code 64.
    #[error("data and keys must not lie together: {} and {} are in one another", data.display(), keys.display())]
    Together {
        /// Where the data would go.
        data: PathBuf,
        /// Where the keys would go, or lie.
        keys: PathBuf,
    },
    /// Exit code 64.
    #[error("{} is in the data directory, which is what a backup is made of: give it another place", path.display())]
    InsideData {
        /// Where the backup would go.
        path: PathBuf,
    },
    /// Exit code 65: the copy was made and does not hold what it must.
    #[error("the copy does not open ({detail}): it was not kept; `mendwell doctor` may say more")]
    Unsound {
        /// What was found.
        detail: String,
    },
    /// The data or its key stands in the way.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Copies data and keys, each to its own directory, and opens the copies. `stamp` is now, as a part of a file's name that
/// sorts by time. The program may run meanwhile.
///
/// # Errors
/// See [`BackupError`].
pub async fn backup(options: &Options, to: &Path, keys_to: &Path, stamp: &str) -> Result<BackupDone, BackupError> {
    let data_dir = &options.data_dir;
    if !data_dir.join(Database::Data.file_name()).exists() {
        return Err(OpenError::NothingThere { path: data_dir.clone() }.into());
    }
    restore::refuse_unfinished(data_dir)?;
    for directory in [to, keys_to] {
        master::create_private_dir(directory).map_err(io(directory))?;
    }
    refuse_together(options, to, keys_to)?;
    let data = to.join(format!("{DATA_HEAD}{stamp}{DATA_TAIL}"));
    let keys = keys_to.join(KEYS_NAME);
    let (data_new, keys_new) = (partial(&data), partial(&keys));
    // Keys after data: everybody in the one has theirs in the other, unless they were forgotten in between.
    copy(&data_dir.join(Database::Data.file_name()), &data_new).await?;
    copy(&data_dir.join(Database::Keys.file_name()), &keys_new).await?;
    let (persons, opened) = match look_into(options, &data_new, &keys_new).await {
        Ok(found) => found,
        Err(error) => {
            for unsound in [&data_new, &keys_new] {
                fs::remove_file(unsound).ok();
            }
            return Err(error);
        }
    };
    copy_ledger(options, keys_to)?;
    // The new keys open the earlier data as well; the other way round is not so.
    for (new, place) in [(&keys_new, &keys), (&data_new, &data)] {
        fs::rename(new, place).and_then(|()| sync_parent(place)).map_err(io(place))?;
    }
    let note = data_dir.join(LAST_BACKUP);
    let fresh = partial(&note);
    fs::remove_file(&fresh).ok();
    let written = connect::private_file(&fresh).and_then(|mut file| file.write_all(format!("{stamp}\n").as_bytes()));
    written.and_then(|()| fs::rename(&fresh, &note)).map_err(io(&note))?;
    Ok(BackupDone { data, keys, persons, opened })
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> OpenError {
    let path = path.to_path_buf();
    move |source| OpenError::Io { path, source }
}

pub(super) fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PARTIAL);
    PathBuf::from(name)
}

fn refuse_together(options: &Options, to: &Path, keys_to: &Path) -> Result<(), BackupError> {
    let real = |path: &Path| fs::canonicalize(path).map_err(io(path));
    let (data, keys, data_dir) = (real(to)?, real(keys_to)?, real(&options.data_dir)?);
    if data.starts_with(&keys) || keys.starts_with(&data) {
        return Err(BackupError::Together { data, keys });
    }
    for path in [&data, &keys] {
        if path.starts_with(&data_dir) {
            return Err(BackupError::InsideData { path: path.clone() });
        }
    }
    // A missing key is told by whoever needs it.
    if let Ok(master) = fs::canonicalize(&options.master_key)
        && (master.starts_with(&data) || master.starts_with(&keys))
    {
        return Err(BackupError::Together { data, keys: master });
    }
    Ok(())
}

/// A whole and folded copy of a database that others may be writing to.
pub(super) async fn copy(from: &Path, to: &Path) -> Result<(), OpenError> {
    match fs::remove_file(to) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(io(to)(error)),
    }
    connect::create_private(to)?;
    let failed = |error: sqlx::Error| connect::open_error(from, error);
    let options = connect::copying(from);
    let mut connection = options.connect().await.map_err(failed)?;
    let target = to.to_str().ok_or_else(|| io(to)(std::io::Error::other("the path is not UTF-8")))?;
    let copied = sqlx::query(statements::COPY).bind(target).execute(&mut connection).await.map_err(failed);
    connection.close().await.map_err(failed)?;
    copied?;
    File::open(to).and_then(|file| file.sync_all()).map_err(io(to))
}

/// The copy of the ledger only ever grows: a restore takes in both.
fn copy_ledger(options: &Options, keys_to: &Path) -> Result<(), OpenError> {
    let copy = keys_to.join(LEDGER_NAME);
    let known = Ledger::of(options).read();
    let added = known.and_then(|known| Ledger::new(copy.clone()).add(&known));
    added.map(|_| ()).map_err(|error| connect::open_error(&copy, error))
}

/// Opens both copies: whole, of a schema that this program knows, and made for one another.
async fn look_into(options: &Options, data: &Path, keys: &Path) -> Result<(i64, usize), BackupError> {
    let unsound = |error: StoreError| BackupError::Unsound { detail: error.to_string() };
    let ring = KeyRing::of_copy(keys, &options.master_key).await?;
    let mut copy = open_copy(data).await?;
    let looked = async {
        whole(&mut copy).await?;
        let persons: i64 = sqlx::query(statements::PERSONS_COUNT).fetch_one(&mut copy).await?.try_get(0)?;
        let opened = readable(&ring, &mut copy, SAMPLE_MAX).await?;
        Ok((persons, opened))
    };
    let looked = looked.await;
    copy.close().await.map_err(|error| unsound(error.into()))?;
    let (persons, (opened, unread)) = looked.map_err(unsound)?;
    ring.close().await.map_err(unsound)?;
    if let Some(person) = unread.first() {
        let detail = format!("the profile of person {} does not open with the copied keys", person.0);
        return Err(BackupError::Unsound { detail });
    }
    Ok((persons, opened))
}

pub(super) async fn open_copy(path: &Path) -> Result<SqliteConnection, OpenError> {
    connect::refuse_newer(path, Database::Data).await?;
    let options = SqliteConnectOptions::new().filename(path).synchronous(SqliteSynchronous::Off).read_only(true);
    options.disable_statement_logging().connect().await.map_err(|error| connect::open_error(path, error))
}

/// SQLite's own check of a whole file, and of rows without their parent.
pub(super) async fn whole(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let rows = sqlx::query(statements::INTEGRITY).fetch_all(&mut *connection).await?;
    let found = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
    if found != ["ok"] {
        return Err(StoreError::damaged(found.join("; ")));
    }
    match sqlx::query(statements::FOREIGN_KEYS).fetch_all(connection).await?.len() {
        0 => Ok(()),
        broken => Err(StoreError::damaged(format!("{broken} rows without their parent"))),
    }
}

/// How many profiles, of at most so many, open with these keys, and whose do not although there is a key.
pub(super) async fn readable(
    keys: &KeyRing,
    data: &mut SqliteConnection,
    max: i64,
) -> Result<(usize, Vec<PersonId>), StoreError> {
    let (mut opened, mut unread, mut last) = (0, Vec::new(), PersonId(0));
    let mut left = max;
    while left > 0 {
        let query = sqlx::query(statements::PERSONS_PAGE).bind(last.0).bind(left.min(SAMPLE_MAX));
        let rows = query.fetch_all(&mut *data).await?;
        if rows.is_empty() {
            break;
        }
        left -= SAMPLE_MAX;
        let persons = rows.iter().map(|row| row.try_get(0).map(PersonId)).collect::<Result<Vec<_>, _>>()?;
        let known = keys.opened(&persons).await?;
        for (row, person) in rows.iter().zip(persons) {
            last = person;
            if !known.contains_key(&person) {
                continue;
            }
            match sealing::open_profile(&known, person, row.try_get(1)?, row.try_get(2)?) {
                Ok(_) => opened += 1,
                Err(_) => unread.push(person),
            }
        }
    }
    Ok((opened, unread))
}
