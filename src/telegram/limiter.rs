//! How fast the bot may send. The platform says about 30 messages a second in all, one a second to a chat with short
//! bursts, and 20 a minute to a group; check-ins take at most half of it, so that answers never stand behind them.
//! <https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::domain::limits::SENDS_IN_FLIGHT_MAX;
use crate::service::ports::{Class, Clock};

/// Messages that may go to one chat at once, after a rest.
const CHAT_BURST: i64 = 5;
/// Between two messages to one chat, in microseconds.
const CHAT_INTERVAL_US: i64 = 1_000_000;
/// Between two messages to one group, in microseconds.
const GROUP_INTERVAL_US: i64 = 3_000_000;
/// After a rest, one part in so many of a second's messages may go at once.
const BURST_PARTS: i64 = 3;
/// Sends that may wait at once: those that delivery has under way.
const WAITING_MAX: i64 = SENDS_IN_FLIGHT_MAX as i64;
/// Chats that are remembered before those at rest are forgotten.
const CHATS_MAX: usize = 4_096;
/// So many chats told to wait within [`CROWD_WITHIN`] mean that the bot as a whole is too fast.
const CROWD: usize = 3;
/// See [`CROWD`].
const CROWD_WITHIN: SignedDuration = SignedDuration::from_secs(10);

/// Lets one send after the other go, in time.
pub(crate) struct Limiter {
    clock: Arc<dyn Clock>,
    /// Messages a second, all chats together; `None` for a server that sets no limits.
    per_second: Option<NonZeroU32>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    all: Bucket,
    nudges: Bucket,
    chats: HashMap<i64, Bucket>,
    held_until: Option<Timestamp>,
    /// Chats that were told to wait lately: when, which, and how long.
    told: VecDeque<(Timestamp, i64, SignedDuration)>,
}

/// How fast a bucket lets go.
#[derive(Clone, Copy)]
struct Rate {
    /// Between two, in microseconds.
    interval: i64,
    /// So many at once after a rest.
    burst: i64,
    /// So many may stand behind the burst.
    waiting_max: i64,
}

/// A leaky bucket as its theoretical arrival time (GCRA), in microseconds.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Bucket(i64);

impl Limiter {
    pub(crate) fn new(clock: Arc<dyn Clock>, per_second: Option<NonZeroU32>) -> Self {
        Self { clock, per_second, state: Mutex::default() }
    }

    /// Resolves when one more message may go to a chat. At most one caller a chat at a time.
    ///
    /// # Errors
    /// How long nobody may send anything: too long to wait for here, because it may be night by then.
    pub(crate) async fn message(&self, chat: i64, class: Class) -> Result<(), SignedDuration> {
        if self.per_second.is_none() {
            return Ok(());
        }
        self.is_open()?;
        let interval = if chat < 0 { GROUP_INTERVAL_US } else { CHAT_INTERVAL_US };
        let rate = Rate { interval, burst: CHAT_BURST, waiting_max: 1 };
        let at = self.with(|state, now| state.chat(chat, now).reserve(now, rate));
        self.until(at).await;
        self.edit(class).await
    }

    /// Resolves when one more message may be edited.
    ///
    /// # Errors
    /// As [`Self::message`].
    pub(crate) async fn edit(&self, class: Class) -> Result<(), SignedDuration> {
        let Some(per_second) = self.per_second.map(|rate| i64::from(rate.get())) else { return Ok(()) };
        self.is_open()?;
        let burst = per_second / BURST_PARTS;
        if class == Class::Nudge {
            let rate = Rate { interval: 2_000_000 / per_second, burst: burst / 2, waiting_max: WAITING_MAX };
            let at = self.with(|state, now| state.nudges.reserve(now, rate));
            self.until(at).await;
        }
        let rate = Rate { interval: 1_000_000 / per_second, burst, waiting_max: WAITING_MAX };
        let at = self.with(|state, now| state.all.reserve(now, rate));
        self.until(at).await;
        self.is_open()
    }

    /// Resolves after this time.
    pub(crate) async fn pause(&self, wait: SignedDuration) {
        self.clock.until(self.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX)).await;
    }

    /// The platform told a chat to wait. When it tells several, all wait: as long as the one that waits shortest, because
    /// a longer wait is that chat's own.
    pub(crate) fn told_to_wait(&self, chat: i64, wait: SignedDuration) {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.told.retain(|(at, other, _)| *other != chat && now.duration_since(*at) < CROWD_WITHIN);
        state.told.push_back((now, chat, wait));
        if state.told.len() >= CROWD {
            let shortest = state.told.drain(..).map(|(.., wait)| wait).min().unwrap_or(wait);
            let until = now.checked_add(shortest).unwrap_or(Timestamp::MAX);
            state.held_until = state.held_until.max(Some(until));
            if let Some(per_second) = self.per_second.map(|rate| i64::from(rate.get())) {
                // Everybody's time comes during the hold: its end lets no burst go.
                let burst = 1_000_000 / per_second * (per_second / BURST_PARTS - 1).max(0);
                state.all = state.all.max(Bucket(until.as_microsecond().saturating_add(burst)));
            }
        }
    }

    /// Whether anybody may send anything; else how long nobody may.
    fn is_open(&self) -> Result<(), SignedDuration> {
        let now = self.clock.now();
        let held_until = self.with(|state, _| state.held_until.filter(|at| *at > now));
        held_until.map_or(Ok(()), |at| Err(at.duration_since(now)))
    }

    fn with<T>(&self, ask: impl FnOnce(&mut State, i64) -> T) -> T {
        let now = self.clock.now().as_microsecond();
        ask(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner), now)
    }

    async fn until(&self, at_us: i64) {
        if let Ok(at) = Timestamp::from_microsecond(at_us)
            && at > self.clock.now()
        {
            self.clock.until(at).await;
        }
    }
}

impl State {
    fn chat(&mut self, chat: i64, now: i64) -> &mut Bucket {
        if self.chats.len() >= CHATS_MAX {
            self.chats.retain(|_, bucket| bucket.0 > now);
        }
        self.chats.entry(chat).or_default()
    }
}

impl Bucket {
    /// Takes the next place and says when its time comes.
    fn reserve(&mut self, now: i64, rate: Rate) -> i64 {
        let burst = rate.burst.max(1);
        // So far ahead stands only what was reserved before the clock was set back.
        let full = now.saturating_add(rate.interval.saturating_mul(burst + rate.waiting_max));
        let start = if self.0 > full { now } else { self.0.max(now) };
        self.0 = start.saturating_add(rate.interval);
        start.saturating_sub(rate.interval.saturating_mul(burst - 1)).max(now)
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, Rate};

    const RATE: Rate = Rate { interval: 100, burst: 3, waiting_max: 10 };

    #[test]
    fn a_bucket_lets_a_burst_go_and_then_one_an_interval() {
        let mut bucket = Bucket::default();
        let times: Vec<i64> = (0..8).map(|_| bucket.reserve(1_000, RATE)).collect();
        assert_eq!(times, [1_000, 1_000, 1_000, 1_100, 1_200, 1_300, 1_400, 1_500]);
        assert_eq!(bucket.reserve(9_000, RATE), 9_000, "after a rest the burst is there again");
    }

    #[test]
    fn a_clock_that_was_set_back_takes_the_places_along() {
        let mut bucket = Bucket::default();
        bucket.reserve(1_000_000_000_000, RATE);
        assert_eq!(bucket.reserve(5_000, RATE), 5_000);
    }
}
