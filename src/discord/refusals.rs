//! How often the platform refused in the last ten minutes. At 10,000 it shuts the bot's address out for an hour, so the
//! bot keeps still from the half of it on.
//! <https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans>

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::domain::limits::DISCORD_REFUSALS_MAX;

/// The platform's window, in seconds.
const WINDOW_S: i64 = 600;

/// Counts by the second.
#[derive(Default)]
pub(crate) struct Refusals {
    seconds: VecDeque<(i64, u32)>,
    still_until: Option<Timestamp>,
}

impl Refusals {
    /// One more; whether the bot keeps still from now on.
    pub(crate) fn count(&mut self, now: Timestamp) -> bool {
        let second = now.as_second();
        self.seconds.retain(|(then, _)| (second - WINDOW_S..=second).contains(then));
        match self.seconds.back_mut() {
            Some((then, count)) if *then == second => *count += 1,
            Some(_) | None => self.seconds.push_back((second, 1)),
        }
        let total: u32 = self.seconds.iter().map(|(_, count)| count).sum();
        if total < DISCORD_REFUSALS_MAX {
            return false;
        }
        self.seconds.clear();
        self.still_until = Timestamp::from_second(second + WINDOW_S).ok();
        true
    }

    /// Until when it keeps still.
    pub(crate) fn still_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.still_until.filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Refusals, WINDOW_S};
    use crate::domain::limits::DISCORD_REFUSALS_MAX;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn many_refusals_at_once_keep_the_bot_still_for_the_window() {
        let mut refusals = Refusals::default();
        assert_eq!((1..DISCORD_REFUSALS_MAX).filter(|_| refusals.count(at(1_000))).count(), 0);
        assert_eq!(refusals.still_until(at(1_000)), None);
        assert!(refusals.count(at(1_001)));
        assert_eq!(refusals.still_until(at(1_001)), Some(at(1_001 + WINDOW_S)));
        assert_eq!(refusals.still_until(at(1_001 + WINDOW_S)), None);
        assert!(!refusals.count(at(1_002 + WINDOW_S)), "and counts anew");
    }

    #[test]
    fn refusals_of_an_earlier_window_are_forgotten() {
        let mut refusals = Refusals::default();
        for second in 0..4 * WINDOW_S {
            for _ in 0..DISCORD_REFUSALS_MAX / 700 {
                assert!(!refusals.count(at(second)), "second {second}");
            }
        }
    }
}
