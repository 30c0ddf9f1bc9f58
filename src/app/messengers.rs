//! The messengers of all platforms as one: each item goes to the platform of its address.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::domain::event::Platform;
use crate::service::ports::{Delivery, Messenger, NotSent, Outcome};

/// Hands each delivery to its platform's messenger. Who is on a platform that does not run here is
/// [`NotSent::Away`]: what is for them waits until it does.
#[derive(Clone, Default)]
pub struct Messengers(HashMap<Platform, Arc<dyn Messenger>>);

impl Messengers {
    /// Of these platforms, one messenger each.
    pub fn new(messengers: impl IntoIterator<Item = (Platform, Arc<dyn Messenger>)>) -> Self {
        Self(messengers.into_iter().collect())
    }
}

impl Messenger for Messengers {
    fn send<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Outcome> {
        match self.0.get(&delivery.to.platform) {
            Some(messenger) => messenger.send(delivery),
            None => Box::pin(std::future::ready(Outcome::NotSent(NotSent::Away))),
        }
    }
}
