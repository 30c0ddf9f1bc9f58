//! When a check-in comes: on which days, at what wall time, outside which quiet hours.
//! Wall time is kept in the person's IANA zone: a daylight-saving gap moves forward, a fold fires once (its first pass).

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// On which days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Every {
    /// Every day.
    Daily,
    /// Monday to Friday.
    Weekdays,
    /// These days of the week, Monday is 1 and Sunday 7; never empty, rising.
    Days(Vec<i8>),
    /// Every `n` days, counted from a day.
    NDays {
        /// At least 1.
        n: u16,
        /// The first day.
        from: Date,
    },
    /// Once, on a day.
    Once(Date),
}

/// At what time of those days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum At {
    /// At this wall time.
    Wall(Time),
    /// At a minute inside `[from, to)`, another one each day, drawn from a seed.
    Window {
        /// First minute.
        from: Time,
        /// End; before `from` when the window crosses midnight.
        to: Time,
    },
}

/// A recurrence. `Once` with a wall time is a single occurrence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    /// On which days.
    pub every: Every,
    /// At what time.
    pub at: At,
}

/// The hours in which nothing is sent unasked: from `from` until before `to`; across midnight when `from > to`;
/// none when both are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// First quiet minute.
    pub from: Time,
    /// First minute after.
    pub to: Time,
}

/// One time a check-in comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The local day it belongs to, which names it: one occurrence per plan and day.
    pub date: Date,
    /// The instant, after daylight-saving gaps and quiet hours were minded.
    pub at: Timestamp,
}

/// What to do now with a check-in whose time has come or gone by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lateness {
    /// It may start now.
    Due,
    /// It may start at that instant: it is quiet now, or it is not due yet.
    WaitUntil(Timestamp),
    /// It is too late for it.
    Expired,
}

/// Days before the local day of `after` whose occurrence may still lie ahead: a window across midnight,
/// quiet hours on top of it, and one for a zone that skipped a day.
const DAYS_BACK: i32 = 3;
/// Candidate days looked at before giving up.
const CANDIDATES_MAX: usize = 16;
/// How often a quiet end may itself turn out quiet, because a gap swallowed the time between two quiet spans.
const QUIET_MOVES_MAX: usize = 8;

const SECONDS_PER_DAY: i32 = 24 * 60 * 60;

impl Recurrence {
    /// Whether it comes more than once.
    pub fn comes_again(&self) -> bool {
        !matches!(self.every, Every::Once(_))
    }

    /// The first occurrence strictly after `after`, on this person's calendar; `None` when there is none left or the
    /// calendar ends. `seed` chooses the minute inside a window: the same seed and day always give the same minute.
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone, quiet: QuietHours, seed: u64) -> Option<Occurrence> {
        let mut day = zone.to_datetime(after).date().saturating_sub(DAYS_BACK.days());
        for _ in 0..CANDIDATES_MAX {
            let date = self.every.first_from(day)?;
            if let Some(occurrence) = self.on(date, zone, quiet, seed).filter(|found| found.at > after) {
                return Some(occurrence);
            }
            day = date.tomorrow().ok()?;
        }
        None
    }

    /// All occurrences strictly after `after`, rising.
    pub fn occurrences<'a>(
        &'a self,
        after: Timestamp,
        zone: &'a TimeZone,
        quiet: QuietHours,
        seed: u64,
    ) -> impl Iterator<Item = Occurrence> + 'a {
        std::iter::successors(self.next_after(after, zone, quiet, seed), move |last| {
            self.next_after(last.at, zone, quiet, seed)
        })
    }

    /// The occurrence named by a day on which the recurrence comes; `None` beyond the end of the calendar.
    fn on(&self, date: Date, zone: &TimeZone, quiet: QuietHours, seed: u64) -> Option<Occurrence> {
        let wall = match self.at {
            At::Wall(time) => date.to_datetime(time),
            At::Window { from, to } => draw(date, from, to, quiet, seed)?,
        };
        let at = zone.to_ambiguous_timestamp(wall).compatible().ok()?;
        Some(Occurrence { date, at: quiet.end_after(at, zone) })
    }
}

impl Every {
    /// The first day of these that is not before `day`.
    pub fn first_from(&self, day: Date) -> Option<Date> {
        match self {
            Self::Daily => Some(day),
            Self::Weekdays => first_weekday_from(day, &[1, 2, 3, 4, 5]),
            Self::Days(days) => first_weekday_from(day, days),
            Self::NDays { n, from } => {
                let passed = i64::from((day - *from).get_days()).max(0);
                let n = i64::from(*n).max(1);
                let rounds = passed / n + i64::from(passed % n != 0);
                from.checked_add(SignedDuration::from_hours((rounds * n).checked_mul(24)?)).ok()
            }
            Self::Once(only) => (*only >= day).then_some(*only),
        }
    }
}

impl QuietHours {
    /// Whether this wall time is quiet.
    pub fn contains(self, time: Time) -> bool {
        lies_in(self.from, self.to, time)
    }

    /// The instant itself when it is not quiet in this zone, else the end of the quiet hours it lies in.
    pub fn end_after(self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let mut at = at;
        for _ in 0..QUIET_MOVES_MAX {
            let wall = zone.to_datetime(at);
            if !self.contains(wall.time()) {
                break;
            }
            let Some(end) = self.end_behind(wall, at, zone) else { break };
            at = end;
        }
        at
    }

    /// The end of the quiet span that holds `wall`, later than `at`.
    fn end_behind(self, wall: DateTime, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let date = if wall.time() < self.to { wall.date() } else { wall.date().tomorrow().ok()? };
        let end = zone.to_ambiguous_timestamp(date.to_datetime(self.to));
        let first = end.compatible().ok()?;
        // Second pass of a fold: the quiet end came by once already, and comes again.
        if first > at { Some(first) } else { end.later().ok().filter(|second| *second > at) }
    }
}

/// Judges a check-in that was due at `due` and may come until `expires_s` seconds later.
pub fn late(due: Timestamp, now: Timestamp, expires_s: u32, zone: &TimeZone, quiet: QuietHours) -> Lateness {
    let last = due.saturating_add(SignedDuration::from_secs(i64::from(expires_s))).unwrap_or(Timestamp::MAX);
    let start = quiet.end_after(now.max(due), zone);
    if start > last {
        Lateness::Expired
    } else if start > now {
        Lateness::WaitUntil(start)
    } else {
        Lateness::Due
    }
}

/// The instant `by` from now, moved out of the quiet hours. A negative `by` counts as none.
pub fn snooze(now: Timestamp, by: SignedDuration, zone: &TimeZone, quiet: QuietHours) -> Timestamp {
    let then = now.saturating_add(by.max(SignedDuration::ZERO)).unwrap_or(Timestamp::MAX);
    quiet.end_after(then, zone)
}

/// The wall time drawn for a day's window. Its quiet minutes are left out, unless all of them are quiet.
fn draw(date: Date, from: Time, to: Time, quiet: QuietHours, seed: u64) -> Option<DateTime> {
    let first = second_of_day(from);
    let minutes = ((second_of_day(to) - first).rem_euclid(SECONDS_PER_DAY) / 60).max(1);
    let quiet = (second_of_day(quiet.from), second_of_day(quiet.to));
    let is_awake = |minute: &i32| !lies_in(quiet.0, quiet.1, (first + minute * 60) % SECONDS_PER_DAY);
    let awake = (0..minutes).filter(is_awake).count();
    let number = hash(seed, date);
    let minute = if awake == 0 {
        i32::try_from(number % u64::from(minutes.unsigned_abs())).ok()?
    } else {
        (0..minutes).filter(is_awake).nth(usize::try_from(number % awake as u64).ok()?)?
    };
    date.to_datetime(from).checked_add(minute.minutes()).ok()
}

/// A number from a seed and a day (splitmix64). Stored plans rely on it: another function would move their minutes.
fn hash(seed: u64, date: Date) -> u64 {
    let mixed = |number: u64| {
        let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^ (number >> 31)
    };
    let day = i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day());
    mixed(mixed(seed.wrapping_add(0x9e37_79b9_7f4a_7c15)) ^ day.cast_unsigned())
}

fn first_weekday_from(day: Date, days: &[i8]) -> Option<Date> {
    let mut day = day;
    for _ in 0..7 {
        if days.contains(&day.weekday().to_monday_one_offset()) {
            return Some(day);
        }
        day = day.tomorrow().ok()?;
    }
    None
}

fn second_of_day(time: Time) -> i32 {
    i32::from(time.hour()) * 3_600 + i32::from(time.minute()) * 60 + i32::from(time.second())
}

/// Whether a point lies in `[from, to)` on a circle such as the day's.
fn lies_in<T: PartialOrd>(from: T, to: T, point: T) -> bool {
    if from <= to { from <= point && point < to } else { from <= point || point < to }
}
