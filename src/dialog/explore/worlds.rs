//! The worlds in which a dialog is started: facts and arguments that its conditions can tell apart, and hours.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::dialog::effect::Context;
use crate::dialog::eval::plus_days;
use crate::dialog::explore::Size;
use crate::dialog::explore::slice::{Control, Slice};
use crate::dialog::model::{Dialog, Library, Verb};
use crate::domain::language::Language;
use crate::domain::person::FactKind;
use crate::domain::recurrence::QuietHours;
use crate::domain::value::{Value, Values};

/// Everything around a run.
#[derive(Clone)]
pub(super) struct World {
    pub(super) facts: Values,
    pub(super) args: Values,
    pub(super) now: Timestamp,
    zone: TimeZone,
}

impl World {
    pub(super) fn at(&self, now: Timestamp) -> Context<'_> {
        let midnight = Time::midnight();
        Context {
            now,
            zone: &self.zone,
            facts: &self.facts,
            quiet: QuietHours { from: midnight, to: midnight },
            language: Language::default(),
        }
    }
}

/// Noon of a Thursday, UTC.
const NOON_S: i64 = 1_772_712_000;

/// One thing that differs between worlds, with its classes; `None` is a fact that is missing.
struct Axis {
    what: What,
    name: String,
    classes: Vec<Option<Value>>,
}

enum What {
    Fact,
    Argument,
    HoursLater,
}

/// The worlds of a dialog, and whether they are all that its conditions can tell apart.
pub(super) fn of(lib: &Library, dialog: &Dialog, slice: &Slice<'_>, size: &Size) -> (Vec<World>, bool) {
    let axes = axes(lib, dialog, slice);
    let noon = Timestamp::from_second(NOON_S).unwrap_or(Timestamp::UNIX_EPOCH);
    let plain = World { facts: Values::new(), args: Values::new(), now: noon, zone: TimeZone::UTC };
    let product = axes.iter().fold(1_usize, |product, axis| product.saturating_mul(axis.classes.len()));
    if product <= size.worlds {
        let mut worlds = vec![plain];
        for axis in &axes {
            let with = |world: &World| axis.classes.iter().map(|class| axis.set(world, class)).collect::<Vec<_>>();
            worlds = worlds.iter().flat_map(with).collect();
        }
        return (worlds, true);
    }
    // Too many together: each on its own, and each two together while these are few; the others at their first class.
    let usual = axes.iter().fold(plain, |world, axis| match axis.classes.first() {
        Some(class) => axis.set(&world, class),
        None => world,
    });
    let alone = |axis: &Axis, world: &World| -> Vec<World> {
        axis.classes.iter().skip(1).map(|class| axis.set(world, class)).collect()
    };
    let mut worlds = vec![usual.clone()];
    worlds.extend(axes.iter().flat_map(|axis| alone(axis, &usual)));
    let mut pairs = Vec::new();
    for (at, axis) in axes.iter().enumerate() {
        for one in alone(axis, &usual) {
            pairs.extend(axes.iter().skip(at + 1).flat_map(|other| alone(other, &one)));
        }
    }
    if pairs.len() <= size.worlds {
        worlds.extend(pairs);
    }
    (worlds, false)
}

impl Axis {
    fn set(&self, world: &World, class: &Option<Value>) -> World {
        let mut world = world.clone();
        match (&self.what, class) {
            (What::Fact, Some(value)) => _ = world.facts.insert(self.name.clone(), value.clone()),
            (What::Argument, Some(value)) => _ = world.args.insert(self.name.clone(), value.clone()),
            (What::HoursLater, Some(Value::Num(hours))) => {
                let later = SignedDuration::from_hours(*hours as i64);
                world.now = world.now.checked_add(later).unwrap_or(world.now);
            }
            (What::HoursLater, _) | (_, None) => {}
        }
        world
    }
}

fn axes(lib: &Library, dialog: &Dialog, slice: &Slice<'_>) -> Vec<Axis> {
    let mut axes = Vec::new();
    let mut facts: BTreeMap<&str, Vec<Option<Value>>> = BTreeMap::new();
    let (mut asks_hour, mut asks_weekday) = (false, false);
    let noon = Timestamp::from_second(NOON_S).unwrap_or(Timestamp::UNIX_EPOCH);
    let today = TimeZone::UTC.to_datetime(noon).date();
    for id in inside(lib, &dialog.id) {
        let Some(control) = slice.control(&id) else { continue };
        asks_hour |= control.literals.asks_hour;
        asks_weekday |= control.literals.asks_weekday;
        for (name, fact) in &control.dialog.facts {
            let Some(counts) = control.names.get(name.as_str()) else { continue };
            let classes = facts.entry(name).or_insert_with(|| vec![None]);
            let values = classes_of((name, fact.kind), &control, today, (None, None));
            let kept = values.into_iter().take(if *counts { usize::MAX } else { 1 }).map(Some);
            for value in kept {
                // A missing fact stands for its default, so that the default is no class of its own.
                if value != fact.or && !classes.contains(&value) {
                    classes.push(value);
                }
            }
        }
    }
    let fact = |(name, classes): (&str, _)| Axis { what: What::Fact, name: name.to_owned(), classes };
    axes.extend(facts.into_iter().map(fact));
    for (name, param) in &dialog.params {
        let Some(control) = slice.control(&dialog.id) else { continue };
        let mut classes: Vec<Option<Value>> = Vec::new();
        if param.or.is_some() {
            classes.push(None);
        }
        let counts = control.counts(name);
        if counts || param.or.is_none() {
            let values = classes_of((name, param.kind), &control, today, (param.min, param.max));
            let values = values.into_iter().take(if counts { usize::MAX } else { 1 });
            let is_default = |value: &Value| param.or.as_ref().is_some_and(|or| or == value);
            for value in values.filter(|value| !is_default(value)).map(Some) {
                if !classes.contains(&value) {
                    classes.push(value);
                }
            }
        }
        axes.push(Axis { what: What::Argument, name: name.clone(), classes });
    }
    if asks_hour || asks_weekday {
        let hours: Vec<i32> = match (asks_hour, asks_weekday) {
            (true, false) => (0..24).collect(),
            (false, _) => (0..7).map(|day| day * 24).collect(),
            (true, true) => (0..7).flat_map(|day| [0, 6, 12, 18].map(|hour| day * 24 + hour)).collect(),
        };
        let classes = hours.into_iter().map(|hour| Some(Value::Num(f64::from(hour)))).collect();
        axes.push(Axis { what: What::HoursLater, name: String::new(), classes });
    }
    axes
}

/// The dialog and all that run inside it.
fn inside(lib: &Library, id: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![id.to_owned()];
    while let Some(id) = waiting.pop() {
        let Some(dialog) = lib.dialog(&id) else { continue };
        if seen.insert(id) {
            waiting.extend(dialog.parts.values().flatten().filter_map(|step| match &step.verb {
                Verb::Call { dialog, .. } | Verb::Escalate { dialog } => Some(dialog.clone()),
                Verb::Say { .. }
                | Verb::Ask(_)
                | Verb::Set(_)
                | Verb::Branch(_)
                | Verb::Each(_)
                | Verb::Repeat { .. }
                | Verb::Pace(_)
                | Verb::Save(_)
                | Verb::Goal(_)
                | Verb::Schedule(_)
                | Verb::Stop { .. } => None,
            }));
        }
    }
    seen
}

fn classes_of(
    (name, kind): (&str, FactKind),
    control: &Control<'_>,
    today: jiff::civil::Date,
    (min, max): (Option<f64>, Option<f64>),
) -> Vec<Value> {
    let literals = &control.literals;
    match kind {
        FactKind::Text => std::iter::once("Sam".to_owned()).chain(literals.words.clone()).map(Value::text).collect(),
        FactKind::Key => std::iter::once("other".to_owned()).chain(literals.told_apart(name)).map(Value::Key).collect(),
        FactKind::Num => {
            let ends = (min.unwrap_or(0.0), max.unwrap_or(1_000.0));
            literals.around(ends.0, ends.1).into_iter().map(Value::Num).collect()
        }
        FactKind::Bool => vec![Value::Bool(true), Value::Bool(false)],
        FactKind::Date => [-1, 0, 1, 400].iter().filter_map(|days| plus_days(today, *days)).map(Value::Date).collect(),
        FactKind::Time => {
            let usual = [Time::constant(8, 0, 0, 0), Time::constant(22, 0, 0, 0)];
            usual.into_iter().chain(literals.times.clone()).map(Value::Time).collect()
        }
    }
}
