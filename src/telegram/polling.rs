//! Asking the platform for updates. The offset moves only after the commit of everything before it, so that a kill
//! costs nothing: the platform sends again what was not confirmed.
//! <https://core.telegram.org/bots/api#getupdates>

use futures::future::{Either, select, try_join_all};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;
use teloxide_core::payloads::DeleteWebhook;
use teloxide_core::requests::Payload;

use crate::service::ServiceError;
use crate::telegram::Stopped;
use crate::telegram::api::{Answer, CallError, Refusal, Timeouts};
use crate::telegram::intake::{Committed, Intake};
use crate::telegram::wire::incoming::{self, Incoming, UPDATE_KINDS};

/// Updates of one answer: the platform's limit.
const UPDATES_MAX: u8 = 100;
/// The first wait after a failure, in milliseconds.
const RETRY_FIRST_MS: u64 = 500;
/// The longest wait after a failure, in milliseconds.
const RETRY_LAST_MS: u64 = 30_000;
/// How long a commit may take before the platform is asked for what came since, and how often it is then.
const GLIMPSE_EVERY: SignedDuration = SignedDuration::from_secs(5);
/// Failures of this sort in a row before updates are asked for one by one.
const GARBLED_MAX: u32 = 3;
/// How often within [`CONFLICTS_WITHIN`] the platform may say that somebody else asks: requests of a process that was just
/// killed may still be on their way to it, and be taken for newer ones than ours.
const CONFLICTS_MAX: u32 = 3;
/// See [`CONFLICTS_MAX`].
const CONFLICTS_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// The loop that asks.
pub(crate) struct Polling {
    intake: Intake,
    offset: i64,
    /// Failures in a row.
    failed: u32,
    /// Answers in a row that could not be read although an update's number is in them.
    garbled: u32,
    /// Answers in a row that ended too early.
    cut: u32,
    /// Answers in a row that a webhook is set.
    webhooks: u32,
    /// Answers that somebody else asks, and when the first of them came.
    conflicts: u32,
    conflicts_since: Timestamp,
    chance: u64,
}

/// `getUpdates` with raw updates and numbers of any size.
#[derive(Serialize)]
struct GetUpdates {
    offset: i64,
    limit: u8,
    timeout: u64,
    allowed_updates: [&'static str; UPDATE_KINDS.len()],
}

impl Payload for GetUpdates {
    type Output = Vec<Box<RawValue>>;
    const NAME: &'static str = "GetUpdates";
}

impl Polling {
    pub(crate) fn new(intake: Intake, chance: u64) -> Self {
        let conflicts_since = Timestamp::MIN;
        Self { intake, offset: 0, failed: 0, garbled: 0, cut: 0, webhooks: 0, conflicts: 0, conflicts_since, chance }
    }

    /// Asks until the process ends or may not ask any more.
    pub(crate) async fn run(mut self) -> Stopped {
        let Timeouts { poll, call, .. } = self.intake.api.timeouts;
        loop {
            let request = GetUpdates {
                offset: self.offset,
                limit: if self.garbled.max(self.cut) < GARBLED_MAX { UPDATES_MAX } else { 1 },
                timeout: poll.as_secs(),
                allowed_updates: UPDATE_KINDS,
            };
            let done = match self.intake.api.call_within(&request, poll + call).await {
                Ok(answer) => self.take(&answer).await,
                Err(error) => self.failed(&error).await,
            };
            if let Err(stopped) = done {
                return stopped;
            }
        }
    }

    /// Takes a batch in and waits for its commit, then moves the offset.
    async fn take(&mut self, answer: &Answer) -> Result<(), Stopped> {
        let Some(updates) = answer.result::<Vec<&RawValue>>() else { return self.garbled(answer.bytes()).await };
        self.recovered();
        let (now, before) = (self.intake.clock.now(), self.offset);
        let is_empty = updates.is_empty();
        let (mut commits, mut last) = (Vec::with_capacity(updates.len()), None);
        for raw in updates {
            let update = incoming::read(raw.get(), now);
            // A negative offset would throw away what waits: https://core.telegram.org/bots/api#getupdates
            last = last.max(update.id.filter(|id| *id >= 0));
            commits.push(self.intake.take(update).await?);
        }
        self.committed(commits).await?;
        // Numbers start anew after a week without updates: the highest of this answer counts, not the highest ever.
        if let Some(last) = last {
            self.offset = last.saturating_add(1);
        }
        // Nothing can be confirmed, or it was already and came all the same: it would come again at once.
        if !is_empty && self.offset == before {
            self.rest(None).await;
        }
        Ok(())
    }

    /// Waits until all of them are committed. When that takes long, the platform is asked for what came since, with the
    /// same offset, so that nothing is confirmed: somebody who asks whom to reach is answered all the same.
    async fn committed(&self, commits: Vec<Committed>) -> Result<(), Stopped> {
        let mut committed = try_join_all(commits);
        loop {
            match select(committed, self.intake.clock.pass(GLIMPSE_EVERY)).await {
                Either::Left((done, _)) => return done.map(drop).map_err(Stopped::from),
                Either::Right(((), waiting)) => {
                    committed = waiting;
                    self.glimpse().await;
                }
            }
        }
    }

    /// Looks at what waits, without taking it. What cannot be had or read is looked at the next time.
    async fn glimpse(&self) {
        let request = GetUpdates { offset: self.offset, limit: UPDATES_MAX, timeout: 0, allowed_updates: UPDATE_KINDS };
        let Ok(answer) = self.intake.api.call_within(&request, self.intake.api.timeouts.call).await else { return };
        let now = self.intake.clock.now();
        for raw in answer.result::<Vec<&RawValue>>().unwrap_or_default() {
            if let Incoming::Event(event) | Incoming::OfAlbum { event, .. } = incoming::read(raw.get(), now).what {
                self.intake.service.glimpse(&event);
            }
        }
    }

    /// An answer that is no list of updates. Asked for one by one, the one that breaks it is found by its number,
    /// set apart and left behind. A page of a machine on the way has no number in it, and is no sign of such an update.
    async fn garbled(&mut self, answer: &[u8]) -> Result<(), Stopped> {
        let Some(update) = incoming::salvage(answer, self.intake.clock.now()) else {
            self.rest(None).await;
            return Ok(());
        };
        self.garbled = self.garbled.saturating_add(1);
        if self.garbled > GARBLED_MAX {
            let id = update.id;
            self.intake.take(update).await?.await?;
            self.offset = id.map_or(self.offset, |id| id.saturating_add(1));
            self.garbled = 0;
            return Ok(());
        }
        self.rest(None).await;
        Ok(())
    }

    async fn failed(&mut self, error: &CallError) -> Result<(), Stopped> {
        match error {
            CallError::Refused(refusal) => self.refused(refusal).await,
            CallError::Garbled(answer) => self.garbled(answer).await,
            CallError::NotSent | CallError::Unknown | CallError::Taken => {
                // A machine on the way may let only short answers through.
                self.cut = self.cut.saturating_add(u32::from(*error == CallError::Taken));
                self.rest(None).await;
                Ok(())
            }
        }
    }

    async fn refused(&mut self, refusal: &Refusal) -> Result<(), Stopped> {
        match refusal.code {
            401 | 404 => return Err(Stopped::TokenRefused),
            409 if refusal.says("webhook") => {
                tracing::info!("A webhook was set for this bot; it is taken away, because this program asks instead.");
                // If it fails, the next request says so again.
                let _ = self.intake.api.call(&DeleteWebhook::new()).await;
                self.webhooks += 1;
                if self.webhooks > CONFLICTS_MAX {
                    self.rest(None).await;
                }
                return Ok(());
            }
            409 => return self.conflict().await,
            _ => {}
        }
        self.rest(refusal.retry_after).await;
        Ok(())
    }

    /// Somebody else asks with this token: a process that is gone, or one that runs. The latter asks again and again.
    async fn conflict(&mut self) -> Result<(), Stopped> {
        let now = self.intake.clock.now();
        if now.duration_since(self.conflicts_since).abs() > CONFLICTS_WITHIN {
            (self.conflicts, self.conflicts_since) = (0, now);
        }
        self.conflicts += 1;
        if self.conflicts > CONFLICTS_MAX {
            return Err(Stopped::SecondPoller);
        }
        self.intake.clock.pass(SignedDuration::from_millis(RETRY_FIRST_MS.cast_signed())).await;
        Ok(())
    }

    fn recovered(&mut self) {
        if self.failed > 1 {
            tracing::info!("Telegram answers again.");
        }
        (self.failed, self.garbled, self.cut, self.webhooks) = (0, 0, 0, 0);
    }

    /// Waits as told, or longer each time.
    async fn rest(&mut self, told: Option<SignedDuration>) {
        self.failed = self.failed.saturating_add(1);
        if self.failed == 2 {
            tracing::warn!("Telegram does not answer; it is asked again until it does.");
        }
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let top = (RETRY_FIRST_MS << self.failed.min(8)).min(RETRY_LAST_MS);
        let jittered = RETRY_FIRST_MS / 2 + (self.chance >> 16) % top;
        let wait = SignedDuration::from_millis(jittered.cast_signed());
        let wait = told.map_or(wait, |told| told + SignedDuration::from_millis((jittered % 500).cast_signed()));
        self.intake.clock.pass(wait).await;
    }
}

impl From<ServiceError> for Stopped {
    fn from(_: ServiceError) -> Self {
        Self::Closed
    }
}
