//! When check-ins come: every zone, every change of its clock from 2025 to 2035, and the odd calendars.

use jiff::civil::{Date, DateTime, Time, date, time};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, ToSpan};
use mendwell::domain::recurrence::{At, Every, Lateness, Occurrence, QuietHours, Recurrence, late, snooze};
use mendwell::domain::recurrence_text::{parse_at, parse_every, when_lines};
use mendwell::domain::zone::{tz, tzdb_version};
use proptest::prelude::*;

const NEVER_QUIET: QuietHours = QuietHours { from: Time::midnight(), to: Time::midnight() };

fn clock(text: &str) -> Time {
    text.parse().unwrap()
}

fn quiet(from: &str, to: &str) -> QuietHours {
    QuietHours { from: clock(from), to: clock(to) }
}

fn daily(at: &str) -> Recurrence {
    Recurrence { every: Every::Daily, at: parse_at(at).unwrap() }
}

/// Every change of every bundled zone's clock from 2025 to 2035; links to the same zone are looked at too.
fn every_change(mut look: impl FnMut(&str, &TimeZone, Timestamp)) -> usize {
    let from: Timestamp = "2025-01-01T00:00Z".parse().unwrap();
    let until: Timestamp = "2036-01-01T00:00Z".parse().unwrap();
    let mut changes = 0;
    for name in TimeZoneDatabase::bundled().available() {
        let zone = tz(name.as_str()).unwrap();
        for change in zone.following(from).take_while(|change| change.timestamp() < until) {
            changes += 1;
            look(name.as_str(), &zone, change.timestamp());
        }
    }
    changes
}

/// What must be true of any run of occurrences, whatever the recurrence.
fn assert_orderly(what: &str, found: &[Occurrence], zone: &TimeZone, quiet: QuietHours) {
    for pair in found.windows(2) {
        assert!(pair[0].at < pair[1].at, "{what}: not rising: {pair:?}");
        assert!(pair[0].date < pair[1].date, "{what}: two for one day: {pair:?}");
    }
    for one in found {
        let wall = zone.to_datetime(one.at);
        assert!(!quiet.contains(wall.time()), "{what}: {wall} is quiet");
    }
}

/// I25, N16, R15: wall time as written; a gap moves forward by its own length, a fold takes its first pass.
#[test]
fn i25_r15_every_zone_every_change_wall_time_as_written() {
    let changes = every_change(|name, zone, change| {
        let here = zone.to_datetime(change);
        for minutes in (-150..=150).step_by(30) {
            let wall = here.checked_add(minutes.minutes()).unwrap();
            let recurrence = Recurrence { every: Every::Daily, at: At::Wall(wall.time()) };
            let start = change.checked_sub(SignedDuration::from_hours(60)).unwrap();
            let found: Vec<_> = recurrence.occurrences(start, zone, NEVER_QUIET, 0).take(4).collect();
            assert_eq!(found.len(), 4, "{name}");
            assert_orderly(name, &found, zone, NEVER_QUIET);
            for one in &found {
                assert_eq!(one.at, as_written(one.date.to_datetime(wall.time()), zone), "{name} {}", one.date);
            }
            let days: Vec<Date> = found.iter().map(|one| one.date).collect();
            assert!(
                days.windows(2).all(|pair| pair[0].tomorrow().unwrap() == pair[1]),
                "{name}: a day is left out: {days:?}"
            );
        }
    });
    assert!(changes > 3_000, "only {changes} changes were looked at");
}

/// The rule, said a second time without `compatible`.
fn as_written(wall: DateTime, zone: &TimeZone) -> Timestamp {
    match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(wall).unwrap(),
        AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => {
            before.to_timestamp(wall).unwrap()
        }
    }
}

/// I25, N16, R15: nothing in quiet hours, also where a change of the clock moves an occurrence or a quiet end.
#[test]
fn i25_r15_every_zone_every_change_never_in_quiet_hours() {
    every_change(|name, zone, change| {
        if !zone.is_primary() {
            return; // a link to a zone that is looked at
        }
        let here = zone.to_datetime(change).time();
        let around = |minutes: i32| here.wrapping_add(minutes.minutes());
        let start = change.checked_sub(SignedDuration::from_hours(36)).unwrap();
        for (from, to) in [(-600, 0), (-600, 30), (0, 300), (-30, 30), (30, -30)] {
            let quiet = QuietHours { from: around(from), to: around(to) };
            for minutes in (-120..=120).step_by(20) {
                let asked = change + minutes.minutes();
                let end = quiet.end_after(asked, zone);
                assert!(end >= asked && !quiet.contains(zone.to_datetime(end).time()), "{name} {asked} {quiet:?}");
            }
            let window = |from, to| At::Window { from: around(from), to: around(to) };
            for at in [At::Wall(around(-30)), At::Wall(around(30)), window(-60, 60), window(-190, 10)] {
                let recurrence = Recurrence { every: Every::Daily, at };
                let found: Vec<_> = recurrence.occurrences(start, zone, quiet, 7).take(3).collect();
                assert_eq!(found.len(), 3, "{name}");
                assert_orderly(name, &found, zone, quiet);
            }
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    /// I25: any recurrence, any quiet hours, any start.
    #[test]
    fn i25_any_recurrence_is_orderly(
        zone in prop::sample::select(vec![
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu",
            "America/St_Johns", "Pacific/Apia", "Antarctica/Troll", "America/Nuuk", "Africa/Cairo", "UTC",
        ]),
        start in 1_735_689_600_i64..2_051_222_400,
        quiet in (0_i16..1440, 0_i16..1440),
        at in (0_i16..1440, 0_i16..1440, any::<bool>()),
        every in (0_u8..4, prop::collection::btree_set(1_i8..=7, 1..=7), 1_u16..40),
        seed in any::<u64>(),
    ) {
        let minute = |minute: i16| Time::midnight().wrapping_add(i64::from(minute).minutes());
        let name = zone;
        let zone = tz(zone).unwrap();
        let start = Timestamp::from_second(start).unwrap();
        let quiet = QuietHours { from: minute(quiet.0), to: minute(quiet.1) };
        let at = if at.2 { At::Wall(minute(at.0)) } else { At::Window { from: minute(at.0), to: minute(at.1) } };
        let local = zone.to_datetime(start).date();
        let every = match every.0 {
            0 => Every::Daily,
            1 => Every::Weekdays,
            2 => Every::Days(every.1.into_iter().collect()),
            _ => Every::NDays { n: every.2, from: local },
        };
        let recurrence = Recurrence { every, at };
        let found: Vec<_> = recurrence.occurrences(start, &zone, quiet, seed).take(6).collect();
        prop_assert_eq!(found.len(), 6);
        prop_assert!(found[0].at > start);
        assert_orderly(name, &found, &zone, quiet);
        for one in &found {
            prop_assert_eq!(recurrence.every.first_from(one.date), Some(one.date));
            let asked_just_before = one.at.checked_sub(SignedDuration::from_nanos(1)).unwrap();
            prop_assert_eq!(recurrence.next_after(asked_just_before, &zone, quiet, seed), Some(one.clone()), "asked late, the same");
        }
        if let At::Window { from, to } = at && quiet.from == quiet.to && from != to {
            let window = QuietHours { from, to };
            for one in &found {
                let wall = zone.to_datetime(one.at);
                let as_written = zone.to_timestamp(wall).unwrap() == one.at;
                let gap = !window.contains(wall.time());
                prop_assert!(as_written && (!gap || moved_by_a_gap(&zone, one.at)), "{} is outside {:?}", wall, window);
            }
        }
    }

    /// No instant and no calendar makes it panic or search for ever.
    #[test]
    fn the_ends_of_the_calendar_are_none(
        second in prop_oneof![
            Timestamp::MIN.as_second()..Timestamp::MIN.as_second() + 864_000,
            Timestamp::MAX.as_second() - 864_000..Timestamp::MAX.as_second(),
        ],
        n in any::<u16>(),
        days in prop::collection::vec(any::<i8>(), 0..3),
        zone in prop::sample::select(vec!["Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin"]),
    ) {
        let zone = tz(zone).unwrap();
        let after = Timestamp::from_second(second).unwrap();
        let quiet = quiet("22:00", "07:00");
        for every in [Every::Daily, Every::Weekdays, Every::Days(days), Every::NDays { n, from: Date::MIN }, Every::Once(Date::MAX)] {
            for at in [At::Wall(clock("23:59")), At::Window { from: clock("23:00"), to: clock("22:00") }] {
                let recurrence = Recurrence { every: every.clone(), at };
                for one in recurrence.occurrences(after, &zone, quiet, 1).take(3) {
                    prop_assert!(one.at > after);
                }
            }
        }
        let _ = late(after, Timestamp::MAX, u32::MAX, &zone, quiet);
        let _ = snooze(after, SignedDuration::MAX, &zone, quiet);
    }
}

fn moved_by_a_gap(zone: &TimeZone, at: Timestamp) -> bool {
    let day_before = at.checked_sub(SignedDuration::from_hours(3)).unwrap();
    zone.to_offset(at) > zone.to_offset(day_before)
}

#[test]
fn berlin_over_both_changes_as_when_prints_it() {
    let zone = tz("europe/berlin").unwrap();
    let lines = |at: &str, from: Date| when_lines(&daily(at), from, 3, &zone, NEVER_QUIET, 0);
    assert_eq!(
        lines("02:30", date(2026, 3, 28)),
        [
            "2026-03-28T02:30:00+01:00[Europe/Berlin]",
            "2026-03-29T03:30:00+02:00[Europe/Berlin]",
            "2026-03-30T02:30:00+02:00[Europe/Berlin]",
        ]
    );
    assert_eq!(
        lines("02:30", date(2026, 10, 24)),
        [
            "2026-10-24T02:30:00+02:00[Europe/Berlin]",
            "2026-10-25T02:30:00+02:00[Europe/Berlin]",
            "2026-10-26T02:30:00+01:00[Europe/Berlin]",
        ]
    );
}

#[test]
fn chosen_days_come_on_these_days() {
    let zone = tz("Asia/Tokyo").unwrap();
    let days = |every: &str, from: Date| {
        let recurrence = Recurrence { every: parse_every(every, from).unwrap(), at: parse_at("09:00").unwrap() };
        let lines = when_lines(&recurrence, from, 3, &zone, NEVER_QUIET, 0);
        lines.iter().map(|line| line[..10].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(days("weekdays", date(2026, 1, 2)), ["2026-01-02", "2026-01-05", "2026-01-06"]);
    assert_eq!(days("mon,thu", date(2026, 1, 2)), ["2026-01-05", "2026-01-08", "2026-01-12"]);
    assert_eq!(days("weekly", date(2026, 1, 2)), ["2026-01-02", "2026-01-09", "2026-01-16"]);
    assert_eq!(days("every 3 days", date(2026, 2, 27)), ["2026-02-27", "2026-03-02", "2026-03-05"]);
    assert_eq!(days("once", date(2026, 1, 2)), ["2026-01-02"]);
}

#[test]
fn once_is_gone_when_it_is_gone() {
    let zone = TimeZone::UTC;
    let once = Recurrence { every: Every::Once(date(2026, 5, 1)), at: At::Wall(clock("12:00")) };
    let at: Timestamp = "2026-05-01T12:00Z".parse().unwrap();
    let next = |after| once.next_after(after, &zone, NEVER_QUIET, 0);
    assert_eq!(next(at - 1.second()).map(|found| found.at), Some(at));
    assert_eq!(next(at), None, "strictly after");
    assert_eq!(next(at + 1.hour()), None);
}

/// N16: an occurrence in quiet hours moves to their end and keeps its day's name; the next one is the next day's.
#[test]
fn n16_quiet_hours_move_it_to_their_end() {
    let zone = tz("Europe/Berlin").unwrap();
    let after: Timestamp = "2026-01-10T12:00Z".parse().unwrap();
    let late_evening = daily("23:00");
    let found: Vec<_> = late_evening.occurrences(after, &zone, quiet("22:00", "07:00"), 0).take(2).collect();
    assert_eq!(found[0], Occurrence { date: date(2026, 1, 10), at: "2026-01-11T06:00Z".parse().unwrap() });
    assert_eq!(found[1], Occurrence { date: date(2026, 1, 11), at: "2026-01-12T06:00Z".parse().unwrap() });
}

#[test]
fn a_windows_quiet_part_is_cut_away_and_days_differ() {
    let zone = tz("America/Chicago").unwrap();
    let after: Timestamp = "2026-01-10T12:00Z".parse().unwrap();
    let window = daily("20:00-01:00");
    let quiet = quiet("22:00", "07:00");
    let minutes: Vec<Time> =
        window.occurrences(after, &zone, quiet, 42).take(200).map(|one| zone.to_datetime(one.at).time()).collect();
    assert!(minutes.iter().all(|minute| (20..22).contains(&minute.hour())), "{minutes:?}");
    assert!(minutes.contains(&minutes[0]) && minutes.iter().any(|minute| *minute != minutes[0]));
    let other_seed = window.next_after(after, &zone, quiet, 43).unwrap();
    assert_ne!(zone.to_datetime(other_seed.at).time(), minutes[0]);
    assert_eq!(minutes[0], time(20, 45, 0, 0), "stored plans rely on the same draw");
}

#[test]
fn late_ones_start_wait_or_expire() {
    let zone = tz("Europe/Berlin").unwrap();
    let quiet = quiet("22:00", "07:00");
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let due = at("2026-01-10T19:00:00Z");
    let hours = 3_600;
    assert_eq!(late(due, due, 0, &zone, quiet), Lateness::Due);
    assert_eq!(late(due, due + 1.hour(), hours, &zone, quiet), Lateness::Due);
    assert_eq!(late(due, due + 3601.seconds(), hours, &zone, quiet), Lateness::Expired);
    assert_eq!(
        late(due, at("2026-01-10T21:30:00Z"), 12 * hours, &zone, quiet),
        Lateness::WaitUntil(at("2026-01-11T06:00:00Z"))
    );
    assert_eq!(
        late(due, at("2026-01-10T21:30:00Z"), 4 * hours, &zone, quiet),
        Lateness::Expired,
        "quiet until it is too late"
    );
    assert_eq!(late(due, due - 1.hour(), hours, &zone, quiet), Lateness::WaitUntil(due));
    assert_eq!(late(due, at("2036-01-10T12:00:00Z"), u32::MAX, &zone, quiet), Lateness::Due, "136 years");
}

#[test]
fn snoozing_into_quiet_hours_ends_with_them() {
    let zone = tz("Europe/Berlin").unwrap();
    let now: Timestamp = "2026-01-10T20:30:00Z".parse().unwrap();
    let by = |hours| snooze(now, SignedDuration::from_hours(hours), &zone, quiet("22:00", "07:00"));
    assert_eq!(by(0), now);
    assert_eq!(by(-5), now);
    assert_eq!(by(1), "2026-01-11T06:00:00Z".parse().unwrap());
    assert_eq!(by(24), now + 24.hours());
}

#[test]
fn the_zones_are_the_bundled_ones() {
    assert!(tz("Europe/Nowhere").is_none() && tz("").is_none() && tz("../etc/passwd").is_none());
    let version = tzdb_version();
    assert!(version.len() == 5 && version.starts_with("20"), "{version}");
}
