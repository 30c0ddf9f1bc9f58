//! How fast an adapter lets things go: a burst after a rest, then one an interval. Pure: the adapter brings the time,
//! which is its own and in microseconds.

use jiff::Timestamp;

use crate::service::ports::Class;

/// A nudge that found no gap between answers for so long takes a place as they do; in microseconds.
const GAP_WAIT_MAX_US: i64 = 30_000_000;

/// How fast a [`Pace`] lets go.
#[derive(Clone, Copy)]
pub(crate) struct Rate {
    /// Between two, in microseconds.
    pub interval: i64,
    /// So many at once after a rest.
    pub burst: i64,
}

/// A leaky bucket as its theoretical arrival time (GCRA), in microseconds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Pace(i64);

/// What all chats of a platform share: answers, and nudges, which take at most half of it.
#[derive(Default)]
pub(crate) struct Shared {
    all: Pace,
    nudges: Pace,
}

/// What a send has to do next; times in microseconds.
#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    /// Go after this time.
    Go(i64),
    /// Ask again after this time: other sends may have come before it.
    AskAgain(i64),
}

/// Runs with the clock and stands still while that is set back, so that nothing waits for as long as it was wrong.
#[derive(Default)]
pub(crate) struct OwnTime {
    clock_us: i64,
    behind_us: i64,
}

impl Pace {
    /// How long the next place is away.
    pub(crate) fn wait(self, now: i64, rate: Rate) -> i64 {
        (self.0.max(now) - rate.interval * (rate.burst.max(1) - 1) - now).max(0)
    }

    /// Takes the next place, and says how long it is away.
    pub(crate) fn take(&mut self, now: i64, rate: Rate) -> i64 {
        let wait = self.wait(now, rate);
        self.0 = self.0.max(now) + rate.interval;
        wait
    }

    /// The place that was taken last is used now, which may be later than it was to be.
    pub(crate) fn gone(&mut self, now: i64, rate: Rate) {
        self.0 = self.0.max(now + rate.interval);
    }

    /// Nothing goes until then, and its end lets no burst go.
    pub(crate) fn hold(&mut self, until: i64, rate: Rate) {
        self.0 = self.0.max(until.saturating_add(rate.interval * (rate.burst.max(1) - 1)));
    }

    /// Whether nothing would be lost by forgetting it.
    pub(crate) fn is_at_rest(self, now: i64) -> bool {
        self.0 <= now
    }
}

impl Shared {
    /// A reply takes the next place. A nudge takes one only when it can go at once, and none of the burst: replies that
    /// come while it waits, since `asked`, go first; and between two nudges there is at least their own interval, in
    /// microseconds.
    pub(crate) fn next(&mut self, class: Class, asked: i64, now: i64, rate: Rate, nudge_interval: i64) -> Next {
        if class == Class::Nudge {
            let slow = Rate { interval: nudge_interval.max(rate.interval * 2), burst: 1 };
            let gap = if now - asked < GAP_WAIT_MAX_US { self.all.wait(now, Rate { burst: 1, ..rate }) } else { 0 };
            let wait = self.nudges.wait(now, slow).max(gap);
            if wait > 0 {
                return Next::AskAgain(wait);
            }
            self.nudges.take(now, slow);
        }
        Next::Go(self.all.take(now, rate))
    }

    /// Nothing goes until then, and its end lets no burst go.
    pub(crate) fn hold(&mut self, until: i64, rate: Rate) {
        self.all.hold(until, rate);
    }
}

impl OwnTime {
    /// In microseconds.
    pub(crate) fn now(&mut self, clock: Timestamp) -> i64 {
        let clock_us = clock.as_microsecond();
        self.behind_us += (self.clock_us - clock_us).max(0);
        self.clock_us = clock_us;
        clock_us + self.behind_us
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{GAP_WAIT_MAX_US, Next, OwnTime, Pace, Rate, Shared};
    use crate::service::ports::Class;

    const RATE: Rate = Rate { interval: 100, burst: 3 };

    #[test]
    fn a_burst_goes_at_once_and_then_one_an_interval() {
        let mut pace = Pace::default();
        let waits: Vec<i64> = (0..8).map(|_| pace.take(1_000, RATE)).collect();
        assert_eq!(waits, [0, 0, 0, 100, 200, 300, 400, 500]);
        assert_eq!(pace.wait(1_450, RATE), 150, "looking takes nothing");
        assert_eq!(pace.take(9_000, RATE), 0, "after a rest the burst is there again");
    }

    #[test]
    fn the_end_of_a_hold_lets_no_burst_go() {
        let mut pace = Pace::default();
        pace.hold(5_000, RATE);
        assert_eq!([0; 3].map(|_: i64| pace.take(1_000, RATE)), [4_000, 4_100, 4_200]);
        assert!(!pace.is_at_rest(5_000) && pace.is_at_rest(9_000));
    }

    #[test]
    fn answers_go_before_nudges_but_do_not_starve_them() {
        let mut shared = Shared::default();
        let (mut now, asked) = (0, 0);
        let waited = loop {
            shared.next(Class::Reply, now, now, RATE, 0);
            if matches!(shared.next(Class::Nudge, asked, now, RATE, 0), Next::Go(_)) {
                break now;
            }
            now += RATE.interval / 2;
        };
        assert_eq!(waited, GAP_WAIT_MAX_US);
    }

    #[test]
    fn nudges_take_half() {
        let mut shared = Shared::default();
        assert_eq!(shared.next(Class::Nudge, 0, 0, RATE, 0), Next::Go(0));
        assert_eq!(shared.next(Class::Nudge, 0, 100, RATE, 0), Next::AskAgain(100));
        assert_eq!(shared.next(Class::Reply, 100, 100, RATE, 0), Next::Go(0), "the place is left to an answer");
        let mut slower = Shared::default();
        assert_eq!(slower.next(Class::Nudge, 0, 0, RATE, 1_000), Next::Go(0));
        assert_eq!(slower.next(Class::Nudge, 0, 800, RATE, 1_000), Next::AskAgain(200));
    }

    #[test]
    fn the_own_time_never_goes_back() {
        let mut time = OwnTime::default();
        let clock = [5_000, 5_010, 1_000, 1_000, 1_020, 900, 5_000];
        let own = clock.map(|us| time.now(Timestamp::from_microsecond(us).unwrap()));
        assert_eq!(own, [5_000, 5_010, 5_010, 5_010, 5_030, 5_030, 9_130]);
    }
}
