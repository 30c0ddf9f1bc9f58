//! Delivery: every outbox row is tried until its outcome is known or the ladder ends. One send per person at a
//! time, so that messages keep their order; nobody waits for anybody else.

mod attempt;
mod outcome;
mod queue;
mod recover;
mod traffic;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::domain::ids::{OutboxId, PersonId};
use crate::domain::limits::SENDS_IN_FLIGHT_MAX;
use crate::service::delivery::attempt::attempt;
use crate::service::delivery::queue::Queue;
use crate::service::ports::{Class, Clock, Messenger, Outcome};
use crate::service::writer::Work;
use crate::store::{Store, StoreError};

pub(crate) use crate::service::delivery::queue::Handed;
pub(crate) use crate::service::delivery::traffic::Traffic;

/// The loop that sends. Run it until it ends; it ends when the writer has.
pub struct DeliveryLoop {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    messenger: Arc<dyn Messenger>,
    outbound: mpsc::UnboundedReceiver<Passed>,
    work: mpsc::Sender<Work>,
    traffic: Arc<Traffic>,
    chance: u64,
    /// Rows below this id were made by an earlier run; the others come from the writer.
    first_of_run: OutboxId,
    queues: HashMap<PersonId, Queue>,
    ready: VecDeque<PersonId>,
    retries: BTreeSet<(Timestamp, PersonId)>,
    under_way: FuturesUnordered<BoxFuture<'static, (Handed, Outcome)>>,
    /// People who have everything and are to be forgotten; the writer is not told yet.
    left: Vec<PersonId>,
}

/// What the writer passes on after a commit.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "almost every value is an item, which a box would only make slower")]
pub(crate) enum Passed {
    /// A row to send.
    Item(Handed),
    /// Nothing of this person is to be kept once they have everything that was passed on before.
    Leaves(PersonId),
}

impl DeliveryLoop {
    pub(crate) fn new(
        store: Arc<Store>,
        clock: Arc<dyn Clock>,
        messenger: Arc<dyn Messenger>,
        outbound: mpsc::UnboundedReceiver<Passed>,
        work: mpsc::Sender<Work>,
        traffic: Arc<Traffic>,
        chance: u64,
    ) -> Self {
        let first_of_run = store.outbox_id_next();
        // Taking up the rows of earlier runs is on its way until it is done.
        traffic.begin(1);
        Self {
            store,
            clock,
            messenger,
            outbound,
            work,
            traffic,
            chance,
            first_of_run,
            queues: HashMap::new(),
            ready: VecDeque::new(),
            retries: BTreeSet::new(),
            under_way: FuturesUnordered::new(),
            left: Vec::new(),
        }
    }

    /// Takes up what the last run left, then sends until the writer ends.
    ///
    /// # Errors
    /// When the outbox cannot be read at the start.
    pub async fn run(mut self) -> Result<(), StoreError> {
        self.recover().await?;
        self.traffic.end(1);
        loop {
            for person in std::mem::take(&mut self.left) {
                // A closed channel means that the process is ending; they are forgotten after they come again.
                let _ = self.work.send(Work::Forget(person)).await;
            }
            self.launch();
            let retry_at = self.retries.first().map(|(at, _)| *at);
            let clock = Arc::clone(&self.clock);
            let retry = async move {
                match retry_at {
                    Some(at) => clock.until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                handed = self.outbound.recv() => match handed {
                    Some(Passed::Item(handed)) => {
                        let (person, is_reply) = (handed.person, handed.class == Class::Reply);
                        self.push(handed);
                        if is_reply {
                            self.is_back(person);
                        }
                    }
                    Some(Passed::Leaves(person)) => self.leaves(person),
                    None => return Ok(()),
                },
                Some(done) = self.under_way.next() => self.finish(done).await,
                () = retry => self.wake_retries(),
            }
        }
    }

    /// Starts as many sends as may be under way.
    fn launch(&mut self) {
        while self.under_way.len() < SENDS_IN_FLIGHT_MAX {
            let Some(person) = self.ready.pop_front() else { return };
            let Some(queue) = self.queues.get_mut(&person) else { continue };
            let waits = queue.items.front().is_none_or(|item| item.not_before.is_some());
            if queue.busy || waits {
                continue;
            }
            if let Some(item) = queue.items.pop_front() {
                queue.busy = true;
                self.under_way.push(attempt(Arc::clone(&self.messenger), self.work.clone(), item));
            }
        }
    }

    /// Records what has ended, and whatever else has ended by now.
    async fn finish(&mut self, first: (Handed, Outcome)) {
        let mut outcomes = Vec::new();
        let mut next = Some(first);
        while let Some((item, outcome)) = next {
            self.conclude(item, outcome, &mut outcomes);
            next = futures::FutureExt::now_or_never(self.under_way.next()).flatten();
        }
        // A closed channel means that the process is ending; the rows stay as they are.
        let _ = self.work.send(Work::Outcomes(outcomes)).await;
    }
}
