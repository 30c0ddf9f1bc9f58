//! Backups, restoring and the rotation of the master key, as the host asks for them.

use std::path::{Path, PathBuf};

use crate::app::exit::Failure;
use crate::app::store_options;
use crate::config::Config;
use crate::service::clock::SystemClock;
use crate::service::ports::Clock;
use crate::store::{self, BackupDone, RestoreDone};

/// Copies data and keys, each to its own directory.
///
/// # Errors
/// See [`crate::store::BackupError`].
pub async fn backup(config: &Config, to: &Path, keys: Option<&Path>) -> Result<BackupDone, Failure> {
    let keys = keys.map_or_else(|| keys_beside(to), Path::to_path_buf);
    let stamp = SystemClock.now().strftime("%Y%m%dT%H%M%S%.3fZ").to_string();
    Ok(store::backup(&store_options(config), to, &keys, &stamp).await?)
}

/// Puts a backup in the place of the data. Without `keys`, those that are there are taken, which know best who was forgotten
/// since; where there are none, those beside the backup.
///
/// # Errors
/// See [`crate::store::RestoreError`].
pub async fn restore(config: &Config, from: &Path, keys: Option<&Path>) -> Result<RestoreDone, Failure> {
    let options = store_options(config);
    let directory = if from.is_file() { from.parent().unwrap_or(from) } else { from };
    let beside = keys_beside(directory);
    let has_keys = options.data_dir.join("keys.db").exists();
    let keys = keys.or_else(|| (!has_keys && beside.is_dir()).then_some(beside.as_path()));
    Ok(store::restore(&options, from, keys).await?)
}

/// Replaces the master key; how many keys were wrapped anew.
///
/// # Errors
/// See [`crate::store::OpenError`].
pub async fn rotate(config: &Config) -> Result<usize, Failure> {
    Ok(store::rotate(&store_options(config)).await?)
}

/// Where the keys go when nothing else is said: beside the data, never in it.
fn keys_beside(data: &Path) -> PathBuf {
    store::beside(data, ".keys")
}
