//! The store: the only place with SQL, and the only place that seals. Two SQLite files, `data.db` (sealed rows) and
//! `keys.db` (wrapped keys); above this module nobody knows that it is SQLite.
//!
//! One writer connection takes [`Batch`]es, each in one `BEGIN IMMEDIATE` … COMMIT; what the next turns need is read over
//! a connection of its own meanwhile. Everything else is read over a small read-only pool.

mod backup;
mod batch;
mod before_update;
pub mod columns;
mod commit;
pub mod connect;
mod entries;
mod error;
mod examine;
mod forget;
mod join;
mod keys;
mod ledger;
mod links;
mod lock;
mod master;
mod open;
mod outbox;
mod persons;
mod plans;
mod recent;
mod records;
mod replay;
mod restore;
mod rotate;
mod said;
mod script;
mod seal;
mod sealing;
mod sessions;
mod silence;
pub mod statements;
mod upkeep;
mod writer;

use std::fs::File;
use std::sync::atomic::{AtomicI64, Ordering};

use sqlx::SqlitePool;
use tokio::sync::Mutex;

use crate::domain::ids::{OutboxId, PersonId};
use crate::store::keys::{KeyRing, KeyedHash};
use crate::store::ledger::Ledger;
use crate::store::recent::People;
use crate::store::writer::Writer;

pub use crate::store::backup::{BackupDone, BackupError, backup};
pub use crate::store::batch::{
    AccountNew, Batch, EntryChange, EntryNew, ForgetNew, InboxNew, Join, LinkCodeNew, LinkCodeTake, LinkGuessesPut,
    OccurrenceWrite, OutboxNew, OutcomeWrite, PersonNew, PlanWrite, ProfileWrite, QuarantineNew, SaidNew, SessionPut,
    SessionWrite, ShownWrite,
};
pub use crate::store::error::{OpenError, StoreError};
pub use crate::store::examine::{Examined, examine};
pub use crate::store::forget::{ForgetDone, KeptCounts};
pub use crate::store::open::{LEDGER_TAIL, MASTER_KEY_TAIL, Options, Synchronous, beside};
pub(crate) use crate::store::recent::Recent;
pub use crate::store::records::{
    BatchKnown, EntryKept, EntryKind, LinkGuesses, LinkLook, Look, OccurrenceRow, OccurrenceState, OutboxClass,
    OutboxRow, OutboxState, PersonState, PlanRow, SecretBytes, SessionRow,
};
pub use crate::store::restore::{LedgerFound, RestoreDone, RestoreError, restore};
pub use crate::store::rotate::rotate;
pub use crate::store::silence::SilenceWrite;

/// When the last backup was made, as the stamp in its name; `None` when there was none.
pub fn last_backup(options: &Options) -> Option<String> {
    let text = std::fs::read_to_string(options.data_dir.join(backup::LAST_BACKUP)).ok()?;
    Some(text.trim().to_owned())
}

/// An open store. Every method takes `&self`; share it in an `Arc`. Methods are safe to cancel: a dropped commit is
/// either durable as a whole or leaves nothing.
pub struct Store {
    keys: KeyRing,
    ledger: Ledger,
    writer: Mutex<Writer>,
    /// Reads what turns need, while the writer commits the batch before.
    loader: Mutex<Writer>,
    readers: SqlitePool,
    /// Whose accounts are, of those that were seen lately.
    accounts_seen: std::sync::Mutex<Recent<KeyedHash, PersonId>>,
    /// Rows of people who were here lately, sealed.
    people: People,
    person_next: AtomicI64,
    outbox_next: AtomicI64,
    /// Held, never read: the lock lives as long as the file is open.
    _lock: File,
}

impl Store {
    /// A fresh id for a person who is written in a later [`Batch`]. Never handed out twice, also not after a restart.
    pub fn person_id_next(&self) -> PersonId {
        PersonId(self.person_next.fetch_add(1, Ordering::Relaxed))
    }

    /// A fresh id for an outbox row of a later [`Batch`], so that a message knows its own name before it is stored.
    /// Ids of rows that were committed never come again.
    pub fn outbox_id_next(&self) -> OutboxId {
        OutboxId(self.outbox_next.fetch_add(1, Ordering::Relaxed))
    }

    /// Closes the store in order: every connection is closed, the WAL is folded into the files, the lock is let go.
    ///
    /// # Errors
    /// When a file cannot be closed cleanly. The data is committed all the same.
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.close().await;
        self.loader.into_inner().close().await?;
        let written = self.writer.into_inner().close().await;
        let keys = self.keys.close().await;
        written.and(keys)
    }
}
