//! The data as it was before a newer program changed its tables, for the day on which the host wants the older one back.
//!
//! Only the data is copied, which is sealed: a key that is destroyed later opens nothing of the copy either.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use sqlx::{Connection, Row, SqliteConnection};

use crate::store::backup::{self, DATA_HEAD, DATA_TAIL};
use crate::store::connect::{self, Database};
use crate::store::error::OpenError;
use crate::store::ledger::sync_parent;
use crate::store::{master, statements};

/// Where the copy lies, in the data directory.
const DIRECTORY: &str = "before-update";
/// Beside the copy while the tables change: a file with the copy's name.
const UNFINISHED: &str = "unfinished";

/// Keeps a copy of the data when its tables are about to change, and no earlier one. It counts once it was opened and is
/// whole; a kill before that leaves the old tables, and the next start copies again.
///
/// # Errors
/// [`OpenError::Io`] when there is no room for it, [`OpenError::Damaged`] when the copy is not whole. The data is as it was.
pub(super) async fn keep(data_dir: &Path, data: &mut SqliteConnection) -> Result<(), OpenError> {
    let path = data_dir.join(Database::Data.file_name());
    let failed = |error: sqlx::Error| connect::open_error(&path, error);
    let Some(schema) = schema_of(data).await.map_err(failed)? else { return Ok(()) };
    if schema >= Database::Data.schema_version() {
        return Ok(());
    }
    let directory = data_dir.join(DIRECTORY);
    master::create_private_dir(&directory).map_err(io(&directory))?;
    if is_under_way(&directory, schema) {
        return Ok(());
    }
    let name = name(schema, Database::Data.schema_version());
    let copy = directory.join(&name);
    let partial = backup::partial(&copy);
    backup::copy(&path, &partial).await?;
    let mut opened = backup::open_copy(&partial).await?;
    let whole = backup::whole(&mut opened).await;
    let found = schema_of(&mut opened).await;
    opened.close().await.map_err(failed)?;
    whole.map_err(|error| connect::open_error(&copy, error))?;
    if found.map_err(failed)? != Some(schema) {
        let detail = "the copy that was made before the update has other tables".to_owned();
        return Err(OpenError::Damaged { path: copy, detail });
    }
    fs::rename(&partial, &copy).and_then(|()| sync_parent(&copy)).map_err(io(&copy))?;
    tracing::info!(schema, "The tables change with this version; the data as it was is kept in before-update.");
    only(&directory, &copy)?;
    let unfinished = directory.join(UNFINISHED);
    let written = connect::private_file(&unfinished)
        .and_then(|mut file| file.write_all(name.as_bytes()).and_then(|()| file.sync_all()));
    written.and_then(|()| sync_parent(&unfinished)).map_err(io(&unfinished))
}

/// Notes that the tables are what they should be, or that others are in their place: the next change has a copy of its own.
///
/// # Errors
/// [`OpenError::Io`].
pub(super) fn finished(data_dir: &Path) -> Result<(), OpenError> {
    let unfinished = data_dir.join(DIRECTORY).join(UNFINISHED);
    match fs::remove_file(&unfinished).and_then(|()| sync_parent(&unfinished)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io(&unfinished)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The version of the tables; `None` of a file that has none yet.
async fn schema_of(connection: &mut SqliteConnection) -> Result<Option<i64>, sqlx::Error> {
    if sqlx::query(statements::MIGRATIONS_THERE).fetch_optional(&mut *connection).await?.is_none() {
        return Ok(None);
    }
    sqlx::query(statements::SCHEMA_VERSION).fetch_one(connection).await?.try_get(0)
}

/// The name of a copy: of which tables it is, and before which.
fn name(schema: i64, next: i64) -> String {
    format!("{DATA_HEAD}schema-{schema}-before-{next}{DATA_TAIL}")
}

/// Whether an update was cut off between two of its steps: then its copy is the one to keep. Before the first step, a new
/// one is as good.
fn is_under_way(directory: &Path, schema: i64) -> bool {
    let Ok(name) = fs::read_to_string(directory.join(UNFINISHED)) else { return false };
    let between = name.strip_prefix(DATA_HEAD).and_then(|name| name.strip_suffix(DATA_TAIL)?.strip_prefix("schema-"));
    let Some((before, next)) = between.and_then(|between| between.split_once("-before-")) else { return false };
    let (Ok(before), Ok(next)) = (before.parse::<i64>(), next.parse::<i64>()) else { return false };
    let is_between = before < schema && schema < next;
    is_between && directory.join(name).is_file()
}

/// Removes whatever else lies there.
fn only(directory: &Path, copy: &Path) -> Result<(), OpenError> {
    for entry in fs::read_dir(directory).map_err(io(directory))? {
        let path: PathBuf = entry.map_err(io(directory))?.path();
        if path == copy {
            continue;
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(io(&path)(error)),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> OpenError {
    let path = path.to_path_buf();
    move |source| OpenError::Io { path, source }
}
