//! Days of the year that are hard for somebody, named by themselves, and when the bot comes because of them: a week before,
//! the evening before, and that morning, every year.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::domain::recurrence::QuietHours;
use crate::domain::text::UserText;

/// How the token of a button of the list of hard dates begins.
pub const DATE_TOKEN: &str = "d.";

/// A day of every year, with what its person set out to do when it gets hard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HardDate {
    /// What the buttons of the list name it by; another one for each of a person's.
    pub id: u32,
    /// Month, 1 to 12.
    pub month: i8,
    /// Day of the month, 1 to 31. The 29th of February is kept as such.
    pub day: i8,
    /// What they call it.
    pub label: UserText,
    /// How they will notice that it gets hard.
    pub cue: UserText,
    /// What they do then.
    pub then: UserText,
}

/// How far away the day is when the bot comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It is the day.
    Morning,
    /// The evening before.
    Eve,
    /// A week before.
    Week,
}

/// One time the bot comes because of a hard date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coming {
    /// When, outside quiet hours.
    pub at: Timestamp,
    /// How far away the day is then.
    pub stage: Stage,
    /// The day.
    pub on: Date,
}

/// A press of a button of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateTap {
    /// Name another one.
    New,
    /// Let them come again.
    On,
    /// See, change or delete this one.
    Open(u32),
}

/// Every stage with how many days before the day it is, and at what wall time.
const STAGES: [(Stage, i8, Time); 3] = [
    (Stage::Morning, 0, Time::constant(8, 30, 0, 0)),
    (Stage::Eve, 1, Time::constant(19, 0, 0, 0)),
    (Stage::Week, 7, Time::constant(18, 0, 0, 0)),
];
/// Days before an instant whose comings may still lie ahead of it, and the longest that one of them comes after another
/// at the same instant.
const DAYS_BACK: i8 = 3;
/// Between two comings that would fall on the same instant, in minutes.
const APART_MINUTES: i64 = 1;

impl HardDate {
    /// The first of its days that is not before `day`. In a year without a 29th of February that one is the 28th.
    pub fn first_from(&self, day: Date) -> Option<Date> {
        [0, 1].into_iter().filter_map(|years| self.in_year(day.year().checked_add(years)?)).find(|found| *found >= day)
    }

    fn in_year(&self, year: i16) -> Option<Date> {
        let whole = Date::new(year, self.month, self.day);
        whole.or_else(|_| Date::new(year, self.month, self.day - 1)).ok()
    }
}

impl Stage {
    /// Its word in dialogs and plans.
    pub fn word(self) -> &'static str {
        match self {
            Self::Morning => "day",
            Self::Eve => "eve",
            Self::Week => "week",
        }
    }
}

impl DateTap {
    /// The token, in at most 40 bytes of `[0-9a-z.]`.
    pub fn encode(self) -> String {
        match self {
            Self::New => format!("{DATE_TOKEN}new"),
            Self::On => format!("{DATE_TOKEN}on"),
            Self::Open(id) => format!("{DATE_TOKEN}o.{id}"),
        }
    }

    /// Reads a token; `None` when it is none of these.
    pub fn decode(token: &str) -> Option<Self> {
        let tap = match token.strip_prefix(DATE_TOKEN)? {
            "new" => Self::New,
            "on" => Self::On,
            other => Self::Open(other.strip_prefix("o.")?.parse().ok()?),
        };
        (tap.encode() == token).then_some(tap)
    }
}

/// The first coming strictly after an instant.
pub fn next(dates: &[HardDate], after: Timestamp, zone: &TimeZone, quiet: QuietHours) -> Option<Coming> {
    comings(dates, after, zone, quiet).into_iter().find(|coming| coming.at > after)
}

/// The last coming until an instant, if it was in the last days.
pub fn latest(dates: &[HardDate], until: Timestamp, zone: &TimeZone, quiet: QuietHours) -> Option<Coming> {
    comings(dates, until, zone, quiet).into_iter().rfind(|coming| coming.at <= until)
}

/// The comings around an instant and in the year after it, rising; no two at the same instant.
fn comings(dates: &[HardDate], around: Timestamp, zone: &TimeZone, quiet: QuietHours) -> Vec<Coming> {
    let from = zone.to_datetime(around).date().saturating_sub(DAYS_BACK.days());
    let mut days: Vec<Date> = dates.iter().flat_map(|date| days_from(date, from)).collect();
    days.sort_unstable();
    days.dedup();
    let each = |on: &Date| {
        let on = *on;
        STAGES.iter().filter_map(move |(stage, before, at)| {
            Some(Coming { at: instant(on, *stage, *before, *at, zone, quiet)?, stage: *stage, on })
        })
    };
    let mut found: Vec<Coming> = days.iter().flat_map(each).collect();
    found.sort_by_key(|coming| (coming.at, coming.stage, coming.on));
    let mut last = Timestamp::MIN;
    for coming in &mut found {
        if coming.at <= last {
            coming.at = last.saturating_add(APART_MINUTES.minutes()).unwrap_or(last);
        }
        last = coming.at;
    }
    found
}

/// The two first days of a date from a day on.
fn days_from(date: &HardDate, from: Date) -> Vec<Date> {
    let first = date.first_from(from);
    let second = first.and_then(|first| date.first_from(first.tomorrow().ok()?));
    first.into_iter().chain(second).collect()
}

/// `None` for an evening that quiet hours would move to the day itself, which has its own morning.
fn instant(
    on: Date,
    stage: Stage,
    days_before: i8,
    time: Time,
    zone: &TimeZone,
    quiet: QuietHours,
) -> Option<Timestamp> {
    let day = on.checked_sub(days_before.days()).ok()?;
    let at = zone.to_ambiguous_timestamp(day.to_datetime(time)).compatible().ok()?;
    let at = quiet.end_after(at, zone);
    (stage != Stage::Eve || zone.to_datetime(at).date() < on).then_some(at)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date, time};
    use jiff::tz::TimeZone;

    use super::{Coming, DateTap, HardDate, Stage, latest, next};
    use crate::domain::recurrence::QuietHours;
    use crate::domain::text::UserText;

    const NIGHT: QuietHours = QuietHours { from: time(22, 0, 0, 0), to: time(8, 0, 0, 0) };

    fn hard(month: i8, day: i8) -> HardDate {
        let words = || UserText::from("x");
        HardDate { id: 1, month, day, label: words(), cue: words(), then: words() }
    }

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    fn at(wall: &str) -> jiff::Timestamp {
        wall.parse::<jiff::civil::DateTime>().unwrap().to_zoned_datetime(berlin()).unwrap().timestamp()
    }

    fn walls(dates: &[HardDate], from: &str, quiet: QuietHours, count: usize) -> Vec<(String, Stage, Date)> {
        let mut after = at(from);
        let mut found = Vec::new();
        while found.len() < count {
            let Some(Coming { at, stage, on }) = next(dates, after, &berlin(), quiet) else { break };
            found.push((berlin().to_datetime(at).strftime("%Y-%m-%dT%H:%M").to_string(), stage, on));
            after = at;
        }
        found
    }

    #[test]
    fn it_comes_three_times_a_year_every_year() {
        let day = |year| date(year, 5, 12);
        let wanted = [
            ("2026-05-05T18:00", Stage::Week, day(2026)),
            ("2026-05-11T19:00", Stage::Eve, day(2026)),
            ("2026-05-12T08:30", Stage::Morning, day(2026)),
            ("2027-05-05T18:00", Stage::Week, day(2027)),
            ("2027-05-11T19:00", Stage::Eve, day(2027)),
        ]
        .map(|(wall, stage, on)| (wall.to_owned(), stage, on));
        assert_eq!(walls(&[hard(5, 12)], "2026-03-01T12:00", NIGHT, 5), wanted);
        assert_eq!(walls(&[hard(5, 12)], "2026-05-05T18:00", NIGHT, 4), wanted[1..]);
        // The morning of the day itself, and the turn of the year.
        assert_eq!(walls(&[hard(5, 12)], "2026-05-12T08:29", NIGHT, 1), wanted[2..3]);
        assert_eq!(walls(&[hard(1, 1)], "2026-12-31T12:00", NIGHT, 1)[0].0, "2026-12-31T19:00");
        assert_eq!(next(&[], at("2026-03-01T12:00"), &berlin(), NIGHT), None);
    }

    #[test]
    fn the_29th_of_february_is_the_28th_in_most_years() {
        let leap = hard(2, 29);
        for (from, wanted) in [
            (date(2026, 1, 1), date(2026, 2, 28)),
            (date(2026, 3, 1), date(2027, 2, 28)),
            (date(2027, 3, 1), date(2028, 2, 29)),
            (date(2028, 2, 29), date(2028, 2, 29)),
            (date(2028, 3, 1), date(2029, 2, 28)),
        ] {
            assert_eq!(leap.first_from(from), Some(wanted), "{from}");
        }
        assert_eq!(hard(6, 31).first_from(date(2026, 1, 1)), Some(date(2026, 6, 30)));
        assert_eq!(leap.first_from(Date::MAX), None);
    }

    #[test]
    fn quiet_hours_move_it_or_leave_the_evening_out() {
        let quiet = QuietHours { from: time(18, 30, 0, 0), to: time(10, 0, 0, 0) };
        let found = walls(&[hard(5, 12)], "2026-03-01T12:00", quiet, 3);
        let walls: Vec<&str> = found.iter().map(|(wall, ..)| wall.as_str()).collect();
        assert_eq!(walls, ["2026-05-05T18:00", "2026-05-12T10:00", "2027-05-05T18:00"]);
    }

    #[test]
    fn of_two_at_the_same_instant_the_day_itself_comes_first_and_none_is_lost() {
        // The week before 18 May and the evening before 12 May would both be moved to the morning of 12 May.
        let quiet = QuietHours { from: time(17, 0, 0, 0), to: time(9, 0, 0, 0) };
        let found = walls(&[hard(5, 18), hard(5, 12), hard(5, 12)], "2026-05-11T12:00", quiet, 3);
        let found: Vec<(&str, Stage)> = found.iter().map(|(wall, stage, _)| (wall.as_str(), *stage)).collect();
        let wanted = [
            ("2026-05-12T09:00", Stage::Morning),
            ("2026-05-12T09:01", Stage::Week),
            ("2026-05-18T09:00", Stage::Morning),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn what_came_last_is_known_for_a_while() {
        let found = latest(&[hard(5, 12)], at("2026-05-11T20:00"), &berlin(), NIGHT).unwrap();
        assert_eq!((found.stage, found.on), (Stage::Eve, date(2026, 5, 12)));
        let morning = latest(&[hard(5, 12)], at("2026-05-13T20:00"), &berlin(), NIGHT).unwrap();
        assert_eq!(morning.stage, Stage::Morning);
        assert_eq!(latest(&[hard(5, 12)], at("2026-03-11T20:00"), &berlin(), NIGHT), None);
    }

    #[test]
    fn tokens_come_back_and_foreign_ones_are_nothing() {
        for tap in [DateTap::New, DateTap::On, DateTap::Open(0), DateTap::Open(u32::MAX)] {
            assert_eq!(DateTap::decode(&tap.encode()), Some(tap));
        }
        for token in ["", "d.", "d.o.", "d.o.01", "d.o.-1", "d.o.4294967296", "d.newer", "j.f"] {
            assert_eq!(DateTap::decode(token), None, "{token}");
        }
    }
}
