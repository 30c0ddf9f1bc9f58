//! The scheduler: rows that are due become events. It keeps nothing in memory; it sleeps until the next due row or
//! until a turn rings.

use jiff::{SignedDuration, Timestamp};

use crate::domain::event::{Body, Event, EventKey, Origin, Source};
use crate::domain::ids::{PersonId, PlanId};
use crate::domain::limits::CLAIM_MAX;
use crate::domain::zone::tzdb_version;
use crate::service::{Service, ServiceError};
use crate::store::{Batch, StoreError};

/// The longest sleep: a changed wall clock is noticed within this time.
const SLEEP_MAX: SignedDuration = SignedDuration::from_secs(60);
/// The shortest sleep after a round, so that a row that stays due cannot spin.
const SLEEP_MIN: SignedDuration = SignedDuration::from_millis(20);
/// Days for which event keys are remembered after they were taken. Telegram keeps an update for one day; after a week
/// without any it begins anew at a number that may have been used. <https://core.telegram.org/bots/api#update>
const INBOX_DAYS: i64 = 5;
/// Days for which the record of a check-in is kept.
const OCCURRENCE_DAYS: i64 = 60;
/// Where the store remembers by which rules of time zones its due times were worked out.
const RULES: &str = "tzdb";

impl Service {
    /// Turns everything that is due into events and handles them, in the order of their times; how many. What becomes
    /// due by these events is left for the next call.
    ///
    /// # Errors
    /// When the store cannot be read or the writer has ended.
    pub async fn fire_due(&self) -> Result<usize, ServiceError> {
        let now = self.now();
        let mut due: Vec<(Timestamp, Event)> = Vec::new();
        for (session, person, at) in self.store.sessions_due(now, CLAIM_MAX).await? {
            let key = format!("w:{}:{}", session.0, at.as_millisecond());
            due.push((at, event(key, person, now, Body::TimerDue { session })));
        }
        for (plan, person, at) in self.store.plans_due(now, CLAIM_MAX).await? {
            let key = format!("t:{}:{}:{}", person.0, plan.0, at.as_millisecond());
            due.push((at, event(key, person, now, Body::CheckInDue { plan, due: at })));
        }
        for silence in self.store.silences_due(now, CLAIM_MAX).await? {
            let key = format!("s:{}:{}", silence.person.0, silence.due_at.as_millisecond());
            due.push((silence.due_at, event(key, silence.person, now, Body::SilenceDue { due: silence.due_at })));
        }
        let fired = self.fire(due).await?;
        // After the timers: one of them may just have set aside the dialog that a check-in waits behind.
        let mut freed: Vec<(Timestamp, Event)> = Vec::new();
        for row in self.store.occurrences_ready(now, CLAIM_MAX).await? {
            let key = format!("q:{}:{}", row.plan.0, row.due_at.as_millisecond());
            let body = Body::CheckInQueued { plan: row.plan, due: row.due_at };
            freed.push((row.due_at, event(key, row.person, now, body)));
        }
        Ok(fired + self.fire(freed).await?)
    }

    /// Handles events in the order of their times; how many.
    async fn fire(&self, mut due: Vec<(Timestamp, Event)>) -> Result<usize, ServiceError> {
        due.sort_by_key(|(at, _)| *at);
        let mut answers = Vec::with_capacity(due.len());
        for (_, event) in due {
            answers.push(self.submit(event).await?);
        }
        let count = answers.len();
        for answer in answers {
            answer.await.map_err(|_| ServiceError::Closed)?;
        }
        Ok(count)
    }

    /// When something is due next.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, ServiceError> {
        let timers = self.store.timers_next().await?;
        let plans = self.store.plans_next_due().await?;
        let waiting = self.store.occurrences_next_expiry().await?;
        let silences = self.store.silences_next_due().await?;
        Ok(timers.into_iter().chain(plans).chain(waiting).chain(silences).min())
    }

    /// Fires what is due, sleeps, and again, until the writer ends.
    ///
    /// # Errors
    /// As [`Self::fire_due`].
    pub async fn run_scheduler(self) -> Result<(), ServiceError> {
        self.plan_again_after_new_rules().await?;
        let mut pruned = None;
        loop {
            let today = self.now().as_second().div_euclid(86_400);
            if pruned != Some(today) {
                match self.prune(today).await {
                    // Tidying up can wait until there is room.
                    Ok(()) | Err(ServiceError::Store(StoreError::Full | StoreError::Busy)) => pruned = Some(today),
                    Err(error) => return Err(error),
                }
            }
            // Set before reading: a turn that makes something due meanwhile rings, and the sleep below ends at once.
            let bound = self.now().checked_add(SLEEP_MAX).unwrap_or(Timestamp::MAX);
            self.wake.sleeps_until(bound.as_millisecond());
            let fired = self.fire_due().await?;
            let now = self.now();
            let shortest = now.checked_add(SLEEP_MIN).unwrap_or(now);
            let longest = now.checked_add(SLEEP_MAX).unwrap_or(now);
            let next = self.next_due().await?.map_or(longest, |next| next.min(longest));
            let at = if fired > 0 { shortest } else { next.max(shortest) };
            self.wake.sleeps_until(at.as_millisecond());
            self.clock.pass(SLEEP_MIN).await;
            tokio::select! {
                () = self.clock.until_or_passed(at) => {}
                () = self.wake.rung() => {}
            }
        }
    }

    /// Works out every due time again when the program brings other rules of time zones than the last one did. A kill
    /// in between starts it over.
    ///
    /// # Errors
    /// As [`Self::fire_due`].
    pub async fn plan_again_after_new_rules(&self) -> Result<(), ServiceError> {
        let version = tzdb_version();
        if self.store.meta_text(RULES).await?.as_deref() == Some(version) {
            return Ok(());
        }
        let mut last = PlanId(0);
        loop {
            let page = self.store.plans_page(last, CLAIM_MAX).await?;
            let Some(end) = page.last() else { break };
            last = end.id;
            let mut answers = Vec::with_capacity(page.len());
            for row in page {
                let key = format!("z:{version}:{}", row.id.0);
                answers.push(self.submit(event(key, row.person, self.now(), Body::PlansAgain)).await?);
            }
            for answer in answers {
                answer.await.map_err(|_| ServiceError::Closed)?;
            }
        }
        let known = Batch { meta: vec![(RULES, version.to_owned())], ..Batch::default() };
        match self.store.commit(known).await {
            // Without room it is found out again at the next start.
            Ok(()) | Err(StoreError::Full | StoreError::Busy) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn prune(&self, today: i64) -> Result<(), ServiceError> {
        self.store.inbox_prune(today - INBOX_DAYS).await?;
        let before = Timestamp::from_second((today - OCCURRENCE_DAYS) * 86_400).unwrap_or(Timestamp::MIN);
        self.store.occurrences_prune(before).await?;
        self.store.links_prune(self.now()).await?;
        self.store.said_prune(self.now()).await?;
        Ok(())
    }
}

fn event(key: String, person: PersonId, at: Timestamp, body: Body) -> Event {
    Event { key: EventKey(key), source: Source::Person(person), at, body, origin: Origin::default() }
}
