//! Limits of requests, as the platform counts them: one bucket a route and channel or interaction, and one over all.

use std::collections::HashMap;
use std::time::Duration;

use super::faults::LimitScope;
use super::route::Route;

/// Windows that begin with their first request and end after their time, by the fake's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RateLimit {
    /// Requests a second over all routes but those of interactions.
    pub(crate) per_second: u32,
    /// Requests of a window on one route and channel.
    pub(crate) per_bucket: u32,
    /// How long that window is.
    pub(crate) bucket_window: Duration,
}

impl RateLimit {
    /// 50 a second over all, five in five seconds on a route and channel.
    pub(crate) const PLATFORM: Self = Self { per_second: 50, per_bucket: 5, bucket_window: Duration::from_secs(5) };
}

/// What the headers say while nothing is limited.
const UNLIMITED: u32 = 1_000;
const SECOND: Duration = Duration::from_secs(1);

pub(super) struct Rations {
    limit: Option<RateLimit>,
    all: Window,
    buckets: HashMap<(Route, Option<u64>), Window>,
}

/// A request that came too early.
pub(super) struct TooEarly {
    pub(super) seconds: f64,
    pub(super) scope: LimitScope,
}

#[derive(Clone, Copy, Default)]
struct Window {
    used: u32,
    ends: Duration,
}

impl Rations {
    pub(super) fn new(limit: Option<RateLimit>) -> Self {
        Self { limit, all: Window::default(), buckets: HashMap::new() }
    }

    /// Takes one at this time; the headers of its bucket.
    pub(super) fn take(
        &mut self,
        route: Route,
        resource: Option<u64>,
        now: Duration,
    ) -> (Vec<(&'static str, String)>, Result<(), TooEarly>) {
        let Some(limit) = self.limit else {
            let idle = Window { used: 1, ends: now + SECOND };
            return (idle.headers(route, UNLIMITED, now), Ok(()));
        };
        if !route.is_of_interaction() && !self.all.take(limit.per_second, SECOND, now) {
            let seconds = self.all.ends.saturating_sub(now).as_secs_f64();
            return (Vec::new(), Err(TooEarly { seconds, scope: LimitScope::Global }));
        }
        let bucket = self.buckets.entry((route, resource)).or_default();
        let is_taken = bucket.take(limit.per_bucket, limit.bucket_window, now);
        let headers = bucket.headers(route, limit.per_bucket, now);
        let seconds = bucket.ends.saturating_sub(now).as_secs_f64();
        let result = if is_taken { Ok(()) } else { Err(TooEarly { seconds, scope: LimitScope::User }) };
        (headers, result)
    }
}

impl Window {
    fn take(&mut self, most: u32, length: Duration, now: Duration) -> bool {
        if now >= self.ends {
            *self = Self { used: 0, ends: now + length };
        }
        let is_left = self.used < most;
        self.used += u32::from(is_left);
        is_left
    }

    fn headers(self, route: Route, most: u32, now: Duration) -> Vec<(&'static str, String)> {
        let after = self.ends.saturating_sub(now).as_secs_f64();
        vec![
            ("X-RateLimit-Bucket", format!("{:08x}{:08x}", route as u32 + 0x5eed, 0x00b0_cce7_u32)),
            ("X-RateLimit-Limit", most.to_string()),
            ("X-RateLimit-Remaining", most.saturating_sub(self.used).to_string()),
            ("X-RateLimit-Reset", format!("{:.3}", self.ends.as_secs_f64())),
            ("X-RateLimit-Reset-After", format!("{after:.3}")),
        ]
    }
}
