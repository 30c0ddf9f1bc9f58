//! How fast an adapter lets things go: a burst after a rest, then one an interval. The adapter brings the time.

/// How fast a [`Pace`] lets go.
#[derive(Clone, Copy)]
pub(crate) struct Rate {
    /// Between two, in microseconds.
    pub interval: i64,
    /// So many at once after a rest.
    pub burst: i64,
    /// So many may stand behind the burst.
    pub waiting_max: i64,
}

/// A leaky bucket as its theoretical arrival time (GCRA), in microseconds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Pace(i64);

impl Pace {
    /// Takes the next place and says when its time comes, in microseconds.
    pub(crate) fn reserve(&mut self, now: i64, rate: Rate) -> i64 {
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
    use super::{Pace, Rate};

    const RATE: Rate = Rate { interval: 100, burst: 3, waiting_max: 10 };

    #[test]
    fn a_burst_goes_at_once_and_then_one_an_interval() {
        let mut pace = Pace::default();
        let times: Vec<i64> = (0..8).map(|_| pace.reserve(1_000, RATE)).collect();
        assert_eq!(times, [1_000, 1_000, 1_000, 1_100, 1_200, 1_300, 1_400, 1_500]);
        assert_eq!(pace.reserve(9_000, RATE), 9_000, "after a rest the burst is there again");
    }

    #[test]
    fn a_clock_that_was_set_back_takes_the_places_along() {
        let mut pace = Pace::default();
        pace.reserve(1_000_000_000_000, RATE);
        assert_eq!(pace.reserve(5_000, RATE), 5_000);
    }
}
