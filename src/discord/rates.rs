//! How fast requests may go: the platform's buckets, which it tells with each answer, and 50 a second in all. Answers
//! never stand behind check-ins, and a bot that is refused too often keeps still before its address is shut out.
//! <https://docs.discord.com/developers/topics/rate-limits>

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use crate::discord::refusals::Refusals;
use crate::discord::wire::snowflake::Snowflake;
use crate::domain::limits::DISCORD_BUCKETS_MAX;
use crate::service::pace::{Next, OwnTime, Rate, Shared};
use crate::service::ports::{Class, Clock};

/// One part in so many of a second's requests may go at once, after a rest; the others come one by one, so that it is
/// never more than a second's in any second.
const BURST_PARTS: i64 = 5;
/// Between two check-ins, in microseconds: ten a second, because chats that nobody just wrote in are opened by them.
const NUDGE_INTERVAL_US: i64 = 100_000;
/// A longer wait is not waited for here: whoever sends hears how long it is.
const WAIT_HERE_MAX: SignedDuration = SignedDuration::from_secs(10);

/// Lets one request after the other go, in time.
pub(crate) struct Rates {
    clock: Arc<dyn Clock>,
    /// Requests a second; `None` for a server that sets no limits and has no buckets.
    per_second: Option<NonZeroU32>,
    state: Mutex<State>,
    /// Rings when a bucket has changed.
    changed: Notify,
}

/// What of a request its bucket goes by: the method and path, and the top-level resource in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Lane {
    /// Such as `POST /channels/{}/messages`.
    pub path: &'static str,
    /// The channel, where there is one.
    pub resource: Option<Snowflake>,
}

/// What the headers of an answer say of its bucket.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    /// The platform's name of the bucket, which paths may share.
    pub bucket: String,
    /// Requests in one go.
    pub limit: i64,
    /// Requests that are left.
    pub remaining: i64,
    /// Until there are as many as the limit again.
    pub reset_after: SignedDuration,
}

/// A request's place in its bucket. Dropped without an answer, it gives the place back.
pub(crate) struct Ticket<'a> {
    rates: &'a Rates,
    /// Where it is counted as under way.
    key: Key,
    lane: Lane,
}

/// The bucket's name, or the path while it has told none, and the resource.
type Key = (String, Option<Snowflake>);

/// Instants are of its own time.
#[derive(Default)]
struct State {
    time: OwnTime,
    shared: Shared,
    held_until: Option<Timestamp>,
    /// The bucket of each path, and its limit.
    shapes: HashMap<&'static str, (String, i64)>,
    buckets: HashMap<Key, Bucket>,
    refusals: Refusals,
}

#[derive(Clone, Copy)]
struct Bucket {
    limit: i64,
    remaining: i64,
    under_way: i64,
    /// When `remaining` is `limit` again; none while no answer has told.
    resets_at: Option<Timestamp>,
}

/// Whether a request may go now.
enum Turn {
    Goes(Key),
    Waits(SignedDuration),
    WaitsForAnswer,
}

impl Rates {
    pub(crate) fn new(clock: Arc<dyn Clock>, per_second: Option<NonZeroU32>) -> Self {
        Self { clock, per_second, state: Mutex::default(), changed: Notify::new() }
    }

    /// Resolves when one more request may go.
    ///
    /// # Errors
    /// How long it would take, when that is too long to wait here.
    pub(crate) async fn enter(&self, lane: Lane, class: Class) -> Result<Ticket<'_>, SignedDuration> {
        self.not_held()?;
        let ticket = self.bucket(lane).await?;
        self.pace(class).await;
        while let Some(wait) = self.with(|state, now| state.held(now)) {
            soon(wait)?;
            self.clock.pass(wait).await;
            // Everybody's time came during the hold: they line up again.
            self.pace(class).await;
        }
        Ok(ticket)
    }

    /// Whether requests that fall under no limit may go: not while the bot keeps still.
    ///
    /// # Errors
    /// How long it is still.
    pub(crate) fn not_still(&self) -> Result<(), SignedDuration> {
        match self.with(|state, now| state.refusals.still_until(now).map(|until| until.duration_since(now))) {
            Some(wait) => Err(wait),
            None => Ok(()),
        }
    }

    /// The platform told everybody to wait.
    pub(crate) fn hold_all(&self, wait: SignedDuration) {
        let rate = self.rate();
        self.with(|state, now| {
            let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
            state.held_until = state.held_until.max(Some(until));
            if let Some(rate) = rate {
                state.shared.hold(until.as_microsecond(), rate);
            }
        });
    }

    /// The platform refused a request in a way that it counts.
    pub(crate) fn refused(&self) {
        if self.with(|state, now| state.refusals.count(now)) {
            tracing::error!(
                "Discord refuses so many requests that it is about to shut this address out: the bot keeps still for ten \
                 minutes. Look for what it refuses in the lines above."
            );
        }
    }

    fn not_held(&self) -> Result<(), SignedDuration> {
        match self.with(|state, now| state.held(now)) {
            Some(wait) => soon(wait),
            None => Ok(()),
        }
    }

    async fn bucket(&self, lane: Lane) -> Result<Ticket<'_>, SignedDuration> {
        if self.per_second.is_none() {
            return Ok(Ticket { rates: self, key: Key::default(), lane });
        }
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            match self.with(|state, now| state.turn(&lane, now)) {
                Turn::Goes(key) => return Ok(Ticket { rates: self, key, lane }),
                Turn::Waits(wait) => {
                    soon(wait)?;
                    self.clock.pass(wait).await;
                }
                Turn::WaitsForAnswer => changed.await,
            }
        }
    }

    async fn pace(&self, class: Class) {
        let Some(rate) = self.rate() else { return };
        let asked = self.with(|_, now| now.as_microsecond());
        loop {
            match self.with(|state, now| state.shared.next(class, asked, now.as_microsecond(), rate, NUDGE_INTERVAL_US))
            {
                Next::AskAgain(wait) => self.pass(wait).await,
                Next::Go(wait) => return self.pass(wait).await,
            }
        }
    }

    fn rate(&self) -> Option<Rate> {
        let per_second = i64::from(self.per_second?.get());
        let burst = per_second / BURST_PARTS;
        Some(Rate { interval: 1_000_000 / (per_second - burst), burst })
    }

    fn with<T>(&self, ask: impl FnOnce(&mut State, Timestamp) -> T) -> T {
        let clock = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Timestamp::from_microsecond(state.time.now(clock)).unwrap_or(clock);
        ask(&mut state, now)
    }

    async fn pass(&self, wait_us: i64) {
        if wait_us > 0 {
            self.clock.pass(SignedDuration::from_micros(wait_us)).await;
        }
    }
}

fn soon(wait: SignedDuration) -> Result<(), SignedDuration> {
    if wait > WAIT_HERE_MAX { Err(wait) } else { Ok(()) }
}

impl Ticket<'_> {
    /// Notes what the answer says of the bucket.
    pub(crate) fn told(&mut self, told: &Told) {
        self.key = self.rates.with(|state, now| state.told(&self.key, &self.lane, told, now));
    }

    /// The platform told this bucket to wait.
    pub(crate) fn wait(&self, wait: SignedDuration) {
        self.rates.with(|state, now| {
            if let Some(bucket) = state.buckets.get_mut(&self.key) {
                bucket.remaining = 0;
                bucket.resets_at = bucket.resets_at.max(now.checked_add(wait).ok());
            }
        });
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.rates.with(|state, _| {
            if let Some(bucket) = state.buckets.get_mut(&self.key) {
                bucket.under_way = (bucket.under_way - 1).max(0);
            }
        });
        self.rates.changed.notify_waiters();
    }
}

impl State {
    fn held(&self, now: Timestamp) -> Option<SignedDuration> {
        let until = self.held_until.filter(|until| *until > now).max(self.refusals.still_until(now));
        until.map(|until| until.duration_since(now))
    }

    fn key(&self, lane: &Lane) -> Key {
        let name = self.shapes.get(lane.path).map_or_else(|| lane.path.to_owned(), |(name, _)| name.clone());
        (name, lane.resource)
    }

    fn turn(&mut self, lane: &Lane, now: Timestamp) -> Turn {
        if self.buckets.len() >= DISCORD_BUCKETS_MAX {
            self.buckets.retain(|_, bucket| bucket.under_way > 0 || bucket.resets_at.is_some_and(|at| at > now));
        }
        let key = self.key(lane);
        // Until an answer tells what the bucket holds, one request goes at a time.
        let limit = self.shapes.get(lane.path).map_or(1, |(_, limit)| *limit);
        let fresh = Bucket { limit, remaining: limit, under_way: 0, resets_at: None };
        let bucket = self.buckets.entry(key.clone()).or_insert(fresh);
        if bucket.resets_at.is_some_and(|at| at <= now) {
            (bucket.remaining, bucket.resets_at) = (bucket.limit, None);
        }
        if bucket.remaining > bucket.under_way {
            bucket.under_way += 1;
            return Turn::Goes(key);
        }
        match bucket.resets_at {
            Some(at) => Turn::Waits(at.duration_since(now)),
            None if bucket.under_way > 0 => Turn::WaitsForAnswer,
            None => {
                // No answer said when the bucket fills again.
                (bucket.remaining, bucket.under_way) = (bucket.limit.max(1), 1);
                Turn::Goes(key)
            }
        }
    }

    /// Where the request is counted from now on.
    fn told(&mut self, key: &Key, lane: &Lane, told: &Told, now: Timestamp) -> Key {
        let limit = told.limit.max(1);
        self.shapes.insert(lane.path, (told.bucket.clone(), limit));
        let new = self.key(lane);
        // Under the path's own name only one request was under way: this one.
        let moved = *key != new && self.buckets.remove(key).is_some();
        let fresh = Bucket { limit, remaining: limit, under_way: 0, resets_at: None };
        let bucket = self.buckets.entry(new.clone()).or_insert(fresh);
        bucket.under_way += i64::from(moved);
        // Answers overtake each other: within one window the lowest number is the newest.
        let is_same_window = bucket.resets_at.is_some_and(|at| at > now);
        let remaining = told.remaining.max(0);
        bucket.remaining = if is_same_window { bucket.remaining.min(remaining) } else { remaining };
        bucket.limit = limit;
        bucket.resets_at = now.checked_add(told.reset_after).ok();
        new
    }
}
