//! How fast the bot may send. The platform says about 30 messages a second in all, one a second to a chat with short
//! bursts, and 20 a minute to a group; check-ins take at most half of it, so that answers never stand behind them.
//! <https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;

use crate::service::pace::{Next, OwnTime, Pace, Rate, Shared};
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
    shared: Shared,
    chats: HashMap<i64, Pace>,
    held_until: i64,
    /// Chats that were told to wait lately: when, which, and how long.
    told: VecDeque<(i64, i64, i64)>,
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
        let asked = self.with(|_, now| now);
        loop {
            self.is_open()?;
            match self.with(|state, now| state.shared.next(class, asked, now, rate, 0)) {
                Next::AskAgain(wait) => self.pass(wait).await,
                Next::Go(wait) => {
                    self.pass(wait).await;
                    return self.is_open();
                }
            }
        }
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
        let clock = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = state.time.now(clock);
        ask(&mut state, now)
    }

    async fn pass(&self, wait_us: i64) {
        if wait_us > 0 {
            self.clock.pass(SignedDuration::from_micros(wait_us)).await;
        }
    }
}

impl State {
    fn chat(&mut self, chat: i64, now: i64) -> &mut Pace {
        if self.chats.len() >= CHATS_MAX {
            self.chats.retain(|_, pace| !pace.is_at_rest(now));
        }
        self.chats.entry(chat).or_default()
    }

    /// Nobody may send anything until then.
    fn hold(&mut self, until: i64, rate: Option<Rate>) {
        self.held_until = self.held_until.max(until);
        if let Some(rate) = rate {
            // Everybody's time comes during the hold.
            self.shared.hold(until, rate);
        }
    }
}
