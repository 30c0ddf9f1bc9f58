//! The world behind its lock, and how others learn that it has changed.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::world::World;

/// Held by the server, by the people and by the test.
pub(super) struct Shared {
    /// Whether requests are held against the contract.
    pub(super) is_contract_checked: bool,
    /// Whether the fake's own answers are.
    pub(super) are_answers_checked: bool,
    world: Mutex<World>,
    /// Rises with each change, for those who wait asynchronously.
    changes: watch::Sender<u64>,
    /// For those who wait with a thread.
    changed: Condvar,
    /// Wakes the connections of the gateway.
    pub(super) gateway: Notify,
    /// Ends the server.
    pub(super) stop: Notify,
}

impl Shared {
    pub(super) fn new(is_contract_checked: bool, are_answers_checked: bool, world: World) -> Self {
        Self {
            is_contract_checked,
            are_answers_checked,
            world: Mutex::new(world),
            changes: watch::Sender::new(0),
            changed: Condvar::new(),
            gateway: Notify::new(),
            stop: Notify::new(),
        }
    }

    /// Changes the world and wakes whoever waits for it.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = change(&mut world);
        let is_fresh = std::mem::take(&mut world.gateway.is_fresh);
        drop(world);
        self.changes.send_modify(|count| *count += 1);
        self.changed.notify_all();
        if is_fresh {
            self.gateway.notify_waiters();
        }
        answer
    }

    /// Takes what waits, and wakes nobody but those who wait to see that it was taken.
    pub(super) fn take<T>(&self, take: impl FnOnce(&mut World) -> Vec<T>) -> Vec<T> {
        let taken = take(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner));
        if !taken.is_empty() {
            self.changes.send_modify(|count| *count += 1);
            self.changed.notify_all();
        }
        taken
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
