//! Where the gateway's session stands, kept over restarts: the next run goes on there, hears what came meanwhile, and
//! costs none of the sessions that the platform allows. What is kept is never ahead of what is committed.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::discord::gateway::SessionState;
use crate::service::ports::Clock;
use crate::service::{Service, ServiceError};
use crate::store::{Batch, StoreError};

/// Under which name the store keeps it.
const NAME: &str = "discord_session";
/// How often one that has only moved on is written. What came since comes again, and is known by its key.
const EVERY: SignedDuration = SignedDuration::from_secs(10);

/// Writes a session down when that is due.
pub(crate) struct Keeper {
    service: Service,
    clock: Arc<dyn Clock>,
    kept: Option<SessionState>,
    at: Timestamp,
}

impl Keeper {
    /// With what the last run left.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn load(service: Service, clock: Arc<dyn Clock>) -> Result<Self, ServiceError> {
        let text = service.store().meta_text(NAME).await?.unwrap_or_default();
        let kept = serde_json::from_str(&text).ok();
        Ok(Self { service, clock, kept, at: Timestamp::MIN })
    }

    /// What is kept.
    pub(crate) fn kept(&self) -> Option<&SessionState> {
        self.kept.as_ref()
    }

    /// Has the next be written in any case: what came since the last would come again.
    pub(crate) fn hurry(&mut self) {
        self.at = Timestamp::MIN;
    }

    /// Keeps where the session stands, or that there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(crate) async fn keep(&mut self, now: Option<SessionState>) -> Result<(), ServiceError> {
        let what = |state: &Option<SessionState>| state.as_ref().map(|state| (state.id.clone(), state.is_reading));
        let is_other = what(&now) != what(&self.kept);
        let is_due = (self.clock.now().duration_since(self.at)).abs() >= EVERY;
        if now == self.kept || !(is_other || is_due) {
            return Ok(());
        }
        let text = now.as_ref().and_then(|state| serde_json::to_string(state).ok()).unwrap_or_default();
        match self.service.store().commit(Batch { meta: vec![(NAME, text)], ..Batch::default() }).await {
            // Without room the next run begins anew.
            Ok(()) | Err(StoreError::Full | StoreError::Busy) => {}
            Err(error) => return Err(error.into()),
        }
        (self.kept, self.at) = (now, self.clock.now());
        Ok(())
    }
}
