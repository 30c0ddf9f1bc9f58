//! Rations of new and changed messages, as the platform hands them out.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// In which a group takes only so many.
const MINUTE: Duration = Duration::from_secs(60);

/// Tokens that fill up again; a 429 says when the next is there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RateLimit {
    /// Over all chats, and as many at once.
    pub(crate) per_second: f64,
    /// In one chat.
    pub(crate) per_second_and_chat: f64,
    /// In one chat at once.
    pub(crate) burst_a_chat: f64,
    /// In one group, in any minute.
    pub(crate) per_minute_and_group: usize,
}

impl RateLimit {
    /// 30 a second over all, one a second in a chat, three of them at once, 20 a minute in a group.
    pub(crate) const PLATFORM: Self =
        Self { per_second: 30.0, per_second_and_chat: 1.0, burst_a_chat: 3.0, per_minute_and_group: 20 };
}

/// The time since some moment.
pub(super) type Watch = Box<dyn Fn() -> Duration + Send>;

pub(super) struct Rations {
    limit: RateLimit,
    watch: Watch,
    all: Bucket,
    chats: HashMap<i64, Bucket>,
    groups: HashMap<i64, VecDeque<Duration>>,
}

impl Rations {
    /// By the machine's time.
    pub(super) fn new(limit: RateLimit) -> Self {
        let began = Instant::now();
        Self::by(limit, Box::new(move || began.elapsed()))
    }

    /// By a watch of the test's.
    pub(super) fn by(limit: RateLimit, watch: Watch) -> Self {
        let all = Bucket { tokens: limit.per_second, filled: watch() };
        Self { limit, watch, all, chats: HashMap::new(), groups: HashMap::new() }
    }

    /// Takes one, or says in how many seconds there is one.
    pub(super) fn take(&mut self, chat: i64) -> Result<(), u64> {
        let (limit, now) = (self.limit, (self.watch)());
        let full = Bucket { tokens: limit.burst_a_chat, filled: now };
        let of_chat = self.chats.entry(chat).or_insert(full);
        of_chat.fill(now, limit.per_second_and_chat, limit.burst_a_chat);
        self.all.fill(now, limit.per_second, limit.per_second);
        let mut wait = of_chat.wait(limit.per_second_and_chat).max(self.all.wait(limit.per_second));
        let of_group = self.groups.entry(chat).or_default();
        if chat < 0 {
            of_group.retain(|at| now.saturating_sub(*at) < MINUTE);
            let oldest = of_group.front().filter(|_| of_group.len() >= limit.per_minute_and_group);
            wait = oldest.map_or(wait, |at| wait.max((*at + MINUTE - now).as_secs_f64()));
        }
        if wait > 0.0 {
            return Err(wait.ceil() as u64);
        }
        of_chat.tokens -= 1.0;
        self.all.tokens -= 1.0;
        if chat < 0 {
            of_group.push_back(now);
        }
        Ok(())
    }
}

struct Bucket {
    tokens: f64,
    filled: Duration,
}

impl Bucket {
    fn fill(&mut self, now: Duration, per_second: f64, most: f64) {
        let gained = now.saturating_sub(self.filled).as_secs_f64() * per_second;
        self.tokens = (self.tokens + gained).min(most);
        self.filled = now;
    }

    /// Seconds to the next whole token; a millionth of one may be lost in reckoning.
    fn wait(&self, per_second: f64) -> f64 {
        if self.tokens > 1.0 - 1e-6 { 0.0 } else { (1.0 - self.tokens) / per_second }
    }
}
