//! A platform that does not answer is left alone, but for a probe now and then. Pure: it is told what happened and when.

use jiff::{SignedDuration, Timestamp};

use crate::domain::ids::OutboxId;

/// Sends that fail in a row, whosever they are, until the platform counts as silent.
const FAILURES_MAX: u32 = 5;
/// Between the end of one probe and the next.
pub(super) const PROBE_EVERY: SignedDuration = SignedDuration::from_secs(15);

/// Whether a platform answers. Open means that it does not.
///
/// A failure is an outcome that nobody can tell from a platform that is down: unknown, or to be tried again. Everything
/// else is an answer, a refusal as well. While it is open only the answer to a probe closes it: of the sends that were
/// under way when it opened some may still arrive at a platform that is half down, and must not let all others loose.
#[derive(Debug)]
pub(super) struct Breaker(State);

#[derive(Debug)]
enum State {
    Closed { failures: u32 },
    Open { probe_at: Timestamp, probe: Option<OutboxId> },
}

impl Breaker {
    pub(super) fn new() -> Self {
        Self(State::Closed { failures: 0 })
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.0, State::Open { .. })
    }

    /// From when on the next probe may go; `None` while it is closed or a probe is under way.
    pub(super) fn probe_at(&self) -> Option<Timestamp> {
        match self.0 {
            State::Open { probe_at, probe: None } => Some(probe_at),
            State::Open { probe: Some(_), .. } | State::Closed { .. } => None,
        }
    }

    /// This item goes as the probe.
    pub(super) fn probe(&mut self, id: OutboxId) {
        if let State::Open { probe, .. } = &mut self.0 {
            *probe = Some(id);
        }
    }

    /// A send has failed. True when that opens it.
    pub(super) fn failed(&mut self, id: OutboxId, now: Timestamp) -> bool {
        let next = now.checked_add(PROBE_EVERY).unwrap_or(Timestamp::MAX);
        match &mut self.0 {
            State::Closed { failures } => {
                *failures += 1;
                if *failures < FAILURES_MAX {
                    return false;
                }
                self.0 = State::Open { probe_at: next, probe: None };
                true
            }
            State::Open { .. } => {
                self.missed(id, next);
                false
            }
        }
    }

    /// The platform has answered. True when that closes it.
    pub(super) fn answered(&mut self, id: OutboxId) -> bool {
        let closes = match &self.0 {
            State::Closed { .. } => false,
            State::Open { probe, .. } if *probe != Some(id) => return false,
            State::Open { .. } => true,
        };
        self.0 = State::Closed { failures: 0 };
        closes
    }

    /// The clock was set: the next probe stays as far away as it was.
    pub(super) fn moved(&mut self, to: impl FnOnce(Timestamp) -> Timestamp) {
        if let State::Open { probe_at, .. } = &mut self.0 {
            *probe_at = to(*probe_at);
        }
    }

    /// An item never reached the platform. If it was the probe, another one may go from then on.
    pub(super) fn missed(&mut self, id: OutboxId, from: Timestamp) {
        if let State::Open { probe_at, probe } = &mut self.0
            && *probe == Some(id)
        {
            (*probe_at, *probe) = (from, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Breaker, FAILURES_MAX, PROBE_EVERY};
    use crate::domain::ids::OutboxId;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn open() -> Breaker {
        let mut breaker = Breaker::new();
        let opened: Vec<bool> = (1..=5).map(|id| breaker.failed(OutboxId(id), NOW)).collect();
        assert_eq!(opened, [false, false, false, false, true]);
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_any_answer_begins_the_row_again() {
        let mut breaker = Breaker::new();
        for id in 0..20 {
            for _ in 1..FAILURES_MAX {
                assert!(!breaker.failed(OutboxId(id), NOW));
            }
            assert!(!breaker.answered(OutboxId(id)), "it was closed before");
        }
        assert!(!breaker.is_open() && breaker.probe_at().is_none());
        assert!(open().is_open());
    }

    #[test]
    fn a_probe_goes_every_15_seconds_one_at_a_time() {
        let mut breaker = open();
        let mut now = NOW;
        for id in 10..20 {
            let at = breaker.probe_at().unwrap();
            assert_eq!(at.duration_since(now), SignedDuration::from_secs(15));
            breaker.probe(OutboxId(id));
            assert_eq!(breaker.probe_at(), None, "one is under way");
            assert!(!breaker.failed(OutboxId(1), at), "a late failure of another send");
            assert_eq!(breaker.probe_at(), None);
            now = at + SignedDuration::from_secs(40);
            assert!(!breaker.failed(OutboxId(id), now), "it is open already");
        }
        assert!(breaker.is_open());
    }

    #[test]
    fn only_the_answer_to_the_probe_closes_it_and_the_row_begins_anew() {
        let mut breaker = open();
        assert!(!breaker.answered(OutboxId(3)), "was under way before");
        breaker.probe(OutboxId(9));
        assert!(!breaker.answered(OutboxId(3)) && breaker.is_open());
        assert!(breaker.answered(OutboxId(9)) && !breaker.is_open());
        for _ in 1..FAILURES_MAX {
            assert!(!breaker.failed(OutboxId(9), NOW));
        }
        assert!(breaker.failed(OutboxId(9), NOW));
    }

    #[test]
    fn a_probe_that_never_left_makes_room_for_another() {
        let mut breaker = open();
        breaker.probe(OutboxId(9));
        breaker.missed(OutboxId(8), NOW);
        assert_eq!(breaker.probe_at(), None, "that was another one");
        breaker.missed(OutboxId(9), NOW);
        assert_eq!(breaker.probe_at(), Some(NOW));
        assert!(breaker.is_open() && PROBE_EVERY.is_positive());
    }
}
