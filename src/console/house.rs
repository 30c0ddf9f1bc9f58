//! What a chat needs of the service and its clock, so that tests can stand in for both.

use std::future::Future;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::event::Event;
use crate::service::clock::ShiftedClock;
use crate::service::ports::Clock;
use crate::service::{Answer, Service, ServiceError};

/// The service as a chat sees it.
pub trait House: Send + Sync {
    /// Now, by the chat's clock.
    fn now(&self) -> Timestamp;

    /// Moves the chat's clock ahead to this instant.
    fn advance_to(&self, at: Timestamp);

    /// Takes one event in and answers after its commit.
    fn handle(&self, event: Event) -> impl Future<Output = Result<Answer, ServiceError>> + Send;

    /// Handles everything that is due now; how many.
    fn fire_due(&self) -> impl Future<Output = Result<usize, ServiceError>> + Send;

    /// When something is due next.
    fn next_due(&self) -> impl Future<Output = Result<Option<Timestamp>, ServiceError>> + Send;

    /// Resolves when nothing is on its way to anybody.
    fn settle(&self) -> impl Future<Output = ()> + Send;
}

/// The real service with the clock it runs by.
pub struct Live {
    /// The service.
    pub service: Service,
    /// The clock that was given to it.
    pub clock: Arc<ShiftedClock>,
}

impl House for Live {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn advance_to(&self, at: Timestamp) {
        self.clock.advance_to(at);
    }

    async fn handle(&self, event: Event) -> Result<Answer, ServiceError> {
        self.service.handle(event).await
    }

    async fn fire_due(&self) -> Result<usize, ServiceError> {
        self.service.fire_due().await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, ServiceError> {
        self.service.next_due().await
    }

    async fn settle(&self) {
        self.service.settle().await;
    }
}
