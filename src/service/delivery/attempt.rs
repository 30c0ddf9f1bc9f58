//! One attempt to send one item.

use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use crate::service::delivery::Handed;
use crate::service::ports::{Delivery, Messenger, NotSent, Outcome};
use crate::service::writer::Work;

/// One attempt: the intent is committed first, unless the row was born with it.
pub(super) fn attempt(
    messenger: Arc<dyn Messenger>,
    work: mpsc::Sender<Work>,
    item: Handed,
) -> BoxFuture<'static, (Handed, Outcome)> {
    Box::pin(async move {
        if !item.intended {
            let (done, intended) = oneshot::channel();
            let doubled = item.unknown_before.then_some("doubled_possible_total");
            let intent = Work::Intent { id: item.id, attempts: item.attempts, counter: doubled, done };
            if work.send(intent).await.is_err() || intended.await.is_err() {
                // The writer has ended: nothing was sent, and the row still says so.
                return (item, Outcome::NotSent(NotSent::Retry));
            }
        }
        let delivery = Delivery {
            id: item.id,
            to: item.to.clone(),
            class: item.class,
            attempts: item.attempts,
            shown: None,
            silent: false,
            item: item.item.clone(),
        };
        let outcome = messenger.send(&delivery).await;
        (item, outcome)
    })
}
