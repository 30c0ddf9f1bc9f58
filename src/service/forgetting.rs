//! What follows when somebody is forgotten: the store does it, and who asked for it gets a receipt.

use crate::service::delivery::{Chat, Handed, Parcel, Passed};
use crate::service::ports::Class;
use crate::service::turn;
use crate::service::writer::Writer;
use crate::store::{Batch, ForgetDone, OutboxClass, OutboxNew, OutboxState, StoreError};

impl Writer {
    /// Forgets everybody who is marked, and sends the receipts that are owed. Nothing else is written meanwhile, so that
    /// nobody sees a state in between. A full disk is waited for, as with every commit.
    ///
    /// # Errors
    /// When the process must end; the next one goes on.
    pub(super) async fn forget(&self) -> Result<(), StoreError> {
        let done = loop {
            match self.store.forget_marked().await {
                Ok(done) => break done,
                Err(StoreError::Full | StoreError::Busy) => {
                    tracing::error!(
                        "The disk is full or busy: somebody is forgotten as soon as it takes writes again."
                    );
                    self.until_retry().await;
                }
                Err(error) => return Err(error),
            }
        };
        for done in done {
            match self.receipt(done).await {
                Ok(()) => {}
                Err(error @ (StoreError::Io { .. } | StoreError::Damaged { .. })) => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "Somebody is forgotten, and gets their receipt at the next start.");
                }
            }
        }
        Ok(())
    }

    /// The last that is sent: to a stranger, of whom nothing is kept after it.
    async fn receipt(&self, done: ForgetDone) -> Result<(), StoreError> {
        let heir = self.store.persons_load(&[done.heir]).await?.pop().flatten();
        let now = self.clock.now();
        let mut batch =
            Batch { receipts: vec![done.person], counters: vec![("forgotten_total", 1)], ..Batch::default() };
        let Some(heir) = heir else {
            return self.store.commit(batch).await;
        };
        let spoken = heir.profile.spoken().unwrap_or(self.settings.language);
        let to = heir.profile.address;
        let parcel = Parcel::from(turn::receipt(self.library.speaking(spoken), &done.counts));
        let item =
            parcel.encode(to.platform).map_err(|_| StoreError::Misuse { detail: "a receipt has no JSON form" })?;
        let id = self.store.outbox_id_next();
        batch.outbox.push(OutboxNew {
            id,
            person: done.heir,
            class: OutboxClass::Reply,
            state: OutboxState::Sending,
            next_at: now,
            created_at: now,
            item: item.into(),
        });
        self.store.commit(batch).await?;
        self.traffic.begin(2);
        let leaves = Passed::Leaves(done.heir, Chat::of(&to));
        let item = Passed::Item(Handed {
            id,
            person: done.heir,
            to,
            class: Class::Reply,
            attempts: 0,
            created_at: now,
            intended: true,
            unknown_before: false,
            wait: None,
            early: false,
            counted: true,
            nudge: None,
            parcel,
        });
        for passed in [item, leaves] {
            // Delivery ends only together with the process.
            let _ = self.handed.send(passed);
        }
        Ok(())
    }
}
