//! Rations of new and changed messages, as the platform hands them out.

use std::collections::HashMap;

use tokio::time::Instant;

/// Tokens that fill up again; a 429 says when the next is there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RateLimit {
    /// Over all chats, and as many at once.
    pub(crate) per_second: f64,
    /// In one chat.
    pub(crate) per_second_and_chat: f64,
    /// In one chat at once.
    pub(crate) burst_a_chat: f64,
}

impl RateLimit {
    /// 30 a second over all, one a second in a chat, three of them at once.
    pub(crate) const PLATFORM: Self = Self { per_second: 30.0, per_second_and_chat: 1.0, burst_a_chat: 3.0 };
}

pub(super) struct Rations {
    limit: RateLimit,
    all: Bucket,
    chats: HashMap<i64, Bucket>,
}

impl Rations {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self { limit, all: Bucket::full(limit.per_second), chats: HashMap::new() }
    }

    /// Takes one, or says in how many seconds there is one.
    pub(super) fn take(&mut self, chat: i64) -> Result<(), u64> {
        let limit = self.limit;
        let of_chat = self.chats.entry(chat).or_insert_with(|| Bucket::full(limit.burst_a_chat));
        of_chat.fill(limit.per_second_and_chat, limit.burst_a_chat);
        self.all.fill(limit.per_second, limit.per_second);
        let wait = of_chat.wait(limit.per_second_and_chat).max(self.all.wait(limit.per_second));
        if wait > 0.0 {
            return Err(wait.ceil() as u64);
        }
        of_chat.tokens -= 1.0;
        self.all.tokens -= 1.0;
        Ok(())
    }
}

struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    fn full(tokens: f64) -> Self {
        Self { tokens, filled: Instant::now() }
    }

    fn fill(&mut self, per_second: f64, most: f64) {
        let now = Instant::now();
        let gained = now.duration_since(self.filled).as_secs_f64() * per_second;
        self.tokens = (self.tokens + gained).min(most);
        self.filled = now;
    }

    /// Seconds to the next whole token.
    fn wait(&self, per_second: f64) -> f64 {
        ((1.0 - self.tokens) / per_second).max(0.0)
    }
}
