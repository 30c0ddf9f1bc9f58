//! The messenger of the terminal: writes what the service sends to the one person who sits there.

use std::sync::Arc;

use futures::future::BoxFuture;

use crate::console::screen::Screen;
use crate::domain::event::Address;
use crate::service::ports::{Delivery, Messenger, NotSent, Outcome};

/// Shows deliveries of one address on a screen.
pub struct ConsoleMessenger {
    screen: Arc<Screen>,
    person: Address,
}

impl ConsoleMessenger {
    /// A messenger for the person who sits at this screen. Nothing of anybody else is ever shown on it.
    pub fn new(screen: Arc<Screen>, person: Address) -> Self {
        Self { screen, person }
    }
}

impl Messenger for ConsoleMessenger {
    fn send<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            if delivery.to != self.person {
                return Outcome::NotSent(NotSent::Away);
            }
            match self.screen.item(&delivery.item) {
                Ok(()) => Outcome::Sent(None),
                Err(_closed) => Outcome::NotSent(NotSent::Retry),
            }
        })
    }
}
