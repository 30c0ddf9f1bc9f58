//! How fast the bot may send. The platform says about 30 messages a second in all, one a second to a chat with short
//! bursts, and 20 a minute to a group; check-ins take at most half of it, so that answers never stand behind them.
//! <https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;

use crate::service::ports::{Class, Clock};

/// Messages that may go to one chat at once, after a rest.
const CHAT_BURST: i64 = 5;
/// Between two messages to one chat, in microseconds.
const CHAT_INTERVAL_US: i64 = 1_000_000;
/// Between two messages to one group, in microseconds: with the burst before them they are never more than 20 in a minute.
const GROUP_INTERVAL_US: i64 = 3_750_000;
/// After a rest, one part in so many of a second's messages may go at once.
const BURST_PARTS: i64 = 3;
/// Chats that are remembered before those at rest are forgotten.
const CHATS_MAX: usize = 4_096;
/// So many chats told to wait within [`CROWD_WITHIN_US`] mean that the bot as a whole is too fast.
const CROWD: usize = 3;
/// See [`CROWD`]; in microseconds.
const CROWD_WITHIN_US: i64 = 10_000_000;

/// Lets one send after the other go, in time.
pub(crate) struct Limiter {
    clock: Arc<dyn Clock>,
    /// Messages a second, all chats together; `None` for a server that sets no limits.
    per_second: Option<NonZeroU32>,
    state: Mutex<State>,
}

/// Times are the limiter's own, in microseconds.
#[derive(Default)]
struct State {
    time: OwnTime,
    all: Bucket,
    nudges: Bucket,
    chats: HashMap<i64, Bucket>,
    held_until: i64,
    /// Chats that were told to wait lately: when, which, and how long.
    told: VecDeque<(i64, i64, i64)>,
}

/// Runs with the clock and stands still while that is set back, so that nothing waits for as long as it was wrong.
#[derive(Default)]
struct OwnTime {
    clock_us: i64,
    behind_us: i64,
}

/// How fast a bucket lets go.
#[derive(Clone, Copy)]
struct Rate {
    /// Between two, in microseconds.
    interval: i64,
    /// So many at once after a rest.
    burst: i64,
}

/// A leaky bucket as its theoretical arrival time (GCRA), in microseconds.
#[derive(Clone, Copy, Default)]
struct Bucket(i64);

/// What a send has to do next; times in microseconds from now.
enum Next {
    /// Go after this time.
    Go(i64),
    /// Ask again after this time: other sends may have come before it.
    AskAgain(i64),
    /// Nobody may go for so long.
    Held(i64),
}

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
        let rate = Rate { interval, burst: CHAT_BURST };
        self.pass(self.with(|state, now| state.chat(chat, now).take(now, rate))).await;
        self.edit(class).await?;
        // It may have stood behind others for long: the burst begins with it, and not with its wait.
        self.with(|state, now| state.chat(chat, now).gone(now, rate));
        Ok(())
    }

    /// Resolves when one more message may be edited.
    ///
    /// # Errors
    /// As [`Self::message`].
    pub(crate) async fn edit(&self, class: Class) -> Result<(), SignedDuration> {
        let Some(rate) = self.rate() else { return Ok(()) };
        loop {
            match self.with(|state, now| state.next(class, now, rate)) {
                Next::AskAgain(wait) => self.pass(wait).await,
                Next::Held(wait) => return Err(SignedDuration::from_micros(wait)),
                Next::Go(wait) => {
                    self.pass(wait).await;
                    return self.is_open();
                }
            }
        }
    }

    /// Resolves after this time.
    pub(crate) async fn pause(&self, wait: SignedDuration) {
        self.clock.pass(wait).await;
    }

    /// The platform told a chat to wait. When it tells several, all wait: as long as the one that waits shortest, because
    /// a longer wait is that chat's own.
    pub(crate) fn told_to_wait(&self, chat: i64, wait: SignedDuration) {
        let wait = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
        let rate = self.rate();
        self.with(|state, now| {
            state.told.retain(|(at, other, _)| *other != chat && now - *at < CROWD_WITHIN_US);
            state.told.push_back((now, chat, wait));
            if state.told.len() >= CROWD {
                let shortest = state.told.drain(..).map(|(.., wait)| wait).min().unwrap_or(wait);
                state.hold(now.saturating_add(shortest), rate);
            }
        });
    }

    /// Of all chats together.
    fn rate(&self) -> Option<Rate> {
        let per_second = self.per_second?.get();
        let interval = i64::from(1_000_000_u32.div_ceil(per_second));
        Some(Rate { interval, burst: i64::from(per_second) / BURST_PARTS })
    }

    /// Whether anybody may send anything; else how long nobody may.
    fn is_open(&self) -> Result<(), SignedDuration> {
        let held = self.with(|state, now| state.held_until.saturating_sub(now));
        if held > 0 { Err(SignedDuration::from_micros(held)) } else { Ok(()) }
    }

    fn with<T>(&self, ask: impl FnOnce(&mut State, i64) -> T) -> T {
        let clock_us = self.clock.now().as_microsecond();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = state.time.now(clock_us);
        ask(&mut state, now)
    }

    async fn pass(&self, wait_us: i64) {
        if wait_us > 0 {
            self.clock.pass(SignedDuration::from_micros(wait_us)).await;
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

    /// Nobody may send anything until then.
    fn hold(&mut self, until: i64, rate: Option<Rate>) {
        self.held_until = self.held_until.max(until);
        if let Some(rate) = rate {
            // Everybody's time comes during the hold: its end lets no burst go.
            self.all.0 = self.all.0.max(until.saturating_add(rate.interval * (rate.burst.max(1) - 1)));
        }
    }

    /// A reply takes the next place. A nudge takes one only when it can go at once, and none of the burst: replies that
    /// come while it waits go first.
    fn next(&mut self, class: Class, now: i64, rate: Rate) -> Next {
        if self.held_until > now {
            return Next::Held(self.held_until - now);
        }
        if class == Class::Nudge {
            let half = Rate { interval: rate.interval * 2, burst: 1 };
            let wait = self.nudges.wait(now, half).max(self.all.wait(now, Rate { burst: 1, ..rate }));
            if wait > 0 {
                return Next::AskAgain(wait);
            }
            self.nudges.take(now, half);
        }
        Next::Go(self.all.take(now, rate))
    }
}

impl OwnTime {
    fn now(&mut self, clock_us: i64) -> i64 {
        self.behind_us += (self.clock_us - clock_us).max(0);
        self.clock_us = clock_us;
        clock_us + self.behind_us
    }
}

impl Bucket {
    /// How long the next place is away.
    fn wait(self, now: i64, rate: Rate) -> i64 {
        (self.0.max(now) - rate.interval * (rate.burst.max(1) - 1) - now).max(0)
    }

    /// Takes the next place, and says how long it is away.
    fn take(&mut self, now: i64, rate: Rate) -> i64 {
        let wait = self.wait(now, rate);
        self.0 = self.0.max(now) + rate.interval;
        wait
    }

    /// The place that was taken last is used now, which may be later than it was to be.
    fn gone(&mut self, now: i64, rate: Rate) {
        self.0 = self.0.max(now + rate.interval);
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, OwnTime, Rate};

    const RATE: Rate = Rate { interval: 100, burst: 3 };

    #[test]
    fn a_bucket_lets_a_burst_go_and_then_one_an_interval() {
        let mut bucket = Bucket::default();
        let waits: Vec<i64> = (0..8).map(|_| bucket.take(1_000, RATE)).collect();
        assert_eq!(waits, [0, 0, 0, 100, 200, 300, 400, 500]);
        assert_eq!(bucket.wait(1_450, RATE), 150, "looking takes nothing");
        assert_eq!(bucket.take(9_000, RATE), 0, "after a rest the burst is there again");
    }

    #[test]
    fn the_own_time_never_goes_back() {
        let mut time = OwnTime::default();
        let clock = [5_000, 5_010, 1_000, 1_000, 1_020, 900, 5_000];
        assert_eq!(clock.map(|us| time.now(us)), [5_000, 5_010, 5_010, 5_010, 5_030, 5_030, 9_130]);
    }
}
