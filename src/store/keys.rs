//! The key ring: one random key per person, wrapped by the master key in `keys.db`; and the pepper of keyed hashes.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::sqlite::SqliteSynchronous;
use sqlx::{Connection, Row, SqliteConnection};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::domain::event::{EventKey, Platform};
use crate::domain::ids::{PersonId, SessionId};
use crate::domain::link_code::LinkCode;
use crate::domain::write::WriteKey;
use crate::store::connect::{self, Database};
use crate::store::error::{OpenError, StoreError};
use crate::store::master::{self, KEY_BYTES, KeyBytes};
use crate::store::recent::Recent;
use crate::store::rotate;
use crate::store::script::Script;
use crate::store::seal::{Place, SealingKey};
use crate::store::statements::{self, json_ids};
use crate::store::writer::Writer;

/// Opened keys kept in memory.
const KEYS_MAX: usize = 2_000;
/// Keys that are looked through at a time.
const KEYS_PAGE: i64 = 1_024;
/// What the check value says when the right master key opens it.
pub(crate) const CHECK: &[u8] = b"mendwell master key";

/// A keyed hash: 16 bytes of HMAC-SHA-256.
pub(crate) type KeyedHash = [u8; 16];

/// Keys of several people.
pub(crate) type Keys = HashMap<PersonId, Arc<SealingKey>>;

pub(crate) struct KeyRing {
    pub(crate) master: SealingKey,
    pub(crate) pepper: KeyBytes,
    pub(crate) writer: Mutex<Writer>,
    cache: StdMutex<Recent<PersonId, Arc<SealingKey>>>,
}

impl KeyRing {
    /// Opens `keys.db`, or makes it and the master key when there is neither. A wrong or missing master key is told
    /// before anything is written.
    pub(crate) async fn open(
        data_dir: &Path,
        master_key: &Path,
        synchronous: SqliteSynchronous,
    ) -> Result<Self, OpenError> {
        let path = data_dir.join(Database::Keys.file_name());
        let has = |path: &Path| std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0);
        let has_data = has(&data_dir.join(Database::Data.file_name()));
        if has_data && !has(&path) {
            return Err(OpenError::Damaged { path, detail: "keys.db is missing beside data.db".to_owned() });
        }
        let seen = if has(&path) { connect::peek(&path, statements::KEYS_META).await.ok().flatten() } else { None };
        let bytes =
            if has_data || seen.is_some() { master::read(master_key) } else { master::read_or_create(master_key) }?;
        // A rotation that was cut off leaves two, of which one fits.
        let next = master::read_if_whole(&rotate::next_to(master_key))?;
        let masters =
            [Some(bytes), next].into_iter().flatten().map(|bytes| SealingKey::new(&bytes)).collect::<Vec<_>>();
        if let Some(row) = &seen {
            fitting(&masters, row, master_key, &path)?;
        }
        connect::refuse_newer(&path, Database::Keys).await?;

        let options = connect::writing(&path, synchronous).pragma("cache_size", connect::READER_CACHE);
        let mut connection = connect::open_migrated(&path, Database::Keys, &options).await?;
        let row = sqlx::query(statements::KEYS_META)
            .fetch_optional(&mut connection)
            .await
            .map_err(|error| connect::open_error(&path, error))?;
        let (fits, pepper) = match row {
            Some(row) => fitting(&masters, &row, master_key, &path)?,
            None if has_data => {
                return Err(OpenError::Damaged { path, detail: "keys.db is empty beside a filled data.db".to_owned() });
            }
            None => match masters.first() {
                Some(master) => (0, create_meta(&mut connection, master, &path).await?),
                None => return Err(OpenError::MasterKeyMissing { path: master_key.to_path_buf() }),
            },
        };
        if fits > 0 {
            rotate::promote(master_key)?;
        } else if rotate::next_to(master_key).exists() {
            rotate::discard(master_key)?;
        }
        let Some(master) = masters.into_iter().nth(fits) else {
            return Err(OpenError::MasterKeyWrong { path: master_key.to_path_buf() });
        };
        let writer = Mutex::new(Writer::new(connection, options));
        Ok(Self { master, pepper, writer, cache: StdMutex::new(Recent::new(KEYS_MAX)) })
    }

    /// The keys of a copy of `keys.db`, for looking into a backup.
    pub(crate) async fn of_copy(path: &Path, master_key: &Path) -> Result<Self, OpenError> {
        let damaged = || OpenError::Damaged { path: path.to_path_buf(), detail: "it holds no keys".to_owned() };
        let bytes = master::read(master_key)?;
        let next = master::read_if_whole(&rotate::next_to(master_key))?;
        let masters =
            [Some(bytes), next].into_iter().flatten().map(|bytes| SealingKey::new(&bytes)).collect::<Vec<_>>();
        let row = connect::peek(path, statements::KEYS_META).await.map_err(|error| connect::open_error(path, error))?;
        let (fits, pepper) = fitting(&masters, &row.ok_or_else(damaged)?, master_key, path)?;
        let master = masters.into_iter().nth(fits).ok_or_else(damaged)?;
        let writer = Mutex::new(Writer::lazy(connect::copying(path)));
        Ok(Self { master, pepper, writer, cache: StdMutex::new(Recent::new(KEYS_MAX)) })
    }

    pub(crate) async fn close(self) -> Result<(), StoreError> {
        self.writer.into_inner().close().await
    }

    /// The highest person id that ever had a key and was not forgotten.
    pub(crate) async fn person_id_max(&self) -> Result<i64, StoreError> {
        let mut writer = self.writer.lock().await;
        Ok(sqlx::query(statements::PERSON_KEYS_MAX).fetch_one(writer.ready().await?).await?.try_get(0)?)
    }

    /// Makes a key for each of these people who has none, durably.
    pub(crate) async fn create_missing(&self, persons: &[PersonId]) -> Result<(), StoreError> {
        let known = self.opened(persons).await?;
        let mut fresh = Vec::new();
        for person in persons.iter().filter(|person| !known.contains_key(person)) {
            let key = master::random_key(Path::new("keys.db"))
                .map_err(|_| StoreError::Other { detail: "the system gives no random numbers".to_owned() })?;
            let wrapped = self.master.seal(&key_place(*person), key.as_slice())?;
            fresh.push((*person, wrapped, Arc::new(SealingKey::new(&key))));
        }
        if fresh.is_empty() {
            return Ok(());
        }
        let mut writer = self.writer.lock().await;
        let mut transaction = writer.begin().await?;
        let rows: Vec<_> = fresh.iter().map(|(person, wrapped, _)| (person.0, wrapped.clone())).collect();
        let mut script = Script::new(&mut transaction, rows.len());
        script
            .rows(&statements::PERSON_KEYS_INSERT, rows, |(person, wrapped), row| {
                row.add(person)?;
                row.add(wrapped)
            })
            .await?;
        script.finish().await?;
        transaction.commit().await?;
        drop(writer);
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        for (person, _, key) in fresh {
            cache.insert(person, key);
        }
        Ok(())
    }

    /// The keys of these people. One who has none is left out: new, or forgotten.
    pub(crate) async fn opened(&self, persons: &[PersonId]) -> Result<Keys, StoreError> {
        let mut keys = Keys::with_capacity(persons.len());
        let mut missing = Vec::new();
        {
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            for person in persons {
                match cache.find(person) {
                    Some(key) => {
                        keys.insert(*person, key);
                    }
                    None => missing.push(person.0),
                }
            }
        }
        if missing.is_empty() {
            return Ok(keys);
        }
        // Held until the keys are in memory: one that is destroyed meanwhile must not come back there.
        let mut writer = self.writer.lock().await;
        let query = sqlx::query(statements::PERSON_KEYS_LOAD).bind(json_ids(missing));
        let rows = query.fetch_all(writer.ready().await?).await?;
        for row in rows {
            let person = PersonId(row.try_get(0)?);
            let plain = self.master.open(&key_place(person), row.try_get(1)?)?;
            let bytes = key_bytes(plain.expose()).ok_or_else(|| StoreError::damaged("a key has the wrong length"))?;
            let key = Arc::new(SealingKey::new(&bytes));
            self.cache.lock().unwrap_or_else(PoisonError::into_inner).insert(person, Arc::clone(&key));
            keys.insert(person, key);
        }
        Ok(keys)
    }

    /// Destroys people's keys: what was sealed with them never opens again, in backups neither.
    pub(crate) async fn destroy(&self, persons: &[PersonId]) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        let connection = writer.ready().await?;
        let ids = json_ids(persons.iter().map(|person| person.0));
        sqlx::query(statements::PERSON_KEYS_DELETE).bind(ids).execute(&mut *connection).await?;
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).retain(|person, _| !persons.contains(person));
        connect::fold(connection).await
    }

    /// Everybody who has a key.
    pub(crate) async fn persons(&self) -> Result<Vec<PersonId>, StoreError> {
        let mut writer = self.writer.lock().await;
        let query = sqlx::query(statements::PERSON_KEYS_ALL).bind(0).bind(i64::MAX);
        let rows = query.fetch_all(writer.ready().await?).await?;
        rows.iter().map(|row| Ok(PersonId(row.try_get(0)?))).collect()
    }

    /// Everybody whose key is among these of the forget ledger.
    pub(crate) async fn among(&self, hashes: &HashSet<KeyedHash>) -> Result<Vec<PersonId>, StoreError> {
        let (mut found, mut last) = (Vec::new(), PersonId(0));
        loop {
            let rows = {
                let mut writer = self.writer.lock().await;
                let query = sqlx::query(statements::PERSON_KEYS_ALL).bind(last.0).bind(KEYS_PAGE);
                query.fetch_all(writer.ready().await?).await?
            };
            for row in &rows {
                last = PersonId(row.try_get(0)?);
                let key = self.master.open(&key_place(last), row.try_get(1)?)?;
                if hashes.contains(&self.hash("forgotten", &[], key.expose())) {
                    found.push(last);
                }
            }
            if rows.is_empty() {
                return Ok(found);
            }
        }
    }

    /// What the forget ledger remembers of these people's keys: a keyed hash of the key itself, because a person's
    /// number may be given again after an older state was restored.
    pub(crate) async fn key_hashes(&self, persons: &[PersonId]) -> Result<HashMap<PersonId, KeyedHash>, StoreError> {
        let rows = {
            let mut writer = self.writer.lock().await;
            let query = sqlx::query(statements::PERSON_KEYS_LOAD).bind(json_ids(persons.iter().map(|person| person.0)));
            query.fetch_all(writer.ready().await?).await?
        };
        let mut hashes = HashMap::with_capacity(rows.len());
        for row in rows {
            let person = PersonId(row.try_get(0)?);
            let key = self.master.open(&key_place(person), row.try_get(1)?)?;
            hashes.insert(person, self.hash("forgotten", &[], key.expose()));
        }
        Ok(hashes)
    }

    pub(crate) fn account_hash(&self, platform: Platform, account: &str) -> KeyedHash {
        self.hash("account", platform.word().as_bytes(), account.as_bytes())
    }

    pub(crate) fn link_hash(&self, code: LinkCode) -> KeyedHash {
        self.hash("link", &[], &code.bytes())
    }

    pub(crate) fn event_hash(&self, key: &EventKey) -> KeyedHash {
        self.hash("event", &[], key.0.as_bytes())
    }

    pub(crate) fn write_hash(&self, session: SessionId, key: &WriteKey) -> KeyedHash {
        self.hash("write", &session.0.to_le_bytes(), key.0.as_bytes())
    }

    pub(crate) fn plan_hash(&self, person: PersonId, dialog: &str) -> KeyedHash {
        self.hash("plan", &person.0.to_le_bytes(), dialog.as_bytes())
    }

    /// Each part is preceded by its length, so that no two sets of parts are the same bytes.
    fn hash(&self, domain: &str, first: &[u8], second: &[u8]) -> KeyedHash {
        // HMAC pads a shorter key with zeros to the hash's block.
        let mut block = Zeroizing::new([0; 64]);
        if let Some(start) = block.first_chunk_mut::<KEY_BYTES>() {
            *start = *self.pepper;
        }
        let mut hash = <Hmac<Sha256> as KeyInit>::new((&*block).into());
        for part in [domain.as_bytes(), first, second] {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let full = hash.finalize().into_bytes();
        full.first_chunk::<16>().copied().unwrap_or_default()
    }
}

pub(crate) fn key_place(person: PersonId) -> Place<'static> {
    Place { column: "person_keys.dek", person: person.0, row: &[] }
}

fn key_bytes(bytes: &[u8]) -> Option<KeyBytes> {
    let bytes: &[u8; KEY_BYTES] = bytes.try_into().ok()?;
    Some(KeyBytes::new(*bytes))
}

pub(crate) const CHECK_PLACE: Place<'static> = Place { column: "meta.master_check", person: 0, row: &[] };
pub(crate) const PEPPER_PLACE: Place<'static> = Place { column: "meta.pepper", person: 0, row: &[] };

/// Which of these master keys fits, and the pepper.
fn fitting(
    masters: &[SealingKey],
    row: &sqlx::sqlite::SqliteRow,
    master_key: &Path,
    path: &Path,
) -> Result<(usize, KeyBytes), OpenError> {
    for (at, master) in masters.iter().enumerate() {
        match opened_pepper(master, row, master_key, path) {
            Ok(pepper) => return Ok((at, pepper)),
            Err(OpenError::MasterKeyWrong { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Err(OpenError::MasterKeyWrong { path: master_key.to_path_buf() })
}

fn opened_pepper(
    master: &SealingKey,
    row: &sqlx::sqlite::SqliteRow,
    master_key: &Path,
    path: &Path,
) -> Result<KeyBytes, OpenError> {
    let damaged = |detail: &str| OpenError::Damaged { path: path.to_path_buf(), detail: detail.to_owned() };
    let check: &[u8] = row.try_get(0).map_err(|_| damaged("keys.db has no check value"))?;
    let pepper: &[u8] = row.try_get(1).map_err(|_| damaged("keys.db has no pepper"))?;
    if !master.open(&CHECK_PLACE, check).is_ok_and(|plain| plain.expose() == CHECK) {
        return Err(OpenError::MasterKeyWrong { path: master_key.to_path_buf() });
    }
    let pepper = master.open(&PEPPER_PLACE, pepper).map_err(|_| damaged("the pepper does not open"))?;
    key_bytes(pepper.expose()).ok_or_else(|| damaged("the pepper has the wrong length"))
}

/// The check value is folded into the file at once: later starts look at it without touching the WAL.
async fn create_meta(
    connection: &mut SqliteConnection,
    master: &SealingKey,
    path: &Path,
) -> Result<KeyBytes, OpenError> {
    let failed = |error: StoreError| connect::open_error(path, error);
    let pepper = master::random_key(path)?;
    let check = master.seal(&CHECK_PLACE, CHECK).map_err(failed)?;
    let wrapped = master.seal(&PEPPER_PLACE, pepper.as_slice()).map_err(failed)?;
    let insert = sqlx::query(statements::KEYS_META_INSERT).bind(check).bind(wrapped);
    insert.execute(&mut *connection).await.map_err(|error| failed(error.into()))?;
    sqlx::query(statements::CHECKPOINT).execute(&mut *connection).await.map_err(|error| failed(error.into()))?;
    connection.ping().await.map_err(|error| failed(error.into()))?;
    Ok(pepper)
}
