//! Delivery: every outbox row is tried until its outcome is known or the ladder ends. One send per chat at a
//! time, so that messages keep their order; nobody waits for anybody else.

mod attempt;
mod breaker;
mod lane;
mod nudge;
mod outcome;
mod parcel;
mod queue;
mod recover;
mod standing;
mod traffic;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::dialog::model::Library;
use crate::domain::ids::{OutboxId, PersonId};
use crate::service::Settings;
use crate::service::delivery::attempt::{Courier, Ended};
use crate::service::delivery::lane::Lanes;
use crate::service::delivery::queue::Queue;
use crate::service::delivery::standing::Standing;
use crate::service::orders::Orders;
use crate::service::ports::{Class, Clock, Messenger};
use crate::service::writer::Work;
use crate::store::{Recent, Store, StoreError};

pub(crate) use crate::service::delivery::nudge::NudgeTerms;
pub(crate) use crate::service::delivery::parcel::Parcel;
pub(crate) use crate::service::delivery::queue::{Chat, Handed};
pub(crate) use crate::service::delivery::traffic::Traffic;

/// The loop that sends. Run it until it ends; it ends when the writer has.
pub struct DeliveryLoop {
    clock: Arc<dyn Clock>,
    /// What the clock showed last.
    seen: Timestamp,
    settings: Settings,
    outbound: mpsc::UnboundedReceiver<Passed>,
    courier: Arc<Courier>,
    traffic: Arc<Traffic>,
    chance: u64,
    /// Rows below this id were made by an earlier run; the others come from the writer.
    first_of_run: OutboxId,
    queues: HashMap<Chat, Queue>,
    lanes: Lanes,
    /// Chats whose first item waits for the person, or for as long as the platform asked.
    waits: BTreeSet<(Timestamp, Chat)>,
    under_way: FuturesUnordered<BoxFuture<'static, (Handed, Ended)>>,
    standing: Standing,
    /// People who have everything and are to be forgotten; the writer is not told yet.
    left: Vec<PersonId>,
    /// People who asked to be forgotten: what is under way to them is not tried again.
    gone: Recent<PersonId, ()>,
}

/// How many people who asked to be forgotten are remembered: far more than can have something under way.
const GONE_MAX: usize = 4_096;

/// What the writer passes on after a commit.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "almost every value is an item, which a box would only make slower")]
pub(crate) enum Passed {
    /// A row to send.
    Item(Handed),
    /// Nothing that was passed on for this person goes out any more.
    Forgotten(PersonId),
    /// Nothing of this person is to be kept once this chat has everything that was passed on before.
    Leaves(PersonId, Chat),
}

impl DeliveryLoop {
    #[expect(clippy::too_many_arguments, reason = "called once, by the builder of the service")]
    pub(crate) fn new(
        store: Arc<Store>,
        library: Arc<Library>,
        clock: Arc<dyn Clock>,
        messenger: Arc<dyn Messenger>,
        settings: Settings,
        outbound: mpsc::UnboundedReceiver<Passed>,
        work: mpsc::Sender<Work>,
        traffic: Arc<Traffic>,
        chance: u64,
    ) -> Self {
        let first_of_run = store.outbox_id_next();
        // Taking up the rows of earlier runs is on its way until it is done.
        traffic.begin(1);
        Self {
            seen: clock.now(),
            clock: Arc::clone(&clock),
            outbound,
            courier: Arc::new(Courier {
                orders: Orders::new(Arc::clone(&store), library, Arc::clone(&clock), settings.clone()),
                store,
                clock,
                messenger,
                work,
            }),
            settings,
            traffic,
            chance,
            first_of_run,
            queues: HashMap::new(),
            lanes: Lanes::new(),
            waits: BTreeSet::new(),
            under_way: FuturesUnordered::new(),
            standing: Standing::new(),
            left: Vec::new(),
            gone: Recent::new(GONE_MAX),
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
                let _ = self.courier.work.send(Work::Forget(person)).await;
            }
            self.look_at_the_clock();
            self.launch();
            let first = self.waits.first().map(|(at, _)| *at);
            let next_at = self.lanes.all().iter().filter_map(|lane| lane.next_at()).chain(first).min();
            let clock = Arc::clone(&self.clock);
            let next = async move {
                match next_at {
                    Some(at) => clock.until_or_passed(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                handed = self.outbound.recv() => match handed {
                    Some(Passed::Item(handed)) => {
                        let (chat, is_reply) = (handed.chat(), handed.class == Class::Reply);
                        self.push(handed);
                        if is_reply {
                            self.is_back(chat);
                        }
                    }
                    Some(Passed::Forgotten(person)) => self.forgotten(person),
                    Some(Passed::Leaves(person, chat)) => self.leaves(person, chat),
                    None => return Ok(()),
                },
                Some(done) = self.under_way.next() => self.finish(done).await,
                () = next => self.wake(),
            }
        }
    }

    /// Records what has ended, and whatever else has ended by now.
    async fn finish(&mut self, first: (Handed, Ended)) {
        let mut outcomes = Vec::new();
        let mut next = Some(first);
        while let Some((item, ended)) = next {
            self.conclude(item, ended, &mut outcomes);
            next = futures::FutureExt::now_or_never(self.under_way.next()).flatten();
        }
        // A closed channel means that the process is ending; the rows stay as they are.
        let _ = self.courier.work.send(Work::Outcomes(outcomes)).await;
    }
}
