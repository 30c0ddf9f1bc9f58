//! `/wait 1d`: moves a chat's clock from one due thing to the next.

use jiff::SignedDuration;

use crate::console::house::House;
use crate::console::screen::Screen;
use crate::domain::recurrence_text::parse_duration;
use crate::service::ServiceError;

/// Longest wait: a slip of the finger must not play years of check-ins.
const WAIT_MAX: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Due moments at which nothing happens, in a row, before a wait goes on to its end.
const IDLE_MAX: u32 = 3;
/// Beats that one exercise shows at most, with room: rounds times beats.
const BEATS_SHOWN_MAX: u32 = 4_000;

/// What is said to a `/wait` that cannot be read.
pub const HELP: &str = "Say how long: /wait 30s, /wait 90m, /wait 2h, /wait 1d or /wait 1w, at most 400 days.";

/// The argument of a `/wait` line; none when the line is something else.
pub fn argument(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("/wait")?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| rest.trim())
}

/// Reads what [`parse_duration`] does, such as `90m` or `1d 2h`, or `tomorrow`, which is one day; up to 400 days.
pub fn duration(text: &str) -> Option<SignedDuration> {
    if text.trim().eq_ignore_ascii_case("tomorrow") {
        return Some(SignedDuration::from_hours(24));
    }
    let wait = parse_duration(text)?;
    (wait.is_positive() && wait <= WAIT_MAX).then_some(wait)
}

/// A duration as [`duration`] reads it, in its largest whole unit.
pub fn written(wait: SignedDuration) -> String {
    let seconds = wait.as_secs();
    let units = [(604_800, 'w'), (86_400, 'd'), (3_600, 'h'), (60, 'm')];
    let unit = units.into_iter().find(|(each, _)| seconds % each == 0 && seconds >= *each);
    unit.map_or_else(|| format!("{seconds}s"), |(each, unit)| format!("{}{unit}", seconds / each))
}

/// Moves the clock this far; everything due on the way happens at its own time.
///
/// # Errors
/// When the service has ended or its store fails.
pub async fn run(house: &impl House, screen: &Screen, wait: SignedDuration) -> Result<(), ServiceError> {
    let Ok(target) = house.now().checked_add(wait) else { return Ok(()) };
    let mut idle = 0;
    while let Some(next) = house.next_due().await?
        && next <= target
        && idle < IDLE_MAX
        && !screen.is_closed()
    {
        house.advance_to(next);
        idle = if house.fire_due().await? == 0 { idle + 1 } else { 0 };
        settle(house, screen).await;
    }
    house.advance_to(target);
    house.fire_due().await?;
    settle(house, screen).await;
    Ok(())
}

/// Lets happen what is due without moving the clock: a check-in that waited behind a dialog starts when that ends.
///
/// # Errors
/// When the service has ended or its store fails.
pub async fn present(house: &impl House, screen: &Screen) -> Result<(), ServiceError> {
    if house.fire_due().await? > 0 {
        settle(house, screen).await;
    }
    Ok(())
}

/// While a beat of a paced exercise is shown: goes to the next one without waiting for it.
///
/// # Errors
/// When the service has ended or its store fails.
pub async fn past_beats(house: &impl House, screen: &Screen) -> Result<(), ServiceError> {
    let (mut idle, mut shown) = (0, 0);
    while screen.is_on_beat() && idle < IDLE_MAX && shown < BEATS_SHOWN_MAX && !screen.is_closed() {
        let Some(next) = house.next_due().await? else { return Ok(()) };
        house.advance_to(next);
        idle = if house.fire_due().await? == 0 { idle + 1 } else { 0 };
        shown += 1;
        settle(house, screen).await;
    }
    Ok(())
}

/// Waits until everything is shown, or nobody can see it any more.
pub async fn settle(house: &impl House, screen: &Screen) {
    tokio::select! {
        () = house.settle() => {}
        () = screen.closed() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{argument, duration, written};

    #[test]
    fn waits_are_read_and_written() {
        for (text, seconds) in [
            ("30s", Some(30)),
            ("90m", Some(5_400)),
            ("2H", Some(7_200)),
            ("1d", Some(86_400)),
            ("1 w", Some(604_800)),
            ("1d 2h", Some(93_600)),
            ("tomorrow", Some(86_400)),
            ("400d", Some(34_560_000)),
            ("401d", None),
            ("0s", None),
            ("", None),
            ("5", None),
            ("d", None),
            ("-1d", None),
            ("1y", None),
            ("1é", None),
            ("99999999999999999999d", None),
            ("9223372036854775807w", None),
        ] {
            assert_eq!(duration(text).map(|wait| wait.as_secs()), seconds, "{text:?}");
        }
        for text in ["30s", "90m", "2h", "1d", "3w"] {
            assert_eq!(duration(text).map(written).as_deref(), Some(text));
        }
    }

    #[test]
    fn only_the_word_itself_waits() {
        assert_eq!(argument(" /wait 1d "), Some("1d"));
        assert_eq!(argument("/wait"), Some(""));
        assert_eq!(argument("/waiting 1d"), None);
        assert_eq!(argument("I wait"), None);
    }
}
