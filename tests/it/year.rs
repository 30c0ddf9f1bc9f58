//! A year of check-ins of people with different habits, through the real service and scheduler on a real store: what came
//! is compared with what should have come, worked out here from the habit alone. `MENDWELL_YEAR=200` is so many people.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use mendwell::domain::event::Body;
use mendwell::domain::limits::{FADING_DAYS, FADING_MISSED, FADING_WEEKS};
use mendwell::service::ports::{Class, Clock, Item};

use crate::support::House;

/// One of each habit.
const PEOPLE: usize = 6;
/// People of one house; several houses live their year side by side.
const HOUSE: usize = 100;
const DAYS: i32 = 365;
const FIRST: Date = Date::constant(2026, 3, 23);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    /// Answers each evening.
    Daily,
    /// Is seen every fifth evening.
    Forgetful,
    /// Never answers.
    Silent,
    /// Answers, and chose a time inside the quiet hours.
    Night,
    /// Answers, and moves from Berlin to New York on a day in summer.
    Mover,
    /// Answers, and is in the middle of an exercise when the check-in falls due: on one day it is finished, on the next
    /// it is left open until it rests.
    Busy,
}

/// An exercise that somebody is in the middle of.
#[derive(Clone, Copy, Debug)]
struct Open {
    from: Timestamp,
    /// When it was finished, or rests.
    until: Timestamp,
    is_finished: bool,
}

/// What comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    CheckIn,
    Question,
    Farewell,
}

#[derive(Clone, Debug)]
struct Person {
    name: String,
    habit: Habit,
    zone: &'static str,
    at: Time,
}

const MOVES_ON: i32 = 100;
/// An exercise is opened so long before the check-in falls due, and finished so long after it, in minutes.
const BEFORE_MINUTES: i64 = 10;
const AFTER_MINUTES: i64 = 25;
/// How long the exercise waits for an answer before it rests, in minutes.
const IDLE_MINUTES: i64 = 120;

impl Person {
    fn number(n: usize) -> Self {
        let habits = [Habit::Daily, Habit::Forgetful, Habit::Silent, Habit::Night, Habit::Mover, Habit::Busy];
        let habit = habits[n % habits.len()];
        let zone = if habit == Habit::Mover || n.is_multiple_of(2) { "Europe/Berlin" } else { "America/New_York" };
        let at = match habit {
            Habit::Night => time(23, 30, 0, 0),
            // One time for all of them: each further one is a stop on the way through the day.
            Habit::Busy => time(18, 30, 0, 0),
            Habit::Daily | Habit::Forgetful | Habit::Silent | Habit::Mover => time(18, (n % 60) as i8, 0, 0),
        };
        Self { name: format!("p{n}"), habit, zone, at }
    }

    fn zone_on(&self, day: Date) -> TimeZone {
        let moved = self.habit == Habit::Mover && day >= FIRST.saturating_add(MOVES_ON.days());
        TimeZone::get(if moved { "America/New_York" } else { self.zone }).unwrap()
    }

    /// The exercise that is open when the check-in of a day falls due.
    fn open_on(&self, day: Date) -> Option<Open> {
        if self.habit != Habit::Busy {
            return None;
        }
        let due = day.to_datetime(self.at).to_zoned_datetime(self.zone_on(day)).unwrap().timestamp();
        let from = due.checked_sub(BEFORE_MINUTES.minutes()).unwrap();
        let is_finished = (day - FIRST).get_days() % 2 == 0;
        let until = if is_finished {
            due.checked_add(AFTER_MINUTES.minutes())
        } else {
            from.checked_add(IDLE_MINUTES.minutes())
        };
        Some(Open { from, until: until.unwrap(), is_finished })
    }

    /// The wall time at which something should come on a day.
    fn comes_at(&self, day: Date) -> Time {
        match (self.habit, self.open_on(day)) {
            (Habit::Night, _) => time(8, 0, 0, 0),
            (_, Some(open)) => self.zone_on(day).to_datetime(open.until).time(),
            _ => self.at,
        }
    }

    fn answers_on(&self, day: i32) -> bool {
        match self.habit {
            Habit::Daily | Habit::Night | Habit::Mover | Habit::Busy => true,
            Habit::Forgetful => day % 5 == 4,
            Habit::Silent => false,
        }
    }

    /// What should come, by the day on which it does.
    fn should(&self) -> BTreeMap<Date, Kind> {
        let mut should = BTreeMap::new();
        if self.habit == Habit::Night && self.zone == "America/New_York" {
            // It was four in the morning there when they chose it: the night was not over.
            should.insert(FIRST, Kind::CheckIn);
        }
        // Days since the last sign of life on which something came; of the weekly stage too.
        let (mut misses, mut weekly, mut last) = (0, None::<u8>, 0);
        for day in 0..DAYS {
            let kind = match weekly {
                Some(sent) if day - last < FADING_DAYS || sent > FADING_WEEKS => None,
                Some(sent) if sent == FADING_WEEKS => Some(Kind::Farewell),
                Some(_) => Some(Kind::CheckIn),
                None if misses == FADING_MISSED => Some(Kind::Question),
                None => Some(Kind::CheckIn),
            };
            match kind {
                Some(Kind::CheckIn) if weekly.is_none() => misses += 1,
                Some(Kind::Question) => weekly = Some(0),
                Some(_) => weekly = weekly.map(|sent| sent + 1),
                None => {}
            }
            if let Some(kind) = kind {
                last = day;
                // What is due at night comes in the morning after.
                let shift = i32::from(self.habit == Habit::Night);
                should.insert(FIRST.saturating_add((day + shift).days()), kind);
            }
            if self.answers_on(day) {
                (misses, weekly) = (0, None);
            }
        }
        should
    }

    /// What is wrong with what came.
    fn complaints(&self, came: &[(Timestamp, Kind)]) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut by_day = BTreeMap::new();
        for (at, kind) in came {
            let around = self.zone_on(at.to_zoned_datetime(TimeZone::UTC).date());
            let local = around.to_datetime(*at);
            let wanted = self.comes_at(local.date());
            if local.time() != wanted {
                wrong.push(format!("{}: {kind:?} at {local}, not at {wanted}", self.name));
            }
            if local.time() < time(8, 0, 0, 0) || local.time() >= time(22, 0, 0, 0) {
                wrong.push(format!("{}: {kind:?} in quiet hours, {local}", self.name));
            }
            if self.open_on(local.date()).is_some_and(|open| open.from <= *at && *at < open.until) {
                wrong.push(format!("{}: {kind:?} into an open exercise, {local}", self.name));
            }
            if by_day.insert(local.date(), *kind).is_some() {
                wrong.push(format!("{}: two on {}", self.name, local.date()));
            }
        }
        let end = FIRST.saturating_add((DAYS - 1).days());
        let mut should = self.should();
        should.retain(|day, _| *day <= end);
        by_day.retain(|day, _| *day <= end);
        for (day, kind) in &should {
            if by_day.get(day) != Some(kind) {
                wrong.push(format!("{}: {kind:?} is missing on {day}, there was {:?}", self.name, by_day.get(day)));
            }
        }
        let unasked = by_day.keys().filter(|day| !should.contains_key(*day));
        wrong.extend(unasked.map(|day| format!("{}: something came on {day}", self.name)));
        wrong
    }
}

fn came(house: &House, person: &str) -> Vec<(Timestamp, Kind)> {
    let kind = |text: &str| match text {
        "Time to check in." => Some(Kind::CheckIn),
        text if text.starts_with("Shall I keep asking") => Some(Kind::Question),
        text if text.starts_with("I will be quiet now") => Some(Kind::Farewell),
        _ => None,
    };
    let nudges = house.messenger.attempts(person).into_iter().filter(|attempt| attempt.class == Class::Nudge);
    let shown = nudges.filter_map(|attempt| match &attempt.item {
        Item::Show { view, .. } => Some((attempt.at, kind(&view.body.plain())?)),
        Item::Freeze { .. } | Item::Remove { .. } | Item::InSpace { .. } | Item::File { .. } => None,
    });
    shown.collect()
}

async fn type_in(house: &House, person: &str, text: &str) {
    house.handle(house.event(person, Body::from_typed(text))).await;
}

/// Past midnight everywhere in these zones, and before anything of the next day.
fn after(day: i32) -> Timestamp {
    FIRST.saturating_add((day + 1).days()).at(5, 30, 0, 0).to_zoned_datetime(TimeZone::UTC).unwrap().timestamp()
}

/// The exercises of a day, each at its time.
async fn exercises(house: &House, people: &[Person], day: Date) {
    let mut typed = Vec::new();
    for (person, open) in people.iter().filter_map(|person| Some((person, person.open_on(day)?))) {
        typed.push((open.from, person, "/start long"));
        if open.is_finished {
            typed.push((open.until, person, "/stop"));
        }
    }
    typed.sort_by_key(|(at, ..)| *at);
    for (at, person, text) in typed {
        if house.clock.now() < at {
            house.advance_to(at).await;
        }
        type_in(house, &person.name, text).await;
    }
}

async fn year(people: &[Person]) -> House {
    let house = House::new().await;
    for person in people {
        house.welcome(&person.name).await;
        house.open_dialog(&person.name, "move").await;
        house.say(&person.name, person.zone).await;
        house.plan(&person.name, "daily", &person.at.strftime("%H:%M").to_string(), "Wait").await;
    }
    for day in 0..DAYS {
        exercises(&house, people, FIRST.saturating_add(day.days())).await;
        house.advance_to(after(day)).await;
        for person in people.iter().filter(|person| person.answers_on(day)) {
            if person.habit == Habit::Mover && day == MOVES_ON - 1 {
                for text in ["/menu", "2", "America/New_York"] {
                    type_in(&house, &person.name, text).await;
                }
            }
            if person.habit == Habit::Forgetful {
                // Words would answer the question whether to go on; any press at all is a sign of life.
                house.handle(house.event(&person.name, Body::Tap("old".to_owned()))).await;
                continue;
            }
            for text in ["3", "rain"] {
                type_in(&house, &person.name, text).await;
            }
        }
        house.settle().await;
    }
    house
}

#[test]
fn a_year_brings_exactly_what_was_chosen_and_fades_exactly_as_written() {
    let count = std::env::var("MENDWELL_YEAR").ok().and_then(|count| count.parse().ok()).unwrap_or(PEOPLE);
    let people: Vec<Person> = (0..count).map(Person::number).collect();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let houses: Vec<_> = people.chunks(HOUSE).map(|people| scope.spawn(|| lived(people))).collect();
        houses.into_iter().flat_map(|house| house.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
}

/// What is wrong with the year of some people.
fn lived(people: &[Person]) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let house = year(people).await;
        people.iter().flat_map(|person| person.complaints(&came(&house, &person.name))).collect()
    })
}

/// The negative control: each kind of fault is seen.
#[test]
fn a_fault_in_a_year_is_seen() {
    let person = Person::number(0);
    let right: Vec<(Timestamp, Kind)> = (0..DAYS)
        .map(|day| FIRST.saturating_add(day.days()).to_datetime(person.at))
        .map(|wall| (wall.to_zoned_datetime(person.zone_on(wall.date())).unwrap().timestamp(), Kind::CheckIn))
        .collect();
    assert_eq!(person.complaints(&right), [""; 0]);
    let mut twice = right.clone();
    twice.push(right[40]);
    let mut missed = right.clone();
    missed.remove(200);
    let mut at_night = right.clone();
    at_night[7].0 = at_night[7].0.checked_add(5.hours()).unwrap();
    let mut an_hour_off = right.clone();
    an_hour_off[220].0 = an_hour_off[220].0.checked_add(1.hour()).unwrap();
    let mut faded = right;
    faded[2].1 = Kind::Question;
    for fault in [twice, missed, at_night, an_hour_off, faded] {
        assert!(!person.complaints(&fault).is_empty());
    }
    let busy = Person::number(5);
    let days = || (0..DAYS).map(|day| FIRST.saturating_add(day.days()));
    let right: Vec<(Timestamp, Kind)> = days().map(|day| (busy.open_on(day).unwrap().until, Kind::CheckIn)).collect();
    assert_eq!(busy.complaints(&right), [""; 0]);
    for day in [40, 41] {
        let mut inside = right.clone();
        inside[day].0 = inside[day].0.checked_sub(1.minute()).unwrap();
        let complaints = busy.complaints(&inside);
        assert!(complaints.iter().any(|complaint| complaint.contains("into an open exercise")), "{complaints:?}");
    }
}
