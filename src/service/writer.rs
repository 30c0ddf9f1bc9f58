//! The single writer: takes whatever waits, runs the turns in memory, and writes everything in one commit. Nothing
//! is answered before that commit.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinSet;

use crate::dialog::model::Library;
use crate::domain::event::Event;
use crate::domain::ids::{OutboxId, PersonId};
use crate::domain::limits::BATCH_EVENTS_MAX;
use crate::domain::pin::PinProof;
use crate::service::batch::{self, Asked, Done, Prepared, Round};
use crate::service::delivery::{Passed, Traffic};
use crate::service::flight::{Errands, Flight, Gone, Open};
use crate::service::ports::Clock;
use crate::service::wake::Wake;
use crate::service::{Answer, Chance, Settings, Taken};
use crate::store::{OutcomeWrite, SaidNew, ShownWrite, Store, StoreError};

/// How long outcomes wait for an event to share a commit with.
const OUTCOME_COMPANY: Duration = Duration::from_millis(20);
/// The least that a batch takes although more waits, so that a few events are not split.
const BATCH_SPLIT_MIN: usize = 40;
/// How long a full disk or a busy database is given before the same batch is tried again.
const RETRY_AFTER: SignedDuration = SignedDuration::from_millis(500);

/// The loop that writes. Run it until it ends; when it ends with an error the process must end.
pub struct Writer {
    pub(super) store: Arc<Store>,
    pub(super) library: Arc<Library>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: Settings,
    pub(super) chance: Chance,
    inbound: mpsc::Receiver<Work>,
    pub(super) handed: mpsc::UnboundedSender<Passed>,
    pub(super) traffic: Arc<Traffic>,
    wake: Arc<Wake>,
    /// Rung when somebody was forgotten who was known: strangers who left nothing to keep come and go all the time.
    forgotten: Arc<Notify>,
    /// Work that concerns the batch in flight; it goes first after the landing.
    deferred: VecDeque<Work>,
}

/// What reaches the writer.
#[derive(Debug)]
pub(crate) enum Work {
    /// An event, and where its answer goes.
    Event {
        event: Event,
        answer: oneshot::Sender<Answer>,
        /// What was worked out of digits in it.
        proof: Option<PinProof>,
    },
    /// What became of sends.
    Outcomes(Vec<OutcomeNew>),
    /// A send is about to be tried.
    Intent { id: OutboxId, attempts: u32, counter: Option<&'static str>, done: oneshot::Sender<()> },
    /// Nothing can reach this person on this platform, or this space where something was to be said.
    Gone(Gone),
    /// This person has everything that was to be sent, and nothing of them may be kept.
    Forget(PersonId),
    /// Do not wait for company, and say when everything that came before is written and handed on.
    Flush(oneshot::Sender<()>),
}

/// What became of one send.
#[derive(Debug)]
pub(crate) struct OutcomeNew {
    pub write: OutcomeWrite,
    pub counter: Option<&'static str>,
    /// Where the message stands, when that is new.
    pub shown: Option<Box<ShownWrite>>,
    /// A message that can be deleted from its chat.
    pub said: Option<Box<SaidNew>>,
}

impl Writer {
    #[expect(clippy::too_many_arguments, reason = "called once, by the builder of the service")]
    pub(super) fn new(
        store: Arc<Store>,
        library: Arc<Library>,
        clock: Arc<dyn Clock>,
        settings: Settings,
        chance: Chance,
        inbound: mpsc::Receiver<Work>,
        handed: mpsc::UnboundedSender<Passed>,
        traffic: Arc<Traffic>,
        wake: Arc<Wake>,
        forgotten: Arc<Notify>,
    ) -> Self {
        let deferred = VecDeque::new();
        Self { store, library, clock, settings, chance, inbound, handed, traffic, wake, forgotten, deferred }
    }

    /// Writes until every way in is closed.
    ///
    /// While one batch is being committed, the turns of the next one are run as their events come. So that there is a
    /// next one, a first batch takes only half of what waits. An event that comes alone is committed at once: there is
    /// nothing to overlap with.
    ///
    /// # Errors
    /// When a write failed in a way after which nothing more may be acknowledged by this process: exit code 74, or
    /// 65 when the data is damaged.
    pub async fn run(mut self) -> Result<(), StoreError> {
        // What the last run decided and did not finish.
        self.forget().await?;
        let (mut flight, mut open): (Option<Flight>, Option<Open>) = (None, None);
        loop {
            let Some(flying) = &mut flight else {
                let mut first = open.take().unwrap_or_default();
                match self.company(&first).await {
                    Some(work) => self.gather(work, None, &mut first).await,
                    None if first.is_empty() => return Ok(()),
                    None => {}
                }
                if self.settings.commit_each_turn || self.inbound.is_empty() {
                    self.write(first).await?;
                } else {
                    flight = self.take_off(first).await?;
                }
                continue;
            };
            let has_room = open.as_ref().is_none_or(|open| open.events.len() < BATCH_EVENTS_MAX);
            tokio::select! {
                Some(work) = self.inbound.recv(), if has_room => {
                    self.gather(work, Some(flying), open.get_or_insert_default()).await;
                }
                () = flying.landed() => {
                    if let Some(landed) = flight.take() {
                        self.land(landed).await?;
                    }
                    let mut next = open.take().unwrap_or_default();
                    for work in std::mem::take(&mut self.deferred) {
                        self.gather(work, None, &mut next).await;
                    }
                    if next.events.is_empty() && !next.is_hurried() && !self.traffic.is_hurried() {
                        open = (!next.is_empty()).then_some(next);
                    } else {
                        flight = self.take_off(next).await?;
                    }
                }
            }
        }
    }

    /// The next work. With outcomes in hand it is waited for only a moment: they may share its commit, and do not need
    /// it. None when every way in is closed, or nothing came.
    async fn company(&mut self, waiting: &Open) -> Option<Work> {
        if waiting.is_empty() {
            return self.inbound.recv().await;
        }
        tokio::time::timeout(OUTCOME_COMPANY, self.inbound.recv()).await.unwrap_or_default()
    }

    /// Takes what waits, up to the limit of a batch, and runs its turns. What concerns the batch in flight is deferred.
    async fn gather(&mut self, first: Work, flight: Option<&Flight>, open: &mut Open) {
        let max = open.events.len() + self.batch_events_max(flight.is_some());
        let (mut events, mut errands) = (Vec::new(), Errands::default());
        let mut hurried = self.sort(first, flight, &mut events, &mut errands);
        loop {
            while open.events.len() + events.len() < max.min(BATCH_EVENTS_MAX)
                && let Ok(work) = self.inbound.try_recv()
            {
                hurried |= self.sort(work, flight, &mut events, &mut errands);
            }
            hurried |= !errands.intents.is_empty() || self.traffic.is_hurried();
            if hurried || flight.is_some() || !events.is_empty() {
                break;
            }
            match tokio::time::timeout(OUTCOME_COMPANY, self.inbound.recv()).await {
                Ok(Some(work)) => hurried |= self.sort(work, flight, &mut events, &mut errands),
                Ok(None) | Err(_) => break,
            }
        }
        if !open.failed {
            let flying = flight.map(|flight| &flight.touched);
            open.failed = open.round.add(self, &events, &errands, flying).await.is_err();
        }
        open.events.extend(events);
        open.errands.extend(errands);
    }

    fn batch_events_max(&self, flying: bool) -> usize {
        match (self.settings.commit_each_turn, flying) {
            (true, _) => 1,
            (false, true) => BATCH_EVENTS_MAX,
            (false, false) => (self.inbound.len() / 2 + 1).clamp(BATCH_SPLIT_MIN, BATCH_EVENTS_MAX),
        }
    }

    /// Starts the commit of a batch on a task of its own; none when its turns could not be run, and it was settled by
    /// the slow way.
    async fn take_off(&mut self, open: Open) -> Result<Option<Flight>, StoreError> {
        let Open { round, events, errands, failed } = open;
        if failed {
            self.settle(events, errands).await?;
            return Ok(None);
        }
        let Prepared { batch, done, touched } = round.finish(self);
        let store = Arc::clone(&self.store);
        let mut commit = JoinSet::new();
        commit.spawn(async move { store.commit(batch).await });
        Ok(Some(Flight { commit, result: None, done, touched, events, errands }))
    }

    /// Waits for a commit, then answers; what it refused is tried again by the slow way.
    async fn land(&mut self, mut flight: Flight) -> Result<(), StoreError> {
        flight.landed().await;
        if let Some(Ok(())) = flight.result {
            self.conclude(flight.done, flight.events).await?;
            self.recorded(flight.errands);
            return Ok(());
        }
        self.settle(flight.events, flight.errands).await
    }

    /// Commits a batch that has nothing to overlap with.
    async fn write(&mut self, open: Open) -> Result<(), StoreError> {
        let Open { round, events, errands, failed } = open;
        if failed {
            return self.settle(events, errands).await;
        }
        let Prepared { batch, done, .. } = round.finish(self);
        if self.store.commit(batch).await.is_err() {
            return self.settle(events, errands).await;
        }
        self.conclude(done, events).await?;
        self.recorded(errands);
        Ok(())
    }

    /// The errands of a batch are written.
    fn recorded(&self, errands: Errands) {
        self.traffic.end(errands.outcomes.len() + errands.forgets.len());
        for intended in errands.intended {
            // A receiver that is gone has lost interest; the row says what it says.
            let _ = intended.send(());
        }
    }

    /// Commits a batch, however long a full disk takes; if it is refused, each of its events alone.
    async fn settle(&mut self, events: Vec<Asked>, mut errands: Errands) -> Result<(), StoreError> {
        let events = match self.commit(events, &errands).await? {
            Ok(()) => Vec::new(),
            Err(refused) => {
                // Rows that refuse their outcome stay, and are taken up again at the next start. What has no intent is
                // not sent: whoever waits for it hears that its sender is gone.
                if self.commit(Vec::new(), &errands).await?.is_err() {
                    errands.intended.clear();
                }
                refused
            }
        };
        self.recorded(errands);
        for event in events {
            if let Err(refused) = self.commit(vec![event], &Errands::default()).await? {
                for Asked { event, answer, .. } in refused {
                    self.quarantine(event, answer).await?;
                }
            }
        }
        Ok(())
    }

    /// One commit, tried until the disk has room. The inner error gives the events back: the store refused them.
    async fn commit(&mut self, events: Vec<Asked>, errands: &Errands) -> Result<Result<(), Vec<Asked>>, StoreError> {
        let mut told = false;
        loop {
            match self.attempt(&events, errands).await {
                Ok(done) => {
                    if told {
                        tracing::info!("The store takes writes again.");
                    }
                    self.conclude(done, events).await?;
                    return Ok(Ok(()));
                }
                Err(StoreError::Full | StoreError::Busy) => {
                    if !told {
                        told = true;
                        tracing::error!(
                            "The disk is full or busy: nothing is acknowledged until it takes writes again. Free some space."
                        );
                    }
                    self.until_retry().await;
                }
                Err(error @ (StoreError::Io { .. } | StoreError::Damaged { .. })) => return Err(error),
                Err(error @ (StoreError::Conflict { .. } | StoreError::Misuse { .. } | StoreError::Other { .. })) => {
                    tracing::warn!(events = events.len(), %error, "A batch was refused; its events are tried one by one.");
                    return Ok(Err(events));
                }
            }
        }
    }

    /// Reads, runs and commits. All or nothing.
    async fn attempt(&mut self, events: &[Asked], errands: &Errands) -> Result<Done, StoreError> {
        let mut round = Round::careful();
        round.add(self, events, errands, None).await?;
        let Prepared { batch, done, .. } = round.finish(self);
        self.store.commit(batch).await?;
        Ok(done)
    }

    pub(super) async fn until_retry(&self) {
        self.clock.pass(RETRY_AFTER).await;
    }

    /// After the commit: hand over what is to be sent, answer, and wake the scheduler if need be.
    async fn conclude(&self, done: Done, events: Vec<Asked>) -> Result<(), StoreError> {
        self.traffic.begin(done.handed.len() + done.leaving.len());
        let leaving = done.leaving.into_iter().map(|(person, chat)| Passed::Leaves(person, chat));
        for passed in done.handed.into_iter().map(Passed::Item).chain(leaving) {
            // Delivery ends only together with the process.
            let _ = self.handed.send(passed);
        }
        for (Asked { answer, .. }, reply) in events.into_iter().zip(done.answers) {
            // An adapter that is gone needs no answer: its event is taken.
            let _ = answer.send(reply);
        }
        if let Some(at) = done.earliest_due {
            self.wake.ring(at.as_millisecond());
        }
        if done.freed {
            self.wake.ring(i64::MIN);
        }
        let has_forgotten = !done.forgotten.is_empty();
        for person in done.forgotten {
            let _ = self.handed.send(Passed::Forgotten(person));
        }
        if done.forgets {
            self.forget().await?;
        }
        if has_forgotten {
            self.forgotten.notify_one();
        }
        Ok(())
    }

    /// Sets an event apart that the store refused even alone, so that nothing waits behind it.
    async fn quarantine(&mut self, event: Event, answer: oneshot::Sender<Answer>) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut done = self.store.commit(batch::quarantine_only(&event, now, "refused")).await;
        while matches!(done, Err(StoreError::Full | StoreError::Busy)) {
            self.until_retry().await;
            done = self.store.commit(batch::quarantine_only(&event, now, "refused")).await;
        }
        match done {
            Ok(_) => {
                let _ = answer.send(Answer::quiet(Taken::Quarantined));
                Ok(())
            }
            // Already there: it was set apart before.
            Err(StoreError::Conflict { .. }) => {
                let _ = answer.send(Answer::quiet(Taken::Repeated));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

impl Writer {
    /// Sorts one piece of work; true when it must not wait. What concerns the batch in flight is deferred.
    fn sort(&mut self, work: Work, flight: Option<&Flight>, events: &mut Vec<Asked>, errands: &mut Errands) -> bool {
        match work {
            Work::Event { event, answer, proof } => {
                if flight.is_some_and(|flight| flight.touched.has(&event)) {
                    self.deferred.push_back(Work::Event { event, answer, proof });
                } else {
                    events.push(Asked { event, answer, proof });
                }
            }
            Work::Outcomes(outcomes) => errands.outcomes.extend(outcomes),
            Work::Intent { id, attempts, counter, done } => {
                errands.intents.push((id, attempts, counter));
                errands.intended.push(done);
            }
            Work::Gone(gone) if flight.is_some_and(|flight| flight.touched.has_person(gone.person)) => {
                self.deferred.push_back(Work::Gone(gone));
            }
            Work::Gone(gone) => errands.gone.push(gone),
            Work::Forget(person) if flight.is_some_and(|flight| flight.touched.has_person(person)) => {
                self.deferred.push_back(Work::Forget(person));
            }
            Work::Forget(person) => errands.forgets.push(person),
            Work::Flush(done) => {
                errands.intended.push(done);
                return true;
            }
        }
        false
    }
}
