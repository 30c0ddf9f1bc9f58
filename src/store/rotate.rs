//! Rotation of the master key: every key is wrapped anew in one transaction. The new master key lies beside the old one,
//! with `.next` behind its name, until that transaction is on the disk; an opening meanwhile takes whichever of the two fits.
//! A kill at any moment leaves one that does.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use sqlx::Row;

use crate::store::connect;
use crate::store::error::{OpenError, StoreError};
use crate::store::keys::{CHECK, CHECK_PLACE, KeyRing, PEPPER_PLACE, key_place};
use crate::store::ledger::sync_parent;
use crate::store::lock;
use crate::store::master::{self, KEY_BYTES};
use crate::store::open::Options;
use crate::store::script::Script;
use crate::store::seal::SealingKey;
use crate::store::statements;

/// Replaces the master key, while no other process has the data; how many keys were wrapped anew. The old master key is
/// overwritten where it lay, and opens nothing any more.
///
/// # Errors
/// As [`crate::store::Store::open`]. Nothing is lost whatever happens: the data opens afterwards, with the key that lies in
/// the key file.
pub async fn rotate(options: &Options) -> Result<usize, OpenError> {
    let data_dir = &options.data_dir;
    if !data_dir.join("keys.db").exists() {
        return Err(OpenError::NothingThere { path: data_dir.clone() });
    }
    let _lock = lock::take(data_dir).await?;
    master::refuse_inside(data_dir, &options.master_key)?;
    let ring = KeyRing::open(data_dir, &options.master_key, options.synchronous.sqlite()).await?;
    let path = data_dir.join("keys.db");
    let failed = |error: StoreError| connect::open_error(&path, error);
    let next = next_to(&options.master_key);
    let fresh = master::create(&next)?;
    let wrapped = wrap(&ring, &SealingKey::new(&fresh)).await.map_err(failed)?;
    ring.close().await.map_err(failed)?;
    promote(&options.master_key)?;
    Ok(wrapped)
}

/// Where the next master key lies until it is the only one.
pub(crate) fn next_to(master_key: &Path) -> PathBuf {
    let mut name = master_key.as_os_str().to_owned();
    name.push(".next");
    PathBuf::from(name)
}

/// The next master key is the master key now; the old one is overwritten.
pub(crate) fn promote(master_key: &Path) -> Result<(), OpenError> {
    let io = |source| OpenError::Io { path: master_key.to_path_buf(), source };
    let mut old = OpenOptions::new().write(true).open(master_key).map_err(io)?;
    let length = old.metadata().map_err(io)?.len();
    fs::rename(next_to(master_key), master_key).map_err(io)?;
    sync_parent(master_key).map_err(io)?;
    let zeros = vec![b'0'; usize::try_from(length).unwrap_or(KEY_BYTES * 2)];
    old.write_all(&zeros).and_then(|()| old.sync_all()).map_err(io)
}

/// The next master key was never used.
pub(crate) fn discard(master_key: &Path) -> Result<(), OpenError> {
    let next = next_to(master_key);
    fs::remove_file(&next).map_err(|source| OpenError::Io { path: next, source })
}

async fn wrap(ring: &KeyRing, new: &SealingKey) -> Result<usize, StoreError> {
    let mut writer = ring.writer.lock().await;
    let mut transaction = writer.begin().await?;
    let query = sqlx::query(statements::PERSON_KEYS_ALL).bind(i64::MIN).bind(i64::MAX);
    let mut rows = Vec::new();
    for row in query.fetch_all(&mut *transaction).await? {
        let person = crate::domain::ids::PersonId(row.try_get(0)?);
        let key = ring.master.open(&key_place(person), row.try_get(1)?)?;
        rows.push((person.0, new.seal(&key_place(person), key.expose())?));
    }
    let count = rows.len();
    let mut script = Script::new(&mut transaction, count);
    script
        .rows_all(&statements::PERSON_KEYS_UPDATE, rows, "a wrapped key", |(person, wrapped), row| {
            row.add(person)?;
            row.add(wrapped)
        })
        .await?;
    script.finish().await?;
    let check = new.seal(&CHECK_PLACE, CHECK)?;
    let pepper = new.seal(&PEPPER_PLACE, ring.pepper.as_slice())?;
    let update = sqlx::query(statements::KEYS_META_UPDATE).bind(check).bind(pepper);
    update.execute(&mut *transaction).await?;
    transaction.commit().await?;
    connect::fold(writer.ready().await?).await?;
    Ok(count)
}
