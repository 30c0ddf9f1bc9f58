//! Delivery: every outbox row is tried until its outcome is known or the ladder ends. One send per person at a
//! time, so that messages keep their order; nobody waits for anybody else.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, oneshot, watch};

use crate::domain::event::Address;
use crate::domain::ids::{OutboxId, PersonId};
use crate::domain::limits::SENDS_IN_FLIGHT_MAX;
use crate::service::ladder::{self, Next};
use crate::service::ports::{Class, Clock, Delivery, Item, Messenger, NotSent, Outcome};
use crate::service::writer::{OutcomeNew, Work};
use crate::store::{OutboxClass, OutboxRow, OutboxState, OutcomeWrite, PersonState, Store, StoreError};

/// How long an item waits for somebody who is away before it is looked at again.
const AWAY: SignedDuration = SignedDuration::from_hours(1);

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

/// A row on its way.
#[derive(Debug)]
pub(crate) struct Handed {
    pub id: OutboxId,
    pub person: PersonId,
    pub to: Address,
    pub class: Class,
    pub attempts: u32,
    /// Whether the row already says that it is being sent.
    pub intended: bool,
    /// Whether an earlier attempt may have arrived.
    pub unknown_before: bool,
    pub not_before: Option<Timestamp>,
    /// Whether it waits only for the person to come.
    pub away: bool,
    /// Whether [`Traffic`] counts it.
    pub counted: bool,
    pub item: Item,
}

/// How many items are on their way; what waits for a retry does not count, and nothing that stands behind it.
#[derive(Debug, Default)]
pub struct Traffic {
    count: watch::Sender<usize>,
    hurried: AtomicUsize,
}

/// While it lives, outcomes are recorded without waiting for company.
#[derive(Debug)]
pub(crate) struct Hurry<'a>(&'a Traffic);

#[derive(Default)]
struct Queue {
    busy: bool,
    leaves: bool,
    items: VecDeque<Handed>,
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

    /// Rows of earlier runs, in the order in which they were made. One that was being sent has an unknown outcome: a
    /// reply goes again, a nudge does not. Turns may be made meanwhile; their rows come from the writer.
    async fn recover(&mut self) -> Result<(), StoreError> {
        let mut rows = self.store.outbox_sending().await?;
        rows.append(&mut self.store.outbox_due(Timestamp::MAX, i64::MAX).await?);
        rows.retain(|row| row.id < self.first_of_run);
        rows.sort_unstable_by_key(|row| row.id);
        let mut persons: Vec<PersonId> = rows.iter().map(|row| row.person).collect();
        persons.sort_unstable();
        persons.dedup();
        let states = self.store.persons_load(&persons).await?;
        let found = persons.into_iter().zip(states).filter_map(|(person, state)| Some((person, state?)));
        let found: HashMap<PersonId, PersonState> = found.collect();
        let mut outcomes = Vec::new();
        for row in rows {
            let drop_as = |counter| OutcomeNew { write: OutcomeWrite::Drop(row.id), counter: Some(counter) };
            if row.state == OutboxState::Sending && row.class != OutboxClass::Reply {
                outcomes.push(drop_as("unknown_total"));
                continue;
            }
            match (found.get(&row.person), serde_json::from_slice(row.item.expose())) {
                (Some(state), Ok(item)) => self.take_up(&row, state.profile.address.clone(), item),
                (None, _) | (_, Err(_)) => outcomes.push(drop_as("unreadable_total")),
            }
        }
        if !outcomes.is_empty() {
            self.traffic.begin(outcomes.len());
            // A closed channel means that the process is ending; the rows stay as they are.
            let _ = self.work.send(Work::Outcomes(outcomes)).await;
        }
        // Whom the last run could not forget any more.
        for (person, _) in found.into_iter().filter(|(_, state)| keeps_nothing(state)) {
            self.traffic.begin(1);
            self.leaves(person);
        }
        Ok(())
    }

    fn take_up(&mut self, row: &OutboxRow, to: Address, item: Item) {
        let sending = row.state == OutboxState::Sending;
        let waits = !sending && row.next_at > self.clock.now();
        self.push(Handed {
            id: row.id,
            person: row.person,
            to,
            class: if row.class == OutboxClass::Reply { Class::Reply } else { Class::Nudge },
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            intended: false,
            unknown_before: sending,
            not_before: waits.then_some(row.next_at),
            // The row does not say what it waits for; a wait that is no attempt may be ended by the person.
            away: waits && row.attempts == 0,
            counted: false,
            item,
        });
    }

    fn push(&mut self, handed: Handed) {
        let person = handed.person;
        let queue = self.queues.entry(person).or_default();
        queue.items.push_back(handed);
        if !queue.busy && queue.items.len() == 1 {
            self.line_up(person);
        } else {
            queue.count(&self.traffic);
        }
    }

    /// A person is to be forgotten, after what is on its way to them.
    fn leaves(&mut self, person: PersonId) {
        match self.queues.get_mut(&person) {
            None => self.left.push(person),
            Some(queue) => {
                queue.leaves = true;
                // What they wait for is counted for itself.
                self.traffic.end(1);
            }
        }
    }

    /// Lines a person up by the first item of their queue: for now, or for when its wait is over.
    fn line_up(&mut self, person: PersonId) {
        let Some(queue) = self.queues.get_mut(&person) else { return };
        queue.count(&self.traffic);
        match queue.items.front() {
            None => {
                if queue.leaves {
                    self.traffic.begin(1);
                    self.left.push(person);
                }
                self.queues.remove(&person);
            }
            Some(Handed { not_before: Some(at), .. }) => {
                self.retries.insert((*at, person));
            }
            Some(Handed { not_before: None, .. }) => self.ready.push_back(person),
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

    fn conclude(&mut self, mut item: Handed, outcome: Outcome, outcomes: &mut Vec<OutcomeNew>) {
        let (id, person) = (item.id, item.person);
        let drop_as = |counter| OutcomeNew { write: OutcomeWrite::Drop(id), counter: Some(counter) };
        let record = match outcome {
            Outcome::Sent(_) => OutcomeNew { write: OutcomeWrite::Sent(id), counter: None },
            Outcome::Unknown if item.class == Class::Nudge => drop_as("unknown_total"),
            Outcome::Unknown => {
                item.unknown_before = true;
                self.again(item, None)
            }
            Outcome::NotSent(NotSent::Retry) => self.again(item, None),
            Outcome::NotSent(NotSent::Wait(wait)) => {
                let at = self.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX);
                self.again(item, Some(at))
            }
            Outcome::NotSent(NotSent::Away) => {
                item.away = true;
                let at = self.clock.now().checked_add(AWAY).unwrap_or(Timestamp::MAX);
                self.again(item, Some(at))
            }
            Outcome::NotSent(NotSent::Rejected) => drop_as("rejected_total"),
            Outcome::NotSent(NotSent::Gone) => {
                let waiting = self.queues.get_mut(&person).map(|queue| std::mem::take(&mut queue.items));
                for other in waiting.into_iter().flatten() {
                    self.traffic.begin(usize::from(!other.counted));
                    outcomes.push(OutcomeNew { write: OutcomeWrite::Drop(other.id), counter: Some("gone_total") });
                }
                // The person's check-ins rest before the first of these rows is forgotten.
                outcomes.push(OutcomeNew { write: OutcomeWrite::Drop(id), counter: Some("gone_total") });
                let _ = self.work.try_send(Work::Gone(person));
                self.settle_queue(person);
                return;
            }
        };
        outcomes.push(record);
        self.settle_queue(person);
    }

    /// Puts an item back at the head of its queue, for later; or gives it up when the ladder ends.
    fn again(&mut self, mut item: Handed, told: Option<Timestamp>) -> OutcomeNew {
        let id = item.id;
        if told.is_none() {
            item.attempts = item.attempts.saturating_add(1);
        }
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = match (told, ladder::next(item.attempts, self.chance >> 16)) {
            (Some(at), _) => at,
            (None, Next::Retry(wait)) => self.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX),
            (None, Next::Drop) => {
                return OutcomeNew { write: OutcomeWrite::Drop(id), counter: Some("given_up_total") };
            }
        };
        let hourly = item.attempts >= ladder::QUICK_ATTEMPTS;
        let write = OutcomeWrite::Retry {
            id,
            attempts: i64::from(item.attempts),
            next_at: at,
            state: if hourly { OutboxState::Parked } else { OutboxState::Pending },
        };
        item.intended = false;
        item.not_before = Some(at);
        // What is counted from here on is the record of this attempt.
        item.counted = false;
        if let Some(queue) = self.queues.get_mut(&item.person) {
            queue.items.push_front(item);
        }
        OutcomeNew { write, counter: None }
    }

    /// The person's next item may go.
    fn settle_queue(&mut self, person: PersonId) {
        if let Some(queue) = self.queues.get_mut(&person) {
            queue.busy = false;
        }
        self.line_up(person);
    }

    /// Somebody did something and is answered: what waited for them to come goes first.
    fn is_back(&mut self, person: PersonId) {
        let Some(queue) = self.queues.get_mut(&person) else { return };
        if let Some(item) = queue.items.front_mut()
            && std::mem::take(&mut item.away)
            && let Some(at) = item.not_before.take()
        {
            self.retries.remove(&(at, person));
            self.line_up(person);
        }
    }

    /// Items whose wait is over are ready again.
    fn wake_retries(&mut self) {
        let now = self.clock.now();
        while let Some((at, person)) = self.retries.first().copied()
            && at <= now
        {
            self.retries.pop_first();
            if let Some(queue) = self.queues.get_mut(&person)
                && let Some(item) = queue.items.front_mut()
                && item.not_before.take().is_some()
            {
                item.away = false;
                queue.count(&self.traffic);
                self.ready.push_back(person);
            }
        }
    }
}

impl Queue {
    /// Counts its items as on their way, unless they stand behind one that waits.
    fn count(&mut self, traffic: &Traffic) {
        let moves = self.busy || self.items.front().is_none_or(|item| item.not_before.is_none());
        for item in self.items.iter_mut().filter(|item| item.counted != moves) {
            item.counted = moves;
            if moves { traffic.begin(1) } else { traffic.end(1) }
        }
    }
}

impl Traffic {
    pub(crate) fn begin(&self, items: usize) {
        self.count.send_modify(|count| *count += items);
    }

    pub(crate) fn end(&self, items: usize) {
        self.count.send_modify(|count| *count = count.saturating_sub(items));
    }

    pub(crate) fn hurry(&self) -> Hurry<'_> {
        self.hurried.fetch_add(1, Ordering::SeqCst);
        Hurry(self)
    }

    pub(crate) fn is_hurried(&self) -> bool {
        self.hurried.load(Ordering::SeqCst) > 0
    }

    /// Resolves when nothing is on its way.
    pub(crate) async fn still(&self) {
        // The sender lives in `self`, so the channel cannot close while this waits.
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for Hurry<'_> {
    fn drop(&mut self) {
        self.0.hurried.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Whether nothing of somebody may be kept: as [`crate::service::person::PersonWork::keeps_nothing`].
fn keeps_nothing(state: &PersonState) -> bool {
    !state.profile.has_consented() && state.live.is_none() && !state.has_parked
}

/// One attempt: the intent is committed first, unless the row was born with it.
fn attempt(
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
