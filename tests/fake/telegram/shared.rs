//! The world behind its lock, and how others learn that it has changed.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::world::World;

/// Held by the server, by the people and by the test.
pub(super) struct Shared {
    pub(super) token: String,
    /// Whether requests are held against the contract.
    pub(super) is_contract_checked: bool,
    world: Mutex<World>,
    /// Rises with each change, for those who wait asynchronously.
    changes: watch::Sender<u64>,
    /// For those who wait with a thread.
    changed: Condvar,
    /// Wakes polls and the webhook's post.
    pub(super) updates: Notify,
    /// Ends the server.
    pub(super) stop: Notify,
}

impl Shared {
    pub(super) fn new(token: &str, is_contract_checked: bool, world: World) -> Self {
        Self {
            token: token.to_owned(),
            is_contract_checked,
            world: Mutex::new(world),
            changes: watch::Sender::new(0),
            changed: Condvar::new(),
            updates: Notify::new(),
            stop: Notify::new(),
        }
    }

    /// Changes the world and wakes whoever waits for it.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = change(&mut world);
        let is_fresh = std::mem::take(&mut world.updates.is_fresh);
        drop(world);
        self.changes.send_modify(|count| *count += 1);
        self.changed.notify_all();
        if is_fresh {
            self.updates.notify_waiters();
        }
        answer
    }

    /// Looks without changing anything.
    pub(super) fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The first answer; after the patience the ledger instead.
    pub(super) async fn wait_for<T>(
        &self,
        mut look: impl FnMut(&World) -> Option<T>,
        patience: Duration,
    ) -> Result<T, String> {
        let mut changes = self.changes.subscribe();
        let found = async {
            loop {
                changes.borrow_and_update();
                if let Some(found) = self.look(&mut look) {
                    return found;
                }
                if changes.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::time::timeout(patience, found).await.map_err(|_| self.late(patience))
    }

    /// The same with a thread that waits.
    pub(super) fn wait_for_blocking<T>(
        &self,
        mut look: impl FnMut(&World) -> Option<T>,
        patience: Duration,
    ) -> Result<T, String> {
        let world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = None;
        let waited = self.changed.wait_timeout_while(world, patience, |world| {
            found = look(world);
            found.is_none()
        });
        drop(waited);
        found.ok_or_else(|| self.late(patience))
    }

    fn late(&self, patience: Duration) -> String {
        self.look(|world| format!("not seen within {patience:?}; the ledger:\n{}", world.ledger))
    }
}
