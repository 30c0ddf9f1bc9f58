//! When a send that failed is tried again.

use jiff::SignedDuration;

/// The first wait, in milliseconds.
const BASE_MS: u64 = 1_000;
/// The longest wait of the quick attempts, in milliseconds.
const CAP_MS: u64 = 5 * 60 * 1_000;
/// Quick attempts, over about 20 minutes; after them the item is tried once an hour.
pub(crate) const QUICK_ATTEMPTS: u32 = 8;
/// Hourly attempts; after them the item is dropped and counted.
pub(crate) const HOURLY_ATTEMPTS: u32 = 24;

/// What comes after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Try again after this wait.
    Retry(SignedDuration),
    /// Give up.
    Drop,
}

/// The rung after `attempts` failed attempts: decorrelated jitter between 1 s and three times the last rung's
/// longest wait, at most 5 minutes, eight times; then once an hour for a day; then never.
/// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>
pub(crate) fn next(attempts: u32, chance: u64) -> Next {
    if attempts >= QUICK_ATTEMPTS + HOURLY_ATTEMPTS {
        return Next::Drop;
    }
    if attempts >= QUICK_ATTEMPTS {
        return Next::Retry(SignedDuration::from_hours(1));
    }
    let top = BASE_MS.saturating_mul(3u64.saturating_pow(attempts)).clamp(BASE_MS * 3, CAP_MS);
    let wait = BASE_MS + chance % (top - BASE_MS + 1);
    Next::Retry(SignedDuration::from_millis(wait.cast_signed()))
}

#[cfg(test)]
mod tests {
    use super::{HOURLY_ATTEMPTS, Next, QUICK_ATTEMPTS, next};

    #[test]
    fn waits_grow_and_end() {
        for attempts in 1..QUICK_ATTEMPTS {
            for chance in [0, 1, 7_919, u64::MAX] {
                let Next::Retry(wait) = next(attempts, chance) else { panic!("rung {attempts} must retry") };
                assert!((1_000..=300_000).contains(&wait.as_millis()), "rung {attempts}: {wait}");
            }
        }
        assert_eq!(next(QUICK_ATTEMPTS, 5), Next::Retry(jiff::SignedDuration::from_hours(1)));
        assert_eq!(next(QUICK_ATTEMPTS + HOURLY_ATTEMPTS, 5), Next::Drop);
    }
}
