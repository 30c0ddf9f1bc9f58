//! Opening the store: lock, key, schema, connections, in an order that changes nothing before the key is known to fit.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI64;

use sqlx::sqlite::{SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row, SqliteConnection};
use tokio::sync::Mutex;

use crate::store::connect::{self, Database};
use crate::store::error::{OpenError, StoreError};
use crate::store::keys::KeyRing;
use crate::store::ledger::Ledger;
use crate::store::recent::{People, Recent};
use crate::store::replay::Replayed;
use crate::store::writer::Writer;
use crate::store::{Store, before_update, forget, join, lock, master, replay, restore, statements};

/// Connections that only read.
const READERS: u32 = 2;
/// Accounts remembered, by their keyed hashes.
const ACCOUNTS_SEEN_MAX: usize = 2_000;

/// How the store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The directory of `data.db`, `keys.db` and the lock; made when it is not there.
    pub data_dir: PathBuf,
    /// The master key file, outside `data_dir`; made at the first start.
    pub master_key: PathBuf,
    /// The forget ledger, outside `data_dir`: a file that says whose keys were destroyed. No restore takes it back.
    pub forget_ledger: PathBuf,
    /// How hard a commit is pressed onto the disk.
    pub synchronous: Synchronous,
    /// Largest size of `data.db` in pages of 4 KiB; a test's full disk.
    pub max_pages: Option<u32>,
}

/// How hard a commit is pressed onto the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// A commit survives a power cut. The only setting for real data.
    Full,
    /// A commit survives a crash of the process, not one of the machine. For tests and comparisons.
    Off,
}

impl Synchronous {
    pub(crate) fn sqlite(self) -> SqliteSynchronous {
        match self {
            Self::Full => SqliteSynchronous::Full,
            Self::Off => SqliteSynchronous::Off,
        }
    }
}

impl Options {
    /// The options for real data.
    pub fn new(data_dir: impl Into<PathBuf>, master_key: impl Into<PathBuf>) -> Self {
        let data_dir = data_dir.into();
        Self {
            forget_ledger: beside(&data_dir, LEDGER_TAIL),
            data_dir,
            master_key: master_key.into(),
            synchronous: Synchronous::Full,
            max_pages: None,
        }
    }
}

/// Behind the path of the data directory: the default place of the master key.
pub const MASTER_KEY_TAIL: &str = ".key";
/// Behind the path of the data directory: the default place of the forget ledger.
pub const LEDGER_TAIL: &str = ".forgotten";

/// A place beside a directory, never in it: its path with something behind.
pub fn beside(directory: &Path, tail: &str) -> PathBuf {
    let mut path = directory.components().collect::<PathBuf>().into_os_string();
    path.push(tail);
    path.into()
}

impl Store {
    /// Opens the store, or makes it, and brings its schema up to date.
    ///
    /// # Errors
    /// See [`OpenError`]: each says what the host must do. With a missing or wrong master key, or a newer schema,
    /// no file of the data directory is changed.
    pub async fn open(options: Options) -> Result<Self, OpenError> {
        let data_dir = &options.data_dir;
        master::create_private_dir(data_dir).map_err(|source| OpenError::Io { path: data_dir.clone(), source })?;
        let lock = lock::take(data_dir).await?;
        restore::finish(data_dir)?;
        master::refuse_inside(data_dir, &options.master_key)?;
        let path = data_dir.join(Database::Data.file_name());
        connect::refuse_newer(&path, Database::Data).await?;
        let synchronous = options.synchronous.sqlite();
        let keys = KeyRing::open(data_dir, &options.master_key, synchronous).await?;

        let mut writing = connect::writing(&path, synchronous);
        if let Some(pages) = options.max_pages {
            writing = writing.pragma("max_page_count", pages.to_string());
        }
        let mut connection = connect::open_as_it_is(&path, &writing).await?;
        before_update::keep(data_dir, &mut connection).await?;
        connect::migrate(&path, Database::Data, &mut connection).await?;
        before_update::finished(data_dir)?;
        let failed = |error| connect::open_error(&path, error);
        let known = keys.person_id_max().await.map_err(failed)?;
        let person_next = 1 + known.max(sequence(&mut connection, "persons", &path).await?);
        let outbox_next = 1 + sequence(&mut connection, "outbox", &path).await?;
        let ledger = Ledger::of(&options);
        match ledger.settle() {
            // Its lines are read where they are, and taken along by a later start.
            Ok(()) | Err(StoreError::Full) => {}
            Err(error) => return Err(connect::open_error(&options.forget_ledger, error)),
        }
        let mut finished = join::finish(&keys, &mut connection).await;
        if finished.is_ok() {
            finished = forget::finish(&keys, &ledger, &mut connection, |_| {}).await.map(|_receipts| ());
        }
        if finished.is_ok() {
            finished = replay::if_behind(&keys, &ledger, &mut connection).await.map(|replayed| told(&replayed));
        }
        match finished {
            // It can wait for the next start.
            Ok(()) | Err(StoreError::Full | StoreError::Busy) => {}
            Err(error) => return Err(failed(error)),
        }
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(connect::reading(&path));
        Ok(Self {
            keys,
            ledger,
            writer: Mutex::new(Writer::new(connection, writing)),
            loader: Mutex::new(Writer::lazy(connect::reading(&path))),
            readers,
            accounts_seen: std::sync::Mutex::new(Recent::new(ACCOUNTS_SEEN_MAX)),
            people: People::new(),
            person_next: AtomicI64::new(person_next),
            outbox_next: AtomicI64::new(outbox_next),
            _lock: lock,
        })
    }
}

fn told(replayed: &Replayed) {
    if *replayed != Replayed::default() {
        let (keys, persons) = (replayed.keys, replayed.persons);
        tracing::warn!(keys, persons, "An older state was put back; whoever was forgotten since is forgotten again.");
    }
}

/// The highest id that a table ever had, deleted rows included.
async fn sequence(connection: &mut SqliteConnection, table: &str, path: &Path) -> Result<i64, OpenError> {
    let failed = |error: sqlx::Error| connect::open_error(path, error);
    for row in sqlx::query(statements::SEQUENCES).fetch_all(connection).await.map_err(failed)? {
        if row.try_get::<&str, _>(0).map_err(failed)? == table {
            return row.try_get(1).map_err(failed);
        }
    }
    Ok(0)
}
