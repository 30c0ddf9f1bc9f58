//! Recurrences as people write them: `weekdays`, `mon,thu`, `every 3 days`; `02:30`, `18:00-20:00`. And the lines of `mendwell when`.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::domain::recurrence::{At, Every, QuietHours, Recurrence};

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const EVERY_HELP: &str = "write daily, weekdays, weekends, weekly, once, days such as mon,thu, or every 3 days";

/// Reads on which days: `daily`, `weekdays`, `weekends`, `mon,thu`, `monday and thursday`, `weekly` (the weekday of
/// `from`), `every 3 days`, `3 days`, `3d`, `every 2 weeks` (both counted from `from`), `once` (on `from`).
/// The error is one sentence for the person or author who wrote it.
pub fn parse_every(text: &str, from: Date) -> Result<Every, String> {
    let lower = text.trim().to_lowercase();
    let bare = lower.strip_prefix("every ").or_else(|| lower.strip_prefix("on ")).unwrap_or(&lower).trim();
    match bare {
        "daily" | "day" | "1d" | "1 day" => return Ok(Every::Daily),
        "weekdays" | "weekday" | "workdays" => return Ok(Every::Weekdays),
        "weekends" | "weekend" => return Ok(Every::Days(vec![6, 7])),
        "weekly" | "week" => return Ok(Every::Days(vec![from.weekday().to_monday_one_offset()])),
        "other day" | "second day" => return Ok(Every::NDays { n: 2, from }),
        "once" => return Ok(Every::Once(from)),
        _ => {}
    }
    if bare.starts_with(|c: char| c.is_ascii_digit()) {
        return number_of_days(bare)
            .map(|n| if n == 1 { Every::Daily } else { Every::NDays { n, from } })
            .ok_or_else(|| format!("\"{}\" is not a number of days from 1 to 366; {EVERY_HELP}", text.trim()));
    }
    let mut days = Vec::new();
    for word in bare.split([',', ' ', '+', '&', '/']).filter(|word| !matches!(*word, "" | "and" | "every" | "on")) {
        match weekday(word) {
            Some(day) => days.push(day),
            None => return Err(format!("\"{word}\" is no day I know; {EVERY_HELP}")),
        }
    }
    days.sort_unstable();
    days.dedup();
    if days.is_empty() { Err(format!("no day is named; {EVERY_HELP}")) } else { Ok(Every::Days(days)) }
}

/// Reads at what time: a wall time `02:30`, or a window `18:00-20:00`, which may cross midnight.
/// The error is one sentence for the person or author who wrote it.
pub fn parse_at(text: &str) -> Result<At, String> {
    let text = text.trim();
    let wrong = |part: &str| format!("\"{}\" is no time; write 02:30, or a window such as 18:00-20:00", part.trim());
    match text.split_once(['-', '–']) {
        None => parse_time(text).map(At::Wall).ok_or_else(|| wrong(text)),
        Some((from, to)) => {
            let from = parse_time(from).ok_or_else(|| wrong(from))?;
            let to = parse_time(to).ok_or_else(|| wrong(to))?;
            if from == to {
                return Err(format!("the window \"{text}\" is empty; write a single time, or two different ones"));
            }
            Ok(At::Window { from, to })
        }
    }
}

/// Reads a wall time of 24 hours, `H:MM` or `HH:MM`; a dot may stand for the colon, as in `18.30`.
pub fn parse_time(text: &str) -> Option<Time> {
    let (hours, minutes) = text.trim().split_once([':', '.'])?;
    let digits =
        |part: &str, least: usize| (least..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours, 1) || !digits(minutes, 2) {
        return None;
    }
    Time::new(hours.parse().ok()?, minutes.parse().ok()?, 0, 0).ok()
}

/// Reads a length such as `90m`, `3h`, `1d`, `2w`, `1h 30m`, `20 minutes`; a bare number is refused.
pub fn parse_duration(text: &str) -> Option<SignedDuration> {
    let text = text.trim().to_lowercase();
    let mut seconds: i64 = 0;
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (number, behind) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let behind = behind.trim_start();
        let end = behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(end);
        let unit = match unit {
            "s" | "sec" | "second" | "seconds" => 1,
            "m" | "min" | "mins" | "minute" | "minutes" => 60,
            "h" | "hour" | "hours" => 3_600,
            "d" | "day" | "days" => 86_400,
            "w" | "week" | "weeks" => 7 * 86_400,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        rest = behind.trim_start();
    }
    (!text.is_empty()).then(|| SignedDuration::from_secs(seconds))
}

/// The lines of `mendwell when`: the next `count` occurrences named by `from` or a later day, each in RFC 9557,
/// such as `2026-03-29T03:30:00+02:00[Europe/Berlin]`.
pub fn when_lines(
    recurrence: &Recurrence,
    from: Date,
    count: usize,
    zone: &TimeZone,
    quiet: QuietHours,
    seed: u64,
) -> Vec<String> {
    let midnight = zone.to_ambiguous_timestamp(from.to_datetime(Time::midnight())).compatible();
    let before = midnight.unwrap_or(Timestamp::MAX).saturating_sub(SignedDuration::from_nanos(1));
    recurrence
        .occurrences(before.unwrap_or(Timestamp::MIN), zone, quiet, seed)
        .skip_while(|occurrence| occurrence.date < from)
        .take(count)
        .map(|occurrence| occurrence.at.to_zoned_datetime(zone.clone()).to_string())
        .collect()
}

/// `3`, `3d`, `3 days`, `2 weeks`: a number of days from 1 to 366.
fn number_of_days(text: &str) -> Option<u16> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = match unit.trim() {
        "d" | "day" | "days" => 1,
        "w" | "week" | "weeks" => 7,
        _ => return None,
    };
    number.parse::<u16>().ok()?.checked_mul(unit).filter(|days| (1..=366).contains(days))
}

/// A weekday by its name, its plural or at least its first two letters; Monday is 1.
fn weekday(word: &str) -> Option<i8> {
    let word = if word.len() > 5 { word.strip_suffix('s').unwrap_or(word) } else { word };
    let place = WEEKDAYS
        .iter()
        .position(|name| word.len() >= 2 && (name.starts_with(word) || (*name == "thursday" && word == "thurs")))?;
    i8::try_from(place + 1).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::{parse_at, parse_duration, parse_every, parse_time};
    use crate::domain::recurrence::{At, Every};

    #[test]
    fn days_as_people_write_them() {
        let from = date(2026, 1, 7); // a Wednesday
        for (text, every) in [
            ("daily", Every::Daily),
            ("Every day", Every::Daily),
            ("weekdays", Every::Weekdays),
            ("mon,thu", Every::Days(vec![1, 4])),
            ("Thursday and Monday", Every::Days(vec![1, 4])),
            ("on tuesdays", Every::Days(vec![2])),
            ("sun, sun", Every::Days(vec![7])),
            ("weekly", Every::Days(vec![3])),
            ("every 3 days", Every::NDays { n: 3, from }),
            ("3 days", Every::NDays { n: 3, from }),
            ("3d", Every::NDays { n: 3, from }),
            ("every 2 weeks", Every::NDays { n: 14, from }),
            ("every 1 day", Every::Daily),
            ("once", Every::Once(from)),
        ] {
            assert_eq!(parse_every(text, from), Ok(every), "{text}");
        }
        for text in ["", "every", "0d", "3", "367 days", "99999999999d", "m", "mon,noday", "3 months", "-3d", "ß"] {
            assert!(parse_every(text, from).is_err(), "{text}");
        }
    }

    #[test]
    fn times_as_people_write_them() {
        assert_eq!(parse_at("02:30"), Ok(At::Wall(time(2, 30, 0, 0))));
        assert_eq!(parse_at(" 8.05 "), Ok(At::Wall(time(8, 5, 0, 0))));
        assert_eq!(parse_at("22:00 - 01:00"), Ok(At::Window { from: time(22, 0, 0, 0), to: time(1, 0, 0, 0) }));
        for text in ["", "24:00", "1:5", "18:00-", "18:00-18:00", "noon", "+1:30", "١٨:٠٠"] {
            assert!(parse_at(text).is_err(), "{text}");
        }
        assert_eq!(parse_time("00:00"), Some(time(0, 0, 0, 0)));
    }

    #[test]
    fn lengths_as_people_write_them() {
        for (text, minutes) in
            [("90m", 90), ("1d", 1440), ("1h 30m", 90), ("1h30m", 90), ("20 minutes", 20), ("2w", 20160)]
        {
            assert_eq!(parse_duration(text).map(|length| length.as_secs()), Some(minutes * 60), "{text}");
        }
        for text in ["", "3", "m", "1x", "99999999999999999999d", "9999999999999999d", "-1d", "1d 2"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
