//! One dialog in memory, with a clock of its own: the engine and nothing else.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::console::transcript::head::Head;
use crate::dialog::effect::{Context, Effect, Input, Step, Verdict};
use crate::dialog::model::Library;
use crate::dialog::session::{Session, Status};
use crate::dialog::step as engine;
use crate::domain::command::Command;
use crate::domain::event::Body;
use crate::domain::ids::SessionId;
use crate::domain::language::Language;
use crate::domain::message::Tap;
use crate::domain::person::LANGUAGE_FACT;
use crate::domain::recurrence::QuietHours;
use crate::domain::value::{Value, Values};
use crate::domain::write::Write;
use crate::safety::helplines::{Helplines, Whereabouts};
use crate::service::lines::Lines;

/// A dialog that is being played.
pub struct Stage<'l> {
    lib: &'l Library,
    session: Session,
    zone: TimeZone,
    now: Timestamp,
    facts: Values,
    language: Language,
    lines: Lines,
}

/// What one turn brought.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The session that speaks.
    pub session: SessionId,
    /// What to show and to keep, in order.
    pub effects: Vec<Effect>,
    /// What became of the input.
    pub verdict: Verdict,
    /// The status, when it is another one than before.
    pub became: Option<Status>,
}

/// The session's number: one dialog is played at a time.
const SESSION: SessionId = SessionId(1);
/// Timers that one wait fires at most: beats of the longest exercise, with room.
const FIRED_MAX: usize = 4_000;

impl<'l> Stage<'l> {
    /// Starts a dialog; none when the library has no such dialog, or an argument is missing.
    pub fn start(lib: &'l Library, head: &Head) -> Option<(Self, Scene)> {
        let (zone, now) = (head.at.time_zone().clone(), head.at.timestamp());
        let (facts, lines) = (head.facts.clone(), Lines::new(Helplines::clone(&head.helplines)));
        let language = spoken(&facts, head.language);
        let known = known(lib.speaking(language), &lines, &facts, &zone, now);
        let cx = Context { now, zone: &zone, facts: &known, quiet: quiet(), language };
        let step = engine::start(lib, SESSION, head.seed, &head.dialog, &head.args, head.cause.clone(), &cx)?;
        let mut stage = Self { lib, session: step.session.clone(), zone, now, facts, language: head.language, lines };
        let scene = stage.take(step, None);
        Some((stage, scene))
    }

    /// Whether the dialog is over.
    pub fn is_over(&self) -> bool {
        matches!(self.session.status, Status::Ended(_))
    }

    /// The session as it stands, and the time there.
    pub fn session(&self) -> (&Session, Timestamp) {
        (&self.session, self.now)
    }

    /// The zone in which times are shown.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Hands in what somebody typed; none for a command that is the service's and not the dialog's.
    pub fn typed(&mut self, text: &str) -> Option<Scene> {
        match Body::from_typed(text) {
            Body::Text(text) => Some(self.step(&Input::Text(&text))),
            Body::Command(Command::Start, _) => Some(self.step(&Input::Again)),
            Body::Command(command, _) => is_engines(command).then(|| self.step(&Input::Command(command))),
            Body::Arrived
            | Body::Tap(_)
            | Body::Pin(_)
            | Body::UnknownCommand(_)
            | Body::Edited(_)
            | Body::Wordless
            | Body::MoreOfAlbum
            | Body::Left
            | Body::Space(_)
            | Body::Posted { .. }
            | Body::AsksSupporters(_)
            | Body::Room(_)
            | Body::FromSupporters(_)
            | Body::Buddy(_)
            | Body::Unreadable(_)
            | Body::CheckInDue { .. }
            | Body::CheckInQueued { .. }
            | Body::PlansAgain
            | Body::SilenceDue { .. }
            | Body::TimerDue { .. } => None,
        }
    }

    /// Hands in a press; none when the token is none.
    pub fn tapped(&mut self, token: &str) -> Option<Scene> {
        Tap::decode(token).map(|tap| self.step(&Input::Tap(tap)))
    }

    /// Goes to the next timer and lets it run out; none when there is none, or none until the limit.
    pub fn fire(&mut self, limit: Option<Timestamp>) -> Option<Scene> {
        let due = self.session.timer(self.lib).filter(|due| limit.is_none_or(|limit| *due <= limit))?;
        self.now = self.now.max(due);
        Some(self.step(&Input::Due { turn: self.session.turn, due }))
    }

    /// Lets time pass; what every timer on the way brought.
    pub fn wait(&mut self, wait: SignedDuration) -> Vec<Scene> {
        let target = self.now.checked_add(wait).unwrap_or(Timestamp::MAX);
        let scenes = std::iter::from_fn(|| self.fire(Some(target))).take(FIRED_MAX).collect();
        self.now = self.now.max(target);
        scenes
    }

    /// Stores the session and loads it again, as a restart between two turns does.
    ///
    /// # Errors
    /// When the session does not come back from its JSON: a bug of the engine.
    pub fn restart(&mut self) -> Result<(), serde_json::Error> {
        self.session = serde_json::from_str(&serde_json::to_string(&self.session)?)?;
        Ok(())
    }

    fn step(&mut self, input: &Input<'_>) -> Scene {
        let language = spoken(&self.facts, self.language);
        let known = known(self.lib.speaking(language), &self.lines, &self.facts, &self.zone, self.now);
        let cx = Context { now: self.now, zone: &self.zone, facts: &known, quiet: quiet(), language };
        let before = self.session.status;
        let step = engine::step(self.lib, self.session.clone(), input, &cx);
        self.take(step, Some(before))
    }

    fn take(&mut self, step: Step, before: Option<Status>) -> Scene {
        self.session = step.session;
        for effect in &step.effects {
            if let Effect::Write(_, write) = effect {
                self.keep(write);
            }
        }
        let became = Some(self.session.status).filter(|status| Some(*status) != before);
        Scene { session: self.session.id, effects: step.effects, verdict: step.verdict, became }
    }

    /// Keeps what later turns can read again, as the service does.
    fn keep(&mut self, write: &Write) {
        match write {
            Write::Profile(values) => self.facts.extend(values.clone()),
            Write::Goal { title, due, .. } => {
                self.facts.insert("open_goal".into(), Value::Text(title.clone()));
                match due {
                    Some(due) => self.facts.insert("open_goal_due".into(), Value::Date(*due)),
                    None => self.facts.remove("open_goal_due"),
                };
            }
            Write::GoalClosed { .. } => self.facts.retain(|name, _| name != "open_goal" && name != "open_goal_due"),
            Write::Journal(_) | Write::Measures { .. } | Write::Plan(_) | Write::PlanDropped { .. } => {}
        }
    }
}

/// The language that was chosen, or else the one of the head.
fn spoken(facts: &Values, or: Language) -> Language {
    facts.get(LANGUAGE_FACT).and_then(Value::as_str).and_then(Language::of_tag).unwrap_or(or)
}

/// The facts that were given or kept, over what the service would know of somebody's country.
fn known(lib: &Library, lines: &Lines, facts: &Values, zone: &TimeZone, now: Timestamp) -> Values {
    let chosen = facts.get("country").and_then(Value::as_str);
    let whereabouts = Whereabouts { chosen, zone: zone.iana_name(), language: None };
    let mut known = Values::clone(&lines.facts(lib, whereabouts, zone.to_datetime(now).date()));
    known.extend(facts.clone());
    known
}

fn is_engines(command: Command) -> bool {
    match command {
        Command::Back | Command::Skip | Command::Stop | Command::Pause | Command::Resume | Command::Why => true,
        Command::Start
        | Command::Menu
        | Command::Checkin
        | Command::Journal
        | Command::Settings
        | Command::Dates
        | Command::Goals
        | Command::Tools
        | Command::Mood
        | Command::Progress
        | Command::Buddy
        | Command::Remind
        | Command::Help
        | Command::Guide
        | Command::Crisis
        | Command::Link
        | Command::Privacy
        | Command::Hide
        | Command::Pin
        | Command::Unlink
        | Command::Language
        | Command::Export
        | Command::Forget => false,
    }
}

/// Ten at night to seven in the morning.
fn quiet() -> QuietHours {
    QuietHours { from: jiff::civil::time(22, 0, 0, 0), to: jiff::civil::time(7, 0, 0, 0) }
}
