//! A rich library for tests of the engine, and a person who talks with it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use mendwell::dialog::effect::{Context, Effect, Input, Step, Verdict};
use mendwell::dialog::load::SourceFile;
use mendwell::dialog::model::Library;
use mendwell::dialog::session::{Cause, Session};
use mendwell::dialog::step::{start, step};
use mendwell::domain::command::Command;
use mendwell::domain::ids::SessionId;
use mendwell::domain::language::Language;
use mendwell::domain::message::{Tap, View};
use mendwell::domain::recurrence::QuietHours;
use mendwell::domain::text::UserText;
use mendwell::domain::value::{Value, Values};
use mendwell::domain::write::{Write, WriteKey};

pub(crate) const SYSTEM: &str = include_str!("../../dialogs/system/en.toml");
pub(crate) const RICH: &str = include_str!("dialogs/rich.toml");
pub(crate) const BREATHE: &str = include_str!("dialogs/breathe.toml");
pub(crate) const SAFETY: &str = include_str!("dialogs/safety.toml");

/// A library of these dialogs with the shipped wording; panics with every diagnostic when they do not load.
pub(crate) fn library(dialogs: &[(&str, &str)]) -> Library {
    let mut files = vec![SourceFile { path: "system/en.toml".to_owned(), text: SYSTEM.into() }];
    for (id, text) in dialogs {
        files.push(SourceFile { path: format!("{id}.toml"), text: (*text).to_owned().into() });
    }
    let (library, found) = Library::load(files);
    library.unwrap_or_else(|| panic!("{found:#?}"))
}

pub(crate) fn rich() -> Library {
    library(&[("rich", RICH), ("breathe", BREATHE), ("safety", SAFETY)])
}

/// Loaded once: loading takes longer than a conversation.
pub(crate) static RICH_LIBRARY: LazyLock<Library> = LazyLock::new(rich);
pub(crate) static TANGLE_LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    library(&[("tangle", include_str!("dialogs/tangle.toml")), ("knot", include_str!("dialogs/knot.toml"))])
});

/// One small dialog `small`, its head given.
pub(crate) fn small(body: &str) -> Library {
    library(&[("small", &format!("format = 1\nid = \"small\"\ntitle = \"Small\"\nlang = \"en\"\n{body}"))])
}

/// The world around a turn.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
    pub(crate) facts: BTreeMap<String, Value>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            now: "2026-03-05T19:00:00Z".parse().unwrap(),
            zone: TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC),
            facts: BTreeMap::from([("name".to_owned(), Value::text("Sam"))]),
        }
    }

    pub(crate) fn cx(&self) -> Context<'_> {
        let midnight = jiff::civil::Time::midnight();
        let quiet = QuietHours { from: midnight, to: midnight };
        Context { now: self.now, zone: &self.zone, facts: &self.facts, quiet, language: Language::default() }
    }
}

/// Somebody who talks.
pub(crate) struct Talk<'a> {
    pub(crate) lib: &'a Library,
    pub(crate) world: World,
    pub(crate) session: Session,
    pub(crate) last: Vec<Effect>,
    pub(crate) all: Vec<Effect>,
    pub(crate) verdict: Verdict,
}

impl<'a> Talk<'a> {
    pub(crate) fn start(lib: &'a Library, dialog: &str) -> Self {
        Self::start_as(lib, dialog, Cause::Person)
    }

    pub(crate) fn start_as(lib: &'a Library, dialog: &str, cause: Cause) -> Self {
        Self::start_with(lib, dialog, &Values::new(), cause)
    }

    pub(crate) fn start_with(lib: &'a Library, dialog: &str, args: &Values, cause: Cause) -> Self {
        let world = World::new();
        let first = start(lib, SessionId(77), 5, dialog, args, cause, &world.cx()).unwrap();
        let Step { session, effects, verdict } = first;
        Self { lib, world, session, last: effects.clone(), all: effects, verdict }
    }

    pub(crate) fn input(&mut self, input: &Input<'_>) -> Verdict {
        let done = step(self.lib, self.session.clone(), input, &self.world.cx());
        self.session = done.session;
        self.last.clone_from(&done.effects);
        self.all.extend(done.effects);
        self.verdict = done.verdict;
        done.verdict
    }

    pub(crate) fn text(&mut self, text: &str) -> Verdict {
        self.input(&Input::Text(&UserText::new(text)))
    }

    pub(crate) fn command(&mut self, command: Command) -> Verdict {
        self.input(&Input::Command(command))
    }

    /// Presses the button with this label, of whatever message showed it last.
    pub(crate) fn tap(&mut self, label: &str) -> Verdict {
        let tap = self.button(label);
        self.input(&Input::Tap(tap))
    }

    pub(crate) fn button(&self, label: &str) -> Tap {
        let choices = self.all.iter().rev().filter_map(view_of).flat_map(|view| view.choices.iter());
        let choice = choices.into_iter().find(|choice| choice.label == label);
        Tap::decode(&choice.unwrap_or_else(|| panic!("no button {label}: {:#?}", self.all)).token).unwrap()
    }

    pub(crate) fn wait(&mut self, length: SignedDuration) {
        self.world.now = self.world.now.checked_add(length).unwrap();
    }

    /// Lets the timer run out.
    pub(crate) fn due(&mut self) -> Verdict {
        let due = self.session.timer(self.lib).unwrap();
        self.world.now = self.world.now.max(due);
        self.input(&Input::Due { turn: self.session.turn, due })
    }

    /// What the last turn said, one message a line.
    pub(crate) fn said(&self) -> String {
        texts(&self.last).join("\n")
    }

    /// The labels under the open message.
    pub(crate) fn labels(&self) -> Vec<String> {
        let view = self.all.iter().rev().find_map(view_of).unwrap();
        view.choices.iter().map(|choice| choice.label.clone()).collect()
    }
}

pub(crate) fn view_of(effect: &Effect) -> Option<&View> {
    if let Effect::Show { view, .. } = effect { Some(view) } else { None }
}

pub(crate) fn texts(effects: &[Effect]) -> Vec<String> {
    effects.iter().filter_map(view_of).map(|view| view.body.plain()).collect()
}

pub(crate) fn writes(effects: &[Effect]) -> Vec<(WriteKey, Write)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Write(key, write) => Some((key.clone(), write.clone())),
            _ => None,
        })
        .collect()
}

/// A session without what may differ between two ways to the same place.
pub(crate) fn modulo_turn(session: &Session) -> Session {
    Session { turn: 0, ..session.clone() }
}

/// At the question `can_act` of the first of two worries.
pub(crate) fn at_first_worry(lib: &Library) -> Talk<'_> {
    let mut talk = Talk::start(lib, "rich");
    talk.tap("5");
    talk.text("the tax letter");
    talk.text("the flat");
    talk.tap("That is all");
    talk
}

/// Arguments for the parameters that need one.
pub(crate) fn arguments(dialog: &mendwell::dialog::model::Dialog, way: u64) -> Values {
    use mendwell::domain::person::FactKind;
    let needed = dialog.params.iter().filter(|(_, param)| param.or.is_none());
    let value = |name: &String, param: &mendwell::dialog::model::Param| {
        let dice = mendwell::dialog::render::hash(way, name);
        match param.kind {
            FactKind::Text => Value::text(["words of mine", "another thing"][usize::try_from(dice % 2).unwrap()]),
            FactKind::Key => Value::Key("other".to_owned()),
            FactKind::Num => {
                let (min, max) = (param.min.unwrap_or(0.0), param.max.unwrap_or(10.0));
                Value::Num(min + (dice % 11) as f64 % (max - min + 1.0))
            }
            FactKind::Bool => Value::Bool(dice.is_multiple_of(2)),
            FactKind::Date => Value::Date(jiff::civil::date(2026, 3, 6 + i8::try_from(dice % 20).unwrap())),
            FactKind::Time => Value::Time(jiff::civil::time(i8::try_from(dice % 24).unwrap(), 30, 0, 0)),
        }
    };
    needed.map(|(name, param)| (name.clone(), value(name, param))).collect()
}
