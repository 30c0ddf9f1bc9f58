//! How often a session may begin. The platform allows 1,000 a day and resets the token of a bot that wants more, so
//! each beginning is written down before it happens, and in a row they come further and further apart: over restarts
//! of the program as well.
//! <https://docs.discord.com/developers/events/gateway#session-start-limit-object>

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::service::ports::Clock;
use crate::service::{Service, ServiceError};
use crate::store::{Batch, StoreError};

/// Under which name the store keeps them.
const NAME: &str = "discord_identified";
/// Beginnings of this time count.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// Between two beginnings: the platform's limit.
const GAP_FIRST: SignedDuration = SignedDuration::from_secs(5);
/// So many within the window come that close: a host who tries out settings, or a bad hour of the network.
const CLOSE_MAX: u32 = 8;
/// The longest time between two is some ten minutes.
const DOUBLINGS_MAX: u32 = 7;

/// Waits until a session may begin, and writes it down.
///
/// # Errors
/// When the store cannot be read or written.
pub(crate) async fn leave(service: Service, clock: Arc<dyn Clock>) -> Result<(), ServiceError> {
    let mut begun = read(&service.store().meta_text(NAME).await?.unwrap_or_default());
    let now = clock.now();
    clock.pass(next(&begun, now).duration_since(now)).await;
    let now = clock.now();
    begun.retain(|then| is_recent(*then, now));
    begun.push(now);
    let text = begun.iter().map(|then| then.as_millisecond().to_string()).collect::<Vec<_>>().join(" ");
    match service.store().commit(Batch { meta: vec![(NAME, text)], ..Batch::default() }).await {
        // Without room nobody is answered anyway, and the platform counts as well.
        Ok(()) | Err(StoreError::Full | StoreError::Busy) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn read(text: &str) -> Vec<Timestamp> {
    text.split(' ').filter_map(|then| Timestamp::from_millisecond(then.parse().ok()?).ok()).collect()
}

/// The earliest instant of the next beginning.
fn next(begun: &[Timestamp], now: Timestamp) -> Timestamp {
    let recent = begun.iter().filter(|then| is_recent(**then, now));
    let (count, last) = recent.fold((0u32, None), |(count, last), then| (count + 1, last.max(Some(*then))));
    let Some(last) = last else { return now };
    let gap = GAP_FIRST * 2i32.pow(count.saturating_sub(CLOSE_MAX).min(DOUBLINGS_MAX));
    last.checked_add(gap).map_or(now, |at| at.max(now))
}

/// What lies ahead was written before the clock was set back.
fn is_recent(then: Timestamp, now: Timestamp) -> bool {
    then <= now && now.duration_since(then) < WINDOW
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{next, read};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn beginnings_in_a_row_come_further_and_further_apart_and_never_to_five_hundred_a_day() {
        let (mut begun, mut now) = (Vec::new(), at(1_000_000));
        let mut gaps = Vec::new();
        while now < at(1_000_000 + 86_400) {
            let last = now;
            now = next(&begun, now);
            gaps.push(now.duration_since(last).as_secs());
            begun.push(now);
        }
        assert_eq!(gaps[..14], [0, 5, 5, 5, 5, 5, 5, 5, 5, 10, 20, 40, 80, 160]);
        assert!(begun.len() < 500, "{}", begun.len());
    }

    #[test]
    fn an_hour_later_and_with_a_clock_set_back_it_begins_at_once() {
        let begun = [at(1_000), at(1_010)];
        assert_eq!(next(&begun, at(1_011)), at(1_015));
        assert_eq!(next(&begun, at(1_010 + 3_600)), at(1_010 + 3_600));
        assert_eq!(next(&begun, at(500)), at(500));
        assert_eq!(next(&begun, at(1_010) + SignedDuration::from_mins(50)), at(1_010 + 3_000));
    }

    #[test]
    fn what_is_stored_comes_back() {
        assert_eq!(read("1000000 1010000"), [at(1_000), at(1_010)]);
        assert_eq!(read(""), []);
        assert_eq!(read("x 1000 "), [at(1)]);
    }
}
